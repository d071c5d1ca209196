"""Takes out of captions what is not about the image: who made it, and labels for readers who hear them."""

from __future__ import annotations

import re

from crawler.extraction.body import Body
from crawler.extraction.document import LONGEST_NAME, text_of
from crawler.extraction.trees import is_within, remove

CREDIT_NAME = re.compile(r"credit|copyright|attribution|photographer|source|byline", re.IGNORECASE)
CREDIT = re.compile(
    r"(?:^|(?<=[\s。.!?！？」”)）(（\[/|]))\s{0,9}(?:[（(\[【]\s{0,9})?(?:(?:(?:Image|Photo|Picture|Foto|Fotografía|Bild|Illustration|Video|Media|Photograph)s?\s{0,9})?(?:copyright|credits?|courtesy(?: of)?|Bildquelle|Quelle)\b\s{0,9}[:：]?|(?:Image|Photo|Picture|Foto|Bild)s?\s{0,9}(?:by|via|from|[:：/])|Photographer\s{0,9}[:：]|©|\(c\)\s|(?:图片|圖片|照片|影像|资料|資料)?(?:来源|來源|提供|授权|授權)\s{0,9}[:：]|图源\s{0,9}[:：]?|图\s{0,9}[:：/／]|摄影\s{0,9}[:：/／]|攝影\s{0,9}[:：/／]|撮影\s{0,9}[=＝:：])\s{0,9}[^。.!?！？]{0,80}$"
    r"|(?:^|(?<=[\s。」”)）（(]))(?:[^\s。，,（(]{2,14}\s{0,9})(?:摄(?!影)|攝(?!影)|摄影|攝影)\s{0,9}[)）]?$",
    re.IGNORECASE,
)
"""Who made an image, at a caption's end."""

READER_LABEL = re.compile(
    r"^(?:(?:Image|Media|Video) ?(?:caption|copyright|source)[,:]?\s*|(?:图像|圖像|视频|視頻|影像|音频|音頻)(?:来源|來源|加[注註]文字)[，,]\s*|(?:この記事の)?(?:写真|画像)を(?:見る|拡大)(?:する)?\s*(?:[（(]\d+枚[）)])?$|이미지\s?확대보기$)",
    re.IGNORECASE,
)
"""What pages write for readers who hear them, and on what enlarges an image."""


def cut_labels(body: Body) -> None:
    """Take labels such as "Image caption" out of figures, and lines that say who made the image."""
    figures = [
        figure for figure in body.element.iter("figure") if next(figure.iterancestors("figure"), None) is None
    ]
    for figure in figures:
        for block in [
            inner for inner in figure.iterdescendants("span", "p", "div", "figcaption") if len(inner) <= 2
        ]:
            text = text_of(block)
            match = (
                READER_LABEL.match(text)
                if is_within(block, figure) and block.find(".//img") is None
                else None
            )
            if match is None:
                continue
            label = match[0].strip(" ,:，").lower()
            if label.endswith(("copyright", "source", "来源", "來源")) or text == match[0].strip():
                body.take_out("image_credit", block)
            elif block.text and READER_LABEL.match(block.text.lstrip()):
                block.text = READER_LABEL.sub("", block.text.lstrip())


def cut_credits(body: Body) -> None:
    """Take out of captions who made the image: elements named so, and what follows a word such as ©, 摄 or Photo."""
    cut_labels(body)
    for caption in list(body.element.iter("figcaption")):
        if caption.find(".//figcaption") is not None:
            continue  # that is the caption
        for part in list(caption.iterdescendants()):
            named = f"{part.get('class') or ''} {part.get('itemprop') or ''}"[:LONGEST_NAME]
            if CREDIT_NAME.search(named) and is_within(part, caption) and part.find(".//img") is None:
                body.take_out("image_credit", part)
        text = text_of(caption)
        match = CREDIT.search(text)
        if match is None or caption.find(".//img") is not None:
            continue
        body.removals.append({"rule": "image_credit", "text": match[0].strip(), "html": ""})
        for child in list(caption):
            caption.remove(child)
        caption.text = text[: match.start()].strip(" 　/|｜-–—(（[【") or None
        if caption.text is None:
            remove(caption)
