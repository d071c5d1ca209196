"""和讯网: CHANNEL.hexun.com/2019-09-26/198678130.html, m.hexun.com/stock/2019-09-26/198678130.html.

Learned from: RSSHub's hexun route, public scrapers of ``.art_contextBox``, ``.tip .pr20`` and, before 2016, ``#artibody``.
"""

from __future__ import annotations

import re

from crawler.extraction.names import names_in
from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("hexun.com")
class HexunPage(WebPage):
    """An article of hexun.com."""

    site = "hexun"
    id_at = (re.compile(r"/\d{4}-\d\d-\d\d/(\d+)(?:_\d+)?\.html"),)
    gone = re.compile(
        r"<title>\s*(?:404|页面不存在|您访问的页面)[^<]*</title>|>\s*(?:很抱歉[，,！]|对不起[，,！])\s*您(?:要)?访问的(?:页面|文章)(?:不存在|已被?删除)[^<]{0,20}<"
    )
    headline_at = fields("//div[contains(@class, 'articleName')]/h1", "//*[@id='artibodyTitle']//h1")
    published_at = fields(
        "//div[contains(@class, 'articleName')]//span[contains(@class, 'pr20')]",
        "//*[@id='pubtime_baidu' or @id='artibodyDate']",
    )
    publisher_at = fields(
        "//div[contains(@class, 'articleName')]//div[contains(@class, 'tip')]/a",
        "//*[@id='source_baidu' or @id='artibodySource']//a",
        "substring-after(normalize-space(//*[@id='source_baidu']), '来源：')",
    )
    publisher_name = "和讯网"
    byline_at = fields(
        "//div[contains(@class, 'articleName')]//div[contains(@class, 'tip')]/text()[normalize-space()]",
        "substring-after(normalize-space(//*[@id='author_baidu']), '作者：')",
    )
    body_at = fields("//div[contains(@class, 'art_contextBox')]", "//*[@id='artibody']")
    drop = fields(
        ".//*[contains(@class, 'showAll') or contains(@class, 'bottomLayer') or contains(@class, 'aImgDl') or contains(@class, 'appDl') or contains(@class, 'fttBox')]"
    )

    def authors(self, publisher: str | None) -> list[str]:
        # The writer is plain text behind the source; so is a source that is not a link.
        return names_in(self.first((), self.byline_at) or "") or super().authors(publisher)
