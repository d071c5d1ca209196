-- Rows of feeds from before: their source is finews, their next poll is due at once.
ALTER TABLE feeds ADD COLUMN source TEXT /* the source whose list it is, e.g. cls; NULL: finews */;
ALTER TABLE feeds ADD COLUMN next_poll_at TEXT /* when it is worth asking again, UTC; NULL: at once */;
ALTER TABLE feeds ADD COLUMN etag TEXT /* ETag of its newest page, for a conditional request */;
ALTER TABLE feeds ADD COLUMN last_modified TEXT /* Last-Modified of its newest page, likewise */;
ALTER TABLE feeds ADD COLUMN answer_sha256 TEXT /* SHA-256 of its newest page, hex: the same bytes hold nothing new */;
CREATE TABLE pending_records (
  -- Articles that a list named and that could not be had yet; later polls try again, even when the list has moved on.
  article_id TEXT PRIMARY KEY, -- SITE:NATIVE_ID
  feed TEXT NOT NULL, -- feeds.feed
  url TEXT NOT NULL, -- address that the list gave
  record TEXT NOT NULL -- the list's words (headline, published_raw, ...), a JSON object
) WITHOUT ROWID;
