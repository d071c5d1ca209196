"""Which element of a page holds the article's text, and which lines stand round it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crawler.extraction.block_layout import Layout
from crawler.extraction.boilerplate import is_furniture
from crawler.extraction.document import squeeze, text_of
from crawler.extraction.headline import key
from crawler.extraction.lines import META_LABEL
from crawler.extraction.trees import INLINE, is_within, own_text, remove

DOMINANT = 0.85  # share of an element's worth that one child must hold for the text to be in it alone
ALONE = 0.8  # the same share for an <article> that has no such name
NAMED = 0.6  # share of the best element's worth that one called an article body must hold to be taken for it
SENTENCE_ENDS = ("。", "！", "？", "”", "」", "…", ".", "!", "?")
SENTENCE = 30.0  # worth of a block from which on it is a sentence of the text


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
    """Lines behind the text."""
    lines: list[str]
    """Lines of the text."""
    heading: Any = None
    """The heading that shows the headline."""
    lead: list[Any] = field(default_factory=list)
    """Paragraphs of the text that stand above the element: many sites set the first one apart."""
    lead_pictures: list[Any] = field(default_factory=list)
    """Pictures between headline and text."""
    removals: list[dict[str, Any]] = field(default_factory=list)
    """What was taken out of it: ``rule``, ``text``, ``html`` each."""

    def take_out(self, rule: str, one: Any) -> None:
        """Remove an element of the body, on record where it shows anything."""
        text = text_of(one)
        if text or one.tag == "img" or one.find(".//img") is not None:
            markup = etree.tostring(one, encoding="unicode", method="html", with_tail=False)
            self.removals.append({"rule": rule, "text": text, "html": markup})
        remove(one)


def find_body(layout: Layout) -> Any:
    """The element that holds the article's text; None where the page has none."""
    value = layout.value
    best = max(value, key=value.__getitem__)
    while True:
        child = max((child for child in best if child in value), key=value.__getitem__, default=None)
        if child is None or value[child] < DOMINANT * value[best]:
            break
        best = child
    if value[best] <= 0:
        return lines_of(layout)
    named = [one for one in layout.named if value[one] >= NAMED * value[best]]
    named = named or [one for one in best.iter("article") if value.get(one, 0) >= ALONE * value[best]]
    if named:
        top = max(value[one] for one in named)
        # The innermost of those that hold the same text.
        best = max((one for one in named if value[one] >= 0.95 * top), key=layout.order.__getitem__)
        best = without_siderail(layout, best)
    while best.tag in INLINE | {"p"} and best.getparent() is not None:
        best = best.getparent()
    return best


def lines_of(layout: Layout) -> Any:
    """The element that holds a text of short lines, such as a poem, under a heading; None where there is none."""
    heading = next(layout.root.iter("h1", "h2", "h3"), None)
    if heading is None:
        return None
    size = dict.fromkeys(layout.order, 0)
    for element in reversed(layout.order):
        if layout.order[element] > layout.order[heading] and is_short_line(layout, element):
            size[element] += layout.plain[element]
        if not (element in layout.related or is_furniture(element)) and element.getparent() is not None:
            size[element.getparent()] += size[element]
    best = layout.root
    while (child := max(best, key=lambda one: size.get(one, 0), default=None)) is not None:
        if size.get(child, 0) < DOMINANT * size[best] or child.tag in INLINE | {"p"}:
            break
        best = child
    return best if size[best] >= SENTENCE and best.tag not in ("html", "body") else None


def is_short_line(layout: Layout, block: Any) -> bool:
    """Whether a block is text without being a sentence: a line of a poem, a list or a talk; no link, no label."""
    return (
        layout.plain.get(block, 0) >= 3
        and layout.linked[block] <= layout.plain[block]
        and layout.worth(block) > -5
        and not META_LABEL.search(own_text(block))
    )


def text_start(layout: Layout, element: Any) -> int:
    """Place in reading order up to which a headline can stand: the first sentence in *element*, or a little behind its begin."""
    begin = layout.order[element]
    within = {*element.iter()}
    first = next((one for one in layout.blocks if one in within and is_sentence(layout, one)), None)
    return max(begin + 12, layout.order[first] if first is not None else 0)


def without_siderail(layout: Layout, element: Any) -> Any:
    """The part of a body that holds all of its sentences, where what lies beside it is link lists and the like."""
    while True:
        child = max(
            (one for one in element if one in layout.value), key=layout.value.__getitem__, default=None
        )
        if child is None or child.tag in INLINE | {"p"}:
            return element
        if layout.value[child] < layout.value[element] and not holds_the_text(layout, child, element):
            return element
        element = child


