"""``body_raw``, foreign HTML -> ``body_tree``, a safe and balanced tree, read as a browser reads it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from itemadapter import ItemAdapter
from lxml import etree

from archive.body_tags import TAGS

DEEPEST = 150  # elements within each other; a deeper wrapper goes, its text stays

LAZY_SOURCES = (
    "data-original-src", "data-lazy-src", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo", "data-url", "data-img",
    "data-image", "data-backsrc", "data-big", "original_src", "lazy-src", "lazysrc", "lazyload-src", "real_src", "realsrc",
    "zoomfile", "file", "_src",
)  # fmt: skip
"""Attributes in which scripts keep a picture's address until it is scrolled to."""
ATTRIBUTES = {
    "*": {"id", "class", "style", "align", "hidden"},
    "a": {"href", "data-code", "data-code2"},
    "span": {"web", "href", "data-code", "data-code2"},
    "img": {
        "src", "orginial_src", "data-src", "data-original", "original", "srcset", "data-srcset", "alt", "width", "height",
        "emheight", "data-code", "data-code2", *LAZY_SOURCES,
    },
    "video": {"src", "poster"}, "audio": {"src"}, "source": {"src", "srcset"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "col": {"span"}, "ol": {"start"},
}  # fmt: skip
STYLES = {"display", "visibility", "text-align", "height", "overflow", "text-indent"}

NOT_TEXT = (
    "script", "style", "title", "textarea", "select", "button", "template", "noembed", "noframes",
)  # fmt: skip
"""Elements whose content is no part of an article's text."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
FRAME = re.compile(
    r"<iframe\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)[^>]*>.*?(?:</iframe\s*>|$)", re.IGNORECASE | re.DOTALL
)
NOSCRIPT = re.compile(r"<noscript\b[^>]*>(.*?)(?:</noscript\s*>|$)", re.IGNORECASE | re.DOTALL)
SOURCE = re.compile(r"<img\b[^>]*?\ssrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:\s+[^\s=>"]+(?:="[^"]*")?)*\s*>')
VOID = frozenset(("br", "img", "hr", "col", "source"))
SHOUTED = re.compile(r"""\bstyle\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
HTTP = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_parser = etree.HTMLParser(
    huge_tree=True, encoding="utf-8", remove_comments=False
)  # the default loses what is deep
_cleaner: Any = None


def cleaner() -> Any:
    """The one sanitiser, made when it is first needed."""
    global _cleaner
    if _cleaner is None:
        import nh3

        _cleaner = nh3.Cleaner(
            tags=TAGS,
            attributes=ATTRIBUTES,
            clean_content_tags=set(NOT_TEXT),
            url_schemes={"http", "https"},
            strip_comments=True,
            link_rel=None,
            filter_style_properties=STYLES,
        )
    return _cleaner


def _without_script(found: re.Match[str]) -> str:
    """What a reader without scripts is shown: its pictures, unless a script shows them, too."""
    addresses = SOURCE.findall(found[1])
    lone = addresses and all(found.string.count(one) == found[0].count(one) for one in addresses)
    return found[1] if lone else ""


def _frame_as_link(found: re.Match[str]) -> str:
    return f'<p><a href="{found[1]}">视频</a></p>' if HTTP.match(found[1]) else ""


def safe_tree(html: str, base_url: str | None = None) -> Any:
    """The body as an lxml ``<div>`` of allow-listed elements; what cannot be shown is gone, what is text stays text.
    Links are read against *base_url*, the page's address, where it is known.

    >>> etree.tostring(safe_tree("<p>PE < 10 <b>粗<script>alert(1)</script>"), encoding="unicode")
    '<div><p>PE &lt; 10 <b>粗</b></p></div>'
    """
    html = UNSEEN.sub("", html.replace("\u2028", "\n").replace("\u2029", "\n"))
    if "<iframe" in html or "<IFRAME" in html:
        html = FRAME.sub(_frame_as_link, html)
    if "<noscript" in html or "<NOSCRIPT" in html:
        html = NOSCRIPT.sub(_without_script, html)
    if "DISPLAY" in html or "VISIBILITY" in html or "Display" in html or "Visibility" in html:
        # The sanitiser knows its properties in lower case only: what was hidden would come to light.
        html = SHOUTED.sub(lambda found: found[0].lower(), html)
    try:
        clean = cleaner().clean(html)
    except UnicodeEncodeError:  # lone surrogates
        clean = cleaner().clean(html.encode("utf-8", "ignore").decode("utf-8"))
    if clean.count("<") > 2 * DEEPEST:
        clean = flat(clean)
    root = etree.fromstring(f"<html><body><div>{clean}</div></body></html>".encode(), _parser)[0][0]
    for media in [*root.iter("video", "audio")]:
        media_as_link(media)
    if base_url:
        settle_links(root, base_url)
    return root


def settle_links(tree: Any, base_url: str) -> None:
    """Give links that hold on their own page alone (``/a/1.html``, ``//host/``, ``#note``) their whole address.

    >>> tree = safe_tree('<a href="/a/1.html">一</a>')
    >>> settle_links(tree, "https://news.example/b/2.html")
    >>> tree[0].get("href")
    'https://news.example/a/1.html'
    """
    for link in tree.iter("a"):
        href = link.get("href")
        if href and not href.startswith(("http://", "https://")):
            try:
                link.set("href", urljoin(base_url, href.strip()))
            except ValueError:  # "//[" and the like
                del link.attrib["href"]


def flat(clean: str) -> str:
    """Balanced HTML without the tags beyond `DEEPEST`: the parser loses what is deeper than about 2,000 elements, and
    what comes after must not meet a limit of recursion.

    >>> flat("<b>" * 200 + "x" + "</b>" * 200) == "<b>" * DEEPEST + "x" + "</b>" * DEEPEST
    True
    """
    parts, at, depth = [], 0, 0
    for tag in TAG.finditer(clean):
        if tag[2] in VOID:
            continue
        if tag[1]:
            depth -= 1
            deep = depth >= DEEPEST
        else:
            deep = depth >= DEEPEST
            depth += 1
        if deep:
            parts.append(clean[at : tag.start()])
            at = tag.end()
    return "".join(parts) + clean[at:]


def unwrap(element: Any) -> None:
    """Put an element's content in its place, adding no blank and cutting no word."""
    parent, before = element.getparent(), element.getprevious()
    text, tail = element.text or "", element.tail or ""
    children = list(element)
    if children:
        children[-1].tail = (children[-1].tail or "") + tail
    else:
        text += tail
    if text:
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
    element.tail = None
    at = parent.index(element)
    parent[at : at + 1] = children


def drop(element: Any) -> None:
    """Take an element out with its content; the text behind it stays."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail
    if tail:
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        element.tail = None
    parent.remove(element)


def media_as_link(element: Any) -> None:
    """A link in the place of a player."""
    url = element.get("src") or next(
        (source.get("src") for source in element.iter("source") if source.get("src")), None
    )
    if not url or not HTTP.match(url):
        drop(element)
        return
    word, tail = ("视频" if element.tag == "video" else "音频"), element.tail
    element.clear()
    element.tag, element.tail = "p", tail
    etree.SubElement(element, "a", href=url).text = word


class SanitiseHtmlPipeline:
    """Sets ``body_tree``. Needs ``body_raw``."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("body_raw"):
            base_url = record.get("canonical_url") or record.get("share_url")
            record["body_tree"] = safe_tree(record["body_raw"], base_url)
        return item
