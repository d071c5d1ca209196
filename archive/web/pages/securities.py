"""``/-/securities``: shares, boards, indices and funds that most articles name."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from archive.charts import days_until, spark
from archive.language import gettext
from archive.web.ask import Row, ask, days_within, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page

SPANS = (1, 7, 30, 90, 366)
SHOWN = 100
MOST = 40_000  # articles whose mentions a page counts


async def most_mentioned(datasette: Any, first: str, last: str, kind: str, most: int) -> list[Row]:
    """Securities by the number of articles of those days that name them. Doubtful mentions do not count."""
    return await ask(
        datasette,
        # By way of the days' articles (CROSS JOIN), so that the cost is theirs, not that of all articles of a security.
        "SELECT s.id, s.code, s.name, s.kind, s.exchange, c.articles, c.mentions FROM ("
        "   SELECT x.security_id, count(DISTINCT a.arrival) AS articles, sum(x.mentions) AS mentions"
        "   FROM articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id"
        "   WHERE date(a.published_at, '+8 hours') BETWEEN :first AND :last AND NOT x.doubtful GROUP BY x.security_id) AS c"
        f" JOIN securities AS s ON s.id = c.security_id{' WHERE s.kind = :kind' * bool(kind)}"
        " ORDER BY articles DESC, mentions DESC, s.id LIMIT :most",
        first=first,
        last=last,
        kind=kind,
        most=most,
    )


@page("/-/securities$")
async def securities(datasette: Any, request: Any) -> Any:
    span = parse_number(request.args.get("days"), 30, SPANS[-1])
    kind = (request.args.get("kind") or "").strip()
    last = parse_day(request.args.get("to")) or await newest_day(datasette)
    kinds = await ask(
        datasette, "SELECT kind, count(*) AS securities FROM securities GROUP BY kind ORDER BY 2 DESC, 1"
    )
    if last is None:
        return await render_page(datasette, request, "securities.html", last=None, kinds=kinds)
    days = await days_within(datasette, last, span, MOST)
    ranked = await most_mentioned(datasette, days[0], last, kind, SHOWN)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    if ranked:
        marks = ", ".join(f":id{index}" for index in range(len(ranked)))
        for row in await ask(
            datasette,
            "SELECT x.security_id AS id, date(a.published_at, '+8 hours') AS day, count(DISTINCT a.arrival) AS articles"
            " FROM articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id"
            # The sign keeps SQLite from looking each of the securities up in each of the articles.
            f" WHERE +x.security_id IN ({marks}) AND NOT x.doubtful AND date(a.published_at, '+8 hours') BETWEEN :first AND :last"
            " GROUP BY 1, 2",
            first=days[0],
            last=last,
            **{f"id{index}": security["id"] for index, security in enumerate(ranked)},
        ):
            counts[row["id"]][row["day"]] = row["articles"]
    for security in ranked:
        security["chart"] = spark(
            days,
            counts[security["id"]],
            gettext("{count} articles in {days} days", count=security["articles"], days=len(days)),
        )
    return await render_page(
        datasette, request, "securities.html", last=last, first=days[0], span=span, spans=SPANS, kind=kind, kinds=kinds,
        ranked=ranked, most=SHOWN, asked_first=days_until(last, span)[0], most_articles=MOST,
    )  # fmt: skip
