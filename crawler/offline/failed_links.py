"""Links that brought no article, read again from the captures of their responses: today's reader may find the article that an
earlier one did not. Nothing is fetched.

What is found becomes an article as a crawl would have made it: its row, its post, the end of its link, and an entry of the
journal, so that later readings and `scrapy rebuild` make the same. The link's number of tries and the time of the last stay: nothing
was asked for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from archive.batch import Entry, Row
from archive.captures import POST, SAVED, WARC, CaptureError, Captures
from archive.captures.journal import mark_read
from archive.differences import Difference
from archive.feed_state import header, spans
from archive.outcomes import ARRIVED, sql_list
from archive.row_repair import stored_of
from archive.times import clock, read_utc, utc_text
from archive.writer import Archive
from crawler.listed_articles import check_quoted
from crawler.offline.replay import CannotReplay, target_for
from crawler.pages import LinkError, PageError, page_at, target_of
from crawler.saved.older_post import article_of_posts
from crawler.sources import Record
from pipelines.restored import restored
from pipelines.store_sqlite import entry_of, reading_of

if TYPE_CHECKING:
    from crawler.offline.reparse import Choice, Outcome, Reparse

PAGE = 200
"""Links between two looks at the journal."""
FOLLOWERS = ("feeds", "finews")
"""Spiders of lists, whose articles are checked for edits."""
LEAST_ID = 6  # characters: a shorter native id is found in addresses of other things, too
MOST_PAGES = 50  # of one article


def read_failed_links(
    reparse: Reparse, choice: Choice, outcome: Outcome, archive: Archive | None = None
) -> Iterator[Difference | None]:
    """Read links that brought no article again, but for those that this version has read; what each became, None where it
    stays without one. A condition on articles chooses none of them. With *archive* it is written. Counts go to *outcome*."""
    if choice.where or choice.rule or choice.articles:
        return
    reader, unread = LinkReader(reparse), Unread(archive, reparse.version)
    for link in failed_links(reparse.conn, reparse.captures, choice.site):
        if link.read_by == {reparse.version}:
            continue
        if choice.limit and outcome.read + outcome.links >= choice.limit:
            break
        outcome.links += 1
        archived = reader.read(link)
        if archived is None:
            unread.add(link)
            yield None
            continue
        outcome.arrived += 1
        if archive is not None:
            archive.add(*archived)
            archive.add_link(link.ended_as(archived[0].article["id"]))
        yield arrival_of(link, archived[0])
    unread.mark()


class Unread:
    """Links in which a version of the reader found no article: the journal of *archive* keeps that it need not try again."""

    def __init__(self, archive: Archive | None, version: str):
        self.archive, self.version = archive, version
        self.numbers: list[int] = []

    def add(self, link: FailedLink) -> None:
        """Keep that nothing was found in a link's responses."""
        self.numbers.append(link.number)
        if len(self.numbers) >= PAGE:
            self.mark()

    def mark(self) -> None:
        """Write what was added, and all that the archive's batch holds. Raises ArchiveError, sqlite3.Error."""
        if self.archive is not None and self.archive.captures is not None:
            self.archive.flush()
            mark_read(self.archive.captures.db, self.numbers, self.version)
        self.numbers.clear()


def arrival_of(link: FailedLink, entry: Entry) -> Difference:
    """An article where there was none, as `archive.differences` has what another reading changes."""
    difference = Difference(entry.article)
    difference.columns["outcome"] = (f"{link.outcome}: {link.reason}", "archived")
    for name in ("publisher", "published_at"):
        difference.columns[name] = (None, entry.article[name])
    difference.columns["body_text"] = ("", entry.body_text)
    return difference


