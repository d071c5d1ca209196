-- The CHECK of links names more outcomes: the table is made anew. legacy_alter_table: views of links stay as they are.
PRAGMA legacy_alter_table = ON;
CREATE TABLE links_made_anew (
  -- Every link that was ever asked for, and how it ended: no link vanishes.
  url TEXT PRIMARY KEY, -- the link as given
  article_id TEXT, -- SITE:NATIVE_ID, where the link could be read; in articles only if it was archived
  outcome TEXT NOT NULL, -- archived, unchanged, dropped, gone, not_article, walled, unreachable, unreadable, unknown_site, refused or failed
  reason TEXT, -- what happened, where, and what to do next
  tries INTEGER NOT NULL DEFAULT 1, -- how many crawls tried it
  first_tried_at TEXT NOT NULL, -- UTC
  last_tried_at TEXT NOT NULL, -- UTC
  CHECK (outcome IN ('archived', 'unchanged', 'dropped', 'gone', 'not_article', 'walled', 'unreachable', 'unreadable',
    'unknown_site', 'refused', 'failed'))
) WITHOUT ROWID;
INSERT INTO links_made_anew SELECT url, article_id, outcome, reason, tries, first_tried_at, last_tried_at FROM links;
DROP TABLE links;
ALTER TABLE links_made_anew RENAME TO links;
PRAGMA legacy_alter_table = OFF;
CREATE INDEX links_article ON links (article_id);
CREATE INDEX links_outcome ON links (outcome, last_tried_at);
CREATE INDEX links_day ON links (date(last_tried_at, '+8 hours'), outcome, last_tried_at);
ALTER TABLE articles ADD COLUMN kind TEXT /* article, flash (a few lines of a live feed), document (a PDF), video or audio */ NOT NULL DEFAULT 'article' CHECK (kind IN ('article', 'flash', 'document', 'video', 'audio'));
ALTER TABLE articles ADD COLUMN access TEXT /* open, preview (the start of a paid article) or locked (no more than its headline) */ NOT NULL DEFAULT 'open' CHECK (access IN ('open', 'preview', 'locked'));
ALTER TABLE articles ADD COLUMN served_from TEXT /* scheme and host of the place that served the article; NULL in rows from before this column */;
