"""RSS 0.9x to 2.0, RSS 1.0, Atom and JSON Feed -> records. feedparser reads the XML; times stay as served where they state
their zone, or get the source's."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from html import escape, unescape
from itertools import pairwise
from typing import Any
from xml.sax import SAXException
from zoneinfo import ZoneInfo

from crawler.extraction.decoding import decode
from crawler.extraction.document import absolute
from crawler.pages import first_text
from crawler.sources import Listing, Record, SourceError
from crawler.sources.rows import MOST_UNREAD, UNREAD_LENGTH, absolute_url, read_rows, texts
from pipelines.normalise_dates import to_utc

TAG = re.compile(r"<[^<>]*>")
OFFSET = re.compile(r"(?:Z|UTC?|GMT|[+-]\d\d:?\d\d|\b[A-Z]{2,4}T)\s*$", re.IGNORECASE)
CUT_OFF = re.compile(
    r"(?:\[?(?:\.\.\.|…)\]?|(?:continue|keep) reading\W*|read (?:more|on|the full \w+)\W*|阅读(?:全文|原文)|查看(?:全文|原文))\s*$",
    re.IGNORECASE,
)
ENTRY = re.compile(rb"<(?:item|entry)[\s>]")
BETWEEN = re.compile(rb"</(?:item|entry)>\s*(<(?:item|entry)[\s>])")
FIRST_ELEMENT = re.compile(rb"<\w")
LONGEST_PROLOGUE = 10_000
"""Bytes before the first element: feedparser looks for declarations there in time that grows with the square of them."""
LARGE = 1 << 20  # bytes from which on a feed is read in pieces
PIECE = 1000  # entries
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
FULL = 200  # characters of a text that can be an article; a shorter one is a teaser
DESCRIPTION = 1000  # characters kept of a summary


def plain_text(html: str | None) -> str | None:
    """Text of a title or summary that may hold HTML, once or twice escaped, as one line.

    >>> plain_text("A &amp;amp; B <b>wins</b>"), plain_text(" <br/> "), plain_text("5 &lt; 6")
    ('A & B wins', None, '5 < 6')
    """
    if not html:
        return None
    text = unescape(TAG.sub(" ", html))
    if "&" in text or "<" in text:
        text = unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))
    return " ".join(text.split()) or None


def zoned(raw: str | None, parsed: Any, zone: str) -> str | None:
    """A time as served where it says which zone it is of or is Beijing's; else in ISO form with the zone's offset.

    *parsed* is feedparser's reading in UTC (a struct_time), for forms that only it knows.

    >>> zoned("2026-11-21 10:00:00", None, "America/New_York"), zoned("Sat, 21 Nov 2026 10:00:00 GMT", None, "America/New_York")
    ('2026-11-21T10:00:00-05:00', 'Sat, 21 Nov 2026 10:00:00 GMT')
    """
    if not raw or not raw.strip():
        return None
    raw = raw.strip()
    has_zone = OFFSET.search(raw) is not None
    if not has_zone and zone == "Asia/Shanghai":
        return raw if to_utc(raw, LATEST) or not parsed else f"{datetime(*parsed[:6]):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ001 (the source's clock)
    reading = to_utc(raw, LATEST, zone=ZoneInfo(zone))
    if reading is None and parsed:
        moment = datetime(*parsed[:6]).replace(tzinfo=UTC if has_zone else ZoneInfo(zone))  # noqa: DTZ001 (set at once)
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if has_zone else moment.isoformat()
    if reading is None or has_zone or reading[1] == "day" or raw.isdigit():
        return raw
    return reading[0].astimezone(ZoneInfo(zone)).isoformat()


def full_text(content: str | None, summary: str | None, policy: str) -> str | None:
    """The content where it is an article's full text; None where it is a teaser. *policy*: ``auto``, ``feed`` (what the
    feed has is all that is wanted) or ``page``."""
    if policy == "page":
        return None
    if policy == "feed":
        return content or summary
    text, teaser = plain_text(content) or "", plain_text(summary) or ""
    whole = len(text) >= FULL and not CUT_OFF.search(text) and len(text) > 1.2 * len(teaser)
    return content if whole else None


def read_feed(
    body: bytes, url: str, source: str, zone: str, policy: str, headers: Mapping[str, str]
) -> Listing:
    """Records of an RSS or Atom feed. Raises SourceError where it is none."""
    import feedparser  # late: 30 ms, which a crawl without feeds need not spend

    response_headers = {
        "content-location": url,
        "content-type": headers.get("content-type") or "application/xml",
    }
    listing = Listing(records=[])
    for piece in pieces(body):
        piece = piece.lstrip()
        if (first := FIRST_ELEMENT.search(piece)) and first.start() > LONGEST_PROLOGUE:
            raise SourceError(
                f"{source}: {url} is not a feed that can be read: its first element is behind {first.start():,} bytes"
            )
        try:
            feed = feedparser.parse(
                io.BytesIO(piece),
                response_headers=response_headers,
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except ValueError as exc:  # a NUL byte in the declaration of the encoding
            raise SourceError(f"{source}: {url} is not a feed that can be read: {exc}") from None
        if not feed.get("version") and not feed.entries:  # of an empty answer it has none
            start = " ".join(decode(body)[:60].split())
            raise SourceError(
                f"{source}: {url} is not a feed, sitemap or list page; it begins with {start!r}"
            )
        if feed.bozo and isinstance(feed.get("bozo_exception"), SAXException):
            listing.is_complete = False
        for entry in feed.entries:
            if record := entry_record(entry, url, zone, policy):
                listing.records.append(record)
            elif len(listing.unread) < MOST_UNREAD:
                listing.unread.append(str(entry.get("title") or dict(entry))[:UNREAD_LENGTH])
        listing.next_cursor = listing.next_cursor or next(
            (
                absolute(url, link["href"])
                for link in feed.feed.get("links", ())
                if link.get("rel") == "next" and link.get("href")
            ),
            None,
        )
    if listing.unread and not listing.records:
        raise SourceError(f"{source}: none of the entries of {url} has an address or id")
    return listing


def pieces(body: bytes) -> Iterator[bytes]:
    """A large feed as feeds of `PIECE` entries each, as feedparser takes ten times a feed's size in memory; any other as it is.

    >>> list(pieces(b"<rss><item>1</item> <item>2</item></rss>"))
    [b'<rss><item>1</item> <item>2</item></rss>']
    """
    bounds = (
        [match.start(1) for match in BETWEEN.finditer(body)][PIECE - 1 :: PIECE] if len(body) > LARGE else []
    )
    first = ENTRY.search(body)
    last = body.rfind(b"</")
    for name in (b"</item>", b"</entry>"):
        if (end := body.rfind(name)) >= 0:
            last = end + len(name)
    if not bounds or first is None or last <= bounds[-1]:
        yield body
        return
    head, tail = body[: first.start()], body[last:]
    for begin, end in pairwise([first.start(), *bounds, last]):
        yield head + body[begin:end] + tail


def entry_record(entry: Any, base: str, zone: str, policy: str) -> Record | None:
    """An entry of feedparser's; None where nothing identifies it."""
    link = address_of(entry, base)
    key = str(entry.get("id") or link or "").strip()
    if not key:
        return None
    contents = [part.get("value") or "" for part in entry.get("content", ()) if isinstance(part, dict)]
    content = max(contents, key=len, default="") or None
    summary = entry.get("summary") or None
    if content and "summary_detail" not in entry:  # feedparser's own copy, where the feed has no other
        summary = None
    if content is None and summary and len(plain_text(summary) or "") >= 3 * FULL and "</p>" in summary:
        content, summary = summary, None  # RSS 2.0 puts full texts into description
    fields = dict(entry)  # feedparser's own get() answers with another time where one is missing
    published = fields.get("published") or fields.get("created") or fields.get("updated")
    when = fields.get("published_parsed") or fields.get("created_parsed") or fields.get("updated_parsed")
    outlet = entry.get("source")
    authors = [name for author in entry.get("authors", ()) if (name := plain_text(author.get("name")))]
    return Record(
        key=key,
        url=link,
        headline=plain_text(entry.get("title")),
        published_raw=zoned(published, when, zone),
        updated_raw=zoned(fields.get("updated"), fields.get("updated_parsed"), zone)
        if fields.get("published")
        else None,
        publisher=plain_text(outlet.get("title")) if isinstance(outlet, dict) else None,
        authors=authors or [name for name in [plain_text(entry.get("author"))] if name and "@" not in name],
        description=(plain_text(summary) or "")[:DESCRIPTION] or None,
        body_html=full_text(content, summary, policy),
        tags=[term.strip() for tag in entry.get("tags", ()) if (term := tag.get("term")) and term.strip()],
    )


