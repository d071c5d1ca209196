"""Why a fetch failed, in plain words, and what that makes of the link."""

from __future__ import annotations

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

from archive import outcomes
from pipelines.fetch_errors import CutShort, FetchRefused, HostTripped, causes, explain

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
    refused, reason = explain(error, "DOWNLOAD_MAXSIZE bytes")
    if any(isinstance(cause, FetchRefused) for cause in causes(error)):
        return outcomes.REFUSED, f"not fetched: {reason}"
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
        refused = False
    return outcomes.REFUSED if refused else outcomes.UNREACHABLE, f"{reason}: {url}"


def of_bug(exc: BaseException) -> str:
    """The reason of a link that a bug of ours kept from being read."""
    message = " ".join(str(exc).split())[:200]
    return f"internal error (bug): {type(exc).__name__}: {message}; please report it with the link"
