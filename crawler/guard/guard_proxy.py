"""The fetch guard for a browser: a proxy on loopback, inside the crawl's process, that the browser can only go through.

It judges the address of every host that is asked for and connects to that very address, whatever asked for it: a redirect,
a frame, a script, a WebSocket, a worker. It reads no https: that is a tunnel to the judged address. Where the environment
names a proxy for a host, it goes on through that one, which resolves the name anew.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import ipaddress
import secrets
import socket
from urllib.parse import urlsplit

from crawler.guard.fetch_guard import PORTS, FetchGuard
from crawler.guard.proxies import Proxy, find_proxy, parse_proxy
from crawler.guard.proxy_wire import (
    RequestHead,
    ask_for_tunnel,
    drop_connection_headers,
    hand_back_head,
    relay,
    relay_both,
)
from pipelines.fetch_errors import FetchRefused

HEAD_LIMIT = 256 * 1024  # bytes of the head of a request or response
USER = "crawl"


class GuardProxy:
    """A context manager; `url`, `USER` and `password` are what a browser is started with."""

    def __init__(
        self,
        guard: FetchGuard,
        connect_to: dict[str, tuple[str, int]],
        timeout: float,
        through_proxies: bool = True,
    ):
        self.guard, self.connect_to, self.timeout = guard, connect_to, timeout
        self.through_proxies = through_proxies
        """Whether the proxies that the environment names are used."""
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
                response = [f"HTTP/1.1 {status}".encode(), b"Content-Type: text/plain; charset=utf-8",
                          b"Content-Length: %d" % len(text.encode()), b"Connection: close"]  # fmt: skip
                if status.startswith("407"):
                    response.append(b'Proxy-Authenticate: Basic realm="crawl"')
                writer.write(b"\r\n".join(response) + b"\r\n\r\n" + text.encode())
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
        host, port = parts.hostname, parts.port or PORTS["http"]
        try:
            proxy = self._choose_proxy("https" if is_tunnel else "http", host)
            host_reader, host_writer = await self._connect(host, port, proxy)
            if proxy is not None and is_tunnel:
                await ask_for_tunnel(host_reader, host_writer, head.target, proxy)
        except FetchRefused as exc:
            return "403 Forbidden", str(exc)
        except (OSError, EOFError, ValueError) as exc:  # TimeoutError is an OSError
            return "502 Bad Gateway", f"{host}: {exc}"
        with contextlib.closing(host_writer):
            if is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await relay_both(reader, writer, host_reader, host_writer)
                return "", ""
            lines = drop_connection_headers(head.headers)
            target = head.target
            if proxy is None:
                target = (parts.path or "/").encode() + (f"?{parts.query}".encode() if parts.query else b"")
            elif proxy.authorization:
                lines.append(b"Proxy-Authorization: " + proxy.authorization)
            first = b" ".join((head.method, target, head.version))
            host_writer.write(b"\r\n".join((first, *lines)) + b"\r\n\r\n")
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

    def _choose_proxy(self, scheme: str, host: str) -> Proxy | None:
        """The operator's proxy for a host. Raises ValueError where its address cannot be used."""
        address = find_proxy(scheme, host) if self.through_proxies else None
        return parse_proxy(address) if address else None

    async def _connect(
        self, host: str, port: int, proxy: Proxy | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to an address of *host* that the guard permits, or to the *proxy*. Raises FetchRefused or OSError."""
        try:
            addresses, port = await self.find_addresses(host, port, all_of_them=proxy is not None)
        except socket.gaierror:
            if proxy is None:
                raise OSError("no such host") from None
        if proxy is not None:  # the name was judged as far as it is known here
            addresses, port = [proxy.host], proxy.port
        for index, address in enumerate(addresses, 1):
            try:
                return await asyncio.wait_for(
                    asyncio.open_connection(address, port, limit=HEAD_LIMIT), self.timeout
                )
            except OSError:
                if index == len(addresses):
                    raise
        raise OSError("no such host")

    async def find_addresses(self, host: str, port: int, all_of_them: bool = False) -> tuple[list[str], int]:
        """The addresses and the port to connect to for *host*, as `crawler.guard.resolver` has them; *all_of_them* as for
        `FetchGuard.permit`. Raises FetchRefused, OSError."""
        try:
            addresses = [str(ipaddress.ip_address(host))]
        except ValueError:
            name = host.rstrip(".").lower()
            if place := self.connect_to.get(name) or self.connect_to.get("*"):
                return [place[0]], place[1]
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
        origin = host.rstrip(".").lower(), port
        permitted = self.guard.permit(host, port, addresses, all_of_them)
        if permitted:  # the operator may have named it since it was refused
            self.guard.refusals.pop(origin, None)
        elif reason := self.guard.refusals.get(origin):
            raise FetchRefused(reason)
        return permitted, port
