"""第一财经: www.yicai.com/news/123.html, /brief/123.html, /image/123.html, m.yicai.com/news/123.html; until 2016
/news/2016/01/123.html.

Learned from: RSSHub's yicai routes (``.multiText``, ``#multi-text``, ``.txt``; the time in the script's ``_pb``).
"""

import re

from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("yicai.com")
class YicaiPage(WebPage):
    """An article of Yicai."""

    site = "yicai"
    id_at = (
        re.compile(
            r"yicai\.com/(?:.*/)?(?:news|brief|image|video|vip/news)/(?:\d{4}/\d\d/)?(\d{5,})(?:\.html)?"
        ),
    )
    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:抱歉，)?(?:您访问的)?(?:页面|文章|内容)(?:不存在|已被?删除|已下线)[^<]{0,8}(?=<)"
    )
    walled = re.compile(r"(?<=>)\s*(?:开通|订阅).{0,8}(?:阅读全文|查看全文)[^<]{0,8}(?=<)")
    headline_at = fields("//*[contains(@class, 'title')]/h1", "//h1")
    published_at = fields(
        "//*[@class='names']//span|//*[contains(@class, 'title')]//em",
        "//*[contains(@class, 'm-tit')]//*[@class='time']",
    )
    published_script = (re.compile(r"'actime'\s*,\s*'(\d{4}-\d\d-\d\d \d\d:\d\d)"),)
    publisher_name = "第一财经"
    authors_at = fields("//*[@class='names']/text()[1]")
    body_at = fields(
        "//*[@id='multi-text']",
        "//*[contains(@class, 'multiText')]",
        "//*[contains(concat(' ', @class, ' '), ' m-txt ')]",
        "//*[contains(@class, 'm-text')]",
    )
    drop = fields(
        ".//*[contains(@class, 'u-btn6') or contains(@class, 'm-smallshare') or contains(@class, 'topic-hot')] | .//h1"
    )
