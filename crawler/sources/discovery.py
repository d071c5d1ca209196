"""What a site offers to be followed: one of the built-in sources, feeds that its page names, well-known addresses, the
sitemaps of its robots.txt, or the page itself. Pure: who calls it fetches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import quoteattr

from lxml import etree
from parsel import Selector

from crawler.sources import SourceError, built_in
from crawler.sources.configured import urls_of
from crawler.sources.link_list import main_domain
from crawler.sources.rows import absolute_url

FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json|text/xml", re.IGNORECASE
)
COMMENTS = re.compile(r"comments?(?:/|$)", re.IGNORECASE)
WELL_KNOWN = (
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/sitemap_news.xml", "/news-sitemap.xml",
    "/sitemap-news.xml", "/sitemap.xml",
)  # fmt: skip
ADDRESS = re.compile(r"[\d.]+|[\da-f.]*+:[\da-f.:]*")  # of a machine, without a name
SITEMAP = re.compile(r"^[^\S\n]*+sitemap[^\S\n]*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def built_in_for(url: str) -> str | None:
    """Name of the built-in source of an address's site.

    >>> built_in_for("https://www.cls.cn/telegraph"), built_in_for("https://paper.test/")
    ('cls', None)
    """
    host = (urlsplit(url).hostname or "").lower()
    for name, source in built_in().items():
        if any(host == own_host or host.endswith(f".{own_host}") for own_host in source.hosts):
            return name
    return None


def feeds_in(html: str, url: str) -> list[str]:
    """Addresses of the feeds that a page names, those of comments last."""
    page = Selector(text=html or "<html/>", type="html")
    addresses = []
    for link in page.css("link[rel~=alternate], a[type]"):
        # link.attrib fails on a name such as a\x01
        address = absolute_url(link.root.get("href"), url)
        if address and FEED_TYPES.search(link.root.get("type", "")):
            addresses.append(address)
    return sorted(dict.fromkeys(addresses), key=lambda address: COMMENTS.search(address) is not None)


def well_known(url: str) -> list[str]:
    """Addresses at which many sites keep their feed or news sitemap."""
    return [urljoin(url, path) for path in WELL_KNOWN]


def sitemaps_in(robots: str, url: str) -> list[str]:
    """Sitemaps that a robots.txt names, those of news first."""
    addresses = [address for text in SITEMAP.findall(robots) if (address := absolute_url(text, url))]
    return sorted(dict.fromkeys(addresses), key=lambda address: "news" not in address.lower())


def name_for(url: str, existing: Mapping[str, Any]) -> str:
    """A name for a site that is not taken.

    >>> name_for("https://www.paper.test/feed", {}), name_for("https://www.paper.test/feed", {"paper": 1})
    ('paper', 'paper-2')
    >>> name_for("http://127.0.0.1:8000/feed", {}), name_for("http://[::1]/feed", {})
    ('127-0-0-1', '1')
    """
    host = (urlsplit(url).hostname or "source").lower()
    is_address = ADDRESS.fullmatch(host)
    first = re.sub(r"[^a-z0-9-]+", "-", host if is_address else main_domain(host).partition(".")[0])
    first = first.strip("-") or "source"
    name, number = first, 2
    while name in existing or name in built_in():
        name, number = f"{first}-{number}", number + 1
    return name


def outlines_in(opml: bytes, path: str) -> Iterator[tuple[str | None, str]]:
    """Title and feed address of each outline of an OPML file. Raises SourceError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(opml, parser)
    except etree.XMLSyntaxError as exc:
        raise SourceError(f"{path} is not OPML: {exc}") from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise SourceError(f"{path} is not OPML")
    for outline in root.iter("outline"):
        fields = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        if address := absolute_url(fields.get("xmlurl")):
            yield fields.get("title") or fields.get("text") or None, address


def opml_of(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """The sources with an address of their own as OPML."""
    lines = []
    for name, entry in entries.items():
        for channel, url in urls_of(entry).items():
            title = quoteattr(entry.get("publisher") or f"{name}/{channel}".rstrip("/"))
            lines.append(f'    <outline type="rss" text={title} title={title} xmlUrl={quoteattr(url)}/>')
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>finews-archive</title></head>\n  <body>\n{body}\n  </body>\n</opml>\n'
