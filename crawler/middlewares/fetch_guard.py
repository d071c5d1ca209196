"""The fetch guard as a downloader middleware: what can be judged from a request alone, and the reason of a refusal."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached

from crawler.guard.fetch_guard import PORTS, FetchGuard
from crawler.middlewares.robots_rules import is_robots_request


class FetchGuardMiddleware:
    """Refuses address literals that are not public, before any download handler sees them, and names hosts behind a proxy.

    The address of a name is judged where it is connected to (`crawler.guard.resolver`). Behind a proxy that is out of reach: a
    name is resolved here and judged, but the proxy resolves it anew. Stands between HttpProxyMiddleware, which chooses the
    proxy, and the downloader.
    """

    def __init__(self, guard: FetchGuard, spider: Any):
        self.guard = guard
        # A spider of ours says which links it was given. Any other one, and `scrapy shell` or `fetch`, asks for what its
        # author or the command line names.
        self.trusts_requests = not getattr(spider, "names_trusted_links", False)

    @classmethod
    def from_crawler(cls, crawler: Any) -> FetchGuardMiddleware:
        return cls(FetchGuard.of(crawler), crawler.spider)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        meta = request.meta
        parts = urlparse_cached(request)
        # RobotsTxtMiddleware asks before an image does, whose host nobody has named.
        derived = meta.get("redirect_times") or meta.get("from_content") or is_robots_request(request)
        if self.trusts_requests and not derived:
            self.guard.trust_link(request.url)
        try:
            host, port = parts.hostname, parts.port or PORTS.get(parts.scheme, 0)
        except ValueError:  # a port beyond 65535: the handler says so
            return None
        if not host:
            return None
        if proxy := meta.get("proxy"):
            self.guard.trust_proxy(proxy)
        if self.guard.trusts(host, port):
            return None
        if host[-1].isdigit() or ":" in host:
            try:
                self._judge(request, host, port, [str(ipaddress.ip_address(host))])
            except ValueError:  # 0x7f.1 and the like: names, to be resolved
                pass
            else:
                return None
        # The resolver judges any other name: not what a proxy resolves, nor a proxy, to which it must let requests connect.
        return self._judge_name(request, host, port) if proxy or self.guard.is_proxy(host, port) else None

    async def _judge_name(self, request: Request, host: str, port: int) -> None:
        try:
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:  # a name that only the proxy can resolve
            return
        self._judge(request, host, port, list(dict.fromkeys(str(address[0]) for *_, address in infos)))

    def _judge(self, request: Request, host: str, port: int, addresses: list[str]) -> None:
        """Raise FetchRefused where the guard permits none of *addresses*."""
        if not self.guard.permit(host, port, addresses, all_of_them=True) and (
            refusal := self.guard.refusal(request.url)
        ):
            raise refusal

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Put the refusal in the place of the missing address that it looked like to the download handler. Not for a robots.txt:
        no other middleware sees an exception that is raised here, and `RobotsRulesMiddleware` has to."""
        if is_robots_request(request) or not isinstance(exception, CannotResolveHostError):
            return
        if refusal := self.guard.refusal(request.url):
            raise refusal from exception
