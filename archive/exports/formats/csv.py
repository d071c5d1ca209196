"""CSV as RFC 4180 has it: a header, CRLF, quotes where they are needed. Lists are JSON text, unknown is empty."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from archive.exports import Job, Option, Row, writes

RUN_BY_EXCEL = re.compile(r"[=+\-@\t\r＝＋－＠]")
EXCEL_CELL = 32_767  # characters; what is longer, Excel breaks into cells of another row


def excel_cell(value: Any) -> Any:
    """A cell that Excel shows and does not run: a quote before what would be a formula, the end of a long one cut off.

    >>> excel_cell("=1+1"), excel_cell("涨停"), excel_cell(7), len(excel_cell("长" * 40_000))
    ("'=1+1", '涨停', 7, 32767)
    """
    if not isinstance(value, str):
        return value
    if RUN_BY_EXCEL.match(value):
        value = f"'{value}"
    return value if len(value) <= EXCEL_CELL else value[: EXCEL_CELL - 1] + "…"


@writes(
    "csv",
    "a table, for anything (RFC 4180; lists as JSON)",
    options=(
        Option("bom", "begin with a byte order mark, so that Excel reads UTF-8 (csv)"),
        Option(
            "excel",
            "as --bom, with a quote before cells that Excel would run as formulas, and long ones cut (csv)",
        ),
    ),
)
def write_csv(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """One line a row."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    excel = job.options.get("excel")
    if excel or job.options.get("bom"):
        text.write("\ufeff")
    table = csv.writer(text)
    table.writerow([column.name for column in job.columns])
    lists = [column.name for column in job.columns if column.kind == "list"]
    for row in rows:
        for name in lists:
            row[name] = json.dumps(row[name], ensure_ascii=False)
        table.writerow(map(excel_cell, row.values()) if excel else row.values())
    text.detach()
