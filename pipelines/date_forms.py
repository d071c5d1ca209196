"""The one list of the forms in which times are printed, each with examples: a test reads every one, and holds the answer
against dateparser's wherever it has one. What none of them knows goes to dateparser (`foreign_dates`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from archive.late_pattern import compile_late
from pipelines.date_words import CHANGED, JOINING, PUBLISHED

FLAGS = re.ASCII | re.VERBOSE

HALF = (
    "凌晨|清晨|清早|早晨|早上|早间|早間|早|晨|上午|中午|正午|午间|午間|下午|午后|傍晚|晚上|晚间|晚間|晚|深夜|半夜|夜间|夜間|夜里|夜裡|夜"
    "|午前|午後|오전|오후"
)
HALF_BEHIND = r"(?:ص(?:باح[اً]*)?|م(?:ساء[اً]*)?)(?![\u0621-\u064a])|[قب]\.ظ|[πμΠΜ]\.?[μΜ](?![α-ωΑ-Ωά-ώ])\.?|(?:SA|CH|ÖÖ|ÖS)(?![A-Za-z])"
"""What says behind a time of day which half it is in, in Arabic, Persian, Greek, Vietnamese and Turkish."""
MORNING = ("ص", "ق", "π", "Π", "S", "ÖÖ")
"""How those of the morning begin."""
CLOCK = rf"""
    (?P<half>{HALF})?\s*(?:(?P<meridiem_before>[AP])M\s*)?
    (?P<hour>\d{{1,2}})\s*(?:
        [:：]\s*(?P<minute>\d\d)(?:\s*[:：]\s*(?P<second>\d\d|\d(?=Z|[+-]\d\d))(?:[.,]\d{{1,9}})?)?
      | (?<!\s)\.(?P<minute_point>\d\d)(?=\s?(?:[ap]\.?\s?m\b|[AP]\.?M\b|Uhr|GMT|BST|CES?T|WIB|WITA))
      | (?:(?<=kl\s\d\d)|(?<=kl\s\d)|(?<=kl\.\s\d\d)|(?<=kl\.\s\d)|(?<=klo\s\d\d)|(?<=klo\s\d)|(?<=ore\s\d\d)|(?<=ore\s\d))\.(?P<minute_kl>\d\d)(?!\d)
      | [hH]\s?(?P<minute_h>\d\d)(?!\d)
      | [时時點点시]\s*(?:(?P<minute_zh>\d{{1,2}})\s*[分분]\s*(?:(?P<second_zh>\d{{1,2}})\s*[秒초])?)?
    )
    (?:\s*(?P<meridiem>[AaPp])\.?\s?[Mm](?![A-Za-z])\.?|\s?(?P<half_behind>{HALF_BEHIND}))?
    (?:\s*(?:Uhr|uur|น\.|hrs?\b\.?|Hrs\b)(?![A-Za-z]))?
"""
WEEKDAY = r"""(?:
    [(（]?(?:星期|礼拜|禮拜|周|週)[一二三四五六日天][)）]?
  | [(（]?[月火水木金土日]曜日?[)）]? | [(（][月火水木金土日](?:[・･·][祝休])?[)）]
  | [(（]?[월화수목금토일]요일[)）]? | [(（][월화수목금토일][)）]
  | Pazartesi | Salı | Çarşamba | Perşembe | Cuma(?:rtesi)? | Pazar | hétfő | kedd | szerda | csütörtök | péntek | szombat | vasárnap
)"""
ZONE = r"""(?P<zone>
    Z(?![A-Za-z]) | (?:UTC|GMT)?[+-]\d\d(?::?\d\d)?(?!\d) | (?:UTC|GMT)\s?[+-]\d{1,2}(?![\d:])
  | \(?(?:UTC|GMT|HKT|SGT|JST|KST|CET|CEST|MEZ|MESZ|EET|EEST|MSK|МСК|BST|IST|CST|AST|EST|EDT|CDT|MDT|PDT|PST|[ECMP]T|AEST|AEDT|NZST|NZDT|WIB|WITA)(?![A-Za-z+-])\)?
  | \(?(?:北京|香港|台北|臺北|日本)[时時][间間]\)?
)"""
BETWEEN = rf"(?:[\s,，T|｜丨·•/;\[–-]|(?:{JOINING})(?:\b|(?=\s))\.?|{WEEKDAY})*"
"""What may stand between a day and its time of day."""
ZONE_BEFORE = r"(?:(?P<zone_before>HKT|GMT\+8|(?:北京|香港|台北|臺北|日本)[时時][间間])\s*)?"
DAY = r"""
    (?P<year>(?:1[0-9]|20)\d\d)\s*(?:
        (?P<sep>[-/.])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<day>\d{1,2})(?!\d)(?:\.(?!\d))?(?!\.\d)
      | [年년]\s*(?P<month_zh>\d{1,2})\s*[月월]\s*(?P<day_zh>\d{1,2})\s*[日号號일]
    )
