"""``scrapy status``: is the archive well? Answers from the archive alone; crawls nothing, writes nothing.

Exit status, the highest of those that hold: 0 healthy; 1 there is no archive, or it cannot be read; 2 wrong usage;
3 a gap in a feed is open; 4 a feed failed `FEED_FAILURES` times in a row; 5 the last scheduled crawl failed or was
killed; 6 no crawl ended well within ``--max-age``; 7 the disk is nearly full.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import outcomes, reader, terminal, times, units
from archive.outcomes import sql_list
from archive.reader import rows
from archive.terminal import fit
from archive.times import ago, in_beijing
from archive.units import in_bytes

HEALTHY, NO_ARCHIVE, OPEN_GAPS, FEED_FAILS, CRAWL_FAILED, TOO_OLD, DISK_FULL = 0, 1, 3, 4, 5, 6, 7
FEED_FAILURES = 3  # failed polls in a row that make a feed a failing one
ENDED_WELL = (0, 3)  # exit statuses of crawls that did their work: a link that failed is tried again
WIDTH = 80  # columns of a terminal
SHOWN = 5  # open gaps
WATCH = "spider IN ('finews', 'preflight')"
FAILED = sql_list(outcomes.FAILED)


def read(conn: sqlite3.Connection, data_dir: Path, now: datetime) -> dict[str, Any]:
    """All that the command tells, as the JSON object has it but for the verdict."""
    holder = reader.lock_holder(data_dir)
    runs = rows(conn, "SELECT * FROM crawls ORDER BY started_at DESC, id DESC LIMIT 6")
    scheduled = rows(conn, f"SELECT * FROM crawls WHERE {WATCH} ORDER BY started_at DESC, id DESC LIMIT 2")
    for run in runs + scheduled:
        if not run["finished_at"]:
            alive = holder is not None and run["id"] == runs[0]["id"] and not run["outcome"]
            run["outcome"] = "running" if alive else "interrupted"
    watched = WATCH if scheduled else "1"
    good = rows(
        conn,
        f"SELECT max(finished_at) AS at FROM crawls WHERE {watched} AND outcome = 'finished' AND exit_status IN {ENDED_WELL}",
    )
    newest = rows(
        conn,
        "SELECT id, headline, publisher, published_at, first_seen_at FROM articles WHERE published_at <= ?"
        " ORDER BY published_at DESC LIMIT 1",
        (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    links = rows(
        conn,
        "SELECT outcome, count(*) AS count, min(first_tried_at) AS oldest_at, max(last_tried_at) AS latest_at FROM links"
        f" WHERE outcome IN {FAILED} GROUP BY outcome ORDER BY count(*) DESC",
    )
    for link in links:
        latest = "SELECT url, reason FROM links WHERE outcome = ? ORDER BY last_tried_at DESC LIMIT 1"
        link["latest"] = rows(conn, latest, link["outcome"])[0]
    pictures = {
        row["status"]: row["n"]
        for row in conn.execute("SELECT status, count(*) AS n FROM article_images GROUP BY status")
    }
    [counts] = rows(
        conn,
        "SELECT (SELECT count(*) FROM articles) AS count, (SELECT count(post_path) FROM articles) AS posts,"
        " (SELECT count(*) FROM articles WHERE headline_from = 'body' OR published_from = 'id' OR published_at IS NULL)"
        " AS incomplete, (SELECT count(*) FROM images) AS images, (SELECT coalesce(sum(bytes), 0) FROM images) AS bytes",
    )
    disk = shutil.disk_usage(data_dir)
    return {
        "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data_dir": str(data_dir),
        "running": holder,
        "last_good_at": good[0]["at"],
        "last_scheduled": next((run for run in scheduled if run["outcome"] != "running"), None),
        "runs": runs,
        "articles": {
            "count": counts["count"],
            "incomplete": counts["incomplete"],
            "newest": newest[0] if newest else None,
        },
        "feeds": rows(
            conn,
            "SELECT feed, last_polled_at, last_read_at, newest_at, failures, reason FROM feeds ORDER BY feed",
        ),
        "gaps": rows(conn, "SELECT * FROM gaps WHERE filled_at IS NULL ORDER BY opened_at DESC"),
        "links": links,
        "pictures": {
            "stored": pictures.get("stored", 0),
            "failed": pictures.get("failed", 0),
            "refused": pictures.get("refused", 0),
        },
        "disk": {
            "archive": _file_size(data_dir / "archive.db"),
            "wal": _file_size(data_dir / "archive.db-wal"),
            "images": counts["bytes"],
            "image_files": counts["images"],
            "posts": counts["posts"],
            "free": disk.free,
            "total": disk.total,
        },
    }


def _file_size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def judge(found: dict[str, Any], now: datetime, max_age: timedelta | None, min_free: int) -> None:
    """Add ``problems``, ``exit_status`` and ``healthy`` to what `read` found."""
    problems: list[dict[str, Any]] = []

    def problem(status: int, said: str) -> None:
        problems.append({"exit_status": status, "problem": said})

    if gaps := len(found["gaps"]):
        problem(
            OPEN_GAPS,
            f"{gaps} {'gap' if gaps == 1 else 'gaps'} in the feeds: articles of those hours may be missing",
        )
    for feed in found["feeds"]:
        if feed["failures"] >= FEED_FAILURES:
            read_at = ago(feed["last_read_at"], now)
            problem(
                FEED_FAILS,
                f"feed {feed['feed']} failed {feed['failures']:,} times in a row, last read {read_at}",
            )
    last = found["last_scheduled"]
    if last and (last["outcome"] != "finished" or last["exit_status"] not in ENDED_WELL):
        ended = f"ended with {last['exit_status']}" if last["exit_status"] is not None else "was killed"
        problem(CRAWL_FAILED, f"the last scheduled crawl, {ago(last['started_at'], now)}, {ended}")
    good = found["last_good_at"]
    if max_age is not None and (good is None or now - datetime.fromisoformat(good) > max_age):
        problem(
            TOO_OLD,
            f"the last crawl that ended well: {ago(good, now)}; --max-age allows {_span(max_age)}. Does cron run?",
        )
    if found["disk"]["free"] < min_free:
        problem(
            DISK_FULL,
            f"{in_bytes(found['disk']['free'])} free on the disk; --min-free asks for {in_bytes(min_free)}",
        )
    found["problems"] = problems
    found["exit_status"] = max((entry["exit_status"] for entry in problems), default=HEALTHY)
    found["healthy"] = not problems


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} m"


def lines(found: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    """The report, `WIDTH` columns wide but for paths and addresses, which are there to be copied."""
    articles, disk, pictures = found["articles"], found["disk"], found["pictures"]
    verdict = paint("healthy", "green") if found["healthy"] else paint("not healthy", "red")
    out = [f"{verdict} ({found['exit_status']})  {in_beijing(found['at'], '%Y-%m-%d %H:%M')} Beijing time"]
    out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in found["problems"]]
    out.append(f"  {found['data_dir']}")

    def part(title: str, body: list[str]) -> None:
        if body:
            out.extend(("", paint(title, "bold"), *(f"  {line.rstrip()}" for line in body)))

    newest = articles["newest"]
    told = [
        f"{articles['count']:,} archived, {articles['incomplete']:,} incomplete (a headline or time stands in)"
    ]
    if newest:
        told += [
            f"newest: {ago(newest['published_at'], now)}, {newest['publisher'] or 'publisher unknown'}",
            f"  {fit(newest['headline'], WIDTH - 4)}",
        ]
    part("articles", told)
    part("running now", [found["running"]] if found["running"] else [])
    part(
        f"{'run began':15}{'spider':11}{'took':>5}  {'outcome':12}{'exit':>4}{'new':>8}{'changed':>9}{'failed':>8}",
        [line for run in found["runs"] for line in _run_lines(run, paint)],
    )
    part(
        f"{'feed':16}{'last read':>12}{'newest':>12}{'failures':>10}",
        [line for feed in found["feeds"] for line in _feed_lines(feed, now, paint)],
    )
    gaps = found["gaps"]
    told = [
        f"{fit(gap['feed'], 12)}{in_beijing(gap['from_at'])} to {in_beijing(gap['to_at'])}, tried {gap['tries']} times"
        for gap in gaps[:SHOWN]
    ]
    part("open gap", told + [f"and {len(gaps) - SHOWN:,} more"] * (len(gaps) > SHOWN))
    told = []
    for link in found["links"]:
        ages = f"latest {ago(link['latest_at'], now)}, oldest {ago(link['oldest_at'], now)}"
        told += [f"{fit(link['outcome'], 13)}{link['count']:>7,}   {ages}", f"  {link['latest']['url']}"]
        told.append(f"  {fit(link['latest']['reason'] or '', WIDTH - 4)}")
    part("failing links, with the latest of each cause", told)
    told = [f"archive.db {in_bytes(disk['archive'])}, its write-ahead log {in_bytes(disk['wal'])}"]
    told += [f"{disk['posts']:,} posts; {disk['image_files']:,} pictures, {in_bytes(disk['images'])}"]
    if lost := pictures["failed"] + pictures["refused"]:
        told += [
            f"{lost:,} pictures not to be had: {pictures['failed']:,} failed, {pictures['refused']:,} refused"
        ]
    part("disk", [*told, f"{in_bytes(disk['free'])} free of {in_bytes(disk['total'])}"])
    return out


def _run_lines(run: dict[str, Any], paint: Any) -> list[str]:
    took = "-"
    if run["finished_at"]:
        span = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["started_at"])
        seconds = int(span.total_seconds())
        took = f"{seconds}s" if seconds < 600 else f"{seconds // 60}m"
    bad = run["exit_status"] not in (*ENDED_WELL, None) or run["outcome"] in ("failed", "interrupted")
    ended = f"{run['outcome'] or '-':12}{'-' if run['exit_status'] is None else run['exit_status']:>4}"
    line = f"{in_beijing(run['started_at'])}  {fit(run['spider'], 10)}{took:>5}  "
    line += paint(ended, "red" if bad else "yellow" if run["exit_status"] else "")
    line += f"{run['articles_new']:>8,}{run['articles_changed']:>9,}{run['links_failed']:>8,}"
    return [line, f"  {fit(run['reason'], WIDTH - 4)}"] if run["reason"] else [line]


def _feed_lines(feed: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    failures = f"{feed['failures']:>10,}"
    line = f"{fit(feed['feed'], 12)}{ago(feed['last_read_at'], now):>12}{ago(feed['newest_at'], now):>12}"
    line += paint(
        failures, "red" if feed["failures"] >= FEED_FAILURES else "yellow" if feed["failures"] else ""
    )
    return [line, f"  {fit(feed['reason'], WIDTH - 4)}"] if feed["reason"] else [line]


class Command(ScrapyCommand):
    """Tells how the archive is, and ends with a number that a monitor can act on."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--json] [--max-age 15m] [--min-free 1G]"

    def short_desc(self) -> str:
        return "Tell whether the archive is healthy: last runs, feeds, gaps, failing links, disk"

    def long_desc(self) -> str:
        return (
            "Tells how the archive is, without a crawl. Exit status, the highest of those that hold: 0 healthy; 1 no "
            "archive, or it cannot be read; 2 wrong usage; 3 a gap in a feed is open; 4 a feed failed "
            f"{FEED_FAILURES} times in a row; 5 the last scheduled crawl failed or was killed; 6 no crawl ended well within "
            "--max-age; 7 the disk is nearly full."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--max-age",
            metavar="SPAN",
            help="unhealthy when no crawl of finews ended well for so long, e.g. 15m, 2h, 1d",
        )
        parser.add_argument(
            "--min-free",
            metavar="SIZE",
            default="1G",
            help="free space that the disk must have (default: 1G)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            max_age = units.span(opts.max_age) if opts.max_age else None
            min_free = units.size(opts.min_free)
        except ValueError as wrong:
            raise UsageError(str(wrong), print_help=False) from None
        if args:
            raise UsageError(f"status takes no {args[0]}", print_help=False)
        data_dir = Path(self.settings["DATA_DIR"]).expanduser().resolve()
        now = times.clock(self.settings)
        try:
            conn = reader.open_for_reading(data_dir)
            found = read(conn, data_dir, now)
        except (reader.NoArchive, sqlite3.Error) as wrong:
            if opts.json:
                problem = {"exit_status": NO_ARCHIVE, "problem": str(wrong)}
                told = {"data_dir": str(data_dir), "healthy": False, "exit_status": NO_ARCHIVE}
                print(json.dumps(told | {"problems": [problem]}))
            print(f"scrapy status: {wrong}", file=sys.stderr)
            self.exitcode = NO_ARCHIVE
            return
        conn.close()
        judge(found, now, max_age, min_free)
        if opts.json:
            print(json.dumps(found, indent=1))
        else:
            terminal.never_fail_to_print()
            print("\n".join(lines(found, now, terminal.painter())))
        self.exitcode = found["exit_status"]
