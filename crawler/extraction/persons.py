"""Writers that a page states: schema.org, meta tags, links marked ``rel=author`` or to their pages, bylines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import ARTICLE_TYPES, CJK, Document, squeeze, text_of, type_name
from crawler.extraction.person_names import LABELS, is_person, split_persons
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import whole_text

META_NAMES = (
    "byl", "parsely-author", "sailthru.author", "article:author_name", "og:article:author", "article:author", "dc:creator",
    "dcterm:creator", "dcterms:creator", "dc.creator", "dcterms.creator", "weibo:article:author", "citation_author", "cxenseparse:author", "author",
)  # fmt: skip
LONGEST_BYLINE = 140  # characters


def find_linked_authors(document: Document) -> list[str]:
    """Writers of the schema.org record. An author without a type is a person where the name looks like one."""
    names: list[str] = []
    for field in ("author", "creator"):
        value = document.linked_data.get(field)
        for entry in value if isinstance(value, list) else [value]:
            author = document.resolve(entry)
            is_object = isinstance(author, dict)
            if is_object and re.search(r"Organi[sz]ation|Corporation", type_name(author)):
                continue
            stated = (author.get("name") or full_name(author)) if is_object else author
            for text in stated if isinstance(stated, list) else [stated]:
                certain = is_object and "Person" in type_name(author)
                if isinstance(text, str):
                    names += [name for name in split_persons(text, certain) if name not in names]
        if names:
            break
    return names


def full_name(person: dict[str, Any]) -> str | None:
    """The name of a schema.org person that states its parts alone."""
    parts = [str(person[key]) for key in ("givenName", "familyName") if isinstance(person.get(key), str)]
    return " ".join(parts) or None


def find_meta_authors(document: Document) -> list[str]:
    """Writers that meta tags name; several tags of one name are several writers."""
    for name in META_NAMES:
        names: list[str] = []
        for content in document.metas.get(name, ()):
            names += [person for person in split_persons(content) if person not in names]
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
        around = element.iterancestors("aside", "footer", "nav", "section", "ul")
        outside = any(above.tag in ("aside", "footer", "nav") or is_boilerplate(above) for above in around)
        if outside and not is_of_only_article(element):
            continue
        holder = element.getparent()
        if first is not None and holder not in first:
            continue
        name = next((inner for inner in element.iter() if inner.get("itemprop") == "name"), element)
        text = squeeze(name.get("content")) or text_of(name)
        small = " " in text and text.islower()
        persons = split_persons(text, certain=small) if len(text) <= 80 else []
        names += [person for person in persons if person not in names]
        if persons and first is None and holder is not None:
            first = (holder, holder.getparent(), *holder)
    return names


def is_of_only_article(element: Any) -> bool:
    """Whether microdata say that an element is of an article, the only one of which the page has a record."""
    scopes = (above for above in element.iterancestors() if above.get("itemscope") is not None)
    record = next(scopes, None)
    if record is None or not ARTICLE_TYPES.search(record.get("itemtype") or ""):
        return False
    elements = element.getroottree().iter()
    return all(other is record for other in elements if ARTICLE_TYPES.search(other.get("itemtype") or ""))


AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|in|s|a)?|auteurs?|autori|autore|writers?|contributors?|columnists?|journalists?|reporters?|staff|byline|by|profiles?|people|redaktion|skribent|penulis|yazar(?:lar)?|tac-gia)/[^/?#]+",
    re.IGNORECASE,
)
"""Addresses of pages about a writer."""


def find_linked_names(elements: Iterable[Any]) -> list[str]:
    """Names between headline and text that are links to pages about their writers; of several those beside the first."""
    names: list[str] = []
    place = None
    for element in elements:
        if element.tag != "a" or not AUTHOR_PAGE.search(element.get("href") or ""):
            continue
        holder = element.getparent()
        if place is not None and holder is not place and holder.getparent() is not place.getparent():
            continue
        text = text_of(element)
        persons = split_persons(text) if len(text) <= 80 else []
        names += [name for name in persons if name not in names]
        place = holder if persons and place is None else place
    return names


BYLINE = re.compile(
    rf"^\W*(?!(?i:text)\s+(?!(?i:by|von)\b)[A-Z])(?i:{LABELS})\s*[:：]?\s+(?=(?:(?i:Dr|Prof|Mr|Mrs|Ms)\.?\s)?[^\W\d_])"
)
"""How a byline begins. Text is an English word, too: a label it is with a colon or a preposition."""
LABELLED = re.compile(
    r"(?:^|\s)(?:author|autor(?:in)?|autore|auteure?|автор|yazar|penulis|tác giả)\s*[:：]\s*", re.IGNORECASE
)
NEXT_LABEL = re.compile(r"\s{1,9}[^\W\d_]+\s{0,9}[:：]")


def find_byline(lines: Iterable[str]) -> list[str]:
    """Writers in a line, or a part of one between bars, that begins as bylines do.

    >>> find_byline(["Par Anne Leroux", "42 comments"]), find_byline(["By Jo Hill  March 25, 2015"])
    (['Anne Leroux'], ['Jo Hill'])
    >>> find_byline(["Do 25.04.24 | 14:07 Uhr | Von Eva Berg-Roth"]), find_byline(["von Till Eck , Max Bern"])
    (['Eva Berg-Roth'], ['Till Eck', 'Max Bern'])
    >>> find_byline(["Text Without Notes"]), find_byline(["Text: Eva Roth"]), find_byline(["Text von Eva Roth"])
    ([], ['Eva Roth'], ['Eva Roth'])
    """
    for line in lines:
        if len(line) > LONGEST_BYLINE:
            continue
        for part in re.split(r"\s{0,9}[|·•]\s{0,9}|\s[–—-]\s", line):
            match = BYLINE.match(part) or LABELLED.search(part)
            if match and (names := split_persons(NEXT_LABEL.split(part[match.end() :])[0])):
                return names
    return []


def find_own_names(document: Document, publisher: str | None) -> frozenset[str]:
    """What the page calls its medium, folded: it writes its own name where a writer's would be."""
    names = [
        publisher,
        *(document.meta.get(key) for key in ("og:site_name", "application-name", "publisher")),
    ]
    stated = document.resolve(document.linked_data.get("publisher"))
    names += [stated.get(key) for key in ("name", "alternateName")] if isinstance(stated, dict) else []
    author = document.resolve(document.linked_data.get("author"))
    own = author.get("name") if isinstance(author, dict) and "Person" in type_name(author) else None
    if (
        isinstance(own, str) and not CJK.search(own) and is_person(own)
    ):  # who has a site of their own writes it
        names = [name for name in names if name != own]
    return frozenset(fold_title(DOMAIN.sub("", name)) for name in names if isinstance(name, str) and name)


