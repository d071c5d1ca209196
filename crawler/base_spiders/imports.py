"""What spiders share that import files: nothing is asked of the network but images, and items come without responses."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scrapy import signals

from archive.captures import Capture
from archive.times import utc_text
from archive.units import in_bytes
from archive.writer import Archive
from crawler.base_spiders.archive import ArchiveSpider, UsageProblem
from crawler.items import Article, LinkOutcome
from crawler.pages import NotArticle, PageError
from pipelines.archive_access import require_archive

Item = Article | LinkOutcome


class ImportSpider(ArchiveSpider):
    """Yields what a file or a folder holds. Subclasses say how."""

    at_once = 16
    """Items that wait for their images."""
    most_bytes: int | None = None
    """Of a file; None: the setting DOWNLOAD_MAXSIZE."""

    def __init__(self, path: str | None = None):
        super().__init__()
        if not path:
            raise UsageProblem(f"nothing to import: scrapy crawl {self.name} -a path=FILE_OR_DIR")
        self.path = Path(path).expanduser()
        if not self.path.exists():
            raise UsageProblem(f"path={path}: no such file or folder")
        if not os.access(self.path, os.R_OK):
            raise UsageProblem(f"path={path}: permission denied")
        self.root = self.path if self.path.is_dir() else self.path.parent
        self.under_way = 0
        self.room = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        spider = super().from_crawler(crawler, *args, **kwargs)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.item_ended, signal=signal)
        return spider

    def import_all(self) -> Iterator[Item]:
        """The items, in order, read one by one as the pipelines take them."""
        raise NotImplementedError

    async def start(self) -> Any:
        """`import_all`, with a bounded number of items in the pipelines; ends when the last has left them.

        Scrapy looks whether a crawl is over when a request ends, or a start, and every five seconds; not when an item ends.
        """
        for item in self.import_all():
            self.under_way += 1
            yield item
            await self.wait_for_fewer(self.at_once)
        await self.wait_for_fewer(1)

    async def wait_for_fewer(self, items: int) -> None:
        """Wait until fewer than *items* are in the pipelines."""
        while self.under_way >= items:
            self.room.clear()
            await self.room.wait()

    def item_ended(self, item: Any) -> None:
        """An item has left the pipelines, however."""
        self.under_way -= 1
        self.room.set()

    @property
    def archive(self) -> Archive:
        """The archive that is written to."""
        return require_archive(self.crawler)

    def files(self) -> list[str]:
        """Paths of all files, relative to the folder that is imported, in order. Links to folders are not followed."""
        if not self.path.is_dir():
            return [self.path.name]
        files = [
            os.path.relpath(os.path.join(folder, name), self.root)
            for folder, _, names in os.walk(self.root)
            for name in names
            if not name.startswith(".")
        ]
        return sorted(files)

    def given(self, file: str) -> str:
        """A file as the user would name it: its link, where it states none."""
        return str(self.root / file)

    def read_file(self, file: str, size: int = -1) -> bytes:
        """The bytes of a file, or the first *size* of one of any size. Raises PageError, NotArticle where it is no regular file."""
        try:
            handle = os.open(
                self.root / file, os.O_RDONLY | os.O_NONBLOCK
            )  # a pipe must not hold up the import
        except FileNotFoundError:
            raise PageError("a symbolic link that leads nowhere" if os.path.islink(self.root / file) else "the file was removed meanwhile") from None  # fmt: skip
        except OSError as exc:
            raise PageError(f"the file cannot be read: {exc.strerror}") from None
        with open(handle, "rb") as opened:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise NotArticle("not a regular file")
            most = self.most_bytes or self.settings.getint("DOWNLOAD_MAXSIZE")
            if size < 0 and about.st_size > most:
                raise PageError(f"too large: {in_bytes(about.st_size)}, at most {in_bytes(most)} are read")
            try:
                return opened.read(size)
            except OSError as exc:
                raise PageError(f"the file cannot be read: {exc.strerror}") from None

    def capture(self, capture: Capture) -> list[str]:
        """Keep what an item rests on, once however often it is imported; the ids of its captures."""
        captures = self.archive.captures
        if captures is None:
            return []
        body = capture.received if capture.body is None else capture.body
        captures.batch.reader = captures.batch.reader or self.reader
        sha256 = hashlib.sha256(body).hexdigest()
        capture_id = captures.imported(capture.url, capture.file, sha256) or self.archive.capture(capture)
        return [capture_id] if capture_id else []

    def fail(
        self,
        file: str,
        exc: PageError,
        article_id: str | None = None,
        captures: Sequence[str] = (),
        counts: bool = True,
    ) -> LinkOutcome:
        """The outcome of a file that brought no article."""
        self.count("files/without_article")
        return LinkOutcome(
            link=self.given(file), article_id=article_id, outcome=exc.outcome, reason=str(exc), captures=[*captures], counts=counts,
        )  # fmt: skip


def file_url(file: str) -> str:
    """A ``file:`` address of an imported file, relative to the folder that was imported: what its capture was asked for.

    >>> file_url("_posts/2022-02-21-NW1.md")
    'file:///_posts/2022-02-21-NW1.md'
    """
    return f"file:///{quote(file)}"


def name_files(article: Article, captures: Iterable[str], reader: str, **reading: Any) -> Article:
    """The article, saying which captures it rests on and by which *reader*, and how it was read of them
    (`archive.captures.journal`)."""
    article.captures = [*article.captures, *captures]
    article.reader = reader
    if article.captures:
        provenance = {"retrieved_at": utc_text(article.retrieved_at), "captured_from": article.captured_from}
        article.reading = {"link": article.link, **provenance, **reading}
    return article
