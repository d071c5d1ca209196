"""凤凰网: news.ifeng.com/c/ID, …ifeng.com/a/20200911/14526474_0.shtml, i.ifeng.com/…, ishare.ifeng.com/c/s/ID.

Newer pages are made from ``var allData = {…}``, which holds the text as well (``docData``), or slides (``slideData``); older ones have it in ``#main_content``.
Learned from: public scrapers of ``allData.docData.contentData``; RSSHub's ifeng route.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.pages import first_text, handles
from crawler.pages.served import child, figure_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"var\s+allData\s*=\s*(?=\{)")


@handles("ifeng.com", "ifengcdn.com")
class IfengPage(StatedPage):
    """An article of Phoenix."""

    site = "ifeng"
    id_at = (
        re.compile(r"ifeng\.com/(?:.*/)?(?:c|s|c/s)/(?:v00\w)?([0-9A-Za-z]{9,12})(?:[?/]|$)"),
        re.compile(r"ifeng\.com/(?:.*/)?c/s/(v00\w[\w-]{20,})"),  # of accounts
        re.compile(r"ifeng\.com/(?:.*/)?a/(\d{8})/(\d+)_\d+\.shtml"),
        re.compile(r"[?&](?:aid|guid)=(?:ucms_|cmpp_)?([0-9A-Za-z]{6,12})"),
    )
    gone = re.compile(
        r"<title>[^<]*(?:404|页面不存在)|(?<=>)\s*(?:您访问的|抱歉，)?(?:页面|文章)(?:不存在|已被?删除)[^<]{0,10}(?=<)"
    )
    published_script = (re.compile(r'"newsTime"\s*:\s*"([^"]+)"'),)
    published_at = fields(
        "//*[@itemprop='datePublished']",
        "//meta[@name='og:time ']/@content",
        "//meta[@name='og:time']/@content",
    )
    publisher_at = fields(
        "//*[@itemprop='publisher']",
        "//*[@itemprop='name'][ancestor::*[@id='artical_sth']]",
        "//*[contains(@class, 'source-')]",
    )
    publisher_name = "凤凰网"
    body_at = fields(
        "//*[@id='main_content']",
        "//*[contains(@class, 'main_content-')]//*[contains(@class, 'text-')]",
        "//*[@id='whole_content']",
    )
    drop = fields(
        ".//*[contains(@class, 'ifengLogo') or contains(@class, 'pictureList') or contains(@class, 'videoPlayer')]"
    )

    @cached_property
    def record(self) -> dict[str, Any]:
        """``docData`` of the page's state; {} where there is none."""
        return child(self.state, "docData")

    @cached_property
    def state(self) -> dict[str, Any]:
        """The data that the page is made from; {} where there is none."""
        return load_object(self.served.html, STATE)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        parts = objects(child(self.record, "contentData").get("contentList"))
        html = "".join(text for part in parts if isinstance(text := part.get("data"), str))
        title = first_text(self.record, "title") or first_text(self.state, "title", "slideTitle")
        slides = [] if html else objects(self.state.get("slideData"))
        html = html or "".join(
            figure_html(
                first_text(slide, "originUrl", "url", "bigUrl"), first_text(slide, "description", "title")
            )
            for slide in slides
        )
        return (title, html) if html else None

    def published(self) -> str | None:
        stated = first_text(self.record, "newsTime") or first_text(self.state, "newsTime", "createTime")
        return stated or super().published()

    def publisher(self) -> str | None:
        stated = first_text(self.record, "source", "pluginSource") or first_text(self.state, "source")
        return clean_publisher(stated) or super().publisher()
