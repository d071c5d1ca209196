"""The images of an article: their real addresses, whatever attribute holds them, and those that stand above its text."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from typing import Any

from crawler.extraction.document import LONGEST_NAME, absolute, names_of
from crawler.extraction.trees import file_of, remove, whole_text

IMAGE_URL = re.compile(
    r"(?:^|[/=])[^\s\"']{1,200}\.(?:jpe?g|png|webp|gif|bmp)(?:[?!@&_/].*)?$|wx_fmt=|^(?:https?:)?//[^\s]+/(?:large|origin|image|img|p)/",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:https?:)?//[^\s]+|\.{0,2}/[^\s]+")
PAGE = re.compile(r"\.(?:s?html?|php|aspx?|jsp)(?:[?#].*)?$", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"^data:|(?:blank|loading|lazy|placeholder|spacer|pixel|trans(?:parent)?|gr[ea]y|1px|1x1|dot|none|default)[-_\w]{0,99}\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
# Attributes in which scripts find a image's address.
LAZY = (
    "data-src", "data-original", "data-original-src", "data-lazy-src", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo", "lazy-src", "lazysrc",
    "lazyload-src", "real_src", "realsrc", "ess-data", "_src", "data-backsrc", "orginial_src", "data-ks-lazyload", "attr-src", "src2", "data-srcset", "zoomfile",
    "file", "data-url", "data-img", "data-image", "data-big", "original",
)  # fmt: skip
LOOSE = frozenset(("file", "data-url", "data-img", "data-image", "data-big", "original"))
"""Those of them that may hold other things: they count where they look like a image's."""
ICON = re.compile(
    r"qr_?code|erweima|(?<![a-z0-9])ewm(?![a-z0-9])|/icon|icon[_.-]|profile[_-]image|/print\.|/bg\d{0,3}\.(?:png|gif|jpe?g)|logo|button|/btn|sprite|avatar|emoji|(?<![a-z])arrow|weixin[_.]|wechat[_.]|share[_.-]|/ads?/|(?:^|[/_-])ads?[\d_-]*\.(?:jpe?g|gif|png|webp)|//ads?\d*\.|/face/|배너|spacer|hot\.gif|new\.gif|(?:next|prev)_?page|/space\.gif",
    re.IGNORECASE,
)
LOGO = re.compile(r"logo(?:$|[\s_-])|avatar", re.IGNORECASE)
"""What the element round a symbol is called."""
SIZE = re.compile(r"[_/-]w?(\d{1,4})(?:_h|x|\*)(\d{1,4})(?=[._/]|$)")
ICON_ALT = re.compile(
    r"二维码|二維碼|扫码|logo|广告|APP下载|^(?:欢迎|点击|長按|长按)?关注(?:我们|公众号|微信)?$", re.IGNORECASE
)
HOLDER = re.compile(
    r"(?:^|[\s_-])(?:photos?|pics?|pictures?|imgs?|images?|figure|cover)(?:$|[\s_\d-])|[a-z](?:Pic|Img|Photo|Image)"
)
"""What the element is called that holds an image above the text."""
SHORT_ALT = 12  # characters
NOSCRIPT = "data-noscript"
"""Marks an image that the page shows to readers without scripts (`document.Document.root`)."""
STYLED = re.compile(r"(?:^|[;\s])(?:min-)?(?:width|height)\s*:\s*(\d+)px")
BUTTON = (88, 60)  # pixels: width and height of a button, at most
THUMBNAIL = 120  # pixels of the longer side of an image that is a link, at most, that make it another page's
MANY = 3  # times that a text shows a symbol
BANNER = 4.5  # times as wide as high: a linked image of that form is an advertisement across the column
BANNER_NAME = re.compile(r"banner", re.IGNORECASE)


def path_to(element: Any, top: Any) -> list[Any]:
    """*element* and its ancestors, up to *top*."""
    path = [element]
    while element is not top and (element := element.getparent()) is not None:
        path.append(element)
    return path


def copy_image(image: Any) -> Any:
    """A copy of an image; of several sources that a browser chooses from, all."""
    copy = deepcopy(image)  # as it is: broken markup makes attribute names that cannot be set
    copy.tail = None
    if (around := find_picture_element(image)) is not None:
        copy_source(copy, around)
    return copy


def find_picture_element(image: Any) -> Any:
    """The ``<picture>`` round an ``<img>``; None where there is none. The parser nests what follows a ``<source>`` in it."""
    above = image.getparent()
    while above is not None and above.tag == "source":
        above = above.getparent()
    return above if above is not None and above.tag == "picture" else None


def copy_source(image: Any, holder: Any) -> None:
    """Give an ``<img>`` without an address that of a ``<source>`` beside it."""
    if image.get("srcset") or image.get("data-srcset"):
        return
    for source in holder.iter("source"):
        if sources := source.get("srcset") or source.get("data-srcset"):
            image.set("srcset", sources)
            return


