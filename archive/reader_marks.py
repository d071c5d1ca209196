"""What readers keep in the archive: links to be crawled; tags, notes and read marks on articles. No crawl touches them.

Written beside a crawl, in short transactions of their own: the crawl's lock is for what a crawl writes.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.feed_state import CLOCK_TOLERANCE
from archive.times import utc_text

LINK = re.compile(r"https?://[^\s<>\"'，。；、（）]+", re.IGNORECASE)
LONGEST_LINK, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, MOST_LINKS = 4096, 20_000, 60, 50, 1000
TRIES = 5
"""Crawls that a link may stop before it is left to the reader."""

WAITING = (
    "SELECT a.link FROM added_links AS a LEFT JOIN links AS l ON l.url = a.link"
    " WHERE l.url IS NULL OR l.last_tried_at < a.added_at OR l.last_tried_at > :ahead"
    f" OR (l.outcome = 'failed' AND l.tries < {TRIES}) ORDER BY a.added_at, a.link"
)
"""SQL: the links that no crawl has ended yet. A link that was tried after ``:ahead`` (`ahead_of`) was so by a clock that was wrong."""


def ahead_of(now: datetime) -> str:
    """UTC text of the time after which a stored time is one of a clock that was wrong."""
    return utc_text(now + CLOCK_TOLERANCE)


class WrongMark(ValueError):
    """What a reader gave cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader keeps of an article."""

    tags: tuple[str, ...] = ()
    note: str = ""
    is_read: bool = False


def links_of(text: str) -> list[str]:
    """The links in a pasted text, each once. Raises WrongMark where there are none, or too many.

    >>> links_of("看 https://a.example/1，还有 http://b.example/2")
    ['https://a.example/1', 'http://b.example/2']
    """
    links = list(dict.fromkeys(match[0] for match in LINK.finditer(text)))
    if not links:
        raise WrongMark("no link in it: an address begins with http:// or https://")
    if len(links) > MOST_LINKS:
        raise WrongMark(
            f"{len(links):,} links at once; {MOST_LINKS:,} are possible: use scrapy crawl share -a urls=FILE"
        )
    if any(len(link) > LONGEST_LINK for link in links):
        raise WrongMark(f"an address is longer than {LONGEST_LINK:,} characters")
    return links


def add_links(path: Path, links: Iterable[str], now: datetime) -> int:
    """Keep links for the next crawl of them; how many wait now. Raises sqlite3.Error."""
    with _writing(path) as conn:
        conn.executemany(
            "INSERT INTO added_links (link, added_at) VALUES (?, ?) ON CONFLICT (link) DO UPDATE SET added_at = excluded.added_at",
            [(link, utc_text(now)) for link in links],
        )
        [(waiting,)] = conn.execute(f"SELECT count(*) FROM ({WAITING})", {"ahead": ahead_of(now)})
    return int(waiting)


def waiting_links(conn: sqlite3.Connection, now: datetime) -> list[str]:
    """Links that readers gave and no crawl has ended, the first given first. Those that a clock ahead has dated are dated *now*: else
    each crawl would ask for them until then."""
    with conn:
        conn.execute(
            "UPDATE added_links SET added_at = ? WHERE added_at > ?",
            [utc_text(now), ahead_of(now)],
        )
    return [row[0] for row in conn.execute(WAITING, {"ahead": ahead_of(now)})]


def read_mark(tags: str, note: str, is_read: bool) -> Mark:
    """A mark from what a form holds: tags parted by commas. Raises WrongMark.

    >>> read_mark("储能，  待查, 储能", " 见公告 ", True)
    Mark(tags=('储能', '待查'), note='见公告', is_read=True)
    """
    names = tuple(
        dict.fromkeys(tag for part in re.split(r"[,，;；\n]", tags) if (tag := " ".join(part.split())))
    )
    if len(names) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in names):
        raise WrongMark(f"at most {MOST_TAGS} tags of {LONGEST_TAG} characters")
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise WrongMark(f"a note has at most {LONGEST_NOTE:,} characters")
    return Mark(names, note, is_read)


def set_mark(path: Path, article_id: str, mark: Mark, now: datetime) -> None:
    """Keep a mark in place of the one before; an empty one is removed. Raises WrongMark, sqlite3.Error."""
    with _writing(path) as conn:
        if conn.execute("SELECT 1 FROM articles WHERE id = ?", [article_id]).fetchone() is None:
            raise WrongMark(f"there is no article {article_id}")
        if mark == Mark():
            conn.execute("DELETE FROM reader_marks WHERE article_id = ?", [article_id])
            return
        conn.execute(
            "INSERT INTO reader_marks (article_id, tags, note, read_at, changed_at) VALUES (:id, :tags, :note, :read, :now)"
            " ON CONFLICT (article_id) DO UPDATE SET tags = excluded.tags, note = excluded.note, changed_at = excluded.changed_at,"
            " read_at = CASE WHEN excluded.read_at IS NULL THEN NULL ELSE coalesce(read_at, excluded.read_at) END",
            {
                "id": article_id, "tags": json.dumps(mark.tags, ensure_ascii=False), "note": mark.note or None,
                "read": utc_text(now) if mark.is_read else None, "now": utc_text(now),
            },
        )  # fmt: skip


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on archive.db, which a crawl may write to meanwhile: it waits for the crawl's own."""
    conn = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None)
    try:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("BEGIN IMMEDIATE")
        yield conn
        conn.execute("COMMIT")
    finally:
        conn.close()  # what was not committed is undone
