"""What the scripts of a WeChat page state: the object ``cgiDataNew``, single variables on older pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from crawler.extraction.document import unquote_js
from crawler.pages import first_text
from crawler.pages.js_object import read_js_list, read_js_object
from crawler.pages.served import escape_stray, objects

EMPTY_FIRST = r"""\s*[=:]\s*(?:(?:""|'')\s*\|\|\s*)*"""  # var mid = "" || "" || "2650123456"
VALUE = EMPTY_FIRST + r"""(?:\w+\()?["']([^"']+)["']"""
DATA = re.compile(r"\bcgiDataNew\s*=\s*(?=\{)")
LONG = 10_000  # characters of a text that is read only where it is needed
PICTURES = re.compile(r"\bpicture_page_info_list\s*[=:]\s*(?=\[)")


def read_data(source: str, longest: int | None = LONG) -> dict[str, Any]:
    """``cgiDataNew`` of a page without its long texts; {} where there is none."""
    match = DATA.search(source)
    return read_js_object(source, match.end(), longest) if match else {}


def find_text(name: str, source: str) -> str | None:
    """A text that a script states, ``name: JsDecode('…')`` or ``name = "…"``, its escapes read; None where it does not."""
    literal = r"""'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)\""""
    match = re.search(
        rf"""\b{name}\b(?:\s*=\s*[\w.]+(?=\s*=))?{EMPTY_FIRST}(?:\w+\()?(?:{literal})""", source
    )
    return unescape(unescape(unquote_js(match[1] or match[2]))).strip() or None if match else None


def find_pictures(source: str) -> list[str]:
    """Addresses of an image post's images in their order; not those of watermarks and covers within each.

    >>> find_pictures("picture_page_info_list = [{cdn_url: 'https://a/1', watermark_info: {cdn_url: 'https://a/w'}}, {cdn_url: 'https://a/2'}]")
    ['https://a/1', 'https://a/2']
    """
    match = PICTURES.search(source)
    entries = objects(read_js_list(source, match.end())) if match else []
    return [unescape(url) for entry in entries if (url := first_text(entry, "cdn_url"))]


def lines_html(text: str) -> str:
    """A post's text, whose lines may hold links, as HTML: a paragraph a line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"<p>{escape_stray(line)}</p>" for line in lines if line)
