"""What a list says of an article -> the article: whole where the list carries its text, else added to what its page says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from parsel import Selector

from crawler.items import Article
from crawler.pages import PageError
from crawler.pages.finews import SAME_AT_LEAST, pairs_in_common
from crawler.sources import Record, Source
from crawler.sources.rows import HEAD

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
