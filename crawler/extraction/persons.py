"""Writers that a page's metadata state: schema.org, meta tags, links marked ``rel=author``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from typing import Any

from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.chinese_bylines import persons_in_record
from crawler.extraction.document import ARTICLE_TYPES, CJK, Document, squeeze, text_of, type_name
from crawler.extraction.japanese_names import credited_names, posted_names
from crawler.extraction.korean_bylines import HANGUL, korean_names, name_beside_medium
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import whole_text

META_NAMES = (
    "byl", "parsely-author", "sailthru.author", "article:author_name", "og:article:author", "article:author", "dc:creator",
    "dcterm:creator", "dcterms:creator", "dc.creator", "dcterms.creator", "weibo:article:author", "citation_author", "cxenseparse:author", "author",
)  # fmt: skip
LABELS = (
    r"(?:written |reported |story |text |words |posted |article )?by|von|par|por|di|da|door|av|af|oleh|przez|от|від|tekst|texte|texto|testo|text|"
    r"author|autor(?:in|:in|ka)?(?:/autor(?:in)?)?|autore|autora|auteure?|autrice|автор|yazar|yazan|penulis|tác giả|συντάκτης|بقلم|كتب|लेखक|作者|记者|記者|撰文|文"
)
"""What stands before a writer's name, in whatever language."""
BY = re.compile(rf"^\W*(?:from|{LABELS})(?:\b|(?=\W))\s*[:：/|]?\s*", re.IGNORECASE)
PARTED = re.compile(
    r"\s{0,9}(?:[,，;；、&|｜/\n•·]|\b(?:and|und|et|with|og|och|ja|ve|dan|und|и|та|і|và|και)\b)\s{0,9}"
)
PARTED_IF_WHOLE = re.compile(r"\s{1,9}(?:(?:y|e|i|en)\s{1,9}|و(?=\w))")
"""Words that part two names, and are in some: each side must be a whole name (``Ortega y Gasset`` is one)."""
NOT_A_PERSON = re.compile(
    r"\b(?:staff|images?|photos?|fotos?|getty|istock|shutterstock|zeitung|nachrichten|presse(?:-\w+)?|\w*agentur|agence|agencia|agenzia|agência|ajansı|haber|welle|rundfunk|anzeiger|kurier|tageblatt|gazette|herald|tribune|courier|chronicle|guardian|observer|"
    r"ediciones|éditions|edizioni|edições|verlag|grupo|gruppo|groupe|journalisten?|rédacteur|correspondant|corresponsal|reporterin|autorin|autor|author|редакция|агентство|новости|news|editors?|editorial|redaktion|redacción|rédaction|redazione|desk|team|agency|agencies|reuters|press|times|post|bureau|newsroom|correspondents?|contributors?|media|"
    r"admin|administrator|guest|webmaster|read|more|follow|share|online|magazine|journal|daily|inc|llc|ltd|gmbh|company|group|network|tv|radio|blog|university|institute|foundation|"
    r"wires?|service|reporters?|writers?|afp|dpa|ap|cnn|bbc|the|of|for|in|at|on|about|view|all|posts|business|sports?|opinion|politics|world|weekly|sunday|editor-in-chief|by|updated|published)\b\.?"
    r"|[網网報报社台刊站局部]$|记者|記者|本报|编辑|編輯|官方|公司|集团|日报|频道|新闻|新聞|财经|小编|管理员|佚名|匿名|原创|未知|来源|本站|编译|发布|在线|网络|中心|研究院|学会|协会|大学|杂志|公众号"
    r"|オンライン|編集部|新聞社|通信社|뉴스|기자단|편집부|[@#{}<>\d]|https?:|www\.|\.(?:com|net|org|de|fr|cn)\b",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    ("van", "von", "de", "del", "della", "da", "di", "dos", "du", "la", "le", "al", "el", "bin", "ibn", "ten", "ter", "der", "den", "af", "y", "e", "zu", "zur", "mc", "st", "st.")
)  # fmt: skip
ARTICLES = frozenset(("le", "la", "les", "el", "los", "il", "die", "das", "der"))
"""With a word behind it, these begin a medium's name."""
REPORT = re.compile(
    r"\s?/(?:[\u4e00-\u9fff]{2,4}\s)*[\u4e00-\u9fff]{0,6}(?:报道|報導|編譯|编译)$|_[\u4e00-\u9fff]{2,3}$"
)
"""Where a report was made, behind the names: 王小明 李四/山南 北山報導."""
REPORTER = re.compile(r"\s{0,9}(?:기자|특파원|記者|记者)$")
LONGEST_BYLINE = 140  # characters
SUFFIX = re.compile(r"(?<=\s)[JS]r$", re.IGNORECASE)
CAPITALS = re.compile(r"[^\W\d_]{3,}")
"""Words of a name that a byline prints in capitals; two letters are initials or a particle."""
HONORIFIC = re.compile(r"^(?:Dr|Prof|Mr|Mrs|Ms|Sir)\.?\s+", re.IGNORECASE)
MONTH = r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
DATED = re.compile(
    rf"\s{{1,9}}(?:(?i:{MONTH})\.?\s{{0,9}}\d.*|(?i:{MONTH})\.|(?i:(?:last )?(?:updated|published|posted|edited|photo\w*)\b.*)|\d.*)$"
)
"""A date right behind a name. Surnames begin as months do (Martin, Mayer, Jung), and some are months (May)."""
ROLE = re.compile(r"\s{1,9}(?:\(.{0,140}\)|[-–—]\s.*|\bfor\s.*)$")
LONGEST_AUTHORS = (
    4_000  # characters of a text that states authors: what names are is asked of all that stands beside them
)


