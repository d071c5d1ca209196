"""Page objects: one module a site, found by the link. A page object reads and does nothing else: no network, clock,
settings or database, so that an old response can be read again.

Modules of this package and those that installed packages name in the entry point group ``finews_archive.pages`` are loaded
by `load_sites`; two page objects that claim one host fail at import.
"""

import importlib

from crawler.pages.base import (
    ArticlePage,
    Gone,
    LinkError,
    NotArticle,
    PageError,
    Place,
    Target,
    UnknownSite,
    Walled,
    first_text,
)
from crawler.pages.registry import (
    ANY_SITE,
    ENTRY_POINTS,
    HOW_TO_ADD,
    handles,
    handles_any,
    load_sites,
    page_at,
    page_of_any_host,
    page_of_host,
    page_stated_in,
    sites,
    target_of,
)

__all__ = [
    "ANY_SITE", "ENTRY_POINTS", "HOW_TO_ADD", "ArticlePage", "Gone", "LinkError", "NotArticle", "PageError", "Place", "Target",
    "UnknownSite", "Walled", "first_text", "handles", "handles_any", "load_sites", "page_at", "page_of_any_host", "page_of_host",
    "page_stated_in", "sites", "target_of",
]  # fmt: skip

importlib.import_module(f"{__name__}.finews")  # found by path on any host: it is asked first
