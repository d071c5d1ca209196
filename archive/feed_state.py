"""What scheduled crawls remember: what each feed last listed, the gaps between polls, when to check again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from archive.outcomes import FINAL, GONE, RETRIED, sql_list
from archive.times import utc_text
from archive.units import span

GONE_TRIES = 8
"""How often an article that a list names is asked for while its server says that it is not there (10 hours): it may be
listed before it is published."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A stored time that is further ahead than this was written by a clock that was wrong; what depends on it is due at once."""


def spans(text: str) -> list[timedelta]:
    """A list of spans of time, e.g. a setting. Raises ValueError.

    >>> [str(span) for span in spans("10m, 1h,7d")]
    ['0:10:00', '1:00:00', '7 days, 0:00:00']
    """
    return [span(part) for part in text.split(",") if part.strip()]


def patience(tries: int) -> timedelta:
    """How long to wait after so many tries: 5 minutes, doubled each time, up to a day.

    >>> str(patience(1)), str(patience(3)), str(patience(99))
    ('0:05:00', '0:20:00', '1 day, 0:00:00')
    """
    return min(timedelta(minutes=5) * 2 ** min(max(tries - 1, 0), 12), timedelta(days=1))


def waited(tries: int) -> timedelta:
    """All the waits before the next try together: a gap knows when it was opened, not when it was last tried.

    >>> str(waited(1)), str(waited(3)), str(waited(10))
    ('0:05:00', '0:35:00', '2 days, 18:35:00')
    """
    return timedelta(minutes=5) * (2 ** min(tries, 9) - 1) + timedelta(days=1) * max(tries - 9, 0)


def is_due(since: str, wait: timedelta, now: datetime) -> bool:
    """Whether *wait* is over since a stored time, or that time cannot be true because it is still to come.

    >>> noon = datetime.fromisoformat("2026-01-01T12:00:00Z")
    >>> [is_due(since, timedelta(hours=1), noon) for since in ("2026-01-01T10:00:00Z", "2026-01-01T11:30:00Z", "2035-01-01T00:00:00Z")]
    [True, False, True]
    """
    moment = datetime.fromisoformat(since)
    return moment + wait <= now or moment > now + CLOCK_TOLERANCE


CHECK = (
    "c.article_id, c.next_check_at, c.last_checked_at, c.etag, c.last_modified, a.share_url, a.served_from,"
    " CASE WHEN c.last_checked_at > :limit OR c.last_checked_at < a.published_at THEN 0 ELSE c.done END AS done,"
    " max(a.first_seen_at, coalesce(a.published_at, '')) AS first_seen_at,"
    " a.headline_from <> 'body' AND a.published_at IS NOT NULL AND a.published_from <> 'id' AS complete"
)
"""Columns of a row of `checks` with what is needed of its article."""


