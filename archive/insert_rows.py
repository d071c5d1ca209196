"""Many rows into a table, several with one statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

ROWS = 20
"""A statement: SQLite opens the table and all its indexes anew for each, which for `articles` costs more than a row."""


def insert_rows(
    conn: sqlite3.Connection,
    insert: str,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    on_conflict: str = "",
) -> None:
    """Add *rows*, values of the columns *names*, `ROWS` at a time and the rest one by one, in the caller's transaction.
    *insert* is how the statement begins (``INSERT OR IGNORE INTO links``). Raises sqlite3.Error."""
    whole = len(rows) - len(rows) % ROWS
    for part, count in ((rows[:whole], ROWS), (rows[whole:], 1)):
        if part:
            marks = ", ".join([f"({', '.join('?' * len(names))})"] * count)
            conn.executemany(
                f"{insert} ({', '.join(names)}) VALUES {marks} {on_conflict}",
                (tuple(chain(*part[n : n + count])) for n in range(0, len(part), count)),
            )
