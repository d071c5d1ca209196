"""The fetch guard's rules: what the operator named is trusted; an address that came out of content, or in a list of links,
is fetched only where it is public. `crawler.guard.resolver` applies them to every new connection, `crawler.middlewares.fetch_guard` to every request."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from crawler.guard.public_addresses import is_metadata, is_public
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


def _holds(origins: set[Origin], host: str, port: int) -> bool:
    host = host.rstrip(".").lower()
    return any(host == origin_host and port in (0, at) for _, origin_host, at in origins)


class FetchGuard:
    """The origins that the operator of one crawl named (settings, arguments, links), and what was refused."""

    _by_crawler: WeakKeyDictionary[Any, FetchGuard] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.trusted: set[Origin] = set()
        """Origins that a setting or an argument names."""
        self.typed: set[Origin] = set()
        """Origins of links that the operator typed: trusted, but for the metadata services of clouds."""
        self.proxies: set[Origin] = set()
        """Proxies that requests go through: connected to, but no place that content may ask for."""
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
        """Trust the origin of an address that a setting or an argument names."""
        if origin := origin_of(url):
            self.trusted.add(origin)

    def trust_link(self, url: str) -> None:
        """Trust the origin of a link that the operator typed. One that came in a list, or where a redirect leads, is not."""
        if origin := origin_of(url):
            self.typed.add(origin)

    def trust_proxy(self, address: str) -> None:
        """Allow connections to a proxy that the operator named, with or without a scheme."""
        if origin := origin_of(address if "://" in address else f"http://{address}"):
            self.proxies.add(origin)

    def is_proxy(self, host: str, port: int) -> bool:
        """Whether *host* and *port* are a proxy's that requests go through."""
        return _holds(self.proxies, host, port)

    def trusts(self, host: str, port: int) -> bool:
        """Whether a setting or an argument names *host* and *port* (0: any port), in either scheme."""
        return _holds(self.trusted, host, port)

    def permit(self, host: str, port: int, addresses: list[str], all_of_them: bool = False) -> list[str]:
        """Those of a host's *addresses* that may be connected to; where there are none, `refusals` says why. With
        *all_of_them* none may where one must not: somebody else, a proxy, chooses among them."""
        if self.trusts(host, port):
            return addresses
        if _holds(self.typed, host, port):
            public = [address for address in addresses if not is_metadata(address)]
        else:
            public = [address for address in addresses if is_public(address) and not is_metadata(address)]
        refused = [address for address in addresses if address not in public]
        if refused and (all_of_them or not public):
            self.refusals[host.rstrip(".").lower(), port] = (
                f"{host} is at {refused[0]}, which is not a public address; add its origin to FINEWS_ORIGINS to allow it"
            )
            return []
        return public

    def refusal(self, url: str) -> FetchRefused | None:
        """Why the origin of *url* was refused, None where it was not."""
        origin = origin_of(url)
        reason = self.refusals.get(origin[1:]) if origin else None
        return FetchRefused(reason) if reason else None
