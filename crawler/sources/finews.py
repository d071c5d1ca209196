"""The list feeds of finews: what each asks, and how its records read. A new feed is one class here.

Three lists name the same things differently (``infoCode``/``infocode``, ``showtime``/``datetime``, ``from``/
``medianame``); names are brought to one form on entry. `PagedFeed` is the second source: public lists with cursors or
pages, for when a rolling window has already moved on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.sources import Channel, Listing, ListRequest, Record, Source, SourceError, Window, register
from crawler.sources.rows import read_rows

DIGITS = re.compile(r"(?:NW)?(20\d{6}\d{6,15})", re.IGNORECASE)
DIGEST_TITLE = re.compile(r"\s*【([^】]{1,120})】")


def read_json(body: bytes, where: str) -> Any:
    """JSON of a list, with ``var x=`` or JSONP round it cut away; never evaluated. Raises SourceError."""
    text = decode(body).strip()
    try:
        return json.loads(text, strict=False)
    except RecursionError:  # nested without end: no list of ours
        return None
    except ValueError:
        pass
    start, end = text.find("{"), text.rfind("}")
    try:
        return (
            json.loads(text[start : end + 1], strict=False) if 0 <= start < end and text[0] != "<" else None
        )
    except (ValueError, RecursionError):
        return None


def text_of(row: dict[str, Any], *names: str) -> str | None:
    """The first of *names* that says something, as one line of text.

    >>> text_of({"showtime": "", "ShowTime": " 2026-02-21 "}, "showtime")
    '2026-02-21'
    """
    lowered = {str(key).lower(): value for key, value in row.items()}
    for name in names:
        value = lowered.get(name.lower())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return None


class Feed:
    """A rolling window of the newest records."""

    name: ClassVar[str]
    """As in `article_feeds`: rolling, media, market-37, ..."""
    path: ClassVar[str]
    """Path and query of the list, with ``{count}``."""
    key: ClassVar[str]
    """Name of the list in the answer."""

    @classmethod
    def url(cls, origin: str, count: int) -> str:
        """Address of the newest *count* records."""
        return origin + cls.path.format(count=count)

    @classmethod
    def rows(cls, data: Any, where: str) -> list[Any]:
        """The list in an answer. Raises SourceError."""
        rows = data.get(cls.key) if isinstance(data, dict) else None
        if not isinstance(rows, list):
            seen = ", ".join(sorted(map(str, data))[:6]) if isinstance(data, dict) else type(data).__name__
            raise SourceError(
                f"feed {cls.name}: no list {cls.key!r} at {where}; there is {seen or 'nothing'}"
            )
        return rows

    @classmethod
    def read(cls, body: bytes, where: str) -> Listing:
        """The records of an answer, newest first as served. Raises SourceError."""
        data = read_json(body, where)
        if data is None:
            start = " ".join(body[:60].decode("utf-8", "replace").split())
            raise SourceError(f"feed {cls.name}: not JSON at {where}: {start!r}")
        rows = cls.rows(data, where)
        return read_rows(rows, cls.record, f"feed {cls.name}", where)

    @classmethod
    def record(cls, row: dict[str, Any]) -> Record | None:
        """One row in our words; None where it has no article id."""
        for name in (
            "infoCode",
            "code",
            "Art_Code",
            "id",
            "newsid",
            "url_unique",
            "uniqueUrl",
            "url_w",
            "url",
        ):
            value = text_of(row, name)
            if value and (match := DIGITS.fullmatch(value) or re.search(r"[/,](20\d{12,21})\.html", value)):
                break
        else:
            return None
        description = text_of(row, "digest", "summary", "simdigest", "content", "Art_Content")
        headline = text_of(row, "title", "Art_Title", "simtitle")
        if not headline and description and (head := DIGEST_TITLE.match(description)):
            headline = head[1]
        return Record(
            key=match[1],
            headline=headline,
            published_raw=text_of(row, "showtime", "datetime", "showDateTime", "Art_ShowTime", "updateTime"),
            publisher=text_of(row, "from", "medianame", "source", "Art_MediaName"),
            description=description,
            is_quoted=True,
            url=text_of(row, "url_w", "url", "uniqueUrl", "Art_UniqueUrl", "Art_Url"),
        )


class RollingFeed(Feed):
    """Rolling news, named emnews by the older site."""

    name, key = "rolling", "records"
    path = "/web/webapi?type=102&count={count}&newsid=1"


class MediaFeed(Feed):
    """News by medium."""

    name, key = "media", "nodeList"
    path = "/web/webapi?type=45&count={count}&newsid=1"


class MarketFeed(Feed):
    """Market news; one class a market type."""

    key = "record"
    path = "/information/newmarket/web/webapi?marketType=37&count={count}"
    name = "market-37"


class MarketFeed38(MarketFeed):
    """Market news, type 38."""

    path, name = "/information/newmarket/web/webapi?marketType=38&count={count}", "market-38"


class MarketFeed39(MarketFeed):
    """Market news, type 39."""

    path, name = "/information/newmarket/web/webapi?marketType=39&count={count}", "market-39"


FEEDS: dict[str, type[Feed]] = {
    "rolling": RollingFeed,
    "media": MediaFeed,
    "37": MarketFeed,
    "38": MarketFeed38,
    "39": MarketFeed39,
}
"""Feeds by the word that ``-a feeds=`` takes."""


class PagedFeed:
    """A public list that goes back in pages: the second source of a rolling feed."""

    of: ClassVar[str]
    """Name of the feed that it continues."""

    @classmethod
    def url(cls, origin: str, cursor: str, size: int) -> str:
        """Address of the page at *cursor*; the empty cursor is the newest page."""
        raise NotImplementedError

    @classmethod
    def read(cls, body: bytes, where: str, cursor: str) -> Listing:
        """The page's records and the next cursor, None after the last page. Raises SourceError."""
        raise NotImplementedError


