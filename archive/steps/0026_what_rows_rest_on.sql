ALTER TABLE articles ADD COLUMN http_status INTEGER /* HTTP status of the response that the article was read from; NULL in rows from before this column */;
ALTER TABLE articles ADD COLUMN response_sha256 TEXT /* SHA-256 of that response's body, hex, after its Content-Encoding was undone: captures.body_sha256; NULL in rows from before this column */;
ALTER TABLE article_images ADD COLUMN drawn_at TEXT /* when a market chart was fetched, UTC: the source draws it anew each time; NULL for other images */;
CREATE TABLE article_times (
  -- Publication times that list and article state differently; the one in articles.published_at is among them.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  origin TEXT NOT NULL, -- where it was read: feed, detail or page
  published_raw TEXT NOT NULL, -- exactly as served
  published_at TEXT, -- UTC; NULL where it cannot be read
  published_precision TEXT, -- what it states: second, minute or day
  PRIMARY KEY (article_id, origin)
) WITHOUT ROWID;
CREATE TABLE restorations (
  -- The user's decisions that what a boilerplate rule takes out stays in the text.
  scope TEXT NOT NULL, -- rule, article or fragment
  target TEXT NOT NULL, -- name of the rule, articles.id, or the fragment's id: first 12 hex digits of the SHA-256 of its text (of its markup, where it has no text) without white space
  decided_at TEXT NOT NULL, -- UTC
  PRIMARY KEY (scope, target),
  CHECK (scope IN ('rule', 'article', 'fragment'))
) WITHOUT ROWID;
