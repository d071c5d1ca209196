"""``/-/security?id=1.600160``: one security by day, what is named with it, who writes about it, the articles."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from typing import Any

from archive.charts import bars, days_until
from archive.language import gettext
from archive.web.ask import ENTRY, ask, fetch_value, newest_day
from archive.web.pages import not_found, page, render_page
from archive.web.pages.feeds import feed_links

DAYS = 90
SHOWN = 50
MONTHS = 12  # that are listed, the newest with articles
OF_IT = "FROM article_securities AS x JOIN articles AS a ON a.id = x.article_id WHERE x.security_id = :id AND NOT x.doubtful"


def count_months(counts: dict[str, int]) -> list[tuple[str, str, str, int]]:
    """Month, first and last day, and articles of the newest months that have any, the newest first.

    >>> count_months({"2026-06-30": 2, "2026-06-01": 1, "2024-02-03": 4})
    [('2026-06', '2026-06-01', '2026-06-30', 3), ('2024-02', '2024-02-01', '2024-02-29', 4)]
    """
    months: Counter[str] = Counter()
    for day, articles in counts.items():
        months[day[:7]] += articles
    return [
        (month, f"{month}-01", f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]}", months[month])
        for month in sorted(months, reverse=True)[:MONTHS]
    ]


@page("/-/security$")
async def security(datasette: Any, request: Any) -> Any:
    given = (request.args.get("id") or "").strip()
    matches = await ask(
        datasette,
        "SELECT * FROM securities WHERE id = :given OR code = :given OR name = :given ORDER BY id = :given DESC, id",
        given=given,
    )
    if not matches:
        raise not_found(
            gettext("No such security"),
            gettext("No article of the archive names {given}; give an id, a code or a name.").format(
                given=given
            )
            if given
            else gettext("Give an id, a code or a name."),
        )
    security = matches[0]
    counts = {
        row["day"]: row["articles"]
        for row in await ask(
            datasette,
            f"SELECT date(a.published_at, '+8 hours') AS day, count(DISTINCT a.id) AS articles {OF_IT} GROUP BY 1",
            id=security["id"],
        )
        if row["day"]
    }
    days = days_until(await newest_day(datasette) or "2000-01-01", DAYS)
    return await render_page(
        datasette,
        request,
        "security.html",
        this=security,
        namesakes=matches[1:],
        days=days,
        months=count_months(counts),
        chart_top=max((counts.get(day, 0) for day in days), default=0),
        chart=bars(
            days,
            counts,
            gettext("Articles a day that name {security}").format(
                security=security["name"] or security["code"]
            ),
        ),
        count=await fetch_value(datasette, f"SELECT count(DISTINCT a.id) {OF_IT}", id=security["id"]),
        entries=await ask(
            datasette,
            f"SELECT {ENTRY} {OF_IT} GROUP BY a.id ORDER BY a.published_at DESC, a.id LIMIT {SHOWN}",
            id=security["id"],
        ),
        together=await ask(
            datasette,
            "SELECT s.id, s.code, s.name, s.kind, count(DISTINCT y.article_id) AS articles FROM article_securities AS x"
            " JOIN article_securities AS y ON y.article_id = x.article_id AND y.security_id <> x.security_id"
            " JOIN securities AS s ON s.id = y.security_id WHERE x.security_id = :id AND NOT x.doubtful AND NOT y.doubtful"
            f" GROUP BY s.id ORDER BY articles DESC, s.id LIMIT {SHOWN}",
            id=security["id"],
        ),
        publishers=await ask(
            datasette,
            f"SELECT a.publisher, count(DISTINCT a.id) AS articles {OF_IT} AND a.publisher IS NOT NULL GROUP BY 1"
            " ORDER BY 2 DESC, 1 LIMIT 10",
            id=security["id"],
        ),
        shown=SHOWN,
        feeds=feed_links({"security": security["id"]}),
    )
