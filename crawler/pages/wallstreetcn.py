"""华尔街见闻: wallstreetcn.com/articles/123, /livenews/123, /premium/articles/123, the same on m.wallstreetcn.com and
awtmt.com; before 2017 /node/123.

The pages are shells; the article is JSON at api-one.wallstcn.com (``data``: title, content, display_time, author).
Learned from: RSSHub's wallstreetcn routes.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.names import names_in
from crawler.extraction.publisher import clean
from crawler.items import Article
from crawler.pages import Gone, Target, Walled, first_text, handles
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

FOUND, REMOVED = 20000, 60301
API = "https://api-one.wallstcn.com/apiv1/content"


@handles("wallstreetcn.com", "wallstcn.com", "awtmt.com")
class WallstreetcnPage(StatedPage):
    """An article or a flash of Wallstreetcn; ids of flashes begin with ``live``."""

    site = "wallstreetcn"
    id_at = (
        re.compile(r"(?:wallst(?:reet)?cn|awtmt)\.com/(?:.*/)?(?:articles|node|(live)news|(live)s)/(\d+)"),
    )
    publisher_name = "华尔街见闻"
    published_at = fields("//time/@datetime", "//*[contains(@class, 'article')]//time")
    body_at = fields(
        "//*[contains(@class, 'rich-text')]",
        "//*[contains(@class, 'article-content')]",
        "//*[contains(@class, 'live-content')]",
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        for pattern in cls.id_at:
            if found := pattern.search(link):
                return f"{'live-' if found[1] or found[2] else ''}{found[3]}"
        return super().native_id(link)

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        kind, _, number = target.native_id.rpartition("-")
        if not number.isdigit():
            return target.link
        scheme = urlsplit(target.link).scheme
        return f"{API.replace('https', scheme, 1)}/" + (
            f"lives/{number}" if kind else f"articles/{number}?extract=0"
        )

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The endpoint's answer; empty where the response is a page."""
        text = self.served.html.lstrip("\ufeff").strip()
        try:
            answer = json.loads(text, strict=False) if text.startswith("{") else {}
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    @cached_property
    def record(self) -> dict[str, Any]:
        data = self.answer.get("data")
        return data if isinstance(data, dict) else {}

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        text = "".join(
            part for name in ("content", "content_more") if isinstance(part := self.record.get(name), str)
        )
        if not text.strip():
            return None
        return first_text(self.record, "title"), text if "<" in text else f"<p>{escape(text)}</p>"

    def article(self) -> Article:
        if self.answer and self.answer.get("code") != FOUND:
            said = first_text(self.answer, "message") or "no word"
            outcome = (
                Gone if self.answer.get("code") == REMOVED or "不存在" in said or "删除" in said else Walled
            )
            raise outcome(f"{self.site}: {self.response.url} answers {self.answer.get('code')}: {said}")
        if self.answer and self.stated is None:
            raise Walled(f"{self.site}: {self.response.url} holds no text: an article for subscribers")
        return super().article()

    def published(self) -> str | None:
        return first_text(self.record, "display_time") or super().published()

    def publisher(self) -> str | None:
        return clean(first_text(self.record, "source_name")) or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        author = self.record.get("author")
        said = first_text(author, "display_name") if isinstance(author, dict) else None
        return names_in(said or "") or ([] if self.record else super().authors(publisher))

    def canonical_url(self) -> str:
        kind, _, number = (self.native_id(self.target.link) or "").rpartition("-")
        if not number.isdigit():
            return super().canonical_url()
        return f"https://wallstreetcn.com/{'livenews' if kind else 'articles'}/{number}"
