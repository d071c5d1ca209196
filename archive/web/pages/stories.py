"""``/-/stories``: stories that several articles carry, and who carried them first."""

from __future__ import annotations

from typing import Any

from archive.charts import days_until
from archive.language import gettext
from archive.web.ask import Row, ask, days_within, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page

SPANS = (1, 7, 30, 90, 366)
SHOWN = 50  # stories
MOST = 120_000  # articles whose stories a page counts
TELLERS = 8  # of each story


async def articles_of_stories(datasette: Any, story_ids: list[str]) -> list[Row]:
    """The articles of stories in order of time, with ``lag``: seconds behind the story's earliest, None if unknown."""
    marks = ", ".join(f":id{index}" for index in range(len(story_ids)))
    return await ask(
        datasette,
        "SELECT a.id, a.story_id, a.headline, a.publisher, a.published_at, a.published_precision, a.story_share,"
        " CASE WHEN 'day' NOT IN (a.published_precision, f.published_precision)"
        "   THEN strftime('%s', a.published_at) - strftime('%s', f.published_at) END AS lag"
        f" FROM articles AS a JOIN articles AS f ON f.id = a.story_id WHERE a.story_id IN ({marks})"
        " ORDER BY a.published_at IS NULL, a.published_at, a.id",
        **{f"id{index}": story_id for index, story_id in enumerate(story_ids)},
    )


def format_lag(seconds: int | None) -> str:
    """How long after the first.

    >>> format_lag(0), format_lag(90), format_lag(7500), format_lag(200_000), format_lag(None)
    ('', '1 min later', '2 h 5 min later', '2 days later', '')
    """
    if not seconds or seconds < 60:
        return ""
    if seconds >= 2 * 86400:
        return gettext("{days} days later", days=seconds // 86400)
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return gettext("{minutes} min later", minutes=minutes)
    if not minutes:
        return gettext("{hours} h later", hours=hours)
    return gettext("{hours} h {minutes} min later", hours=hours, minutes=minutes)


@page("/-/stories$")
async def stories(datasette: Any, request: Any) -> Any:
    span = parse_number(request.args.get("days"), 7, SPANS[-1])
    last = parse_day(request.args.get("to")) or await newest_day(datasette)
    if last is None:
        return await render_page(datasette, request, "stories.html", last=None)
    first = (await days_within(datasette, last, span, MOST))[0]
    shared = await ask(
        datasette,
        "SELECT story_id FROM articles WHERE date(published_at, '+8 hours') BETWEEN :first AND :last AND story_id IS NOT NULL"
        " GROUP BY story_id HAVING count(*) > 1"
        " ORDER BY count(*) DESC, count(DISTINCT publisher) DESC, max(published_at) DESC, 1 LIMIT :most",
        first=first,
        last=last,
        most=SHOWN,
    )
    ids = [story["story_id"] for story in shared]
    articles = await articles_of_stories(datasette, ids) if ids else []
    for story in shared:
        tellings = [
            article | {"later": format_lag(article["lag"])}
            for article in articles
            if article["story_id"] == story["story_id"]
        ]
        story |= {
            "articles": len(tellings),  # also those of before and after the days, which are shown
            "publishers": len({telling["publisher"] for telling in tellings} - {None}),
            "tellings": tellings[:TELLERS],
            "hidden": max(len(tellings) - TELLERS, 0),
        }
    return await render_page(
        datasette,
        request,
        "stories.html",
        last=last,
        first=first,
        span=span,
        spans=SPANS,
        stories=shared,
        asked_first=days_until(last, span)[0],
        most_articles=MOST,
    )
