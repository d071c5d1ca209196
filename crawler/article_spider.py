"""What all spiders share: from a link's target to an article or an outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from scrapy import Request, signals
from scrapy.http import TextResponse

from archive import outcomes
from crawler import reasons
from crawler.archive_spider import ArchiveSpider
from crawler.attempt import Attempt
from crawler.interrupts import ReadingEnded
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_page, name_response, own_capture
from crawler.page_reader import PageReader
from crawler.pages import ANY_SITE, LinkError, PageError, Target, Walled, target_of
from pipelines.archive_access import archive_of
from pipelines.restored import restored

UNREADABLE_IN_A_ROW = 25  # unreadable responses after which the source is taken to have changed its format

PAGES = 50  # of one article, at most
HOPS = 5  # pages that send on by script, at most; redirects by status have a bound of their own


class ArticleSpider(ArchiveSpider):
    """Requests articles and reads the responses. Subclasses say which, and what else is known of each."""

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
            if isinstance(entry, Request) and entry.cb_kwargs["target"].article_id in queued:
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
        self.page_reader.close()

    @cached_property
    def page_reader(self) -> PageReader:
        """Reads responses, within the bounds that the settings give."""
        return PageReader.from_settings(self.settings)

    @property
    def job_state(self) -> dict[str, Any]:
        """What JOBDIR keeps from one run of a job to the next (`scrapy.extensions.spiderstate`); lost without it."""
        if not hasattr(self, "state"):
            self.state: dict[str, Any] = {}
        return self.state

    def origins(self) -> list[str]:
        """Origins of the endpoints, from the settings."""
        return self._origins

    def templates(self) -> list[str]:
        """Further places of a finews article, addresses with ``{id}``, from the settings."""
        return self._templates

    @cached_property
    def _origins(self) -> list[str]:
        named = self.settings.getlist("FINEWS_ORIGINS")
        return [origin.strip().rstrip("/") for origin in named if origin.strip()]

    @cached_property
    def _templates(self) -> list[str]:
        return [template.strip() for template in self.settings.getlist("FINEWS_PLACES") if template.strip()]

    def request(self, target: Target, **known: Any) -> Request | LinkOutcome:
        """The request for an article at the first of its places; an outcome where the source has changed its format.

        *known* is handed to `add_known`, but for ``headers``, of the first request, ``first_origin``, that of the place
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
        places = target.page.places(target, self.origins(), self.templates())
        if first_origin := known.pop("first_origin", None):
            places.sort(key=lambda place: not place.url.startswith(f"{first_origin}/"))  # stable
        headers = known.pop("headers", None) or {}
        return self.ask(target, Attempt(places), known, headers)

    def ask(
        self, target: Target, attempt: Attempt, known: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Request:
        """The request for an article at the place that is next."""
        self.in_flight[target.article_id] = target.link
        return Request(
            attempt.place.url,
            callback=self.parse,
            errback=self.failed,
            headers={**attempt.place.headers, **(headers or {})},
            cb_kwargs={"target": target, "attempt": attempt, **known},
            dont_filter=True,
        )

    def outcome(self, target: Target, outcome: str, reason: str) -> LinkOutcome:
        """An outcome of the target's link."""
        return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)

    def fail(
        self, target: Target, attempt: Attempt, known: dict[str, Any], outcome: str, reason: str
    ) -> Request | LinkOutcome:
        """A request to the next place of an article, or its outcome where that was the last."""
        attempt_after = attempt.fail(outcome, reason)
        if not attempt.is_last:
            self.count("places/failed")
            return self.ask(target, attempt_after, known)
        outcome, reason = attempt_after.conclude()
        self.consecutive_unreadable = self.consecutive_unreadable + 1 if outcome == outcomes.UNREADABLE else 0
        end = self.outcome(target, outcome, reasons.add_advice(outcome, reason))
        end.counts = not known.get("by_hand")
        return end

    def parse(
        self, response: Any, target: Target | None = None, attempt: Attempt | None = None, **known: Any
    ) -> Any:
        """A response to `request`: the article, a request for what it lacks or for its next place, or why there is none.

        Without *target*, as `scrapy parse LINK` calls it, the article that the response's own address means.
        """
        if target is None or attempt is None:
            return self.parse_link(response)
        self.in_flight.pop(target.article_id, None)
        if response.status != 200:
            elsewhere = self.ask_elsewhere(target, attempt, known, response)
            return elsewhere or self.fail(target, attempt, known, *reasons.of_response(response))
        landed = self.follow_redirect(target, attempt, known, response)
        if isinstance(landed, Request | LinkOutcome):
            return landed
        if landed is None:
            reason = f"redirected to {response.url}, which is not this article"
            return self.fail(target, attempt, known, outcomes.UNREADABLE, reason)
        return self.read(response, landed, attempt, known)

    def parse_link(self, response: Any) -> Any:
        """What `scrapy parse LINK` shows: the article, or a request to where the link's article is."""
        try:
            target = target_of(response.url)
        except LinkError as exc:
            return LinkOutcome(link=response.url, outcome=exc.outcome, reason=str(exc))
        places = target.page.places(target, self.origins(), self.templates())
        place = next((place for place in places if place.url == response.url), None)
        return self.read(response, target, Attempt([place]), {}) if place else self.request(target)

    def read(self, response: Any, target: Target, attempt: Attempt, known: dict[str, Any]) -> Any:
        """The article in a response, a request for what it lacks, or what comes next where there is none."""
        page_class = attempt.place.page if attempt.place.page.site == target.page.site else target.page
        restored.reading = target.article_id
        try:
            reading = self.page_reader.read(page_class, response, target, self.now())
            if reading.article is None:
                assert reading.error is not None
                return self.read_no_article(response, target, attempt, known, reading.error, reading.moved_to)
            article = reading.article
            name_response(article, response, target.link)
            article.reader = self.reader
            article = self.add_known(article, response, **known)
            if reading.next_page:
                return self.ask_next_page(article, reading.next_page, [response.url], target)
        except PageError as exc:  # what is known contradicts the response
            return self.fail(target, attempt, known, exc.outcome, str(exc))
        except ReadingEnded as exc:
            outcome, reason = reasons.of_ending(exc, response.url)
            return (
                self.outcome(target, outcome, reason)
                if exc.is_stop
                else self.fail(target, attempt, known, outcome, reason)
            )
        except Exception as exc:
            return self.report_bug(target, exc)
        self.consecutive_unreadable = 0
        return self.next_step(article, target, attempt, known)

    def read_no_article(
        self,
        response: Any,
        target: Target,
        attempt: Attempt,
        known: dict[str, Any],
        error: PageError,
        moved_to: str | None,
    ) -> Request | LinkOutcome:
        """What comes next where a response holds no article: where its page sends its reader, a browser, the next place."""
        if moved_to:
            return self.follow_script(moved_to, target, response, known)
        if isinstance(error, Walled) and error.needs_browser:
            return self.open_in_browser(target, attempt, known, response, str(error))
        return self.fail(target, attempt, known, error.outcome, str(error))

    def open_in_browser(
        self, target: Target, attempt: Attempt, known: dict[str, Any], response: Any, reason: str
    ) -> Request | LinkOutcome:
        """A request for the same place in a browser, once, where there is one; *reason* is why it is needed."""
        if response.meta.get("playwright"):
            return self.fail(target, attempt, known, outcomes.WALLED, f"{reason}, in a browser, too")
        if not self.settings.getbool("BROWSER_ENABLED"):
            return self.fail(target, attempt, known, outcomes.WALLED, f"{reason}; {reasons.HOW_TO_BROWSE}")
        request = self.ask(target, attempt, known)
        # The cache holds what was served without one; what fails in a browser is left to a later crawl.
        request.meta.update(playwright=True, dont_cache=True, dont_retry=True, needs_browser=reason)
        self.count("browser/asked")
        return request

    def report_bug(self, target: Target, exc: Exception) -> LinkOutcome:
        """The outcome of a link on whose response a page object broke: it must not vanish for that."""
        self.logger.error(f"{target.link}: {type(exc).__name__}: {exc}", exc_info=exc)
        return self.outcome(target, outcomes.FAILED_HERE, reasons.of_bug(exc))

    def follow_redirect(
        self, target: Target, attempt: Attempt, known: dict[str, Any], response: Any
    ) -> Target | Request | LinkOutcome | None:
        """What a response is of, where redirects led: the target, another site's article (a request for it, where its
        page object asks elsewhere), or None where it is not the article whose places are tried."""
        if response.url == attempt.place.url:
            return target
        try:
            landed = target_of(response.url)
        except LinkError:
            return target
        if (
            landed.page.site == ANY_SITE
        ):  # the site's own response from elsewhere, e.g. a mirror of an endpoint
            return replace(landed, link=target.link) if target.page.site == ANY_SITE else target
        source = landed.page.request_url(landed, self.origins())
        landed = replace(landed, link=target.link)
        if len(attempt.places) > 1:
            return target if landed.article_id == target.article_id else None
        if landed.page is target.page or source == response.url:
            return landed
        return self.ask(landed, Attempt(landed.page.places(landed, self.origins(), self.templates())), known)

    def ask_elsewhere(
        self, target: Target, attempt: Attempt, known: dict[str, Any], response: Any
    ) -> Request | None:
        """A request for another place of an article whose link was redirected to one that does not serve it any more; None
        where there is none, or where its places are tried already."""
        if response.url == attempt.place.url or len(attempt.places) > 1:
            return None
        try:
            landed = replace(target_of(response.url), link=target.link)
        except LinkError:
            return None
        places = landed.page.places(landed, self.origins(), self.templates())
        others = [place for place in places if place.url != response.url]
        if landed.article_id == target.article_id or not others:
            return None
        failed = Attempt([replace(attempt.place, url=response.url), *others])
        return self.ask(landed, failed.fail(*reasons.of_response(response)), known)

    def follow_script(
        self, address: str, target: Target, response: Any, known: dict[str, Any]
    ) -> Request | LinkOutcome:
        """A request for where a page without an article sends its reader, as redirects by script do. The link stays the one
        that was given."""
        hops = response.meta.get("sent_on", 0) + 1
        if hops > HOPS:
            reason = f"{HOPS} pages redirected one after the other, and no article yet"
            return self.outcome(target, outcomes.UNREACHABLE, reason)
        try:
            landed = replace(target_of(address), link=target.link)
        except LinkError as exc:
            return self.outcome(target, exc.outcome, f"sent on by {response.url}: {exc}")
        places = landed.page.places(replace(landed, link=address), self.origins(), self.templates())
        request = self.ask(landed, Attempt(places), known)
        request.meta["sent_on"] = hops
        return request

    def ask_next_page(self, article: Article, url: str, seen: list[str], target: Target) -> Request:
        """A request for the next page of an article."""
        self.in_flight[target.article_id] = target.link
        return Request(
            url,
            callback=self.parse_next_page,
            errback=self.failed,
            cb_kwargs={"article": article, "seen": seen, "target": target},
            dont_filter=True,
        )

    def parse_next_page(self, response: Any, article: Article, seen: list[str], target: Target) -> Any:
        """A further page: its text goes behind the article's. An article that lacks a page is not archived."""
        self.in_flight.pop(target.article_id, None)
        if response.status != 200:
            _, reason = reasons.of_status(response.status, response.url, response.request)
            return self.outcome(
                target, outcomes.UNREACHABLE, f"page {len(seen) + 1} of the article: {reason}"
            )
        try:
            reading = self.page_reader.read(target.page, response, target, self.now())
        except ReadingEnded as exc:
            outcome, reason = reasons.of_ending(exc, response.url)
            return self.outcome(target, outcome, f"page {len(seen) + 1} of the article: {reason}")
        if (part := reading.article) is None:
            error = reading.error
            assert error is not None
            return self.outcome(target, error.outcome, f"page {len(seen) + 1} of the article: {error}")
        add_page(article, part)
        if article.reading is not None:
            article.reading.setdefault("pages", []).extend(own_capture(response))
        seen.append(response.url)
        next_page = reading.next_page
        if next_page and next_page not in seen and len(seen) < PAGES:
            return self.ask_next_page(article, next_page, seen, target)
        self.consecutive_unreadable = 0
        return article

    def add_known(self, article: Article, response: Any, **known: Any) -> Article:
        """Add what is known beside the response. Raises PageError where it contradicts the response."""
        return article

    def next_step(
        self, article: Article, target: Target, attempt: Attempt, known: dict[str, Any]
    ) -> Article | Request:
        """The article where it is complete enough, else a request for what it lacks."""
        return article

    def complete(
        self, article: Article, target: Target, attempt: Attempt, known: dict[str, Any]
    ) -> Article | Request:
        """A request for the page that states what *article* lacks, where its site has one; else the article as it is."""
        url = target.page.supplement_url(target, self.settings["FINEWS_ARTICLE_PAGE"])
        if url is None or (article.headline and article.published_raw):
            return article
        self.in_flight[target.article_id] = target.link
        return Request(
            url,
            callback=self.parse_supplement,
            errback=self.supplement_failed,
            cb_kwargs={"article": article, "target": target, "attempt": attempt, "known": known},
            dont_filter=True,
        )

    def parse_supplement(
        self, response: Any, article: Article, target: Target, attempt: Attempt, known: dict[str, Any]
    ) -> Article | Request | LinkOutcome:
        """A page that completes an article. One that states nothing of it leaves placeholders; where it shows another
        article, the place that served this one is not to be trusted."""
        self.in_flight.pop(article.id, None)
        if response.status == 200 and isinstance(response, TextResponse):
            try:
                if target.page.supplement(article, response):
                    if article.reading is not None and (capture := own_capture(response)):
                        article.reading["supplement"] = capture[0]
                    return article
            except PageError as exc:
                target = replace(target, link=article.link or str(article.share_url))
                return self.fail(target, attempt, known, exc.outcome, str(exc))
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
        """A request that brought no response."""
        known = dict(failure.request.cb_kwargs)
        target, attempt = known.pop("target"), known.pop("attempt", None)
        self.in_flight.pop(target.article_id, None)
        outcome, reason = reasons.of_error(failure.value, failure.request.url, failure.request)
        if outcome == outcomes.UNREACHABLE and (needed_because := failure.request.meta.get("needs_browser")):
            outcome, reason = outcomes.WALLED, f"{needed_because}; {reason}"  # it was reached without one
        if attempt is None:  # a further page of an article
            return self.outcome(target, outcome, reason)
        return self.fail(target, attempt, known, outcome, reason)
