"""每经网: www.nbd.com.cn/articles/2026-11-21/4695080.html, m.nbd.com.cn/articles/2026-11-21/4695080.html.

Learned from: recorded pages of September 2026 (``g-articl-text``, spelt so; two ld+json blocks that disagree about the time).
"""

from __future__ import annotations

import re
from functools import cached_property

from crawler.extraction.names import names_in
from crawler.items import Article
from crawler.pages import Place, Target, handles
from crawler.pages.web import WebPage, fields

CODE = re.compile(r"nbd\.com\.cn/(?:.{0,300}/)?articles?/(\d{4}-\d\d-\d\d)/(\d+)")
REPORTER = re.compile(r"每经(?:特约)?(?:记者|评论员)\s{0,9}[|｜丨:：]?\s{0,9}([^|｜丨]+?)\s{0,9}(?=每经|$)")
EDITOR = re.compile(r"每经编辑\s{0,9}[|｜丨:：]?\s{0,9}([^|｜丨]+?)\s{0,9}(?=每经|$)")
BYLINE = "starts-with(normalize-space(.), '每经') and contains(., '每经编辑') and string-length(normalize-space(.)) < 80"


@handles("nbd.com.cn")
class NbdPage(WebPage):
    """An article of the National Business Daily (每日经济新闻)."""

    site = "nbd"
    id_at = (
        re.compile(r"nbd\.com\.cn/(?:.*/)?articles?/(?:\d{4}-\d\d-\d\d/)?(\d+)"),
        re.compile(r"nbd\.com\.cn/.*[?&](?:article_?)?id=(\d+)"),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:您访问的)?(?:页面|文章|内容)(?:不存在|已被?删除|已下线)[^<]{0,10}(?=<)"
    )
    headline_at = fields("//*[contains(@class, 'g-article')]//h1", "//h1")
    published_at = fields("//*[@class='u-time']/*[@class='time']", "//*[contains(@class, 'article-time')]")
    publisher_at = fields("//*[@class='u-time']/*[@class='source']")
    publisher_name = "每日经济新闻"
    body_at = fields(
        "//*[contains(@class, 'g-articl-text')]",
        "//*[contains(@class, 'g-article-text') or contains(@class, 'article-text')]",
    )
    byline_at = fields(f"//p[{BYLINE}]")
    drop = fields(f".//*[contains(@class, 'nbd-mzsm')] | .//p[{BYLINE}]")

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        match = CODE.search(target.link)
        if not match:
            return target.link
        return target.keep_scheme(f"https://www.nbd.com.cn/articles/{match[1]}/{match[2]}.html")

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        return [
            Place(url, cls, own=True)
            for url in dict.fromkeys((cls.request_url(target, origins), target.link))
        ]

    @cached_property
    def byline(self) -> str:
        """The line above the text: 每经记者｜某某 每经编辑｜某某."""
        return self.first((), self.byline_at) or ""

    def article(self) -> Article:
        byline = self.byline
        article = super().article()
        if match := EDITOR.search(byline):
            article.editors = names_in(match[1])
        return article

    def canonical_url(self) -> str:
        # The number in the address says which article it is; a page may state another one's, as copied templates do.
        match = CODE.search(self.response.url)
        return (
            f"https://www.nbd.com.cn/articles/{match[1]}/{match[2]}.html"
            if match
            else super().canonical_url()
        )

    def authors(self, publisher: str | None) -> list[str]:
        match = REPORTER.search(self.byline)
        return names_in(match[1]) if match else super().authors(publisher)
