"""The times that a page states where software looks: metadata, marked elements, scripts, its address. All as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from lxml import etree

from crawler.extraction.document import Document, squeeze, text_of
from pipelines.printed_times import find_times, moment_of

PUBLISHED_NAMES = (
    "articlepublishedtime", "articlepublished", "articlepublisheddate", "articlepublicationdate", "articlepostdate", "datepublished",
    "publishedtime", "pubdate", "publishdate", "publisheddate", "publishtime", "publicationdate", "publishedat", "published", "firstpublishdate",
    "firstpublished", "originalpublicationdate", "articlefirstpublished", "releasedate", "pubtime", "bytedancepublishedtime", "weiboarticlecreateat",
    "parselypubdate", "sailthrudate", "cxenseparserecspublishtime", "mediatorpublishedtime", "rnewsdatepublished", "vrpublishedtime",
    "dateposted", "postdate", "regdate", "ptime", "dcdateissued", "dctermsissued", "dcdatepublication", "displaydate", "citationpublicationdate",
    "apubtime", "time",
)  # fmt: skip
"""Names of meta tags that mean the publication, letters alone and without ``og:``; the surest first."""
OTHER_NAMES = (
    "dcdate", "dctermsdate", "dctermscreated", "dccreated", "dcdatecreated", "datecreated", "articlecreated", "created", "contentcreatedate",
    "dateupdate", "date", "creationdate", "citationdate", "docdate",
)  # fmt: skip
"""Names of meta tags that some sites use for the publication and some for another time."""
RANKS = {name: rank for rank, name in enumerate((*PUBLISHED_NAMES, *OTHER_NAMES))}
MARKS = re.compile(r"[\W_]+")
PREFIX = re.compile(r"^(?:og:)+(?=\w)")
"""What stands before the name that counts: ``og:article:published_time``."""
OWN_PREFIX = re.compile(r"[a-z]+[-_.:](?=pub|dateposted|postdate|datepub)")
"""What a site's own software puts before such a name: ``sw-pubdate``."""
DATED: Any = etree.XPath(
    "//*[self::time or self::abbr or contains(@itemprop, 'datePublished')"
    " or ((contains(@property, 'datePublished') or contains(@property, 'dateCreated')) and ancestor::body)]"
)
MARKED = re.compile(
    r"(?:^|\s)(?:published|dt-published|entry-date|post-date|article-date|pubdate)(?:$|\s)", re.IGNORECASE
)
OTHERS = re.compile(
    r"comment|(?:^|[\s_-])(?:related|recommend\w*|teasers?|sidebar|widgets?|footer|latest|popular|more|next|prev\w*|replies|reply)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of elements that hold comments or other articles."""
OTHER_TAGS = frozenset(("aside", "nav", "blockquote"))
CARD = 20  # characters of a link besides a time in it from which it leads to another article
IN_SCRIPT = re.compile(
    r"([12](?<![\d.].)(?:(?:(?<=1)9|(?<=2)0)\d\d[-/]\d\d?[-/]\d\d?[ T]\d\d?:\d\d(?::\d\d)?|(?<=1)\d{9}(?:\d{3})?))(?!\d)"
)
"""A time in a script, or the seconds or milliseconds since 1970. The digits that begin it come first, so that the search passes over all else
at once."""
IN_UTC = re.compile(r"\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]00:?00)$")
WITH_OFFSET = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?[+-](?!00)\d\d:?\d\d")
NAMED = re.compile(
    r"""(?:publish(?:ed)?_?(?:time|date|at)|pub_?(?:time|date)|ptime|create_?time|ctime|\bct|datePublished|news_?time|showtime)["']?\s*[:=]\s*["']?$""",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(r"(?<!\d)(20[0-3]\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d{3})")
PERMALINK = re.compile(r"/(20[0-3]\d)/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/")
"""The day as folders of an address: that of the first publication, as links must not break."""
DAY_FIRST = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])([-/_.])(0[1-9]|1[0-2])\2(20[0-3]\d)(?![\d])")


