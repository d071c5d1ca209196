"""``/``: the newest day, its volume among the days before, who and what is in the news."""

from __future__ import annotations

from typing import Any

from archive.charts import bars, days_until
from archive.language import gettext
from archive.web.ask import ask, busiest_publishers, newest_day
from archive.web.pages import page, render_page
from archive.web.pages.day import front_page
from archive.web.pages.securities import most_mentioned
from archive.web.pages.volume import by_day

DAYS = 60
WEEK = 7


@page("/$")
async def home(datasette: Any, request: Any) -> Any:
    [totals] = await ask(
        datasette,
        "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM images) AS images,"
        " (SELECT count(*) FROM securities) AS securities,"
        " (SELECT date(min(published_at), '+8 hours') FROM articles) AS first_day",
    )
    newest = await newest_day(datasette)
    if newest is None:
        return await render_page(datasette, request, "home.html", totals=totals, newest=None)
    days = days_until(newest, DAYS)
    week = days[-WEEK:]
    counts = await by_day(datasette, days)
    return await render_page(
        datasette,
        request,
        "home.html",
        totals=totals,
        newest=newest,
        days=days,
        week=week,
        chart=bars(days, counts, gettext("Articles a day")),
        chart_top=max(counts.values()),
        entries=await front_page(datasette, newest, 12),
        securities=await most_mentioned(datasette, week[0], newest, "", 10),
        publishers=await busiest_publishers(datasette, week[0], newest, 10),
    )