def is_person(name: str, certain: bool = False) -> bool:
    """Whether *name* can be a person's, in any script. *certain*: the page says that it is one.

    >>> is_person("Jan de Vries"), is_person("Reuters Staff"), is_person("김민수"), is_person("Dan"), is_person("Dan", True)
    (True, False, True, False, True)
    """
    if not 2 <= len(name) <= 40 or NOT_A_PERSON.search(name) or not name[0].isalpha():
        return False
    if CJK.search(name):
        return len(name) <= 12 and not re.search(r"[。，！？]", name)
    words = name.split()
    if not (1 if certain else 2) <= len(words) <= 5:
        return False
    cased = [word for word in words if word.lower() not in PARTICLES]
    if len(words) == 2 and words[0].lower() in ARTICLES:
        return False
    small = certain and len(words) > 1 and name.islower()  # some write all names so
    return bool(cased) and all(
        (small or not word[0].islower()) and re.match(r"[\w\"“'’(]", word) for word in cased
    )


def split_persons(text: str, certain: bool = False) -> list[str]:
    """Persons' names in a byline's text; what is not a person's name between them is left out.

    >>> split_persons("By Mary Smith, CNN Business and Jan de Vries")
    ['Mary Smith', 'Jan de Vries']
    >>> split_persons("BY ANNA MARLOW, J. R. SMITH JR.")
    ['Anna Marlow', 'J. R. Smith Jr.']
    >>> split_persons("陳小如 張一嘉 溫正衡／新北 台南報導"), split_persons("林小儀_台中")
    (['陳小如', '張一嘉', '溫正衡'], ['林小儀'])
    >>> split_persons("編譯陳小如、記者張一嘉/綜合報導"), split_persons("財經中心/溫正衡報導"), split_persons("王小明(记者)")
    (['陳小如', '張一嘉'], ['溫正衡'], ['王小明'])
    >>> split_persons("김도현 선임기자"), split_persons("워싱턴=김도현 특파원"), split_persons("김도현")
    (['김도현'], ['김도현'], ['김도현'])
    """
    text = unescape(text[:LONGEST_AUTHORS])
    text = squeeze(unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", " ", text)))
    if (writers := persons_in_record(text)) is not None:
        return writers
    if HANGUL.search(text) and (reporters := korean_names(text) or name_beside_medium(text)):
        return reporters
    if CJK.search(text) and (writers := credited_names(text) or posted_names(text)):
        return writers
    text = BY.sub("", REPORT.sub("", text))
    names: list[str] = []
    for part in (one for whole in PARTED.split(text) for one in split_pair(whole)):
        name = REPORTER.sub("", ROLE.sub("", DATED.sub("", BY.sub("", part))).strip(" .·•:-–—\"'“”()"))
        if name.isupper():
            name = CAPITALS.sub(lambda word: word[0].capitalize(), name)
        name = SUFFIX.sub(lambda suffix: f"{suffix[0].capitalize()}.", name)
        if is_person(HONORIFIC.sub("", name), certain) and name not in names:
            names.append(name)
    return names


def split_pair(text: str) -> list[str]:
    """Two names that a word parts which can be within a name as well.

    >>> split_pair("Ana Ruiz y Juan Gil"), split_pair("José Ortega y Gasset")
    (['Ana Ruiz', 'Juan Gil'], ['José Ortega y Gasset'])
    >>> split_pair("كايلا حسن وليلى كاظم")
    ['كايلا حسن', 'ليلى كاظم']
    """
    names: list[str] = []
    last = 0
    for match in PARTED_IF_WHOLE.finditer(text):
        behind = PARTED_IF_WHOLE.split(text[match.end() :])[0]
        if len(text[last : match.start()].split()) >= 2 and len(behind.split()) >= 2:
            names.append(text[last : match.start()])
            last = match.end()
    return [*names, text[last:]]


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
        around = element.iterancestors("aside", "footer", "nav", "section", "ul")
        outside = any(one.tag in ("aside", "footer", "nav") or is_boilerplate(one) for one in around)
        if outside and not is_of_only_article(element):
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


def is_of_only_article(element: Any) -> bool:
    """Whether microdata say that an element is of an article, the only one of which the page has a record."""
    scopes = (above for above in element.iterancestors() if above.get("itemscope") is not None)
    record = next(scopes, None)
    if record is None or not ARTICLE_TYPES.search(record.get("itemtype") or ""):
        return False
    records = (one for one in element.getroottree().iter() if ARTICLE_TYPES.search(one.get("itemtype") or ""))
    return all(one is record for one in records)


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
