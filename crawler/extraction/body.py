"""Which element of a page holds the article's text, and which lines stand round it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crawler.extraction.above_text import (
    DESCRIBED,
    SENTENCE,
    find_lines_above,
    find_text_start,
    is_lead,
    is_sentence,
    is_short_line,
    is_standfirst,
)
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import squeeze, text_of
from crawler.extraction.lines import is_meta
from crawler.extraction.sparing import is_spared
from crawler.extraction.trees import INLINE, fold_letters, is_within, own_text, remove, whole_text

SUMMARY = 150  # characters of a summary, at most
MUCH_MORE = 4  # times as many are a text
DOMINANT = 0.85  # share of an element's worth that one child must hold for the text to be in it alone
ALONE = 0.8  # the same share for an <article> that has no such name
NAMED = 0.6  # share of the best element's worth that one called an article body must hold to be taken for it
ABOUT = 0.3  # share of a title's words that a text about it has
TITLE_WORD = re.compile(r"[^\W\d_\u3040-\u9fff]{5,}")
HAN = re.compile("[\u3400-\u9fff]{2}")
GUESSES = frozenset(("page_boilerplate", "page_heading", "related_block", "link_list"))
"""Rules that go by names and places; another reader's word counts for more."""
BETWEEN = 10  # lines between the first paragraph, where it stands apart, and the text
FIRST_LINES = 8  # of a text, among which there can be lines of time and byline
WHOLE = 0.9  # share of a box's text that must be confirmed for the box to stay
PART = 30  # letters of a text that are compared at once


def is_confirmed(own: str, text: str, share: float = 0.5) -> bool:
    """Whether a block's folded text is in *text*: whole, or this *share* of a long one's parts, as readers cut blocks
    differently."""
    if own in text:
        return True
    parts = [own[n : n + PART] for n in range(0, len(own) - PART, PART)]
    return len(parts) >= 3 and sum(part in text for part in parts) >= share * len(parts)


@dataclass(slots=True)
class Body:
    """An article's body, still with its boilerplate lines."""

    element: Any
    """The element that holds it."""
    near: list[str]
    """Lines between headline and text: time, source, byline."""
    near_elements: list[Any]
    """The elements there."""
    after: list[str]
    """The last lines of the text, and the lines behind it."""
    lines: list[str]
    """Lines of the text."""
    behind: list[str]
    """Lines behind the text."""
    heading: Any = None
    """The heading that shows the headline."""
    lead: list[Any] = field(default_factory=list)
    """Paragraphs of the text that stand above the element: many sites set the first one apart."""
    lead_images: list[Any] = field(default_factory=list)
    """Images between headline and text."""
    confirmed_text: str = ""
    """The page's text as another reader has it, folded (`second_opinion`); empty where none was asked."""
    removals: list[dict[str, Any]] = field(default_factory=list)
    """What was taken out of it: ``rule``, ``text``, ``html`` each."""

    def take_out(self, rule: str, element: Any) -> None:
        """Remove an element of the body, on record where it shows anything. What the other reader has as text stays."""
        text = text_of(element)
        is_guess = rule in GUESSES and len(text) > SENTENCE and bool(self.confirmed_text)
        if is_guess and is_confirmed(fold_letters(text), self.confirmed_text, WHOLE):
            return
        if text or element.tag == "img" or element.find(".//img") is not None:
            markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
            if is_spared(rule, text, markup):
                return
            self.removals.append({"rule": rule, "text": text, "html": markup})
        remove(element)


