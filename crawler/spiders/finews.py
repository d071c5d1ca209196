"""The list feeds, then each new article: what cron runs every few minutes.

    scrapy crawl finews [-a origin=URL] [-a feeds=rolling,media,37,38,39] [-a since=DATE]

A poll proves that nothing was missed: it overlaps the one before, or asks deeper until it does. Where that cannot be,
the hole is a row of `gaps`. Article ids are not in order of time, so "until the first known one" would lose articles.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from parsel import Selector
from scrapy import Request

from archive.feed_state import check_row, spans
from archive.times import utc_text
from crawler import reasons
from crawler.article_spider import ArticleSpider, UsageProblem
from crawler.attempt import Attempt
from crawler.fetch_guard import FetchGuard, origin_of
from crawler.items import Article, LinkOutcome
from crawler.pages import PageError, Target, target_of
from crawler.pages.finews import SAME_AT_LEAST, pairs_in_common
from crawler.sources import Record, SourceError
from crawler.sources.finews import (
    DIGEST_TITLE,
    FEEDS,
    PAGE_SIZE,
    PAGED,
    Feed,
    list_origins,
    merged,
)
from pipelines.archive_access import require_archive
from pipelines.normalise_dates import to_utc


class Poll:
    """One feed's poll: what was listed, and whether it reaches back to what was known."""

    def __init__(self, feed: type[Feed], known: set[str]):
        self.feed, self.known = feed, known
        self.records: list[Record] = []
        """Of the rolling window; pages of the public list behind it are not kept."""
        self.ids: set[str] = set()
        self.errors: list[SourceError] = []
        self.failures: list[str] = []
        self.answered = False
        self.overlaps = not known
        """Whether nothing can have come and gone since the poll before."""
        self.oldest: datetime | None = None
        """Time of the oldest record seen, pages included."""

    def add(self, records: list[Record], oldest: datetime | None) -> list[Record]:
        """Take in an answer; those of its records that were not there yet."""
        self.answered = True
        fresh = [record for record in records if record.key not in self.ids]
        self.ids.update(record.key for record in fresh)
        self.overlaps = self.overlaps or any(record.key in self.known for record in fresh)
        if oldest is not None:
            self.oldest = min(oldest, self.oldest or oldest)
        return fresh


