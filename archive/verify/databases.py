"""Checks of the databases: SQLite's own, the search index, captures, daily manifests, times of a wrong clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

from archive.captures import NAME as CAPTURES
from archive.captures import CaptureError, unpack
from archive.feed_state import CLOCK_TOLERANCE
from archive.manifest import check_manifests as problems_of_manifests
from archive.odd_values import find_odd_values
from archive.reader import connect_to_read
from archive.schema import connect, has_search
from archive.times import utc_text
from archive.verify.findings import Finding, Verification

FUTURE = {
    "articles": ("first_seen_at", "retrieved_at"),
    "checks": ("last_checked_at",),
    "links": ("last_tried_at",),
    "crawls": ("started_at",),
}
"""Columns that hold our own clock's times."""


def check_database(verification: Verification) -> Iterator[Finding]:
    """SQLite's own checks. In a database with damage that stays nothing else is repaired: a row that is not found may be there."""
    for problem, repaired in _check_integrity(verification.conn, verification.repair):
        verification.repair = verification.repair and repaired
        yield Finding("database", "archive.db", problem if repaired else f"{problem}: {REMEDY}", repaired)
    for table, rowid, parent, _ in verification.conn.execute("PRAGMA foreign_key_check").fetchall():
        yield Finding("database", table, f"row {rowid} names a row of {parent} that is not there")


def check_values(verification: Verification) -> Iterator[Finding]:
    """Values that no crawl writes, as of rows that were edited by hand; none of a damaged database, which is reported as such."""
    with (
        suppress(sqlite3.DatabaseError),
        closing(connect_to_read(verification.root / "archive.db")) as conn,
    ):
        for value in find_odd_values(conn):
            yield Finding("value", value.table, str(value))


REMEDY = (
    "restore a backup (scrapy restore), or move archive.db and posts/ to another folder and make them again from the captures"
    " (scrapy rebuild --backup FOLDER)"
)


def _check_integrity(conn: sqlite3.Connection, repair: bool) -> list[tuple[str, bool]]:
    """``(problem, repaired)`` of a database file, at most one. Indexes are made anew from their tables; what is damaged in those stays."""
    if (problem := _integrity_problem(conn)) is None:
        return []
    tables = ", ".join(_damaged_tables(conn)) or "the schema"
    repaired = False
    if repair:
        with suppress(sqlite3.DatabaseError):
            conn.execute("REINDEX")
            repaired = _integrity_problem(conn) is None
    return [(f"damage in {tables} ({problem}){'; its indexes were made anew' * repaired}", repaired)]


def _integrity_problem(conn: sqlite3.Connection, table: str = "") -> str | None:
    """The first that SQLite finds wrong with the database or one of its tables; None where it is sound."""
    try:
        [(rows,)] = conn.execute(f"PRAGMA integrity_check({table or 1})").fetchmany(1)
    except sqlite3.DatabaseError as exc:
        return str(exc)
    return None if rows == "ok" else rows.removeprefix("*** in database main ***\n").partition("\n")[0]


def _damaged_tables(conn: sqlite3.Connection) -> Iterator[str]:
    with suppress(sqlite3.DatabaseError):
        for (table,) in conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
        ).fetchall():
            if _integrity_problem(conn, table):
                yield table


def check_search(verification: Verification) -> Iterator[Finding]:
    """The search index against the texts."""
    if verification.is_read_only or not has_search(verification.conn):
        return
    try:
        with verification.conn:
            verification.conn.execute(
                "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
            )
    except sqlite3.DatabaseError as exc:
        if verification.repair:
            with verification.conn:
                verification.conn.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
        yield Finding("search", "search_index", f"does not agree with the texts ({exc})", verification.repair)


def check_captures(verification: Verification) -> Iterator[Finding]:
    """Captures: their file, each body against its digest, and that those of articles are there."""
    path = verification.root / CAPTURES
    if not path.exists():
        [(referenced,)] = verification.conn.execute("SELECT count(*) FROM article_captures").fetchall()
        if referenced:
            yield Finding("capture", CAPTURES, f"is missing, but {referenced:,} are named by articles")
        return
    damage: list[Finding] = []
    try:
        with closing(connect(path) if verification.repair else connect_to_read(path)) as captures:
            for problem, repaired in _check_integrity(captures, verification.repair):
                problem = problem if repaired else f"{problem}: {REMEDY_OF_CAPTURES}"
                damage.append(Finding("capture", CAPTURES, problem, repaired))
            yield from damage
            yield from _check_captures(verification, captures)
    except sqlite3.DatabaseError as exc:
        if not damage:
            yield Finding("capture", CAPTURES, f"cannot be read: {exc}: {REMEDY_OF_CAPTURES}")


