"""When a page says that its article came out: as printed near the headline, else as its metadata state."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.document import Document, squeeze

DATE = (
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?(?:1[0-2]|0?[1-9])\s?[-/.月]\s?(?:3[01]|[12]\d|0?[1-9])(?!\d)\s?[日号號]?)"
)
MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
WESTERN_DATE = rf"(?:\b{MONTH}\s(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\b(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s{MONTH},?\s(?:19|20)\d\d)"
HALF = r"上午|下午|晚上|晚间|晚間|凌晨|清晨|清早|早上|早晨|中午|正午|午后|午後|傍晚|深夜|夜间|夜間|半夜|夜里|晚|早|夜"
CLOCK = rf"(?:(?:{HALF})?\s?(?:[01]?\d|2[0-3])(?:[:：][0-5]\d(?:[:：][0-5]\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?|[时時點点][0-5]?\d分?))"
ZONE = r"(?:\.\d+)?(?:\s?Z|\s?[+-]\d\d:?\d\d)?"
STAMP = re.compile(
    rf"({DATE}|{WESTERN_DATE})(?:(?:[\s,，T|｜丨·/（(-]|at\b|HKT|GMT\+8)*(?:(?:星期|周|週)[一二三四五六日天])?(?:[\s)）,，|｜]|[香港北京台]{{2}}[时時][间間])*({CLOCK}{ZONE}))?"
)
WESTERN = re.compile(WESTERN_DATE)
OFFSET = re.compile(r"\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$")
CLOCK_FIRST = re.compile(rf"(?<![\d:：])([0-2]?\d:[0-5]\d(?::[0-5]\d)?)\s*[|｜,，·]?\s*({DATE})(?!\s*\d)")
"""A time of day in front of its date."""
WESTERN_CLOCK_FIRST = re.compile(
    rf"({CLOCK})\s*(?:GMT[+-]?\d*|UTC|[A-Z]{{1,3}}T)?,?\s+(?:on\s+)?({WESTERN_DATE})"
)
DAY_FIRST = re.compile(r"(?<![\d.])(3[01]|[12]\d|0?[1-9])\.(1[0-2]|0?[1-9])\.((?:19|20)\d\d)(?![\d.])")
"""A day as written with points in Europe."""
SHORT = re.compile(rf"(?<![\d.-])((?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12]\d|0?[1-9])日?)\s+({CLOCK})")
LATER = re.compile(
    r"(?:更新|修改|修订|编辑于|最后|截止|截至|有效期|过期|Updated|Modified)[^\d]{0,8}$", re.IGNORECASE
)
LABELLED = re.compile(
    r"(?:发布|发表|發布|發佈|發表|時間|时间|日期|刊发|发稿|出版|Published|Posted)[^\d]{0,10}$", re.IGNORECASE
)
META_NAMES = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "publishtime", "publish-date",
    "publish_time", "og:release_date", "og:pubdate", "weibo: article:create_at", "weibo:article:create_at", "bytedance:published_time",
    "firstpublishdate", "_pubtime_", "apub:time", "release_date", "date_published", "og:time", "parsely-pub-date", "sailthru.date", "article.published",
    "published_at", "published", "dc.date.issued", "dc.date", "dcterms.created", "ptime", "datecreated", "dateupdate", "date", "creationdate",
)  # fmt: skip
IN_SCRIPT = re.compile(
    r"(?<![\d.])((?:19|20)\d\d[-/]\d\d?[-/]\d\d?[ T]\d\d?:\d\d(?::\d\d)?|1\d{9}(?:\d{3})?)(?!\d)"
)
NAMED = re.compile(
    r"""(?:publish(?:ed)?_?(?:time|date|at)|pub_?(?:time|date)|ptime|create_?time|ctime|\bct|datePublished|news_?time|showtime)["']?\s*[:=]\s*["']?$""",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(r"(?<!\d)(20[0-3]\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d{3})")


def find_stamps(line: str) -> list[tuple[str, bool, int]]:
    """Dates printed in a line: as printed, whether with a time of day, and how surely one of publication (2, 1, 0).

    >>> find_stamps("2019年09月07日 13:43 来源：某报")
    [('2019年09月07日 13:43', True, 1)]
    >>> find_stamps("15:05 2020/10/04")[0], find_stamps("14.09.2023")[0]
    (('2020/10/04 15:05', True, 1), ('2023-09-14', False, 1))
    """
    found = []
    for one in STAMP.finditer(line):
        before = line[max(0, one.start() - 12) : one.start()]
        sure = 0 if LATER.search(before) else 2 if LABELLED.search(before) else 1
        raw = squeeze(" ".join(part for part in one.groups() if part)).replace("：", ":")
        found.append((raw, bool(one[2]), sure))
    if not any(timed for _, timed, _ in found) and (
        first := CLOCK_FIRST.search(line) or WESTERN_CLOCK_FIRST.search(line)
    ):
        found.insert(0, (f"{first[2].strip()} {first[1].strip()}", True, 1))
    if not found and (day := DAY_FIRST.search(line)):
        found.append((f"{day[3]}-{day[2]}-{day[1]}", False, 1))
    return found


def find_best_stamp(lines: Iterable[str]) -> tuple[str | None, bool]:
    """The best date among *lines* that stand near the headline, and whether it has a time of day."""
    best: tuple[tuple[bool, int], str] | None = None
    for line in lines:
        for raw, timed, sure in find_stamps(line):
            rank = (timed, sure)
            if best is None or rank > best[0]:
                best = (rank, raw)
    return (best[1], best[0][0]) if best else (None, False)


def find_in_metadata(document: Document) -> list[str]:
    """What the metadata state, the surest first."""
    linked = document.linked_data
    found = [document.meta[name] for name in META_NAMES if document.meta.get(name)]
    found[1:1] = [
        squeeze(str(linked[name])) for name in ("datePublished", "pubDate", "dateCreated") if linked.get(name)
    ]
    times = [one.get("datetime") or one.get("content") for one in document.root.iter("time")]
    return [*found, *(one for one in times if one)]


def find_in_scripts(html: str) -> str | None:
    """The time that a script assigns to a variable or key such as ``publish_time``."""
    # Times first: they are few, while the names alone would be looked for at every letter.
    for found in IN_SCRIPT.finditer(html):
        if NAMED.search(html, max(0, found.start() - 40), found.start()):
            return found[1]
    return None


def find_published(document: Document, near: list[str], after: list[str]) -> str | None:
    """The time of publication as the page states it; None where it states none.

    *near* are the lines between headline and text, *after* those behind the text.
    """
    shown, timed = find_best_stamp(near)
    if timed and not (shown and WESTERN.match(shown)):
        return shown
    in_metadata = [
        one
        for one in find_in_metadata(document)
        if STAMP.search(one) or (one.isdigit() and len(one) in (10, 13))
    ]
    # A Western clock is in a zone that the page need not state; its metadata do.
    if timed:
        return next((one.strip() for one in in_metadata if OFFSET.search(one)), shown)
    precise = (
        find_timed(in_metadata)
        or find_short(document.url, near, in_metadata)
        or find_in_scripts(document.html)
    )
    if precise:
        return precise
    later, timed = find_best_stamp(after)
    if timed and not shown:
        return later
    if shown or later or in_metadata:
        return shown or later or in_metadata[0]
    match = IN_ADDRESS.search(document.url.partition("//")[2].partition("/")[2])
    return f"{match[1]}-{match[2]}-{match[3]}" if match else None


def find_timed(times: Iterable[str]) -> str | None:
    """The first of *times* that has a time of day, or counts seconds."""
    for one in times:
        if one.isdigit() or ((match := STAMP.search(one)) and match[2]):
            return one.strip()
    return None


def find_short(url: str, near: Iterable[str], in_metadata: Iterable[str]) -> str | None:
    """A day and time without a year among the lines *near*, with the year of the address or of the metadata."""
    short = next((found for line in near if (found := SHORT.search(line))), None)
    if short is None:
        return None
    dated = IN_ADDRESS.search(url) or next(
        (match for raw in in_metadata if (match := STAMP.search(raw))), None
    )
    if dated is None:
        return None
    day = short[1].replace("/", "-").replace(".", "-").replace("月", "-").rstrip("日")
    return f"{dated[1][:4]}-{day} {short[2]}"
