"""``published_raw``, as served -> ``published_at``, an aware UTC instant, and ``published_precision``.

The forms of `date_forms` are read by expressions (a few µs); what they do not know goes to dateparser (a few ms). Both
answer None rather than guess: day, month and year must be stated, or follow from the moment of reading as in ``昨天 09:10``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from itemadapter import ItemAdapter

from archive.times import BEIJING
from pipelines import date_forms as forms
from pipelines import plain_times
from pipelines.clock_times import (
    Print,
    Reading,
    as_reading,
    at_clock,
    instant_of_age,
    instant_of_stated_age,
    latest_of,
)
from pipelines.foreign_dates import language_of_text, language_tag, read_age, read_day
from pipelines.persian_dates import YEARS, day_of
from pipelines.time_zones import zone_named, zone_of_site

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

# No news site is older; 1970-01-01 and 0000-00-00 mean "none".
EARLIEST = datetime(1990, 1, 1, tzinfo=BEIJING)
# How far a publisher's clock may be ahead of ours; `SKEW`, where the day or year is inferred.
TOLERANCE = timedelta(hours=1)
ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
"""Behind a day's number, as blogs in any language have it: ``Dezember 16th, 2012``."""
LONGEST = 200  # characters of a printed time with what stands round it
COMMON_PRECISION = {10: "day", 16: "minute", 19: "second"}
COMMON = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)

ISO_MINUTE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(-\d\d:?\d\d)", re.ASCII)
"""ISO 8601 without seconds: there, what follows is an offset and not the end of a span of time."""


def to_utc(
    raw: str | int | float, seen_at: datetime, language: str | None = None, zone: tzinfo | None = BEIJING
) -> tuple[datetime, str] | None:
    """Read the time *raw*, received at *seen_at* (aware), of a page in *language* (``fr``, ``pt-BR``) by a clock in *zone*.

    Gives an aware UTC instant without microseconds, and what the print states: ``second``, ``minute`` or
    ``day``. With ``day`` the instant is 00:00 Beijing time of the printed day, save that an age in hours (``3小时前``)
    keeps its best estimate: coarser than a minute, so that no more than the day is claimed. A time of day without an
    offset is one in *zone*; where that is None, it states no more than its day. Without a year or a day it is the latest not after
    *seen_at* (but for `SKEW`). None when unsure: nothing before 1990, nothing later than an hour after *seen_at*, nothing ambiguous.

    >>> seen = datetime(2022, 3, 1, 8, 30, tzinfo=UTC)
    >>> to_utc("2022年02月21日 15:54", seen)
    (datetime.datetime(2022, 2, 21, 7, 54, tzinfo=datetime.timezone.utc), 'minute')
    >>> to_utc("12", seen) is None  # not "the 12th month, today's day"
    True
    """
    reading = _read(raw, Print(seen_at, language_tag(language), zone))
    if reading is None or not EARLIEST <= reading[0] <= seen_at + TOLERANCE:
        return None
    return reading[0], reading[1]


def _read(raw: str | int | float, printed: Print) -> Reading | None:
    """What *raw* says, not yet held against the bounds of `to_utc`."""
    try:
        if isinstance(raw, str):
            if printed.zone is BEIJING and COMMON.fullmatch(raw) and raw[11:13] != "24":
                return as_reading(
                    datetime.fromisoformat(raw).replace(tzinfo=BEIJING), COMMON_PRECISION[len(raw)]
                )
            return _read_text(raw, printed)
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            return None
        return _read_text(str(int(raw)), printed)
    except (ValueError, OverflowError, KeyError):  # a 30th of February, an hour 25, a NaN, a month Foo
        return None


