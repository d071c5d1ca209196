"""How a question or a view over the whole archive opens: with its newest days, filled in where the reader sees and changes them.

Files (CSV, JSON, XLSX, Parquet) and addresses that name days, or no longer want any, are answered as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from archive.charts import days_until
from archive.language import gettext
from archive.web.ask import newest_day
from archive.web.database import is_page
from archive.web.host_check import App, Message, refuse
from archive.web.queries import QUERIES

ALL = "_all"
"""The argument of the page of a view that asks for all of its days."""
MONTH = 30
QUESTIONS = {query.name: query.days for query in QUERIES if query.days}
"""Days that a question without ``from`` opens with."""
VIEWS = {
    "articles_by_day_publisher": "day",
    "articles_with_images": "day",
    "articles_with_tables": "day",
    "data_quality": "day",
    "feed_latency": "published_at",
    "front_page": "day",
    "link_outcomes": "day",
    "market_sessions": "day",
    "revision_changes": "changed_at",
    "story_articles": "published_at",
}
"""Views that open with the newest `MONTH` days, and the column that tells."""
ANSWERED_BY = {
    "feed_delays": "how_late_feeds_are",
    "first_mentions": "newly_named_securities",
    "mentions_by_publisher": "who_writes_about_what",
    "stories": "stories_of_a_span",
    "top_publishers": "publishers_of_a_span",
}
"""Views that read the whole archive whatever the filter, and the questions that ask the same of the newest days."""


def chosen_days(name: str, arguments: list[tuple[str, str]]) -> tuple[str, int] | None:
    """The argument that is missing, and for how many days; None where the address is to be answered as it is.

    >>> chosen_days("who_was_first", []), chosen_days("who_was_first", [("from", "")]), chosen_days("texts", [])
    (('from', 30), None, None)
    >>> chosen_days("data_quality", [("_sort", "day")]), chosen_days("data_quality", [("articles__gt", "9")])
    (('day__gte', 30), None)
    """
    names = {argument for argument, _ in arguments}
    if name in QUESTIONS:
        return None if "from" in names else ("from", QUESTIONS[name])
    narrows = any(
        each in (ALL, "_search", "_where") or not each.startswith("_") or "__" in each for each in names
    )
    return (f"{VIEWS[name]}__gte", MONTH) if name in VIEWS and not narrows else None


def inode_of(path: Path) -> int:
    """That of the file which has the name now; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


class FirstView:
    """An ASGI application around that of *datasette*. It answers nothing from a file that is no longer the one of its name: readers
    would see the old archive, and their marks go into the new one."""

    def __init__(self, app: App, datasette: Any):
        self.app, self.datasette = app, datasette
        self.path = Path(datasette.get_database("archive").path)
        self.inode = inode_of(self.path)

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and inode_of(self.path) != self.inode:
            why = gettext(
                "{path} was removed or replaced after this server had opened it: start the server again.",
                path=self.path,
            )
            await refuse(send, 503, why)
            return
        if scope["type"] == "http" and scope["path"].startswith("/archive"):
            arguments = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            name = scope["path"].removeprefix("/archive/")
            page = "." not in name and not any(argument == "_format" for argument, _ in arguments)
            is_page.set(page)
            if page and name in ANSWERED_BY and not arguments:
                everything = f"{scope['path']}?{ALL}=1"
                path = f"/archive/{ANSWERED_BY[name]}"
                scope = {**scope, "path": path, "raw_path": path.encode(), "opened_with": (MONTH, everything)}
                name = ANSWERED_BY[name]
            if page and (missing := chosen_days(name, arguments)):
                argument, days = missing
                if newest := await newest_day(self.datasette):
                    filled = urlencode([*arguments, (argument, days_until(newest, days)[0])])
                    everything = urlencode([*arguments, ("from", "") if argument == "from" else (ALL, "1")])
                    opened_with = days, f"{scope['path']}?{everything}"
                    scope = {**scope, "query_string": filled.encode(), "opened_with": opened_with}
        await self.app(scope, receive, send)
