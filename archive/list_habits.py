"""Which lists brought far less on their last whole day than is usual for that weekday: a format that changed quietly, or a
source that ran dry."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from archive.short_days import classify_days
from archive.times import BEIJING, utc_text

WINDOW = timedelta(days=36)  # five of each weekday
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
