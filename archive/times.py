"""Times as the archive keeps and shows them: UTC text in tables, Beijing days and clocks for readers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))
"""Zone of the source's clocks; China keeps no summer time."""
BEIJING_SQL = "'+8 hours'"
"""The same as a modifier of SQLite's date functions, for UTC text."""


def utc_text(moment: datetime) -> str:
    """*moment*, aware, as the archive writes times.

    >>> utc_text(datetime(2022, 2, 21, 7, 54, 48, tzinfo=UTC))
    '2022-02-21T07:54:48Z'
    """
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"


def published_text(moment: datetime, precision: str) -> str:
    """A time of publication as text: UTC to the second; of a day that day alone, as Beijing counts it.

    >>> published_text(datetime(2022, 2, 20, 16, tzinfo=UTC), "day")
    '2022-02-21'
    """
    return moment.astimezone(BEIJING).date().isoformat() if precision == "day" else utc_text(moment)


def read_utc(text: str) -> datetime:
    """A time as the archive writes it, as an aware instant."""
    return datetime.fromisoformat(text)


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
