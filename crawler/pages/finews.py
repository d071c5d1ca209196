"""finews share links, e.g. http://HOST/html_News/NewsShare.html?infoCode=NW202202212283238167

The share page is an empty script shell; the article is JSON at ``NewsData/GetNewsText.do``. That holds the body and
often nothing else: headline, time and source are on the public article page of the same id, or in the list feeds.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from parsel import Selector

from crawler.extraction.decoding import decode
from crawler.items import Article
from crawler.pages import ArticlePage, Gone, PageError, Target, first_text, handles, page_of_host

PUBLIC_SITE = "eastmoney.com"
DIGITS = re.compile(
    r"(?:NW)?(20\d{6}\d{6,15})", re.IGNORECASE | re.ASCII
)  # ids of 2017 have 17 digits, of 2021 on 18
PATH_ID = re.compile(
    r"/(?:(?:news/\d+,|a/)((?:NW)?20\d{12,21})(?:_\d{1,2})?\.html?|info/detail/((?:NW)?20\d{12,21}))/?$",
    re.IGNORECASE | re.ASCII,
)
SHELL = re.compile(r"/(?:html_news/newsshare|information/detail)\.html?/?$", re.IGNORECASE)
NOTHING_SEEN = re.compile(
    r"(?:<[^>]*>|&(?:nbsp|#160|ensp|emsp);|[\s\u00ad\u200b-\u200f\u2060\ufeff])*+"
)  # fails at the first sign
PLACEHOLDER = re.compile(r"<!--\s*(IMG|Link)#(\d+)\s*-->", re.IGNORECASE)
read_json = json.JSONDecoder(strict=False).decode  # raw line breaks occur inside strings
SITE_TAIL = re.compile(
    r"\s*[_\-|]\s*(?:东方财富网|东方财富|财经频道|天天基金网|手机东方财富网|东方财富网手机版).*$"
)
PAGE_TIME = re.compile(r"20\d\d[年\-/.]\s*\d{1,2}[月\-/.]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?")
PAGE_AGE = re.compile(r"[今昨前]天\s*\d{1,2}:\d{2}|\d{1,2}\s*(?:分钟|小时)前")
PAGE_SOURCE = re.compile(r"(?:文章)?来源[:：]\s*(.+)")


def day_of(native_id: str) -> str:
    """The day in an article's id: a stand-in for its time of publication.

    >>> day_of("202202212283238167")
    '2022-02-21'
    """
    return f"{native_id[:4]}-{native_id[4:6]}-{native_id[6:8]}"


def looks_blank(html: str) -> bool:
    """Whether a body shows neither text nor a picture. The pipelines find what only they can tell: all hidden, a chart."""
    if len(html) < 20 and html.strip().lower() in ("null", "undefined", "none"):
        return True  # a script's word for nothing
    return NOTHING_SEEN.fullmatch(html) is not None and "<img" not in html.lower()


@handles(
    paths=(
        r"/html_news/newsshare\.html?/?$",
        r"/information/detail\.html?/?$",
        r"/news/\d+,(?:NW)?20\d{12,21}(?:_\d{1,2})?\.html?/?$",
        r"/a/(?:NW)?20\d{12,21}(?:_\d{1,2})?\.html?/?$",
        r"/info/detail/(?:NW)?20\d{12,21}/?$",
    )
)
class FinewsPage(ArticlePage):
    """The detail JSON of one article."""

    site = "finews"
    endpoint = "/NewsData/GetNewsText.do?id=NW"

    @classmethod
    def native_id(cls, link: str) -> str | None:
        # Digits typed wide are the same article's; a code is never told apart by them.
        parts = urlsplit(unicodedata.normalize("NFKC", link) if not link.isascii() else link)
        path = unquote(parts.path)
        if (found := PATH_ID.search(path)) and (code := DIGITS.fullmatch(found[1] or found[2])):
            return code[1]
        if SHELL.search(path):
            # Some share dialogs put the query behind the fragment's #; a link out of a page's source has &amp; for &.
            asked = f"{parts.query}&{parts.fragment.rpartition('?')[2]}".replace("&amp;", "&")
            for name, value in parse_qsl(asked.replace(";", "&")):
                if name.strip().lower() == "infocode" and (code := DIGITS.fullmatch(value.strip(" /"))):
                    return code[1]
        return None

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        parts = urlsplit(target.link)
        host = parts.hostname or ""
        # The public site has no detail endpoint; a share host serves shell and endpoint from one origin.
        public = host.endswith(PUBLIC_SITE) and not SHELL.search(unquote(parts.path))
        origin = origins[0] if public and origins else target.origin
        return f"{origin}{cls.endpoint}{target.native_id}"

    @cached_property
    def _data(self) -> dict[str, Any]:
        """The JSON object that holds the body: at the top, or below ``data`` or ``news`` as the app serves it."""
        where = self.response.url
        kind = self.response.headers.get("Content-Type") or b""
        text = decode(self.response.body, kind.decode("latin-1")).strip()
        if not text:
            raise PageError(f"finews detail: empty answer at {where}")
        if text[0] == "<":
            raise PageError(
                f"finews detail: HTML in place of JSON at {where}: {' '.join(Selector(text, type='html').xpath('string()').get('').split())[:80]!r}"
            )
        try:
            data = read_json(text)
        except RecursionError:
            raise PageError(f"finews detail: JSON nested too deep to be an article at {where}") from None
        except ValueError:
            start, end = text.find("{"), text.rfind("}")  # a JSONP or "var x=" wrapper
            try:
                data = read_json(text[start : end + 1]) if 0 < start < end else None
            except (ValueError, RecursionError):
                data = None
            if data is None:
                raise PageError(
                    f"finews detail: not JSON, or cut short after {len(text)} characters, at {where}"
                ) from None
        for _ in range(2):
            if isinstance(data, dict) and not any(key in data for key in ("content", "text", "body")):
                data = next((data[key] for key in ("data", "news") if isinstance(data.get(key), dict)), data)
        if not isinstance(data, dict):
            raise PageError(f"finews detail: a JSON {type(data).__name__} in place of an object at {where}")
        return data

    @cached_property
    def _body(self) -> str:
        """The body's HTML: ``content`` carries the auto-links, ``text`` is the same with them unwrapped."""
        where = self.response.url
        served = [(key, self._data[key]) for key in ("content", "text", "body") if key in self._data]
        if not served:
            keys = ", ".join(sorted(map(str, self._data))[:8]) or "none"
            raise PageError(f"finews detail: neither content nor text at {where}; keys there: {keys}")
        for _, value in served:
            if isinstance(value, str) and not looks_blank(value):
                return self._fill(value)
        for key, value in served:
            if not isinstance(value, str | None):
                raise PageError(f"finews detail: {key} is a {type(value).__name__}, not a text, at {where}")
        raise Gone(f"finews detail: the article at {where} is blank: withdrawn, or never there")

    def _fill(self, html: str) -> str:
        """Put the app's pictures and links in the place of their placeholders."""
        if "<!--" not in html:
            return html

        def put(found: re.Match[str]) -> str:
            kind, number = found[1].lower(), int(found[2])
            listed = self._data.get("images" if kind == "img" else "links")
            one = listed[number] if isinstance(listed, list) and number < len(listed) else None
            if not isinstance(one, dict):
                return ""
            if kind == "img" and (src := first_text(one, "src", "url")):
                code = f' data-code="{escape(str(one["code"]))}"' if one.get("code") else ""
                return f'<center><img src="{escape(src)}"{code}></center>'
            href, text = first_text(one, "href", "url", "src"), first_text(one, "text", "title", "name")
            return f'<a href="{escape(href)}">{escape(text or href)}</a>' if href else ""

        return PLACEHOLDER.sub(put, html)

    def _check_id(self) -> None:
        """Refuse an answer that says it is another article."""
        for key in ("infoCode", "infocode", "id", "code", "newsid", "artCode"):
            value = self._data.get(key)
            found = DIGITS.fullmatch(str(value).strip()) if isinstance(value, str | int) else None
            if found and found[1] != self.target.native_id:
                raise PageError(
                    f"finews detail: asked for {self.target.native_id}, answered with {found[1]}, at {self.response.url}"
                )

    def article(self) -> Article:
        if PATH_ID.search(urlsplit(self.response.url).path):
            # A saved copy of the public page; a crawl asks the endpoint.
            public = page_of_host(PUBLIC_SITE)
            assert public is not None
            return public(self.response, self.target, self.retrieved_at).article()
        data = self._data
        self._check_id()
        body = self._body
        headline = first_text(data, "title", "newsTitle", "simtitle")
        published = first_text(data, "showtime", "showTime", "datetime", "publishTime", "updatetime")
        publisher = first_text(data, "source", "from", "medianame", "mediaName")
        code = self.target.native_id
        return Article(
            id=self.target.article_id,
            site=self.site,
            info_code=f"NW{code}",
            link=self.target.link,
            share_url=self.target.link,
            canonical_url=f"https://finance.eastmoney.com/a/{code}.html",
            retrieved_at=self.retrieved_at,
            headline=headline,
            headline_from="detail" if headline else None,
            description=first_text(data, "digest", "summary"),
            publishers={"detail": publisher} if publisher else {},
            authors=[author] if (author := first_text(data, "author")) else [],
            published_raw=published,
            published_from="detail" if published else None,
            published_stand_in_raw=day_of(code),
            body_raw=body,
        )


