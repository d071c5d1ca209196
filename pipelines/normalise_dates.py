"""``published_raw``, as served -> ``published_at``, an aware UTC instant, and ``published_precision``.

Chinese, ISO, e-mail and epoch forms are read by the expressions below (a few µs); what they do not know goes
to dateparser (a few ms). Both answer None rather than guess: day, month and year must be stated, or follow
from the moment of reading as in ``昨天 09:10``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from html import unescape
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

# Fixed, not Asia/Shanghai: China last moved its clocks in 1991, and a zone with that summer time in it would
# set archived articles of before 1992 an hour off from what they print ("Beijing time" always means +08:00).
BEIJING_OFFSET = timedelta(hours=8)
BEIJING = timezone(BEIJING_OFFSET)
# No news site is older; 1970-01-01 and 0000-00-00 mean "none".
EARLIEST = datetime(1990, 1, 1, tzinfo=BEIJING)
# How far a publisher's clock may be ahead of ours ...
TOLERANCE = timedelta(hours=1)
# ... and how far where the day or year is inferred: further ahead is taken for the day or year before.
SKEW = timedelta(minutes=5)

Reading = tuple[datetime, str, str]
"""Instant (UTC), precision, and who read it: ``fast`` or ``dateparser``."""

_COMMON = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)
_COMMON_PRECISION = {10: "day", 16: "minute", 19: "second"}

_CLOCK = r"""
    (?P<half>凌晨|清晨|早晨|早上|早|晨|上午|中午|下午|傍晚|晚上|晚间|晚間|晚|夜间|夜間|夜)?\s*
    (?P<hour>\d{1,2})\s*(?:
        :\s*(?P<minute>\d\d)(?:\s*:\s*(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?:\s*(?P<meridiem>[AaPp])\.?[Mm](?![A-Za-z])\.?)?
      | [时時点點]\s*(?:(?P<minute_zh>\d{1,2})\s*分\s*(?:(?P<second_zh>\d{1,2})\s*秒)?)?
    )
"""
_WEEKDAY = r"\(?(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]\)?"
_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?|\(?北京[时時][间間]\)?)?"
_FLAGS = re.ASCII | re.VERBOSE
_ABSOLUTE = re.compile(
    rf"""
    (?P<year>\d{{4}})\s*(?:
        (?P<sep>[-/.])\s?(?P<month>\d{{1,2}})\s?(?P=sep)\s?(?P<day>\d{{1,2}})(?![\d.])
      | 年\s*(?P<month_zh>\d{{1,2}})\s*月\s*(?P<day_zh>\d{{1,2}})\s*[日号號]
    )
    (?:[\s,]*{_WEEKDAY})?
    (?:[\s,T]*{_CLOCK})?
    \s*{_ZONE}
    """,
    _FLAGS,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[\sT]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_YEARLESS = re.compile(
    rf"""
    (?: (?P<month_zh>\d{{1,2}})\s*月\s*(?P<day_zh>\d{{1,2}})\s*[日号號]
      | (?P<month>\d\d)(?P<sep>[-/])(?P<day>\d\d)(?=[\s(星周週].*:)  # 02-21 alone could be anything
    )
    (?:[\s,]*{_WEEKDAY})?
    (?:[\s,]*{_CLOCK})?
    """,
    _FLAGS,
)
_RELATIVE_DAY = re.compile(
    rf"(?P<word>今天|今日|昨天|昨日|前天|前日|[今昨](?=[早晨晚夜]))(?:[\s,]*{_CLOCK})?", _FLAGS
)
_CLOCK_ONLY = re.compile(_CLOCK, _FLAGS)
_AGO = re.compile(
    r"[约約]?\s*(?P<number>\d{1,4}|半)\s*[个個]?\s*(?P<unit>秒|分|小时|小時|天|日)[钟鐘]?(?:\s*(?P<minutes>\d{1,2})\s*分[钟鐘]?)?\s*(?:之|以)?前",
    re.ASCII,
)
_JUST_NOW = frozenset(("刚刚", "剛剛", "刚才", "剛才"))
_MAIL = re.compile(
    r"(?:[A-Za-z]{3},?\s+)?(?P<day>\d{1,2})\s+(?P<name>[A-Za-z]{3})\s+(?P<year>\d{4})\s+"
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<zone>Z|UTC?|GMT|[+-]\d{4})",
    re.ASCII,
)
_EPOCH = re.compile(
    r"(?:/Date\()?(\d{10}(?:\.\d+)?|\d{13}(?:\.\d+)?|\d{16}|\d{19})(?:[+-]\d{4})?(?:\)/)?", re.ASCII
)
# As scripts write the zone's name behind the offset.
_ZONE_NAME = re.compile(
    r"\s*(?:\((?:中国标准时间|中國標準時間|China Standard Time|CST)\)|\[Asia/Shanghai\])$"
)

# Full-width signs, dashes and wide spaces become the plain ones; bidi marks and BOM go.
_PLAIN: Mapping[int, Any] = {
    **{ord("０") + digit: str(digit) for digit in range(10)},
    **{
        ord(sign): plain
        for sign, plain in zip("：／－．，（）＋–\u00a0\u2009\u202f\u3000", ":/-.,()+-    ", strict=True)
    },
    **dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff")),
}
_BEFORE = re.compile(
    r"""
    (?:(?:来源|來源)\s*:\s*\S+\s+)?
    (?:北京[时時][间間]\s*:?\s*)?
    (?:\(?(?:星期|周|週)[一二三四五六日天]\)?[\s,]*(?=\d{4}))?
    (?:(?: [发發][布佈表]?[于於]
         | (?:发布|發布|發佈|发表|發表|刊发|刊發|发稿|發稿)?(?:时间|時間|日期)
         | 发布|發布|發佈|发表|發表
       )\s*:?\s*)?
    """,
    _FLAGS,
)
_AFTER = re.compile(
    r"""
    (?<=.)\s*(?:
        (?:来源|來源|作者|记者|記者|编辑|編輯|责编|責編|责任编辑|責任編輯)\s*:.*
      | 发布|發布|發佈|发表|發表
    )$
    """,
    _FLAGS | re.DOTALL,
)
_DIGITS = dict(zip("〇一二三四五六七八九零○两兩", (*range(10), 0, 0, 2, 2), strict=True))
_NUMERAL = re.compile(r"[〇零○一二三四五六七八九十两兩]+(?=\s*(?:[年月日号號时時点點分秒天]|个?小[时時]))")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WORD = re.compile(r"[A-Za-z]+")
_KNOWN = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|[apm]|[ap]m|st|nd|rd|th|t|at|on|of|the|z|utc|gmt"
    r"|ago|yesterday|today|(?:second|minute|min|hour|day)s?"
    r"|(?:jan|febr)(?:uary)?|feb|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?|(?:septem|octo|novem|decem)ber|oct|nov|dec"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_ENGLISH_AGO = re.compile(
    r"\d{1,3}\s+(?P<unit>second|minute|min|hour|day)s?\s+ago$|(?:yesterday|today)\b", re.ASCII | re.I
)
_ENGLISH_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d\d(?::(?P<second>\d{1,2}))?(?!\d)", re.ASCII)


def to_utc(raw: str | int | float, seen_at: datetime) -> tuple[datetime, str] | None:
    """Read the time *raw*, printed by a Chinese source and received at *seen_at* (aware).

    Gives an aware UTC instant without microseconds, and what the print states: ``second``, ``minute`` or
    ``day``. With ``day`` the instant is 00:00 Beijing time, save that an age in hours (``3小时前``) keeps its
    best estimate: coarser than a minute, so that no more than the day is claimed. Without an offset a time is
    Beijing time; without a year or a day it is the latest not after *seen_at* (but for `SKEW`).
    None when unsure: nothing before 1990, nothing later than an hour after *seen_at*, nothing ambiguous.

    >>> seen = datetime(2022, 3, 1, 8, 30, tzinfo=UTC)
    >>> to_utc("2022年02月21日 15:54", seen)
    (datetime.datetime(2022, 2, 21, 7, 54, tzinfo=datetime.timezone.utc), 'minute')
    >>> to_utc("12", seen) is None  # not "the 12th month, today's day"
    True
    """
    found = _read(raw, seen_at)
    if found is None or found[0] < EARLIEST or found[0] > seen_at + TOLERANCE:
        return None
    return found[0], found[1]


def _read(raw: str | int | float, seen_at: datetime) -> Reading | None:
    """What *raw* says, not yet held against the bounds of `to_utc`."""
    try:
        if isinstance(raw, str):
            if _COMMON.fullmatch(raw) and raw[11:13] != "24":
                instant = (datetime.fromisoformat(raw) - BEIJING_OFFSET).replace(tzinfo=UTC)
                return instant, _COMMON_PRECISION[len(raw)], "fast"
            return _read_text(raw, seen_at)
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            return None
        return _read_text(str(int(raw)), seen_at)
    except (ValueError, OverflowError, KeyError):  # a 30th of February, an hour 25, a NaN, a month Foo
        return None


def _utc(stated: datetime, precision: str, reader: str = "fast") -> Reading:
    return stated.astimezone(UTC).replace(microsecond=0), precision, reader


def _read_text(raw: str, seen_at: datetime) -> Reading | None:
    if len(raw) > 200:
        return None
    text = raw.translate(_PLAIN).strip()
    if "&" in text:
        text = " ".join(unescape(text).replace("\u00a0", " ").split())
    text = _ZONE_NAME.sub("", text)
    if epoch := _EPOCH.fullmatch(text):
        whole = epoch[1].partition(".")[0]
        return _utc(datetime.fromtimestamp(int(whole) // 10 ** (len(whole) - 10), UTC), "second")
    if match := _ABSOLUTE.fullmatch(text) or _COMPACT.fullmatch(text) or _MAIL.fullmatch(text):
        return _absolute(match)
    text = _BEFORE.sub("", _AFTER.sub("", text), count=1)
    text = _NUMERAL.sub(_from_numeral, text).strip(" \t\r\n,;|()[]")
    if match := _ABSOLUTE.fullmatch(text) or _COMPACT.fullmatch(text) or _MAIL.fullmatch(text):
        return _absolute(match)
    now = seen_at.astimezone(BEIJING)
    if match := _RELATIVE_DAY.fullmatch(text):
        return _on(now.date() - timedelta(days="今昨前".index(match["word"][0])), match.groupdict())
    if match := _AGO.fullmatch(text):
        return _ago(match["number"], match["unit"], match["minutes"], now)
    if text in _JUST_NOW:
        return _utc(now.replace(second=0), "minute")
    if match := _CLOCK_ONLY.fullmatch(text):
        return _latest(now, [now.date(), now.date() - timedelta(days=1)], match.groupdict(), "minute")
    if match := _YEARLESS.fullmatch(text):
        # Lists leave the year out for less than a year: a 29 February is not one of the last leap year.
        month, day = int(match["month"] or match["month_zh"]), int(match["day"] or match["day_zh"])
        years = [year for year in (now.year, now.year - 1) if day <= monthrange(year, month)[1]]
        days = [date(year, month, day) for year in years]
        return _latest(now, days, match.groupdict(), "day")
    return _by_dateparser(text, now)


def _from_numeral(match: re.Match[str]) -> str:
    """``二〇二二`` -> ``2022``, ``二十一`` -> ``21``; anything else as it is."""
    sign = match[0]
    if "十" not in sign:
        return "".join(str(_DIGITS[each]) for each in sign)
    tens, _, ones = sign.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return sign
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))


def _absolute(match: re.Match[str]) -> Reading | None:
    part = match.groupdict()
    if name := part.get("name"):
        month = _MONTHS[name.lower()]
    else:
        month = int(part["month"] or part["month_zh"])
    return _on(date(int(part["year"]), month, int(part["day"] or part["day_zh"])), part)


def _ends_day(part: Mapping[str, str | None]) -> bool:
    """Whether a clock time of 24 hours is that of the day's end: 24:00, 24:00:00."""
    rest = [part.get(name) for name in ("minute", "minute_zh", "second", "second_zh")]
    return not part.get("half") and any(rest) and all(int(one or 0) == 0 for one in rest)


def _on(day: date, part: Mapping[str, str | None]) -> Reading | None:
    """*day* with the clock time and zone in *part*. ``下午3点`` names no minute: only its day is claimed."""
    if part.get("hour") == "24" and _ends_day(part):
        day, part = day + timedelta(days=1), {**part, "hour": "00"}
    midnight = datetime(day.year, day.month, day.day, tzinfo=_zone(part.get("zone")))
    if part.get("hour") is None:
        return None if part.get("zone") else _utc(midnight, "day")
    hour = _hour(int(part["hour"] or 0), part.get("half"), part.get("meridiem"))
    if hour is None:
        return None
    minute, second = part.get("minute") or part.get("minute_zh"), part.get("second") or part.get("second_zh")
    stated = midnight.replace(hour=hour, minute=int(minute or 0), second=int(second or 0))
    if minute is None:
        return _utc(midnight, "day")
    if second is None and (part.get("zone") or "").startswith("-"):
        return None  # 09:30-11:30 is a span of time, not an offset
    return _utc(stated, "second" if second else "minute")


def _zone(sign: str | None) -> timezone:
    if not sign or "北京" in sign:
        return BEIJING
    if sign[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(sign[1:3]), minutes=int(sign[3:].lstrip(":") or 0))
    if offset > timedelta(hours=14):
        raise ValueError(f"no zone has the offset {sign}")
    return timezone(-offset if sign[0] == "-" else offset)


def _hour(hour: int, half: str | None, meridiem: str | None = None) -> int | None:
    """Hour of the day of ``下午 3`` or ``3 PM``; None where the word does not fit the number or leaves two readings."""
    if hour > 23 or (half and meridiem):
        return None
    if meridiem:
        if hour > 12 or not hour:  # 15:05 PM
            return hour if hour > 12 and meridiem in "Pp" else None
        return hour % 12 + (12 if meridiem in "Pp" else 0)
    if not half:
        return hour
    if half == "凌晨":
        return hour % 12 if hour <= 6 or hour == 12 else None
    if half[0] in "清早晨上":
        return hour if hour < 12 else None  # 上午12:05 is noon to people, midnight to software
    if half == "中午":
        return hour if 11 <= hour <= 14 else hour + 12 if hour in (1, 2) else None
    if half == "下午":
        return hour if hour >= 12 else hour + 12 if hour else None
    return hour if hour >= 17 else hour + 12 if 5 <= hour <= 11 else None  # 晚上12:05: of which day?


def _ago(number: str, unit: str, minutes: str | None, now: datetime) -> Reading | None:
    if minutes and unit[0] != "小":
        return None
    if unit in "天日":
        return None if number == "半" else _on(now.date() - timedelta(days=int(number)), {})
    seconds = {"秒": 1, "分": 60, "小": 3600}[unit[0]]
    age = timedelta(seconds=seconds / 2 if number == "半" else seconds * int(number))
    if minutes:
        return _utc((now - age - timedelta(minutes=int(minutes))).replace(second=0), "minute")
    return _utc((now - age).replace(second=0), "day" if seconds == 3600 else "minute")


def _latest(now: datetime, days: list[date], part: Mapping[str, str | None], least: str) -> Reading | None:
    """The first of *days* (latest first) at the time in *part* that is not after *now*; None if it says less
    than *least*."""
    for day in days:
        found = _on(day, part)
        if found is None or (least == "minute" and found[1] == "day"):
            return None
        if found[0] <= now + SKEW:
            return found
    return None


def _by_dateparser(text: str, now: datetime) -> Reading | None:
    """English forms: ``Feb 21, 2022 3:54 PM``, ``2 hours ago``.

    dateparser alone would take ``21日`` for "21 days ago", ``22-02-21`` for 2021, 2/3/2022 for February and
    CST for Chicago; so only words that we know may occur, and its answer has to repeat the printed numbers.
    """
    words = {word.lower() for word in _WORD.findall(text)}
    if not text.isascii() or not all(_KNOWN.fullmatch(word) for word in words):
        return None
    relative = _ENGLISH_AGO.match(text)
    year = _YEAR.search(text)
    if not relative and not year:
        return None
    import dateparser  # 0.1 s: most crawls never get here

    found = dateparser.parse(
        text,
        languages=["zh", "zh-Hant", "en"],
        settings={
            "STRICT_PARSING": True,
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "TIMEZONE": "+0800",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    if found is None:
        return None
    clock = _ENGLISH_CLOCK.search(text)
    if relative:
        if clock:
            return _utc(found, "second" if clock["second"] else "minute", "dateparser")
        unit = (relative["unit"] or "day").lower()
        if unit == "day":
            return _utc(found.replace(hour=0, minute=0, second=0), "day", "dateparser")
        return _utc(found.replace(second=0), "day" if unit == "hour" else "minute", "dateparser")
    assert year is not None
    numbers = [int(number) for number in re.findall(r"\d+", text[: year.start()] + " " + text[year.end() :])]
    named = any(word[:3] in _MONTHS and _MONTHS[word[:3]] == found.month for word in words)
    if found.year != int(year[0]) or found.day not in numbers or not (named or found.month in numbers):
        return None
    if not named and found.day != found.month and found.day <= 12:
        return None  # 2/3/2022: of February or of March?
    if clock is None:
        return _utc(found, "day", "dateparser") if (found.hour, found.minute) == (0, 0) else None
    return _utc(found, "second" if clock["second"] else "minute", "dateparser")


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
        found = _read(raw, seen_at)
        if found is None or found[0] < EARLIEST:
            what, at, precision = "unparsed", None, None
        elif found[0] > seen_at + TOLERANCE:
            what, at, precision = "future", None, None
        else:
            at, precision, what = found
        record["published_at"], record["published_precision"] = at, precision
        self.stats.inc_value(f"normalise_dates/{what}")
        return item
