"""Reads a page without network or archive: page object and pipelines, as a crawl runs them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from scrapy.http import TextResponse

from archive.record_rules import first_of
from archive.times import published_text
from crawler.items import Article
from crawler.offline.offline_pipelines import OfflinePipelines
from crawler.offline.replay import article_in
from crawler.pages import Target
from pipelines.restored import restored


def read_page(
    target: Target, response: TextResponse, now: datetime, pipelines: OfflinePipelines | None = None
) -> dict[str, Any]:
    """What a crawl would make of *response*: a JSON object, see `scrapy extract`. Raises PageError."""
    pipelines = pipelines or project_pipelines()
    restored.reading = target.article_id
    return as_read(article_in(response, target, now), response.url, pipelines)


def as_read(article: Article, url: str, pipelines: OfflinePipelines | None = None) -> dict[str, Any]:
    """An article as a page object gives it, run through *pipelines* without network or archive (default: the project's)."""
    article = (pipelines or project_pipelines()).process(article)
    return {
        "url": url,
        "outcome": None,
        "site": article.site,
        "article_id": article.id,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "published_at": article.published_at
        and published_text(article.published_at, str(article.published_precision)),
        "published_precision": article.published_precision,
        "published_raw": article.published_raw,
        "publisher": first_of(article.publishers),
        "authors": article.authors,
        "editors": article.editors,
        "description": article.description,
        "kind": article.kind,
        "access": article.access,
        "body_text": article.body_text,
        "body_html": article.body_html,
        "images": [image["candidates"][0] for image in article.images if image.get("status") != "refused"],
        "securities": article.securities,
        "removals": [{"rule": removal["rule"], "text": removal["text"]} for removal in article.removals],
    }


@cache
def project_pipelines() -> OfflinePipelines:
    """The pipelines of the project's settings."""
    from scrapy.utils.project import get_project_settings

    return OfflinePipelines(get_project_settings())