def html_of(response: Any) -> Selector:
    """The public page. As HTML whatever it begins with, in the encoding of its bytes whatever the header says."""
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Selector(decode(response.body, kind), type="html")


def complete_from_page(article: Article, response: Any) -> bool:
    """Fill what *article* lacks from its public page: headline, time, source. Whether the page was one.

    A page of another article, or of none, changes nothing.
    """
    html = html_of(response)
    title = " ".join(
        html.xpath("string(//*[contains(concat(' ', @class, ' '), ' title ')][1])").get("").split()
    )
    if not title:
        title = " ".join(html.xpath("string(//h1[1])").get("").split())
    if not title:
        title = " ".join(
            (
                html.xpath("//meta[@property='og:title']/@content").get()
                or html.xpath("//title/text()").get()
                or ""
            ).split()
        )
    title = SITE_TAIL.sub("", title).strip()
    if not title or not html.xpath("//*[@id='ContentBody'] | //div[contains(@class, 'Body')]"):
        return False
    if not article.headline:
        article.headline, article.headline_from = title, "page"
    said = html.xpath(
        "//div[contains(@class, 'infos') or @class='Info']//text() | //*[self::div or self::span][contains(@class, 'time')]//text()"
        " | //*[contains(@class, 'em_media')]//text()"
    ).getall()
    line = " ".join(" ".join(said).split())
    infos = " ".join(html.xpath("//div[contains(@class, 'infos')]//text()").getall())
    # An age may also stand beside other articles' headlines.
    if not article.published_raw and (found := PAGE_TIME.search(line) or PAGE_AGE.search(infos)):
        article.published_raw, article.published_from = found[0], "page"
    for place in html.xpath("//div[contains(@class, 'infos')]//*[contains(text(), '来源')]"):
        if found := PAGE_SOURCE.match(" ".join(place.xpath("string()").get("").split())):
            article.publishers["page"] = found[1]
            break
    if not article.description and (
        summary := html.xpath("string(//div[contains(@class, 'b-review')])").get("").strip()
    ):
        article.description = re.sub(r"^摘要[:：\s]*", "", " ".join(summary.split())) or None
    if editor := re.search(
        r"责任编辑[:：]\s*([^）)\s]+)", html.xpath("string(//p[contains(@class, 'res-edit')])").get("")
    ):
        article.editors = article.editors or [editor[1]]
    return True


