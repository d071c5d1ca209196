"""Honours the ``Crawl-delay`` of a robots.txt.

Scrapy reads it (`RobotParser.crawl_delay`) and leaves it at that. The delay of one host can only be set where its
AutoThrottle sets it: at ``engine.downloader.slots[...].delay``, which is not documented. The only file that uses it;
tests/crawler/test_politeness.py fails when it moves.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached


class CrawlDelay:
    """Raises the delay between two requests to a host to what its robots.txt asks for, CRAWL_DELAY_MAX seconds at most."""

    def __init__(self, crawler: Any):
        self.crawler = crawler
        self.maximum = crawler.settings.getfloat("CRAWL_DELAY_MAX")
        self.delays: dict[str, float] = {}
        """Seconds by host."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> CrawlDelay:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep what a robots.txt asks for; *request* is the one that waited for it."""
        agent = self.crawler.settings["ROBOTSTXT_USER_AGENT"] or self.crawler.settings["USER_AGENT"]
        if delay := robotparser.crawl_delay(agent):
            if not self.delays:  # most crawls meet no Crawl-delay: a signal handler costs each response
                self.crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)
            host = urlparse_cached(request).hostname or ""
            self.delays[host] = min(float(delay), self.maximum)
            self._apply(host)

    def response_downloaded(self, request: Request) -> None:
        """Once more: AutoThrottle sets the delay anew at each response, and a slot that was idle is made anew."""
        host = urlparse_cached(request).hostname
        if host in self.delays:
            self._apply(host)

    def _apply(self, host: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, self.delays[host])
