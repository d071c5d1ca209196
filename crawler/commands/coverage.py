"""``scrapy coverage``: which days are short? A calendar of Beijing days, and who published how much.

A day is measured against its own weekday in the window (`archive.short_days`). Not judged are days that are not whole: today
and the archive's first; nor empty days before the archive's start.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import reader, terminal, times
from archive.reader import rows
from archive.short_days import judge
from archive.terminal import fit
from archive.times import BEIJING, in_beijing

BAR = 14  # columns of the longest bar
PUBLISHERS = 15  # in the totals
UNKNOWN = "publisher unknown"


def read(conn: sqlite3.Connection, today: date, days: int) -> dict[str, Any]:
    """The window's days, oldest first, its gaps and its totals, as the JSON object has it."""
    first_of_all, started = conn.execute(
        "SELECT date(min(published_at), '+8 hours'), date(min(first_seen_at), '+8 hours') FROM articles"
    ).fetchone()
    begins = max(today - timedelta(days=days - 1), date.fromisoformat(first_of_all or str(today)))
    since = datetime(begins.year, begins.month, begins.day, tzinfo=BEIJING).astimezone(UTC)
    until = since + timedelta(days=(today - begins).days + 1)
    by_day: dict[str, Counter[str]] = {
        str(begins + timedelta(days=n)): Counter() for n in range((today - begins).days + 1)
    }
    for day, publisher, count in conn.execute(
        "SELECT date(published_at, '+8 hours'), coalesce(publisher, ?), count(*) FROM articles"
        " WHERE published_at >= ? AND published_at < ? GROUP BY 1, 2",
        [UNKNOWN, f"{since:%Y-%m-%dT%H:%M:%SZ}", f"{until:%Y-%m-%dT%H:%M:%SZ}"],
    ):
        by_day[day][publisher] += count
    gaps = rows(conn, "SELECT * FROM gaps WHERE filled_at IS NULL ORDER BY from_at")
    not_judged = {str(today), first_of_all, started}
    # One old article, shared by hand, must not make an empty day of all that lie before the archive's start.
    not_judged |= {day for day, count in by_day.items() if not count and started and day < started}
    verdicts = judge({day: count.total() for day, count in by_day.items()}, not_judged)
    told = []
    for day, publishers in by_day.items():
        verdict = verdicts[day]
        told.append(
            {
                "day": day,
                "articles": publishers.total(),
                "usual": verdict.usual,
                "short": verdict.short,
                "empty": verdict.empty,
                "gaps": [gap["feed"] for gap in gaps if _touches(gap, day)],
                "publishers": dict(publishers.most_common(5)),
            }
        )
    totals: Counter[str] = sum(by_day.values(), Counter())
    return {
        "from": str(begins),
        "to": str(today),
        "articles": totals.total(),
        "days": told,
        "gaps": gaps,
        "publishers": dict(totals.most_common()),
        "without_time": conn.execute("SELECT count(*) FROM articles WHERE published_at IS NULL").fetchone()[
            0
        ],
    }


def _touches(gap: dict[str, Any], day: str) -> bool:
    return in_beijing(gap["from_at"], "%Y-%m-%d") <= day <= in_beijing(gap["to_at"], "%Y-%m-%d")


def lines(found: dict[str, Any], paint: Any) -> list[str]:
    """The calendar and the totals, 80 columns wide."""
    most = max((day["articles"] for day in found["days"]), default=0) or 1
    out = [paint(f"{'Beijing day':15}{'articles':>8} {'':{BAR}} {'':9} biggest publishers", "bold")]
    for day in found["days"]:
        bar = "█" * round(day["articles"] / most * BAR) or ("▏" if day["articles"] else "")
        mark, colour = "", ""
        if day["gaps"]:
            mark, colour = "gap", "red"
        elif day["empty"]:
            mark, colour = "none", "red"
        elif day["short"]:
            mark, colour = f"short {100 - 100 * day['articles'] / day['usual']:.0f}%", "yellow"
        elif day["day"] == found["to"]:
            mark, colour = "so far", "dim"
        line = f"{day['day']} {date.fromisoformat(day['day']):%a} {day['articles']:>8,} {paint(f'{bar:{BAR}}', colour)} "
        out.append(f"{line}{paint(f'{mark:9}', colour)} {_biggest(day['publishers'], 31)}".rstrip())
    out += ["", paint(f"{'total':15}{found['articles']:>8,}", "bold")]
    listed = list(found["publishers"].items())
    for name, count in listed[:PUBLISHERS]:
        share = count / found["articles"]
        out.append(f"{fit(name, 30)}{count:>9,}{share:>8.1%} {'█' * round(share * 30)}".rstrip())
    if more := listed[PUBLISHERS:]:
        count = sum(number for _, number in more)
        out.append(f"{fit(f'{len(more):,} more', 30)}{count:>9,}{count / found['articles']:>8.1%}")
    out += [""] * bool(found["gaps"] or found["without_time"])
    for gap in found["gaps"]:
        span = f"{in_beijing(gap['from_at'])} to {in_beijing(gap['to_at'])}"
        out.append(paint(f"open gap: {fit(gap['feed'], 10)} {span}, tried {gap['tries']} times", "red"))
    if found["without_time"]:
        out.append(f"{found['without_time']:,} articles state no time and stand in no day")
    return out


def _biggest(publishers: dict[str, int], width: int) -> str:
    """As many as fit, whole; the first one cut where it does not.

    >>> _biggest({"晨光财经": 30, "江海日报": 2, "远山商报": 1}, 24)
    '晨光财经 30, 江海日报 2'
    """
    told = ""
    for name, count in publishers.items():
        more = f"{told}, {name} {count:,}" if told else fit(f"{name} {count:,}", width).rstrip()
        if terminal.columns(more) > width:
            break
        told = more
    return told


class Command(ScrapyCommand):
    """Shows what the archive has of each day."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--days 60] [--json]"

    def short_desc(self) -> str:
        return "Show a calendar of archived articles: short days, empty days, holes, publishers"

    def long_desc(self) -> str:
        return (
            "Shows how many articles of each Beijing day are archived. Marks: short N% (so much below the median of its "
            "weekday), none (no article), gap (one is open in a feed), so far (today). Exit status: 0; 1 no archive, or "
            "it cannot be read; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=60, help="days to show, today included (default: 60)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"coverage takes no {args[0]}", print_help=False)
        if not 1 <= opts.days <= 36_600:
            raise UsageError(f"--days {opts.days}: give 1 or more", print_help=False)
        today = times.clock(self.settings).astimezone(BEIJING).date()
        try:
            conn = reader.open_for_reading(Path(self.settings["DATA_DIR"]).expanduser().resolve())
            found = read(conn, today, opts.days)
        except (reader.NoArchive, sqlite3.Error) as wrong:
            print(f"scrapy coverage: {wrong}", file=sys.stderr)
            self.exitcode = 1
            return
        conn.close()
        terminal.never_fail_to_print()
        print(json.dumps(found, indent=1) if opts.json else "\n".join(lines(found, terminal.painter())))
