"""What the archive knows of an article completes what was served this time, and the other way round.

By the rules of `archive.record_rules`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import MutableMapping
from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from archive.edits.changes import shares_nothing, text_digest
from archive.record_rules import (
    COMPLETED,
    IMPORTED,
    OPENNESS,
    PUBLISHER,
    cause_of,
    first_of,
    keep_better,
    keeps_known,
)
from archive.times import read_utc
from archive.writer import Archive
from pipelines.archive_access import require_archive
from pipelines.normalise_dates import to_utc

logger = logging.getLogger(__name__)

SEEN = re.compile("[^\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
"""A character that can be seen."""


def shows_nothing(record: MutableMapping[str, Any]) -> bool:
    """Whether neither text nor an image is left of a body: all of it was hidden, a script, or a live chart."""
    return not SEEN.search(record.get("body_text") or "") and all(
        image["status"] == "refused" for image in record.get("images") or ()
    )


def source_digest(body: str | None) -> str | None:
    """SHA-256 of a body as it was served: equal means that the publisher changed nothing of it."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest() if body else None


def is_replaced(record: Any, stored: dict[str, Any]) -> bool:
    """Whether the source serves another article under a known id: neither headline nor text have much in common."""
    return record["headline"] != stored["headline"] and shares_nothing(
        stored["body_text"], record["body_text"] or ""
    )


def keep_text(record: MutableMapping[str, Any], known_row: dict[str, Any], stored: dict[str, Any]) -> None:
    """Keep the archived text, and what states where it comes from."""
    record["text_kept"] = True
    for name in ("access", "kind", "text_sha256", "source_sha256", "reader", "served_from", "captured_from"):
        record[name] = known_row[name]
    for name in ("body_html", "body_text"):
        record[name] = stored[name]
    record["images"] = stored["images"]