class FeedState:
    """Reads and writes `feeds`, `gaps` and `checks` on the archive's own connection."""

    def __init__(self, conn: sqlite3.Connection):
        self.conn = conn

    # -- gaps -------------------------------------------------------------------------------------------------

    def open_gaps(self, feed: str, *, with_final: bool = False) -> list[sqlite3.Row]:
        """Gaps of a feed that are not filled, oldest first; *with_final*: those that cannot be, too."""
        final = "" if with_final else " AND final_at IS NULL"
        return self.conn.execute(
            f"SELECT * FROM gaps WHERE feed = ? AND filled_at IS NULL{final} ORDER BY from_at", [feed]
        ).fetchall()

    def gaps_due(self, feed: str, now: datetime) -> list[sqlite3.Row]:
        """Open gaps that are due for another try: the wait doubles with each, from 5 minutes to a day."""
        return [gap for gap in self.open_gaps(feed) if is_due(gap["opened_at"], waited(gap["tries"]), now)]

    def open_gap(
        self, feed: str, from_at: str, to_at: str, now: datetime, reason: str, *, is_final: bool = False
    ) -> None:
        """Keep that a span of the feed was not seen; *is_final*: and that the list has nothing older to fill it with."""
        final_at = utc_text(now) if is_final else None
        with self.conn:
            self.conn.execute(
                "INSERT INTO gaps (feed, from_at, to_at, opened_at, tries, reason, final_at) VALUES (?, ?, ?, ?, 1, ?, ?)"
                " ON CONFLICT (feed, from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at), filled_at = NULL,"
                " reason = excluded.reason, final_at = excluded.final_at",
                [feed, from_at, to_at, utc_text(now), reason, final_at],
            )

    def record_try(
        self,
        feed: str,
        from_at: str,
        now: datetime,
        *,
        filled: bool,
        reason: str | None,
        is_final: bool = False,
    ) -> None:
        """Keep how an attempt to fill a gap ended."""
        moment = utc_text(now)
        with self.conn:
            self.conn.execute(
                "UPDATE gaps SET tries = tries + 1, filled_at = ?, reason = ?, final_at = ? WHERE feed = ? AND from_at = ?",
                [moment if filled else None, reason, moment if is_final else None, feed, from_at],
            )

    # -- articles ---------------------------------------------------------------------------------------------
    # CROSS JOIN: SQLite is to look each id up. Where its statistics are of a time when the archive was small, it would
    # read all articles for each of them.

    def states(self, ids: Iterable[str]) -> dict[str, bool]:
        """Archived articles among *ids* (keys of `articles`): whether each is complete. Those that were taken
        down count as complete, so that no crawl brings them back. One indexed look-up."""
        rows = self.conn.execute(
            "SELECT a.id, a.headline_from <> 'body' AND a.published_at IS NOT NULL AND a.published_from <> 'id'"
            " AND a.captured_from IS NOT 'older_posts'"
            " FROM json_each(?1) j CROSS JOIN articles a ON a.id = j.value"
            " UNION ALL SELECT f.id, 1 FROM json_each(?1) j CROSS JOIN forgotten f ON f.id = j.value",
            [json.dumps(list(ids))],
        )
        return {article_id: bool(complete) for article_id, complete in rows}

    def not_yet_in(self, feed: str, ids: Iterable[str]) -> list[str]:
        """Archived articles among *ids* that are not known to be in the feed."""
        rows = self.conn.execute(
            "SELECT a.id FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value WHERE NOT EXISTS"
            " (SELECT 1 FROM article_feeds f WHERE f.article_id = a.id AND f.feed = ?)",
            [json.dumps(list(ids)), feed],
        )
        return [row[0] for row in rows]

    def not_had(self, ids: Iterable[str], now: datetime) -> dict[str, tuple[str, bool]]:
        """Articles among *ids* that no crawl could fetch so far: ``(url of the link, whether its next try is due)``."""
        rows = self.conn.execute(
            "SELECT l.article_id, l.url, l.tries, l.last_tried_at FROM json_each(?) j CROSS JOIN links l ON l.article_id = j.value"
            f" WHERE l.outcome IN {sql_list((*RETRIED, GONE))}"
            " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = l.article_id)",
            [json.dumps(list(ids))],
        )
        return {
            article_id: (url, is_due(last, patience(tries), now)) for article_id, url, tries, last in rows
        }

    def ended(self, ids: Iterable[str]) -> set[str]:
        """Articles among *ids* for which no list has to be read again: their link ended for good, or `pending_records`
        has them tried again."""
        rows = self.conn.execute(
            "SELECT l.article_id FROM json_each(?) j CROSS JOIN links l ON l.article_id = j.value"
            f" WHERE l.outcome IN {sql_list(FINAL)} OR (l.outcome = '{GONE}' AND l.tries >= {GONE_TRIES})"
            " OR EXISTS (SELECT 1 FROM pending_records p WHERE p.article_id = l.article_id)",
            [json.dumps(list(ids))],
        )
        return {row[0] for row in rows}

    def failed_links(self, site: str, now: datetime, limit: int = 200) -> list[tuple[str, str, bool]]:
        """Links of articles that no crawl could fetch, due for another try: ``(url, article_id, whether it was crawled by hand)``.

        The wait doubles with each try, from 5 minutes to a day.
        """
        rows = self.conn.execute(
            "SELECT url, article_id, tries, last_tried_at, spider IS 'share' OR url IN (SELECT link FROM added_links)"
            " FROM links INDEXED BY links_outcome"
            f" WHERE outcome IN {sql_list(RETRIED)} AND article_id GLOB ? AND NOT EXISTS"
            " (SELECT 1 FROM articles WHERE id = links.article_id) ORDER BY last_tried_at LIMIT ?",
            [f"{site}:*", limit * 5],
        )
        due = []
        for url, article_id, tries, last, by_hand in rows:
            if is_due(last, patience(tries), now):
                due.append((url, article_id, bool(by_hand)))
        return due[:limit]

    def due_checks(self, feeds: Iterable[str], now: datetime, limit: int = 500) -> list[sqlite3.Row]:
        """Articles of *feeds*, or of no feed at all, whose next check is due: their rows of `checks` with ``share_url``, ``first_seen_at`` and ``complete``.

        Those that were checked by a clock ahead of *now*, or before their publication by one that was behind, begin their plan
        again. ``first_seen_at`` is never before publication, either.
        """
        return self.conn.execute(
            f"SELECT {CHECK} FROM (SELECT article_id FROM checks WHERE next_check_at <= :now"
            "   UNION SELECT article_id FROM checks WHERE last_checked_at > :limit) AS due"
            " JOIN checks AS c USING (article_id) JOIN articles AS a ON a.id = c.article_id"
            " WHERE (EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = c.article_id"
            "   AND f.feed IN (SELECT value FROM json_each(:feeds)))"
            "  OR NOT EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = c.article_id))"
            " ORDER BY c.next_check_at LIMIT :most",
            {
                "feeds": json.dumps(list(feeds)),
                "now": utc_text(now),
                "limit": utc_text(now + CLOCK_TOLERANCE),
                "most": limit,
            },
        ).fetchall()

    def check_of(self, article_id: str, now: datetime) -> sqlite3.Row | None:
        """The article's row as `due_checks` has it, due or not; None where it is on no plan."""
        row: sqlite3.Row | None = self.conn.execute(
            f"SELECT {CHECK} FROM checks AS c JOIN articles AS a ON a.id = c.article_id WHERE c.article_id = :id",
            {"id": article_id, "limit": utc_text(now + CLOCK_TOLERANCE)},
        ).fetchone()
        return row