class FinewsSpider(ArticleSpider):
    """Polls the feeds of an origin and archives what is new."""

    name = "finews"
    custom_settings = {
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": 0.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 4.0,
    }

    def __init__(self, origin: str | None = None, feeds: str | None = None, since: str | None = None):
        super().__init__()
        if origin and not origin_of(origin):
            raise UsageProblem(f"origin={origin} is no address: give scheme://host[:port]")
        names = [name.strip() for name in (feeds or ",".join(FEEDS)).split(",") if name.strip()]
        short = {feed.name: word for word, feed in FEEDS.items()}
        names = [short.get(name, name) for name in names]
        if unknown := [name for name in names if name not in FEEDS]:
            raise UsageProblem(f"feeds={feeds}: no feed is called {unknown[0]}; there are {', '.join(FEEDS)}")
        self.origin = origin.rstrip("/") if origin else None
        self.feeds = [FEEDS[name] for name in dict.fromkeys(names)]
        self.polls: list[Poll] = []
        self.page_wanted: set[str] = set()
        """Articles that may ask their public page for headline and time."""
        self.since: datetime | None = None
        if since:
            found = to_utc(since, datetime.now(UTC))
            if found is None:
                raise UsageProblem(f"since={since} is no date: give e.g. 2026-02-21")
            self.since = found[0]

    def origins(self) -> list[str]:
        return [self.origin] if self.origin else super().origins()

    # -- the crawl --------------------------------------------------------------------------------------------

    async def work_list(self) -> AsyncIterator[Request | LinkOutcome]:
        self.archive = require_archive(self.crawler)
        self.feed_state = self.archive.feed_state
        self.plan = spans(self.settings["FINEWS_CHECKS"])
        for origin in (*self.origins(), *self.list_origins()):
            FetchGuard.of(self.crawler).trust(origin)
        self.polls = await asyncio.gather(*(self.poll(feed) for feed in self.feeds))
        asked: set[str] = set()
        found = merged((poll.feed.name, poll.records) for poll in self.polls)
        async for request in self.wanted(found, asked):
            yield request
        for poll in self.polls:
            async for request in self.page_back(poll, asked):
                yield request
            self.judge(poll)
        for url, article_id, by_hand in self.feed_state.failed_links("finews", self.now()):
            if article_id not in asked:
                asked.add(article_id)
                self.page_wanted.add(article_id)
                yield self.request(target_of(url), feeds=[], failed_before=True, by_hand=by_hand)
        for row in self.feed_state.due_checks(self.now()):
            if row["article_id"] not in asked and row["share_url"]:
                asked.add(row["article_id"])
                if not row["complete"]:
                    self.page_wanted.add(row["article_id"])
                yield self.check(row)

    def closed(self, reason: str) -> None:
        """Keep what was listed, once all of it has an outcome: a crawl that was cut off must be overlapped anew."""
        super().closed(reason)
        for poll in self.polls:
            if poll.answered and reason == "finished":
                times = [moment for record in poll.records if (moment := self.published(record))]
                newest_at = utc_text(max(times)) if times else self.feed_state.newest_at(poll.feed.name)
                ids = [record.key for record in poll.records]
                self.feed_state.polled(poll.feed.name, self.now(), ids, newest_at, None)

    async def wanted(
        self, found: dict[str, tuple[Record, list[str]]], asked: set[str]
    ) -> AsyncIterator[Request | LinkOutcome]:
        """Requests for the articles among *found* that are new, or that a fuller record can complete."""
        states = self.feed_state.states(f"finews:{native_id}" for native_id in found)
        not_had = self.feed_state.not_had((f"finews:{native_id}" for native_id in found), self.now())
        self.remember_feeds(found, states)
        for native_id, (record, feeds) in found.items():
            article_id = f"finews:{native_id}"
            complete = states.get(article_id)
            if article_id in asked:
                continue
            link, due = not_had.get(article_id, (None, True))
            if not due:
                self.count("feeds/waiting")
                continue
            if complete or (complete is False and not record.is_complete):
                self.count("feeds/known")
                continue
            asked.add(article_id)
            self.count("feeds/new")
            target = target_of(link) if link else self.target(native_id)
            yield self.request(target, record=record, feeds=feeds, failed_before=bool(link))

    def target(self, native_id: str) -> Target:
        """The share link of an article on the first origin."""
        return target_of(f"{self.origins()[0]}/html_News/NewsShare.html?infoCode=NW{native_id}")

    def remember_feeds(self, found: dict[str, tuple[Record, list[str]]], states: dict[str, bool]) -> None:
        """Keep that feeds named articles which are archived already."""
        named: dict[str, list[str]] = {}
        for native_id, (_, feeds) in found.items():
            if f"finews:{native_id}" in states:
                for feed in feeds:
                    named.setdefault(feed, []).append(f"finews:{native_id}")
        for feed, ids in named.items():
            rows = [
                {"article_id": article_id, "feed": feed, "first_listed_at": utc_text(self.now())}
                for article_id in self.feed_state.not_yet_in(feed, ids)
            ]
            if rows:
                self.archive.add_rows("article_feeds", rows)

    # -- feeds ------------------------------------------------------------------------------------------------

    async def fetch(self, url: str) -> bytes:
        """The body of a list. Raises SourceError for an answer that is none, any other error as it comes."""
        request = Request(url, dont_filter=True)
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(request)
        if response.status != 200:
            raise ConnectionError(reasons.of_status(response.status, url)[1])
        return response.body

    async def poll(self, feed: type[Feed]) -> Poll:
        """Ask a feed for its newest records, more of them until they overlap the poll before."""
        poll = Poll(feed, self.feed_state.listed(feed.name))
        for count in (int(count) for count in self.settings["FINEWS_COUNTS"].split(",")):
            before = len(poll.records)
            for origin in self.origins():
                url = feed.url(origin, count)
                try:
                    records = feed.read(await self.fetch(url), url)
                    poll.records += poll.add(records, self.oldest(records))
                except SourceError as exc:
                    poll.errors.append(exc)
                except Exception as exc:
                    poll.failures.append(self.reason(exc, url))
            if not poll.answered or not self.must_go_back(poll) or len(poll.records) == before:
                break
            self.count("feeds/deeper")
        return poll

    def reason(self, exc: Exception, url: str) -> str:
        """Why a list could not be had."""
        return str(exc) if isinstance(exc, ConnectionError | SourceError) else reasons.of_error(exc, url)[1]

    def must_go_back(self, poll: Poll) -> bool:
        """Whether older records are needed: to overlap, for a back-fill, or for a hole that is due for a try."""
        return not poll.overlaps or self.still_wanted(poll)

    def still_wanted(self, poll: Poll) -> bool:
        """Whether a back-fill or an open hole asks for older records than were seen."""
        wanted = [self.since] if self.since else []
        wanted += [
            datetime.fromisoformat(gap["from_at"])
            for gap in self.feed_state.gaps_due(poll.feed.name, self.now())
        ]
        return bool(wanted) and (poll.oldest or self.now()) > min(wanted)

    def published(self, record: Record) -> datetime | None:
        """A record's time as an instant."""
        found = record.published_raw and to_utc(record.published_raw, self.now())
        return found[0] if found else None

    def oldest(self, records: list[Record]) -> datetime | None:
        """Time of the oldest record that states one."""
        return min((moment for record in records if (moment := self.published(record))), default=None)

    def list_origins(self) -> list[str]:
        """Origins of the public paged lists."""
        return list_origins(self.origins(), ",".join(self.settings.getlist("FINEWS_LIST_ORIGINS")))

    async def page_back(self, poll: Poll, asked: set[str]) -> AsyncIterator[Request | LinkOutcome]:
        """Ask the feed's public list page by page until it reaches what was known, the day of a back-fill or the
        begin of a hole; requests for the articles on the way."""
        paged = PAGED.get(poll.feed.name)
        if paged is None or not poll.answered or not self.must_go_back(poll):
            return
        for origin in self.list_origins():
            cursor: str | None = ""
            pages = 0
            while cursor is not None and self.must_go_back(poll):
                if pages >= self.settings.getint("FINEWS_PAGES") and not self.since:
                    poll.failures.append(
                        f"the list at {origin} was followed for {pages} pages (FINEWS_PAGES)"
                    )
                    break
                url = paged.url(origin, cursor, PAGE_SIZE)
                try:
                    records, cursor = paged.read(await self.fetch(url), url, cursor)
                except Exception as exc:
                    poll.failures.append(self.reason(exc, url))
                    break
                pages += 1
                self.count("feeds/pages")
                fresh = poll.add(records, self.oldest(records))
                async for request in self.wanted(merged([(poll.feed.name, fresh)]), asked):
                    yield request

    def judge(self, poll: Poll) -> None:
        """Keep the hole that a poll leaves or fills, and why it failed where it did."""
        name, now = poll.feed.name, self.now()
        if not poll.answered:
            reason = str((poll.errors or poll.failures)[0])
            self.count("feeds/unreadable" if poll.errors else "feeds/failed")
            self.note(name, reason)
            self.feed_state.polled(name, now, None, None, reason)
            return
        self.count("feeds/read")
        if not poll.overlaps and poll.ids:
            from_at = self.feed_state.newest_at(name) or utc_text(now - timedelta(days=1))
            to_at = utc_text(poll.oldest or now)
            reason = f"the newest {len(poll.ids)} records do not reach back to the poll before"
            reason += f"; {poll.failures[-1]}" if poll.failures else ""
            self.feed_state.open_gap(name, from_at, max(from_at, to_at), now, reason)
            self.count("gaps/opened")
            self.note(name, reason)
        for gap in self.feed_state.open_gaps(name):
            if poll.overlaps and poll.oldest is not None and utc_text(poll.oldest) <= gap["from_at"]:
                self.feed_state.tried(name, gap["from_at"], now, filled=True, reason=None)
                self.count("gaps/filled")
            elif gap["opened_at"] != utc_text(now):
                reason = poll.failures[-1] if poll.failures else "no list reaches back that far"
                self.feed_state.tried(name, gap["from_at"], now, filled=False, reason=reason)

    def note(self, feed: str, reason: str) -> None:
        """Have the summary tell of a feed's trouble."""
        self.archive.failures.append({"url": f"feed {feed}", "outcome": "failed", "reason": reason})

    # -- articles ---------------------------------------------------------------------------------------------

    def check(self, row: Any) -> Any:
        """A conditional request for an article that is due for another look."""
        headers = {"If-None-Match": row["etag"], "If-Modified-Since": row["last_modified"]}
        self.count("checks/asked")
        return self.request(
            target_of(row["share_url"]),
            headers={name: value for name, value in headers.items() if value},
            first_origin=row["served_from"],  # another place's text may differ in its markup
            feeds=[],
            checked=dict(row),
        )

    def next_step(
        self, article: Article, target: Target, attempt: Attempt, known: dict[str, Any]
    ) -> Article | Request:
        # A record with empty fields is archived at once; only an article that no feed completes any more asks its page.
        return (
            article
            if article.feeds or article.id not in self.page_wanted
            else self.complete(article, target, attempt, known)
        )

    def parse(
        self, response: Any, target: Target | None = None, attempt: Attempt | None = None, **known: Any
    ) -> Any:
        checked = known.get("checked")
        if checked and response.status == 304:
            self.count("checks/not_modified")
            self.checked_same(checked, response)
            return None
        return super().parse(response, target, attempt, **known)

    def checked_same(self, checked: dict[str, Any], response: Any) -> None:
        """The server says that an article is as it was."""
        first_seen_at = datetime.fromisoformat(checked["first_seen_at"])
        row = check_row(self.plan, first_seen_at, self.now(), checked["done"], response.headers)
        row["etag"], row["last_modified"] = (
            row["etag"] or checked["etag"],
            row["last_modified"] or checked["last_modified"],
        )
        self.archive.add_rows("checks", [{"article_id": checked["article_id"], **row}])

    def add_known(self, article: Article, response: Any, **known: Any) -> Article:
        """The list record's words come before the detail's, where it has any."""
        record, checked = known.get("record"), known.get("checked")
        now = self.now()
        article.feeds = [{"feed": feed, "first_listed_at": now} for feed in known.get("feeds", ())]
        first_seen_at = datetime.fromisoformat(checked["first_seen_at"]) if checked else now
        article.check = check_row(
            self.plan, first_seen_at, now, checked["done"] if checked else 0, response.headers
        )
        if not known.get("failed_before"):
            article.link = None  # an article of a feed has a row of `links` only where it failed
        if record is None:
            return article
        digest = DIGEST_TITLE.sub("", record.description or "", count=1)
        if len(digest) >= 40:
            body = Selector(article.body_raw or "", type="html").xpath("string()").get("")
            if len("".join(body.split())) >= 100 and pairs_in_common(digest, body) < SAME_AT_LEAST:
                raise PageError(
                    f"finews detail: answered with another article than {article.id}: its text has next to nothing in "
                    f"common with the digest in the feed, at {response.url}"
                )
        if record.headline:
            article.headline, article.headline_from = record.headline, "feed"
        if record.published_raw:
            article.published_raw, article.published_from = record.published_raw, "feed"
        if record.publisher:
            article.publishers["feed"] = record.publisher
        article.description = record.description or article.description
        return article
