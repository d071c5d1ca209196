"""格隆汇: lives (flashes, full text in the list)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from crawler.pages import first_text
from crawler.sources import FLASH_INTERVAL, Channel, Listing, ListRequest, Record, Source, Window, register
from crawler.sources.codes import market_number, tag
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


@register
class Gelonghui(Source):
    """The list of www.gelonghui.com, always 15 records; without a time in the query it answers a cached page."""

    name = "gelonghui"
    title = "格隆汇"
    hosts = ("gelonghui.com",)
    publisher = "格隆汇"
    channels = {
        "lives": Channel("快讯", is_default=True, interval=FLASH_INTERVAL),
        "important": Channel("重要", interval=FLASH_INTERVAL),
    }

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        query = {
            "category": "all" if channel == "lives" else channel,
            "liveId": cursor,
            "limit": 15,
            "timestamp": int(window.now.timestamp() * 1000),
        }
        return [
            ListRequest(url=f"https://www.gelonghui.com/api/live-channels/all/lives/v4?{urlencode(query)}")
        ]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        check_code(data, "statusCode", (200,), self.name, response.url)
        rows = find_list(data, "result", self.name, response.url)
        listing = read_rows(rows, self.flash, self.name, response.url, "id")
        oldest = min((number(record.key) for record in listing.records), default=0)
        listing.next_cursor = str(oldest) if oldest and str(oldest) != cursor else None
        return listing

    def flash(self, row: dict[str, Any]) -> Record:
        """A live; its text begins with the house's name and the day."""
        text = raw_text(row, "content")
        source = sub_object(row, "source")
        statistic = sub_object(row, "statistic")
        images: list[Any] = row["pictures"] if isinstance(row.get("pictures"), list) else []
        images = [
            address
            for image in images
            if (
                address := absolute_url(
                    image
                    if isinstance(image, str)
                    else first_text(image, "url", "src", "link")
                    if isinstance(image, dict)
                    else None
                )
            )
        ]
        return Record(
            key=str(row["id"]),
            url=absolute_url(row.get("route")) or f"https://www.gelonghui.com/live/{row['id']}",
            headline=first_text(row, "title") or head_of(text),
            published_raw=first_text(row, "createTimestamp"),
            updated_raw=first_text(row, "updateTimestamp"),
            publisher=first_text(source, "name"),
            body_html=paragraphs(text, images),
            securities=[
                security
                for stock in dicts(row.get("relatedStocks"))
                if (code := first_text(stock, "code"))
                for security in tag(
                    market_number(first_text(stock, "market") or "", code), code, first_text(stock, "name")
                )
            ],
            tags=texts(row.get("relatedInfos"), "name"),
            importance=stated_number(row.get("level")),
            access="preview" if statistic.get("isPay") else "open",
            kind="flash",
        )
