"""财联社: www.cls.cn/detail/123, m.cls.cn/detail/123, api3.cls.cn/share/article/123; until 2019 www.cailianpress.com/roll/123.

The page is made by Next.js from ``__NEXT_DATA__``: ``articleDetail`` with title, content (HTML, plain text for flashes), ctime,
author, isFree, images. Learned from: RSSHub's cls routes, recorded detail pages of September 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.items import Article
from crawler.pages import Place, Target, first_text, handles
from crawler.pages.securities import stated_securities
from crawler.pages.served import as_html, child, image_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"""<script\b[^<>]*id=["']__NEXT_DATA__["'][^<>]*>\s*(?=\{)""")
FLASHES = "电报"  # name of the column


def find_detail(state: Any) -> dict[str, Any]:
    """The article's record, wherever it is in the page's state; {} where there is none."""
    if isinstance(state, dict):
        record = state.get("articleDetail")
        if isinstance(record, dict) and (record.get("content") or record.get("title")):
            return record
        for value in state.values():
            if record := find_detail(value):
                return record
    return {}


@handles("cls.cn", "cailianpress.com")
class ClsPage(StatedPage):
    """An article or a flash of Cailian."""

    site = "cls"
    id_at = (
        re.compile(r"(?:cls\.cn|cailianpress\.com)/(?:.*/)?(?:detail|article|roll|share|telegraph)/(\d+)"),
        re.compile(r"(?:cls\.cn|cailianpress\.com)/.*[?&](?:article_)?id=(\d+)"),
    )
    gone = re.compile(
        r"(?<=>)\s*(?:该|此)?(?:文章|内容|电报)(?:不存在|已被?删除|已下线)[^<]{0,8}(?=<)|<title>[^<]*404"
    )
    walled = re.compile(r"(?<=>)\s*(?:开通|购买)VIP(?:后)?(?:可)?(?:阅读|查看)全文[^<]{0,8}(?=<)")
    publisher_name = "财联社"
    published_at = fields("//*[contains(@class, 'detail-time')]")
    body_at = fields(
        "//*[contains(@class, 'detail-content')]", "//*[contains(@class, 'detail-telegraph-content')]"
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # Pages of the apps' shares hold no article, and cailianpress.com was the site's name until 2019.
        if target.native_id.isdigit():
            return target.keep_scheme(f"https://www.cls.cn/detail/{target.native_id}")
        return super().request_url(target, origins)

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        urls = dict.fromkeys((cls.request_url(target, origins), target.link))
        return [Place(url, cls, own=True) for url in urls if "cailianpress.com" not in url or len(urls) == 1]

    @cached_property
    def record(self) -> dict[str, Any]:
        """What the page's state holds of the article."""
        return find_detail(load_object(self.served.html, STATE))

    @cached_property
    def is_flash(self) -> bool:
        return first_text(child(self.record, "column"), "columnName") == FLASHES

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        headline, content = first_text(self.record, "title"), self.record.get("content")
        if not isinstance(content, str) or not content.strip():
            content = self.record.get("brief") if self.record.get("isFree") is False else None
        if not isinstance(content, str) or not content.strip():
            return None
        html, images = as_html(content), self.record.get("images")
        if "<img" not in html and isinstance(images, list):
            html += image_html(images)
        return headline or first_text(self.record, "brief"), html

    def article(self) -> Article:
        article = super().article()
        record = self.record
        article.kind = "flash" if self.is_flash else article.kind
        if record.get("isFree") is False:
            article.access = "preview" if first_text(record, "content", "brief") else "locked"
        article.description = first_text(record, "brief")
        article.editors = names_in(first_text(record, "secReviewer") or "")
        article.securities = stated_securities(
            (first_text(entry, "StockID", "secu_code"), None, first_text(entry, "name", "secu_name"))
            for name in ("stock_list", "stocks")
            for entry in objects(record.get(name))
        )
        return article

    def published(self) -> str | None:
        return first_text(self.record, "ctime") or super().published()

    def publisher(self) -> str | None:
        return clean_publisher(first_text(self.record, "source")) or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        author = self.record.get("author")
        stated = first_text(author, "name") if isinstance(author, dict) else first_text(self.record, "author")
        return names_in(stated or "") or super().authors(publisher)
