"""The public page of a finews article, https://finance.eastmoney.com/a/202202212283238167.html, and its copy for phones.

The body, ``#ContentBody``, has the markup of the detail JSON; headline, time and source are in ``.infos``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from crawler.extraction.decoding import decode
from crawler.items import Article
from crawler.pages import PageError
from pipelines.printed_times import find_age, find_times

SITE_TAIL = re.compile(
    r"\s{0,9}[_\-|]\s{0,9}(?:东方财富网|东方财富|财经频道|天天基金网|手机东方财富网|东方财富网手机版).*$"
)
LABELLED_SOURCE = re.compile(r"(?:文章)?来源[:：]\s*(.+)")
LABELLED_AUTHOR = re.compile(r"作者[:：]\s*(.+)")
EDITOR = re.compile(r"责任编辑[:：]\s*([^）)\s]+)")
BODY = "//*[@id='ContentBody'] | //div[contains(concat(' ', normalize-space(@class), ' '), ' Body ')]"
SAME_AT_LEAST = 0.2  # share of the shorter text's character pairs that the longer one must hold


@dataclass(slots=True)
class PublicPage:
    """What a public page states; empty where it has no body."""

    headline: str | None = None
    published_raw: str | None = None
    publisher: str | None = None
    description: str | None = None
    alternative_headline: str | None = None
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    body_html: str | None = None


def parse_html(response: Any) -> Selector:
    """The page. As HTML whatever it begins with, in the encoding of its bytes whatever the header says."""
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Selector(decode(response.body, declared), type="html")


def text_of(selector: Selector, path: str) -> str:
    """The text of the first node at *path*, as one line; empty where there is none."""
    return " ".join(selector.xpath(f"string({path})").get("").split())


def find_headline(html: Selector) -> str | None:
    """The page's headline, without the name of the site."""
    title = (
        text_of(html, "//*[contains(concat(' ', @class, ' '), ' title ')][1]")
        or text_of(html, "//h1[1]")
        or text_of(html, "//meta[@property='og:title']/@content")
        or text_of(html, "//title")
    )
    return SITE_TAIL.sub("", title).strip() or None


def find_time(html: Selector) -> str | None:
    """The time of publication as printed."""
    printed = html.xpath(
        "//div[contains(@class, 'infos') or @class='Info']//text() | //*[self::div or self::span][contains(@class, 'time')]//text()"
        " | //*[contains(@class, 'em_media')]//text()"
    ).getall()
    if times := find_times(" ".join(" ".join(printed).split()), "zh"):
        return times[0].raw
    # An age may also stand beside other articles' headlines: only the article's own line counts.
    return find_age(" ".join(html.xpath("//div[contains(@class, 'infos')]//text()").getall()), "zh")


def find_labelled(html: Selector, label: str, pattern: re.Pattern[str]) -> str | None:
    """What the article's line names behind *label*, e.g. 来源."""
    for node in html.xpath(f"//div[contains(@class, 'infos')]//*[contains(text(), '{label}')]"):
        if match := pattern.match(" ".join(node.xpath("string()").get("").split())):
            return match[1]
    return None


def read_public_page(html: Selector) -> PublicPage:
    """What the public page of an article states; an empty PublicPage where it is none."""
    headline, body = find_headline(html), html.xpath(BODY)
    if not headline or not body:
        return PublicPage()
    summary = re.sub(r"^摘要[:：\s]*", "", text_of(html, "//div[contains(@class, 'b-review')]"))
    editor = EDITOR.search(text_of(html, "//p[contains(@class, 'res-edit')]"))
    author = find_labelled(html, "作者", LABELLED_AUTHOR)
    original = re.search(r"原标题[:：]\s*(.+)", text_of(html, "//*[contains(@class, 'zwothers')]"))
    return PublicPage(
        headline=headline,
        published_raw=find_time(html),
        publisher=find_labelled(html, "来源", LABELLED_SOURCE),
        description=summary or None,
        alternative_headline=original[1].rstrip("）)") if original else None,
        authors=[author] if author else [],
        editors=[editor[1]] if editor else [],
        body_html=body[0].get(),
    )


def stated_ids(html: Selector) -> set[str]:
    """Addresses that the page states for itself."""
    return set(html.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content").getall())


def complete_from_page(article: Article, response: Any) -> bool:
    """Fill what *article* lacks from its public page: headline, time, source. False, and nothing is changed, where the
    response is not the public page of an article, or *article* is not of finews: only those have such a page."""
    page = read_public_page(parse_html(response)) if article.site == "finews" else PublicPage()
    if page.headline is None:
        return False
    if not article.headline:
        article.headline, article.headline_from = page.headline, "page"
    if not article.published_raw and page.published_raw:
        article.published_raw, article.published_from = page.published_raw, "page"
    if page.publisher:
        article.publishers["page"] = page.publisher
    article.description = article.description or page.description
    article.alternative_headline = article.alternative_headline or page.alternative_headline
    article.authors = article.authors or page.authors
    article.editors = article.editors or page.editors
    return True


def pairs_in_common(first: str, second: str) -> float:
    """Share of the shorter text's character pairs that occur in the longer one, 0 to 1.

    >>> pairs_in_common("央行今日开展逆回购", "据悉，央行今日开展逆回购操作")
    1.0
    """
    pairs = [
        {text[n : n + 2] for n in range(len(text) - 1)}
        for text in ("".join(t.split()) for t in (first, second))
    ]
    shorter, longer = sorted(pairs, key=len)
    return len(shorter & longer) / len(shorter) if shorter else 1.0


def check_same_article(article: Article, response: Any) -> None:
    """Compare the detail's body with that of the public page: the endpoint answers with another article now and then.

    Raises PageError where they have next to nothing in common.
    """
    if article.site != "finews":
        return
    public = parse_html(response).xpath("string(//*[@id='ContentBody'])").get("")
    detail = Selector(article.body_raw or "", type="html").xpath("string()").get("")
    if (
        len(public.strip()) >= 40
        and len(detail.strip()) >= 40
        and pairs_in_common(public, detail) < SAME_AT_LEAST
    ):
        raise PageError(
            f"finews detail: answered with another article than {article.id}: its text has next to nothing in common "
            f"with the page {response.url}"
        )
