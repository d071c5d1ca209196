"""Takes out of an article's body what is boilerplate, and makes paragraphs of its lines."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.extraction.access import is_notice
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import SENTENCE, Body, find_described, fold_letters, is_confirmed
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import absolute, squeeze, text_of
from crawler.extraction.headline import fold_title
from crawler.extraction.images import IMAGE_URL, add_lead_images, cut_credits, resolve_images, save_images
from crawler.extraction.lines import is_end_line, is_meta
from crawler.extraction.second_opinion import cut_unconfirmed
from crawler.extraction.trees import INLINE, is_within, own_text
from pipelines.printed_times import STAMP

META_LINE = re.compile(
    r"来源|來源|作者|编辑|責任|责任|责编|发布|发表|时间|時間|日期|字号|字体|字級|字號|字體|字型|阅读|字数|浏览|点击|评论|分享|打印|收藏|关注|扫码|微信|微博|记者|^\d[\d\s:：./年月日-]*$|首页|正文|>|»|^By\s|^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4}"
)
PLAYER_NAME = re.compile(r"video|vjs-|jwplayer|(?:^|[\s_-])(?:player|audio)", re.IGNORECASE)
PLAYER_TEXT = 240  # characters that a player shows of itself, at most
LONE_LINK = 40  # characters of a link that is a line of its own, at most
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|csv|mp[34])(?:[?#]|$)", re.IGNORECASE)
TAIL_LINES = 10
TAIL = re.compile(
    r"粉[絲丝][團团专專页頁]|(?:下載|下载|安裝|安装|打开|打開).{0,14}(?:APP|客户端|應用)|版[權权]所有(?!者)|著作[權权]所有(?!者)|[違违]者必究|(?:禁止|不得|[請请]勿|未[經经]).{0,24}(?:引用|[轉转][載载贴貼]|改[寫写]|翻[攝摄])|\bAll rights reserved\b"
    r"|^(?:追[蹤踪]|[關关]注|[訂订][閱阅]|加入|登[錄录]|扫码|掃碼|點擊|点击)[^。]{0,20}(?:$|[>》»!！])"
    r"|^(?:Sign up|Subscribe|Follow us|Follow .{2,30} on|Read more|Read next|Related|More (?:on|from)|Advertisement|Share this|Comments?|Download our app|Get (?:our|the) (?:app|newsletter))\b.{0,80}$",
    re.IGNORECASE,
)
"""What sites say behind a text of themselves."""
SURELY_BEHIND = 0.65  # share of the text before a line, from which on the line ends it
LISTS = frozenset(("ul", "ol", "dl", "div", "section", "table", "aside"))
BOXES = LISTS | {"blockquote", "article", "figure", "h2", "h3", "h4"}
PROMOTED = re.compile(
    r".{0,6}(?:推介|推荐|推薦|相关|相關|延伸|更多|往下看|下一篇|上一篇|同场加映|同場加映|点击|點擊)(?:阅读|閱讀|新闻|新聞|报道|報道|報導|文章|内容)?\s*[:：︰►>]?"
)
"""What a line says in front of its link to another article."""
EDITOR_LINE = re.compile(r"\s*[（(【\[]?\s*(?:责任编辑|責任編輯|责编|编辑|編輯)\s*[:：|｜]?.{0,30}$")


def clean_body(layout: BlockLayout, body: Body, headline: str | None, base: str) -> None:
    """Take boilerplate out of the body, into ``removals``, and give its images and links absolute addresses. Changes the tree."""
    element = body.element
    unhide(element)
    sums = subtree_sums(layout, element)
    cut_head(layout, body, headline)
    cut_boxes(layout, body, sums)
    cut_cards(body)
    cut_promoted(layout, body)
    cut_behind_end(layout, body)
    lines_to_paragraphs(element)
    cut_link_lines(body)
    cut_lone_links(body)
    cut_tail(body)
    if body.confirmed_text:
        cut_unconfirmed(body, body.confirmed_text)
    add_lead(body)
    add_lead_images(layout, body)
    cut_credits(body)
    resolve_images(element, base)
    for link in element.iter("a"):
        if link.get("href"):
            link.set("href", absolute(base, link.get("href")) or "")


def unhide(element: Any) -> None:
    """Drop styles that hide: what is hidden and not the text is gone by now, so a script shows this."""
    for one in element.iter():
        style = (one.get("style") or "").replace(" ", "").lower()
        if "visibility:hidden" in style or "display:none" in style or "opacity:0" in style:
            del one.attrib["style"]


def cut_boxes(layout: BlockLayout, body: Body, sums: dict[Any, tuple[int, int, int, int]]) -> None:
    """Lists of other articles, what is named as boilerplate, and lists that are links."""
    most = 0.3 * sums[body.element][0]
    described = find_described(layout)
    if described is not None and not is_within(described, body.element):
        described = None
    for one in list(body.element.iterdescendants()):
        if one.tag in INLINE or one not in sums or not is_within(one, body.element):
            continue
        plain, linked, marks, links = sums[one]
        if one in layout.related and plain < most:
            body.take_out("related_block", one)
        elif is_boilerplate(one) and (
            plain < most or (described is not None and not is_within(described, one) and plain < 3 * most)
        ):
            save_images(one)
            body.take_out("page_boilerplate", one)
        elif PLAYER_NAME.search(f"{one.get('class') or ''} {one.get('id') or ''}") and is_player_text(
            one, plain + linked
        ):
            body.take_out("player_text", one)
        elif one.tag in LISTS and is_link_list(one, plain, linked, marks, links):
            body.take_out("link_list", one)


def is_link_list(box: Any, plain: int, linked: int, marks: int, links: int) -> bool:
    """Whether a box of so many characters, punctuation marks and links is a list of them."""
    if links >= 3 and linked > 2 * plain and marks < links:
        return True
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
    text = "".join(box.itertext())
    return "。" not in text and all(
        box.find(f".//{tag}") is None for tag in ("p", "img", "table", "figcaption")
    )


def cut_lone_links(body: Body) -> None:
    """Short lines that are a link to another page and nothing else: "more on this", "in English"."""
    for one in list(body.element.iter("p", "div", "li", "h3", "h4")):
        text = text_of(one)
        if (
            not 4 <= len(text) <= LONE_LINK
            or one.find(".//img") is not None
            or not is_within(one, body.element)
        ):
            continue
        links = list(one.iter("a"))
        if (
            len(links) == 1
            and squeeze(text_of(links[0])) == text
            and is_other_page(links[0].get("href") or "")
        ):
            body.take_out("link_line", one)
    for link in list(body.element.iter("a")):
        above = link.getparent()
        if above is body.element and 4 <= len(text_of(link)) <= LONE_LINK and link.find(".//img") is None:
            alone = not (link.tail or "").strip() and not _text_before(link).strip()
            if alone and is_other_page(link.get("href") or ""):
                body.take_out("link_line", link)


def _text_before(link: Any) -> str:
    before = link.getprevious()
    return (before.tail if before is not None else link.getparent().text) or ""


def is_other_page(href: str) -> bool:
    """Whether an address leads to another page of a site; a file or a note of the same page is part of the text."""
    return href.startswith(("http", "/", ".")) and not IMAGE_URL.search(href) and not FILE.search(href)


def cut_tail(body: Body) -> None:
    """The last lines of a body that are no text: headings of lists, notices of payment, rights and apps."""
    lines = [one for one in body.element.iter() if one.tag not in INLINE and own_text(one).strip()]
    for one in reversed(lines[-TAIL_LINES:]):
        text = squeeze(own_text(one))
        if one is body.element or any(
            above.tag in ("figure", "table") for above in (one, *one.iterancestors())
        ):
            return
        if EDITOR_LINE.match(text):  # a rule of the pipelines lifts the editors
            continue
        if not (is_end_line(text) or is_notice(text) or TAIL.search(text)):
            return
        body.take_out("tail_line", one)


def cut_link_lines(body: Body) -> None:
    """Three lines and more, one behind the other, that are a link each and nothing else, with the short line above them."""
    run: list[Any] = []
    for one in [*body.element.iter("p"), None]:
        text = "" if one is None else text_of(one)
        if one is not None and not text:
            continue
        links = "" if one is None else "".join("".join(link.itertext()) for link in one.iter("a"))
        if len(text) >= 6 and squeeze(links).strip("·• ") == text.strip("·• ") and one.find(".//img") is None:
            run.append(one)
            continue
        if len(run) >= 3:
            above = run[0].getprevious()
            if above is not None and len(text_of(above)) <= 10 and above.find(".//img") is None:
                run.insert(0, above)
            for line in run:
                if is_within(line, body.element):
                    body.take_out("link_list", line)
        run = []


def cut_cards(body: Body) -> None:
    """Links that hold both an image and a title: cards of other articles. A image's link to itself has no title."""
    for link in list(body.element.iter("a")):
        image = link.find(".//img")
        titled = any(link.find(f".//{tag}") is not None for tag in ("h2", "h3", "h4", "h5", "p", "div"))
        if image is None or not titled or not 6 <= len(text_of(link)) <= 120:
            continue
        if not IMAGE_URL.search(link.get("href") or "") and is_within(link, body.element):
            body.take_out("link_card", link)