REMEDY_OF_CAPTURES = (
    "put the captures.db of a backup in its place; without one, sqlite3's .recover saves what can be read"
)


def _check_captures(verification: Verification, captures: sqlite3.Connection) -> Iterator[Finding]:
    [(verification.captures,)] = captures.execute("SELECT count(*) FROM captures").fetchall()
    for sha256, size, packed in captures.execute("SELECT sha256, size, packed FROM bodies"):
        try:
            if len(unpack(sha256, sha256, packed)) != size:
                yield Finding("capture", sha256, "its body has another size than its row says")
        except CaptureError as exc:
            yield Finding("capture", sha256, str(exc))
    for (capture_id,) in captures.execute(
        "SELECT id FROM captures WHERE body_sha256 IS NOT NULL AND body_sha256 NOT IN (SELECT sha256 FROM bodies)"
    ):
        yield Finding("capture", capture_id, "its body is missing")
    for article_id, capture_id in verification.conn.execute(
        "SELECT article_id, capture_id FROM article_captures"
    ):
        if not captures.execute("SELECT 1 FROM captures WHERE id = ?", [capture_id]).fetchone():
            yield Finding("capture", capture_id, f"is missing, but {article_id} rests on it")


def check_journal(verification: Verification) -> Iterator[Finding]:
    """What the journal says was read, and no row says: of a killed crawl the last batch at most, else what a lost write-ahead log held."""
    path = verification.root / CAPTURES
    if not path.exists():
        return
    with suppress(sqlite3.DatabaseError), closing(connect_to_read(path)) as captures:  # see check_captures
        if not captures.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone():
            return  # of an earlier version
        last = dict(captures.execute("SELECT crawl_id, max(batch) FROM journal GROUP BY crawl_id"))
        for kind, noun, key, known_ids in KNOWN:
            late: list[str] = []
            lost: list[str] = []
            for subject, crawl_id, batch in captures.execute(
                f"SELECT {key} AS subject, crawl_id, max(batch) FROM journal WHERE kind = '{kind}' GROUP BY subject"
            ):
                if not verification.conn.execute(known_ids, [subject]).fetchone():
                    (lost if batch < last[crawl_id] else late).append(subject)
            for subjects, problem in ((lost, LOST), (late, LATE)):
                if subjects:
                    problem = problem.format(number=len(subjects), what=noun, example=subjects[0])
                    yield Finding("row", "archive.db", problem, is_damage=subjects is lost)


KNOWN = (
    (
        "article",
        "articles",
        "article_id",
        "SELECT 1 FROM articles WHERE id = ?1 UNION ALL SELECT 1 FROM forgotten WHERE id = ?1",
    ),
    ("link", "links", "entry ->> '$.url'", "SELECT 1 FROM links WHERE url = ?"),
)
"""Kinds of entries of the journal, what they are of, and what says that the archive knows one."""
LOST = (
    "has no rows of {number:,} {what} that were read (e.g. {example}): it lacks what was written last, as where its archive.db-wal is"
    " gone. Move it and posts/ to another folder, and run scrapy rebuild --backup FOLDER"
)
LATE = "has no rows of {number:,} {what} that were read (e.g. {example}), as where a crawl is killed at its last batch: the next one brings them"


def check_manifests(verification: Verification) -> Iterator[Finding]:
    """The daily manifests: their chain, and that what they name is still there."""
    for day, problem in problems_of_manifests(verification.root, verification.conn):
        yield Finding("manifest", day, problem)


def check_clock(verification: Verification) -> Iterator[Finding]:
    """Times of our own that are still to come."""
    limit = utc_text(verification.now + CLOCK_TOLERANCE)
    for table, columns in FUTURE.items():
        for column in columns:
            number, latest = verification.conn.execute(
                f"SELECT count(*), max({column}) FROM {table} WHERE {column} > ?", [limit]
            ).fetchone()
            if number:
                problem = f"{number:,} rows are of the future (the latest {latest}): a clock was wrong"
                yield Finding("clock", f"{table}.{column}", problem, is_damage=False)
