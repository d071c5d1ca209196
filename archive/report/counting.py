"""Counts the figures of a span by SQL: what comes back is as large as the span, not as the archive.

An article's day is that of its publication; where no time is known, that of its archiving.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from archive.outcomes import FAILED
from archive.report.figures import LATEST, Figures, Row, Window, utc_seconds, window
from archive.short_days import classify_days
from archive.times import BEIJING

SHOWN = 12  # publishers, securities
STORIES = 10
LEAST_DAYS = 7  # shown of a younger archive
GROUPS = ("board", "index")
"""Kinds of `securities` that are not shares or funds of their own."""

SPAN = (
    "((a.published_at >= :since AND a.published_at < :until)"
    " OR (a.published_at IS NULL AND a.first_seen_at >= :since AND a.first_seen_at < :until))"
)
"""SQL: article ``a`` is of the span; both halves are looked up in the index of ``published_at``."""
DAY = "date(coalesce(a.published_at, a.first_seen_at), '+8 hours')"
TIME_UNKNOWN = "(a.published_at IS NULL OR a.published_from IS 'id')"


class Count:
    """Asks one archive about one span. Raises sqlite3.Error."""

    def __init__(self, conn: sqlite3.Connection, window: Window):
        self.conn = conn
        first = self._rows("SELECT first_seen_at AS at FROM articles ORDER BY arrival LIMIT 1")
        started = self.begun = first[0]["at"] if first else None
        self.asked = window
        self.window = window if started is None else self._begun(window, started)
        self.figures = Figures(self.window)
        if started:
            self.figures.started = f"{datetime.fromisoformat(started).astimezone(BEIJING):%Y-%m-%d}"
        self.params = {"since": self.window.since, "until": self.window.until, "latest": LATEST}

    def _begun(self, window: Window, started: str) -> Window:
        """Without the days before the archive's first article, whichever came first: published or archived."""
        [row] = self._rows(
            "SELECT min(published_at) AS at FROM articles WHERE published_at >= ? AND published_at < ?",
            window.since,
            window.until,
        )
        first = min(filter(None, (row["at"], started)))
        if first <= window.since:
            return window
        day = f"{datetime.fromisoformat(first).astimezone(BEIJING):%Y-%m-%d}"
        count = max(sum(each_day >= day for each_day in window.days), min(LEAST_DAYS, len(window.days)))
        days = window.days[-count:]
        since = utc_seconds(datetime.fromisoformat(days[0]).replace(tzinfo=BEIJING))
        return Window(days, since, window.until, window.whole)

    def _rows(self, sql: str, *params: Any) -> list[Row]:
        return [dict(row) for row in self.conn.execute(sql, params)]

    def _ask(self, sql: str, **params: Any) -> Iterable[Row]:
        return map(
            dict, self.conn.execute(sql.replace("SPAN", SPAN).replace("DAY", DAY), self.params | params)
        )

    def all(self) -> Figures:
        """Every figure."""
        figures = self.figures
        [figures.archived] = self.conn.execute("SELECT count(*) FROM articles").fetchone()
        self._days()
        self._publishers()
        self._images()
        self._latency()
        self._securities()
        self._stories()
        self._rest()
        self._crawls()
        return figures

    def _days(self) -> None:
        figures = self.figures
        names = ("articles", "complete", "headline", "time", "publisher", "edited", "withdrawn")
        for row in self._ask(
            "SELECT DAY AS day, count(*) AS articles, sum(a.headline_from = 'body') AS headline,"
            f" sum{TIME_UNKNOWN} AS time, sum(a.publisher IS NULL) AS publisher,"
            f" sum(NOT (a.headline_from = 'body' OR {TIME_UNKNOWN} OR a.publisher IS NULL)) AS complete,"
            " sum(EXISTS (SELECT 1 FROM revisions AS r WHERE r.article_id = a.id AND r.cause IS NOT 'reader')) AS edited, sum(a.withdrawn_at IS NOT NULL) AS withdrawn FROM articles AS a WHERE SPAN GROUP BY 1"
        ):
            figures.by_day[row["day"]] = row
        figures.totals = {name: sum(row[name] for row in figures.by_day.values()) for name in names}
        counts = {day: figures.by_day.get(day, {}).get("articles", 0) for day in self.window.days}
        started = figures.started
        excluded = {started, None if self.window.whole else self.window.days[-1]}
        excluded |= {day for day, count in counts.items() if not started or (not count and day < started)}
        figures.day_classes = classify_days(counts, excluded)

    def _publishers(self) -> None:
        figures = self.figures
        for row in self._ask(
            "SELECT publisher, count(*) AS articles FROM articles AS a WHERE SPAN GROUP BY 1 ORDER BY publisher IS NULL, 2 DESC, 1"
        ):
            figures.publishers += row["publisher"] is not None
            if len(figures.top) < SHOWN:
                figures.top.append(row)
        names = {row["publisher"]: row for row in figures.top}
        for row in figures.top:
            row["days"], row["before"] = {}, None
        marks = ", ".join(f":name{index}" for index in range(len(names))) or "NULL"
        parameters = {f"name{index}": name for index, name in enumerate(names)}
        for row in self._ask(
            f"SELECT a.publisher, DAY AS day, count(*) AS articles FROM articles AS a WHERE SPAN AND a.publisher IN ({marks}) GROUP BY 1, 2",
            **parameters,
        ):
            names[row["publisher"]]["days"][row["day"]] = row["articles"]
        days = timedelta(days=len(self.asked.days))
        earlier = {
            "since": utc_seconds(datetime.fromisoformat(self.asked.since) - days),
            "until": utc_seconds(datetime.fromisoformat(self.asked.until) - days),
        }
        if self.begun and self.begun <= earlier["since"]:
            before = {
                row["publisher"]: row["articles"]
                for row in self._ask(
                    "SELECT publisher, count(*) AS articles FROM articles AS a WHERE SPAN GROUP BY 1",
                    **earlier,
                )
            }
            figures.before = sum(before.values())
            for row in figures.top:
                row["before"] = before.get(row["publisher"], 0)

    def _images(self) -> None:
        for row in self._ask(
            "SELECT DAY AS day, count(*) AS images, sum(i.status = 'failed') AS failed, sum(i.status = 'refused') AS refused"
            " FROM articles AS a CROSS JOIN article_images AS i ON i.article_id = a.id WHERE SPAN GROUP BY 1"
        ):
            self.figures.images[row["day"]] = row

    def _latency(self) -> None:
        """Of articles whose time is known to the minute; a feed can name one before its own time, which counts as at once."""
        figures = self.figures
        late = "max(CAST(round((julianday({}) - julianday(a.published_at)) * 86400) AS INTEGER) / 60, 0)"
        timely = "a.published_at >= :since AND a.published_at < :until AND a.published_precision IN ('second', 'minute')"
        by_day: dict[str, Counter[int]] = defaultdict(Counter)
        for row in self._ask(
            f"SELECT DAY AS day, min({late.format('a.first')}, :latest) AS minutes, count(*) AS n FROM ("
            "SELECT published_at, first_seen_at, (SELECT min(first_listed_at) FROM article_feeds WHERE article_id = a.id) AS first"
            f" FROM articles AS a WHERE {timely} LIMIT -1) AS a WHERE a.first IS NOT NULL GROUP BY 1, 2"
        ):
            if row["minutes"] < LATEST:
                by_day[row["day"]][row["minutes"]] += row["n"]
            else:
                figures.backfilled += row["n"]
        by_feed: dict[str, Counter[int]] = defaultdict(Counter)
        for row in self._ask(
            f"SELECT f.feed, min({late.format('f.first_listed_at')}, :latest) AS minutes, count(*) AS n FROM articles AS a"
            f" CROSS JOIN article_feeds AS f ON f.article_id = a.id WHERE {timely} GROUP BY 1, 2"
        ):
            if row["minutes"] < LATEST:
                by_feed[row["feed"]][row["minutes"]] += row["n"]
        figures.latency, figures.by_feed = dict(by_day), dict(sorted(by_feed.items()))

    named = "articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id WHERE SPAN AND NOT x.doubtful"
    """Articles with the securities that they name, once for each origin."""

    def _securities(self) -> None:
        figures = self.figures
        for row in self._ask(
            "SELECT s.id, s.code, s.name, s.kind, n.articles FROM ("
            f" SELECT x.security_id, count(DISTINCT x.article_id) AS articles FROM {self.named} GROUP BY 1) AS n"
            " JOIN securities AS s ON s.id = n.security_id ORDER BY n.articles DESC, s.id"
        ):
            kind = figures.groups if row["kind"] in GROUPS else figures.securities
            if len(kind) < SHOWN:
                kind.append(row | {"days": {}})
            elif len(figures.groups) == len(figures.securities):
                break
        by_id = {row["id"]: row for row in figures.securities}
        marks = ", ".join(f":id{index}" for index in range(len(by_id))) or "NULL"
        for row in self._ask(
            f"SELECT x.security_id AS id, DAY AS day, count(DISTINCT x.article_id) AS articles FROM {self.named} AND x.security_id IN ({marks}) GROUP BY 1, 2",
            **{f"id{index}": name for index, name in enumerate(by_id)},
        ):
            by_id[row["id"]]["days"][row["day"]] = row["articles"]

    def _stories(self) -> None:
        figures = self.figures
        for row in self._ask(
            "SELECT story_id, count(*) AS articles, count(DISTINCT publisher) AS publishers, min(published_at) AS first,"
            " max(published_at) AS last FROM articles AS a WHERE SPAN AND story_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
            " ORDER BY 3 DESC, 2 DESC, 1"
        ):
            figures.copies += row["articles"] - 1
            if len(figures.stories) < STORIES:
                figures.stories.append(row)
        for row in figures.stories:
            # Its first article may be older than the span; one that was deleted leaves the story without a headline.
            first = self._rows(
                "SELECT headline, publisher, coalesce(canonical_url, share_url) AS url FROM articles WHERE id = ?",
                row["story_id"],
            )
            row |= first[0] if first else {"headline": row["story_id"], "publisher": None, "url": None}

    def _rest(self) -> None:
        figures = self.figures
        figures.rules = list(
            self._ask(
                "SELECT r.rule, count(*) AS fragments, count(DISTINCT r.article_id) AS articles FROM articles AS a"
                f" CROSS JOIN removals AS r ON r.article_id = a.id WHERE SPAN GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {SHOWN}"
            )
        )
        for outcome in FAILED:
            [row] = self._ask(
                "SELECT :outcome AS outcome, count(*) AS links FROM links WHERE outcome = :outcome"
                " AND last_tried_at >= :since AND last_tried_at < :until",
                outcome=outcome,
            )
            if row["links"]:
                [latest] = self._ask(
                    "SELECT reason, url FROM links WHERE outcome = :outcome AND last_tried_at >= :since AND last_tried_at < :until"
                    " ORDER BY last_tried_at DESC, url LIMIT 1",
                    outcome=outcome,
                )
                figures.links.append(row | latest)
        figures.feeds = list(
            self._ask("SELECT feed, last_read_at, failures, reason FROM feeds ORDER BY feed")
        )
        figures.gaps = list(
            self._ask(
                "SELECT *, final_at IS NULL AND (filled_at IS NULL OR filled_at >= :until) AS open FROM gaps"
                " WHERE opened_at < :until AND (filled_at IS NULL OR to_at >= :since) ORDER BY feed, from_at"
            )
        )

    def _crawls(self) -> None:
        figures = self.figures
        ended = (
            "CASE WHEN outcome = 'finished' AND exit_status = 0 THEN 'well' WHEN outcome = 'finished' AND exit_status = 3 THEN 'some'"
            " WHEN outcome IS NULL AND finished_at IS NULL AND id = (SELECT id FROM crawls ORDER BY started_at DESC, id DESC LIMIT 1)"
            " THEN 'running' ELSE 'bad' END"
        )
        crawls: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self._ask(
            f"SELECT date(started_at, '+8 hours') AS day, {ended} AS ended, count(*) AS n FROM crawls"
            " WHERE started_at >= :since AND started_at < :until GROUP BY 1, 2"
        ):
            if row["ended"] != "running":
                crawls[row["day"]][row["ended"]] = row["n"]
        figures.crawls = dict(crawls)
        figures.bad_crawls = list(
            self._ask(
                "SELECT started_at, spider, outcome, exit_status, reason FROM crawls"
                f" WHERE started_at >= :since AND started_at < :until AND {ended} = 'bad' ORDER BY started_at DESC, id LIMIT 5"
            )
        )
        last = list(
            self._ask(
                f"SELECT started_at, spider, outcome, exit_status, reason, {ended} AS ended FROM crawls"
                f" WHERE started_at < :until AND {ended} <> 'running' ORDER BY started_at DESC, id DESC LIMIT 1"
            )
        )
        figures.last_crawl = last[0] if last else None


def read(conn: sqlite3.Connection, until: datetime, days: int) -> Figures:
    """The figures of *days* Beijing days that end at *until*. Raises sqlite3.Error."""
    return Count(conn, window(until, days)).all()
