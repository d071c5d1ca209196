"""网易: news.163.com/19/0907/13/ID.html, www.163.com/dy/article/ID.html, 3g.163.com/…/ID.html, c.m.163.com/news/a/ID.html.

Learned from: public scrapers of ``#endText`` and ``#ne_article_source``, and of ``post_body`` and ``post_info``.
"""

import re

from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("163.com")
class NeteasePage(WebPage):
    """An article of NetEase, or of a NetEase account (网易号): then the account is its publisher."""

    site = "netease"
    id_at = (
        re.compile(r"163\.com/.*?/([A-Z0-9]{8}[A-Z0-9]{8})(?:_\d+)?(?:\.html|/|$|\?)"),
        re.compile(r"[?&](?:docid|postid)=([A-Z0-9]{16})"),
    )
    gone = re.compile(
        r"(?<=>)\s*(?:对不起，)?(?:您访问的页面(?:已被删除|不存在)|该(?:内容|文章)已被?(?:删除|下线))[^<]{0,10}(?=<)|<title>[^<]*404"
    )
    headline_at = fields(
        "//*[@id='epContentLeft']/h1", "//h1[@class='post_title']", "//h1[contains(@class, 'title')]"
    )
    published_at = fields(
        "//*[@id='ne_wrap']/@data-publishtime", "//meta[@property='article:published_time']/@content", "//*[@class='post_info']/text()[1]",
    )  # fmt: skip
    publisher_at = fields(
        "//*[@id='ne_article_source']", "//*[@class='post_info']/a[1]", "//*[contains(@class, 'colum_info')]//h4",
        "//*[contains(@class, 'wemedia_name') or contains(@class, 'post_wemedia_name')]", "//*[@class='s-source']",
    )  # fmt: skip
    publisher_name = "网易"
    body_at = fields(
        "//*[@id='endText']", "//*[@class='post_body']", "//*[@class='page js-page on']", "//article//*[@class='article-body']", "//*[@id='content'][@class='content']",
    )  # fmt: skip
    drop = fields(
        ".//*[contains(@class, 'special_tag_wrap') or contains(@class, 'ep-source') or contains(@class, 'gg200x300') or contains(@class, 'post_author')]"
        " | .//*[contains(@class, 'post_statement') or contains(@class, 'netease-video') or contains(@class, 'video-wrapper') or contains(@class, 'nvt_')]"
        " | .//pre[@datatype='specialtag'] | .//*[@class='post_top' or @class='post_btmshare']"
    )
