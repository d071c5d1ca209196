"""How Japanese papers name their writers, beside the headline and at the ends of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from crawler.extraction.document import squeeze
from crawler.extraction.japanese_names import NO_NAME, credited_names, fold, is_japanese_name, posted_names
from crawler.extraction.person_names import is_person
from crawler.extraction.persons import find_linked_names, find_marked_authors
from crawler.extraction.trees import whole_text
from pipelines.printed_times import STAMP

KANA = re.compile("[\u3040-\u30ff]")
JAPANESE = r"[\u3400-\u9fff々]{1,4}[\s\u3000]?[\u3400-\u9fff々\u3040-\u30ff]{1,5}"
"""A Japanese name: nobody can list the surnames, so it counts only where its place says that it is one."""
DATELINE = re.compile(
    r"^\s*[【（(［\[](?!写真|撮影|文・|取材|聞き手|構成|イラスト)[^】）)］\]=＝・]{1,12}(?:[=＝]([\u3400-\u9fff]{2,6}(?:[、,][\u3400-\u9fff]{2,6}){0,3})|・([\u3400-\u9fff]{3,6}))[】）)］\]]"
)
"""How a report from elsewhere begins: 【ソウル＝某某】, 【北京・某某】."""
ALONE = re.compile(r"^\s*【([\u3400-\u9fff々\s]{3,8}(?:[、・][\u3400-\u9fff々\s]{3,8}){0,3})】")
"""【某某】 at the head of a text or below its headline."""
POST = r"[\w・ー]{0,12}(?:記者|委員|支局長?|総局|部長|特派員|編集[長者]|エディター|ライター|ジャーナリスト|教授|研究員|[評議]論家|作家|アナリスト|エコノミスト|弁護士|代表|[\u3400-\u9fff]部)"
"""What a writer is, or where of the paper."""
ABOUT_WRITER = re.compile(
    r"(?:この記事を書いた人|この記事の(?:著者|筆者|執筆者|ライター)|(?:筆者|著者|執筆者|ライター)(?:プロフィール|紹介|について)?)\W*"
)
"""The heading of what is said of the writer behind a text."""
REPORTER = re.compile(rf"(?:^|[\s\u3000（(／/・])({JAPANESE}?)\s?記者(?=$|[\s\u3000）)／/])")
BRACKETED = re.compile(r"^[\[［]\s*([^，,、/\s\]］]{2,10})\s*[，,、/]\s*[^\]］]{2,20}[\]］]$")
"""[某某，某社] under a headline."""
FULL = r"(?:[\u3400-\u9fff々]{4,5}|[\u3400-\u9fff々]{1,3}[\s\u3000][\u3400-\u9fff々]{1,3})"
SIGNED = re.compile(
    r"(?:^|(?<=[。」）]))\s*(?:【([\u3400-\u9fff々]{2,5}(?:[、・][\u3400-\u9fff々]{2,5}){0,4})】"
    rf"|[（(](?:(?:{POST}[\s\u3000・／/]|[ァ-ヶー]{{2,8}}[=＝]|(?:聞き手|取材・文|文)\s?[・:：=＝／/])\s?([\u3400-\u9fff々]{{2,5}})|({FULL}(?:[、・]{FULL}){{0,4}}))[）)])$"
)
"""【某某、某某】, （某某某某） or （経済部・某某） behind the last sentence."""
CREDITED = re.compile(r"[（(]([^（()）]{4,40})[)）]$")
"""Credits in brackets behind the last sentence."""
EQUALS = re.compile(r"[。」）][=＝]\s?([\u3400-\u9fff々]{3,6})$|^[=＝]([\u3400-\u9fff々]{3,6})$")
POST_LINE = re.compile(rf"{POST}(?:$|[。、\s（(])|.{{0,40}}(?:年(?:生まれ|入社)|大学卒|卒業)")
"""What a line says of a writer."""
PROFILE = re.compile(
    rf"\W?((?:[\u3400-\u9fff々]\s?){{3,5}})[（(][\u3041-\u309f・\s]{{3,20}}[）)]\s*(?:$|[/／]|\d{{4}}年|{POST}|.{{0,40}}(?:生まれ|卒))"
)
"""A line about the writer: the name, how it is read, and what somebody is or when born."""
MARKED = re.compile(
    r"(?:^|[\s_-])(?:author|writer|byline|reporter|journalist)s?(?:[-_]{1,2}name)?(?:$|[\s_-])", re.IGNORECASE
)


def find_japanese(
    near: Iterable[str], head: list[str], tail: list[str], elements: Iterable[Any], behind: Iterable[str] = ()
) -> list[str]:
    """The writers of a Japanese page: *near* are the lines below the headline, *elements* the elements there, *head* and
    *tail* the first and last lines of the text, *behind* those behind it."""
    for dated, below in pairwise([*near, ""]):
        line = STAMP.sub("", dated).strip()
        if is_japanese_name(line) and (line != dated or POST_LINE.fullmatch(below)):
            return [line]
        if names := names_on_line(line):
            return names
        for pattern in (BRACKETED, REPORTER):
            if names := [name for name in pattern.findall(line) if is_writer(name)] if len(line) < 80 else []:
                return names
    elements = list(elements)
    for names in (find_marked_authors(elements), find_linked_names(elements), find_named(elements)):
        if names := [name for name in names if is_writer(name)]:
            return names
    for line in head:
        if match := DATELINE.match(line):
            names = re.split("[、,]", match[1] or match[2])
            return [name for name in names if is_writer(name)]
    if head and (names := names_alone(head[0])):
        return names
    for line in reversed(tail):
        if match := SIGNED.search(line):
            return [name for name in re.split("[、・]", match[1] or match[2] or match[3]) if is_writer(name)]
        if (match := CREDITED.search(line)) and (credited := credited_names(match[1])) is not None:
            return credited
        if (match := EQUALS.search(line)) and is_japanese_name(match[1] or match[2]):
            return [match[1] or match[2]]
    return find_behind([*tail[-4:], *behind])


def find_behind(behind: Iterable[str]) -> list[str]:
    """The writer whom the lines behind a text name: in a line of credits, below a heading, or above what is said of him."""
    for line, below in pairwise([*behind, ""]):
        if ABOUT_WRITER.fullmatch(line) and (names := name_with_reading(below)):
            return names
        if (names := name_with_reading(line)) and POST_LINE.match(below):
            return names
        if (match := PROFILE.match(line)) and is_japanese_name(match[1].strip()):
            return [match[1].strip()]
        if len(line) < 40 and (credited := credited_names(line)):
            return credited
    return []


def name_with_reading(line: str) -> list[str]:
    """The name that a line is, with its reading in brackets or without."""
    name = fold(line)
    return [name] if is_japanese_name(name) else []


def names_on_line(line: str) -> list[str]:
    """The writers on a line of credits, one that says what they are, or 【某某】."""
    return (credited_names(line) or posted_names(line) or names_alone(line)) if len(line) < 80 else []


def names_alone(line: str) -> list[str]:
    """The names in brackets at the head of a line."""
    match = ALONE.match(line)
    names = re.split("[、・]", match[1]) if match else []
    return names if all(map(is_japanese_name, names)) else []


def find_named(elements: Iterable[Any]) -> list[str]:
    """The names in the first element that is called after a writer and holds no more than names."""
    for element in elements:
        if MARKED.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
            text = squeeze(whole_text(element))
            if names := credited_names(text) or posted_names(text):
                return names
            names = [part for part in re.split(r"[、,，／/]", text) if part.strip()]
            if 0 < len(names) <= 5 and all(is_writer(name.strip()) for name in names):
                return [name.strip() for name in names]
    return []


def is_writer(name: str) -> bool:
    """Whether a name can be a Japanese writer's."""
    return not NO_NAME.search(name) and is_person(name, True) and len(name) <= 10