def find_body(layout: BlockLayout) -> Any:
    """The element that holds the article's text; None where the page has none."""
    best = find_heaviest(layout, layout.root, of_all=True)
    described = find_described(layout)
    if described is not None and not is_within(described, best) and not is_about_title(layout, best):
        best = find_heaviest(layout, branch_of(described, best))
    if layout.value[best] <= 0:
        return find_short_lines(layout)
    named = [candidate for candidate in layout.named if layout.value[candidate] >= NAMED * layout.value[best]]
    if described is not None and is_within(described, best):
        named = [candidate for candidate in named if is_within(described, candidate)]
    named = named or [
        candidate
        for candidate in best.iter("article")
        if layout.value.get(candidate, 0) >= ALONE * layout.value[best]
    ]
    if named:
        top = max(layout.value[candidate] for candidate in named)
        # The innermost of those that hold the same text.
        best = max(
            (candidate for candidate in named if layout.value[candidate] >= 0.95 * top),
            key=layout.order.__getitem__,
        )
        best = without_siderail(layout, best)
    best = find_named_behind(layout, best)
    while best.tag in INLINE | {"p"} and best.getparent() is not None:
        best = best.getparent()
    return best


def find_named_behind(layout: BlockLayout, best: Any) -> Any:
    """The element behind a summary of a line or two that is named as a body and holds far more sentences, however many
    links stand among them (cards of places and products); *best* itself where there is none."""
    size = text_size(layout, best)
    if size > SUMMARY:
        return best
    return next(
        (
            named
            for named in layout.named
            if layout.order[named] > layout.order[best]
            and text_size(layout, named) >= max(MUCH_MORE * size, 2 * SUMMARY)
            and not is_within(best, named)
        ),
        best,
    )


def text_size(layout: BlockLayout, element: Any) -> int:
    """Characters of the lines in an element that are no links and have punctuation."""
    blocks = (block for block in element.iter() if block in layout.plain and block not in layout.related)
    return sum(layout.plain[block] for block in blocks if layout.marks[block] and not layout.linked[block])


def find_heaviest(layout: BlockLayout, top: Any, of_all: bool = False) -> Any:
    """The innermost element below *top* (*of_all*: from the heaviest of the page on) that holds most of its worth."""
    value = layout.value
    best = max(value, key=value.__getitem__) if of_all else top
    while True:
        child = max((child for child in best if child in value), key=value.__getitem__, default=None)
        if child is None or value[child] < DOMINANT * value[best]:
            return best
        best = child


def find_described(layout: BlockLayout) -> Any:
    """The block whose text begins the page's own description of its article; None where no sentence does."""
    for description in layout.descriptions:
        for block in layout.blocks:
            if (
                layout.worth(block) < SENTENCE
                or block.tag in ("h1", "h2", "h3")
                or layout.in_boilerplate(block)
            ):
                continue
            if layout.folded(block)[:DESCRIBED] in description:
                return block
    return None


def is_about_title(layout: BlockLayout, element: Any) -> bool:
    """Whether a text has words of the page's title: rules for comments have none."""
    title = next((text_of(tag) for tag in layout.root.iter("title")), "").lower()
    words = set(TITLE_WORD.findall(title)) | {
        title[n : n + 2] for n in range(len(title)) if HAN.fullmatch(title[n : n + 2])
    }
    text = whole_text(element).lower()
    return sum(word in text for word in words) >= ABOUT * len(words)


def branch_of(block: Any, other: Any) -> Any:
    """The outermost element round *block* that does not hold *other*."""
    above = {*other.iterancestors(), other}
    while (parent := block.getparent()) is not None and parent not in above:
        block = parent
    return block


def find_short_lines(layout: BlockLayout) -> Any:
    """The element that holds a text of short lines, such as a poem, under a heading; None where there is none."""
    heading = next(layout.root.iter("h1", "h2", "h3"), None)
    if heading is None:
        return None
    size = dict.fromkeys(layout.order, 0)
    for element in reversed(layout.order):
        if layout.order[element] > layout.order[heading] and is_short_line(layout, element):
            size[element] += layout.plain[element]
        if not (element in layout.related or is_boilerplate(element)) and element.getparent() is not None:
            size[element.getparent()] += size[element]
    best = layout.root
    while (child := max(best, key=lambda inner: size.get(inner, 0), default=None)) is not None:
        if size.get(child, 0) < DOMINANT * size[best] or child.tag in INLINE | {"p"}:
            break
        best = child
    return best if size[best] >= SENTENCE and best.tag not in ("html", "body") else None


