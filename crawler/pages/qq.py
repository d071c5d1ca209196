"""腾讯新闻: new.qq.com/rain/a/ID, new.qq.com/omn/…/ID.html, view.inews.qq.com/a/ID, xw.qq.com/…/ID, …qq.com/a/20190923/000843.htm.

Learned from: public scrapers of ``window.DATA`` and ``#Cnt-Main-Article-QQ``; RSSHub's tencent routes.
"""

from __future__ import annotations

import re

from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("qq.com")
class QqPage(WebPage):
    """An article of Tencent News, by its own desks, another medium or an account."""

    site = "qq"
    id_at = (
        re.compile(r"qq\.com/.*?(20\d{6}[A-Z]\w{5,10})(?=\.html?|/|$|\?|&)"),
        re.compile(r"qq\.com/.*?/[A-Z]{3}(20\d{6})(\d{6})\w{2}(?=\.html?|/|$|\?)"),  # NEW2016031302293305
        re.compile(r"qq\.com/.*?(20\d{6})/?(\d{6})(?:_\d+)?(?=\.html?|/|$|\?)"),
    )
    gone = re.compile(
        r"<title>[^<]*(?:404|页面不存在|文章不存在)|(?<=>)\s*(?:抱歉，|您访问的)?(?:文章|页面|内容)(?:不存在|已被?删除|已下线)[^<]{0,10}(?=<)"
    )
    headline_at = fields("//h1", "//*[@class='hd']/h1")
    published_script = (
        re.compile(r"""["'](?:pubtime|pub_time)["']\s*:\s*["'](\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)"""),
        re.compile(r"""pubtime\s*:\s*'([\d年月日: -]{10,20})'"""),
    )
    published_at = fields(
        "//meta[@name='apub:time']/@content", "//*[@class='a_time']", "//*[@class='pubTime article-time']"
    )
    publisher_script = (
        re.compile(r'"media"\s*:\s*"([^"]{2,30})"'),
        re.compile(r'"media_name"\s*:\s*"([^"]{2,30})"'),
    )
    publisher_at = fields(
        "//*[@class='a_source']",
        "//*[@bosszone='jgname']",
        "//*[contains(@class, 'media-name')]",
        "//*[@class='author']",
    )
    authors_at = fields("//*[@class='a_author']")
    body_at = fields(
        "//*[@id='Cnt-Main-Article-QQ']", "//*[contains(concat(' ', @class, ' '), ' content-article ')]", "//*[@id='ArticleContent']",
        "//*[contains(@class, 'rich_media_content')]", "//*[@id='article-content']",
    )  # fmt: skip
    drop = fields(
        ".//*[contains(@class, 'rv-root') or contains(@class, 'mbArticleSharePic') or @id='backqqcom' or @class='a_share'] | .//*[contains(@class, 'video_')]"
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        found = super().native_id(link)
        # 20190923/000843 of the portal is 20190923000843 of the app.
        return found.replace("-", "") if found and re.fullmatch(r"20\d{6}-\d{6}", found) else found
