"""Articles and link outcomes -> rows of ``archive.db``, one transaction a batch (`archive.writer`)."""

from __future__ import annotations

import json
from collections.abc import MutableMapping, Sequence
from operator import attrgetter
from typing import Any

from itemadapter import ItemAdapter

from archive.record_rules import earlier_text
from archive.times import utc_text
from archive.writer import BATCH_SECONDS, Archive, Entry, Row
from pipelines.archive_access import require_archive

AS_THEY_ARE = (
    "id", "site", "info_code", "share_url", "canonical_url", "headline", "headline_from", "alternative_headline",
    "publisher", "publisher_slug", "description", "published_precision", "published_raw", "published_from", "revision",
    "post_path", "text_sha256", "kind", "access", "served_from", "reader", "source_sha256",
    "captured_from", "importance", "http_status", "response_sha256",
)  # fmt: skip
_as_they_are = attrgetter(*AS_THEY_ARE)
_encode = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make an encoder for each list
TIMES = ("published_at", "first_seen_at", "retrieved_at")
LISTS = ("authors", "editors")
BLANK = "empty article: no visible content (withdrawn, or never published)"
OUTCOMES = {
    "new": "archived",
    "changed": "archived",
    "completed": "archived",
    "unchanged": "unchanged",
    "reread": "unchanged",
}


def article_row(record: MutableMapping[str, Any]) -> Row:
    """The row of `articles` of an item, but for ``arrival``."""
    try:  # all at once: one by one they would take three calls each
        row = dict(zip(AS_THEY_ARE, _as_they_are(getattr(record, "item", record)), strict=True))
    except AttributeError:  # an item of another kind, which may lack some
        row = {name: record.get(name) for name in AS_THEY_ARE}
    row.update({name: record[name] and utc_text(record[name]) for name in TIMES})
    row.update({name: _encode(record[name]) for name in LISTS})
    row["tags"] = _encode(record["tags"]) if record.get("tags") else None
    row["headline_from"] = row["headline_from"] or "page"  # of a spider of the user's, which need not say so
    row["withdrawn_at"] = None  # what was read is there, even where it was withdrawn before
    return row


def entry_of(record: MutableMapping[str, Any]) -> Entry:
    """All rows that an item brings."""
    key = {"article_id": record["id"]}
    entry = Entry(
        article_row(record),
        new=record["archived"] == "new",
        body_html=record["body_html"],
        body_text=record["body_text"],
    )
    stored = [image for image in record["images"] if image["status"] == "stored"]
    entry.images = [image["path"] for image in stored]
    securities = {
        tag["id"]: {name: tag[name] for name in ("id", "market", "code", "exchange", "name", "kind")}
        for tag in sorted(record["securities"], key=lambda tag: bool(tag["name"]))
    }
    entry.rows = {
        "article_feeds": [
            {**key, "feed": feed["feed"], "first_listed_at": utc_text(feed["first_listed_at"])}
            for feed in record["feeds"]
        ],
        "article_captures": [{**key, "capture_id": capture} for capture in record.get("captures") or ()],
        "article_publishers": [{**key, "origin": o, "name": n} for o, n in record["publishers"].items() if n],
        "images": [
            {name: image[name] for name in ("sha256", "media_type", "width", "height", "bytes", "path")}
            for image in stored
        ],
        "securities": list(securities.values()),
        "article_times": [
            {**key, **time, "published_at": time["published_at"] and utc_text(time["published_at"])}
            for time in record.get("stated_times") or ()
        ],
    }
    if record.get("check"):
        entry.rows["checks"] = [{**key, **record["check"]}]
    if record["publisher_slug"]:
        entry.rows["publishers"] = [{"name": record["publisher"], "slug": record["publisher_slug"]}]
    entry.replace = {
        "article_images": [
            {
                **key,
                **{
                    name: image.get(name)
                    for name in (
                        "position",
                        "url",
                        "sha256",
                        "status",
                        "reason",
                        "caption",
                        "alt",
                        "drawn_at",
                    )
                },
            }
            for image in record["images"]
        ],
        "article_securities": [
            {
                **key,
                "security_id": tag["id"],
                **{name: tag[name] for name in ("origin", "mentions", "doubtful")},
            }
            for tag in record["securities"]
        ],
        "article_links": [
            {**key, "position": n, "url": link["url"], "text": link["text"], "kind": link["kind"]}
            for n, link in enumerate(record["related"], 1)
        ],
        "removals": [
            {**key, **{name: removal[name] for name in ("position", "rule", "text", "html")}}
            for removal in record["removals"]
        ],
    }
    if record["post_text"] is not None:
        entry.post = (record["post_path"], record["post_text"])
    return entry


def reading_of(record: MutableMapping[str, Any]) -> Row | None:
    """What the journal keeps of how an item was read (`archive.captures.journal`); None where no page object or list says."""
    if not record.get("reading"):
        return None
    reading = {
        **record["reading"],
        "captures": record["captures"],
        "served_from": record["served_from"],
        "feeds": {feed["feed"]: utc_text(feed["first_listed_at"]) for feed in record["feeds"]},
        "check": record["check"],
        "images": [
            [image["url"], image["status"], image.get("sha256"), image["reason"]]
            + ([drawn_at] if (drawn_at := image.get("drawn_at")) else [])
            for image in record["images"]
        ],
    }
    if record["link"]:
        reading["ended"] = True
    return {name: value for name, value in reading.items() if value}


