"""The fetch guard for a browser: a proxy on loopback, inside the crawl's process, that the browser can only go through.

It judges the address of every host that is asked for and connects to that very address, whatever asked for it: a redirect,
a frame, a script, a WebSocket, a worker. It reads no https: that is a tunnel to the judged address.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import ipaddress
import secrets
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.fetch_guard import PORTS, FetchGuard
from pipelines.fetch_errors import FetchRefused

HEAD_LIMIT = 256 * 1024  # bytes of the head of a request or response
CHUNK = 64 * 1024
USER = "crawl"
OF_CONNECTION = (b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization")
"""Headers of one connection, which are not handed on."""


class RequestHead(NamedTuple):
    """The head of a proxy request."""

    method: bytes
    target: bytes
    version: bytes
    headers: list[bytes]
    """Lines, as they came."""

    @classmethod
    def parse(cls, head: bytes) -> RequestHead:
        """Raises ValueError.

        >>> RequestHead.parse(b"CONNECT news.example:443 HTTP/1.1\\r\\nHost: news.example:443\\r\\n\\r\\n").target
        b'news.example:443'
        """
        first, *headers = head.rstrip(b"\r\n").split(b"\r\n")
        method, target, version = first.split(b" ")
        return cls(method, target, version, headers)

    def value(self, name: bytes) -> bytes:
        """The value of a header, empty where it is missing."""
        pairs = (line.partition(b":") for line in self.headers)
        return next((value.strip() for key, _, value in pairs if key.strip().lower() == name), b"")


def drop_connection_headers(lines: list[bytes]) -> list[bytes]:
    """Header lines without those of one connection; the next one ends with its response.

    >>> drop_connection_headers([b"Host: a", b"Proxy-Authorization: Basic x", b"Connection: keep-alive"])
    [b'Host: a', b'Connection: close']
    """
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in OF_CONNECTION]
    return [*kept, b"Connection: close"]


class GuardProxy:
    """A context manager; `url`, `USER` and `password` are what a browser is started with."""

    def __init__(self, guard: FetchGuard, connect_to: dict[str, tuple[str, int]], timeout: float):
        self.guard, self.connect_to, self.timeout = guard, connect_to, timeout
        self.password = secrets.token_urlsafe(24)
        """Of this crawl: nobody else of this machine can use the proxy."""
        self.url = ""
        self.server: asyncio.Server | None = None
        self.connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> GuardProxy:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.close()
        for task in self.connections:
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request; then the connection ends."""
        try:
            status, text = await self._forward(reader, writer)
            if status:
                answer = [f"HTTP/1.1 {status}".encode(), b"Content-Type: text/plain; charset=utf-8",
                          b"Content-Length: %d" % len(text.encode()), b"Connection: close"]  # fmt: skip
                if status.startswith("407"):
                    answer.append(b'Proxy-Authenticate: Basic realm="crawl"')
                writer.write(b"\r\n".join(answer) + b"\r\n\r\n" + text.encode())
                await writer.drain()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass  # one of both ends is gone, or does not speak HTTP: the browser sees a closed connection
        finally:
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, str]:
        """Hand a request on and its response back; a status and its text where there is none to hand back."""
        head = RequestHead.parse(await reader.readuntil(b"\r\n\r\n"))
        if not self._is_ours(head):
            return "407 Proxy Authentication Required", "the proxy of a crawl, for its own browser"
        is_tunnel = head.method == b"CONNECT"
        parts = urlsplit(f"//{head.target.decode()}" if is_tunnel else head.target.decode())
        if not parts.hostname or not (is_tunnel or parts.scheme == "http"):
            return "400 Bad Request", "neither http nor a tunnel"
        try:
            host_reader, host_writer = await self.connect(parts.hostname, parts.port or PORTS["http"])
        except FetchRefused as exc:
            return "403 Forbidden", str(exc)
        except OSError as exc:  # TimeoutError is one
            return "502 Bad Gateway", f"{parts.hostname}: {exc}"
        with contextlib.closing(host_writer):
            if is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await relay_both(reader, writer, host_reader, host_writer)
            else:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                lines = [b" ".join((head.method, path.encode(), head.version))]
                lines += drop_connection_headers(head.headers)
                host_writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
                body = asyncio.ensure_future(relay(reader, host_writer))
                try:
                    await hand_back_head(host_reader, writer)
                    await relay(host_reader, writer)
                finally:
                    body.cancel()
        return "", ""

    def _is_ours(self, head: RequestHead) -> bool:
        """Whether a request carries this crawl's credentials."""
        expected = b"Basic " + base64.b64encode(f"{USER}:{self.password}".encode())
        return hmac.compare_digest(head.value(b"proxy-authorization"), expected)

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to *host*, at an address that the guard permits. Raises FetchRefused or OSError."""
        addresses, port = await self.find_addresses(host, port)
        for index, address in enumerate(addresses, 1):
            try:
                return await asyncio.wait_for(
                    asyncio.open_connection(address, port, limit=HEAD_LIMIT), self.timeout
                )
            except OSError:
                if index == len(addresses):
                    raise
        raise OSError("no such host")

    async def find_addresses(self, host: str, port: int) -> tuple[list[str], int]:
        """The addresses and the port to connect to for *host*, as `crawler.resolver` has them. Raises FetchRefused, OSError."""
        try:
            addresses = [str(ipaddress.ip_address(host))]
        except ValueError:
            name = host.rstrip(".").lower()
            if place := self.connect_to.get(name) or self.connect_to.get("*"):
                return [place[0]], place[1]
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
        origin = host.rstrip(".").lower(), port
        permitted = self.guard.permit(host, port, addresses)
        if permitted:  # the operator may have named it since it was refused
            self.guard.refusals.pop(origin, None)
        elif reason := self.guard.refusals.get(origin):
            raise FetchRefused(reason)
        return permitted, port


async def hand_back_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on the head of a response, and those that only announce it (1xx)."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        if first.split(b" ", 2)[1:2][0][:1] == b"1":
            writer.write(head)
            continue
        writer.write(b"\r\n".join((first, *drop_connection_headers(lines))) + b"\r\n\r\n")
        return


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on all that comes."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()


async def relay_both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    host_reader: asyncio.StreamReader,
    host_writer: asyncio.StreamWriter,
) -> None:
    """Hand on in both directions until one of them ends."""
    tasks = [
        asyncio.ensure_future(relay(reader, host_writer)),
        asyncio.ensure_future(relay(host_reader, writer)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
