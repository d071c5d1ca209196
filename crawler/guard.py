"""A guard on fetching: what the operator named is trusted; an address that came out of content is fetched only where
it is public. Checked on the connection itself, so redirects and names that resolve anew are covered."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientFactory
from twisted.web.client import HTTPConnectionPool
from zope.interface import directlyProvides, providedBy

PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]


class FetchRefused(Exception):
    """Our own refusal to fetch an address; the message says which and why."""


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
        # IPv4 in an IPv6 coat: mapped, 6to4, NAT64.
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None:
            ip = ip.sixtofour
        elif ip in ipaddress.ip_network("64:ff9b::/96"):
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


class _PublicOnlyReactor:
    """The reactor for connections to hosts that nobody named: connects to public addresses only."""

    def __init__(self, reactor: Any, host: str):
        self._reactor, self._host = reactor, host
        directlyProvides(self, *providedBy(reactor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def connectTCP(self, address: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if not is_public(address):
            raise FetchRefused(
                f"{self._host} is at {address}, which is no public address; name its origin in FINEWS_ORIGINS to allow it"
            )
        return self._reactor.connectTCP(address, port, *args, **kwargs)


class GuardedPool(HTTPConnectionPool):
    """A connection pool whose new connections to untrusted origins go to public addresses only."""

    def __init__(self, reactor: Any, guard: FetchGuard):
        super().__init__(reactor, persistent=True)
        self._guard = guard

    def getConnection(self, key: Any, endpoint: Any) -> Any:
        scheme, host, port = key[0].decode(), key[1].decode().lower().rstrip("."), int(key[2])
        if not self._guard.trusts((scheme, host, port)):
            inner = getattr(endpoint, "_wrappedEndpoint", endpoint)  # TLS wraps the endpoint that connects
            inner._reactor = _PublicOnlyReactor(inner._reactor, host)
        return super().getConnection(key, endpoint)


class GuardedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's own handler for http and https, with `GuardedPool`. Raises FetchRefused."""

    def __init__(self, crawler: Any):
        super().__init__(crawler)
        from twisted.internet import reactor  # late: importing it installs one

        self._pool = GuardedPool(reactor, FetchGuard.of(crawler))
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._pool._factory = _LenientHTTP11ClientFactory
