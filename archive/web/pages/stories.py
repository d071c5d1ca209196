"""``/-/stories``: stories that several articles tell, and who told them first."""

from __future__ import annotations

from typing import Any

from archive.charts import days_until
from archive.web.ask import Row, ask, day_of, newest_day, number_of
from archive.web.pages import page, show

SPANS = (1, 7, 30, 90, 366)
SHOWN = 50  # stories
TELLERS = 8  # of each story


async def tellers(datasette: Any, story_ids: list[str]) -> list[Row]:
    """The articles of stories in order of time, with ``lag``: seconds behind the story's earliest, None if unknown."""
    marks = ", ".join(f":id{at}" for at in range(len(story_ids)))
    return await ask(
        datasette,
        "SELECT a.id, a.story_id, a.headline, a.publisher, a.published_at, a.published_precision, a.story_share,"
        " CASE WHEN 'day' NOT IN (a.published_precision, f.published_precision)"
        "   THEN strftime('%s', a.published_at) - strftime('%s', f.published_at) END AS lag"
        f" FROM articles AS a JOIN articles AS f ON f.id = a.story_id WHERE a.story_id IN ({marks})"
        " ORDER BY a.published_at IS NULL, a.published_at, a.id",
        **{f"id{at}": story_id for at, story_id in enumerate(story_ids)},
    )


def later(seconds: int | None) -> str:
    """How long after the first.

    >>> later(0), later(90), later(7500), later(200_000), later(None)
    ('', '1 min later', '2 h 5 min later', '2 days later', '')
    """
    if not seconds or seconds < 60:
        return ""
    if seconds >= 2 * 86400:
        return f"{seconds // 86400} days later"
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)) + " later"


@page("/-/stories$")
async def stories(datasette: Any, request: Any) -> Any:
    span = number_of(request.args.get("days"), 7, SPANS[-1])
    last = day_of(request.args.get("to")) or await newest_day(datasette)
    if last is None:
        return await show(datasette, request, "stories.html", last=None)
    first = days_until(last, span)[0]
    found = await ask(
        datasette,
        "SELECT story_id, count(*) AS articles, count(DISTINCT publisher) AS publishers FROM articles"
        " WHERE date(published_at, '+8 hours') BETWEEN :first AND :last AND story_id IS NOT NULL"
        " GROUP BY story_id HAVING count(*) > 1 ORDER BY articles DESC, publishers DESC, max(published_at) DESC, 1 LIMIT :most",
        first=first,
        last=last,
        most=SHOWN,
    )
    told = await tellers(datasette, [story["story_id"] for story in found]) if found else []
    for story in found:
        articles = [
            one | {"later": later(one["lag"])} for one in told if one["story_id"] == story["story_id"]
        ]
        story |= {"told": articles[:TELLERS], "more": max(len(articles) - TELLERS, 0)}
    return await show(
        datasette,
        request,
        "stories.html",
        last=last,
        first=first,
        span=span,
        spans=SPANS,
        found=found,
        most=SHOWN,
    )
