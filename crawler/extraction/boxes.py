"""Boxes within a text that are none of it: lists of other articles, players, what is named as boilerplate."""

from __future__ import annotations

import re
from typing import Any

from crawler.extraction.above_text import is_sentence
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body, find_described
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import names_of
from crawler.extraction.images import save_images
from crawler.extraction.link_lines import HEADING, is_other_page
from crawler.extraction.second_opinion import SURE
from crawler.extraction.trees import INLINE, fold_letters, is_within, own_text, whole_text

PLAYER_NAME = re.compile(r"video|vjs-|jwplayer|(?:^|[\s_-])(?:player|audio)", re.IGNORECASE)
PLAYER_TEXT = 240  # characters that a player shows of itself, at most
TITLES = 12  # characters of links that are titles of articles, at least
LISTS = frozenset(("ul", "ol", "dl", "div", "section", "table", "aside"))
CONFIRMED = 0.7  # share of a box's sentences that the other reader has from which on they are text
ENOUGH_TO_ASK = 200  # characters of a box for which the other reader is asked


def cut_boxes(layout: BlockLayout, body: Body, sums: dict[Any, tuple[int, int, int, int]]) -> None:
    """Lists of other articles, what is named as boilerplate, and lists that are links."""
    most = 0.3 * sums[body.element][0]
    described = find_described(layout)
    if described is not None and not is_within(described, body.element):
        described = None
    for box in list(body.element.iterdescendants()):
        if box.tag in INLINE or box not in sums or not is_within(box, body.element):
            continue
        plain, linked, marks, links = sums[box]
        if box in layout.related and plain < most:
            body.take_out("related_block", box)
        elif is_boilerplate(box) and (
            plain < most or (described is not None and not is_within(described, box) and plain < 3 * most)
        ):
            if (
                plain >= ENOUGH_TO_ASK
                and body.confirmed_text
                and holds_confirmed(layout, box, body.confirmed_text)
            ):
                continue
            save_images(box)
            body.take_out("page_boilerplate", box)
        elif PLAYER_NAME.search(names_of(box)) and is_player_text(box, plain + linked):
            body.take_out("player_text", box)
        elif box.tag in LISTS and is_link_list(box, plain, linked, marks, links):
            body.take_out("link_list", box)


def holds_confirmed(layout: BlockLayout, box: Any, text: str) -> bool:
    """Whether a box holds half of *text*, the page's text as another reader has it, or hardly any sentence that is not of it."""
    blocks = [block for block in box.iter() if block in layout.plain]
    sizes = {
        block: len(own)
        for block in blocks
        if len(own := fold_letters(own_text(block))) >= SURE and own in text
    }
    sentences = [block for block in blocks if is_sentence(layout, block)]
    return 2 * sum(sizes.values()) >= len(text) or sum(
        block in sizes for block in sentences
    ) > CONFIRMED * len(sentences)


def is_link_list(box: Any, plain: int, linked: int, marks: int, links: int) -> bool:
    """Whether a box of so many characters, punctuation marks and links is a list of them."""
    if links >= 3 and linked > 2 * plain and marks < links:
        return True
    # A title in a block of its own, and links below it.
    if links >= 1 and linked >= TITLES and plain <= HEADING and not marks and box.tag != "table":
        titled = any(child.tag not in INLINE and child.find(".//a") is None for child in box)
        if titled and all(is_other_page(link.get("href") or "") for link in box.iter("a")):
            return box.find(".//img") is None
    # A table of two or three promotions, each a link and an image.
    return (
        box.tag == "table"
        and links >= 2
        and linked >= 12
        and plain * 8 < linked
        and box.find(".//img") is not None
    )


def is_player_text(box: Any, size: int) -> bool:
    """Whether a box named after a player of videos holds no more than the player's own words: no caption, no table."""
    if size > PLAYER_TEXT or box.tag not in ("div", "section", "aside", "span"):
        return False
    text = whole_text(box)
    return "。" not in text and all(
        box.find(f".//{tag}") is None for tag in ("p", "img", "table", "figcaption")
    )


def subtree_sums(layout: BlockLayout, element: Any) -> dict[Any, tuple[int, int, int, int]]:
    """``(plain, linked, marks, links)`` of every element below *element*: characters, punctuation, number of links."""
    sums: dict[Any, list[int]] = {}
    for inner in reversed(list(element.iter())):
        here = sums.setdefault(inner, [0, 0, 0, 0])
        if inner in layout.plain:
            here[0] += layout.plain[inner]
            here[1] += layout.linked[inner]
            here[2] += layout.marks[inner]
        here[3] += inner.tag == "a"
        if inner is not element:
            above = sums.setdefault(inner.getparent(), [0, 0, 0, 0])
            for n in range(4):
                above[n] += here[n]
    return {inner: (a, b, c, d) for inner, (a, b, c, d) in sums.items()}
