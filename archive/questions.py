"""SQL of questions that pages, the Python API and exports share. Blanks are named parameters; an empty one asks for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from archive.search.sql import found_sql
from archive.views.feed_delays import delays_sql

SPANS = ("day", "week", "month")
_START = {"day": "", "week": ", '-6 days', 'weekday 1'", "month": ", 'start of month'"}
_NEXT = {"day": "+1 day", "week": "+7 days", "month": "+1 month"}

NAMES = "(SELECT :publisher UNION SELECT name FROM publishers WHERE slug = :publisher)"
"""SQL: the names of the publisher that is asked for by name or slug."""

SECURITIES = "(SELECT id FROM securities WHERE id = :security OR code = :security OR name = :security)"
"""SQL: the securities that are asked for by id, code or name."""

NARROWED = f"""(:publisher = '' OR a.publisher IN {NAMES})
  AND (:security = '' OR a.id IN (SELECT article_id FROM article_securities WHERE doubtful = 0 AND security_id IN {SECURITIES}))"""
"""SQL: article ``a`` is of the publisher (name or slug) and mentions the security (id, code or name)."""

NARROWED_ARRIVAL = f"""(:publisher = '' OR +a.arrival IN (SELECT arrival FROM articles WHERE publisher IN {NAMES}))
  AND (:security = '' OR +a.arrival IN (SELECT b.arrival FROM article_securities AS x JOIN articles AS b ON b.id = x.article_id
    WHERE x.doubtful = 0 AND x.security_id IN {SECURITIES}))"""
"""SQL: likewise, by ``arrival`` alone, so that counting many articles reads an index and not their rows."""


WITHIN = "(:since = '' OR a.published_at >= :since) AND (:until = '' OR a.published_at < :until)"
"""SQL: article ``a`` was published from ``:since`` on, and before ``:until``; an empty one is no limit."""


def utc_sql(day: str) -> str:
    """SQL: when a Beijing day (SQL, with modifiers) begins, UTC."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {day}, '-8 hours')"


def within_days(column: str, first: str = ":first", last: str = ":last") -> str:
    """SQL: the UTC time in *column* lies on a Beijing day from *first* to *last*; an index of times can answer it.

    >>> import sqlite3
    >>> sql = within_days("'2026-06-30T16:00:00Z'")
    >>> [sqlite3.connect(":memory:").execute(f"SELECT {sql}", days).fetchone()[0]
    ...  for days in (("2026-07-01",) * 2, ("2026-06-30",) * 2)]
    [1, 0]
    """
    end = f"min({last}, '9999-12-30'), '+1 day'"  # SQLite knows no day after the last one of year 9999
    return f"{column} >= {utc_sql(first)} AND {column} < {utc_sql(end)}"


def start_sql(span: str) -> str:
    """SQL: the first Beijing day of the span (of `SPANS`) in which article ``a`` was published."""
    return f"date(a.published_at, '+8 hours'{_START[span]})"


def trend_sql(span: str, words: bool) -> str:
    """Articles by day, week (its Monday) or month (its first day) from ``:first`` to ``:last``, Beijing days: ``start``, ``articles``.

    *words*: only those that the search ``:q`` matches. Each span is counted in the index of times; the sign before ``arrival``
    keeps SQLite from looking every match up among the articles.
    """
    first = utc_sql("max(:first, start)")
    end = utc_sql(f"min(date(start, '{_NEXT[span]}', '-1 day'), :last, '9999-12-30'), '+1 day'")
    since = f"(SELECT min(+arrival) FROM articles WHERE {within_days('published_at')})"
    matched = f"+a.arrival IN ({found_sql(first=since)}) AND " if words else ""
    return (
        f"SELECT start, articles FROM (WITH RECURSIVE spans (start) AS (SELECT {start_sql(span)} FROM articles AS a"
        f" WHERE a.published_at = (SELECT min(published_at) FROM articles WHERE {within_days('published_at')})"
        f" UNION SELECT date(start, '{_NEXT[span]}') FROM spans"
        f" WHERE start < min(:last, (SELECT date(max(published_at), '+8 hours') FROM articles)))"
        f" SELECT start, (SELECT count(*) FROM articles AS a WHERE {matched}a.published_at >= {first} AND a.published_at < {end}"
        f" AND {NARROWED_ARRIVAL}) AS articles FROM spans LIMIT -1) WHERE articles > 0 ORDER BY start"
    )


