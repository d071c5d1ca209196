"""华尔街见闻: lives (flashes, full text in the list) and articles."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from crawler.pages import first_text
from crawler.sources import (
    ELSEWHERE,
    FLASH_INTERVAL,
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
    read_json,
    read_rows,
    texts,
)

GOOD = 20000
ARTICLES = 30  # of a page; a larger number is answered by data ""
LIVES = {
    "lives": ("global-channel", "7x24 快讯"), "a-stock": ("a-stock-channel", "A股"), "us-stock": ("us-stock-channel", "美股"),
    "hk-stock": ("hk-stock-channel", "港股"), "forex": ("forex-channel", "外汇"), "commodity": ("commodity-channel", "商品"),
    "bond": ("bond-channel", "债券"),
}  # fmt: skip


@register
class Wallstreetcn(Source):
    """Lists of api-one.wallstcn.com and api-one-wscn.awtmt.com."""

    name = "wallstreetcn"
    title = "华尔街见闻"
    hosts = ("wallstreetcn.com", "wallstcn.com", "awtmt.com")
    publisher = "华尔街见闻"
    channels = {
        **{
            name: Channel(title, is_default=name == "lives", interval=FLASH_INTERVAL)
            for name, (_, title) in LIVES.items()
        },
        "articles": Channel("最新文章", is_default=True),
    }

    def first_cursor(self, channel: str, window: Window) -> str:
        return str(int(window.until.timestamp())) if window.until and channel in LIVES else ""

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        parameters = {"cursor": cursor} if cursor else {}
        if channel == "articles":
            query: dict[str, Any] = {"limit": ARTICLES, **parameters}
            return [
                ListRequest(url=f"https://api-one-wscn.awtmt.com/apiv1/content/articles?{urlencode(query)}")
            ]
        query = {"channel": LIVES[channel][0], "client": "pc", "limit": 20, **parameters}
        return [ListRequest(url=f"https://api-one.wallstcn.com/apiv1/content/lives?{urlencode(query)}")]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        data = read_json(response, self.name)
        check_code(data, "code", (GOOD,), self.name, response.url)
        rows = find_list(data, "data.items", self.name, response.url)
        record_of = self.article if channel == "articles" else self.flash
        listing = read_rows(rows, record_of, self.name, response.url, "id")
        following = first_text(data["data"], "next_cursor") or ""
        if channel != "articles" and following.isdigit() and str(int(following) + 1) != cursor:
            # The cursor is the oldest record's second, and excludes it: others of that second would be lost.
            following = str(int(following) + 1)
        listing.next_cursor = following if rows and following not in ("", cursor) else None
        return listing

    def flash(self, row: dict[str, Any]) -> Record:
        """A live. Its text goes on in ``content_more``."""
        text = "".join(part for name in ("content", "content_more") if isinstance(part := row.get(name), str))
        text = text if text.strip() else first_text(row, "content_text") or ""
        images = [
            address
            for image in (*dicts(row.get("images")), *dicts(row.get("cover_images")))
            if (address := absolute_url(image.get("uri") or image.get("url")))
        ]
        symbols: list[Any] = [*texts(row.get("symbols")), *dicts(row.get("symbols"))]
        return Record(
            key=str(row["id"]),
            url=f"https://wallstreetcn.com/livenews/{row['id']}",
            headline=first_text(row, "title") or head_of(text),
            published_raw=first_text(row, "display_time"),
            publisher=first_text(row, "reference"),
            body_html=paragraphs(text, [] if "<img" in text else images),
            securities=[
                security
                for symbol in symbols
                for security in by_letters(
                    (
                        symbol
                        if isinstance(symbol, str)
                        else first_text(symbol, "key", "symbol", "code") or ""
                    ),
                    None if isinstance(symbol, str) else first_text(symbol, "name", "title"),
                )
            ],
            tags=texts(row.get("tags"), "name") + texts(row.get("tags")),
            importance=max(number(row["score"]) - 1, 0) if "score" in row else None,
            access="preview" if row.get("is_priced") else "open",
            kind="flash",
        )

    def article(self, row: dict[str, Any]) -> Record:
        """An article; its ``source_name`` is sometimes a person, so it is left to the page."""
        author = row.get("author")
        name = first_text(author, "display_name") if isinstance(author, dict) else None
        return Record(
            key=str(row["id"]),
            url=f"https://wallstreetcn.com/articles/{row['id']}",
            headline=first_text(row, "title"),
            published_raw=first_text(row, "display_time"),
            authors=[name] if name else [],
            description=first_text(row, "content_short"),
            tags=texts(row.get("categories")),
            access="preview" if row.get("is_priced") else "open",
            skip=ELSEWHERE if row.get("external") else None,
        )
