"""Who wrote an article: the names in bylines, without editors, photographers, media and companies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from crawler.extraction.document import LONGEST_NAME, Document, names_of, squeeze
from crawler.extraction.eastern_bylines import (
    HANGUL,
    KANA,
    KOREAN,
    KOREAN_HEAD,
    find_japanese,
    korean_names,
    korean_tail,
)
from crawler.extraction.headline import fold_title
from crawler.extraction.names import NAME, NAMES, WESTERN, is_name, names_in, western_names
from crawler.extraction.persons import (
    find_byline,
    find_linked_names,
    find_marked_authors,
    find_own_names,
    find_stated_authors,
    without_editors,
    without_media,
)
from pipelines.printed_times import STAMP

END = (
    r"(?=$|[\s）)】\]〕〉>|｜;；。，,:：/〔［]|编辑|編輯|責任|责任|责编|发自|报道|報道|報導|摄|攝|校对|来源|电|電|讯|訊|图|圖|北京|上海|广州|深圳|编译|综合|整理|翻译|审核|返回|文|\d"
    r"|[\u4e00-\u9fff]{2,6}?\d{1,2}(?:月\d{1,2})?日|(?![在从向就对])[\u4e00-\u9fff]{2,4}(?:报道|報導|电|電)(?=$|[\s)）】〕\]，,。]))"
)
TITLE_OF = (
    r"(?:记者|記者|特派员|特派記者|通讯员|通訊員|撰稿人|评论员|研究员|实习生|實習生|作者)(?![和与及的为系])"
)
WRITER = rf"(?:本报|本報|本刊|本网|本台|首席|特约|实习|见习|高级|资深|全媒体|驻[\u4e00-\u9fff]{{1,6}})*(?:实习)?(?:见习)?{TITLE_OF}"
OFFICE = r"[\u4e00-\u9fff]{2,12}(?:学院|部|处|中心|办|局|院|系|社|厂|司|街道|支行|分行|频道|之家|之居)"
EDGE = r"(?:^|(?<=[^\u4e00-\u9fffA-Za-z0-9]))"
LINK = r"\s*[】\])）]?\s*[:：/／|｜丨]?\s*"
PATTERNS = (
    # 作者：张三 李四; 文/张三; 文/图 张三; 撰文｜张三; 采写：某报记者 张三; 《某刊》作者 张三
    re.compile(
        rf"{EDGE}(?:本文|原)?(?:作\s?者|采访撰文|採訪撰文|特约撰稿|特约作者|撰文|撰稿|采写|采访|採訪|执笔|文字|文图|图文|圖文|文|記者|记者|By|原创作者|写手)"
        rf"(?:\s*[/、]\s*(?:图|圖|摄影|摄|图片|撰文))?\s*(?:[:：/／|｜丨]|\s|(?<=作者)(?![和与及的为系])|[】\]]\s*)\s*(?:(?:文字?|文)\s*[:：/]\s*)?(?:{OFFICE}\s+)?(?:[\u4e00-\u9fffA-Za-z]{{0,12}}{WRITER}\s*[:：/]?\s*)?{NAMES}{END}"
    ),
    # 本报记者 张三 李四; （记者张三）; 新京报记者 张三; 【通讯员】张三
    re.compile(rf"{EDGE}(?:[\u4e00-\u9fffA-Za-z0-9·]{{0,14}}?){WRITER}{LINK}{NAMES}{END}"),
)
REPORTED = re.compile(
    rf"(?:^|[/|｜\s〔【\[(])({NAME}(?:[、\s]{NAME}){{0,2}})\s*/?\s*(?:[\u4e00-\u9fff]{{2,4}}?)?(?:综合|綜合|即時)?(?:报道|報導|報道)[)】〕\]]?$"
)
"""某某中心/张三报道, 某报 | 张三 台北報導: a line of its own."""
WESTERN_LINE = re.compile(
    rf"^(?:Written |Reported |Story )?[Bb][Yy]:?\s+({WESTERN}(?:\s*(?:,|and|&)\s*{WESTERN}){{0,4}})(?=\s*(?:$|[|,·•\d]|for |Published|Updated|in ))"
)
BESIDE_MEDIUM = re.compile(
    rf"^({NAME})\s*/\s*[\u4e00-\u9fffA-Za-z]{{2,14}}(?=$|\s)|^[\u4e00-\u9fffA-Za-z]{{2,14}}/({NAME})(?=$|\s)"
)
"""张三/某报, or 某报/张三."""
LOOSE = re.compile(
    r"(?:^|[\s|｜(（])(?:本文|原|取材・)?(?:作\s?者|撰文|撰稿|执笔|執筆|文|著者|ライター)\s*[:：/｜|丨●＝=]\s*([^\s:：，。；;|｜()（）/／]{2,20})(?=$|[\s|｜)）/／])"
)
"""A writer behind a label, under whatever name."""
COUNTRY = re.compile(r"^[\[［(（【〔][\u4e00-\u9fff]{1,3}[\]］)）】〕]")
"""Where a foreign writer is from, in front of the name."""
PICTURED = re.compile(r"\s*/?\s*(?:摄(?!影)|攝(?!影)|(?:摄影|攝影)(?:报道|報導)?$|图$|圖$|制图|供图|提供)")
"""Behind names: those who took the image."""
NOT_WRITER = re.compile(
    r"摄影|攝影|摄像|图片|图/|圖/|編輯|编辑|责编|校对|审核|监制|供图|制图|视频|设计|运营|主编|值班|统筹|摄$|攝$"
)
NO_NAME = re.compile(
    r"[網网報报社台刊站]$|记者|本报|综合|整理|编辑|官方|公司|集团|日报|频道|新闻|财经|小编|管理员|admin|佚名|匿名|原创|未知|来源|作者|本站|编译|发布|在线|网络|中国|国际|研究院|学会|协会|大学|杂志|官网|微信|公众号|简介",
    re.IGNORECASE,
)
MEDIUM_WORD = re.compile(r"[报報网網社台刊]|快讯|快訊|新闻|新聞|财经|財經|日报|时报|周刊|广播|电视|中心")
AUTHOR_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*authors?(?:[-_]?name)?|author_baidu|writers?|by-?lines?|reporters?|journalists?|contributors?|zuozhe|jizhe|columnist)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""What the element that holds the writer's name is called."""
LABEL = re.compile(
    r"^\W*(?:来自|By\b|本文|原)?\s*(?:[\u4e00-\u9fffA-Za-z]{0,10}(?:专栏作家|專欄作家|特约撰稿人|评论员|研究员|分析师)\s*)?(?:作者|撰文|撰稿|文|记者|記者|编译)?\s*[:：/｜|]?\s*",
    re.IGNORECASE,
)


