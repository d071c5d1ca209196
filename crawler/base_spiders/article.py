"""What all spiders of articles share of reading: from a response to an article, a further request or an outcome."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from scrapy import Request
from scrapy.http import TextResponse

from archive import outcomes
from crawler import reasons
from crawler.attempt import Attempt
from crawler.base_spiders.asking import AskingSpider
from crawler.interrupts import ReadingEnded
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_page, name_response, own_capture
from crawler.page_reader import PageReader
from crawler.pages import LinkError, PageError, Target, Walled, target_of
from pipelines.restored import restored

PAGES = 50  # of one article, at most


class ArticleSpider(AskingSpider):
    """Requests articles and reads the responses. Subclasses say which, and what else is known of each."""

    @cached_property
    def page_reader(self) -> PageReader:
        """Reads responses, within the bounds that the settings give."""
        return PageReader.from_settings(self.settings)

    def closed(self, reason: str) -> None:
        super().closed(reason)
        self.page_reader.close()

    def parse(self, response: Any, attempt: Attempt | None = None) -> Any:
        """A response to `request`: the article, a request for what it lacks or for its next place, or why there is none.

        Without *attempt*, as `scrapy parse LINK` calls it, the article that the response's own address means.
        """
        if attempt is None:
            return self.parse_link(response)
        self.in_flight.pop(attempt.target.article_id, None)
        if response.status != 200:
            elsewhere = self.ask_elsewhere(attempt, response)
            return elsewhere or self.fail(attempt, *reasons.of_response(response))
        landed = self.follow_redirect(attempt, response)
        if isinstance(landed, Request):
            return landed
        if landed is None:
            reason = f"redirected to {response.url}, which is not this article"
            return self.fail(attempt, outcomes.UNREADABLE, reason)
        return self.read(response, landed)

    def parse_link(self, response: Any) -> Any:
        """What `scrapy parse LINK` shows: the article, or a request to where the link's article is."""
        try:
            target = target_of(response.url)
        except LinkError as exc:
            return LinkOutcome(link=response.url, outcome=exc.outcome, reason=str(exc))
        place = next((place for place in self.places_of(target) if place.url == response.url), None)
        return self.read(response, Attempt(target, [place])) if place else self.request(target)

    def read(self, response: Any, attempt: Attempt) -> Any:
        """The article in a response, a request for what it lacks, or what comes next where there is none."""
        target = attempt.target
        page_class = attempt.place.page if attempt.place.page.site == target.page.site else target.page
        restored.reading = target.article_id
        try:
            reading = self.page_reader.read(page_class, response, target, self.now())
            if reading.article is None:
                assert reading.error is not None
                return self.read_no_article(response, attempt, reading.error, reading.moved_to)
            article = reading.article
            name_response(article, response, target.link)
            article.reader = self.reader
            article = self.add_context(article, response, **attempt.context)
            if reading.next_page:
                return self.ask_next_page(article, reading.next_page, [response.url], attempt)
        except PageError as exc:  # what is known contradicts the response
            return self.fail(attempt, exc.outcome, str(exc))
        except ReadingEnded as exc:
            outcome, reason = reasons.of_ending(exc, response.url)
            return (
                self.outcome(target, outcome, reason) if exc.is_stop else self.fail(attempt, outcome, reason)
            )
        except Exception as exc:
            return self.report_bug(target, exc)
        self.consecutive_unreadable = 0
        return self.next_step(article, attempt)

    def read_no_article(
        self, response: Any, attempt: Attempt, error: PageError, moved_to: str | None
    ) -> Request | LinkOutcome:
        """What comes next where a response holds no article: where its page sends its reader, a browser, the next place."""
        if moved_to:
            return self.follow_script(moved_to, attempt, response)
        if isinstance(error, Walled) and error.needs_browser:
            return self.open_in_browser(attempt, response, str(error))
        return self.fail(attempt, error.outcome, str(error))

    def open_in_browser(self, attempt: Attempt, response: Any, reason: str) -> Request | LinkOutcome:
        """A request for the same place in a browser, once, where there is one; *reason* is why it is needed."""
        if response.meta.get("playwright"):
            return self.fail(attempt, outcomes.WALLED, f"{reason}, in a browser, too")
        if not self.settings.getbool("BROWSER_ENABLED"):
            return self.fail(attempt, outcomes.WALLED, f"{reason}; {reasons.HOW_TO_BROWSE}")
        request = self.ask(attempt)
        # The cache holds what was served without one; what fails in a browser is left to a later crawl.
        request.meta.update(playwright=True, dont_cache=True, dont_retry=True, needs_browser=reason)
        self.count("browser/asked")
        return request

    def report_bug(self, target: Target, exc: Exception) -> LinkOutcome:
        """The outcome of a link on whose response a page object broke: it must not vanish for that."""
        self.logger.error(f"{target.link}: {type(exc).__name__}: {exc}", exc_info=exc)
        return self.outcome(target, outcomes.FAILED_HERE, reasons.of_bug(exc))

    def ask_next_page(self, article: Article, url: str, seen: list[str], attempt: Attempt) -> Request:
        """A request for the next page of an article."""
        return self.send(url, self.parse_next_page, self.failed, attempt, article=article, seen=seen)

    def parse_next_page(self, response: Any, attempt: Attempt, article: Article, seen: list[str]) -> Any:
        """A further page: its text goes behind the article's. An article that lacks a page is not archived."""
        target = attempt.target
        self.in_flight.pop(target.article_id, None)
        where = f"page {len(seen) + 1} of the article"
        if response.status != 200:
            _, reason = reasons.of_status(response.status, response.url, response.request)
            return self.outcome(target, outcomes.UNREACHABLE, f"{where}: {reason}")
        try:
            reading = self.page_reader.read(target.page, response, target, self.now())
        except ReadingEnded as exc:
            outcome, reason = reasons.of_ending(exc, response.url)
            return self.outcome(target, outcome, f"{where}: {reason}")
        if (part := reading.article) is None:
            assert reading.error is not None
            return self.outcome(target, reading.error.outcome, f"{where}: {reading.error}")
        add_page(article, part)
        if article.reading is not None:
            article.reading.setdefault("pages", []).extend(own_capture(response))
        seen.append(response.url)
        next_page = reading.next_page
        if next_page and next_page not in seen and len(seen) < PAGES:
            return self.ask_next_page(article, next_page, seen, attempt)
        self.consecutive_unreadable = 0
        return article

    def add_context(self, article: Article, response: Any, **context: Any) -> Article:
        """Add what is known beside the response. Raises PageError where it contradicts the response."""
        return article

    def next_step(self, article: Article, attempt: Attempt) -> Article | Request:
        """The article where it is complete enough, else a request for what it lacks."""
        return article

    def complete(self, article: Article, attempt: Attempt) -> Article | Request:
        """A request for the page that states what *article* lacks, where its site has one; else the article as it is."""
        url = attempt.target.page.supplement_url(attempt.target, self.settings["FINEWS_ARTICLE_PAGE"])
        if url is None or (article.headline and article.published_raw):
            return article
        return self.send(url, self.parse_supplement, self.supplement_failed, attempt, article=article)

    def parse_supplement(
        self, response: Any, attempt: Attempt, article: Article
    ) -> Article | Request | LinkOutcome:
        """A page that completes an article. One that states nothing of it leaves placeholders; where it shows another
        article, the place that served this one is not to be trusted."""
        target = attempt.target
        self.in_flight.pop(target.article_id, None)
        if response.status == 200 and isinstance(response, TextResponse):
            try:
                if target.page.supplement(article, response):
                    if article.reading is not None and (capture := own_capture(response)):
                        article.reading["supplement"] = capture[0]
                    return article
            except PageError as exc:
                link = article.link or str(article.share_url)
                return self.fail(replace(attempt, target=replace(target, link=link)), exc.outcome, str(exc))
            except Exception as exc:  # a bug of ours; the article is there all the same
                self.logger.error(f"{response.url}: {type(exc).__name__}: {exc}", exc_info=exc)
        self.count("share/page_unusable")
        return article

    def supplement_failed(self, failure: Any) -> Article:
        """No such page: the article is archived with placeholders, to be completed by a later crawl."""
        self.count("share/page_unusable")
        self.in_flight.pop(failure.request.cb_kwargs["attempt"].target.article_id, None)
        article: Article = failure.request.cb_kwargs["article"]
        return article

    def failed(self, failure: Any) -> Any:
        """A request that brought no response."""
        attempt = failure.request.cb_kwargs["attempt"]
        self.in_flight.pop(attempt.target.article_id, None)
        outcome, reason = reasons.of_error(failure.value, failure.request.url, failure.request)
        if outcome == outcomes.UNREACHABLE and (needed_because := failure.request.meta.get("needs_browser")):
            outcome, reason = outcomes.WALLED, f"{needed_because}; {reason}"  # it was reached without one
        if "article" in failure.request.cb_kwargs:  # a further page of one
            return self.outcome(attempt.target, outcome, reason)
        return self.fail(attempt, outcome, reason)
