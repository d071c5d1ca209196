"""财联社: www.cls.cn/detail/123, m.cls.cn/detail/123, api3.cls.cn/share/article/123; until 2019 www.cailianpress.com/roll/123.

The page is made by Next.js from ``__NEXT_DATA__`` (``articleDetail``: title, content, ctime, author, source).
Learned from: RSSHub's cls routes.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from html import escape
from typing import Any

from crawler.extraction.names import names_in
from crawler.extraction.publisher import clean
from crawler.pages import Target, first_text, handles
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"""<script\b[^>]*id=["']__NEXT_DATA__["'][^>]*>(.*?)</script""", re.DOTALL)
OWN_LINE = re.compile(r"财联社\s*(?:\d{1,2}月\d{1,2}日\s*)?[（(](?:特约)?(?:记者|编辑|研究员)?\s*")


def detail_in(state: Any) -> dict[str, Any]:
    """The article's record, wherever it lies in the page's state; empty where there is none."""
    if isinstance(state, dict):
        found = state.get("articleDetail")
        if isinstance(found, dict) and (found.get("content") or found.get("title")):
            return found
        for value in state.values():
            if found := detail_in(value):
                return found
    return {}


@handles("cls.cn", "cailianpress.com")
class ClsPage(StatedPage):
    """An article or a flash of Cailian."""

    site = "cls"
    id_at = (
        re.compile(r"(?:cls\.cn|cailianpress\.com)/(?:.*/)?(?:detail|article|roll|share)/(\d+)"),
        re.compile(r"(?:cls\.cn|cailianpress\.com)/.*[?&]id=(\d+)"),
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        if "cailianpress.com" in target.link and target.native_id.isdigit():  # its name until 2019
            return f"https://www.cls.cn/detail/{target.native_id}"
        return super().request_url(target, origins)

    gone = re.compile(
        r"(?<=>)\s*(?:该|此)?(?:文章|内容|电报)(?:不存在|已被?删除|已下线)[^<]{0,8}(?=<)|<title>[^<]*404"
    )
    walled = re.compile(r"(?<=>)\s*(?:开通|购买)VIP(?:后)?(?:可)?(?:阅读|查看)全文[^<]{0,8}(?=<)")
    publisher_name = "财联社"
    published_at = fields("//*[contains(@class, 'detail-time')]")
    body_at = fields(
        "//*[contains(@class, 'detail-content')]", "//*[contains(@class, 'detail-telegraph-content')]"
    )

    @cached_property
    def record(self) -> dict[str, Any]:
        """What the page's state says of the article."""
        found = STATE.search(self.served.html)
        try:
            return detail_in(json.loads(found[1], strict=False)) if found else {}
        except ValueError:
            return {}

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        content = self.record.get("content")
        if not isinstance(content, str) or not content.strip():
            return None
        text = (
            content if "<" in content else "".join(f"<p>{escape(line)}</p>" for line in content.splitlines())
        )
        pictures = self.record.get("images")
        shown = (
            "".join(f'<p><img src="{escape(one)}"></p>' for one in pictures if isinstance(one, str))
            if isinstance(pictures, list)
            else ""
        )
        return first_text(self.record, "title") or first_text(self.record, "brief"), text + (
            "" if "<img" in text else shown
        )

    def published(self) -> str | None:
        return first_text(self.record, "ctime") or super().published()

    def publisher(self) -> str | None:
        return clean(first_text(self.record, "source")) or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        author = self.record.get("author")
        said = first_text(author, "name") if isinstance(author, dict) else first_text(self.record, "author")
        return names_in(said or "") or super().authors(publisher)
