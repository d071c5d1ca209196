"""The pipelines of the settings, without network: what a crawl makes of an article, from what was fetched before.

Every pipeline of ITEM_PIPELINES runs, the user's own as well, but for two: images are looked up instead of downloaded
(`StoredImages`), and nothing is stored unless *stores* says so.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import build_from_crawler, load_object

from archive.one_article import OneArticle
from archive.writer import Archive
from crawler.items import Article
from pipelines.archive_access import share_archive
from pipelines.body_images import find_images, place_images
from pipelines.download_images import DownloadImagesPipeline, Outcome
from pipelines.store_sqlite import StoreSqlitePipeline
from pipelines.write_frontmatter import WriteFrontmatterPipeline

NOT_FETCHED = "not fetched: it was found when the page was read again; crawl the article to fetch it"

Lookup = Callable[[str, Mapping[str, Any]], Mapping[str, Outcome]]
"""Outcomes of image addresses, as `DownloadImagesPipeline` gives them, by address: of an article and an entry of the journal."""


class OfflineSpider(Spider):
    """Stands for the crawl in the pipelines' crawler."""

    name = "offline"


class StoredImages:
    """In the place of `DownloadImagesPipeline`: what became of each image when it was fetched."""

    def __init__(self, lookup: Lookup, charts: bool = False):
        self.lookup, self.charts = lookup, charts

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        tree = record.get("body_tree")
        if tree is None:
            return item
        images = find_images(tree, record.get("share_url") or record.get("canonical_url"), self.charts)
        outcomes = self.lookup(record["id"], record.get("reading") or {}) if images else {}
        for entry in images:
            if "status" in entry:
                continue
            known = {url: outcomes[url] for url in entry["candidates"] if url in outcomes}
            stored = next((url for url, outcome in known.items() if outcome["status"] == "stored"), None)
            if stored is not None:
                entry |= known[stored] | {"url": stored}
            else:
                missing = {"status": "failed", "reason": NOT_FETCHED}
                entry |= next(iter(known.values()), missing)
        place_images(tree, images)
        record["images"] = images
        return item


class ListedImages:
    """In the place of `DownloadImagesPipeline`: names the images, and leaves the body as it is."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("body_tree") is not None:
            page = record.get("share_url") or record.get("canonical_url")
            record["images"] = [
                {name: value for name, value in entry.items() if name != "elements"}
                for entry in find_images(record["body_tree"], page)
            ]
        return item


class OfflinePipelines:
    """Runs articles through the pipelines. Without *archive* those that need one are left out, as under ``scrapy parse``.

    Raises what a pipeline of the user's raises when it is made.
    """

    def __init__(
        self,
        settings: Any,
        archive: Archive | OneArticle | None = None,
        lookup: Lookup | None = None,
        stores: bool = False,
    ):
        self.crawler = Crawler(OfflineSpider, settings)
        self.crawler.stats = MemoryStatsCollector(self.crawler)
        if archive is not None:
            share_archive(self.crawler, archive)
        charts = self.crawler.settings.getbool("KEEP_CHARTS")
        left_out = () if stores else (WriteFrontmatterPipeline, StoreSqlitePipeline)
        self.pipelines: list[Any] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        for name in build_component_list(self.crawler.settings.getwithbase("ITEM_PIPELINES")):
            kind = load_object(name)
            if issubclass(kind, DownloadImagesPipeline):
                self.pipelines.append(StoredImages(lookup, charts) if lookup else ListedImages())
            elif not issubclass(kind, left_out):
                try:
                    self.pipelines.append(build_from_crawler(kind, self.crawler))
                except NotConfigured:
                    continue
        self._call("open_spider")

    def get(self, kind: type[Any]) -> Any:
        """The pipeline of a class, None where the settings leave it out."""
        return next((pipeline for pipeline in self.pipelines if isinstance(pipeline, kind)), None)

    def process(self, article: Article) -> Article:
        """What the pipelines make of an article. Raises DropItem."""
        item: Any = article
        for pipeline in self.pipelines:
            item = pipeline.process_item(item)
            if inspect.isawaitable(item):
                item = self._wait_for(item)
        return item

    def close(self) -> None:
        """Close the pipelines of the user's."""
        self._call("close_spider")
        if self._loop is not None:
            self._loop.close()

    def _call(self, method: str) -> None:
        """Call *method* of every pipeline that has it, but for the one that would start a timer, or end links."""
        for pipeline in self.pipelines:
            call = getattr(pipeline, method, None)
            if call is None or isinstance(pipeline, StoreSqlitePipeline):
                continue
            takes_spider = bool(inspect.signature(call).parameters)  # as before Scrapy 2.13
            result = call(OfflineSpider()) if takes_spider else call()
            if inspect.isawaitable(result):
                self._wait_for(result)

    def _wait_for(self, result: Any) -> Any:
        self._loop = self._loop or asyncio.new_event_loop()
        return self._loop.run_until_complete(result)
