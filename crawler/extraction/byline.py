"""Who wrote an article: the names in bylines, without editors, photographers, media and companies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.byline_lines import (
    LATIN,
    MEDIUM_WORD,
    find_in_first_line,
    find_in_near_line,
    find_signed,
    find_unlabelled,
    fold_text,
    in_line,
    is_writer,
)
from crawler.extraction.chinese_bylines import persons_in_record
from crawler.extraction.document import LONGEST_NAME, Document, names_of, squeeze, type_name
from crawler.extraction.japanese_bylines import KANA, find_japanese
from crawler.extraction.japanese_names import credited_names, is_japanese_name
from crawler.extraction.korean_bylines import HANGUL, KOREAN, korean_tail
from crawler.extraction.names import is_name, names_in, western_names
from crawler.extraction.person_names import BY, split_persons
from crawler.extraction.persons import (
    find_byline,
    find_linked_names,
    find_marked_authors,
    find_own_names,
    find_stated_authors,
    without_editors,
    without_media,
)
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import whole_text
from pipelines.printed_times import STAMP

STAFF = re.compile(r"(?:编辑|編輯|編集)部$|편집부$")
LONGEST_CALLED = 60  # characters of an element that is called after its writers
FIRST_LINES, LAST_LINES = 10, 5  # of a text that name a writer behind a label
PEN_NAME = re.compile(r"(?!\d|[A-Z\W]+$)[\w·・.@-]{2,16}")
NO_PEN_NAME = re.compile(
    r"[动動][态態]|[资資][讯訊]|新[闻聞]|[产產][业業]|[编編][辑輯集]|편집|[专專][题題區区]|关注|關注|追[踪蹤]|订阅|訂閱|收藏|分享|[评評][论論]|更多|全部|主[页頁]|首[页頁]|[专專][栏欄]|文章|粉[丝絲]|私信|[点點][击擊]|[阅閱][读讀]|[浏瀏][览覽]|[发發]表|登[录錄入]|[注註][册冊]|回[复覆]|[举舉][报報]|打[赏賞]"
    r"|フォロー|コメント|記事|一覧|プロフィール|著者|作家|구독|댓글|기자|프로필|더보기|전체|follow|share|profile|author",
    re.IGNORECASE,
)
"""What stands in an element that is called after the writer besides the name: buttons and labels."""
OPENED = re.compile(r".{2,8}[讯訊]\s*[(（]|[(（【〔\[]\S{0,12}[记記]者")
"""How a paper begins its text, behind captions too: 某报讯（记者 …."""
AUTHOR_NAME = re.compile(
    r"(?:^|[\s_-])(?:auth|\w{0,40}authors?(?:[-_]?name)?|autor(?:es|e|ka|in)?(?:[-_]\w{1,12})?|auteurs?|redacteur|forfatter|skribent|penulis|yazar|author_baidu|writers?|by-?lines?|reporters?|journalists?|contributors?|zuozhe|jizhe|columnist)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""What the element that holds the writer's name is called."""
SIGNED_BY = re.compile(
    r"[Pp]osted @ [\d\s:-]{10,17}\s([\w.-]{2,20})\s{1,3}阅读|(?:[Pp]osted )?[Bb]y\s{1,3}([\w.-]{2,20})\s{0,3}(?:[|｜·]|at\b|$)"
)
CARD = re.compile(
    r"\bclass=[\"'][^\"'<>]{0,80}\bvcard\b[^\"'<>]{0,80}[\"'][^<>]{0,200}>(?:\s{0,60}<[^<>]{1,200}>){0,6}\s{0,60}([^<>\s]{2,20})"
)
"""A writer's card of the microformat, which blogs have in the footer of their text."""
NICKNAME = re.compile(r"(?:^|[\s_-])(?:nick|user|up)[-_]?name(?:$|[\s_-])", re.IGNORECASE)
BLOG = re.compile(r"博客|部落格|ブログ|블로그|\bblogs?\b", re.IGNORECASE)
LABEL = re.compile(
    r"^\W*(?:来自|By\b|本文|原)?\s*(?:[\u4e00-\u9fffA-Za-z]{0,10}(?:专栏作家|專欄作家|特约撰稿人|评论员|研究员|分析师)\s*)?(?:作者|撰文|撰稿|文|记者|記者|编译)?\s*[:：/｜|]?\s*",
    re.IGNORECASE,
)

