"""A guard on fetching: what the operator named is trusted; an address that came out of content is fetched only where
it is public. `crawler.download` asks it about every connection, so redirects and names that resolve anew are covered."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

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
    """Whether an IP address is one of the public Internet.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1")]
    [True, False, False, False, False, False]
    """
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        # IPv4 in an IPv6 coat: mapped, 6to4, compatible (::127.0.0.1), NAT64.
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None:
            ip = ip.sixtofour
        elif int(ip) >> 32 == 0 or ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast


class FetchGuard:
    """Which origins the operator named in this crawl: settings, arguments, links."""

    _shared: WeakKeyDictionary[Any, FetchGuard] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.trusted: set[Origin] = set()

    @classmethod
    def of(cls, crawler: Any) -> FetchGuard:
        """The guard of this crawl, trusting the origins that its settings name."""
        if crawler not in cls._shared:
            guard = cls._shared[crawler] = cls()
            for url in (*crawler.settings.getlist("FINEWS_ORIGINS"), crawler.settings["FINEWS_ARTICLE_PAGE"]):
                guard.trust(url.strip())
        return cls._shared[crawler]

    def trust(self, url: str) -> None:
        """Trust the origin of an address that the operator gave."""
        if origin := origin_of(url):
            self.trusted.add(origin)

    def trusts(self, origin: Origin) -> bool:
        """Whether an origin was named by the operator."""
        return origin in self.trusted