def holds_the_text(layout: Layout, child: Any, element: Any) -> bool:
    """Whether outside of *child* the element shows no sentence and no picture."""
    if layout.value[child] < DOMINANT * layout.value[element]:
        return False
    within = {*child.iter()}
    outside = [one for one in element.iter() if one not in within]
    blocks = [one for one in outside if one in layout.plain]
    return (
        sum(one in layout.plain for one in within) >= 3
        and not any(one.tag == "img" for one in outside)
        and not any(layout.worth(one) >= SENTENCE for one in blocks)
    )


def read_body(layout: Layout, element: Any, heading: Any, headline: str | None = None) -> Body:
    """The body in *element*, with the lines round it. The layout's tree stays as it is."""
    wanted = key(headline or "")
    order = layout.order
    first_inside, last_inside = (
        order[element],
        max((order[one] for one in element.iter()), default=order[element]),
    )
    inside = [block for block in layout.blocks if first_inside <= order[block] <= last_inside]
    at = order.get(heading, -1) if heading is not None else -1
    sentences = [b for b in inside if is_sentence(layout, b) and key(own_text(b)) != wanted]
    inner = [b for b in sentences if order[b] > at]
    if 2 * len(inner) < len(sentences):  # a heading that deep in the text is not the article's own
        at, inner = -1, sentences
    text_from = order[inner[0]] if inner else first_inside
    early = [
        b for b in inside if at < order[b] < text_from and is_short_line(layout, b) and not is_caption(b)
    ]
    if len(early) >= max(4, 2 * len(inner)):  # a text of short lines, with hardly a sentence
        text_from = order[early[0]]
    before = [block for block in layout.blocks if order[block] < text_from and not is_caption(block)]
    if 0 <= at < text_from:
        under = {heading, *heading.iter()}
        near = [block for block in before if order[block] >= at and block not in under]
        beside = (
            squeeze(own_text(heading, " ")).replace(headline or "", "", 1).strip()
        )  # some put the time into it
        near = [
            *(near if len(near) <= 28 else [*near[:12], *near[-16:]]),
            *[block for block in before if order[block] < at][-4:],
        ]
    else:
        near, beside = before[-14:], ""
    elements = (
        [one for one, place in order.items() if max(at, text_from - 60) <= place < text_from]
        if at < text_from
        else []
    )
    lead = [
        block
        for block in layout.blocks
        if 0 <= at < order[block] < first_inside and is_lead(layout, block, element)
    ]
    pictures = [one for one in layout.root.iter("img") if 0 <= at < order[one] < first_inside]
    behind = [block for block in layout.blocks if order[block] > last_inside][:12]
    lines = [squeeze(own_text(block)) for block in inside if order[block] >= text_from]
    return Body(
        element=element,
        near=[line for line in (beside, *(squeeze(own_text(block, " ")) for block in near)) if line],
        near_elements=elements,
        after=[*lines[-6:], *(squeeze(own_text(block, " ")) for block in behind)],
        lines=[line for line in (*(squeeze(own_text(block)) for block in lead), *lines) if line],
        heading=heading if at >= 0 else None,
        lead=lead,
        lead_pictures=pictures,
    )


def is_sentence(layout: Layout, block: Any) -> bool:
    """Whether a block is a sentence of a text: a caption is none."""
    return layout.worth(block) >= SENTENCE and not is_caption(block)


def is_caption(block: Any) -> bool:
    """Whether a block is a picture's caption."""
    above = block.getparent()
    return block.tag == "figcaption" or (above is not None and above.tag in ("figcaption", "figure"))


def is_lead(layout: Layout, block: Any, element: Any) -> bool:
    """Whether a block above a body is its first paragraph: whole sentences, close by, that the body does not repeat."""
    text = squeeze(own_text(block))
    near = element.getparent()
    near = near.getparent() if near is not None and near.getparent() is not None else near
    return (
        block.tag == "p"
        and len(text) >= SENTENCE
        and text.endswith(SENTENCE_ENDS)
        and layout.marks[block] >= 2
        and layout.worth(block) >= SENTENCE
        and is_within(block, near)
        and not layout.in_furniture(block)
        and text[:15] not in squeeze("".join(element.itertext()))
    )
