"""金十数据: flashes (full text in the list) and the articles of 市场参考.

Each endpoint wants the application id of its own web client in ``x-app-id``; without it the server answers 502.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from archive.times import BEIJING
from crawler.pages import first_text
from crawler.sources import (
    ADVERT,
    CARD,
    FLASH_INTERVAL,
    VIDEO,
    Channel,
    Listing,
    ListRequest,
    Record,
    Source,
    Window,
    register,
)
from crawler.sources.codes import by_letters
from crawler.sources.rows import (
    absolute_url,
    check_code,
    dicts,
    find_list,
    head_of,
    number,
    paragraphs,
    raw_text,
    read_json,
    read_rows,
    stated_number,
    sub_object,
    texts,
)

FLASH, LOCKED_BY = 0, ("vip", "super_vip", "elite_vip")
PAGE_SIZE = 50  # articles of a page; more than 100 is refused
COLUMNS = {
    "28": "综合",
    "30": "金十早餐",
    "31": "精选分析",
    "53": "热点头条",
    "58": "财料",
    "77": "VIP",
    "84": "VIP",
}
PRINTED = "%Y-%m-%d %H:%M:%S"


@register
class Jin10(Source):
    """Lists of flash-api.jin10.com and reference-api.jin10.com."""

    name = "jin10"
    title = "金十数据"
    hosts = ("jin10.com",)
    publisher = "金十数据"
    uses = (
        "JIN10_FLASH_APP_ID",
        "JIN10_FLASH_VERSION",
        "JIN10_LIST_APP_ID",
        "JIN10_DETAIL_APP_ID",
        "JIN10_ARTICLE_VERSION",
    )
    is_numbered = True
    channels = {
        "flash": Channel("快讯", is_default=True, interval=FLASH_INTERVAL),
        **{column: Channel(title, is_default=column == "28") for column, title in COLUMNS.items()},
    }

    def explain_status(self, status: int) -> str | None:
        if status != 502:
            return None
        return (
            "flash-api.jin10.com and reference-api.jin10.com answer 502 to a client that they do not know: the settings "
            "JIN10_FLASH_APP_ID, JIN10_LIST_APP_ID and JIN10_DETAIL_APP_ID may be outdated; take x-app-id from the requests "
            "that www.jin10.com and xnews.jin10.com send today"
        )

    def first_cursor(self, channel: str, window: Window) -> str:
        return f"{window.until.astimezone(BEIJING):{PRINTED}}" if window.until and channel == "flash" else ""

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        if channel == "flash":
            query = {"channel": "-8200", "vip": 1} | ({"max_time": cursor} if cursor else {})
            headers = {
                "x-app-id": self.settings["JIN10_FLASH_APP_ID"],
                "x-version": self.settings["JIN10_FLASH_VERSION"],
            }
            return [
                ListRequest(
                    url=f"https://flash-api.jin10.com/get_flash_list?{urlencode(query)}", headers=headers
                )
            ]
        query = {"nav_bar_id": channel, "page": cursor or "1", "page_size": PAGE_SIZE}
        return [
            ListRequest(
                url=f"https://reference-api.jin10.com/reference?{urlencode(query)}",
                headers=self.article_headers("JIN10_LIST_APP_ID"),
            )
        ]

    def article_headers(self, app_id: str) -> dict[str, str]:
        """What the client of 市场参考 sends."""
        return {"x-app-id": self.settings[app_id], "x-version": self.settings["JIN10_ARTICLE_VERSION"]}

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        check_code(data, "status", (200,), self.name, response.url)
        if channel == "flash":
            rows = find_list(data, "data", self.name, response.url)
            listing = read_rows(rows, self.flash, self.name, response.url, "id")
            listing.next_cursor = self.older([record.published_raw for record in listing.records], cursor)
            return listing
        rows = find_list(data, "data.list", self.name, response.url)
        listing = read_rows(rows, self.article, self.name, response.url, "id")
        page, size = number(cursor) or 1, number(data["data"].get("page_size")) or PAGE_SIZE
        has_more = bool(rows) and page * size < number(data["data"].get("total"))
        listing.next_cursor = str(page + 1) if has_more else None
        return listing

    @staticmethod
    def older(times: list[str | None], cursor: str) -> str | None:
        """The next ``max_time``, which is inclusive: where a page brought nothing but that second, the one before.

        >>> Jin10.older(["2026-11-21 11:04:59", "2026-11-21 10:23:31"], ""), Jin10.older(["2026-11-21 10:00:00"], "2026-11-21 10:00:00")
        ('2026-11-21 10:23:31', '2026-11-21 09:59:59')
        """
        oldest = min(filter(None, times), default=None)
        if oldest is None or oldest != cursor:
            return oldest
        try:
            return f"{datetime.strptime(oldest, PRINTED) - timedelta(seconds=1):{PRINTED}}"  # noqa: DTZ007 (Beijing's, as served)
        except ValueError:
            return None

    def flash(self, row: dict[str, Any]) -> Record:
        """A flash, a figure of the calendar, or the card of an article; of a locked one only its title is public."""
        data = sub_object(row, "data")
        extras = sub_object(row, "extras")
        locked = bool(data.get("lock"))
        content = raw_text(data, "content")
        title = first_text(data, "vip_title") if locked else first_text(data, "title") or head_of(content)
        image = absolute_url(data.get("pic"))
        body = f"<p>{escape(title or '')}</p>" if locked else paragraphs(content, [image] if image else ())
        return Record(
            key=str(row["id"]),
            url=f"https://flash.jin10.com/detail/{row['id']}",
            headline=title,
            published_raw=first_text(row, "time"),
            publisher=first_text(data, "source"),
            body_html=body,
            securities=[
                security
                for remark in dicts(row.get("remark"))
                if remark.get("type") == "quotes"
                for security in by_letters(first_text(remark, "symbol") or "", first_text(remark, "title"))
            ],
            tags=texts(row.get("tags"), "name") + texts(row.get("tags")),
            importance=stated_number(row.get("important")),
            access="locked" if locked else "open",
            kind="flash",
            skip=ADVERT if extras.get("ad") else CARD if number(row.get("type")) != FLASH else None,
        )

    def article(self, row: dict[str, Any]) -> Record:
        """An article of 市场参考. One for subscribers is archived as what is public of it: its introduction."""
        author = row.get("author")
        nick = first_text(author, "nick") if isinstance(author, dict) else None
        introduction = first_text(row, "introduction")
        paid = any(number(row.get(name)) for name in LOCKED_BY)
        return Record(
            key=str(row["id"]),
            url=f"https://xnews.jin10.com/details/{row['id']}",
            headline=first_text(row, "title"),
            published_raw=first_text(row, "display_datetime"),
            publisher=first_text(row, "source"),
            authors=[nick] if nick else [],
            description=introduction,
            body_html=f"<p>{escape(introduction or first_text(row, 'title') or '')}</p>" if paid else None,
            tags=texts(row.get("reveal_tags"), "name"),
            access=("preview" if introduction else "locked") if paid else "open",
            skip=VIDEO if first_text(row, "type") not in (None, "news") else None,
            headers=self.article_headers("JIN10_DETAIL_APP_ID"),
        )
