"""Times as the archive keeps and shows them: UTC text in tables, Beijing days and clocks for readers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from archive.language import gettext, gettext_noop

BEIJING = timezone(timedelta(hours=8))
"""Zone of the source's clocks; China keeps no summer time."""
WEEKDAYS = (
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
)


def weekday_name(day: str) -> str:
    """The short name of a day's weekday, for people.

    >>> weekday_name("2026-06-30")
    'Tue'
    """
    return gettext(WEEKDAYS[date.fromisoformat(day).weekday()])


@lru_cache(64)  # a crawl writes the times of an article seven times, most of them the one of its retrieval
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
    moment = settings["FINEWS_NOW"]
    return datetime.fromisoformat(moment).astimezone(UTC) if moment else datetime.now(UTC)


AGES = (
    (gettext_noop("{count}d ago"), 86400, 2 * 86400),
    (gettext_noop("{count}h ago"), 3600, 2 * 3600),
    (gettext_noop("{count}m ago"), 60, 60),
)
"""Forms of `ago`, the seconds of their unit, and from how many seconds on each is used."""


def ago(text: str | None, now: datetime) -> str:
    """How long before *now* a time of the archive was, in one unit.

    >>> ago("2026-02-21T07:00:00Z", datetime(2026, 2, 21, 9, 30, tzinfo=UTC)), ago(None, datetime.now(UTC))
    ('2h ago', 'never')
    """
    if not text:
        return gettext("never")
    seconds = int((now - datetime.fromisoformat(text)).total_seconds())
    if seconds < 0:
        return gettext("ahead of our clock")
    for form, length, least in AGES:
        if seconds >= least:
            return gettext(form, count=seconds // length)
    return gettext("{count}s ago", count=seconds)


def in_beijing(text: str | None, form: str = "%m-%d %H:%M") -> str:
    """A time of the archive on a Beijing clock; what somebody else wrote in its place as it is.

    >>> in_beijing("2022-02-21T16:10:00Z"), in_beijing("soon"), in_beijing("9999-12-31T20:00:00Z")
    ('02-22 00:10', 'soon', '9999-12-31T20:00:00Z')
    """
    try:
        return datetime.fromisoformat(text).astimezone(BEIJING).strftime(form) if text else "-"
    except (ValueError, OverflowError):
        return text or "-"