def resolve_images(element: Any, base: str) -> None:
    """Give every image of a body its real, absolute address; those that are none of the article go."""
    drop_noscript_copies(element)
    images = list(element.iter("img"))
    shown = Counter(inner.get("src") for inner in images)
    for image in images:
        if (around := find_picture_element(image)) is not None:
            copy_source(image, around)
            if around.getparent() is not None:
                image.getparent().remove(image)
                image.tail, around.tail = around.tail, None
                around.getparent().replace(around, image)
        resolve_image(image, base, repeated=shown[image.get("src")] > 1)
    shown = Counter(inner.get("src") for inner in element.iter("img"))
    for image in images:
        if shown[image.get("src")] >= MANY:
            remove(image)


def largest_source(sources: str | None) -> str:
    """The address of the largest image in a ``srcset``.

    >>> largest_source("/a-640.jpg 640w, /a-1280.jpg 1280w"), largest_source("/a.jpg")
    ('/a-1280.jpg', '/a.jpg')
    """
    found = re.findall(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", sources or "")
    return max(found, key=lambda one: float(one[1] or 1), default=("", ""))[0]


def find_lazy_address(image: Any, is_placeholder: bool) -> str:
    """The address that a script would give the image; empty where none is stated."""
    for name in LAZY:
        value = (image.get(name) or "").strip()
        if name == "data-srcset":
            value = largest_source(value)
        if not value or value.startswith("data:"):
            continue
        if IMAGE_URL.search(value) or (
            name not in LOOSE and ADDRESS.fullmatch(value) and not PAGE.search(value)
        ):
            return value
    if is_placeholder:
        for name, value in image.items():
            if name not in ("src", "alt", "title", "srcset") and IMAGE_URL.search(value.strip()):
                return value.strip()
        return largest_source(image.get("srcset"))
    return ""


def is_linked(image: Any) -> bool:
    """Whether an image is a link to something other than an image."""
    above = image.getparent()
    return above is not None and above.tag == "a" and not IMAGE_URL.search(above.get("href") or "")


def resolve_image(image: Any, base: str, repeated: bool = False) -> None:
    """Give an image its real, absolute address, whatever attribute holds it; one that is none of the article goes."""
    source = (image.get("src") or "").strip().rstrip("'\";")
    placeholder = not source or PLACEHOLDER.search(source) is not None
    real = find_lazy_address(image, placeholder or repeated)
    address = real or source
    url = absolute(base, address)
    if (placeholder and not real) or url is None or address.startswith("data:") or is_icon(image, address):
        remove(image)
        return
    for name in (*LAZY, "srcset"):
        if name in image.attrib:
            del image.attrib[name]
    image.set("src", url)


def is_icon(image: Any, address: str) -> bool:
    """Whether an image is a symbol, a code to scan or an advertisement, by its size, its address and what it is called."""
    stated = SIZE.search(address)
    if stated and int(stated[1]) <= BUTTON[0] and int(stated[2]) < BUTTON[1]:
        return True
    sizes = [
        int(size) for name in ("width", "height") if (size := (image.get(name) or "").rstrip("px ")).isdigit()
    ]
    styled = [int(size) for size in STYLED.findall(image.get("style") or "")]
    if any(len(pair) >= 2 and max(pair) < 60 for pair in (sizes, styled)) or any(size < 10 for size in sizes):
        return True
    if is_linked(image) and (len(sizes) == 2 or stated):
        width, height = sizes if len(sizes) == 2 else (int(stated[1]), int(stated[2]))  # type: ignore[index]
        if (width > BANNER * height and 0 < height <= 150) or max(width, height) <= THUMBNAIL:
            return True
    # A class may be named after what a photograph is for: the image that is shared.
    named = (image.get("class") or "")[:LONGEST_NAME].replace("share", "")
    around = [
        (holder.get("class") or "")[:LONGEST_NAME]
        for holder, _ in zip(image.iterancestors(), range(2), strict=False)
    ]
    return (
        ICON.search(named) is not None
        or any(LOGO.search(name) for name in around)
        or (is_linked(image) and any(map(BANNER_NAME.search, around)))
        or ICON.search(address) is not None
        or is_icon_alt(image.get("alt") or "")
    )


def is_icon_alt(alt: str) -> bool:
    """Whether an alternative text is that of a code to scan or a button; a photograph's may hold the same words."""
    return len(alt) <= SHORT_ALT and ICON_ALT.search(alt) is not None


def save_images(box: Any) -> None:
    """Move the photographs of a box that is to go in front of it: the box is named for both, image and buttons."""
    if not HOLDER.search(names_of(box)) or len("".join(whole_text(box).split())) > SHORT_ALT * 2:
        return
    for image in list(box.iter("img")):
        address = find_lazy_address(image, False) or image.get("src") or ""
        if IMAGE_URL.search(address) and not is_linked(image) and not is_icon(image, address):
            image.tail = None
            box.addprevious(image)


def drop_noscript_copies(element: Any) -> None:
    """Of an image that scripts load and its copy for readers without scripts, keep one: the copy where the other has no
    address."""
    before: Any = None
    for image in list(element.iter("img")):
        if image.get(NOSCRIPT) is None:
            before = image
            continue
        del image.attrib[NOSCRIPT]
        if before is None:
            continue
        source = before.get("src") or ""
        real = find_lazy_address(before, True) or ("" if PLACEHOLDER.search(source) else source)
        names = {file_of(real), file_of(image.get("src"))}
        if not real:
            remove(before)
        elif len(names) == 1 or before.getparent() is image.getparent():
            remove(image)
        before = None
