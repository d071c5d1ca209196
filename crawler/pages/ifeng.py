"""凤凰网: news.ifeng.com/c/ID, …ifeng.com/a/20200911/14526474_0.shtml, i.ifeng.com/…, ishare.ifeng.com/c/s/ID.

Newer pages are made from ``var allData = {…}``, which holds the text as well; older ones have it in ``#main_content``.
Learned from: public scrapers of ``allData.docData.contentData``; RSSHub's ifeng route.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.publisher import clean
from crawler.pages import first_text, handles
from crawler.pages.served import child, load_object, objects
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
        return child(load_object(self.served.html, STATE), "docData")

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        parts = objects(child(self.record, "contentData").get("contentList"))
        html = "".join(text for part in parts if isinstance(text := part.get("data"), str))
        return (first_text(self.record, "title"), html) if html else None

    def published(self) -> str | None:
        return first_text(self.record, "newsTime") or super().published()

    def publisher(self) -> str | None:
        return clean(first_text(self.record, "source", "pluginSource")) or super().publisher()
