"""Days and ages in words of any language, read by dateparser: ``21 février 2022``, ``vor 3 Stunden``, ``вчера``.

dateparser alone would take ``12`` for the 12th month, ``22-02-21`` for 2021 and an unknown word for none. So its answer
has to repeat every number that is printed, and where the page's language is not known, all that can read it must agree.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from archive.late_pattern import compile_late
from pipelines.persian_dates import read_persian

BY_SCRIPT = {
    "LATIN": ("en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl", "tr", "id", "vi", "ca", "et"),
    "CYRILLIC": ("ru", "uk", "bg"),
    "HANGUL": ("ko",), "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "CJK": ("zh", "zh-Hant", "ja"), "ARABIC": ("ar", "fa"), "HEBREW": ("he",),
    "GREEK": ("el",), "THAI": ("th",), "DEVANAGARI": ("hi",), "BENGALI": ("bn",), "TAMIL": ("ta",),
}  # fmt: skip
"""Languages that a text can be in, by the script of its first letter that tells."""
TELLING = (
    ("HIRAGANA", compile_late("[\u3041-\u309f\u30a1-\u30fa]")),
    ("HANGUL", compile_late("[\uac00-\ud7af]")),
    ("CJK", compile_late("[\u3400-\u9fff]")),
)
SAME = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh"}
LONGEST = 80  # characters
MONTHS = tuple(name.lower() for name in month_name[1:])
NUMBER = compile_late(r"\d+", re.ASCII)
YEAR = compile_late(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
NOW = compile_late(r"\bnow\b", re.IGNORECASE)
WORD = compile_late(r"[^\W\d_][^\s\d,.()]")
THAI = compile_late("ค\\.ศ\\.|พ\\.ศ\\.|^วัน\\S*ที่")  # of Christ, of Buddha; on Monday the
WORDS = compile_late(r"[^\W\d_]+")
OTHER_MONTHS = {
    "كانون الثاني": "يناير", "شباط": "فبراير", "آذار": "مارس", "نيسان": "أبريل", "أيار": "مايو", "حزيران": "يونيو", "تموز": "يوليو", "آب": "أغسطس",
    "أيلول": "سبتمبر", "تشرين الأول": "أكتوبر", "تشرين الثاني": "نوفمبر", "كانون الأول": "ديسمبر",
    "ม.ค.": "มกราคม", "ก.พ.": "กุมภาพันธ์", "มี.ค.": "มีนาคม", "เม.ย.": "เมษายน", "พ.ค.": "พฤษภาคม", "มิ.ย.": "มิถุนายน", "ก.ค.": "กรกฎาคม", "ส.ค.": "สิงหาคม",
    "ก.ย.": "กันยายน", "ต.ค.": "ตุลาคม", "พ.ย.": "พฤศจิกายน", "ธ.ค.": "ธันวาคม",
}  # fmt: skip
"""Months as the Levant calls them and as Thai shortens them, by the names that dateparser knows."""
OTHER_MONTH = compile_late("|".join(re.escape(name) for name in OTHER_MONTHS))
BASE = datetime.fromisoformat("2000-07-19T12:30:30")
"""What ages are counted back from: far from the ends of day, month and year."""
UNITS = (("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("week", 604800))
IN_WORDS = {
    60: (60, "minute"),
    3600: (3600, "hour"),
    0: (0, "day"),
    86400: (86400, "day"),
    172800: (172800, "day"),
}
"""Ages without a number that are clear enough: a minute or an hour ago, today, yesterday, the day before."""
SETTINGS: dict[str, Any] = {
    "STRICT_PARSING": True,
    "PARSERS": ["relative-time", "absolute-time"],
    "RELATIVE_BASE": BASE,
    "TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
}


def language_code(tag: str | None) -> str | None:
    """The language of an HTML ``lang`` or ``og:locale``.

    >>> language_code("zh-CN"), language_code("pt_BR"), language_code("no"), language_code("x-default")
    ('zh', 'pt', 'nb', None)
    """
    code = re.split(r"[-_]", (tag or "").strip().lower())[0]
    return SAME.get(code, code) if 2 <= len(code) <= 3 and code.isalpha() else None


ENGLISH_COUNTRIES = frozenset(
    ("us", "gb", "uk", "ie", "au", "nz", "in", "za", "sg", "my", "hk", "ng", "ke", "pk", "bd", "lk")
)
"""Countries of English media; ``ca`` is not among them, as both orders of day and month are in use there."""


def language_tag(tag: str | None, host: str = "") -> str | None:
    """The language of an HTML ``lang``; English with its country, by the domain of the *host* first: they differ in the
    order of day and month.

    >>> language_tag("de-AT"), language_tag("en_US"), language_tag("en-US", "news.example.co.uk"), language_tag("en")
    ('de', 'en-us', 'en-uk', 'en')
    """
    code = language_code(tag)
    if code != "en":
        return code
    domain, region = host.rpartition(".")[2].lower(), re.split(r"[-_]", tag or "")[-1].lower()
    return next((f"en-{country}" for country in (domain, region) if country in ENGLISH_COUNTRIES), "en")


def script_of(text: str) -> str | None:
    """The script of *text* that tells most: a Chinese headline may begin with ``AI``, a Japanese one be mostly Han."""
    if not text.isascii():
        for script, characters in TELLING:
            if characters.search(text):
                return script
    for character in text:
        if character.isalpha():
            script = unicodedata.name(character, "").partition(" ")[0]
            if script in BY_SCRIPT:
                return script
    return None


def language_of_text(text: str) -> str | None:
    """The language of a *text* whose script belongs to one alone.

    >>> language_of_text("央行开展逆回购"), language_of_text("日銀が会合"), language_of_text("Le Monde")
    ('zh', 'ja', None)
    """
    script = script_of(text.replace("の", ""))  # Chinese brands have it, too
    if script == "CJK":
        return None if "の" in text else "zh"
    languages = BY_SCRIPT.get(script or "", ())
    return languages[0] if len(languages) == 1 else None


@cache
def _parser(language: str) -> Any:
    from dateparser.date import DateDataParser  # 0.1 s: most crawls never get here

    try:
        return DateDataParser(languages=[language], settings=SETTINGS)
    except ValueError:  # a language that dateparser does not know
        return None


def _answer(text: str, language: str) -> datetime | None:
    parser = _parser(language)
    try:
        return parser and parser.get_date_data(text).date_obj
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError):  # dateparser on odd input
        return None


@cache
def _locale(language: str) -> dict[str, Any]:
    """What dateparser knows of a *language*; empty where it does not know it."""
    try:
        return import_module(f"dateparser.data.date_translation_data.{language}").info
    except ImportError:
        return {}


def _fold(text: str) -> str:
    """*text* in lower case, without accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in letters if not unicodedata.combining(char))


