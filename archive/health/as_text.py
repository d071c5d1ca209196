"""The report of `archive.health` as text for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.health import ENDED_WELL
from archive.language import gettext, ngettext, pgettext
from archive.list_habits import FEED_FAILURES
from archive.terminal import fit_right, fit_width
from archive.times import ago, in_beijing
from archive.units import in_bytes

WIDTH = 80  # columns of a terminal
SHOWN = 5  # open gaps


def format_status(report: dict[str, Any], now: datetime, paint: Any) -> list[str]:
    """The report, `WIDTH` columns wide but for paths and addresses, which are there to be copied."""
    articles, disk, images = report["articles"], report["disk"], report["images"]
    verdict = (
        paint(gettext("healthy"), "green") if report["healthy"] else paint(gettext("not healthy"), "red")
    )
    out = [
        f"{verdict} ({report['exit_status']})  "
        + gettext("{time} Beijing time", time=in_beijing(report["at"], "%Y-%m-%d %H:%M"))
    ]
    out += [f"  {entry['exit_status']}  {paint(entry['problem'], 'red')}" for entry in report["problems"]]
    out.append(f"  {report['data_dir']}")

    def part(title: str, body: list[str]) -> None:
        if body:
            out.extend(("", paint(title, "bold"), *(f"  {line.rstrip()}" for line in body)))

    newest = articles["newest"]
    body = [
        gettext("{count:,} archived, {incomplete:,} incomplete (placeholder headline or time)", **articles)
    ]
    if newest:
        body += [
            gettext(
                "newest: {time}, {publisher}",
                time=ago(newest["published_at"], now),
                publisher=newest["publisher"] or gettext("publisher unknown"),
            ),
            f"  {fit_width(newest['headline'], WIDTH - 4)}",
        ]
    part(gettext("articles"), body)
    part(gettext("running now"), [report["running"]] if report["running"] else [])
    part(
        fit_width(gettext("run began"), 15)
        + fit_width(gettext("spider"), 11)
        + fit_right(pgettext("duration", "took"), 5)
        + "  "
        + fit_width(gettext("outcome"), 12)
        + fit_right(pgettext("column", "exit"), 4)
        + fit_right(pgettext("column", "new"), 8)
        + fit_right(pgettext("column", "changed"), 9)
        + fit_right(pgettext("column", "failed"), 8),
        [line for run in report["runs"] for line in _run_lines(run, paint)],
    )
    part(
        fit_width(pgettext("column", "feed"), 16)
        + fit_right(pgettext("column", "last read"), 12)
        + fit_right(pgettext("column", "newest"), 12)
        + fit_right(pgettext("column", "failures"), 10),
        [line for feed in report["feeds"] for line in _feed_lines(feed, now, paint)],
    )
    for title, key in ((gettext("open gap"), "gaps"), (gettext("gap that cannot be filled"), "final_gaps")):
        gaps = report[key]
        body = [line for gap in gaps[:SHOWN] for line in _gap_lines(gap)]
        remainder = gettext("and {count:,} more", count=len(gaps) - SHOWN)
        part(title, body + [remainder] * (len(gaps) > SHOWN))
    body = []
    for link in report["links"]:
        ages = gettext(
            "latest {latest}, oldest {oldest}",
            latest=ago(link["latest_at"], now),
            oldest=ago(link["oldest_at"], now),
        )
        body += [
            f"{fit_width(link['outcome'], 13)}{link['count']:>7,}   {ages}",
            f"  {link['latest']['url']}",
        ]
        body.append(f"  {fit_width(link['latest']['reason'] or '', WIDTH - 4)}")
    part(gettext("failing links, with the latest of each cause"), body)
    body = [
        gettext(
            "archive.db {size}, its write-ahead log {log}",
            size=in_bytes(disk["archive"]),
            log=in_bytes(disk["wal"]),
        ),
        gettext(
            "{posts:,} posts; {images:,} images, {size}",
            posts=disk["posts"],
            images=disk["image_files"],
            size=in_bytes(disk["images"]),
        ),
    ]
    if lost := images["failed"] + images["refused"]:
        body += [
            gettext(
                "{count:,} images unavailable: {failed:,} failed, {refused:,} refused",
                count=lost,
                failed=images["failed"],
                refused=images["refused"],
            )
        ]
    free = gettext("{size} free of {all}", size=in_bytes(disk["free"]), all=in_bytes(disk["total"]))
    part(gettext("disk"), [*body, free])
    return out


def _gap_lines(gap: dict[str, Any]) -> list[str]:
    ends = {"first": in_beijing(gap["from_at"]), "last": in_beijing(gap["to_at"])}
    if gap["final_at"]:
        span = gettext("{first} to {last}", **ends)
    else:
        span = ngettext(
            "{first} to {last}, tried {count:,} time",
            "{first} to {last}, tried {count:,} times",
            gap["tries"],
            **ends,
        )
    line = fit_width(gap["feed"], 12) + span
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
        fit_width(feed["feed"], 12)
        + fit_right(ago(feed["last_read_at"], now), 12)
        + fit_right(ago(feed["newest_at"], now), 12)
    )
    line += paint(
        failures, "red" if feed["failures"] >= FEED_FAILURES else "yellow" if feed["failures"] else ""
    )
    return [line, f"  {fit_width(feed['reason'], WIDTH - 4)}"] if feed["reason"] else [line]