class StoreSqlitePipeline:
    """Writes what the pipelines before it made. Raises ArchiveError where the archive cannot be written."""

    def __init__(self, stats: Any, archive: Archive):
        self.stats, self.archive = stats, archive
        self.started = utc_text(self.archive.now())
        self.waiting: dict[str, list[str]] = {}
        """Links by the article whose outcome they share, until that is known."""
        self.timer: Any = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> StoreSqlitePipeline:
        return cls(crawler.stats, require_archive(crawler))

    def open_spider(self) -> None:
        from scrapy.utils.asyncio import create_looping_call

        self.archive.recover()
        self.timer = create_looping_call(self.archive.tick)
        self.timer.start(BATCH_SECONDS, now=False)

    def close_spider(self) -> None:
        if self.timer is not None and self.timer.running:
            self.timer.stop()
        for article_id, links in self.waiting.items():
            for link in links:
                self._link(
                    link,
                    article_id,
                    "failed",
                    "the crawl ended before the article's other link did; crawl it again",
                )
        self.archive.flush()

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("archived"):
            self._store(record)
        elif record.get("outcome") == "same":
            self._share_outcome(record["link"], record["article_id"])
        elif record.get("outcome"):
            self._end(
                record["link"],
                record["article_id"],
                record["outcome"],
                record["reason"],
                record["counts"],
                record.get("captures") or (),
            )
        elif link := record.get("link") or record.get(
            "share_url"
        ):  # complete_from_archive found nothing in it
            if record.get("captured_from"):
                self._end(link, record["id"], "unreadable", "no visible content is left of the imported file")
            else:
                self._end(link, record["id"], "gone", BLANK)
        return item

    def _store(self, record: MutableMapping[str, Any]) -> None:
        # Counted here, not where it is decided: a pipeline between may drop the article.
        self.stats.inc_value(f"articles/{record['archived']}")
        if record["access"] != "open" and record["archived"] != "unchanged":
            self.stats.inc_value(f"articles/{record['access']}")
        if (
            record["archived"] != "unchanged"
            or record["post_text"] is not None
            or self._lost_an_image(record)
        ):
            entry = entry_of(record)
            if record.get("text_kept"):
                entry.body_html = entry.body_text = None
                entry.replace.clear()
            if record["archived"] != "new":
                before = self.archive.stored(record["id"])
                assert before is not None
                entry.article["arrival"] = before["arrival"]
                if entry.post and before["post_path"] and before["post_path"] != entry.post[0]:
                    entry.old_post = before["post_path"]
                if record.get("cause"):
                    replaced = bool(record.get("replaced"))
                    row = earlier_text(before, record["body_text"], record["cause"], replaced)
                    entry.rows["revisions"] = [{"article_id": record["id"], **row}]
            self.archive.add(entry, reading_of(record))
        else:
            rows = entry_of(record).rows
            for table in ("article_feeds", "article_captures", "article_times", "checks"):
                if rows.get(table):
                    self.archive.add_rows(table, rows[table])
            if reading := reading_of(record):
                self.archive.note("article", record["id"], reading)
        if record["link"]:
            self._end(record["link"], record["id"], OUTCOMES[record["archived"]], None)

    def _lost_an_image(self, record: MutableMapping[str, Any]) -> bool:
        """Whether the file of a stored image is gone and was fetched again."""
        return any(
            image["status"] == "stored" and not self.archive.has_file(image["path"])
            for image in record["images"]
        )

    def _end(
        self,
        link: str,
        article_id: str | None,
        outcome: str,
        reason: str | None,
        counts: bool = True,
        captures: Sequence[str] = (),
    ) -> None:
        if (
            outcome == "gone"
            and article_id
            and self.archive.withdraw(article_id, utc_text(self.archive.now()))
        ):
            self.stats.inc_value("articles/withdrawn")
        self._link(link, article_id, outcome, reason, counts, captures)
        if article_id is not None:
            for other in self.waiting.pop(article_id, ()):
                self._link(other, article_id, outcome, reason)

    def _link(
        self,
        link: str,
        article_id: str | None,
        outcome: str,
        reason: str | None,
        counts: bool = True,
        captures: Sequence[str] = (),
    ) -> None:
        self.archive.end_link(link, article_id, outcome, reason, captures)
        self.stats.inc_value(f"links/{outcome}" if counts else f"links_by_hand/{outcome}")

    def _share_outcome(self, link: str, article_id: str) -> None:
        """A second link to an article: its outcome is that of the first, now or when that ends."""
        first = self.archive.link_outcome(article_id, self.started)
        if first:
            self._link(link, article_id, first["outcome"], first["reason"])
        else:
            self.waiting.setdefault(article_id, []).append(link)