class CompleteFromArchivePipeline:
    """Sets ``archived``, ``revision`` and all that depends on earlier crawls. Needs ``body_text``."""

    def __init__(self, stats: Any, archive: Archive):
        self.stats, self.archive = stats, archive

    @classmethod
    def from_crawler(cls, crawler: Any) -> CompleteFromArchivePipeline:
        return cls(crawler.stats, require_archive(crawler))

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if shows_nothing(record):
            return item
        if forgotten_at := self.archive.forgotten_at(record["id"]):
            raise DropItem(f"taken down here by scrapy forget on {forgotten_at}")
        if record.get("published_at") is None and (day := record.get("published_stand_in_raw")):
            if published := to_utc(day, record["retrieved_at"]):
                record["published_at"], record["published_precision"] = published
                record["published_from"] = "id"
            record["published_raw"] = record.get("published_raw") or day
        record["text_sha256"] = text_digest(record["body_text"] or "")
        record["source_sha256"] = source_digest(record.get("body_raw"))
        known_row = self.archive.known(record["id"])
        if known_row is None:
            record["archived"], record["first_seen_at"] = "new", record["retrieved_at"]
            record["publisher"] = first_of(record["publishers"]) or record.get("publisher")
        else:
            self._merge(record, known_row)
        if record["publisher"]:
            record["publisher_slug"] = self.archive.slug(record["publisher"])
        return item

    def _merge(self, record: MutableMapping[str, Any], known_row: dict[str, Any]) -> None:
        """Compare with the archived row and keep the better of each field."""
        stored = self.archive.stored(record["id"])
        fuller = OPENNESS[record["access"]] > OPENNESS[known_row["access"]]
        trusted = IMPORTED[record.get("captured_from")] - IMPORTED[known_row["captured_from"]]
        longest = not trusted and record.get("captured_from") == "older_posts"
        if stored and keeps_known(record, known_row, stored["body_text"]):
            keep_text(record, known_row, stored)
        changed = record["text_sha256"] != known_row["text_sha256"]
        if changed and not (fuller or longest) and stored and is_replaced(record, stored):
            self._replace(record, known_row)
            return
        known_row["published_at"] = known_row["published_at"] and read_utc(known_row["published_at"])
        fill = trusted < 0
        keep_better(record, known_row, "headline", "headline_from", fill=fill)
        keep_better(
            record,
            known_row,
            "published_at",
            "published_from",
            "published_precision",
            "published_raw",
            fill=fill,
        )
        known_names = {
            row["origin"]: row["name"] for row in self.archive.rows_of("article_publishers", record["id"])
        }
        record["publishers"] = (
            {**record["publishers"], **known_names} if fill else {**known_names, **record["publishers"]}
        )
        record["publisher"] = first_of(record["publishers"]) or known_row["publisher"]
        for name in COMPLETED:
            record[name] = (fill and known_row[name]) or record.get(name) or known_row[name]
        record["tags"] = record.get("tags") or json.loads(known_row["tags"] or "[]")
        if record.get("importance") is None:
            record["importance"] = known_row["importance"]
        record["first_seen_at"] = read_utc(known_row["first_seen_at"])
        record["post_path"], record["revision"] = known_row["post_path"], known_row["revision"]
        retitled = (
            record["headline"] != known_row["headline"]
            and record["headline_from"] == known_row["headline_from"]
            and record["headline_from"] != "body"
        )
        if fuller or (longest and changed):  # the whole of what was a part: no edit of the publisher's
            record["archived"] = "completed"
            return
        if changed or retitled:
            record["cause"] = cause_of(record, known_row)
            record["archived"] = "changed" if record["cause"] == PUBLISHER else "reread"
            record["revision"] = known_row["revision"] + 1
        elif not (fill and known_row["withdrawn_at"]) and self._differs(
            record, known_row, stored, known_names
        ):
            record["archived"] = "completed"
        else:
            record["archived"] = "unchanged"
        if (
            record["archived"] not in ("changed", "reread")
            and not known_row["withdrawn_at"]
            and (trusted <= 0 or record.get("text_kept"))
        ):  # the text was received then, not now
            record["retrieved_at"] = read_utc(known_row["retrieved_at"])

    def _replace(self, record: MutableMapping[str, Any], known_row: dict[str, Any]) -> None:
        """Another article under a known id: a revision of its own, to which nothing of the earlier one is added."""
        logger.warning(
            "%s now serves another article: %s, before %s. Both are kept: scrapy diff %s",
            record["id"],
            record["headline"],
            known_row["headline"],
            record["id"],
        )
        self.stats.inc_value("articles/replaced")
        record["publisher"] = first_of(record["publishers"]) or record.get("publisher")
        record["first_seen_at"], record["post_path"] = (
            read_utc(known_row["first_seen_at"]),
            known_row["post_path"],
        )
        record["archived"], record["revision"] = "changed", known_row["revision"] + 1
        record["cause"], record["replaced"] = PUBLISHER, True

    def _differs(
        self,
        record: MutableMapping[str, Any],
        known_row: dict[str, Any],
        stored: dict[str, Any] | None,
        known_names: dict[str, str],
    ) -> bool:
        """Whether anything but the text is new: a better headline or time, an image that failed before."""
        fields = (
            "headline",
            "headline_from",
            "published_at",
            "published_from",
            "publisher",
            "description",
            "captured_from",
        )
        if any(record.get(name) != known_row[name] for name in fields) or record["publishers"] != known_names:
            return True
        if record["importance"] != known_row["importance"] or record["tags"] != json.loads(
            known_row["tags"] or "[]"
        ):
            return True
        if known_row["withdrawn_at"]:  # it is there again
            return True
        images = [(row["url"], row["status"]) for row in self.archive.rows_of("article_images", record["id"])]
        if images != [(image["url"], image["status"]) for image in record["images"]]:
            return True
        return stored is None or stored["body_html"] != record["body_html"]
