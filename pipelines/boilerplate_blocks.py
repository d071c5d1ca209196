"""The paragraphs of a body: block elements that hold no other block, and loose text made into such."""

from __future__ import annotations

from typing import Any

from lxml import etree

from pipelines.boilerplate_matches import rules_for

BLOCK_TAGS = (
    "p",
    "div",
    "section",
    "center",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figcaption",
)
BREAKS = frozenset((*BLOCK_TAGS, "br", "table", "ul", "ol", "figure", "pre", "hr", "dl"))
HELD = ("p", "div", "section", "center", "li", "table", "blockquote", "h1", "h2", "h3", "figure")
"""What makes an element that holds it no paragraph."""
SPACE = " \t\r\n\f\v\u00a0\u3000"


def flat(element: Any) -> str:
    """An element's text as one line, blanks at the ends off."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return text.replace("\u00a0", " ").strip(SPACE)


def markup(element: Any) -> str:
    """An element's own markup, without the text behind it."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def blocks_of(tree: Any) -> list[Any]:
    """Paragraphs in reading order: block elements that hold no other block."""
    holders = set()  # found from within, each once: elements may be nested by the hundred
    for block in tree.iter(*HELD):
        holder = block.getparent()
        while holder is not None and holder not in holders:
            holders.add(holder)
            holder = holder.getparent()
    return [
        block
        for block in tree.iter(*BLOCK_TAGS, "td")
        if block is not tree
        and (block.tag == "p" or block not in holders)
        and (block.tag != "td" or is_alone(block))  # old pages lay out with tables of one column
    ]


def is_alone(cell: Any) -> bool:
    """Whether a table's row has this cell alone."""
    return cell.getprevious() is None and cell.getnext() is None


def wrapper_of(element: Any, tree: Any) -> Any:
    """The outermost element that holds nothing but *element*: it would be left empty."""
    while (parent := element.getparent()) is not None and parent is not tree:
        if element.getprevious() is not None or element.getnext() is not None:
            break
        if (parent.text or "").strip(SPACE) or (element.tail or "").strip(SPACE):
            break
        element = parent
    return element


def holds_more(tree: Any) -> bool:
    """Whether there is an image, or text outside of paragraphs."""
    loose = (tree.text or "").strip(SPACE) or any((child.tail or "").strip(SPACE) for child in tree)
    return bool(loose) or tree.find(".//img") is not None


def is_in(element: Any, tree: Any) -> bool:
    """Whether *element* is still part of the tree, and not the tree itself."""
    parent = element.getparent()
    while parent is not None:
        if parent is tree:
            return True
        parent = parent.getparent()
    return False


def paragraph(text: str) -> Any:
    """A paragraph of *text*."""
    element = etree.Element("p")
    element.text = text
    return element


def wrap_loose(tree: Any) -> None:
    """Make a paragraph of each line of text that stands in none, where it may be one that a rule takes."""
    if (tree.text or "").strip(SPACE) and (not len(tree) or tree[0].tag in BREAKS) and rules_for(tree.text):
        tree.insert(0, paragraph(tree.text))
        tree.text = None
    for child in [*tree]:
        after = child.getnext()
        if (
            (child.tail or "").strip(SPACE)
            and child.tag in BREAKS
            and (after is None or after.tag in BREAKS)
            and rules_for(child.tail)
        ):
            line = paragraph(child.tail)
            child.tail = None
            child.addnext(line)
