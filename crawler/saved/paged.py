"""Saved pages of articles that are cut into pages: an article can be put together once the places of all pages are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from crawler.extraction.paging import page_number, stem
from crawler.saved import SavedPage, bare


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page can be read again."""

    file: str
    offset: int | None
    """Of its record in a WARC file."""


class PagedArticles:
    """Sets aside first pages that name a second, and further pages, by their addresses; `places` says when they are due."""

    def __init__(self) -> None:
        self._first: list[Place] = []
        self._further: dict[str, list[Place]] = {}
        self.joined: set[str] = set()
        """Addresses of further pages that were put behind their article."""
        self._are_known = False

    def take(self, page: SavedPage, file: str) -> bool:
        """Set a page aside whose address says that it is not the first of its article; whether it does."""
        if page.url is None or page_number(page.url) < 2:
            return False
        self._further.setdefault(bare(page.url), []).append(Place(file, page.offset))
        return True

    def wait(self, page: SavedPage, file: str) -> bool:
        """Set a page aside that names a further one; False where all places are known."""
        if not self._are_known:
            self._first.append(Place(file, page.offset))
        return not self._are_known

    def find(self, url: str) -> Place | None:
        """Where the further page at *url* is."""
        return next(iter(self._further.get(bare(url), ())), None)

    def places(self) -> Iterator[Place]:
        """What was set aside, to be read now: first pages, then the further pages that belong to none of them."""
        self._are_known = True
        yield from self._first
        for url, places in sorted(self._further.items(), key=lambda item: page_number(item[0])):
            if url not in self.joined:
                yield from places


def address_of(url: str, file: str) -> str:
    """The address of a page that states *url*: of further pages many sites state the first as canonical, and their file's name tells.

    >>> address_of("http://paper.example/n/1234.html", "1234_2.html"), address_of("http://paper.example/n/1234.html", "1235_2.html")
    ('http://paper.example/n/1234_2.html', 'http://paper.example/n/1234.html')
    """
    address = urljoin(url, file.removesuffix(".gz"))
    is_further = page_number(url) == 1 and page_number(address) > 1 and stem(address) == stem(url)
    return address if is_further else url