@dataclass(frozen=True, slots=True)
class FailedLink:
    """A link that brought no article, and what is left of its responses."""

    number: int
    """`journal.id` of the entry that says so."""
    url: str
    article_id: str | None
    outcome: str
    reason: str | None
    spider: str | None
    last_tried_at: str
    captures: list[dict[str, Any]]
    """Rows of `captures`, in the order received."""
    read_by: frozenset[str | None]
    """Versions of the reader that have read them."""

    def ended_as(self, article_id: str) -> dict[str, Any]:
        """The row of `links` where it brought an article after all: nothing was asked for, so it was not tried again."""
        row = {
            "url": self.url,
            "article_id": article_id,
            "outcome": "archived",
            "reason": None,
            "spider": self.spider,
        }
        return row | {"last_tried_at": self.last_tried_at, "tries": 0}


def failed_links(conn: sqlite3.Connection, captures: Captures, site: str = "") -> Iterator[FailedLink]:
    """Links of the archive behind *conn* that brought no article and whose responses are kept, in order of the journal."""
    number = 0
    while True:
        page = captures.db.execute(
            "SELECT id, noted_at, article_id, entry FROM journal WHERE id > ? AND kind = 'link' ORDER BY id LIMIT ?",
            [number, PAGE],
        ).fetchall()
        for number, noted_at, article_id, text in page:
            entry = json.loads(text)
            if not entry.get("captures") or (site and not str(article_id).startswith(f"{site}:")):
                continue
            row = conn.execute(
                f"SELECT url, outcome, reason, spider FROM links WHERE url = ? AND last_tried_at = ? AND outcome NOT IN {sql_list(ARRIVED)}"
                " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = article_id)"
                " AND NOT EXISTS (SELECT 1 FROM forgotten WHERE id = article_id)",
                [entry["url"], noted_at],
            ).fetchone()
            if row is None:
                continue
            cursor = captures.db.execute(
                "SELECT id, url, final_url, status, fetched_at, source, reader FROM captures"
                " WHERE id IN (SELECT value FROM json_each(?)) AND image_sha256 IS NULL ORDER BY id",
                [json.dumps(entry["captures"])],
            )
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, values, strict=True)) for values in cursor]
            readers = [entry["reader"]] if "reader" in entry else [capture["reader"] for capture in rows]
            yield FailedLink(
                number, row[0], article_id, row[1], row[2], row[3], noted_at, rows, frozenset(readers)
            )
        if len(page) < PAGE:
            return


