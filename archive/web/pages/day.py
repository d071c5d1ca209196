"""``/-/day?day=2026-06-30``: the articles of a Beijing day, those that most list feeds named first."""

from __future__ import annotations

from typing import Any

from archive.language import gettext
from archive.web.ask import ENTRY, Row, ask, fetch_value, newest_day, parse_day
from archive.web.pages import not_found, page, render_page

MOST = 500


async def front_page(datasette: Any, day: str, most: int) -> list[Row]:
    """Entries of a day, as the view ``front_page`` orders them."""
    return await ask(
        datasette,
        f"SELECT {ENTRY}, (SELECT count(*) FROM article_feeds AS f WHERE f.article_id = a.id) AS feeds FROM articles AS a"
        " WHERE date(a.published_at, '+8 hours') = :day ORDER BY feeds DESC, a.published_at, a.arrival LIMIT :most",
        day=day,
        most=most,
    )


@page("/-/day$")
async def day_page(datasette: Any, request: Any) -> Any:
    text = request.args.get("day")
    day = parse_day(text) or (await newest_day(datasette) if not text else None)
    if day is None:
        raise not_found(
            gettext("No such day"),
            gettext("{given} is not a day; a day is written 2026-02-28.", given=text)
            if text
            else gettext("The archive has no article with a time yet."),
        )
    beside = {
        name: await fetch_value(
            datasette,
            f"SELECT date({least}(published_at), '+8 hours') FROM articles WHERE date(published_at, '+8 hours') {operator} :day",
            day=day,
        )
        for name, least, operator in (("earlier", "max", "<"), ("later", "min", ">"))
    }
    count = await fetch_value(
        datasette, "SELECT count(*) FROM articles WHERE date(published_at, '+8 hours') = :day", day=day
    )
    entries = await front_page(datasette, day, MOST)
    return await render_page(datasette, request, "day.html", day=day, count=count, entries=entries, **beside)
