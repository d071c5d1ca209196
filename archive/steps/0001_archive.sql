CREATE TABLE articles (
  -- One row an article, narrow, for questions over many; its text is in texts, both together in the view news.
  id TEXT PRIMARY KEY, -- SITE:NATIVE_ID, e.g. finews:202202212283238167
  arrival INTEGER NOT NULL UNIQUE, -- the order in which articles were first archived here: 1, 2, ...
  site TEXT NOT NULL, -- name of the page object that read it, e.g. finews
  info_code TEXT, -- the publisher's own code, e.g. NW202202212283238167
  share_url TEXT, -- address that opens the article for a reader, as passed around
  canonical_url TEXT, -- the publisher's own permanent address of the article
  headline TEXT NOT NULL, -- title as one line of text
  headline_from TEXT NOT NULL, -- where it was read: feed, detail, page, or body (a placeholder: the first sentence)
  alternative_headline TEXT, -- title under which another medium ran it first (原标题)
  publisher TEXT, -- the medium it comes from, e.g. 新京报: the list record's word, else the body's; all of them are in article_publishers
  publisher_slug TEXT, -- the publisher's name for paths, a-z0-9-; one slug is one medium
  authors TEXT NOT NULL DEFAULT '[]', -- names of the writers, a JSON array
  editors TEXT NOT NULL DEFAULT '[]', -- names or numbers of the responsible editors (责任编辑), a JSON array
  description TEXT, -- the digest, without its 【title】 head and （source） tail
  published_at TEXT, -- publication time, UTC
  published_precision TEXT, -- what the source states: second, minute or day (day: published_at is that Beijing day's midnight)
  published_raw TEXT, -- publication time exactly as served
  published_from TEXT, -- where the time was read: feed, detail, page, or id (a placeholder: the day in the article's id)
  first_seen_at TEXT NOT NULL, -- when the article was first archived here, UTC
  retrieved_at TEXT NOT NULL, -- when the text of this revision was received, UTC
  revision INTEGER NOT NULL DEFAULT 1, -- 1, 2, ...: how many different texts were seen; earlier ones are in revisions
  post_path TEXT, -- its front-matter file, relative to DATA_DIR
  withdrawn_at TEXT, -- when a crawl first found that the source had withdrawn it, UTC; its last text stays
  text_sha256 TEXT NOT NULL, -- SHA-256 of body_text without white space, hex: equal means not edited
  CHECK (typeof(id) = 'text' AND typeof(revision) = 'integer' AND typeof(arrival) = 'integer'),
  CHECK (headline_from IN ('feed', 'detail', 'page', 'body')),
  CHECK (published_from IS NULL OR published_from IN ('feed', 'detail', 'page', 'id')),
  CHECK (published_precision IS NULL OR published_precision IN ('second', 'minute', 'day')),
  CHECK (published_at IS NULL OR published_at GLOB '????-??-??T??:??:??Z'),
  CHECK (first_seen_at GLOB '????-??-??T??:??:??Z' AND retrieved_at GLOB '????-??-??T??:??:??Z')
);
CREATE INDEX articles_published_at ON articles (published_at);
CREATE INDEX articles_publisher ON articles (publisher, published_at);
CREATE TABLE texts (
  -- The text of each article's newest revision, apart from articles so that scans of those stay small.
  article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  body_html TEXT NOT NULL, -- clean, safe HTML; images have addresses relative to DATA_DIR
  body_text TEXT NOT NULL -- one paragraph a line, table cells parted by tabs, captions kept
);
CREATE VIEW news AS
  -- What a person asks for one article: every column of articles with its text.
  SELECT a.*, t.body_html, t.body_text FROM articles a JOIN texts t ON t.article_id = a.id;
CREATE TABLE article_feeds (
  -- Which list feeds named the article.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  feed TEXT NOT NULL, -- rolling, media, market-37, ...
  first_listed_at TEXT NOT NULL, -- when a crawl first saw it in that feed, UTC
  PRIMARY KEY (article_id, feed)
) WITHOUT ROWID;
CREATE INDEX article_feeds_feed ON article_feeds (feed, first_listed_at);
CREATE TABLE article_publishers (
  -- Every medium that was named as the source, by where it was named; they can disagree.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  origin TEXT NOT NULL, -- feed (list record), detail, body (source line), page, digest (its tail)
  name TEXT NOT NULL, -- the medium as named there
  PRIMARY KEY (article_id, origin)
) WITHOUT ROWID;
CREATE TABLE publishers (
  -- Media and their names for paths.
  name TEXT PRIMARY KEY, -- e.g. 新京报
  slug TEXT NOT NULL UNIQUE -- e.g. xinjingbao; a name that would share another's slug gets a suffix
) WITHOUT ROWID;
CREATE TABLE images (
  -- Image files, original bytes, named by content.
  sha256 TEXT PRIMARY KEY, -- SHA-256 of the file, hex
  media_type TEXT NOT NULL, -- image/jpeg, image/png, image/gif, image/webp, ...: by content
  width INTEGER, -- pixels
  height INTEGER, -- pixels
  bytes INTEGER NOT NULL, -- size of the file
  path TEXT NOT NULL UNIQUE, -- relative to DATA_DIR, e.g. images/ab/abcdef….jpg
  CHECK (length(sha256) = 64 AND typeof(bytes) = 'integer')
) WITHOUT ROWID;
CREATE TABLE article_images (
  -- The images of each article in reading order.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  position INTEGER NOT NULL, -- 1, 2, ...
  url TEXT NOT NULL, -- address as served, of the variant that was stored or preferred
  sha256 TEXT REFERENCES images (sha256), -- images.sha256; NULL unless stored
  status TEXT NOT NULL, -- stored, failed (a later crawl tries again) or refused
  reason TEXT, -- why it is not stored
  caption TEXT, -- caption printed with it
  alt TEXT, -- alternative text, where it says something
  PRIMARY KEY (article_id, position),
  CHECK (status IN ('stored', 'failed', 'refused') AND (status = 'stored') = (sha256 IS NOT NULL))
) WITHOUT ROWID;
CREATE INDEX article_images_sha256 ON article_images (sha256);
CREATE TABLE securities (
  -- Shares, boards, indices and funds that articles name.
  id TEXT PRIMARY KEY, -- MARKET.CODE, e.g. 1.600160
  market TEXT NOT NULL, -- the source's market number: 0 Shenzhen and Beijing, 1 Shanghai, 90 boards, 105/106 US, 116 Hong Kong
  code TEXT NOT NULL, -- e.g. 600160, NIO, BK0493
  exchange TEXT, -- SH, SZ, BJ, HK, NASDAQ, NYSE, BOARD, ...
  name TEXT, -- as last named by an article
  kind TEXT NOT NULL, -- stock, board, index, fund, ...
  CHECK (typeof(market) = 'text' AND typeof(code) = 'text')
) WITHOUT ROWID;
CREATE INDEX securities_code ON securities (code);
CREATE TABLE article_securities (
  -- Which securities an article names: machine tags of the source, and codes in the text.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  security_id TEXT NOT NULL REFERENCES securities (id), -- securities.id
  origin TEXT NOT NULL, -- link (the source's auto-link), chart (a K-line image), text (a code or name in the text)
  mentions INTEGER NOT NULL DEFAULT 1, -- how often
  doubtful INTEGER NOT NULL DEFAULT 0, -- 1 where the source's blind match is probably wrong
  PRIMARY KEY (article_id, security_id, origin),
  CHECK (origin IN ('link', 'chart', 'text') AND doubtful IN (0, 1))
) WITHOUT ROWID;
CREATE INDEX article_securities_security ON article_securities (security_id);
CREATE TABLE article_links (
  -- Links to other pages that the body holds, or that were listed as related reading.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  position INTEGER NOT NULL, -- 1, 2, ...
  url TEXT NOT NULL, -- absolute address
  text TEXT, -- the words that carry the link
  kind TEXT NOT NULL, -- body (in a sentence) or related (a list of further reading, taken out of the text)
  PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE TABLE removals (
  -- Every fragment that a boilerplate rule took out of the newest text: the proof that nothing else is missing.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  position INTEGER NOT NULL, -- 1, 2, ... in reading order
  rule TEXT NOT NULL, -- name of the rule in pipelines/boilerplate_rules.py
  text TEXT, -- the fragment's text
  html TEXT, -- the fragment's markup
  PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE INDEX removals_rule ON removals (rule);
CREATE TABLE revisions (
  -- Earlier texts of edited articles; the newest is in texts. An edit that changes only white space is none.
  article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, -- articles.id
  revision INTEGER NOT NULL, -- 1, 2, ...
  retrieved_at TEXT NOT NULL, -- when that text was received, UTC
  headline TEXT NOT NULL, -- its headline
  body_html TEXT NOT NULL, -- its body, as texts.body_html
  body_text TEXT NOT NULL, -- its text, as texts.body_text
  changes TEXT, -- what the next revision changed: JSON object of figures, percentages and codes added and removed
  PRIMARY KEY (article_id, revision)
);
CREATE TABLE links (
  -- Every link that was ever asked for, and how it ended: no link vanishes.
  url TEXT PRIMARY KEY, -- the link as given
  article_id TEXT, -- SITE:NATIVE_ID, where the link could be read; in articles only if it was archived
  outcome TEXT NOT NULL, -- archived, unchanged, gone, unreadable, unknown_site, refused or failed
  reason TEXT, -- what happened, where, and what to do next
  tries INTEGER NOT NULL DEFAULT 1, -- how many crawls tried it
  first_tried_at TEXT NOT NULL, -- UTC
  last_tried_at TEXT NOT NULL, -- UTC
  CHECK (outcome IN ('archived', 'unchanged', 'gone', 'unreadable', 'unknown_site', 'refused', 'failed'))
) WITHOUT ROWID;
CREATE INDEX links_article ON links (article_id);
CREATE INDEX links_outcome ON links (outcome, last_tried_at);
CREATE TABLE crawls (
  -- One row a run of scrapy crawl.
  id TEXT PRIMARY KEY, -- start time, spider and process, e.g. 20260221T075448Z-share-4711
  spider TEXT NOT NULL, -- share, finews, ...
  started_at TEXT NOT NULL, -- UTC
  finished_at TEXT, -- UTC; NULL while it runs, or where it was killed
  outcome TEXT, -- finished, interrupted (killed or stopped by a signal), or failed
  exit_status INTEGER, -- what it ended with: 0 good, 3 some links failed, 65 unknown shape, 69 unreachable, 70 our bug
  reason TEXT, -- why it is not 0, in one line
  articles_new INTEGER NOT NULL DEFAULT 0, -- articles archived for the first time
  articles_changed INTEGER NOT NULL DEFAULT 0, -- articles that got a new revision
  articles_completed INTEGER NOT NULL DEFAULT 0, -- articles whose placeholders or images were completed
  articles_unchanged INTEGER NOT NULL DEFAULT 0, -- articles fetched again and found the same
  links_failed INTEGER NOT NULL DEFAULT 0, -- links that ended neither archived nor unchanged
  images_stored INTEGER NOT NULL DEFAULT 0, -- images that were fetched and kept
  images_failed INTEGER NOT NULL DEFAULT 0, -- images that failed or were refused
  requests INTEGER NOT NULL DEFAULT 0, -- HTTP requests sent
  bytes INTEGER NOT NULL DEFAULT 0 -- bytes received
) WITHOUT ROWID;
CREATE INDEX crawls_started_at ON crawls (started_at);
CREATE INDEX crawls_unfinished ON crawls (started_at) WHERE finished_at IS NULL;
