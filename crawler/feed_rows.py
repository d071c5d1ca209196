"""How rows of the finews list feeds read, for the source of these feeds (`crawler.sources.finews`) and for the light check
before it (`crawler.preflight`), which loads this file by itself: standard library only, without even `typing`.

Three lists name the same things differently (``infoCode``/``infocode``, ``showtime``/``datetime``, ``from``/``medianame``):
keys are compared in lower case.
"""

from __future__ import annotations

import re
from hashlib import sha1

TYPE_CHECKING = False  # as typing's, which costs 5 ms
if TYPE_CHECKING:
    from typing import Any

MARKET = "/information/newmarket/web/webapi?marketType={type}&count={{count}}"
FEEDS = {
    "rolling": ("rolling", "/web/webapi?type=102&count={count}&newsid=1", "records"),
    "media": ("media", "/web/webapi?type=45&count={count}&newsid=1", "nodeList"),
    **{number: (f"market-{number}", MARKET.format(type=number), "record") for number in ("37", "38", "39")},
}
"""Word of ``-a feeds=`` -> name in the archive, path with ``{count}`` for the number of newest records, key of the list in the answer."""
UNREAD = "?"
"""Begins the name that polls keep of a row without an id."""
PINNED, UNDATED = "^", "-"
"""What stands behind the digest of a record above newer ones, which every poll lists, so that it proves nothing; and of one
without a time, which may yet come."""

IDS = ("infocode", "code", "art_code", "id", "newsid", "url_unique", "uniqueurl", "url_w", "url")
HEADLINES = ("title", "art_title", "simtitle")
DIGESTS = ("digest", "summary", "simdigest", "content", "art_content")
TIMES = ("showtime", "datetime", "showdatetime", "art_showtime", "updatetime")
DIGITS = re.compile(r"(?:NW)?(20\d{6}\d{6,15})", re.IGNORECASE)
IN_URL = re.compile(r"[/,](20\d{12,21})\.html")
HEAD = re.compile(r"\s*【([^】]{1,120})】")


class CrawlNeeded(Exception):
    """Something that a crawl has to look at; the message says what."""


def lower_keys(row: Any) -> dict[str, Any]:
    """A row with its keys in lower case; empty where it is none."""
    return {str(key).lower(): value for key, value in row.items()} if isinstance(row, dict) else {}


def first_text(lowered: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of *names* that is a number or a text, as one line; empty where none is.

    >>> first_text(lower_keys({"Title": "", "SimTitle": " 港口 扩建\\n开工 "}), HEADLINES)
    '港口 扩建 开工'
    """
    for name in names:
        value = lowered.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return ""


def native_id(lowered: dict[str, Any]) -> str | None:
    """The digits of a row's article, None where it names none.

    >>> native_id({"infocode": "NW202606301234567890"}), native_id({"url": "http://a.test/news/1345,202606301234567890.html"})
    ('202606301234567890', '202606301234567890')
    """
    for name in IDS:
        value = first_text(lowered, (name,))
        if value and (match := DIGITS.fullmatch(value) or IN_URL.search(value)):
            return match[1]
    return None


def headline_of(lowered: dict[str, Any]) -> str:
    """The title, else the 【head】 of the digest; empty where there is neither."""
    head = HEAD.match(first_text(lowered, DIGESTS))
    return first_text(lowered, HEADLINES) or (head[1] if head else "")


def digest(lowered: dict[str, Any]) -> str:
    """What `crawler.sources.Record.digest` makes of a row: it changes where the row's headline does."""
    return sha1("\0".join((headline_of(lowered), "", "", "open", "")).encode()).hexdigest()[:12]


def unsettled(name: str, rows: list[dict[str, Any]], digests: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of a feed that the poll before did not settle as they are now. Raises CrawlNeeded where one was edited, has
    no article id, or was not listed by that poll."""
    ids = [native_id(row) for row in rows]
    if digests and not digests.keys() & set(ids):
        raise CrawlNeeded(f"feed {name} does not overlap the poll before")
    if ids.count(None) > sum(key.startswith(UNREAD) for key in digests):
        raise CrawlNeeded(f"feed {name} has rows without an article id")
    unsettled_rows = []
    for ident, row in zip(ids, rows, strict=True):
        settled = digests.get(ident or "", "").removesuffix(PINNED)
        if settled.removesuffix(UNDATED) not in ("", digest(row)):
            raise CrawlNeeded(f"feed {name} has an edited record")
        if ident and (not settled or settled.endswith(UNDATED)):
            unsettled_rows.append(row)
    return unsettled_rows


def may_complete(row: dict[str, Any]) -> bool:
    """Whether a row may have the headline and the time that an archived article lacks."""
    has_time = any(row.get(name) for name in TIMES)
    return has_time and any(row.get(name) for name in HEADLINES + DIGESTS[:3])
