"""What all spiders share: from a link's target to an article or an outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy import Request, Spider, signals

from archive import outcomes
from archive.times import clock
from crawler import reasons
from crawler.fetch_guard import FetchGuard
from crawler.items import Article, LinkOutcome
from crawler.pages import ANY_SITE, LinkError, PageError, Target, target_of

UNREADABLE_IN_A_ROW = 25  # unreadable responses after which the source is taken to have changed its format

PAGES = 50  # of one article, at most
HOPS = 5  # pages that send on by script, at most; redirects by status have a bound of their own


class UsageProblem(ValueError):
    """Arguments that make no crawl; the message is for the user, one line."""


class ArticleSpider(Spider):
    """Requests articles and reads the responses. Subclasses say which, and what else is known of each."""

    names_trusted_links = True
    """The fetch guard trusts what this spider tells it to, not every request."""
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
        async for entry in self.work_list():
            if isinstance(entry, Request) and entry.cb_kwargs["target"].article_id in queued:
                continue  # the scheduler kept it in JOBDIR
            while engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
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

    def now(self) -> datetime:
        """The time by which this crawl judges what is fresh and due."""
        return clock(self.settings)

    def origins(self) -> list[str]:
        """Origins of the endpoints, from the settings."""
        return [
            origin.strip().rstrip("/") for origin in self.settings.getlist("FINEWS_ORIGINS") if origin.strip()
        ]

    def request(self, target: Target, **known: Any) -> Request | LinkOutcome:
        """The request for an article's body; an outcome where the source has changed its shape."""
        if self.consecutive_unreadable >= UNREADABLE_IN_A_ROW:
            reason = f"skipped: {self.consecutive_unreadable} consecutive unreadable responses; retry when the source is fixed"
            return self.outcome(target, outcomes.FAILED_HERE, reason)
        FetchGuard.of(self.crawler).trust(target.link)
        self.in_flight[target.article_id] = target.link
        headers = known.pop("headers", None)
        return Request(
            target.page.request_url(target, self.origins()),
            callback=self.parse,
            errback=self.failed,
            headers=headers,
            cb_kwargs={"target": target, **known},
            dont_filter=True,
        )

    def outcome(self, target: Target, outcome: str, reason: str) -> LinkOutcome:
        """An outcome of the target's link."""
        return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)

    def parse(self, response: Any, target: Target | None = None, **known: Any) -> Any:
        """A response to `request`: the article, a request for its page, or why there is none.

        Without *target*, as `scrapy parse LINK` calls it, the article that the response's own address means.
        """
        if target is None:
            try:
                target = target_of(response.url)
            except LinkError as exc:
                return LinkOutcome(link=response.url, outcome=exc.outcome, reason=str(exc))
            if target.page.request_url(target, self.origins()) != response.url:
                return self.request(target)
        self.in_flight.pop(target.article_id, None)
        if response.status != 200:
            return self.outcome(target, *reasons.of_status(response.status, response.url))
        target, elsewhere = self.arrived_at(target, response)
        if elsewhere is not None:
            return elsewhere
        try:
            page = target.page(response, target, self.now())
            article = page.article()
            if further := page.next_page():
                return self.ask_further(article, further, [response.url], target)
            article = self.add_known(article, response, **known)
        except PageError as exc:
            if moved := self.sent_on(page, target, response, exc.outcome):
                return moved
            self.consecutive_unreadable = (
                self.consecutive_unreadable + 1 if exc.outcome == "unreadable" else 0
            )
            return self.outcome(target, exc.outcome, str(exc))
        except Exception as exc:
            return self.report_bug(target, exc)
        self.consecutive_unreadable = 0
        return self.next_step(article, target)

    def report_bug(self, target: Target, exc: Exception) -> LinkOutcome:
        """The outcome of a link on whose response a page object broke: it must not vanish for that."""
        self.logger.error(f"{target.link}: {type(exc).__name__}: {exc}", exc_info=exc)
        return self.outcome(target, outcomes.FAILED_HERE, reasons.of_bug(exc))

    def arrived_at(self, target: Target, response: Any) -> tuple[Target, Request | LinkOutcome | None]:
        """Where redirects led: another site's article has that site's page object, and perhaps its own request."""
        if response.url == target.page.request_url(target, self.origins()):
            return target, None
        try:
            found = target_of(response.url)
        except LinkError:
            return target, None
        if found.page.site == ANY_SITE:  # the site's own answer from elsewhere, e.g. a mirror of an endpoint
            return (replace(found, link=target.link) if target.page.site == ANY_SITE else target), None
        source = found.page.request_url(found, self.origins())
        found = replace(found, link=target.link)
        if found.page is target.page or source == response.url:
            return found, None
        self.in_flight[found.article_id] = target.link
        return found, Request(
            source, callback=self.parse, errback=self.failed, cb_kwargs={"target": found}, dont_filter=True
        )

    def sent_on(self, page: Any, target: Target, response: Any, outcome: str) -> Request | LinkOutcome | None:
        """A request for where a page without an article sends its reader, as redirects by script do; None where it does
        not. The link stays the one that was given."""
        address = page.moved_to(outcome)
        if address is None:
            return None
        hops = response.meta.get("sent_on", 0) + 1
        if hops > HOPS:
            return self.outcome(
                target,
                outcomes.UNREACHABLE,
                f"sent on by {HOPS} pages, one after the other, and no article yet",
            )
        try:
            found = replace(target_of(address), link=target.link)
        except LinkError as exc:
            return self.outcome(target, exc.outcome, f"sent on by {response.url}: {exc}")
        self.in_flight[found.article_id] = target.link
        return Request(
            found.page.request_url(replace(found, link=address), self.origins()),
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"target": found},
            meta={"sent_on": hops},
            dont_filter=True,
        )

    def ask_further(self, article: Article, url: str, seen: list[str], target: Target) -> Request:
        """A request for the next page of an article."""
        self.in_flight[target.article_id] = target.link
        return Request(
            url,
            callback=self.parse_further,
            errback=self.failed,
            cb_kwargs={"article": article, "seen": seen, "target": target},
            dont_filter=True,
        )

    def parse_further(self, response: Any, article: Article, seen: list[str], target: Target) -> Any:
        """A further page: its text goes behind the article's. An article that lacks a page is none."""
        self.in_flight.pop(target.article_id, None)
        if response.status != 200:
            _, why = reasons.of_status(response.status, response.url)
            return self.outcome(target, outcomes.UNREACHABLE, f"page {len(seen) + 1} of the article: {why}")
        try:
            page = target.page(response, target, self.now())
            more = page.article()
        except PageError as exc:
            return self.outcome(target, exc.outcome, f"page {len(seen) + 1} of the article: {exc}")
        article.body_raw = f"{article.body_raw}\n{more.body_raw}"
        article.removals = [*article.removals, *more.removals]
        article.authors = article.authors or more.authors
        seen.append(response.url)
        further = page.next_page()
        if further and further not in seen and len(seen) < PAGES:
            return self.ask_further(article, further, seen, target)
        self.consecutive_unreadable = 0
        return self.next_step(article, target)

    def add_known(self, article: Article, response: Any, **known: Any) -> Article:
        """Add what is known beside the response. Raises PageError where it contradicts the response."""
        return article

    def next_step(self, article: Article, target: Target) -> Article | Request:
        """The article where it is complete enough, else a request for what it lacks."""
        return article

    def complete(self, article: Article, target: Target) -> Article | Request:
        """A request for the page that states what *article* lacks, where its site has one; else the article as it is."""
        url = target.page.supplement_url(target, self.settings["FINEWS_ARTICLE_PAGE"])
        if url is None or (article.headline and article.published_raw):
            return article
        self.in_flight[target.article_id] = target.link
        return Request(
            url,
            callback=self.parse_supplement,
            errback=self.supplement_failed,
            cb_kwargs={"article": article, "target": target},
            dont_filter=True,
        )

    def parse_supplement(self, response: Any, article: Article, target: Target) -> Article | LinkOutcome:
        """A page that completes an article. One that says nothing of it leaves placeholders."""
        self.in_flight.pop(article.id, None)
        if response.status == 200 and hasattr(response, "text"):
            try:
                if target.page.supplement(article, response):
                    return article
            except PageError as exc:
                return self.outcome(
                    replace(target, link=article.link or str(article.share_url)), exc.outcome, str(exc)
                )
            except Exception as exc:  # a bug of ours; the article is there all the same
                self.logger.error(f"{response.url}: {type(exc).__name__}: {exc}", exc_info=exc)
        self.count("share/page_unusable")
        return article

    def supplement_failed(self, failure: Any) -> Article:
        """No such page: the article is archived with placeholders, to be completed by a later crawl."""
        self.count("share/page_unusable")
        article = failure.request.cb_kwargs["article"]
        self.in_flight.pop(article.id, None)
        return article

    def failed(self, failure: Any) -> Any:
        """A request that brought no answer."""
        target = failure.request.cb_kwargs["target"]
        self.in_flight.pop(target.article_id, None)
        return self.outcome(target, *reasons.of_error(failure.value, failure.request.url))

    def count(self, stat: str, number: int = 1) -> None:
        """Count something of this crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(stat, number)
