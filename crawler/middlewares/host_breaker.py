"""A host that fails again and again is left alone for the rest of the crawl."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from pipelines.fetch_errors import HostTripped

ROUND_STARTED = object()
"""Signal of a crawl that stays: it polls again, and so may ask every host again."""
DEAD = (CannotResolveHostError, DownloadConnectionRefusedError)
"""No connection can come about: a host that fails so is not asked a second time, not even for its robots.txt."""


class HostBreakerMiddleware:
    """Stops asking a host once it is dead, or once BREAKER_FAILURES requests in a row failed.

    A failure is a response of 500 and above or none at all; any other response sets the count back.
    """

    def __init__(self, stats: Any, limit: int):
        self.stats, self.limit = stats, limit
        self.failures: dict[str, int] = {}
        self.dead: dict[str, Exception] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> HostBreakerMiddleware:
        breaker = cls(crawler.stats, crawler.settings.getint("BREAKER_FAILURES"))
        crawler.signals.connect(breaker.forget, signal=ROUND_STARTED)
        return breaker

    def forget(self) -> None:
        """Ask every host again."""
        self.failures.clear()
        self.dead.clear()

    def process_request(self, request: Request) -> None:
        if not self.failures and not self.dead:
            return
        host = urlparse_cached(request).netloc
        if exception := self.dead.get(host):
            self.stats.inc_value("breaker/not_asked")
            raise type(exception)(*exception.args) from exception
        if self.failures.get(host, 0) >= self.limit:
            self.stats.inc_value("breaker/not_asked")
            raise HostTripped(
                f"{host} failed {self.failures[host]} times in a row; it is not asked again in this crawl"
            )

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status >= 500:
            self._count_failure(request)
        elif self.failures:
            self.failures.pop(urlparse_cached(request).netloc, None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, DEAD):
            self.dead.setdefault(urlparse_cached(request).netloc, exception)
        elif not isinstance(exception, IgnoreRequest):
            self._count_failure(request)

    def _count_failure(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        self.failures[host] = self.failures.get(host, 0) + 1
        if self.failures[host] == self.limit:
            self.stats.inc_value("breaker/tripped")
