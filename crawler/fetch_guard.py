"""The fetch guard's rules: what the operator named is trusted; an address that came out of content is fetched only where
it is public. `crawler.resolver` applies them to every new connection, `crawler.middlewares.fetch_guard` to every request."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from pipelines.fetch_errors import FetchRefused

PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin | None:
    """``(scheme, host, port)`` of an http or https address, else None.

    >>> origin_of("HTTPS://News.Example/a?b")
    ('https', 'news.example', 443)
    >>> origin_of("file:///etc/passwd") is None
    True
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return None
    if scheme not in PORTS or not host:
        return None
    return scheme, host.rstrip("."), port or PORTS[scheme]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1")]
    [True, False, False, False, False, False]
    """
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        # IPv4 inside IPv6: mapped, 6to4, compatible (::127.0.0.1), NAT64.
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None:
            ip = ip.sixtofour
        elif int(ip) >> 32 == 0 or ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast


def parse_connect_to(pairs: Iterable[str]) -> dict[str, tuple[str, int]]:
    """The setting CONNECT_TO: address and port by host; ``*`` is every other host. Raises ValueError.

    >>> parse_connect_to(["news.example=127.0.0.1:8000"])
    {'news.example': ('127.0.0.1', 8000)}
    """
    places = {}
    for pair in pairs:
        host, _, place = pair.strip().partition("=")
        address, _, port = place.rpartition(":")
        places[host.lower()] = (str(ipaddress.ip_address(address.strip("[]"))), int(port))
    return places


class FetchGuard:
    """The origins that the operator of one crawl named (settings, arguments, links), and what was refused."""

    _by_crawler: WeakKeyDictionary[Any, FetchGuard] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.trusted: set[Origin] = set()
        self.refusals: dict[tuple[str, int], str] = {}
        """Why a host and port was refused."""

    @classmethod
    def of(cls, crawler: Any) -> FetchGuard:
        """The guard of this crawl, trusting the origins that its settings name."""
        if crawler not in cls._by_crawler:
            guard = cls._by_crawler[crawler] = cls()
            settings = crawler.settings
            for url in (
                *settings.getlist("FINEWS_ORIGINS"),
                *settings.getlist("FINEWS_PLACES"),
                settings["FINEWS_ARTICLE_PAGE"],
            ):
                guard.trust((url or "").strip())
        return cls._by_crawler[crawler]

    @classmethod
    def all(cls) -> list[FetchGuard]:
        """The guards of the crawls that this process runs, one as a rule: name resolution is the process's."""
        return list(cls._by_crawler.values())

    def trust(self, url: str) -> None:
        """Trust the origin of an address that the operator gave."""
        if origin := origin_of(url):
            self.trusted.add(origin)

    def trusts(self, host: str, port: int) -> bool:
        """Whether the operator named *host* and *port* (0: any port), in either scheme."""
        host = host.rstrip(".").lower()
        return any(host == named and port in (0, at) for _, named, at in self.trusted)

    def permit(self, host: str, port: int, addresses: list[str]) -> list[str]:
        """Those of a host's *addresses* that may be connected to; where there are none, `refusals` says why."""
        if self.trusts(host, port):
            return addresses
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            self.refusals[host.rstrip(".").lower(), port] = (
                f"{host} is at {addresses[0]}, which is not a public address; add its origin to FINEWS_ORIGINS to allow it"
            )
        return public

    def refusal(self, url: str) -> FetchRefused | None:
        """Why the origin of *url* was refused, None where it was not."""
        origin = origin_of(url)
        reason = self.refusals.get(origin[1:]) if origin else None
        return FetchRefused(reason) if reason else None
