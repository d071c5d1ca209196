ALTER TABLE revisions ADD COLUMN text_removed TEXT /* sentences that the next text lacks, in reading order, a JSON array; NULL where the source withdrew the article instead */;
ALTER TABLE revisions ADD COLUMN text_added TEXT /* sentences that the next text brought, likewise; one that only moved is in neither */;
DROP VIEW revision_changes;
CREATE VIEW revision_changes AS
  -- What each edit changed: one row for every earlier text, compared with the one after it. Lists are JSON arrays.
  SELECT
    r.article_id AS id, -- articles.id
    r.revision, -- number of the earlier text
    r.retrieved_at, -- when that was received, UTC
    coalesce(n.retrieved_at, CASE WHEN json_extract(r.changes, '$.withdrawn') IS 1 THEN a.withdrawn_at END,
      a.retrieved_at) AS changed_at, -- when the next was received, or the withdrawal found, UTC
    r.headline AS old_headline, -- before
    coalesce(n.headline, a.headline) AS new_headline, -- after
    r.text_removed, -- sentences (or rows of a table) in the earlier text only, in reading order
    r.text_added, -- sentences in the next text only; one that was changed is in both lists, one that only moved in neither
    json_extract(r.changes, '$.figures.removed') AS figures_removed, -- in the earlier text only
    json_extract(r.changes, '$.figures.added') AS figures_added, -- in the next text only
    json_extract(r.changes, '$.percentages.removed') AS percentages_removed, -- likewise
    json_extract(r.changes, '$.percentages.added') AS percentages_added, -- likewise
    json_extract(r.changes, '$.codes.removed') AS codes_removed, -- likewise, of securities
    json_extract(r.changes, '$.codes.added') AS codes_added, -- likewise
    json_extract(r.changes, '$.withdrawn') IS 1 AS withdrawn, -- 1 where the source withdrew the article instead
    length(r.body_text) AS old_length, -- characters
    length(coalesce(n.body_text, t.body_text)) AS new_length -- characters
  FROM revisions AS r JOIN articles AS a ON a.id = r.article_id LEFT JOIN texts AS t ON t.article_id = r.article_id
    LEFT JOIN revisions AS n ON n.article_id = r.article_id AND n.revision = (
      SELECT min(revision) FROM revisions WHERE article_id = r.article_id AND revision > r.revision);
