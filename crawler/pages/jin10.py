"""金十数据: xnews.jin10.com/details/123, news.jin10.com/details/123, flash.jin10.com/detail/20210309150506000800,
shares of the app xnews.jin10.com/webapp/details.html?id=123; go.jin10.com is short and redirects.

Articles are JSON at reference-api.jin10.com (title, content, display_datetime, author, vip), for who sends the headers of the
public web client. Learned from: RSSHub's jin10 routes (ids, authors), public scrapers of ``jin-news-article`` and
``jin-flash``, recorded answers of September 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.items import Article
from crawler.pages import Gone, Place, Target, Walled, first_text, handles
from crawler.pages.securities import stated_securities
from crawler.pages.served import as_html, child, figure_html, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

API = "https://reference-api.jin10.com/reference/getOne?id={id}&type=news"
API_HEADERS = {"x-app-id": "arU9WZF7TC9m7nWn", "x-version": "1.0.1"}  # the public web client's
FLASH_ID = re.compile(r"20\d{18}")  # begins with its time


@handles("jin10.com")
class Jin10Page(StatedPage):
    """An article or a flash of Jin10; the id of a flash begins with its time."""

    site = "jin10"
    reads = frozenset(("json", "html"))
    id_at = (
        re.compile(r"jin10\.com/(?:.*/)?(?:details?(?:_v2)?|flash(?:_detail)?|article)/(\d+)"),
        re.compile(
            r"jin10\.com/[^?]{0,200}(?:details?|flash(?:_detail)?|getOne|article)(?:\.html)?/?\?(?:.{0,500}&)?id=(\d+)"
        ),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:该|此)?(?:文章|快讯|内容|页面)(?:不存在|已被?删除|已下线)[^<]{0,8}(?=<)"
    )
    walled = re.compile(r"(?<=>)\s*(?:VIP|解锁|开通).{0,10}(?:专享|阅读全文|查看全文)[^<]{0,8}(?=<)")
    headline_at = fields(
        "//*[contains(@class, 'jin-news-article_title')]", "//*[contains(@class, 'jin-flash_title')]", "//h1"
    )
    published_at = fields(
        "//*[contains(@class, 'jin-news-article_time')]",
        "//*[contains(@class, 'jin-meta')]//time",
        "//*[contains(@class, 'jin-flash_time')]",
        "//time/@datetime",
    )
    publisher_at = fields("//*[contains(@class, 'jin-meta')]//*[contains(@class, 'source')]")
    publisher_name = "金十数据"
    body_at = fields(
        "//*[contains(@class, 'jin-news-article_content')]",
        "//*[contains(@class, 'jin-flash_text')]",
        "//*[@id='content-text' or @class='content-text']",
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # The app's shares are empty shells.
        if target.native_id.isdigit():
            return target.keep_scheme(page_url(target.native_id))
        return super().request_url(target, origins)

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        page = Place(cls.request_url(target, origins), cls, own=True)
        if not target.native_id.isdigit() or FLASH_ID.fullmatch(target.native_id):
            return [page]
        endpoint = target.keep_scheme(API.replace("{id}", target.native_id))
        return [Place(endpoint, cls, own=True, headers=API_HEADERS), page]

    @cached_property
    def record(self) -> dict[str, Any]:
        """An article, or a flash with its fields and those of its ``data`` side by side."""
        record = child(self.answer, "data") or (self.answer if "data" not in self.answer else {})
        return {**record, **child(record, "data")}

    @property
    def is_locked(self) -> bool:
        record = self.record
        paid = any(record.get(name) for name in ("vip", "super_vip", "elite_vip", "lock"))
        return paid or child(record, "access").get("has_products") is True

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        record = self.record
        content = record.get("content")
        html = as_html(content) if isinstance(content, str) and content.strip() else ""
        html += figure_html(first_text(record, "pic"), None) if "<img" not in html else ""
        if not html and self.is_locked:
            html = as_html(first_text(record, "introduction", "vip_title", "vip_desc", "title") or "")
        return (self.title if content else None, html) if html else None

    @property
    def title(self) -> str | None:
        return first_text(self.record, "title", "vip_title")

    def article(self) -> Article:
        status, where = self.answer.get("status"), self.response.url
        message = first_text(self.answer, "message") or ""
        if status in (404, 410) or "not found" in message.lower():
            raise Gone(f"{self.site}: {where} answers {status}: {message or 'no message'}")
        if self.answer and status not in (None, 200):
            raise Walled(f"{self.site}: {where} answers {status}: {message or 'no message'} (access denied)")
        article = super().article()
        record = self.record
        if record:
            # Where it is all that is public it is the text as well, which must not be taken for a repeated headline.
            article.headline, article.headline_from = self.title, "page" if self.title else None
            article.kind = "flash" if FLASH_ID.fullmatch(self.target.native_id) else article.kind
            if self.is_locked:
                article.access = "preview" if first_text(record, "content", "introduction") else "locked"
            article.description = first_text(record, "introduction")
            article.securities = stated_securities(
                (first_text(entry, "symbol"), None, first_text(entry, "title"))
                for entry in objects(record.get("remark"))
                if entry.get("type") == "quotes"
            )
        return article

    def published(self) -> str | None:
        return first_text(self.record, "display_datetime", "time") or super().published()

    def publisher(self) -> str | None:
        if self.record:
            return clean_publisher(first_text(self.record, "source")) or self.publisher_name
        return super().publisher()

    def authors(self, publisher: str | None) -> list[str]:
        if not self.record:
            return super().authors(publisher)
        nick = first_text(child(self.record, "author"), "nick") or first_text(self.record, "user_nick")
        return names_in(nick or "")

    def canonical_url(self) -> str:
        native_id = self.target.native_id
        return page_url(native_id) if native_id.isdigit() else super().canonical_url()


def page_url(native_id: str) -> str:
    """Address of the public page of an article or a flash.

    >>> page_url("240303"), page_url("20261121110459969800")
    ('https://xnews.jin10.com/details/240303', 'https://flash.jin10.com/detail/20261121110459969800')
    """
    if FLASH_ID.fullmatch(native_id):
        return f"https://flash.jin10.com/detail/{native_id}"
    return f"https://xnews.jin10.com/details/{native_id}"
