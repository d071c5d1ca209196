"""Which page object reads which link: found by the path or the host, or by an article's code."""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from importlib.metadata import entry_points
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.times import BEIJING
from crawler.links import can_be_asked, complete_address
from crawler.pages.base import ArticlePage, LinkError, Target, UnknownSite

ANY_SITE = "web"
LONGEST_LINK = (
    8_000  # characters; servers take no longer address, and patterns of sites look through it again and again
)
"""Name of the site of pages without a page object."""
HOW_TO_ADD = "to add the site: scrapy newsite LINK"


_hosts: dict[str, type[ArticlePage]] = {}
_paths: list[tuple[re.Pattern[str], type[ArticlePage]]] = []
_codes: list[tuple[re.Pattern[str], type[ArticlePage]]] = []
_any: list[type[ArticlePage]] = []
_earlier: dict[str, list[type[ArticlePage]]] = {}
"""Page objects of forms that their hosts no longer have, by host."""
_versions: dict[type[ArticlePage], list[type[ArticlePage]]] = {}
"""Those by the page object of today, the earliest first; filled by `load_sites`."""
ENTRY_POINTS = "finews_archive.pages"
"""Entry point group in which an installed package names its modules of page objects."""


def handles(
    *hosts: str, paths: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Callable[[type[ArticlePage]], type[ArticlePage]]:
    """Register a page object for *hosts* (and their subdomains), for *paths* (patterns) on any host, and for article
    *codes* (patterns) that are given in place of a link. One with ``valid_until`` is an earlier version of the page object
    that handles the same hosts."""

    def register(page: type[ArticlePage]) -> type[ArticlePage]:
        if page.valid_until is not None:
            for host in hosts:
                _earlier.setdefault(host, []).append(page)
            return page
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
        package = importlib.import_module(__package__ or "crawler.pages")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        for plugin in entry_points(group=ENTRY_POINTS):
            plugin.load()
        order_versions()


_loaded = False


def order_versions() -> None:
    """Find the page object of today that each earlier version belongs to. Raises TypeError where there is none, or where two
    versions end on one day."""
    _versions.clear()
    for host, pages in _earlier.items():
        for page in pages:
            current = _hosts.get(host)
            if current is None:
                raise TypeError(
                    f"{page.__name__} is valid until {page.valid_until}, but nothing reads {host} after that: register the page object"
                    " of today, too"
                )
            versions = _versions.setdefault(current, [])
            twin = next(
                (
                    version
                    for version in versions
                    if version.valid_until == page.valid_until and version is not page
                ),
                None,
            )
            if twin is not None:
                raise TypeError(
                    f"{page.__name__} and {twin.__name__} are both valid until {page.valid_until}"
                )
            if page not in versions:
                versions.append(page)
    for versions in _versions.values():
        versions.sort(key=lambda page: page.valid_until or date.max)


def page_at(page: type[ArticlePage], moment: datetime) -> type[ArticlePage]:
    """The version of a page object that reads responses received at *moment*."""
    if page not in _versions:
        return page
    day = moment.astimezone(BEIJING).date()
    return next(
        (version for version in _versions[page] if version.valid_until and day <= version.valid_until), page
    )


def page_of_host(host: str) -> type[ArticlePage] | None:
    """The page object of the site at *host*; None where it has none of its own."""
    load_sites()
    labels = host.lower().rstrip(".").split(".")
    return next((page for n in range(len(labels)) if (page := _hosts.get(".".join(labels[n:])))), None)


def page_of_any_host() -> type[ArticlePage]:
    """The page object of the sites without one of their own."""
    load_sites()
    return _any[0]


STATED = re.compile(r"""<(?:link|meta)\b[^<>]{0,1000}?(?:canonical|og:url)[^<>]{0,1000}>""", re.IGNORECASE)
ADDRESS = re.compile(r"""(?:href|content|src)\s*=\s*["']?(?:https?:)?//([\w.-]+)""", re.IGNORECASE)
LINKED = re.compile(r"""<a\b[^>]{0,1000}?href\s{0,9}=\s{0,9}["']?(?:https?:)?//([\w.-]+)""", re.IGNORECASE)


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
    if len(link) > LONGEST_LINK:
        raise LinkError(f"a link of {len(link):,} characters is not followed; {LONGEST_LINK:,} are the limit")
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
    if "[" in parts.netloc and not can_be_asked(address):
        raise LinkError(f"{link!r} is not an address: brackets are for IPv6 alone")
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
