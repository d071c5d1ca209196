"""``/-/volume``: how many articles each day brought, in all and by the busiest publishers."""

from __future__ import annotations

from typing import Any

from archive.charts import bars, days_until
from archive.language import gettext
from archive.web.ask import busiest_publishers, count_days, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page

SPANS = (30, 90, 366)
SHOWN = 8  # publishers


async def by_day(datasette: Any, days: list[str], publisher: str = "") -> dict[str, int]:
    """Articles of each of the days that has any."""
    counts = await count_days(datasette, days, [publisher] if publisher else [])
    return {day: articles for (_, day), articles in counts.items()}


@page("/-/volume$")
async def volume(datasette: Any, request: Any) -> Any:
    span = parse_number(request.args.get("days"), SPANS[1], SPANS[-1])
    publisher = (request.args.get("publisher") or "").strip()
    last = parse_day(request.args.get("to")) or await newest_day(datasette)
    if last is None:
        return await render_page(datasette, request, "volume.html", last=None)
    days = days_until(last, span)
    counts = await by_day(datasette, days, publisher)
    busiest = await busiest_publishers(datasette, days[0], last, SHOWN)
    theirs: dict[str, dict[str, int]] = {row["publisher"]: {} for row in busiest}
    for (name, day), articles in (await count_days(datasette, days, list(theirs))).items() if theirs else ():
        theirs[name][day] = articles
    top = max((max(by_day.values()) for by_day in theirs.values()), default=1)
    return await render_page(
        datasette,
        request,
        "volume.html",
        last=last,
        days=days,
        span=span,
        spans=SPANS,
        publisher=publisher,
        counts=counts,
        total=sum(counts.values()),
        highest=max(counts.values(), default=0),
        chart=bars(days, counts, gettext("Articles a day") + (f": {publisher}" if publisher else "")),
        publishers=[
            {**row, "chart": bars(days, theirs[row["publisher"]], row["publisher"], top)} for row in busiest
        ],
        top=top,
    )
