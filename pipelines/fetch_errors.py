"""Why a fetch brought no response: the one home of these reasons, for links (`crawler.reasons`) and for images
(`download_images`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectionDone, ConnectionLost


class FetchRefused(IgnoreRequest):
    """Our own refusal to fetch an address; the message says which and why."""


class HostTripped(IgnoreRequest):
    """A host failed too often in a row: this crawl does not ask it again."""


class RobotsUnavailable(IgnoreRequest):
    """A host's robots.txt cannot be read, so that nothing is asked of it for now; the message says so."""


class CutShort(ResponseDataLossError):
    """A body that ends early; the message says how that shows."""


class FetchError(NamedTuple):
    """Why a request brought no response."""

    refused: bool
    """Whether we would not fetch it the next time either."""
    reason: str
    """In plain words, without the address."""


FAILURES: dict[type[BaseException], str] = {
    DownloadTimeoutError: "no answer in time",
    CannotResolveHostError: "no such host",
    DownloadConnectionRefusedError: "connection refused",
    ResponseDataLossError: "cut short: the connection ended early",
    ConnectionLost: "connection reset",
    ConnectionDone: "connection closed without a response",
}


def causes(error: BaseException) -> Iterator[BaseException]:
    """*error* and what brought it about; Twisted wraps what failed on a connection."""
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [getattr(failure, "value", failure) for failure in getattr(error, "reasons", None) or ()]
        waiting += [cause for cause in (error.__cause__,) if cause is not None]


def explain(error: BaseException, size_limit: str) -> FetchError:
    """What *error* means; *size_limit* names the limit that a response too large was over.

    >>> explain(DownloadTimeoutError("took longer than 30 s"), "DOWNLOAD_MAXSIZE")
    FetchError(refused=False, reason='no answer in time')
    """
    chain = list(causes(error))
    if guard := next((cause for cause in chain if isinstance(cause, FetchRefused)), None):
        return FetchError(True, str(guard))
    if isinstance(error, HostTripped):
        return FetchError(False, str(error))
    if isinstance(error, IgnoreRequest) and "redirections" in str(error):
        return FetchError(False, "too many redirects")
    # A body that grows past the limit while it is decompressed is ignored, not cancelled.
    too_large = isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)
    if isinstance(error, IgnoreRequest) and not too_large:
        return FetchError(True, str(error) or "a rule of the crawl forbids it")
    if too_large or isinstance(error, DownloadCancelledError):
        return FetchError(True, f"too large: over the limit of {size_limit}")
    if isinstance(error, UnsupportedURLSchemeError):
        return FetchError(True, "not an http or https address")
    if cut := next((cause for cause in chain if isinstance(cause, CutShort)), None):
        return FetchError(False, f"cut short: {cut}")
    for kind, reason in FAILURES.items():
        if any(isinstance(cause, kind) for cause in chain):
            return FetchError(False, reason)
    text = " ".join(str(chain[-1]).split())[:200]
    name = type(chain[-1]).__name__
    return FetchError(False, f"{text} ({name})" if text else name)
