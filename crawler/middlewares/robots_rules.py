"""Scrapy's RobotsTxtMiddleware, of which all requests that wait for one robots.txt learn what it says.

One that cannot be read means to stay away for now (RFC 9309, 2.3.1.4), not that everything is allowed.
"""

from __future__ import annotations

from asyncio import Lock
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from crawler.middlewares.host_breaker import DEAD, ROUND_STARTED
from pipelines.fetch_errors import RobotsUnavailable

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser


class RobotsRulesMiddleware(RobotsTxtMiddleware):
    """Has a middleware of Scrapy's fetch the rules of each host, for one request; those that come meanwhile wait here.

    They cannot wait there: of requests that come while it fetches the rules, it lets all but the first two pass. It also takes a
    robots.txt that cannot be read for one without rules, and for good: hence one for each host, which is asked anew after `forget`.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.asked: dict[str, Lock] = {}
        self.rules: dict[str, RobotParser | None] = {}
        """By host; None where there are none to be read."""
        self.why_unread: dict[str, str | None] = {}
        """By host; None where a request for an article fails for the true reason: a dead host, an address that is not fetched."""
        crawler.signals.connect(self.forget, signal=ROUND_STARTED)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        netloc = urlparse_cached(request).netloc
        if netloc not in self.rules:
            async with self.asked.setdefault(netloc, Lock()):
                if netloc not in self.rules:
                    self.rules[netloc] = await RobotsTxtMiddleware(self.crawler).robot_parser(request)
        rules = self.rules[netloc]
        if rules is None and (reason := self.why_unread.get(netloc, "cannot be read")):
            raise RobotsUnavailable(
                f"robots.txt of {netloc} {reason}, which means to stay away for now; a later crawl asks again"
            )
        return rules

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status >= 500 and is_robots_request(request):
            self.why_unread[urlparse_cached(request).netloc] = f"answered {response.status}"
            raise IgnoreRequest
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if is_robots_request(request):
            is_told = isinstance(exception, (*DEAD, IgnoreRequest))
            self.why_unread[urlparse_cached(request).netloc] = None if is_told else "did not come"

    def forget(self) -> None:
        """Ask the hosts again whose rules could not be read: a crawl that stays polls once more."""
        self.rules = {netloc: rules for netloc, rules in self.rules.items() if rules is not None}
        self.why_unread.clear()


def is_robots_request(request: Request) -> bool:
    """Whether RobotsTxtMiddleware asks."""
    return bool(request.meta.get("dont_obey_robotstxt")) and urlparse_cached(request).path == "/robots.txt"