@cache
def _month_words(language: str) -> frozenset[str]:
    """The words that name months in *language*."""
    locale = _locale(language)
    return frozenset(
        word for month in MONTHS for name in locale.get(month, ()) for word in WORDS.findall(_fold(name))
    )


@cache
def _age_words(language: str) -> frozenset[str]:
    """The words of which ages consist in *language*: units, and days such as yesterday."""
    locale = _locale(language)
    forms: list[Iterable[str]] = [locale.get(unit, ()) for unit, _ in UNITS]
    forms += locale.get("simplifications", ())
    forms += [
        form for kind in ("relative-type", "relative-type-regex") for form in locale.get(kind, {}).values()
    ]
    return frozenset(word for form in forms for text in form for word in WORDS.findall(_fold(text)))


def _has_any(text: str, words: frozenset[str]) -> bool:
    """Whether *text* has one of *words*, in Latin letters. To ask the parser takes a few ms, the first time that a language
    is asked for tens of them, and a text of unknown language is asked about in all."""
    own = _latin_words(text)
    return own is None or not words.isdisjoint(own)


@lru_cache(maxsize=8)
def _latin_words(text: str) -> frozenset[str] | None:
    """The words of a text in Latin letters, folded; None of one in others. Remembered while it is asked about in all languages."""
    return frozenset(WORDS.findall(_fold(text))) if script_of(text) == "LATIN" else None


