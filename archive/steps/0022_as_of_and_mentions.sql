-- fts3tokenize is the only table-valued function of SQLite that takes any text: see archive/search/sql.py.
CREATE VIEW as_of AS
  -- Every article as it was known at a moment: always with WHERE t = '2026-06-30T07:00:00Z' (an offset like +08:00 is understood, a day is its beginning in Beijing).
  -- What was archived later is not there, what was edited later has its earlier text. Publisher, times and description have no history: they are those of now.
  SELECT
    moment.input AS t, -- the moment that was asked for
    a.id, -- articles.id
    a.arrival, -- articles.arrival
    a.site, -- articles.site
    coalesce(r.headline, a.headline) AS headline, -- as it was then
    a.publisher, -- articles.publisher
    a.published_at, -- articles.published_at
    a.published_precision, -- articles.published_precision
    a.first_seen_at, -- articles.first_seen_at, at or before the moment
    coalesce(r.retrieved_at, a.retrieved_at) AS retrieved_at, -- when that text was received, UTC
    coalesce(r.revision, a.revision - coalesce(a.withdrawn_at > strftime('%Y-%m-%dT%H:%M:%SZ', moment.input, CASE WHEN length(moment.input) = 10 THEN '-8 hours' ELSE '+0 hours' END), 0)) AS revision, -- of that text
    CASE WHEN a.withdrawn_at <= strftime('%Y-%m-%dT%H:%M:%SZ', moment.input, CASE WHEN length(moment.input) = 10 THEN '-8 hours' ELSE '+0 hours' END) THEN a.withdrawn_at END AS withdrawn_at, -- where that was known then
    coalesce(r.body_text, x.body_text) AS body_text, -- as it was then
    coalesce(r.body_html, x.body_html) AS body_html -- as it was then
  FROM fts3tokenize AS moment CROSS JOIN articles AS a
    LEFT JOIN revisions AS r ON r.article_id = a.id AND a.retrieved_at > strftime('%Y-%m-%dT%H:%M:%SZ', moment.input, CASE WHEN length(moment.input) = 10 THEN '-8 hours' ELSE '+0 hours' END) AND r.revision = coalesce(
      (SELECT max(e.revision) FROM revisions AS e WHERE e.article_id = a.id AND e.retrieved_at <= strftime('%Y-%m-%dT%H:%M:%SZ', moment.input, CASE WHEN length(moment.input) = 10 THEN '-8 hours' ELSE '+0 hours' END)),
      (SELECT min(e.revision) FROM revisions AS e WHERE e.article_id = a.id))
    LEFT JOIN texts AS x ON x.article_id = a.id
  WHERE moment.position = 0 AND a.first_seen_at <= strftime('%Y-%m-%dT%H:%M:%SZ', moment.input, CASE WHEN length(moment.input) = 10 THEN '-8 hours' ELSE '+0 hours' END);
CREATE VIEW mentions AS
  -- The securities that each article mentions, each once whatever the origins; article_securities has a row for each origin.
  SELECT
    x.article_id, -- articles.id
    x.security_id, -- securities.id
    s.code, -- securities.code
    s.name, -- securities.name
    s.kind, -- stock, board, index, fund, ...
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.published_at, -- articles.published_at
    a.publisher, -- articles.publisher
    a.headline, -- articles.headline
    (SELECT max(y.mentions) FROM article_securities AS y
      WHERE y.article_id = x.article_id AND y.security_id = x.security_id) AS mentions, -- how often, by the origin that counts most
    (SELECT min(y.doubtful) FROM article_securities AS y
      WHERE y.article_id = x.article_id AND y.security_id = x.security_id) AS doubtful -- 1 where every origin is probably a mismatch
  FROM article_securities AS x JOIN securities AS s ON s.id = x.security_id JOIN articles AS a ON a.id = x.article_id
  WHERE NOT EXISTS (
    SELECT 1 FROM article_securities AS y
    WHERE y.article_id = x.article_id AND y.security_id = x.security_id AND y.origin < x.origin);
