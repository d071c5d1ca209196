"""每日经济新闻: columns (pages that lead to articles), e.g. www.nbd.com.cn/columns/1161/."""

from __future__ import annotations

import re
from datetime import timedelta

from parsel import Selector
from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.sources import Channel, Listing, ListRequest, Record, Source, Window, register
from crawler.sources.rows import check_read

ARTICLE = re.compile(r"/articles/(\d{4}-\d\d-\d\d)/(\d+)\.html")


@register
class Nbd(Source):
    """A page holds about 80 links under their days, some of them twice; it goes no further back."""

    name = "nbd"
    title = "每经网"
    hosts = ("nbd.com.cn",)
    publisher = "每日经济新闻"
    interval = timedelta(minutes=5)
    is_numbered = True
    channels = {"1161": Channel("每经头条", is_default=True)}

    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        return [ListRequest(url=f"https://www.nbd.com.cn/columns/{channel}/")]

    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        records = []
        for row in Selector(text=decode(response.body) or "<html/>", type="html").xpath(
            "//li[.//a[contains(@href, '/articles/')]]"
        ):
            link = row.xpath(".//a[contains(@href, '/articles/')][normalize-space()]")
            match = ARTICLE.search(link.xpath("@href").get(""))
            if match is None:
                continue
            days = row.xpath(
                "ancestor::div[contains(@class, 'm-list')][1]//p[contains(@class, 'u-channeltime')]"
            )
            day = " ".join(days.xpath("string()").get("").split()) or match[1]
            clock = " ".join(row.xpath(".//span[contains(., ':')]").xpath("string()").get("").split())
            records.append(
                Record(
                    key=match[2],
                    url=f"https://www.nbd.com.cn/articles/{match[1]}/{match[2]}.html",
                    headline=" ".join(link.xpath("string()").get("").split()) or None,
                    published_raw=f"{day} {clock}".strip(),
                )
            )
        check_read(["no link to an article"], records, self.name, response.url)
        return Listing(records=records)
