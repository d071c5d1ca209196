"""The proxies that the environment names (http_proxy, https_proxy, no_proxy), as Scrapy's HttpProxyMiddleware chooses them."""

from __future__ import annotations

import base64
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass


class Proxy(NamedTuple):
    """A proxy and what it wants to be shown."""

    host: str
    port: int
    authorization: bytes
    """Value of ``Proxy-Authorization``; empty where the address holds no credentials."""

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def parse_proxy(address: str) -> Proxy:
    """The proxy at an address, with or without a scheme. Raises ValueError.

    >>> str(parse_proxy("http://user:secret@proxy.example:3128")), str(parse_proxy("10.0.0.1"))
    ('proxy.example:3128', '10.0.0.1:80')
    """
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError("not the address of an http proxy")
    credentials = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode(
        "latin-1", "replace"
    )
    authorization = b"Basic " + base64.b64encode(credentials) if parts.username else b""
    return Proxy(parts.hostname, parts.port or 80, authorization)


def find_proxy(scheme: str, host: str) -> str | None:
    """The address of the proxy for a host, with its credentials; None where the environment names none, or excludes the host."""
    address = getproxies().get(scheme)
    return address if address and not proxy_bypass(host) else None


def is_set(scheme: str) -> bool:
    """Whether the environment names a proxy for a scheme."""
    return scheme in getproxies()
