"""百家号: baijiahao.baidu.com/s?id=…, mbd.baidu.com/newspage/data/landingsuper?context={"nid":"news_…"}; mr.baidu.com/r/AbC is
short and redirects.

Learned from: public scrapers that read ``dateUpdate``, ``author-name`` and the ``index-module`` classes.
"""

import re
from urllib.parse import unquote

from crawler.pages import handles
from crawler.pages.web import WebPage, fields

NEWS_ID = re.compile(r"""nid["':=\s]{1,6}(?:news_|dt_)?(\d{15,20})""")


@handles("baijiahao.baidu.com", "mbd.baidu.com", "mr.baidu.com")
class BaijiahaoPage(WebPage):
    """An article of a Baijiahao account: that is its publisher."""

    site = "baijiahao"
    id_at = (re.compile(r"baijiahao\.baidu\.com/(?:s|builder/preview/s|u)\?(?:.*&)?id=(\d{10,20})"),)
    gone = re.compile(
        r"(?<=>)\s*(?:抱歉，)?(?:文章|内容|您访问的内容)(?:已被?删除|不存在|已下线|审核中)[^<]{0,12}(?=<)|<title>[^<]*404"
    )
    walled = re.compile(r"<title>\s*百度安全验证|wappass\.baidu\.com/static/captcha")
    headline_at = fields(
        "//*[@class='article-title']/h2", "//*[@class='article-title']/h1", "//*[contains(@class, 'index-module_articleTitle')]",
        "//*[contains(@class, 'sKHSJ')]", "//*[@id='header']//*[contains(@class, 'title')]",
    )  # fmt: skip
    published_script = (
        re.compile(
            r"""["'](?:publish_?[tT]ime|publicTime)["']\s*:\s*["']?(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?|1\d{9})"""
        ),
    )
    published_at = fields("//meta[@itemprop='dateUpdate']/@content")
    publisher_at = fields(
        "//*[@class='author-name']", "//*[contains(@class, 'index-module_authorName')]", "//*[@data-testid='author-name']",
        "//*[contains(@class, '_2gGWi')]", "//*[@class='author-txt']/p[1]",
    )  # fmt: skip
    body_at = fields(
        "//*[@class='article-content']", "//*[@data-testid='article']", "//*[contains(@class, 'index-module_articleWrap')]",
        "//*[contains(@class, '_18p7x')]", "//*[@id='article']", "//*[@class='mainContent']",
    )  # fmt: skip
    drop = fields(
        ".//*[contains(@class, 'video') and not(.//p)] | .//*[@class='report-tip' or @class='bjh-tip']"
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        found = NEWS_ID.search(unquote(link))
        return found[1] if found else super().native_id(link)

    def canonical_url(self) -> str:
        found = self.native_id(self.response.url) or ""
        return f"https://baijiahao.baidu.com/s?id={found}" if found.isdigit() else super().canonical_url()
