"""Reads captures again, without network: what a response became an article by, once more, with today's page objects.

The one offline machine of ``extract``, ``reparse``, ``rebuild`` and ``verify --repair``, in two parts:

- `Replay` makes an `Article` of an entry of the journal (`archive.captures.journal`) and its captures: page object, further pages, the
  page that completes it, and the words of the lists that named it, as the spiders put them together;
- `crawler.offline.offline_pipelines.OfflinePipelines` runs it through the pipelines of the settings.

::

    with Captures.read(data_dir) as captures:
        replay = Replay(captures, settings)
        pipelines = OfflinePipelines(settings, OneArticle(article_id))
        for entry in readings_of(captures.db, article_id):
            record = pipelines.process(replay.article(article_id, entry.entry))

A file that is no capture is read by `article_in`: give it the response that it stands for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from archive.captures import CaptureError, Captures, unpack
from archive.times import read_utc
from crawler.items import Article
from crawler.listed_articles import add_page, add_words, article_of, mark_saved, name_response
from crawler.pages import LinkError, PageError, Target, page_at, target_of
from crawler.saved.older_post import article_of_posts
from crawler.sources import Record, Source, SourceError, built_in
from crawler.sources.by_address import ConfiguredSource
from crawler.sources.configured import FILE, ConfigError, build, load
from pipelines.restored import restored

REMEMBERED = 8  # lists that were read last: neighbours in the journal come from the same
ENCODED = (b"content-encoding", b"content-length", b"transfer-encoding")
"""Headers of the bytes received; a capture's body is what they encoded."""


class CannotReplay(Exception):
    """A reading cannot be made again; the message says why."""


def article_in(response: Any, target: Target, moment: datetime) -> Article:
    """The article in a response that was received at *moment*, by the page object of its time. Raises PageError."""
    article = page_at(target.page, moment)(response, target, moment).article()
    name_response(article, response, target.link)
    return article