def text_start(layout: BlockLayout, element: Any) -> int:
    """Place in reading order up to which a headline can stand: the first sentence in *element*, or a little behind its begin."""
    begin = layout.order[element]
    within = {*element.iter()}
    first = next((block for block in layout.blocks if block in within and is_sentence(layout, block)), None)
    return max(begin + 12, layout.order[first] if first is not None else 0)


def without_siderail(layout: BlockLayout, element: Any) -> Any:
    """The part of a body that holds all of its sentences, where what lies beside it is link lists and the like."""
    while True:
        child = max(
            (inner for inner in element if inner in layout.value), key=layout.value.__getitem__, default=None
        )
        if child is None or child.tag in INLINE | {"p"}:
            return element
        if layout.value[child] < layout.value[element] and not holds_the_text(layout, child, element):
            return element
        element = child


def holds_the_text(layout: BlockLayout, child: Any, element: Any) -> bool:
    """Whether outside of *child* the element shows no sentence and no image."""
    if layout.value[child] < DOMINANT * layout.value[element]:
        return False
    within = {*child.iter()}
    outside = [inner for inner in element.iter() if inner not in within]
    blocks = [inner for inner in outside if inner in layout.plain]
    return (
        sum(inner in layout.plain for inner in within) >= 3
        and not any(inner.tag == "img" for inner in outside)
        and not any(layout.worth(inner) >= SENTENCE for inner in blocks)
    )


def read_body(
    layout: BlockLayout, element: Any, heading: Any, headline: str | None = None, confirmed: str = ""
) -> Body:
    """The body in *element*, with the lines round it. The layout's tree stays as it is. *confirmed*: the page's text as
    another reader has it, folded."""
    order = layout.order
    first_inside = order[element]
    last_inside = max((order[inner] for inner in element.iter()), default=first_inside)
    inside = [block for block in layout.blocks if first_inside <= order[block] <= last_inside]
    head_at, text_at = find_text_start(layout, inside, heading, headline, first_inside)
    near, elements = find_lines_above(layout, heading, headline, head_at, text_at)
    # Behind a line that sums the text up, too.
    below = [block for block in inside if order[block] >= text_at][:FIRST_LINES]
    late = [
        block for block in below if is_meta(layout.own_text(block), layout.plain[block], layout.marks[block])
    ]
    near += [line for block in late if (line := squeeze(own_text(block, " "))) not in near]
    elements += [inner for block in late for inner in block.iter()]
    lead = [
        block
        for block in layout.blocks
        if 0 <= head_at < order[block] < first_inside
        and (
            is_lead(layout, block, element)
            or (confirmed and is_standfirst(layout, block, element, confirmed))
        )
    ]
    between = [block for block in layout.blocks if lead and order[lead[-1]] < order[block] < first_inside]
    if len(between) > BETWEEN and count(layout, lead) < count(layout, inside):
        lead = []  # a summary in a box of tools above the text
    behind = [block for block in layout.blocks if order[block] > last_inside][:12]
    lines_behind = [squeeze(own_text(block, " ")) for block in behind]
    lines = [
        squeeze(layout.own_text(block)) for block in inside if order[block] >= text_at and block not in late
    ]
    return Body(
        element=element,
        near=near,
        near_elements=elements,
        after=[*lines[-6:], *lines_behind],
        behind=lines_behind,
        lines=[line for line in (*(squeeze(layout.own_text(block)) for block in lead), *lines) if line],
        heading=heading if head_at >= 0 else None,
        lead=lead,
        confirmed_text=confirmed,
        lead_images=[
            inner for inner in layout.root.iter("img") if 0 <= head_at < order[inner] < first_inside
        ],
    )


def count(layout: BlockLayout, blocks: list[Any]) -> int:
    """Characters of some blocks that are no links."""
    return sum(layout.plain[block] for block in blocks)
