"""The report of `archive.health` as text for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.health import ENDED_WELL, FEED_FAILURES
from archive.terminal import fit_width
from archive.times import ago, in_beijing
from archive.units import in_bytes

WIDTH = 80  # columns of a terminal
SHOWN = 5  # open gaps


def format_status(report: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    """The report, `WIDTH` columns wide but for paths and addresses, which are there to be copied."""
    articles, disk, images = report["articles"], report["disk"], report["images"]
    verdict = paint("healthy", "green") if report["healthy"] else paint("not healthy", "red")
    out = [f"{verdict} ({report['exit_status']})  {in_beijing(report['at'], '%Y-%m-%d %H:%M')} Beijing time"]
    out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in report["problems"]]
    out.append(f"  {report['data_dir']}")

    def part(title: str, body: list[str]) -> None:
        if body:
            out.extend(("", paint(title, "bold"), *(f"  {line.rstrip()}" for line in body)))

    newest = articles["newest"]
    body = [
        f"{articles['count']:,} archived, {articles['incomplete']:,} incomplete (placeholder headline or time)"
    ]
    if newest:
        body += [
            f"newest: {ago(newest['published_at'], now)}, {newest['publisher'] or 'publisher unknown'}",
            f"  {fit_width(newest['headline'], WIDTH - 4)}",
        ]
    part("articles", body)
    part("running now", [report["running"]] if report["running"] else [])
    part(
        f"{'run began':15}{'spider':11}{'took':>5}  {'outcome':12}{'exit':>4}{'new':>8}{'changed':>9}{'failed':>8}",
        [line for run in report["runs"] for line in _run_lines(run, paint)],
    )
    part(
        f"{'feed':16}{'last read':>12}{'newest':>12}{'failures':>10}",
        [line for feed in report["feeds"] for line in _feed_lines(feed, now, paint)],
    )
    for title, key in (("open gap", "gaps"), ("gap that cannot be filled", "final_gaps")):
        gaps = report[key]
        body = [line for gap in gaps[:SHOWN] for line in _gap_lines(gap)]
        part(title, body + [f"and {len(gaps) - SHOWN:,} more"] * (len(gaps) > SHOWN))
    body = []
    for link in report["links"]:
        ages = f"latest {ago(link['latest_at'], now)}, oldest {ago(link['oldest_at'], now)}"
        body += [
            f"{fit_width(link['outcome'], 13)}{link['count']:>7,}   {ages}",
            f"  {link['latest']['url']}",
        ]
        body.append(f"  {fit_width(link['latest']['reason'] or '', WIDTH - 4)}")
    part("failing links, with the latest of each cause", body)
    body = [f"archive.db {in_bytes(disk['archive'])}, its write-ahead log {in_bytes(disk['wal'])}"]
    body += [f"{disk['posts']:,} posts; {disk['image_files']:,} images, {in_bytes(disk['images'])}"]
    if lost := images["failed"] + images["refused"]:
        body += [f"{lost:,} images unavailable: {images['failed']:,} failed, {images['refused']:,} refused"]
    part("disk", [*body, f"{in_bytes(disk['free'])} free of {in_bytes(disk['total'])}"])
    return out


def _gap_lines(gap: dict[str, Any]) -> list[str]:
    span = f"{in_beijing(gap['from_at'])} to {in_beijing(gap['to_at'])}"
    tried = "" if gap["final_at"] else f", tried {gap['tries']} times"
    line = f"{fit_width(gap['feed'], 12)}{span}{tried}"
    return [line, f"  {fit_width(gap['reason'], WIDTH - 4)}"] if gap["reason"] else [line]


def _run_lines(run: dict[str, Any], paint: Any) -> list[str]:
    took = "-"
    if run["finished_at"]:
        span = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["started_at"])
        seconds = int(span.total_seconds())
        took = f"{seconds}s" if seconds < 600 else f"{seconds // 60}m"
    bad = run["exit_status"] not in (*ENDED_WELL, None) or run["outcome"] in ("failed", "interrupted")
    ended = f"{run['outcome'] or '-':12}{'-' if run['exit_status'] is None else run['exit_status']:>4}"
    line = f"{in_beijing(run['started_at'])}  {fit_width(run['spider'], 10)}{took:>5}  "
    line += paint(ended, "red" if bad else "yellow" if run["exit_status"] else "")
    line += f"{run['articles_new']:>8,}{run['articles_changed']:>9,}{run['links_failed']:>8,}"
    return [line, f"  {fit_width(run['reason'], WIDTH - 4)}"] if run["reason"] else [line]


def _feed_lines(feed: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    failures = f"{feed['failures']:>10,}"
    line = (
        f"{fit_width(feed['feed'], 12)}{ago(feed['last_read_at'], now):>12}{ago(feed['newest_at'], now):>12}"
    )
    line += paint(
        failures, "red" if feed["failures"] >= FEED_FAILURES else "yellow" if feed["failures"] else ""
    )
    return [line, f"  {fit_width(feed['reason'], WIDTH - 4)}"] if feed["reason"] else [line]
