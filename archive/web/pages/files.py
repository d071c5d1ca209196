"""``/archive/QUESTION.csv``, ``/archive.csv?sql=…``: the whole answer, where Datasette would stop after the rows of a page."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from datasette.views.base import DatasetteError

from archive.web.downloads import check_own_sql, respond
from archive.web.pages import not_found, page
from archive.web.queries import QUERIES

NAMES = {query.name: query for query in QUERIES}
BLANK = re.compile(r"(?<!:):([a-z_]+)")
"""A parameter of SQL."""


@page(rf"/archive/(?P<name>{'|'.join(NAMES)})\.csv$")
async def question(datasette: Any, request: Any) -> Any:
    query = NAMES[request.url_vars["name"]]
    if await datasette.get_canned_query("archive", query.name, request.actor) is None:
        raise not_found("404", "404")
    params = {name: request.args.get(name) or "" for name in BLANK.findall(query.sql)}
    return await respond(datasette, query.name, "csv", query.sql, params)


@page(r"/archive\.csv$")
async def own_sql(datasette: Any, request: Any) -> Any:
    sql = (request.args.get("sql") or "").strip().rstrip(";")
    await check_own_sql(datasette, request, sql)
    params = {name: request.args[name] for name in request.args if name != "sql"}
    try:
        return await respond(datasette, "answer", "csv", sql, params)
    except sqlite3.Error as exc:
        raise DatasetteError(str(exc), status=400) from None
