"""新浪财经: 7x24 (flashes, full text in the list), rolls and columns (articles).

The 7x24 list holds readers' comments and the mail addresses of staff (`Sina.personal`); neither is read.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from parsel import Selector
from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.pages import first_text
from crawler.sources import (
    CARD,
    DELETED,
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
from crawler.sources.codes import by_letters, tag
from crawler.sources.rows import (
    absolute_url,
    check_code,
    check_read,
    dicts,
    find_list,
    head_of,
    number,
    paragraphs,
    raw_text,
    read_json,
    read_rows,
    texts,
)

ROLLS = {"2516": "财经滚动", "2515": "经济要闻"}
COLUMNS = {"56592": "上市公司", "56589": "大盘", "56598": "宏观"}
ROLL_SIZE, LIVE_SIZE = 50, 100  # records of a page, the most that each answers
ARTICLE = re.compile(r"/(?:doc|detail)-i[a-z0-9]+|/(?:19|20)\d\d-?\d\d-?\d\d/\d+\.shtml")
DAY = re.compile(r"/(20\d\d)-?(\d\d)-?\d\d/")
PRINTED = re.compile(r"(\d{1,2})月(\d{1,2})日\s*(\d{1,2}:\d\d)")


def stated_time(printed: str, link: str) -> str | None:
    """A time printed without its year, with the year of the link's day.

    >>> stated_time("(11月20日 22:15)", "https://a.test/2026-11-20/doc-ia1.shtml"), stated_time("(01月01日 00:05)", "/2026-12-31/")
    ('2026年11月20日 22:15', '2027年1月1日 00:05')
    """
    match, day = PRINTED.search(printed), DAY.search(link)
    if match is None:
        return None
    if day is None:
        return match[0]
    year = int(day[1]) + (day[2] == "12" and match[1] in ("1", "01")) - (day[2] == "01" and match[1] == "12")
    return f"{year}年{int(match[1])}月{int(match[2])}日 {match[3]}"


@register
class Sina(Source):
    """Lists of zhibo.sina.com.cn, feed.mix.sina.com.cn and finance.sina.com.cn."""

    name = "sina"
    title = "新浪财经"
    hosts = ("finance.sina.com.cn", "finance.sina.cn", "zhibo.sina.com.cn", "feed.mix.sina.com.cn")
    publisher = "新浪财经"
    personal = ("creator", "mender", "check_user", "compere_info", "comment_list")
    channels = {
        "7x24": Channel("7x24 小时", is_default=True, interval=FLASH_INTERVAL),
        **{lid: Channel(title, is_default=True) for lid, title in ROLLS.items()},
        **{f"column-{cid}": Channel(title) for cid, title in COLUMNS.items()},
    }

    def has_channel(self, name: str) -> bool:
        return name in self.channels or name.removeprefix("column-").isdigit()

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        page = cursor or "1"
        if channel == "7x24":
            query = {
                "page": page,
                "page_size": LIVE_SIZE,
                "zhibo_id": 152,
                "tag_id": 0,
                "dire": "f",
                "dpc": 1,
            }
            return [ListRequest(url=f"https://zhibo.sina.com.cn/api/zhibo/feed?{urlencode(query)}")]
        if channel.startswith("column-"):
            cid = channel.removeprefix("column-")
            return [ListRequest(url=f"https://finance.sina.com.cn/roll/c/{cid}.shtml")]
        query = {"pageid": 153, "lid": channel, "k": "", "num": ROLL_SIZE, "page": page}
        return [ListRequest(url=f"https://feed.mix.sina.com.cn/api/roll/get?{urlencode(query)}")]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        if channel.startswith("column-"):
            return self.read_column(response)
        data = read_json(response, self.name)
        result = data.get("result") if isinstance(data, dict) else None
        status = result.get("status") if isinstance(result, dict) else None
        check_code(status, "code", (0,), self.name, response.url, "msg")
        page = number(cursor) or 1
        if channel == "7x24":
            rows = find_list(data, "result.data.feed.list", self.name, response.url)
            listing = read_rows(rows, self.flash, self.name, response.url, "id")
            info = data["result"]["data"]["feed"].get("page_info")
            has_more = bool(rows) and page < number(info.get("totalPage") if isinstance(info, dict) else 0)
        else:
            rows = find_list(data, "result.data", self.name, response.url)
            listing = read_rows(rows, self.article, self.name, response.url)
            has_more = len(rows) >= ROLL_SIZE
        listing.next_cursor = str(page + 1) if has_more else None
        return listing

    def flash(self, row: dict[str, Any]) -> Record:
        """A record of 7x24. It has no address at first; it gets one within minutes."""
        text = raw_text(row, "rich_text")
        try:
            extra = json.loads(row.get("ext") or "{}", strict=False)
        except (TypeError, ValueError):
            extra = {}
        extra = extra if isinstance(extra, dict) else {}
        securities = []
        for stock in dicts(extra.get("stocks")):
            # Names are matched blindly: 利雅得 (Riyadh) is listed as 430542.
            symbol, name = first_text(stock, "symbol") or "", first_text(stock, "key")
            if symbol.isdigit():
                market = {"fund": "1" if symbol.startswith("5") else "0", "sb": "0"}.get(
                    first_text(stock, "market") or ""
                )
                securities += tag(market, symbol, name, text)
            else:
                letters = (
                    ""
                    if symbol[:2].lower() in ("sh", "sz", "bj", "hk")
                    else first_text(stock, "market") or ""
                )
                securities += by_letters(f"{symbol}.{letters}" if letters else symbol, name, text)
        image = absolute_url(row.get("multimedia"))
        return Record(
            key=str(row["id"]),
            url=absolute_url(row.get("docurl")),
            native_id=f"live-{row['id']}",
            headline=head_of(text),
            published_raw=first_text(row, "create_time"),
            updated_raw=first_text(row, "update_time"),
            body_html=paragraphs(text, [image] if image else ()),
            securities=securities,
            tags=texts(row.get("tag"), "name"),
            importance=int(bool(number(row.get("is_focus")) or number(row.get("top_value"))))
            if "is_focus" in row
            else None,
            kind="flash",
            skip=DELETED if number(row.get("is_delete")) else None,
        )

    def article(self, row: dict[str, Any]) -> Record | None:
        """A row of a roll; None where it has no address."""
        url = absolute_url(row.get("url"))
        key = first_text(row, "docid") or url
        if url is None or key is None:
            return None
        return Record(
            key=key,
            url=url,
            headline=first_text(row, "title"),
            published_raw=first_text(row, "ctime"),
            updated_raw=first_text(row, "mtime"),
            publisher=first_text(row, "media_name"),
            description=first_text(row, "intro", "summary"),
            tags=[word for word in (first_text(row, "keywords") or "").split(",") if word],
            skip=VIDEO if number(row.get("vid")) else None,
        )

    def read_column(self, response: Response) -> Listing:
        """A page of about 200 links; it goes no further back."""
        rows = Selector(text=decode(response.body) or "<html/>", type="html").css(
            "ul#listcontent > li, .listBlk li"
        )
        records = []
        for row in rows:
            link = response.urljoin(row.css("a::attr(href)").get("").strip())
            title = " ".join(row.css("a").xpath("string()").get("").split())
            records.append(
                Record(
                    key=link,
                    url=link,
                    headline=title or None,
                    published_raw=stated_time(row.css("span").xpath("string()").get(""), link),
                    skip=None if ARTICLE.search(link) else CARD,
                )
            )
        check_read(["no ul#listcontent"], records, self.name, response.url)
        return Listing(records=records)
