"""``body_tree`` -> ``body_html``, ``body_text``: the strict allow-list, and one paragraph a line."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from lxml import etree

from archive.body_tags import TAGS as SAFE_TAGS
from archive.late_pattern import compile_late
from archive.post_text import clean_title
from pipelines.open_elements import part_elements
from pipelines.sanitise_html import DROPPED, UNWRAPPED, sweep

KEPT = {
    "a": ("href",), "img": ("src", "alt", "title", "width", "height"), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"),
    "p": ("style",), "div": ("style",), "col": ("span",), "ol": ("start",),
}  # fmt: skip
TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "s", "sub", "sup", "a", "img", "center", "div", "section", "article", "figure",
    "figcaption", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col",
    "thead", "tbody", "tfoot", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
}  # fmt: skip
BLOCKS = {
    "p", "center", "div", "section", "article", "figure", "figcaption", "blockquote", "pre", "ul", "ol", "li", "dl", "dt",
    "dd", "table", "caption", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br",
}  # fmt: skip
EMPTY_GOES = {"p", "strong", "b", "em", "i", "u", "s", "sub", "sup", "center", "div", "section", "article", "a", "li", "ul",
              "ol", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip
INLINE = {"strong", "b", "em", "i", "u", "s", "sub", "sup", "a", "img", "span", "code"}
TRIMMED = {"p", "li", "h1", "h2", "h3", "h4", "figcaption", "blockquote"}
UNSPACED = {"p", "center", "table", "tbody", "thead", "tr", "td", "th", "ul", "ol", "li", "figure", "div"}
"""Elements behind which white space means nothing."""
ALIGN = compile_late(r"text-align\s*:\s*(center|right|left|justify)")
FIRST_SENTENCE = compile_late(r"[^。！？!?\n]{1,120}[。！？!?]?")
SPACE = " \t\r\n\f\v\u00a0\u3000"


FOREIGN = sorted(SAFE_TAGS - TAGS)
WITH_ATTRIBUTES: Any = etree.XPath(".//*[@*]")


def tidy(tree: Any) -> None:
    """Keep what is allowed, drop what is empty, trim paragraphs; the tree is then fit to be written.

    Element by element only where there is something to do: this runs over every article.
    """
    tree.attrib.clear()
    for element in tree.iter(*FOREIGN):
        element.tag = UNWRAPPED
    for element in WITH_ATTRIBUTES(tree):
        keep_attributes(element)
    for link in tree.iter("a"):
        if not trimmed(link, "href") and link.get("class") != "image-missing":
            link.tag = UNWRAPPED  # its address was none that is safe
    for image in tree.iter("img"):
        if not trimmed(image, "src"):
            image.tag = DROPPED
    sweep(tree)
    while part_elements(tree, UNWRAPPED):
        sweep(tree)
    is_changed = mark_empty(tree)
    sweep(tree)
    for element in tree.iter("pre"):
        if element.text:
            element.text = element.text.lstrip("\n")  # a parser drops the first
    for element in [element for element in tree.iter() if element.tag in TRIMMED]:
        if len(element):
            trim(element)
        elif is_changed and (text := element.text):  # what stood behind its text may be gone
            element.text = text.strip(SPACE)


def trimmed(element: Any, name: str) -> str | None:
    """The address in an attribute, without the blanks at its end, which would be written as part of it: ``%20``."""
    address: str | None = element.get(name)
    if address and address[-1].isspace():
        address = address.rstrip()
        element.set(name, address)
    return address


def mark_empty(tree: Any) -> bool:
    """Rename elements to `DROPPED` that hold neither text nor anything that is shown; whether there are any. Paragraphs of
    nothing but text are trimmed at once: lxml decodes a text anew each time that it is read."""
    is_changed = False
    # By their names here: lxml looks each up in its own dictionary before it begins.
    for element in reversed([element for element in tree.iter() if element.tag in EMPTY_GOES]):
        text = element.text
        if text and (stripped := text.strip(SPACE)):
            if len(stripped) != len(text) and not len(element) and element.tag in TRIMMED:
                element.text = stripped
            continue
        if element is tree or element.get("class") == "image-missing":
            continue
        passed = (DROPPED, "br") if element.tag in TRIMMED else (DROPPED,)
        if any(child.tag not in passed or (child.tail or "").strip(SPACE) for child in element):
            continue
        element.tag = DROPPED
        is_changed = True
    return is_changed


def keep_attributes(element: Any) -> None:
    """Leave an element the attributes that it may have."""
    if element.tag == "a" and element.get("class") == "image-missing":
        href = element.get("href")
        element.attrib.clear()
        element.set("class", "image-missing")
        if href:
            element.set("href", href)
        return
    allowed = KEPT.get(element.tag, ())
    for name in element.keys():  # noqa: SIM118 (an lxml element: iterating it gives children)
        if name not in allowed:
            del element.attrib[name]
    if style := element.get("style"):
        if alignment := ALIGN.search(style):
            element.set("style", f"text-align:{alignment[1]}")
        else:
            del element.attrib["style"]


def trim(element: Any) -> None:
    """Take blanks and line breaks off both ends of a paragraph that has more than text."""
    for child in reversed(element):
        if child.tag != "br" or (child.tail or "").strip(SPACE):
            break
        element.remove(child)
    text = element.text
    for child in list(element) if len(element) and element[0].tag == "br" else ():
        if child.tag != "br" or (text or "").strip(SPACE):
            break
        text = child.tail
        element.remove(child)
    if text or element.text:
        element.text = text and (text.lstrip(SPACE) if len(element) else text.strip(SPACE))
    if len(element) and element[-1].tail:
        element[-1].tail = element[-1].tail.rstrip(SPACE)


def html_of(tree: Any) -> str:
    """The body's HTML, safe to show: only the allow-list, nothing between blocks. Changes the tree."""
    tidy(tree)
    for element in tree.iter():
        if element.tag in UNSPACED and (tail := element.tail) and not tail.strip(" \t\r\n\f\v"):
            element.tail = None
    if tree.text and not tree.text.strip(SPACE):
        tree.text = None
    whole = etree.tostring(tree, encoding="unicode", method="html", with_tail=False)
    return whole[len("<div>") : -len("</div>")].strip(SPACE)


