"""The archive, read without touching it: the way in for commands, reports, exports and notebooks."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from archive.language import gettext


class NoArchive(Exception):
    """No readable archive; the message says where, why, and what to do."""


OF_ANOTHER_USER = "Run this as the user whose archive it is, or change its mode"
"""The remedy where permission is denied."""
READ_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What reading a database raises: a damaged schema can hold bytes that Python cannot decode."""


def is_on_full_disk(path: Path) -> bool:
    """Whether there is no room left for what SQLite puts beside a database, to read it as well."""
    return shutil.disk_usage(path.parent).free < 65_536


def could_not_write(exc: Exception) -> bool:
    """Whether a database could not be written, whatever state it is in."""
    name = getattr(exc, "sqlite_errorname", "")
    return name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and "READ" not in name)


def why_unwritten(path: Path, exc: sqlite3.Error, otherwise: str = "") -> str:
    """That the database at *path* cannot be written, why, and the remedy: *otherwise* where SQLite does not tell."""
    if getattr(exc, "sqlite_errorname", "") == "SQLITE_FULL":
        remedy = "Make room"
    elif path.exists() and not os.access(path, os.R_OK | os.W_OK):
        remedy = OF_ANOTHER_USER
    elif is_on_full_disk(path):
        remedy = "The disk is full: make room"
    elif could_not_write(exc):
        remedy = (
            "Is there a quota, or a limit on the size of files (ulimit -f)? Otherwise the disk may be failing"
        )
    else:
        remedy = otherwise or find_odd_value(path if path.is_file() else path / "archive.db") or ""
    return f"{path} cannot be written: {exc}{'. ' * bool(remedy)}{remedy}"


def explain_unreadable(path: Path, exc: Exception) -> str:
    """Why the archive at *path* could not be read, and the remedy."""
    if isinstance(exc, READ_ERRORS):
        reason = str(exc) if isinstance(exc, sqlite3.Error) else "its schema is not UTF-8"
    else:
        reason = f"{type(exc).__name__}: {exc}"
    if isinstance(exc, PermissionError) or (path.exists() and not os.access(path, os.R_OK)):
        reason, remedy = "permission denied", OF_ANOTHER_USER
    elif path.is_file() and not path.stat().st_size:
        reason, remedy = "it is empty", "Restore a backup (scrapy restore)"
    elif is_on_full_disk(path):
        remedy = "The disk is full: make room; nothing was damaged by that"
    elif path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK):
        remedy = f"What was written last is in {path.name}-wal, and cannot be read where {path.parent} cannot be written: copy the folder"
    elif reason.startswith(("no such table", "no such column")):
        remedy = "If its tables are older than this program, a crawl brings them up to date"
    elif odd := find_odd_value(path):
        remedy = odd
    else:
        remedy = (
            f"Check the file (sqlite3 {path} 'PRAGMA integrity_check') and restore a backup if it is damaged"
        )
    return f"{path} cannot be read: {reason}. {remedy}"


def check_is_there(data_dir: Path) -> Path:
    """The database of *data_dir*. Raises NoArchive where there is none, or none that may be looked at."""
    path = data_dir / "archive.db"
    try:
        if path.is_file():
            return path
    except PermissionError as exc:
        raise NoArchive(explain_unreadable(path, exc)) from None
    if data_dir.exists() and not data_dir.is_dir():
        raise NoArchive(f"{data_dir} is not a folder; -s DATA_DIR=... selects another")
    raise NoArchive(
        f"no archive yet: there is no {path}. scrapy crawl creates it; -s DATA_DIR=... selects another"
    )


def find_odd_value(path: Path) -> str | None:
    """A sentence about the first value that no crawl writes, in the archive at *path*; None where there is none, or it cannot be read."""
    from archive.odd_values import find_odd_values  # late: for what has failed

    with suppress(sqlite3.Error, OSError, UnicodeError), closing(connect_to_read(path)) as conn:
        for value in find_odd_values(conn):
            return gettext(
                "{value}, as no crawl writes it: was the archive edited by hand? scrapy verify lists all such values",
                value=value,
            )
    return None


def open_for_reading(data_dir: Path) -> sqlite3.Connection:
    """The archive of *data_dir*, read-only. Raises NoArchive.

    What is read in one transaction is of one moment, whatever a crawl that begins meanwhile writes. A reader that may only read would
    leave ``-wal`` and ``-shm`` beside a file at rest: one that may write takes them away when it closes. Where the folder cannot
    be written to, a file at rest is immutable.
    """
    path = check_is_there(data_dir)
    mode = "ro"
    if not path.with_name("archive.db-wal").exists():
        mode = "rw" if os.access(path.parent, os.W_OK) else "ro&immutable=1"
    try:
        conn = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True)
        conn.execute("PRAGMA query_only = ON")
        conn.row_factory = sqlite3.Row
        conn.execute("SELECT 1 FROM articles, feeds, crawls LIMIT 1")
    except READ_ERRORS as exc:
        raise NoArchive(explain_unreadable(path, exc)) from None
    return conn


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A database that may be written to meanwhile, read-only; also of one at rest on a disk that cannot be written to. Raises
    sqlite3.Error.

    The journal of a transaction that was killed is taken back first, which SQLite leaves to a connection that may write.
    """
    if path.with_name(f"{path.name}-journal").exists() and os.access(path, os.W_OK):
        with closing(sqlite3.connect(path, timeout=30)) as conn:
            conn.execute("SELECT 1 FROM sqlite_master").fetchone()
    return sqlite3.connect(uri_to_read(path), uri=True, timeout=30)


def uri_to_read(path: Path) -> str:
    """What opens a database read-only, which may be written to meanwhile. One at rest in a folder that cannot be written to, as on a
    disk that is mounted read-only, is immutable: SQLite would need a ``-shm`` beside it."""
    at_rest = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' * at_rest}"


def rows(conn: sqlite3.Connection, sql: str, *params: Any) -> list[dict[str, Any]]:
    """The answer to a query, a dict a row."""
    return [dict(row) for row in conn.execute(sql, params)]
