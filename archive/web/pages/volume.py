"""``/-/volume``: how many articles each day brought, in all and by the busiest publishers."""

from __future__ import annotations

from typing import Any

from archive.charts import bars, days_until
from archive.language import gettext
from archive.web.ask import ask, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page

SPANS = (30, 90, 366)
SHOWN = 8  # publishers


async def by_day(datasette: Any, first: str, last: str, publisher: str = "") -> dict[str, int]:
    """Articles of each day from *first* to *last* that has any."""
    rows = await ask(
        datasette,
        "SELECT date(published_at, '+8 hours') AS day, count(*) AS articles FROM articles"
        " WHERE date(published_at, '+8 hours') BETWEEN :first AND :last"
        f"{' AND publisher = :publisher' * bool(publisher)} GROUP BY 1",
        first=first,
        last=last,
        publisher=publisher,
    )
    return {row["day"]: row["articles"] for row in rows}


@page("/-/volume$")
async def volume(datasette: Any, request: Any) -> Any:
    span = parse_number(request.args.get("days"), SPANS[1], SPANS[-1])
    publisher = (request.args.get("publisher") or "").strip()
    last = parse_day(request.args.get("to")) or await newest_day(datasette)
    if last is None:
        return await render_page(datasette, request, "volume.html", last=None)
    days = days_until(last, span)
    counts = await by_day(datasette, days[0], last, publisher)
    busiest = await ask(
        datasette,
        "SELECT publisher, count(*) AS articles FROM articles WHERE publisher IS NOT NULL"
        " AND date(published_at, '+8 hours') BETWEEN :first AND :last GROUP BY publisher ORDER BY 2 DESC, 1 LIMIT :most",
        first=days[0],
        last=last,
        most=SHOWN,
    )
    theirs: dict[str, dict[str, int]] = {row["publisher"]: {} for row in busiest}
    marks = ", ".join(f":name{index}" for index in range(len(theirs)))
    for row in await ask(
        datasette,
        "SELECT publisher, date(published_at, '+8 hours') AS day, count(*) AS articles FROM articles"
        f" WHERE date(published_at, '+8 hours') BETWEEN :first AND :last AND publisher IN ({marks}) GROUP BY 1, 2",
        first=days[0],
        last=last,
        **{f"name{index}": name for index, name in enumerate(theirs)},
    ):
        theirs[row["publisher"]][row["day"]] = row["articles"]
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
