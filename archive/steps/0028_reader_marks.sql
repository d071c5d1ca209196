CREATE TABLE added_links (
  -- Links that readers gave to serve --add. One waits until a crawl has written its outcome into links.
  link TEXT PRIMARY KEY, -- as given
  added_at TEXT NOT NULL -- when it was last given, UTC
) WITHOUT ROWID;
CREATE TABLE reader_marks (
  -- Tags, notes and read marks of readers.
  article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  tags TEXT NOT NULL DEFAULT '[]', -- the reader's own, a JSON array
  note TEXT, -- in the reader's words
  read_at TEXT, -- when it was marked as read, UTC; NULL: it is not
  changed_at TEXT NOT NULL -- UTC
) WITHOUT ROWID;
