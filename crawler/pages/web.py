"""Any news page, read by the generic layer (`crawler.extraction`). A site's page object is a subclass that says what is
particular to the site, as data: class attributes first, methods where those do not do."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from lxml import etree

from crawler.extraction.above_text import lines_round
from crawler.extraction.access import FIRST_LINES as HEAD
from crawler.extraction.access import find_access
from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body, find_body, read_body, text_start
from crawler.extraction.byline import find_authors
from crawler.extraction.cleaning import clean_body
from crawler.extraction.content_kind import content_kind, media_kind
from crawler.extraction.decoding import decode
from crawler.extraction.document import Document, absolute, squeeze, text_of, type_name
from crawler.extraction.embedded import render_state
from crawler.extraction.gate import why_no_article
from crawler.extraction.headline import find_headline
from crawler.extraction.keywords import find_keywords
from crawler.extraction.media_names import clean_publisher
from crawler.extraction.missing_pages import find_missing_notice
from crawler.extraction.names import names_in
from crawler.extraction.other_pages import why_other_page
from crawler.extraction.paging import find_next_page
from crawler.extraction.published import find_language, find_published
from crawler.extraction.publisher import find_publisher
from crawler.extraction.second_opinion import confirm_element, extract_text, is_agreed
from crawler.extraction.titles import all_titles
from crawler.extraction.walls import find_wall
from crawler.items import Article
from crawler.pages import (
    ANY_SITE,
    HOW_TO_ADD,
    ArticlePage,
    Gone,
    NotArticle,
    PageError,
    Target,
    Walled,
    handles_any,
)
from crawler.pages.addresses import plain_address, same_site, where_of, without_tracking
from crawler.pages.document import read_document
from crawler.pages.onward import onward, unwrapped

LEAST_TEXT = 30  # characters; a page with less, and no image, holds no article
ENOUGH_TO_CONFIRM = 200  # characters of a page in an alphabetic script for which a second reader is asked
SHORT = 200  # characters; a longer text is not a notice
FIRST_LINES, LAST_LINES = 16, 12  # of a text, among which writers sign
LINKS = 10  # times the least text that a page without a text shows as links where it is a list of them
KIND_NAMES = {
    "json": "JSON", "feed": "a feed", "image": "an image", "video": "a video file", "audio": "an audio file", "archive": "an archive file",
    "office": "an office document", "text": "plain text", "empty": "empty", "binary": "a binary file",
}  # fmt: skip


def fields(*expressions: str) -> tuple[Any, ...]:
    """Compiled XPath expressions, for class attributes of page objects."""
    return tuple(etree.XPath(expression) for expression in expressions)


class WebPage(ArticlePage):
    """A page that shows one article. What a subclass does not say is left to the generic layer."""

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

    @classmethod
    def native_id(cls, link: str) -> str | None:
        where = where_of(link)
        for pattern in cls.id_at:
            if match := pattern.search(where):
                return "-".join(group for group in match.groups() if group)
        # A page of the site at an address that no pattern knows is still an article of it.
        return plain_address(link)

    @classmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        url = unwrapped(target.link)
        if cls.page_part is None:
            return url
        parts = urlsplit(url)
        return parts._replace(path=cls.page_part.sub(r"\1", parts.path)).geturl()

    # -- what a subclass may do its own way ------------------------------------------------------------------------

    @cached_property
    def document(self) -> Document:
        """The page."""
        declared = (self.response.headers.get("Content-Type") or b"").decode("latin-1")
        return Document(decode(self.response.body, declared), self.response.url)

    @cached_property
    def layout(self) -> BlockLayout:
        """Its blocks, weighed."""
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

    def article(self) -> Article:
        where = self.response.url
        kind = content_kind(self.response.body, self.content_type)
        if kind == "pdf":
            return read_document(self, where, self.response.body, f"{self.site}:{self.native_id(where)}")
        self.check_content(kind)
        document = self.document
        headline, _ = self.heading
        published, publisher = self.published(), self.publisher()
        authors = self.authors(publisher)
        body = self.body
        size = sum(map(len, body.lines)) if body else 0
        self.check_for_notice(size, document.title, headline or "")
        if body is None or not (size >= self.least_text or body.element.find(".//img") is not None):
            raise self.why_no_text()
        kind = media_kind(
            document.meta.get("og:type", ""), type_name(document.linked_data), document.html, size
        )
        self.check_it_is_one(body, headline, published, kind)
        access = self.access(size, body)
        for find in self.drop:
            for element in find(body.element):
                if element.getparent() is not None:
                    body.take_out("site_boilerplate", element)
        clean_body(self.layout, body, headline, document.base, all_titles(document), authors)
        if len(text_of(body.element) or "") < self.least_text and body.element.find(".//img") is None:
            raise self.why_no_text()
        canonical = self.canonical_url()
        return Article(
            id=f"{self.site}:{self.native_id(canonical)}",
            site=self.site,
            link=self.target.link,
            share_url=self.target.link,
            canonical_url=canonical,
            retrieved_at=self.retrieved_at,
            headline=headline,
            headline_from="page" if headline else None,
            publishers={"page": publisher} if publisher else {},
            authors=authors,
            published_raw=published,
            published_from="page" if published else None,
            kind=kind,
            access=access,
            language=find_language(document),
            tags=find_keywords(document),
            body_raw=etree.tostring(body.element, encoding="unicode", method="html", with_tail=False),
            removals=body.removals,
        )

    @property
    def content_type(self) -> str:
        """The header of that name."""
        return (self.response.headers.get("Content-Type") or b"").decode("latin-1")

    def check_content(self, kind: str) -> None:
        """Raise NotArticle where the response is of a *kind* that the page object does not read."""
        if kind not in self.reads:
            stated = self.content_type.partition(";")[0].strip()
            called = f", served as {stated}" if stated and kind not in stated else ""
            raise NotArticle(
                f"{self.site}: {self.response.url} is {KIND_NAMES.get(kind, kind)}{called}, not an article's page"
            )

    def access(self, size: int, body: Body) -> str:
        """``open``, ``preview`` or ``locked``. *size*: characters of the text in *body*."""
        return find_access(self.document, size, (*body.lines[:HEAD], *body.lines[-8:], *body.after))

    def check_for_notice(self, size: int, title: str, headline: str) -> None:
        """Raise Gone or Walled where the page is a notice instead of an article: an article may hold the notice's words.

        *size* is that of the text found, *title* and *headline* are what the page calls itself.
        """
        where = self.response.url
        if size >= SHORT and any(self.nodes(find) for find in self.body_at):
            return
        for pattern, outcome, does in ((self.gone, Gone, "says"), (self.walled, Walled, "shows")):
            if pattern is not None and (match := pattern.search(self.document.html)):
                raise outcome(
                    f"{self.site}: the page {where} {does} {squeeze(match[0])[:60]!r} instead of the article"
                )
        if notice := find_missing_notice(title, headline, is_short=size < SHORT):
            raise Gone(f"{self.site}: the page {where} says {notice!r} instead of an article")
        wall = find_wall(self.document.html, where) if size < SHORT else None
        if wall is not None and (wall.kind != "shell" or size < LEAST_TEXT):
            reason = f"{self.site}: {where} returned {wall} instead of the article"
            if wall.kind == "shell":
                raise Walled(reason, needs_browser=True)
            raise Walled(f"{reason}; open it in a browser")

    def why_no_text(self) -> PageError:
        """Why the page has no text: a notice, a home page or a list, or a shape that we do not know."""
        where, shown = self.response.url, text_of(self.document.root)
        if len(shown) < SHORT and (notice := find_missing_notice(shown, "", is_short=True)):
            return Gone(f"{self.site}: the page {where} says {notice!r} instead of an article")
        if reason := why_other_page(self.document):
            return NotArticle(f"{self.site}: the page {where} {reason}")
        if self.body is not None and any(cut["rule"] == "paid_notice" for cut in self.body.removals):
            return Walled(f"{self.site}: {where} shows the article's text only to those who pay or log in")
        if sum(self.layout.linked.values()) > LINKS * LEAST_TEXT:
            return NotArticle(f"{self.site}: the page {where} is a list of links, with no text of its own")
        return PageError(f"{self.site}: the page {where} has no article text that we can find")

    def check_it_is_one(self, body: Body, headline: str | None, published: str | None, kind: str) -> None:
        """A text alone does not make an article: a notice and a list have one, too. Raises NotArticle.

        An address of the form that the site's articles have is one.
        """
        if any(pattern.search(where_of(self.response.url)) for pattern in self.id_at):
            return
        if reason := why_no_article(self.document, self.layout, body, headline, published, kind):
            raise NotArticle(f"{self.site}: the page {self.response.url} {reason}")

    def canonical_url(self) -> str:
        """The article's own permanent address: as the page states it, where that is one of the same site."""
        where, stated = without_tracking(self.response.url), self.document.canonical
        if not stated or not same_site(stated, where) or urlsplit(stated).path in ("", "/"):
            return where
        known = any(pattern.search(where_of(where)) for pattern in self.id_at)
        stated_known = any(pattern.search(where_of(stated)) for pattern in self.id_at)
        # A site may state its channel or its app as canonical for every article, or one article for all that its template
        # made; an id must not get lost. A host of its own (m., amp.) may have ids of its own.
        if known and not stated_known:
            return where
        if (
            known
            and urlsplit(stated).hostname == urlsplit(where).hostname
            and self.native_id(stated) != self.native_id(where)
        ):
            return where
        return stated

    def next_page(self) -> str | None:
        """Address of the article's next page; None on the last."""
        for find in self.next_at:
            for node in self.nodes(find):
                return absolute(self.document.base, node if isinstance(node, str) else node.get("href"))
        return find_next_page(self.document)

    def moved_to(self, outcome: str) -> str | None:
        if outcome not in ("unreadable", "not_article"):  # a notice and a captcha lead to no article
            return None
        refresh = (self.response.headers.get("Refresh") or b"").decode("latin-1")
        return onward(self.document.html, self.response.url, refresh)


@handles_any
class AnyPage(WebPage):
    """A page of a site that has no page object: all is left to the generic layer."""

    site = ANY_SITE

    @cached_property
    def document(self) -> Document:
        """The page, or what its script makes of the article that it holds."""
        served = super().document
        shown = render_state(served)
        return served if shown is None else Document(shown, self.response.url)

    def article(self) -> Article:
        try:
            return super().article()
        except (Gone, Walled):
            raise
        except PageError as exc:
            if content_kind(self.response.body, self.content_type) != "html":
                raise
            host = urlsplit(self.response.url).hostname
            raise NotArticle(
                f"no page object reads {host}, and {str(exc).removeprefix('web: ')}; {HOW_TO_ADD}"
            ) from None