def trace() -> str:
    """Any unique value: the public lists answer 403 without one."""
    return str(int(datetime.now(UTC).timestamp() * 1000))


class FastNewsList(PagedFeed):
    """Rolling news further back, by a ``sortEnd`` cursor."""

    of = "rolling"

    @classmethod
    def url(cls, origin: str, cursor: str, size: int) -> str:
        query = {
            "client": "web",
            "biz": "web_724",
            "fastColumn": "102",
            "sortEnd": cursor,
            "pageSize": size,
            "req_trace": trace(),
        }
        return f"{origin}/comm/web/getFastNewsList?{urlencode(query)}"

    @classmethod
    def read(cls, body: bytes, where: str, cursor: str) -> Listing:
        data = read_json(body, where)
        inner = data.get("data") if isinstance(data, dict) else None
        rows = inner.get("fastNewsList") if isinstance(inner, dict) else None
        if not isinstance(rows, list):
            raise SourceError(f"list {cls.of}: no data.fastNewsList at {where}")
        listing = read_rows(rows, Feed.record, f"list {cls.of}", where)
        following = str(inner.get("sortEnd") or "") if isinstance(inner, dict) else ""
        listing.next_cursor = following if listing.records and following not in ("", cursor) else None
        return listing


class NewsByColumns(PagedFeed):
    """News by medium further back, by page number."""

    of = "media"

    @classmethod
    def url(cls, origin: str, cursor: str, size: int) -> str:
        query = {
            "client": "web", "biz": "web_news_col", "column": "345,350", "order": 1, "needInteractData": 0,
            "page_index": cursor or "1", "page_size": size, "req_trace": trace(),
        }  # fmt: skip
        return f"{origin}/comm/web/getNewsByColumns?{urlencode(query)}"

    @classmethod
    def read(cls, body: bytes, where: str, cursor: str) -> Listing:
        data = read_json(body, where)
        inner = data.get("data") if isinstance(data, dict) else None
        rows = inner.get("list") if isinstance(inner, dict) else None
        if not isinstance(rows, list):
            raise SourceError(f"list {cls.of}: no data.list at {where}")
        listing = read_rows(rows, Feed.record, f"list {cls.of}", where)
        listing.next_cursor = str(int(cursor or "1") + 1) if listing.records else None
        return listing


PAGED: dict[str, type[PagedFeed]] = {page.of: page for page in (FastNewsList, NewsByColumns)}
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


def list_origins(origins: list[str], given: str) -> list[str]:
    """Origins of the public paged lists: those *given* in the settings, else the public one, or a mirror's own."""
    if own := origins_in(given):
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
    channels = {
        feed.name: Channel(feed.__doc__ or feed.name, is_default=True, may_be_empty=True)
        for feed in FEEDS.values()
    }
    feeds = {feed.name: feed for feed in FEEDS.values()}

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
