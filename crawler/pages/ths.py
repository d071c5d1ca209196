"""同花顺: news.10jqka.com.cn/20261121/c690400243.shtml, m.10jqka.com.cn/20261121/c690400243.shtml, and the shares
news.10jqka.com.cn/m690400243/, /tapp/news/share/690400243/, /field/v1/20261121/690400243.shtml,
/classic/20261121/c690400243.shtml, /page/690400243.

Some paths hold an encoded id in place of the number; the page states its canonical address. Learned from: the site's own
script for its addresses, recorded pages of September 2026, public scrapers of ``main-text``.
"""

from __future__ import annotations

import re

from crawler.items import Article
from crawler.pages import Place, Target, handles
from crawler.pages.securities import stated_securities
from crawler.pages.web import WebPage, fields

HOST = r"10jqka\.com\.cn"
DATED = re.compile(rf"{HOST}/(?:.{{0,300}}/)?(20\d{{6}})/c?(\d{{7,12}})\.s?html")
CODE = fields(".//a[@data-type='stock' and @data-code] | .//a[contains(@href, 'stockpage.10jqka.com.cn/')]")[
    0
]


@handles("10jqka.com.cn")
class ThsPage(WebPage):
    """An article of Tonghuashun."""

    site = "10jqka"
    id_at = (
        re.compile(rf"{HOST}/(?:.*/)?20\d{{6}}/c?(\d{{7,12}})(?:_\d+)?\.s?html"),
        re.compile(rf"{HOST}/(?:.*/)?(?:m|share/|page/|c)(\d{{7,12}})/?(?:\.s?html)?(?:[?#]|$)"),
        re.compile(
            rf"{HOST}/(?:.*/)?(?:20\d{{6}}/|share/|page/)([0-9A-Za-z_-]{{15,24}})/?(?:\.s?html)?(?:[?#]|$)"
        ),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:抱歉，)?(?:您访问的)?(?:页面|文章|新闻|内容)(?:不存在|已被?删除|已下线)[^<]{0,10}(?=<)"
    )
    headline_at = fields("//h1", "//*[@class='main-title' or @class='atc-head']/h2")
    published_at = fields(
        "//h1/following::span[contains(translate(., '0123456789', '0000000000'), '0000-00-00 00:00')][1]",
        "//*[@id='pubtime_baidu']",
        "//*[@class='time']",
    )
    publisher_at = fields(
        "//h1/following::*[starts-with(normalize-space(text()), '来源')][1]/a",
        "//*[@id='source_baidu']/a",
        "//*[@id='sourcename']",
        "//*[@id='source_baidu']",
    )
    publisher_name = "同花顺财经"
    body_at = fields(
        "//*[contains(@class, 'news-content-parsed')]",
        "//*[contains(@class, 'article-content')]",
        "//*[contains(concat(' ', @class, ' '), ' main-text ')]",
        "//*[@id='contentApp']",
    )
    drop = fields(".//*[contains(@class, 'backweb') or contains(@class, 'editor') or @id='arctTailMark']")

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        if match := DATED.search(target.link):
            return target.keep_scheme(f"https://news.10jqka.com.cn/{match[1]}/c{match[2]}.shtml")
        return super().request_url(target, origins)

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        urls = dict.fromkeys((cls.request_url(target, origins), super().request_url(target, origins)))
        return [Place(url, cls, own=True) for url in urls]

    def article(self) -> Article:
        stocks = [
            (
                (anchor.get("data-code") or anchor.get("href", "").rpartition("/")[2]).strip("/ "),
                None,
                anchor.text,
            )
            for anchor in (CODE(self.body.element) if self.body else ())
        ]
        article = super().article()
        article.securities = stated_securities(
            (code, market, re.sub(r"\s{0,9}[（(].*", "", name or "") or None) for code, market, name in stocks
        )
        return article
