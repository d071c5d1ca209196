"""When a page says that its article came out: as printed near the headline, else as its metadata state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.document import Document
from crawler.extraction.stated_times import (
    find_in_address,
    find_in_elements,
    find_in_metadata,
    find_in_permalink,
    find_in_scripts,
    with_own_offset,
)
from pipelines.printed_times import (
    CHANGED,
    OFFSET,
    SHORT,
    PrintedTime,
    find_age,
    find_times,
    language_of_text,
    language_tag,
    moment_of,
    zone_of_site,
)

LANGUAGE = re.compile(r"<html\b[^<>]*?\s(?:xml:)?lang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
SAME = timedelta(hours=26)
"""Times that are no farther apart may be one: by the clocks of two zones, or a day and its time."""
DRAFT = timedelta(days=3)
"""How long a text may be under way once it has its address."""
UNTIL = re.compile(r"\b(?:bis|until|till|jusqu['’]au|hasta(?: el)?|fino al|até|tot|до)\s$")
"""What stands before the day of an end."""
PROSE = 100  # characters of a line besides its date from which it is taken for a sentence
FIRST_LINES = 12  # of the text, among which a date may stand
SHORT_LINE = 60  # characters
YEAR_MONTH = r"(?P<year>20\d\d)\s?[年./-]\s?(?P<month>\d\d?)月?"
LEAVES = (
    re.compile(rf"(?P<day>\d\d?)日?\s?{YEAR_MONTH}"),
    re.compile(rf"{YEAR_MONTH}\s(?P<day>\d\d?)日?"),
    re.compile(r"(?P<month>\d\d?)[./月-](?P<day>\d\d?)日?\s?(?P<year>20\d\d)年?"),
    re.compile(r"(?P<year>20\d\d)年?\s?(?P<month>\d\d?)[./月-](?P<day>\d\d?)日?"),
)
"""A calendar's leaf: the day large, year and month in an element of their own."""
FILED = re.compile(
    r"[\s|,·–-]{0,9}(?:Kategorien?|Rubrik|Ressort|Categor(?:y|ies|ía|ia)|Catégorie|Rubrique|Rubriek|Kategoria|Рубрика)\s?:"
)
"""What says behind a date under what its article is filed."""
CLOCK_ONLY = re.compile(r"\d{1,2}:\d\d")
OPENING = re.compile(r"[^.!?]{0,30}[-|·•(\[/–—]\s*|\s*")
CLOSING = re.compile(r"\s*(?:[-|·•)\]:/–—„“«\"]|\.(?:\s|$)|$)")
"""What may stand before and behind the date of a dateline: a place, and marks."""
UTC_OFFSET = re.compile(r"(?:Z|[+-]00:?00)$")
CLOCK_AND_OFFSET = re.compile(
    r"(?P<local>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<hours>[+-]\d\d):?(?P<minutes>\d\d)"
)
OF_ANOTHER = re.compile(
    r"\(@\w+\)|Aktuelle[sr]? (?:Datum|Zeit)|Heute ist|current (?:date|time)|It is currently|Date actuelle|今天是",
    re.IGNORECASE,
)
"""What stands in front of the date of an embedded post, or of the moment."""


def find_language(document: Document) -> str | None:
    """The language that the page states for itself, as it states it: ``zh-CN``, ``fr``."""
    declared = LANGUAGE.search(document.html)  # the tree has a root of its own
    stated = (
        declared and declared[1], document.meta.get("og:locale"), document.meta.get("content-language"),
        document.linked_data.get("inLanguage"),
    )  # fmt: skip
    return next((tag.strip() for tag in stated if isinstance(tag, str) and tag.strip()), None)


def find_published(
    document: Document, near: list[str], after: list[str], text: Iterable[str] = ()
) -> str | None:
    """The time of publication as the page states it; None where it states none.

    *near* are the lines between headline and text, *after* those behind the text, *text* its own first ones.
    """
    language = language_tag(find_language(document), urlsplit(document.url).hostname or "")
    stated = find_stated(document, near, after, text, language)
    day = find_in_permalink(document.url)
    if stated and day and not is_same(stated, day, language, DRAFT):
        return day  # the address stays when a text is published anew
    return with_own_offset(stated, document.html) if stated else None


