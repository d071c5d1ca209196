"""The medium that an article comes from: the source line, an unlabelled name beside the time, the metadata."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from typing import Any

from crawler.extraction.byline import AUTHOR_NAME, NICKNAME, STAFF, find_stated_person, is_blog
from crawler.extraction.byline_lines import POSTED
from crawler.extraction.document import Document, names_of, squeeze, type_name
from crawler.extraction.japanese_bylines import KANA
from crawler.extraction.korean_bylines import HANGUL, KOREAN
from crawler.extraction.media_names import (
    KOREAN_ENDS,
    KOREAN_MEDIUM,
    MEDIUM,
    NO_MEDIUM,
    clean_publisher,
    is_medium,
    is_person,
)
from crawler.extraction.names import NAME, names_in
from crawler.extraction.site_name import find_site_name, without_slogan
from crawler.extraction.source_labels import (
    EASTERN_MEDIUM,
    find_giver,
    find_labelled,
    find_labelled_element,
    find_told,
    find_unmarked,
)
from crawler.extraction.titles import PARTS, fold_title
from crawler.extraction.trees import whole_text
from pipelines.printed_times import SHORT, STAMP

SOURCE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w{0,40}source\w{0,40}|media|medianame|media[-_]name|laiyuan|ly|origin|from|site[-_]?name|copyfrom|author-name|account|up-?name|user-?name|nick(?:-?name)?|cite)(?:[-_]?(?:txt|text|link|baidu|name))?(?:$|\s)",
    re.IGNORECASE,
)
BESIDE_NAME = re.compile(
    rf"^(?P<first>{NAME})\s*[/／]\s*(?P<medium>[^\s/／|｜\d]{{2,14}})(?=$|\s)|^(?P<other>[^\s/／|｜\d]{{2,14}})[/／](?P<last>{NAME})(?=$|\s)"
)
DATELINE = re.compile(
    r"^\W{0,4}([\u4e00-\u9fffA-Z]{1,8}?(?:社|网|網|报|報|台|台訊))(?:记者|記者|[\u4e00-\u9fff]{0,10}\d{1,2}(?:月\d{1,2})?日\s?(?:电|電|讯|訊|消息)|[讯訊][\s（(])"
)
"""How agencies and papers begin a text: 某某社北京9月26日电, 某报讯（记者 …）, （某某社記者…."""
REPORTER_OF = re.compile(
    r"(?:^|[（(【\[〔\s])([\u4e00-\u9fffA-Za-z]{2,10}?)(?:首席|见习|实习|高级|资深|特约)*\s?(?:记者|記者)[\s:：]"
)
KOREAN_DATELINE = re.compile(
    rf"[\[(【]\s*[\uac00-\ud7af·]{{2,8}}\s*=\s*(?:([\w]{{2,12}})\s+{KOREAN}[^\])】]{{0,20}}(?:기자|특파원)|([\w]{{2,12}})[\])】]\s*{KOREAN})"
    rf"|[\[(【]?\s*(\w{{1,10}}(?:{KOREAN_ENDS}))\s*=\s*{KOREAN}\s?(?:기자|특파원)"
)
"""[某地=某社 某某 기자], (某地=某社) 某某 기자, [某社=某某 기자]."""
TAG_PAGE = re.compile(r"/(?:tags?|keywords?|topics?)[/?=]")
SURE_NAME = re.compile(
    r"source|laiyuan|copyfrom|(?:^|[\s_-])ly(?:$|[\s_-])|media[-_]?name|account|nick|user-?name|author-?name|(?:^|[\s_-])up-?name",
    re.IGNORECASE,
)
"""Names of elements that hold a medium's name and nothing else."""
SITE_METAS = (
    "dc.publisher",
    "publisher",
    "application-name",
    "apple-mobile-web-app-title",
    "cre",
    "al:ios:app_name",
    "al:android:app_name",
)
META_NAMES = (
    "source",
    "mediaid",
    "article:source",
    "og:article:source",
    "contentsource",
    "publisher",
    "bytedance:source",
    "dc.publisher",
    "newssource",
    "media",
)
IN_SCRIPT = re.compile(
    r"""[mMsSaA](?<!\w.)(?i:(?<=m)edia(?:_?name)?|(?<=s)ource(?:_?name)?|(?<=a)rticle_?source)["']?\s*[:=]\s*["']([^"'<>{}\\/]{2,20})["']"""
)
"""What a script calls the medium. A set of first letters lets the search pass over all others at once."""
EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff・]+")
FILED = re.compile(r"\S{0,6}(?:分类|分類|专栏|專欄|标签|標籤)\s?[:：]\s?\S+")
"""Where a blog files its article."""
WRITTEN_BY = re.compile(
    r"(?:作者|撰文|执笔|執筆|文|记者|記者)\s*[:：/／|｜][^。]{0,16}$|(?:作者|本文[为由])$"
)
"""What stands in front of a writer's name."""


