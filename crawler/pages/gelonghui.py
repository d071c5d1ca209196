"""格隆汇: www.gelonghui.com/live/2794771 (flashes), /p/123 and /news/123 (articles), the same on m.gelonghui.com.

Learned from: RSSHub's gelonghui routes (``article-with-html``, ``dtb-content``), a recorded list of flashes of September 2026, whose records it reads as well.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.items import Article
from crawler.pages import Gone, Target, first_text, handles
from crawler.pages.securities import stated_securities
from crawler.pages.served import as_html, child, image_html, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields


@handles("gelonghui.com", "guruclub.com")
class GelonghuiPage(StatedPage):
    """An article or a flash of Gelonghui; ids of flashes begin with ``live``."""

    site = "gelonghui"
    reads = frozenset(("json", "html"))
    id_at = (
        re.compile(r"(?:gelonghui|guruclub)\.com/(?:.*/)?(live)/(\d+)"),
        re.compile(r"(?:gelonghui|guruclub)\.com/(?:.*/)?(?:p|news|post|article)/(\d+)"),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:该|此|您访问的)?(?:页面|文章|内容|快讯)(?:不存在|已被?删除|已下线|未找到)[^<]{0,10}(?=<)"
    )
    headline_at = fields(
        "//*[contains(concat(' ', @class, ' '), ' article-title ')]",
        "//*[contains(concat(' ', @class, ' '), ' type-name ')]/following-sibling::*[1]",
        "//h1",
    )
    published_at = fields("//time[contains(@class, 'date')]/@datetime", "//time[contains(@class, 'date')]")
    publisher_name = "格隆汇"
    body_at = fields(
        "//article[contains(@class, 'article-with-html')]",
        "//*[contains(@class, 'dtb-content')]",
        "//article/div[string-length(normalize-space(.)) > 20]",
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        kind, _, number = target.native_id.rpartition("-")
        if not number.isdigit():
            return super().request_url(target, origins)
        return target.keep_scheme(f"https://www.gelonghui.com/live/{number}") if kind else target.link

    @cached_property
    def record(self) -> dict[str, Any]:
        """The flash among those that the answer lists, or the one that it is."""
        number = self.target.native_id.rpartition("-")[2]
        listed = objects(self.answer.get("result")) or [child(self.answer, "result")]
        return next((entry for entry in listed if str(entry.get("id")) == number), {})

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        content = self.record.get("content")
        if not isinstance(content, str) or not content.strip():
            return None
        images = self.record.get("pictures")
        urls = [
            first_text(entry, "url", "src") if isinstance(entry, dict) else entry
            for entry in (images if isinstance(images, list) else ())
        ]
        return first_text(self.record, "title"), as_html(content) + image_html(urls)

    def article(self) -> Article:
        if self.answer and not self.record:
            raise Gone(f"{self.site}: {self.response.url} holds no article {self.target.native_id}")
        article = super().article()
        article.kind = "flash" if self.target.native_id.startswith("live-") else article.kind
        if child(self.record, "statistic").get("isPay"):
            article.access = "preview"
        article.securities = stated_securities(
            (first_text(entry, "code"), first_text(entry, "market"), first_text(entry, "name"))
            for entry in objects(self.record.get("relatedStocks"))
        )
        return article

    def published(self) -> str | None:
        return first_text(self.record, "createTimestamp") or super().published()

    def publisher(self) -> str | None:
        if self.record:
            return clean_publisher(first_text(child(self.record, "source"), "name")) or self.publisher_name
        return super().publisher()

    def canonical_url(self) -> str:
        kind, _, number = self.target.native_id.rpartition("-")
        if kind and number.isdigit():
            return f"https://www.gelonghui.com/live/{number}"
        return super().canonical_url()
