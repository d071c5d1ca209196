"""Lists: requests for their pages, conditional where that saves one; how far back a poll goes; the gaps it leaves or fills."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from scrapy import Request

from archive.feed_state import header
from archive.times import utc_text
from crawler import reasons
from crawler.base_spiders.records import RecordSpider
from crawler.interrupts import ReadingEnded, interruptible
from crawler.links import can_be_asked
from crawler.listed_articles import own_capture
from crawler.polling import Poll
from crawler.sources import ClientOutdated, Listing, ListRequest, Record, Source, SourceError

DEPTH = 2  # answers that lead to further lists, one below the other: an index of sitemap indexes
MOST_REPORTED = 50


class ListSpider(RecordSpider):
    """Asks lists page by page until the poll before is reached."""

    is_resident = False
    """Whether it stays until a signal ends it."""
    reported: dict[str, str]
    """What was last printed of each list's trouble, by a crawl that stays."""
    polls: list[Poll]
    """Those of the round at hand."""

    def ask_page(self, poll: Poll, cursor: str) -> Iterator[Request]:
        """Requests for the page of a list at *cursor*."""
        poll.begin_page()
        asks = poll.source.requests(poll.channel, cursor, poll.window)
        if poll.pages == 1:
            poll.places = len(asks)
        for ask in asks:
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
        is_newest = not cursor and not depth and poll.places == 1
        return is_newest and not poll.wants_back_to and "" not in poll.memory.known.values()

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
                listing = interruptible(lambda: self.read_list(response, poll, cursor))
            except SourceError as exc:
                poll.errors.append(exc)
            except ReadingEnded as exc:
                poll.failures.append(f"{exc}: {response.url}")
            else:
                self.count("feeds/pages", int(poll.pages > 1))
                if listing.further:  # an index can stay as it is while its parts change
                    poll.validators = None
                fresh = poll.add(listing)
                if poll.is_held:
                    poll.held.append((fresh, response.url))
                else:
                    yield from self.archive_records(fresh, poll, response.url)
                for ask in listing.further if depth < DEPTH else ():
                    if can_be_asked(ask.url):
                        yield self.list_request(poll, cursor, ask, depth + 1)
                    else:
                        poll.failures.append(f"{ask.url} is not an address")
        yield from self.continue_poll(poll, cursor)

    def read_list(self, response: Any, poll: Poll, cursor: str) -> Listing:
        """What an answer holds. Raises SourceError."""
        try:
            listing = poll.source.read(response, poll.channel, cursor)
        except SourceError:
            raise
        except (
            Exception
        ) as exc:  # a value of a type that the source never had: one list must not end the others
            self.logger.info(f"{response.url}: {type(exc).__name__}: {exc}", exc_info=exc)
            raise SourceError(
                f"{poll.source.name}: {response.url} could not be read: {type(exc).__name__}: {exc}"
            ) from exc
        self.check_not_empty(listing, poll, cursor, response.url)
        where = {"source": poll.source.name, "channel": poll.channel, "cursor": cursor}
        status_and_digest = response.status, hashlib.sha256(response.body).hexdigest()
        for record in listing.records:
            record.answer = status_and_digest
            record.listed = [
                {"capture": capture, **where, "key": record.key} for capture in own_capture(response)
            ]
        return listing

    def release_held(self, source: Source) -> Iterator[Any]:
        """What the newest pages of a source's lists name, once all of them are there: an article that several lists name is
        asked for once, with the words of all."""
        polls = [poll for poll in self.polls if poll.source is source]
        if not all(poll.is_newest_there for poll in polls):
            return
        first: dict[str, Record] = {}
        for poll in polls:
            for records, _ in poll.held:
                for record in records:
                    earlier = first.setdefault(record.key, record)
                    if earlier is not record:
                        earlier.complete(record)
        work: list[Any] = []
        for poll in polls:
            held, poll.held, poll.is_held = poll.held, [], False
            for records, url in held:
                work += self.archive_records(records, poll, url)
        yield from work
        if not any(poll.is_held for poll in self.polls):
            yield from self.ask_again()

    def ask_again(self) -> Iterator[Any]:
        """Requests for articles that are due again, once all lists have named theirs."""
        raise NotImplementedError

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
        yield from self.continue_poll(poll, cursor)

    def continue_poll(self, poll: Poll, cursor: str) -> Iterator[Request]:
        """The next page, once all of this one is there, or the verdict over the poll."""
        if poll.waiting:
            return
        poll.end_page()
        if not poll.is_newest_there:
            poll.is_newest_there = True
            yield from self.release_held(poll.source)
        if poll.must_go_back() and poll.next_cursor is not None and poll.can_go_back():
            if poll.pages < self.settings.getint("SOURCE_PAGES") or self.since:
                self.count("feeds/deeper")
                yield from self.ask_page(poll, poll.next_cursor)
                return
            poll.failures.append(f"the list was followed for {poll.pages} pages (SOURCE_PAGES)")
        self.end_poll(poll)

    def end_poll(self, poll: Poll) -> None:
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
        self.report_unread(poll)
        if not poll.overlaps and poll.listed and not self.since:
            from_at = poll.newest_before or utc_text(now - timedelta(days=1))
            to_at = utc_text(poll.oldest or now)
            reason = f"the newest {len(poll.listed)} records do not reach back to the poll before; {why_not_further(poll)}"
            self.feed_state.open_gap(name, from_at, max(from_at, to_at), now, reason, is_final=poll.is_whole)
            self.count("gaps/final" if poll.is_whole else "gaps/opened")
            self.report(name, reason)
        elif missing := poll.never_listed():
            self.report_missing(poll, missing)
        if not poll.is_unchanged and not self.until:
            self.fill_gaps(poll)

    def report_missing(self, poll: Poll, missing: list[int]) -> None:
        """Keep and report records that came and left between two polls, as the list's own numbers show."""
        numbers = ", ".join(map(str, missing[:5])) + (
            f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        )
        reason = f"{numbers} of its consecutive numbers never listed: what had them came and left between two polls"
        from_at = poll.newest_before or utc_text(poll.now - timedelta(days=1))
        to_at = max(from_at, utc_text(poll.newest or poll.now))
        self.feed_state.open_gap(poll.feed, from_at, to_at, poll.now, reason, is_final=True)
        self.count("gaps/final")
        self.report(poll.feed, reason)

    def report_unread(self, poll: Poll) -> None:
        """Report rows that no record could be made of, each once."""
        rows = [row for key, row in poll.unread.items() if key not in poll.memory.known]
        if rows:
            self.count("feeds/unread", len(rows))
            what = (
                f"{len(rows)} of its rows name no article"
                if len(rows) > 1
                else "one of its rows names no article"
            )
            self.report(poll.feed, f"{what}: {rows[0][:160]}")

    def fill_gaps(self, poll: Poll) -> None:
        """Close the gaps that this poll reaches behind, and count a try for the others that were due. What cannot be filled
        is tried again by a back-fill alone."""
        due = {gap["from_at"] for gap in self.feed_state.gaps_due(poll.feed, poll.now)}
        for gap in self.feed_state.open_gaps(poll.feed, with_final=self.since is not None):
            reaches = poll.oldest is not None and utc_text(poll.oldest) <= gap["from_at"]
            if reaches:
                self.feed_state.record_try(poll.feed, gap["from_at"], poll.now, filled=True, reason=None)
                self.count("gaps/filled")
            elif gap["from_at"] in due and gap["opened_at"] != utc_text(poll.now):
                self.feed_state.record_try(
                    poll.feed,
                    gap["from_at"],
                    poll.now,
                    filled=False,
                    reason=why_not_further(poll),
                    is_final=poll.is_whole,
                )

    def report(self, feed: str, reason: str) -> None:
        """Have the summary report a list's trouble."""
        self.archive.failures.append({"url": f"feed {feed}", "outcome": "failed", "reason": reason})
        del self.archive.failures[MOST_REPORTED:]
        if self.is_resident and self.reported.get(feed) != reason:
            self.reported[feed] = reason
            print(f"feed {feed}: {reason}", file=sys.stderr, flush=True)


def why_not_further(poll: Poll) -> str:
    """Why a poll saw no older records."""
    return (
        poll.failures[-1]
        if poll.failures
        else str(poll.errors[0])
        if poll.errors
        else "the list goes no further back"
    )
