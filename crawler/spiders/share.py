"""Links in, articles out; knows no site.

    scrapy crawl share -a url=LINK
    scrapy crawl share -a urls=FILE      one link a line, # comments; - is standard input
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals

from crawler import reasons
from crawler.guard import FetchGuard
from crawler.items import Article, LinkOutcome
from crawler.pages import LinkError, PageError, Target, target_of
from crawler.pages.finews import check_same_article, complete_from_page


class UsageProblem(ValueError):
    """Arguments that make no crawl; the message is for the user, one line."""


def links_in(lines: Iterator[str]) -> Iterator[str]:
    """The links among *lines*, without comments and blanks.

    >>> list(links_in(iter(["# mine", "", " http://a.example/x ", "<http://b.example>"])))
    ['http://a.example/x', 'http://b.example']
    """
    for line in lines:
        link = line.strip().lstrip("\ufeff").strip("<>")
        if link and not link.startswith("#"):
            yield link


class ShareSpider(Spider):
    """Follows share links."""

    name = "share"

    def __init__(self, url: str | None = None, urls: str | None = None):
        super().__init__()
        if not url and not urls:
            raise UsageProblem("no link given: scrapy crawl share -a url=LINK, or -a urls=FILE (- for standard input)")
        if url and urls:
            raise UsageProblem("give either -a url=LINK or -a urls=FILE, not both")
        if url and "://" not in url:
            raise UsageProblem(f"url={url} is no link: it starts with neither http:// nor https://")
        if urls and urls != "-" and not Path(urls).is_file():
            raise UsageProblem(f"urls={urls}: no such file")
        self.url, self.urls = url, urls
        self.seen: set[str] = set()
        """Articles asked for in this crawl."""
        self.links: set[int] = set()
        """Hashes of links read in this crawl: the same link twice is one."""

    def _given(self) -> Iterator[str]:
        if self.url:
            yield self.url.strip()
            return
        with contextlib.ExitStack() as stack:
            file = sys.stdin if self.urls == "-" else stack.enter_context(open(str(self.urls), encoding="utf-8", errors="replace"))
            yield from links_in(iter(file))

    async def start(self) -> AsyncIterator[Any]:
        assert self.crawler.stats is not None
        guard = FetchGuard.of(self.crawler)
        for link in self._given():
            # A million links read at once would be a million requests in memory.
            if self.crawler.engine is not None and self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            if hash(link) in self.links:
                continue
            self.links.add(hash(link))
            self.crawler.stats.inc_value("links/asked")
            try:
                target = target_of(link)
            except LinkError as wrong:
                if wrong.outcome == "refused":
                    self.crawler.stats.inc_value("links/not_followed")
                yield LinkOutcome(link=link, outcome=wrong.outcome, reason=str(wrong))
                continue
            if target.article_id in self.seen:
                yield LinkOutcome(link=link, article_id=target.article_id, outcome="same")
                continue
            self.seen.add(target.article_id)
            guard.trust(link)
            yield self.request(target)

    def request(self, target: Target) -> Request:
        """The request for an article's body."""
        origins = self.settings.getlist("FINEWS_ORIGINS")
        url = target.page.request_url(target, [origin.strip().rstrip("/") for origin in origins])
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"target": target},
            meta={"handle_httpstatus_all": True},
            dont_filter=True,
        )

    def parse(self, response: Any, target: Target) -> Any:
        """A response to `request`: the article, a request for its page, or why there is none."""
        if response.status != 200:
            outcome, reason = reasons.of_status(response.status, response.url)
            return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)
        try:
            article = target.page(response, target, datetime.now(UTC)).article()
        except PageError as wrong:
            return LinkOutcome(link=target.link, article_id=target.article_id, outcome=wrong.outcome, reason=str(wrong))
        if article.headline and article.published_raw:
            return article
        return Request(
            self.settings["FINEWS_ARTICLE_PAGE"].format(id=target.native_id),
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"article": article},
            meta={"handle_httpstatus_all": True},
            dont_filter=True,
            priority=10,  # finish what was begun
        )

    def parse_page(self, response: Any, article: Article) -> Article | LinkOutcome:
        """The public page of an article: what its JSON lacks. A page that says nothing leaves stand-ins."""
        assert self.crawler.stats is not None
        if response.status == 200 and hasattr(response, "text"):
            try:
                check_same_article(article, response)
            except PageError as wrong:
                return LinkOutcome(link=str(article.link), article_id=article.id, outcome="unreadable", reason=str(wrong))
            if complete_from_page(article, response):
                return article
        self.crawler.stats.inc_value("share/page_unusable")
        return article

    def page_failed(self, failure: Any) -> Article:
        """No public page: the article is archived with stand-ins, to be completed by a later crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("share/page_unusable")
        return failure.request.cb_kwargs["article"]

    def failed(self, failure: Any) -> LinkOutcome:
        """A request that brought no answer."""
        target = failure.request.cb_kwargs["target"]
        outcome, reason = reasons.of_error(failure.value, failure.request.url)
        return LinkOutcome(link=target.link, article_id=target.article_id, outcome=outcome, reason=reason)
