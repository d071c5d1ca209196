"""What several page objects do with the data that a site serves beside its markup: script objects, plain texts, image lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from crawler.pages.js_object import read_js_object

TAG = re.compile(
    r"</?(?:p|br|div|span|b|strong|em|i|u|a|img|h[1-6]|ul|ol|li|table|t[rdh]|tbody|thead|blockquote|figure|figcaption|section"
    r"|center|font|pre|hr|sub|sup|video|audio|source|iframe|dl|d[td])(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)


def load_object(source: str, *patterns: re.Pattern[str]) -> dict[str, Any]:
    """The object in *source*, JSON or of a script, behind the first of *patterns* that is followed by one; {} where there is
    none."""
    decoder = json.JSONDecoder(strict=False)  # raw line breaks occur inside strings
    for pattern in patterns:
        for match in pattern.finditer(source):
            if not source.startswith("{", match.end()):
                continue
            try:
                value, _ = decoder.raw_decode(source, match.end())
            except (ValueError, RecursionError):
                value = read_js_object(source, match.end())
            if isinstance(value, dict) and value:
                return value
    return {}


def load_answer(text: str) -> dict[str, Any]:
    """The JSON object that *text*, a whole response, is; {} where it is none."""
    text = text.lstrip("\ufeff").strip()
    try:
        value = json.JSONDecoder(strict=False).decode(text) if text.startswith("{") else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def child(data: Any, *names: str) -> dict[str, Any]:
    """The object below *names* in *data*; {} where there is none.

    >>> child({"a": {"b": {"c": 1}}}, "a", "b"), child({"a": None}, "a", "b")
    ({'c': 1}, {})
    """
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; [] where *value* is none."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def paragraphs(text: str) -> str:
    """Plain text as HTML, a paragraph a line.

    >>> paragraphs("毛利率<5%\\n\\n净利润")
    '<p>毛利率&lt;5%</p><p>净利润</p>'
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def as_html(text: str) -> str:
    """A text that may be HTML or plain as HTML; a ``<`` that begins no tag is a character.

    >>> as_html("占比<span级别\\n以下"), as_html("<p>毛利率<5%</p>")
    ('<p>占比&lt;span级别</p><p>以下</p>', '<p>毛利率&lt;5%</p>')
    """
    return escape_stray(text) if TAG.search(text) else paragraphs(text)


def escape_stray(html: str) -> str:
    """*html* with every ``<`` that begins no tag escaped."""
    parts: list[str] = []
    index = 0
    for match in re.finditer("<", html):
        if not TAG.match(html, match.start()):
            parts += [html[index : match.start()], "&lt;"]
            index = match.end()
    return "".join([*parts, html[index:]])


def image_html(urls: Iterable[Any]) -> str:
    """Images as HTML, a paragraph each; what is not an address is left out."""
    return "".join(
        f'<p><img src="{escape(url)}"></p>' for url in urls if isinstance(url, str) and url.strip()
    )


def figure_html(url: str | None, caption: str | None) -> str:
    """An image with its caption; empty without an address."""
    if not url:
        return ""
    text = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(url)}">{text}</figure>'
