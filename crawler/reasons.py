"""Why a fetch failed, in plain words, and what that makes of the link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response, TextResponse

from archive import outcomes
from archive.opened import ArchiveError
from crawler.guard.proxies import find_proxy, is_set
from crawler.interrupts import ReadingEnded
from pipelines.fetch_errors import CutShort, FetchRefused, HostTripped, RobotsUnavailable, causes, explain

WALLS = {
    401: "wants a login",
    402: "wants to be paid",
    403: "forbids it",
    407: "wants a proxy login",
    451: "may not show it",
}
GONE = {404, 410}
HOW_TO_BROWSE = "to read it: pip install 'finews-archive[browser]', apt-get install chromium, then -s BROWSER_ENABLED=True"

HOW_TO_SAVE = "where a browser shows it to you, save the page there, then scrapy crawl saved -a path=FILE"


def add_advice(outcome: str, reason: str) -> str:
    """*reason* with the way that is left for a page behind a wall.

    >>> add_advice("walled", "the server wants a login")
    'the server wants a login; where a browser shows it to you, save the page there, then scrapy crawl saved -a path=FILE'
    """
    return f"{reason}; {HOW_TO_SAVE}" if outcome == outcomes.WALLED else reason


def name_route(url: str, request: Any = None) -> str:
    """Which way a request went, ready to be appended to a reason: through which proxy, without its credentials, or why
    through none. Without the *request*, as the environment has it for *url*.

    >>> from scrapy import Request
    >>> name_route("http://news.example/", Request("http://news.example/", meta={"proxy": "http://u:secret@10.0.0.1:3128"}))
    '; asked through the proxy 10.0.0.1:3128'
    """
    parts = urlsplit(url)
    proxy = (
        request.meta.get("proxy") if request is not None else find_proxy(parts.scheme, parts.hostname or "")
    )
    if proxy:
        address = urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc
        return f"; asked through the proxy {address.rpartition('@')[2]}"
    if is_set(parts.scheme):
        return f"; asked without a proxy: no_proxy excludes the host from {parts.scheme}_proxy"
    return f"; asked without a proxy: {parts.scheme}_proxy is not set"


def of_status(status: int, url: str, request: Any = None) -> tuple[str, str]:
    """``(outcome, reason)`` of an answer that is not 200; a proxy that *request* went through may have given it."""
    proxied = request is not None and request.meta.get("proxy")
    route = name_route(url, request) if proxied else ""
    if status in GONE:
        return outcomes.GONE, f"the server answered {status} (not there) for {url}"
    if status in WALLS:
        return outcomes.WALLED, f"the server {WALLS[status]}: it answered {status} for {url}{route}"
    if status == 429:
        return (
            outcomes.UNREACHABLE,
            f"the server is asked too often: it answered 429 for {url}; crawl more slowly (DOWNLOAD_DELAY){route}",
        )
    return outcomes.UNREACHABLE, f"the server answered {status} for {url}; crawl the link again later{route}"


def of_response(response: Response) -> tuple[str, str]:
    """``(outcome, reason)`` of a response that is not 200: what its page shows, where that is a wall, else its status."""
    if response.status not in GONE and isinstance(response, TextResponse):
        from crawler.extraction.decoding import decode  # late: a poll without news meets none
        from crawler.extraction.walls import find_wall

        declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
        wall = find_wall(decode(response.body, declared), response.url)
        if wall is not None and wall.kind in ("challenge", "captcha", "login"):
            return outcomes.WALLED, f"{response.url} answered {response.status} with {wall}"
    return of_status(response.status, response.url, response.request)


def of_error(error: BaseException, url: str, request: Any = None) -> tuple[str, str]:
    """``(outcome, reason)`` of a request that brought no answer; *request* is the one that failed, where it is at hand."""
    refused, reason = explain(error, "DOWNLOAD_MAXSIZE bytes")
    if any(isinstance(cause, FetchRefused) for cause in causes(error)):
        return outcomes.REFUSED, f"not fetched: {reason}"
    if isinstance(error, ArchiveError):  # the response came, and could not be kept
        return outcomes.FAILED_HERE, reason
    if isinstance(error, RobotsUnavailable):
        return outcomes.REFUSED, reason
    if isinstance(error, CutShort):
        return outcomes.UNREADABLE, f"{reason}: {url}"
    if isinstance(error, HostTripped):
        return outcomes.UNREACHABLE, reason
    if isinstance(error, IgnoreRequest) and "robots.txt" in reason:
        return (
            outcomes.REFUSED,
            f"robots.txt forbids {url}; if the site permits it, set -s ROBOTSTXT_OBEY=False",
        )
    if isinstance(error, IgnoreRequest | DownloadCancelledError):
        return outcomes.UNREACHABLE, f"{reason}: {url}"
    if refused:
        return outcomes.REFUSED, f"{reason}: {url}"
    return outcomes.UNREACHABLE, f"{reason}: {url}{name_route(url, request)}"


def of_ending(ending: ReadingEnded, url: str) -> tuple[str, str]:
    """``(outcome, reason)`` of a page or an article that was not read to its end."""
    return (outcomes.FAILED_HERE if ending.is_stop else outcomes.UNREADABLE), f"{ending}: {url}"


def of_bug(exc: BaseException) -> str:
    """The reason of a link that a bug of ours kept from being read."""
    message = " ".join(str(exc).split())[:200]
    return f"internal error (bug): {type(exc).__name__}: {message}; please report it with the link"
