"""The text of a page in an alphabetic script as trafilatura reads it: there it knows better than our weights which blocks
are the article's. Our tree keeps markup, images and tables; what its text lacks is taken out of it.

F1 on three public corpora is in `docs/extraction.md`. Its fast mode, where that agrees with our body, and all of its algorithms
elsewhere give the same figures as the latter alone; always the fast mode, with an earlier version of these rules, +0.002,
-0.004, -0.008 (on halves of the English benchmark, its own data, fundus), its precision mode +0.003, -0.003, -0.001. Chinese,
Japanese and Korean pages are read better without.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from lxml import etree

from crawler.extraction.above_text import SENTENCE, SENTENCE_ENDS, is_described
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body, is_confirmed
from crawler.extraction.document import squeeze
from crawler.extraction.sparing import is_spared
from crawler.extraction.trees import INLINE, fold_letters, is_within, own_text, whole_text

MOST = 1.8  # times that text that an element shows at most which is taken for it
AGREED = 0.5  # share of its text that must be in our body for both to mean the same
HOLDING = 0.7  # share of its text that the element must hold that is taken for the body where they do not
CELLS = ("td", "th")
NO_LIST = frozenset(("p", "table", "tbody", "tr", *CELLS))
MANY = 12  # elements of a list of links, at least
FAR_MORE = 10_000_000  # letters than any list of links has
LINK_LIST = "data-link-list"
"""Marks what trafilatura is not to look at."""
SAME = 0.8  # share of our sentences that its text must have for both readers to have read the same text ...
MOST_BESIDE = 1.25  # ... and times their length that it may have
MOST_BLOCKS = 2_000  # of a page of which trafilatura's jusText is to compare each with all around it
IS_DEEP = etree.XPath(f"boolean({'/'.join('*' * 256)})")
"""Whether elements are in each other deeper than libxml2 follows by default: trafilatura looks at all of each again, minutes for
some."""
SPANNING: Any = etree.XPath(".//*[self::td or self::th][@colspan or @rowspan]")
"""Cells for which trafilatura makes up to 10,000 empty ones in each row, that say nothing."""
SURE = 20  # letters of a block that are not in a text by chance
LONG = 100  # letters of a paragraph that stays beside confirmed ones
BETWEEN = frozenset(("p", "h2", "h3", "h4"))
KEPT = frozenset(("figure", "figcaption", "picture", "source"))


def extract_text(layout: BlockLayout, element: Any) -> str:
    """The text of a page by trafilatura, folded; empty where it finds none. Its fast mode does where that has what
    *element*, our body, says; else it is asked for what its other algorithms find as well, but for pages of `MOST_BLOCKS`."""
    if IS_DEEP(layout.root):
        return ""
    spans = [(cell, dict(cell.attrib)) for cell in SPANNING(layout.root)]
    etree.strip_attributes(layout.root, "colspan", "rowspan")
    lists = find_link_lists(layout)
    for holder in lists:
        holder.set(LINK_LIST, "")
    text = ask_trafilatura(layout.root, fast=True)
    for holder in lists:
        del holder.attrib[LINK_LIST]
    if len(layout.blocks) <= MOST_BLOCKS and (element is None or not says_same(layout, element, text)):
        text = ask_trafilatura(layout.root, fast=False)
    for cell, attributes in spans:
        cell.attrib.update(attributes)
    return text


def find_link_lists(layout: BlockLayout) -> list[Any]:
    """The elements with many others in them, more links than other text, and no sentence."""
    elements, links = dict.fromkeys(layout.order, 1), dict.fromkeys(layout.order, 0)
    for block in layout.blocks:
        is_sentence = layout.worth(block) >= SENTENCE
        links[block] = -FAR_MORE if is_sentence else layout.linked[block] - layout.plain[block]
    for element in reversed(layout.order):
        parent = element.getparent()
        if parent is not None:
            elements[parent] += elements[element]
            links[parent] += links[element]
    return [
        element
        for element, more in links.items()
        if more > 0 and elements[element] >= MANY and element.tag not in NO_LIST
    ]


def says_same(layout: BlockLayout, element: Any, text: str) -> bool:
    """Whether *text* has nearly all of an element's sentences, and little else."""
    sentences = [
        layout.folded(block)
        for block in layout.blocks
        if layout.worth(block) >= SENTENCE and is_within(block, element)
    ]
    size = sum(map(len, sentences))
    confirmed = sum(len(sentence) for sentence in sentences if is_confirmed(sentence, text))
    return confirmed >= SAME * max(size, len(text) / MOST_BESIDE)


def ask_trafilatura(root: Any, fast: bool) -> str:
    """The text of a page's tree, folded. Trafilatura works on a copy, in which scripts, what is hidden and marked lists of
    links are gone: that saves more than half of its time."""
    from trafilatura import bare_extraction  # late: it takes 0.3 s, and most crawls meet no such page

    try:
        read = bare_extraction(root, options=options_of(fast), prune_xpath=f".//*[@{LINK_LIST}]")
    except RecursionError:  # lists within lists by the hundred
        return ""
    return fold_letters(getattr(read, "raw_text", ""))  # None where it finds nothing


@cache
def options_of(fast: bool) -> Any:
    """Trafilatura's options. Remembered: it reads its configuration for each."""
    from trafilatura.settings import Extractor

    return Extractor(fast=fast, comments=False)


