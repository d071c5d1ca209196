"""Writers that a page's metadata state: schema.org, meta tags, links marked ``rel=author``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import CJK, Document, squeeze, text_of, type_name
from crawler.extraction.headline import fold_title

META_NAMES = (
    "byl", "parsely-author", "sailthru.author", "article:author_name", "og:article:author", "article:author", "dc.creator",
    "dcterms.creator", "dc:creator", "dcterm:creator", "dcterms:creator", "weibo:article:author", "citation_author", "cxenseparse:author", "author",
)  # fmt: skip
BY = re.compile(
    r"^\W*(?:(?:written |reported |story |text |words |posted )?by|von|par|por|di|text|from|author|作者|记者|記者|撰文|文)\b\s*[:：/|]?\s*",
    re.IGNORECASE,
)
PARTED = re.compile(r"\s*(?:[,，;；、&|｜/\n]|\b(?:and|und|et|y|with)\b)\s*")
NOT_A_PERSON = re.compile(
    r"\b(?:staff|news|editors?|editorial|redaktion|redacción|rédaction|redazione|desk|team|agency|agencies|reuters|press|times|post|bureau|newsroom|correspondents?|contributors?|media|"
    r"admin|administrator|guest|webmaster|read|more|follow|share|online|magazine|journal|daily|inc|llc|ltd|gmbh|company|group|network|tv|radio|blog|university|institute|foundation|"
    r"wires?|service|reporters?|writers?|afp|dpa|ap|cnn|bbc|the|of|for|in|at|on|about|view|all|posts|business|sports?|opinion|politics|world|weekly|sunday|editor-in-chief|by|updated|published)\b\.?"
    r"|[網网報报社台刊站局部]$|记者|記者|本报|编辑|編輯|官方|公司|集团|日报|频道|新闻|新聞|财经|小编|管理员|佚名|匿名|原创|未知|来源|本站|编译|发布|在线|网络|中心|研究院|学会|协会|大学|杂志|公众号"
    r"|オンライン|編集部|新聞社|通信社|뉴스|기자단|편집부|[@#{}<>\d]|https?:|www\.|\.(?:com|net|org|de|fr|cn)\b",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    ("van", "von", "de", "del", "della", "da", "di", "dos", "du", "la", "le", "al", "el", "bin", "ibn", "ten", "ter", "der", "den", "af", "y", "e", "zu", "zur", "mc", "st", "st.")
)  # fmt: skip
REPORTER = re.compile(r"\s*(?:기자|특파원|記者|记者)$")
HONORIFIC = re.compile(r"^(?:Dr|Prof|Mr|Mrs|Ms|Sir)\.?\s+", re.IGNORECASE)
DATED = re.compile(
    r"\s+(?:(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)(?:[a-z]{0,7})?\b\.?(?:\s*\d.*)?|(?:last )?(?:updated|published|posted|edited|photo\w*)\b.*)$",
    re.IGNORECASE,
)
"""A date right behind a name."""
ROLE = re.compile(r"\s+(?:\(.*\)|[-–—]\s.*|\bfor\s.*)$")


def is_person(name: str, certain: bool = False) -> bool:
    """Whether *name* can be a person's, in any script. *certain*: the page says that it is one.

    >>> is_person("Jan de Vries"), is_person("Reuters Staff"), is_person("김민수"), is_person("Dan"), is_person("Dan", True)
    (True, False, True, False, True)
    """
    if not 2 <= len(name) <= 40 or NOT_A_PERSON.search(name):
        return False
    if CJK.search(name):
        return len(name) <= 12 and not re.search(r"[。，！？]", name)
    words = name.split()
    if not (1 if certain else 2) <= len(words) <= 5:
        return False
    cased = [word for word in words if word.lower() not in PARTICLES]
    return bool(cased) and all(not word[0].islower() and re.match(r"[\w\"“'’(]", word) for word in cased)


def split_persons(text: str, certain: bool = False) -> list[str]:
    """Persons' names in a byline's text; what is not a person's name between them is left out.

    >>> split_persons("By Mary Smith, CNN Business and Jan de Vries")
    ['Mary Smith', 'Jan de Vries']
    """
    text = BY.sub("", squeeze(unicodedata.normalize("NFKC", re.sub(r"<[^>]*>", " ", unescape(text)))))
    names: list[str] = []
    for part in PARTED.split(text):
        name = REPORTER.sub("", ROLE.sub("", DATED.sub("", part or "")).strip(" .·•:-–—\"'“”()"))
        if is_person(HONORIFIC.sub("", name), certain) and name not in names:
            names.append(name)
    return names


def find_linked_authors(document: Document) -> list[str]:
    """Writers of the schema.org record. An author without a type is a person where the name looks like one."""
    names: list[str] = []
    for field in ("author", "creator"):
        value = document.linked_data.get(field)
        for one in value if isinstance(value, list) else [value]:
            author = document.resolve(one)
            is_object = isinstance(author, dict)
            if is_object and re.search(r"Organi[sz]ation|Corporation", type_name(author)):
                continue
            stated = author.get("name") if is_object else author
            for text in stated if isinstance(stated, list) else [stated]:
                certain = is_object and "Person" in type_name(author)
                if isinstance(text, str):
                    names += [name for name in split_persons(text, certain) if name not in names]
        if names:
            break
    return names


def find_meta_authors(document: Document) -> list[str]:
    """Writers that meta tags name; several tags of one name are several writers."""
    for name in META_NAMES:
        names: list[str] = []
        for content in document.metas.get(name, ()):
            names += [one for one in split_persons(content) if one not in names]
        if names:
            return names
    label = document.meta.get("twitter:label1", "")
    return (
        split_persons(document.meta.get("twitter:data1", ""))
        if re.search(r"by|autor|author", label, re.I)
        else []
    )


def find_marked_authors(elements: Iterable[Any]) -> list[str]:
    """Writers in elements marked as such: ``rel=author``, ``itemprop=author``; of several those beside the first, as a
    page marks the writers of other articles as well."""
    names: list[str] = []
    first = None
    for element in elements:
        if "author" not in (element.get("rel") or "").split() and element.get("itemprop") != "author":
            continue
        if any(is_boilerplate(one) for one in element.iterancestors("aside", "footer", "section", "ul")):
            continue
        holder = element.getparent()
        if first is not None and holder not in first:
            continue
        named = next((one for one in element.iter() if one.get("itemprop") == "name"), element)
        text = squeeze(named.get("content")) or text_of(named)
        found = split_persons(text) if len(text) <= 80 else []
        names += [name for name in found if name not in names]
        if found and first is None and holder is not None:
            first = (holder, holder.getparent(), *holder)
    return names


BYLINE = re.compile(
    r"^\W*(?:(?:Written|Reported|Story|Words|Text)\s+)?(?:By|BY|Von|VON|Par|PAR|Por|POR|Di|DI|Da|Door|Av|Text|Autor|Autore|Auteur|Author)\s*:?\s+(?=[A-ZÀ-ÞŠŽ])"
)


def find_byline(lines: Iterable[str]) -> list[str]:
    """Writers in a line that begins as bylines do in Western languages.

    >>> find_byline(["Par Anne Leroux", "42 comments"]), find_byline(["By Jo Hill  March 25, 2015"])
    (['Anne Leroux'], ['Jo Hill'])
    """
    for line in lines:
        if (
            len(line) <= 120
            and (match := BYLINE.match(line))
            and (names := split_persons(line[match.end() :]))
        ):
            return names
    return []


def find_stated_authors(document: Document, publisher: str | None) -> list[str]:
    """Writers that schema.org or meta tags state, without the medium itself."""
    media = {fold_title(name) for name in (publisher, document.meta.get("og:site_name")) if name}
    for find in (find_linked_authors, find_meta_authors):
        if names := [name for name in find(document) if fold_title(name) not in media]:
            return names
    return []


EDITOR = re.compile(
    r"(?:责任编辑|責任編輯|责编|编辑|編輯|校对|审核)\s*[:：|｜/]?\s*([\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4})*)"
)


def without_editors(names: Iterable[str], document: Document) -> list[str]:
    """*names* without those that the page calls its editors: sites state them as authors in their metadata."""
    editors = {
        name for match in EDITOR.finditer("".join(document.root.itertext())) for name in _split(match[1])
    }
    return [name for name in names if name not in editors]


def _split(text: str) -> Iterator[Any]:
    yield from re.split(r"[\s、]+", text)
