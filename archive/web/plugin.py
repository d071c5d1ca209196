"""Our plugin for Datasette: pages, cells, the search of tables, and what a connection needs."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.filters import Filters
from datasette.utils import path_with_added_args
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from archive import language
from archive.language import gettext, gettext_noop, ngettext, pgettext
from archive.urls import http_url
from archive.web import cells, downloads, pages, words
from archive.web.adding import POSTS
from archive.web.ask import has_search
from archive.web.host_check import LOCAL_TIMES
from archive.web.metadata import TITLE
from archive.web.pages.image import address
from archive.web.table_layout import lay_out
from archive.web.table_search import NO_INDEX

MENU = (
    ("/-/day", gettext_noop("Newest day")),
    ("/-/articles", gettext_noop("Articles")),
    ("/-/stories", gettext_noop("Stories")),
    ("/-/securities", gettext_noop("Securities")),
    ("/-/volume", gettext_noop("Volume")),
    ("/-/trend", gettext_noop("Trend")),
    ("/-/coverage", gettext_noop("Coverage")),
    ("/-/edits", gettext_noop("Edits")),
    ("/archive", gettext_noop("Tables and questions")),
)
"""Path and label of the pages in the navigation; plugins follow."""
FILE_FORMATS = (("csv", "CSV"), ("json", "JSON"), ("xlsx", "XLSX"), ("parquet", "Parquet"))
"""Suffix and name of what every question and table can be had as."""


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

    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)
    env.globals.update(
        search_here=search_here,
        no_index=NO_INDEX,
        archive_title=TITLE,
        local_times=Markup(LOCAL_TIMES),
        article_address=cells.article_address,
        security_address=cells.security_address,
        image_url=address,
        path_with_added_args=path_with_added_args,
        menu=[*MENU, *pages.menu],
        lay_out=lay_out,
        file_formats=FILE_FORMATS,
        blank_label=words.blank_label,
        choice_label=words.choice_label,
        choices=words.CHOICES,
        language_tag=lambda: language.TAGS[language.current()],
        other_languages=other_languages,
    )
    env.filters["language"] = language.tag_of
    env.filters["beijing"] = cells.render_time
    env.filters["http_url"] = http_url
    env.globals["comparisons"] = {key: display for key, display, _ in Filters([]).lookups()}
    env.filters["thousands"] = "{:,}".format
    env.filters["translated"] = words.translate
    env.filters["statement"] = find_statement
    env.filters["tag_line"] = tag_line
    env.filters["blanks"] = words.blanks_to_fill
    env.filters["in_order"] = words.in_order
    env.filters["column_label"] = words.column_label


def tag_line(tags: Any) -> str:
    """Tags of a reader, a JSON array, as one line.

    >>> tag_line('["储能", "待查"]'), tag_line(None), tag_line("{")
    ('储能, 待查', '', '')
    """
    try:
        names = json.loads(tags or "[]")
    except ValueError:
        return ""
    return ", ".join(map(str, names)) if isinstance(names, list) else ""


def find_statement(error: Any) -> Markup:
    """The SQL in Datasette's message about a query that took too long.

    >>> find_statement(Markup("<p>too long</p><textarea rows='2'>select 1 &lt; 2</textarea>"))
    Markup('select 1 &lt; 2')
    """
    match = re.search(r"<textarea[^<>]*>([^<]*)</textarea>", error)
    return Markup(match[1] if match else "")


def other_languages() -> list[tuple[str, str, str]]:
    """Code, tag and own name of the languages that a page is not in."""
    code_here = language.current()
    return [
        (code, language.TAGS[code], name) for code, name in language.LANGUAGES.items() if code != code_here
    ]


@hookimpl
def register_routes() -> list[tuple[str, pages.Page]]:
    pages.load_pages()
    return pages.routes


@hookimpl
def skip_csrf(scope: Any) -> bool:
    """Whether Datasette leaves a POST to us: `archive.web.host_check` refuses those of other origins."""
    return scope["path"] in POSTS


@hookimpl
def register_output_renderer() -> list[dict[str, Any]]:
    return [downloads.renderer("xlsx"), downloads.renderer("parquet")]


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str) -> Any:
    return cells.render_cell(row, value, column, table) if database == "archive" else None
