"""环球网: CHANNEL.huanqiu.com/article/48XYZabc, m.huanqiu.com/article/48XYZabc, 3w.huanqiu.com/a/c36dc8/48XYZabc, and before 2019
CHANNEL.huanqiu.com/exclusive/2018-05/12001234.html with m.huanqiu.com/r/MV8wXz…, base64 of 1_0_12001234_1259_1525334480.

Since 2020 headline, text, time (ms), source are in ``<textarea class="article-...">``, which a script shows.
Learned from: RSSHub's huanqiu route, public rule lists for these fields and for ``.la_con`` and ``.t-container-title`` before.
"""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from archive.times import BEIJING
from crawler.extraction.document import squeeze
from crawler.extraction.markup import elements_of
from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.pages import handles
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

FIELD = re.compile(r"""<textarea\b[^<>]{0,200}?class=["']article-([\w-]+)["'][^<>]{0,200}>""", re.IGNORECASE)
FIELD_ENDS = re.compile("</textarea", re.IGNORECASE)
SHARED = re.compile(r"huanqiu\.com/r/([\w%=-]{20,})")
TAG = re.compile(r"<[^<>]*>")
# 【环球时报驻某国特约记者 某某 环球时报记者 某某 某某】
BYLINE = re.compile(r"^[【\[]([^】\]]{0,40}记者[^】\]]{2,60})[】\]]")


@handles("huanqiu.com")
class HuanqiuPage(StatedPage):
    """An article of huanqiu.com."""

    site = "huanqiu"
    id_at = (
        re.compile(r"/article/([0-9A-Za-z]{8,16})(?![0-9A-Za-z])"),
        re.compile(r"/a/[0-9a-z]{4,8}/([0-9A-Za-z]{8,16})(?![0-9A-Za-z])"),
        re.compile(r"/(\d{4})-\d\d/(\d{5,})(?:_\w+)?\.html"),
    )
    gone = re.compile(
        r"<title>[^<]{0,12}404[^<]{0,20}</title>|>\s*(?:抱歉[，,])?您(?:访问|查看|要找)的(?:页面|文章|内容)(?:不存在|已删除|已下线)[^<]{0,20}<"
    )
    headline_at = fields("//div[@class='t-container-title']/h3", "//h1[@class='tle' or @class='a-title']")
    published_at = fields("//p[@class='time']", "//span[@class='la_t_a']", "//*[@id='pubtime_baidu']")
    publisher_at = fields(
        "//span[@class='source']/span", "//span[@class='la_t_b']/a", "//*[@id='source_baidu']//a"
    )
    publisher_name = "环球网"
    body_at = fields("//div[@class='la_con' or @class='a-con']", "//div[@id='text']")
    drop = fields(".//*[@class='adv' or contains(@class, 'reTopics') or contains(@class, 'la_edit')]")

    @classmethod
    def native_id(cls, link: str) -> str | None:
        if match := SHARED.search(link):
            with suppress(ValueError):
                parts = b64decode(unquote(match[1]) + "==", altchars=b"-_").decode().split("_")
                when = datetime.fromtimestamp(int(parts[-1]), BEIJING)
                return f"{when.year}-{int(parts[2])}"
        return super().native_id(link)

    @cached_property
    def record(self) -> dict[str, str]:
        """The page's fields by name: ``title``, ``content``, ``time``, ``source-name``, ..."""
        elements = elements_of(self.served.html, FIELD, FIELD_ENDS)
        return {tag[1]: unescape(text).strip() for tag, text in elements}

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        text = self.record.get("content")
        return (squeeze(self.record.get("title")) or None, text) if text else None

    def published(self) -> str | None:
        return self.record.get("time") or super().published()

    def publisher(self) -> str | None:
        return clean_publisher(TAG.sub("", self.record.get("source-name", ""))) or super().publisher()

    def authors(self, publisher: str | None) -> list[str]:
        for line in self.body.lines[:2] if self.body else []:
            if (match := BYLINE.match(line)) and (names := names_in(match[1])):
                return names
        return super().authors(publisher)

    def canonical_url(self) -> str:
        host, number = self.record.get("host"), self.record.get("aid")
        if host and number and re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.?huanqiu\.com", host):
            return f"https://{host}/article/{number}"
        return super().canonical_url()
