"""Takes out of a body what is above its text: the headline, lines of time and source, the site's own header."""

from __future__ import annotations

import re
from typing import Any

from crawler.extraction.above_text import SENTENCE
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.document import squeeze, text_of
from crawler.extraction.headline import LONGEST_TITLE
from crawler.extraction.lines import is_meta
from crawler.extraction.titles import fold_words
from crawler.extraction.trees import INLINE, fold_letters, is_within, letters, own_text
from pipelines.printed_times import STAMP

META_LINE = re.compile(
    r"来源|來源|作者|编辑|責任|责任|责编|发布|发表|时间|時間|日期|字号|字体|字級|字號|字體|字型|阅读|字数|浏览|点击|评论|分享|打印|收藏|关注|扫码|微信|微博|记者|^\d[\d\s:：./年月日-]*$|首页|正文|>|»|^By\s|^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4}"
)
HEADINGS = frozenset(("h1", "h2", "h3"))
LONGEST_TIME = 60  # characters
MOST_BESIDE = 50  # elements beside a time that can all be empty
FIRST_LINES = 6  # of a body
TIME_ALONE = re.compile(
    r"[\W\d]*(?:(?:最新|最終|最后|最後)?(?:更新|发布|發布|發佈|发表|出版|公開|掲載|配信|修正)(?:时间|時間|日期|日時|日|于)?|时间|時間|日期|입력|수정|등록|승인|기사입력|최종수정)?[\W\d]*(?:(?:更新|公開|掲載|配信|수정|입력)[\W\d]*)?"
)
"""What is left of a line that states a time and nothing else."""
ABOUT_TEXT = re.compile(
    r"(?:(?:[发發]表|[发發][布佈]|更新|公[开開])(?:[时時][间間]|日期)?\s?[:：]?\s?|公開日?時?\s?[:：]\s?)[\d\s/.:：年月日-]{8,30}|\d{1,3}\s?分[钟鐘](?:[阅閱][读讀])?|[阅閱][读讀][时時][间間]\s?[:：].{1,12}|Article Information"
    r"|(?:Reading time\W{0,3})?\d{1,3}[\s-]?min(?:ute)?s?(?:\sread)?|(?:この記事は)?約?\s?\d{1,3}分で読め.{0,8}|(?:읽는\s?시간\W{0,3})?약?\s?\d{1,3}분(?:\s?소요)?|(?:全文|本文)[共约約]?\s?\d{1,6}\s?字.{0,20}|[预預][计計][阅閱][读讀].{0,12}[钟鐘]"
    r"|(?:Author|Role|Reporting from|Published|Updated|Byline)[,，:：]\s?\S.{0,40}|(?:作者|撰文|撰稿)\s?[:：]\s?\S.{1,24}"
)
"""A line of labels under a first paragraph that is set apart: when, how long to read, who."""
ABOVE = 0.3  # share of a body's text that can stand above its headline
ENOUGH_ABOVE = 200  # letters above it that another reader has as text: then it is a heading within the text


def cut_above_heading(layout: BlockLayout, body: Body, wanted: set[str]) -> None:
    """The headline within a body, wherever it stands, and what stands above it: the site's header and notices."""
    inside = [
        block for block in layout.blocks if is_within(block, body.element) and block is not body.element
    ]
    places = [n for n, block in enumerate(inside) if block.tag in HEADINGS and is_headline(block, wanted)]
    if sum(block.tag == "h1" and fold_words(text_of(block)) not in wanted for block in inside) > 1:
        places = [n for n in places if fold_words(text_of(inside[n])) in wanted]  # headings within the text
    if not places:
        return
    most = ABOVE * sum(layout.plain[block] for block in inside)
    above: list[Any] = []
    for n in places:  # a page shows its headline again under a summary
        if n != places[0] and fold_words(text_of(inside[n])) not in wanted:
            continue
        if sum(layout.plain[block] for block in inside[:n]) <= most:
            above = inside[:n]
    confirmed = sum(
        layout.plain[block]
        for block in above
        if layout.worth(block) >= SENTENCE and fold_letters(own_text(block)) in body.confirmed_text
    )
    if confirmed >= ENOUGH_ABOVE:
        above = []
    headings = [inside[n] for n in places]
    for block in (*above, *headings):
        if block.tag not in HEADINGS and any(heading in headings for heading in block.iter(*HEADINGS)):
            continue  # a line of its own in the element that holds heading and text
        if is_within(block, body.element) and block.find(".//img") is None:
            body.take_out("repeated_headline" if block.tag in HEADINGS else "above_headline", block)


