"""The download handler: HTTP/1.1 on asyncio's own transports, with the guard asked about every connection.

Scrapy's handlers cost 0.45 ms (Twisted) or 0.2 ms (aiohttp, and 0.2 s to import) of CPU a request, this one 0.1 ms.
It does what this crawl needs: connections that are kept, TLS, bodies by length, in chunks or to the end. Redirects,
compression and retries are the middlewares'. It knows no proxies.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from functools import lru_cache
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetch_guard import PORTS, FetchGuard, Origin, is_public, origin_of
from pipelines.fetch_errors import FetchRefused

HEAD_MAX = 64 * 1024  # bytes of a status line and headers
CONNECT_SECONDS = 5.0  # for an address of a host that has another one to try
IDLE_SECONDS = 50.0  # a kept connection older than this is not used again: most servers close at 60
HEAD_END = re.compile(rb"\r?\n\r?\n")
STATUS = re.compile(rb"HTTP/(1\.[01]) (\d{3})(?: |$)")
NO_BODY = frozenset((204, 304))


class BadAnswer(Exception):
    """What came is no HTTP; the message says why."""


class Cut(Exception):
    """The connection ended before the answer did."""


def connect_to(pairs: list[str]) -> dict[str, tuple[str, int]]:
    """The setting CONNECT_TO: address and port by host.

    >>> connect_to(["news.example=127.0.0.1:8000"])
    {'news.example': ('127.0.0.1', 8000)}
    """
    found = {}
    for pair in pairs:
        host, _, place = pair.strip().partition("=")
        address, _, port = place.rpartition(":")
        found[host.lower()] = (str(ipaddress.ip_address(address.strip("[]"))), int(port))
    return found


class Wire(asyncio.Protocol):
    """One connection: the bytes that have come, and a way to wait for more."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self.idle_since = 0.0
        self.origin: Origin | None = None
        self.address: Any = None
        self.transport: Any = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended, self.error = True, error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def more(self) -> None:
        """Wait until more bytes came. Raises Cut at the end of the connection."""
        if self.ended:
            raise Cut(str(self.error or "the connection was closed")) from self.error
        self._waiter = asyncio.get_running_loop().create_future()
        seen = len(self.data)
        await self._waiter
        if self.ended and len(self.data) == seen:
            raise Cut(str(self.error or "the connection was closed")) from self.error

    async def line(self) -> bytes:
        """The next line without its end."""
        while (at := self.data.find(b"\n")) < 0:
            if len(self.data) > HEAD_MAX:
                raise BadAnswer(f"a line of more than {HEAD_MAX:,} bytes")
            await self.more()
        return self.take(at + 1).rstrip(b"\r\n")

    def take(self, size: int) -> bytes:
        """The first *size* bytes that have come."""
        taken = bytes(memoryview(self.data)[:size]) if size < len(self.data) else bytes(self.data)
        del self.data[:size]
        return taken

    @property
    def fit(self) -> bool:
        """Whether another request can go over it: alive, and nothing came that was not asked for."""
        return not self.ended and not self.data and not self.transport.is_closing()

    def close(self) -> None:
        """Let go of the connection at once."""
        self.transport.abort()


@lru_cache(maxsize=1024)
def place_of(scheme: str, netloc: str) -> tuple[Origin | None, bytes]:
    """Origin and ``Host`` header of an address."""
    origin = origin_of(f"{scheme}://{netloc}")
    if origin is None:
        return None, b""
    _, host, port = origin
    name = f"[{host}]" if ":" in host else host
    return origin, (name if port == PORTS[scheme] else f"{name}:{port}").encode(
        "idna" if not name.isascii() else "ascii"
    )


class Answer:
    """Status, headers and body as read off a wire."""

    __slots__ = ("body", "headers", "keep", "status", "version")

    def __init__(self, version: str, status: int, headers: Headers):
        self.version, self.status, self.headers = version, status, headers
        self.body = b""
        said = (headers.get(b"Connection") or b"").lower()
        self.keep = b"close" not in said if version == "1.1" else b"keep-alive" in said


