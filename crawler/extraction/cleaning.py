"""Takes out of an article's body what is boilerplate, and makes paragraphs of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from crawler.extraction.above_text import is_described
from crawler.extraction.access import cut_notices, is_notice
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body, is_confirmed
from crawler.extraction.boxes import LISTS, cut_boxes, subtree_sums
from crawler.extraction.captions import cut_credits
from crawler.extraction.document import CJK, absolute, squeeze, text_of
from crawler.extraction.filler import cut_filler
from crawler.extraction.heading_lines import cut_above_heading, cut_first_lines, cut_head, cut_times
from crawler.extraction.images import path_to, resolve_images
from crawler.extraction.inserted import cut_inserted
from crawler.extraction.lead_images import add_lead_images
from crawler.extraction.line_words import patterns
from crawler.extraction.lines import is_closing_line, is_end_line
from crawler.extraction.link_lines import (
    cut_boxes_of_one_link,
    cut_cards,
    cut_link_lines,
    cut_lone_links,
    cut_promoted,
    is_other_page,
)
from crawler.extraction.loose_lines import lines_to_paragraphs
from crawler.extraction.second_opinion import cut_unconfirmed
from crawler.extraction.titles import fold_words
from crawler.extraction.trees import INLINE, fold_letters, is_within, own_text

TAIL_LINES = 10
TAIL = re.compile(
    r"粉[絲丝][團团专專页頁]|(?:下載|下载|安裝|安装|打开|打開).{0,14}(?:APP|客户端|應用)|版[權权]所有(?!者)|著作[權权]所有(?!者)|[違违]者必究|(?:禁止|不得|[請请]勿|未[經经]).{0,24}(?:引用|[轉转][載载贴貼]|改[寫写]|翻[攝摄])|\bAll rights reserved\b"
    r"|^.{0,24}(?:投稿\s*[「『“《]|最新情報を).{0,20}$|^.{0,30}[をの](?:購読|フォロー|ダウンロード)(?:しよう|する|はこちら)$|^[+＋]\s?\d{1,4}$"
    r"|^(?=.*(?:매체|신문|뉴스|닷컴|일보|官方|官[网網])).{0,60}[(（]\s?(?:https?://|www\.)[^()（）\s]{4,60}[)）]$"
    r"|^(?:追[蹤踪]|[關关]注|[訂订][閱阅]|加入|登[錄录]|扫码|掃碼|點擊|点击)[^。]{0,20}(?:$|[>》»!！])"
    rf"|^(?:{patterns('closing')})(?!\w).{{0,160}}$"
    r"|^(?:フォロー|会員登録|▶|ⓒ|©|저작권자|.{0,20}(?:RIPRODUZIONE RISERVATA|Alle Rechte vorbehalten|Tous droits réservés|Todos los derechos reservados|Todos os direitos reservados|Все права защищены|جميع الحقوق محفوظة|無断転載|무단\s?전재)).{0,120}$"
    rf"|^(?:{patterns('short')}|구독|좋아요)(?!\w)[^.!?؟]{{0,40}}$"
    r"|^(?:Sign up|Subscribe|Follow us|Follow .{2,30} on|Read more|Read next|Related|More (?:on|from)|Advertisement|Share this|Comments?|Download our app|Get (?:our|the) (?:app|newsletter))\b.{0,80}$",
    re.IGNORECASE,
)
"""What sites say behind a text of themselves."""
HEADS = re.compile(r"[^。！？!?]{2,40}[:：︰]\s*|[^。！？!?：:]{2,16}")
"""A line at the end that is the heading of what is gone: with a colon, or short above links."""
LONGEST_CARD_LINE = 60  # characters of a line about a writer
SURELY_BEHIND = 0.65  # share of the text before a line, from which on the line ends it
BOXES = LISTS | {"blockquote", "article", "figure", "h2", "h3", "h4"}
EDITOR_LINE = re.compile(
    r"\s{0,9}[（(【\[]?\s{0,9}(?:责任编辑|責任編輯|责编|编辑|編輯)\s{0,9}[:：|｜]?.{0,30}$"
)


def clean_body(
    layout: BlockLayout,
    body: Body,
    headline: str | None,
    base: str,
    titles: Iterable[str] = (),
    authors: Iterable[str] = (),
) -> None:
    """Take boilerplate out of the body, into ``removals``, and give its images and links absolute addresses. Changes the tree.
    *titles* are other forms of the headline, *authors* the writers' names."""
    element = body.element
    unhide(element)
    sums = subtree_sums(layout, element)
    wanted = {fold_words(form) for form in (headline, *titles) if form}
    cut_head(layout, body, wanted)
    cut_above_heading(layout, body, wanted)
    cut_times(body)
    cut_boxes(layout, body, sums)
    cut_cards(body, base)
    cut_boxes_of_one_link(body, base)
    cut_promoted(layout, body, base)
    cut_behind_end(layout, body)
    lines_to_paragraphs(element)
    writers = {fold_words(name) for name in authors}
    cut_first_lines(body, writers)
    cut_inserted(layout, body)
    cut_filler(body)
    cut_link_lines(body)
    cut_lone_links(body, base)
    cut_notices(body)
    cut_tail(body)
    cut_writer_card(body, writers)
    if body.confirmed_text:
        cut_unconfirmed(layout, body, body.confirmed_text)
    add_lead(layout, body)
    add_lead_images(layout, body)
    cut_credits(body)
    resolve_images(element, base)
    for link in element.iter("a"):
        if link.get("href"):
            link.set("href", absolute(base, link.get("href")) or "")


