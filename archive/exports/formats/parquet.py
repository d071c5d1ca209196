"""Parquet with types: timestamps in UTC, lists of strings, dictionaries where few values repeat. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from archive.exports import Column, ExportError, Job, Row, writes

GROUP_ROWS = 20_000
GROUP_CHARACTERS = 4_000_000  # of texts in a row group: what bounds the memory


def type_of(column: Column) -> Any:
    """The Arrow type of a column."""
    import pyarrow as pa

    if column.kind == "list":
        return pa.list_(pa.string())
    if column.few:
        return pa.dictionary(pa.int32(), pa.string())
    return {
        "text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "time": pa.timestamp("ms", tz="UTC"),
    }[column.kind]  # fmt: skip


@writes("parquet", "typed columns, for pandas, DuckDB, Polars (needs pyarrow)", binary=True)
def write_parquet(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """Row groups of at most `GROUP_ROWS` rows and about `GROUP_CHARACTERS` characters."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ExportError(
            "Parquet needs pyarrow, which is not installed: pip install 'finews-archive[analyst]'"
        ) from None
    schema = pa.schema([pa.field(column.name, type_of(column)) for column in job.columns])
    times = [column.name for column in job.columns if column.kind == "time"]
    texts = [column.name for column in job.columns if column.kind == "text" and not column.few]
    # A dictionary of texts that are all different costs memory and saves nothing.
    repeating = [column.name for column in job.columns if column.few]
    repeating += [f"{column.name}.list.element" for column in job.columns if column.kind == "list"]
    with parquet.ParquetWriter(out, schema, compression="zstd", use_dictionary=repeating) as table:
        for group in grouped(rows, texts):
            for row in group:
                for name in times:
                    row[name] = row[name] and datetime.fromisoformat(row[name])
            table.write_table(pa.Table.from_pylist(group, schema=schema))


def grouped(rows: Iterator[Row], texts: list[str]) -> Iterator[list[Row]]:
    """Rows in groups, by `GROUP_ROWS` and `GROUP_CHARACTERS`."""
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += sum(len(row[name] or "") for name in texts)
        if len(group) == GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
