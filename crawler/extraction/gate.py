"""Whether a page is an article at all. Lists, home pages, account pages and questions have texts, too."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.above_text import SENTENCE
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import Document, type_name
from crawler.extraction.labelled_pages import why_other_labels
from crawler.extraction.other_pages import (
    ARTICLE_PATH,
    ARTICLE_TYPE,
    ARTICLES_PATH,
    REFERENCE,
    is_documentation,
    is_list_path,
    offers,
    sells,
    states_article,
    states_record,
    why_other_heading,
    why_other_page,
)
from crawler.extraction.published import find_language
from crawler.extraction.stated_times import find_in_elements, find_in_permalink
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import kind_of, letters, whole_text
from pipelines.printed_times import STAMP, find_times, language_tag

ENOUGH_TEXT = 250  # characters that make an article of a page which states no time
PARAGRAPHS = 5  # in one element, that make prose
NO_HEADLINE = re.compile(
    r"untitled(?: document)?|new document|无标题文档|無標題文件|無題ドキュメント|제목 없음", re.IGNORECASE
)
"""What editors put into a title that nobody writes."""
UNFINISHED = re.compile(r"[^\s。．.!！?？…」』”\])）】]")
"""Last character of a line that does not end as a sentence does."""
WORD = re.compile(r"[^\W\d_\u3040-\u9fff]{5,}|[\u3040-\u9fff]{3}")
MONTHLY = re.compile(r"/(?:19|20)\d\d/[01]\d/[^/]{12,}$")
"""Address of a blog's article: year, month and title."""
DOTTED = re.compile(r"[\w-]{1,80}(?:\.[\w-]{2,80}){1,5}")
LEAST_ITEMS = 5  # of one kind, one beside the other, that make a list
PARAGRAPH = 120  # characters of a text's paragraph; a teaser has fewer
TITLE = 32  # characters of a title in a list, at most, on average
ITEM = 260  # characters of an item of a list, at most, on average
MANY_ITEMS = 15  # ... that make one whatever long texts they hold
MOSTLY = 0.75  # share of a text from which on it is what most of it is


def why_no_article(
    document: Document,
    layout: BlockLayout,
    body: Body,
    headline: str | None,
    published: str | None,
    kind: str,
) -> str | None:
    """Why a page is not an article; None where it is one. *kind* is `content_kind.media_kind`'s answer."""
    if not headline or NO_HEADLINE.fullmatch(headline):
        return "has no headline"
    if reason := why_other_page(document) or why_other_heading(document, headline):
        return reason
    if not states_text(document) and (reason := why_other_labels(document, layout)):
        return reason
    of_titles = not states_text(document) and (are_titles if document.is_cjk else are_hosts)(body.lines)
    if of_titles or is_list(document, layout, body):
        return "is a list of links, with no text of its own"
    parts = urlsplit(document.url)
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_short = sum(map(len, body.lines)) < 8 * ENOUGH_TEXT
    if not document.is_cjk and is_short and sells(document) and not is_prose(layout, body):
        return "sells a product, by its button"
    if not document.is_cjk and kind == "article" and not states_record(document):
        if is_documentation(document):
            return f"is documentation ({parts.netloc}{parts.path})"
        if not published and not ARTICLES_PATH.search(parts.path) and offers(document):
            return "sells goods or services, and states neither a writer nor a time of publication"
        if not published and not (
            parts.netloc.endswith(".invalid")
            or parts.path.endswith(".html")
            or ARTICLE_PATH.search(where)
            or ARTICLES_PATH.search(parts.path)
            or is_prose(layout, body)
            or find_in_permalink(document.url)
            or shows_time(document, body)
        ):
            return f"names no writer, shows no time of publication and states no article ({where})"
    if published or kind != "article" or (states_article(document) and not is_list_path(document.url)):
        return None
    if REFERENCE.search(f"{parts.netloc}{parts.path}"):
        return f"has no publication time, and an address of documentation ({parts.netloc}{parts.path})"
    size = sum(map(len, body.lines))
    if size < ENOUGH_TEXT:
        return f"has neither a publication time nor enough text ({size} characters)"
    if not is_confirmed(document, body, headline):
        return "has no publication time, and its title is not the headline of its text"
    if is_beside(layout, body) and not MONTHLY.search(parts.path):  # comments may be longer than the text
        return "has no publication time, and more of other texts than of one article"
    if document.is_cjk and not ARTICLE_PATH.search(where) and not parts.netloc.endswith(".invalid"):
        return f"has neither a publication time nor an address of an article ({where})"
    return None


def is_prose(layout: BlockLayout, body: Body) -> bool:
    """Whether a text has paragraphs one behind the other, as articles do: a site's page on itself has a sentence or two in
    each of many boxes."""
    holders = [
        block.getparent()
        for block in layout.blocks
        if block.tag == "p" and layout.worth(block) >= SENTENCE and _holds(body.element, block)
    ]
    return any(holders.count(holder) >= PARAGRAPHS for holder in dict.fromkeys(holders))


def shows_time(document: Document, body: Body) -> bool:
    """Whether a page prints a time round its text, or marks one."""
    language = language_tag(find_language(document), urlsplit(document.url).hostname or "")
    lines = (*body.near, *body.lines[:4], *body.after[-12:])
    return bool(find_in_elements(document)) or any(find_times(line, language) for line in lines)


def is_confirmed(document: Document, body: Body, headline: str) -> bool:
    """Whether the headline is the page's first heading, or its title has a word or a run of characters of it."""
    title = fold_title(document.title)
    if not title or (body.heading is not None and body.heading.tag == "h1"):
        return True
    words = WORD.findall(headline.lower())
    return any(fold_title(word) in title for word in words)