def text_of(tree: Any) -> str:
    """The body's text: one paragraph a line, table cells parted by tabs.

    >>> from pipelines.sanitise_html import safe_tree
    >>> text_of(safe_tree("<p>　甲<b>乙</b></p><table><tr><td>1</td><td>2</td></tr></table>"))
    '甲乙\\n1\\t2'
    """
    children = [*tree]
    if not (tree.text or "").strip(SPACE) and all(map(is_plain, children)):
        lines = (
            " ".join(("".join(child.itertext()) if len(child) else child.text or "").split())
            for child in children
        )
        return "\n".join(line for line in lines if line)
    return walked(tree)


def is_plain(child: Any) -> bool:
    """Whether an element is one line of text: a paragraph or image without anything that breaks it."""
    return (
        child.tag in ("p", "center")
        and not (child.tail or "").strip(SPACE)
        and (not len(child) or all(inner.tag in INLINE for inner in child.iterdescendants()))
    )


def walked(tree: Any) -> str:
    """`text_of` for any tree: line by line as its blocks begin and end."""
    lines: list[str] = []
    parts: list[str] = []
    row: list[str] | None = None
    pre = 0

    def end_line() -> None:
        text = " ".join("".join(parts).split())
        parts.clear()
        if row is None:
            if text:
                lines.append(text)
        elif text:
            row.append(text)

    rows: list[list[str]] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == "tr":
                end_line()
                if row is not None:
                    rows.append(row)
                row = []
            elif tag in ("td", "th"):
                parts.clear() if row is not None else end_line()
                cell_at = len(row) if row is not None else 0
                element.set("data-at", str(cell_at))
            elif tag in BLOCKS:
                end_line()
            if tag == "pre":
                pre += 1
            if element.text:
                add(parts, element.text, pre, end_line)
        else:
            if tag in ("td", "th") and row is not None:
                at = int(element.attrib.pop("data-at", "0"))
                end_line()
                row[at:] = [" ".join(row[at:])]
            elif tag == "tr" and row is not None:
                if any(row):
                    lines.append("\t".join(row))
                row = rows.pop() if rows else None
            elif tag in BLOCKS:
                end_line()
            if tag == "pre":
                pre -= 1
            if element.tail and element is not tree:
                add(parts, element.tail, pre, end_line)
    end_line()
    return "\n".join(lines)


def add(parts: list[str], text: str, pre: int, end_line: Any) -> None:
    """Take in a run of text; in ``pre`` its line breaks are lines."""
    if not pre or "\n" not in text:
        parts.append(text)
        return
    *whole, last = text.split("\n")
    for line in whole:
        parts.append(line)
        end_line()
    parts.append(last)


def first_sentence(text: str) -> str | None:
    """A stand-in for a headline, at most 120 characters.

    >>> first_sentence("央行今日开展逆回购。利率不变。")
    '央行今日开展逆回购。'
    """
    match = FIRST_SENTENCE.search(text.replace("\t", " "))
    return match[0].strip() if match else None


class RenderBodyPipeline:
    """Sets ``body_html``, ``body_text``, and a stand-in headline; ends ``body_tree``."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        tree = record.get("body_tree")
        if tree is None:
            return item
        record["body_html"] = html_of(tree)
        record["body_text"] = text_of(tree)
        record["body_tree"] = None
        if record.get("headline"):
            record["headline"] = clean_title(record["headline"])
        if not record.get("headline"):
            record["headline"] = clean_title(first_sentence(record["body_text"]) or "") or record["id"]
            record["headline_from"] = "body"
        return item
