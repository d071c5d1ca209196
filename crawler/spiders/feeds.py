"""Every source that is followed, then each new article: what cron runs every few minutes.

    scrapy crawl feeds [-a sources=NAME,...] [-a since=DATE] [-a until=DATE] [-a every=15s]

Without ``sources`` the lists of sources.toml are polled that are due. A poll proves that nothing was missed: it overlaps
the one before, or asks deeper until it does; where that cannot be, the gap is a row of `gaps`. What a list is, and how
its answers are read, is the source's (`crawler.sources`); everything here holds for all of them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, signals
from scrapy.settings import BaseSettings

from archive.feed_state import FeedState, spans
from archive.list_state import ListState
from archive.times import utc_text
from archive.units import span
from crawler.base_spiders.archive import UsageProblem
from crawler.base_spiders.rounds import RoundSpider
from crawler.cluster import QueueProblem
from crawler.cluster.open_queue import open_queue
from crawler.guard.fetch_guard import FetchGuard
from crawler.items import LinkOutcome
from crawler.pages import target_of
from crawler.polling import Poll
from crawler.sources import Record, Source, Window
from crawler.sources.configured import FILE, ConfigError, choose, load
from pipelines.archive_access import require_archive
from pipelines.normalise_dates import to_utc

logger = logging.getLogger(__name__)


def moment_of(name: str, text: str | None) -> datetime | None:
    """An argument that is a day or a time. Raises UsageProblem."""
    if not text:
        return None
    reading = to_utc(text, datetime.now(UTC))
    if reading is None:
        raise UsageProblem(f"{name}={text} is not a date: give e.g. 2026-02-21")
    return reading[0]


class FeedsSpider(RoundSpider):
    """Polls lists and archives what is new."""

    name = "feeds"
    custom_settings = {
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": 0.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 4.0,
    }

    def __init__(
        self,
        sources: str | None = None,
        since: str | None = None,
        until: str | None = None,
        every: str | None = None,
    ):
        super().__init__(moment_of("since", since), moment_of("until", until))
        self.words = [word.strip() for word in (sources or "").split(",") if word.strip()]
        if self.since and self.until and self.since >= self.until:
            raise UsageProblem(f"since={since} until={until} is an empty range (until is exclusive)")
        try:
            self.every = span(every) if every else None
        except ValueError as exc:
            raise UsageProblem(f"every={every}: {exc}") from None
        self.is_resident = self.every is not None

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    @classmethod
    def check_arguments(cls, settings: Any, **arguments: Any) -> None:
        """Raise UsageProblem for arguments that only the settings can tell to be wrong."""
        cls(**arguments).followed(settings)
        if settings["QUEUE"]:
            try:
                open_queue(settings["QUEUE"], check_it=True)
            except QueueProblem as exc:
                raise UsageProblem(str(exc)) from None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Do without JOBDIR: what was polled and what is still to be had is in the archive, so that a crawl which was cut
        off goes on by itself, and a queue on disk would ask for it a second time."""
        super().update_settings(settings)
        if settings["JOBDIR"]:
            logger.info("JOBDIR is not used: the archive remembers what was polled")
            settings.set("JOBDIR", None, priority=settings.getpriority("JOBDIR") or 0)

    def followed(self, settings: Any) -> list[tuple[Source, list[str]]]:
        """The sources that this crawl follows, with their channels. Raises UsageProblem."""
        path = Path(settings["DATA_DIR"]).expanduser() / FILE
        try:
            followed = choose(self.words, load(path), settings)
        except ConfigError as exc:
            raise UsageProblem(str(exc)) from None
        if not followed:
            raise UsageProblem(
                f"no source to follow: {path} names none; add one with scrapy source add URL, or give -a sources=NAME,..."
            )
        return followed

    # -- a round ----------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The first round. Further ones, with ``every``, begin in `idle`."""
        self.archive = require_archive(self.crawler)
        self.plan = spans(self.settings["FINEWS_CHECKS"])
        if self.settings["QUEUE"]:
            from crawler.cluster.handover import Handover

            self.handover = Handover(self.settings)
        for work in self.begin_round():
            yield work

    def begin_round(self) -> Iterator[Request | LinkOutcome]:
        """Requests for the newest pages of all lists that are due, then for articles that are due again."""
        conn = self.archive.open().conn
        assert conn is not None
        self.feed_state, self.list_state = FeedState(conn), ListState(conn)
        self.polls, self.asked, self.became = [], {}, {}
        self.feeds: list[str] = []
        self.sites: list[str] = []
        for source, channels in self.followed(self.settings):
            if source.has_site:
                self.sites.append(source.site or source.name)
            for origin in source.trusted_origins():
                FetchGuard.of(self.crawler).trust(origin)
            for channel in channels:
                self.feeds.append(source.feed_name(channel))
                memory = self.list_state.load(source.feed_name(channel), source.name)
                poll = Poll(source, channel, memory, self.now())
                if self.is_due(poll):
                    self.set_window(poll)
                    self.polls.append(poll)
                else:
                    self.count("feeds/not_due")
        for poll in self.polls:
            yield from self.ask_page(
                poll, poll.source.first_cursor(poll.channel, poll.window) if self.until else ""
            )
        if not self.polls:
            yield from self.ask_again()

    def is_due(self, poll: Poll) -> bool:
        """Whether a list is to be asked now: what is named is asked once, whatever its interval."""
        if self.since or (self.words and not self.every):
            return True
        memory, now = poll.memory, utc_text(poll.now)
        # A time that is still to come was written by a clock that was ahead, so it holds nothing back.
        return not memory.next_poll_at or memory.next_poll_at <= now or (memory.last_polled_at or now) > now

    def set_window(self, poll: Poll) -> None:
        """How far back the poll must go, and the span that its list is asked for."""
        gaps = [
            datetime.fromisoformat(gap["from_at"]) for gap in self.feed_state.gaps_due(poll.feed, poll.now)
        ]
        poll.wants_back_to = [*gaps, *([self.since] if self.since else [])]
        newest = poll.newest_before
        begins = [*poll.wants_back_to, *([datetime.fromisoformat(newest)] if newest else [])]
        poll.window = Window(now=poll.now, since=min(begins, default=None), until=self.until)
        poll.overlaps = poll.overlaps and not self.since

    def ask_again(self) -> Iterator[Request | LinkOutcome]:
        """Links that readers added, articles that could not be had so far, those of links crawled by hand included, and those
        due for a check."""
        now = self.now()
        for link in self.archive.added_links():
            if (request := self.ask_added(link)) is not None:
                yield request
        for row in self.list_state.pending_due(self.feeds, now):
            if row["article_id"] in self.asked:
                continue
            record = Record(key=row["article_id"], url=row["url"], **row["record"])
            yield from self.ask_article(
                target_of(row["url"]), row["article_id"], record, row["feed"], True, not record.is_complete
            )
        for site in dict.fromkeys(self.sites):
            for link, article_id, by_hand in self.feed_state.failed_links(site, now):
                if article_id in self.asked:
                    continue
                if self.handover is not None:
                    self.handover.add(target_of(link), article_id)
                else:
                    yield self.retry(link, article_id, by_hand)
        for check in self.feed_state.due_checks(self.feeds, now):
            if check["share_url"] and check["article_id"] not in self.asked:
                self.count("checks/asked")
                if self.handover is not None:
                    self.hand_over_check(check, self.handover)
                else:
                    yield self.check(check)
