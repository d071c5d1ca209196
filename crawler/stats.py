"""What a crawl counts, and what it says of each request."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.statscollectors import MemoryStatsCollector


class Stats(MemoryStatsCollector):
    """Scrapy's own without its look, at every call, for an argument that is no longer given: 18 counts an article cost
    8 µs this way and 50 µs that way."""

    __getattribute__ = object.__getattribute__

    def inc_value(self, key: str, count: int = 1, start: int = 0, spider: Any = None) -> None:
        stats = self._stats
        stats[key] = stats.get(key, start) + count


class QuietLogFormatter(LogFormatter):
    """Scrapy's own, without lines that nobody will see: two are put together for each article."""

    def crawled(self, request: Any, response: Any, spider: Any) -> LogFormatterResult | None:  # type: ignore[override]
        return super().crawled(request, response, spider) if _debugging() else None

    def scraped(self, item: Any, response: Any, spider: Any) -> LogFormatterResult | None:  # type: ignore[override]
        return super().scraped(item, response, spider) if _debugging() else None


def _debugging() -> bool:
    return logging.getLogger("scrapy").isEnabledFor(logging.DEBUG)
