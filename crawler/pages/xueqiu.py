"""雪球: xueqiu.com/USER/123, xueqiu.com/S/SH600160/123, the same on m.xueqiu.com.

The page shows the post in ``article`` and holds it as JSON as well (``SNB.data.status`` or ``window.SNOWMAN_STATUS``).
Learned from: RSSHub's xueqiu routes (fields of a status), public scrapers of ``.article__bd__detail``.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import escape
from typing import Any

from crawler.extraction.media_names import clean_publisher
from crawler.pages import first_text, handles
from crawler.pages.served import as_html, child, image_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"(?:SNB\.data\.status|SNOWMAN_STATUS)\s*=\s*(?=\{)")
IMAGES = "https://xqimg.imedao.com/"
COMMENT_MARK = re.compile(r"^(?:转发|[Rr]e(?:tweet|post))$")


@handles("xueqiu.com")
class XueqiuPage(StatedPage):
    """A post on Xueqiu. Its user is the publisher."""

    site = "xueqiu"
    id_at = (re.compile(r"xueqiu\.com/(?:S/\w+|\d+|statuses)/(\d{6,})"),)
    gone = re.compile(
        r"(?<=>)\s*(?:该|此)?(?:帖子|内容|讨论|页面)(?:不存在|已被?(?:作者)?删除)[^<]{0,10}(?=<)|<title>[^<]*404"
    )
    walled = re.compile(r"_waf_bd8ce2ce37|<title>\s*滑动验证页面|<title>\s*访问验证")
    headline_at = fields("//*[@class='article__bd__title']")
    published_at = fields(
        "//*[contains(@class, 'article__bd__from')]//*[@data-created_at]/@data-created_at",
        "//a[contains(@class, 'time')]/@data-created_at",
        "//a[contains(@class, 'time')]",
    )
    publisher_at = fields(
        "//*[contains(@class, 'article__author')]//*[@class='name']",
        "//*[contains(@class, 'avatar__name')]//*[@class='name' or self::a][1]",
    )
    body_at = fields(
        "//*[contains(@class, 'article__bd__detail')]", "//*[contains(@class, 'status-content')]"
    )

    @cached_property
    def record(self) -> dict[str, Any]:
        """The status as the page's script states it; {} where it does not."""
        return load_object(self.served.html, STATE)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        record = self.record
        html = text_html(record)
        original = child(record, "retweeted_status")
        if original_html := text_html(original):
            author = first_text(child(original, "user"), "screen_name")
            title = " ".join(filter(None, (f"@{author}：" if author else "", first_text(original, "title"))))
            quoted = (f"<p>{escape(title)}</p>" if title else "") + original_html
            html = (
                html if not COMMENT_MARK.match(plain_text(html)) else ""
            ) + f"<blockquote>{quoted}</blockquote>"
        return (first_text(record, "title") or first_text(original, "title"), html) if html else None

    def published(self) -> str | None:
        return first_text(self.record, "created_at") or super().published()

    def publisher(self) -> str | None:
        stated = first_text(child(self.record, "user"), "screen_name")
        return clean_publisher(stated or self.first((), self.publisher_at)) or "雪球"

    def canonical_url(self) -> str:
        user = first_text(child(self.record, "user"), "id") or first_text(self.record, "user_id")
        number = first_text(self.record, "id")
        return f"https://xueqiu.com/{user}/{number}" if user and number else super().canonical_url()

    def authors(self, publisher: str | None) -> list[str]:
        return []


def plain_text(html: str) -> str:
    """The text of HTML, as one line."""
    return " ".join(re.sub(r"<[^<>]*>", " ", html).split())


def text_html(status: dict[str, Any]) -> str:
    """Text and images of a status as HTML; the images stand beside the text."""
    text = status.get("text") if isinstance(status.get("text"), str) else None
    html = as_html(text or first_text(status, "description") or "")
    if html and "<p" not in html:
        html = f"<p>{html}</p>"
    names = [first_text(entry, "filename", "url") for entry in objects(status.get("image_info_list"))]
    pictures = (first_text(status, "pic") or "").split(",") if not names else []
    urls = [name if "//" in name else IMAGES + name for name in filter(None, [*names, *pictures])]
    return html + image_html(
        url for url in dict.fromkeys(urls) if url.rpartition("/")[2].partition("!")[0] not in html
    )