def unhide(element: Any) -> None:
    """Drop styles that hide: what is hidden and not the text is gone by now, so a script shows this."""
    for inner in element.iter():
        style = (inner.get("style") or "").replace(" ", "").lower()
        if "visibility:hidden" in style or "display:none" in style or "opacity:0" in style:
            del inner.attrib["style"]
        inner.attrib.pop("hidden", None)


def cut_tail(body: Body) -> None:
    """The last lines of a body that are no text: headings of lists, notices of payment, rights and apps."""
    lines = [line for line in body.element.iter() if line.tag not in INLINE and own_text(line).strip()]
    was_links = False
    # A digest has such lines all over.
    of_links = sum(is_of_links(line, squeeze(own_text(line))) for line in lines[:-TAIL_LINES]) == 0
    for line in reversed(lines[-TAIL_LINES:]):
        text = squeeze(own_text(line))
        if line is body.element or any(
            above.tag in ("figure", "table") for above in path_to(line, body.element)[:-1]
        ):
            return
        if EDITOR_LINE.match(text):  # a rule of the pipelines lifts the editors
            continue
        leads_on = (of_links and is_of_links(line, text)) or (
            HEADS.fullmatch(text) is not None
            and (was_links or (text.endswith((":", "：", "︰")) and is_last(line, body)))
        )
        if not (
            leads_on or is_end_line(text) or is_closing_line(text) or is_notice(text) or TAIL.search(text)
        ):
            return
        was_links = leads_on
        body.take_out("tail_line", line)


def is_of_links(line: Any, text: str) -> bool:
    """Whether a line in Chinese, Japanese or Korean is links to other pages and nothing else, but for marks in front of them."""
    links = list(line.iter("a"))
    linked = "".join("".join(link.itertext()) for link in links)
    return (
        bool(links)
        and CJK.search(text) is not None
        and fold_letters(linked) == fold_letters(text) != ""
        and all(is_other_page(link.get("href") or "") for link in links)
    )


def is_last(line: Any, body: Body) -> bool:
    """Whether a body shows nothing behind a line: no image, no table."""
    behind = False
    for inner in body.element.iter():
        behind = behind or inner is line
        if behind and inner.tag in ("img", "table", "video", "audio", "figure"):
            return False
    return True


def cut_writer_card(body: Body, names: set[str]) -> None:
    """Behind the text, a line that is one of *names* (folded) alone and what is said of the writer there, with the portrait."""
    lines = [block for block in body.element.iter() if block.tag not in INLINE and own_text(block).strip()]
    for n, block in enumerate(lines):
        if (
            n < len(lines) / 2
            or len(text := text_of(block)) > LONGEST_CARD_LINE
            or fold_words(text) not in names
        ):
            continue
        card = lines[n:]
        if len(card) > TAIL_LINES or any(len(text_of(line)) > LONGEST_CARD_LINE for line in card):
            continue
        holder = block
        while (above := holder.getparent()) is not None and above is not body.element:
            if any(is_within(line, above) for line in lines[:n]):
                break
            holder = above
        for line in (holder, *card):
            if is_within(line, body.element):
                body.take_out("writer_card", line)
        return


def add_lead(layout: BlockLayout, body: Body) -> None:
    """Put the paragraphs above the element into it; of those that the other reader leaves out, none."""
    for block in reversed(body.lead):
        own = fold_letters(own_text(block))
        if body.confirmed_text and not (is_confirmed(own, body.confirmed_text) or is_described(layout, own)):
            continue
        paragraph = etree.Element("p")
        paragraph.text = squeeze(own_text(block))
        paragraph.tail, body.element.text = body.element.text, None
        body.element.insert(0, paragraph)


def cut_behind_end(layout: BlockLayout, body: Body) -> None:
    """What follows the line that ends an article: cards of other articles, promotions, comments."""
    blocks = [block for block in layout.blocks if is_within(block, body.element)]
    written = sum(layout.plain[block] for block in blocks)
    seen = 0
    for n, block in enumerate(blocks):
        seen += layout.plain[block]
        if seen < 0.5 * written or not (
            block is layout.end or (seen >= SURELY_BEHIND * written and EDITOR_LINE.match(own_text(block)))
        ):
            continue
        inside = {*block.iter()}
        for later in blocks[n + 1 :]:
            holder = later
            while (
                (parent := holder.getparent()) is not None
                and parent is not body.element
                and not inside & {*parent.iter()}
            ):
                holder = parent
            if holder is body.element or not is_within(holder, body.element):
                continue
            if holder.tag in BOXES or (block is layout.end and seen >= SURELY_BEHIND * written):
                body.take_out("behind_the_end", holder)
        return
