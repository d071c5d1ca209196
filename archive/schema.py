"""The archive's tables, as a list of steps, whose SQL is in ``steps``. Add one; never edit one that ran, and say what happens to old
rows.

The comments inside the SQL travel with the database (``.schema`` shows them) and become ``data/README.md``. Times are
UTC text ``YYYY-MM-DDTHH:MM:SSZ``, lists are JSON text, unknown is NULL. Not STRICT: SQLite before 3.37 could not open
the file.
"""

from __future__ import annotations

import json
import os
import sqlite3
from typing import TYPE_CHECKING

from archive.edits.changes import fill
from archive.lean_import import LARGE, without
from archive.publisher_slugs import derive_again
from archive.search.bulk_load import SEARCH_BULK_LOAD, SEARCH_BY_HAND
from archive.search.needs_words import SEARCH_DAY, SEARCH_NEEDS_WORDS
from archive.search.sql import SEARCH, SEARCH_VIEW
from archive.stories.grouping import Stories
from archive.views.declared_types import declare_types
from archive.views.feed_delays import FEED_DELAYS
from archive.views.needs_moment import needs_moment, needs_time

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


def read_sql(folder: str, name: str) -> str:
    """The SQL of a step, which is a file below this one's folder."""
    with open(os.path.join(os.path.dirname(__file__), folder, f"{name}.sql"), encoding="utf-8") as file:
        return file.read()


def step(name: str, sql: str = "", fill: Callable[[sqlite3.Connection], object] | None = None) -> None:
    """Add a migration step: statements parted by ``;`` at a line's end, those of ``steps/NAME.sql`` where none are given, and
    what is filled in behind them."""
    STEPS.append((name, sql or read_sql("steps", name)))
    if fill:
        FILLS[name] = fill


step("0001_archive")
step("0002_feeds")
step("0003_search", SEARCH)
step("0004_views")
step("0005_stories")
step("0007_search_merges")
step("0008_revision_texts", fill=fill)
step("0009_stories_again", fill=lambda conn: Stories(conn).fill())
step("0010_filtered_views")
step("0011_search_by_hand", SEARCH_BY_HAND)
step("0012_search_excerpts", f"DROP VIEW search;\n{SEARCH_VIEW}")
step(
    "0013_search_long_words",
    # Small pages: a list of pairs is gone through page by page, and what a page holds of it is read whole. Newest-first
    # answers cost a quarter to a third less, a new article 4 % more.
    f"DROP VIEW search;\n{SEARCH_VIEW}INSERT INTO search_index (search_index, rank) VALUES ('pgsz', 1000)",
)
step("0014_outcomes_and_access")
step("0015_search_bulk_load", SEARCH_BULK_LOAD)
step("0016_slugs_of_names", fill=derive_again)


def fill_again(conn: sqlite3.Connection) -> None:
    """Fill what steps of earlier versions left where they were killed between their commit and what they filled in."""
    Stories(conn).fill()
    fill(conn)


step("0017_fill_again", "SELECT 1", fill_again)
step("0018_links_spider")
step("0019_sources")
step("0020_checks_of_a_wrong_clock")
step("0021_provenance")
step("0022_as_of_and_mentions")
step("0023_trading_days")
step("0024_captured_from")
step("0025_tags_and_gaps_that_stay")
step("0026_what_rows_rest_on")
step("0027_alerts")
step("0028_reader_marks")
step("0029_feed_delays", FEED_DELAYS)
step("0030_search_needs_words", SEARCH_NEEDS_WORDS)
step("0031_day_and_pages")
step("0032_declared_types", "SELECT 1", declare_types)
step("0033_search_day", SEARCH_DAY)
step("0034_as_of_needs_a_moment", needs_moment(dict(STEPS)["0022_as_of_and_mentions"]))
step("0035_as_of_needs_a_time", needs_time(dict(STEPS)["0034_as_of_needs_a_moment"]))


def statements(sql: str) -> list[str]:
    """Split a step's SQL, without the comments before a statement. ``executescript`` would commit the migration's transaction half way."""
    parts, rest = [], ""
    for line in sql.strip().splitlines(keepends=True):
        if not rest and line.startswith("--"):
            continue
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
