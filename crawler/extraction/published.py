"""When a page says that its article came out: as printed near the headline, else as its metadata state."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.document import Document, squeeze
from pipelines.printed_times import OFFSET, SHORT, STAMP, PrintedTime, find_age, find_times, language_of_text

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
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
IN_ADDRESS = re.compile(r"(?<!\d)(20[0-3]\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d{3})")


def find_best_time(lines: Iterable[str], language: str | None) -> PrintedTime | None:
    """The best date among *lines* that stand near the headline: one with a time of day, one labelled as publication."""
    best: PrintedTime | None = None
    for line in lines:
        for time in find_times(line, language):
            if best is None or (time.has_clock, time.certainty) > (best.has_clock, best.certainty):
                best = time
    return best


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


def find_language(document: Document) -> str | None:
    """The language that the page states for itself, as it states it: ``zh-CN``, ``fr``."""
    stated = (
        document.root.get("lang"), document.meta.get("og:locale"), document.meta.get("content-language"),
        document.linked_data.get("inLanguage"),
    )  # fmt: skip
    return next((one.strip() for one in stated if isinstance(one, str) and one.strip()), None)


def find_published(document: Document, near: list[str], after: list[str]) -> str | None:
    """The time of publication as the page states it; None where it states none.

    *near* are the lines between headline and text, *after* those behind the text.
    """
    language = find_language(document)
    shown = find_best_time(near, language)
    in_metadata = [
        one
        for one in find_in_metadata(document)
        if STAMP.search(one) or (one.isdigit() and len(one) in (10, 13))
    ]
    if shown and shown.has_clock:
        # A clock is in a zone that the page need not state; its metadata do. Chinese ones often call Beijing's time UTC.
        if shown.raw[:4].isdigit() and language_of_text(document.title) == "zh":
            return shown.raw
        return next((one.strip() for one in in_metadata if OFFSET.search(one)), shown.raw)
    precise = (
        find_timed(in_metadata)
        or find_short(document.url, near, in_metadata)
        or find_in_scripts(document.html)
    )
    if precise:
        return precise
    later = find_best_time(after, language)
    if later and later.has_clock and not shown:
        return later.raw
    if day := shown or later:
        return day.raw
    if in_metadata:
        return in_metadata[0]
    if age := next((age for line in near if (age := find_age(line, language))), None):
        return age
    match = IN_ADDRESS.search(document.url.partition("//")[2].partition("/")[2])
    return f"{match[1]}-{match[2]}-{match[3]}" if match else None


def find_timed(times: Iterable[str]) -> str | None:
    """The first of *times* that has a time of day, or counts seconds."""
    for one in times:
        if one.isdigit() or any(time.has_clock for time in find_times(one)):
            return one.strip()
    return None


def find_short(url: str, near: Iterable[str], in_metadata: Iterable[str]) -> str | None:
    """A day and time without a year among the lines *near*, with the year of the address or of the metadata."""
    short = next((match for line in near if (match := SHORT.search(line))), None)
    if short is None:
        return None
    dated = IN_ADDRESS.search(url) or next(
        (match for raw in in_metadata if (match := YEAR.search(raw))), None
    )
    if dated is None:
        return None
    day = short[1].replace("/", "-").replace(".", "-").replace("月", "-").rstrip("日")
    return f"{dated[1][:4]}-{day} {short[2]}"
