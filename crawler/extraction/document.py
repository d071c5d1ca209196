"""A page's text -> `Document`: the tree that the readers share, repaired as a browser would, with its metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawler.extraction.markup import ElementCutter, close_tags, contents_of
from crawler.extraction.trees import whole_text
from crawler.links import can_be_asked

# What is not text of the page. Scripts stay in `Document.html`: some sites keep time or source there.
UNSEEN = ElementCutter(
    "script", "style", "noscript", "textarea", "template", "svg", "iframe", "select"
)  # fmt: skip
# A page that closes body or html too early, or twice, is read to its end.
EARLY_END = re.compile(
    r"(?:</?(?:html|body)\b|<!doctype)(?:[^<>]|<(?!/?(?:html|body)\b|!doctype))*+>", re.IGNORECASE
)
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]"
)
BAD_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]|d[89a-f]..)|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]))(?![0-9a-f]);?",
    re.IGNORECASE,
)
NOSCRIPT_IMAGE = re.compile(
    r"<noscript\b[^<>]*>\s*+(?:<(?:a|p|div|figure|picture|span)\b[^<>]*>\s*+)*+<img\b([^<>]*)>(?:\s*</(?!noscript)\w+\s*>)*\s*</noscript\s*>",
    re.IGNORECASE,
)
"""An image for readers without scripts, which scripts load otherwise."""
PIXEL = re.compile(
    r"\b(?:width|height)\s*=\s*[\"']?[01](?!\d)|display\s*:\s*none|facebook\.com/tr|scorecardresearch|googletagmanager|/(?:pixel|collect|beacon)\b|hm\.baidu|cnzz|doubleclick",
    re.IGNORECASE,
)
JSON_LD = re.compile(r"<script[^<>]*application/ld\+json[^<>]*>", re.IGNORECASE)
SCRIPT_ENDS = re.compile("</script", re.IGNORECASE)
ARTICLE_TYPES = re.compile(r"Article|(?<!Job)Posting|Report|Review|Blog", re.IGNORECASE)
PAGE_TYPES = re.compile(r"WebPage|VideoObject|AudioObject|Recording|Episode", re.IGNORECASE)
JSON_WRAPPING = re.compile(
    r"^\s*+(?:<!--|/\*\s*+<!\[CDATA\[\s*\*/|(?://\s*+)?<!\[CDATA\[)|(?:-->|/\*\s*+\]\]>\s*+\*/|(?://\s*+)?\]\]>)\s*+;?\s*$"
)
TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
LONGEST_NAME = 1_000  # characters of class and id
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
_parser.set_element_class_lookup(
    etree.ElementDefaultClassLookup(element=HtmlElement)
)  # trafilatura's; this lookup is in C


def squeeze(text: str | None) -> str:
    """*text* as one line.

    >>> squeeze(" a \\u3000 b ")
    'a b'
    """
    return " ".join((text or "").split())


def absolute(base: str, address: str | None) -> str | None:
    """*address* as seen from *base*; None where it is not an address."""
    try:
        url = urljoin(base, (address or "").strip())
        strange = "[" in urlsplit(url).netloc and not can_be_asked(url)
        return url if url and not strange else None
    except ValueError:  # "http://[" and the like
        return None


def text_of(element: Any) -> str:
    """An element's text as one line."""
    return squeeze(whole_text(element))