def cut_promoted(layout: BlockLayout, body: Body) -> None:
    """Lines that are a link to another article behind a word such as 推荐."""
    for block in layout.blocks:
        linked, plain = layout.linked[block], layout.plain[block]
        if linked >= 6 and plain <= 12 and linked > plain / 2 and is_within(block, body.element):
            links = "".join("".join(link.itertext()) for link in block.iter("a"))
            label = squeeze(own_text(block)).removesuffix(squeeze(links)).strip()
            if label and PROMOTED.fullmatch(label) and block is not body.element:
                body.take_out("promoted_link", block)


def add_lead(body: Body) -> None:
    """Put the paragraphs above the element into it; of those that the other reader leaves out, none."""
    for block in reversed(body.lead):
        own = fold_letters(own_text(block))
        if body.confirmed_text and not is_confirmed(own, body.confirmed_text):
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


def lines_to_paragraphs(element: Any) -> None:
    """Text that line breaks cut into lines -> a paragraph each, so that rules see lines as a reader does."""
    holders = [element, *element.iter("div", "section", "td", "p", "center", "article", "blockquote", "font")]
    for holder in holders:
        breaks = any(child.tag == "br" for child in holder)
        blocks = any(child.tag not in INLINE for child in holder)
        if not (breaks or blocks) or not has_loose_text(holder):
            continue
        if holder.tag == "p" and holder is not element:
            holder.tag = "div"
        for run in split_runs(holder):
            if run.tag != "p" or len(run) or (run.text or "").strip():
                holder.append(run)


