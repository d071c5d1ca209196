"""The records that spiders yield. Field words follow schema.org NewsArticle; a suffix tells the kind:
``_at`` aware UTC instant, ``_raw`` as served, ``_url``, ``_html``, ``_text``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from itemadapter import ItemAdapter
from itemadapter.adapter import AdapterInterface


@dataclass(slots=True, kw_only=True)
class Article:
    """One article, from a page object through the pipelines into the archive. Unknown is None, never a guess."""

    # -- who it is: set by the page object -------------------------------------------------------------------
    id: str
    """``SITE:NATIVE_ID``, e.g. ``finews:202202212283238167``: the key of every table."""
    site: str
    """Name of the page object that read it, e.g. ``finews``."""
    info_code: str | None = None
    """The publisher's own code, e.g. ``NW202202212283238167``."""
    link: str | None = None
    """The link as given by the user, a key of `links`; None for an article of a feed."""
    share_url: str | None = None
    """Address that opens the article for a reader, as passed around."""
    canonical_url: str | None = None
    """The publisher's own permanent address of the article."""
    retrieved_at: datetime
    """When the body was received, aware UTC."""
    feeds: list[dict[str, Any]] = field(default_factory=list)
    """Memberships: ``{"feed": "rolling", "first_listed_at": datetime}`` each."""

    check: dict[str, Any] | None = None
    """When to look at it again, a row of `checks` without its key: ``next_check_at``, ``done``, ``last_checked_at``,
    ``etag``, ``last_modified``. None where it is on no plan."""

    # -- what it states: set by the page object, completed by pipelines -----------------------------------
    headline: str | None = None
    """Title as one line of text."""
    headline_from: str | None = None
    """Where the headline was read: ``feed``, ``detail``, ``page`` or ``body`` (the first sentence stands in)."""
    alternative_headline: str | None = None
    """Title under which another medium ran it first (原标题), lifted from the body."""
    description: str | None = None
    """The digest as served; the pipelines take ``【title】`` heads and ``（source）`` tails off."""
    publisher: str | None = None
    """The medium that the article comes from, e.g. 新京报: the list record's word, else the body's, and so on."""
    publishers: dict[str, str] = field(default_factory=dict)
    """Every medium named, by where: ``{"feed": ..., "detail": ..., "page": ..., "body": ..., "digest": ...}``."""
    authors: list[str] = field(default_factory=list)
    """Names of the writers, without 记者 and the like."""
    editors: list[str] = field(default_factory=list)
    """Names or numbers of the responsible editors (责任编辑), lifted from the body or page."""
    tags: list[str] = field(default_factory=list)
    """Sections, topics and keywords that the source states."""
    importance: int | None = None
    """How the source marks it among its own: 0 as usual, 1 marked, 2 marked most; None where it marks nothing."""
    published_raw: str | None = None
    """Publication time exactly as served, so that parsing can be redone."""
    published_from: str | None = None
    """Where the time was read: ``feed``, ``detail``, ``page`` or ``id`` (the day in the article's id stands in)."""
    published_at: datetime | None = None
    """``published_raw`` as an aware UTC instant; None when unsure, never a guess."""
    published_precision: str | None = None
    """What ``published_raw`` states: ``second``, ``minute`` or ``day``."""
    language: str | None = None
    """Language of the page, as its ``lang`` or ``og:locale`` states it: ``zh-CN``, ``fr``."""
    timezone: str | None = None
    """Zone of the clock that ``published_raw`` was read from: an IANA name or ``+08:00``; None where the page and its
    page object do not state it, so that host and language decide."""
    times: dict[str, str] = field(default_factory=dict)
    """Publication times as served that another one took the place of, by where they were read."""
    stated_times: list[dict[str, Any]] = field(default_factory=list)
    """Where those differ from ``published_at``, all of them: ``origin``, ``published_raw``, ``published_at``, ``published_precision``."""
    published_stand_in_raw: str | None = None
    """The day that the article's id states, for where no time can be read."""

    kind: str = "article"
    """``article``, ``flash`` (a few lines of a live feed), ``document`` (a PDF), ``video`` or ``audio``."""
    access: str = "open"
    """``open``, ``preview`` (the start of a paid article) or ``locked`` (no more than its headline)."""
    served_from: str | None = None
    """``scheme://host[:port]`` of the place that served it."""

    captured_from: str | None = None
    """What its text was imported from: ``older_posts`` (a post file of the older site) or ``saved`` (a page saved by hand);
    None where it was received from the network."""
    captures: list[str] = field(default_factory=list)
    """Ids of the captures that it rests on (`archive.captures`)."""
    reader: str | None = None
    """Version of the reader and rules that made it."""
    http_status: int | None = None
    """HTTP status of the response that it was read from."""
    response_sha256: str | None = None
    """SHA-256 of that response's body, hex, after its Content-Encoding was undone."""
    reading: dict[str, Any] | None = None
    """How it was read, for the journal: which captures are the page, its further pages and the lists (`archive.captures.journal`)."""

    # -- the body ------------------------------------------------------------------------------------------------
    body_raw: str | None = None
    """HTML of the body as served (of the variant with auto-links, where there are two)."""
    body_tree: Any = None
    """lxml ``<div>`` that holds the safe body while the pipelines work on it; None before and after."""
    body_html: str | None = None
    """Clean, safe HTML with local image addresses."""
    body_text: str | None = None
    """Text of the body: one paragraph a line, table cells parted by tabs, captions kept."""
    images: list[dict[str, Any]] = field(default_factory=list)
    """Images in reading order: ``position`` (1, 2, ...), ``url`` (preferred address, absolute), ``candidates``
    (all addresses, best first), ``caption``, ``alt``, ``status`` (``stored``, ``failed``, ``refused``), ``reason``;
    stored ones also ``sha256``, ``media_type``, ``width``, ``height`` (pixels), ``bytes``, ``path``."""
    securities: list[dict[str, Any]] = field(default_factory=list)
    """``id`` (``1.600160``), ``market``, ``code``, ``exchange``, ``name``, ``kind`` (``stock``, ``board``,
    ``index``, ``fund``, ``bond``), ``origin`` (``link``, ``chart``, ``text``), ``mentions``, ``doubtful`` (0 or 1)."""
    related: list[dict[str, Any]] = field(default_factory=list)
    """Links to other pages that the body holds or listed: ``url`` (absolute), ``text``, ``kind`` (``body``, ``related``)."""
    removals: list[dict[str, Any]] = field(default_factory=list)
    """Every fragment that a boilerplate rule took out, in reading order: ``rule``, ``position`` (1, 2, ...),
    ``text``, ``html``."""

    # -- its place in the archive: set by complete_from_archive and write_frontmatter ---------------------------
    archived: str | None = None
    """What this crawl makes of it: ``new``, ``changed`` (another text), ``completed`` (placeholders or images were
    completed), ``reread`` (another text of the same body) or ``unchanged``."""
    revision: int = 1
    """1, 2, ...: how many different texts of it were seen."""
    first_seen_at: datetime | None = None
    """When it was first archived, aware UTC."""
    publisher_slug: str | None = None
    """The publisher's name for paths, ``a-z0-9-``."""
    cause: str | None = None
    """Why there is a new revision: ``publisher`` (the source changed it) or ``reader`` (the same body, read by another version)."""
    text_kept: bool = False
    """Whether the archived text stays, with all that was read from it: this one is poorer, or trusted less."""
    replaced: bool = False
    """Whether another article is served under its id than before."""
    source_sha256: str | None = None
    """SHA-256 of ``body_raw``, hex."""
    text_sha256: str | None = None
    """SHA-256 of ``body_text`` without white space, hex."""
    post_path: str | None = None
    """Its front-matter file, relative to DATA_DIR."""
    post_text: str | None = None
    """The file's text where it is to be written, else None."""


