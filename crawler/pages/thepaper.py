"""澎湃新闻: www.thepaper.cn/newsDetail_forward_123, m.thepaper.cn/newsDetail_forward_123, m.thepaper.cn/detail/123, and the
shares of other apps with ``?contid=123``.

Since 2021 the page is made by Next.js and holds the article as JSON (``__NEXT_DATA__``); before, in ``.news_txt``.
Learned from: RSSHub's thepaper route, public scrapers of ``index_cententWrap`` pages and of "此文章已下线".
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.byline_lines import in_line
from crawler.extraction.document import squeeze
from crawler.extraction.media_names import MEDIUM, clean_publisher
from crawler.extraction.names import names_in
from crawler.pages import Target, first_text, handles
from crawler.pages.served import child, figure_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"""<script\b[^<>]*id=["']__NEXT_DATA__["'][^<>]*>\s*(?=\{)""")
CONTENT_ID = re.compile(
    r"""(?:id=["']hidden_contid["'][^<>]{0,300}value|"contId")["']?\s*[=:]\s*["']?(\d+)"""
)
PLATFORM = re.compile(r"^澎湃(?:新闻)?[·•]?澎湃号")
KINDS = ("contentDetail", "liveDetail", "specialInfo")


def find_detail(state: dict[str, Any]) -> dict[str, Any]:
    """The record of the article within the page's state; {} where there is none."""
    data = child(state, "props", "pageProps", "detailData")
    data = {**child(data, "specialDetail"), **data}
    return next((data[kind] for kind in KINDS if isinstance(data.get(kind), dict)), {})


@handles("thepaper.cn")
class ThepaperPage(StatedPage):
    """An article of thepaper.cn, by its own reporters, another medium or an account (澎湃号)."""

    site = "thepaper"
    id_at = (
        re.compile(
            r"thepaper\.cn/.*?(?:newsDetail(?:_forward)?|rss_newsDetail|detail|baijiahao|series)[_/](\d+)"
        ),
        re.compile(r"thepaper\.cn/.*[?&]contid=(\d+)", re.IGNORECASE),
    )
    gone = re.compile(r"""(?<=text-align:center">)[此该]文章已下线(?=\s*<)|(?<=<title>)[此该]文章已下线""")
    headline_at = fields("//h1[contains(@class, 'news_title') or contains(@class, 'index_title')]")
    publisher_name = "澎湃新闻"
    body_at = fields(
        "//div[contains(concat(' ', @class, ' '), ' news_txt ')]",
        "//div[contains(@class, 'index_cententWrap__')]",
    )
    byline_at = fields(
        "//div[@class='news_about']/p[1][not(contains(., '来源')) and not(contains(., '-'))]",
        "//div[contains(@class, 'index_left__')]/div[1][not(contains(., '来源')) and not(contains(., '-'))]",
    )
    account_at = fields(
        "//div[contains(@class, 'news_paike_author')]//div[@class='name']",
        "//div[contains(@class, 'index_authorInfo') or contains(@class, 'authorName')]//*[contains(@class, 'name')][1]",
    )

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # Shares of other apps lead to pages that the site has given up.
        if ".jsp?" in target.link and target.native_id.isdigit():
            return f"https://www.thepaper.cn/newsDetail_forward_{target.native_id}"
        return target.link

    @cached_property
    def detail(self) -> dict[str, Any]:
        """The record that the page is made from; {} where it is an older page."""
        return find_detail(load_object(self.served.html, STATE))

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        detail = self.detail
        text = detail.get("content") or detail.get("summary") or detail.get("desc")
        if not isinstance(text, str) or not text.strip():
            return None
        images = objects(detail.get("images")) if "<img" not in text else []
        figures = "".join(
            figure_html(first_text(image, "src"), first_text(image, "description")) for image in images
        )
        return first_text(detail, "name", "shareName"), figures + text

    @cached_property
    def byline(self) -> str:
        """The line under the headline: 某某/某报, 澎湃新闻记者 某某, or a medium alone."""
        if self.detail:
            return first_text(self.detail, "author") or ""
        return self.first((), self.byline_at) or ""

    def published(self) -> str | None:
        return first_text(self.detail, "publishTime", "pubTime") or super().published()

    def publisher(self) -> str | None:
        names, _, medium = self.byline.rpartition("/")
        if names and not names_in(medium):
            return clean_publisher(medium) or self.publisher_name
        source = re.sub(r"^来源[:：]\s*", "", first_text(self.detail, "source") or "") or (
            None if self.detail else super().publisher()
        )
        if source and not PLATFORM.search(source) and squeeze(source) != self.publisher_name:
            return clean_publisher(source)
        # What accounts upload is theirs, not the platform's.
        account = first_text(child(self.detail, "authorInfo"), "sname", "name") or self.first(
            (), self.account_at
        )
        if account and (not source or PLATFORM.search(source)):
            return clean_publisher(account)
        if not source and MEDIUM.fullmatch(self.byline) and not self.byline.startswith("澎湃"):
            return clean_publisher(self.byline)
        return clean_publisher(source) or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        names, _, medium = self.byline.rpartition("/")
        return in_line(self.byline) or names_in(names) or names_in(medium) or super().authors(publisher)

    def canonical_url(self) -> str:
        number = self.native_id(self.response.url)
        if not number or not number.isdigit():
            match = CONTENT_ID.search(self.served.html)
            number = first_text(self.detail, "contId") or (match[1] if match else None)
        if number:
            return f"https://www.thepaper.cn/newsDetail_forward_{number}"
        return super().canonical_url()
