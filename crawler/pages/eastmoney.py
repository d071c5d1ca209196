"""东方财富网 beside the articles that `finews` reads: caifuhao.eastmoney.com/news/20220502203427525523430 (accounts), the forum
guba.eastmoney.com/news,600519,802527008.html with mguba.eastmoney.com/mguba/article/0/802527008, shares of the app
(emcreative.eastmoney.com/app_fortune/article/index.html?artCode=...), and saved pages of the public articles themselves.

A forum page states its post as JSON, ``var post_article``. Learned from: RSSHub's eastmoney routes, public scrapers of
``.article-body``, ``#zwconbody`` and ``post_article``, and their remarks on the 身份核实 page.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.document import squeeze
from crawler.items import Article
from crawler.pages import Target, first_text, handles, target_of
from crawler.pages.finews import SHELL, FinewsPage
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

POST = re.compile(r"\bvar\s+post_article\s*=\s*(?=\{)")
read_json = json.JSONDecoder(strict=False).raw_decode
META = "//div[contains(@class, 'article-head')]//div[contains(@class, 'article-meta')]"
DIGITS = "translate(., '0123456789', '0000000000')"
TIMED = f"contains({DIGITS}, '0000年') or contains({DIGITS}, '0000-00-00')"


@handles("eastmoney.com")
class EastmoneyPage(StatedPage):
    """An account's article, a forum post, or a saved page of an article of `finews`."""

    site = "eastmoney"
    id_at = (
        re.compile(r"caifuhao\.eastmoney\.com/(?:news|cfh/news)/(\d{17,26})"),
        re.compile(r"guba\.eastmoney\.com/news,\w+,(\d+)(?:_\d+)?\.html"),
        re.compile(r"guba\.eastmoney\.com/\w+/article/\w+/(\d+)"),
        re.compile(r"emcreative\.eastmoney\.com/.*?[?&](?:artCode|postId)=(\d+)", re.IGNORECASE),
    )
    gone = re.compile(
        r">\s*(?:404[\s-]*)?抱歉[！，,!]\s*您(?:访问|查看)的(?:页面|文章|帖子|内容)(?:不存在|已删除)[^<]{0,12}<"
    )
    walled = re.compile(
        r"<title>\s*(?:身份核实|滑动验证|安全验证)\s*</title>|<(?:div|iframe)[^>]+(?:id|src)=[\"'][^\"']*fd_guba_validate"
    )
    headline_at = fields(
        "//div[contains(@class, 'page-article')]//h1",
        "//*[@id='zwconttbt']",
        "//div[contains(@class, 'contentbox')]//div[@class='title']",
        "//div[contains(@class, 'newsContent')]/h1",
    )
    published_at = fields(
        f"{META}/span[{TIMED}]",
        "//div[@class='zwfbtime']",
        f"//div[@class='infos']/div[@class='item'][{TIMED}]",
        "//div[@class='time-source']/div[@class='time']",
    )
    publisher_at = fields(
        f"{META}//a[normalize-space()]",
        "//*[@id='zwconttbn']//strong/a",
        "//div[contains(@class, 'data-source')]/@data-source",
        "substring-after(normalize-space(//div[@class='infos']/div[@class='item'][contains(., '来源')]), '来源：')",
    )
    publisher_name = "东方财富网"
    body_at = fields(
        "//div[contains(@class, 'page-article')]//div[contains(@class, 'article-body')]",
        "//*[@id='zwconbody']",
        "//*[@id='ContentBody']",
    )
    drop = fields(
        ".//p[contains(., '[点击查看原文]')]",
        ".//*[contains(@class, 'readmore') or contains(@class, 'guba_warning') or contains(@class, 'post_warning')]",
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        # What `finews` reads is left to it, its share pages without a code as well: it says what is wrong with those.
        if FinewsPage.native_id(link) or SHELL.search(urlsplit(link).path):
            return None
        return super().native_id(link)

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        # The app's shares are empty shells round an account's article.
        if re.search(r"emcreative\.eastmoney\.com/.*artCode=", target.link, re.IGNORECASE):
            return f"https://caifuhao.eastmoney.com/news/{target.native_id}"
        return target.link

    @cached_property
    def post(self) -> dict[str, Any]:
        """The forum post that the page states; empty on other pages."""
        html = self.served.html
        found = POST.search(html)
        try:
            data = read_json(html, found.end())[0] if found else {}
        except ValueError:
            return {}
        inner = data.get("post")
        return inner if isinstance(inner, dict) else data

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        text = self.post.get("post_content")
        if not isinstance(text, str) or not text.strip():
            return None
        return first_text(self.post, "post_title"), text

    def published(self) -> str | None:
        said = first_text(self.post, "post_publish_time") or super().published()
        # 发表于 2019-01-24 07:47:30 股吧网页版
        found = re.search(r"\d{4}.*\d", said or "")
        return squeeze(found[0]) if found else said

    def publisher(self) -> str | None:
        user = self.post.get("post_user")
        return (first_text(user, "user_nickname") if isinstance(user, dict) else None) or super().publisher()

    def article(self) -> Article:
        article = super().article()
        if FinewsPage.native_id(article.canonical_url or ""):
            article.id, article.site = target_of(article.canonical_url or "").article_id, FinewsPage.site
        return article
