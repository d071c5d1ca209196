"""Whether the archive is healthy: last runs, feeds, gaps, failing links, disk. Answers from the archive alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive import outcomes
from archive.captures import why_missing
from archive.feed_state import CLOCK_TOLERANCE
from archive.language import gettext, ngettext
from archive.list_habits import find_short_lists, find_silent_lists, list_problems
from archive.lock import lock_holder
from archive.outcomes import sql_list
from archive.reader import READ_ERRORS, rows
from archive.times import ago, utc_text
from archive.units import in_bytes

HEALTHY, NO_ARCHIVE, OPEN_GAPS, FEED_FAILS, CRAWL_FAILED, TOO_OLD, DISK_FULL = 0, 1, 3, 4, 5, 6, 7
ENDED_WELL = (0, 3)  # exit statuses of crawls that did their work: a link that failed is tried again
WATCH = "spider IN ('finews', 'feeds', 'preflight')"
FAILED = sql_list(outcomes.FAILED)
OPEN, FINAL = "filled_at IS NULL AND final_at IS NULL", "filled_at IS NULL AND final_at IS NOT NULL"
"""Gaps that later polls try to fill, and those that were proven to stay."""


def read_status(conn: sqlite3.Connection, data_dir: Path, now: datetime) -> dict[str, Any]:
    """The state of the archive, in the form of the JSON object; `check_health` completes it."""
    holder = lock_holder(data_dir)
    # A crawl of the future was begun by a wrong clock: it is not the last one.
    crawls, ahead = "SELECT * FROM crawls WHERE started_at <= ?", utc_text(now + CLOCK_TOLERANCE)
    runs = rows(conn, f"{crawls} ORDER BY started_at DESC, id DESC LIMIT 6", ahead)
    scheduled = rows(conn, f"{crawls} AND {WATCH} ORDER BY started_at DESC, id DESC LIMIT 2", ahead)
    for run in runs + scheduled:
        if not run["finished_at"]:
            alive = holder is not None and run["id"] == runs[0]["id"] and not run["outcome"]
            run["outcome"] = "running" if alive else "interrupted"
    watched = WATCH if scheduled else "1"
    good = rows(
        conn,
        f"SELECT max(finished_at) AS at FROM crawls WHERE {watched} AND outcome = 'finished' AND exit_status IN {ENDED_WELL}"
        " AND finished_at <= ?",
        ahead,
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
    images = {
        row["status"]: row["n"]
        for row in conn.execute("SELECT status, count(*) AS n FROM article_images GROUP BY status")
    }
    [counts] = rows(
        conn,
        "SELECT (SELECT count(*) FROM articles) AS count, (SELECT count(post_path) FROM articles) AS posts,"
        " (SELECT count(*) FROM articles WHERE headline_from = 'body' OR published_from = 'id' OR published_at IS NULL)"
        " AS incomplete, (SELECT count(*) FROM images) AS images, (SELECT coalesce(sum(bytes), 0) FROM images) AS bytes",
    )
    disk, captures = shutil.disk_usage(data_dir), data_dir / "captures.db"
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
            "SELECT feed, source, last_polled_at, last_read_at, next_poll_at, newest_at, failures, reason FROM feeds ORDER BY feed",
        ),
        "short_lists": find_short_lists(conn, now),
        "silent_lists": [
            {
                "feed": silent["feed"],
                "newest_at": silent["newest_at"],
                "longest_silence": silent["longest"].total_seconds(),
            }
            for silent in find_silent_lists(conn, now)
        ],
        "gaps": rows(conn, f"SELECT * FROM gaps WHERE {OPEN} ORDER BY opened_at DESC"),
        "final_gaps": rows(conn, f"SELECT * FROM gaps WHERE {FINAL} ORDER BY opened_at DESC"),
        "links": links,
        "images": {
            "stored": images.get("stored", 0),
            "failed": images.get("failed", 0),
            "refused": images.get("refused", 0),
        },
        "captures": _why_unreadable(captures) if captures.exists() else why_missing(captures, conn),
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


def _why_unreadable(captures: Path) -> str | None:
    """What SQLite says of captures that cannot be read, as far as that shows at once; scrapy verify looks at each."""
    at_rest = not captures.with_name(f"{captures.name}-wal").exists()
    try:
        uri = f"{captures.absolute().as_uri()}?mode=ro{'&immutable=1' * at_rest}"
        with closing(sqlite3.connect(uri, uri=True)) as conn:
            conn.execute("SELECT * FROM captures ORDER BY id DESC LIMIT 1").fetchall()
    except READ_ERRORS as exc:
        return str(exc)
    return None


def _file_size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def check_health(report: dict[str, Any], now: datetime, max_age: timedelta | None, min_free: int) -> None:
    """Add ``problems``, ``exit_status`` and ``healthy`` to what `read_status` returned.

    A problem has ``exit_status``, ``problem`` (in words) and ``feed`` (the list that it is about, or None).
    """
    problems: list[dict[str, Any]] = []

    def problem(status: int, text: str, feed: str | None = None) -> None:
        problems.append({"exit_status": status, "problem": text, "feed": feed})

    if report["captures"]:
        problem(
            NO_ARCHIVE,
            gettext(
                "captures.db cannot be read: {reason}; scrapy verify says more", reason=report["captures"]
            ),
        )
    if gaps := len(report["gaps"]):
        problem(
            OPEN_GAPS,
            ngettext(
                "{count} gap in the feeds: articles of those hours may be missing",
                "{count} gaps in the feeds: articles of those hours may be missing",
                gaps,
            ),
        )
    silent = [row | {"longest": timedelta(seconds=row["longest_silence"])} for row in report["silent_lists"]]
    for feed, text in list_problems(report["feeds"], report["short_lists"], silent, now):
        problem(FEED_FAILS, text, feed)
    last = report["last_scheduled"]
    if last and (last["outcome"] != "finished" or last["exit_status"] not in ENDED_WELL):
        if last["exit_status"] is not None:
            text = gettext("the last scheduled crawl, {time}, ended with {status}")
        else:
            text = gettext("the last scheduled crawl, {time}, was killed")
        problem(CRAWL_FAILED, text.format(time=ago(last["started_at"], now), status=last["exit_status"]))
    good = report["last_good_at"]
    if max_age is not None and (good is None or now - datetime.fromisoformat(good) > max_age):
        problem(
            TOO_OLD,
            gettext(
                "the last successful crawl: {time}; --max-age allows {span}. Does cron run?",
                time=ago(good, now),
                span=_span(max_age),
            ),
        )
    if report["disk"]["free"] < min_free:
        problem(
            DISK_FULL,
            gettext(
                "{size} free on the disk; --min-free asks for {least}",
                size=in_bytes(report["disk"]["free"]),
                least=in_bytes(min_free),
            ),
        )
    report["problems"] = problems
    report["exit_status"] = max((entry["exit_status"] for entry in problems), default=HEALTHY)
    report["healthy"] = not problems


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} m"