def find_stated(
    document: Document, near: list[str], after: list[str], text: Iterable[str], language: str | None
) -> str | None:
    """The best of the times that a page states."""
    shown = find_best_time((*near, *join_badges(near)), language) or find_dated_line(text, language)
    if shown and shown.has_clock:
        return with_zone(shown, document, language)
    named, others = readable_metadata(document, language)
    if precise := find_precise(shown, [*named, *others], named, language):
        return precise
    known = shown.raw if shown else next(iter((*named, *others)), None)
    elements = [with_day(raw, document.url) for raw in find_in_elements(document)]
    timed = (time for time in elements if has_clock(time))
    in_scripts = find_in_scripts(document.html)
    short = find_short(document.url, near, [*named, *others, *elements])
    for time in (*timed, *([short] if short else ()), *in_scripts):
        if known is None or is_same(time, known, language):
            return time
    if known or elements:
        return known or elements[0]
    address = find_in_address(document.url, language)
    later = find_best_time(after, language)
    if later and (address is None or is_same(later.raw, address, language)):
        return later.raw
    if age := next((age for line in near if (age := find_age(line, language))), None):
        return age
    return address


def join_badges(lines: Iterable[str]) -> list[str]:
    """The dates of which one line has the day and the next one year and month, or the other way round: calendars' leaves.

    >>> join_badges(["21", "2024年02月", "分享"]), join_badges(["2024", "02-21"]), join_badges(["21", "评论 2024"])
    (['2024-02-21'], ['2024-02-21'], [])
    """
    lines = [*map(str.strip, lines)]
    pairs = (*lines, *(f"{line} {below}" for line, below in pairwise(lines)))
    matches = [match for pair in pairs for leaf in LEAVES if (match := leaf.fullmatch(pair))]
    return [f"{match['year']}-{match['month']:0>2}-{match['day']:0>2}" for match in matches]


def with_day(raw: str, url: str) -> str:
    """A time of day alone with the day of the address before it, where that has one.

    >>> with_day("16:45", "https://news.example/2020/08/24/a"), with_day("3 March 2020", "https://news.example/2020/08/24/a")
    ('2020-08-24 16:45', '3 March 2020')
    """
    day = find_in_address(url, None) if CLOCK_ONLY.fullmatch(raw) else None
    return f"{day} {raw}" if day else raw


def readable_metadata(document: Document, language: str | None) -> tuple[list[str], list[str]]:
    """What the metadata state, named as the publication and otherwise, where it can be read."""
    named, others = find_in_metadata(document)
    return [raw for raw in named if moment_of(raw, language)], [
        raw for raw in others if moment_of(raw, language)
    ]


def with_zone(shown: PrintedTime, document: Document, language: str | None) -> str:
    """The time that is *shown*, or the same one in the metadata, which state its zone as well."""
    if shown.raw[:4].isdigit() and language_of_text(document.title) == "zh":
        return shown.raw  # Chinese metadata often call Beijing's time UTC
    named, others = readable_metadata(document, language)
    zoned = [time for time in (*named, *others) if OFFSET.search(time)]
    if own := next((raw for time in zoned if (raw := with_doubled_offset(time, shown.raw, language))), None):
        return own
    # Some of them write the clock of Tokyo or Cairo and call it UTC.
    if zone_of_site(urlsplit(document.url).hostname or "", language):
        zoned = [time for time in zoned if not is_mislabelled(time, shown.raw, language)]
    if same := next((time for time in zoned if is_same(time, shown.raw, language)), None):
        return same
    return next((time for time in zoned if time in named or not shown.certainty), shown.raw)


def is_mislabelled(zoned: str, shown: str, language: str | None = None) -> bool:
    """Whether a time that calls itself UTC has the digits of the clock that a page shows.

    >>> is_mislabelled("2018-06-18T10:01:00.000Z", "2018年6月18日 10:01"), is_mislabelled("2018-06-18T01:01:00Z", "18/06/2018 10:01")
    (True, False)
    """
    return UTC_OFFSET.search(zoned) is not None and clock_difference(shown, zoned, language) == timedelta(0)


def with_doubled_offset(zoned: str, shown: str, language: str | None) -> str | None:
    """The *shown* clock in the zone that *zoned* states, where that has the digits of UTC with this zone behind them.

    >>> with_doubled_offset("2020-10-19T06:34:31+0300", "19.10.2020 09:34", "ru"), with_doubled_offset("2020-10-19T09:34:00+0300", "19.10.2020 09:34", "ru")
    ('2020-10-19T09:34:31+0300', None)
    """
    match = CLOCK_AND_OFFSET.fullmatch(zoned)
    if match is None:
        return None
    hours, minutes = int(match["hours"]), int(match["minutes"])
    offset = timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
    if not offset or clock_difference(shown, zoned, language) != 2 * offset:
        return None
    local = datetime.fromisoformat(match["local"]) + offset
    return f"{local.isoformat()}{zoned[len(match['local']) :]}"


