"""A web page that lists articles -> records: the links that a selector names, or those that look like articles."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from parsel import Selector

from archive.late_pattern import compile_late
from crawler.extraction.document import absolute
from crawler.sources import Listing, Record, SourceError
from crawler.sources.rows import absolute_url

FILE = compile_late(r"\.(?:jpe?g|png|gif|webp|svg|css|js|zip|apk|mp[34]|xlsx?|docx?)$", re.IGNORECASE)
SECTION = compile_late(
    r"/(?:tags?|topics?|categor(?:y|ies)|author|authors|about|contact|login|register|search|help|privacy|terms|subscribe|account|index)(?:/|\.\w+$|$)",
    re.IGNORECASE,
)
DATED = compile_late(r"/(?:19|20)\d\d[-/]?\d\d|\d{6,}")
SLUG = compile_late(r"[a-z0-9]-(?:[a-z0-9]++-){2}[a-z0-9]", re.IGNORECASE)
NUMBERED = compile_late(r"/\d{3,}(?:[/.]|$)|[?&]\w*id=\d+", re.IGNORECASE)
WIDE = compile_late(r"[\u2e80-\u9fff\uac00-\ud7af]")


def main_domain(host: str) -> str:
    """The domain that a site's hosts share, by a rule of thumb: two labels, three below a short second one.

    >>> main_domain("finance.sina.com.cn"), main_domain("www.example.org")
    ('sina.com.cn', 'example.org')
    """
    labels = host.lower().split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])


def looks_like_article(url: str, text: str, page: str) -> bool:
    """Whether a link of *page* leads to an article: an address of the site with a day, a number or a slug, and words
    enough for a headline.

    >>> looks_like_article("https://a.test/2026/11/21/port.html", "Port opens its third ocean route", "https://a.test/")
    True
    >>> looks_like_article("https://a.test/about-us", "About us", "https://a.test/")
    False
    """
    parts, home = urlsplit(url), urlsplit(page)
    if main_domain(parts.hostname or "") != main_domain(home.hostname or "") or parts.path in (
        "",
        "/",
        home.path,
    ):
        return False
    if FILE.search(parts.path) or SECTION.search(parts.path):
        return False
    wide = len(WIDE.findall(text))
    if wide < 8 and not (len(text) >= 20 and len(text.split()) >= 4):
        return False
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return bool(DATED.search(where) or NUMBERED.search(where) or SLUG.search(parts.path))


def read_list(html: str, url: str, source: str, selector: str | None) -> Listing:
    """Records of the links of a page, in order. Raises SourceError where there is none."""
    page = Selector(text=html or "<html/>", type="html")
    base = absolute(url, page.css("base::attr(href)").get("")) or url
    chosen = page.css(selector) if selector else page.css("a")
    records: dict[str, Record] = {}
    anchors = [
        link for element in chosen for link in ([element] if element.root.tag == "a" else element.css("a"))
    ]
    for anchor in anchors:
        # anchor.attrib fails on a name such as a\x01
        address = absolute_url(anchor.root.get("href", "").partition("#")[0], base)
        text = " ".join(anchor.xpath("string()").get("").split()) or anchor.root.get("title", "").strip()
        if not address or not (selector or looks_like_article(address, text, url)):
            continue
        record = records.setdefault(address, Record(key=address, url=address))
        if text and len(text) > len(record.headline or ""):
            record.headline = text
    if not records:
        how = (
            f"links={selector!r} matches none"
            if selector
            else "no link looks like an article; give links = a CSS selector"
        )
        raise SourceError(f"{source}: {url} lists no article: {how}")
    return Listing(records=list(records.values()))