def find_publisher(
    document: Document, near: list[str], elements: list[Any], after: list[str], head: Iterable[str] = ()
) -> str | None:
    """The medium: what a label names, else what the metadata state, else the site's own name; None where nothing does.

    *near* are the lines between headline and text, *elements* the elements there, *after* the lines behind the text,
    *head* the first lines of it. A word beside the time counts only where it has the form of a medium's name.
    """
    if not document.is_cjk:
        return (
            find_labelled(near)
            or find_stated_publisher(document)
            or find_in_metadata(document)
            or find_site_name(document)
        )
    return (
        find_labelled_element(elements)
        or find_labelled(near)
        or find_unmarked(near)
        or find_told((*near, *without_times(near)))
        or find_beside_writer(near)
        or find_named_element(elements, document)
        or find_in_metadata(document)
        or find_beside_time(near, find_own_names(document), (*head, *near, *after))
        or find_medium_line(without_tags(near, elements))
        or find_labelled(line for line in after if not line.lstrip().startswith("Source"))
        or find_giver((*near, *after))
        or find_in_scripts(document.html)
        or find_reporting_medium(near, head)
        or find_writing_medium(document)
        or find_told(after)
        or find_stated_publisher(document)
        or find_korean_medium((*near, *head))
        or find_site_name(document)
    )


def without_times(lines: Iterable[str]) -> list[str]:
    """*lines* without the times in them."""
    return [STAMP.sub("", line).strip() for line in lines]


def find_own_names(document: Document) -> frozenset[str]:
    """What the page calls its site: comparable forms of the names in its metadata and behind its title."""
    names = [document.meta.get(name, "") for name in (*META_NAMES, "og:site_name", "application-name")]
    names += [part for part in PARTS.split(document.title)[1:] if part]
    return frozenset(fold_title(name) for name in names if 1 < len(name) <= 30)


def find_beside_writer(lines: Iterable[str]) -> str | None:
    """The medium in 张三/某报, or 某报/张三."""
    for line in lines:
        match = BESIDE_NAME.search(unicodedata.normalize("NFKC", line))
        if match and names_in(match["first"] or match["last"]):
            name = clean_publisher(match["medium"] or match["other"])
            if name and is_medium(name) and (len(name) > 2 or MEDIUM.fullmatch(name)):
                return name
    return None


def find_named_element(elements: Iterable[Any], document: Document) -> str | None:
    """The medium in an element that is called so (``class="source"``). Under a name that other things have as well
    (media, from, account), it counts where it has the form of a medium's name, or is the site's own."""
    own_names, is_named = find_own_names(document), bool(document.meta.get("og:site_name"))
    in_blog = is_blog(document)  # there, whoever has an account is a writer
    writer = find_stated_person(document, frozenset())
    for element in elements:
        named = names_of(element)
        if not SOURCE_NAME.search(named) or element.find(".//img") is not None or element.tag == "button":
            continue
        name = clean_publisher(whole_text(element))
        if (
            not name
            or len(name) > 20
            or not is_medium(name)
            or (AUTHOR_NAME.search(named) and is_person(name))
            or (in_blog and NICKNAME.search(named))
            or [name] == writer
        ):
            continue
        is_own = MEDIUM.fullmatch(name) or fold_title(name) in own_names
        if is_named and AUTHOR_NAME.search(named) and not is_own:
            continue  # a platform calls its media so, a site that has a name its writers
        if SURE_NAME.search(named) or is_own:
            return name
    return None


def find_in_metadata(document: Document) -> str | None:
    """The medium that a meta tag names; portals name it in ``og:article:author``, beside themselves."""
    on_portal, bar, _ = document.meta.get("og:article:author", "").partition("|")
    is_medium_of_korea = HANGUL.search(on_portal) and not re.fullmatch(
        rf"{KOREAN}(?:\s?기자)?", on_portal.strip()
    )
    if (bar or KOREAN_MEDIUM.fullmatch(on_portal) or is_medium_of_korea) and clean_publisher(on_portal):
        return clean_publisher(on_portal)
    for name in META_NAMES:
        medium = clean_publisher(re.sub(r"^来源[:：]", "", document.meta.get(name, "")))
        if medium and not medium.startswith("http") and not medium.isdigit():
            return medium
    return None


def find_medium_line(lines: Iterable[str]) -> str | None:
    """A line that is a medium's name and nothing else."""
    for line in lines:
        if (match := MEDIUM.fullmatch(line.strip(" 、，"))) and is_medium(match[0]):
            return clean_publisher(match[0])
    return None


def without_tags(lines: Iterable[str], elements: Iterable[Any]) -> list[str]:
    """*lines* without those that are the text of a link to a tag's page."""
    links = [link for link in elements if link.tag == "a" and TAG_PAGE.search(link.get("href") or "")]
    tags = {squeeze(whole_text(link)) for link in links}
    return [line for line in lines if line not in tags]


