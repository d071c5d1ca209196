"""财联社: the telegraph (flashes, full text in the list), the channels and 品见 (articles).

Every query is signed: keys sorted, empty values left out, ``md5(sha1(query))``. ``sv`` is the version of the web client;
an old one is answered like a wrong signature, errno 10012.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from crawler.pages import first_text
from crawler.sources import (
    ADVERT,
    CARD,
    ELSEWHERE,
    FLASH_INTERVAL,
    Channel,
    ClientOutdated,
    Listing,
    ListRequest,
    Record,
    Source,
    Window,
    register,
)
from crawler.sources.codes import by_letters
from crawler.sources.rows import (
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

OUTDATED = 10012
PAGE_SIZE = 50  # records; a larger number is answered by an empty list
COLUMNS = {
    "1000": "头条", "1003": "A股", "1135": "港股", "1007": "环球", "1005": "公司", "1118": "券商", "1110": "基金/ETF", "1006": "地产",
    "1032": "金融", "1119": "汽车", "1111": "科创", "1124": "期货", "1176": "投教",
}  # fmt: skip
NAMED = re.compile(r"作者[:：]\s*([^\s:：]+)")


def signed(query: dict[str, Any]) -> str:
    """*query* with its signature.

    >>> signed({"app": "CailianpressWeb", "os": "web", "sv": "8.7.9", "last_time": 0, "refresh_type": 1, "rn": 20})[-37:]
    'sign=e11ef7d616d8f9a2f056e6df1aefc4d4'
    """
    parameters = {name: str(value) for name, value in sorted(query.items()) if str(value) != ""}
    plain = "&".join(f"{name}={value}" for name, value in parameters.items())
    sha1 = hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()
    return f"{urlencode(parameters)}&sign={hashlib.md5(sha1.encode(), usedforsecurity=False).hexdigest()}"


@register
class Cls(Source):
    """Lists of www.cls.cn."""

    name = "cls"
    title = "财联社"
    hosts = ("cls.cn",)
    publisher = "财联社"
    uses = ("CLS_APP", "CLS_SV")
    is_numbered = True
    channels = {
        "telegraph": Channel("电报", is_default=True, interval=FLASH_INTERVAL),
        **{column: Channel(title, is_default=column == "1000") for column, title in COLUMNS.items()},
        "pinjian": Channel("品见"),
    }

    def first_cursor(self, channel: str, window: Window) -> str:
        return str(int(window.until.timestamp())) if window.until and channel != "pinjian" else ""

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        query: dict[str, Any] = {"app": self.settings["CLS_APP"], "os": "web", "sv": self.settings["CLS_SV"]}
        if channel == "telegraph":
            path = "v1/roll/get_roll_list"
            query |= {"last_time": cursor or "0", "refresh_type": 1, "rn": PAGE_SIZE}
        elif channel == "pinjian":
            path = "v5/web/pinjian/assembled2"
            query |= {"rn": 20}
        else:
            path = f"v3/depth/list/{channel}"
            query |= {"id": channel, "last_time": cursor, "rn": 20}
        return [ListRequest(url=f"https://www.cls.cn/{path}?{signed(query)}")]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        if isinstance(data, dict) and data.get("errno") == OUTDATED:
            raise ClientOutdated(
                f"cls: {response.url} answered errno {OUTDATED} ({first_text(data, 'msg') or 'no reason given'}): the client version "
                f"sv={self.settings['CLS_SV']} is outdated; set CLS_SV to the sv of requests that www.cls.cn sends today"
            )
        check_code(data, "errno", (0,), self.name, response.url, "msg")
        if channel == "pinjian":
            return self.read_pinjian(data, response.url)
        path = "data.roll_data" if channel == "telegraph" else "data"
        rows = find_list(data, path, self.name, response.url)
        record_of = self.flash if channel == "telegraph" else self.article
        listing = read_rows(rows, record_of, self.name, response.url, "id")
        times = [number(row.get("ctime")) for row in dicts(rows) if number(row.get("ctime"))]
        oldest = min(times, default=0)
        # The telegraph goes on strictly below the cursor: plus one, or others of the same second are lost.
        following = str(oldest + 1 if channel == "telegraph" else oldest)
        if following == cursor:
            following = str(oldest) if channel == "telegraph" else ""
        listing.next_cursor = following if oldest and following else None
        return listing

    def flash(self, row: dict[str, Any]) -> Record:
        """A row of the telegraph."""
        content = raw_text(row, "content")
        content = content or first_text(row, "brief") or ""
        images = texts(row.get("images")) or texts([row.get("img")])
        return Record(
            key=str(row["id"]),
            url=f"https://www.cls.cn/detail/{row['id']}",
            headline=first_text(row, "title") or head_of(content),
            published_raw=first_text(row, "ctime"),
            updated_raw=first_text(row, "modified_time"),
            publisher=first_text(row, "author"),
            body_html=paragraphs(content, images),
            securities=[
                security
                for stock in dicts(row.get("stock_list"))
                for security in by_letters(first_text(stock, "StockID") or "", first_text(stock, "name"))
            ],
            tags=texts(row.get("subjects"), "subject_name"),
            importance={"A": 2, "B": 1}.get(level, 0) if (level := first_text(row, "level")) else None,
            kind="flash",
            skip=ADVERT if number(row.get("is_ad")) else None,
        )

    def article(self, row: dict[str, Any]) -> Record:
        """A row of a channel; its ``source`` may be a reporter or a medium, so it is left to the page."""
        skip = ADVERT if number(row.get("is_ad")) else ELSEWHERE if first_text(row, "external_link") else None
        return Record(
            key=str(row["id"]),
            url=f"https://www.cls.cn/detail/{row['id']}",
            headline=first_text(row, "title"),
            published_raw=first_text(row, "ctime") if number(row.get("ctime")) else None,
            description=first_text(row, "brief"),
            tags=texts(row.get("article_tag"), "name"),
            skip=skip,
        )

    def read_pinjian(self, data: Any, url: str) -> Listing:
        """The page 品见: groups of articles and of topic cards, all in one answer."""
        groups = find_list(data, "data.pinjian_home_article", self.name, url)
        rows = [row for group in dicts(groups) for row in dicts(group.get("pinjian_article_arr"))]
        check_read(groups, rows, self.name, url)
        return read_rows(rows, self.card, self.name, url, "id")

    def card(self, row: dict[str, Any]) -> Record:
        """A row of 品见: an article or the card of a topic."""
        record = self.article(row)
        record.authors = NAMED.findall(first_text(row, "author") or "")
        record.skip = record.skip or (CARD if row.get("ctype") == 1 else None)
        return record
