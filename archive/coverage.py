"""Articles by Beijing day and publisher, as data (`read_coverage`) and as a calendar for a terminal (`format_coverage`).

A day is compared with its own weekday in the window, a holiday with Sundays (`archive.short_days`). Days that are not whole are not classified:
today and the archive's first; nor are empty days before the archive's start.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive import terminal
from archive.days_off import HOLIDAY, day_off
from archive.language import gettext
from archive.reader import rows
from archive.short_days import classify_days
from archive.terminal import display_width, fit_right, fit_width
from archive.times import BEIJING, in_beijing, weekday_name

BAR = 14  # columns of the longest bar
PUBLISHERS = 15  # in the totals
UNKNOWN = "publisher unknown"


def read_coverage(conn: sqlite3.Connection, today: date, days: int) -> dict[str, Any]:
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
    excluded = {str(today), first_of_all, started}
    # One old article, shared by hand, must not make an empty day of all that lie before the archive's start.
    excluded |= {day for day, count in by_day.items() if not count and started and day < started}
    day_classes = classify_days({day: count.total() for day, count in by_day.items()}, excluded)
    entries = []
    for day, publishers in by_day.items():
        day_class = day_classes[day]
        entries.append(
            {
                "day": day,
                "articles": publishers.total(),
                "usual": day_class.usual,
                "short": day_class.short,
                "empty": day_class.empty,
                "day_off": day_off(day),
                "gaps": [gap["feed"] for gap in gaps if _overlaps(gap, day)],
                "publishers": dict(publishers.most_common(5)),
            }
        )
    totals: Counter[str] = sum(by_day.values(), Counter())
    return {
        "from": str(begins),
        "to": str(today),
        "articles": totals.total(),
        "days": entries,
        "gaps": gaps,
        "publishers": dict(totals.most_common()),
        "without_time": conn.execute("SELECT count(*) FROM articles WHERE published_at IS NULL").fetchone()[
            0
        ],
    }


def _overlaps(gap: dict[str, Any], day: str) -> bool:
    return in_beijing(gap["from_at"], "%Y-%m-%d") <= day <= in_beijing(gap["to_at"], "%Y-%m-%d")


def format_coverage(report: dict[str, Any], paint: Any) -> list[str]:
    """The calendar and the totals, 80 columns wide."""
    most = max((day["articles"] for day in report["days"]), default=0) or 1
    out = [
        paint(
            fit_width(gettext("Beijing day"), 15)
            + fit_right(gettext("articles"), 8)
            + " " * (BAR + 12)
            + gettext("biggest publishers"),
            "bold",
        )
    ]
    for day in report["days"]:
        bar = "█" * round(day["articles"] / most * BAR) or ("▏" if day["articles"] else "")
        mark, colour = "", ""
        if day["gaps"]:
            mark, colour = gettext("gap"), "red"
        elif day["empty"]:
            mark, colour = gettext("none"), "red"
        elif day["short"]:
            share = f"{100 - 100 * day['articles'] / day['usual']:.0f}%"
            mark, colour = gettext("short {share}", share=share), "yellow"
        elif day["day"] == report["to"]:
            mark, colour = gettext("so far"), "dim"
        elif day["day_off"] == HOLIDAY:
            mark, colour = gettext("holiday"), "dim"
        line = f"{day['day']} {weekday_name(day['day'])}{day['articles']:>{23 - 11 - display_width(weekday_name(day['day']))},} {paint(f'{bar:{BAR}}', colour)} "
        out.append(
            f"{line}{paint(fit_width(mark, 9), colour)} {_list_biggest(day['publishers'], 31)}".rstrip()
        )
    out += ["", paint(fit_width(gettext("total"), 15) + f"{report['articles']:>8,}", "bold")]
    listed = list(report["publishers"].items())
    for name, count in listed[:PUBLISHERS]:
        name = gettext(name) if name == UNKNOWN else name
        share = count / report["articles"]
        out.append(f"{fit_width(name, 30)}{count:>9,}{share:>8.1%} {'█' * round(share * 30)}".rstrip())
    if rest := listed[PUBLISHERS:]:
        count = sum(number for _, number in rest)
        out.append(
            fit_width(gettext("{count:,} more", count=len(rest)), 30)
            + f"{count:>9,}{count / report['articles']:>8.1%}"
        )
    out += [""] * bool(report["gaps"] or report["without_time"])
    for gap in report["gaps"]:
        if gap["final_at"]:
            text = gettext("gap: {feed} {first} to {last}, cannot be filled: {reason}")
        else:
            text = gettext("open gap: {feed} {first} to {last}, tried {count} times")
        text = text.format(
            feed=fit_width(gap["feed"], 10),
            first=in_beijing(gap["from_at"]),
            last=in_beijing(gap["to_at"]),
            count=gap["tries"],
            reason=gap["reason"],
        )
        out.append(text if gap["final_at"] else paint(text, "red"))
    if report["without_time"]:
        count = report["without_time"]
        out.append(gettext("{count:,} articles without a publication time are not counted", count=count))
    return out


def _list_biggest(publishers: dict[str, int], width: int) -> str:
    """As many as fit, whole; the first one cut where it does not.

    >>> _list_biggest({"晨光财经": 30, "江海日报": 2, "远山商报": 1}, 24)
    '晨光财经 30, 江海日报 2'
    """
    line = ""
    for name, count in publishers.items():
        name = gettext(name) if name == UNKNOWN else name
        longer = f"{line}, {name} {count:,}" if line else fit_width(f"{name} {count:,}", width).rstrip()
        if terminal.display_width(longer) > width:
            break
        line = longer
    return line
