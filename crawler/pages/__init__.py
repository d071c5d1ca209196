"""Page objects: one module a site, found by the link. A page object reads and does nothing else: no network, clock,
settings or database, so that an old response can be read again.

A new module here is found by itself; two page objects that claim one host fail at import.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy.http import TextResponse

from crawler.items import Article


class LinkError(Exception):
    """A link that cannot be followed; the message says what to do. ``outcome`` is its outcome in `links`."""

    outcome = "refused"


class UnknownSite(LinkError):
    """No page object handles the link."""

    outcome = "unknown_site"


class PageError(Exception):
    """A response that holds no article; the message names site, field and URL. ``outcome`` is the link's."""

    outcome = "unreadable"


class Gone(PageError):
    """The site says that there is no such article, or that it was withdrawn."""

    outcome = "gone"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    page: type[ArticlePage]
    article_id: str
    """``SITE:NATIVE_ID``."""
    native_id: str
    link: str
    """The link as given."""
    origin: str
    """``scheme://host[:port]`` of the link."""


class ArticlePage(ABC):
    """Reads one article out of a response."""

    site: ClassVar[str]
    """Name of the site, the first part of article ids."""

    def __init__(self, response: TextResponse, target: Target, retrieved_at: datetime):
        self.response, self.target, self.retrieved_at = response, target, retrieved_at

    @classmethod
    @abstractmethod
    def native_id(cls, link: str) -> str | None:
        """The site's own id of the article behind *link*; None where the link is no article link of this site."""

    @classmethod
    @abstractmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        """Address of the response that holds the body. *origins* are those of the endpoints in the settings."""

    @abstractmethod
    def article(self) -> Article:
        """What the response says, as served. Raises PageError."""


_hosts: dict[str, type[ArticlePage]] = {}
_paths: list[tuple[re.Pattern[str], type[ArticlePage]]] = []


def handles(*hosts: str, paths: tuple[str, ...] = ()) -> Callable[[type[ArticlePage]], type[ArticlePage]]:
    """Register a page object for *hosts* (and their subdomains), or for *paths* (patterns) on any host."""

    def register(page: type[ArticlePage]) -> type[ArticlePage]:
        for host in hosts:
            if host in _hosts:
                raise TypeError(f"{page.__name__} and {_hosts[host].__name__} both claim {host}")
            _hosts[host] = page
        _paths.extend((re.compile(path, re.IGNORECASE), page) for path in paths)
        return page

    return register


def _candidates(host: str, path: str) -> Iterator[type[ArticlePage]]:
    labels = host.split(".")
    for n in range(len(labels)):
        if page := _hosts.get(".".join(labels[n:])):
            yield page
            break
    for pattern, page in _paths:
        if pattern.search(path):
            yield page


def target_of(link: str) -> Target:
    """Where *link* leads. Raises LinkError or UnknownSite."""
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError as wrong:
        raise LinkError(f"{link!r} is no address: {wrong}") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise LinkError(f"{link!r} is no http or https address; only those are followed")
    for page in _candidates(host.lower().rstrip("."), parts.path):
        if native_id := page.native_id(link):
            origin = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2]}"
            return Target(page, f"{page.site}:{native_id}", native_id, link, origin)
    known = ", ".join(sorted({page.site for page in [*_hosts.values(), *(page for _, page in _paths)]}))
    raise UnknownSite(
        f"no page object reads an article at {host}{parts.path} (link {link}). Known sites: {known}. "
        "To add one, copy crawler/pages/finews.py."
    )


def first_text(data: dict[str, Any], *names: str) -> str | None:
    """The first of *names* that *data* holds as a text or number that says something, as one line."""
    for name in names:
        value = data.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return None


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
