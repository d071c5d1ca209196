"""Articles by source and list, and what is wrong with each, as data (`read_sources`) and as a table for a terminal
(`format_sources`). What `scrapy status` reports of a list is reported here, beside the lists that are well."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from archive.language import gettext
from archive.list_habits import find_short_lists, find_silent_lists, list_problems, usual_of
from archive.reader import rows
from archive.terminal import fit_right, fit_width
from archive.times import BEIJING, ago, utc_text


def read_sources(conn: sqlite3.Connection, now: datetime, days: int) -> dict[str, Any]:
    """Every source with its lists, as the JSON object has it. Articles are counted by the Beijing day on which a list
    first named them, in the last *days*, today included."""
    today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    first, yesterday = today - timedelta(days=days - 1), f"{today - timedelta(days=1):%Y-%m-%d}"
    feeds = {row["feed"]: row for row in rows(conn, "SELECT * FROM feeds")}
    by_day: dict[str, dict[str, int]] = defaultdict(dict)
    for feed, day, count in conn.execute(
        "SELECT feed, date(first_listed_at, '+8 hours'), count(*) FROM article_feeds WHERE first_listed_at >= ? GROUP BY 1, 2",
        [utc_text(first)],
    ):
        by_day[feed][day] = count
    gaps: dict[str, int] = dict(
        conn.execute("SELECT feed, count(*) FROM gaps WHERE filled_at IS NULL GROUP BY feed").fetchall()
    )
    problems: dict[str, list[str]] = defaultdict(list)
    short, silent = find_short_lists(conn, now), find_silent_lists(conn, now)
    for feed, text in list_problems(list(feeds.values()), short, silent, now):
        problems[feed].append(text)
    usual = usual_of(conn, now)
    sources: dict[str, dict[str, Any]] = {}
    for feed in sorted({*feeds, *by_day}):
        memory, counts = feeds.get(feed, {}), by_day[feed]
        name = memory.get("source") or feed.partition("/")[0]
        source = sources.setdefault(name, {"source": name, "articles": 0, "lists": []})
        source["lists"].append(
            {
                "feed": feed, "articles": sum(counts.values()), "days": counts, "yesterday": counts.get(yesterday, 0),
                "usual": usual.get(feed), "open_gaps": gaps.get(feed, 0),
                **{key: memory.get(key) for key in ("newest_at", "last_read_at", "reason")},
                "failures": memory.get("failures", 0), "problems": problems[feed],
            }
        )  # fmt: skip
    for name, count in conn.execute(
        "SELECT coalesce(f.source, CASE WHEN instr(a.feed, '/') THEN substr(a.feed, 1, instr(a.feed, '/') - 1) ELSE a.feed END),"
        " count(DISTINCT a.article_id) FROM article_feeds AS a LEFT JOIN feeds AS f USING (feed)"
        " WHERE a.first_listed_at >= ? GROUP BY 1",
        [utc_text(first)],
    ):
        sources[name]["articles"] = count
    return {
        "from": f"{first:%Y-%m-%d}",
        "to": f"{today:%Y-%m-%d}",
        "sources": sorted(sources.values(), key=lambda source: source["source"]),
    }


def format_sources(report: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    """A line for each list, with its troubles below; 80 columns wide but for those."""
    if not report["sources"]:
        return [gettext("no list was read yet: scrapy crawl feeds")]
    heads = (gettext("articles"), gettext("yesterday"), gettext("usual"), gettext("newest"), gettext("read"))
    out = [paint(_line(gettext("list"), *heads), "bold")]
    for source in report["sources"]:
        for feed in source["lists"]:
            usual = "-" if feed["usual"] is None else f"{feed['usual']:,.0f}"
            times = [ago(feed[key], now) if feed[key] else "-" for key in ("newest_at", "last_read_at")]
            line = _line(feed["feed"], f"{feed['articles']:,}", f"{feed['yesterday']:,}", usual, *times)
            out.append(paint(line, "red") if feed["problems"] else line)
            out += [f"  {text}" for text in feed["problems"]]
            if feed["failures"] and feed["reason"]:
                out.append(f"  {feed['reason']}")
        if len(source["lists"]) > 1:
            out.append(paint(_line(source["source"], f"{source['articles']:,}", "", "", "", ""), "dim"))
    return out


def _line(name: str, articles: str, yesterday: str, usual: str, newest: str, read_at: str) -> str:
    columns = (articles, 9), (yesterday, 10), (usual, 8), (newest, 13), (read_at, 13)
    return (fit_width(name, 26) + "".join(fit_right(text, width) for text, width in columns)).rstrip()
