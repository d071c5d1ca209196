"""The images above an article's text: between headline and text, and above the headline."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.byline import AUTHOR_NAME
from crawler.extraction.document import names_of, text_of
from crawler.extraction.images import HOLDER, copy_image, is_linked, path_to
from crawler.extraction.lines import DAY
from crawler.extraction.trees import file_of, is_within

CAPTION = re.compile(r"[图圖摄攝]|资料|資料|提供|。$|^[▲△↑]")
LONGEST_CAPTION = 200  # characters
LINKED = 4  # times that a link's characters count between an image and the headline below it
LAST_ABOVE = 4  # images above the headline that are looked at
LEAST_WIDTH = 300  # pixels of an image above the headline that is the article's
SIZE_IN_NAME = re.compile(r"[_-]{0,2}\d{2,4}x\d{2,4}(?!\d)")
"""The size in an image's name, as many systems make several of each."""
AVATAR = re.compile(r"(?:^|[\s_-])avatars?(?:$|[\s_-])", re.IGNORECASE)


def add_lead_images(layout: BlockLayout, body: Body) -> None:
    """Put the images that stand between headline and text into the body, with their captions: figures, what is called an
    image, and the one that the page itself calls the article's."""
    figures = []
    for image in [*find_above_heading(layout, body), *body.lead_images]:
        holder = holder_of(image, body.element, body.heading)
        named = any(
            inner.tag in ("figure", "picture") or HOLDER.search(names_of(inner))
            for inner in path_to(image, holder)[1:]
        )
        stated = is_stated(layout, image)
        captioned = CAPTION.search(text_of(holder)) is not None and holder.find(".//a") is None
        if (is_linked(image) and not stated) or is_portrait(image):
            continue  # of another article, or of its writer
        if not (named or stated or captioned) or any(
            is_boilerplate(inner) for inner in path_to(image, holder)
        ):
            continue
        figure = etree.Element("figure")
        figure.append(copy_image(image))
        caption = text_of(holder)
        if caption and len(caption) <= LONGEST_CAPTION and holder.find(".//a") is None:
            etree.SubElement(figure, "figcaption").text = caption
        figures.append(figure)
    for figure in reversed(figures):
        figure.tail, body.element.text = body.element.text, None
        body.element.insert(0, figure)


def find_above_heading(layout: BlockLayout, body: Body) -> list[Any]:
    """The image above the headline, where the page states it as the article's, or nothing but a caption stands between."""
    heading = body.heading
    if heading is None or heading not in layout.order or next(body.element.iter("img"), None) is not None:
        return []
    order, at = layout.order, layout.order[heading]
    images = [image for image in layout.root.iter("img") if image in order and order[image] < at]
    for image in reversed(images[-LAST_ABOVE:]):
        between = [block for block in layout.blocks if order[image] < order[block] < at]
        size = sum(layout.plain[block] + LINKED * layout.linked[block] for block in between)
        width = (image.get("width") or "").removesuffix("px")
        if layout.in_boilerplate(image) or (width.isdigit() and int(width) < LEAST_WIDTH):
            continue
        if is_stated(layout, image):
            return [image]
        holder = image.getparent()
        named = holder.tag in ("figure", "picture") or HOLDER.search(names_of(holder))
        if size <= LONGEST_CAPTION and named and not is_linked(image):
            return [image]
    return []


def is_stated(layout: BlockLayout, image: Any) -> bool:
    """Whether an image is the one that the page states as the article's, in whatever size."""
    stated = SIZE_IN_NAME.sub("", layout.lead_image)
    return bool(stated) and any(SIZE_IN_NAME.sub("", file_of(value)) == stated for value in image.values())


def is_portrait(image: Any) -> bool:
    """Whether an image is of who wrote the article: round it, an element that says little more is called after that."""
    around = (above for above, _ in zip(image.iterancestors(), range(4), strict=False))
    return any(
        (
            above.get("itemprop") == "author"
            or any(find.search(names_of(above)) for find in (AUTHOR_NAME, AVATAR))
        )
        and len(text_of(above)) <= LONGEST_CAPTION / 2
        for above in around
    )


def holder_of(image: Any, element: Any, heading: Any) -> Any:
    """The outermost element round an image that says no more than a caption, and holds neither headline nor body."""
    holder = image
    while (parent := holder.getparent()) is not None and not is_within(element, parent):
        text = text_of(parent)
        if (
            len(text) > LONGEST_CAPTION
            or len(parent.findall(".//img")) > 1
            or (heading is not None and is_within(heading, parent))
            or (DAY.search(text) and parent.tag != "figure")
        ):
            break
        holder = parent
    return holder
