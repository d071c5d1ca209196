"""News sitemaps, plain sitemaps and sitemap indexes -> records. Read element by element: one may name 50,000 pages."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

from lxml import etree

from crawler.sources import Listing, ListRequest, Record, SourceError
from crawler.sources.rows import absolute_url
from crawler.sources.syndication import zoned

PARTS = 5  # sitemaps of an index that are asked: the newest
MOST = 64 * 1024 * 1024  # bytes of a sitemap after decompression
FIELDS = {"publication_date", "title", "name", "keywords", "lastmod", "loc"}


def unzipped(body: bytes) -> bytes:
    """A sitemap that is served as a .gz file. Raises ValueError where it is damaged or too large."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            data = file.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise ValueError(f"damaged gzip: {exc}") from None
    if len(data) > MOST:
        raise ValueError(f"more than {MOST:,} bytes after decompression")
    return data


def read_sitemap(body: bytes, url: str, source: str, zone: str) -> Listing:
    """Records of a sitemap, or requests for the newest parts of an index. Raises SourceError."""
    records: list[Record] = []
    parts: list[tuple[str, str]] = []
    is_complete = True
    events = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for _, element in events:
            fields = fields_of(element)
            location = absolute_url(fields.get("loc"), url)
            if location and str(element.tag).endswith("sitemap"):
                parts.append((fields.get("lastmod", ""), location))
            elif location:
                records.append(record_of(location, fields, zone))
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as exc:
        if not records and not parts:
            raise SourceError(f"{source}: {url} is not a sitemap: {exc}") from None
        is_complete = False
    parts.sort(key=lambda part: part[0], reverse=True)
    further = [ListRequest(url=location) for _, location in parts[:PARTS]]
    return Listing(records=records, further=further, is_complete=is_complete)


def fields_of(element: Any) -> dict[str, str]:
    """Texts within an entry by local name, the first of each."""
    texts: dict[str, str] = {}
    for child in element.iter():
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in FIELDS and child.text and child.text.strip():
            texts.setdefault(name, " ".join(child.text.split()))
    return texts


def record_of(location: str, fields: dict[str, str], zone: str) -> Record:
    """A page of a sitemap; news sitemaps state its headline and time."""
    published = fields.get("publication_date")
    return Record(
        key=location,
        url=location,
        headline=fields.get("title"),
        published_raw=zoned(published or fields.get("lastmod"), None, zone) if published else None,
        updated_raw=zoned(fields.get("lastmod"), None, zone),
        publisher=fields.get("name"),
        tags=[word.strip() for word in fields.get("keywords", "").split(",") if word.strip()],
    )