def _day(text: str, language: str) -> date | None:
    """The day that *text* states in words and numbers, all of which have to be in the answer."""
    if len(NUMBER.findall(text)) < 3 and not _has_any(text, _month_words(language)):
        return None
    reading = _answer(THAI.sub("", text) if language == "th" else text, language)
    if reading is None or (reading.hour, reading.minute, reading.second) != (0, 0, 0):
        return None
    numbers = sorted(map(int, NUMBER.findall(text)))
    year = reading.year
    if numbers == sorted((reading.day, reading.month, year)):
        in_words = reading.day == reading.month or bool(WORD.search(text))
    else:
        in_words = numbers == sorted((reading.day, year)) and bool(WORD.search(text))
    if language == "th" and year > 2400:  # Buddhist years
        year -= 543
    return reading.date().replace(year=year) if in_words else None


def _age(text: str, language: str) -> tuple[int, str] | None:
    """Seconds, and the unit that they were printed in: ``3 hours ago``."""
    numbers = list(map(int, NUMBER.findall(text)))
    if len(numbers) > 2 or NOW.search(text) or not _has_any(text, _age_words(language)):
        return None
    if (reading := _answer(text, language)) is None:
        return None
    seconds = int((BASE - reading.replace(tzinfo=None)).total_seconds())
    if len(numbers) == 2:
        return (seconds, "minute") if seconds == numbers[0] * 3600 + numbers[1] * 60 else None
    if seconds < 0:
        return None
    if numbers:  # "5 min" alone is how long it takes to read
        units = UNITS if len(WORDS.findall(text)) > 1 else ()
        return next(((seconds, unit) for unit, length in units if seconds == numbers[0] * length), None)
    return IN_WORDS.get(seconds)


def _candidates(text: str, language: str | None) -> list[str]:
    script = script_of(text)
    candidates = list(BY_SCRIPT.get(script or "", ()))
    return ([language] if language else []) + [candidate for candidate in candidates if candidate != language]


def _ask(read: Any, text: str, language: str | None) -> Any:
    """The answer in *language*; where there is none, that of all other languages which have one."""
    if len(text) > LONGEST or not (WORD.search(text) or YEAR.search(text)):
        return None
    text = decimal(text)
    language = (language or "").partition("-")[0] or None
    first, *others = _candidates(text, language) or [""]
    if language and (reading := read(text, first)) is not None:
        return reading
    answers = {
        reading for candidate in ([] if language else [first]) + others if (reading := read(text, candidate))
    }
    return answers.pop() if len(answers) == 1 else None


def decimal(text: str) -> str:
    """*text* with digits of every script as ASCII."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


@lru_cache(512)
def read_day(text: str, language: str | None = None) -> date | None:
    """The day that *text* states.

    >>> read_day("21 février 2022"), read_day("2 mars"), read_day("12")
    (datetime.date(2022, 2, 21), None, None)
    """
    if not text.isascii():
        text = OTHER_MONTH.sub(lambda match: OTHER_MONTHS[match[0]], text)
    return read_persian(text) or _ask(_day, text, language)


@lru_cache(512)
def read_age(text: str, language: str | None = None) -> tuple[timedelta, str] | None:
    """How long ago, and the unit that says so: ``second``, ``minute``, ``hour``, ``day`` or ``week``.

    >>> read_age("vor 3 Stunden", "de"), read_age("hier", "fr")
    ((datetime.timedelta(seconds=10800), 'hour'), (datetime.timedelta(days=1), 'day'))
    """
    reading = _ask(_age, text, language)
    return reading and (timedelta(seconds=reading[0]), reading[1])