def find_in_metadata(document: Document) -> tuple[list[str], list[str]]:
    """The times of meta tags and JSON-LD: those named as that of the publication, the surest first, and others."""
    ranked: list[tuple[float, str]] = []
    for name, contents in document.metas.items():
        rank = RANKS.get(MARKS.sub("", PREFIX.sub("", name)))
        if rank is None and (match := OWN_PREFIX.match(name)) and name[match.end() :] in RANKS:
            rank = len(PUBLISHED_NAMES)  # less sure than those
        if rank is not None:
            ranked.append((rank, contents[0]))
    linked = document.linked_data
    for rank, name in enumerate(("datePublished", "pubDate", "dateCreated")):
        if linked.get(name):
            ranked.append((0.1 * (rank + 1), squeeze(str(linked[name]))))
    ranked.sort(key=lambda ranked_time: ranked_time[0])
    first_other = len(PUBLISHED_NAMES)
    return [raw for rank, raw in ranked if rank < first_other], [
        raw for rank, raw in ranked if rank >= first_other
    ]


def names_publication(document: Document) -> bool:
    """Whether a meta tag is named as the time of publication."""
    named = (RANKS.get(MARKS.sub("", PREFIX.sub("", name))) for name in document.metas)
    return any(rank is not None and rank < len(PUBLISHED_NAMES) for rank in named)


def find_in_elements(document: Document) -> list[str]:
    """The times of ``<time>`` and of elements marked as the publication's, the latter first; not those of comments and
    other articles."""
    marked: list[str] = []
    others: list[str] = []
    holders = {above for heading in document.root.iter("h1") for above in heading.iterancestors()}
    for element in DATED(document.root):
        is_marked = (
            "datePublished" in (element.get("itemprop") or "")
            or (element.get("property") is not None and element.tag != "meta")
            or element.get("pubdate") is not None
            or MARKED.search(element.get("class") or "") is not None
        )
        if not (is_marked or element.tag == "time"):
            continue
        raw = squeeze(element.get("datetime") or element.get("content") or element.get("title")) or text_of(
            element
        )
        if any(map(str.isdigit, raw)) and not is_of_another(element, holders):
            (marked if is_marked else others).append(raw)
    return [*marked, *others]


def is_of_another(element: Any, holders: set[Any]) -> bool:
    """Whether an element stands in a comment, or beside another article. *holders* are the elements round the headline:
    their names say nothing of what is in them."""
    for above in element.iterancestors():
        if above in holders:
            return False
        called = f"{above.get('class') or ''} {above.get('id') or ''}"
        if above.tag in OTHER_TAGS or OTHERS.search(called):
            return True
        if above.tag == "a" and len(text_of(above)) > len(text_of(element)) + CARD:
            return True
    return False


def find_in_scripts(html: str) -> Iterator[str]:
    """The times that scripts assign to variables or keys such as ``publish_time``."""
    # Times first: they are few, while the names alone would be looked for at every letter.
    for match in IN_SCRIPT.finditer(html):
        if NAMED.search(html, max(0, match.start() - 40), match.start()):
            yield match[1]


def find_in_address(url: str, language: str | None) -> str | None:
    """The day in an address: ``/2016/03/24/``, ``20160324``, ``24-03-2016``."""
    path = url.partition("//")[2].partition("/")[2]
    if day := find_in_permalink(url):
        return day
    if match := IN_ADDRESS.search(path):
        return f"{match[1]}-{match[2]}-{match[3]}"
    if match := DAY_FIRST.search(path):
        day = f"{match[1]}.{match[3]}.{match[4]}"
        return day if find_times(day, language) else None
    return None


def find_in_permalink(url: str) -> str | None:
    """The day that an address has as folders.

    >>> find_in_permalink("https://news.example/home/2017/7/12/a"), find_in_permalink("https://news.example/2017/7/a")
    ('2017-07-12', None)
    """
    match = PERMALINK.search(url)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else None


def with_own_offset(raw: str, html: str) -> str:
    """A time, or where it is in UTC the same second as the page's source states it by the clock of its own zone: that
    tells of which day it was there, too.

    >>> with_own_offset("2023-11-09T03:28:35Z", '{"at":"2023-11-08T22:28:35-05:00"}'), with_own_offset("2023-11-09", "")
    ('2023-11-08T22:28:35-05:00', '2023-11-09')
    """
    if not IN_UTC.search(raw) or (moment := moment_of(raw)) is None:
        return raw
    for match in WITH_OFFSET.finditer(html):
        stated = moment_of(match[0])
        if stated is not None and abs(stated - moment) < timedelta(seconds=1):
            return match[0]
    return raw
