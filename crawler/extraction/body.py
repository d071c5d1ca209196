"""Which element of a page holds the article's text, and what within it is not the article."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crawler.extraction.document import absolute, squeeze, text_of
from crawler.extraction.headline import key
from crawler.extraction.layout import INLINE, Layout, file_of, is_furniture, letters, own_text, remove
from crawler.extraction.published import STAMP

DOMINANT = 0.9  # share of an element's worth that one child must hold for the text to be in it alone
NAMED = 0.6  # share of the best element's worth that one called an article body must hold to be taken for it
SENTENCE = 30.0  # worth of a block from which on it is a sentence of the text
META_LINE = re.compile(
    r"来源|來源|作者|编辑|責任|责任|责编|发布|发表|时间|時間|日期|字号|字体|阅读|浏览|点击|评论|分享|打印|收藏|关注|扫码|微信|微博|记者|^\d[\d\s:：./年月日-]*$|首页|正文|>|»|^By\s|^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4}"
)
LISTS = frozenset(("ul", "ol", "dl", "div", "section", "table", "aside"))
BOXES = LISTS | {"blockquote", "article", "figure", "h2", "h3", "h4"}
EDITOR_LINE = re.compile(r"\s*[（(【\[]?\s*(?:责任编辑|責任編輯|责编|编辑|編輯)\s*[:：|｜]?.{0,30}$")
PICTURE = re.compile(
    r"(?:^|[/=])[^\s\"']+\.(?:jpe?g|png|webp|gif|bmp)(?:[?!@&_/].*)?$|wx_fmt=|^(?:https?:)?//[^\s]+/(?:large|origin|image|img|p)/",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"^data:|(?:blank|loading|lazy|placeholder|spacer|pixel|transparent|gr[ea]y|1px|1x1|dot|default)[-_\w]*\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
LAZY = (
    "data-src", "data-original", "data-original-src", "data-lazy-src", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo", "data-url", "data-img",
    "data-image", "lazy-src", "lazysrc", "lazyload-src", "real_src", "realsrc", "ess-data", "file", "zoomfile", "_src", "data-backsrc", "data-big", "original", "orginial_src", "data-ks-lazyload", "attr-src", "src2",
)  # fmt: skip
ICON = re.compile(
    r"qr_?code|erweima|ewm|/icon|icon[_-]|logo|button|/btn|sprite|avatar|emoji|arrow|weixin[_.]|wechat[_.]|share[_.-]|/ads?/|/face/|spacer|hot\.gif|new\.gif|(?:next|prev)_?page|/space\.gif",
    re.IGNORECASE,
)
SIZE = re.compile(r"[_/-]w?(\d{1,4})(?:_h|x|\*)(\d{1,4})(?=[._/]|$)")
ICON_ALT = re.compile(r"二维码|二維碼|扫码|logo|广告|关注|APP下载", re.IGNORECASE)


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
        return None
    named = [one for one in layout.named if value[one] >= NAMED * value[best]]
    if named:
        top = max(value[one] for one in named)
        # The innermost of those that hold the same text.
        best = max((one for one in named if value[one] >= 0.95 * top), key=layout.order.__getitem__)
        best = without_siderail(layout, best)
    while best.tag in INLINE | {"p"} and best.getparent() is not None:
        best = best.getparent()
    return best


def without_siderail(layout: Layout, element: Any) -> Any:
    """The part of a body that holds next to all of its text, where what lies beside it is link lists and the like."""
    while True:
        child = max(
            (one for one in element if one in layout.value), key=layout.value.__getitem__, default=None
        )
        if child is None or child.tag in INLINE | {"p"} or layout.value[child] < layout.value[element]:
            return element
        element = child


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
    sentences = [b for b in inside if layout.worth(b) >= SENTENCE and key(own_text(b)) != wanted]
    inner = [b for b in sentences if order[b] > at]
    if 2 * len(inner) < len(sentences):  # a heading that deep in the text is not the article's own
        at, inner = -1, sentences
    text_from = order[inner[0]] if inner else first_inside
    before = [block for block in layout.blocks if order[block] < text_from]
    if 0 <= at < text_from:
        under = {heading, *heading.iter()}
        near = [block for block in before if order[block] >= at and block not in under]
        near = [
            *(near if len(near) <= 28 else [*near[:12], *near[-16:]]),
            *[block for block in before if order[block] < at][-4:],
        ]
    else:
        near = before[-14:]
    elements = (
        [one for one, place in order.items() if max(at, text_from - 60) <= place < text_from]
        if at < text_from
        else []
    )
    behind = [block for block in layout.blocks if order[block] > last_inside][:12]
    lines = [squeeze(own_text(block)) for block in inside if order[block] >= text_from]
    return Body(
        element=element,
        near=[line for block in near if (line := squeeze(own_text(block)))],
        near_elements=elements,
        after=[*lines[-6:], *(squeeze(own_text(block)) for block in behind)],
        lines=[line for line in lines if line],
    )


def clean_body(layout: Layout, body: Body, headline: str | None, base: str) -> None:
    """Take furniture out of the body, into ``removals``, and give its pictures absolute addresses. Changes the tree."""
    element = body.element
    for one in [element, *element.iter()]:
        style = (one.get("style") or "").replace(" ", "").lower()
        if "visibility:hidden" in style or "display:none" in style or "opacity:0" in style:
            del one.attrib["style"]  # what is hidden and not the text is gone: a script shows this
    sums = subtree_sums(layout, element)
    most = 0.3 * sums[element][0]
    cut_head(layout, body, headline)
    for one in list(element.iterdescendants()):
        if one.tag in INLINE or one not in sums or not is_within(one, element):
            continue
        plain, linked, marks, links = sums[one]
        if one in layout.related and plain < most:
            body.take_out("related_block", one)
        elif is_furniture(one) and plain < most:
            body.take_out("page_furniture", one)
        elif one.tag in LISTS and links >= 3 and linked > 2 * plain and marks < links:
            body.take_out("link_list", one)
    cut_behind_end(layout, body)
    add_lead_picture(layout, body, base)
    for picture in list(element.iter("img")):
        settle(picture, base)
    lines_to_paragraphs(element)


def cut_behind_end(layout: Layout, body: Body) -> None:
    """Boxes behind the editor's line, which ends an article: cards of other articles, promotions."""
    blocks = [block for block in layout.blocks if is_within(block, body.element)]
    written = sum(layout.plain[block] for block in blocks)
    seen = 0
    for n, block in enumerate(blocks):
        seen += layout.plain[block]
        if seen < 0.65 * written or not EDITOR_LINE.match(own_text(block)):
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
            if holder.tag in BOXES and is_within(holder, body.element) and holder is not body.element:
                body.take_out("behind_the_end", holder)
        return


