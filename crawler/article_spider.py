"""What all spiders share: from a link's target to an article or an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from scrapy import Request, Spider
from twisted.python.failure import Failure

from archive import outcomes
from archive.writer import Archive
from crawler import reasons
from crawler.fetch_guard import FetchGuard
from crawler.items import Article, LinkOutcome
from crawler.pages import ANY_SITE, LinkError, PageError, Target, target_of
from crawler.pages.finews import check_same_article, complete_from_page

STRANGE_IN_A_ROW = 25  # unreadable answers after which the source is taken to have changed its shape

PAGES = 50  # of one article, at most
HOPS = 5  # pages that send on by script, at most; redirects by status have a bound of their own


class UsageProblem(ValueError):
    """Arguments that make no crawl; the message is for the user, one line."""


class ArticleSpider(Spider):
    """Requests articles and reads the answers. Subclasses say which, and what else is known of each.

    An article is followed by one task from its first request to its rows: by way of Scrapy's scheduler and scraper, made
    for requests that breed requests, the same costs a tenth more. Spider middlewares have no say in it.
    """

    strange = 0
    """Unreadable answers in a row."""

    def __init__(self) -> None:
        super().__init__()
        self.in_flight: dict[str, str] = {}
        """Links by article that were asked for and have no answer yet."""
        self.tasks: set[asyncio.Task[None]] = set()
        """One for each article that is being followed."""

    def work_list(self) -> AsyncIterator[Request | LinkOutcome]:
        """What to do, in order: first requests of articles, and outcomes that need none. Read as far as there is room."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Follow the work list, as many articles at a time as there may be requests."""
        engine = self.crawler.engine
        assert engine is not None
        room = asyncio.Semaphore(self.settings.getint("CONCURRENT_REQUESTS"))

        def done(task: asyncio.Task[None]) -> None:
            self.tasks.discard(task)
            room.release()

        async for one in self.work_list():
            if not isinstance(one, Request):
                yield one
                continue
            await room.acquire()
            if self.stopping:
                return
            task = asyncio.create_task(self.follow(one))
            self.tasks.add(task)
            task.add_done_callback(done)
        if self.tasks:
            await asyncio.wait(self.tasks)

    @property
    def stopping(self) -> bool:
        """Whether the crawl was told to end: nothing more is asked for, what was asked for is waited for."""
        engine = self.crawler.engine
        return engine is None or (engine.needs_backout() and not engine.downloader.needs_backout())

    async def follow(self, request: Request) -> None:
        """Ask, read the answer, ask on where that says so, and hand what comes of it to the pipelines."""
        engine = self.crawler.engine
        assert engine is not None
        one: Any = request
        answer: Any = None
        while isinstance(one, Request):
            asked, one = one, None
            try:
                answer = await engine.download_async(asked)
            except Exception:
                answer = Failure()
                answer.request = asked
            try:
                if isinstance(answer, Failure):
                    one = asked.errback(answer)  # type: ignore[misc]
                else:
                    one = asked.callback(answer, **asked.cb_kwargs)  # type: ignore[misc]
            except Exception:
                engine.scraper.handle_spider_error(Failure(), asked, answer)
            if isinstance(one, Request) and self.stopping:
                return
        if one is not None:
            await engine.scraper.start_itemproc_async(one, response=answer)
        self.let_end(engine.scraper.slot)

    def let_end(self, slot: Any) -> None:
        """Tell a scraper that waits for the last item: it looks by itself only behind responses of its own."""
        if slot.closing and not slot.closing.called and slot.is_idle():
            slot.closing.callback(self)

    def now(self) -> datetime:
        """The time by which this crawl judges what is fresh and due."""
        return Archive.of(self.crawler).now()

    def origins(self) -> list[str]:
        """Origins of the endpoints, from the settings."""
        return [
            origin.strip().rstrip("/") for origin in self.settings.getlist("FINEWS_ORIGINS") if origin.strip()
        ]

    def request(self, target: Target, **more: Any) -> Request | LinkOutcome:
        """The request for an article's body; an outcome where the source has changed its shape."""
        if self.strange >= STRANGE_IN_A_ROW:
            reason = f"not asked for: the {self.strange} answers before were unreadable; crawl it again when the source is mended"
            return self.outcome(target, "failed", reason)
        FetchGuard.of(self.crawler).trust(target.link)
        self.in_flight[target.article_id] = target.link
        headers = more.pop("headers", None)
        return Request(
            target.page.request_url(target, self.origins()),
            callback=self.parse,
            errback=self.failed,
            headers=headers,
            cb_kwargs={"target": target, **more},
            dont_filter=True,
        )

    def outcome(self, target: Target, outcome: str, reason: str) -> LinkOutcome:
        """An outcome of the target's link."""
        return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)

    def parse(self, response: Any, target: Target, **more: Any) -> Any:
        """A response to `request`: the article, a request for its page, or why there is none."""
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
            article = self.add_known(article, response, **more)
        except PageError as wrong:
            if moved := self.sent_on(page, target, response, wrong.outcome):
                return moved
            self.strange = self.strange + 1 if wrong.outcome == "unreadable" else 0
            return self.outcome(target, wrong.outcome, str(wrong))
        except Exception as wrong:
            return self.our_bug(target, wrong)
        self.strange = 0
        return self.next_step(article, target)

    def our_bug(self, target: Target, wrong: Exception) -> LinkOutcome:
        """The outcome of a link on whose answer a page object broke: it must not vanish for that."""
        self.logger.error(f"{target.link}: {type(wrong).__name__}: {wrong}", exc_info=wrong)
        said = " ".join(str(wrong).split())[:200]
        reason = f"our own bug: {type(wrong).__name__}: {said}; please report it with the link"
        return self.outcome(target, "failed", reason)

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
        except LinkError as wrong:
            return self.outcome(target, wrong.outcome, f"sent on by {response.url}: {wrong}")
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
        except PageError as wrong:
            return self.outcome(target, wrong.outcome, f"page {len(seen) + 1} of the article: {wrong}")
        article.body_raw = f"{article.body_raw}\n{more.body_raw}"
        article.removals = [*article.removals, *more.removals]
        article.authors = article.authors or more.authors
        seen.append(response.url)
        further = page.next_page()
        if further and further not in seen and len(seen) < PAGES:
            return self.ask_further(article, further, seen, target)
        self.strange = 0
        return self.next_step(article, target)

    def add_known(self, article: Article, response: Any, **more: Any) -> Article:
        """Add what is known beside the response. Raises PageError where it contradicts the response."""
        return article

    def next_step(self, article: Article, target: Target) -> Article | Request:
        """The article where it is complete enough, else a request for what it lacks."""
        return article

    def ask_page(self, article: Article, target: Target) -> Article | Request:
        """A request for the public page where headline or time are missing; else the article as it is."""
        if article.headline and article.published_raw:
            return article
        self.in_flight[target.article_id] = target.link
        return Request(
            self.settings["FINEWS_ARTICLE_PAGE"].format(id=target.native_id),
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"article": article},
            dont_filter=True,
        )

    def parse_page(self, response: Any, article: Article) -> Article | LinkOutcome:
        """The public page of an article: what its JSON lacks. A page that says nothing leaves stand-ins."""
        self.in_flight.pop(article.id, None)
        if response.status == 200 and hasattr(response, "text"):
            try:
                check_same_article(article, response)
                if complete_from_page(article, response):
                    return article
            except PageError as wrong:
                return LinkOutcome(
                    link=article.link or str(article.share_url),
                    article_id=article.id,
                    outcome="unreadable",
                    reason=str(wrong),
                )
            except Exception as wrong:  # our own bug; the article is there all the same
                self.logger.error(f"{response.url}: {type(wrong).__name__}: {wrong}", exc_info=wrong)
        self.count("share/page_unusable")
        return article

    def page_failed(self, failure: Any) -> Article:
        """No public page: the article is archived with stand-ins, to be completed by a later crawl."""
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
