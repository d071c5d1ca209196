"""What page objects share whose site hands the article over in a script or in fields, and shows it by another script."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import Any

from lxml import etree

from crawler.extraction.body import Body, read_body
from crawler.extraction.decoding import decode
from crawler.extraction.document import Document
from crawler.pages.served import load_answer
from crawler.pages.web import WebPage


class StatedDocument(Document):
    """A page made of a headline and the HTML of a text alone, in an element each."""

    def __init__(self, headline: str | None, text: str, url: str):
        super().__init__(f"<h1>{escape(headline or '')}</h1>{text}", url)

    @cached_property
    def root(self) -> Any:
        root = super().root
        body = root.find("body")
        heading, *rest = body
        # Only now, as an end tag too many in the text would have closed an element round it.
        holder = etree.SubElement(body, "div")
        holder.text, heading.tail = heading.tail, None
        holder.extend(rest)
        return root


class StatedPage(WebPage):
    """A page that may state its article apart from what it shows. Where it does not, it is read as any page."""

    @property
    def least_text(self) -> int:  # type: ignore[override]
        """What a site states may be a few words: a flash, the headline of an article for subscribers."""
        return WebPage.least_text if self.stated is None else 1

    @cached_property
    def served(self) -> Document:
        """The page as served."""
        declared = (self.response.headers.get("Content-Type") or b"").decode("latin-1")
        return Document(decode(self.response.body, declared), self.response.url)

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The endpoint's answer; {} where the response is a page."""
        return load_answer(self.served.html)

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        """Headline and HTML of the text as the page states them; None where it does not."""
        raise NotImplementedError

    @cached_property
    def document(self) -> Document:
        return self.served if self.stated is None else StatedDocument(*self.stated, self.served.url)

    @cached_property
    def heading(self) -> tuple[str | None, Any]:
        return super().heading if self.stated is None else (self.stated[0], self.document.root.find(".//h1"))

    @cached_property
    def body(self) -> Body | None:
        if self.stated is None:
            return super().body
        element = self.document.root.find("body")[-1]
        return read_body(self.layout, element, self.heading[1], self.heading[0])

    def check_content(self, kind: str) -> None:
        if self.stated is None:
            super().check_content(kind)

    def check_it_is_one(self, body: Body, headline: str | None, published: str | None, kind: str) -> None:
        if self.stated is None:
            super().check_it_is_one(body, headline, published, kind)
