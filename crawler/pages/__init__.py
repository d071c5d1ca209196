"""Page objects: one module a site, found by the link. A page object reads and does nothing else: no network, clock,
settings or database, so that an old response can be read again.

Modules of this package and those that installed packages name in the entry point group ``finews_archive.pages`` are loaded
by `load_sites`; two page objects that claim one host fail at import.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from scrapy.http import TextResponse

from crawler.items import Article
from crawler.links import complete_address


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
    """The site states that there is no such article, or that it was withdrawn."""

    outcome = "gone"


class Walled(PageError):
    """The site requires a login, a payment, a captcha or a script before it shows the article; the message names which."""

    outcome = "walled"


ANY_SITE = "web"
"""Name of the site of pages without a page object."""
HOW_TO_ADD = "to add the site: scrapy newsite LINK"


class NotArticle(PageError):
    """The response is not an article: a list, a home, account or search page, a file that no reader reads."""

    outcome = "not_article"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    page: type[ArticlePage]
    article_id: str
    """``SITE:NATIVE_ID``."""
    native_id: str
    link: str
    """The link, with a scheme where the given one had none; an article's code alone as given."""
    origin: str
    """``scheme://host[:port]`` of the link; empty for a code."""

    def keep_scheme(self, url: str) -> str:
        """*url*, of https, by http where the link is: a client that cannot do TLS with a site gets its pages all the same."""
        return url.replace("https://", "http://", 1) if self.origin.startswith("http://") else url


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article can be fetched."""

    url: str
    """Address of the response."""
    page: type[ArticlePage]
    """Page object that reads the response."""
    own: bool
    """Whether the host is the publisher's: only then do a 404, a 410 and a notice mean that the article is gone."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers that the place requires beside the usual ones."""


class ArticlePage(ABC):
    """Reads one article out of a response."""

    site: ClassVar[str]
    """Name of the site, the first part of article ids."""
    reads: ClassVar[frozenset[str]] = frozenset(("html",))
    """Kinds of content that it reads: ``html``, ``json``, ``text`` (as JSON within a script)."""
    mark: ClassVar[str | None] = None
    """Text that only pages of this site hold: it identifies a saved page whose address is not known."""
    share_page: ClassVar[re.Pattern[str] | None] = None
    """Path, on any host, of the site's share pages: a link to one without an article's code is not followed."""

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

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        """Where the article can be fetched, best first. *origins* and *templates* (addresses with ``{id}``) come from the
        settings FINEWS_ORIGINS and FINEWS_PLACES."""
        return [Place(cls.request_url(target, origins), cls, own=True)]

    @abstractmethod
    def article(self) -> Article:
        """The article that the response holds, as served. Raises PageError."""

    def next_page(self) -> str | None:
        """Address of the article's next page, where it is cut into pages; None on the last. Call it after `article`."""
        return None

    @classmethod
    def supplement_url(cls, target: Target, template: str) -> str | None:
        """Address of a page that states what the response can lack (headline, time, source); None where there is none.
        *template* is the setting FINEWS_ARTICLE_PAGE."""
        return None

    @classmethod
    def supplement(cls, article: Article, response: TextResponse) -> bool:
        """Fill what *article* lacks from the page at `supplement_url`; whether it was that page. Raises PageError where
        it shows another article."""
        return False

    def moved_to(self, outcome: str) -> str | None:
        """Address of the article to which this page, which holds none, redirects its reader. Call it where `article`
        raised a PageError of that *outcome*."""
        return None


_hosts: dict[str, type[ArticlePage]] = {}
_paths: list[tuple[re.Pattern[str], type[ArticlePage]]] = []
_codes: list[tuple[re.Pattern[str], type[ArticlePage]]] = []
_any: list[type[ArticlePage]] = []
ENTRY_POINTS = "finews_archive.pages"
"""Entry point group in which an installed package names its modules of page objects."""


def handles(
    *hosts: str, paths: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[type[ArticlePage]], type[ArticlePage]]:
    """Register a page object for *hosts* (and their subdomains), for *paths* (patterns) on any host, and for article
    *codes* (patterns) that are given in place of a link."""

    def register(page: type[ArticlePage]) -> type[ArticlePage]:
        for host in hosts:
            if host in _hosts:
                raise TypeError(f"{page.__name__} and {_hosts[host].__name__} both claim {host}")
            _hosts[host] = page
        _paths.extend((re.compile(path, re.IGNORECASE), page) for path in paths)
        _codes.extend((re.compile(code, re.IGNORECASE), page) for code in codes)
        return page

    return register


