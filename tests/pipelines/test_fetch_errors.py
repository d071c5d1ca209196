"""What an error of a download means, for a link and for an image."""

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawler import reasons
from pipelines.fetch_errors import FetchError, FetchRefused, HostTripped, explain


class Wrapped(Exception):
    """As Twisted's ResponseNeverReceived: the cause is in a list of failures."""

    def __init__(self, error):
        self.reasons = [type("Failure", (), {"value": error})()]


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "refused", "reason"),
    [
        (FetchRefused("h is at 10.0.0.1"), True, "h is at 10.0.0.1"),
        (Wrapped(FetchRefused("h is at 10.0.0.1")), True, "h is at 10.0.0.1"),
        (caused(OSError("failed"), FetchRefused("h is at 10.0.0.1")), True, "h is at 10.0.0.1"),
        (IgnoreRequest("Forbidden by robots.txt"), True, "Forbidden by robots.txt"),
        (IgnoreRequest("max redirections reached"), False, "too many redirects"),
        (IgnoreRequest(), True, "a rule of the crawl forbids it"),
        (HostTripped("h failed 10 times in a row"), False, "h failed 10 times in a row"),
        (IgnoreRequest("body larger than DOWNLOAD_MAXSIZE"), True, "too large: over the limit of 5 bytes"),
        (DownloadCancelledError(), True, "too large: over the limit of 5 bytes"),
        (UnsupportedURLSchemeError("ftp"), True, "not an http or https address"),
        (DownloadTimeoutError("took longer"), False, "no answer in time"),
        (CannotResolveHostError("x"), False, "no such host"),
        (Wrapped(CannotResolveHostError("x")), False, "no such host"),
        (DownloadConnectionRefusedError("x"), False, "connection refused"),
        (ResponseDataLossError(), False, "cut short: the connection ended early"),
        (Wrapped(OSError("connection reset")), False, "connection reset (OSError)"),
        (KeyError(), False, "KeyError"),
        (OSError("x" * 500), False, f"{'x' * 200} (OSError)"),
    ],
)
def test_explains(error, refused, reason):
    assert explain(error, "5 bytes") == FetchError(refused, reason)


def test_a_chain_that_bites_its_tail_ends():
    first, second = OSError("first"), OSError("second")
    first.__cause__, second.__cause__ = second, first
    assert explain(first, "5 bytes") == FetchError(False, "second (OSError)")


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (FetchRefused("h is at 10.0.0.1"), "refused", "not fetched: h is at 10.0.0.1"),
        (HostTripped("h failed 10 times in a row"), "unreachable", "h failed 10 times in a row"),
        (IgnoreRequest("Forbidden by robots.txt"), "refused", "set -s ROBOTSTXT_OBEY=False"),
        (IgnoreRequest("max redirections reached"), "unreachable", "too many redirects: http://h/"),
        (DownloadCancelledError(), "unreachable", "over the limit of DOWNLOAD_MAXSIZE bytes: http://h/"),
        (UnsupportedURLSchemeError("ftp"), "refused", "not an http or https address: http://h/"),
        (CannotResolveHostError("x"), "unreachable", "no such host: http://h/"),
    ],
)
def test_makes_an_outcome_of_a_link(error, outcome, reason):
    stated = reasons.of_error(error, "http://h/")
    assert stated[0] == outcome
    assert reason in stated[1]
