"""Cells of tables as a person reads them: images, links to our pages, times with their Beijing time, lists."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from archive.times import in_beijing
from archive.urls import http_url
from archive.web.pages.image import address

ARTICLE = re.compile(r"[a-z0-9_.-]+:\S+")
SECURITY = re.compile(r"\w{1,6}\.[\w.]{1,20}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONG, OPENING = 90, 70  # characters of a text that is cut, and of what is left of it
LONGEST = 20_000  # characters of a text that a cell opens to


def article_address(article_id: str) -> str:
    """Where an article is read."""
    return f"/-/article?id={quote(article_id, safe=':')}"


def security_address(security_id: str) -> str:
    """Where a security's page is."""
    return f"/-/security?id={quote(security_id)}"


def link(href: str, words: Any, lang: str = "") -> Markup:
    """A link; *lang* is the language of its words where it is not the page's."""
    attribute = Markup(' lang="{}"').format(lang) if lang else ""
    return Markup('<a href="{}"{}>{}</a>').format(href, attribute, words)


def render_cell(row: Mapping[str, Any], value: Any, column: str, table: str | None) -> Markup | None:
    """HTML of a cell; None where Datasette's own is good.

    A value that refers to another table comes with its label: ``{"value": ..., "label": ...}``.
    """
    label = None
    if isinstance(value, dict):
        value, label = value["value"], value["label"]
    if not isinstance(value, str):
        return None
    return (
        render_image(value, label if column == "sha256" else None)
        or render_reference(row, value, label, column, table)
        or render_value(value, column)
    )


def render_image(value: str, label: str | None) -> Markup | None:
    """A thumbnail that leads to the stored image."""
    image_url = address(label or value)
    if not image_url:
        return None
    thumbnail = '<img class="thumb" src="{}" alt="image" loading="lazy" decoding="async">'
    return link(image_url, Markup(thumbnail).format(image_url))


def render_reference(
    row: Mapping[str, Any], value: str, label: str | None, column: str, table: str | None
) -> Markup | None:
    """A link to the page of an article or a security."""
    if column in ("id", "article_id") and table not in ("crawls", "securities") and ARTICLE.fullmatch(value):
        return link(article_address(value), label or value, "zh" * bool(label))
    names_security = column in ("security_id", "other_id") or (column, table) == ("id", "securities")
    if names_security and SECURITY.fullmatch(value):
        return link(security_address(value), label or value, "zh" * bool(label))
    if column == "headline":
        known = row.keys()
        article = next((row[key] for key in ("id", "article_id") if key in known), None)
        if isinstance(article, dict):
            article = article["value"]
        if isinstance(article, str) and ARTICLE.fullmatch(article):
            return link(article_address(article), value, "zh")
    return None


def render_value(value: str, column: str) -> Markup | None:
    """Times on a Beijing clock, days, lists, URLs and long texts."""
    if TIME.fullmatch(value):
        return render_time(value, "%Y-%m-%d %H:%M:%S")
    if column == "day" and DAY.fullmatch(value):
        return link(f"/-/day?day={value}", value)
    if value.startswith("[") and value.endswith("]") and (items := join_list(value)) is not None:
        return shorten(items) or Markup("{}").format(items or Markup("&nbsp;"))
    if url := http_url(value.strip()):
        return Markup('<a href="{0}" title="{0}" rel="noopener noreferrer nofollow">{1}</a>').format(
            url, shorten_url(url)
        )
    return shorten(value)


def render_time(value: str | None, form: str = "%Y-%m-%d %H:%M") -> Markup:
    """A time of the archive on a Beijing clock, with the stored one in the tooltip; `local-times.js` has the reader's clock.

    >>> render_time("2022-02-21T16:10:00Z")
    Markup('<time datetime="2022-02-21T16:10:00Z" title="2022-02-21T16:10:00Z">2022-02-22 00:10</time>')
    """
    return (
        Markup('<time datetime="{0}" title="{0}">{1}</time>').format(value, in_beijing(value, form))
        if value
        else Markup("-")
    )


def shorten(text: str) -> Markup | None:
    """A long text as its beginning, which opens to the whole; None where it is short."""
    if len(text) <= LONG:
        return None
    start = text[:OPENING].rstrip()
    return Markup('<details class="long"><summary>{}…</summary>{}</details>').format(start, text[:LONGEST])


def shorten_url(url: str) -> str:
    """A URL for reading: without its scheme, its middle cut out where it is long.

    >>> shorten_url("https://news.example/a"), shorten_url("https://news.example/" + "a" * 60 + "/20260630.html")
    ('news.example/a', 'news.example/aaaaaaaaaaa…aaaa/20260630.html')
    """
    text = url.partition("://")[2]
    return text if len(text) <= 43 else f"{text[:24]}…{text[-18:]}"


def join_list(value: str) -> str | None:
    """A JSON array of texts for reading; None where it is not one.

    >>> join_list('["12.5%", "240"]'), join_list("[]"), join_list("[见图]")
    ('12.5%、240', '', None)
    """
    try:
        items = json.loads(value)
    except ValueError:
        return None
    return "、".join(map(str, items)) if isinstance(items, list) else None
