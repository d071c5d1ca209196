"""What the operator's commands share: reading an archive without touching it, and tables that fit a terminal."""

from __future__ import annotations

import fcntl
import io
import os
import re
import sqlite3
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

BEIJING = timezone(timedelta(hours=8))
UNITS = {"m": 60, "h": 3600, "d": 86400}
COLOURS = {
    "red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2",
    "removed": "31;9", "added": "32;4",  # struck out, underlined: colours alone tell some readers nothing
}  # fmt: skip


class NoArchive(Exception):
    """There is nothing to read; the message says where it was looked for, and what to do."""


def open_for_reading(data_dir: Path) -> sqlite3.Connection:
    """The archive of *data_dir*, read-only. Raises NoArchive.

    A file at rest is opened as immutable: a reader of a WAL file would otherwise leave ``-wal`` and ``-shm`` beside it.
    """
    path = data_dir / "archive.db"
    if not path.is_file():
        raise NoArchive(
            f"no archive yet: there is no {path}. scrapy crawl makes it; -s DATA_DIR=... looks elsewhere"
        )
    at_rest = not path.with_name("archive.db-wal").exists()
    try:
        conn = sqlite3.connect(f"{path.as_uri()}?mode=ro{'&immutable=1' * at_rest}", uri=True)
        conn.row_factory = sqlite3.Row
        conn.execute("SELECT 1 FROM articles, feeds, crawls LIMIT 1")
    except sqlite3.Error as wrong:
        raise NoArchive(
            f"{path} cannot be read: {wrong}. If its tables are older than this program, a crawl brings them up to date"
        ) from None
    return conn


def rows(conn: sqlite3.Connection, sql: str, *params: Any) -> list[dict[str, Any]]:
    """The answer to a query, a dict a row."""
    return [dict(row) for row in conn.execute(sql, params)]


def lock_holder(data_dir: Path) -> str | None:
    """Who writes to *data_dir* now, as it says itself; None where nobody does.

    The lock is tried shared, so that two who look do not see each other, and let go of at once.
    """
    try:
        with open(data_dir / ".lock", encoding="utf-8", errors="replace") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read(300).strip() or "a process that did not say who it is"
    except OSError:  # never crawled, or not ours to read
        pass
    return None


def span(text: str) -> timedelta:
    """A span of time as people write it. Raises ValueError.

    >>> str(span("15m")), str(span("2h")), str(span("1d"))
    ('0:15:00', '2:00:00', '1 day, 0:00:00')
    """
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", text)
    if not found:
        raise ValueError(f"{text!r} is no span of time: give a number and m, h or d, e.g. 15m, 2h, 1d")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def size(text: str) -> int:
    """Bytes as people write them. Raises ValueError.

    >>> size("500M"), size("1G"), size("0")
    (524288000, 1073741824, 0)
    """
    found = re.fullmatch(r"(\d{1,9})([KMGT]?)", text.upper())
    if not found:
        raise ValueError(f"{text!r} is no size: give a number and K, M, G or T, e.g. 500M, 1G")
    return int(found[1]) * 1024 ** " KMGT".index(found[2] or " ")


def in_bytes(number: int) -> str:
    """Bytes for people.

    >>> in_bytes(512), in_bytes(1536), in_bytes(3 * 1024**3)
    ('512 B', '1.5 KB', '3.0 GB')
    """
    if number < 1024:
        return f"{number} B"
    value, unit = float(number), "B"
    for unit in ("KB", "MB", "GB", "TB"):  # noqa: B007 (the last one reached is the answer)
        value /= 1024
        if value < 1024:
            break
    return f"{value:,.1f} {unit}"


def clock(settings: Any) -> datetime:
    """Now, aware UTC: the clock's, but for a test that sets ``FINEWS_NOW``."""
    given = settings["FINEWS_NOW"]
    return datetime.fromisoformat(given).astimezone(UTC) if given else datetime.now(UTC)


def ago(text: str | None, now: datetime) -> str:
    """How long before *now* a time of the archive was, in one unit.

    >>> ago("2026-02-21T07:00:00Z", datetime(2026, 2, 21, 9, 30, tzinfo=UTC)), ago(None, datetime.now(UTC))
    ('2h ago', 'never')
    """
    if not text:
        return "never"
    seconds = int((now - datetime.fromisoformat(text)).total_seconds())
    if seconds < 0:
        return "ahead of our clock"
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length or (unit == "m" and seconds >= length):
            return f"{seconds // length}{unit} ago"
    return f"{seconds}s ago"


def in_beijing(text: str | None, form: str = "%m-%d %H:%M") -> str:
    """A time of the archive on a Beijing clock.

    >>> in_beijing("2022-02-21T16:10:00Z")
    '02-22 00:10'
    """
    return datetime.fromisoformat(text).astimezone(BEIJING).strftime(form) if text else "-"


def columns(text: str) -> int:
    """Columns of a terminal that *text* takes: Chinese characters take two.

    >>> columns("新京报 ok")
    9
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def fit(text: str, width: int) -> str:
    """*text* as one line of exactly *width* columns: filled up with spaces, or cut with an ellipsis.

    >>> fit("新京报", 8) + "|", fit("新京报记者", 6) + "|"
    ('新京报  |', '新京… |')
    """
    text = "".join(char if char.isprintable() else " " for char in text)
    if columns(text) > width:
        while columns(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns(text))


def colours_wanted() -> bool:
    """Whether standard output is a terminal that wants colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painter(wanted: bool | None = None) -> Any:
    """``paint(text, colour)``: colours where they are *wanted*, else the text as it is."""
    wanted = colours_wanted() if wanted is None else wanted

    def paint(text: str, colour: str) -> str:
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wanted and colour else text

    return paint


def never_fail_to_print() -> None:
    """A terminal whose encoding lacks a character gets an escape, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
