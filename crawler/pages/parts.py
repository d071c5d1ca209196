"""What a page that shows one article states, part by part: as its site's page object says, else as the generic layer finds it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, ClassVar

from lxml import etree

from crawler.extraction.above_text import lines_round
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body, find_body, read_body, text_start
from crawler.extraction.byline import find_authors
from crawler.extraction.decoding import decode
from crawler.extraction.document import Document, squeeze, text_of
from crawler.extraction.headline import find_headline
from crawler.extraction.inserted import drop_appended
from crawler.extraction.media_names import clean_publisher
from crawler.extraction.names import names_in
from crawler.extraction.published import find_published
from crawler.extraction.publisher import find_publisher
from crawler.extraction.second_opinion import confirm_element, extract_text, is_agreed
from crawler.pages import ArticlePage

LEAST_TEXT = 30  # characters; a page with less, and no image, holds no article
ENOUGH_TO_CONFIRM = 200  # characters of a page in an alphabetic script for which a second reader is asked
FIRST_LINES, LAST_LINES = 16, 12  # of a text, among which writers sign


def fields(*expressions: str) -> tuple[Any, ...]:
    """Compiled XPath expressions, for class attributes of page objects."""
    return tuple(etree.XPath(expression) for expression in expressions)


class PageParts(ArticlePage):
    """The parts of a page. What a subclass does not say is left to the generic layer."""

    id_at: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """Patterns over host, path and query of an article link; group ``id`` (or 1) is the native id."""
    gone: ClassVar[re.Pattern[str] | None] = None
    """What the page says where the article was deleted."""
    walled: ClassVar[re.Pattern[str] | None] = None
    """What the page says where it wants a login or a captcha solved."""
    headline_at: ClassVar[tuple[Any, ...]] = ()
    """XPaths of the headline (`fields`); the first that is not empty counts, here and below."""
    published_at: ClassVar[tuple[Any, ...]] = ()
    published_script: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """Patterns over the page's source whose first group is the time; tried before the XPaths."""
    publisher_at: ClassVar[tuple[Any, ...]] = ()
    publisher_script: ClassVar[tuple[re.Pattern[str], ...]] = ()
    publisher_name: ClassVar[str | None] = None
    """The medium where the page names no other: the site's own name."""
    authors_at: ClassVar[tuple[Any, ...]] = ()
    body_at: ClassVar[tuple[Any, ...]] = ()
    """XPaths of the element that holds the text."""
    drop: ClassVar[tuple[Any, ...]] = ()
    """XPaths, from the body's element, of what is none of the article."""
    reads: ClassVar[frozenset[str]] = frozenset(("html",))
    """Kinds of content (`content_kind`) that the page object reads, besides PDF documents, which all read."""
    next_at: ClassVar[tuple[Any, ...]] = ()
    """XPaths of the link to the article's next page."""
    page_part: ClassVar[re.Pattern[str] | None] = None
    """What names a further page in a link's path, behind group 1: a link to any page of an article is one to the article."""
    least_text = LEAST_TEXT
    """Characters of text, once it is cleaned, without which a page without images holds no article."""

    # -- what a subclass may do its own way ------------------------------------------------------------------------

    @property
    def content_type(self) -> str:
        """The header of that name."""
        return (self.response.headers.get("Content-Type") or b"").decode("latin-1")

    @cached_property
    def document(self) -> Document:
        """The page."""
        return Document(decode(self.response.body, self.content_type), self.response.url)

    @cached_property
    def layout(self) -> BlockLayout:
        """Its blocks, weighed."""
        drop_appended(self.document)
        return BlockLayout(self.document.root)

    @cached_property
    def heaviest(self) -> Any:
        """The element that holds the text, as far as the weights tell."""
        return find_body(self.layout)

    @cached_property
    def heading(self) -> tuple[str | None, Any]:
        """The headline and the element that shows it."""
        for find in self.headline_at:
            for element in self.nodes(find):
                if text := squeeze(element) if isinstance(element, str) else text_of(element):
                    return text, None if isinstance(element, str) else element
        layout, text = self.layout, self.heaviest
        begin = -1 if text is None else text_start(layout, text)
        before = [element for element, place in layout.order.items() if place <= begin]
        return find_headline(self.document, before[-80:])

    @cached_property
    def body(self) -> Body | None:
        """The element that holds the text, with the lines round it."""
        layout = self.layout
        is_weighed_anew = layout.find_end_after(self.heading[1])
        for find in self.body_at:
            elements = [
                element
                for element in self.nodes(find)
                if element in layout.order and (text_of(element) or element.find(".//img") is not None)
            ]
            if elements:
                return read_body(layout, elements[0], self.heading[1], self.heading[0])
        element = find_body(layout) if is_weighed_anew else self.heaviest
        text = ""
        if not self.document.is_cjk and sum(layout.plain.values()) >= ENOUGH_TO_CONFIRM:
            text = extract_text(layout, element)
            element = confirm_element(layout, element, text) if text else element
        if element is None:
            return None
        confirmed = text if text and is_agreed(layout, element, text) else ""
        return read_body(layout, element, self.heading[1], self.heading[0], confirmed)

    def published(self) -> str | None:
        """The time of publication as the page states it."""
        if stated := self.first(self.published_script, self.published_at):
            return stated
        body = self.body
        if body is None:
            return find_published(self.document, [], [])
        near = (
            body.near
            if body.heading is not None
            else [*lines_round(self.layout, self.heading[1]), *body.near]
        )
        return find_published(self.document, near, body.after, body.lines)

    def publisher(self) -> str | None:
        """The medium that the article comes from."""
        if stated := clean_publisher(self.first(self.publisher_script, self.publisher_at)):
            return stated
        body = self.body
        if body is None:
            return self.publisher_name
        publisher = find_publisher(self.document, body.near, body.near_elements, body.after, body.lines[:3])
        return publisher or self.publisher_name

    def authors(self, publisher: str | None) -> list[str]:
        """The writers' names."""
        if stated := self.first((), self.authors_at):
            return names_in(re.sub(r"^\s*(?:作者|记者|文|撰文)?\s*[:：/]?\s*", "", stated)) or [stated]
        body = self.body
        if body is None:
            return []
        head, tail = body.lines[:FIRST_LINES], body.lines[-LAST_LINES:]
        return find_authors(
            self.document, body.near, head, tail, publisher, body.near_elements, body.behind[:4]
        )

    # -- helpers ------------------------------------------------------------------------------------------------------

    def nodes(self, find: Any) -> list[Any]:
        """What an XPath finds on the page."""
        result = find(self.document.root)
        return result if isinstance(result, list) else [result] if result else []

    def first(self, scripts: tuple[re.Pattern[str], ...], paths: tuple[Any, ...]) -> str | None:
        """The first text that a pattern finds in the page's source, or an XPath in its tree."""
        for pattern in scripts:
            if text := self.document.script_text(pattern):
                return text
        for find in paths:
            for node in self.nodes(find):
                if text := squeeze(node) if isinstance(node, str) else text_of(node):
                    return text
        return None
