"""新华网: www.xinhuanet.com/world/2019-12/10/c_1125326789.htm, m. and regional hosts alike, since 2021 www.news.cn/politics/
20220221/<32 hex digits>/c.html, and shares of the app (h.xinhuaxmt.com/vh512/share/123).

Text: ``#detail`` since 2021, ``#p-detail`` from 2017 on, ``#content`` or ``.article`` before.
Learned from: RSSHub's news route, public scrapers of these elements.
"""

from __future__ import annotations

import re

from crawler.extraction.document import text_of
from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("xinhuanet.com", "news.cn", "xinhuaxmt.com")
class XinhuanetPage(WebPage):
    """An article of xinhuanet.com or news.cn."""

    site = "xinhuanet"
    id_at = (
        re.compile(r"/c_(\d+)(?:_\d+)?\.html?"),
        re.compile(r"/\d{8}/([0-9a-f]{32})/c\.html", re.IGNORECASE),
        re.compile(r"xinhuaxmt\.com/(vh\d+)/share/(\d+)"),
    )
    page_part = re.compile(r"(/c_\d+)_\d+(?=\.htm)")
    headline_at = fields(
        "//div[contains(@class, 'head-line')]//*[@class='title']",
        "//div[contains(@class, 'mheader')]//h1",
        "//div[@class='h-title']",
        "//*[@id='title']",
    )
    publisher_at = fields(
        "//*[@id='source']",
        "substring-after(normalize-space(//div[contains(@class, 'header-cont')]//div[@class='source']), '来源：')",
        "substring-after(normalize-space(//div[contains(@class, 'mheader')]//*[@class='info']), '来源：')",
    )
    publisher_name = "新华网"
    published_at = fields("//*[@class='h-time' or @id='pubtime']")
    body_at = fields("//*[@id='detail']", "//*[@id='p-detail']", "//div[@class='article']//*[@id='content']")
    drop = fields(
        ".//*[contains(@class, 'tadd') or contains(@class, 'tiyi') or contains(@class, 'columBottom')]",
        ".//*[contains(@class, 'nextpage') or contains(@class, 'standard_lb')]",
        ".//*[contains(@class, 'video-url') or contains(@class, 'relatedNews')]",
    )
    header_time = fields("//div[contains(@class, 'header-time')]")[0]

    def published(self) -> str | None:
        for header in self.nodes(self.header_time):
            # 2022, 02/21 and 10:30:21 are in an element each.
            if match := re.search(
                r"(20\d\d)\D+(\d\d?)\s?/\s?(\d\d?)\D+(\d\d?:\d\d(?::\d\d)?)", text_of(header)
            ):
                return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2} {match[4]}"
        return super().published()
