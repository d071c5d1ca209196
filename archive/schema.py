"""The archive's tables, as a list of steps. Add one; never edit one that ran, and say what happens to old rows.

The comments inside the SQL travel with the database (``.schema`` shows them) and become ``data/README.md``. Times are
UTC text ``YYYY-MM-DDTHH:MM:SSZ``, lists are JSON text, unknown is NULL. Not STRICT: SQLite before 3.37 could not open
the file.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from archive.alerts.schema import ALERTS
from archive.lean_import import LARGE, without
from archive.publisher_slugs import derive_again
from archive.reader_marks import MARKS
from archive.search.bulk_load import SEARCH_BULK_LOAD, SEARCH_BY_HAND
from archive.search.needs_words import SEARCH_DAY, SEARCH_NEEDS_WORDS
from archive.search.sql import SEARCH, SEARCH_VIEW
from archive.stories.grouping import STORIES, STORIES_AGAIN, Stories
from archive.text_changes import PROVENANCE, REVISION_TEXTS, fill
from archive.views.as_of import AS_OF
from archive.views.day_and_pages import DAY_AND_PAGES
from archive.views.declared_types import declare_types
from archive.views.feed_delays import FEED_DELAYS
from archive.views.filtered import FILTERED_VIEWS
from archive.views.sql import VIEWS
from archive.views.trading import TRADING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sqlite_utils import Database, Migrations

SET = "finews_archive"
"""Name of the migration set."""
STEPS: list[tuple[str, str]] = []
"""``(name, SQL)`` in the order they are applied; each runs once, in a transaction of its own."""
FILLS: dict[str, Callable[[sqlite3.Connection], object]] = {}
"""What a step fills in that SQL cannot, by its name: inside the step's transaction, so that a kill leaves both or neither."""


def step(name: str, sql: str, fill: Callable[[sqlite3.Connection], object] | None = None) -> None:
    """Add a migration step: statements parted by ``;`` at a line's end, and what is filled in behind them."""
    STEPS.append((name, sql))
    if fill:
        FILLS[name] = fill


step(
    "0001_archive",
    """
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
CREATE INDEX crawls_unfinished ON crawls (started_at) WHERE finished_at IS NULL
""",
)

step(
    "0002_feeds",
    """
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
CREATE INDEX articles_stand_ins ON articles (id) WHERE headline_from = 'body' OR published_from = 'id' OR published_at IS NULL
""",
)

step("0003_search", SEARCH)
step("0004_views", VIEWS)
step("0005_stories", STORIES)

step(
    "0007_search_merges",
    # Segments of the index are merged sixteen at a time, not four: a tenth less work for each article.
    "INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16)",
)
step("0008_revision_texts", REVISION_TEXTS, fill)
step("0009_stories_again", STORIES_AGAIN, lambda conn: Stories(conn).fill())
step("0010_filtered_views", FILTERED_VIEWS)
step("0011_search_by_hand", SEARCH_BY_HAND)
step("0012_search_excerpts", f"DROP VIEW search;\n{SEARCH_VIEW}")
step(
    "0013_search_long_words",
    # Small pages: a list of pairs is gone through page by page, and what a page holds of it is read whole. Newest-first
    # answers cost a quarter to a third less, a new article 4 % more.
    f"DROP VIEW search;\n{SEARCH_VIEW}INSERT INTO search_index (search_index, rank) VALUES ('pgsz', 1000)",
)
step(
    "0014_outcomes_and_access",
    # The CHECK of links names more outcomes: the table is made anew. legacy_alter_table: views of links stay as they are.
    """
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
ALTER TABLE articles ADD COLUMN served_from TEXT /* scheme and host of the place that served the article; NULL in rows from before this column */
""",
)
step("0015_search_bulk_load", SEARCH_BULK_LOAD)
step(
    "0016_slugs_of_names",
    # A slug follows from the name alone, so two media whose names read alike share one.
    """
CREATE TABLE publishers_made_anew (
  -- Media and their names for paths.
  name TEXT PRIMARY KEY, -- e.g. 新京报
  slug TEXT NOT NULL -- derived from the name alone, e.g. xinjingbao; names that read alike (TechWeb, Techweb) share one
) WITHOUT ROWID;
INSERT INTO publishers_made_anew SELECT name, slug FROM publishers;
DROP TABLE publishers;
ALTER TABLE publishers_made_anew RENAME TO publishers
""",
    derive_again,
)


