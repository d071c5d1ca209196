"""What Datasette says of the archive. Tables, views and columns: the words of the schema itself, nothing else."""

from __future__ import annotations

from typing import Any

from archive.describe_schema import described
from archive.language import gettext_noop
from archive.web.queries import Query

TITLE = gettext_noop("News archive")
INNER = (
    "story_keys",
    "search_numbers",
    "search_pairs",
    "search_index",
    "search_words",
    "search_each",
    "as_of_each",
    "search_bulk_load",
    "_sqlite_migrations",
)
"""Parts of the search, the stories and the migrations that answer no question; ask the views. SQL can read them all."""

SHADOWS = tuple(f"search_index_{part}" for part in ("data", "idx", "docsize", "config"))
FACETS = {
    "articles": ("publisher", "published_precision", "headline_from"),
    "news": ("publisher",),
    "article_feeds": ("feed",),
    "article_publishers": ("origin",),
    "images": ("media_type",),
    "article_images": ("status", "reason"),
    "securities": ("kind", "exchange"),
    "article_securities": ("origin", "doubtful"),
    "article_links": ("kind",),
    "removals": ("rule",),
    "links": ("outcome",),
    "crawls": ("spider", "exit_status"),
    "gaps": ("feed",),
    "images_missing": ("status", "reason"),
    "late_arrivals": ("publisher",),
    "revision_changes": ("withdrawn",),
}
"""Columns of few values, whose counts a table offers."""

NEWEST_FIRST = {
    "articles": "published_at",
    "article_feeds": "article_id",
    "feed_latency": "published_at",
    "revisions": "retrieved_at",
    "links": "last_tried_at",
    "crawls": "started_at",
    "gaps": "opened_at",
    "articles_by_day_publisher": "day",
    "articles_with_images": "day",
    "market_sessions": "published_at",
    "data_quality": "day",
    "link_outcomes": "day",
    "revision_changes": "changed_at",
    "story_articles": "published_at",
}
LABELS = {"articles": "headline", "securities": "name", "images": "path"}
"""What stands for a row where another table refers to it."""

SMALL_PAGES = {"texts": 10, "news": 20, "revisions": 10}
"""Rows of long texts to a page."""


def table(name: str, purpose: str, columns: dict[str, str]) -> dict[str, Any]:
    """Metadata of one table or view."""
    entry: dict[str, Any] = {"description": purpose, "columns": columns}
    if name in FACETS:
        entry["countable"] = list(
            FACETS[name]
        )  # not Datasette's "facets", which every page would count unasked
    if name in NEWEST_FIRST:
        entry["sort_desc"] = NEWEST_FIRST[name]
    if name in LABELS:
        entry["label_column"] = LABELS[name]
    if name in SMALL_PAGES:
        entry["size"] = SMALL_PAGES[name]
    return entry


class Unchanging(dict[str, Any]):
    """A dict that is its own copy: Datasette copies all metadata for every permission that it checks, and changes none of it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Unchanging:
        return self


def metadata(queries: list[Query]) -> Unchanging:
    """For Datasette; *queries* become its canned queries."""
    known = described()
    tables = {name: table(name, purpose, columns) for name, (_, purpose, columns) in known.items()}
    texts = {name: description for name, description in known["texts"][2].items() if name != "article_id"}
    tables["news"]["columns"] = known["articles"][2] | texts  # the view is both, and says so
    for name in (*INNER, *SHADOWS):
        tables[name] = {**tables.get(name, {}), "hidden": True, "allow": False}
    return Unchanging(
        title=TITLE,
        databases={
            "archive": {
                "title": gettext_noop("Tables and questions"),
                "description": gettext_noop(
                    "Times in columns that end in _at are UTC; a day is a Beijing day. Unknown is empty, never a guess."
                ),
                "tables": tables,
                "queries": {
                    query.name: {"title": query.title, "description": query.says, "sql": query.sql}
                    for query in queries
                },
            }
        },
    )
