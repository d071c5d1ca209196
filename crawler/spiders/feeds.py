"""Every source that is followed, then each new article: what cron runs every few minutes.

    scrapy crawl feeds [-a sources=NAME,...] [-a since=DATE] [-a until=DATE] [-a every=15s]

Without ``sources`` the lists of sources.toml are polled that are due. A poll proves that nothing was missed: it overlaps
the one before, or asks deeper until it does; where that cannot be, the gap is a row of `gaps`. What a list is, and how
its answers are read, is the source's (`crawler.sources`); everything here holds for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider

from archive import outcomes
from archive.feed_state import FeedState, check_row, header, spans
from archive.list_state import ListState
from archive.times import utc_text
from archive.writer import ArchiveLocked
from crawler import reasons
from crawler.article_spider import ArticleSpider, UsageProblem
from crawler.attempt import Attempt
from crawler.extensions.run_log import RunLog
from crawler.fetch_guard import FetchGuard, origin_of
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_words, article_of, words_of
from crawler.middlewares.host_breaker import ROUND_STARTED
from crawler.pages import LinkError, Target, target_of
from crawler.polling import FIRST_POLL, Poll
from crawler.sources import DELETED, ClientOutdated, Listing, ListRequest, Record, Source, SourceError, Window
from crawler.sources.configured import FILE, ConfigError, choose, load, span
from pipelines.archive_access import require_archive
from pipelines.normalise_dates import to_utc

DEPTH = 2  # answers that lead to further lists, one below the other: an index of sitemap indexes
MEMBERS = "article_feeds"
MOST_REPORTED = 50


def moment_of(name: str, text: str | None) -> datetime | None:
    """An argument that is a day or a time. Raises UsageProblem."""
    if not text:
        return None
    reading = to_utc(text, datetime.now(UTC))
    if reading is None:
        raise UsageProblem(f"{name}={text} is not a date: give e.g. 2026-02-21")
    return reading[0]


class FeedsSpider(ArticleSpider):
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
        super().__init__()
        self.words = [word.strip() for word in (sources or "").split(",") if word.strip()]
        self.since, self.until = moment_of("since", since), moment_of("until", until)
        if self.since and self.until and self.since >= self.until:
            raise UsageProblem(f"since={since} until={until} is an empty range (until is exclusive)")
        try:
            self.every = span(every) if every else None
        except ConfigError as exc:
            raise UsageProblem(f"every={every}: {exc}") from None
        self.polls: list[Poll] = []
        """Those of the round at hand."""
        self.asked: dict[str, tuple[str, Record]] = {}
        """Articles asked for in this round, with the list that named them."""
        self.is_waiting = False
        """Whether the archive is left to others until the next round."""
        self.reported: dict[str, str] = {}
        """What was last printed of each list's trouble, by a crawl that stays."""
        self.became: dict[str, str] = {}
        """Ids that articles turned out to have, by the ids that their addresses stood for."""

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    @classmethod
    def check_arguments(cls, settings: Any, **arguments: Any) -> None:
        """Raise UsageProblem for arguments that only the settings can tell to be wrong."""
        cls(**arguments).followed(settings)

    def followed(self, settings: Any) -> list[tuple[Source, list[str]]]:
        """The sources that this crawl follows, with their channels. Raises UsageProblem."""
        path = Path(settings["DATA_DIR"]).expanduser() / FILE
        try:
            found = choose(self.words, load(path), settings)
        except ConfigError as exc:
            raise UsageProblem(str(exc)) from None
        if not found:
            raise UsageProblem(
                f"no source to follow: {path} names none; add one with scrapy source add URL, or give -a sources=NAME,..."
            )
        return found

    # -- a round ----------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The first round. Further ones, with ``every``, begin in `idle`."""
        self.archive = require_archive(self.crawler)
        self.plan = spans(self.settings["FINEWS_CHECKS"])
        for work in self.begin_round():
            yield work

    def begin_round(self) -> Iterator[Request | LinkOutcome]:
        """Requests for the newest pages of all lists that are due, then for articles that are due again."""
        conn = self.archive.open().conn
        assert conn is not None
        self.feed_state, self.list_state = FeedState(conn), ListState(conn)
        self.polls, self.asked, self.became = [], {}, {}
        feeds = []
        for source, channels in self.followed(self.settings):
            for origin in source.trusted_origins():
                FetchGuard.of(self.crawler).trust(origin)
            for channel in channels:
                feeds.append(source.feed_name(channel))
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
        yield from self.ask_again(feeds)

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
        newest = poll.memory.newest_at
        begins = [*poll.wants_back_to, *([datetime.fromisoformat(newest)] if newest else [])]
        poll.window = Window(now=poll.now, since=min(begins, default=None), until=self.until)
        poll.overlaps = poll.overlaps and not self.since

    def ask_again(self, feeds: list[str]) -> Iterator[Request | LinkOutcome]:
        """Articles that could not be had so far, and those that are due for a check."""
        now = self.now()
        for row in self.list_state.pending_due(feeds, now):
            record = Record(key=row["article_id"], url=row["url"], **row["record"])
            yield from self.ask_article(
                target_of(row["url"]), row["article_id"], record, row["feed"], was_tried=True
            )
        for row in self.list_state.checks_due(feeds, now):
            if row["article_id"] not in self.asked:
                self.count("checks/asked")
                yield self.check(row)

    def idle(self) -> None:
        """Everything that was asked for has an outcome: keep what was listed; with ``every``, wait for the next round."""
        self.end_round()
        if self.every is None:
            return
        if not self.is_waiting:
            self.is_waiting = True
            if run_log := self.crawler.get_extension(RunLog):
                run_log.pause()
            self.archive.close()  # others may write until the next round
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
        except ArchiveLocked:
            self.count("feeds/rounds_left_out")
            asyncio.get_running_loop().call_later(self.every.total_seconds(), self.next_round)
            return
        self.is_waiting = False
        for request in work:
            if isinstance(request, Request):
                engine.crawl(request)
        if not work:
            self.idle_soon()

    def idle_soon(self) -> None:
        """End a round in which nothing was due: Scrapy says that it is idle every few seconds only."""
        with contextlib.suppress(DontCloseSpider):
            self.idle()

    def end_round(self) -> None:
        """Keep what was listed, once all of it has an outcome: a crawl that was cut off must be overlapped anew."""
        if not self.polls and not self.asked:
            return
        self.archive.flush()
        for poll in self.polls:
            poll.ids = {key: self.became.get(one, one) for key, one in poll.ids.items()}
        ids = {one for poll in self.polls for one in poll.ids.values()}
        archived = self.list_state.archived(ids | {self.became.get(one, one) for one in self.asked})
        lost = [
            {"article_id": article_id, "feed": feed, "url": record.url, "record": words_of(record)}
            for article_id, (feed, record) in self.asked.items()
            if self.became.get(article_id, article_id) not in archived and record.url
        ]
        self.list_state.keep_pending(lost)
        self.list_state.settle()
        for poll in self.polls:
            self.remember_members(poll, archived)
        memories = [
            poll.remembered(
                {key for key, article_id in poll.ids.items() if article_id not in archived},
                poll.source.interval_of(poll.channel),
            )
            for poll in self.polls
        ]
        self.archive.flush()
        if not self.since and not self.until:  # the next poll must overlap the newest page, not a back-fill
            self.list_state.save(memories)
        self.polls, self.asked = [], {}

    def remember_members(self, poll: Poll, archived: set[str]) -> None:
        """Keep which archived articles the list named."""
        ids = self.feed_state.not_yet_in(poll.feed, {one for one in poll.ids.values() if one in archived})
        now = utc_text(self.now())
        if ids:
            self.archive.add_rows(
                MEMBERS, [{"article_id": one, "feed": poll.feed, "first_listed_at": now} for one in ids]
            )

    # -- lists ------------------------------------------------------------------------------------------------

    def ask_page(self, poll: Poll, cursor: str) -> Iterator[Request]:
        """Requests for the page of a list at *cursor*."""
        poll.begin_page()
        for ask in poll.source.requests(poll.channel, cursor, poll.window):
            yield self.list_request(poll, cursor, ask)

    def list_request(self, poll: Poll, cursor: str, ask: ListRequest, depth: int = 0) -> Request:
        """One request for a list; conditional where an answer that is the same as before would hold nothing new."""
        poll.waiting += 1
        headers = {**poll.source.headers, **ask.headers}
        if self.may_be_unchanged(poll, cursor, depth):
            validators = {"If-None-Match": poll.memory.etag, "If-Modified-Since": poll.memory.last_modified}
            headers |= {name: value for name, value in validators.items() if value}
        body = None
        if ask.form is not None:
            body, headers["Content-Type"] = (
                urlencode(dict(ask.form)),
                "application/x-www-form-urlencoded; charset=UTF-8",
            )
        return Request(
            ask.url,
            method="GET" if ask.form is None else "POST",
            headers=headers,
            body=body,
            callback=self.parse_list,
            errback=self.list_failed,
            cb_kwargs={"poll": poll, "cursor": cursor, "depth": depth},
            meta={"personal_keys": poll.source.personal} if poll.source.personal else None,
            priority=1,
            dont_filter=True,
        )

    def may_be_unchanged(self, poll: Poll, cursor: str, depth: int) -> bool:
        """Whether the answer may be passed over where it is the one of the poll before."""
        return not cursor and not depth and not poll.wants_back_to and "" not in poll.memory.known.values()

    def parse_list(self, response: Any, poll: Poll, cursor: str, depth: int) -> Iterator[Any]:
        """An answer of a list: its new articles, further lists, and the page before it where that is needed."""
        poll.waiting -= 1
        if response.status == 304:
            poll.is_answered = poll.is_unchanged = poll.overlaps = True
            self.count("feeds/not_modified")
        elif response.status != 200:
            reason = reasons.of_status(response.status, response.url)[1]
            hint = poll.source.explain_status(response.status)
            poll.failures.append(f"{reason}; {hint}" if hint else reason)
        elif not self.is_same_as_before(response, poll, cursor, depth):
            try:
                listing = poll.source.read(response, poll.channel, cursor)
                self.check_not_empty(listing, poll, cursor, response.url)
            except SourceError as exc:
                poll.errors.append(exc)
            else:
                self.count("feeds/pages", int(poll.pages > 1))
                if listing.further:  # an index can stay as it is while its parts change
                    poll.validators = None
                fresh = poll.add(listing)
                yield from self.take(fresh, poll, response)
                for ask in listing.further if depth < DEPTH else ():
                    yield self.list_request(poll, cursor, ask, depth + 1)
        yield from self.go_on(poll, cursor)

    def is_same_as_before(self, response: Any, poll: Poll, cursor: str, depth: int) -> bool:
        """Whether the newest page has the bytes of the poll before; its validators are kept."""
        if cursor or depth:
            return False
        sha256 = hashlib.sha256(response.body).hexdigest()
        is_same = sha256 == poll.memory.answer_sha256 and self.may_be_unchanged(poll, cursor, depth)
        if is_same:
            poll.is_answered = poll.is_unchanged = poll.overlaps = True
            self.count("feeds/same")
        etag, last_modified = (header(response.headers, name) for name in (b"ETag", b"Last-Modified"))
        poll.validators = (etag, last_modified, sha256)
        return is_same

    def check_not_empty(self, listing: Listing, poll: Poll, cursor: str, url: str) -> None:
        """Raise SourceError for an empty newest page of a list that always has records."""
        channel = poll.source.channels.get(poll.channel)
        is_empty = not listing.records and not listing.further
        if is_empty and not cursor and not (channel and channel.may_be_empty):
            raise SourceError(f"{poll.source.name}: {url} answered an empty list, without an error")

    def list_failed(self, failure: Any) -> Iterator[Any]:
        """A list that brought no answer."""
        request = failure.request
        poll, cursor = request.cb_kwargs["poll"], request.cb_kwargs["cursor"]
        poll.waiting -= 1
        poll.failures.append(reasons.of_error(failure.value, request.url)[1])
        yield from self.go_on(poll, cursor)

    def go_on(self, poll: Poll, cursor: str) -> Iterator[Request]:
        """The next page, once all of this one is there, or the verdict over the poll."""
        if poll.waiting:
            return
        if poll.must_go_back() and poll.next_cursor is not None and poll.fresh:
            if poll.pages < self.settings.getint("SOURCE_PAGES") or self.since:
                self.count("feeds/deeper")
                yield from self.ask_page(poll, poll.next_cursor)
                return
            poll.failures.append(f"the list was followed for {poll.pages} pages (SOURCE_PAGES)")
        self.judge(poll)

    def judge(self, poll: Poll) -> None:
        """Keep the gap that a poll leaves or fills, and why it failed where it did."""
        name, now = poll.feed, poll.now
        if not poll.is_answered:
            error = poll.errors[0] if poll.errors else None
            is_shape = error is not None and (type(error) is SourceError or isinstance(error, ClientOutdated))
            self.count("feeds/unreadable" if is_shape else "feeds/failed")
            self.report(name, str(error or poll.failures[0]))
            return
        self.count("feeds/read")
        for trouble in (*map(str, poll.errors), *poll.failures):
            self.report(name, trouble)
        if not poll.overlaps and poll.records and not self.since:
            from_at = poll.memory.newest_at or utc_text(now - timedelta(days=1))
            to_at = utc_text(poll.oldest or now)
            reason = f"the newest {len(poll.records)} records do not reach back to the poll before"
            reason += f"; {poll.failures[-1]}" if poll.failures else ""
            self.feed_state.open_gap(name, from_at, max(from_at, to_at), now, reason)
            self.count("gaps/opened")
            self.report(name, reason)
        if not poll.is_unchanged and not self.until:
            self.fill_gaps(poll)

    def fill_gaps(self, poll: Poll) -> None:
        """Close the gaps that this poll reaches behind, and count a try for the others that were due."""
        due = {gap["from_at"] for gap in self.feed_state.gaps_due(poll.feed, poll.now)}
        for gap in self.feed_state.open_gaps(poll.feed):
            reaches = poll.oldest is not None and utc_text(poll.oldest) <= gap["from_at"]
            if reaches:
                self.feed_state.tried(poll.feed, gap["from_at"], poll.now, filled=True, reason=None)
                self.count("gaps/filled")
            elif gap["from_at"] in due and gap["opened_at"] != utc_text(poll.now):
                reason = poll.failures[-1] if poll.failures else "the list does not go back that far"
                self.feed_state.tried(poll.feed, gap["from_at"], poll.now, filled=False, reason=reason)

    def report(self, feed: str, reason: str) -> None:
        """Have the summary report a list's trouble."""
        self.archive.failures.append({"url": f"feed {feed}", "outcome": "failed", "reason": reason})
        del self.archive.failures[MOST_REPORTED:]
        if self.every and self.reported.get(feed) != reason:
            self.reported[feed] = reason
            print(f"feed {feed}: {reason}", file=sys.stderr, flush=True)

    # -- records ----------------------------------------------------------------------------------------------

    def take(self, fresh: list[Record], poll: Poll, response: Any) -> Iterator[Any]:
        """Articles, or requests for them, of the records that are new or were edited."""
        known = poll.memory.known
        changed = [
            record for record in fresh if known.get(record.key) != record.digest() or not known[record.key]
        ]
        self.count("feeds/known", len(fresh) - len(changed))
        if poll.is_new and not self.since and len(changed) > FIRST_POLL:
            self.count("feeds/older", len(changed) - FIRST_POLL)
            changed = poll.newest_first(changed)[:FIRST_POLL]
        targets = {record.key: found for record in changed if (found := self.target_of(record, poll.source))}
        ids = [article_id for _, candidates in targets.values() for article_id in candidates]
        archived = self.list_state.archived(ids)
        not_had = self.feed_state.not_had(ids, self.now())
        for record in changed:
            if record.key not in targets:
                self.count("feeds/without_address")
                continue
            target, candidates = targets[record.key]
            article_id = next((one for one in candidates if one in archived), candidates[0])
            if record.skip and not (record.skip == DELETED and article_id in archived):
                self.count(f"feeds/skipped_{record.skip}")
                continue
            if not self.is_wanted(record, poll):
                self.count("feeds/not_wanted")
                continue
            poll.ids[record.key] = article_id
            if article_id in self.asked:
                self.count("feeds/named_again")
            elif article_id in archived and not known.get(record.key):
                self.count("feeds/known")
            elif article_id in not_had and not not_had[article_id][1]:
                self.count("feeds/waiting")
            else:
                yield from self.archive_record(
                    record, poll, target, article_id, response, article_id in archived
                )

    def target_of(self, record: Record, source: Source) -> tuple[Target | None, list[str]] | None:
        """Where a record's address leads, and the ids that its article may have; None where it has neither."""
        target = None
        if record.url:
            try:
                target = target_of(record.url)
            except LinkError:
                self.count("feeds/unknown_address")
        ids = [target.article_id] if target else []
        if record.native_id:
            ids.append(f"{source.site or source.name}:{record.native_id}")
        return (target, ids) if ids else None

    def is_wanted(self, record: Record, poll: Poll) -> bool:
        """Whether a record is of the span and the addresses that were asked for."""
        if not poll.source.wants(record):
            return False
        if not self.since and not self.until:
            return True
        moment = poll.published(record)
        if moment is None:
            return True
        return not (self.since and moment < self.since) and not (self.until and moment >= self.until)

    def archive_record(
        self,
        record: Record,
        poll: Poll,
        target: Target | None,
        article_id: str,
        response: Any,
        is_archived: bool,
    ) -> Iterator[Any]:
        """The article of a record that carries it whole, else a request for it; the end of one that was withdrawn."""
        self.count("feeds/edited" if is_archived else "feeds/new")
        if record.skip == DELETED:
            reason = f"{poll.source.name}: withdrawn, as the list {poll.feed} says"
            link = record.url or f"{poll.feed}#{record.key}"
            yield LinkOutcome(link=link, article_id=article_id, outcome=outcomes.GONE, reason=reason)
            return
        if record.is_whole:
            self.asked[article_id] = (poll.feed, record)
            article = article_of(record, poll.source, article_id, self.now(), served_from(response.url))
            article.feeds = [{"feed": poll.feed, "first_listed_at": self.now()}]
            yield article
        elif target is not None:
            yield from self.ask_article(target, article_id, record, poll.feed)

    # -- articles ---------------------------------------------------------------------------------------------

    def ask_article(
        self,
        target: Target,
        article_id: str,
        record: Record,
        feed: str,
        was_tried: bool = False,
    ) -> Iterator[Request | LinkOutcome]:
        """The request for an article that a list named."""
        self.asked[article_id] = (feed, record)
        yield self.request(
            target,
            headers=dict(record.headers),
            asked_id=article_id,
            record=record,
            feed=feed,
            was_tried=was_tried,
        )

    def check(self, row: dict[str, Any]) -> Request | LinkOutcome:
        """A conditional request for an article that is due for a check."""
        validators = {"If-None-Match": row["etag"], "If-Modified-Since": row["last_modified"]}
        headers = {name: value for name, value in validators.items() if value}
        return self.request(target_of(row["share_url"]), headers=headers, checked=row)

    def parse(
        self, response: Any, target: Target | None = None, attempt: Attempt | None = None, **known: Any
    ) -> Any:
        checked = known.get("checked")
        if checked and response.status == 304:
            self.count("checks/not_modified")
            row = self.check_row(response, checked)
            row["etag"], row["last_modified"] = row["etag"] or checked["etag"], row["last_modified"] or checked["last_modified"]  # fmt: skip
            self.archive.add_rows("checks", [{"article_id": checked["article_id"], **row}])
            return None
        return super().parse(response, target, attempt, **known)

    def check_row(self, response: Any, checked: dict[str, Any] | None) -> dict[str, Any]:
        """When to check an article again."""
        now = self.now()
        first_seen_at = datetime.fromisoformat(checked["first_seen_at"]) if checked else now
        return check_row(self.plan, first_seen_at, now, checked["done"] if checked else 0, response.headers)

    def add_known(self, article: Article, response: Any, **known: Any) -> Article:
        """The list record's words, and when to check the article again."""
        article.check = self.check_row(response, known.get("checked"))
        if not known.get("was_tried"):
            article.link = None  # an article of a list has a row of `links` only where it failed
        if record := known.get("record"):
            self.became[known["asked_id"]] = article.id
            add_words(article, record)
            article.feeds = [{"feed": known["feed"], "first_listed_at": self.now()}]
        return article


def served_from(url: str) -> str | None:
    """``scheme://host[:port]`` of an address."""
    origin = origin_of(url)
    if origin is None:
        return None
    scheme, host, port = origin
    return f"{scheme}://{host}" + ("" if port in (80, 443) else f":{port}")