def without_media(names: Iterable[str], media: frozenset[str]) -> list[str]:
    """*names* without the medium's own."""
    return [name for name in names if fold_title(name) not in media]


def find_stated_authors(document: Document, media: frozenset[str]) -> list[str]:
    """Writers that schema.org or meta tags state, without the medium itself."""
    for find in (find_linked_authors, find_meta_authors):
        if names := without_media(find(document), media):
            return names
    return []


DOMAIN = re.compile(r"\s{0,9}[（(].*$|^©\s{0,9}(?:\d{4}\s{0,9})?")
WESTERN_EDITOR = re.compile(
    r"[ER](?<!\w[ER])(?:ditor|ditado por|edaktion|édaction|edactor)\s*:\s*([^\W\d_][\w.'’-]+(?:\s[^\W\d_a-zа-я][\w.'’-]+){0,3})"
)
EDITOR = re.compile(
    r"(?:责任编辑|責任編輯|责编|编辑|編輯|校对|审核)\s*+[:：|｜/]?+\s*+([\u4e00-\u9fff]{2,4}+(?:[\s、](?!报道|報導)[\u4e00-\u9fff]{2,4}+)*+)(?!\s*(?:报道|報導))"
)


def without_editors(names: list[str], document: Document) -> list[str]:
    """*names* without those that the page calls its editors: sites state them as authors in their metadata."""
    if not names:
        return []
    text = whole_text(document.root)
    pages = EDITOR.finditer(text) if document.is_cjk else ()
    editors = [name for match in pages for name in re.split(r"[\s、]+", match[1])]
    western = {squeeze(match[1]) for match in WESTERN_EDITOR.finditer(text)}
    # What follows in another element is part of a match.
    return [
        name
        for name in names
        if name not in western and not any(editor.startswith(name) for editor in editors)
    ]
