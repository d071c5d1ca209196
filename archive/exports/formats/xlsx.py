"""XLSX for Excel, WPS, LibreOffice and Numbers: numbers and times as such, texts never run as formulas. Needs XlsxWriter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from archive.exports import ExportError, Job, Row, writes

MOST_ROWS = 1_048_575  # of a sheet, without its head
CELL = 32_767  # characters; Excel reports a file with a longer cell as damaged
WIDTH, WIDEST = 12, 60  # of a column, in characters
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""The same archive gives the same bytes."""


@writes("xlsx", "a sheet for Excel, WPS, LibreOffice; times in UTC (needs XlsxWriter)", binary=True)
def write_xlsx(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """One row an article; lists are parted by ``、``."""
    if job.count > MOST_ROWS:
        raise ExportError(
            f"{job.count:,} articles do not fit into a sheet of {MOST_ROWS:,} rows: narrow them by --since, or take csv or parquet"
        )
    names = [column.name for column in job.columns]
    lists = {column.name for column in job.columns if column.kind == "list"}
    times = {column.name for column in job.columns if column.kind == "time"}
    values = ([join(row[name]) if name in lists else row[name] for name in names] for row in rows)
    write_sheet(out, names, values, times)


def join(items: Any) -> Any:
    """A list as a cell."""
    return "、".join(map(str, items)) if isinstance(items, list) else items


def write_sheet(
    out: BinaryIO,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    times: set[str],
    sheet: str = "articles",
) -> None:
    """Rows of values under their names; *times* are columns of UTC text. Memory stays flat. Raises ExportError, OSError."""
    try:
        import xlsxwriter
    except ImportError:
        raise ExportError(
            "XLSX needs XlsxWriter, which is not installed: pip install 'finews-archive[analyst]'"
        ) from None
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": CREATED.replace(tzinfo=None)})
    bold, clock = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    table = book.add_worksheet(sheet)
    table.freeze_panes(1, 0)
    for index, name in enumerate(names):
        wide = (
            WIDEST
            if name in ("headline", "description", "excerpt", "body_text")
            else 20
            if name in times
            else WIDTH
        )
        table.set_column(index, index, wide)
        table.write_string(0, index, name, bold)
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row):
            if isinstance(value, bool | int | float):
                table.write_number(number, index, value)
            elif value is not None:
                write_text(table, number, index, str(value), clock if names[index] in times else None)
    book.close()


def write_text(table: Any, number: int, index: int, text: str, clock: Any) -> None:
    """A cell of text; with the format *clock* one that holds a UTC time."""
    if clock and (moment := read_time(text)):
        table.write_datetime(number, index, moment, clock)
    else:
        table.write_string(number, index, text if len(text) <= CELL else text[: CELL - 1] + "…")


def read_time(text: str) -> datetime | None:
    """UTC text as Excel counts time, without a zone; None where it is not one that Excel knows.

    >>> read_time("2026-06-30T07:00:00Z"), read_time("1850-01-01T00:00:00Z"), read_time("soon")
    (datetime.datetime(2026, 6, 30, 7, 0), None, None)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo and moment.year > 1900 else None
