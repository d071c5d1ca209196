"""finews articles: share links such as http://HOST/html_News/NewsShare.html?infoCode=NW202202212283238167, and every other
address of the same article.

The share page is an empty script shell; the article is JSON at ``NewsData/GetNewsText.do`` of the same host, at
newsinfo.eastmoney.com, or a public page: `finews_detail` and `finews_public` read them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from parsel import Selector
from scrapy.http import TextResponse

from crawler.extraction.decoding import decode
from crawler.items import Article
from crawler.pages import (
    ArticlePage,
    PageError,
    Place,
    Target,
    Walled,
    first_text,
    handles,
    page_of_any_host,
    page_of_host,
)
from crawler.pages import finews_detail as detail
from crawler.pages.finews_public import (
    SAME_AT_LEAST,
    check_same_article,
    complete_from_page,
    pairs_in_common,
    read_public_page,
    stated_ids,
)
from crawler.pages.securities import stated_securities

__all__ = ["SAME_AT_LEAST", "FinewsPage", "check_same_article", "complete_from_page", "pairs_in_common"]

PUBLIC_SITE = "eastmoney.com"
ENDPOINT = "/NewsData/GetNewsText.do?id=NW"
PLACES = (
    "https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{id}",
    "https://finance.eastmoney.com/a/{id}.html",
    "https://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={id}&newstype=1",
    "https://emwap.eastmoney.com/info/detail/{id}",
)
"""Where the publisher serves an article by its id, best first: the default of the setting FINEWS_PLACES."""

# Ids of 2015 to 2018 have 17 digits, of 2019 on 18; those of 23 are posts of accounts, another site's.
CODE = r"(?:NW)?20[0-9]{12,18}(?![0-9])"
DIGITS = re.compile(r"(?:NW)?(20[0-9]{12,18})", re.IGNORECASE)
SHELL = re.compile(
    r"/(?:html_news/(?:newsshare|detail(?:only)?)|information/detail)\.html?/?$", re.IGNORECASE
)
PAGE = re.compile(
    rf"/(?:(?:news/\d+,|a2?/)({CODE})(?:_\d{{1,2}})?\.html?|(?:info/detail|kuaixun/v\d/api/article)/({CODE})"
    rf"|[^/]+/20\d\d/[01]\d/[0-3]\d/({CODE})(?:\.html?)?)/?$",
    re.IGNORECASE,
)
BARE_PAGE = re.compile(rf"/(?:news/\d+,|a2?/)({CODE})/?$", re.IGNORECASE)  # of eastmoney.com alone
JSON_ENDPOINT = re.compile(r"/newsdata/getnewstext\.do/?$|/api/content/getnews/?$", re.IGNORECASE)
NEWSINFO = re.compile(r"/kuaixun/v\d/api/(?:article|content)/", re.IGNORECASE)
SHARE_PAGE = re.compile(f"{SHELL.pattern}|{JSON_ENDPOINT.pattern}", re.IGNORECASE)
OLD_SITE_PAGE = re.compile(r"/20\d\d/[01]\d/[0-3]\d/[^/]+/?$")
CODE_PARAMETERS = {"infocode", "id", "newsid"}


def day_of(native_id: str) -> str:
    """The day in an article's id: a placeholder for its time of publication.

    >>> day_of("202202212283238167")
    '2022-02-21'
    """
    return f"{native_id[:4]}-{native_id[4:6]}-{native_id[6:8]}"


def is_public_host(host: str) -> bool:
    """Whether *host* is the publisher's own.

    >>> is_public_host("finance.eastmoney.com"), is_public_host("eastmoney.com.example")
    (True, False)
    """
    return host == PUBLIC_SITE or host.endswith(f".{PUBLIC_SITE}")


@lru_cache(256)
def is_public(url: str) -> bool:
    """Whether *url*, an origin or a template of the settings, is of the publisher's own host."""
    return is_public_host(urlsplit(url).hostname or "")


def code_in_query(query: str, names: set[str]) -> str | None:
    """The article's code among the parameters *names*, in lower case, of *query*."""
    for name, value in parse_qsl(query.replace("&amp;", "&").replace(";", "&")):
        if name.strip().lower() in names and (code := DIGITS.fullmatch(value.strip(" /"))):
            return code[1]
    return None


