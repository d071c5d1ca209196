"""雪球: xueqiu.com/USER/123, xueqiu.com/S/SH600160/123, the same on m.xueqiu.com.

The page shows the post in ``article`` and holds it as JSON as well (``SNB.data.status`` or ``window.SNOWMAN_STATUS``).
Learned from: RSSHub's xueqiu routes (fields of a status), public scrapers of ``.article__bd__detail``.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

from crawler.extraction.publisher import clean
from crawler.pages import first_text, handles
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(
    r"(?:SNB\.data\.status|SNOWMAN_STATUS)\s*=\s*(\{.*?\});?\s*(?:\n|</script|window\.|SNB\.)", re.DOTALL
)


@handles("xueqiu.com")
class XueqiuPage(StatedPage):
    """A post on Xueqiu. Its user is the publisher."""

    site = "xueqiu"
    id_at = (re.compile(r"xueqiu\.com/(?:S/\w+|\d+|statuses)/(\d{6,})"),)
    gone = re.compile(
        r"(?<=>)\s*(?:该|此)?(?:帖子|内容|讨论|页面)(?:不存在|已被?(?:作者)?删除)[^<]{0,10}(?=<)|<title>[^<]*404"
    )
    walled = re.compile(r"aliyun_waf|_waf_bd8ce2ce37|<title>\s*滑动验证页面|<title>\s*访问验证")
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
        """The status as the page's script states it; empty where it does not."""
        found = STATE.search(self.served.html)
        try:
            state = json.loads(found[1], strict=False) if found else {}
        except ValueError:
            return {}
        return state if isinstance(state, dict) else {}

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        text = first_text(self.record, "text", "description")
        return (
            (first_text(self.record, "title"), f"<p>{text}</p>" if "<p" not in text else text)
            if text
            else None
        )

    def published(self) -> str | None:
        return first_text(self.record, "created_at") or super().published()

    def publisher(self) -> str | None:
        user = self.record.get("user")
        stated = first_text(user, "screen_name") if isinstance(user, dict) else None
        return clean(stated or self.first((), self.publisher_at)) or "雪球"

    def authors(self, publisher: str | None) -> list[str]:
        return []
