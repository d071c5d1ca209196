"""A body that ends early is asked for again, and then refused: the decoders would take its first part for all of it.

Scrapy's download handler checks Content-Length and chunks; this checks the end of each content coding, and of an HTML page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from pipelines.fetch_errors import CutShort

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
IN_TAG = re.compile(rb"<[a-zA-Z/!][^<>]{0,2000}\Z")
OPENED, CLOSED = (
    re.compile(rb"<(?:html|body)\b", re.IGNORECASE),
    re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE),
)
STEP = 64 * 1024  # bytes that a decoder is fed with at once
MAX_GROWTH = (
    64 * 1024 * 1024
)  # decoded bytes after which a body is left to the limit of HttpCompressionMiddleware


def is_whole_gzip(body: bytes) -> bool:
    """Whether gzip data reaches its end; bytes behind that, and further members, do not matter.

    >>> import gzip
    >>> packed = gzip.compress(b"text" * 99)
    >>> is_whole_gzip(packed), is_whole_gzip(packed + b"tail"), is_whole_gzip(packed[:-9])
    (True, True, False)
    """
    return _reaches_end(zlib.decompressobj(31), body)


def is_whole_deflate(body: bytes) -> bool:
    """Whether data of the coding ``deflate`` reaches its end, with zlib's header or, as some servers send it, without."""
    return _reaches_end(zlib.decompressobj(15), body) or _reaches_end(zlib.decompressobj(-15), body)


def is_whole_brotli(body: bytes) -> bool:
    """Whether Brotli data reaches its end."""
    return _reaches_end(_Brotli(), body)


def is_whole_zstd(body: bytes) -> bool:
    """Whether Zstandard data reaches the end of a frame."""
    from archive.captures.packing import zstd

    return _reaches_end(zstd.ZstdDecompressor(), body)


class _Brotli:
    """Brotli's decoder with the methods that the other two have."""

    def __init__(self) -> None:
        import brotli

        self.decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self.decoder.is_finished())

    def decompress(self, data: bytes, size: int) -> bytes:
        return bytes(self.decoder.process(data, output_buffer_limit=size))


def _reaches_end(decoder: Any, body: bytes) -> bool:
    """Whether *decoder* comes to the end of its data within *body*. Holds `STEP` decoded bytes at a time: a kilobyte may stand
    for a gigabyte."""
    grown = 0
    try:
        for start in range(0, len(body), STEP):
            data, decoded = body[start : start + STEP], b"."
            while data or decoded:
                decoded = decoder.decompress(data, STEP)
                grown += len(decoded)
                if decoder.eof or grown > MAX_GROWTH:
                    return True
                data = getattr(decoder, "unconsumed_tail", b"")  # of zlib's; the others keep it
    except Exception:  # each decoder has an error of its own; HttpCompressionMiddleware reports broken data
        return bool(grown)
    return False


CHECKS: dict[bytes, tuple[bytes, Callable[[bytes], bool]]] = {
    b"gzip": (GZIP, is_whole_gzip),
    b"x-gzip": (GZIP, is_whole_gzip),
    b"deflate": (b"", is_whole_deflate),
    b"br": (b"", is_whole_brotli),
    b"zstd": (ZSTD, is_whole_zstd),
}
"""By content coding: how its data begins, and whether it reaches its end."""


class CompleteCodingMiddleware:
    """Stands closer to the wire than HttpCompressionMiddleware and the HTTP cache. Raises CutShort after the retries."""

    def __init__(self, crawler: Any):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> CompleteCodingMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        coding = (response.headers.get(b"Content-Encoding") or b"").strip().lower()
        if response.status != 200 or coding not in CHECKS or request.method == "HEAD":
            return response
        start, is_whole = CHECKS[coding]
        if not response.body.startswith(start) or is_whole(response.body):
            return response
        return retry_or_fail(request, self.crawler.spider, f"{coding.decode()} data ends early")


class CompletePageMiddleware:
    """Stands behind HttpCompressionMiddleware. A page that ends inside a tag, or that opens and never closes, is asked for
    once more; one that ends inside a tag again raises CutShort."""

    def __init__(self, crawler: Any):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> CompletePageMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        body = response.body
        # "partial": the connection's end is the body's, so that nothing else tells a cut from an end.
        if (
            response.status != 200
            or "partial" not in response.flags
            or b"html" not in (response.headers.get(b"Content-Type") or b"")
        ):
            return response
        tail = body[-4096:].rstrip()
        is_in_tag = IN_TAG.search(tail) is not None
        is_open = OPENED.search(body[:4096]) is not None and CLOSED.search(tail) is None
        if not is_in_tag and not is_open:
            return response
        if not request.meta.get("page_asked_again"):
            return request.replace(dont_filter=True, meta={**request.meta, "page_asked_again": True})
        if is_in_tag:
            raise CutShort("the page ends inside a tag")
        return response


def retry_or_fail(request: Request, spider: Any, reason: str) -> Request:
    """A retry of *request*, as RETRY_TIMES allows. Raises CutShort where that is used up."""
    again = get_retry_request(request, spider=spider, reason=reason)
    if again is None:
        raise CutShort(reason)
    return again