"""
NAMES = "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
ENGLISH_WEEKDAY = r"(?:(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
ENGLISH_DAY = rf"""
    {ENGLISH_WEEKDAY}(?:
        (?P<name>(?i:{NAMES}))\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{ENGLISH_WEEKDAY}(?P<year>(?:19|20)\d\d)
      | (?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?:of\s)?(?P<name_second>(?i:{NAMES}))\.?,?[\s-](?P<year_last>(?:19|20)\d\d)
    )(?!\d)
"""
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}

Example = tuple[str, str, str]
"""As printed; what that means at +08:00; its precision. Read on Tuesday 2022-03-01 at 16:30:10 in Beijing."""


class Form(NamedTuple):
    """One way to print a time."""

    name: str
    pattern: re.Pattern[str]
    examples: tuple[Example, ...]


FORMS = (
    Form(
        "year first",
        compile_late(rf"{DAY} (?:{BETWEEN}{ZONE_BEFORE}{CLOCK})? \s*(?:{ZONE}|{WEEKDAY})?", FLAGS),
        (
            ("2022-02-21 15:54:48", "2022-02-21 15:54:48", "second"),
            ("2022/2/21 15:54", "2022-02-21 15:54:00", "minute"),
            ("2022.02.21", "2022-02-21 00:00:00", "day"),
            ("2022年02月21日 星期一 15:54", "2022-02-21 15:54:00", "minute"),
            ("2022年2月21日下午3时54分", "2022-02-21 15:54:00", "minute"),
            ("2016年3月20日(日) 21時40分", "2016-03-20 21:40:00", "minute"),
            ("2016年03月24日 木曜日 10時05分", "2016-03-24 10:05:00", "minute"),
            ("2022. 2. 21. 오후 3:54", "2022-02-21 15:54:00", "minute"),
            ("2022년 2월 21일 오전 9시 5분", "2022-02-21 09:05:00", "minute"),
            ("2022-02-21T07:54:48.123Z", "2022-02-21 15:54:48", "second"),
            ("2022-02-21 15:54 GMT+8", "2022-02-21 15:54:00", "minute"),
            ("2022-02-21 HKT 15:54", "2022-02-21 15:54:00", "minute"),
            ("2022年2月21日(星期一) 香港時間15時54分", "2022-02-21 15:54:00", "minute"),
            ("2016年9月14日晚8:00", "2016-09-14 20:00:00", "minute"),
            ("2022/02/21 [15:54]", "2022-02-21 15:54:00", "minute"),
        ),
    ),
    Form(
        "year apart",
        compile_late(
            rf"(?P<year>20\d\d)\s+(?P<month>\d\d)(?P<sep>[-/])(?P<day>\d\d)\s+{CLOCK}\s*{ZONE}?", FLAGS
        ),
        (("2022 02/21 15:54:48", "2022-02-21 15:54:48", "second"),),
    ),
    Form(
        "digits alone",
        compile_late(
            r"(?P<year>(?:1[0-9]|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
            r"(?:[\sT]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
            re.ASCII,
        ),
        (
            ("20220221", "2022-02-21 00:00:00", "day"),
            ("20220221155448", "2022-02-21 15:54:48", "second"),
            ("20220221 15:54", "2022-02-21 15:54:00", "minute"),
            ("20220221T155448+0800", "2022-02-21 15:54:48", "second"),
        ),
    ),
    Form(
        "mail",
        compile_late(
            r"(?:[A-Za-z]{3},?\s+)?(?P<day>\d{1,2})\s+(?P<name>[A-Za-z]{3})\s+(?P<year>\d{4})\s+"
            r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<zone>Z|UTC?|GMT|[+-]\d{4})",
            re.ASCII,
        ),
        (("Mon, 21 Feb 2022 07:54:48 GMT", "2022-02-21 15:54:48", "second"),),
    ),
    Form(
        "English",
        compile_late(rf"{ENGLISH_DAY} (?:{BETWEEN}{CLOCK})? \s*{ZONE}?", FLAGS),
        (
            ("Feb 21, 2022 3:54 PM", "2022-02-21 15:54:00", "minute"),
            ("February 21, 2022", "2022-02-21 00:00:00", "day"),
            ("Monday, 21 February 2022 15:54:48", "2022-02-21 15:54:48", "second"),
            ("21st February 2022 at 3.54pm", "2022-02-21 15:54:00", "minute"),
            ("Feb. 21, 2022, 2:54 a.m. ET", "2022-02-21 15:54:00", "minute"),
            ("Feb 21 Mon 2022 15:54", "2022-02-21 15:54:00", "minute"),
        ),
    ),
    Form(
        "English, time of day first",
        compile_late(rf"{CLOCK} \s*{ZONE}? (?:[\s,|·–-]|on\b)* {ENGLISH_DAY}", FLAGS),
        (
            ("3:54 PM, Feb 21, 2022", "2022-02-21 15:54:00", "minute"),
            ("15:54 HKT, 21 February 2022", "2022-02-21 15:54:00", "minute"),
        ),
    ),
    Form(
        "English, year behind the time of day",
        compile_late(
            rf"(?:[A-Z][a-z]{{2}}\s)?(?P<name>{NAMES})\s+(?P<day>\d{{1,2}})\s(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
            r"(?:\s(?P<zone>UTC|GMT|[+-]\d{4}))?\s(?P<year>(?:19|20)\d\d)(?!\d)",
            re.ASCII,
        ),
        (
            ("Mon Feb 21 07:54:48 +0000 2022", "2022-02-21 15:54:48", "second"),
            ("Feb 21 15:54 2022", "2022-02-21 15:54:00", "minute"),
        ),
    ),
    Form(
        "time of day first",
        compile_late(rf"{CLOCK} [\s|,·/-]* {DAY}", FLAGS),
        (("15:54 2022/02/21", "2022-02-21 15:54:00", "minute"),),
    ),
)
"""Forms that state year, month and day, in the order in which they are tried."""

DAY_FIRST = Form(
    "day first",
    compile_late(
        rf"""(?P<first>\d{{1,2}})(?P<sep>[./-])\s?(?P<second_number>\d{{1,2}})(?P=sep)\s?(?P<year>(?:19|20)\d\d|(?<=[./-])\d\d(?![./:-]|\s?Uhr))(?!\.?\d)
        (?:{BETWEEN}{CLOCK})? \s*{ZONE}?""",
        FLAGS,
    ),
    (
        ("21.02.2022, 15:54 Uhr", "2022-02-21 15:54:00", "minute"),
        ("21/02/2022 15:54", "2022-02-21 15:54:00", "minute"),
        ("02/21/2022", "2022-02-21 00:00:00", "day"),
    ),
)
"""Numbers whose order is the language's: 2/3/2022 is read only where that is known. So are years of two digits."""
SHORT_YEARS = frozenset(
    ("de", "fr", "es", "pt", "it", "nl", "da", "nb", "fi", "he", "pl", "cs", "sk", "ro", "hr", "sl", "tr", "el", "ru", "uk", "bg", "et", "id", "vi", "ca")
)  # fmt: skip
"""Languages that write a year of two digits last."""