def states_text(document: Document) -> bool:
    """Whether the page's schema.org record is an article's, with a time of publication, or its Open Graph tags are, with
    a time or a writer."""
    record, meta = document.linked_data, document.meta
    return bool(ARTICLE_TYPE.search(type_name(record)) and record.get("datePublished")) or bool(
        meta.get("og:type") == "article"
        and (meta.get("article:published_time") or meta.get("article:author"))
    )


def is_list(document: Document, layout: BlockLayout, body: Body) -> bool:
    """Whether a text consists of items of one kind, each with a link to another page, or is mostly links."""
    inside = [block for block in layout.blocks if _holds(body.element, block) and block not in layout.related]
    plain = sum(layout.plain[block] for block in inside)
    linked = sum(layout.linked[block] for block in inside)
    text = sum(layout.plain[block] for block in inside if layout.worth(block) >= SENTENCE)
    is_article = states_text(document)
    if linked > 2 * plain and text < (SENTENCE if is_article else ENOUGH_TEXT):
        return True
    # What another reader has as text may be a digest, whose items are links for the most part.
    text = plain if body.confirmed_text else text
    if is_article and text >= 2 * ENOUGH_TEXT and linked < plain:
        return False  # an article of short paragraphs, or with cards of others in it
    long = has_paragraphs(layout, inside)
    holders = body.element.iter("ul", "ol", "div", "section", "dl", "tbody", "main", "article", "body")
    return linked > 0 and any(
        len(items) >= LEAST_ITEMS
        and _are_teasers(items, plain + linked)
        and (len(items) >= MANY_ITEMS or not long or _are_dated(items))
        for holder in holders
        for items in group_items(layout, holder)
    )


def are_titles(lines: list[str]) -> bool:
    """Whether the lines of a text are words or titles: several short ones, none of which ends as a sentence does.

    >>> are_titles(["山南市昨日开通新道路"] * 6), are_titles(["山南市昨日开通新道路。"] + ["山南市"] * 6)
    (True, False)
    """
    return (
        len(lines) > LEAST_ITEMS
        and all(UNFINISHED.fullmatch(line[-1:]) and "。" not in line for line in lines)
        and sum(map(len, lines)) <= TITLE * len(lines)
    )


def are_hosts(lines: list[str]) -> bool:
    """Whether a text is a list of domains or files: most of its first words have a dot within.

    >>> are_hosts(["a.example b.example"] * 20), are_hosts(["See a.example for more."] * 20)
    (True, False)
    """
    words = " ".join(lines[:200])[:4000].split()
    return len(words) > 2 * MANY_ITEMS and sum(
        DOTTED.fullmatch(word) is not None for word in words
    ) > MOSTLY * len(words)


def has_paragraphs(layout: BlockLayout, blocks: list[Any]) -> bool:
    """Whether blocks are long enough for the paragraphs of a text."""
    sizes = [layout.plain[block] for block in blocks if layout.linked[block] * 4 < layout.plain[block]]
    long = [size for size in sizes if size >= PARAGRAPH]
    return sum(long) >= 2 * ENOUGH_TEXT or any(size >= ITEM for size in long)


def group_items(layout: BlockLayout, holder: Any) -> list[list[Any]]:
    """An element's children that can be items of a list, those of one tag and class together."""
    kinds: dict[tuple[str, str], list[Any]] = {}
    for child in holder:
        if child.tag in ("p", "br", "figure", "img") or child in layout.related or is_boilerplate(child):
            continue
        kinds.setdefault(kind_of(child), []).append(child)
    return list(kinds.values())


def _are_teasers(items: list[Any], total: int) -> bool:
    """Whether items are teasers of other articles, and most of a text of *total* characters."""
    sizes = [letters(whole_text(item)) for item in items]
    titled = [item for item in items if leading_link(item)]
    return (
        len(titled) >= MOSTLY * len(items)
        and sum(sizes) >= MOSTLY * total
        and sum(sizes) <= ITEM * len(items)
    )


def _are_dated(items: list[Any]) -> bool:
    """Whether items state a time each, as teasers do and the sections of an article do not."""
    dated = [item for item in items if item.find(".//time") is not None or STAMP.search(whole_text(item))]
    return len(dated) >= MOSTLY * len(items)


def leading_link(item: Any) -> str | None:
    """The address of a link that is an item's title: in a heading, or at the item's begin."""
    start = "".join(whole_text(item).split())[:40]
    for link in item.iter("a"):
        text = whole_text(link)
        href = link.get("href") or ""
        if (
            letters(text) < 6 or not href or href.startswith("#")
        ):  # that of an entry in a live blog is its own
            continue
        heading = any(above.tag in ("h2", "h3", "h4", "h5") for above in link.iterancestors())
        if heading or "".join(text.split())[:12] in start:
            return str(href)
    return None


def is_beside(layout: BlockLayout, body: Body) -> bool:
    """Whether the text is a small part of a page of many."""
    sentences = [block for block in layout.blocks if layout.worth(block) >= SENTENCE]
    text = sum(layout.plain[block] for block in sentences if _holds(body.element, block))
    everything = sum(layout.plain[block] for block in sentences)
    return text < ENOUGH_TEXT / 2 or text < 0.25 * everything


def _holds(element: Any, block: Any) -> bool:
    while block is not None:
        if block is element:
            return True
        block = block.getparent()
    return False