def in_line(line: str, whole: bool = False) -> list[str]:
    """Writers that one line names. *whole*: only where the line says next to nothing else.

    >>> in_line("（本报记者 王小明 本报通讯员 李四）"), in_line("记者 王小明 摄")
    (['王小明', '李四'], [])
    """
    named: list[str] = []
    for pattern in PATTERNS:
        for found in pattern.finditer(line):
            if whole and len(line) > len(found[0]) + 30:
                continue
            before = line[max(0, found.start() - 6) : found.start() + 2]
            if NOT_WRITER.search(before) or PICTURED.match(line, found.end()):
                continue
            named += [name for name in names_in(found[1]) if name not in named]
    return named


def fold_text(text: str) -> str:
    """*text* with one form of letters, brackets and strokes."""
    return unicodedata.normalize("NFKC", text.replace("╱", "/").replace("∕", "/"))


def is_writer(name: str, publisher: str | None) -> bool:
    """Whether what follows 作者 is a name, and not the medium or a department of it."""
    return not NO_NAME.search(name) and name != publisher and not name.isascii()


def find_in_near_line(line: str, publisher: str | None) -> list[str]:
    """Writers that a line between headline and text names: there, a byline can be short of words."""
    if names := in_line(line):
        return names
    if found := WESTERN_LINE.search(line):
        return western_names(found[1])
    plain = STAMP.sub("", line).strip()
    if (
        (found := REPORTED.search(plain))
        and len(line) < 60
        and not NOT_WRITER.search(plain[: found.start(1)])
    ):
        return names_in(found[1])
    if len(line) < 60 and (korean := korean_names(line)):
        return korean
    if (found := BESIDE_MEDIUM.search(line)) and MEDIUM_WORD.search(found[0]):
        return names_in(found[1] or found[2])
    if match := LOOSE.search(line):
        name = COUNTRY.sub("", match[1])
        # 文｜某刊 张三: the medium is in front of its writer.
        if names := names_in(line[match.end() :]) if key_is_medium(name, publisher) else []:
            return names
        return [one for one in re.split(r"[、&＆]", name) if len(one) > 1 and is_writer(one, publisher)]
    return []


def key_is_medium(name: str, publisher: str | None) -> bool:
    """Whether what follows a label is the medium, or the begin of its name."""
    return (
        bool(MEDIUM_WORD.search(name))
        or fold_title(publisher or "").startswith(fold_title(name))
        or not is_name(name)
    )


