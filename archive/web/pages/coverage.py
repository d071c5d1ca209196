"""``/-/coverage``: articles by publisher and day, with the missing days that neither weekend nor holiday explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from archive.charts import days_until
from archive.days_off import HK_HOLIDAY, HOLIDAY, WEEKEND, day_off
from archive.language import gettext, gettext_noop
from archive.times import weekday_name
from archive.web.ask import Row, ask, busiest_publishers, count_days, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page

SPANS = (14, 30, 60, 90)
SHOWN = 40  # publishers
ENOUGH = 3  # days of a kind that make a median
LEAST = 2  # articles that must be usual for a day without any to count as missing
SHADES = 4
REASONS = {
    WEEKEND: gettext_noop("weekend"),
    HOLIDAY: gettext_noop("holiday: Shanghai and Shenzhen closed"),
    HK_HOLIDAY: gettext_noop("Hong Kong closed"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A publisher's day."""

    day: str
    articles: int
    shade: int
    """0 (none) to `SHADES` (as many as the publisher's best day)."""
    is_missing: bool
    """Whether it has none although as many as `LEAST` are usual for such days."""
    tip: str


def find_missing_days(days: Sequence[str], counts: Mapping[str, int]) -> dict[str, float]:
    """Days without an article on which some are usual, with their usual number: the median of working days or of days off.

    Before the first day with any, nothing is missing.

    >>> week = [f"2026-06-{day:02d}" for day in range(1, 15)]
    >>> find_missing_days(week, {day: 4 for day in week if day_off(day) is None and day != "2026-06-10"})
    {'2026-06-10': 4.0}
    """
    known = [day for day in days if counts.get(day)]
    if not known:
        return {}
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for day in days:
        if day >= known[0]:
            kinds[day_off(day) in (WEEKEND, HOLIDAY)].append(day)
    missing_days: dict[str, float] = {}
    for members in kinds.values():
        usual = float(median(counts.get(day, 0) for day in members)) if len(members) >= ENOUGH else 0.0
        missing_days |= {day: usual for day in members if not counts.get(day) and usual >= LEAST}
    return dict(sorted(missing_days.items()))


def make_cells(days: Sequence[str], counts: Mapping[str, int], today: str) -> list[Cell]:
    """The cells of a publisher's row; *today* is not over, so that nothing is missing yet."""
    missing_days = find_missing_days(days, counts)
    missing_days.pop(today, None)
    top = max(counts.values(), default=0)
    cells = []
    for day in days:
        count = counts.get(day, 0)
        tip = f"{weekday_name(day)} {day}: {count:,}"
        if reason := day_off(day):
            tip += f" ({gettext(REASONS[reason])})"
        if day in missing_days:
            tip += gettext(", usually {count}", count=format(missing_days[day], ",.0f"))
        cells.append(Cell(day, count, -(-count * SHADES // top) if count else 0, day in missing_days, tip))
    return cells


@page("/-/coverage$")
async def coverage(datasette: Any, request: Any) -> Any:
    span = parse_number(request.args.get("days"), SPANS[1], SPANS[-1])
    asked = (request.args.get("publisher") or "").strip()
    newest = await newest_day(datasette)
    last = parse_day(request.args.get("to")) or newest
    if last is None:
        return await render_page(datasette, request, "coverage.html", last=None)
    days = days_until(last, span)
    busiest = await busiest_publishers(datasette, days[0], last, -1)
    shown = [row for row in busiest if asked in ("", row["publisher"])]
    by_day: dict[str, dict[str, int]] = defaultdict(dict)
    if names := [row["publisher"] for row in shown[:SHOWN]]:
        for (name, day), articles in (await count_days(datasette, days, names)).items():
            by_day[name][day] = articles
    rows: list[Row] = [
        {**row, "cells": make_cells(days, by_day[row["publisher"]], newest or last)} for row in shown[:SHOWN]
    ]
    missing_days = [
        {"publisher": row["publisher"], "days": [cell.day for cell in row["cells"] if cell.is_missing]}
        for row in rows
    ]
    gaps = await ask(
        datasette,
        "SELECT feed, from_at, to_at FROM gaps WHERE filled_at IS NULL AND date(to_at, '+8 hours') >= :first"
        " AND date(from_at, '+8 hours') <= :last ORDER BY from_at",
        first=days[0],
        last=last,
    )
    return await render_page(
        datasette, request, "coverage.html", last=last, first=days[0], span=span, spans=SPANS, publisher=asked, days=days,
        rows=rows, hidden=max(len(shown) - SHOWN, 0), missing_days=[row for row in missing_days if row["days"]], gaps=gaps,
        off={day: day_off(day) for day in days}, reasons=REASONS, weekday_name=weekday_name,
        blanks=urlencode({"publisher": asked, "from": days[0], "to": last}),
        permalink=f"/-/coverage?{urlencode({'days': span, 'to': last, 'publisher': asked})}",
    )  # fmt: skip
