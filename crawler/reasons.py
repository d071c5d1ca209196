"""Why a fetch failed, in plain words, and what that makes of the link."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from archive import outcomes
from crawler.fetch_guard import FetchRefused
from crawler.middlewares import HostTripped

WALLS = {
    401: "wants a login",
    402: "wants to be paid",
    403: "forbids it",
    407: "wants a proxy login",
    451: "may not show it",
}
GONE = {404, 410}


def of_status(status: int, url: str) -> tuple[str, str]:
    """``(outcome, reason)`` of an answer that is not 200."""
    if status in GONE:
        return outcomes.GONE, f"the server answered {status} (not there) for {url}"
    if status in WALLS:
        return outcomes.WALLED, f"the server {WALLS[status]}: it answered {status} for {url}"
    if status == 429:
        return (
            outcomes.UNREACHABLE,
            f"the server is asked too often: it answered 429 for {url}; crawl more slowly (DOWNLOAD_DELAY)",
        )
    return outcomes.UNREACHABLE, f"the server answered {status} for {url}; crawl the link again later"


def of_error(error: BaseException, url: str) -> tuple[str, str]:
    """``(outcome, reason)`` of a request that brought no answer."""
    cause: Any = error
    while isinstance(cause, DownloadFailedError) and cause.__cause__ is not None:
        cause = cause.__cause__
    for reason in getattr(cause, "reasons", []) or []:  # Twisted wraps what went wrong on a connection
        cause = getattr(reason, "value", cause)
    if isinstance(cause, FetchRefused):
        return outcomes.REFUSED, f"not fetched: {cause}"
    if isinstance(error, HostTripped):
        return outcomes.UNREACHABLE, str(error)
    if isinstance(error, IgnoreRequest):
        if "robots.txt" in str(error):
            return (
                outcomes.REFUSED,
                f"robots.txt forbids {url}; with the site's leave, crawl with -s ROBOTSTXT_OBEY=False",
            )
        return outcomes.UNREACHABLE, f"{str(error) or 'too many redirects'}, from {url}"
    if isinstance(error, UnsupportedURLSchemeError):
        return outcomes.REFUSED, f"{url} is no http or https address"
    said = {
        DownloadTimeoutError: "no answer in time from",
        CannotResolveHostError: "no such host:",
        DownloadConnectionRefusedError: "connection refused by",
        ResponseDataLossError: "the answer was cut short by",
        DownloadCancelledError: "the answer is too large (DOWNLOAD_MAXSIZE) from",
    }
    for kind, words in said.items():
        if isinstance(error, kind):
            return outcomes.UNREACHABLE, f"{words} {url}"
    return (
        outcomes.UNREACHABLE,
        f"{' '.join(str(cause).split())[:200] or type(cause).__name__} ({type(cause).__name__}) from {url}",
    )
