"""The next page of an article that is cut into pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extraction.document import Document, absolute, text_of

NEXT = re.compile(
    r"^[\[【<\s]*(?:下一页|下一頁|下页|下頁|后一页|余下全文|Next page|next)[\s>»›→\]】]*$", re.IGNORECASE
)
PAGE_PART = re.compile(r"[_-]?\d*(?=\.\w+$|/?$)")
PAGE_NUMBER = re.compile(r"[_-](\d{1,2})(?=\.\w{3,5}$)|(?:[?&](?:p|page|pn)=|/)(\d{1,2})/?$", re.IGNORECASE)


def page_number(url: str) -> int:
    """Which page of an article an address names; 1 where it names none.

    >>> page_number("https://a.example/1234_2.html"), page_number("https://a.example/1234.html")
    (2, 1)
    """
    found = PAGE_NUMBER.search(url)
    return int(found[1] or found[2]) if found else 1


def stem(url: str) -> str:
    """What all pages of an article have in common in their addresses.

    >>> stem("https://a.example/n/1234_2.html") == stem("https://a.example/n/1234.html")
    True
    """
    parts = urlsplit(url)
    path = re.sub(r"\.\w{3,5}$", "", parts.path)
    return f"{parts.netloc}{re.sub(r'[_-][0-9]{1,2}$', '', path)}"


def find_next_page(document: Document) -> str | None:
    """Address of the next page: a link labelled as such that names the same article; None where there is none."""
    for link in document.root.iter("a"):
        href = (link.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:")) or not NEXT.match(text_of(link)):
            continue
        url = absolute(document.base, href)
        if url is None:
            continue
        same = stem(url) == stem(document.url) or (
            urlsplit(url)[:3] == urlsplit(document.url)[:3] and PAGE_NUMBER.search(url)
        )
        if same and page_number(url) == page_number(document.url) + 1:
            return url
    return None
