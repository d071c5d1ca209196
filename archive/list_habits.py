"""Lists that fall short of their own habit: far fewer articles on their last whole day than is usual for that weekday, or a
newest article that grows older than any silence before. A format may have changed quietly, or a source run dry."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from archive.days_off import usual_weekday
from archive.language import gettext
from archive.short_days import classify_days, weekday_medians
from archive.times import BEIJING, ago, read_utc, utc_text

WINDOW = timedelta(days=36)  # five of each weekday
LONGEST = 3  # times the longest silence of the window, after which a list is silent
LEAST_SILENCE = timedelta(days=1)
LEAST_KNOWN = 10  # articles in the window, before a list has a habit
FEED_FAILURES = 3  # failed polls in a row that make a list a failing one
LEAST = 5  # articles a day that make a habit; a list of fewer has days without any


def find_short_lists(conn: sqlite3.Connection, now: datetime) -> list[dict[str, Any]]:
    """Lists whose yesterday (Beijing) was short of articles: ``feed``, ``day``, ``count``, ``usual``."""
    short_lists = []
    for feed, listed in sorted(count_days(conn, now).items()):
        day = max(listed)
        verdict = classify_days(listed, [min(listed)])[day]
        if verdict.usual and verdict.usual >= LEAST and (verdict.short or verdict.empty):
            short_lists.append({"feed": feed, "day": day, "count": listed[day], "usual": verdict.usual})
    return short_lists


def usual_of(conn: sqlite3.Connection, now: datetime) -> dict[str, float]:
    """Lists with a habit: how many articles each usually brings on yesterday's weekday (Beijing)."""
    usuals = {}
    for feed, listed in count_days(conn, now).items():
        medians = weekday_medians({day: count for day, count in listed.items() if day != min(listed)})
        usual = medians.get(usual_weekday(max(listed)))
        if usual is not None:
            usuals[feed] = usual
    return usuals


def count_days(conn: sqlite3.Connection, now: datetime) -> dict[str, dict[str, int]]:
    """How many articles each list brought on every whole Beijing day of the window since its first, yesterday included."""
    today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [f"{today - timedelta(days=n):%Y-%m-%d}" for n in range(1, WINDOW.days)]
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for feed, day, count in conn.execute(
        "SELECT feed, date(first_listed_at, '+8 hours'), count(*) FROM article_feeds WHERE first_listed_at >= ?"
        " AND first_listed_at < ? GROUP BY 1, 2",
        [utc_text(today - WINDOW), utc_text(today)],
    ):
        counts[feed][day] = count
    return {
        feed: {day: known.get(day, 0) for day in days if day >= min(known)} for feed, known in counts.items()
    }


def list_problems(
    feeds: Iterable[Mapping[str, Any]],
    short: Iterable[Mapping[str, Any]],
    silent: Iterable[Mapping[str, Any]],
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """Name of each list that needs a look, and why in words. *feeds*: rows of `feeds`; *short*, *silent*: as found here."""
    for feed in feeds:
        if feed["failures"] >= FEED_FAILURES:
            text = gettext("feed {feed} failed {count:,} times in a row, last read {time}")
            read_at = ago(feed["last_read_at"], now)
            yield feed["feed"], text.format(feed=feed["feed"], count=feed["failures"], time=read_at)
    for row in short:
        text = gettext("feed {feed} listed {count:,} articles on {day}; {usual} are usual for that weekday")
        yield row["feed"], text.format(**{**row, "usual": f"{row['usual']:,.0f}"})
    for row in silent:
        text = gettext(
            "feed {feed} lists nothing newer than {time}; its longest silence before was {hours} hours"
        )
        hours = f"{row['longest'].total_seconds() / 3600:,.0f}"
        yield row["feed"], text.format(feed=row["feed"], time=ago(row["newest_at"], now), hours=hours)


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