def day_of(text: str, name: str) -> date:
    """A Beijing day. Raises ValueError, which says *name*."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} {text}: give a Beijing day such as 2026-02-21") from None


def days_between(first: str, last: str) -> tuple[date, date]:
    """Two Beijing days. Raises ValueError, also where the first is the later one.

    >>> days_between("2026-07-01", "2026-06-30")
    Traceback (most recent call last):
    ValueError: first 2026-07-01 is after last 2026-06-30
    """
    begin, end = day_of(first, "first"), day_of(last, "last")
    if begin > end:
        raise ValueError(f"first {begin} is after last {end}")
    return begin, end


def span_starts(first: str, last: str, span: str) -> list[str]:
    """The first days of all spans from *first* to *last*, also of those without an article. Raises ValueError, also where *first*
    is the later one.

    >>> span_starts("2026-06-27", "2026-07-02", "day")[-2:], span_starts("2026-06-27", "2026-07-02", "week")
    (['2026-07-01', '2026-07-02'], ['2026-06-22', '2026-06-29'])
    >>> span_starts("2025-12-27", "2026-01-02", "month")
    ['2025-12-01', '2026-01-01']
    """
    day, end = days_between(first, last)
    if span not in ("day", "week", "month"):
        raise ValueError(f"by {span}: give day, week or month")
    if span == "week":
        day -= timedelta(days=day.weekday())
    elif span == "month":
        day = day.replace(day=1)
    starts = []
    while day <= end:
        starts.append(day.isoformat())
        if span == "month":
            day = (day + timedelta(days=31)).replace(day=1)
        else:
            day += timedelta(days=7 if span == "week" else 1)
    return starts


def shares(counts: Mapping[str, int], totals: Mapping[str, int], starts: Sequence[str]) -> dict[str, float]:
    """Percent of all articles of each span that has any.

    >>> shares({"2026-06-01": 1}, {"2026-06-01": 8, "2026-06-02": 2}, ["2026-06-01", "2026-06-02", "2026-06-03"])
    {'2026-06-01': 12.5, '2026-06-02': 0.0}
    """
    return {start: 100 * counts.get(start, 0) / totals[start] for start in starts if totals.get(start)}


def trend_records(
    query: str, counts: Mapping[str, int], totals: Mapping[str, int], starts: Sequence[str]
) -> list[dict[str, Any]]:
    """A record for each span: ``start``, ``query``, ``articles``, ``percent`` of all, None where there was none."""
    percents = shares(counts, totals, starts)
    return [
        {"start": start, "query": query, "articles": counts.get(start, 0), "percent": percents.get(start)}
        for start in starts
    ]


SURGES = f"""SELECT s.name, s.code, s.kind, c.articles, c.before, c.articles - c.before AS change,
  round((c.articles - c.before) / sqrt(c.before + 1.0), 1) AS surprise, s.id AS security_id FROM (
    SELECT x.security_id, count(DISTINCT CASE WHEN date(a.published_at, '+8 hours') >= :first THEN a.arrival END) AS articles,
      count(DISTINCT CASE WHEN date(a.published_at, '+8 hours') < :first THEN a.arrival END) AS before
    FROM articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id
    WHERE {within_days("a.published_at", ":before")} AND NOT x.doubtful GROUP BY x.security_id) AS c
  JOIN securities AS s ON s.id = c.security_id WHERE (:kind = '' OR s.kind = :kind)
  ORDER BY surprise DESC, articles DESC, s.id"""
"""Securities by how much more articles mention them from ``:first`` to ``:last`` than in the as long span from ``:before``.

``surprise`` is the change in units of what chance alone makes of such a count (a Poisson count's deviation): 3 and more are
hardly chance."""

FIRST_REPORTERS = f"""SELECT publisher, count(*) AS stories, sum(place = 1) AS first, round(avg(place = 1) * 100.0, 1) AS percent,
  sum(place = 1 AND followed) AS followed_within_an_hour FROM (
    SELECT publisher, story_id, row_number() OVER (PARTITION BY story_id ORDER BY at, publisher) AS place,
      count(*) OVER (PARTITION BY story_id) AS publishers,
      min(at) OVER (PARTITION BY story_id ORDER BY at, publisher ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) - at <= 3600 AS followed
    FROM (
      SELECT a.publisher, a.story_id, min(CAST(strftime('%s', a.published_at) AS INTEGER)) AS at FROM articles AS a
      WHERE a.publisher IS NOT NULL AND a.published_precision <> 'day'
        AND EXISTS (SELECT 1 FROM articles AS b WHERE b.story_id = a.story_id AND b.rowid <> a.rowid)
        AND {within_days("a.published_at")} AND {NARROWED}
      GROUP BY a.story_id, a.publisher))
WHERE publishers > 1 GROUP BY publisher ORDER BY first DESC, stories DESC, publisher"""
"""Publishers by how often they were first with a story that several carry, from ``:first`` to ``:last``; times of day only."""

CHANGED_AT = """coalesce((SELECT n.retrieved_at FROM revisions AS n WHERE n.article_id = r.article_id AND n.revision > r.revision
    ORDER BY n.revision LIMIT 1), CASE WHEN json_extract(r.changes, '$.withdrawn') IS 1 THEN a.withdrawn_at END, a.retrieved_at)"""
"""SQL: when revision ``r`` of article ``a`` gave way to the next, UTC; as the view ``revision_changes`` has it."""

_SECONDS = r"strftime\('%s', a\.(\w+)_at\)"
FEED_DELAYS = (
    re.sub(
        rf" -- .*|{_SECONDS}",  # of each article once, and not for each feed and comparison
        lambda match: f"a.{match[1]}" if match[1] else "",
        delays_sql(
            "(SELECT id, strftime('%s', published_at) AS published, strftime('%s', first_seen_at) AS first_seen, published_precision"
            f" FROM articles WHERE {within_days('published_at')} LIMIT -1)"
        ),
    )
    + " ORDER BY listed_p90 DESC, feed"
)
"""The view ``feed_delays`` of articles that were published from ``:first`` to ``:last``, the latest feeds first."""
