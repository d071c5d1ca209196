"""What lists name -> articles: which records are new, edited or withdrawn, and what is known of an article beside its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request

from archive import outcomes
from archive.feed_state import FeedState, check_row
from archive.list_state import ListState
from archive.writer import Archive
from crawler.article_spider import ArticleSpider
from crawler.attempt import Attempt
from crawler.fetch_guard import origin_of
from crawler.items import Article, LinkOutcome
from crawler.listed_articles import add_words, article_of
from crawler.pages import LinkError, Target, target_of
from crawler.polling import FIRST_POLL, Poll
from crawler.sources import DELETED, Record, Source


class RecordSpider(ArticleSpider):
    """Archives what records of lists stand for. Subclasses set ``archive``, ``feed_state``, ``list_state`` and ``plan``."""

    archive: Archive
    feed_state: FeedState
    list_state: ListState
    plan: list[timedelta]
    """When an article is checked for edits, counted from when it was first seen."""

    def __init__(self, since: datetime | None, until: datetime | None):
        super().__init__()
        self.since, self.until = since, until
        self.asked: dict[str, tuple[str, Record]] = {}
        """Articles asked for in this round, with the list that named them."""
        self.became: dict[str, str] = {}
        """Ids that articles turned out to have, by the ids that their addresses stood for."""

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