def cut_head(layout: BlockLayout, body: Body, wanted: set[str]) -> None:
    """Headline (*wanted*: its folded forms), time and source lines that stand in the same element before the text."""
    inside = [
        block for block in layout.blocks if is_within(block, body.element) and block is not body.element
    ]
    head: list[Any] = []
    for block in inside[:24]:
        if layout.worth(block) >= SENTENCE and not is_headline(block, wanted):
            break
        head.append(block)
    # Behind a line that sums the text up, too.
    for block in inside[len(head) : 12]:
        if layout.plain[block] < 120 and is_meta(own_text(block), layout.plain[block], layout.marks[block]):
            body.take_out("page_heading", block)
    titles = [n for n, block in enumerate(head) if is_headline(block, wanted)]
    title_end = titles[-1] + 1 if titles else 0
    for n, block in enumerate(head):
        if not is_within(block, body.element) or holds_text(layout, block):
            continue
        if block.find(".//img") is not None and not is_meta(own_text(block), layout.plain[block], 0):
            continue
        if n < title_end or is_heading_line(layout, block, close=title_end > 0 and n < title_end + 4):
            body.take_out("page_heading", block)


def holds_text(layout: BlockLayout, block: Any) -> bool:
    """Whether a block that has a line of its own holds sentences in blocks within it."""
    return any(layout.worth(inner) >= SENTENCE for inner in block.iterdescendants() if inner in layout.plain)


def is_headline(block: Any, wanted: set[str]) -> bool:
    """Whether a block is the headline, in one of its forms; an ``<h1>`` is in whatever words, save for a paragraph's: some
    editors mark those so."""
    text = text_of(block)
    is_title = block.tag == "h1" and len(text) <= LONGEST_TITLE and not text.endswith(("。", "！", "”"))
    return is_title or fold_words(text) in wanted


def is_heading_line(layout: BlockLayout, block: Any, close: bool) -> bool:
    """Whether a line at the begin of a body is one of time, source or tools; *close*: right behind the headline."""
    line = squeeze(own_text(block))
    if len(line) >= 60 or line.endswith(("。", "！", "？", "”")) or layout.marks[block] >= 4:
        return False
    if not (META_LINE.search(line) or is_meta(line, layout.plain[block], layout.marks[block])):
        return False
    return close or STAMP.search(line) is not None or layout.worth(block) < 0


def cut_first_lines(body: Body, names: set[str]) -> None:
    """Of the first lines, those that are the time, or one of *names* (folded) alone: the text of an element that holds paragraphs as well."""
    lines = [line for line in body.element.iter() if line.tag not in INLINE and own_text(line).strip()]
    for line in lines[: FIRST_LINES + 2]:
        if line is not body.element and ABOUT_TEXT.fullmatch(squeeze(own_text(line))):
            body.take_out("page_heading", line)
    for line in lines[:FIRST_LINES]:
        text = squeeze(own_text(line))
        if letters(text) > LONGEST_TIME or (len(line) and line is body.element):
            return
        if fold_words(text) in names or (TIME_ALONE.fullmatch(STAMP.sub("", text)) and STAMP.search(text)):
            body.take_out("page_heading", line)


def cut_times(body: Body) -> None:
    """Times in elements of their own that stand on a line alone, however they are written."""
    for element in list(body.element.iter("time")):
        if element.find(".//time") is not None:
            continue  # that is the time
        holder = element.getparent()
        before = element.getprevious()
        beside = f"{(before.tail if before is not None else holder.text) or ''}{element.tail or ''}"
        alone = (
            not beside.strip()
            and (before is None or before.tag not in INLINE)
            and not follows_inline(element)
        ) or (len(holder) <= MOST_BESIDE and squeeze(own_text(holder)) == text_of(element))
        if alone and len(text_of(element)) <= LONGEST_TIME and is_within(element, body.element):
            body.take_out("page_heading", element)


def follows_inline(element: Any) -> bool:
    """Whether the element right behind is part of the same line."""
    after = element.getnext()
    return after is not None and after.tag in INLINE and after.tag != "br"
