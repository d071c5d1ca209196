"""HTTP as a proxy reads and writes it (`crawler.guard.guard_proxy`): heads of requests and responses, and bytes between two ends."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from crawler.guard.proxies import Proxy

CHUNK = 64 * 1024
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
    other_lines = [line for line in lines if line.partition(b":")[0].strip().lower() not in OF_CONNECTION]
    return [*other_lines, b"Connection: close"]


async def ask_for_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: bytes, proxy: Proxy
) -> None:
    """Have the operator's proxy open a tunnel. Raises OSError where it does not, and ends the connection."""
    lines = [b"CONNECT %s HTTP/1.1" % target, b"Host: %s" % target]
    if proxy.authorization:
        lines.append(b"Proxy-Authorization: " + proxy.authorization)
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
    try:
        response = await reader.readuntil(b"\r\n\r\n")
    except BaseException:
        writer.close()
        raise
    if response.split(b" ", 2)[1:2] != [b"200"]:
        writer.close()
        status = response.splitlines()[0].decode("latin-1")
        raise OSError(f"the proxy {proxy} answered {status}")


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
