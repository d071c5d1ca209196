"""``/-/security?id=1.600160``: one security by day, what is named with it, who writes about it, the articles."""

from __future__ import annotations

import json
from calendar import monthrange
from collections import Counter
from typing import Any

from archive.charts import bars, days_until
from archive.language import gettext
from archive.web.ask import ENTRY, ask, newest_day
from archive.web.pages import not_found, page, render_page
from archive.web.pages.feeds import feed_links

DAYS = 90
SHOWN = 50
MONTHS = 12  # that are listed, the newest with articles
AMONG = 2_000
"""Of so many of the newest articles it is counted who wrote them, and what else they name."""
READ = f"""WITH mine AS (
    SELECT a.arrival, a.published_at FROM (
      SELECT DISTINCT article_id FROM article_securities WHERE security_id = :id AND doubtful = 0) AS x
    CROSS JOIN articles AS a ON a.id = x.article_id)
  SELECT 'day' AS kind, date(published_at, '+8 hours') AS name, count(*) AS articles FROM mine GROUP BY 2
  UNION ALL SELECT * FROM (
    SELECT 'newest', arrival, 1 FROM mine ORDER BY published_at DESC, arrival DESC LIMIT {AMONG})"""
"""SQL: articles that name a security by day, and the newest of them, in one reading."""


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
    name = (request.args.get("id") or "").strip()
    matches = await ask(
        datasette,
        "SELECT * FROM securities WHERE id = :given OR code = :given OR name = :given ORDER BY id = :given DESC, id",
        given=name,
    )
    if not matches:
        raise not_found(
            gettext("No such security"),
            gettext("No article of the archive names {given}; give an id, a code or a name.", given=name)
            if name
            else gettext("Give an id, a code or a name."),
        )
    security = matches[0]
    read = await ask(datasette, READ, id=security["id"])
    counts = {row["name"]: row["articles"] for row in read if row["kind"] == "day" and row["name"]}
    newest = [row["name"] for row in read if row["kind"] == "newest"]
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
            gettext("Articles a day that name {security}", security=security["name"] or security["code"]),
        ),
        count=sum(row["articles"] for row in read if row["kind"] == "day"),
        entries=await ask(
            datasette,
            f"SELECT {ENTRY} FROM articles AS a WHERE a.arrival IN ({', '.join(map(str, newest[:SHOWN]))})"
            " ORDER BY a.published_at DESC, a.id",
        ),
        together=await ask(
            datasette,
            "SELECT s.id, s.code, s.name, s.kind, count(DISTINCT y.article_id) AS articles FROM json_each(:newest) AS n"
            " CROSS JOIN articles AS a ON a.arrival = n.value CROSS JOIN article_securities AS y ON y.article_id = a.id"
            " CROSS JOIN securities AS s ON s.id = y.security_id WHERE y.security_id <> :id AND NOT y.doubtful"
            f" GROUP BY s.id ORDER BY articles DESC, s.id LIMIT {SHOWN}",
            id=security["id"],
            newest=json.dumps(newest),
        ),
        among=AMONG,
        publishers=await ask(
            datasette,
            "SELECT a.publisher, count(*) AS articles FROM json_each(:newest) AS n CROSS JOIN articles AS a ON a.arrival = n.value"
            " WHERE a.publisher IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10",
            newest=json.dumps(newest),
        ),
        shown=SHOWN,
        feeds=feed_links({"security": security["id"]}),
    )
