"""Chinese writers as a record or an element of their own states them: names, beside what each of them does."""

from __future__ import annotations

import re

from crawler.extraction.names import is_name

HAN_ALONE = re.compile(r"[\u3400-\u9fff\s、，,;；&|｜/／:：·()（）]+")
BRACKETS = re.compile(r"[(（][^()（）]{0,20}[)）]")
PARTS = re.compile(r"[\s、，,;；&|｜/／:：]+")
RANK = r"首席|特[约約]|[实實][习習]|[见見][习習]|[资資]深|高[级級]|全媒[体體]"
"""In front of what a writer is."""
ROLE = r"[记記]者|特派(?:[员員]|記者)|通[讯訊][员員]|撰稿人|[评評][论論][员員]|研究[员員]|[实實][习習]生|[编編][译譯]|作者"
"""What a writer is."""
WRITES = re.compile(
    rf"(?:[\u4e00-\u9fff]{{0,8}}[報报刊网網社台])?(?:{RANK}|[驻駐][\u4e00-\u9fff]{{2,4}}){{0,4}}(?:{ROLE}|撰稿|撰文|采[写寫]|文字?|[采採][访訪])"
)
"""What a writer does, or is."""
DOES_OTHERWISE = re.compile(
    r"(?:[责責]任)?[编編][辑輯]|[责責][编編]|[图圖]片?|[摄攝]影?|影像|校[对對]|[审審]核|制[图圖]|[监監]制|美[编編]"
)
"""What those do who are none."""
REPORT = re.compile(r"[\u4e00-\u9fff]{0,6}(?:[报報][道導])")
REPORT_BEHIND = re.compile(r"[報报][道導]$")
DESK = re.compile(r"[\u4e00-\u9fff]{1,10}(?:[报報网網社台刊部組组]|中心)")


def persons_in_record(text: str) -> list[str] | None:
    """The writers among the names of a Chinese byline; None where it is not made of names and of what they do.

    >>> persons_in_record("編譯陳小如、記者張一嘉／綜合報導"), persons_in_record("陳小如 文／張一嘉 圖")
    (['陳小如', '張一嘉'], ['陳小如'])
    >>> persons_in_record("责编：王小明"), persons_in_record("文/王小明 图/李四"), persons_in_record("财经观察")
    ([], ['王小明'], None)
    """
    text = BRACKETS.sub("", text)
    if not HAN_ALONE.fullmatch(text):
        return None
    parts = [part for part in PARTS.split(text) if part]
    is_reported = bool(parts) and REPORT.fullmatch(parts[-1]) is not None
    # 王小明 文／李四 图 has what they do behind the names.
    is_behind = bool(parts) and is_name(parts[0])
    names: list[str] = []
    counts, is_told = True, False
    for n, part in enumerate(parts):
        follows = parts[n + 1] if n + 1 < len(parts) else ""
        if WRITES.fullmatch(part):
            counts, is_told = True, True
        elif DOES_OTHERWISE.fullmatch(part):
            counts, is_told = is_reported or (is_behind and part in "图圖摄攝"), True
        elif is_name(part):
            if counts and not (is_behind and follows in tuple("图圖摄攝")) and part not in names:
                names.append(part)
        elif (match := WRITES.match(part)) and is_name(name := REPORT_BEHIND.sub("", part[match.end() :])):
            counts, is_told = True, True
            names += [name] if name not in names else []
        elif (match := DOES_OTHERWISE.match(part)) and is_name(part[match.end() :]):
            counts, is_told = False, True
        elif REPORT.fullmatch(part):
            if len(name := REPORT_BEHIND.sub("", part)) > 2 and is_name(name) and not names:
                names.append(name)
        elif not DESK.fullmatch(part) and not (is_reported and names and len(part) <= 4):  # from where
            return None
    return names if names or is_told else None


REPORT_BEHIND = re.compile(r"[报報][道導]$")
