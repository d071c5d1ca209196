"""What polls of lists remember from one to the next, and the articles that a list named and that are still to be had."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.feed_state import GONE_TRIES, is_due, patience
from archive.outcomes import GONE, RETRIED, sql_list

REMEMBERED = 2000  # records of a list that the next poll may overlap


@dataclass(slots=True)
class ListMemory:
    """What the poll before left of one list."""

    feed: str
    """Name of the list, as in `article_feeds`."""
    source: str
    known: dict[str, str] = field(default_factory=dict)
    """The source's names of its records, each with a digest of what it said; an empty digest is not settled."""
    newest_at: str | None = None
    """Publication time of the newest record ever listed, UTC text."""
    last_polled_at: str | None = None
    next_poll_at: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    answer_sha256: str | None = None
    failures: int = 0
    """Polls that failed since the last good one."""
    reason: str | None = None
    """Why the last poll failed."""

    @property
    def is_new(self) -> bool:
        """Whether the list was never read."""
        return not self.known and self.newest_at is None and self.answer_sha256 is None


class ListState:
    """Reads and writes `feeds` and `pending_records` on the archive's own connection."""

    def __init__(self, conn: sqlite3.Connection):
        self.conn = conn

    def load(self, feed: str, source: str) -> ListMemory:
        """What is remembered of a list; an empty memory before its first poll."""
        row = self.conn.execute(
            "SELECT newest_at, last_polled_at, next_poll_at, etag, last_modified, answer_sha256, failures, reason, listed"
            " FROM feeds WHERE feed = ?",
            [feed],
        ).fetchone()
        if row is None:
            return ListMemory(feed, source)
        listed = json.loads(row[8])
        digests = listed if isinstance(listed, dict) else dict.fromkeys(listed, "")
        return ListMemory(feed, source, digests, row[0] or None, *row[1:8])

    def save(self, memories: Iterable[ListMemory]) -> None:
        """Keep what lists left, in one transaction. A failed poll (`reason`) leaves what was read before."""
        with self.conn:
            for memory in memories:
                succeeded = memory.reason is None
                self.conn.execute(
                    "INSERT INTO feeds (feed, source, last_polled_at, last_read_at, newest_at, next_poll_at, etag, last_modified,"
                    " answer_sha256, listed, failures, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feed)"
                    " DO UPDATE SET source = excluded.source, last_polled_at = excluded.last_polled_at, last_read_at ="
                    " coalesce(excluded.last_read_at, last_read_at), newest_at = excluded.newest_at,"
                    " next_poll_at = excluded.next_poll_at, etag = excluded.etag,"
                    " last_modified = excluded.last_modified, answer_sha256 = excluded.answer_sha256, listed = excluded.listed,"
                    " failures = excluded.failures, reason = excluded.reason",
                    [
                        memory.feed, memory.source, memory.last_polled_at, memory.last_polled_at if succeeded else None,
                        memory.newest_at, memory.next_poll_at, memory.etag, memory.last_modified, memory.answer_sha256,
                        json.dumps(dict(list(memory.known.items())[:REMEMBERED]), ensure_ascii=False), memory.failures,
                        memory.reason,
                    ],
                )  # fmt: skip

    def follow(self, feeds: Iterable[str], moment: str) -> None:
        """Keep that these lists, and no others, were what sources.toml follows at *moment* (UTC text)."""
        with self.conn:
            self.conn.execute(
                "UPDATE feeds SET followed_at = CASE WHEN feed IN (SELECT value FROM json_each(?)) THEN ? END",
                [json.dumps(list(feeds)), moment],
            )

    def keep_pending(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep articles (``article_id``, ``feed``, ``url``, ``record``) that could not be had."""
        with self.conn:
            self.conn.executemany(
                "INSERT INTO pending_records (article_id, feed, url, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (article_id) DO UPDATE SET url = excluded.url, record = excluded.record",
                [
                    (
                        row["article_id"],
                        row["feed"],
                        row["url"],
                        json.dumps(row["record"], ensure_ascii=False),
                    )
                    for row in rows
                ],
            )

    def settle(self, handed: Iterable[str] = ()) -> None:
        """Forget pending articles that are archived by now, whose link ended for good, or that were *handed* to others.

        One that is gone is kept for `GONE_TRIES`: it may have been listed before it was published, and the list move on before it is.
        """
        with self.conn:
            self.conn.executemany(
                "DELETE FROM pending_records WHERE article_id = ?", [(article_id,) for article_id in handed]
            )
            self.conn.execute(
                "DELETE FROM pending_records WHERE EXISTS (SELECT 1 FROM articles a WHERE a.id = article_id)"
                " OR NOT EXISTS (SELECT 1 FROM links l WHERE l.article_id = pending_records.article_id"
                f" AND (l.outcome IN {sql_list(RETRIED)} OR (l.outcome = '{GONE}' AND l.tries < {GONE_TRIES})))"
            )

    def pending_due(self, feeds: Iterable[str], now: datetime, limit: int = 200) -> list[dict[str, Any]]:
        """Pending articles of *feeds* whose next try is due: the wait doubles with each, from 5 minutes to a day."""
        rows = self.conn.execute(
            "SELECT p.article_id, p.feed, p.url, p.record, max(l.tries) AS tries, max(l.last_tried_at) AS last"
            " FROM pending_records p JOIN links l ON l.article_id = p.article_id"
            " WHERE p.feed IN (SELECT value FROM json_each(?)) GROUP BY p.article_id ORDER BY last LIMIT ?",
            [json.dumps(list(feeds)), limit * 5],
        )
        due = [
            {"article_id": article_id, "feed": feed, "url": url, "record": json.loads(record)}
            for article_id, feed, url, record, tries, last in rows
            if is_due(last, patience(tries), now)
        ]
        return due[:limit]