def fill_again(conn: sqlite3.Connection) -> None:
    """Fill what steps of earlier versions left where they were killed between their commit and what they filled in."""
    Stories(conn).fill()
    fill(conn)


step("0017_fill_again", "SELECT 1", fill_again)
step(
    "0018_links_spider",
    "ALTER TABLE links ADD COLUMN spider TEXT /* spider of the crawl that asked first: share for a link crawled by hand; NULL in rows from before this column */",
)
step(
    "0019_sources",
    # Rows of feeds from before: their source is finews, their next poll is due at once.
    """
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
) WITHOUT ROWID
""",
)
step(
    "0020_checks_of_a_wrong_clock",
    # What a clock that was ahead has checked is found without reading all rows.
    "CREATE INDEX checks_last_checked_at ON checks (last_checked_at)",
)
step("0021_provenance", PROVENANCE)
step("0022_as_of_and_mentions", AS_OF)
step("0023_trading_days", TRADING)
step(
    "0024_captured_from",
    # Rows from before were received from the network.
    "ALTER TABLE articles ADD COLUMN captured_from TEXT /* what the text was imported from: older_posts (a post file of the older site; access is preview where that holds the digest alone), saved (a page saved by hand); NULL: received from the network */",
)
step(
    "0025_tags_and_gaps_that_stay",
    # Tags and importance of articles from before are unknown. Open gaps are tried once more before they are called final.
    """
ALTER TABLE articles ADD COLUMN tags TEXT /* sections, topics and keywords that the source states, a JSON array; NULL: none stated */;
ALTER TABLE articles ADD COLUMN importance INTEGER /* how the source marks it among its own: 0 as usual, 1 marked, 2 marked most; NULL: it marks nothing */;
ALTER TABLE gaps ADD COLUMN final_at TEXT /* when it was proven that the list has nothing older to fill it with, UTC; reported once, then no longer tried */;
ALTER TABLE feeds ADD COLUMN followed_at TEXT /* when a crawl of all of sources.toml last followed it, UTC; NULL: the file does not name it */
""",
)
step(
    "0026_what_rows_rest_on",
    """
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
) WITHOUT ROWID
""",
)
step("0027_alerts", ALERTS)
step("0028_reader_marks", MARKS)
step("0029_feed_delays", FEED_DELAYS)
step("0030_search_needs_words", SEARCH_NEEDS_WORDS)
step("0031_day_and_pages", DAY_AND_PAGES)
step("0032_declared_types", "SELECT 1", declare_types)
step("0033_search_day", SEARCH_DAY)


def statements(sql: str) -> list[str]:
    """Split a step's SQL. ``executescript`` would commit the migration's transaction half way."""
    parts, rest = [], ""
    for line in sql.strip().splitlines(keepends=True):
        rest += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            parts.append(rest.strip().rstrip(";"))
            rest = ""
    if rest.strip():
        parts.append(rest.strip())
    return parts


SEARCH_STEPS = frozenset(
    (
        "0003_search",
        "0007_search_merges",
        "0011_search_by_hand",
        "0012_search_excerpts",
        "0013_search_long_words",
        "0015_search_bulk_load",
        "0030_search_needs_words",
        "0033_search_day",
    )
)
"""Steps that an archive may do without, where disk is short: the index is larger than the texts. They can be made up for later."""


def steps(search: bool = True) -> list[tuple[str, str]]:
    """`STEPS`, without those of the search index where it is not wanted."""
    return [(name, sql) for name, sql in STEPS if search or name not in SEARCH_STEPS]


def migrations(search: bool = True) -> Migrations:
    """`steps` as a migration set of sqlite-utils."""
    return migration_set(SET, steps(search))


