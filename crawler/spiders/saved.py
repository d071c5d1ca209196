"""Imports pages that were saved by hand or by another crawler: HTML, SingleFile, MHTML, PDF, WARC.

scrapy crawl saved -a path=FILE_OR_DIR [-a url=LINK]
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.http import HtmlResponse
from w3lib.url import safe_url_string

from archive.captures import Capture
from archive.outcomes import ARRIVED, FAILED_HERE
from crawler import reasons
from crawler.base_spiders.archive import UsageProblem
from crawler.base_spiders.article import PAGES
from crawler.base_spiders.imports import ImportSpider, Item, file_url, name_files
from crawler.guard.fetch_guard import origin_of
from crawler.items import Article, LinkOutcome
from crawler.links import addresses_in
from crawler.listed_articles import add_page, mark_saved
from crawler.pages import LinkError, PageError, Target, target_of
from crawler.reading import read_response
from crawler.saved import SavedPage, bare, images_beside, kind_of
from pipelines.restored import restored

if TYPE_CHECKING:
    from crawler.saved.paged import PagedArticles, Place

SUFFIXES = (".html", ".htm", ".xhtml", ".mhtml", ".mht", ".pdf", ".warc", ".gz")
MOST = (
    256 * 1024 * 1024
)  # bytes of a file, images included; of a WARC file, which is read record by record, any number
HEAD = 4096
NO_ADDRESS = "the file does not state the address of its page: give it with -a url=LINK"


class SavedSpider(ImportSpider):
    """Reads files with the page objects of their sites. Images come out of the file where it holds them."""

    name = "saved"
    at_once = 4
    most_bytes = MOST

    def __init__(self, path: str | None = None, url: str | None = None):
        super().__init__(path)
        if url and self.path.is_dir():
            raise UsageProblem("-a url=LINK is the address of one page: give its FILE, not a folder")
        if url and not (addresses_in(url) and origin_of(addresses_in(url)[0])):
            raise UsageProblem(f"url={url} is not the URL of a page: it must start with http:// or https://")
        self.url = url and addresses_in(url)[0]
        self.pages: dict[int, list[tuple[SavedPage, str]]] = {}
        """Pages whose articles are in the pipelines, with their files, by the item's identity."""
        self.paged: PagedArticles

    def import_all(self) -> Iterator[Item]:
        from crawler.saved.paged import PagedArticles  # late: Scrapy imports all spiders to run one

        self.paged = PagedArticles()
        files = self.files()
        is_single = not self.path.is_dir()
        wanted = [
            file for file in files if is_single or (file.lower().endswith(SUFFIXES) and not is_part(file))
        ]
        self.count("files/found", len(wanted))
        self.count("files/other", len(files) - len(wanted))
        if not any(file.lower().endswith((".warc", ".warc.gz")) for file in wanted):
            self.count("links/expected", len(wanted))
        for file in wanted:
            pages = (page for page in self.read_pages(file) if not self.paged.take(page, file))
            yield from self.import_pages(pages, file)
        for place in self.paged.places():
            yield from self.import_pages(self.read_place(place), place.file)

    def import_pages(self, pages: Iterable[SavedPage], file: str) -> Iterator[Item]:
        """The items of *pages* of a file; of those whose article goes on at another address only once all files were read."""
        try:
            for page in pages:
                if item := self.make_item(page, file):
                    yield item
        except PageError as exc:
            yield self.fail(file, exc)
        except Exception as exc:  # a bug of ours: the file must not vanish for it
            self.logger.error(f"{file}: {type(exc).__name__}: {exc}", exc_info=exc)
            yield LinkOutcome(link=self.given(file), outcome=FAILED_HERE, reason=reasons.of_bug(exc))

    def read_place(self, place: Place) -> Iterator[SavedPage]:
        """The page at *place* once more. Raises PageError."""
        if place.offset is None:
            yield from self.read_pages(place.file)
            return
        from crawler.saved.warc import image_finder, read_at

        path, most = Path(self.root / place.file), self.settings.getint("DOWNLOAD_MAXSIZE")
        page = read_at(path, place.offset, most)
        if isinstance(page, PageError):
            raise page
        page.find_image = image_finder(path, most)
        yield page

    def read_pages(self, file: str) -> Iterator[SavedPage]:
        """The pages in a file. Raises PageError."""
        path = Path(self.root / file)
        head = self.read_file(file, HEAD)
        is_packed = head[:2] == b"\x1f\x8b"
        if is_packed:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        if kind_of(head) == "warc":
            yield from self.read_warc(path)
            return
        data = self.read_file(file)
        if is_packed:
            data = unpack(data)
        if not data.strip():
            raise PageError("the file is empty")
        from crawler.saved.html import read_html
        from crawler.saved.mhtml import read_mhtml
        from crawler.saved.paged import address_of

        page = read_mhtml(data) if kind_of(data[:HEAD]) == "mhtml" else read_html(data)
        page.url = self.url or (address_of(page.url, path.name) if page.url and origin_of(page.url) else None)
        if page.url and kind_of(data[:HEAD]) == "page":
            inside, beside = page.find_image, images_beside(path, page.url)
            page.find_image = lambda address: inside(address) or beside(address)
        page.saved_at = page.saved_at or datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield page

    def read_warc(self, path: Path) -> Iterator[SavedPage]:
        """The pages in a WARC file. Raises PageError."""
        from crawler.saved.warc import NEEDS_WARCIO, read_warc

        count = 0
        try:
            for page in read_warc(path, self.settings.getint("DOWNLOAD_MAXSIZE"), self.url):
                if isinstance(page, PageError):
                    self.logger.warning(f"{path}: {page}")
                    self.count("files/records_too_large")
                    continue
                count += 1
                yield page
        except ImportError:
            raise PageError(NEEDS_WARCIO) from None
        if not count:
            raise PageError(f"the WARC file holds no page{f' of {self.url}' if self.url else ''}")

    def make_item(self, page: SavedPage, file: str) -> Item | None:
        """The article of a page, or the outcome of its link; None where it waits for its further pages."""
        if page.url is None:
            captures = self.keep(page, file, file_url(file))
            self.count("files/without_article")
            return LinkOutcome(
                link=self.given(file), outcome="unknown_site", reason=NO_ADDRESS, captures=captures
            )
        saved_at = min(page.saved_at or self.now(), self.now())
        try:
            target = target_of(page.url)
            restored.reading = target.article_id
            article, next_page = self.read_page(page, target.link, target, saved_at)
        except (LinkError, PageError) as exc:
            self.count("files/without_article")
            reason = f"{exc} (saved page {file})"
            captures = self.keep(page, file, page.url)
            # A file that shows none of an article that is there says nothing of its link.
            link = self.given(file) if self.archive.outcome_of(page.url) in ARRIVED else page.url
            return LinkOutcome(link=link, outcome=exc.outcome, reason=reason, captures=captures)
        except Exception as exc:
            self.logger.error(f"{file}: {type(exc).__name__}: {exc}", exc_info=exc)
            return LinkOutcome(link=page.url, outcome=FAILED_HERE, reason=reasons.of_bug(exc))
        if next_page and self.paged.wait(page, file):
            return None
        captures = self.keep(page, file, page.url)
        further, is_part = self.add_further_pages(article, next_page, target, saved_at)
        article.link = target.link
        article.served_from = "/".join(target.link.split("/", 3)[:3])
        mark_saved(article, is_part)
        self.pages[id(article)] = [(page, file), *further]
        pages = [capture for part, name in further for capture in self.keep(part, name, str(part.url))]
        reading = {"page": "".join(captures), "part": is_part} | ({"pages": pages} if pages else {})
        return name_files(article, [*captures, *pages], self.reader, **reading)

    def read_page(
        self, page: SavedPage, url: str, target: Target, saved_at: datetime
    ) -> tuple[Article, str | None]:
        """The article in a page at *url*, and the address of its next page. Raises PageError."""
        if len(page.body) > self.settings.getint("DOWNLOAD_MAXSIZE"):
            raise PageError("the page without its images is larger than DOWNLOAD_MAXSIZE")
        response = HtmlResponse(url, body=page.body, headers={"Content-Type": page.content_type})
        reading = read_response(target.page, response, target, saved_at)
        if reading.article is None:
            assert reading.error is not None
            raise reading.error
        return reading.article, reading.next_page

    def add_further_pages(
        self, article: Article, next_page: str | None, target: Target, saved_at: datetime
    ) -> tuple[list[tuple[SavedPage, str]], bool]:
        """Put the article's further pages behind it as a crawl does, from *next_page* on; those with their files, and whether
        one is in no file."""
        further: list[tuple[SavedPage, str]] = []
        seen = [target.link]
        while next_page and next_page not in seen and len(seen) < PAGES:
            place = self.paged.find(next_page)
            if place is None:
                return further, True
            try:
                [page] = self.read_place(place)
                part, following = self.read_page(page, next_page, target, saved_at)
            except PageError:  # read as a page of its own, it is a row of `links` with the reason
                return further, True
            add_page(article, part)
            further.append((page, place.file))
            self.paged.joined.add(bare(next_page))
            self.count("files/merged")
            seen.append(next_page)
            next_page = following
        return further, False

    def keep(self, page: SavedPage, file: str, url: str) -> list[str]:
        """Keep the page as it was read; the id of its capture."""
        body = page.body if page.body is not page.received else None
        return self.capture(
            Capture(
                url=url, status=200, headers=page.headers or [("Content-Type", page.content_type)], received=page.received, body=body,
                fetched_at=page.saved_at, ip=page.ip, content_encoding=page.content_encoding, source=page.source, file=file,
            )
        )  # fmt: skip

    def find_image(self, url: str) -> tuple[bytes, tuple[str, str]] | None:
        """An image out of a file whose article is in the pipelines, with ``(source, file)``."""
        for page, file in chain.from_iterable(self.pages.values()):
            if (data := page.find_image(url) or page.find_image(safe_url_string(url))) is not None:
                return data, (page.source, file)
        return None

    def item_ended(self, item: Any) -> None:
        if isinstance(item, Article):
            self.pages.pop(id(item), None)
        super().item_ended(item)


def is_part(file: str) -> bool:
    """Whether a file belongs to a page that was saved "complete": it lies in the folder beside it."""
    return any(folder.endswith(("_files", ".files")) for folder in file.split("/")[:-1])


def unpack(data: bytes) -> bytes:
    """*data* out of gzip, `MOST` bytes at most. Raises PageError."""
    try:
        with gzip.open(BytesIO(data)) as stream:
            unpacked = stream.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise PageError(f"the gzip file is damaged: {exc}") from None
    if len(unpacked) > MOST:
        raise PageError(f"larger than {MOST // 1024 // 1024} MB when unpacked")
    return unpacked
