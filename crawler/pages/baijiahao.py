"""百家号: baijiahao.baidu.com/s?id=…, mbd.baidu.com/newspage/data/landingsuper?context={"nid":"news_…"}; mr.baidu.com/r/AbC is
short and redirects.

Most pages show the text; of others ``window.jsonData`` holds it: ``bsData.superlanding[].itemData`` with ``header`` and
``sections`` of text and images.
Learned from: public scrapers that read ``dateUpdate``, ``author-name`` and the ``index-module`` classes, importers of
``jsonData``.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import unquote

from crawler.extraction.document import text_of
from crawler.extraction.media_names import clean_publisher
from crawler.pages import first_text, handles
from crawler.pages.served import child, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"window\.jsonData\s*=\s*(?=\{)")

NEWS_ID = re.compile(r"""nid["':=\s]{1,6}(?:news_|dt_)?(\d{15,20})""")


def section_html(section: dict[str, Any]) -> str:
    """A section of a stated article as HTML: an image, or text, which may be HTML already."""
    if section.get("type") in ("img", "image"):
        source = first_text(section, "link", "src", "url")
        return f'<p><img src="{escape(source)}"></p>' if source else ""
    if html := first_text(section, "data_html"):
        return html
    text = first_text(section, "content", "text")
    return f"<p>{escape(text)}</p>" if text else ""


@handles("baijiahao.baidu.com", "mbd.baidu.com", "mr.baidu.com")
class BaijiahaoPage(StatedPage):
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
        match = NEWS_ID.search(unquote(link))
        return match[1] if match else super().native_id(link)

    @cached_property
    def record(self) -> dict[str, Any]:
        """``itemData`` of the article in the page's state; {} where there is none."""
        items = objects(child(load_object(self.served.html, STATE), "bsData").get("superlanding"))
        articles = (child(item, "itemData") for item in items if item.get("itemType", "article") == "article")
        return next(articles, {})

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        elements = (element for find in self.body_at for element in find(self.served.root))
        if any(text_of(element) for element in elements):
            return None
        html = "".join(section_html(section) for section in objects(self.record.get("sections")))
        return (first_text(self.record, "header", "title"), html) if html else None

    def published(self) -> str | None:
        if self.stated is None:
            return super().published()
        return self.served.script_text(self.published_script[0])

    def publisher(self) -> str | None:
        stated = first_text(child(self.record, "infoBaiJiaHao"), "name", "displayName", "author")
        return clean_publisher(stated) if self.stated is not None and stated else super().publisher()

    def canonical_url(self) -> str:
        number = self.native_id(self.response.url) or ""
        return f"https://baijiahao.baidu.com/s?id={number}" if number.isdigit() else super().canonical_url()