def full_year(year: str) -> int:
    """``22`` -> 2022, ``98`` -> 1998."""
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)


DAY_FIRST_LAST = compile_late(
    rf"""(?:(?P<zone_before>GMT|UTC)\s)? {CLOCK} [\s|,·–-]* (?:de\s)? (?P<first>\d{{1,2}})(?P<sep>[./-])(?P<second_number>\d{{1,2}})(?P=sep)
        (?P<year>(?:19|20)\d\d|\d\d)(?![\d.:])""",
    FLAGS,
)


def day_and_month(match: re.Match[str], language: str | None) -> tuple[int, int] | None:
    """Day and month of ``21.02.2022`` by the order of *language* (``de``, ``en-us``), where the numbers leave two; None where
    that is not known. Points are written where the day comes first."""
    first, second = int(match["first"]), int(match["second_number"])
    if len(match["year"]) == 2 and (language not in SHORT_YEARS or len(match["second_number"]) < 2):
        return None
    if first == second or second > 12 or (language == "en-us" and first <= 12):
        return second, first
    if first > 12 or language not in (None, "en", "zh") or (match["sep"] == "." and language != "en"):
        return first, second
    return None


YEARLESS = Form(
    "without a year",
    compile_late(
        rf"""
        (?: (?P<month_zh>\d{{1,2}})\s*[月월]\s*(?P<day_zh>\d{{1,2}})\s*[日号號일]
          | (?P<month>\d\d)(?P<sep>[-/])(?P<day>\d\d)(?=[\s(星周週].*:)  # 02-21 alone could be anything
        )
        (?:[\s,]*{WEEKDAY})? (?:[\s,]*{CLOCK})?
        """,
        FLAGS,
    ),
    (("02月21日 15:54", "2022-02-21 15:54:00", "minute"), ("02-21 15:54", "2022-02-21 15:54:00", "minute")),
)
RELATIVE_DAY = Form(
    "by the day of reading",
    compile_late(
        rf"(?P<word>今天|今日|昨天|昨日|前天|前日|[今昨](?=[早晨晚夜])|오늘|어제)(?:[\s,]*{CLOCK})?", FLAGS
    ),
    (
        ("今天 16:25", "2022-03-01 16:25:00", "minute"),
        ("昨晚 10:05", "2022-02-28 22:05:00", "minute"),
        ("前天", "2022-02-27 00:00:00", "day"),
    ),
)
DAYS_AGO = {"今": 0, "오": 0, "昨": 1, "어": 1, "前": 2}
AGO = Form(
    "age",
    compile_late(
        r"[약约約]?\s*(?P<number>\d{1,4}|半)\s*[个個]?\s*(?P<unit>秒|초|分|분|小时|小時|時間|시간|天|日|일|周|週|星期|礼拜|禮拜|주)(?:间|間)?[钟鐘]?"
        r"(?:\s*(?P<minutes>\d{1,2})\s*分[钟鐘]?)?\s*(?:之|以)?(?:前|전)",
        re.ASCII,
    ),
    (
        ("5分钟前", "2022-03-01 16:25:00", "minute"),
        ("23時間前", "2022-02-28 17:30:00", "day"),
        ("3周前", "2022-02-08 00:00:00", "day"),
        ("2日前", "2022-02-27 00:00:00", "day"),
        ("3시간 전", "2022-03-01 13:30:00", "day"),
    ),
)
SECONDS = {"秒": 1, "초": 1, "分": 60, "분": 60, "小": 3600, "時": 3600, "시": 3600}
DAYS = {"天": 1, "日": 1, "일": 1, "周": 7, "週": 7, "星": 7, "礼": 7, "禮": 7, "주": 7}
CLOCK_ONLY = Form(
    "time of day alone", compile_late(CLOCK, FLAGS), (("16:25", "2022-03-01 16:25:00", "minute"),)
)
EPOCH = Form(
    "seconds since 1970",
    compile_late(
        r"(?:/Date\()?(\d{10}(?:\.\d+)?|\d{13}(?:\.\d+)?|\d{16}|\d{19})(?:[+-]\d{4})?(?:\)/)?", re.ASCII
    ),
    (("1645430088", "2022-02-21 15:54:48", "second"), ("1645430088999", "2022-02-21 15:54:48", "second")),
)
JUST_NOW = frozenset(("刚刚", "剛剛", "刚才", "剛才", "たった今", "방금", "방금 전"))
ALL = (*FORMS, DAY_FIRST, YEARLESS, RELATIVE_DAY, AGO, CLOCK_ONLY, EPOCH)

