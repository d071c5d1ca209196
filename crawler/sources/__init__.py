"""Sources of new articles: lists, live feeds, RSS, sitemaps. A source says what to ask and reads the answer, nothing else:
no network, clock, settings file or database. Politeness, overlap, gaps, conditional requests and retries are the
spider's, once for all of them (`crawler.spiders.feeds`).

A new source is a module here with one subclass of `Source`, found by itself; a package of another name offers one
through the entry point group ``finews_archive.sources`` (name = the source's name, value = the class).
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import Any, ClassVar

from scrapy.http import Response

ENTRY_POINTS = "finews_archive.sources"

ADVERT, CARD, VIDEO, DELETED, ELSEWHERE = "advert", "card", "video", "deleted", "elsewhere"
"""Why a record is not archived: an advert, a link to a topic page, a film, withdrawn by the source, an article of
another site that only the list links to."""


class SourceError(Exception):
    """A list was answered in a shape that we do not know; the message says which source, where and what was there."""


class SourceRefused(SourceError):
    """The endpoint answered with an error of its own inside HTTP 200; the message has its code and words."""


class ClientOutdated(SourceRefused):
    """The endpoint says that the client it takes us for is outdated; the message names the setting to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """What to ask for a list."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    """Fields of a form to be sent by POST; None: a GET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The span of time that a poll is about."""

    now: datetime
    """When the poll takes place, aware."""
    since: datetime | None = None
    """Begin of a back-fill or of an open gap; None: what is new."""
    until: datetime | None = None
    """End of a back-fill (exclusive); None: now."""


@dataclass(slots=True, kw_only=True)
class Record:
    """One line of a list, in our words. Unknown is None: a record can come with empty fields for one poll."""

    key: str
    """The source's own stable name of the record: what polls are compared by."""
    url: str | None = None
    """The article's permanent address: its id is what the page object of this address makes of it."""
    native_id: str | None = None
    """The article's id within the site for as long as it has no address; one archived under it keeps it."""
    headline: str | None = None
    published_raw: str | None = None
    """Publication time as served; epoch seconds or milliseconds, or a printed time in the source's zone."""
    updated_raw: str | None = None
    """When the source last changed it, as served."""
    publisher: str | None = None
    """The medium that the record names."""
    authors: list[str] = field(default_factory=list)
    description: str | None = None
    is_quoted: bool = False
    """Whether ``description`` is the begin of the text: a page that shares nothing with it is another article's."""
    body_html: str | None = None
    """The full text, where the list carries it: then the article's page is not asked."""
    images: list[str] = field(default_factory=list)
    """Absolute addresses of images that are not in ``body_html``."""
    securities: list[dict[str, Any]] = field(default_factory=list)
    """Entries of `Article.securities`."""
    tags: list[str] = field(default_factory=list)
    """The source's own sections and topics."""
    importance: int | None = None
    """0 as usual, 1 marked by the source, 2 marked most; None where the source marks nothing."""
    access: str = "open"
    """``open``, ``preview`` or ``locked``, as `Article.access`."""
    kind: str = "article"
    """As `Article.kind`."""
    skip: str | None = None
    """Why it is not archived (`ADVERT`, `CARD`, `VIDEO`, `DELETED`, `ELSEWHERE`)."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that the endpoint of the article's page requires."""
    listed: list[dict[str, Any]] = field(default_factory=list)
    """Where the spider read it, for the journal (`archive.captures.journal`): a source leaves it empty."""
    answer: tuple[int, str] | None = None
    """HTTP status, and SHA-256 of the body, of the answer that it was read from: likewise."""

    @property
    def is_complete(self) -> bool:
        """Whether headline and time are there."""
        return bool(self.headline and self.published_raw)

    @property
    def is_whole(self) -> bool:
        """Whether the list carries all of the article there is to be had."""
        return self.body_html is not None

    def complete(self, other: Record) -> None:
        """Take the words that this record lacks from *other*, another list's record of the same article.

        >>> record = Record(key="1", headline="a")
        >>> record.complete(Record(key="1", headline="b", publisher="c"))
        >>> record.headline, record.publisher
        ('a', 'c')
        """
        for name in ("headline", "published_raw", "publisher", "authors", "description", "url", "tags"):
            if not getattr(self, name):
                setattr(self, name, getattr(other, name))
        if self.importance is None:
            self.importance = other.importance
        self.listed = [*self.listed, *other.listed]

    def digest(self) -> str:
        """12 hex digits that change when the source edits the record.

        >>> Record(key="1", headline="a").digest() == Record(key="1", headline="b").digest()
        False
        """
        parts = (self.headline, self.updated_raw, self.body_html, self.access, self.skip)
        return hashlib.sha1("\0".join(part or "" for part in parts).encode()).hexdigest()[:12]


@dataclass(slots=True, kw_only=True)
class Listing:
    """What an answer holds."""

    records: list[Record]
    """As served; a record may occur twice."""
    next_cursor: str | None = None
    """Cursor of the records before these; None: the source goes no further back."""
    further: list[ListRequest] = field(default_factory=list)
    """More requests that belong to this very page (the parts of a sitemap index)."""
    is_complete: bool = True
    """False where the answer was cut short: `records` is what could be read."""
    unread: list[str] = field(default_factory=list)
    """Rows of the list that no record could be made of, as text: none has an id."""


