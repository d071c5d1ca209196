"""``python -m tests.bench.pages [--rows N]``: how long each page of ``scrapy serve`` takes on a large archive.

The second of two requests, over loopback, with the search index and whole texts: seconds of wall time, and of the
server's processor with its query processes. Goal: 0.3 s for 95 of 100 pages, and 0.5 s for the trend of a word, at 1,000,000 articles.
Questions are asked empty and filled in, for the last month.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlencode

from archive.web.metadata import INNER, SHADOWS
from archive.web.queries import QUERIES
from tests.bench.archive import archive_in, place
from tests.serving import Server, serving

SLOW, SLOW_TREND = 0.3, 0.5  # seconds


def pages(conn: sqlite3.Connection) -> list[str]:
    """Paths of pages as an analyst opens them, of an archive of `tests.bench.archive`."""
    article, story, day = conn.execute(
        "SELECT id, story_id, date(first_seen_at, '+8 hours') FROM articles ORDER BY arrival DESC LIMIT 1 OFFSET 500"
    ).fetchone()
    lines = ("公司", "市场 增长", "海水 -增长", "储能|港股", "企", "GDP", "600160", "从来没有的词")
    found = [
        "/",
        "/-/day",
        f"/-/day?day={day}",
        f"/-/article?id={quote(article)}",
        "/-/volume",
        "/-/volume?days=366",
    ]
    found += [f"/-/volume?{urlencode({'publisher': '样本3报'})}"]
    found += ["/-/stories", "/-/stories?days=366", "/-/securities", "/-/securities?days=366", "/-/articles"]
    found += [f"/-/security?id={code}" for code in ("600000", "600400", "604000")]
    found += ["/-/articles?page=1000", f"/-/articles?{urlencode({'publisher': '样本3报'})}"]
    found += [f"/-/articles?security={code}" for code in ("600000", "600400")]
    found += [f"/-/articles?from={day}&to={day}", "/-/articles?security=600000&from=2022-02-01"]
    for line in lines:
        found += [
            f"/-/articles?{urlencode({'q': line})}",
            f"/-/articles?{urlencode({'q': line, 'order': 'newest'})}",
        ]
    found += [
        f"/-/articles?{urlencode({'q': '公司', 'publisher': '样本3报', 'from': '2022-06-01'})}",
        "/archive",
    ]
    found += [
        "/-/coverage",
        "/-/coverage?days=90",
        "/-/edits",
        "/-/edits?kind=figures",
        "/-/edits.atom",
        "/-/feed.atom",
    ]
    found += [
        f"/-/trend?{urlencode({'q': line, 'by': span})}"
        for line, span in (("公司", "day"), ("储能", "month"))
    ]
    names = [
        name
        for (name,) in conn.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
        )
        if name not in (*INNER, *SHADOWS) and not name.startswith("sqlite_") and name != "search"
    ]
    found += [f"/archive/{name}" for name in names]
    found += [
        f"/archive/articles?{urlencode({'_search': '公司'})}",
        "/archive/articles?_facet=publisher&_facet=site",
    ]
    found += [
        f"/archive/articles?{urlencode({'publisher': '样本3报'})}",
        f"/archive/news?{urlencode({'_search': '海水'})}",
    ]
    found += [f"/archive/front_page?day={day}", "/archive/news_by_security?security_id=1.600000"]
    found += [
        f"/archive/story_articles?story_id={quote(story)}",
        f"/archive/revision_changes?id={quote(article)}",
    ]
    filled = {
        "publisher": "样本3报",
        "security": "600400",
        "day": day,
        "from": (date.fromisoformat(day) - timedelta(days=30)).isoformat(),
        "q": "公司",
        "kind": "stock",
    }
    for query in QUERIES:
        blanks = {name: filled.get(name, value) for name, value in query.example.items()}
        found += [f"/archive/{query.name}?{urlencode(blanks)}"] + [f"/archive/{query.name}"] * bool(blanks)
    return found


def busy(server: Server) -> float:
    """CPU seconds of the server and of its query processes, those that were ended included."""
    pids = [server.process.pid]
    for children in Path(f"/proc/{server.process.pid}/task").glob("*/children"):
        pids += map(int, children.read_text().split())
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    ticks = sum(int(of_process[11]) + int(of_process[12]) for of_process in fields)
    ended = sum(map(int, fields[0][13:15]))  # children that the server waited for
    return (ticks + ended) / os.sysconf("SC_CLK_TCK")


def taken(server: Server, path: str) -> tuple[int, float, float, int]:
    """Status, seconds of wall time and of the server's processor, and bytes of a page."""
    begun, before = time.perf_counter(), busy(server)
    status, _, body = server.get(path)
    return status, time.perf_counter() - begun, busy(server) - before, len(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000, metavar="N", help="articles (200,000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the archive there for next time")
    args = parser.parse_args()
    costs: list[float] = []
    late: list[str] = []
    with place(args.keep) as folder:
        data = archive_in(folder, args.rows, characters=1660, search=True)
        conn = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
        paths = pages(conn)
        conn.close()
        with serving(data) as server:
            for path in paths:
                taken(server, path)
                status, wall, seconds, size = taken(server, path)
                is_late = seconds > (SLOW_TREND if "trend" in path else SLOW) or status != 200
                costs.append(seconds)
                late += [path] * is_late
                print(
                    f"{wall:>6.2f} {seconds:>6.2f} s {status} {size / 1e3:>7,.0f} KB  {path}{'  LATE' * is_late}",
                    flush=True,
                )
    *_, p95 = quantiles(costs, n=20)
    print(
        f"{len(paths)} pages of {args.rows:,} articles: median {median(costs):.2f} s, p95 {p95:.2f} s (goal {SLOW:g}), "
        f"longest {max(costs):.2f} s; {len(late)} over their goal"
    )


if __name__ == "__main__":
    main()