def find_in_elements(elements: Iterable[Any]) -> list[str]:
    """Writers in elements that are called so (``class="author"``), and that hold names alone."""
    for element in elements:
        if element.get("rel") != "author" and not AUTHOR_NAME.search(
            f"{names_of(element)} {(element.get('itemprop') or '')[:LONGEST_NAME]}"
        ):
            continue
        text = LABEL.sub("", fold_text(squeeze(" ".join(element.itertext()))))
        parts = [part for part in re.split(r"[、，,/&\s]+|\band\b", text) if part]
        if 0 < len(parts) <= 5 and len(names := names_in(text)) == len(parts):
            return names
        if len(text) <= 60 and (names := western_names(text)):
            return names
    return []


def find_authors(
    document: Document,
    near: list[str],
    head: list[str],
    tail: list[str],
    publisher: str | None,
    elements: Iterable[Any] = (),
    after: Iterable[str] = (),
) -> list[str]:
    """The writers, without titles such as 记者; empty where none is named.

    *near* are the lines between headline and text, *elements* the elements there; *head* and *tail* the first and last
    lines of the text, *after* those right behind it. Pages that are not Chinese, Japanese or Korean state their writers
    in the metadata, and print them in forms that are read less surely.
    """
    media = find_own_names(document, publisher)
    stated = find_stated_authors(document, media)
    if not document.is_cjk:
        found = (
            without_editors(stated, document)
            or find_in_elements(elements)
            or find_marked_authors(elements)
            or find_linked_names(elements)
            or find_byline((*near, *head[:2], *tail, *after))
            or find_in_lines(near, head, tail, publisher)
            or find_marked_authors(document.root.iter("a", "span", "div", "p", "address"))
        )
        return without_media(found, media)
    found = find_printed(near, head, tail, after, publisher, elements)
    if not found and KANA.search(f"{document.title}{''.join(head[:2])}"):
        own = fold_title(publisher or "")
        found = [name for name in find_japanese(near, head, tail, elements) if fold_title(name) not in own]
    return found or [name for name in without_editors(stated, document) if is_certain(name, document)]


def find_printed(
    near: list[str],
    head: list[str],
    tail: list[str],
    after: Iterable[str],
    publisher: str | None,
    elements: Iterable[Any],
) -> list[str]:
    """Writers that a page prints above, in or behind its text."""
    medium = fold_title(publisher or "")

    def persons(names: list[str]) -> list[str]:
        """*names* without what is the medium's."""
        return [name for name in names if fold_title(name) not in medium]

    for line in map(fold_text, near):
        if names := persons(find_in_near_line(line, publisher)):
            return names
    if names := persons(find_in_elements(elements)):
        return names
    named = [
        *(
            find_in_first_line(fold_text(line)[:400])
            for n, line in enumerate(head)
            if n < 3 or len(line) < 30
        ),
        *(in_line(fold_text(line)[-200:]) or korean_tail(line) for line in tail),
    ]
    if names := max(map(persons, named), key=len, default=[]):
        return names
    for line in map(fold_text, after):
        if len(line) < 60 and (names := persons(in_line(line))):
            return names
    return []


def find_in_lines(near: list[str], head: list[str], tail: list[str], publisher: str | None) -> list[str]:
    """Writers that a line of its own names, of a page that is not Chinese, Japanese or Korean."""
    for line in map(fold_text, (*near, *head[:2], *tail)):
        if len(line) < 120 and (names := find_in_near_line(line, publisher)):
            return names
    return []


def is_certain(name: str, document: Document) -> bool:
    """Whether a name that the metadata of such a page state is a person's: of a Chinese or Korean one the surname says so."""
    if HANGUL.search(name):
        return re.fullmatch(KOREAN, name) is not None
    return (
        is_name(name)
        or not re.fullmatch(r"[\u4e00-\u9fff]+", name)
        or bool(document.linked_data.get("author") and KANA.search(document.title))
    )


def find_in_first_line(line: str) -> list[str]:
    """Writers that one of the first lines of a text names."""
    if names := in_line(line):
        return names
    if match := KOREAN_HEAD.match(line[:80]):
        return korean_names(match[0])
    if match := LOOSE.match(line) if len(line) < 40 else None:
        return [name for name in re.split(r"[、&＆]", match[1]) if len(name) > 1 and is_writer(name, None)]
    reported = REPORTED.search(line) if len(line) < 40 else None
    return names_in(reported[1]) if reported else []
