"""An attempt to get one article: the places where it may be had, what is known of it beside, and what the places that failed
answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from archive import outcomes
from crawler.pages import Place, Target

CERTAINTY = (
    outcomes.GONE,
    outcomes.NOT_ARTICLE,
    outcomes.WALLED,
    outcomes.UNREADABLE,
    outcomes.UNREACHABLE,
    outcomes.REFUSED,
    outcomes.UNKNOWN_SITE,
    outcomes.FAILED_HERE,
)
"""Where places answered differently, the first of these is the link's outcome."""


@dataclass(slots=True)
class Attempt:
    """What one request for an article is about, and all those that it leads to."""

    target: Target
    places: list[Place]
    """In the order they are asked; the first is asked now."""
    context: dict[str, Any] = field(default_factory=dict)
    """What is known of the article beside its page, for `ArticleSpider.add_context`."""
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    """``(address, outcome, reason)`` of each place that failed."""

    @property
    def place(self) -> Place:
        """The place that is asked now."""
        return self.places[len(self.failures)]

    @property
    def is_last(self) -> bool:
        """Whether no place is left to ask behind this one."""
        return len(self.failures) + 1 >= len(self.places)

    def fail(self, outcome: str, reason: str) -> Attempt:
        """The attempt once its place has failed. Only the publisher's own host can say that an article is gone."""
        if outcome == outcomes.GONE and not self.place.own:
            outcome, reason = outcomes.UNREACHABLE, f"{reason}; this is not the publisher's own host"
        return replace(self, failures=[*self.failures, (self.place.url, outcome, reason)])

    def conclude(self) -> tuple[str, str]:
        """``(outcome, reason)`` of an article that none of its places brought.

        >>> mirror, own = Place("http://a.example/1", object, own=False), Place("http://b.example/1", object, own=True)
        >>> Attempt(object, [mirror, own]).fail("gone", "404").fail("unreachable", "no such host: http://b.example/1").conclude()
        ('unreachable', "2 places tried. 404; this is not the publisher's own host (http://a.example/1). no such host (http://b.example/1)")
        """
        outcome = min((outcome for _, outcome, _ in self.failures), key=CERTAINTY.index)
        if len(self.failures) == 1:
            return outcome, self.failures[0][2]
        urls: dict[str, list[str]] = {}
        for url, _, reason in self.failures:
            urls.setdefault(reason.replace(f": {url}", "").replace(url, "it"), []).append(url)
        listed = ". ".join(f"{reason} ({', '.join(failed)})" for reason, failed in urls.items())
        return outcome, f"{len(self.failures)} places tried. {listed}"