def clock_difference(shown: str, zoned: str, language: str | None) -> timedelta | None:
    """How much later the digits of the clock that is *shown* are than those of UTC at the time that is *zoned*, to the minute; None
    where one of them cannot be read."""
    first, second = moment_of(shown, language), moment_of(zoned, language)
    return first.replace(second=0) - second.replace(second=0, microsecond=0) if first and second else None


def find_precise(
    shown: PrintedTime | None, metadata: list[str], named: list[str], language: str | None
) -> str | None:
    """A time of the metadata that has a clock, of the day that is *shown*: only what is *named* as the publication can be
    of another."""
    timed = [time for time in metadata if has_clock(time)]
    if shown is None or not shown.certainty:
        return next(iter(timed), None)
    if same := next((time for time in timed if is_same(time, shown.raw, language)), None):
        return shown.raw if is_start_of_day(same, shown.raw, language) else same
    return next((time for time in timed if time in named), None) if shown.certainty == 1 else None


def has_clock(raw: str) -> bool:
    """Whether *raw* has a time of day, or counts seconds."""
    return (raw.isdigit() and len(raw) in (10, 13)) or any(time.has_clock for time in find_times(raw))


def is_same(one: str, other: str, language: str | None, apart: timedelta = SAME) -> bool:
    """Whether two times may be one: they are not farther *apart*."""
    first, second = moment_of(one, language), moment_of(other, language)
    return first is not None and second is not None and abs(first - second) <= apart


def is_start_of_day(timed: str, day: str, language: str | None) -> bool:
    """Whether a time in UTC is the midnight by which the page's software states the *day*: 23:00 of the day before."""
    moment, noon = moment_of(timed, language), moment_of(day, language)
    return (
        moment is not None
        and noon is not None
        and moment.date() < noon.date()
        and (moment.minute, moment.second) == (0, 0)
    )


def find_best_time(lines: Iterable[str], language: str | None) -> PrintedTime | None:
    """The best date among *lines* that stand near the headline: one that is not labelled as a change, one with a time of
    day, one labelled as publication."""
    best: PrintedTime | None = None
    for line in lines:
        for time in find_times(line, language):
            if (best is None or worth(time) > worth(best)) and not is_in_prose(line, time):
                best = time
    return best


def worth(time: PrintedTime) -> tuple[bool, bool, int]:
    """What times near a headline are compared by."""
    return time.certainty > 0, time.has_clock, time.certainty


def is_in_prose(line: str, time: PrintedTime) -> bool:
    """Whether a date is one that a sentence names, or that of an embedded post, or of the moment."""
    before, behind = line[: time.start], line[time.end :]
    if OF_ANOTHER.search(before):
        return True
    if time.certainty != 1 or len(before) + len(behind) < PROSE or language_of_text(line):
        return False
    return not (OPENING.fullmatch(before) and CLOSING.match(behind))


def find_dated_line(text: Iterable[str], language: str | None) -> PrintedTime | None:
    """The date among the first lines of a *text*, in a line that is hardly more, or at the head of its first sentence;
    None where they have several, as the entries of a calendar."""
    dated = [
        time
        for line in [*text][:FIRST_LINES]
        for time in find_times(line, language)
        if time.certainty
        and (is_dateline(line, time) or is_labelled(line, time))
        and not UNTIL.search(line, 0, time.start)
    ]
    days = {moment.date() for time in dated if (moment := moment_of(time.raw, language))}
    return dated[0] if len(days) == 1 else None


def is_labelled(line: str, time: PrintedTime) -> bool:
    """Whether a short line is about a date: that alone, or who wrote when."""
    rest = len(line) - (time.end - time.start)
    labelled = time.certainty == 2 or FILED.match(line, time.end)
    return rest <= (SHORT_LINE if labelled else SHORT_LINE // 2)


def is_dateline(line: str, time: PrintedTime) -> bool:
    """Whether a line in an alphabetic script begins with place and date."""
    return not language_of_text(line) and bool(
        OPENING.fullmatch(line[: time.start]) and CLOSING.match(line[time.end :])
    )


def find_short(url: str, near: Iterable[str], stated: Iterable[str]) -> str | None:
    """A day and time without a year among the lines *near*, with the year of the address or of what is *stated*."""
    matches = (match for line in near if (match := SHORT.search(line)))
    short = next((match for match in matches if not CHANGED.search(match.string[: match.start()])), None)
    if short is None:
        return None
    year = (
        find_in_address(url, None) or next((match[1] for raw in stated if (match := YEAR.search(raw))), "")
    )[:4]
    day = short[1].replace("/", "-").replace(".", "-").replace("月", "-").rstrip("日")
    return f"{year}-{day} {short[2]}" if year.isdigit() else None
