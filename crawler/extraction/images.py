"""The pictures of an article: their real addresses, whatever attribute holds them, and those that stand above its text."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lxml import etree

from crawler.extraction.block_layout import Layout
from crawler.extraction.body import Body
from crawler.extraction.boilerplate import is_furniture
from crawler.extraction.document import absolute, text_of
from crawler.extraction.lines import DAY
from crawler.extraction.trees import file_of, is_within, remove

PICTURE = re.compile(
    r"(?:^|[/=])[^\s\"']+\.(?:jpe?g|png|webp|gif|bmp)(?:[?!@&_/].*)?$|wx_fmt=|^(?:https?:)?//[^\s]+/(?:large|origin|image|img|p)/",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:https?:)?//[^\s]+|\.{0,2}/[^\s]+")
PAGE = re.compile(r"\.(?:s?html?|php|aspx?|jsp)(?:[?#].*)?$", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"^data:|(?:blank|loading|lazy|placeholder|spacer|pixel|trans(?:parent)?|gr[ea]y|1px|1x1|dot|none|default)[-_\w]*\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
# Attributes in which scripts find a picture's address.
LAZY = (
    "data-src", "data-original", "data-original-src", "data-lazy-src", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo", "lazy-src", "lazysrc",
    "lazyload-src", "real_src", "realsrc", "ess-data", "_src", "data-backsrc", "orginial_src", "data-ks-lazyload", "attr-src", "src2", "data-srcset", "zoomfile",
    "file", "data-url", "data-img", "data-image", "data-big", "original",
)  # fmt: skip
LOOSE = frozenset(("file", "data-url", "data-img", "data-image", "data-big", "original"))
"""Those of them that may hold other things: they count where they look like a picture's."""
ICON = re.compile(
    r"qr_?code|erweima|(?<![a-z0-9])ewm(?![a-z0-9])|/icon|icon[_-]|logo|button|/btn|sprite|avatar|emoji|(?<![a-z])arrow|weixin[_.]|wechat[_.]|share[_.-]|/ads?/|(?:^|[/_-])ads?[\d_-]*\.(?:jpe?g|gif|png|webp)|//ads?\d*\.|/face/|spacer|hot\.gif|new\.gif|(?:next|prev)_?page|/space\.gif",
    re.IGNORECASE,
)
SIZE = re.compile(r"[_/-]w?(\d{1,4})(?:_h|x|\*)(\d{1,4})(?=[._/]|$)")
ICON_ALT = re.compile(r"二维码|二維碼|扫码|logo|广告|关注|APP下载", re.IGNORECASE)
HOLDER = re.compile(
    r"(?:^|[\s_-])(?:photos?|pics?|pictures?|imgs?|images?|figure|cover)(?:$|[\s_\d-])|[a-z](?:Pic|Img|Photo|Image)"
)
"""What the element is called that holds a picture above the text."""
CAPTION = re.compile(r"[图圖摄攝]|资料|資料|提供|。$|^[▲△↑]")
BANNER = 4.5  # times as wide as high: a linked picture of that form is an advertisement across the column
LONGEST_CAPTION = 200  # characters


def add_lead_pictures(layout: Layout, body: Body) -> None:
    """Put the pictures that stand between headline and text into the body, with their captions: figures, what is called a
    picture, and the one that the page itself calls the article's."""
    figures = []
    for picture in body.lead_pictures:
        holder = holder_of(picture, body.element, body.heading)
        named = any(
            one.tag in ("figure", "picture")
            or HOLDER.search(f"{one.get('class') or ''} {one.get('id') or ''}")
            for one in up_to(picture, holder)[1:]
        )
        stated = layout.lead_image and any(file_of(value) == layout.lead_image for value in picture.values())
        captioned = CAPTION.search(text_of(holder)) is not None and holder.find(".//a") is None
        if not (named or stated or captioned) or any(is_furniture(one) for one in up_to(picture, holder)):
            continue
        figure = etree.Element("figure")
        figure.append(picture_in(picture))
        caption = text_of(holder)
        if caption and len(caption) <= LONGEST_CAPTION:
            etree.SubElement(figure, "figcaption").text = caption
        figures.append(figure)
    for figure in reversed(figures):
        figure.tail, body.element.text = body.element.text, None
        body.element.insert(0, figure)


def up_to(element: Any, top: Any) -> list[Any]:
    """*element* and what it stands in, up to *top*."""
    found = [element]
    while element is not top and (element := element.getparent()) is not None:
        found.append(element)
    return found


