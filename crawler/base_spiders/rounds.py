"""Rounds of polls: what one leaves for the next, and the wait between two of a crawl that stays."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.exceptions import DontCloseSpider

from archive.times import utc_text
from archive.writer import ArchiveError, ArchiveLocked
from crawler.alerting import deliver_and_log
from crawler.base_spiders.archive import UsageProblem
from crawler.base_spiders.lists import ListSpider
from crawler.cluster import QueueProblem
from crawler.extensions.run_log import RunLog
from crawler.items import LinkOutcome
from crawler.listed_articles import words_of
from crawler.middlewares.host_breaker import ROUND_STARTED
from crawler.polling import Poll
from crawler.sources.configured import FILE

logger = logging.getLogger(__name__)


class RoundSpider(ListSpider):
    """Keeps what a round of polls came to, and with ``every`` begins the next one."""

    every: timedelta | None = None
    """How long after a round the next one begins; None: there is one."""
    words: list[str]
    """Names of sources on the command line."""
    feeds: list[str]
    """Names of the lists that are followed."""

    def __init__(self, since: datetime | None, until: datetime | None):
        super().__init__(since, until)
        self.polls = []
        self.reported = {}
        self.is_waiting = False
        """Whether the archive is left to others until the next round."""
        self.ending: asyncio.Future[None] | None = None
        """The end that a round brings about which cannot begin."""

    def begin_round(self) -> Iterator[Request | LinkOutcome]:
        """Requests for the lists that are due. Raises ArchiveLocked, ArchiveError, UsageProblem."""
        raise NotImplementedError

    def idle(self) -> None:
        """Everything that was asked for has an outcome: keep what was listed; with ``every``, wait for the next round."""
        if not self.is_waiting:
            self.end_round()
            if self.every is None:
                return
            self.is_waiting = True
            if run_log := self.crawler.get_extension(RunLog):
                run_log.pause()
            self.archive.close()  # others may write until the next round
            asyncio.get_running_loop().run_in_executor(None, deliver_and_log, self.crawler.settings)
            asyncio.get_running_loop().call_later(self.every.total_seconds(), self.next_round)
        raise DontCloseSpider

    def next_round(self) -> None:
        """Poll again; a round in which another crawl holds the archive is left out."""
        engine = self.crawler.engine
        assert self.every is not None
        if engine is None or not engine.running:
            return
        self.crawler.signals.send_catch_log(ROUND_STARTED)
        self.consecutive_unreadable = 0
        try:
            work = list(self.begin_round())
        except (ArchiveLocked, UsageProblem) as exc:
            if isinstance(exc, UsageProblem):  # sources.toml was edited since
                self.report(FILE, f"{exc}; rounds are left out until it can be read")
                self.archive.close()
            self.count("feeds/rounds_left_out")
            asyncio.get_running_loop().call_later(self.every.total_seconds(), self.next_round)
            return
        except (
            Exception
        ) as exc:  # nobody hears of what the loop's callbacks raise, and no further round would begin
            logger.error(f"{type(exc).__name__}: {exc}", exc_info=exc)
            reason = "internal_error"
            if isinstance(exc, ArchiveError):
                self.archive.broken, reason = self.archive.broken or exc, "archive_cannot_be_written"
            self.ending = asyncio.ensure_future(engine.close_spider_async(reason=reason))
            return
        self.is_waiting = False
        for entry in work:
            if not isinstance(entry, Request):  # Scrapy takes items from callbacks alone
                entry = Request("data:,", self.hand_on, cb_kwargs={"outcome": entry}, dont_filter=True)
            engine.crawl(entry)
        if not work:
            self.idle_soon()

    def hand_on(self, response: Any, outcome: LinkOutcome) -> LinkOutcome:
        """What needed no request."""
        return outcome

    def idle_soon(self) -> None:
        """End a round in which nothing was due: Scrapy says that it is idle every few seconds only."""
        with contextlib.suppress(DontCloseSpider):
            self.idle()

    def end_round(self) -> None:
        """Keep what was listed, once all of it has an outcome: a crawl that was cut off must be overlapped anew."""
        handed = self.hand_over()
        if handed is not None:
            if self.polls or self.asked:
                self.keep_round(handed)
            if not (self.since or self.until or self.words):
                self.list_state.follow(self.feeds, utc_text(self.now()))
        self.polls, self.asked = [], {}

    def keep_round(self, handed: Collection[str]) -> None:
        """Keep what lists listed, and the articles that could not be had; those that were *handed* over count as had."""
        self.archive.flush()
        for poll in self.polls:
            poll.ids = {key: self.became.get(article_id, article_id) for key, article_id in poll.ids.items()}
        ids = {article_id for poll in self.polls for article_id in poll.ids.values()}
        states = self.feed_state.states(
            ids | {self.became.get(article_id, article_id) for article_id in self.asked}
        )
        states |= dict.fromkeys(handed, True)
        lost = [
            {"article_id": article_id, "feed": listed[0], "url": listed[1].url, "record": words_of(listed[1])}
            for article_id, listed in self.asked.items()
            if listed and listed[1].url and self.became.get(article_id, article_id) not in states
        ]
        self.list_state.keep_pending(lost)
        self.list_state.settle(handed)
        followed_up = {
            article_id for article_id, listed in self.asked.items() if listed and not listed[1].is_whole
        }
        ended = self.feed_state.ended({self.became.get(article_id, article_id) for article_id in followed_up})
        memories = []
        for poll in self.polls:
            self.remember_members(poll, states.keys())
            unsettled = {
                key
                for key, article_id in poll.ids.items()
                if not states.get(article_id, False)
                and (key in poll.completing or article_id not in states)
                and article_id not in ended
            }
            memories.append(poll.remembered(unsettled, poll.source.interval_of(poll.channel)))
        self.archive.flush()
        if not self.since and not self.until:  # the next poll must overlap the newest page, not a back-fill
            self.list_state.save(memories)

    def hand_over(self) -> set[str] | None:
        """Queue what other crawls are to ask for; the articles. None where the queue cannot be reached: the poll counts for nothing."""
        if self.handover is None:
            return set()
        try:
            return self.handover.send()
        except QueueProblem as exc:
            self.count("feeds/failed")
            self.report("to the queue", str(exc))
            return None

    def remember_members(self, poll: Poll, archived: Collection[str]) -> None:
        """Keep which archived articles the list named."""
        ids = self.feed_state.not_yet_in(
            poll.feed, {article_id for article_id in poll.ids.values() if article_id in archived}
        )
        now = utc_text(self.now())
        if ids:
            self.archive.add_feeds(
                [{"article_id": article_id, "feed": poll.feed, "first_listed_at": now} for article_id in ids]
            )