ROLE_LINE = re.compile(r"(?!.*[:：]).{0,14}(?:[记記]者|特派[员員]|[评評][论論][员員]|撰稿人)")
PERSON_LINE = re.compile(
    r"(?:[\u3400-\u9fff々]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,10})(?:\s*\([A-Z][^()]*\))?"
)
"""A name on a line of its own, above what the writer is."""
REPORTED_BY = re.compile(
    r"^(?:编辑|編輯)\s{0,9}(?=.*(?:报道|報導)$)|\s{0,9}(?:/?\s{0,9}[\u4e00-\u9fff]{2})?(?:报道|報導)$"
)
"""What is round the name of whoever reports: 編輯 王小明 報導, 王小明/台北報導."""


def is_blog(document: Document) -> bool:
    """Whether a page, or its host, calls itself a blog's."""
    host = urlsplit(document.url).hostname or ""
    return "blog" in host or BLOG.search(document.title) is not None


def texts_of_writers(elements: Iterable[Any], called_so: re.Pattern[str] = AUTHOR_NAME) -> Iterator[str]:
    """The texts of elements that are called after a writer (``class="author"``), without a label."""
    for element in elements:
        called = f"{names_of(element)} {(element.get('itemprop') or '')[:LONGEST_NAME]}"
        if element.get("rel") == "author" or called_so.search(called):
            text = fold_text(squeeze(" ".join(element.itertext())))
            if STAMP.search(text):  # the name is the link beside the time
                text = next((fold_text(squeeze(whole_text(link))) for link in element.iter("a")), text)
            yield REPORTED_BY.sub("", LABEL.sub("", text))


def find_in_elements(elements: Iterable[Any]) -> list[str]:
    """Writers in elements that are called so, and that hold names alone, or a medium's beside them."""
    for text in texts_of_writers(elements):
        if writers := persons_in_record(text):
            return writers
        parts = [part for part in re.split(r"[、，,/&\s]+|\band\b", text) if part]
        persons = [part for part in parts if not MEDIUM_WORD.search(part)]
        if 0 < len(persons) <= 5 and len(names := names_in(" ".join(persons))) == len(persons):
            return names
        bare = BY.sub("", text)
        if len(text) <= LONGEST_CALLED and (names := western_names(bare if " " in bare else text)):
            return names
    return []


def find_called_writers(elements: Iterable[Any]) -> list[str]:
    """Writers in elements that are called so, of a page in an alphabetic script."""
    for text in texts_of_writers(elements):
        if len(text) <= LONGEST_CALLED and (names := split_persons(text)):
            return names
    return []


def find_pen_name(elements: list[Any], media: frozenset[str], in_blog: bool) -> list[str]:
    """The name under which somebody writes, in an element that is called after a writer, in a blog after a nickname, and
    holds no more. *media* are the names of the medium, folded."""
    nicknames = texts_of_writers(elements, NICKNAME) if in_blog else ()
    return first_pen_name((*texts_of_writers(elements), *nicknames), media)


def find_blogger(document: Document, after: Iterable[str], media: frozenset[str]) -> list[str]:
    """Who writes a blog, under whatever name: as the line behind the text says, or the writer's card. *media* are the
    names of the blog, folded."""
    signed = (match[1] or match[2] for line in after if (match := SIGNED_BY.match(line)))
    carded = (match[1] for match in islice(CARD.finditer(document.html), 1))
    return first_pen_name((*signed, *carded), media)