def holder_of(picture: Any, element: Any, heading: Any) -> Any:
    """The outermost element round a picture that says no more than a caption, and holds neither headline nor body."""
    holder = picture
    while (parent := holder.getparent()) is not None and not is_within(element, parent):
        text = text_of(parent)
        if (
            len(text) > LONGEST_CAPTION
            or len(parent.findall(".//img")) > 1
            or (heading is not None and is_within(heading, parent))
            or DAY.search(text)
        ):
            break
        holder = parent
    return holder


def picture_in(picture: Any) -> Any:
    """A copy of a picture; of several sources that a browser chooses from, all."""
    copy = etree.Element("img", dict(picture.attrib))
    if (around := picture_element(picture)) is not None:
        take_sources(copy, around)
    return copy


def picture_element(image: Any) -> Any:
    """The ``<picture>`` round an ``<img>``; None where there is none. The parser nests what stands behind a ``<source>`` in it."""
    above = image.getparent()
    while above is not None and above.tag == "source":
        above = above.getparent()
    return above if above is not None and above.tag == "picture" else None


def take_sources(picture: Any, holder: Any) -> None:
    """Give an ``<img>`` without an address that of a ``<source>`` beside it."""
    if picture.get("srcset") or picture.get("data-srcset"):
        return
    for source in holder.iter("source"):
        if sources := source.get("srcset") or source.get("data-srcset"):
            picture.set("srcset", sources)
            return


def settle_pictures(element: Any, base: str) -> None:
    """Give every picture of a body its real, absolute address; those that are none of the article go."""
    pictures = list(element.iter("img"))
    shown = Counter(one.get("src") for one in pictures)
    for picture in pictures:
        if (around := picture_element(picture)) is not None:
            take_sources(picture, around)
            if around.getparent() is not None:
                picture.getparent().remove(picture)
                picture.tail, around.tail = around.tail, None
                around.getparent().replace(around, picture)
        settle(picture, base, repeated=shown[picture.get("src")] > 1)


def largest(sources: str | None) -> str:
    """The address of the largest picture in a ``srcset``.

    >>> largest("/a-640.jpg 640w, /a-1280.jpg 1280w"), largest("/a.jpg")
    ('/a-1280.jpg', '/a.jpg')
    """
    found = re.findall(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", sources or "")
    return max(found, key=lambda one: float(one[1] or 1), default=("", ""))[0]


def real_address(picture: Any, is_placeholder: bool) -> str:
    """The address that a script would give the picture; empty where none is stated."""
    for name in LAZY:
        value = (picture.get(name) or "").strip()
        if name == "data-srcset":
            value = largest(value)
        if not value or value.startswith("data:"):
            continue
        if PICTURE.search(value) or (
            name not in LOOSE and ADDRESS.fullmatch(value) and not PAGE.search(value)
        ):
            return value
    if is_placeholder:
        for name, value in picture.items():
            if name not in ("src", "alt", "title", "srcset") and PICTURE.search(value.strip()):
                return value.strip()
        return largest(picture.get("srcset"))
    return ""


def is_linked(picture: Any) -> bool:
    """Whether a picture is a link to something that is no picture."""
    above = picture.getparent()
    return above is not None and above.tag == "a" and not PICTURE.search(above.get("href") or "")


def settle(picture: Any, base: str, repeated: bool = False) -> None:
    """Give a picture its real, absolute address, whatever attribute holds it; one that is none of the article goes."""
    source = (picture.get("src") or "").strip()
    placeholder = not source or PLACEHOLDER.search(source) is not None
    real = real_address(picture, placeholder or repeated)
    address = real or source
    said = f"{picture.get('class') or ''} {address}"
    stated = SIZE.search(address)
    sizes = [
        int(size)
        for name in ("width", "height")
        if (size := (picture.get(name) or "").rstrip("px ")).isdigit()
    ]
    small = (len(sizes) == 2 and max(sizes) < 60) or any(size < 10 for size in sizes)
    if not small and is_linked(picture) and (len(sizes) == 2 or stated):
        width, height = sizes if len(sizes) == 2 else (int(stated[1]), int(stated[2]))  # type: ignore[index]
        small = width > BANNER * height and 0 < height <= 150
    if (
        not address
        or address.startswith("data:")
        or small
        or (stated and int(stated[1]) < 60 and int(stated[2]) < 60)
        or ICON.search(said)
        or ICON_ALT.search(picture.get("alt") or "")
        or (not real and placeholder)
        or (url := absolute(base, address)) is None
    ):
        remove(picture)
        return
    for name in (*LAZY, "srcset"):
        if name in picture.attrib:
            del picture.attrib[name]
    picture.set("src", url)
