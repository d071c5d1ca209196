"""The archive: kept, read and shown. It knows neither Scrapy nor the sites.

From a notebook::

    from archive import open_archive

    news = open_archive("data")
    news.search("储能 -港股", since="2026-06-01")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.api import ReadOnlyArchive, Record, open_archive

__all__ = ["ReadOnlyArchive", "Record", "open_archive"]


def __getattr__(name: str) -> Any:
    """Import the API when it is used: a crawl need not pay for it."""
    if name in __all__:
        from archive import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