def find_stated_person(document: Document, media: frozenset[str]) -> list[str]:
    """Whom the schema.org record states as the person that writes, in JSON-LD or microdata, under whatever name."""
    author = document.resolve(document.linked_data.get("author"))
    stated = author.get("name") if isinstance(author, dict) and "Person" in type_name(author) else None
    marked = [
        squeeze(name.get("content")) or squeeze(whole_text(name))
        for person in document.root.xpath("//*[@itemprop='author'][contains(@itemtype, 'Person')]")
        for name in person.xpath(".//*[@itemprop='name']")[:1]
    ]
    alone = marked if len(set(marked)) == 1 else ()
    return first_pen_name((name for name in (stated, *alone) if isinstance(name, str)), media)


def first_pen_name(names: Iterable[str], media: frozenset[str]) -> list[str]:
    """The first of *names* that somebody can write under: no label, and not the medium."""
    for name in names:
        is_name = PEN_NAME.fullmatch(name) and not NO_PEN_NAME.search(name) and is_writer(name, None)
        if is_name and fold_title(name) not in media and not MEDIUM_WORD.search(name):
            return [name]
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
    first, last = head[:FIRST_LINES], tail[-LAST_LINES:]
    media = find_own_names(document, publisher)
    stated = find_stated_authors(document, media)
    if not document.is_cjk:
        authors = (
            without_editors(stated, document)
            or find_in_elements(elements)
            or find_called_writers(elements)
            or find_marked_authors(elements)
            or find_linked_names(elements)
            or find_byline((*near, *head[:2], *last, *after))
            or find_in_lines(near, head, last, publisher)
            or find_marked_authors(document.root.iter("a", "span", "div", "p", "address"))
        )
        return without_media(authors, media)
    is_japanese = KANA.search(f"{document.title}{''.join(head[:2])}") is not None
    lines = (*near, *head[:2]) if is_japanese else ()
    authors = next((names for line in lines if (names := credited_names(line))), [])
    authors = authors or find_printed(near, first, last, after, publisher, elements)
    authors = authors or without_editors(without_media(find_signed(head, tail), media), document)
    own = " ".join(media)
    if not authors and is_japanese:
        authors = [
            name for name in find_japanese(near, head, tail, elements, after) if fold_title(name) not in own
        ]
    authors = [name for name in authors if not STAFF.search(name)]
    if set(authors) < set(stated) and all(name.isascii() for name in stated):
        authors = stated  # a page shows each of them in a box of its own
    linked = [] if authors else find_linked_names(elements) or find_marked_authors(document.root.iter("a"))
    return (
        authors
        or [name for name in linked if is_certain(name, document) and fold_title(name) not in own]
        or [name for name in without_editors(stated, document) if is_certain(name, document)]
        or find_pen_name([*elements], media, is_blog(document))
        or find_stated_person(document, media)
        or (find_blogger(document, after, media) if is_blog(document) else [])
    )


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

    lines = [fold_text(line) for line in near]
    for line in lines:
        if names := persons(find_in_near_line(line, publisher)):
            return names
    for line, below in pairwise(lines[:4]):
        name = LATIN.sub("", line)
        # Two characters are a name where they begin with a Chinese surname.
        is_person = PERSON_LINE.fullmatch(line) and (len(name) > 2 or is_name(name))
        if is_person and ROLE_LINE.fullmatch(below) and is_writer(name, publisher):
            return [name]
    # Right below the headline, and above the time, a name needs no label.
    if any(STAMP.search(line) for line in lines[1:3]) and (names := find_unlabelled(lines[0], True)):
        return names
    if names := persons(find_in_elements(elements)):
        return names
    named = [
        *(
            find_in_first_line(fold_text(line)[:400])
            for n, line in enumerate(head)
            if n < 3 or len(line) < 30 or (n < 5 and OPENED.match(line))
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
        or (is_japanese_name(name) and KANA.search(document.title) is not None)
        or not re.fullmatch(r"[\u4e00-\u9fff]+", name)
        or bool(document.linked_data.get("author") and KANA.search(document.title))
    )
