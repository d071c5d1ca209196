"""Our plugin for Datasette: pages, cells, the search of tables, and what a connection needs."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils import path_with_added_args
from datasette.views.base import DatasetteError
from jinja2 import ChoiceLoader, FileSystemLoader

from archive.times import in_beijing
from archive.urls import http_url
from archive.web import cells, pages
from archive.web.ask import has_search
from archive.web.database import of_a_table
from archive.web.metadata import TITLE
from archive.web.pages.image import address
from archive.web.table_layout import lay_out

MENU = (
    ("/-/day", "Newest day"),
    ("/-/articles", "Articles"),
    ("/-/stories", "Stories"),
    ("/-/securities", "Securities"),
    ("/-/volume", "Volume"),
    ("/-/trend", "Trend"),
    ("/-/edits", "Edits"),
    ("/archive", "Tables and questions"),
)
"""Path and label of the pages in the navigation; plugins follow."""
NO_INDEX = "This archive was made without a search index; scrapy crawl with -s SEARCH_INDEX=True makes it up."


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Reading only. Datasette's own connections read the schema; queries run in `archive.web.query_process`."""
    if database == "archive":
        conn.execute("PRAGMA query_only = ON")


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """What every template may use, that of an error, too. Our templates come first, then those of plugins."""
    folders = [str(folder) for folder in pages.load_pages()]
    env.loader = ChoiceLoader([env.loader, FileSystemLoader(folders)])

    async def search_here() -> bool:
        return await has_search(datasette)

    env.globals.update(
        search_here=search_here,
        no_index=NO_INDEX,
        archive_title=TITLE,
        article_address=cells.article_address,
        security_address=cells.security_address,
        image_url=address,
        path_with_added_args=path_with_added_args,
        menu=[*MENU, *pages.menu],
        lay_out=lay_out,
    )
    env.filters["beijing"] = in_beijing
    env.filters["http_url"] = http_url
    env.filters["blanks"] = lambda values: [name for name, value in values.items() if not value]


@hookimpl
def register_routes() -> list[tuple[str, pages.Page]]:
    pages.load_pages()
    return pages.routes


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str) -> Any:
    return cells.render_cell(row, value, column, table) if database == "archive" else None


@hookimpl(trylast=True)  # what comes last counts: Datasette's own search knows nothing of our index
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Any:
    """The search box of every table whose rows belong to articles: it asks the view ``search``."""

    async def filters() -> FilterArguments | None:
        if database != "archive":
            return None
        of_a_table.set(True)
        line = (request.args.get("_search") or "").strip()
        columns = await datasette.get_database(database).table_columns(table)
        column = next((name for name in ("article_id", "id") if name in columns), None)
        if column == "id" and "headline" not in columns:
            column = None
        here = column is not None and await has_search(datasette)
        if line and not here:
            why = NO_INDEX if column else f"Rows of {table} have no text to search."
            raise DatasetteError(why, title="Nothing to search", status=400)
        context = {"supports_search": here, "search": line}
        if not line:
            return FilterArguments([], extra_context=context)
        matching = "arrival IN (SELECT arrival" if "arrival" in columns else f"{column} IN (SELECT id"
        return FilterArguments(
            [f"{matching} FROM search WHERE q = :line)"],
            {"line": line},
            [f"search finds {line}"],
            context,
        )

    return filters
