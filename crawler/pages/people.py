"""人民网: CHANNEL.people.com.cn/n1/2019/0615/c1013-31145678.html (n1, n2 and so on count apart), older /n/ and /GB/ addresses,
m.people.cn/n4/2019/0615/c22-12845678.html, and the papers of paper.people.com.cn.

Text: ``#rm_txt_zw`` or ``.rm_txt_con`` since 2020, ``#rwb_zw`` from 2016 on, ``#p_content`` before, ``#ozoom`` in the papers.
Learned from: RSSHub's people route, public scrapers of these elements.
"""

from __future__ import annotations

import re

from crawler.extraction.byline_lines import in_line
from crawler.extraction.names import names_in
from crawler.pages import handles
from crawler.pages.web import WebPage, fields

PAPER = re.compile(r"//paper\.people\.com\.cn/(rmrb(?:hwb)?)/")
PAPERS = {"rmrb": "人民日报", "rmrbhwb": "人民日报海外版"}


@handles("people.com.cn", "people.cn")
class PeoplePage(WebPage):
    """An article of people.com.cn."""

    site = "people"
    id_at = (
        re.compile(r"/(n\d?)/\d{4}/\d{4}/c\d+-(\d+)(?:-\d+)?\.html"),
        re.compile(r"/(GB)/(?:\w+/){0,9}(\d{5,})\.html"),
        re.compile(r"/(rmrb\w*|\w+)/html/\d{4}-\d\d/\d\d/(nw\.[\w.-]+?|content_\d+)\.html?"),
        re.compile(r"/(\w+)/pc/content/\d{6}/\d\d/(content_\d+)\.html"),
    )
    page_part = re.compile(r"(/n\d?/\d{4}/\d{4}/c\d+-\d+)-\d+(?=\.html$)")
    headline_at = fields(
        "//div[contains(@class, 'rm_txt') or contains(@class, 'text_title') or contains(@class, 'text_c')]//h1",
        "//*[@id='p_title']",
    )
    publisher_at = fields(
        "//div[contains(concat(' ', @class, ' '), ' channel ')]//div[contains(@class, 'col-1-1')]/a[1]",
        "//div[contains(@class, 'box01')]/div[contains(@class, 'fl')]/a[1]",
        "//*[@id='p_origin']/a[1]",
    )
    publisher_name = "人民网"
    byline_at = fields(
        "//div[contains(@class, 'rm_txt')]//div[contains(concat(' ', @class, ' '), ' author ')]",
        "//div[contains(@class, 'text_title')]/p[@class='author']",
        "//*[@id='p_author']",
    )
    body_at = fields(
        "//*[@id='rm_txt_zw']",
        "//div[contains(concat(' ', @class, ' '), ' rm_txt_con ')]",
        "//*[@id='rwb_zw']",
        "//*[@id='p_content']",
        "//*[@id='ozoom' or @id='articleContent']",
    )
    drop = fields(
        ".//*[contains(@class, 'zdfy') or contains(@class, 'paper_num') or @id='rwb_tjyd']",
        ".//center[.//img[contains(@src, '_page.')]]",
        ".//*[contains(concat(' ', @class, ' '), ' bza ')]",
    )
    next_at = fields("//a[img[contains(@src, 'next_page')]]/@href")

    def publisher(self) -> str | None:
        if paper := PAPER.search(self.response.url):
            return PAPERS[paper[1]]
        return super().publisher()

    def authors(self, publisher: str | None) -> list[str]:
        # 本报评论员 and the like are there as well.
        stated = self.first((), self.byline_at) or ""
        return in_line(stated) or names_in(stated) or super().authors(publisher)