def confirm_element(layout: BlockLayout, element: Any, text: str) -> Any:
    """The element that holds the body: *element* where most of *text* is in it, else the one that holds that text."""
    sizes = {
        block: len(own)
        for block in layout.blocks
        if (layout.plain[block] + layout.linked[block] >= SURE or block.tag in CELLS)
        and (len(own := layout.folded(block)) >= SURE or (own and block.tag in CELLS))
        and is_confirmed(own, text)
    }
    total = sum(sizes.values())
    inside = (
        sum(size for block, size in sizes.items() if is_within(block, element)) if element is not None else 0
    )
    if total == 0 or inside >= HOLDING * total:
        return element
    best = find_holder(layout, sizes, HOLDING * total)
    whole = sum(size for block, size in layout.plain.items() if is_within(block, best))
    if best is layout.root or best.tag in ("html", "body") or whole > MOST * total:
        return element
    if (
        element is not None
        and layout.end is not None
        and is_within(layout.end, best)
        and not is_within(element, best)
    ):
        return element  # readers' comments are longer than a short article
    return best if inside < AGREED * total or is_within(element, best) else element


def is_agreed(layout: BlockLayout, element: Any, text: str) -> bool:
    """Whether *text* has most of what the element's sentences say: else its reader took something else for the text."""
    own = [
        layout.folded(block)
        for block in layout.blocks
        if layout.plain[block] >= SURE and is_within(block, element)
    ]
    return (
        2 * sum(len(folded) for folded in own if is_confirmed(folded, text))
        >= min(sum(map(len, own)), len(text)) * AGREED
    )


def find_holder(layout: BlockLayout, sizes: dict[Any, int], least: float) -> Any:
    """The innermost element whose blocks have *least* letters together, as *sizes* counts them."""
    held = dict.fromkeys(layout.order, 0)
    for inner in reversed(layout.order):
        held[inner] += sizes.get(inner, 0)
        if inner.getparent() is not None:
            held[inner.getparent()] += held[inner]
    best = layout.root
    while (
        child := max((inner for inner in best if inner in held), key=held.__getitem__, default=None)
    ) is not None:
        if held[child] < least or child.tag in INLINE | {"p"}:
            break
        best = child
    return best


def cut_unconfirmed(layout: BlockLayout, body: Body, text: str) -> None:
    """Take out of a cleaned body the blocks whose text is not in *text*. Images stay, with their captions, but for those
    of cards: a link that holds both an image and a text."""
    trusted = find_trusted(body, text)
    for block in list(body.element.iterdescendants()):
        if block.tag in INLINE or block.tag in KEPT or not is_within(block, body.element):
            continue
        own = fold_letters(own_text(block))
        if (
            not own
            or is_confirmed(own, text)
            or is_described(layout, own)
            or any(above.tag == "figure" for above in block.iterancestors())
        ):
            continue
        if name_of(block.getparent()) in trusted and len(own) >= LONG and not is_card(block, own):
            continue
        if is_between(block, text) and not is_card(block, own):
            continue
        if is_quoted(block, body.element) and len(own) >= SURE:
            continue  # the other reader leaves out embedded posts
        confirmed = any(
            is_confirmed(fold_letters(own_text(inner)), text)
            for inner in block.iterdescendants()
            if is_text(inner)
        )
        if confirmed or (block.find(".//img") is not None and not is_card(block, own)):
            cut_own_text(body, block)
        else:
            body.take_out("unconfirmed_text", block)


def find_trusted(body: Body, text: str) -> set[tuple[str, str | None]]:
    """Tags and classes of elements with several paragraphs of *text*, where *text* is less than half of the body: its
    reader stopped early."""
    if 2 * len(text) > sum(len(fold_letters(line)) for line in body.lines):
        return set()
    holders = [
        name_of(paragraph.getparent())
        for paragraph in body.element.iter("p")
        if (own := fold_letters(own_text(paragraph))) and is_confirmed(own, text)
    ]
    return {holder for holder, times in Counter(holders).items() if times >= 2}


def name_of(element: Any) -> tuple[str, str | None]:
    """What elements of one kind have in common on a page: tag and class."""
    return element.tag, element.get("class")


def is_quoted(block: Any, top: Any) -> bool:
    """Whether a block is, or stands in, a quotation within *top*."""
    while block is not None and block is not top:
        if block.tag == "blockquote":
            return True
        block = block.getparent()
    return False


def is_between(block: Any, text: str) -> bool:
    """Whether a paragraph or heading stands directly between paragraphs of *text*, or above one as a heading does."""
    if block.tag not in BETWEEN or (
        block.tag == "p" and not squeeze(own_text(block)).endswith(SENTENCE_ENDS)
    ):
        return False
    before, after = (
        next((fold for sibling in siblings if (fold := fold_letters(whole_text(sibling)))), "")
        for siblings in (block.itersiblings(preceding=True), block.itersiblings())
    )
    return (
        len(after) >= SURE
        and is_confirmed(after, text)
        and len(before) >= SURE
        and is_confirmed(before, text)
    )


def is_card(block: Any, own: str) -> bool:
    """Whether most of a block's own text is a link to another page."""
    linked = "".join(fold_letters(whole_text(link)) for link in block.iter("a"))
    return 2 * len(linked) > len(own)


def is_text(element: Any) -> bool:
    """Whether an element is a block with text of its own."""
    return element.tag not in INLINE and bool(own_text(element).strip())


def cut_own_text(body: Body, block: Any) -> None:
    """Take the text of a block out, and leave the images and blocks in it."""
    text = squeeze(own_text(block))
    if is_spared("unconfirmed_text", text, ""):
        return
    body.removals.append({"rule": "unconfirmed_text", "text": text, "html": ""})
    block.text = None
    for child in list(block):
        child.tail = None
        if child.tag in INLINE and child.tag != "img":
            if child.find(".//img") is None:
                block.remove(child)
            else:
                for inner in child.iter():
                    inner.text = None if inner.tag != "img" else inner.text
                    inner.tail = None
