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
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.utils.asyncio import sleep
from scrapy.utils.httpobj import urlparse_cached

from pipelines.fetch_errors import FetchRefused, HostTripped


def user_agent(settings: Any) -> str:
    """Who we say we are: ``USER_AGENT``, or the project's name, version and contact."""
    if settings["USER_AGENT"]:
        return settings["USER_AGENT"]
    contact = f" (+{settings['CONTACT']})" if settings["CONTACT"] else ""
    return f"finews-archive/{version('finews-archive')}{contact}"


class RequestDefaultsMiddleware:
    """Headers, time-out and size limit of a request that has none of its own: three of Scrapy's middlewares in one."""

    def __init__(self, settings: Any):
        self.headers = Headers(
            {
                "User-Agent": user_agent(settings),
                "Accept": "*/*",
                "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
                "Accept-Encoding": "gzip, deflate, br, zstd",
            }
        )
        self.timeout = settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Any) -> RequestDefaultsMiddleware:
        return cls(crawler.settings)

    def process_request(self, request: Request) -> None:
        # Names and values are normalised already: as a dict, for Headers would do it again each time (10 µs).
        dict.update(request.headers, {**self.headers, **request.headers})
        request.meta.setdefault("download_timeout", self.timeout)


class KnownRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots.txt, at no cost where it is known and forbids nothing: most requests of a crawl go to one host."""

    def process_request(self, request: Request, spider: Any = None) -> Any:
        known = self._parsers.get(urlparse_cached(request).netloc, False)
        if known is None or request.meta.get("dont_obey_robotstxt"):
            return None
        return super().process_request(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        await super()._parse_robots(response, netloc, request)
        if b"disallow" not in response.body.lower():
            self._parsers[netloc] = None


class HostWatchMiddleware:
    """Counts what goes over the wire, and stops a storm: a host that fails again and again is left alone for the rest of
    the crawl.

    A failure is an answer of 500 and above or none; any other answer sets the count back.
    """

    def __init__(self, stats: Any, limit: int):
        self.stats, self.limit = stats, limit
        self.failures: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> HostWatchMiddleware:
        return cls(crawler.stats, crawler.settings.getint("BREAKER_FAILURES"))

    def process_request(self, request: Request) -> None:
        if self.failures:
            host = urlparse_cached(request).netloc
            if self.failures.get(host, 0) >= self.limit:
                self.stats.inc_value("breaker/not_asked")
                raise HostTripped(
                    f"{host} failed {self.failures[host]} times in a row; it is left alone for the rest of this crawl"
                )
        self.stats.inc_value("downloader/request_count")

    def process_response(self, request: Request, response: Response) -> Response:
        self.stats.inc_value("downloader/response_count")
        self.stats.inc_value(f"downloader/response_status_count/{response.status}")
        self.stats.inc_value("downloader/response_bytes", len(response.body))
        if response.status >= 500:
            self._failed(request)
        elif self.failures:
            self.failures.pop(urlparse_cached(request).netloc, None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self.stats.inc_value("downloader/exception_count")
        self.stats.inc_value(f"downloader/exception_type_count/{type(exception).__name__}")
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

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Any:
        if response.status not in self.retry_http_codes:  # no coroutine for what is nearly always the case
            return response
        asked = retry_after(response.headers.get(b"Retry-After"))
        if asked is not None and asked > self.crawler.settings.getfloat("RETRY_BACKOFF_MAX"):
            return response
        return self._later(super().process_response(request, response), asked or 0.0)

    def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> Any:
        return self._later(super().process_exception(request, exception), 0.0)

    async def _later(self, again: Any, at_least: float) -> Any:
        """*again*, after a wait where it is a request."""
        if isinstance(again, Request):
            await self._wait(again, at_least)
        return again

    async def _wait(self, request: Request, at_least: float) -> None:
        settings = self.crawler.settings
        delay = settings.getfloat("RETRY_BACKOFF") * 2 ** (request.meta["retry_times"] - 1)
        delay = min(max(delay, at_least), settings.getfloat("RETRY_BACKOFF_MAX"))
        await sleep(delay * random.uniform(1.0, 1.5))
