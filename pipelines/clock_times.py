"""A day with the time of day printed beside it, or an age -> an instant and what the print states."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from archive.times import BEIJING
from pipelines import date_forms as forms
from pipelines.time_zones import zone_printed

if TYPE_CHECKING:
    from collections.abc import Mapping

SKEW = timedelta(minutes=5)
"""How far a publisher's clock may be ahead of ours where the day or year is inferred: further ahead is taken for the day or year before."""
Reading = tuple[datetime, str, str]
"""Instant (UTC), precision, and who read it: ``fast`` or ``dateparser``."""


class Print(NamedTuple):
    """What is known of a printed time besides its text."""

    seen_at: datetime
    """When it was received, aware."""
    language: str | None
    """As `language_tag` gives it, None where it is not known."""
    zone: tzinfo | None
    """That of the clock that it was read from, None where it is not known."""

    @property
    def now(self) -> datetime:
        return self.seen_at.astimezone(self.zone or UTC)


def as_reading(moment: datetime, precision: str, reader: str = "fast") -> Reading:
    return moment.astimezone(UTC).replace(microsecond=0), precision, reader


def is_end_of_day(part: Mapping[str, str | None]) -> bool:
    """Whether a clock time of 24 hours is that of the day's end: 24:00, 24:00:00."""
    rest = [part.get(name) for name in ("minute", "minute_zh", "second", "second_zh")]
    return not part.get("half") and any(rest) and all(int(value or 0) == 0 for value in rest)


def midnight(day: date) -> Reading:
    return as_reading(datetime(day.year, day.month, day.day, tzinfo=BEIJING), "day")


def at_clock(day: date, part: Mapping[str, str | None], printed: Print) -> Reading | None:
    """*day* with the clock time and zone in *part*. ``下午3点`` names no minute: only its day is claimed."""
    if part.get("hour") == "24" and is_end_of_day(part):
        day, part = day + timedelta(days=1), {**part, "hour": "00"}
    zone_text = part.get("zone") or part.get("zone_before")
    if part.get("hour") is None:
        return None if zone_text else midnight(day)
    meridiem = part.get("meridiem") or part.get("meridiem_before")
    if behind := part.get("half_behind"):
        meridiem = "A" if behind.startswith(forms.MORNING) else "P"
    hour = hour_of_day(int(part["hour"] or 0), part.get("half"), meridiem)
    if hour is None:
        return None
    minute = next((part[name] for name in ("minute", "minute_zh", "minute_h", "minute_point", "minute_kl") if part.get(name)), None)  # fmt: skip
    second = part.get("second") or part.get("second_zh")
    if minute is None:
        return midnight(day)
    if second is None and (zone_text or "").startswith("-"):
        return None  # 09:30-11:30 is a span of time, not an offset
    local = datetime.combine(day, time(hour, int(minute), int(second or 0)))
    zone = zone_printed(zone_text, local, printed.zone) if zone_text else printed.zone
    if zone is None:
        return None if zone_text and forms.OFFSET.fullmatch(zone_text) else midnight(day)
    return as_reading(local.replace(tzinfo=zone), "second" if second else "minute")


def hour_of_day(hour: int, half: str | None, meridiem: str | None = None) -> int | None:
    """Hour of the day of ``下午 3`` or ``3 PM``; None where the word does not fit the number or leaves two readings."""
    if hour > 23 or (half and meridiem):
        return None
    if meridiem or half in ("오전", "오후"):
        after_noon = meridiem in ("P", "p") or half == "오후"
        if hour > 12 or not hour:  # 15:05 PM
            return hour if hour > 12 and after_noon else 0 if half == "오전" and not hour else None
        return hour % 12 + (12 if after_noon else 0)
    if not half:
        return hour
    if half == "凌晨":
        return hour % 12 if hour <= 6 or hour == 12 else None
    if half == "午後":
        return hour + 12 if hour < 12 else hour
    if half[0] in "清早晨上" or half == "午前":
        return hour if hour < 12 else None  # 上午12:05 is noon to people, midnight to software
    if half in ("中午", "正午", "午间", "午間"):
        return hour if 11 <= hour <= 14 else hour + 12 if hour in (1, 2) else None
    if half in ("下午", "午后"):
        return hour if hour >= 12 else hour + 12 if hour else None
    return hour if hour >= 17 else hour + 12 if 5 <= hour <= 11 else None  # 晚上12:05: of which day?


def instant_of_age(number: str, unit: str, minutes: str | None, now: datetime) -> Reading | None:
    kind = unit[0]
    if kind in forms.DAYS:
        if number == "半" or minutes:
            return None
        return midnight(now.date() - timedelta(days=int(number) * forms.DAYS[kind]))
    seconds = forms.SECONDS[kind]
    if minutes and seconds != 3600:
        return None
    age = timedelta(seconds=seconds / 2 if number == "半" else seconds * int(number))
    if minutes:
        return as_reading((now - age - timedelta(minutes=int(minutes))).replace(second=0), "minute")
    return as_reading((now - age).replace(second=0), "day" if seconds == 3600 else "minute")


def latest_of(days: list[date], part: Mapping[str, str | None], least: str, printed: Print) -> Reading | None:
    """The first of *days* (latest first) at the time in *part* that is not after the moment of reading; None if it says
    less than *least*."""
    for day in days:
        reading = at_clock(day, part, printed)
        if reading is None or (least == "minute" and reading[1] == "day"):
            return None
        if reading[0] <= printed.seen_at + SKEW:
            return reading
    return None


def instant_of_stated_age(
    age: timedelta, unit: str, part: Mapping[str, str | None], printed: Print
) -> Reading | None:
    """So long before the moment of reading; a day, counted in the site's zone, may have its time of day."""
    now = printed.now
    if unit in ("day", "week"):
        if printed.zone is None and age.days < 3:
            return None
        return at_clock(now.date() - age, part, printed)
    if part:
        return None
    return as_reading((now - age).replace(second=0), "day" if unit == "hour" else "minute")
