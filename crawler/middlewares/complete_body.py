"""A body that ends early, or is damaged, is asked for again, and then refused: the decoders would take its first part for all of it.

Scrapy's download handler checks Content-Length and chunks; this checks the end of each content coding, and of an HTML page.
A text whose server states the wrong coding is read as what it is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from pipelines.fetch_errors import CutShort

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
IN_TAG = re.compile(rb"<[a-zA-Z/!][^<>]{0,2000}\Z")
OPENED, CLOSED, CONTAINER = (
    re.compile(rb"<(?:html|body)\b", re.IGNORECASE),
    re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE),
    re.compile(rb"<(/?)(?:article|div|main|section|table)\b", re.IGNORECASE),
)
TEXT_TYPE = re.compile(rb"^\s*(?:text/|application/(?:[\w.-]+\+)?(?:json|xml|javascript))", re.IGNORECASE)
PLAIN_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,1000}[<{\[]")
STEP = 64 * 1024  # bytes that a decoder is fed with at once
MAX_GROWTH = (
    64 * 1024 * 1024
)  # decoded bytes after which a body is left to the limit of HttpCompressionMiddleware


class _EndsEarly(Exception):
    """Coded data stops before its end."""


class _TooMuch(Exception):
    """Coded data stands for more than is looked at."""


class _Brotli:
    """Brotli's decoder with the methods that the other two have."""

    unused_data = b""

    def __init__(self) -> None:
        import brotli

        self.decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self.decoder.is_finished())

    def decompress(self, data: bytes, size: int) -> bytes:
        return bytes(self.decoder.process(data, output_buffer_limit=size))


class _Deflate:
    """The decoder of ``deflate``: with zlib's header or, as some servers send it, without."""

    def __init__(self) -> None:
        self.decoder = zlib.decompressobj()
        self.begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.decoder, name)

    def decompress(self, data: bytes, size: int) -> bytes:
        if not self.begun and (data[0] & 15 != 8 or int.from_bytes(data[:2]) % 31):
            self.decoder = zlib.decompressobj(-15)
        self.begun = True
        return bytes(self.decoder.decompress(data, size))


def _new_zstd() -> Any:
    from archive.captures.packing import zstd

    return zstd.ZstdDecompressor()


def _decode(pieces: Iterable[bytes], make: Callable[[], Any], magic: bytes) -> Iterator[bytes]:
    """What *pieces* stand for, `STEP` bytes at a time, as a kilobyte may stand for a gigabyte; the members of gzip data and the
    frames of zstd's, which begin with *magic*, one after the other. Raises _EndsEarly, _TooMuch, and what the decoder raises."""
    decoder, grown = make(), 0
    for piece in pieces:
        data, decoded = piece, b"."
        while data or decoded:
            if decoder.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                if not magic or not magic.startswith(data[: len(magic)]):
                    return  # bytes behind the data do not matter
                decoder = make()
            decoded = decoder.decompress(data, STEP)
            yield decoded
            grown += len(decoded)
            if grown > MAX_GROWTH:
                raise _TooMuch
            data = decoder.unused_data if decoder.eof else getattr(decoder, "unconsumed_tail", b"")
    if not decoder.eof:
        raise _EndsEarly


CODINGS: dict[bytes, tuple[Callable[[], Any], bytes]] = {
    b"gzip": (lambda: zlib.decompressobj(31), GZIP),
    b"x-gzip": (lambda: zlib.decompressobj(31), GZIP),
    b"deflate": (_Deflate, b""),
    b"br": (_Brotli, b""),
    b"zstd": (_new_zstd, ZSTD),
}
"""By content coding: its decoder, and how its data begins."""


def find_fault(body: bytes, *codings: bytes) -> str | None:
    """What is wrong with data of all of *codings*, in the order in which they were applied; None where it reaches its end.

    Data with a checksum that does not fit is damaged, too, which GzipFile would pass over.

    >>> import gzip
    >>> packed = gzip.compress(b"text" * 99)
    >>> find_fault(packed, b"gzip"), find_fault(packed + b"tail", b"gzip"), find_fault(packed[:-9], b"gzip")
    (None, None, 'ends early')
    >>> find_fault(gzip.compress(packed[:-9]), b"gzip", b"gzip"), find_fault(packed[:-8] + b"wrongsum", b"gzip")
    ('ends early', 'is damaged')
    """
    pieces: Iterable[bytes] = (body[start : start + STEP] for start in range(0, len(body), STEP))
    for coding in reversed(codings):
        pieces = _decode(pieces, *CODINGS[coding])
    try:
        for _ in pieces:
            pass
    except _EndsEarly:
        return "ends early"
    except _TooMuch:
        return None
    except Exception:  # each decoder has an error of its own
        return "is damaged"
    return None


def actual_codings(stated: list[bytes], response: Response) -> list[bytes]:
    """The content codings of a text whose server may not say that it is gzip data, or say so of data that is not."""
    is_text = TEXT_TYPE.search(response.headers.get(b"Content-Type") or b"") is not None
    if not stated and is_text and response.body.startswith(GZIP):
        return [b"gzip"]
    if stated in ([b"gzip"], [b"x-gzip"]) and PLAIN_TEXT.match(response.body):
        return []
    return stated


class CompleteCodingMiddleware:
    """Stands closer to the wire than HttpCompressionMiddleware and the HTTP cache. Raises CutShort after the retries."""

    def __init__(self, crawler: Any):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> CompleteCodingMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        named = b",".join(response.headers.getlist(b"Content-Encoding")).lower()
        stated = [coding for word in named.split(b",") if (coding := word.strip())]
        codings = actual_codings(stated, response)
        if codings != stated:
            response = response.replace(headers={**response.headers, b"Content-Encoding": codings})
        if not codings or response.status != 200 or request.method == "HEAD":
            return response
        if not CODINGS.keys() >= set(codings) or not response.body.startswith(CODINGS[codings[-1]][1]):
            return response
        fault = find_fault(response.body, *codings)
        if fault is None:
            return response
        return retry_or_fail(request, self.crawler.spider, f"{b', '.join(codings).decode()} data {fault}")


class CompletePageMiddleware:
    """Stands behind HttpCompressionMiddleware. A page that ends inside a tag, or that opens and never closes, is asked for
    once more; one that ends inside a tag or an element whose end HTML does not let be left out raises CutShort then."""

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
        if sum(-1 if end else 1 for end in CONTAINER.findall(body)) > 0:
            raise CutShort("the page ends inside its elements")
        return response


def retry_or_fail(request: Request, spider: Any, reason: str) -> Request:
    """A retry of *request*, as RETRY_TIMES allows. Raises CutShort where that is used up."""
    again = get_retry_request(request, spider=spider, reason=reason)
    if again is None:
        raise CutShort(reason)
    return again