def has_loose_text(holder: Any) -> bool:
    """Whether an element holds text, or inline elements, that stand in no block of their own."""
    if (holder.text or "").strip():
        return True
    return any(child.tag in INLINE or (child.tail or "").strip() for child in holder)


def split_runs(holder: Any) -> list[Any]:
    """Empty *holder* and give its content as paragraphs, cut at line breaks and round the blocks in it."""
    children = list(holder)
    runs: list[Any] = []
    run = etree.Element("p")
    run.text, holder.text = holder.text, None
    for child in children:
        tail, child.tail = child.tail, None
        holder.remove(child)
        if child.tag == "br" or child.tag not in INLINE:
            runs.append(run)
            if child.tag != "br":
                runs.append(child)
            run = etree.Element("p")
            run.text = tail
        else:
            run.append(child)
            child.tail = tail
    return [*runs, run]


def subtree_sums(layout: BlockLayout, element: Any) -> dict[Any, tuple[int, int, int, int]]:
    """``(plain, linked, marks, links)`` of every element below *element*: characters, punctuation, number of links."""
    sums: dict[Any, list[int]] = {}
    for one in reversed(list(element.iter())):
        here = sums.setdefault(one, [0, 0, 0, 0])
        if one in layout.plain:
            here[0] += layout.plain[one]
            here[1] += layout.linked[one]
            here[2] += layout.marks[one]
        here[3] += one.tag == "a"
        if one is not element:
            above = sums.setdefault(one.getparent(), [0, 0, 0, 0])
            for n in range(4):
                above[n] += here[n]
    return {one: (a, b, c, d) for one, (a, b, c, d) in sums.items()}


def cut_head(layout: BlockLayout, body: Body, headline: str | None) -> None:
    """Headline, time and source lines that stand in the same element before the text."""
    wanted = fold_title(headline or "")
    inside = [
        block for block in layout.blocks if is_within(block, body.element) and block is not body.element
    ]
    head: list[Any] = []
    for block in inside[:24]:
        if layout.worth(block) >= SENTENCE and fold_title(own_text(block)) != wanted:
            break
        head.append(block)
    # Behind a line that sums the text up, too.
    for block in inside[len(head) : 12]:
        if is_meta(own_text(block), layout.plain[block], layout.marks[block]) and layout.plain[block] < 120:
            body.take_out("page_heading", block)
    titles = [n for n, block in enumerate(head) if wanted and fold_title(text_of(block)) == wanted]
    title_end = titles[-1] + 1 if titles else 0
    for n, block in enumerate(head):
        if not is_within(block, body.element):
            continue
        if block.find(".//img") is not None and not is_meta(own_text(block), layout.plain[block], 0):
            continue
        if n < title_end or is_heading_line(layout, block, close=title_end > 0 and n < title_end + 4):
            body.take_out("page_heading", block)


def is_heading_line(layout: BlockLayout, block: Any, close: bool) -> bool:
    """Whether a line at the begin of a body is one of time, source or tools; *close*: right behind the headline."""
    line = squeeze(own_text(block))
    if len(line) >= 60 or line.endswith(("。", "！", "？", "”")) or layout.marks[block] >= 4:
        return False
    if not META_LINE.search(line):
        return False
    return close or STAMP.search(line) is not None or layout.worth(block) < 0
