"""金十数据: xnews.jin10.com/details/123, news.jin10.com/details/123, flash.jin10.com/detail/20210309150506000800,
shares of the app xnews.jin10.com/webapp/details.html?id=123; go.jin10.com is short and redirects.

Learned from: RSSHub's jin10 routes (ids, authors), public scrapers of ``jin-news-article`` and ``jin-flash``.
"""

import re

from crawler.pages import Target, handles
from crawler.pages.web import WebPage, fields


@handles("jin10.com")
class Jin10Page(WebPage):
    """An article or a flash of Jin10; the id of a flash begins with its time."""

    site = "jin10"
    id_at = (
        re.compile(r"jin10\.com/(?:.*/)?(?:details?(?:_v2)?|flash(?:_detail)?|article)/(\d+)"),
        re.compile(r"jin10\.com/webapp/details\.html\?(?:.*&)?id=(\d+)"),
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # The app's shares are empty shells.
        if "/webapp/" in target.link:
            return f"https://xnews.jin10.com/details/{target.native_id}"
        return super().request_url(target, origins)

    gone = re.compile(
        r"<title>[^<]*404|(?<=>)\s*(?:该|此)?(?:文章|快讯|内容|页面)(?:不存在|已被?删除|已下线)[^<]{0,8}(?=<)"
    )
    walled = re.compile(r"(?<=>)\s*(?:VIP|解锁|开通).{0,10}(?:专享|阅读全文|查看全文)[^<]{0,8}(?=<)")
    headline_at = fields(
        "//*[contains(@class, 'jin-news-article_title')]", "//*[contains(@class, 'jin-flash_title')]", "//h1"
    )
    published_at = fields(
        "//*[contains(@class, 'jin-news-article_time')]",
        "//*[contains(@class, 'jin-meta')]//time",
        "//*[contains(@class, 'jin-flash_time')]",
        "//time/@datetime",
    )
    publisher_at = fields("//*[contains(@class, 'jin-meta')]//*[contains(@class, 'source')]")
    publisher_name = "金十数据"
    body_at = fields(
        "//*[contains(@class, 'jin-news-article_content')]",
        "//*[contains(@class, 'jin-flash_text')]",
        "//*[@id='content-text' or @class='content-text']",
    )
