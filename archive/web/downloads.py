"""Answers as files: CSV of a whole question, and XLSX and Parquet of questions, tables and SQL of the reader's own.

A page shows the first rows; a file holds all of them, up to `MOST`.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from datasette.utils import validate_sql_select
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from archive.exports.formats.xlsx import write_sheet
from archive.language import gettext

MOST = 100_000  # rows
LIMIT = re.compile(r" limit \d+\s*$")
"""What Datasette puts behind the SQL of a table's page."""


async def fetch_whole(
    datasette: Any, sql: str, params: dict[str, Any]
) -> tuple[list[str], list[Sequence[Any]]]:
    """Columns and all rows of a query. Raises DatasetteError where there are more than `MOST`, QueryInterrupted, sqlite3.Error."""
    results = await datasette.get_database("archive").execute_up_to(sql, params, MOST)
    if results.truncated:
        raise DatasetteError(
            gettext(
                "More than {count:,} rows are too many for a file of this kind: narrow the question.",
                count=MOST,
            ),
            title=gettext("Too much at once"),
            status=413,
        )
    return [column[0] for column in results.description], list(results.rows)


def as_csv(columns: list[str], rows: list[Sequence[Any]]) -> bytes:
    """RFC 4180, UTF-8."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(columns: list[str], rows: list[Sequence[Any]]) -> bytes:
    """A workbook of one sheet; columns that end in ``_at`` hold times in UTC."""
    out = io.BytesIO()
    write_sheet(out, columns, rows, {name for name in columns if name.endswith("_at")}, "answer")
    return out.getvalue()


def as_parquet(columns: list[str], rows: list[Sequence[Any]]) -> bytes:
    """A file of one table; a column of values of several kinds becomes one of text."""
    import pyarrow as pa
    from pyarrow import parquet

    arrays = []
    for index in range(len(columns)):
        values = [row[index] for row in rows]
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {int, float}:
            arrays.append(pa.array(values, pa.float64() if float in kinds else pa.int64()))
        else:
            arrays.append(pa.array([None if value is None else str(value) for value in values], pa.string()))
    # Two columns of a query can have one name.
    names = [
        name if columns.index(name) == index else f"{name}_{index}" for index, name in enumerate(columns)
    ]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, names=names), out, compression="zstd")
    return out.getvalue()


FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
}
"""By suffix: what writes it, media type."""


async def respond(datasette: Any, name: str, suffix: str, sql: str, params: dict[str, Any]) -> Response:
    """The answer of a query as a file that is called *name*."""
    columns, rows = await fetch_whole(datasette, sql, params)
    write, media_type = FORMATS[suffix]
    body = await asyncio.to_thread(write, columns, rows)
    headers = {"content-disposition": f'attachment; filename="{name}.{suffix}"'}
    return Response(body, headers=headers, content_type=media_type)


def renderer(suffix: str) -> dict[str, Any]:
    """For Datasette's hook ``register_output_renderer``."""

    async def render(
        datasette: Any, request: Any, data: dict[str, Any], query_name: str | None, table: str | None
    ) -> Response:
        if error := data.get("error"):
            raise DatasetteError(error, status=400)
        query = data["query"]
        sql = LIMIT.sub("", query["sql"]) if table else query["sql"]
        return await respond(datasette, query_name or table or "answer", suffix, sql, dict(query["params"]))

    return {"extension": suffix, "render": render}


async def check_own_sql(datasette: Any, request: Any, sql: str) -> None:
    """Raises DatasetteError where readers may not ask SQL of their own, or this cannot only read."""
    if not await datasette.permission_allowed(request.actor, "execute-sql", resource="archive", default=True):
        raise DatasetteError(gettext("SQL of your own is switched off here."), status=403)
    try:
        validate_sql_select(sql)
    except Exception as exc:
        raise DatasetteError(str(exc), status=400) from None
