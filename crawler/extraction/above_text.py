"""Where the text in an element begins, the lines between headline and text, and what above the element is of the text."""

from __future__ import annotations

from typing import Any

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.document import squeeze
from crawler.extraction.lines import META_LABEL, is_meta
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import fold_letters, is_within, own_text, whole_text
from pipelines.printed_times import STAMP

SENTENCE_ENDS = ("。", "！", "？", "”", "」", "…", ".", "!", "?")
DESCRIBED = 24  # letters of a description that a text must begin with
SENTENCE = 30.0  # worth of a block from which on it is a sentence of the text


def is_described(layout: BlockLayout, own: str) -> bool:
    """Whether a folded text and one of the page's descriptions begin alike: it sums the article up."""
    return len(own) >= DESCRIBED and any(
        description.startswith(own[:DESCRIBED]) or own.startswith(description[:DESCRIBED])
        for description in layout.descriptions
    )


def is_short_line(layout: BlockLayout, block: Any) -> bool:
    """Whether a block is text without being a sentence: a line of a poem, a list or a talk; no link, no label."""
    return (
        layout.plain.get(block, 0) >= 3
        and layout.linked[block] <= layout.plain[block]
        and layout.worth(block) > -5
        and not META_LABEL.search(layout.own_text(block))
    )


def find_text_start(
    layout: BlockLayout, inside: list[Any], heading: Any, headline: str | None, first_inside: int
) -> tuple[int, int]:
    """``(head_at, text_at)``: places in reading order of the heading (-1: none above the text) and of the text's first
    line among the blocks *inside* its element."""
    order, wanted = layout.order, fold_title(headline or "")
    head_at = order.get(heading, -1) if heading is not None else -1
    sentences = [
        b
        for b in inside
        if is_sentence(layout, b)
        and (layout.plain[b] > 3 * len(wanted) or fold_title(layout.own_text(b)) != wanted)
    ]
    below = [b for b in sentences if order[b] > head_at]
    if 2 * len(below) < len(sentences):  # a heading that deep in the text is not the article's own
        head_at, below = -1, sentences
    text_at = order[below[0]] if below else first_inside
    short = [
        b for b in inside if head_at < order[b] < text_at and is_short_line(layout, b) and not is_caption(b)
    ]
    if len(short) >= max(4, 2 * len(below)):  # a text of short lines, with hardly a sentence
        text_at = order[short[0]]
    return head_at, text_at


def find_lines_above(
    layout: BlockLayout, heading: Any, headline: str | None, head_at: int, text_at: int
) -> tuple[list[str], list[Any]]:
    """Lines between headline and text, the heading's own words beside the headline first, and the elements there."""
    order = layout.order
    above = [block for block in layout.blocks if order[block] < text_at and not is_caption(block)]
    beside = ""
    if 0 <= head_at < text_at:
        under = {heading, *heading.iter()}
        near = [block for block in above if order[block] >= head_at and block not in under]
        beside = (
            squeeze(own_text(heading, " ")).replace(headline or "", "", 1).strip()
        )  # some put the time into it
        near = [
            *(near if len(near) <= 28 else [*near[:12], *near[-16:]]),
            *[b for b in [b for b in above if order[b] < head_at][-4:] if not is_ticker(layout, b)],
        ]
    else:
        near = above[-14:]
    lines = [line for line in (beside, *(squeeze(own_text(block, " ")) for block in near)) if line]
    if head_at >= text_at:
        return lines, []
    return lines, [inner for inner, place in order.items() if max(head_at, text_at - 60) <= place < text_at]


def is_ticker(layout: BlockLayout, block: Any) -> bool:
    """Whether a block is a link to another article, beside its time."""
    line = squeeze(own_text(block))
    return layout.linked[block] > len(line) / 2 and STAMP.search(line) is not None


def lines_round(layout: BlockLayout, heading: Any) -> list[str]:
    """The lines in front of and behind a *heading* that is not above the text."""
    heading_place = layout.order.get(heading, -1) if heading is not None else -1
    if heading_place < 0:
        return []
    before = [block for block in layout.blocks if layout.order[block] < heading_place][-2:]
    behind = [block for block in layout.blocks if layout.order[block] > heading_place][:4]
    return [squeeze(own_text(block, " ")) for block in (*before, *behind)]


def is_sentence(layout: BlockLayout, block: Any) -> bool:
    """Whether a block is a sentence of a text: a caption is none."""
    return layout.worth(block) >= SENTENCE and not is_caption(block)


def is_caption(block: Any) -> bool:
    """Whether a block is an image's caption."""
    above = block.getparent()
    return block.tag == "figcaption" or (above is not None and above.tag in ("figcaption", "figure"))


def is_lead(layout: BlockLayout, block: Any, element: Any) -> bool:
    """Whether a block above a body is its first paragraph: whole sentences, close by, that the body does not repeat."""
    text = squeeze(layout.own_text(block))
    near = element.getparent()
    near = near.getparent() if near is not None and near.getparent() is not None else near
    return (
        block.tag in ("p", "div")
        and len(text) >= SENTENCE
        and text.endswith(SENTENCE_ENDS)
        and layout.marks[block] >= 2
        and layout.worth(block) >= SENTENCE
        and is_within(block, near)
        and not layout.in_boilerplate(block)
        and text[:15] not in squeeze(whole_text(element))
    )


def is_standfirst(layout: BlockLayout, block: Any, element: Any, confirmed: str) -> bool:
    """Whether a block above a body sums the article up: as the page's description does, or as another reader has it as
    text; the body does not repeat it."""
    own = layout.folded(block)
    if (
        len(own) < DESCRIBED
        or block.tag == "h1"
        or is_caption(block)
        or layout.linked[block] > layout.plain[block] / 2
        or is_meta(layout.own_text(block), layout.plain[block], layout.marks[block])
    ):
        return False
    return (is_described(layout, own) or (layout.worth(block) >= SENTENCE and own in confirmed)) and own[
        :DESCRIBED
    ] not in fold_letters(whole_text(element))
