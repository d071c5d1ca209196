"""Any news page, read by the generic layer (`crawler.extraction`). A site's page object is a subclass that says what is
particular to the site, as data: class attributes first, methods where those do not do."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import urlsplit

from lxml import etree

from crawler.extraction.access import FIRST_LINES, find_access
from crawler.extraction.body import Body
from crawler.extraction.cleaning import clean_body
from crawler.extraction.content_kind import content_kind, media_kind
from crawler.extraction.document import Document, absolute, squeeze, text_of, type_name
from crawler.extraction.embedded import render_state
from crawler.extraction.gate import why_no_article
from crawler.extraction.keywords import find_keywords
from crawler.extraction.missing_pages import find_missing_notice
from crawler.extraction.other_pages import why_other_page
from crawler.extraction.paging import find_next_page
from crawler.extraction.published import find_language
from crawler.extraction.titles import all_titles
from crawler.extraction.walls import find_wall
from crawler.items import Article
from crawler.pages import (
    ANY_SITE,
    HOW_TO_ADD,
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
from crawler.pages.parts import LEAST_TEXT, PageParts, fields

__all__ = ["AnyPage", "WebPage", "fields"]

SHORT = 200  # characters; a longer text is not a notice
LINKS = 10  # times the least text that a page without a text shows as links where it is a list of them
KIND_NAMES = {
    "json": "JSON", "feed": "a feed", "image": "an image", "video": "a video file", "audio": "an audio file", "archive": "an archive file",
    "office": "an office document", "text": "plain text", "empty": "empty", "binary": "a binary file",
}  # fmt: skip


class WebPage(PageParts):
    """A page that shows one article."""

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
        return find_access(self.document, size, (*body.lines[:FIRST_LINES], *body.lines[-8:], *body.after))

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