FLASH_INTERVAL = timedelta(seconds=15)
"""How often a live feed is worth asking."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A list of a source."""

    title: str
    """What the source calls it."""
    is_default: bool = False
    """Whether it is followed where no channels are named."""
    may_be_empty: bool = False
    """Whether an empty newest page is a proper answer."""
    interval: timedelta | None = None
    """How often it is worth asking; None: as the source."""


class Source(ABC):
    """One site's lists. Constructed by `build`, once a crawl."""

    name: ClassVar[str]
    """The word of ``-a sources=``, first part of feed names (``cls/telegraph``)."""
    title: ClassVar[str] = ""
    """What readers call it."""
    has_site = True
    """Whether its articles have a page object of their own, named by `site`: links of it that failed are tried again."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts of its site, subdomains included: what readers open."""
    site: ClassVar[str] = ""
    """Name of the page object of its articles; empty: the source's name."""
    channels: Mapping[str, Channel]
    """Its lists by name."""
    zone: str = "Asia/Shanghai"
    """IANA zone of times that are printed without one."""
    publisher: str | None = None
    """The medium of records that name none."""
    interval: timedelta = timedelta(minutes=2)
    """How often it is worth asking, where a channel says nothing else."""
    given_interval: timedelta | None = None
    """How often the user has it asked."""
    headers: Mapping[str, str] = {}
    """Headers of every request to it."""
    allow: Sequence[re.Pattern[str]] = ()
    """Patterns of article addresses that are wanted, where not all are."""
    deny: Sequence[re.Pattern[str]] = ()
    """Patterns of article addresses that are not wanted."""
    first_poll: int | None = 200
    """How many articles of a list that was never read are archived, the newest; None: all of its newest page."""
    uses: ClassVar[tuple[str, ...]] = ()
    """Names of the settings that it reads: what its web client carries."""
    is_numbered: ClassVar[bool] = False
    """Whether any number is a channel, too."""
    personal: ClassVar[tuple[str, ...]] = ()
    """JSON keys whose values are people's own (readers' comments, staff addresses): never stored."""

    def __init__(self, settings: Mapping[str, Any] | None = None):
        values = {name: (settings or {}).get(name) or "" for name in self.uses}
        self.settings = {
            name: ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for name, value in values.items()
        }

    @abstractmethod
    def requests(self, channel: str, cursor: str, window: Window) -> list[ListRequest]:
        """What to ask for the page of *channel* at *cursor*; the empty cursor is the newest page."""

    @abstractmethod
    def read(self, response: Response, channel: str, cursor: str) -> Listing:
        """The records of an answer. Raises SourceError."""

    def first_cursor(self, channel: str, window: Window) -> str:
        """Where a back-fill begins: at ``window.until`` where the source can jump there."""
        return ""

    def default_channels(self) -> list[str]:
        """Names of the channels that are followed where none are named."""
        return [name for name, channel in self.channels.items() if channel.is_default]

    def feed_name(self, channel: str) -> str:
        """Name of a channel in the archive, ``SOURCE/CHANNEL``."""
        return f"{self.name}/{channel}"

    def wants(self, record: Record) -> bool:
        """Whether the record's address is one of those wanted."""
        url = record.url or ""
        return not (self.allow and not any(pattern.search(url) for pattern in self.allow)) and not any(
            pattern.search(url) for pattern in self.deny
        )

    def interval_of(self, channel: str) -> timedelta:
        """How often a channel is worth asking."""
        listed = self.channels.get(channel)
        return self.given_interval or (listed and listed.interval) or self.interval

    def has_channel(self, name: str) -> bool:
        """Whether *name* is a channel: one of `channels`, or a number where the source has more of them."""
        return name in self.channels or (self.is_numbered and name.isdigit())

    def trusted_origins(self) -> list[str]:
        """Origins that the user named: the fetch guard lets them be asked wherever they are."""
        return []

    def explain_status(self, status: int) -> str | None:
        """What an HTTP status other than 200 means here and what to do, where the source is known to use it so."""
        return None


_sources: dict[str, type[Source]] = {}


def register(source: type[Source]) -> type[Source]:
    """Make a built-in source known by its name."""
    registered = _sources.get(source.name)
    if registered is not None and registered is not source:
        raise TypeError(f"{source.__name__} and {registered.__name__} are both called {source.name}")
    _sources[source.name] = source
    return source


def built_in() -> dict[str, type[Source]]:
    """Every source by name: those of this package, then those of installed plug-ins."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    sources = dict(_sources)
    for entry in entry_points(group=ENTRY_POINTS):
        source = entry.load()
        if not (isinstance(source, type) and issubclass(source, Source)):
            raise TypeError(
                f"entry point {entry.name} of {ENTRY_POINTS} is not a subclass of Source: {source!r}"
            )
        if entry.name in _sources:
            raise TypeError(f"entry point {entry.value} takes the name of the built-in source {entry.name}")
        sources[entry.name] = source
    return sources
