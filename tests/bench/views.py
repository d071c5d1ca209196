"""``python -m tests.bench.views [--rows N]``: what the analyst's usual questions cost, each one line of SQL over the views.

Median of five, the file in the cache of the system, as after the first question of a day. A look-up is to take 5 ms of the
processor, a month's sums 50 ms; on a quiet machine wall time is the same. Questions of the whole archive have no goal:
they read all of it.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.bench.archive import archive_in, place

TIMES = 5
GOALS = {"look-up": 5.0, "month": 50.0}
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how much of the archive it is about."""

    kind: str
    """``look-up`` (an article, a day, a publisher, a security), ``month`` or ``whole``."""
    says: str
    sql: str


def questions(day: str, article: str, story: str) -> list[Question]:
    """About a Beijing day, its month, an article and a story; the names are `tests.bench.archive`'s."""
    first = date.fromisoformat(day).replace(day=1)
    month, next_month = first.isoformat(), (first + timedelta(days=31)).replace(day=1).isoformat()
    span = f">= '{month}' AND day < '{next_month}'"
    return [
        Question("look-up", "an article with its text", f"SELECT * FROM news WHERE id = '{article}'"),
        Question("look-up", "newest 20 articles", "SELECT id, headline FROM articles ORDER BY published_at DESC LIMIT 20"),
        Question("look-up", "last 20 archived", "SELECT id, headline FROM news ORDER BY arrival DESC LIMIT 20"),
        Question("look-up", "headlines of a day", f"SELECT id, headline FROM articles WHERE date(published_at, '+8 hours') = '{day}'"),
        Question("look-up", "newest 20 of a publisher", "SELECT id, headline FROM articles WHERE publisher = '样本3报' ORDER BY published_at DESC LIMIT 20"),
        Question("look-up", "front page of a day, 20", f"SELECT * FROM front_page WHERE day = '{day}' ORDER BY place LIMIT 20"),
        Question("look-up", "publishers of a day", f"SELECT publisher, articles FROM articles_by_day_publisher WHERE day = '{day}'"),
        Question("look-up", "newest 20 of a security by code", "SELECT day, headline FROM news_by_security WHERE code = '600400' AND NOT doubtful ORDER BY published_at DESC LIMIT 20"),
        Question("look-up", "securities of a day", f"SELECT code, count(*) FROM news_by_security WHERE day = '{day}' GROUP BY 1"),
        Question("look-up", "securities of an article", f"SELECT code, mentions FROM news_by_security WHERE id = '{article}'"),
        Question("look-up", "first mention of a security", "SELECT * FROM first_mentions WHERE code = '600400'"),
        Question("look-up", "who writes about a security", "SELECT * FROM mentions_by_publisher WHERE code = '600400' ORDER BY articles DESC LIMIT 20"),
        Question("look-up", "named together with a security", "SELECT other_name, articles FROM mentioned_with WHERE name = '样股400' ORDER BY articles DESC LIMIT 20"),
        Question("look-up", "pictures of a day", f"SELECT id, path FROM articles_with_images WHERE day = '{day}'"),
        Question("look-up", "pictures of an article", f"SELECT * FROM articles_with_images WHERE id = '{article}'"),
        Question("look-up", "missing pictures of a day", f"SELECT * FROM images_missing WHERE day = '{day}'"),
        Question("look-up", "articles with tables of a day", f"SELECT * FROM articles_with_tables WHERE day = '{day}'"),
        Question("look-up", "edits of an article", f"SELECT * FROM revision_changes WHERE id = '{article}'"),
        Question("look-up", "who told an article's story", f"SELECT * FROM story_articles WHERE story_id = '{story}'"),
        Question("look-up", "feed latency of an article", f"SELECT * FROM feed_latency WHERE id = '{article}'"),
        Question("look-up", "quality of a day", f"SELECT * FROM data_quality WHERE day = '{day}'"),
        Question("look-up", "link outcomes of a day", f"SELECT * FROM link_outcomes WHERE day = '{day}'"),
        Question("month", "articles a day", f"SELECT day, sum(articles) FROM articles_by_day_publisher WHERE day {span} GROUP BY 1"),
        Question("month", "quality by day", f"SELECT * FROM data_quality WHERE day {span}"),
        Question("month", "mean latency of each feed", f"SELECT feed, avg(seconds) FROM feed_latency WHERE published_at >= '{month}' AND published_at < '{next_month}' GROUP BY 1"),
        Question("month", "link outcomes by day", f"SELECT * FROM link_outcomes WHERE day {span}"),
        Question("month", "missing pictures", f"SELECT count(*) FROM images_missing WHERE day {span}"),
        Question("month", "late arrivals", f"SELECT * FROM late_arrivals WHERE published_at >= '{month}' AND published_at < '{next_month}'"),
        Question("month", "edits", f"SELECT id, figures_added FROM revision_changes WHERE changed_at >= '{month}' AND changed_at < '{next_month}'"),
        Question("month", "securities most articles name", f"SELECT code, count(*) FROM news_by_security WHERE day {span} GROUP BY 1 ORDER BY 2 DESC LIMIT 20"),
        Question("whole", "top publishers", "SELECT * FROM top_publishers LIMIT 20"),
        Question("whole", "articles a day, of all days", "SELECT day, sum(articles) FROM articles_by_day_publisher GROUP BY 1"),
        Question("whole", "boilerplate by rule", "SELECT * FROM boilerplate_by_rule"),
        Question("whole", "link outcomes", "SELECT outcome, sum(links) FROM link_outcomes GROUP BY 1"),
        Question("whole", "quality of all days", "SELECT * FROM data_quality"),
        Question("whole", "largest stories", "SELECT * FROM stories LIMIT 20"),
        Question("whole", "latest arrivals of all", "SELECT * FROM late_arrivals ORDER BY hours DESC LIMIT 20"),
        Question("whole", "securities first named in a month", f"SELECT * FROM first_mentions WHERE day {span}"),
        Question("whole", "pairs of securities", "SELECT * FROM co_mentions ORDER BY articles DESC LIMIT 20"),
        Question("whole", "articles with tables", "SELECT count(*) FROM articles_with_tables"),
    ]  # fmt: skip


def asked(conn: sqlite3.Connection, sql: str, times: int) -> tuple[float, float, int]:
    """Median wall and CPU milliseconds of *times* askings after a first one, and the number of rows."""
    wall, cpu = [], []
    rows = len(conn.execute(sql).fetchall())
    for _ in range(times):
        begun, busy = time.perf_counter(), time.process_time()
        conn.execute(sql).fetchall()
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    return statistics.median(wall), statistics.median(cpu), rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000, metavar="N", help="articles (200,000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the archive there for next time")
    args = parser.parse_args()
    with place(args.keep) as folder:
        data = archive_in(folder, args.rows)
        conn = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
        print(
            f"{args.rows:,} articles, SQLite {sqlite3.sqlite_version}: milliseconds of wall time and of the processor"
        )
        middle = "SELECT date(first_seen_at, '+8 hours'), id, story_id FROM articles WHERE arrival = ?"
        for one in questions(*conn.execute(middle, [args.rows // 2]).fetchone()):
            wall, cpu, rows = asked(conn, one.sql, TIMES if one.kind != "whole" else 1)
            goal = GOALS.get(one.kind)
            said = f"goal {goal:g} {'ok' if cpu <= goal else 'OVER'}" if goal else ""
            print(
                f"{one.kind:<8} {one.says:<36} {wall:>10,.2f} {cpu:>10,.2f}  {rows:>6,} rows  {said}",
                flush=True,
            )
        conn.close()


if __name__ == "__main__":
    main()