@dataclass(slots=True, kw_only=True)
class LinkOutcome:
    """How a link ended that brought no article: a row of `links`."""

    link: str
    """The link as given."""
    article_id: str | None = None
    """``SITE:NATIVE_ID`` where the link could be read."""
    outcome: str
    """One of `archive.outcomes`, or ``same`` (as another link of the article in this crawl: the outcome of that one)."""
    reason: str | None = None
    """What happened, where, and what to do next, in plain words."""
    captures: list[str] = field(default_factory=list)
    """Ids of the captures of the responses that brought no article."""
    counts: bool = True
    """Whether it counts for the crawl's exit status: not that of a link crawled by hand which a scheduled crawl retries."""


INTERNAL_FIELDS = frozenset(
    (
        "link",
        "check",
        "captures",
        "reading",
        "times",
        "stated_times",
        "published_stand_in_raw",
        "body_raw",
        "body_tree",
        "archived",
        "cause",
        "text_kept",
        "replaced",
        "source_sha256",
        "post_path",
        "post_text",
    )
)
"""Fields of `Article` that only the pipelines need: no export holds them."""


class RecordAdapter(AdapterInterface):
    """How `ItemAdapter` sees the records above: as it sees any dataclass, but without making a dict of all fields each time.
    Eleven pipelines make eleven adapters of an article with fifty fields: 8 % of a crawl."""

    FIELDS: ClassVar[dict[type, dict[str, Callable[[Any], Any]]]] = {
        record: {field.name: attrgetter(field.name) for field in fields(record)}
        for record in (Article, LinkOutcome)
    }
    """Getters of the fields, by record."""

    def __init__(self, item: Any):
        super().__init__(item)
        self._getters = self.FIELDS[type(item)]

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        return item_class in cls.FIELDS

    @classmethod
    def get_field_names_from_class(cls, item_class: type) -> list[str]:
        return list(cls.FIELDS[item_class])

    def __getitem__(self, name: str) -> Any:
        return self._getters[name](self.item)

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._getters:
            raise KeyError(f"{type(self.item).__name__} does not support field: {name}")
        setattr(self.item, name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError("the fields of a record cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._getters)

    def __len__(self) -> int:
        return len(self._getters)


ItemAdapter.ADAPTER_CLASSES = deque((RecordAdapter, *ItemAdapter.ADAPTER_CLASSES))
