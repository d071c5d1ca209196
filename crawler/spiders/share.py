"""Links in, articles out; knows no site.

scrapy crawl share -a url=LINK
scrapy crawl share -a urls=FILE      one link a line, # comments; - is standard input
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, signals

from crawler.article_spider import ArticleSpider, UsageProblem
from crawler.items import Article, LinkOutcome
from crawler.pages import LinkError, Target, target_of
from pipelines.archive import Archive, utc_text


def links_in(lines: Iterator[str]) -> Iterator[str]:
    """The links among *lines*, without comments and blanks.

    >>> list(links_in(iter(["# mine", "", " http://a.example/x ", "<http://b.example>"])))
    ['http://a.example/x', 'http://b.example']
    """
    for line in lines:
        link = line.strip().lstrip("\ufeff").strip("<>")
        if link and not link.startswith("#"):
            yield link


class ShareSpider(ArticleSpider):
    """Follows share links."""

    name = "share"

    def __init__(self, url: str | None = None, urls: str | None = None):
        super().__init__()
        if not url and not urls:
            raise UsageProblem(
                "no link given: scrapy crawl share -a url=LINK, or -a urls=FILE (- for standard input)"
            )
        if url and urls:
            raise UsageProblem("give either -a url=LINK or -a urls=FILE, not both")
        if url and "://" not in url:
            raise UsageProblem(f"url={url} is no link: it starts with neither http:// nor https://")
        if urls and urls != "-" and not Path(urls).is_file():
            raise UsageProblem(f"urls={urls}: no such file")
        self.url, self.urls = url, urls
        self.given = self._given()
        """The links that are not read yet."""
        self.seen: set[str] = set()
        """Articles asked for in this crawl."""
        self.links: set[int] = set()
        """Hashes of links read in this crawl: the same link twice is one."""

    def _given(self) -> Iterator[str]:
        if self.url:
            yield self.url.strip()
            return
        with contextlib.ExitStack() as stack:
            file = (
                sys.stdin
                if self.urls == "-"
                else stack.enter_context(open(str(self.urls), encoding="utf-8", errors="replace"))
            )
            yield from links_in(iter(file))

    async def start(self) -> AsyncIterator[Any]:
        while True:
            # A million links read at once would be a million requests in memory.
            if self.crawler.engine is not None and self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            link = next(self.given, None)
            if link is None:
                return
            if hash(link) in self.links:
                continue
            self.links.add(hash(link))
            self.count("links/asked")
            try:
                target = target_of(link)
            except LinkError as wrong:
                if wrong.outcome == "refused":
                    self.count("links/not_followed")
                yield LinkOutcome(link=link, outcome=wrong.outcome, reason=str(wrong))
                continue
            if target.article_id in self.seen:
                yield LinkOutcome(link=link, article_id=target.article_id, outcome="same")
                continue
            self.seen.add(target.article_id)
            yield self.request(target)

    def closed(self, reason: str) -> None:
        """No link vanishes: a crawl that was stopped says which it did not get to."""
        if reason == "finished":
            return
        archive = Archive.of(self.crawler)
        why = f"the crawl was stopped before its turn ({reason}); crawl it again"
        left = [(link, article_id) for article_id, link in self.in_flight.items()]
        for link, article_id in (*left, *((link, None) for link in self.given)):
            row = {"url": link, "article_id": article_id, "outcome": "failed", "reason": why}
            archive.add_link({**row, "last_tried_at": utc_text(archive.now())})
            self.count("links/failed")
        archive.flush()

    def next_step(self, article: Article, target: Target) -> Article | Request:
        return self.ask_page(article, target)
