"""Keeps every response as received (`archive.captures`), and names to each item the captures that it rests on."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from itemadapter import ItemAdapter
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from archive.captures import BROWSER, Capture
from archive.captures.packing import zstd
from archive.captures.redaction import Header
from archive.writer import Archive
from crawler.middlewares.saved_images import SOURCE
from crawler.middlewares.site_headers import SET
from crawler.reader_version import reader_of
from pipelines.archive_access import require_archive
from pipelines.image_types import sniff
from pipelines.response_digest import DIGEST

LARGEST_STATUS = 999
SMALL, LARGE = 512, 1024 * 1024  # bytes of an image
META = "captures"
"""Key of ``meta``: ids of the captures of a request, of the requests that led to it, and of its own redirects and retries."""


class CaptureMiddleware:
    """The downloader middleware that is closest to the wire: redirects, retries, robots.txt and images all pass it."""

    def __init__(self, archive: Archive):
        self.archive = archive

    @classmethod
    def from_crawler(cls, crawler: Any) -> CaptureMiddleware:
        archive = require_archive(crawler)
        if archive.captures is None:
            raise NotConfigured
        archive.captures.batch.reader = reader_of(crawler.settings)
        return cls(archive)

    def process_response(self, request: Request, response: Response) -> Response:
        if "cached" in response.flags or not request.url.startswith("http"):
            return response  # of Scrapy's HTTP cache: it was captured when it came
        if response.status > LARGEST_STATUS:
            return response  # not HTTP; Python and Twisted take numbers of any length
        encoding = response.headers.get(b"Content-Encoding")
        body = decode(response.body, encoding) if encoding else None
        plain = response.body if body is None else body
        digest = hashlib.sha256(plain).hexdigest()
        if response.status == 200:  # others may be asked again, with this meta
            request.meta[DIGEST] = plain, digest
        source, file = request.meta.get(SOURCE) or (
            BROWSER if request.meta.get("playwright") else None,
            None,
        )
        capture_id = self.archive.capture(
            Capture(
                url=request.url,
                final_url=response.url,
                method=request.method,
                request_headers=sent_headers(request),
                status=response.status,
                headers=pairs(response.headers),
                received=response.body,
                body=body,
                body_sha256=digest,
                fetched_at=datetime.now(UTC),
                ip=str(response.ip_address) if response.ip_address else None,
                protocol=response.protocol,
                content_encoding=encoding.decode("latin-1") if encoding else None,
                image=bool(request.meta.get("from_content")) and response.status == 200 and is_image(plain),
                personal=request.meta.get("personal_keys", ()),
                source=source,
                file=file,
            )
        )
        if capture_id:
            request.meta[META] = [*request.meta.get(META, ()), capture_id]
        return response


class NameCapturesMiddleware:
    """Gives each item the captures of its response and of those that led there, and hands them on to further requests."""

    def __init__(self, version: str):
        self.version = version

    @classmethod
    def from_crawler(cls, crawler: Any) -> NameCapturesMiddleware:
        require_archive(crawler)
        return cls(reader_of(crawler.settings))

    def process_spider_output(self, response: Response, result: Iterable[Any]) -> Iterator[Any]:
        return (self._name(response, entry) for entry in result)

    async def process_spider_output_async(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for entry in result:
            yield self._name(response, entry)

    def _name(self, response: Response, entry: Any) -> Any:
        captures = response.meta.get(META, [])
        if isinstance(entry, Request):
            if (
                captures and META not in entry.meta
            ):  # the spider may know better: which lists named an article
                entry.meta[META] = captures
        elif ItemAdapter.is_item(entry):
            record = ItemAdapter(entry)
            if META in record.field_names():
                own = record.get(META) or []
                if not own or "page" in (record.get("reading") or {}):  # else the spider named the lists
                    record[META] = list(dict.fromkeys([*own, *captures]))
                if "reader" in record.field_names():
                    record["reader"] = record.get("reader") or self.version
        return entry


def sent_headers(request: Request) -> list[Header]:
    """The headers of a request, without those of SITE_HEADERS: they may be credentials, whatever they are called."""
    if SET not in request.meta:
        return pairs(request.headers)
    own = {name.lower() for name in request.meta[SET]}
    return [pair for pair in pairs(request.headers) if pair[0].lower() not in own]


def is_image(body: bytes) -> bool:
    """Whether an image is kept as a file, so that its digest is enough here. What the image pipeline refuses as cut short or a
    tracking pixel is kept as it was received, unless it is large."""
    image = sniff(body)
    return image is not None and ((image.complete and len(body) > SMALL) or len(body) > LARGE)


def pairs(headers: Headers) -> list[Header]:
    """Headers as text, one pair a value."""
    # As the dict that they are: their own `items` looks each name up again, which takes 1 % of a crawl.
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in dict.items(headers)
        for value in values
    ]


def decode(body: bytes, encoding: bytes) -> bytes | None:
    """*body* without its content encodings; None where one is unknown or its data are broken, so that the bytes received are
    kept as they are.

    >>> decode(zlib.compress(b"text"), b"deflate"), decode(b"text", b"gzip")
    (b'text', None)
    """
    for coding in reversed(encoding.lower().split(b",")):
        try:
            body = _decode_one(body, coding.strip())
        except Exception:  # each decoder has an error of its own
            return None
    return body


def _decode_one(body: bytes, coding: bytes) -> bytes:
    if coding in (b"gzip", b"x-gzip"):
        return _inflate(body, 31)
    if coding == b"deflate":
        try:
            return _inflate(body, 15)
        except zlib.error:  # without zlib's header, as some servers send it
            return _inflate(body, -15)
    if coding == b"br":
        import brotli

        decoder = brotli.Decompressor()
        data = bytes(decoder.process(body, output_buffer_limit=MAX_BODY))
        return _whole(data, decoder.is_finished())
    if coding == b"zstd":
        unpacker = zstd.ZstdDecompressor()
        return _whole(unpacker.decompress(body, MAX_BODY), unpacker.eof)
    if coding in (b"", b"identity"):
        return body
    raise ValueError(f"unknown content coding {coding!r}")


MAX_BODY = 64 * 1024 * 1024
"""Decoded bytes above which a body is kept as it was received."""


def _inflate(body: bytes, bits: int) -> bytes:
    decoder = zlib.decompressobj(bits)
    return _whole(decoder.decompress(body, MAX_BODY), decoder.eof)


def _whole(data: bytes, is_finished: bool) -> bytes:
    """*data* of a decoder. Raises ValueError where it did not come to the end."""
    if not is_finished:
        raise ValueError("cut short, or larger than MAX_BODY")
    return data