def add_lead_picture(layout: Layout, body: Body, base: str) -> None:
    """Put the picture that the page calls the article's, and shows above its text, into the body with its caption."""
    wanted = layout.lead_image
    if not wanted:
        return
    pictures = [
        one for one in layout.root.iter("img") if any(file_of(value) == wanted for value in one.values())
    ]
    if not pictures or any(is_within(one, body.element) for one in pictures):
        return
    picture = next(
        (one for one in pictures if layout.order.get(one, 0) < layout.order.get(body.element, 0)), None
    )
    if picture is None:
        return
    holder = picture
    while (parent := holder.getparent()) is not None and not is_within(body.element, parent):
        if letters("".join(parent.itertext())) > 200:
            break
        holder = parent
    figure = etree.Element("figure")
    etree.SubElement(figure, "img", dict(picture.attrib))
    caption = text_of(holder)
    if caption and len(caption) <= 200:
        etree.SubElement(figure, "figcaption").text = caption
    figure.tail, body.element.text = body.element.text, None
    body.element.insert(0, figure)


def lines_to_paragraphs(element: Any) -> None:
    """Text that line breaks cut into lines -> a paragraph each, so that rules see lines as a reader does."""
    for holder in [
        element,
        *element.iter("div", "section", "td", "p", "center", "article", "blockquote", "font"),
    ]:
        breaks = any(child.tag == "br" for child in holder)
        blocks = any(child.tag not in INLINE for child in holder)
        loose = (holder.text or "").strip() or any(
            child.tag in INLINE or (child.tail or "").strip() for child in holder
        )
        if not loose or not (breaks or blocks):
            continue
        if holder.tag == "p" and holder is not element:
            holder.tag = "div"
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
        runs.append(run)
        for one in runs:
            if one.tag != "p" or len(one) or (one.text or "").strip():
                holder.append(one)


def subtree_sums(layout: Layout, element: Any) -> dict[Any, tuple[int, int, int, int]]:
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


def is_within(one: Any, top: Any) -> bool:
    """Whether an element is still below *top*."""
    while one is not None:
        if one is top:
            return True
        one = one.getparent()
    return False


def cut_head(layout: Layout, body: Body, headline: str | None) -> None:
    """Headline, time and source lines that stand in the same element before the text."""
    wanted = key(headline or "")
    inside = [
        block for block in layout.blocks if is_within(block, body.element) and block is not body.element
    ]
    head: list[Any] = []
    for block in inside[:14]:
        if layout.worth(block) >= SENTENCE and key(own_text(block)) != wanted:
            break
        head.append(block)
    titles = [n for n, block in enumerate(head) if wanted and key(text_of(block)) == wanted]
    cut = titles[-1] + 1 if titles else 0
    for n, block in enumerate(head):
        if not is_within(block, body.element) or block.find(".//img") is not None:
            continue
        line = squeeze(own_text(block))
        if n < cut or (
            len(line) < 60
            and META_LINE.search(line)
            and (STAMP.search(line) or layout.worth(block) < 0 or (n < cut + 4 and cut))
        ):
            body.take_out("page_heading", block)


def settle(picture: Any, base: str) -> None:
    """Give a picture its real, absolute address, whatever attribute holds it; one that is none of the article goes."""
    source = (picture.get("src") or "").strip()
    real = next(
        (
            value.strip()
            for name in LAZY
            if (value := picture.get(name))
            and not value.strip().startswith("data:")
            and (PICTURE.search(value.strip()) or name in ("data-src", "data-original"))
        ),
        "",
    )
    if not real and PLACEHOLDER.search(source):
        real = next(
            (
                value.strip()
                for name, value in picture.items()
                if name not in ("src", "alt", "title", "srcset", "data-srcset")
                and PICTURE.search(value.strip())
            ),
            "",
        )
    address = real or source
    said = f"{picture.get('class') or ''} {address}"
    stated = SIZE.search(address)
    small = all(
        (picture.get(name) or "").rstrip("px ").isdigit()
        and int((picture.get(name) or "").rstrip("px ")) < 60
        for name in ("width", "height")
    ) or any(
        (size := picture.get(name) or "").rstrip("px ").isdigit() and int(size.rstrip("px ")) < 10
        for name in ("width", "height")
    )
    if (
        not address
        or address.startswith("data:")
        or small
        or (stated and int(stated[1]) < 60 and int(stated[2]) < 60)
        or ICON.search(said)
        or ICON_ALT.search(picture.get("alt") or "")
        or (not real and PLACEHOLDER.search(source))
    ):
        remove(picture)
        return
    for name in LAZY:
        if name in picture.attrib:
            del picture.attrib[name]
    if url := absolute(base, address):
        picture.set("src", url)
    else:
        remove(picture)