def address_of(entry: Any, base: str) -> str | None:
    """Absolute address of an entry's article: FeedBurner's original, the alternate link, an id that is an address."""
    links = [
        link.get("href") for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"
    ]
    for candidate in (entry.get("feedburner_origlink"), *links, entry.get("link"), entry.get("id")):
        address = candidate.strip() if isinstance(candidate, str) else ""
        if not address or (candidate == entry.get("id") and not address.startswith(("http://", "https://"))):
            continue
        if url := absolute_url(address, base):
            return url
    return None


def read_json_feed(body: bytes, url: str, source: str, zone: str, policy: str) -> Listing:
    """Records of a JSON Feed, version 1 or 1.1. Raises SourceError."""
    try:
        data = json.loads(decode(body), strict=False)
    except (ValueError, RecursionError):
        data = None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise SourceError(f"{source}: {url} is JSON, but not a JSON Feed: it has no list items")
    listing = read_rows(items, partial(item_record, base=url, zone=zone, policy=policy), source, url)
    following = first_text(data, "next_url")
    listing.next_cursor = absolute(url, following) if following else None
    return listing


def item_record(item: dict[str, Any], base: str, zone: str, policy: str) -> Record | None:
    """An item of a JSON Feed."""
    address = first_text(item, "external_url", "url")
    link = absolute_url(address, base) if address else None
    key = first_text(item, "id") or link
    if key is None:
        return None
    content = item.get("content_html") if isinstance(item.get("content_html"), str) else None
    if content is None and isinstance(item.get("content_text"), str):
        content = "".join(
            f"<p>{escape(line)}</p>" for line in item["content_text"].splitlines() if line.strip()
        )
    author = item.get("author")
    return Record(
        key=key,
        url=link or absolute_url(key),
        headline=plain_text(first_text(item, "title")),
        published_raw=zoned(first_text(item, "date_published"), None, zone),
        updated_raw=zoned(first_text(item, "date_modified"), None, zone),
        authors=texts(item.get("authors"), "name") or names_of([author]),
        description=plain_text(first_text(item, "summary")),
        body_html=full_text(content, first_text(item, "summary"), policy),
        tags=texts(item.get("tags")),
    )


def names_of(people: Iterable[Any]) -> list[str]:
    """Names of authors as version 1 has them."""
    return [name for person in people if isinstance(person, dict) and (name := first_text(person, "name"))]
