"""How Japanese papers name their writers, beside the headline and at the ends of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.extraction.document import squeeze
from crawler.extraction.persons import find_linked_names, find_marked_authors, is_person
from crawler.extraction.trees import whole_text
from pipelines.printed_times import STAMP

KANA = re.compile("[\u3040-\u30ff]")
JAPANESE = r"[\u3400-\u9fff々]{1,4}[\s\u3000]?[\u3400-\u9fff々\u3040-\u30ff]{1,5}"
"""A Japanese name: nobody can list the surnames, so it counts only where its place says that it is one."""
DATELINE = re.compile(r"^\s*【[^】=＝]{1,12}[=＝]([\u3400-\u9fff]{2,6})】")
"""How a report from abroad begins: 【ソウル＝某某】."""
UNLABELLED = re.compile(
    r"(?:[\u3400-\u9fff々]\s?){2,4}[郎子一二三美恵男夫雄介樹也之太香奈司史士輝彦吾哉平助弘博宏幸紀敏健剛誠豊隆茂勝文義信孝朗斗翔希里江絵織花佳穂治明人真]"
)
"""A Japanese name as its end shows; it counts alone beside the time."""
LABELLED = re.compile(
    rf"(?:^|[\s\u3000|｜/／])(?:取材・文|取材|聞き手|文(?:[・／/](?:写真|撮影|構成|編集))?|構成|執筆|著者?|記者|ライター|[Tt]ext(?:\sby)?|by)"
    rf"\s*(?:[:：=＝●|｜／/]|(?<=by)\s)\s*({JAPANESE})(?=$|[\s\u3000|｜/／（(、,])"
)
POST = r"[\w・ー]{0,12}(?:記者|委員|支局長?|総局|部長|特派員|編集[長者]|エディター|ライター|ジャーナリスト|教授|研究員|[評議]論家|作家|アナリスト|エコノミスト|弁護士|代表|[\u3400-\u9fff]部)"
"""What a writer is, or where of the paper."""
WITH_POST = re.compile(
    rf"(?:{POST}[\s\u3000・=＝／/]+)({JAPANESE})|({JAPANESE})(?:\s*[（(][^）)]{{0,16}}?{POST}[）)]|\s*・\s*[^\s（）()]{{0,24}}?{POST}|[=＝][ァ-ヶー]{{2,8}})"
)
"""編集委員・某某, 某某・某大学教授, 某某（ライター）, 某某＝ソウル: a line of its own."""
REPORTER = re.compile(rf"(?:^|[\s\u3000（(／/・])({JAPANESE}?)\s?記者(?=$|[\s\u3000）)／/])")
BRACKETED = re.compile(r"^[\[［]\s*([^，,、/\s\]］]{2,10})\s*[，,、/]\s*[^\]］]{2,20}[\]］]$")
"""[某某，某社] under a headline."""
FULL = r"(?:[\u3400-\u9fff々]{4,5}|[\u3400-\u9fff々]{1,3}[\s\u3000][\u3400-\u9fff々]{1,3})"
SIGNED = re.compile(
    r"(?:^|(?<=[。」）]))\s*(?:【([\u3400-\u9fff々]{2,5}(?:[、・][\u3400-\u9fff々]{2,5}){0,4})】"
    rf"|[（(](?:(?:{POST}[\s\u3000・／/]|[ァ-ヶー]{{2,8}}[=＝]|(?:聞き手|取材・文|文)\s?[・:：=＝／/])\s?([\u3400-\u9fff々]{{2,5}})|({FULL}(?:[、・]{FULL}){{0,4}}))[）)])$"
)
"""【某某、某某】, （某某某某） or （経済部・某某） behind the last sentence."""
NO_NAME = re.compile(
    r"政治|経済|社会|国際|科学|自治|地方|文化|芸能|教育|生活|医療|環境|東京|大阪|北海道|記事|関連|写真|撮影|資料|特集|[速時]報|参照|一覧|新聞|通信|共同|時事|編集|動画|図解|敬称|提供|当時|修正|発表|写し|注意|[部社局網]$|本[紙報]|記者"
)
MARKED = re.compile(
    r"(?:^|[\s_-])(?:author|writer|byline|reporter|journalist)s?(?:[-_]{1,2}name)?(?:$|[\s_-])", re.IGNORECASE
)


def find_japanese(
    near: Iterable[str], head: list[str], tail: list[str], elements: Iterable[Any]
) -> list[str]:
    """The writers of a Japanese page: *near* are the lines below the headline, *elements* the elements there, *head* and
    *tail* the first and last lines of the text."""
    for dated in near:
        line = STAMP.sub("", dated).strip()
        if line != dated and UNLABELLED.fullmatch(line) and is_writer(line):
            return [line]
        if name := name_with_post(line):
            return [name]
        for pattern in (BRACKETED, LABELLED, REPORTER):
            names = [name for name in pattern.findall(line) if is_writer(name)] if len(line) < 80 else []
            if names:
                return names
    elements = list(elements)
    for names in (find_marked_authors(elements), find_linked_names(elements), find_named(elements)):
        if names := [name for name in names if is_writer(name)]:
            return names
    for line in head:
        if match := DATELINE.match(line):
            return [match[1]]
    for line in reversed(tail):
        if match := SIGNED.search(line):
            return [name for name in re.split("[、・]", match[1] or match[2] or match[3]) if is_writer(name)]
    return []


def name_with_post(line: str) -> str | None:
    """The name on a line that says what a Japanese writer is, and nothing else.

    >>> name_with_post("編集委員 山田太郎"), name_with_post("山田太郎・山南大学教授"), name_with_post("経済部 記事一覧")
    ('山田太郎', '山田太郎', None)
    """
    match = WITH_POST.fullmatch(line) if len(line) < 80 else None
    name = (match[1] or match[2]) if match else ""
    return name if UNLABELLED.fullmatch(name) and is_writer(name) else None


def find_named(elements: Iterable[Any]) -> list[str]:
    """The names in the first element that is called after a writer and holds no more than names."""
    for element in elements:
        if MARKED.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
            text = squeeze(whole_text(element))
            names = [part for part in re.split(r"[、,，／/]", name_with_post(text) or text) if part.strip()]
            if 0 < len(names) <= 5 and all(is_writer(name.strip()) for name in names):
                return [name.strip() for name in names]
    return []


def is_writer(name: str) -> bool:
    """Whether a name can be a Japanese writer's."""
    return not NO_NAME.search(name) and is_person(name, True) and len(name) <= 10
