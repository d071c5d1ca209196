"""What every request carries, and how a failed one is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import sleep
from scrapy.utils.httpobj import urlparse_cached

from crawler.guard import FetchRefused


def user_agent(settings: Any) -> str:
    """Who we say we are: ``USER_AGENT``, or the project's name, version and contact."""
    if settings["USER_AGENT"]:
        return settings["USER_AGENT"]
    contact = f" (+{settings['CONTACT']})" if settings["CONTACT"] else ""
    return f"finews-archive/{version('finews-archive')}{contact}"


class RequestDefaultsMiddleware:
    """Headers, time-out and size limit of a request that has none of its own: three of Scrapy's middlewares in one."""

    def __init__(self, settings: Any):
        self.headers = {
            b"User-Agent": user_agent(settings).encode(),
            b"Accept": b"*/*",
            b"Accept-Language": b"zh-CN,zh;q=0.9,en;q=0.5",
        }
        self.timeout = settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Any) -> RequestDefaultsMiddleware:
        return cls(crawler.settings)

    def process_request(self, request: Request) -> None:
        for name, value in self.headers.items():
            request.headers.setdefault(name, value)
        request.meta.setdefault("download_timeout", self.timeout)


class HostTripped(IgnoreRequest):
    """A host failed too often in a row: this crawl asks it no more."""


class BreakerMiddleware:
    """Stops a storm: a host that fails again and again is left alone for the rest of the crawl.

    Counts answers of 500 and above and requests without an answer; any other answer sets the count back.
    """

    def __init__(self, stats: Any, limit: int):
        self.stats, self.limit = stats, limit
        self.failures: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> BreakerMiddleware:
        return cls(crawler.stats, crawler.settings.getint("BREAKER_FAILURES"))

    def process_request(self, request: Request) -> None:
        if not self.failures:
            return
        host = urlparse_cached(request).netloc
        if self.failures.get(host, 0) >= self.limit:
            self.stats.inc_value("breaker/not_asked")
            raise HostTripped(
                f"{host} failed {self.failures[host]} times in a row; it is left alone for the rest of this crawl"
            )

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status >= 500:
            self._failed(request)
        elif self.failures:
            self.failures.pop(urlparse_cached(request).netloc, None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if not isinstance(exception, IgnoreRequest | FetchRefused):
            self._failed(request)

    def _failed(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        self.failures[host] = self.failures.get(host, 0) + 1
        if self.failures[host] == self.limit:
            self.stats.inc_value("breaker/tripped")


def retry_after(
    header: bytes | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float | None:
    """Seconds that a ``Retry-After`` header asks for; None where it asks for nothing that can be read.

    >>> retry_after(b"120")
    120.0
    >>> retry_after(b"soon") is None
    True
    """
    if not header:
        return None
    text = header.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text).astimezone(UTC) - now()).total_seconds())
    except ValueError:
        return None


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, but later each time, with jitter, and not before a server's ``Retry-After``.

    A server that asks for longer than ``RETRY_BACKOFF_MAX`` is not tried again by this crawl.
    """

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        asked = None
        if response.status in self.retry_http_codes:
            asked = retry_after(response.headers.get(b"Retry-After"))
            if asked is not None and asked > self.crawler.settings.getfloat("RETRY_BACKOFF_MAX"):
                return response
        again = super().process_response(request, response)
        if isinstance(again, Request):
            await self._wait(again, asked or 0.0)
        return again

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception, spider: Any = None
    ) -> Any:
        again = super().process_exception(request, exception)
        if isinstance(again, Request):
            await self._wait(again, 0.0)
        return again

    async def _wait(self, request: Request, at_least: float) -> None:
        settings = self.crawler.settings
        delay = settings.getfloat("RETRY_BACKOFF") * 2 ** (request.meta["retry_times"] - 1)
        delay = min(max(delay, at_least), settings.getfloat("RETRY_BACKOFF_MAX"))
        await sleep(delay * random.uniform(1.0, 1.5))
