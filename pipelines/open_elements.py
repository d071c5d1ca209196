"""Elements within each other that no reader of HTML leaves so: it would close the outer one and move what follows.

Such come to be where the elements between them are unwrapped. What is written is then read back as it is.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

INLINE = ("strong", "b", "em", "i", "u", "s", "sub", "sup", "a", "code")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset((
    "p", "center", "div", "section", "article", "figure", "figcaption", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "hr",
    *HEADINGS,
))  # fmt: skip
"""What ends a paragraph."""
SEEN_THROUGH = frozenset((*INLINE, "div", "p"))
"""What an item of a list is looked for behind: one that is open there ends where the next begins."""
ITEMS = {"li": "li", "dt": "term", "dd": "term"}
"""Items, and of which kind they are: one ends where the next of its kind begins."""
HOLDS_NO_BLOCK = frozenset(("p", *HEADINGS, *INLINE))
DOUBTFUL = {
    **dict.fromkeys(BLOCKS, HOLDS_NO_BLOCK),
    **dict.fromkeys(ITEMS, HOLDS_NO_BLOCK | {"div", *ITEMS}),
    "a": frozenset(INLINE),
}
"""The parents of an element for which the whole tree is walked."""


def is_doubtful(tree: Any) -> bool:
    """Whether a tree may have such elements. It looks at parents alone, for most articles have none.

    >>> is_doubtful(etree.fromstring("<div><p>甲</p></div>")), is_doubtful(etree.fromstring("<div><p><hr/></p></div>"))
    (False, True)
    """
    return any(
        element.getparent().tag in parents
        for element in tree.iterdescendants()
        if (parents := DOUBTFUL.get(element.tag)) is not None
    )


def part_elements(tree: Any, unwrapped: str) -> bool:
    """Rename elements that cannot hold what they hold: a paragraph with blocks and an item directly in an item are ``div``, as is a
    heading in a heading; a link that holds a link is *unwrapped*. Whether any is to be unwrapped.

    >>> tree = etree.fromstring("<div><p>甲<b><p>乙</p></b></p><ul><li><div><li>丙</li></div></li></ul></div>")
    >>> part_elements(tree, "span")
    False
    >>> etree.tostring(tree, encoding="unicode")
    '<div><div>甲<b><p>乙</p></b></div><ul><li><div><div>丙</div></div></li></ul></div>'
    """
    if not is_doubtful(tree):
        return False
    paragraph = link = None
    is_any = False
    open_items: list[str | None] = [None]
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            open_items.pop()
            if element is paragraph:
                paragraph = None
            elif element is link:
                link = None
            continue
        tag, item = element.tag, open_items[-1]
        if tag in BLOCKS and paragraph is not None:
            paragraph.tag, paragraph = "div", None
        if tag == "p":
            paragraph = element
        elif tag == "a":
            if link is not None:
                link.tag, is_any = unwrapped, True
            link = element
        elif item == ITEMS.get(tag, "") or (tag in HEADINGS and element.getparent().tag in HEADINGS):
            element.tag = "div"
        open_items.append(item if tag in SEEN_THROUGH or element.tag == "div" else ITEMS.get(tag))
    return is_any
