"""证券时报网: www.stcn.com/article/detail/123.html, h5.stcn.com/pages/detail/detail?id=123, before 2022 CHANNEL.stcn.com/2019/0926/15400123.shtml,
CHANNEL.stcn.com/sd/202106/t20210601_3287.html, and its quick news www.egsea.com/news/detail?id=123.

Text: ``.detail-content`` since 2022, ``#ctrlfscont`` before.
Learned from: RSSHub's stcn routes, public scrapers of these elements.
"""

from __future__ import annotations

import re

from crawler.extraction.byline_lines import in_line
from crawler.extraction.names import names_in
from crawler.pages import Target, handles
from crawler.pages.web import WebPage, fields

TIMED = "contains(translate(., '0123456789', '0000000000'), '0000-00-00')"


@handles("stcn.com", "egsea.com")
class StcnPage(WebPage):
    """An article of stcn.com or egsea.com."""

    site = "stcn"
    id_at = (
        re.compile(r"stcn\.com/article/detail/(\d+)"),
        re.compile(r"stcn\.com/pages/detail/\w+\?(?:.*&)?id=(\d+)"),
        re.compile(r"/(\d{4})/\d{4}/(\d+)(?:_\d+)?\.s?html"),
        re.compile(r"/(t\d{8}_\d+)(?:_\d+)?\.html"),
        re.compile(r"(egsea)\.com/news/detail(?:/|\?(?:.*&)?id=)(\d+)"),
        re.compile(r"stcn\.com/\?(?:.*&)?contentid=(\d+)"),
    )
    gone = re.compile(
        r"""class=["'](?:error|not-?found|no-?data)[\w -]*["'][^>]*>(?:\s*<[^>]+>){0,4}\s*(?:抱歉[，,]|对不起[，,])?(?:您访问的|[该此])?(?:页面|文章|内容)(?:不存在|已被?删除|已下线|走丢了)"""
    )
    headline_at = fields(
        "//div[contains(@class, 'detail-title')]",
        "//div[contains(@class, 'intal_tit')]/h2",
        "//div[contains(@class, 'xiangxi')]/h2",
    )
    published_at = fields(
        f"//div[contains(@class, 'detail-info')]//span[{TIMED}]",
    )
    publisher_at = fields(
        "substring-after(normalize-space(//div[contains(@class, 'detail-info')]//span[contains(., '来源')]), '来源：')",
        "substring-after(normalize-space(//div[contains(@class, 'intal_tit')]//div[@class='info']/span[contains(., '来源')]), '来源：')",
    )
    publisher_name = "证券时报网"
    byline_at = fields(
        "substring-after(normalize-space(//div[contains(@class, 'detail-info')]//span[contains(., '作者')]), '作者：')",
    )
    body_at = fields(
        "//div[@class='detail-content']",
        "//div[contains(concat(' ', @class, ' '), ' detail-content ')]",
        "//*[@id='ctrlfscont']",
    )
    drop = fields(
        ".//*[contains(@class, 'detail-content-tags') or contains(@class, 'detail-statement')]",
        ".//*[contains(@class, 'txt_zhu') or @class='om']",
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # The app's shares are empty shells.
        if "/pages/detail/" in target.link:
            return f"https://www.stcn.com/article/detail/{target.native_id}.html"
        return target.link

    def authors(self, publisher: str | None) -> list[str]:
        # A desk's name is there as well.
        stated = self.first((), self.byline_at) or ""
        return in_line(stated) or names_in(stated) or super().authors(publisher)
