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
from scrapy.http import Response
from scrapy.utils.asyncio import sleep


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


def retry_after(header: bytes | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
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

    async def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        asked = None
        if response.status in self.retry_http_codes:
            asked = retry_after(response.headers.get(b"Retry-After"))
            if asked is not None and asked > self.crawler.settings.getfloat("RETRY_BACKOFF_MAX"):
                return response
        again = super().process_response(request, response)
        if isinstance(again, Request):
            await self._wait(again, asked or 0.0)
        return again

    async def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> Any:
        again = super().process_exception(request, exception)
        if isinstance(again, Request):
            await self._wait(again, 0.0)
        return again

    async def _wait(self, request: Request, at_least: float) -> None:
        settings = self.crawler.settings
        delay = settings.getfloat("RETRY_BACKOFF") * 2 ** (request.meta["retry_times"] - 1)
        delay = min(max(delay, at_least), settings.getfloat("RETRY_BACKOFF_MAX"))
        await sleep(delay * random.uniform(1.0, 1.5))
