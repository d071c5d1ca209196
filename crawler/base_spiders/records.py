"""What lists name -> articles: which records are new, edited or withdrawn, and what is known of an article beside its page."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request

from archive import outcomes
from archive.feed_state import FeedState, check_row
from archive.list_state import ListState
from archive.times import utc_text
from archive.writer import Archive
from crawler.attempt import Attempt
from crawler.base_spiders.article import ArticleSpider
from crawler.guard.fetch_guard import origin_of
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_words, article_of, check_quoted, name_lists
from crawler.pages import LinkError, Target, target_of
from crawler.polling import Poll, newest_first
from crawler.sources import DELETED, Record, Source

if TYPE_CHECKING:
    from crawler.cluster.handover import Handover


class RecordSpider(ArticleSpider):
    """Archives what records of lists stand for. Subclasses set ``archive``, ``feed_state``, ``list_state`` and ``plan``."""

    archive: Archive
    feed_state: FeedState
    list_state: ListState
    plan: list[timedelta]
    """When an article is checked for edits, counted from when it was first seen."""
    handover: Handover | None = None
    """Where articles go that other crawls are to ask for (QUEUE)."""

    def __init__(self, since: datetime | None, until: datetime | None):
        super().__init__()
        self.since, self.until = since, until
        self.asked: dict[str, tuple[str, Record] | None] = {}
        """Articles asked for in this round, with the list that named them, where one did."""
        self.became: dict[str, str] = {}
        """Ids that articles turned out to have, by the ids that their addresses stood for."""

    def archive_records(self, fresh: list[Record], poll: Poll, url: str) -> Iterator[Any]:
        """Articles, or requests for them, of the records that are new or were edited. *url* answered them."""
        changed = [record for record in fresh if not poll.is_known(record)]
        self.count("feeds/known", len(fresh) - len(changed))
        most = poll.source.first_poll
        if poll.is_new and not self.since and most is not None and len(changed) > most:
            self.count("feeds/older", len(changed) - most)
            by_key = {record.key: record for record in changed}
            changed = [by_key[key] for key in newest_first({key: poll.listed[key].moment for key in by_key})][
                :most
            ]
        targets = {record.key: named for record in changed if (named := self.target_of(record, poll.source))}
        ids = [article_id for _, candidates in targets.values() for article_id in candidates]
        states = self.feed_state.states(ids)
        not_had = self.feed_state.not_had(ids, self.now())
        for record in changed:
            if record.key not in targets:
                self.count("feeds/without_address")
                continue
            target, candidates = targets[record.key]
            article_id = next((candidate for candidate in candidates if candidate in states), candidates[0])
            is_archived = article_id in states
            if record.skip and not (record.skip == DELETED and is_archived):
                self.count(f"feeds/skipped_{record.skip}")
                continue
            if not self.is_wanted(record, poll):
                self.count("feeds/not_wanted")
                continue
            poll.ids[record.key] = article_id
            link, is_due = not_had.get(article_id, (None, True))
            if article_id in self.asked:
                self.count("feeds/named_again")
            elif (
                is_archived
                and not poll.is_edited(record)
                and not self.completes(record, poll, states[article_id])
            ):
                self.count("feeds/known")
            elif not is_due:
                self.count("feeds/waiting")
            else:
                self.count("feeds/edited" if is_archived else "feeds/new")
                yield from self.archive_record(
                    record, poll, self.target_before(link) or target, article_id, url, bool(link)
                )

    def completes(self, record: Record, poll: Poll, is_complete: bool) -> bool:
        """Whether a record has the headline and time that an archived article lacks."""
        if is_complete or not record.headline or poll.published(record) is None:
            return False
        poll.completing.add(record.key)
        return True

    def target_before(self, link: str | None) -> Target | None:
        """Where an article that could not be had was asked for: it keeps its row of `links`."""
        with contextlib.suppress(LinkError):
            return target_of(link) if link else None
        return None

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
        self, record: Record, poll: Poll, target: Target | None, article_id: str, url: str, was_tried: bool
    ) -> Iterator[Any]:
        """The article of a record that carries it whole, else a request for it; the end of one that was withdrawn."""
        if record.skip == DELETED:
            reason = f"{poll.source.name}: withdrawn, as the list {poll.feed} says"
            link = record.url or f"{poll.feed}#{record.key}"
            yield LinkOutcome(link=link, article_id=article_id, outcome=outcomes.GONE, reason=reason)
        elif record.is_whole:
            self.asked[article_id] = (poll.feed, record)
            article = article_of(record, poll.source, article_id, self.now(), served_from(url))
            article.feeds = [{"feed": poll.feed, "first_listed_at": self.now()}]
            name_lists(article, record)
            article.http_status, article.response_sha256 = record.answer or (None, None)
            article.captures = captures_of(record)
            yield article
        elif target is not None:
            yield from self.ask_article(target, article_id, record, poll.feed, was_tried)

    # -- articles ---------------------------------------------------------------------------------------------

    def ask_article(
        self,
        target: Target,
        article_id: str,
        record: Record,
        feed: str,
        was_tried: bool = False,
        asks_page: bool = False,
    ) -> Iterator[Request | LinkOutcome]:
        """The request for an article that a list named, nothing where the queue gets it; *asks_page*: no list will complete it any more."""
        if self.handover is not None:
            self.count("feeds/queued")
            self.handover.add(target, article_id, record, feed)
            return
        self.asked[article_id] = (feed, record)
        check = self.feed_state.check_of(article_id, self.now())
        request = self.request(
            target,
            headers=dict(record.headers),
            asked_id=article_id,
            record=record,
            feed=feed,
            was_tried=was_tried,
            asks_page=asks_page,
            checked=dict(check) if check else None,
        )
        yield rest_on(request, captures_of(record))

    def hand_over_check(self, row: sqlite3.Row, handover: Handover) -> None:
        """Have another crawl ask for an article that is due for a check, and plan the next one."""
        handover.add(target_of(row["share_url"]), row["article_id"])
        first_seen_at = datetime.fromisoformat(row["first_seen_at"])
        planned = check_row(self.plan, first_seen_at, self.now(), row["done"], {})
        validators = {name: row[name] for name in ("etag", "last_modified")}
        self.archive.add_rows("checks", [{"article_id": row["article_id"], **planned, **validators}])

    def retry(self, link: str, article_id: str, by_hand: bool) -> Request | LinkOutcome:
        """A request for an article that no list names any more, and that could not be had so far."""
        self.asked[article_id] = None
        return rest_on(self.request(target_of(link), was_tried=True, by_hand=by_hand, asks_page=True), [])

    def ask_added(self, link: str) -> Request | LinkOutcome | None:
        """A request for a link that ``serve --add`` has taken; how it ends is its reader's concern, not the crawl's."""
        try:
            target = target_of(link)
        except LinkError as exc:
            row = {"url": link, "article_id": None, "outcome": exc.outcome, "reason": str(exc)}
            self.archive.add_link({**row, "last_tried_at": utc_text(self.now())})
            return None
        if target.article_id in self.asked:  # by its list: the next crawl writes down what became of the link
            return None
        if self.handover is not None:
            self.handover.add(target, target.article_id)
            return None
        self.count("links/added")
        self.asked[target.article_id] = None
        return rest_on(self.request(target, was_tried=True, by_hand=True, asks_page=True), [])

    def check(self, row: sqlite3.Row) -> Request | LinkOutcome:
        """A conditional request for an article that is due for a check."""
        validators = {"If-None-Match": row["etag"], "If-Modified-Since": row["last_modified"]}
        self.asked[row["article_id"]] = None
        request = self.request(
            target_of(row["share_url"]),
            headers={name: value for name, value in validators.items() if value},
            first_origin=row["served_from"],  # another place's text may differ in its markup
            checked=dict(row),
            asks_page=not row["complete"],
        )
        return rest_on(request, [])

    def next_step(self, article: Article, attempt: Attempt) -> Article | Request:
        # A record with empty fields is archived at once; only an article that no list completes any more asks its page.
        return self.complete(article, attempt) if attempt.context.get("asks_page") else article

    def parse(self, response: Any, attempt: Attempt | None = None) -> Any:
        checked = attempt and attempt.context.get("checked")
        if checked and response.status == 304:
            self.count("checks/not_modified")
            row = self.check_row(response, checked)
            for name in ("etag", "last_modified"):
                row[name] = row[name] or checked[name]
            self.archive.add_rows("checks", [{"article_id": checked["article_id"], **row}])
            return None
        return super().parse(response, attempt)

    def check_row(self, response: Any, checked: dict[str, Any] | None) -> dict[str, Any]:
        """When to check an article again."""
        now = self.now()
        done = checked["done"] if checked else 0
        first_seen_at = datetime.fromisoformat(checked["first_seen_at"]) if checked else now
        if checked and not checked["complete"] and done < len(self.plan):
            # A clock behind may have seen it first, and dropped a publication to come: none of its checks counts as missed.
            first_seen_at = max(first_seen_at, now - self.plan[done])
        return check_row(self.plan, first_seen_at, now, done, response.headers)

    def add_context(self, article: Article, response: Any, **context: Any) -> Article:
        """The list record's words, and when to check the article again."""
        article.check = self.check_row(response, context.get("checked"))
        if not context.get("was_tried"):
            article.link = None  # an article of a list has a row of `links` only where it failed
        if record := context.get("record"):
            self.became[context["asked_id"]] = article.id
            check_quoted(article, record, response.url)
            add_words(article, record)
            name_lists(article, record)
            article.feeds = [{"feed": context["feed"], "first_listed_at": self.now()}]
        return article


def captures_of(record: Record) -> list[str]:
    """Ids of the captures of the lists that named a record."""
    return list(dict.fromkeys(where["capture"] for where in record.listed))


def rest_on(request: Request | LinkOutcome, captures: list[str]) -> Request | LinkOutcome:
    """Have what a request brings name *captures*, not those of the list that happened to be answered last."""
    if isinstance(request, Request):
        request.meta["captures"] = captures
    return request


def served_from(url: str) -> str | None:
    """``scheme://host[:port]`` of an address."""
    origin = origin_of(url)
    if origin is None:
        return None
    scheme, host, port = origin
    return f"{scheme}://{host}" + ("" if port in (80, 443) else f":{port}")
