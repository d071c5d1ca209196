"""巨潮资讯: announcements of listed companies, each a PDF document."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.http import Response

from archive.times import BEIJING
from crawler.pages import first_text
from crawler.sources import Channel, Listing, ListRequest, Record, Source, Window, register
from crawler.sources.codes import market_number, tag
from crawler.sources.rows import check_read, number, read_json, read_rows

FILES = "http://static.cninfo.com.cn/"
TAGS = re.compile(r"</?em>")
BOARDS = {"SZ": "SZ", "SH": "SH", "BJ": "BJ", "HK": "HK"}


@register
class Cninfo(Source):
    """A form asks for the announcements of a span of days, 30 a page; their texts are in the PDFs alone."""

    name = "cninfo"
    title = "巨潮资讯"
    hosts = ("cninfo.com.cn",)
    publisher = "巨潮资讯网"
    interval = timedelta(minutes=10)
    channels = {
        "announcements": Channel("公告", is_default=True, may_be_empty=True),
        "szse": Channel("深市公告", may_be_empty=True),
        "sse": Channel("沪市公告", may_be_empty=True),
        "bj": Channel("北交所公告", may_be_empty=True),
    }

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        since = (window.since or window.now - timedelta(days=1)).astimezone(BEIJING)
        until = (window.until or window.now + timedelta(days=1)).astimezone(BEIJING)
        form = {
            "pageNum": cursor or "1", "pageSize": "30", "column": "" if channel == "announcements" else channel,
            "tabName": "fulltext", "category": "", "seDate": f"{since:%Y-%m-%d}~{until:%Y-%m-%d}", "isHLtitle": "true",
        }  # fmt: skip
        return [ListRequest(url="http://www.cninfo.com.cn/new/hisAnnouncement/query", form=form)]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        if isinstance(data, dict) and "announcements" in data and data["announcements"] is None:
            return Listing(records=[])  # as a day without announcements is answered
        rows = data.get("announcements") if isinstance(data, dict) else None
        check_read([data], [rows] if isinstance(rows, list) else [], self.name, response.url)
        assert isinstance(rows, list)
        listing = read_rows(rows, self.document, self.name, response.url)
        listing.next_cursor = str((number(cursor) or 1) + 1) if rows and data.get("hasMore") else None
        return listing

    def document(self, row: dict[str, Any]) -> Record | None:
        """An announcement; None where it has no file."""
        ident, path = first_text(row, "announcementId"), first_text(row, "adjunctUrl")
        if ident is None or path is None:
            return None
        company, title = first_text(row, "secName"), TAGS.sub("", first_text(row, "announcementTitle") or "")
        codes = [code for code in re.split(r"[,，]", first_text(row, "secCode") or "") if code]
        board = (first_text(row, "pageColumn") or "")[:2]
        return Record(
            key=ident,
            url=FILES + path.lstrip("/"),
            headline=f"{company}：{title}" if company and title else title or company,
            published_raw=self.stated_time(number(row.get("announcementTime"))),
            securities=[
                security
                for code in codes
                for security in tag(
                    market_number(BOARDS.get(board, "CN"), code), code, company if len(codes) == 1 else None
                )
            ],
            kind="document",
        )

    @staticmethod
    def stated_time(milliseconds: int) -> str | None:
        """Milliseconds as served; midnight in Beijing states the day only.

        >>> Cninfo.stated_time(1795190400000), Cninfo.stated_time(1795237800000), Cninfo.stated_time(0)
        ('2026-11-21', '1795237800000', None)
        """
        if not milliseconds:
            return None
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(BEIJING)
        return (
            f"{moment:%Y-%m-%d}"
            if (moment.hour, moment.minute, moment.second) == (0, 0, 0)
            else str(milliseconds)
        )