def migration_set(name: str, steps: Iterable[tuple[str, str]]) -> Migrations:
    """Steps as a migration set of sqlite-utils, which runs each once, in a transaction of its own."""
    with without(*LARGE):
        from sqlite_utils import Migrations  # late: 40 ms that a crawl with nothing to migrate need not spend

    migrations = Migrations(name)

    def add(step_name: str, sql: str) -> None:
        @migrations(name=step_name)
        def apply(db: Database) -> None:
            for statement in statements(sql):
                db.execute(statement)
            if step_name in FILLS:
                FILLS[step_name](db.conn)

    for step_name, sql in steps:
        add(step_name, sql)
    return migrations


class NewerDatabase(Exception):
    """A database that a later version of this program made; the message names its newest step."""


def apply_steps(conn: sqlite3.Connection, name: str, steps: list[tuple[str, str]]) -> None:
    """Run those of a set's steps that have not run on this database."""
    if not have_run(conn, name, steps):
        with without(*LARGE):
            from sqlite_utils import Database

        migration_set(name, steps).apply(Database(conn))


def refuse_newer(conn: sqlite3.Connection, name: str, steps: list[tuple[str, str]]) -> None:
    """Raise NewerDatabase where steps behind all of *steps*, the whole set, have run on this database."""
    newest = max(names_run(conn, name), default="")
    if newest > steps[-1][0]:
        raise NewerDatabase(newest)


def have_run(conn: sqlite3.Connection, name: str, steps: list[tuple[str, str]]) -> bool:
    """Whether every one of a set's steps has run on this database."""
    return names_run(conn, name) >= {step_name for step_name, _ in steps}


def names_run(conn: sqlite3.Connection, name: str) -> set[str]:
    """The steps of a set that have run on this database."""
    try:
        rows = conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [name])
        return {step_name for (step_name,) in rows}
    except sqlite3.OperationalError as exc:
        if not str(exc).startswith("no such table"):  # as of a new file
            raise
        return set()


def is_current(conn: sqlite3.Connection, search: bool = True) -> bool:
    """Whether every one of `steps` has run on this database."""
    return have_run(conn, SET, steps(search))


def has_search(conn: sqlite3.Connection) -> bool:
    """Whether the archive has the search index."""
    return conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_bulk_load'").fetchone() is not None


def keep_statistics(conn: sqlite3.Connection) -> None:
    """Planning statistics, once the archive is twice as large as when they were made.

    ``PRAGMA optimize`` would keep those of a first, small crawl until it is 25 times as large, and meanwhile views
    would read all of it. Those of the search index would take longest, and nothing uses them. With a limit, ANALYZE guesses how
    many rows a table has, four times too many at times: they are counted.
    """
    stat = None
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
        stat = conn.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'articles_published_at'").fetchone()
    [(newest,)] = conn.execute("SELECT max(arrival) FROM articles").fetchall()
    if stat and (newest or 0) <= 2 * int(stat[0].split()[0]):
        return
    conn.execute("PRAGMA analysis_limit = 400")
    tables = conn.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'search_index*' AND name NOT GLOB 'sqlite_*'"
    ).fetchall()
    for (name,) in tables:
        conn.execute(f"ANALYZE {name}")
        [(rows,)] = conn.execute(f"SELECT count(*) FROM {name}").fetchall()
        partial = [row[1] for row in conn.execute(f"PRAGMA index_list({name})") if row[4]]
        with conn:
            conn.execute(
                "UPDATE sqlite_stat1 SET stat = ? || substr(stat, instr(stat || ' ', ' '))"
                " WHERE tbl = ? AND coalesce(idx, '') NOT IN (SELECT value FROM json_each(?))",
                [rows, name, json.dumps(partial)],
            )


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing, with the settings that hold for one connection only. Raises sqlite3.Error."""
    conn = sqlite3.connect(path, timeout=10)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA recursive_triggers = ON")
    return conn


def open_archive(path: Path, search: bool = True) -> sqlite3.Connection:
    """Open *path* for writing, made and brought up to date where needed. Raises sqlite3.Error, NewerDatabase.

    Without *search* a new archive gets no search index; one that has it keeps it.
    """
    conn = connect(path)
    refuse_newer(conn, SET, STEPS)
    apply_steps(conn, SET, steps(search))
    return conn
