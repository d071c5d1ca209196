"""今日头条: toutiao.com/a123…, /i123…, /article/123…, /group/123…, /w/123… and the same on m.toutiao.com, m.toutiaocdn.com,
m.toutiaoimg.cn and .com; m.toutiao.com/is/AbC is short and redirects.

Older pages hold the article in a script (``articleInfo: {title, content, subInfo: {source, time}}``, the markup as
entities), galleries in ``BASE_DATA.galleryInfo``, newer ones in ``RENDER_DATA``, a JSON in percent-encoding, or ready in ``article``.
Learned from: public scrapers of ``BASE_DATA.articleInfo`` and of ``RENDER_DATA``; RSSHub's toutiao routes.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

from crawler.extraction.document import SCRIPT_ENDS, unquote_js
from crawler.extraction.markup import contents_of
from crawler.extraction.media_names import clean_publisher
from crawler.pages import first_text, handles
from crawler.pages.served import as_html, image_html, load_answer, load_object
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

INFO = re.compile(r"articleInfo:\s*\{")
INFO_ENDS = re.compile(r"(?:tagInfo|has_extern_link|commentInfo|mediaInfo)\s*:")
IDS = {"itemId", "item_id", "thread_id", "threadId", "groupId", "group_id"}  # of posts, which have no title
GALLERY = re.compile(r"BASE_DATA\.galleryInfo\s*=\s*")
ACCOUNT = re.compile(r"\bmediaInfo:\s*\{\s*name:\s*'([^']{2,30})'")
RENDERED = re.compile(r"""<script[^<>]{0,200}id=["']RENDER_DATA["'][^<>]{0,200}>""")


def find_field(name: str, source: str) -> str | None:
    """A text field of a script's object."""
    match = re.search(rf"""\b{name}\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""", source)
    return unescape(unquote_js(match[1] or match[2] or "")).strip().strip('"') or None if match else None


def read_gallery(source: str) -> dict[str, Any]:
    """The record of a page of images, each with a text; {} where the page is another."""
    record = load_object(source, GALLERY)
    gallery = load_answer(str(record.get("gallery") or ""))
    images, texts = gallery.get("sub_images"), gallery.get("sub_abstracts")
    if not isinstance(images, list) or not isinstance(texts, list):
        return {}
    account = ACCOUNT.search(source)
    return {
        "title": record.get("title"),
        "content": "".join(
            f"{image_html([first_text(image, 'url')])}<p>{escape(str(text))}</p>"
            for image, text in zip(images, texts, strict=False)
            if isinstance(image, dict)
        ),
        "publishTime": record.get("publish_time"),
        "source": account[1] if account else None,
    }


def find_article(state: Any) -> dict[str, Any]:
    """The record with the article's text within a page's state; {} where there is none."""
    if isinstance(state, dict):
        if isinstance(state.get("content"), str) and (state.get("title") or IDS.intersection(state)):
            return state
        for value in state.values():
            if article := find_article(value):
                return article
    return {}


@handles("toutiao.com", "toutiaocdn.com", "toutiaoimg.com", "toutiaoimg.cn")
class ToutiaoPage(StatedPage):
    """An article of Toutiao, by a medium or an account: that is its publisher."""

    site = "toutiao"
    id_at = (
        re.compile(r"(?:/(?:[ai]|group/|article/|w/|item/|video/)|[?&](?:group_id|item_id)=)(\d{15,20})"),
    )
    gone = re.compile(
        r"<title>[^<]*(?:页面不存在|已删除|404)|文章(?:不存在|已被删除|已下架)(?=\s*<)|很抱歉，您访问的内容不存在"
    )
    walled = re.compile(r"<title>\s*(?:验证码中间页|安全验证)|window\._waf_|secsdk-captcha-drag")
    headline_at = fields(
        "//h1[contains(@class, 'article-title')]", "//div[contains(@class, 'article-content')]/h1"
    )
    publisher_at = fields(
        "//*[contains(@class, 'article-meta')]//*[contains(@class, 'name')]",
        "//*[contains(@class, 'article-subtitle')]//*[contains(@class, 'source') or contains(@class, 'name')]",
        "//*[@id='mediaName']",
    )
    body_at = fields(
        "//article[contains(@class, 'syl-article-base') or contains(@class, 'syl-page-article')]",
        "//*[contains(concat(' ', @class, ' '), ' article-content ')]//article",
        "//*[contains(concat(' ', @class, ' '), ' article-content ')]",
        "//*[contains(@class, 'article__content')]",
    )

    @cached_property
    def record(self) -> dict[str, Any]:
        """What a script of the page states of the article."""
        rendered = next(contents_of(self.served.html, RENDERED, SCRIPT_ENDS), None)
        if rendered is not None:
            try:
                return find_article(json.loads(unquote(rendered)))
            except ValueError:
                return {}
        for info in contents_of(self.served.html, INFO, INFO_ENDS):
            names = {"title": "title", "content": "content", "source": "source", "publishTime": "time"}
            return {name: value for name, key in names.items() if (value := find_field(key, info))}
        return read_gallery(self.served.html)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        content = self.record.get("content")
        if not isinstance(content, str) or not content.strip():
            return None
        html = as_html(content)
        lists = (self.record.get(name) for name in ("image_list", "imageList", "large_image_list", "gallery"))
        entries = [entry for images in lists if isinstance(images, list) for entry in images]
        images = [first_text(entry, "url", "src") if isinstance(entry, dict) else entry for entry in entries]
        return first_text(self.record, "title"), html + (
            "" if "<img" in html else image_html(dict.fromkeys(images))
        )

    def published(self) -> str | None:
        return first_text(self.record, "publishTime", "publish_time", "time") or super().published()

    def publisher(self) -> str | None:
        media = self.record.get("mediaInfo") or self.record.get("media_user")
        account = first_text(media, "name", "screen_name") if isinstance(media, dict) else None
        stated = first_text(self.record, "source", "detailSource") or account
        if stated or self.stated:
            return clean_publisher(stated)
        return super().publisher()

    def canonical_url(self) -> str:
        number = self.native_id(self.response.url) or ""
        return f"https://www.toutiao.com/article/{number}/" if number.isdigit() else super().canonical_url()
