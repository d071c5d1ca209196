"""Values that no crawl writes: of an archive that was edited by hand, past the constraints of its tables.

What reads the archive relies on its columns as they are described. Where that fails, the first of these says why in words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.schema import open_archive

JSON = {
    **dict.fromkeys(("authors", "editors", "tags", "text_removed", "text_added"), ("array",)),
    **dict.fromkeys(("changes", "record", "troubles"), ("object",)),
    "listed": ("array", "object"),
}
"""Columns of JSON, in whatever table, and what they hold; all arrays but that of `listed` are of texts."""
OUTSIDE = "name GLOB 'sqlite_*' OR name GLOB '_sqlite_*' OR name GLOB 'search_*'"
AT_ONCE = 1_000  # rows
SHOWN = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class OddValue:
    """A value, where it is, and what is wrong with it."""

    table: str
    key: str
    """Of its row: the values of the primary key."""
    column: str
    """Empty where the row fails a constraint of several columns."""
    problem: str

    def __str__(self) -> str:
        return f"{self.table}{f'.{self.column}' * bool(self.column)} of {self.key} {self.problem}"


def find_odd_values(conn: sqlite3.Connection) -> Iterator[OddValue]:
    """All odd values of an archive; texts that are not UTF-8 are read as they can be from then on. Raises sqlite3.Error."""
    conn.text_factory = lambda data: data.decode("utf-8", "replace")
    with closing(open_archive(Path(":memory:"))) as fresh:
        names = fresh.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' AND NOT ({OUTSIDE})")
        tables = {
            name: fresh.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in names.fetchall()
        }
        for table, columns in tables.items():
            yield from _odd_in_columns(conn, table, columns)
            yield from _failing_rows(conn, fresh, table, columns)
        for table, columns in tables.items():
            yield from _not_utf8(conn, table, columns)


def _wrong(name: str, kind: str, is_required: bool) -> str:
    """SQL: what is wrong with a column's value; NULL where nothing is."""
    missing = "'is NULL'" if is_required else "NULL"
    cases = [f"{name} IS NULL THEN {missing}"]
    if kind == "INTEGER":
        cases.append(f"typeof({name}) <> 'integer' THEN 'is not an integer'")
    elif kind == "REAL":
        cases.append(f"typeof({name}) NOT IN ('real', 'integer') THEN 'is not a number'")
    else:
        cases.append(f"typeof({name}) <> 'text' THEN 'is not text'")
    if name.endswith("_at"):
        cases.append(
            f"{name} < '0001' OR strftime('%Y-%m-%dT%H:%M:%SZ', {name}, '+0 days') IS NOT {name} THEN 'is not a time in UTC'"
        )
    elif name in JSON:
        cases.append(f"NOT json_valid({name}) THEN 'is not JSON'")
        cases.append(
            f"json_type({name}) NOT IN ({', '.join(map(repr, JSON[name]))}) THEN 'is not a JSON {' or '.join(JSON[name])}'"
        )
        if JSON[name] == ("array",):
            cases.append(
                f"EXISTS (SELECT 1 FROM json_each({name}) WHERE type <> 'text') THEN 'is not a JSON array of texts'"
            )
    return f"CASE {' '.join(f'WHEN {case}' for case in cases)} END"


def _odd_in_columns(conn: sqlite3.Connection, table: str, columns: list[Any]) -> Iterator[OddValue]:
    """Values that are not of their column's kind."""
    keys = [name for _, name, _, _, _, position in columns if position]
    wrong = {
        name: _wrong(name, kind, bool(required or position))
        for _, name, kind, required, _, position in columns
    }
    sql = f"SELECT {', '.join((*keys, *wrong.values()))} FROM {table} WHERE {' OR '.join(f'{case} IS NOT NULL' for case in wrong.values())}"  # fmt: skip
    for row in conn.execute(sql):
        key = row_key(row[: len(keys)])
        for name, problem in zip(wrong, row[len(keys) :], strict=True):
            if problem:
                yield OddValue(table, key, name, problem)


def _failing_rows(
    conn: sqlite3.Connection, fresh: sqlite3.Connection, table: str, columns: list[Any]
) -> Iterator[OddValue]:
    """Rows that the constraints of a *fresh* archive refuse."""
    [(sql,)] = fresh.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchall()
    if "CHECK (" not in sql:
        return
    names = [column[1] for column in columns]
    keys = [column[1] for column in columns if column[5]]
    insert = f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    fresh.execute("PRAGMA foreign_keys = OFF")
    cursor = conn.execute(f"SELECT {', '.join(names)} FROM {table}")
    while rows := cursor.fetchmany(AT_ONCE):
        for row in rows:
            try:
                fresh.execute(insert, row)
            except sqlite3.IntegrityError as exc:
                if str(exc).startswith("CHECK"):
                    key = row_key([row[names.index(name)] for name in keys])
                    yield OddValue(
                        table,
                        key,
                        "",
                        f"fails a constraint ({' '.join(str(exc).partition(': ')[2].split())})",
                    )
        fresh.rollback()


def _not_utf8(conn: sqlite3.Connection, table: str, columns: list[Any]) -> Iterator[OddValue]:
    """Texts that are not UTF-8, of which SQLite itself sees nothing."""
    texts = [name for _, name, kind, *_ in columns if kind == "TEXT"]
    keys = [name for _, name, _, _, _, position in columns if position]
    as_bytes = (f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) END" for name in texts)
    for row in conn.execute(f"SELECT {', '.join((*keys, *as_bytes))} FROM {table}"):
        for name, data in zip(texts, row[len(keys) :], strict=True):
            try:
                (data or b"").decode()
            except UnicodeDecodeError:
                yield OddValue(table, row_key(row[: len(keys)]), name, "is not UTF-8")


def row_key(values: Any) -> str:
    """The values of a primary key in one line."""
    return ", ".join(repr(value)[:SHOWN] if not isinstance(value, str) else value[:SHOWN] for value in values)
