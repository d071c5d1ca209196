"""Listings of a site: pages of a plain list, written as soon as they are full, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from archive.exports import Row
from archive.exports.sites import root_of
from archive.language import pgettext, tag_of
from archive.post_format import moment_of, name_of
from archive.post_text import UNTITLED, clean_title, inert
from archive.urls import http_url

ROWS = 200  # of a page of a listing
WritePage = Callable[[str, str, str], None]
"""``(address, title, body)``."""


def inert_text(value: str) -> str:
    """Text as inert HTML, on one line.

    >>> inert_text('<b> {{ x }}')
    '&lt;b&gt; &#123;&#123; x &#125;&#125;'
    """
    return inert(escape(clean_title(value)))


def post_address(row: Row) -> str:
    """The address of an article's own page, as `archive.post_format` pins it."""
    return f"news/{moment_of(row):%Y/%m/%d}/{name_of(row)}.html"


def original_url(row: Row) -> str:
    """The address of the original; empty where there is none."""
    return http_url(row["canonical_url"]) or http_url(row["share_url"]) or ""


def render_headline(row: Row, root: str, whole: bool) -> str:
    """The headline, with a link to the article's page or, where it has none here, to its source."""
    title = inert_text(row["headline"]) or UNTITLED
    if whole:
        return f'<a href="{root}{post_address(row)}">{title}</a>'
    if original := original_url(row):
        return f'<a class="out" rel="noreferrer" href="{inert(escape(original))}">{title}</a>'
    return title


def render_row(row: Row, root: str, whole: bool, form: str) -> str:
    """A row of a listing; *form* is how its time is shown, where it is known as well as that."""
    has_time = row["published_at"] and ("%H" not in form or row["published_precision"] != "day")
    time = f"{moment_of(row):{form}}" if has_time else ""
    publisher = f' <span class="from">{inert_text(row["publisher"])}</span>' if row["publisher"] else ""
    return f'<li><time>{time}</time> <span lang="{tag_of(row["headline"])}">{render_headline(row, root, whole)}{publisher}</span></li>'


def pager(number: int, has_next: bool, name: Callable[[int], str]) -> str:
    """Links to the pages beside page *number*; *name* gives their file names."""
    newer, older = pgettext("site", "newer"), pgettext("site", "older")
    links = [f'<a rel="prev" href="{name(number - 1)}">{newer}</a>'] * (number > 1)
    links += [f'<a rel="next" href="{name(number + 1)}">{older}</a>'] * has_next
    label = pgettext("site", "Pages of the list")  # there are two landmarks: the theme has the site's
    return f'<nav class="pager" aria-label="{label}">{" ".join(links)}</nav>' if links else ""


def numbered(title: str, number: int) -> str:
    """The title of a list's page."""
    return title if number == 1 else pgettext("site", "{title} ({number})", title=title, number=number)


class Listing:
    """One list of articles, newest first, over as many pages as it takes: ``FOLDER/index.html``, ``FOLDER/2.html``..."""

    __slots__ = ("_form", "_number", "_pages", "_rows", "_write", "count", "folder", "title")

    def __init__(self, folder: str, title: str, form: str, write: WritePage, pages: int | None = None):
        self.folder, self.title, self.count = folder, title, 0
        self._form, self._write, self._pages = form, write, pages
        self._number, self._rows = 1, list[str]()

    def add(self, row: Row, whole: bool) -> None:
        """The next article; past the last page that is wanted it only counts."""
        self.count += 1
        if len(self._rows) == ROWS:
            if self._number == self._pages:
                return
            self._flush(has_next=True)
        self._rows.append(render_row(row, root_of(f"{self.folder}/"), whole, self._form))

    def _flush(self, has_next: bool, note: str = "") -> None:
        address = f"{self.folder}/{self._name(self._number)}"
        title = numbered(self.title, self._number)
        turn = pager(self._number, has_next, self._name)
        self._write(address, title, f'<ol class="list">\n{chr(10).join(self._rows)}\n</ol>\n{turn}{note}')
        self._number, self._rows = self._number + 1, []

    @staticmethod
    def _name(number: int) -> str:
        return "index.html" if number == 1 else f"{number}.html"

    def close(self) -> None:
        """Write the last page."""
        if self._rows:
            remaining = self.count - (self._number - 1) * ROWS - len(self._rows)
            note = pgettext("site", "{count:,} older ones are not listed.", count=remaining)
            self._flush(False, f'<p class="meta">{note}</p>' if remaining else "")
