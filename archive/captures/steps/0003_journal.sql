CREATE TABLE journal (
  -- What the archive was given, in that order: with the captures it makes every row again.
  id INTEGER PRIMARY KEY, -- the order
  batch INTEGER NOT NULL, -- entries with the same number were written together
  crawl_id TEXT, -- crawls.id in archive.db
  noted_at TEXT NOT NULL, -- UTC
  kind TEXT NOT NULL, -- article, link, withdrawal, feeds or forgotten
  article_id TEXT, -- articles.id in archive.db
  entry TEXT NOT NULL -- a JSON object
);
CREATE INDEX journal_articles ON journal (article_id, id) WHERE kind = 'article';
