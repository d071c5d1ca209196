"""``/-/trend?q=储能&q=光伏``: how often words occur, by day, week or month, as counts or shares of all articles."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from archive.charts import STYLE, Series, days_until, legend, lines, plot, ticks
from archive.language import gettext, gettext_noop
from archive.questions import SPANS, shares, span_starts, trend_sql
from archive.web.ask import ask, has_search, newest_day, parse_day
from archive.web.pages import page, render_page

MOST_LINES = 5
DAYS = {"day": 60, "week": 26 * 7, "month": 2 * 365}
"""Days that are shown, where the reader names no first one."""
MOST_SPANS = 400  # points of a line that can be told apart
LONGEST_LINE = 200  # characters of a query
COUNTS = {
    "day": gettext_noop("Articles a day"),
    "week": gettext_noop("Articles a week"),
    "month": gettext_noop("Articles a month"),
}
SHARES = {
    "day": gettext_noop("Percent of all articles of a day"),
    "week": gettext_noop("Percent of all articles of a week"),
    "month": gettext_noop("Percent of all articles of a month"),
}


def parse_lines(given: list[str]) -> list[str]:
    """The queries of the form, each once; one field may hold several, parted by ``;`` or ``；``.

    >>> parse_lines(["储能; 光伏 -港股", "储能", "", " a "])
    ['储能', '光伏 -港股', 'a']
    """
    queries = [
        query.strip()[:LONGEST_LINE] for field in given for query in field.replace("；", ";").split(";")
    ]
    return list(dict.fromkeys(filter(None, queries)))[:MOST_LINES]


@page("/-/charts.css$")
async def chart_styles(datasette: Any, request: Any) -> Any:
    return Response(STYLE, content_type="text/css; charset=utf-8")


@page("/-/trend$")
async def trend(datasette: Any, request: Any) -> Any:
    queries = parse_lines(request.args.getlist("q"))
    asked = {name: (request.args.get(name) or "").strip() for name in ("publisher", "security")}
    span = request.args.get("by") if request.args.get("by") in SPANS else "day"
    as_share = request.args.get("as") == "share"
    last = parse_day(request.args.get("to")) or await newest_day(datasette)
    searchable = await has_search(datasette)
    context = {
        "queries": queries,
        "asked": asked,
        "span": span,
        "spans": SPANS,
        "as_share": as_share,
        "unit": (SHARES if as_share else COUNTS)[span],
        "last": last,
        "most": MOST_LINES,
    }
    if last is None or not searchable:
        return await render_page(
            datasette, request, "trend.html", **context, searchable=searchable, starts=[]
        )
    first = parse_day(request.args.get("from")) or days_until(last, DAYS[span])[0]
    starts = span_starts(first, last, span)[-MOST_SPANS:] if first <= last else []
    params = asked | {"first": max(first, starts[0]) if starts else first, "last": last}
    totals = {row["start"]: row["articles"] for row in await ask(datasette, trend_sql(span, False), **params)}
    series = []
    for query in queries:
        rows = await ask(datasette, trend_sql(span, True), q=query, **params)
        counts = {row["start"]: row["articles"] for row in rows}
        values: dict[str, float] = (
            shares(counts, totals, starts) if as_share else {start: counts.get(start, 0) for start in starts}
        )
        series.append(Series(query, values))
    link = {"by": span, "from": first, "to": last, **{name: value for name, value in asked.items() if value}}
    return await render_page(
        datasette, request, "trend.html", **context, searchable=True, first=first, starts=starts, series=series,
        chart=draw(starts, series, span, as_share) if series and starts else None, legend=legend(series),
        permalink=f"/-/trend?{urlencode([('q', query) for query in queries] + [*link.items(), ('as', 'share' if as_share else 'count')])}",
        tables=[(query, urlencode({"q": query, **link})) for query in queries],
    )  # fmt: skip


def draw(starts: list[str], series: list[Series], span: str, as_share: bool) -> Any:
    """The chart: one line a query."""
    highest = max((value for item in series for value in item.values.values()), default=0)
    axis = ticks(highest, 0.1 if as_share else 1)
    unit = "%" if as_share else ""
    tips = {
        start: ", ".join(
            f"{item.name} {item.values[start]:,.{int(as_share)}f}{unit}"
            for item in series
            if start in item.values
        )
        for start in starts
    }
    name = f"{gettext((SHARES if as_share else COUNTS)[span])}: {', '.join(item.name for item in series)}"
    marks = [(value / axis[-1], f"{value:,g}{unit}") for value in axis]
    return plot(starts, lines(starts, series, axis[-1]), name, marks, tips)
