"""A robots.txt that cannot be read means to stay away for now (RFC 9309, 2.3.1.4), not that everything is allowed."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils.httpobj import urlparse_cached

from crawler.middlewares.host_breaker import DEAD
from pipelines.fetch_errors import RobotsUnavailable

STAY_AWAY = b"User-agent: *\nDisallow: /\n"


class RobotsUnavailableMiddleware:
    """Answers RobotsTxtMiddleware with "disallow all" where a host's robots.txt is a server error or does not come, and
    gives the reason. A dead host is left to the article's own request, which fails for the true reason."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> RobotsUnavailableMiddleware:
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status >= 500 and is_robots_request(request):
            return self._disallow(request, f"answered {response.status}")
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        if is_robots_request(request):
            if isinstance(exception, (*DEAD, IgnoreRequest)):
                return None
            return self._disallow(request, "did not come")
        netloc = urlparse_cached(request).netloc
        if isinstance(exception, IgnoreRequest) and "robots.txt" in str(exception) and netloc in self.reasons:
            raise RobotsUnavailable(
                f"robots.txt of {netloc} {self.reasons[netloc]}, which means to stay away for now; a later crawl asks again"
            )
        return None

    def _disallow(self, request: Request, reason: str) -> Response:
        self.reasons[urlparse_cached(request).netloc] = reason
        return TextResponse(request.url, status=200, body=STAY_AWAY, request=request)


def is_robots_request(request: Request) -> bool:
    """Whether RobotsTxtMiddleware asks."""
    return bool(request.meta.get("dont_obey_robotstxt")) and urlparse_cached(request).path == "/robots.txt"
