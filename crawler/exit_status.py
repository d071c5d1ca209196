"""The exit status of a crawl, for cron, and why it is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.language import ENGLISH, gettext, ngettext, using
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
    finish_reason: str = "finished"
    """Why Scrapy ended the crawl."""

    def add(self, status: int, reason: str) -> None:
        """Where several hold, the highest counts; all reasons are reported."""
        self.status = max(self.status, status)
        if reason not in self.reasons:
            self.reasons.append(reason)


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "link"), counted(2, "link")
    ('1 link', '2 links')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


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
    verdict = Verdict(finish_reason=finish_reason)
    links = {outcome: stats.get(f"links/{outcome}", 0) for outcome in ARRIVED + FAILED}
    articles = sum(stats.get(f"articles/{what}", 0) for what in ("new", "changed", "completed", "unchanged"))
    arrived = max(articles, sum(links[outcome] for outcome in ARRIVED))  # an article of a feed has no link
    failed = sum(links[outcome] for outcome in FAILED)
    not_followed = links["unknown_site"] + links["not_article"] + stats.get("links/not_followed", 0)
    attempted = arrived + failed - not_followed
    feeds_failed, feeds_read = stats.get("feeds/failed", 0), stats.get("feeds/read", 0)
    if failed:
        counts = ", ".join(f"{links[outcome]:,} {outcome}" for outcome in FAILED if links[outcome])
        text = ngettext(
            "{failed:,} of {count:,} link failed: {counts}",
            "{failed:,} of {count:,} links failed: {counts}",
            arrived + failed,
            failed=failed,
            counts=counts,
        )
        verdict.add(SOME_FAILED, text)
    if opened := stats.get("gaps/opened", 0):
        text = ngettext(
            "{count:,} gap in the feeds could not be closed: see scrapy status",
            "{count:,} gaps in the feeds could not be closed: see scrapy status",
            opened,
        )
        verdict.add(SOME_FAILED, text)
    if final := stats.get("gaps/final", 0):
        text = ngettext(
            "{count:,} gap in the feeds cannot be filled, as the lists have nothing older: see scrapy status",
            "{count:,} gaps in the feeds cannot be filled, as the lists have nothing older: see scrapy status",
            final,
        )
        verdict.add(SOME_FAILED, text)
    if unread := stats.get("feeds/unread", 0):
        text = ngettext(
            "{count:,} row of the list feeds could not be read",
            "{count:,} rows of the list feeds could not be read",
            unread,
        )
        verdict.add(SOME_FAILED, text)
    # The archive reports what could not be written.
    if finish_reason not in ("finished", "closespider_timeout", "archive_cannot_be_written"):
        verdict.add(
            SOME_FAILED,
            gettext("stopped before the end ({reason}); what had arrived is kept", reason=finish_reason),
        )
    if unreadable := stats.get("feeds/unreadable", 0):
        text = ngettext(
            "{count:,} list feed returned an unexpected response format",
            "{count:,} list feeds returned an unexpected response format",
            unreadable,
        )
        verdict.add(UNKNOWN_SHAPE, text)
    if links["unreadable"] * 2 > attempted:
        verdict.add(
            UNKNOWN_SHAPE, gettext("more than half of the articles returned an unexpected response format")
        )
    unreachable = links["unreachable"] + links["walled"]
    if feeds_failed:
        text = ngettext(
            "{count:,} list feed could not be read", "{count:,} list feeds could not be read", feeds_failed
        )
        verdict.add(SOME_FAILED, text)
    if not arrived and not feeds_read and (0 < unreachable == failed or feeds_failed):
        verdict.add(UNREACHABLE, gettext("nothing arrived: the source is unreachable or refuses"))
    return verdict


def translated(verdict: Verdict, stats: Mapping[str, Any]) -> list[str]:
    """The reasons of a verdict in the current language; in its own words where they are not made of the counts."""
    with using(ENGLISH):
        english = evaluate(stats, verdict.finish_reason).reasons
    translations = dict(zip(english, evaluate(stats, verdict.finish_reason).reasons, strict=True))
    return [translations.get(reason, reason) for reason in verdict.reasons]
