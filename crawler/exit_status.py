"""The exit status of a crawl, for cron, and why it is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.outcomes import ARRIVED, FAILED

OK, USAGE, SOME_FAILED, UNKNOWN_SHAPE, UNREACHABLE, OUR_BUG, CANNOT_WRITE, LOCKED = (
    0,
    2,
    3,
    65,
    69,
    70,
    73,
    75,
)


@dataclass(slots=True)
class Verdict:
    """An exit status and why."""

    status: int = OK
    reasons: list[str] = field(default_factory=list)

    def add(self, status: int, reason: str) -> None:
        """Where several hold, the highest counts; all reasons are reported."""
        self.status = max(self.status, status)
        if reason not in self.reasons:
            self.reasons.append(reason)


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "link"), counted(2, "link")
    ('1 link', '2 links')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def evaluate(stats: Mapping[str, Any], finish_reason: str = "finished") -> Verdict:
    """The exit status that a crawl's counts make.

    >>> evaluate({"links/archived": 3}).status
    0
    >>> evaluate({"links/archived": 3, "links/gone": 1}).status
    3
    >>> evaluate({"links/unreachable": 2}).status
    69
    >>> evaluate({"links/archived": 1, "links/unreadable": 3}).status
    65
    """
    verdict = Verdict()
    links = {outcome: stats.get(f"links/{outcome}", 0) for outcome in ARRIVED + FAILED}
    articles = sum(stats.get(f"articles/{what}", 0) for what in ("new", "changed", "completed", "unchanged"))
    arrived = max(articles, sum(links[outcome] for outcome in ARRIVED))  # an article of a feed has no link
    failed = sum(links[outcome] for outcome in FAILED)
    not_followed = links["unknown_site"] + links["not_article"] + stats.get("links/not_followed", 0)
    asked = arrived + failed - not_followed
    feeds_failed, feeds_read = stats.get("feeds/failed", 0), stats.get("feeds/read", 0)
    if failed:
        counts = ", ".join(f"{links[outcome]:,} {outcome}" for outcome in FAILED if links[outcome])
        verdict.add(SOME_FAILED, f"{failed:,} of {counted(arrived + failed, 'link')} failed: {counts}")
    if stats.get("gaps/opened", 0):
        verdict.add(
            SOME_FAILED,
            f"{counted(stats['gaps/opened'], 'gap')} in the feeds could not be closed: see scrapy status",
        )
    if final := stats.get("gaps/final", 0):
        verdict.add(
            SOME_FAILED,
            f"{counted(final, 'gap')} in the feeds cannot be filled, as the lists have nothing older: see scrapy status",
        )
    if unread := stats.get("feeds/unread", 0):
        verdict.add(SOME_FAILED, f"{counted(unread, 'row')} of the list feeds could not be read")
    # The archive reports what could not be written.
    if finish_reason not in ("finished", "closespider_timeout", "archive_cannot_be_written"):
        verdict.add(SOME_FAILED, f"stopped before the end ({finish_reason}); what had arrived is kept")
    if unreadable := stats.get("feeds/unreadable", 0):
        verdict.add(
            UNKNOWN_SHAPE, f"{counted(unreadable, 'list feed')} returned an unexpected response format"
        )
    if links["unreadable"] * 2 > asked:
        verdict.add(UNKNOWN_SHAPE, "more than half of the articles returned an unexpected response format")
    unreachable = links["unreachable"] + links["walled"]
    if feeds_failed:
        verdict.add(SOME_FAILED, f"{counted(feeds_failed, 'list feed')} could not be read")
    if not arrived and not feeds_read and (0 < unreachable == failed or feeds_failed):
        verdict.add(UNREACHABLE, "nothing arrived: the source is unreachable or refuses")
    return verdict
