"""华尔街见闻: wallstreetcn.com/articles/123, /livenews/123, /premium/articles/123, the same on m.wallstreetcn.com and
awtmt.com; before 2017 /node/123.

The pages are shells; the article is JSON at api-one.wallstcn.com (``data``: title, content, content_more, display_time, author,
is_need_pay, images). Learned from: RSSHub's wallstreetcn routes, recorded answers of September 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.items import Article
from crawler.pages import Gone, PageError, Target, Walled, first_text, handles
from crawler.pages.securities import stated_securities
from crawler.pages.served import as_html, child, image_html, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

FOUND, REMOVED, BAD_REQUEST = 20000, 60301, 60327
API = "https://api-one.wallstcn.com/apiv1/content"


@handles("wallstreetcn.com", "wallstcn.com", "awtmt.com")
class WallstreetcnPage(StatedPage):
    """An article or a flash of Wallstreetcn; ids of flashes begin with ``live``."""

    site = "wallstreetcn"
    reads = frozenset(("json", "html"))
    id_at = (
        re.compile(r"(?:wallst(?:reet)?cn|awtmt)\.com/(?:.*/)?(?:articles|node|(live)news|(live)s?)/(\d+)"),
    )
    publisher_name = "华尔街见闻"
    published_at = fields("//time/@datetime", "//*[contains(@class, 'article')]//time")
    body_at = fields(
        "//*[contains(@class, 'rich-text')]",
        "//*[contains(@class, 'article-content')]",
        "//*[contains(@class, 'live-content')]",
    )
    drop = fields(".//div[contains(., '风险提示及免责条款')] | .//div[contains(., '市场有风险，投资需谨慎')]")

    @classmethod
    def native_id(cls, link: str) -> str | None:
        for pattern in cls.id_at:
            if match := pattern.search(link):
                return f"{'live-' if match[1] or match[2] else ''}{match[3]}"
        return super().native_id(link)

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        kind, _, number = target.native_id.rpartition("-")
        if not number.isdigit():
            return target.link
        return target.keep_scheme(f"{API}/lives/{number}" if kind else f"{API}/articles/{number}?extract=0")

    @cached_property
    def record(self) -> dict[str, Any]:
        return child(self.answer, "data")

    @cached_property
    def text(self) -> str:
        """The text as served: a flash's continues in ``content_more``."""
        parts = (self.record.get(name) for name in ("content", "content_more"))
        return "".join(as_html(part) for part in parts if isinstance(part, str) and part.strip())

    @property
    def is_paid(self) -> bool:
        """Whether the record holds no more than what is free of a paid article."""
        paid = self.record.get("is_need_pay")
        return bool(self.record.get("is_priced") if paid is None else paid)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        html = self.text
        if not html and self.is_paid:
            html = as_html(first_text(self.record, "content_short", "title") or "")
        images = [
            first_text(entry, "uri")
            for name in ("images", "cover_images")
            for entry in objects(self.record.get(name))
        ]
        if "<img" not in html and self.record.get("type") != "article" and "words_count" not in self.record:
            html += image_html(dict.fromkeys(images))  # of an article they are the cover
        return (first_text(self.record, "title") if self.text else None, html) if html else None

    def article(self) -> Article:
        if self.answer and self.answer.get("code") != FOUND:
            self.raise_for_code()
        if self.answer and self.stated is None:
            raise Walled(f"{self.site}: {self.response.url} holds no text: an article for subscribers")
        article = super().article()
        if self.record:
            # Where it is all that is public it is the text as well, which must not be taken for a repeated headline.
            title = first_text(self.record, "title")
            article.headline, article.headline_from = title, "page" if title else None
            article.kind = "flash" if self.record.get("type") == "live" else article.kind
            if self.is_paid:
                has_text = self.text or first_text(self.record, "content_short")
                article.access = "preview" if has_text else "locked"
            article.description = first_text(self.record, "content_short")
            article.securities = stated_securities(
                (first_text(entry, "symbol", "code", "key"), None, first_text(entry, "name", "title"))
                for entry in objects(self.record.get("symbols"))
            )
        return article

    def raise_for_code(self) -> None:
        """Raise for an answer that states why it holds no article."""
        code, message = self.answer.get("code"), first_text(self.answer, "message") or "no message"
        reason = f"{self.site}: {self.response.url} answers {code}: {message}"
        if code == REMOVED or "不存在" in message or "删除" in message:
            raise Gone(reason)
        if code == BAD_REQUEST:
            raise PageError(reason)
        raise Walled(f"{reason} (login or payment required)")

    def published(self) -> str | None:
        return first_text(self.record, "display_time") or super().published()

    def publisher(self) -> str | None:
        return clean_publisher(first_text(self.record, "source_name")) or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        stated = first_text(child(self.record, "author"), "display_name")
        return names_in(stated or "") or ([] if self.record else super().authors(publisher))

    def canonical_url(self) -> str:
        kind, _, number = (self.native_id(self.target.link) or "").rpartition("-")
        if not number.isdigit():
            return super().canonical_url()
        return f"https://wallstreetcn.com/{'livenews' if kind else 'articles'}/{number}"