def handles_any(page: type[ArticlePage]) -> type[ArticlePage]:
    """Register the page object that reads the pages of every other site."""
    if _any:
        raise TypeError(f"{page.__name__} and {_any[0].__name__} both claim every page")
    _any.append(page)
    return page


def load_sites() -> None:
    """Import every module of page objects. Called late: a crawl of the finews feeds needs one of them, and their patterns
    take 0.1 s. Raises TypeError where two claim one host."""
    global _loaded
    if not _loaded:
        _loaded = True
        for module in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{module.name}")
        for plugin in entry_points(group=ENTRY_POINTS):
            plugin.load()


_loaded = False


def page_of_host(host: str) -> type[ArticlePage] | None:
    """The page object of the site at *host*; None where it has none of its own."""
    load_sites()
    labels = host.lower().rstrip(".").split(".")
    return next((page for n in range(len(labels)) if (page := _hosts.get(".".join(labels[n:])))), None)


def page_of_any_host() -> type[ArticlePage]:
    """The page object of the sites without one of their own."""
    load_sites()
    return _any[0]


STATED = re.compile(r"""<(?:link|meta)\b[^>]*(?:canonical|og:url)[^>]*>""", re.IGNORECASE)
ADDRESS = re.compile(r"""(?:href|content|src)\s*=\s*["']?(?:https?:)?//([\w.-]+)""", re.IGNORECASE)
LINKED = re.compile(r"""<a\b[^>]*?href\s*=\s*["']?(?:https?:)?//([\w.-]+)""", re.IGNORECASE)


def page_stated_in(html: str) -> type[ArticlePage] | None:
    """The page object of a page whose address is not known: of the address that it states for itself, else of the site
    that most of its links lead to; None where that is none of ours."""
    for tag in STATED.findall(html):
        if (match := ADDRESS.search(tag)) and (page := page_of_host(match[1])):
            return page
    hosts = Counter(".".join(host.lower().split(".")[-3:]) for host in LINKED.findall(html))
    owners: Counter[Any] = Counter()
    for host, count in hosts.items():
        owners[page_of_host(host) or host] += count
    for owner, count in owners.most_common(1):
        if not isinstance(owner, str) and count >= 3 and 2 * count >= sum(owners.values()):
            return owner
    return next((page for page in sites() if page.mark and page.mark in html), None)


def sites() -> dict[type[ArticlePage], list[str]]:
    """Every page object with the hosts it reads, in order of site name; no hosts: it is found by its paths."""
    load_sites()
    hosts_of: dict[type[ArticlePage], list[str]] = {page: [] for _, page in _paths}
    for host, page in _hosts.items():
        hosts_of.setdefault(page, []).append(host)
    return dict(sorted(hosts_of.items(), key=lambda entry: entry[0].site))


def _candidates(host: str, path: str) -> Iterator[type[ArticlePage]]:
    """Page objects for a link, those found by path first: their patterns name an article's code."""
    for pattern, page in _paths:
        if pattern.search(path):
            yield page
    if owner := page_of_host(host):
        yield owner


def target_of(link: str) -> Target:
    """Where *link* leads: an address, with or without a scheme, or an article's code. Raises LinkError or UnknownSite."""
    code = link.strip().strip("<>")
    for pattern, page in _codes:
        if pattern.fullmatch(code) and (native_id := page.native_id(code)):
            return Target(page, f"{page.site}:{native_id}", native_id, code, "")
    address = complete_address(link)
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise LinkError(f"{link!r} is not an address: {exc}") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise LinkError(f"{link!r} is not an http or https address; only those are followed")
    path = unicodedata.normalize("NFKC", unquote(parts.path))
    origin = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower().rstrip(':')}"
    asked: list[type[ArticlePage]] = []
    for page in _candidates(host.lower().rstrip("."), path):
        if native_id := page.native_id(address):
            return Target(page, f"{page.site}:{native_id}", native_id, address, origin)
        asked.append(page)
    for page in asked:
        if page.share_page is not None and page.share_page.search(path):
            raise UnknownSite(
                f"{link} is a {page.site} address without an article's code; copy the link again"
            )
    for page in _any:
        if native_id := page.native_id(address):
            return Target(page, f"{page.site}:{native_id}", native_id, address, origin)
    raise UnknownSite(f"no page object reads {host}{parts.path} (link {link}); {HOW_TO_ADD}")


def first_text(data: dict[str, Any], *names: str) -> str | None:
    """The first of *names* that *data* holds as a number or a text that is not blank, as one line."""
    for name in names:
        value = data.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return None


importlib.import_module(f"{__name__}.finews")  # found by path on any host: it is asked first
