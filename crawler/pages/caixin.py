"""财新: finance.caixin.com/2021-03-09/101672345.html, m.caixin.com/m/2021-03-09/101672345.html, NAME.blog.caixin.com/archives/123.

Learned from: RSSHub's caixin routes (``#Main_Content_Val``, ``#the_content`` of blogs), public readers of ``#artInfo``.
"""

import re

from crawler.pages import Target, handles
from crawler.pages.web import WebPage, fields

PAGE_PART = re.compile(r"(/\d{6,})_\d+(?=\.html)")


@handles("caixin.com", "caixinglobal.com")
class CaixinPage(WebPage):
    """An article of Caixin. What only subscribers may read is refused, not archived in part."""

    site = "caixin"
    id_at = (
        re.compile(r"/20\d\d-\d\d-\d\d/(\d{6,})(?:_\w+)?\.html"),
        re.compile(r"(blog)\.caixin\.com/archives/(\d+)"),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:您要?访问的)?(?:页面|文章)(?:不存在|已被?删除)[^<]{0,8}(?=<)"
    )
    walled = re.compile(
        r"""<div[^>]*id=["']chargeWall["'][^>]*>\s*<(?!/)|(?<=>)\s*(?:本文|此文)(?:为|仅供).{0,12}(?:付费|订阅)[^<]{0,20}(?=<)"""
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
        ".//*[contains(@class, 'pip') or contains(@class, 'idetor') or @class='content-tag' or @id='zhengwenguanggao'] | .//*[@class='media_pic'][not(.//img)]"
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        return PAGE_PART.sub(r"\1", super().request_url(target, origins))

    def check_for_notice(self, size: int, titles: str) -> None:
        # The text's beginning is there, but not its end.
        if self.walled.search(self.document.html):
            size = 0
        super().check_for_notice(size, titles)
