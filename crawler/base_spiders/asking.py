"""What all spiders of articles share of asking: which places, in which order, and where redirects lead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from scrapy import Request, signals

from archive import outcomes
from crawler import reasons
from crawler.attempt import Attempt
from crawler.base_spiders.archive import ArchiveSpider
from crawler.items import LinkOutcome
from crawler.pages import ANY_SITE, LinkError, Place, Target, target_of
from pipelines.archive_access import archive_of

UNREADABLE_IN_A_ROW = 25  # unreadable responses after which the source is taken to have changed its format
HOPS = 5  # pages that send on by script, at most; redirects by status have a bound of their own


class AskingSpider(ArchiveSpider):
    """Requests articles, place by place. `ArticleSpider` reads the responses."""

    consecutive_unreadable = 0
    """Unreadable responses in a row."""

    def __init__(self) -> None:
        super().__init__()
        self.in_flight: dict[str, str] = {}
        """Links by article that were asked for and have no response yet."""

    def work_list(self) -> AsyncIterator[Request | LinkOutcome]:
        """What to do, in order: first requests of articles, and outcomes that need none. Read as far as requests can be sent."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """The work list, lazily: a million links must not become a million requests in memory."""
        engine = self.crawler.engine
        assert engine is not None
        queued = set(self.job_state.pop("queued", ()))
        capacity = 0
        async for entry in self.work_list():
            if isinstance(entry, Request) and entry.cb_kwargs["attempt"].target.article_id in queued:
                continue  # the scheduler kept it in JOBDIR
            # As many at a time as can be sent at once: to wait for each alone costs a signal handler each.
            if capacity <= 0:
                while engine.needs_backout():
                    await self.crawler.signals.wait_for(signals.scheduler_empty)
                capacity = self.settings.getint("CONCURRENT_REQUESTS")
            capacity -= 1
            yield entry

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end. What is still in flight is in JOBDIR's queue, where there is one."""
        self.job_state["queued"] = list(self.in_flight)

    @property
    def job_state(self) -> dict[str, Any]:
        """What JOBDIR keeps from one run of a job to the next (`scrapy.extensions.spiderstate`); lost without it."""
        if not hasattr(self, "state"):
            self.state: dict[str, Any] = {}
        return self.state

    @cached_property
    def templates(self) -> list[str]:
        """Further places of a finews article, addresses with ``{id}``, from the settings."""
        return [template.strip() for template in self.settings.getlist("FINEWS_PLACES") if template.strip()]

    @cached_property
    def origins(self) -> list[str]:
        """Origins of the endpoints, from the settings."""
        origins = self.settings.getlist("FINEWS_ORIGINS")
        return [origin.strip().rstrip("/") for origin in origins if origin.strip()]

    def places_of(self, target: Target) -> list[Place]:
        """Where an article can be fetched, best first."""
        return target.page.places(target, self.origins, self.templates)

    def request(self, target: Target, **context: Any) -> Request | LinkOutcome:
        """The request for an article at the first of its places; an outcome where the source has changed its format.

        *context* is handed to `add_context`, but for ``headers``, of the first request, ``first_origin``, that of the place
        to ask first. Whether the fetch guard trusts the link is the subclass's to say.
        """
        if self.consecutive_unreadable >= UNREADABLE_IN_A_ROW:
            reason = f"skipped: {self.consecutive_unreadable} consecutive unreadable responses; retry when the source is fixed"
            return self.outcome(target, outcomes.FAILED_HERE, reason)
        archive = archive_of(self.crawler)
        if archive and archive.is_open and (forgotten_at := archive.forgotten_at(target.article_id)):
            return self.outcome(
                target, outcomes.DROPPED, f"taken down here by scrapy forget on {forgotten_at}"
            )
        places = self.places_of(target)
        if first_origin := context.pop("first_origin", None):
            places.sort(key=lambda place: not place.url.startswith(f"{first_origin}/"))  # stable
        headers = context.pop("headers", None)
        return self.ask(Attempt(target, places, context), headers)

    def ask(self, attempt: Attempt, headers: dict[str, str] | None = None) -> Request:
        """The request for an article at the place that is next."""
        headers = {**attempt.place.headers, **(headers or {})}
        return self.send(attempt.place.url, self.parse, self.failed, attempt, headers=headers)

    def send(
        self, url: str, callback: Any, errback: Any, attempt: Attempt, headers: Any = None, **extra: Any
    ) -> Request:
        """A request that is part of an attempt; *extra* goes to its callback."""
        self.in_flight[attempt.target.article_id] = attempt.target.link
        cb_kwargs = {"attempt": attempt, **extra}
        return Request(
            url, callback=callback, errback=errback, headers=headers, cb_kwargs=cb_kwargs, dont_filter=True
        )

    def outcome(self, target: Target, outcome: str, reason: str) -> LinkOutcome:
        """An outcome of the target's link."""
        return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)

    def fail(self, attempt: Attempt, outcome: str, reason: str) -> Request | LinkOutcome:
        """A request to the next place of an article, or its outcome where that was the last."""
        attempt_after = attempt.fail(outcome, reason)
        if not attempt.is_last:
            self.count("places/failed")
            return self.ask(attempt_after)
        outcome, reason = attempt_after.conclude()
        self.consecutive_unreadable = self.consecutive_unreadable + 1 if outcome == outcomes.UNREADABLE else 0
        end = self.outcome(attempt.target, outcome, reasons.add_advice(outcome, reason))
        end.counts = not attempt.context.get("by_hand")
        return end

    def follow_redirect(self, attempt: Attempt, response: Any) -> Attempt | Request | None:
        """What a response is of, where redirects led: the attempt's target, another site's article (a request for it, where its
        page object asks elsewhere), or None where it is not the article whose places are tried."""
        target = attempt.target
        if response.url == attempt.place.url:
            return attempt
        try:
            landed = target_of(response.url)
        except LinkError:
            return attempt
        source = landed.page.request_url(landed, self.origins)
        landed = replace(landed, link=target.link)
        if (
            landed.page.site == ANY_SITE
        ):  # the site's own response from elsewhere, e.g. a mirror of an endpoint
            return replace(attempt, target=landed) if target.page.site == ANY_SITE else attempt
        if len(attempt.places) > 1:
            return attempt if landed.article_id == target.article_id else None
        if landed.page is target.page or source == response.url:
            return replace(attempt, target=landed)
        return self.ask(Attempt(landed, self.places_of(landed), attempt.context))

    def ask_elsewhere(self, attempt: Attempt, response: Any) -> Request | None:
        """A request for another place of an article whose link was redirected to one that does not serve it any more; None
        where there is none, or where its places are tried already."""
        if response.url == attempt.place.url or len(attempt.places) > 1:
            return None
        try:
            landed = replace(target_of(response.url), link=attempt.target.link)
        except LinkError:
            return None
        others = [place for place in self.places_of(landed) if place.url != response.url]
        if landed.article_id == attempt.target.article_id or not others:
            return None
        failed = Attempt(landed, [replace(attempt.place, url=response.url), *others], attempt.context)
        return self.ask(failed.fail(*reasons.of_response(response)))

    def follow_script(self, address: str, attempt: Attempt, response: Any) -> Request | LinkOutcome:
        """A request for where a page without an article sends its reader, as redirects by script do. The link stays the one
        that was given."""
        target = attempt.target
        hops = response.meta.get("sent_on", 0) + 1
        if hops > HOPS:
            reason = f"{HOPS} pages redirected one after the other, and no article yet"
            return self.outcome(target, outcomes.UNREACHABLE, reason)
        try:
            landed = target_of(address)
        except LinkError as exc:
            return self.outcome(target, exc.outcome, f"sent on by {response.url}: {exc}")
        places = self.places_of(replace(landed, link=address))
        request = self.ask(Attempt(replace(landed, link=target.link), places, attempt.context))
        request.meta["sent_on"] = hops
        return request

    def parse(self, response: Any, attempt: Attempt | None = None) -> Any:
        """A response to `request`."""
        raise NotImplementedError

    def failed(self, failure: Any) -> Any:
        """A request that brought no response."""
        raise NotImplementedError
