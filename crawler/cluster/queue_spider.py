"""``scrapy crawl share -s QUEUE=redis://HOST/0``: share links out of a queue, together with other workers.

Loaded only where QUEUE is set. A worker stays until a signal ends it; with ``-a once=1`` until every link of the queue is done.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from archive.feed_state import check_row, spans
from archive.outcomes import FAILED_HERE
from crawler.base_spiders.archive import UsageProblem
from crawler.base_spiders.article import ArticleSpider
from crawler.cluster import QueueProblem
from crawler.cluster.leases import clock
from crawler.cluster.open_queue import open_queue
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_words
from crawler.middlewares.host_breaker import ROUND_STARTED
from crawler.pages import LinkError, target_of
from crawler.sources import Record
from crawler.spiders.share import ShareSpider
from pipelines.archive_access import require_archive

HOSTS_ASKED_AGAIN = 300.0  # seconds after which hosts that failed are asked again


class QueueSpider(ShareSpider):
    """Follows share links of a queue. What it did not get to stays in the queue."""

    is_resident = True
    """A signal is how such a crawl ends."""
    worker: Any = None

    def __init__(self, once: str | None = None, **links: str):
        ArticleSpider.__init__(self)
        if links:
            raise UsageProblem(
                f"{next(iter(links))}: links come from the queue (QUEUE); put them in with scrapy enqueue -a urls=FILE"
            )
        if once not in (None, "0", "1"):
            raise UsageProblem(f"once={once}: give 1 to end when every link of the queue is done")
        self.once = once == "1"

    @classmethod
    def check_queue(cls, settings: BaseSettings, **arguments: str) -> None:
        """Raise UsageProblem for arguments, settings or a queue that cannot be used."""
        cls(**arguments)
        if settings["JOBDIR"]:
            raise UsageProblem("QUEUE does not work with JOBDIR: the queue keeps what is left")
        if not settings.getfloat("QUEUE_LEASE") >= 1:
            raise UsageProblem(f"QUEUE_LEASE={settings['QUEUE_LEASE']}: give 1 second or more")
        try:
            open_queue(settings["QUEUE"], check_it=True)
        except QueueProblem as exc:
            raise UsageProblem(str(exc)) from None

    async def work_list(self) -> AsyncIterator[Request | LinkOutcome]:
        from crawler.cluster.worker import Worker

        archive = require_archive(self.crawler)
        settings = self.settings
        self.worker = archive.gate = Worker(
            open_queue(settings["QUEUE"]),
            settings["QUEUE"],
            settings.getfloat("QUEUE_LEASE"),
            self.once,
            settings.getint("CONCURRENT_REQUESTS"),
        )
        asked_again_at = clock()
        async for taken in self.worker.links(archive.flush, self.give_up):
            if clock() - asked_again_at > HOSTS_ASKED_AGAIN:
                asked_again_at = clock()
                self.crawler.signals.send_catch_log(ROUND_STARTED)
            self.count("links/asked")
            yield self.first_request(taken)

    def first_request(self, taken: Any) -> Request | LinkOutcome:
        """The request for a link, with what a list said of it; or its outcome where it cannot be asked for."""
        self.consecutive_unreadable = 0  # links of all sites: one that changed must not end the others
        try:
            target = target_of(taken.url)
        except LinkError as exc:
            if exc.outcome == "refused":
                self.count("links/not_followed")
            return LinkOutcome(link=taken.url, outcome=exc.outcome, reason=str(exc))
        listed = {name: json.loads(text) for name, text in taken.fields.items() if name != "url"}
        return self.request(target, headers=listed.pop("headers", None), listed=listed)

    def add_context(self, article: Article, response: Any, **context: Any) -> Article:
        """The words of the list that named the article, and when to check it for edits."""
        if feed := (listed := context.get("listed") or {}).get("feed"):
            now = self.now()
            add_words(article, Record(key=article.id, **listed.get("record", {})))
            article.feeds = [{"feed": feed, "first_listed_at": now}]
            article.check = check_row(spans(self.settings["FINEWS_CHECKS"]), now, now, 0, response.headers)
        return article

    def give_up(self, taken: Any) -> None:
        """A link that ended its workers: it has an outcome, and its neighbours go on."""
        require_archive(self.crawler).end_link(taken.url, None, FAILED_HERE, taken.reason)
        self.count(f"links/{FAILED_HERE}")

    def closed(self, reason: str) -> None:
        """Commit what has ended; what has not stays in the queue."""
        archive = require_archive(self.crawler)
        if archive.broken is None and archive.is_open:
            archive.flush()
        if self.worker is not None:
            self.worker.close()
