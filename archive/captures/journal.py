"""The journal in ``captures.db``: what the archive was given, in that order. With the captures it makes every row again.

A response says what an article is, but not under which link it was asked for, which lists named it, or how a link without a
response ended. The journal does, one entry each:

``article``
    What was read of captures. ``captures``: ids, in the order received. ``page``: the capture that the article was read from;
    ``pages``: of its further pages; ``supplement``: of the page that completed it; ``listed``: where lists named it, each
    ``capture``, ``source``, ``channel``, ``cursor`` and ``key`` of the record; ``words``: those of a record whose list was
    captured by an earlier poll. ``posts``: captures of the older site's post files; ``captured_from``, and ``part`` where a saved page is not the
    whole article. ``link``: what was asked for, and ``ended`` where that has a row of `links`. ``retrieved_at``,
    ``served_from``, ``feeds``, ``check``. ``images``: ``[url, status, sha256, reason]`` each. ``charts``: whether market charts
    were kept.
``link``
    A row of `links`: ``url``, ``outcome``, ``reason``, ``spider``, and the ``captures`` of its responses, where it has any.
    ``read_again``: where those were read once more, without a request. ``reader``: the version that has read them since, and found
    no article.
``withdrawal``
    The source has withdrawn the article.
``feeds``
    Lists that named an archived article: rows of `article_feeds`.
``forgotten``
    The article was taken down.

An entry is written before the rows that it describes, in the transaction of the captures. After a crash there can be entries
without rows: whatever they describe is crawled, and noted, again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from archive.insert_rows import insert_rows

PLACES = """
CREATE TEMP TABLE places AS
WITH timed AS (
  SELECT id, batch, crawl_id, max(noted_at) OVER (PARTITION BY crawl_id ORDER BY id) AS known_at FROM journal
), batches AS (
  SELECT batch, crawl_id, min(known_at) AS known_at FROM timed GROUP BY batch
), placed AS (
  SELECT j.id, j.batch, row_number() OVER (ORDER BY b.known_at, b.crawl_id, j.batch, j.id) AS place
  FROM journal AS j JOIN batches AS b ON b.batch = j.batch
)
SELECT id, place, min(place) OVER (PARTITION BY batch) AS batch FROM placed
"""
"""Where each entry is by time: batches of different crawls by when they were noted, those of one crawl as they were written."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Noted(NamedTuple):
    """An entry that waits to be written."""

    noted_at: str
    """UTC text."""
    kind: str
    article_id: str | None
    entry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry as it was written."""

    id: int
    batch: int
    """Entries with the same number were written together."""
    crawl_id: str | None
    noted_at: str
    kind: str
    article_id: str | None
    entry: dict[str, Any]


def write_journal(conn: sqlite3.Connection, crawl_id: str | None, entries: Iterable[Noted]) -> None:
    """Write *entries* as a batch, in the caller's transaction."""
    [(batch,)] = conn.execute("SELECT coalesce(max(id), 0) + 1 FROM journal")
    insert_rows(
        conn,
        "INSERT INTO journal",
        ("batch", "crawl_id", "noted_at", "kind", "article_id", "entry"),
        [
            (batch, crawl_id, noted_at, kind, article_id, _encode(entry))
            for noted_at, kind, article_id, entry in entries
        ],
    )


def put_in_order(conn: sqlite3.Connection) -> None:
    """Number the entries anew by time, in a transaction of its own: those of several archives, put one behind the other. A text that was
    read later must be read again later, whichever archive it came from."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        conn.execute(PLACES)
        conn.execute(
            "UPDATE journal SET id = -p.place, batch = p.batch FROM temp.places AS p"
            " WHERE p.id = journal.id AND (p.place <> p.id OR p.batch <> journal.batch)"
        )
        conn.execute("UPDATE journal SET id = -id WHERE id < 0")
        conn.execute("DROP TABLE temp.places")
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def mark_read(conn: sqlite3.Connection, numbers: Iterable[int], reader: str) -> None:
    """Have entries of links say that *reader*, a version, found no article in their captures."""
    with conn:
        conn.executemany(
            "UPDATE journal SET entry = json_set(entry, '$.reader', ?) WHERE id = ?",
            [(reader, number) for number in numbers],
        )


def journal(conn: sqlite3.Connection, after: int = 0) -> Iterator[JournalEntry]:
    """All entries behind number *after*, in order."""
    for row in conn.execute("SELECT * FROM journal WHERE id > ? ORDER BY id", [after]):
        yield _read(row)


def readings_of(conn: sqlite3.Connection, article_id: str) -> list[JournalEntry]:
    """What was read of an article, in order."""
    rows = conn.execute(
        "SELECT * FROM journal WHERE kind = 'article' AND article_id = ? ORDER BY id", [article_id]
    )
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> JournalEntry:
    number, batch, crawl_id, noted_at, kind, article_id, entry = row
    return JournalEntry(number, batch, crawl_id, noted_at, kind, article_id, json.loads(entry))