class Replay:
    """Reads entries of the journal. *data_dir* holds the ``sources.toml`` that names the sources of lists."""

    def __init__(self, captures: Captures, settings: Any, data_dir: Path | None = None):
        self.captures, self.settings = captures, settings
        self.data_dir = data_dir or captures.path.parent
        self._lists: OrderedDict[tuple[str, ...], dict[str, Record]] = OrderedDict()
        self._sources: dict[str, Source] = {}

    def article(self, article_id: str, entry: Mapping[str, Any]) -> Article:
        """The article of an entry of kind ``article``, as a page object gives it. Raises CannotReplay."""
        moment = read_utc(entry["retrieved_at"])
        restored.reading = article_id
        try:
            record, source = self._listed(entry)
            if posts := entry.get("posts"):
                article, _ = article_of_posts([self.file(capture) for capture in posts], moment)
            elif capture := entry.get("page"):
                article = self._read_pages(article_id, capture, entry, record, moment)
            elif record is not None and source is not None:
                article = article_of(record, source, article_id, moment, entry.get("served_from"))
                row = self._row(entry["listed"][0]["capture"])
                article.http_status, article.response_sha256 = row["status"], row["body_sha256"]
            else:
                raise CannotReplay("the journal names neither a page nor a list that it was read from")
        except (CaptureError, PageError, SourceError, ConfigError, LinkError) as exc:
            raise CannotReplay(str(exc)) from exc
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as exc:
            raise CannotReplay(f"our own bug: {type(exc).__name__}: {exc}; please report it") from exc
        article.id, article.site = article_id, article_id.partition(":")[0]
        article.reading = {**entry}
        article.link = article.link or entry.get("link") if entry.get("ended") else None
        article.served_from = entry.get("served_from")
        article.captures = list(entry.get("captures", ()))
        article.check = entry.get("check")
        article.feeds = [
            {"feed": feed, "first_listed_at": read_utc(listed_at)}
            for feed, listed_at in entry.get("feeds", {}).items()
        ]
        return article

    # -- pages ------------------------------------------------------------------------------------------------

    def _read_pages(
        self,
        article_id: str,
        capture: str,
        entry: Mapping[str, Any],
        record: Record | None,
        moment: datetime,
    ) -> Article:
        """The article of its page, with what lists say of it, of its further pages, or of the page that completes it."""
        response = self.response(capture)
        target = target_for(article_id, entry["link"], response.url)
        article = article_in(response, target, moment)
        if record is not None:
            add_words(article, record)
        for further in entry.get("pages", ()):
            add_page(article, article_in(self.response(further), target, moment))
        if supplement := entry.get("supplement"):
            target.page.supplement(article, self.response(supplement))
        if entry.get("captured_from"):
            mark_saved(article, is_part=bool(entry.get("part")))
            article.response_sha256 = None
        return article

    def file(self, capture_id: str) -> tuple[str, bytes]:
        """Path and bytes of an imported file. Raises CaptureError."""
        row = self._row(capture_id)
        return row["file"], unpack(capture_id, row["body_sha256"], row["packed"])

    def response(self, capture_id: str) -> Any:
        """A capture as the response of Scrapy's that a spider would be given. Raises CaptureError."""
        row = self._row(capture_id)
        if row["image_sha256"]:
            raise CaptureError(f"{capture_id} is an image")
        body = unpack(capture_id, row["body_sha256"], row["packed"])
        headers = Headers()
        for name, value in self.captures.read_headers(row["headers"]):
            if (key := name.encode("latin-1")).lower() not in ENCODED:
                headers.appendlist(key, value.encode("latin-1"))
        url = row["final_url"] or row["url"]
        kind = responsetypes.from_args(headers=headers, url=url, body=body)
        # The request says nothing but which capture it is: page objects read responses alone.
        request = Request(row["url"], method=row["method"], meta={"captures": [capture_id]})
        return kind(url=url, status=row["status"], headers=headers, body=body, request=request)

    def _row(self, capture_id: str) -> dict[str, Any]:
        cursor = self.captures.db.execute(
            "SELECT c.url, c.final_url, c.method, c.status, c.headers, c.body_sha256, c.image_sha256, c.file, b.packed"
            " FROM captures AS c LEFT JOIN bodies AS b ON b.sha256 = c.body_sha256 WHERE c.id = ?",
            [capture_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise CaptureError(f"{capture_id}: there is no such capture")
        return dict(zip((column[0] for column in cursor.description), row, strict=True))

    # -- lists ------------------------------------------------------------------------------------------------

    def _listed(self, entry: Mapping[str, Any]) -> tuple[Record | None, Source | None]:
        """What the lists say of the article: their records put together, the first list's first. Raises CannotReplay."""
        if words := entry.get("words"):
            return Record(key="", **words), None
        record = source = None
        for where in entry.get("listed", ()):
            source = source or self._source(where)
            records = self._records(where)
            if where["key"] not in records:
                raise CannotReplay(
                    f"the list in {where['capture']} is read without its record {where['key']} now"
                )
            if record is None:
                record = copy(records[where["key"]])
            else:
                record.complete(records[where["key"]])
        return record, source

    def _records(self, where: Mapping[str, Any]) -> dict[str, Record]:
        """The records of a captured list by key."""
        place = (where["capture"], where["source"], where["channel"], where["cursor"])
        if place in self._lists:
            self._lists.move_to_end(place)
            return self._lists[place]
        listing = self._source(where).read(self.response(where["capture"]), where["channel"], where["cursor"])
        records: dict[str, Record] = {}
        for record in listing.records:
            records.setdefault(record.key, record)
        self._lists[place] = records
        if len(self._lists) > REMEMBERED:
            self._lists.popitem(last=False)
        return records

    def _source(self, where: Mapping[str, Any]) -> Source:
        """The source of a list: built in, of ``sources.toml``, or, where that no longer names it, one of its address alone."""
        name = where["source"]
        if name not in self._sources:
            configured = load(self.data_dir / FILE)
            if name in configured or name in built_in():
                self._sources[name] = build(name, configured.get(name, {}), self.settings)[0]
            else:
                url = self._row(where["capture"])["url"]
                self._sources[name] = ConfiguredSource(name, {where["channel"]: url})
        return self._sources[name]


def target_for(article_id: str, link: str, url: str) -> Target:
    """Where a *link* led that was answered from *url*: to the article *article_id*, as far as today's page objects say so.

    Raises LinkError where none of them reads either.
    """
    targets: list[Target] = []
    error: LinkError | None = None
    for address in (link, url):
        try:
            target = target_of(address)
        except LinkError as exc:
            error = exc
            continue
        if target.article_id == article_id:
            return target if address == link else replace(target, link=link)
        targets.append(replace(target, link=link))
    if not targets:
        assert error is not None
        raise error
    site = article_id.partition(":")[0]
    return next((target for target in targets if target.page.site == site), targets[-1])
