"""In which zone a page's clock stands, and what a printed zone means. Unknown is None, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.times import BEIJING

# Fixed, not Asia/Shanghai: China last moved its clocks in 1991, and a zone with that summer time in it would
# set archived articles of before 1992 an hour off from what they print ("Beijing time" always means +08:00).
BEIJING_NAMES = frozenset(
    ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Macau", "PRC")
)
BY_LANGUAGE = {
    "zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "de": "Europe/Berlin", "it": "Europe/Rome", "pl": "Europe/Warsaw",
    "nl": "Europe/Amsterdam", "sv": "Europe/Stockholm", "da": "Europe/Copenhagen", "nb": "Europe/Oslo", "fi": "Europe/Helsinki",
    "cs": "Europe/Prague", "sk": "Europe/Bratislava", "hu": "Europe/Budapest", "el": "Europe/Athens", "tr": "Europe/Istanbul",
    "he": "Asia/Jerusalem", "th": "Asia/Bangkok", "vi": "Asia/Ho_Chi_Minh", "uk": "Europe/Kyiv", "bg": "Europe/Sofia", "ro": "Europe/Bucharest",
    "hr": "Europe/Zagreb", "sl": "Europe/Ljubljana", "et": "Europe/Tallinn", "lt": "Europe/Vilnius", "lv": "Europe/Riga", "fa": "Asia/Tehran",
    "hi": "Asia/Kolkata",
}  # fmt: skip
"""Zone of a language whose media share one clock, as IANA's zone.tab has it for the countries that speak it."""
BY_COUNTRY = {
    "cn": "Asia/Shanghai", "tw": "Asia/Taipei", "hk": "Asia/Hong_Kong", "mo": "Asia/Macau", "sg": "Asia/Singapore", "my": "Asia/Kuala_Lumpur",
    "ph": "Asia/Manila", "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "vn": "Asia/Ho_Chi_Minh", "th": "Asia/Bangkok", "in": "Asia/Kolkata",
    "pk": "Asia/Karachi", "bd": "Asia/Dhaka", "lk": "Asia/Colombo", "np": "Asia/Kathmandu", "uk": "Europe/London", "ie": "Europe/Dublin",
    "fr": "Europe/Paris", "be": "Europe/Brussels", "lu": "Europe/Luxembourg", "nl": "Europe/Amsterdam", "de": "Europe/Berlin", "at": "Europe/Vienna",
    "ch": "Europe/Zurich", "it": "Europe/Rome", "es": "Europe/Madrid", "pt": "Europe/Lisbon", "dk": "Europe/Copenhagen", "se": "Europe/Stockholm",
    "no": "Europe/Oslo", "fi": "Europe/Helsinki", "pl": "Europe/Warsaw", "cz": "Europe/Prague", "sk": "Europe/Bratislava", "hu": "Europe/Budapest",
    "si": "Europe/Ljubljana", "hr": "Europe/Zagreb", "rs": "Europe/Belgrade", "ro": "Europe/Bucharest", "bg": "Europe/Sofia", "gr": "Europe/Athens",
    "tr": "Europe/Istanbul", "ua": "Europe/Kyiv", "ee": "Europe/Tallinn", "lv": "Europe/Riga", "lt": "Europe/Vilnius", "il": "Asia/Jerusalem",
    "ir": "Asia/Tehran", "ae": "Asia/Dubai", "sa": "Asia/Riyadh", "qa": "Asia/Qatar", "eg": "Africa/Cairo", "ma": "Africa/Casablanca",
    "za": "Africa/Johannesburg", "ng": "Africa/Lagos", "ke": "Africa/Nairobi", "nz": "Pacific/Auckland", "ar": "America/Argentina/Buenos_Aires",
    "co": None, "pe": "America/Lima", "cl": "America/Santiago", "uy": "America/Montevideo", "py": "America/Asuncion", "bo": "America/La_Paz",
}  # fmt: skip
"""Zone of a country whose mainland has one clock. Not here: au, br, ca, id, kz, mx, ru, us and others with several, and
names that are sold to anybody (co, io, me, tv)."""
SEVERAL = frozenset(("au", "br", "ca", "id", "kz", "mx", "mn", "ru", "us", "cd", "fm"))
ABBREVIATED = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "WIB": 7, "WITA": 8,
    "EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "PDT": -7,
}  # fmt: skip
"""Hours east of Greenwich of the abbreviations that mean one zone. CST, IST, BST, AST, PST and MST mean several."""
AMERICAN = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}  # fmt: skip
OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d\d))?", re.ASCII)
FARTHEST = timedelta(hours=14)


@cache
def zone_named(name: str) -> tzinfo | None:
    """The zone of an IANA name or an offset.

    >>> zone_named("+05:30"), zone_named("Asia/Shanghai") is BEIJING, zone_named("Mars/Olympus")
    (datetime.timezone(datetime.timedelta(seconds=19800)), True, None)
    """
    if name in BEIJING_NAMES:
        return BEIJING
    if match := OFFSET.fullmatch(name):
        return zone_of_offset(match)
    if name in ABBREVIATED:
        return timezone(timedelta(hours=ABBREVIATED[name])) if ABBREVIATED[name] else UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_offset(match: re.Match[str]) -> timezone | None:
    """The zone that `OFFSET` matched; None beyond the farthest that there is."""
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > FARTHEST:
        return None
    zone = timezone(-offset if match[1] == "-" else offset)
    return BEIJING if zone == BEIJING else zone  # the one that the fast path of `normalise_dates` knows


def zone_of_site(host: str, language: str | None) -> tzinfo | None:
    """The zone of a site's clock, by its country's domain, else by its language; None where these do not tell.

    >>> zone_of_site("www.news.co.jp", None), zone_of_site("news.example", "zh") is BEIJING
    (zoneinfo.ZoneInfo(key='Asia/Tokyo'), True)
    >>> zone_of_site("news.example", "en"), zone_of_site("www.news.com.au", "en")
    (None, None)
    """
    country = host.rpartition(".")[2].lower()
    name = BY_COUNTRY.get(country)
    if name is None and country not in SEVERAL:
        name = BY_LANGUAGE.get(language or "")
    elif country in SEVERAL and language == "zh":
        name = BY_LANGUAGE["zh"]
    return zone_named(name) if name else None


def zone_printed(text: str, local: datetime, site: tzinfo | None) -> tzinfo | None:
    """What the zone printed behind the time *local* (naive) means: an offset, a name, or the abbreviation that the
    clock of the *site* has then. None where that is not clear.

    >>> zone_printed("GMT+8", datetime(2022, 2, 21), None), zone_printed("CST", datetime(2022, 2, 21), None)
    (datetime.timezone(datetime.timedelta(seconds=28800)), None)
    >>> zone_printed("IST", datetime(2022, 2, 21), ZoneInfo("Asia/Kolkata"))
    zoneinfo.ZoneInfo(key='Asia/Kolkata')
    """
    name = text.strip("() \t")
    if name == "МСК":
        return zone_named("MSK")
    if not name.isascii():  # 北京时间, 香港時間, 日本時間
        return zone_named("Asia/Tokyo") if name[0] == "日" else BEIJING
    name = name.upper()
    if match := OFFSET.fullmatch(name):
        return zone_of_offset(match)
    if name in ABBREVIATED:
        return zone_named(name)
    if name in AMERICAN:
        return zone_named(AMERICAN[name])
    if site is not None and site is not BEIJING and local.replace(tzinfo=site).tzname() == name:
        return site
    return None