@handles(
    paths=(SHELL.pattern, PAGE.pattern, BARE_PAGE.pattern, JSON_ENDPOINT.pattern),
    codes=(r"(?:NW)?20[0-9]{15,16}",),
)
class FinewsPage(ArticlePage):
    """One article, as any of its places serves it."""

    site = "finews"
    reads = frozenset(("json", "html", "text"))
    share_page = SHARE_PAGE

    @classmethod
    def native_id(cls, link: str) -> str | None:
        # Full-width digits are the same article's; no code is distinguished by them.
        parts = urlsplit(unicodedata.normalize("NFKC", link) if not link.isascii() else link)
        path = unquote(parts.path)
        if match := DIGITS.fullmatch(path) if not parts.netloc else None:
            return match[1]
        match = PAGE.search(path) or (
            BARE_PAGE.search(path) if is_public_host(parts.hostname or "") else None
        )
        if match and (code := DIGITS.fullmatch(next(group for group in match.groups() if group))):
            return code[1]
        if SHELL.search(path):
            # Some share dialogs put the query behind the fragment's #.
            return code_in_query(f"{parts.query}&{parts.fragment.rpartition('?')[2]}", {"infocode"})
        return code_in_query(parts.query, CODE_PARAMETERS) if JSON_ENDPOINT.search(path) else None

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        """The endpoint of the link's own host, those of *origins*, *templates* with the id in place of ``{id}``; the link
        itself first where it is an endpoint of newsinfo, last where it is a page of the older site."""
        code, path = target.native_id, unquote(urlsplit(target.link).path)
        places = {f"{origin}{ENDPOINT}{code}": True for origin in origins}
        places |= {template.replace("{id}", code): is_public(template) for template in templates}
        if NEWSINFO.search(path):
            places = {target.link: is_public(target.origin), **places}
        elif OLD_SITE_PAGE.search(path):
            places.setdefault(target.link, is_public(target.origin))
        elif target.origin and (
            not is_public(target.origin) or SHELL.search(path) or JSON_ENDPOINT.search(path)
        ):  # the public site has no endpoint
            own_url = f"{target.origin}{ENDPOINT}{code}"
            places = {own_url: places.get(own_url) or is_public(target.origin), **places}
        return [Place(url, cls, own=own) for url, own in places.items()]

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        return cls.places(
            target, origins, [f"{target.origin}{ENDPOINT}{{id}}"] if target.origin else [*PLACES]
        )[0].url

    @classmethod
    def supplement_url(cls, target: Target, template: str) -> str | None:
        return template.format(id=target.native_id)

    @classmethod
    def supplement(cls, article: Article, response: TextResponse) -> bool:
        check_same_article(article, response)
        return complete_from_page(article, response)

    def article(self) -> Article:
        where = self.response.url
        declared = (self.response.headers.get("Content-Type") or b"").decode("latin-1")
        text = decode(self.response.body, declared).strip()
        if not text:
            raise PageError(f"finews detail: empty answer at {where}")
        return self.read_page(text) if text[0] == "<" else self.read_detail(text)

    def read_detail(self, text: str) -> Article:
        """The article as one of the JSON endpoints serves it. Raises PageError where it is another's."""
        where = self.response.url
        record = detail.load_record(text, where)
        self.check_id({str(record.get(name, "")).strip() for name in detail.ID})
        article = self.new_article(detail.find_body(record, where))
        headline, published = first_text(record, *detail.HEADLINE), first_text(record, *detail.PUBLISHED)
        publisher, author = first_text(record, *detail.PUBLISHER), first_text(record, *detail.AUTHOR)
        editor = first_text(record, *detail.EDITOR)
        article.headline, article.headline_from = headline, "detail" if headline else None
        article.published_raw, article.published_from = published, "detail" if published else None
        article.publishers = {"detail": publisher} if publisher else {}
        article.authors = [author] if author else []
        article.editors = [editor] if editor else []
        article.description = first_text(record, *detail.DESCRIPTION)
        article.alternative_headline = first_text(record, *detail.ORIGINAL_TITLE)
        article.securities = stated_securities((code, None, None) for code in detail.tagged_codes(record))
        for entry in article.securities:
            entry["doubtful"] = 1  # a tag of an article that need not name it
        return article

    def read_page(self, text: str) -> Article:
        """The article as its public page shows it. Raises PageError where the page is none, or another's."""
        where, html = self.response.url, Selector(text, type="html")
        page = read_public_page(html)
        self.check_id({self.native_id(address) or "" for address in stated_ids(html)})
        if page.body_html is None or not html.xpath(
            "//*[@id='ContentBody']//text()[normalize-space()] | //*[@id='ContentBody']//img"
        ):
            return self.read_other_page(html)
        if detail.is_blank(page.body_html):
            raise PageError(f"finews page: the article's body at {where} is empty")
        article = self.new_article(page.body_html)
        article.headline, article.headline_from = page.headline, "page"
        article.published_raw = page.published_raw
        article.published_from = "page" if page.published_raw else None
        article.publishers = {"page": page.publisher} if page.publisher else {}
        article.authors, article.editors = page.authors, page.editors
        article.description, article.alternative_headline = page.description, page.alternative_headline
        return article

    def read_other_page(self, html: Selector) -> Article:
        """The article of a page in another layout: the phone's, an older one, a share page saved from a browser."""
        where = self.response.url
        path = unquote(urlsplit(where).path)
        if not (PAGE.search(path) or BARE_PAGE.search(path) or SHELL.search(path)):
            from crawler.extraction.walls import (
                find_wall,
            )  # late: a crawl of the feeds needs none of its patterns

            wall = find_wall(html.get(), where)
            if wall is not None and wall.kind != "shell":
                raise Walled(f"finews detail: {where} returned {wall} in place of JSON")
            shown = " ".join(html.xpath("string()").get("").split())[:80]
            raise PageError(f"finews detail: HTML in place of JSON at {where}: {shown!r}")
        # A copy at another host has a layout of its own.
        host = urlsplit(where).hostname or ""
        reader = page_of_host(PUBLIC_SITE if is_public_host(host) else host) or page_of_any_host()
        article = reader(self.response, self.target, self.retrieved_at).article()
        known = self.new_article(article.body_raw or "")
        for name in ("id", "site", "info_code", "canonical_url", "published_stand_in_raw", "timezone"):
            setattr(article, name, getattr(known, name))
        return article

    def check_id(self, stated: set[str]) -> None:
        """Raise PageError where the response states the id of another article."""
        ids = {match[1] for value in stated if (match := DIGITS.fullmatch(value))}
        if ids and self.target.native_id not in ids:
            raise PageError(
                f"finews detail: asked for {self.target.native_id}, answered with {min(ids)}, at {self.response.url}"
            )

    def new_article(self, body_html: str) -> Article:
        """The article with what its id and link state."""
        code = self.target.native_id
        return Article(
            id=self.target.article_id,
            site=self.site,
            info_code=f"NW{code}",
            link=self.target.link,
            share_url=self.target.link,
            canonical_url=f"https://finance.eastmoney.com/a/{code}.html",
            retrieved_at=self.retrieved_at,
            timezone="+08:00",
            published_stand_in_raw=day_of(code),
            body_raw=body_html,
        )
