"""What the readers ask of an lxml tree: texts of blocks, and what contains what."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from lxml import etree

INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "o:p",
))  # fmt: skip

GAP = re.compile(r"\s{100,}")
NUMBER = re.compile(r"\d+")
NO_LETTER = re.compile(r"[\W_]+")
ASCII_LETTERS = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
"""What `fold_letters` makes of each ASCII character: for text in them alone, a table is many times faster than a pattern."""
TYPOGRAPHIC = ("’", "‘", "“", "”", "–", "—", "…", "\u00a0")
"""All that is not ASCII in most English text."""


def fold_letters(text: str | None) -> str:
    """Letters and digits of *text* alone, in lower case and composed: what stays the same however a reader spaces it.

    >>> fold_letters("It’s 5 p.m."), fold_letters("Ça va ?")
    ('its5pm', 'çava')
    """
    text = text or ""
    if not text.isascii():
        for mark in TYPOGRAPHIC:
            text = text.replace(mark, "")
    if text.isascii():
        return text.translate(ASCII_LETTERS)
    return NO_LETTER.sub("", normalize("NFC", text)).lower()


def letters(text: str) -> int:
    """How many characters of *text* are no white space."""
    return len("".join(text.split()))


def whole_text(element: Any) -> str:
    """All text in an element. lxml joins it many times faster than Python does what `itertext` gives."""
    text: str = etree.tostring(element, encoding="unicode", method="text", with_tail=False)
    return text


def own_text(block: Any, gap: str = "") -> str:
    """The text of a block without that of the blocks within it. *gap* goes where an inline element begins or ends: what
    is in elements of its own, as time and source under a headline do, is words apart, blanks or not."""
    if not len(block):
        return without_gaps(block.text or "")
    parts: list[str] = [block.text or ""]
    inside: list[tuple[Any, Any]] = [(None, iter(block))]  # no recursion: pages nest spans by the thousand
    while inside:
        holder, children = inside[-1]
        child = next(children, None)
        if child is None:
            inside.pop()
            if holder is not None:
                parts += (gap, holder.tail or "")
        elif child.tag not in INLINE:
            parts += (" " if isinstance(child.tag, str) else "", child.tail or "")
        elif len(child):
            parts += (gap, child.text or "")
            inside.append((child, iter(child)))
        else:
            line_end = " " if child.tag == "br" else gap
            parts += (line_end, child.text or "", gap, child.tail or "")
    return without_gaps("".join(parts))


def without_gaps(text: str) -> str:
    """A long text with one blank in the place of hundreds: patterns look behind each of a run for what follows it."""
    return text if len(text) < 5_000 else GAP.sub(" ", text)


def kind_of(element: Any) -> tuple[str, str]:
    """What the items of a list have in common: tag and class. WordPress names each ``<article>`` after its number, its
    sections and its keywords."""
    if element.tag == "article":
        return "article", ""
    name = element.get("class")
    return element.tag, without_numbers(name) if name else ""


@lru_cache(maxsize=4096)
def without_numbers(name: str) -> str:
    """A class without digits. Remembered: a page has few and many elements of each."""
    return NUMBER.sub("", name)


def file_of(address: str | None) -> str:
    """The last part of an address's path: what stays the same whatever host serves an image.

    >>> file_of("https://img.example/2020/a.jpg?x=1")
    'a.jpg'
    """
    return (address or "").partition("?")[0].rstrip("/").rpartition("/")[2]


def remove(element: Any) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


MOST_ONE_BY_ONE = 200
"""Elements that `remove` takes: it copies the text that has gathered before each."""
REMOVED = "removed"


def remove_all(elements: list[Any], root: Any) -> None:
    """Take many elements out of *root*; the text behind them stays."""
    if len(elements) <= MOST_ONE_BY_ONE:
        for element in elements:
            remove(element)
        return
    for element in elements:
        element.tag = REMOVED
    etree.strip_elements(root, REMOVED, with_tail=False)


def is_within(element: Any, top: Any) -> bool:
    """Whether an element is still below *top*."""
    while element is not None:
        if element is top:
            return True
        element = element.getparent()
    return False
