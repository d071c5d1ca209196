"""Fetches images whose files were found damaged or missing: the same bytes are put back, others are left to a crawl of the article."""

from __future__ import annotations

import hashlib
import itertools
import os
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess

from archive.data_files import leads_out
from archive.lock import DirectoryLock
from crawler.guard.fetch_guard import FetchGuard
from pipelines.image_referers import referer_of


class ImageRepairSpider(Spider):
    """Asks for images at the addresses of their articles until one answers with the bytes that were archived."""

    name = "image_repair"
    names_trusted_links = True

    def __init__(self, wanted: dict[str, list[tuple[str, str | None]]], repaired: dict[str, bytes]):
        super().__init__()
        self.wanted, self.repaired = wanted, repaired

    async def start(self) -> AsyncIterator[Any]:
        for origin in self.settings.getlist("FINEWS_ORIGINS"):
            FetchGuard.of(self.crawler).trust(origin.strip())
        for sha256, places in self.wanted.items():
            yield self.request(sha256, places)

    def request(self, sha256: str, places: list[tuple[str, str | None]]) -> Request | None:
        """The request for an image at the first of *places*, each an address and the page that shows it."""
        if not places:
            return None
        url, page = places[0]
        referer = referer_of(url, page)
        return Request(
            url,
            headers={"Referer": referer} if referer else None,
            meta={"from_content": True, "download_maxsize": self.settings.getint("IMAGE_MAX_BYTES")},
            cb_kwargs={"sha256": sha256, "places": places[1:]},
            errback=self.failed,
            dont_filter=True,
        )

    def parse(self, response: Any, sha256: str, places: list[tuple[str, str | None]]) -> Any:
        """Keep the bytes where they are those that were archived; else ask at the next address."""
        if response.status == 200 and hashlib.sha256(response.body).hexdigest() == sha256:
            self.repaired[sha256] = response.body
            return None
        return self.request(sha256, places)

    def failed(self, failure: Any) -> Request | None:
        """No answer: ask at the next address."""
        return self.request(**failure.request.cb_kwargs)


def fetch_images(data_dir: Path, paths: Iterable[str], settings: Any) -> set[str]:
    """Fetch the images at *paths* (relative to *data_dir*) from where they came; paths of those that are there again.

    Holds the lock while it writes. Raises AlreadyLocked, OSError, sqlite3.Error.
    """
    uri = f"{(data_dir / 'archive.db').absolute().as_uri()}?mode=ro"
    wanted: dict[str, list[tuple[str, str | None]]] = {}
    path_of: dict[str, str] = {}
    with closing(sqlite3.connect(uri, uri=True)) as conn:
        for path in itertools.filterfalse(leads_out, paths):
            rows = conn.execute(
                "SELECT i.sha256, ai.url, coalesce(a.share_url, a.canonical_url) FROM images AS i JOIN article_images AS ai USING (sha256)"
                " JOIN articles AS a ON a.id = ai.article_id WHERE i.path = ? ORDER BY a.arrival",
                [path],
            ).fetchall()
            for sha256, url, page in rows:
                path_of[sha256] = path
                wanted.setdefault(sha256, []).append((url, page))
    repaired: dict[str, bytes] = {}
    if wanted:
        process = CrawlerProcess(settings, install_root_handler=False)
        process.crawl(ImageRepairSpider, wanted=wanted, repaired=repaired)
        process.start()
    with DirectoryLock(data_dir):
        for sha256, data in repaired.items():
            target = data_dir / path_of[sha256]
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(data)
            os.replace(part, target)
    return {path_of[sha256] for sha256 in repaired}
