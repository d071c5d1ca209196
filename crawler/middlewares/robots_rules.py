"""Scrapy's RobotsTxtMiddleware, of which all requests that wait for one robots.txt learn what it says."""

from __future__ import annotations

from asyncio import Lock
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser


class RobotsRulesMiddleware(RobotsTxtMiddleware):
    """One request at a time asks for the rules of a host that are not known yet. Those that come while Scrapy fetches them wait
    for one Deferred, which says "no rules", and lets them pass, to all but the first two."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.asked: dict[str, Lock | None] = {}
        """By host; None once its rules are known."""

    async def robot_parser(self, request: Request) -> RobotParser | None:
        netloc = urlparse_cached(request).netloc
        lock = self.asked.setdefault(netloc, Lock())
        if lock is None:
            return await super().robot_parser(request)
        async with lock:
            parser = await super().robot_parser(request)
            self.asked[netloc] = None
            return parser