def find_stated_publisher(document: Document) -> str | None:
    """The medium that Open Graph, the schema.org record or another meta tag names."""
    site_name = document.meta.get("og:site_name", "")
    is_title = site_name == document.title and PARTS.search(site_name)  # of the article
    if not is_title and (name := clean_publisher(without_slogan(site_name, document), 60)):
        return None if name.startswith(("http", "www.", "@")) else name
    for value in (document.linked_data.get("publisher"), document.linked_data.get("sourceOrganization")):
        record = document.resolve(value[0] if isinstance(value, list) and value else value)
        stated = record.get("name") if isinstance(record, dict) else record
        if (
            isinstance(stated, str)
            and (name := clean_publisher(unescape(stated), 40))
            and not name.startswith("http")
        ):
            return name
    for key in SITE_METAS:
        if (name := clean_publisher(document.meta.get(key), 40)) and not name.startswith(
            ("http", "www.", "@")
        ):
            return name
    return None


def find_writing_medium(document: Document) -> str | None:
    """The organisation that the schema.org record states as the author: portals publish what media write."""
    value = document.linked_data.get("author")
    author = document.resolve(value[0] if isinstance(value, list) and value else value)
    if not isinstance(author, dict) or not type_name(author).endswith("Organization"):
        return None
    name, publisher = author.get("name"), document.resolve(document.linked_data.get("publisher"))
    is_portal = isinstance(publisher, dict) and publisher.get("name") != name
    return (
        clean_publisher(unescape(name), 40)
        if is_portal
        and isinstance(name, str)
        and not STAFF.search(name)
        and find_stated_person(document, frozenset()) != [name]
        else None
    )


def find_beside_time(near: Iterable[str], own_names: frozenset[str], text: Iterable[str]) -> str | None:
    """An unlabelled name on the line of the time that has the form of a medium's name, is the site's own, or is named in
    another line of *text* again: not in one of links, such as the way from the home page."""
    lines = [line for line in text if not re.search(r"[>›»|｜]", line)]
    in_kana = any(KANA.search(line) for line in lines)  # there, a writer or a country is as likely
    for line in near:
        for name in names_beside_time(line):
            others = (other for other in lines if other != line and len(other) >= len(name) + 6)
            is_own = MEDIUM.fullmatch(name) or EASTERN_MEDIUM.fullmatch(name) or fold_title(name) in own_names
            doubtful = in_kana and (name.isascii() or EASTERN.fullmatch(name))
            if is_own or (len(name) >= 4 and not doubtful and says_medium(name, others)):
                return name
    return None


def says_medium(name: str, lines: Iterable[str]) -> bool:
    """Whether one of *lines* has a name, and none as the writer's."""
    named = [line for line in lines if name in line]
    return bool(named) and not any(WRITTEN_BY.search(line[: line.index(name)]) for line in named)


def names_beside_time(line: str) -> list[str]:
    """What can be names of media on a line that states a time; none where it does not."""
    if len(line) > 80 or POSTED.match(line) or (stamp := STAMP.search(line) or SHORT.search(line)) is None:
        return []
    parts = re.split(r"[\s|｜·]+", FILED.sub("", f"{line[stamp.end() :]} {line[: stamp.start()]}"))
    names = [clean_publisher(part) for part in [part for part in parts if re.search(r"\w", part)][:5]]
    return [name for name in names if name and len(name) <= 14 and is_medium(name) and not is_person(name)]


def find_reporting_medium(near: Iterable[str], head: Iterable[str]) -> str | None:
    """The medium whose reporter wrote the text, or whose report it is, as its first lines say."""
    for line in (*near, *head):
        start = unicodedata.normalize("NFKC", line[:60])
        if (match := DATELINE.match(start)) and match[1][0] != "本":
            return clean_publisher(re.sub(r"^据", "", match[1]))
        if (match := REPORTER_OF.search(start)) and MEDIUM.fullmatch(match[1]) and match[1][0] != "本":
            return clean_publisher(match[1])
    return None


def find_korean_medium(lines: Iterable[str]) -> str | None:
    """The medium of a Korean report, as its reporter's line names it.

    >>> find_korean_medium(["[산남=산남뉴스 김도윤 기자] 시험"]), find_korean_medium(["부산=김도윤 기자"])
    ('산남뉴스', None)
    """
    matches = (KOREAN_DATELINE.match(line) for line in lines)
    return next((clean_publisher(match[1] or match[2] or match[3]) for match in matches if match), None)


def find_in_scripts(html: str) -> str | None:
    """The medium that the page's scripts name, where they name one only: lists of articles name several."""
    named = {clean_publisher(name) for name in IN_SCRIPT.findall(html)} - {None}
    name = named.pop() if len(named) == 1 else None
    return name if name and re.search(r"[\u4e00-\u9fff]", name) and not NO_MEDIUM.search(name) else None