async def read_head(wire: Wire) -> Answer:
    """Status line and headers; those of interim answers (1xx) are passed over. Raises BadAnswer, Cut."""
    while True:
        while (found := HEAD_END.search(wire.data)) is None:
            if len(wire.data) > HEAD_MAX:
                break
            await wire.more()
        if found is None or found.end() > HEAD_MAX:
            raise BadAnswer(f"headers of more than {HEAD_MAX:,} bytes")
        first, *lines = wire.take(found.end())[: found.start()].splitlines()
        status = STATUS.match(first)
        if status is None:
            raise BadAnswer(f"no HTTP/1 answer: {first[:60]!r}")
        if status[2][0] == b"1"[0]:
            continue
        headers: dict[bytes, list[bytes]] = {}
        name = b""
        for line in lines:
            if line[:1] in b" \t" and name:  # a folded header
                headers[name][-1] += b" " + line.strip()
                continue
            name, colon, value = line.partition(b":")
            if not colon:
                raise BadAnswer(f"no header: {line[:60]!r}")
            name = name.strip().title()
            headers.setdefault(name, []).append(value.strip())
        made = Headers()
        dict.update(
            made, headers
        )  # as its own update would, which normalises each name and value again: 10 µs
        return Answer(status[1].decode(), int(status[2]), made)


async def read_body(wire: Wire, answer: Answer, limit: int) -> None:
    """Set the answer's body. Raises BadAnswer, Cut, DownloadCancelledError beyond *limit* bytes (0: none)."""
    headers = answer.headers
    if b"chunked" in (headers.get(b"Transfer-Encoding") or b"").lower():
        parts, size = [], 0
        while part := await read_chunk(wire, limit and limit - size):
            parts.append(part)
            size += len(part)
        while await wire.line():
            pass  # trailers
        answer.body = b"".join(parts)
        return
    lengths = set(headers.getlist(b"Content-Length"))
    if lengths:
        said = lengths.pop()
        if lengths or not said.isdigit():
            raise BadAnswer("a Content-Length that is no one number")
        size = int(said)
        check_size(size, limit)
        while len(wire.data) < size:
            await wire.more()
        answer.body = wire.take(size)
        return
    answer.keep = False
    while not wire.ended:
        check_size(len(wire.data), limit)
        try:
            await wire.more()
        except Cut:
            if wire.error is not None:
                raise
    check_size(len(wire.data), limit)
    answer.body = wire.take(len(wire.data))


async def read_chunk(wire: Wire, limit: int) -> bytes:
    """One chunk of a chunked body; empty at its end."""
    said = (await wire.line()).partition(b";")[0].strip()
    try:
        size = int(said, 16)
    except ValueError:
        raise BadAnswer(f"no size of a chunk: {said[:20]!r}") from None
    if limit < 0 or size < 0:
        raise (
            BadAnswer("no size of a chunk") if size < 0 else DownloadCancelledError("the answer is too large")
        )
    check_size(size, limit)
    if not size:
        return b""
    while len(wire.data) < size + 2:
        await wire.more()
    chunk = wire.take(size)
    await wire.line()
    return chunk


def check_size(size: int, limit: int) -> None:
    """Raises DownloadCancelledError where *size* is more than *limit* bytes (0: none)."""
    if limit and size > limit:
        raise DownloadCancelledError(f"{size:,} bytes are more than {limit:,}")


