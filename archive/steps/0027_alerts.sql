-- Nothing of before is reported.
CREATE TABLE watches (
  -- How far each watch of watches.toml has looked. A watch reports nothing of before it began.
  name TEXT PRIMARY KEY, -- its table in watches.toml
  began_at TEXT NOT NULL, -- UTC
  began_arrival INTEGER NOT NULL, -- articles.arrival of the newest article then
  arrival INTEGER NOT NULL, -- articles.arrival up to which new articles were looked at
  looked_at TEXT NOT NULL, -- when it last looked, UTC
  troubles TEXT NOT NULL DEFAULT '{}' -- operating trouble that was reported and is not over, a JSON object: what it is, in words
) WITHOUT ROWID;
CREATE TABLE alerts (
  -- What watches found, once for each destination: what is to be sent, and the log of what was.
  id INTEGER PRIMARY KEY, -- 1, 2, ... in the order found
  watch TEXT NOT NULL, -- watches.name
  target TEXT NOT NULL, -- which destination: the first 12 digits of the SHA-256 of its address, which holds secrets
  event TEXT NOT NULL, -- new, edit, figures, withdrawal, trouble
  article_id TEXT REFERENCES articles (id) ON DELETE CASCADE, -- articles.id; NULL for trouble
  happened_at TEXT NOT NULL, -- when the article arrived, the edit or withdrawal was found, the trouble began, UTC
  detail TEXT, -- trouble: what it is, in words
  found_at TEXT NOT NULL, -- UTC
  tries INTEGER NOT NULL DEFAULT 0, -- how often it was tried to send it
  next_try_at TEXT, -- when it is due, UTC; NULL: at once
  sent_at TEXT, -- when the destination took it, UTC; NULL: it waits
  reason TEXT, -- why the last try failed
  CHECK (event IN ('new', 'edit', 'figures', 'withdrawal', 'trouble') AND (event = 'trouble') = (article_id IS NULL))
);
CREATE UNIQUE INDEX alerts_once ON alerts (watch, target, event, coalesce(article_id, detail), happened_at);
CREATE INDEX alerts_waiting ON alerts (watch, target) WHERE sent_at IS NULL;
CREATE INDEX alerts_article ON alerts (article_id);
