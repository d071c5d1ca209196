"""东方财富: columns and live news lead to articles of `finews`, research reports to their pages.

The columns are numbered; those without a title here work as well (``eastmoney/1207``).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from archive.times import BEIJING
from crawler.pages import first_text
from crawler.sources import FLASH_INTERVAL, Channel, Listing, ListRequest, Record, Source, Window, register
from crawler.sources.codes import by_letters, market_number, tag
from crawler.sources.rows import (
    absolute_url,
    check_code,
    find_list,
    head_of,
    number,
    read_json,
    read_rows,
    texts,
)

COLUMNS = {
    "344": "财经导读", "371": "财经时评", "374": "股市评论", "345": "要闻", "350": "国内经济", "353": "证券聚焦", "351": "国际经济",
    "352": "宏观研究", "349": "沪深公司", "535": "港股公司", "437": "中概股", "440": "欧美公司", "355": "产经", "670": "商业资讯", "421": "行业研究",
    "1138": "财富观察", "365": "热点", "363": "纵深", "372": "产业透视", "373": "商业观察", "683": "创业", "407": "大盘", "408": "板块",
    "415": "热门股", "423": "主力", "448": "新股", "449": "新股", "450": "新股", "628": "再融资", "627": "再融资", "830": "期指",
    "532": "港股聚焦", "782": "亚太", "436": "美股", "781": "欧洲", "583": "理财", "1207": "财经早餐",
}  # fmt: skip
REPORTS = {
    "report-stock": ("0", "zw_stock"),
    "report-industry": ("1", "zw_industry"),
    "report-macro": ("2", "zw_macresearch"),
}
PAGE_SIZE = 100
EXCHANGES = {"SHANGHAI": "SH", "SHENZHEN": "SZ", "BEIJING": "BJ"}


@register
class Eastmoney(Source):
    """Lists of np-listapi.eastmoney.com, np-weblist.eastmoney.com and reportapi.eastmoney.com; none is signed."""

    name = "eastmoney"
    title = "东方财富"
    hosts = ("eastmoney.com",)
    site = "finews"
    publisher = "东方财富网"
    is_numbered = True
    channels = {
        **{
            column: Channel(title, is_default=column in ("344", "345", "350"))
            for column, title in COLUMNS.items()
        },
        "flash": Channel("7x24 快讯", is_default=True, interval=FLASH_INTERVAL),
        **{
            name: Channel(title, may_be_empty=True)
            for name, title in zip(REPORTS, ("个股研报", "行业研报", "宏观研报"), strict=True)
        },
    }

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        # Any unique value: the lists answer 403 without one.
        trace = {"req_trace": str(int(window.now.timestamp() * 1000))}
        if channel in REPORTS:
            since = (window.since or window.now - timedelta(days=2)).astimezone(BEIJING)
            until = (window.until or window.now).astimezone(BEIJING)
            query: dict[str, Any] = {
                "pageSize": PAGE_SIZE, "beginTime": f"{since:%Y-%m-%d}", "endTime": f"{until:%Y-%m-%d}",
                "pageNo": cursor or "1", "qType": REPORTS[channel][0],
            }  # fmt: skip
            return [ListRequest(url=f"https://reportapi.eastmoney.com/report/list?{urlencode(query)}")]
        if channel == "flash":
            query = {
                "client": "web", "biz": "web_724", "fastColumn": "102", "sortEnd": cursor, "pageSize": PAGE_SIZE,
            } | trace  # fmt: skip
            return [
                ListRequest(
                    url=f"https://np-weblist.eastmoney.com/comm/web/getFastNewsList?{urlencode(query)}"
                )
            ]
        query = {
            "client": "web", "biz": "web_news_col", "column": channel, "order": 2, "page_index": cursor or "1",
            "page_size": PAGE_SIZE, "fields": "code,showTime,title,mediaName,summary,image,url,uniqueUrl,Np_dst",
        } | trace  # fmt: skip
        return [
            ListRequest(url=f"https://np-listapi.eastmoney.com/comm/web/getNewsByColumns?{urlencode(query)}")
        ]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        if channel in REPORTS:
            return self.read_reports(data, response.url, channel, cursor)
        check_code(data, "code", ("1", "0", 1, 0), self.name, response.url)
        path = "data.fastNewsList" if channel == "flash" else "data.list"
        rows = find_list(data, path, self.name, response.url)
        listing = read_rows(rows, partial(self.record, channel=channel), self.name, response.url)
        if channel == "flash":
            following = str(data["data"].get("sortEnd") or "")
            listing.next_cursor = following if rows and following not in ("", cursor) else None
            return listing
        page_size = min(number(data["data"].get("page_size")) or PAGE_SIZE, PAGE_SIZE)
        page = number(cursor) or 1
        listing.next_cursor = str(page + 1) if len(rows) >= page_size else None
        return listing

    def record(self, row: dict[str, Any], channel: str) -> Record | None:
        """A row of a column or of the live news; None where it has no code."""
        code = first_text(row, "code")
        if code is None:
            return None
        own = code.isdigit() and first_text(row, "np_dst", "Np_dst") != "CFH"
        listed = absolute_url(row.get("uniqueUrl")) or absolute_url(row.get("url"))
        url = f"https://finance.eastmoney.com/a/{code}.html" if own else listed
        if url is None:
            return None
        summary = first_text(row, "summary")
        return Record(
            key=code,
            url=url,
            headline=first_text(row, "title") or head_of(summary or ""),
            published_raw=first_text(row, "showTime"),
            publisher=first_text(row, "mediaName"),
            description=summary,
            securities=[
                security
                for listed_code in texts(row.get("stockList"))
                for security in tag(*listed_code.partition(".")[::2], None)
            ],
            importance=int(style == "3") if (style := first_text(row, "titleColor", "titleStyle")) else None,
            kind="flash" if channel == "flash" else "article",
        )

    def read_reports(self, data: Any, url: str, channel: str, cursor: str) -> Listing:
        """Research reports: a day, a house, its analysts; the text is on the report's page."""
        rows = find_list(data, "data", self.name, url)
        listing = read_rows(rows, partial(self.report, channel=channel), self.name, url)
        page = number(cursor) or 1
        listing.next_cursor = str(page + 1) if page < number(data.get("TotalPage")) else None
        return listing

    def report(self, row: dict[str, Any], channel: str) -> Record | None:
        """A research report; None where it has no code."""
        code = first_text(row, "infoCode")
        if code is None:
            return None
        stock = first_text(row, "stockCode")
        letters = EXCHANGES.get(first_text(row, "market") or "", "CN")
        researchers = (first_text(row, "researcher") or "").split(",")
        return Record(
            key=code,
            url=f"https://data.eastmoney.com/report/{REPORTS[channel][1]}.jshtml?infocode={code}",
            headline=first_text(row, "title"),
            published_raw=(first_text(row, "publishDate") or "")[:10] or None,
            publisher=first_text(row, "orgSName", "orgName"),
            authors=[name.strip() for name in researchers if name.strip()],
            securities=by_letters(f"{stock}.{letters}", first_text(row, "stockName"))
            if stock and market_number(letters, stock)
            else [],
            tags=[
                text
                for key in ("industryName", "indvInduName", "emRatingName")
                if (text := first_text(row, key))
            ],
        )
