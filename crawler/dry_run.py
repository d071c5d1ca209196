"""Reads a page without network or archive: page object and body pipelines, as a crawl runs them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from itemadapter import ItemAdapter
from scrapy.http import TextResponse

from archive.record_rules import first_of
from archive.times import published_text
from crawler.items import Article
from crawler.pages import Target
from pipelines.download_images import find_images
from pipelines.lift_securities import combine, lift
from pipelines.normalise_dates import clock_of, to_utc
from pipelines.render_body import RenderBodyPipeline
from pipelines.sanitise_html import safe_tree
from pipelines.strip_boilerplate import strip_article


def read_page(target: Target, response: TextResponse, now: datetime) -> dict[str, Any]:
    """What a crawl would make of *response*: a JSON object, see `scrapy extract`. Raises PageError."""
    article = target.page(response, target, now).article()
    return as_read(article, response.url, now)


def as_read(article: Article, url: str, now: datetime) -> dict[str, Any]:
    """An article as a page object gives it, run through the pipelines that need no network or archive."""
    stated = (
        to_utc(article.published_raw, now, *clock_of(ItemAdapter(article))) if article.published_raw else None
    )
    article.body_tree = safe_tree(article.body_raw or "", article.canonical_url or url)
    article.securities = combine(article.securities, lift(article.body_tree))
    strip_article(ItemAdapter(article))
    images = find_images(article.body_tree, url)
    RenderBodyPipeline().process_item(article)
    return {
        "url": url,
        "outcome": None,
        "site": article.site,
        "article_id": article.id,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "published_at": stated and published_text(*stated),
        "published_precision": stated and stated[1],
        "published_raw": article.published_raw,
        "publisher": first_of(article.publishers),
        "authors": article.authors,
        "editors": article.editors,
        "description": article.description,
        "kind": article.kind,
        "access": article.access,
        "body_text": article.body_text,
        "body_html": article.body_html,
        "images": [image["candidates"][0] for image in images if image.get("status") != "refused"],
        "securities": article.securities,
        "removals": [{"rule": one["rule"], "text": one["text"]} for one in article.removals],
    }
