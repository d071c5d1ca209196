"""``body_raw``, foreign HTML -> ``body_tree``, a safe and balanced tree, read as a browser reads it."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin

from itemadapter import ItemAdapter
from lxml import etree

from archive.body_tags import TAGS
from archive.late_pattern import compile_late
from pipelines.raw_html import (
    FRAME,
    FRAME_ENDS,
    HTTP,
    MOST_OPEN,
    frame_as_link,
    limit_depth,
    replace_elements,
    unwrap_noscripts,
)

DEEPEST = 150  # elements within each other; a deeper wrapper goes, its text stays
DEEPEST_OF = {
    "table": DEEPEST - 3, **dict.fromkeys(("caption", "colgroup", "thead", "tbody", "tfoot"), DEEPEST - 2), "tr": DEEPEST - 1, "col": DEEPEST - 1,
    "video": DEEPEST - 1, "audio": DEEPEST - 1,
}  # fmt: skip
"""A table goes with all of its parts: text in a row but in no cell moves before the table where it is read again. A link in a
paragraph takes the place of a player."""

LAZY_SOURCES = (
    "data-original-src", "data-lazy-src", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo", "data-url", "data-img",
    "data-image", "data-backsrc", "data-big", "original_src", "lazy-src", "lazysrc", "lazyload-src", "real_src", "realsrc",
    "zoomfile", "file", "_src",
)  # fmt: skip
"""Attributes in which scripts keep an image's address until it is scrolled to."""
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
UNSEEN = compile_late(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
TAG = compile_late(r'<(/?)([a-z][a-z0-9]*)(?:\s++[^\s=<>"]++(?:="[^"]*+")?)*+\s*+>')
LONGEST_BODY = 4_000_000
"""Characters of a body that are read; the longest real ones are annual reports of 2 MB."""
MOST_REFERENCES = 5_000
"""Ampersands beyond which references are parsed as characters: the sanitiser's parser goes over all text so far for each."""
REFERENCE = compile_late(r"&(?:#?[A-Za-z0-9]{1,32};)?")
HIDDEN = {"&": "\u2060", "<": "\u200b", ">": "\u200e", '"': "\u200f", "'": "\u2066"}
"""Characters that `UNSEEN` has taken out, in the place of those that are markup."""
SHOWN = str.maketrans({hidden: character for character, hidden in HIDDEN.items()})
VOID = frozenset(("br", "img", "hr", "col", "source"))
VOID_TAG = compile_late(r"(<(?:img\b|hr\b|col\b|source\b|br )[^>]*+)>")
BROKEN_ADDRESSES = [compile_late(rf'{name}="[^"\n\t\r]*+[\n\t\r][^"]*+"') for name in ("href", "src")]
"""Addresses that are broken into lines: browsers join them, XML would have blanks there."""
NO_BREAKS = {ord(blank): None for blank in "\n\t\r"}
SHOUTED = compile_late(r"""\bstyle\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_parser = etree.XMLParser(huge_tree=True, resolve_entities=False, recover=True)
"""What the sanitiser writes is balanced: libxml2's reader of HTML would close elements that browsers leave open."""
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


def hide_references(html: str) -> str:
    """*html* with the characters that its references mean, those that would be markup in the form of `HIDDEN`.

    >>> hide_references("<p>A&amp;B &#60;&copy;") == f"<p>A{HIDDEN['&']}B {HIDDEN['<']}©"
    True
    """

    def character(match: re.Match[str]) -> str:
        text = UNSEEN.sub("", unescape(match[0]))
        return HIDDEN.get(text, text)

    return REFERENCE.sub(character, html)


def show_references(tree: Any) -> None:
    """Put the characters back that `hide_references` hid."""
    for element in tree.iter():
        if element.text:
            element.text = element.text.translate(SHOWN)
        if element.tail:
            element.tail = element.tail.translate(SHOWN)
        for name, value in element.items():
            element.set(name, value.translate(SHOWN))


def safe_tree(html: str, base_url: str | None = None) -> Any:
    """The body as an lxml ``<div>`` of allow-listed elements; what cannot be shown is gone, what is text stays text. No more
    than `LONGEST_BODY` characters are read. Links are read against *base_url*, the page's address, where it is known.

    >>> etree.tostring(safe_tree("<p>PE < 10 <b>粗<script>alert(1)</script>"), encoding="unicode")
    '<div><p>PE &lt; 10 <b>粗</b></p></div>'
    """
    html = html[:LONGEST_BODY].replace("\u2028", "\n").replace("\u2029", "\n")
    if (
        not html.replace("\u3000", " ").replace("\n", " ").isprintable()
    ):  # all of `UNSEEN` is not; a third of its cost
        html = UNSEEN.sub("", html)
    if "<iframe" in html or "<IFRAME" in html:
        html = replace_elements(html, FRAME, FRAME_ENDS, frame_as_link)
    if "<noscript" in html or "<NOSCRIPT" in html:
        html = unwrap_noscripts(html)
    if "DISPLAY" in html or "VISIBILITY" in html or "Display" in html or "Visibility" in html:
        # The sanitiser knows its properties in lower case only: what was hidden would come to light.
        html = SHOUTED.sub(lambda match: match[0].lower(), html)
    if html.count("<") > MOST_OPEN:
        html = limit_depth(html)
    many = len(html) > MOST_REFERENCES and html.count("&") > MOST_REFERENCES
    if many:
        html = hide_references(html)
    try:
        clean = cleaner().clean(html)
    except UnicodeEncodeError:  # lone surrogates
        clean = cleaner().clean(html.encode("utf-8", "ignore").decode("utf-8"))
    if "&#" in html:  # references to characters that a tree cannot hold
        clean = UNSEEN.sub("", clean)
    if clean.count("<") > 2 * DEEPEST_OF["table"]:
        clean = flat(clean)
    for pattern in BROKEN_ADDRESSES:
        clean = pattern.sub(lambda match: match[0].translate(NO_BREAKS), clean)
    clean = VOID_TAG.sub(r"\1/>", clean.replace("<br>", "<br/>").replace("&nbsp;", "\u00a0"))
    root = etree.fromstring(f"<div>{clean}</div>".encode(), _parser)
    if many:
        show_references(root)
    for media in [*root.iter("video", "audio")]:
        if media.getparent() is not None:  # not one that was shown where another is not
            media_as_link(media)
    if base_url:
        resolve_links(root, base_url)
    return root


def resolve_links(tree: Any, base_url: str) -> None:
    """Give links that hold on their own page alone (``/a/1.html``, ``//host/``, ``#note``) their whole address.

    >>> tree = safe_tree('<a href="/a/1.html">一</a>')
    >>> resolve_links(tree, "https://news.example/b/2.html")
    >>> tree[0].get("href")
    'https://news.example/a/1.html'
    """
    for link in tree.iter("a"):
        href = link.get("href")
        if href and not href.startswith(("http://", "https://")):
            try:
                whole = urljoin(base_url, href.strip())
            except ValueError:  # "//[" and the like
                whole = ""
            if whole and ((":" not in href and "//" not in href) or is_address(whole)):
                link.set("href", whole)
            else:
                del link.attrib["href"]


def is_address(url: str) -> bool:
    """Whether the sanitiser leaves *url* in a link: not where its host has a character that none can have.

    >>> is_address("https://news.example/"), is_address("https://news\ufffd.example/")
    (True, False)
    """
    return "href" in cleaner().clean(f'<a href="{escape(url)}"></a>')


def flat(clean: str) -> str:
    """Balanced HTML without the tags beyond `DEEPEST`: the parser loses what is deeper than about 2,000 elements, and
    what comes after must not meet a limit of recursion.

    >>> flat("<b>" * 200 + "x" + "</b>" * 200) == "<b>" * DEEPEST + "x" + "</b>" * DEEPEST
    True
    """
    parts, pos, depth = [], 0, 0
    for tag in TAG.finditer(clean):
        name = tag[2]
        if name in VOID and name != "col":
            continue
        if tag[1]:
            depth -= 1
        deep = depth >= DEEPEST_OF.get(name, DEEPEST)
        if not tag[1] and name != "col":
            depth += 1
        if deep:
            parts.append(clean[pos : tag.start()])
            pos = tag.end()
    return "".join(parts) + clean[pos:]


MOST_SWEPT = 2_000
"""Elements after whose removal the tree is parsed anew: the text round them stays in as many pieces, and lxml goes over all
of them for each when it joins them."""
UNWRAPPED, DROPPED = "unwrapped", "dropped"
"""Names of elements that go at the next `sweep`: one by one, each would copy the text round it, which for many is
quadratic."""


def sweep(tree: Any) -> None:
    """Put the content of `UNWRAPPED` elements in their place, adding no blank and cutting no word, and take `DROPPED` ones
    out with their content; the text behind them stays."""
    count = sum(1 for _ in tree.iter(UNWRAPPED, DROPPED))
    if not count:
        return
    etree.strip_elements(tree, DROPPED, with_tail=False)
    etree.strip_tags(tree, UNWRAPPED)
    if count > MOST_SWEPT:
        fresh: Any = etree.fromstring(etree.tostring(tree, encoding="unicode", with_tail=False), _parser)
        tree[:] = fresh[:]
        tree.text = fresh.text


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
    """A link in the place of a player; a paragraph of its own, but not within one."""
    url = element.get("src") or next(
        (source.get("src") for source in element.iter("source") if source.get("src")), None
    )
    if not url or not HTTP.match(url):
        drop(element)
        return
    word, tail = ("视频" if element.tag == "video" else "音频"), element.tail
    element.clear()
    element.tail = tail
    if next(element.iterancestors("p"), None) is None:
        element.tag, element = "p", etree.SubElement(element, "a")
    element.tag, element.text = "a", word
    element.set("href", url)


class SanitiseHtmlPipeline:
    """Sets ``body_tree``. Needs ``body_raw``."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        body = record.get("body_raw")
        if body:
            base_url = record.get("canonical_url") or record.get("share_url")
            record["body_tree"] = safe_tree(body, base_url)
            if len(body) > LONGEST_BODY:
                cut = (
                    f"the last {len(body) - LONGEST_BODY:,} of {len(body):,} characters of HTML were not read"
                )
                removal = {"rule": "too_long", "position": 1, "text": cut, "html": ""}
                record["removals"] = [*(record.get("removals") or []), removal]
        return item
