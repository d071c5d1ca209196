"""Asking the archive from a page, and what pages have in common of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

Row = dict[str, Any]

FIRST_IMAGE = (
    "(SELECT i.path FROM article_images AS x JOIN images AS i ON i.sha256 = x.sha256"
    " WHERE x.article_id = a.id ORDER BY x.position LIMIT 1)"
)
"""SQL: path of the first image of article ``a`` that is stored."""

ENTRY = f"a.id, a.headline, a.publisher, a.description, a.published_at, a.published_precision, a.withdrawn_at, {FIRST_IMAGE} AS image_path"
"""SQL: the columns of an entry of a list of articles."""


async def ask(datasette: Any, sql: str, **params: Any) -> list[Row]:
    """Rows of the archive. Raises QueryInterrupted, sqlite3.Error."""
    results = await datasette.get_database("archive").execute(sql, params)
    return [dict(row) for row in results.rows]


async def fetch_value(datasette: Any, sql: str, database: str = "archive", **params: Any) -> Any:
    """The first column of the first row; None without any."""
    results = await datasette.get_database(database).execute(sql, params)
    return results.rows[0][0] if results.rows else None


async def has_search(datasette: Any, database: str = "archive") -> bool:
    """Whether the archive has its search index."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'search'"
    return bool(await fetch_value(datasette, sql, database))


async def newest_day(datasette: Any) -> str | None:
    """The newest Beijing day with an article."""
    return await fetch_value(datasette, "SELECT date(max(published_at), '+8 hours') FROM articles")


def parse_day(text: str | None) -> str | None:
    """A day as given in an address; None where it is none.

    >>> parse_day("2026-02-28"), parse_day("2026-02-30"), parse_day(""), parse_day("２０26-02-01")
    ('2026-02-28', None, None, None)
    """
    if text and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    return None


def parse_number(text: str | None, default: int, most: int) -> int:
    """A number from 1 to *most* as given in an address, else *default*.

    >>> parse_number("7", 1, 90), parse_number("99999", 1, 90), parse_number("-1", 1, 90), parse_number(None, 30, 90)
    (7, 90, 1, 30)
    """
    if text and re.fullmatch(r"[0-9]{1,9}", text) and int(text):
        return min(int(text), most)
    return default