class LinkReader:
    """Reads failed links again, with what *reparse* reads articles with."""

    def __init__(self, reparse: Reparse):
        self.reparse, self.conn, self.replay = reparse, reparse.conn, reparse.replay
        self.origins = [origin.rstrip("/") for origin in reparse.settings.getlist("FINEWS_ORIGINS")]
        self.templates = reparse.settings.getlist("FINEWS_PLACES")
        self.has_plan = bool(spans(reparse.settings["FINEWS_CHECKS"]))

    def read(self, link: FailedLink) -> tuple[Entry, Row] | None:
        """The rows of the article that today's reader finds behind a link, and its entry of the journal; None where it finds none."""
        replayable = self._reading(link)
        if replayable is None or not self._is_new(replayable[0]):
            return None
        reparse = self.reparse
        reparse.one.begin()
        try:
            article = self.replay.article(*replayable)
            article.reader = reparse.version
            record = ItemAdapter(reparse.pipelines.process(article))
        except (CannotReplay, DropItem):
            return None
        reading = reading_of(record)
        if record["archived"] != "new" or reading is None:
            return None
        entry = entry_of(record)
        path, text = reparse.writer(stored_of(entry))
        entry.article["post_path"], entry.post = path, (path, text)
        return entry, reading

    def _reading(self, link: FailedLink) -> tuple[str, dict[str, Any]] | None:
        """``(id, entry of the journal)`` of the article that today's page objects find in a link's responses; None where they
        find none."""
        for capture in reversed(self._own(link)):
            if capture["status"] != 200:
                continue
            try:
                read = self._of_post if capture["source"] == POST else self._of_page
                reading = read(link, capture)
            except (CaptureError, PageError, LinkError, CannotReplay):
                continue
            except (ValueError, LookupError, AttributeError, TypeError, RecursionError):  # as in the crawl
                continue
            if reading is not None:
                return reading
        return None

    def _own(self, link: FailedLink) -> list[dict[str, Any]]:
        """The captures of the link's own responses: those of the lists that named it are among the others."""
        try:
            target = target_of(link.url)
        except LinkError:
            target = None
        urls = {link.url}
        if target:
            urls |= {place.url for place in target.page.places(target, self.origins, self.templates)}
        native_id = (link.article_id or (target.article_id if target else "")).partition(":")[2]
        own: list[dict[str, Any]] = []
        was_sent_on = False
        for capture in link.captures:
            url = capture["url"]
            is_own = was_sent_on or capture["source"] is not None or url in urls
            if is_own or (len(native_id) >= LEAST_ID and native_id in url):
                own.append(capture)
                was_sent_on = 300 <= capture["status"] < 400
        return own

    def _of_post(self, link: FailedLink, capture: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        moment = read_utc(capture["fetched_at"])
        article, _ = article_of_posts([self.replay.file(capture["id"])], moment)
        entry = {"posts": [capture["id"]], "captures": [capture["id"]], "captured_from": "older_posts"}
        return article.id, entry | self._when(link, capture)

    def _of_page(self, link: FailedLink, capture: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        moment = read_utc(capture["fetched_at"])
        response = self.replay.response(capture["id"])
        target = target_for(link.article_id or "", link.url, response.url)
        restored.reading = target.article_id
        reader = page_at(target.page, moment)(response, target, moment)
        article = reader.article()
        is_saved = capture["source"] in (SAVED, WARC)
        entry: dict[str, Any] = {
            "page": capture["id"],
            "captures": [capture["id"] for capture in link.captures],
        }
        pages = {capture["url"]: capture["id"] for capture in link.captures if capture["status"] == 200}
        further: list[str] = []
        next_page = reader.next_page()
        while next_page in pages and pages[next_page] not in further and len(further) < MOST_PAGES:
            further.append(pages[next_page])
            reader = page_at(target.page, moment)(self.replay.response(further[-1]), target, moment)
            reader.article()
            next_page = reader.next_page()
        if next_page and next_page not in pages:
            if not is_saved:  # an article that lacks a page is not archived
                return None
            entry["part"] = True
        if further:
            entry["pages"] = further
        if is_saved:
            entry["captured_from"] = "saved"
        row = self.conn.execute(
            "SELECT feed, record FROM pending_records WHERE article_id = ?", [link.article_id]
        ).fetchone()
        if (row is not None or link.spider in FOLLOWERS) and not is_saved:
            # At once, whatever of the plan is over: it shows what was changed since then.
            entry["check"] = {
                "next_check_at": utc_text(clock(self.reparse.settings)) if self.has_plan else None,
                "done": 0,
                "last_checked_at": utc_text(moment),
                "etag": header(response.headers, b"ETag"),
                "last_modified": header(response.headers, b"Last-Modified"),
            }
        if row is not None:  # what the list said of it
            entry["words"] = json.loads(row[1])
            check_quoted(article, Record(key="", **entry["words"]), response.url)
            entry["feeds"] = {row[0]: utc_text(moment)}
        entry["served_from"] = "/".join(response.url.split("/", 3)[:3])
        return article.id, entry | self._when(link, capture)

    def _when(self, link: FailedLink, capture: dict[str, Any]) -> dict[str, Any]:
        return {"link": link.url, "ended": True, "retrieved_at": utc_text(read_utc(capture["fetched_at"]))}

    def _is_new(self, article_id: str) -> bool:
        """Whether nothing is known of an article: it is neither archived nor taken down."""
        sql = "SELECT 1 FROM articles WHERE id = ?1 UNION ALL SELECT 1 FROM forgotten WHERE id = ?1"
        return self.conn.execute(sql, [article_id]).fetchone() is None
