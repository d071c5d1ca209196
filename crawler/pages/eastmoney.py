"""东方财富网 beside the articles that `finews` reads: research reports (data.eastmoney.com/report/zw_stock.jshtml?infocode=AP…),
accounts (caifuhao.eastmoney.com/news/20220502203427525523430), the forum guba.eastmoney.com/news,600519,802527008.html with
mguba.eastmoney.com/mguba/article/0/802527008, shares of the app
(emcreative.eastmoney.com/app_fortune/article/index.html?artCode=...), and saved pages of the public articles themselves.

A forum page states its post as JSON, ``var post_article``, a report itself, ``var zwinfo``. Learned from: RSSHub's eastmoney
routes, public scrapers of ``.article-body``, ``#zwconbody`` and ``post_article``, their remarks on the 身份核实 page, recorded
reports of September 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.extraction.document import squeeze, text_of
from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.items import Article
from crawler.pages import Place, Target, first_text, handles, target_of
from crawler.pages.finews import SHELL, FinewsPage
from crawler.pages.securities import stated_securities
from crawler.pages.served import as_html, image_html, load_object, objects, paragraphs
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

POST = re.compile(r"\bvar\s+post_article\s*=\s*(?=\{)")
REPORT = re.compile(r"\bvar\s+zwinfo\s*=\s*(?=\{)")
REPORT_TEXT = fields("//*[@id='ctx-content']")[0]
REPORT_CODE = re.compile(r"AP[0-9A-Za-z]{10,24}")
ACCOUNT_CODE = re.compile(r"20\d{19,24}")
META = "//div[contains(@class, 'article-head')]//div[contains(@class, 'article-meta')]"
DIGITS = "translate(., '0123456789', '0000000000')"
TIMED = f"contains({DIGITS}, '0000年') or contains({DIGITS}, '0000-00-00')"


@handles("eastmoney.com")
class EastmoneyPage(StatedPage):
    """An account's article, a forum post, or a saved page of an article of `finews`."""

    site = "eastmoney"
    id_at = (
        re.compile(r"eastmoney\.com/.*[?&]infocode=(AP[0-9A-Za-z]{10,24})(?![0-9A-Za-z])", re.IGNORECASE),
        re.compile(r"eastmoney\.com/report/(?:.*[/,])?(AP[0-9A-Za-z]{10,24})\.j?s?html"),
        re.compile(r"eastmoney\.com/(?:.*/)?(?:news/(?:\d+,)?|a/|info/detail/)(20\d{19,24})(?!\d)"),
        re.compile(r"caifuhao\.eastmoney\.com/(?:news|cfh/news)/(\d{17,26})"),
        re.compile(r"guba\.eastmoney\.com/news,\w+,(\d+)(?:_\d+)?\.html"),
        re.compile(r"guba\.eastmoney\.com/\w+/article/\w+/(\d+)"),
        re.compile(r"emcreative\.eastmoney\.com/.*?[?&](?:artCode|postId)=(\d+)", re.IGNORECASE),
    )
    gone = re.compile(
        r">\s*(?:404[\s-]*)?抱歉[！，,!]\s*您(?:访问|查看)的(?:页面|文章|帖子|内容)(?:不存在|已删除)[^<]{0,12}<"
    )
    walled = re.compile(
        r"<title>\s*(?:身份核实|滑动验证|安全验证)\s*</title>|<(?:div|iframe)[^<>]{1,200}(?:id|src)=[\"'][^\"']*fd_guba_validate"
    )
    headline_at = fields(
        "//*[@id='zw-title']",
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
        "//*[@id='ctx-content']",
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
        # What `finews` reads is left to it, its share pages without a code as well: it reports what is missing in those.
        if FinewsPage.native_id(link):
            return None
        native_id = super().native_id(link)
        is_article = native_id and (REPORT_CODE.fullmatch(native_id) or ACCOUNT_CODE.fullmatch(native_id))
        return None if SHELL.search(urlsplit(link).path) and not is_article else native_id

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        native_id, link = target.native_id, target.link
        if REPORT_CODE.fullmatch(native_id) and "/report/zw_" not in link:
            return target.keep_scheme(
                f"https://data.eastmoney.com/report/zw_stock.jshtml?infocode={native_id}"
            )
        # The app's shares are empty shells round an account's article.
        if re.search(r"emcreative\.eastmoney\.com/.*artCode=", link, re.IGNORECASE) or (
            ACCOUNT_CODE.fullmatch(native_id) and "caifuhao" not in link
        ):
            return target.keep_scheme(f"https://caifuhao.eastmoney.com/news/{native_id}")
        return link

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        return [
            Place(url, cls, own=True)
            for url in dict.fromkeys((cls.request_url(target, origins), target.link))
        ]

    @cached_property
    def post(self) -> dict[str, Any]:
        """The forum post that the page states; {} on other pages."""
        data = load_object(self.served.html, POST)
        inner = data.get("post")
        return inner if isinstance(inner, dict) else data

    @cached_property
    def report(self) -> dict[str, Any]:
        """The research report that the page states; {} on other pages."""
        return load_object(self.served.html, REPORT)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        if self.report:
            # What the page shows may be longer. Above it is a chart of the Shanghai index, whatever the report is about.
            shown = [element for element in REPORT_TEXT(self.served.root) if text_of(element)]
            html = (
                etree.tostring(shown[0], encoding="unicode", method="html", with_tail=False)
                if shown
                else None
            )
            html = html or paragraphs(str(self.report.get("notice_content") or ""))
            return (first_text(self.report, "notice_title"), html) if html else None
        text = self.post.get("post_content")
        if not isinstance(text, str) or not text.strip():
            return None
        images = self.post.get("post_pic_url")
        html = as_html(text)
        if "<img" not in html and isinstance(images, list):
            html += image_html(images)
        return first_text(self.post, "post_title"), html

    def published(self) -> str | None:
        if self.report:
            day, entered = (
                first_text(self.report, "notice_date") or "",
                first_text(self.report, "eitime") or "",
            )
            return entered if entered[:10] == day[:10] else day[:10] or entered or None
        printed = first_text(self.post, "post_publish_time") or super().published()
        # 发表于 2019-01-24 07:47:30 股吧网页版
        match = re.search(r"\d{4}.*\d", printed or "")
        return squeeze(match[0]) if match else printed

    def publisher(self) -> str | None:
        if self.report:
            return (
                clean_publisher(first_text(self.report, "source_sample_name", "source_name"))
                or self.publisher_name
            )
        user = self.post.get("post_user")
        return (first_text(user, "user_nickname") if isinstance(user, dict) else None) or super().publisher()

    def authors(self, publisher: str | None) -> list[str]:
        if self.report:
            return names_in((first_text(self.report, "researcher") or "").replace(",", "、"))
        return super().authors(publisher)

    def canonical_url(self) -> str:
        code = first_text(self.report, "info_code") or ""
        if REPORT_CODE.fullmatch(code) and self.native_id(self.response.url) != code:
            return f"https://data.eastmoney.com/report/zw_stock.jshtml?infocode={code}"
        return super().canonical_url()

    def article(self) -> Article:
        article = super().article()
        article.securities = stated_securities(
            (first_text(entry, "stock"), first_text(entry, "market_uni"), first_text(entry, "short_name"))
            for entry in objects(self.report.get("security"))
        )
        if FinewsPage.native_id(article.canonical_url or ""):
            article.id, article.site = target_of(article.canonical_url or "").article_id, FinewsPage.site
        return article
