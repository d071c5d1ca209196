"""What the spiders of the archive share, whether they fetch articles or import files."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from scrapy import Spider

from archive.times import clock
from crawler.reader_version import reader_of


class UsageProblem(ValueError):
    """Arguments that make no crawl; the message is for the user, one line."""


class ArchiveSpider(Spider):
    """Yields articles and outcomes of links."""

    names_trusted_links = True
    """The fetch guard trusts what this spider tells it to, not every request."""

    @cached_property
    def reader(self) -> str:
        """Version of the reader and rules of this crawl."""
        return reader_of(self.settings)

    def now(self) -> datetime:
        """The time by which this crawl judges what is fresh and due."""
        return clock(self.settings)

    def count(self, stat: str, number: int = 1) -> None:
        """Count something of this crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(stat, number)
