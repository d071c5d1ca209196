"""What is merged beside articles, by natural keys: links, crawls, what lists left, what was taken down.

Every statement finds what the archive lacks or has poorer, so that a second merge finds nothing. Rows pass through Python: a
shard is only ever read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from archive.forget import REASON
from archive.outcomes import ARRIVED, FAILED_HERE, sql_list
from archive.writer import Archive

BATCH = 2000  # rows a transaction

LATER_LINK = (
    "CASE WHEN {new}.outcome = 'failed' OR {old}.outcome = 'failed' THEN {old}.outcome = 'failed' AND ({new}.outcome <> 'failed'"
    " OR {new}.last_tried_at > {old}.last_tried_at) WHEN {new}.last_tried_at = {old}.last_tried_at"
    f" THEN {{new}}.outcome IN {sql_list(ARRIVED)} AND ({{old}}.outcome NOT IN {sql_list(ARRIVED)}"
    " OR ({new}.outcome = 'archived' AND {old}.outcome <> 'archived')) ELSE {new}.last_tried_at > {old}.last_tried_at END"
)
"""SQL: whether the outcome of link *new* says more than that of *old*: any says more than ``failed``, which is our own doing (a
link that ended its worker may have arrived in another shard); else the later one; of one moment the one that brought the article."""
assert FAILED_HERE == "failed"


def merge_links(archive: Archive, shard: sqlite3.Connection) -> int:
    """Links of *shard* (the archive attached as ``archive``) that are new or say more; how many."""
    wins = LATER_LINK.format(new="n", old="m")
    query = (
        f"SELECT n.* FROM main.links AS n LEFT JOIN archive.links AS m ON m.url = n.url WHERE m.url IS NULL OR {wins}"
        " OR n.tries > m.tries OR n.first_tried_at < m.first_tried_at OR (m.spider IS NULL AND n.spider IS NOT NULL)"
    )
    wins = LATER_LINK.format(new="excluded", old="links")
    assignments = "".join(
        f" {name} = CASE WHEN {wins} THEN excluded.{name} ELSE {name} END,"
        for name in ("article_id", "outcome", "reason")
    )
    upsert = (
        " ON CONFLICT (url) DO UPDATE SET tries = max(tries, excluded.tries),"
        f" first_tried_at = min(first_tried_at, excluded.first_tried_at), spider = coalesce(spider, excluded.spider),{assignments}"
        " last_tried_at = max(last_tried_at, excluded.last_tried_at)"
    )
    number = _copy(archive, shard, query, "links", upsert)
    if number:
        with archive.transaction() as conn:
            conn.execute(
                "UPDATE links SET outcome = 'dropped', reason = ? || (SELECT forgotten_at FROM forgotten WHERE id = article_id)"
                " WHERE outcome <> 'dropped' AND article_id IN (SELECT id FROM forgotten)",
                [f"{REASON} on "],
            )
    return number


def merge_crawls(archive: Archive, shard: sqlite3.Connection) -> int:
    """Crawls that are new, or have gone on since."""
    query = (
        "SELECT n.* FROM main.crawls AS n LEFT JOIN archive.crawls AS m ON m.id = n.id WHERE m.id IS NULL"
        " OR coalesce(n.finished_at, '') > coalesce(m.finished_at, '')"
    )
    return _copy(archive, shard, query, "crawls", " ON CONFLICT (id) DO UPDATE SET {sets}")


def merge_lists(archive: Archive, shard: sqlite3.Connection) -> None:
    """What polls of lists left: of each list the later poll, of each gap whether either has filled it, and what is still to be had."""
    _copy(
        archive, shard,
        "SELECT n.* FROM main.feeds AS n LEFT JOIN archive.feeds AS m ON m.feed = n.feed WHERE m.feed IS NULL"
        " OR n.last_polled_at > m.last_polled_at",
        "feeds", " ON CONFLICT (feed) DO UPDATE SET {sets}",
    )  # fmt: skip
    filled = (
        "CASE WHEN opened_at > excluded.filled_at OR excluded.opened_at > filled_at THEN NULL"
        " ELSE coalesce(min(filled_at, excluded.filled_at), filled_at, excluded.filled_at) END"
    )
    _copy(
        archive, shard, "SELECT * FROM main.gaps EXCEPT SELECT * FROM archive.gaps", "gaps",
        " ON CONFLICT (feed, from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at), opened_at = min(opened_at, excluded.opened_at),"
        f" tries = max(tries, excluded.tries), reason = coalesce(reason, excluded.reason), filled_at = {filled}",
    )  # fmt: skip
    _copy(
        archive, shard,
        "SELECT * FROM main.pending_records WHERE article_id NOT IN (SELECT id FROM archive.articles)"
        " AND article_id NOT IN (SELECT id FROM archive.forgotten)",
        "pending_records", " ON CONFLICT DO NOTHING",
    )  # fmt: skip
    with archive.transaction() as conn:
        conn.execute("DELETE FROM pending_records WHERE article_id IN (SELECT id FROM articles)")


def merge_restorations(archive: Archive, shard: sqlite3.Connection) -> None:
    """What the user decided to leave in texts: the earlier of the same decision."""
    upsert = " ON CONFLICT (scope, target) DO UPDATE SET decided_at = min(decided_at, excluded.decided_at)"
    query = (
        "SELECT n.* FROM main.restorations AS n LEFT JOIN archive.restorations AS m USING (scope, target)"
        " WHERE m.decided_at IS NULL OR n.decided_at < m.decided_at"
    )
    _copy(archive, shard, query, "restorations", upsert)


def merge_marks(archive: Archive, shard: sqlite3.Connection) -> None:
    """Tags, notes and read marks: of each article the later ones. Links that wait are crawled where they were added."""
    _copy(
        archive, shard,
        "SELECT n.* FROM main.reader_marks AS n LEFT JOIN archive.reader_marks AS m ON m.article_id = n.article_id"
        " WHERE n.article_id IN (SELECT id FROM archive.articles) AND (m.article_id IS NULL OR n.changed_at > m.changed_at)",
        "reader_marks", " ON CONFLICT (article_id) DO UPDATE SET {sets}",
    )  # fmt: skip


def forgotten_in(conn: sqlite3.Connection) -> dict[str, str]:
    """When articles were taken down, by id."""
    return dict(conn.execute("SELECT id, forgotten_at FROM main.forgotten ORDER BY id").fetchall())


def _copy(archive: Archive, shard: sqlite3.Connection, query: str, table: str, upsert: str) -> int:
    """Write the rows that *query* finds in *shard* to *table* by *upsert* (``{sets}``: each column but the key); how many."""
    cursor = shard.execute(query)
    names = [column[0] for column in cursor.description]
    sets = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}){upsert.format(sets=sets)}"
    return write_in_batches(cursor, lambda rows: _write(archive, sql, rows))


def _write(archive: Archive, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    with archive.transaction() as conn:
        conn.executemany(sql, rows)


def write_in_batches(
    cursor: sqlite3.Cursor, write: Callable[[Sequence[tuple[object, ...]]], None], size: int = BATCH
) -> int:
    """Hand the rows of *cursor* to *write*, *size* at a time; how many there were."""
    number = 0
    while rows := cursor.fetchmany(size):
        write(rows)
        number += len(rows)
    return number
