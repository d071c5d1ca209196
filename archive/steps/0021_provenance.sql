ALTER TABLE articles ADD COLUMN reader TEXT /* version of the reader and rules that made the row; NULL in rows from before this column */;
ALTER TABLE articles ADD COLUMN source_sha256 TEXT /* SHA-256 of the body as served, before anything was cleaned, hex; NULL in rows from before this column */;
ALTER TABLE revisions ADD COLUMN cause TEXT /* who made the next text another one: publisher, or reader (the same body, read by another version of ours); NULL in rows from before this column, which count as publisher, and where the article was withdrawn */ CHECK (cause IN ('publisher', 'reader'));
ALTER TABLE revisions ADD COLUMN reader TEXT /* articles.reader of that text */;
ALTER TABLE revisions ADD COLUMN source_sha256 TEXT /* articles.source_sha256 of that text */;
CREATE TABLE article_captures (
  -- The captures that each article rests on: responses as received, in captures.db.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  capture_id TEXT NOT NULL, -- captures.id in captures.db
  PRIMARY KEY (article_id, capture_id)
) WITHOUT ROWID;
CREATE INDEX article_captures_capture ON article_captures (capture_id);
CREATE TABLE forgotten (
  -- Articles that were taken down by scrapy forget: no crawl brings them back.
  id TEXT PRIMARY KEY, -- what articles.id was
  forgotten_at TEXT NOT NULL -- UTC
) WITHOUT ROWID;
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
    json_extract(r.changes, '$.replaced') IS 1 AS replaced, -- 1 where another article was served under the same id
    coalesce(r.cause, 'publisher') AS cause, -- publisher, or reader: the same body, read by another version of ours
    length(r.body_text) AS old_length, -- characters
    length(coalesce(n.body_text, t.body_text)) AS new_length -- characters
  FROM revisions AS r JOIN articles AS a ON a.id = r.article_id LEFT JOIN texts AS t ON t.article_id = r.article_id
    LEFT JOIN revisions AS n ON n.article_id = r.article_id AND n.revision = (
      SELECT min(revision) FROM revisions WHERE article_id = r.article_id AND revision > r.revision);
