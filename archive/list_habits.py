"""Lists that fall short of their own habit: far fewer articles on their last whole day than is usual for that weekday, or a
newest article that grows older than any silence before. A format may have changed quietly, or a source run dry."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from archive.short_days import classify_days
from archive.times import BEIJING, read_utc, utc_text

WINDOW = timedelta(days=36)  # five of each weekday
LONGEST = 3  # times the longest silence of the window, after which a list is silent
LEAST_SILENCE = timedelta(days=1)
LEAST_KNOWN = 10  # articles in the window, before a list has a habit
LEAST = 5  # articles a day that make a habit; a list of fewer has days without any


def find_short_lists(conn: sqlite3.Connection, now: datetime) -> list[dict[str, Any]]:
    """Lists whose yesterday (Beijing) was short of articles: ``feed``, ``day``, ``count``, ``usual``."""
    today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [f"{today - timedelta(days=n):%Y-%m-%d}" for n in range(1, WINDOW.days)]
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for feed, day, count in conn.execute(
        "SELECT feed, date(first_listed_at, '+8 hours'), count(*) FROM article_feeds WHERE first_listed_at >= ?"
        " AND first_listed_at < ? GROUP BY 1, 2",
        [utc_text(today - WINDOW), utc_text(today)],
    ):
        counts[feed][day] = count
    found = []
    for feed, known in sorted(counts.items()):
        since = min(known)
        listed = {day: known.get(day, 0) for day in days if day >= since}
        verdict = classify_days(listed, [since]).get(days[0])
        if verdict and verdict.usual and verdict.usual >= LEAST and (verdict.short or verdict.empty):
            found.append({"feed": feed, "day": days[0], "count": listed[days[0]], "usual": verdict.usual})
    return found


def find_silent_lists(conn: sqlite3.Connection, now: datetime) -> list[dict[str, Any]]:
    """Lists that are read and whose newest article is older than `LONGEST` times the longest silence between two of its
    articles within the window: ``feed``, ``newest_at`` (UTC text), ``longest`` (that silence, a timedelta)."""
    gaps = conn.execute(
        "SELECT feed, max(gap), count(*) FROM (SELECT f.feed AS feed, julianday(a.published_at)"
        "   - lag(julianday(a.published_at)) OVER (PARTITION BY f.feed ORDER BY a.published_at) AS gap"
        " FROM article_feeds AS f JOIN articles AS a ON a.id = f.article_id"
        " WHERE f.first_listed_at >= ? AND a.published_at >= ?) GROUP BY feed",
        [utc_text(now - WINDOW), utc_text(now - WINDOW)],
    )
    longest = {
        feed: timedelta(days=gap) for feed, gap, count in gaps if gap is not None and count >= LEAST_KNOWN
    }
    silent = []
    for feed, newest_at in conn.execute(
        "SELECT feed, newest_at FROM feeds WHERE newest_at > '' AND failures = 0 ORDER BY feed"
    ):
        if feed in longest and now - read_utc(newest_at) > max(LONGEST * longest[feed], LEAST_SILENCE):
            silent.append({"feed": feed, "newest_at": newest_at, "longest": longest[feed]})
    return silent
