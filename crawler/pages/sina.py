"""新浪: …sina.com.cn/…/doc-iXXXX.shtml, …sina.cn/…/detail-iXXXX.d.html, k.sina.com.cn/article_….html, cj.sina.com.cn/articles/….

Learned from: public scrapers of ``#artibody``, ``.date-source`` and ``weibo: article:create_at``; RSSHub's sina routes.
"""

import re

from crawler.pages import Target, handles
from crawler.pages.web import WebPage, fields

PAGE_PART = re.compile(r"(/doc-i\w+?)_\d+(?=\.s?html)")


@handles("sina.com.cn", "sina.cn")
class SinaPage(WebPage):
    """An article of Sina's portals and of their mobile pages."""

    site = "sina"
    id_at = (
        re.compile(r"(?:doc|detail|detail_)-?(i[a-z]{3,12}\d{5,10})(?:_\d+)?(?=\.|/|$|\?)"),
        re.compile(r"[?&](?:docid|docID)=(?:comos-)?(i?[a-z]{3,12}\d{5,10})"),
        re.compile(r"(?:article_|/articles?/view/)(\d+)[_/]([0-9a-z]+)"),
        re.compile(r"/(\d{4}-\d\d-\d\d)/(?:.*/)?(\d{6,})\.shtml"),
        re.compile(r"/(\d{8})/(\d{4,})\.shtml"),
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        return PAGE_PART.sub(r"\1", super().request_url(target, origins))

    gone = re.compile(
        r"(?<=>)\s*(?:抱歉，)?(?:页面没有找到|您访问的页面不存在|该文章已不存在|文章已被删除)[^<]{0,10}(?=<)|<title>[^<]*(?:页面没有找到|404)"
    )
    headline_at = fields(
        "//h1[@class='main-title']", "//*[@id='artibodyTitle']", "//h1[contains(@class, 'art_tit')]"
    )
    published_at = fields(
        "//*[@class='date-source']/*[@class='date']", "//*[@id='pub_date']", "//*[@class='time-source']/text()[1]",
        "//time[contains(@class, 'art_time')]/@datetime", "//meta[@name='weibo: article:create_at']/@content",
        "//meta[@property='article:published_time']/@content",
    )  # fmt: skip
    publisher_at = fields(
        "//*[@class='date-source']/*[contains(@class, 'source')]", "//*[@id='media_name']", "//*[@class='time-source']//*[@data-sudaclick='media_name']",
        "//meta[@name='mediaid']/@content", "//*[contains(@class, 'weibo_info')]//*[@class='weibo_user']", "//*[contains(@class, 'art_cite')]",
    )  # fmt: skip
    publisher_name = "新浪网"
    body_at = fields(
        "//*[@id='artibody']", "//*[@id='article']", "//*[contains(concat(' ', @class, ' '), ' art_content ')]",
        "//section[contains(@class, 'art_pic_card')]", "//*[@class='article-body']",
    )  # fmt: skip
    drop = fields(
        ".//*[@class='article-editor' or @class='show_author' or @class='show_statement' or @class='appendQr_wrap' or @class='app-kaihu-qr']"
        " | .//*[@id='left_hzh_ad' or @id='article-bottom-keywords' or @class='wap_special' or @class='hqimg_related' or @class='new_style_article']"
        " | .//*[contains(@class, 'sinaads') or contains(@class, 'ad_box') or contains(@class, 'look_more')]"
    )
