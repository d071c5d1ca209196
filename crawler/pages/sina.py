"""新浪: …sina.com.cn/…/doc-iXXXX.shtml, …sina.cn/…/detail-iXXXX.d.html, k.sina.com.cn/article_….html, cj.sina.com.cn/articles/…,
slides slide.tech.sina.com.cn/d/slide_5_22321_134567.html.

Slides are stated in a script, ``var slide_data``. Learned from: public scrapers of ``#artibody``, ``.date-source``,
``weibo: article:create_at`` and ``slide_data``; RSSHub's sina routes.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.items import Article
from crawler.pages import first_text, handles
from crawler.pages.securities import stated_securities
from crawler.pages.served import child, figure_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

SLIDES = re.compile(r"\bslide_data\s*=\s*(?=\{)")
STOCK = fields(".//span[starts-with(@id, 'stock_') or starts-with(@id, 'hkstock_')]")[0]
STOCK_ID = re.compile(r"(?:hk)?stock_((?:sh|sz|bj|hk)?\d{5,6})", re.IGNORECASE)


@handles("sina.com.cn", "sina.cn")
class SinaPage(StatedPage):
    """An article of Sina's portals and of their mobile pages."""

    site = "sina"
    id_at = (
        re.compile(r"(?:doc|detail|detail_)-?(i[a-z]{3,12}\d{5,10})(?:_\d+)?(?=\.|/|$|\?)"),
        re.compile(r"[?&]docid=(?:comos[-:]|comos%3A)?(i?[a-z]{3,12}\d{5,10})", re.IGNORECASE),
        re.compile(r"/(slide_\d+_\d+_\d+)\.html"),
        re.compile(r"(?:article_|/articles?/view/)(\d+)[_/]([0-9a-z]+)"),
        re.compile(r"/(\d{4}-\d\d-\d\d)/(?:.*/)?(\d{6,})\.shtml"),
        re.compile(r"/(\d{8})/(\d{4,})\.shtml"),
    )
    page_part = re.compile(r"(/doc-i\w+?)_\d+(?=\.s?html)")

    @classmethod
    def native_id(cls, link: str) -> str | None:
        native_id = super().native_id(link)
        if native_id and re.search(r"docid=comos", link, re.IGNORECASE):
            return f"i{native_id}"  # the addresses of comos:nitmeav9622448 have doc-initmeav9622448
        return native_id

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
        ".//*[@class='show_author' or @class='show_statement' or @class='appendQr_wrap' or @class='app-kaihu-qr']"
        " | .//p[starts-with(normalize-space(.), '专题：') and .//a and not(normalize-space(text()))]"
        " | .//*[@id='left_hzh_ad' or @id='article-bottom-keywords' or @class='wap_special' or @class='hqimg_related' or @class='new_style_article']"
        " | .//*[contains(@class, 'sinaads') or contains(@class, 'ad_box') or contains(@class, 'look_more')]"
    )

    @cached_property
    def slides(self) -> dict[str, Any]:
        """The slides that the page states; {} on other pages."""
        return load_object(self.served.html, SLIDES)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        html = "".join(
            figure_html(
                first_text(slide, "download_img", "image_url", "img_url"), first_text(slide, "intro", "title")
            )
            for slide in objects(self.slides.get("images"))
        )
        return (first_text(child(self.slides, "slide"), "title", "long_title"), html) if html else None

    def published(self) -> str | None:
        return first_text(child(self.slides, "slide"), "createtime") or super().published()

    def publisher(self) -> str | None:
        return self.publisher_name if self.slides else super().publisher()

    def article(self) -> Article:
        element = self.body.element if self.body else None
        stocks = [
            (match[1], None, "".join(span.itertext()).strip() or None)
            for span in (STOCK(element) if element is not None else ())
            if (match := STOCK_ID.match(span.get("id")))
        ]
        article = super().article()
        article.securities = stated_securities(stocks)
        return article
