"""财新: finance.caixin.com/2021-03-09/101672345.html, m.caixin.com/m/2021-03-09/101672345.html, NAME.blog.caixin.com/archives/123.

The lead, ``#subhead``, and the first image, ``.media``, stand before the element of the text.
Learned from: RSSHub's caixin routes (``#Main_Content_Val``, ``#the_content`` of blogs), public readers of ``#artInfo``.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.body import Body
from crawler.extraction.document import text_of
from crawler.items import Article
from crawler.pages import PageError, Walled, handles
from crawler.pages.web import WebPage, fields

PRINTED_TIME = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日(?:\s*\d{1,2}:\d\d)?")
TEXT = fields("//*[@id='Main_Content_Val']")[0]
BEFORE_TEXT = fields(
    "//*[@id='subhead' or contains(concat(' ', @class, ' '), ' subhead ')]"
    " | //*[contains(concat(' ', @class, ' '), ' media ') and .//img and not(ancestor::*[@id='Main_Content_Val'])]"
)[0]
PAYWALL = re.compile(
    r"""<div[^<>]*id=["']chargeWall["'][^<>]*>\s*<(?!/)|(?<=>)\s*(?:本文|此文)(?:为|仅供).{0,12}(?:付费|订阅)[^<]{0,20}(?=<)"""
)


@handles("caixin.com", "caixinglobal.com")
class CaixinPage(WebPage):
    """An article of Caixin. Of one for subscribers its beginning is archived, as a preview."""

    site = "caixin"
    id_at = (
        re.compile(r"/20\d\d-\d\d-\d\d/(\d{6,})(?:_\w+)?\.html"),
        re.compile(r"(blog)\.caixin\.com/archives/(\d+)"),
    )
    page_part = re.compile(r"(/\d{6,})_\d+(?=\.html)")
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:您要?访问的)?(?:页面|文章)(?:不存在|已被?删除)[^<]{0,8}(?=<)"
    )
    headline_at = fields("//*[@id='conTit']/h1", "//*[@class='blog_content']//h1", "//h1")
    published_at = fields("//*[@id='artInfo']/text()[1]", "//*[@id='pubtime_baidu']")
    publisher_at = fields(
        "//*[@id='artInfo']//*[contains(text(), '来源于')]/following-sibling::*[1]",
        "//*[@id='source_baidu']//a",
        "//*[@id='source_baidu']",
    )
    publisher_name = "财新网"
    authors_at = fields("//*[@id='author_baidu']")
    body_at = fields("//*[@id='Main_Content_Val']", "//*[@id='the_content']", "//*[@class='textbox']")
    drop = fields(
        ".//*[(contains(@class, 'pip') and not(contains(@class, 'media'))) or contains(@class, 'idetor') or @class='content-tag' or @id='zhengwenguanggao'] | .//*[@class='media_pic'][not(.//img)]"
    )

    @cached_property
    def body(self) -> Body | None:
        self.move_lead()
        return super().body

    def move_lead(self) -> None:
        """Move lead and first image into the element of the text, in their order."""
        root: Any = self.document.root
        texts = TEXT(root)
        if not texts:
            return
        heads = [
            element for element in BEFORE_TEXT(root) if text_of(element) or element.find(".//img") is not None
        ]
        among = set(heads)
        outermost = [
            element for element in heads if not any(parent in among for parent in element.iterancestors())
        ]
        for index, element in enumerate(outermost):
            if texts[0] not in element.iterdescendants():
                texts[0].insert(index, element)

    def published(self) -> str | None:
        printed = super().published() or ""
        match = PRINTED_TIME.search(printed)  # 2021年03月09日 15:05 来源于 财新网
        return match[0] if match else printed or None

    def article(self) -> Article:
        is_paid = PAYWALL.search(self.document.html) is not None
        try:
            article = super().article()
        except PageError as exc:
            if is_paid and exc.outcome == PageError.outcome:
                raise Walled(f"{self.site}: {self.response.url} requires a subscription (payment)") from None
            raise
        article.access = "preview" if is_paid else "open"
        return article
