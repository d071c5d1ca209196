"""The list feeds of finews: what each asks, and how its records read. A new feed is one entry of `crawler.feed_rows.FEEDS`.

`PagedFeed` is the second source: public lists with cursors or pages, for when a rolling window has already moved on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from crawler import feed_rows
from crawler.extraction.decoding import decode
from crawler.feed_rows import first_text
from crawler.sources import Channel, Listing, ListRequest, Record, Source, SourceError, Window, register
from crawler.sources.rows import read_rows


def read_json(body: bytes) -> Any:
    """JSON of a list, with ``var x=`` or JSONP round it cut away; never evaluated. None where it is none."""
    text = decode(body).strip()
    for candidate in (text, text[text.find("{") : text.rfind("}") + 1] if text[:1] != "<" else ""):
        try:
            return json.loads(candidate, strict=False)
        except RecursionError:  # nested without end: no list of ours
            return None
        except ValueError:
            continue
    return None


def record_of(row: dict[str, Any]) -> Record | None:
    """One row in our words; None where it has no article id."""
    lowered = feed_rows.lower_keys(row)
    key = feed_rows.native_id(lowered)
    if key is None:
        return None
    return Record(
        key=key,
        headline=feed_rows.headline_of(lowered) or None,
        published_raw=first_text(lowered, feed_rows.TIMES) or None,
        publisher=first_text(lowered, ("from", "medianame", "source", "art_medianame")) or None,
        description=first_text(lowered, feed_rows.DIGESTS) or None,
        is_quoted=True,
        url=first_text(lowered, ("url_w", "url", "uniqueurl", "art_uniqueurl", "art_url")) or None,
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """A rolling window of the newest records."""

    name: str
    """As in `article_feeds`: rolling, media, market-37, ..."""
    path: str
    """Path and query of the list, with ``{count}``."""
    key: str
    """Name of the list in the answer."""

    def url(self, origin: str, count: int) -> str:
        """Address of the newest *count* records."""
        return origin + self.path.format(count=count)

    def read(self, body: bytes, where: str) -> Listing:
        """The records of an answer, newest first as served. Raises SourceError."""
        data = read_json(body)
        if data is None:
            start = " ".join(body[:60].decode("utf-8", "replace").split())
            raise SourceError(f"feed {self.name}: not JSON at {where}: {start!r}")
        rows = data.get(self.key) if isinstance(data, dict) else None
        if not isinstance(rows, list):
            seen = ", ".join(sorted(map(str, data))[:6]) if isinstance(data, dict) else type(data).__name__
            raise SourceError(
                f"feed {self.name}: no list {self.key!r} at {where}; there is {seen or 'nothing'}"
            )
        return read_rows(rows, record_of, f"feed {self.name}", where)


FEEDS = {word: Feed(*entry) for word, entry in feed_rows.FEEDS.items()}
"""Feeds by the word that ``-a feeds=`` takes."""


@dataclass(frozen=True, slots=True)
class PagedFeed:
    """A public list that goes back in pages: the second source of a rolling feed."""

    of: str
    """Name of the feed that it continues."""
    path: str
    query: Mapping[str, Any]
    cursor_name: str
    """Name of the cursor in the query: ``sortEnd`` is in each answer for the next, ``page_index`` counts from 1."""
    size_name: str
    """Name of the number of records."""
    key: str
    """Name of the list within ``data``."""

    def url(self, origin: str, cursor: str, size: int) -> str:
        """Address of the page at *cursor*; the empty cursor is the newest page."""
        trace = str(
            int(datetime.now(UTC).timestamp() * 1000)
        )  # any unique value: the lists answer 403 without one
        at = cursor or ("1" if self.cursor_name == "page_index" else "")
        query = {**self.query, self.cursor_name: at, self.size_name: size, "req_trace": trace}
        return f"{origin}{self.path}?{urlencode(query)}"

    def read(self, body: bytes, where: str, cursor: str) -> Listing:
        """The page's records and the next cursor, None after the last page. Raises SourceError."""
        data = read_json(body)
        inner = data.get("data") if isinstance(data, dict) else None
        rows = inner.get(self.key) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or not isinstance(rows, list):
            raise SourceError(f"list {self.of}: no data.{self.key} at {where}")
        listing = read_rows(rows, record_of, f"list {self.of}", where)
        is_counted = self.cursor_name == "page_index"
        following = str(int(cursor or "1") + 1) if is_counted else str(inner.get(self.cursor_name) or "")
        listing.next_cursor = following if listing.records and following not in ("", cursor) else None
        return listing


