"""Printed times in plain characters: full-width ones, eras, Chinese numerals, names of zones behind an offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from archive.late_pattern import compile_late
from pipelines.foreign_dates import decimal

PAIRED_MONTH = compile_late(
    r"(?<![\u0621-\u064a])[\u0621-\u064a]++\s?/\s?(?=[\u0621-\u064a]+\s(?:19|20)\d\d)"
)
"""The first of the two names of a month: ``نيسان / أبريل 2020``."""
PLAIN: Mapping[int, Any] = {
    **{
        ord(character): plain
        for character, plain in zip(
            "：／－．，（）＋–\u00a0\u2007\u2009\u202f\u3000", ":/-.,()+-     ", strict=True
        )
    },
    **{ord(zero) + digit: str(digit) for zero in "０٠۰०๐০" for digit in range(10)},
    **dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff")),
}
"""Digits of other scripts, full-width characters, dashes and wide spaces become the plain ones; bidi marks and BOM go."""
ERA = compile_late(r"(?P<era>令和|平成|民國|民国)\s*(?P<year>\d{1,3}|元)\s*年")
ERA_DAY = r"(?:令和|平成|民國|民国)\s*(?:\d{1,3}|元)\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
"""A day by the year of an era; `normalise_dates` makes it one of ours."""
HAN_DAY = (
    "[一二][〇零○一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号號]"
)
"""A day in Chinese numerals."""
ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
# As scripts write the zone's name behind the offset.
ZONE_NAME = compile_late(
    r"\s{0,9}(?:\((?:中国标准时间|中國標準時間|China Standard Time|CST)\)|\[[A-Z][a-z]+/[A-Za-z_]+\])$"
)
DIGITS = dict(zip("〇一二三四五六七八九零○两兩", (*range(10), 0, 0, 2, 2), strict=True))
NUMERAL = compile_late(
    r"(?<![〇零○一二三四五六七八九十两兩])[〇零○一二三四五六七八九十两兩]++(?=\s*(?:[年月日号號时時点點分秒天周週]|个?小[时時]|[个個]?(?:星期|礼拜|禮拜)(?![一二三四五六日天])))"
)


def from_numeral(match: re.Match[str]) -> str:
    """``二〇二二`` -> ``2022``, ``二十一`` -> ``21``; anything else as it is."""
    text = match[0]
    if "十" not in text:
        return "".join(str(DIGITS[each]) for each in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return text
    return str((DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0))


def to_plain(raw: str) -> str:
    """A printed time with plain characters in the place of wide ones, without the zone's name behind an offset."""
    text = decimal(raw.translate(PLAIN)).strip()
    if "&" in text:
        text = " ".join(unescape(text).replace("\u00a0", " ").split())
    text = PAIRED_MONTH.sub("", ZONE_NAME.sub("", text))
    if era := ERA.search(text):
        year = ERAS[era["era"]] + (1 if era["year"] == "元" else int(era["year"]))
        text = f"{text[: era.start()]}{year}年{text[era.end() :]}"
    return text