def _read_text(raw: str, printed: Print) -> Reading | None:
    if len(raw) > LONGEST:
        return None
    text = plain_times.to_plain(raw)
    if epoch := forms.EPOCH.pattern.fullmatch(text):
        whole = epoch[1].partition(".")[0]
        return as_reading(datetime.fromtimestamp(int(whole) // 10 ** (len(whole) - 10), UTC), "second")
    if match := ISO_MINUTE.fullmatch(text):
        reading = _read_text(f"{match[1]}:00{match[2]}", printed)
        return reading and (reading[0], "minute", reading[2])
    if match := _absolute_match(text):
        return _absolute(match, printed)
    text = forms.BEFORE.sub("", forms.AFTER.sub("", text), count=1)
    text = plain_times.NUMERAL.sub(plain_times.from_numeral, text).strip(" \t\r\n,;|()[]")
    if match := _absolute_match(text):
        return _absolute(match, printed)
    if match := forms.DAY_FIRST.pattern.fullmatch(text) or forms.DAY_FIRST_LAST.fullmatch(text):
        return _day_first(match, printed)
    if (reading := _relative(text, printed)) is not None:
        return reading
    if forms.CHANGED_FIRST.match(text) or forms.CLOCK_ONLY.pattern.fullmatch(text):
        return None
    return _by_dateparser(text, printed)


def _absolute_match(text: str) -> re.Match[str] | None:
    for form in forms.FORMS:
        if match := form.pattern.fullmatch(text):
            return match
    return None


def _absolute(match: re.Match[str], printed: Print) -> Reading | None:
    """What a form that states year, month and day says."""
    part = match.groupdict()
    if name := part.get("name") or part.get("name_second"):
        month = forms.MONTHS[name[:3].lower()]
    else:
        month = int(part["month"] or part["month_zh"])
    day = part.get("day") or part.get("day_zh") or part.get("day_first")
    year = part.get("year") or part.get("year_last")
    assert day
    assert year
    numbers = int(year), month, int(day)
    return at_clock(day_of(*numbers) if numbers[0] in YEARS else date(*numbers), part, printed)


def _day_first(match: re.Match[str], printed: Print) -> Reading | None:
    """``21.02.2022``, where its order can be told."""
    order = forms.day_and_month(match, printed.language)
    return (
        at_clock(date(forms.full_year(match["year"]), order[1], order[0]), match.groupdict(), printed)
        if order
        else None
    )


def _relative(text: str, printed: Print) -> Reading | None:
    """Forms that are read from the moment of reading."""
    now = printed.now
    if match := forms.RELATIVE_DAY.pattern.fullmatch(text):
        if printed.zone is None:
            return None
        return at_clock(
            now.date() - timedelta(days=forms.DAYS_AGO[match["word"][0]]), match.groupdict(), printed
        )
    if match := forms.AGO.pattern.fullmatch(text):
        return instant_of_age(match["number"], match["unit"], match["minutes"], now)
    if text in forms.JUST_NOW:
        return as_reading(now.replace(second=0), "minute")
    if printed.zone is not None and (match := forms.CLOCK_ONLY.pattern.fullmatch(text)):
        days = [now.date(), now.date() - timedelta(days=1)]
        return latest_of(days, match.groupdict(), "minute", printed)
    if match := forms.YEARLESS.pattern.fullmatch(text):
        # Lists leave the year out for less than a year: a 29 February is not one of the last leap year.
        month, day = int(match["month"] or match["month_zh"]), int(match["day"] or match["day_zh"])
        years = [year for year in (now.year, now.year - 1) if day <= monthrange(year, month)[1]]
        return latest_of([date(year, month, day) for year in years], match.groupdict(), "day", printed)
    return None


def _by_dateparser(text: str, printed: Print) -> Reading | None:
    """A day or an age in words, with a time of day beside it: ``21 février 2022 à 15h54``, ``gestern, 15:54 Uhr``.

    Day and age are dateparser's; the time of day, which is numbers in every language, is read as in `date_forms`.
    """
    clocks = list(forms.CLOCK_BESIDE.finditer(text))
    if len(clocks) > 1:
        return None
    part: dict[str, str | None] = clocks[0].groupdict() if clocks else {}
    rest = f"{text[: clocks[0].start()]} {text[clocks[0].end() :]}" if clocks else text
    rest = ORDINAL.sub("", forms.EDGES.sub("", rest))
    if day := read_day(rest, printed.language):
        reading = at_clock(day, part, printed)
    elif age := read_age(rest, printed.language):
        reading = instant_of_stated_age(*age, part, printed)
    else:
        return None
    return reading and (reading[0], reading[1], "dateparser")


class NormaliseDatesPipeline:
    """Sets ``published_at`` and ``published_precision`` of every item with a ``published_raw``."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        raw, seen_at = record.get("published_raw"), record.get("retrieved_at")
        if not raw or seen_at is None:
            return item
        reading = _read(raw, Print(seen_at, *clock_of(record)))
        if reading is None or reading[0] < EARLIEST:
            outcome, instant, precision = "unparsed", None, None
        elif reading[0] > seen_at + TOLERANCE:
            outcome, instant, precision = "future", None, None
        else:
            instant, precision, outcome = reading
        record["published_at"], record["published_precision"] = instant, precision
        self.stats.inc_value(f"normalise_dates/{outcome}")
        if record.get("times") and (differing := find_differing(record)):
            record["stated_times"] = differing
            self.stats.inc_value("normalise_dates/differing")
        return item


def find_differing(record: MutableMapping[str, Any]) -> list[dict[str, Any]]:
    """What list and page state of the time of publication, where it is not the same; [] where it is."""
    others = {origin: raw for origin, raw in record["times"].items() if raw != record["published_raw"]}
    if not others:
        return []
    language, zone = clock_of(record)
    statements = [
        (
            record["published_from"],
            record["published_raw"],
            (record["published_at"], record["published_precision"]),
        )
    ]
    for origin, raw in others.items():
        statements.append((origin, raw, to_utc(raw, record["retrieved_at"], language, zone) or (None, None)))
    readings = [reading for _, _, reading in statements]
    coarsest = "day" if any(precision == "day" for _, precision in readings) else "minute"
    if len({moment and cut(moment, coarsest) for moment, _ in readings}) == 1:
        return []
    return [
        {"origin": origin, "published_raw": raw, "published_at": moment, "published_precision": precision}
        for origin, raw, (moment, precision) in statements
    ]


def cut(moment: datetime, precision: str) -> datetime:
    """The Beijing day or the minute of a time.

    >>> cut(datetime(2022, 2, 21, 7, 54, 48, tzinfo=UTC), "minute")
    datetime.datetime(2022, 2, 21, 7, 54, tzinfo=datetime.timezone.utc)
    """
    if precision == "day":
        return moment.astimezone(BEIJING).replace(hour=0, minute=0, second=0)
    return moment.replace(second=0)


TAG = re.compile(r"<[^<>]*>")


def clock_of(record: Mapping[str, Any]) -> tuple[str | None, tzinfo | None]:
    """Language of an item, and the zone of its site's clock: as the page states them, else by its script and its host."""
    text = record.get("headline") or TAG.sub("", (record.get("body_raw") or "")[:2000])
    language, zone = language_of_text(text), record.get("timezone")
    if language and zone:
        return language, zone_named(zone)
    host = urlsplit(record.get("canonical_url") or record.get("share_url") or "").hostname or ""
    language = language or language_tag(record.get("language"), host)
    return language, zone_named(zone) if zone else zone_of_site(host, language)