PAGED = {
    "rolling": PagedFeed(
        "rolling", "/comm/web/getFastNewsList", {"client": "web", "biz": "web_724", "fastColumn": "102"},
        "sortEnd", "pageSize", "fastNewsList",
    ),
    "media": PagedFeed(
        "media", "/comm/web/getNewsByColumns",
        {"client": "web", "biz": "web_news_col", "column": "345,350", "order": 1, "needInteractData": 0},
        "page_index", "page_size", "list",
    ),
}  # fmt: skip
"""The second source of each feed that has one."""


PUBLIC_LISTS = "https://np-listapi.eastmoney.com"
PAGE_SIZE = 200  # records of one page of a public list
PAGE = "page:"


def origins_in(setting: str) -> list[str]:
    """Origins of a comma-separated setting.

    >>> origins_in(" http://a.test/ ,,https://b.test")
    ['http://a.test', 'https://b.test']
    """
    return [origin.strip().rstrip("/") for origin in setting.split(",") if origin.strip()]


def list_origins(origins: list[str], setting: str) -> list[str]:
    """Origins of the public paged lists: those of the *setting*, else the public one, or a mirror's own."""
    if own := origins_in(setting):
        return own
    return [PUBLIC_LISTS] if any("eastmoney.com" in origin for origin in origins) else origins


@register
class Finews(Source):
    """The feeds as a source. A page's cursor is the number of records that are asked for (``500``); behind the largest
    come pages of the public list (``page:CURSOR``)."""

    name = "finews"
    title = "东方财富 (Choice)"
    interval = timedelta(minutes=5)
    first_poll = None
    uses = ("FINEWS_ORIGINS", "FINEWS_LIST_ORIGINS", "FINEWS_COUNTS")
    feeds = {feed.name: feed for feed in FEEDS.values()}
    channels = {name: Channel(name, is_default=True, may_be_empty=True) for name in feeds}

    def __init__(self, settings: Mapping[str, Any] | None = None):
        super().__init__(settings)
        self.origins = origins_in(self.settings["FINEWS_ORIGINS"])
        self.list_origins = list_origins(self.origins, self.settings["FINEWS_LIST_ORIGINS"])
        self.counts = [int(count) for count in self.settings["FINEWS_COUNTS"].split(",") if count.strip()]

    def feed_name(self, channel: str) -> str:
        return channel

    def trusted_origins(self) -> list[str]:
        return [*self.origins, *self.list_origins]

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        if cursor.startswith(PAGE):
            page = cursor.removeprefix(PAGE)
            urls = [PAGED[channel].url(origin, page, PAGE_SIZE) for origin in self.list_origins]
        else:
            count = int(cursor or self.counts[0])
            urls = [self.feeds[channel].url(origin, count) for origin in self.origins]
        return [ListRequest(url=url) for url in urls]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        if cursor.startswith(PAGE):
            listing = PAGED[channel].read(response.body, response.url, cursor.removeprefix(PAGE))
            if listing.next_cursor is not None:
                listing.next_cursor = PAGE + listing.next_cursor
        else:
            listing = self.feeds[channel].read(response.body, response.url)
            asked = int(cursor or self.counts[0])
            # A window that is not full has no more records, however many are asked for.
            is_full = len(listing.records) + len(listing.unread) >= asked
            larger = next((str(count) for count in self.counts if count > asked and is_full), None)
            listing.next_cursor = larger or (PAGE if channel in PAGED else None)
        for record in listing.records:  # what a record gives may be another column's address
            record.url = f"{self.origins[0]}/html_News/NewsShare.html?infoCode=NW{record.key}"
        return listing
