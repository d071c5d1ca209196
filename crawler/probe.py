"""Asks sources outside a crawl, for ``scrapy source``: by Scrapy's downloader and the fetch guard, without an archive."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy import Request, Spider
from scrapy.http import Response

from crawler import reasons
from crawler.extraction.decoding import decode
from crawler.sources import Listing, ListRequest, Source, SourceError, Window
from crawler.sources.configured import build
from crawler.sources.discovery import feeds_in, sitemaps_in, well_known

Ask = Callable[[ListRequest], Awaitable[Response]]


class ProbeSpider(Spider):
    """Runs a function that asks for what it needs, one request after the other. Archives nothing."""

    name = "probe"

    def __init__(self, work: Callable[[Ask], Awaitable[None]]):
        super().__init__()
        self.work = work

    async def start(self) -> AsyncIterator[Any]:
        await self.work(self.ask)
        return
        yield  # Scrapy wants an asynchronous generator

    async def ask(self, wanted: ListRequest) -> Response:
        """The answer to a request. Raises SourceError with the reason where there is none."""
        form = urlencode(dict(wanted.form)) if wanted.form else None
        request = Request(
            wanted.url,
            method="POST" if wanted.form else "GET",
            headers={
                **wanted.headers,
                **({"Content-Type": "application/x-www-form-urlencoded"} if form else {}),
            },
            body=form or None,
            dont_filter=True,
        )
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as exc:
            raise SourceError(reasons.of_error(exc, wanted.url)[1]) from None
        if response.status != 200:
            raise SourceError(reasons.of_status(response.status, response.url)[1])
        return response


async def read_newest(source: Source, channel: str, now: datetime, ask: Ask) -> Listing:
    """The newest page of a channel, the parts of an index included. Raises SourceError."""
    whole = Listing(records=[])
    for request in source.requests(channel, "", Window(now=now)):
        listing = source.read(await ask(with_headers(request, source)), channel, "")
        whole.records += listing.records
        for part in listing.further:
            whole.records += source.read(await ask(with_headers(part, source)), channel, "").records
    return whole


def with_headers(request: ListRequest, source: Source) -> ListRequest:
    """*request* with the headers of every request to *source*."""
    return replace(request, headers={**source.headers, **request.headers})


async def find_offers(
    url: str, options: dict[str, Any], now: datetime, ask: Ask, notes: list[str]
) -> list[tuple[str, int]]:
    """Addresses that can be followed, best first, each with the number of its records; reasons go to *notes*."""

    async def try_address(address: str) -> tuple[str, int] | None:
        source, _ = build("new", {"url": address, **options}, {})
        try:
            listing = await read_newest(source, "", now, ask)
        except SourceError as exc:
            notes.append(str(exc))
            return None
        return (address, len(listing.records)) if listing.records else None

    try:
        page = await ask(ListRequest(url=url))
    except SourceError as exc:
        notes.append(str(exc))
        return []
    is_page = b"<html" in page.body[:4096].lower() or b"<!doctype html" in page.body[:4096].lower()
    if not is_page or options.get("links"):
        offer = await try_address(url)
        return [offer] if offer else []
    offers = [
        offer
        for address in feeds_in(decode(page.body), page.url)[:8]
        if (offer := await try_address(address))
    ]
    if not offers:
        addresses = well_known(page.url)
        with contextlib.suppress(SourceError):
            robots = await ask(ListRequest(url=urljoin(page.url, "/robots.txt")))
            addresses = [*sitemaps_in(decode(robots.body), page.url)[:3], *addresses]
        for address in addresses:
            if offer := await try_address(address):
                offers.append(offer)
                break
    if not offers and (offer := await try_address(url)):
        offers.append(offer)
    notes[:] = notes[-1:]
    return offers