class GuardedDownloadHandler(BaseDownloadHandler):
    """Handler for http and https that connects to trusted origins, and else to public addresses only.

    Raises FetchRefused, and Scrapy's own errors of a download.
    """

    lazy = True

    def __init__(self, crawler: Any):
        super().__init__(crawler)
        settings = crawler.settings
        self.guard = FetchGuard.of(crawler)
        self.timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self.limit = settings.getint("DOWNLOAD_MAXSIZE")
        self.verify = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self.most = settings.getint("CONCURRENT_REQUESTS")
        self.elsewhere = connect_to(settings.getlist("CONNECT_TO"))
        self.idle: list[Wire] = []
        self._tls: ssl.SSLContext | None = None

    async def download_request(self, request: Request) -> Response:
        timeout = request.meta.get("download_timeout", self.timeout)
        try:
            async with asyncio.timeout(timeout):
                return await self._fetch(request)
        except TimeoutError as wrong:
            raise DownloadTimeoutError(f"{request.url} took longer than {timeout} seconds") from wrong
        except ssl.SSLError as wrong:
            raise DownloadFailedError(str(wrong)) from wrong
        except socket.gaierror as wrong:
            raise CannotResolveHostError(str(wrong)) from wrong
        except ConnectionRefusedError as wrong:
            raise DownloadConnectionRefusedError(str(wrong)) from wrong
        except (OSError, BadAnswer, Cut, UnicodeError) as wrong:
            raise DownloadFailedError(str(wrong)) from wrong

    async def close(self) -> None:
        for wire in self.idle:
            wire.close()
        self.idle.clear()

    async def _fetch(self, request: Request) -> Response:
        parts = urlparse_cached(request)
        origin, host = place_of(parts.scheme, parts.netloc)
        if origin is None:
            raise UnsupportedURLSchemeError(f"{request.url} is no http or https address")
        asked = self._message(request, host, len(parts.scheme) + 3 + len(parts.netloc))
        started = monotonic()
        wire = self._kept(origin)
        again = wire is not None and request.method in ("GET", "HEAD")
        while True:
            wire = wire or await self._connect(origin)
            try:
                wire.transport.write(asked)
                answer = await read_head(wire)
                request.meta["download_latency"] = monotonic() - started
                if request.method != "HEAD" and answer.status not in NO_BODY:
                    limit = request.meta.get("download_maxsize", self.limit)
                    try:
                        await read_body(wire, answer, limit)
                    except Cut as wrong:
                        raise ResponseDataLossError(f"{request.url}: {wrong}") from wrong
            except Cut:
                wire.close()
                if not again or wire.data:
                    raise
                wire, again = None, False  # the server let go of the kept connection as we asked
            except BaseException:
                wire.close()
                raise
            else:
                break
        self._keep(wire, answer.keep)
        kind = responsetypes.from_args(headers=answer.headers, url=request.url, body=answer.body)
        response = kind(
            url=request.url,
            status=answer.status,
            body=answer.body,
            ip_address=wire.address,
            protocol=f"HTTP/{answer.version}",
        )
        response.headers = answer.headers  # handed in, each would be normalised again
        return response

    def _message(self, request: Request, host: bytes, path_at: int) -> bytes:
        """The request as it goes over the wire. *path_at*: where the path begins in the address."""
        target = request.url[path_at:].partition("#")[0]
        if not target.startswith("/"):
            target = f"/{target}"
        lines = [f"{request.method} {target} HTTP/1.1".encode("ascii"), b"Host: " + host]
        for name, values in dict.items(request.headers):
            lines += [name + b": " + value for value in values]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            lines.append(b"Content-Length: %d" % len(request.body))
        if any(b"\n" in line or b"\r" in line for line in lines):
            raise BadAnswer("a line break in the request's address or headers")
        return b"\r\n".join(lines) + b"\r\n\r\n" + request.body

    def _kept(self, origin: Origin) -> Wire | None:
        """A kept connection to *origin*."""
        since = monotonic() - IDLE_SECONDS
        for at in range(len(self.idle) - 1, -1, -1):
            wire = self.idle[at]
            if not wire.fit or wire.idle_since < since:
                del self.idle[at]
                wire.close()
            elif wire.origin == origin:
                del self.idle[at]
                return wire
        return None

    def _keep(self, wire: Wire, keep: bool) -> None:
        """Keep a connection for the next request, where that may be."""
        if not keep or not wire.fit:
            wire.close()
            return
        wire.idle_since = monotonic()
        self.idle.append(wire)
        if len(self.idle) > self.most:
            self.idle.pop(0).close()

    async def _connect(self, origin: Origin) -> Wire:
        """A new connection. The address is judged and then connected to, so no name can resolve anew between.

        Raises FetchRefused, OSError.
        """
        scheme, host, port = origin
        loop = asyncio.get_running_loop()
        if there := self.elsewhere.get(host) or self.elsewhere.get("*"):  # named by the operator, so trusted
            addresses, port = [there[0]], there[1]
        else:
            addresses = await self._addresses(origin)
        context, name = (self._context(), host) if scheme == "https" else (None, None)
        for address in addresses:
            last = address == addresses[-1]
            try:
                async with asyncio.timeout(None if last else CONNECT_SECONDS):
                    _, wire = await loop.create_connection(
                        Wire, address, port, ssl=context, server_hostname=name
                    )
            except OSError:
                if last:
                    raise
                continue
            wire.origin, wire.address = origin, ipaddress.ip_address(address.partition("%")[0])
            return wire
        raise AssertionError("a name has at least one address")

    async def _addresses(self, origin: Origin) -> list[str]:
        """The addresses of a host that may be connected to. Raises FetchRefused, OSError."""
        _, host, port = origin
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        if self.guard.trusts(origin):
            return addresses
        public = [address for address in addresses if is_public(address)]
        if not public:
            raise FetchRefused(
                f"{host} is at {addresses[0]}, which is no public address; name its origin in FINEWS_ORIGINS to allow it"
            )
        return public

    def _context(self) -> ssl.SSLContext:
        """TLS as the system trusts it; made when it is first needed."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
            if not self.verify:
                self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE
        return self._tls