class Document:
    """A page. ``url`` is its address where known; relative addresses are read against it."""

    def __init__(self, html: str, url: str = ""):
        self.html, self.url = close_tags(html), url

    @cached_property
    def root(self) -> Any:
        """The page as an lxml tree of what can hold text: no scripts, styles, comments."""
        html = NOSCRIPT_IMAGE.sub(_show_image, self.html)
        seen = EARLY_END.sub("", CONTROLS.sub("", UNSEEN.cut(html, " ")))
        seen = BAD_REFERENCE.sub("", seen) if "&#" in seen else seen
        source = f"<html><body>{seen}</body></html>".encode("utf-8", "replace")
        root = etree.fromstring(source, _parser)
        if root is None:
            return etree.fromstring("<html><body/></html>", _parser)
        if "<amp-img" in seen:
            for image in root.iter("amp-img"):
                image.tag = "img"
        if "<ruby" in seen:  # how a word is read is no part of it
            etree.strip_elements(root, "rt", "rp", with_tail=False)
            etree.strip_tags(root, "ruby", "rb")
        return root

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        tag = self.root.find(".//base[@href]")
        return (absolute(self.url, tag.get("href")) if tag is not None else None) or self.url

    @cached_property
    def meta(self) -> dict[str, str]:
        """Content of the meta tags by lower-case name, property or itemprop; the first that is not empty."""
        return {name: contents[0] for name, contents in self.metas.items()}

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Contents of the meta tags by lower-case name, property or itemprop, in the page's order."""
        contents: dict[str, list[str]] = {}
        for tag in self.root.iter("meta"):
            content = unescape(squeeze(tag.get("content")))
            for attribute in ("property", "name", "itemprop"):
                for name in (tag.get(attribute) or "").lower().split() if content else ():
                    contents.setdefault(name, []).append(content)
        return contents

    @cached_property
    def title(self) -> str:
        """The title of the page as the browser's tab shows it."""
        return next((text for element in self.root.iter("title") if (text := text_of(element))), "")

    @cached_property
    def canonical(self) -> str | None:
        """The page's own permanent address: rel=canonical, else og:url."""
        stated = next(
            (
                link.get("href")
                for link in self.root.iter("link")
                if "canonical" in (link.get("rel") or "").lower().split()
            ),
            None,
        )
        url = absolute(self.base, stated) if stated else None
        url = url or (absolute(self.base, self.meta["og:url"]) if self.meta.get("og:url") else None)
        return url if url and url.startswith(("http://", "https://")) else None

    @cached_property
    def linked_objects(self) -> list[dict[str, Any]]:
        """Every schema.org object that the page states, in its order; objects within others follow them."""
        blocks = contents_of(self.html, JSON_LD, SCRIPT_ENDS) if "ld+json" in self.html else ()
        return [record for block in blocks for record in _objects(_parse_json(block))]

    @cached_property
    def linked_data(self) -> dict[str, Any]:
        """The schema.org record of the article, else of the page; empty where there is none that can be read."""
        best: dict[str, Any] = {}
        best_rank = (0, 0)
        for record in self.linked_objects:
            kind = type_name(record)
            rank = (
                2 if ARTICLE_TYPES.search(kind) else int(PAGE_TYPES.search(kind) is not None),
                len(record),
            )
            if rank[0] and rank > best_rank:
                best, best_rank = record, rank
        return best

    @cached_property
    def item_types(self) -> list[str]:
        """The types of the page's microdata, as addresses, in its order."""
        return list(self.root.xpath("//@itemtype"))

    def resolve(self, value: Any) -> Any:
        """A value of a schema.org record; one that only names another object by ``@id`` is that object."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            same = (
                record
                for record in self.linked_objects
                if record.get("@id") == value.get("@id") and len(record) > 2
            )
            return next(same, value)
        return value

    @cached_property
    def is_cjk(self) -> bool:
        """Whether the page is written in Chinese, Japanese or Korean."""
        text = whole_text(self.root)[:200_000]
        if CJK.search(text) is None:
            return not any(map(str.isalpha, text))
        text = "".join(text.split())
        wide = len(text) - len(CJK.sub("", text))
        return wide * 8 >= len(text) or wide * 8 >= sum(map(str.isalpha, text))

    def script_text(self, pattern: re.Pattern[str]) -> str | None:
        """The first group of *pattern* in the page's source, scripts among it, with its escapes read."""
        if not (match := pattern.search(self.html)):
            return None
        return squeeze(unescape(unquote_js(match[1]))) or None


def _show_image(match: re.Match[str]) -> str:
    """The image of a ``<noscript>``, marked as such; nothing for a pixel that counts readers."""
    return " " if PIXEL.search(match[0]) else f"<img data-noscript {match[1].rstrip('/')}>"


def names_of(element: Any) -> str:
    """Class and id of an element, as far as they are names."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:LONGEST_NAME]


def type_name(record: dict[str, Any]) -> str:
    """The schema.org types of a record, parted by blanks."""
    kinds = record.get("@type")
    return " ".join(map(str, kinds)) if isinstance(kinds, list) else str(kinds or "")


def _parse_json(block: str) -> Any:
    """The data of a JSON-LD block; None where it cannot be read. Comments round it and trailing commas are forgiven."""
    for text in (
        block,
        TRAILING_COMMA.sub("", JSON_WRAPPING.sub("", unescape(block) if "&quot;" in block else block)),
    ):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for value in data:
            yield from _objects(value, depth)
    elif isinstance(data, dict) and depth < 6:
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "publisher", "author"):
            if isinstance(data.get(name), list | dict):
                yield from _objects(data[name], depth + 1)


ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": ""}


def unquote_js(text: str) -> str:
    r"""The text of a script's string literal.

    >>> unquote_js(r"\u592e\x26\/")
    '央&/'
    """
    if "\\" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        if code := found[1] or found[2]:
            return chr(int(code, 16))
        return SINGLE.get(found[3], found[3])

    plain = ESCAPE.sub(one, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