def next_check(
    plan: list[timedelta], first_seen_at: datetime, now: datetime, done: int
) -> tuple[datetime | None, int]:
    """When to check again, and how many checks of the plan are done, one at *now* counted where *done* is not 0.

    Checks that were missed while nothing ran are not made up for one by one. An article that was first seen in the future,
    by a clock that was wrong, is taken to be due at *now*.

    >>> start = datetime.fromisoformat("2026-01-01T00:00:00Z")
    >>> next_check(spans("10m,1h"), start, start + timedelta(minutes=12), 1)[0].isoformat()
    '2026-01-01T01:00:00+00:00'
    >>> next_check(spans("10m,1h"), start, start + timedelta(hours=2), 1)
    (None, 2)
    >>> next_check(spans("10m,1h"), start + timedelta(days=3000), start, 0)[0].isoformat()
    '2026-01-01T00:50:00+00:00'
    """
    if first_seen_at > now and done < len(plan):
        first_seen_at = now - plan[done]
    while done < len(plan) and first_seen_at + plan[done] <= now:
        done += 1
    return (first_seen_at + plan[done] if done < len(plan) else None), done


def check_row(
    plan: list[timedelta], first_seen_at: datetime, now: datetime, done: int, headers: Any
) -> dict[str, Any]:
    """A row of `checks` without its key, after an answer with *headers* at *now*."""
    following, done = next_check(plan, first_seen_at, now, done)
    return {
        "next_check_at": following and utc_text(following),
        "done": done,
        "last_checked_at": utc_text(now),
        "etag": header(headers, b"ETag"),
        "last_modified": header(headers, b"Last-Modified"),
    }


def header(headers: Any, name: bytes) -> str | None:
    """A response header as text."""
    value = headers.get(name)
    return value.decode("latin-1") if value else None
