"""腾讯新闻: new.qq.com/rain/a/ID, new.qq.com/omn/…/ID.html, view.inews.qq.com/a/ID, xw.qq.com/…/ID, …qq.com/a/20190923/000843.htm.

Some pages show nothing and state the article in a script: ``window.DATA`` with ``originContent.text``, whose comments
``<!--IMG_0-->`` stand for the images of ``originAttribute``; others the same as ``window.initialState``.
Learned from: public scrapers of ``window.DATA`` and ``#Cnt-Main-Article-QQ``; RSSHub's tencent routes.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from crawler.extraction.document import text_of
from crawler.extraction.media_names import clean_publisher
from crawler.pages import first_text, handles
from crawler.pages.served import as_html, child, figure_html, load_object, objects
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

STATE = re.compile(r"""\b(?:window\.)?(?:DATA|initialState|__INITIAL_STATE__|globalConf)\s*=\s*(?=\{)""")
PLACEHOLDER = re.compile(r"<!--\s*(\w+_\d+)\s*-->")


def find_article(state: Any, depth: int = 4) -> dict[str, Any]:
    """The object within a page's state that holds a text; {} where there is none."""
    if not isinstance(state, dict) or depth == 0:
        return {}
    if first_text(child(state, "originContent"), "text") or first_text(child(state, "content"), "text"):
        return state
    if isinstance(state.get("cnt_html") or state.get("content"), str | list) and first_text(state, "title"):
        return state
    inner = (find_article(value, depth - 1) for value in state.values())
    return next((article for article in inner if article), {})


@handles("qq.com")
class QqPage(StatedPage):
    """An article of Tencent News, by its own desks, another medium or an account."""

    site = "qq"
    id_at = (
        re.compile(r"qq\.com/.*?(20\d{6}[A-Z]\w{5,10})(?=\.html?|/|$|\?|&)"),
        re.compile(r"qq\.com/.*?/[A-Z]{3}(20\d{6})(\d{6})\w{2}(?=\.html?|/|$|\?)"),  # NEW2016031302293305
        re.compile(r"qq\.com/.*?(20\d{6})/?(\d{6})(?:_\d+)?(?=\.html?|/|$|\?)"),
    )
    gone = re.compile(
        r"<title>[^<]*(?:404|页面不存在|文章不存在)|(?<=>)\s*(?:抱歉，|您访问的)?(?:文章|页面|内容)(?:不存在|已被?删除|已下线)[^<]{0,10}(?=<)"
    )
    headline_at = fields("//h1", "//*[@class='hd']/h1")
    published_script = (
        re.compile(r"""["'](?:pubtime|pub_time)["']\s*:\s*["'](\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)"""),
        re.compile(r"""pubtime\s*:\s*'([\d年月日: -]{10,20})'"""),
    )
    published_at = fields(
        "//meta[@name='apub:time']/@content", "//*[@class='a_time']", "//*[@class='pubTime article-time']"
    )
    publisher_script = (
        re.compile(r'"media"\s*:\s*"([^"]{2,30})"'),
        re.compile(r'"media_name"\s*:\s*"([^"]{2,30})"'),
    )
    publisher_at = fields(
        "//*[@class='a_source']",
        "//*[@bosszone='jgname']",
        "//*[contains(@class, 'media-name')]",
        "//*[@class='author']",
    )
    authors_at = fields("//*[@class='a_author']")
    body_at = fields(
        "//*[@id='Cnt-Main-Article-QQ']", "//*[contains(concat(' ', @class, ' '), ' content-article ')]", "//*[@id='ArticleContent']",
        "//*[contains(@class, 'rich_media_content')]", "//*[@id='article-content']",
    )  # fmt: skip
    drop = fields(
        ".//*[contains(@class, 'rv-root') or contains(@class, 'mbArticleShareBtn') or @id='backqqcom' or @class='a_share'] | .//*[contains(@class, 'video_')]"
        " | .//p[normalize-space(.) = '精彩视频推荐' or normalize-space(.) = '相关视频' or (starts-with(normalize-space(.), '【') and contains(., '归腾讯公司'))]"
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        native_id = super().native_id(link)
        # 20190923/000843 of the portal is 20190923000843 of the app.
        return (
            native_id.replace("-", "")
            if native_id and re.fullmatch(r"20\d{6}-\d{6}", native_id)
            else native_id
        )

    @cached_property
    def record(self) -> dict[str, Any]:
        """The article in the page's state; {} where there is none."""
        return find_article(load_object(self.served.html, STATE))

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        elements = (element for find in self.body_at for element in find(self.served.root))
        if any(text_of(element) for element in elements):
            return None
        record = self.record
        text = first_text(child(record, "originContent"), "text") or first_text(
            child(record, "content"), "text"
        )
        html = as_html(text) if text else as_html(first_text(record, "cnt_html", "content") or "")
        html = self.fill_placeholders(html) or blocks_html(record.get("content"))
        return (first_text(record, "title"), html) if html else None

    def fill_placeholders(self, html: str) -> str:
        """*html* with the images of the record in the place of comments such as ``<!--IMG_0-->``."""
        attributes = {**child(self.record, "attribute"), **child(self.record, "originAttribute")}

        def fill(match: re.Match[str]) -> str:
            entry = attributes.get(match[1])
            if not isinstance(entry, dict) or not match[1].startswith("IMG"):
                return ""
            sizes = [child(entry, "img", name) for name in ("imgurl1000", "imgurl641", "imgurl0")]
            url = first_text(entry, "imgurl0", "imgurl1000", "imgurl641", "imgurl", "origUrl", "url") or next(
                (url for size in sizes if (url := first_text(size, "imgurl"))), None
            )
            return figure_html(url, first_text(entry, "desc"))

        return PLACEHOLDER.sub(fill, html)

    def published(self) -> str | None:
        return (
            first_text(self.record, "pubtime", "pub_time", "time") if self.stated else None
        ) or super().published()

    def publisher(self) -> str | None:
        stated = first_text(self.record, "media", "media_name", "src", "source") if self.stated else None
        return clean_publisher(stated) or super().publisher()


def blocks_html(content: Any) -> str:
    """A text that is a list of paragraphs and images as HTML."""
    parts = []
    for block in objects(content):
        url = first_text(block, "img_url", "imgurl", "url") if "img" in str(block.get("type")) else None
        value = first_text(block, "value", "text", "desc")
        parts.append(figure_html(url, first_text(block, "desc")) if url else as_html(value or ""))
    return "".join(parts)
