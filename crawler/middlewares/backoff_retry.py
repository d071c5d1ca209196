"""Scrapy's retries, later each time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response


def parse_retry_after(
    header: bytes | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float | None:
    """Seconds that a ``Retry-After`` header asks for; None where it asks for nothing that can be read.

    >>> parse_retry_after(b"120")
    120.0
    >>> parse_retry_after(b"soon") is None
    True
    """
    if not header:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    try:
        return max(0.0, (parsedate_to_datetime(text).astimezone(UTC) - now()).total_seconds())
    except (ValueError, OverflowError):  # OverflowError: a year that datetime does not know
        return None


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, but later each time, with jitter, and not before a server's ``Retry-After``.

    A server that asks for longer than ``RETRY_BACKOFF_MAX`` is not tried again by this crawl.
    """

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Any:
        if response.status not in self.retry_http_codes:  # no coroutine for what is nearly always the case
            return response
        retry_after = parse_retry_after(response.headers.get(b"Retry-After"))
        if retry_after is not None and retry_after > self.crawler.settings.getfloat("RETRY_BACKOFF_MAX"):
            return response
        return self._later(super().process_response(request, response), retry_after or 0.0)

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
        await asyncio.sleep(delay * random.uniform(1.0, 1.5))
