"""Asking the archive from a page, and what pages have in common of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from archive.charts import days_until
from archive.excerpts import NEWEST
from archive.questions import utc_sql, within_days

Row = dict[str, Any]
NEXT_DAY = utc_sql("d.value, '+1 day'")
END = utc_sql("min(:last, '9999-12-30'), '+1 day'")

FIRST_IMAGE = (
    "(SELECT i.path FROM article_images AS x JOIN images AS i ON i.sha256 = x.sha256"
    " WHERE x.article_id = a.id ORDER BY x.position LIMIT 1)"
)
"""SQL: path of the first image of article ``a`` that is stored."""

ENTRY = f"a.id, a.headline, a.publisher, {NEWEST} AS description, a.published_at, a.published_precision, a.withdrawn_at, {FIRST_IMAGE} AS image_path"
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


async def count_days(
    datasette: Any, days: Sequence[str], publishers: Sequence[str] = ()
) -> dict[tuple[str, str], int]:
    """Articles of each publisher (of all: ``""``) and Beijing day that has any, counted in the indexes of times."""
    whose = "a.publisher = p.value AND" if publishers else ""
    rows = await ask(
        datasette,
        "SELECT * FROM (SELECT p.value AS publisher, d.value AS day, (SELECT count(*) FROM articles AS a WHERE"
        f" {whose} a.published_at >= {utc_sql('d.value')} AND a.published_at < {NEXT_DAY}) AS articles"
        " FROM json_each(:publishers) AS p CROSS JOIN json_each(:days) AS d LIMIT -1) WHERE articles > 0",
        publishers=json.dumps(list(publishers) or [""]),
        days=json.dumps(list(days)),
    )
    return {(row["publisher"], row["day"]): row["articles"] for row in rows}


async def busiest_publishers(datasette: Any, first: str, last: str, most: int) -> list[Row]:
    """``publisher`` and ``articles`` of those who published most from *first* to *last*, Beijing days."""
    return await ask(
        datasette,
        "WITH RECURSIVE names (name) AS (SELECT min(publisher) FROM articles UNION ALL"
        " SELECT (SELECT min(publisher) FROM articles WHERE publisher > name) FROM names WHERE name IS NOT NULL)"
        " SELECT * FROM (SELECT name AS publisher, (SELECT count(*) FROM articles WHERE publisher = name"
        f" AND {within_days('published_at')}) AS articles FROM names WHERE name IS NOT NULL LIMIT -1)"
        " WHERE articles > 0 ORDER BY articles DESC, publisher LIMIT :most",
        first=first,
        last=last,
        most=most,
    )


async def newest_day(datasette: Any) -> str | None:
    """The newest Beijing day with an article."""
    return await fetch_value(datasette, "SELECT date(max(published_at), '+8 hours') FROM articles")


async def days_within(datasette: Any, last: str, span: int, most: int) -> list[str]:
    """*span* Beijing days until *last*; fewer, the newest, where more than *most* articles were published in them."""
    before = await fetch_value(
        datasette,
        f"SELECT date(published_at, '+8 hours') FROM articles WHERE published_at < {END}"
        " ORDER BY published_at DESC LIMIT 1 OFFSET :most",
        last=last,
        most=most,
    )
    days = days_until(last, span)
    return [day for day in days if not before or day > before] or days[-1:]


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
