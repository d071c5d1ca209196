"""Finds the times that are printed in a line of a page's text, in the forms of `date_forms` and in the words of any
language. Page objects and extraction look here; `normalise_dates` reads what they find."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import NamedTuple

from archive.late_pattern import compile_late
from archive.times import BEIJING
from pipelines import date_forms as forms
from pipelines import plain_times
from pipelines.foreign_dates import language_of_text, language_tag, read_age, read_day
from pipelines.normalise_dates import to_utc
from pipelines.time_zones import zone_of_site

__all__ = [
    "IN_WORDS",
    "OFFSET",
    "SHORT",
    "STAMP",
    "PrintedTime",
    "find_age",
    "find_times",
    "language_of_text",
    "language_tag",
    "moment_of",
    "zone_of_site",
]

LONGEST = 400  # characters of a line that are searched
FOUND_IN_TEXT = {
    code: plain for code, plain in plain_times.PLAIN.items() if plain is not None
}  # as long as the text itself


def unnamed(pattern: str) -> str:
    """*pattern* without the names of its groups, so that it can stand beside others."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern).replace("(?P=sep)", "[-/.]")


def compile_short(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """*pattern*, compiled when it is used, with runs of nine blanks at most: more are no time, and each would be tried for long."""
    return compile_late(pattern.replace(r"\s*", r"\s{0,9}").replace(r"\s+", r"\s{1,9}"), flags)


DAY_PATTERN, CLOCK_PATTERN = unnamed(forms.DAY), unnamed(forms.CLOCK)
STAMP = compile_short(
    rf"(?<!\d)(?:{DAY_PATTERN}|{unnamed(forms.ENGLISH_DAY)}) (?:{forms.BETWEEN}{unnamed(forms.ZONE_BEFORE)}{CLOCK_PATTERN}\s*{unnamed(forms.ZONE)}?)?",
    re.VERBOSE,
)
"""A day with its year, and its time of day; a quick look that knows numbers and English alone."""
SHORT = compile_short(
    rf"(?<![\d.-]) ((?:1[0-2]|0?[1-9])[-/.月월]\s?(?:3[01]|[12]\d|0?[1-9])[日일]?) (?:\s+|\s*{forms.WEEKDAY}\s*) ({CLOCK_PATTERN})",
    re.VERBOSE,
)
"""A day without its year, and its time of day."""
OFFSET = compile_short(r"\d\d:\d\d(?::\d\d?)?(?:\.\d+)?\s?(?:Z|[+-]\d\d:?\d\d)$")
"""A time that states its zone, as metadata write it."""
TIMED = (
    compile_short(
        rf"(?<!\d){forms.DAY} (?:{forms.BETWEEN}{forms.ZONE_BEFORE}{forms.CLOCK})? \s*{forms.ZONE}?",
        forms.FLAGS,
    ),
    compile_short(
        rf"(?<!\w){forms.ENGLISH_DAY} (?:{forms.BETWEEN}{forms.CLOCK})? \s*{forms.ZONE}?",
        forms.FLAGS,
    ),
    compile_short(rf"(?<![\d./-])(?:{forms.DAY_FIRST.pattern.pattern})", forms.FLAGS),
    compile_short(
        rf"(?:{plain_times.ERA_DAY}|{plain_times.HAN_DAY}) (?:{forms.BETWEEN}{forms.ZONE_BEFORE}{forms.CLOCK})? \s*{forms.ZONE}?",
        forms.FLAGS,
    ),
)
YEAR_APART = tuple(
    compile_short(rf"(?<!\d)(?:{form.pattern.pattern})", forms.FLAGS)
    for form in forms.FORMS
    if form.name == "year apart"
)
DIGITS = compile_short(
    rf"(?<!\d)(?P<timed>20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s[0-2]\d:[0-5]\d(?::[0-5]\d)?)(?!\d)"
    rf"|(?i:{forms.PUBLISHED})[\s:]{{0,4}}(?P<labelled>20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?P<clock>\d{{4}}(?:\d\d)?)?)(?!\d)"
)
"""A day without signs: with a time of day, or labelled, as any number may look like one."""
CLOCK_FIRST = tuple(
    compile_short(rf"(?<![\d:]){form.pattern.pattern}(?!\s*\d)", forms.FLAGS)
    for form in forms.FORMS
    if form.name.endswith(("time of day first", "year behind the time of day"))
)
CLOCK_BEFORE_DAY = compile_short(rf"(?<![\d:]){forms.DAY_FIRST_LAST.pattern}", forms.FLAGS)
IN_WORDS = compile_short(
    r"""(?<![\w.])(?:
        \d{1,2}(?:\.|º|°|er|-?го|a|ª)?\s(?:de\s|di\s)?(?:[\u0621-\u064a]+\s?/\s?)?[^\W\d_][^\s\d,.()]{2,14}\.?,?\s(?:de\s|del\s|года?\s)?(?:19|20|25)\d\d
      | [^\W\d_][^\s\d,.()]{2,14}\.?\s\d{1,2},?\s(?:19|20)\d\d
      | (?:19|20)\d\d\.\s?[^\W\d_][^\s\d,.()]{2,14}\.?\s\d{1,2}
      | \d{1,2}\s[\u0600-\u06ff]{2,10}\s1[34]\d\d
      | \d{1,2}\s(?:كانون|تشرين)\s[\u0621-\u064a]{4,7}\s(?:19|20)\d\d
      | \d{1,2}\s[\u0e00-\u0e7f]{1,3}\.[\u0e00-\u0e7f]{1,2}\.\s(?:พ\.ศ\.\s?)?(?:20|25)\d\d
      | \d{1,2}\s[\u0e00-\u0e7f]{4,12}\sพ\.ศ\.\s?25\d\d
      | \d{1,2}\stháng\s\d{1,2}(?:,|\snăm)?\s(?:19|20)\d\d
    )(?!\d)""",
    re.VERBOSE,
)
"""What may be a day in words; dateparser tells."""
CLOCK_BEHIND = compile_short(
    rf"(?:\.|\sr\.|\sг\.)?[\s,|·•/–-]*(?:{forms.WEEKDAY}[\s,]*)?(?:(?i:{forms.JOINING})\.?\s*)?{forms.CLOCK}\s*{forms.ZONE}?",
    forms.FLAGS & ~re.ASCII,
)
CLOCK_BEFORE = compile_short(rf"(?<![\d:]){forms.CLOCK}\s*{forms.ZONE}?[\s,|·/–-]*$", forms.FLAGS & ~re.ASCII)
CHANGED = compile_short(rf"(?i:{forms.CHANGED})[^\d]{{0,8}}$")
CHANGED_BEHIND = compile_short(rf"[\])\s]*(?i:{forms.CHANGED})(?![^\d\s]{{0,6}}\s*\d)")
"""What says behind a time that it is a change's; not the label of a time that follows."""
PUBLISHED = compile_short(rf"(?i:{forms.PUBLISHED})[^\d]{{0,10}}$")
FAR = datetime(2200, 1, 1, tzinfo=UTC)
WINDOW = 24  # characters in front of a time that label it


class PrintedTime(NamedTuple):
    """A time in a line."""

    raw: str
    """As printed, on one line, with plain digits and signs."""
    has_clock: bool
    """Whether it states a time of day."""
    certainty: int
    """2: labelled as that of publication, 1: not labelled, 0: labelled as that of a change."""
    start: int
    end: int


def find_times(line: str, language: str | None = None) -> list[PrintedTime]:
    """The times printed in *line*, in reading order.

    >>> [time.raw for time in find_times("发布时间：2016年9月14日晚8：00 来源：某报")]
    ['2016年9月14日晚8:00']
    >>> [time.raw for time in find_times("Par A. B., le 21 février 2022 à 15h54", "fr")]
    ['21 février 2022 à 15h54']
    """
    text = line[:LONGEST].translate(FOUND_IN_TEXT)
    if not any(map(str.isdigit, text)) and "年" not in text:
        return []
    spans: list[tuple[int, int, bool]] = []
    for match in DIGITS.finditer(text):
        group = "timed" if match["timed"] else "labelled"
        add_span(spans, *match.span(group), bool(match["timed"] or match["clock"]))
    for pattern in (*YEAR_APART, *TIMED):
        for match in pattern.finditer(text):
            if "first" not in match.re.groupindex or is_readable(match, language):
                add_span(spans, *bounds(match))
    for match in IN_WORDS.finditer(text):
        if is_free(spans, *match.span()) and read_day(
            plain_times.PAIRED_MONTH.sub("", match[0]).rstrip(",."), language
        ):
            add_span(spans, *with_clock(text, match.start(), match.end()))
    if not any(timed for *_, timed in spans):
        clock = next(filter(None, (pattern.search(text) for pattern in CLOCK_FIRST)), None)
        if not clock and (clock := CLOCK_BEFORE_DAY.search(text)) and not is_readable(clock, language):
            clock = None
        if clock:
            start, end = clock.span()
            spans = [span for span in spans if span[1] <= start or span[0] >= end] + [(start, end, True)]
    return [printed(text, *span) for span in sorted(spans)]


def add_span(spans: list[tuple[int, int, bool]], start: int, end: int, timed: bool) -> None:
    """Add a span that meets none of those before."""
    if is_free(spans, start, end):
        spans.append((start, end, timed))


def is_free(spans: list[tuple[int, int, bool]], start: int, end: int) -> bool:
    """Whether what is from *start* to *end* meets none of the *spans*."""
    return all(end <= span[0] or start >= span[1] for span in spans)


def bounds(match: re.Match[str]) -> tuple[int, int, bool]:
    """Start and end of a time, and whether it has a time of day; ``09:30-11:30`` is a span, not an offset."""
    timed = match["hour"] is not None
    zone = match["zone"]
    if zone and (not timed or (zone[0] == "-" and match["second"] is None)):
        return match.start(), match.start("zone"), timed
    return match.start(), match.end(), timed


def is_readable(match: re.Match[str], language: str | None) -> bool:
    """Whether the order of ``21.02.2022`` can be told."""
    return forms.day_and_month(match, language) is not None


def with_clock(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """The span of a day in words with the time of day behind or in front of it."""
    if match := CLOCK_BEHIND.match(text, end):
        return start, match.end(), True
    if match := CLOCK_BEFORE.search(text, max(0, start - 20), start):
        return match.start(), end, True
    return start, end, False


def printed(text: str, start: int, end: int, timed: bool) -> PrintedTime:
    """The time at a span, judged by the words beside it."""
    before = text[max(0, start - WINDOW) : start]
    changed = CHANGED.search(before) or CHANGED_BEHIND.match(text, end)
    is_labelled = PUBLISHED.search(before) or forms.PUBLISHED_BEHIND.match(text, end)
    certainty = 0 if changed else 2 if is_labelled else 1
    return PrintedTime(" ".join(text[start:end].split()).rstrip(" ,(|"), timed, certainty, start, end)


def moment_of(raw: str, language: str | None = None) -> datetime | None:
    """The instant that *raw* states, by UTC where it states no zone; noon of a day alone."""
    reading = to_utc(raw, FAR, language, UTC)
    if reading is None or reading[1] != "day":
        return reading and reading[0]
    return datetime.combine(reading[0].astimezone(BEIJING).date(), time(12), UTC)


def find_age(line: str, language: str | None = None) -> str | None:
    """An age or a day counted from the moment of reading: ``23時間前``, ``昨天 09:10``, ``il y a 3 heures``.

    >>> find_age("某报 3周前"), find_age("vor 3 Stunden", "de"), find_age("5 min", "en")
    ('3周前', 'vor 3 Stunden', None)
    """
    text = " ".join(line[:LONGEST].translate(FOUND_IN_TEXT).split())
    for form in (forms.RELATIVE_DAY, forms.AGO):
        for match in form.pattern.finditer(text):
            if form is forms.AGO or match["hour"]:
                return match[0].strip()
    if now := next((word for word in text.split() if word in forms.JUST_NOW), None):
        return now
    return text if len(text) <= 40 and any(map(str.isdigit, text)) and read_age(text, language) else None
