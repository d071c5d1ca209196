"""同花顺: 7x24 (flashes, full text in the list) and columns (pages in GBK that lead to articles)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from parsel import Selector
from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.pages import first_text
from crawler.sources import FLASH_INTERVAL, Channel, Listing, ListRequest, Record, Source, Window, register
from crawler.sources.codes import tag
from crawler.sources.rows import (
    absolute_url,
    check_code,
    check_read,
    dicts,
    find_list,
    number,
    paragraphs,
    read_json,
    read_rows,
    texts,
)

PAGE_SIZE = 50
FLASHES = {
    "flash": ("", "7x24 全部"), "important": ("-21101", "重要"), "a-shares": ("21103", "A股"), "hk": ("21105", "港股"),
    "us": ("21107", "美股"), "chances": ("21109", "机会"), "moves": ("21111", "异动"), "notices": ("34843", "公告"),
}  # fmt: skip
COLUMNS = {
    "today": "今日要闻", "cjzx": "财经要闻", "fssgsxw": "公司新闻", "cjkx": "财经快讯", "fortune": "理财", "jrsc": "金融市场", "guojicj": "国际财经",
    "region": "区域经济", "cjrw": "财经人物", "fc": "房产",
}  # fmt: skip
MARKETS = {"17": "1", "20": "1", "33": "0", "36": "0", "151": "0", "169": "106", "185": "105"}
"""Market numbers of the archive by those of the site; its boards (48) have codes of their own."""
SEQ = re.compile(r"/(?:\d{8}/)?[cm](\d+)")
DAY = re.compile(r"/(20\d\d)(\d\d)\d\d/")


@register
class Tonghuashun(Source):
    """Lists of news.10jqka.com.cn."""

    name = "10jqka"
    title = "同花顺"
    hosts = ("10jqka.com.cn",)
    publisher = "同花顺财经"
    channels = {
        **{
            name: Channel(title, is_default=name == "flash", interval=FLASH_INTERVAL)
            for name, (_, title) in FLASHES.items()
        },
        **{name: Channel(title) for name, title in COLUMNS.items()},
    }

    def has_channel(self, name: str) -> bool:
        return name in self.channels or re.fullmatch(r"[a-z]{2,12}", name) is not None

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        if channel in FLASHES:
            query = {
                "page": cursor or "1",
                "pagesize": PAGE_SIZE,
                "track": "website",
                "tag": FLASHES[channel][0],
            }
            return [ListRequest(url=f"https://news.10jqka.com.cn/tapp/news/push/stock/?{urlencode(query)}")]
        page = f"index_{cursor}.shtml" if cursor else ""
        return [ListRequest(url=f"https://news.10jqka.com.cn/{channel}_list/{page}")]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        page = number(cursor) or 1
        if channel not in FLASHES:
            records = self.read_column(response)
            return Listing(records=records, next_cursor=str(page + 1) if records else None)
        data = read_json(response, self.name)
        check_code(data, "code", ("200", 200), self.name, response.url, "msg")
        rows = find_list(data, "data.list", self.name, response.url)
        listing = read_rows(rows, self.flash, self.name, response.url)
        listing.next_cursor = str(page + 1) if len(rows) >= PAGE_SIZE else None
        return listing

    def flash(self, row: dict[str, Any]) -> Record | None:
        """A record of 7x24; ``seq``, not ``id``, is in its addresses."""
        seq, url = first_text(row, "seq"), absolute_url(row.get("url"))
        if seq is None or url is None:
            return None
        text = next(
            (
                row[name]
                for name in ("digest", "short")
                if isinstance(row.get(name), str) and row[name].strip()
            ),
            "",
        )
        image = absolute_url(row.get("picUrl"))
        return Record(
            key=seq,
            url=url,
            headline=first_text(row, "title"),
            published_raw=first_text(row, "ctime"),
            updated_raw=first_text(row, "rtime"),
            publisher=first_text(row, "source"),
            body_html=paragraphs(text, [image] if image else ()),
            securities=[
                security
                for stock in dicts(row.get("stock"))
                for security in tag(
                    MARKETS.get(first_text(stock, "stockMarket") or ""),
                    first_text(stock, "stockCode") or "",
                    first_text(stock, "name"),
                )
            ],
            tags=[*texts(row.get("tags"), "name"), *texts(row.get("field"), "name")],
            importance=int(number(row["import"]) > 0) if "import" in row else None,
            kind="flash",
        )

    def read_column(self, response: Response) -> list[Record]:
        """A page of 25 articles; one title may stand there twice, under two numbers."""
        declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
        records = []
        rows = Selector(text=decode(response.body, declared) or "<html/>", type="html").css(".list-con li")
        for row in rows:
            link = response.urljoin(row.css(".arc-title a::attr(href)").get("").strip())
            seq = row.css(".arc-title a::attr(data-seq)").get() or ((match := SEQ.search(link)) and match[1])
            if not seq:
                continue
            printed = row.css(".arc-title span").xpath("string()").get("").strip()
            day = DAY.search(link)
            records.append(
                Record(
                    key=seq,
                    url=link.replace("http://", "https://", 1),
                    headline=" ".join(row.css(".arc-title a").xpath("string()").get("").split()) or None,
                    published_raw=f"{day[1]}年{printed}" if day and printed else printed or None,
                    description=" ".join(row.css("a.arc-cont").xpath("string()").get("").split()) or None,
                )
            )
        check_read(
            [row.root.text or "li" for row in rows] or ["no .list-con li"], records, self.name, response.url
        )
        return records
