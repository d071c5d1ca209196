CREATE TABLE feeds (
  -- The list feeds that scheduled crawls poll, one row each.
  feed TEXT PRIMARY KEY, -- rolling, media, market-37, ...
  last_polled_at TEXT NOT NULL, -- when it was last asked, UTC
  last_read_at TEXT, -- when it last answered in a shape we know, UTC
  newest_at TEXT, -- publication time of the newest record it ever listed, UTC
  listed TEXT NOT NULL DEFAULT '[]', -- native ids of its last good answer, a JSON array: the next poll must overlap it
  failures INTEGER NOT NULL DEFAULT 0, -- polls that failed since the last good one
  reason TEXT -- why the last poll failed; NULL where it did not
) WITHOUT ROWID;
CREATE TABLE gaps (
  -- Gaps: spans of a feed in which articles may have come and gone between two polls.
  feed TEXT NOT NULL, -- feeds.feed
  from_at TEXT NOT NULL, -- publication time of the newest record known before the gap, UTC
  to_at TEXT NOT NULL, -- publication time of the oldest record known after it, UTC
  opened_at TEXT NOT NULL, -- when the gap was found, UTC
  filled_at TEXT, -- when a later crawl closed it, UTC; NULL while open
  tries INTEGER NOT NULL DEFAULT 0, -- crawls that tried to close it
  reason TEXT, -- why it could not be closed yet
  PRIMARY KEY (feed, from_at)
) WITHOUT ROWID;
CREATE INDEX gaps_open ON gaps (opened_at) WHERE filled_at IS NULL;
CREATE TABLE checks (
  -- When fresh articles are checked for edits: soon at first, then less and less often, then no more.
  article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  next_check_at TEXT, -- UTC; NULL once the plan is through
  done INTEGER NOT NULL DEFAULT 0, -- checks done so far
  last_checked_at TEXT, -- UTC
  etag TEXT, -- ETag of the newest answer, for a conditional request
  last_modified TEXT -- Last-Modified of the newest answer, likewise
) WITHOUT ROWID;
CREATE INDEX checks_due ON checks (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX articles_stand_ins ON articles (id) WHERE headline_from = 'body' OR published_from = 'id' OR published_at IS NULL;
