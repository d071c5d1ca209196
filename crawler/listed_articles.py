"""An article out of its parts: a list's record, whole where that carries the text, its page, and further pages."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from parsel import Selector

from archive.times import utc_text
from crawler.extraction.sparing import spare
from crawler.items import Article
from crawler.pages import PageError
from crawler.pages.finews import SAME_AT_LEAST, pairs_in_common
from crawler.sources import Record, Source
from crawler.sources.rows import HEAD
from pipelines.response_digest import take_digest
from pipelines.restored import restored

spare(restored.keeps)

LEAST_QUOTED, LEAST_BODY = 40, 100  # characters from which on a digest and a body can be compared


def article_of(
    record: Record, source: Source, article_id: str, retrieved_at: datetime, served_from: str | None
) -> Article:
    """The article of a record that carries its full text."""
    article = Article(
        id=article_id,
        site=article_id.partition(":")[0],
        share_url=record.url,
        canonical_url=record.url,
        retrieved_at=retrieved_at,
        served_from=served_from,
        kind=record.kind,
        access=record.access,
        body_raw=(record.body_html or "")
        + "".join(f'<p><img src="{address}"></p>' for address in record.images),
    )
    add_words(article, record)
    if source.publisher:
        article.publishers["page"] = source.publisher  # the house, where no one else is named
    return article


def add_words(article: Article, record: Record) -> None:
    """A list record's words come before those of the page, where it has any."""
    if record.headline:
        article.headline, article.headline_from = record.headline, "feed"
    if record.published_raw:
        if article.published_raw and article.published_from:
            article.times[article.published_from] = article.published_raw
        article.published_raw, article.published_from = record.published_raw, "feed"
    if record.publisher:
        article.publishers["feed"] = record.publisher
    article.authors = article.authors or record.authors
    article.description = record.description or article.description
    article.tags = record.tags or article.tags
    if record.importance is not None:
        article.importance = record.importance
    article.securities = [*article.securities, *record.securities]
    if record.kind != "article":
        article.kind = record.kind


def check_quoted(article: Article, record: Record, url: str) -> None:
    """Raise PageError where *url* answered with another article than the one whose begin the record quotes."""
    quoted = HEAD.sub("", record.description or "", count=1)
    if not record.is_quoted or len(quoted) < LEAST_QUOTED:
        return
    body = Selector(article.body_raw or "", type="html").xpath("string()").get("")
    if len("".join(body.split())) >= LEAST_BODY and pairs_in_common(quoted, body) < SAME_AT_LEAST:
        raise PageError(
            f"{article.site}: answered with another article than {article.id}: its text has next to nothing in common with the"
            f" digest in the feed, at {url}"
        )


def words_of(record: Record) -> dict[str, Any]:
    """The words of a record that complete an article later, as JSON holds them."""
    names = (
        "headline", "published_raw", "publisher", "authors", "description", "is_quoted", "kind", "tags", "importance",
    )  # fmt: skip
    return {name: value for name in names if (value := getattr(record, name)) not in (None, [], False)}


def own_capture(response: Any) -> list[str]:
    """The id of a response's own capture; empty where there is none."""
    captures: list[str] = response.request.meta.get("captures", []) if response.request else []
    return captures[-1:]


def name_response(article: Article, response: Any, link: str) -> None:
    """Have an article say which response it was read from, and under which link."""
    article.served_from = "/".join(response.url.split("/", 3)[:3])
    article.http_status = response.status
    article.response_sha256 = (
        take_digest(response.request, response.body) or hashlib.sha256(response.body).hexdigest()
    )
    article.reading = {"link": link, "retrieved_at": utc_text(article.retrieved_at)}
    if capture := own_capture(response):
        article.reading["page"] = capture[0]
        article.captures = list(response.meta["captures"])


def mark_saved(article: Article, is_part: bool) -> None:
    """Have an article say that it was read from a saved page; a preview where its further pages are in no file."""
    article.captured_from = "saved"
    article.http_status = None
    if is_part and article.access == "open":
        article.access = "preview"


def name_lists(article: Article, record: Record) -> None:
    """Have an article say which lists it was read from, or the words of a record that an earlier poll listed."""
    if article.reading is None:
        article.reading = {"retrieved_at": utc_text(article.retrieved_at)}
    article.reading |= {"listed": record.listed} if record.listed else {"words": words_of(record)}


def add_page(article: Article, part: Article) -> None:
    """Put the text of an article's further page behind it."""
    article.body_raw = f"{article.body_raw}\n{part.body_raw}"
    article.removals = [*article.removals, *part.removals]
    article.authors = article.authors or part.authors
