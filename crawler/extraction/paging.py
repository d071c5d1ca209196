"""The next page of an article that is cut into pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extraction.document import Document, absolute, text_of

NEXT = re.compile(
    r"^[\[【<\s]*(?:下一页|下一頁|下页|下頁|后一页|余下全文|Next page|next|次の?ページへ?(?:\s*[:：].{1,80})?|次へ|続きを読む|다음\s?페이지)[\s>»›→\]】]*$",
    re.IGNORECASE,
)
PAGE_PART = re.compile(r"[_-]?\d{0,19}(?=\.\w+$|/?$)")
PAGE_NUMBER = re.compile(r"[_-](\d{1,2})(?=\.\w{3,5}$)|(?:[?&](?:p|page|pn)=|/)(\d{1,2})/?$", re.IGNORECASE)


def page_number(url: str) -> int:
    """Which page of an article an address names; 1 where it names none.

    >>> page_number("https://a.example/1234_2.html"), page_number("https://a.example/1234.html")
    (2, 1)
    """
    match = PAGE_NUMBER.search(url)
    return int(match[1] or match[2]) if match else 1


def stem(url: str) -> str:
    """What all pages of an article have in common in their addresses.

    >>> stem("https://a.example/n/1234_2.html") == stem("https://a.example/n/1234.html")
    True
    """
    parts = urlsplit(url)
    path = re.sub(r"\.\w{3,5}$", "", parts.path)
    return f"{parts.netloc}{re.sub(r'[_-][0-9]{1,2}$', '', path)}"


def find_next_page(document: Document) -> str | None:
    """Address of the next page: a link labelled as such, or with its number, that names the same article; None where there
    is none."""
    number = page_number(document.url) + 1
    for link in document.root.iter("a", "link"):
        href = (link.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:")):
            continue
        text = text_of(link)
        labelled = NEXT.match(text) or "next" in (link.get("rel") or "").lower().split()
        url = absolute(document.base, href) if labelled or text == str(number) else None
        if url is None or page_number(url) != number:
            continue
        # A number behind the same address may be a page of comments.
        in_query = labelled and urlsplit(url)[:3] == urlsplit(document.url)[:3] and PAGE_NUMBER.search(url)
        if in_query or (
            stem(url) == stem(document.url) and urlsplit(url).path != urlsplit(document.url).path
        ):
            return url
    return None