SAME_AT_LEAST = 0.2  # share of the shorter text's character pairs that the longer one must hold


def pairs_in_common(one: str, other: str) -> float:
    """Share of the shorter text's character pairs that occur in the longer one, 0 to 1.

    >>> pairs_in_common("央行今日开展逆回购", "据悉，央行今日开展逆回购操作")
    1.0
    """
    first, second = (
        {text[n : n + 2] for n in range(len(text) - 1)} for text in ("".join(t.split()) for t in (one, other))
    )
    shorter, longer = sorted((first, second), key=len)
    return len(shorter & longer) / len(shorter) if shorter else 1.0


def check_same_article(article: Article, response: Any) -> None:
    """Compare the detail's body with that of the public page: the endpoint answers with another article now and then.

    Raises PageError where they have next to nothing in common.
    """
    shown = html_of(response).xpath("string(//*[@id='ContentBody'])").get("")
    served = Selector(article.body_raw or "", type="html").xpath("string()").get("")
    if (
        len(shown.strip()) >= 40
        and len(served.strip()) >= 40
        and pairs_in_common(shown, served) < SAME_AT_LEAST
    ):
        raise PageError(
            f"finews detail: answered with another article than {article.id}: its text has next to nothing in common "
            f"with the page {response.url}"
        )