PUBLISHED_BEHIND = compile_late(
    r"[^.\d]{0,16}?\b(?:veröffentlicht|geschrieben|gepostet|publiziert|erstellt)\b", re.IGNORECASE
)
"""What says behind its date that it is the publication's: ``am 3. Dezember 2011 um 9:12 veröffentlicht``."""
CHANGED_FIRST = compile_late(rf"(?i:{CHANGED})")
OFFSET = compile_late(r"(?:UTC|GMT)?\s?[+-]\d[\d:]*", re.ASCII)
CLOCK_BESIDE = compile_late(rf"(?<![\d:]) {CLOCK} (?![\d:]) \s*{ZONE}?", FLAGS)
"""A time of day beside a day in words."""
EDGES = compile_late(
    rf"^[\s,.·|/-]+|(?:^|(?<=[\s,·|-]))(?:{JOINING})\.?[\s,]*$|[\s,·|/-]+(?:(?:{JOINING})\.?)?[\s,·|/-]*$|^(?:{JOINING})\.?\s+(?=\S)",
    re.IGNORECASE,
)
"""What is left at the ends of a day once the time of day beside it is off."""
BEFORE = compile_late(
    rf"""
    (?:(?:来源|來源)\s*:\s*\S+\s+)?
    (?:北京[时時][间間]\s*:?\s*)?
    (?:\(?(?:星期|周|週)[一二三四五六日天]\)?[\s,]*(?=\d{{4}}))?
    (?:(?i:{PUBLISHED.replace(" ", chr(92) + "s")})(?:\s+(?:on|at|le|am|el|em|a|il|op|den|dnia|в|о|vào|pada|في|ב-?))?\s*:?\s*)?
    """,
    FLAGS,
)
AFTER = compile_late(
    r"""
    (?<=.)\s*(?:
        (?:来源|來源|作者|记者|記者|编辑|編輯|责编|責編|责任编辑|責任編輯)\s*:.*
      | 发布|發布|發佈|发表|發表|配信|公開|掲載
    )$
    """,
    FLAGS | re.DOTALL,
)
