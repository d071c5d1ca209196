"""A source that is configuration alone: an address, whose answer decides how it is read."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.sources import Channel, Listing, ListRequest, Source, SourceError, Window
from crawler.sources.link_list import read_list
from crawler.sources.sitemap import read_sitemap, unzipped
from crawler.sources.syndication import read_feed, read_json_feed

DECLARATION = re.compile(r"(?<!\s)\s*<\?xml\b[^<>]*\?>")
SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
SYNDICATED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)


def narrow(body: bytes) -> bytes:
    """A text of UTF-16, with or without its mark, as UTF-8, without the declaration of an encoding that it no longer has.

    >>> narrow('<?xml version="1.0"?><rss>港</rss>'.encode("utf-16-be")).decode()
    '<rss>港</rss>'
    """
    is_big = body.startswith(BOM_UTF16_BE) or body[:1] == b"\0"
    text = body.decode("utf-16-be" if is_big else "utf-16-le", "replace").lstrip("\ufeff")
    return DECLARATION.sub("", text, count=1).replace("\0", "").encode()


class ConfiguredSource(Source):
    """A source that is configuration alone."""

    interval = timedelta(minutes=15)
    has_site = False

    def __init__(
        self, name: str, urls: Mapping[str, str], *, links: str | None = None, content: str = "auto"
    ):
        super().__init__()
        self.name = self.title = name  # type: ignore[misc]  # one class, many sources
        self.urls, self.links, self.content = urls, links, content
        self.channels = {
            channel: Channel(url, is_default=True, may_be_empty=True) for channel, url in urls.items()
        }

    def feed_name(self, channel: str) -> str:
        return f"{self.name}/{channel}" if channel else self.name

    def trusted_origins(self) -> list[str]:
        return [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, self.urls.values())]

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        return [ListRequest(url=cursor or self.urls[channel], headers=self.headers)]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        try:
            body = unzipped(response.body)
        except ValueError as exc:
            raise SourceError(f"{self.name}: {response.url}: {exc}") from None
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if b"\0" in body[:64]:
            body, kind = narrow(body), "application/xml; charset=utf-8"
        head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
        if head[:1] in (b"{", b"["):
            return read_json_feed(body, response.url, self.name, self.zone, self.content)
        if SITEMAP.search(head):
            return read_sitemap(body, response.url, self.name, self.zone)
        if SYNDICATED.search(head) or (b"<?xml" in head[:64] and b"<html" not in head.lower()):
            return read_feed(body, response.url, self.name, self.zone, self.content, {"content-type": kind})
        return read_list(decode(body, kind), response.url, self.name, self.links)
