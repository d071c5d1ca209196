"""Which archive a crawl writes to. Opened by `scrapy crawl` or `OpenArchive`; without it the pipelines switch themselves off.

``scrapy fetch``, ``shell``, ``view`` and ``parse`` share none, so they neither take the lock nor leave a file behind.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from scrapy.exceptions import NotConfigured

from archive.writer import Archive

_shared: WeakKeyDictionary[Any, Archive] = WeakKeyDictionary()


def archive_named_in(settings: Any) -> Archive:
    """The archive that the settings name (``DATA_DIR``, ``FINEWS_NOW``, ``SEARCH_INDEX``, ``CAPTURES``), not open yet."""
    return Archive(
        settings["DATA_DIR"],
        settings["FINEWS_NOW"],
        settings.getbool("SEARCH_INDEX", True),
        settings.getbool("CAPTURES", True),
    )


def share_archive(crawler: Any, archive: Any) -> Any:
    """Make *archive* the one of *crawler*, for `archive_of`."""
    _shared[crawler] = archive
    return archive


def archive_of(crawler: Any) -> Archive | None:
    """The archive that was shared with *crawler*, or None, as under ``scrapy parse``."""
    return _shared.get(crawler)


def require_archive(crawler: Any) -> Archive:
    """The archive of *crawler*. Raises NotConfigured where it has none, which switches a component off."""
    archive = archive_of(crawler)
    if archive is None:
        raise NotConfigured
    return archive


class OpenArchive:
    """An extension that opens the archive for a crawl that ``scrapy crawl`` does not start: put it into ``EXTENSIONS`` for
    ``scrapy runspider`` or a script with ``CrawlerProcess``, before the run log, which closes it. Raises ArchiveError."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> OpenArchive:
        if archive_of(crawler) is not None:
            raise NotConfigured
        share_archive(crawler, archive_named_in(crawler.settings).open())
        return cls()
