"""The archive on disk: one writer, one transaction a batch, files and rows that appear together.

How a crash leaves nothing torn: images wait in ``.staging/`` and posts in memory until their batch is written. A batch
first names the files it is about to publish in ``.pending``, moves them into place, commits the rows, and removes
``.pending``. Whoever opens the archive next finds a left-over ``.pending`` and makes every file in it agree with the
rows: images that no row knows go, posts are rendered again from their rows.

From a notebook::

    with Archive("data") as archive:
        archive.add(Entry({"id": "demo:1", ...}, new=True, body_html="<p>…</p>", body_text="…"))
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from archive.batch import KEYS, Batch, Entry, Row
from archive.captures import Capture
from archive.captures.journal import Noted
from archive.feed_state import CLOCK_TOLERANCE
from archive.lookups import Lookups
from archive.opened import ArchiveError, ArchiveLocked
from archive.outcomes import FAILED, plain_reason
from archive.schema import keep_statistics
from archive.times import utc_text

__all__ = ["KEYS", "Archive", "ArchiveError", "ArchiveLocked", "Entry", "Row"]

logger = logging.getLogger(__name__)

BATCH = 200  # articles a transaction, 10 MB at most as a rule: the search index pays for each a segment and its merging
SCHEDULED = ("finews", "feeds")
"""Spiders that poll lists."""
BATCH_SECONDS = 2.0  # a batch waits no longer than this for more articles


class BatchGate(Protocol):
    """Who answers for the links of a batch: a crawl whose links are lent to it (`Archive.gate`)."""

    def ended(self, url: str) -> None:
        """The link has an outcome, which waits to be written."""

    def refused(self, urls: Iterable[str]) -> list[str]:
        """Those of *urls* of which nothing may be written any more."""

    def committed(self, urls: Iterable[str]) -> None:
        """The outcomes of *urls* are in the archive for good."""


class Archive(Lookups):
    """The one writer of a DATA_DIR. Nothing is touched before `open`, which raises ArchiveLocked or ArchiveError."""

    def __init__(
        self,
        data_dir: str | os.PathLike[str],
        now: str | None = None,
        search: bool = True,
        captures: bool = False,
        begins_anew: bool = False,
    ):
        super().__init__(data_dir, now, search, captures, begins_anew)
        self._batch = Batch()
        self._batch_since = 0.0
        self._spider: str | None = None
        self._wrote = False
        self.failures: list[Row] = []
        """The first rows of `links` of this crawl that failed, for the summary."""
        self.arrived: list[Row] = []
        """The first articles that this crawl brought, for the summary."""
        self.written = 0
        """Articles of this crawl that are in the archive now, new or brought up to date."""
        self.gate: BatchGate | None = None
        """Asked before a batch is written, and told once it is."""
        self.render: Callable[[Mapping[str, Any]], tuple[str, str]] | None = None
        """Makes ``(path, text)`` of a post from an article's stored fields; set by whoever writes posts."""

    # -- opening and closing ----------------------------------------------------------------------------------

    def recover(self) -> None:
        """Make the files of an unfinished batch agree with the rows, and empty the staging folder. Raises ArchiveError."""
        with self._errors():
            self.files.recover(self._is_image, self._render_post_at)

    def _is_image(self, path: str) -> bool:
        return self._db.execute("SELECT 1 FROM images WHERE path = ?", [path]).fetchone() is not None

    def _render_post_at(self, path: str) -> tuple[str, str] | None:
        """``(path, text)`` of the article whose post is at *path*, None where no row names it."""
        row = self._db.execute("SELECT id FROM articles WHERE post_path = ?", [path]).fetchone()
        if row is None or (article := self.stored(row["id"])) is None:
            return None
        if self.render is None:  # without a renderer the file stays as it is
            return path, (self.root / path).read_text(encoding="utf-8")
        return self.render(article)

    def number_by(self, number: Callable[[str], int]) -> None:
        """Have *number* give each new article its ``arrival``, as where an archive is made again."""
        assert self.is_open
        self._rows.number = number

    def close(self) -> None:
        """Write what waits, shrink the write-ahead log, let go of the lock. Raises ArchiveError."""
        if self.conn is None:
            return
        self.flush()
        with self._errors():
            if self.captures is not None:
                self.captures.close()
            if self._wrote:
                keep_statistics(self.conn)
            self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.conn.close()
        self.conn = None
        self.files.close()
        self._lock.release()

    def __enter__(self) -> Archive:
        archive = self.open()
        archive.recover()
        return archive

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- the crawl's own row -----------------------------------------------------------------------------------

    def begin_crawl(self, spider: str) -> str:
        """Add the row of `crawls` of a crawl that starts now, and mark those that were killed; its id."""
        self._spider = spider
        now = self.now()
        self._report_future(spider, now)
        # The host is in it: archives of several machines are merged, and in containers processes have the same number.
        crawl_id = f"{now:%Y%m%dT%H%M%SZ}-{spider}-{os.getpid()}@{os.uname().nodename}"
        with self._errors(), self.transaction() as db:
            # We hold the lock: a crawl without an end was killed.
            db.execute(
                "UPDATE crawls SET outcome = 'interrupted' WHERE finished_at IS NULL AND outcome IS NULL"
            )
            # A clock that was set back, and a container, where numbers of processes come again.
            while db.execute("SELECT 1 FROM crawls WHERE id = ?", [crawl_id]).fetchone():
                crawl_id += "+"
            db.execute(
                "INSERT INTO crawls (id, spider, started_at) VALUES (?, ?, ?)",
                [crawl_id, spider, utc_text(now)],
            )
        if self.captures is not None:
            self.captures.batch.crawl_id = crawl_id
        return crawl_id

    def _report_future(self, spider: str, now: datetime) -> None:
        """Warn where an earlier crawl ran later than *now*: this machine's clock is or was wrong. Once where the crawl is scheduled:
        it polls the lists again."""
        what = "last_polled_at) FROM feeds" if spider in SCHEDULED else "started_at) FROM crawls"
        with self._errors():
            [(latest,)] = self._db.execute(f"SELECT max({what}")
        if latest and latest > utc_text(now + CLOCK_TOLERANCE):
            logger.warning(
                "a crawl of this archive ran at %s, which is in the future (it is %s now): a clock is or was wrong. What was"
                " written then is checked again; scrapy verify lists it",
                latest,
                utc_text(now),
            )

    def finish_crawl(self, crawl_id: str, **columns: Any) -> None:
        """Fill the row of a crawl that ends now: ``outcome``, ``exit_status``, ``reason`` and counts."""
        row = {**columns, "finished_at": utc_text(self.now())}
        with self._errors(), self.transaction() as db:
            db.execute(
                f"UPDATE crawls SET {', '.join(f'{name} = :{name}' for name in row)} WHERE id = :id",
                {**row, "id": crawl_id},
            )

    # -- adding -----------------------------------------------------------------------------------------------
    # What belongs to one item is added without a flush between: a batch is written before the next article is taken in, at
    # the end of a wait, or where it has to be looked up, so that an article and its link are in one transaction.

    def capture(self, capture: Capture) -> str | None:
        """Keep a response as received; its id, None where captures are off. Raises ArchiveError."""
        if self.captures is None or self.captures.conn is None:
            return None
        with self._errors():
            return self.captures.add(capture)

    def stage_image(self, data: bytes, sha256: str, suffix: str) -> str:
        """Keep an image until its article is written; its path relative to DATA_DIR. Raises OSError."""
        return self.files.stage_image(data, sha256, suffix)

    def add(self, entry: Entry, reading: Row | None = None) -> None:
        """Take an article into the batch; written at `BATCH` articles, by `tick`, or by `flush`. *reading* is what the journal
        keeps of how it was read (`archive.captures.journal`)."""
        article_id = entry.article["id"]
        self._flush_if_waiting(article_id)
        if len(self._batch.entries) >= BATCH:
            self.flush()
        self._wait_begins()
        self._batch.entries[article_id] = entry
        if reading:
            self.note("article", article_id, reading)
        if len(self.arrived) < 3:
            self.arrived.append(entry.article)

    def end_link(
        self,
        url: str,
        article_id: str | None,
        outcome: str,
        reason: str | None = None,
        captures: Sequence[str] = (),
    ) -> None:
        """Take into the batch how a link ended now: *outcome* is one of `archive.outcomes`, *reason* its words."""
        row = {"url": url, "article_id": article_id, "outcome": outcome, "reason": reason}
        self.add_link({**row, "last_tried_at": utc_text(self.now())}, captures)

    def add_link(self, row: Row, captures: Sequence[str] = ()) -> None:
        """Take a row of `links` (``url``, ``article_id``, ``outcome``, ``reason``, ``last_tried_at``) into the batch; *captures*
        are those of its responses that brought no article. ``tries`` is 0 where they were only read again, else 1."""
        if len(self._batch.links) >= BATCH * 10 and not self._is_waiting(row["article_id"]):
            self.flush()
        self._wait_begins()
        if self.gate is not None:
            self.gate.ended(row["url"])
        row = {**row, "reason": plain_reason(row["reason"])}
        self._batch.links[row["url"]] = {"spider": self._spider, "tries": 1, **row}
        if captures:
            self._batch.link_captures[row["url"]] = captures
        if row["outcome"] in FAILED and len(self.failures) < 20:
            self.failures.append(row)

    def add_rows(self, table: str, rows: list[Row]) -> None:
        """Take rows of a table of `KEYS` into the batch whose articles are archived and stay as they are."""
        self._wait_begins()
        self._batch.rows.setdefault(table, []).extend(rows)

    def add_feeds(self, rows: list[Row]) -> None:
        """Take into the batch that lists named archived articles: rows of `article_feeds`."""
        self.add_rows("article_feeds", rows)
        self.note("feeds", None, {"rows": rows})

    def note(self, kind: str, article_id: str | None, entry: Row) -> None:
        """Take an entry of the journal into the batch."""
        if self.captures is not None:
            self._wait_begins()
            self._batch.journal.append(Noted(utc_text(self.now()), kind, article_id, entry))

    def withdraw(self, article_id: str, found_at: str) -> bool:
        """Take into the batch that the source has withdrawn an article: its text stays, and becomes a version. False where
        it is not archived, or was known to be withdrawn."""
        article = self.known(article_id)
        if article is None or article["withdrawn_at"]:
            return False
        self._wait_begins()
        self._batch.withdrawals[article_id] = found_at
        return True

    def _wait_begins(self) -> None:
        if not self._batch:
            self._batch_since = time.monotonic()

    def tick(self) -> None:
        """Write a batch that has waited long enough."""
        if self._batch and time.monotonic() - self._batch_since >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the batch: files and rows, or neither. Raises ArchiveError, with the batch kept."""
        batch = self._batch
        if self.gate is not None:
            batch.leave_out(self.gate.refused(list(batch.links)))
        if not batch:
            return
        with self._errors():
            self._check_file()
            if self.captures is not None:  # before the articles that rest on them
                self.captures.note(batch.noted())
                self.captures.flush()
            entries = batch.entries.values()
            self.files.publish(
                (path for entry in entries for path in entry.images),
                [entry.post for entry in entries if entry.post],
                [entry.old_post for entry in entries if entry.old_post],
            )
            with self.transaction():
                self._rows.write(batch)
            self._batch = Batch()
            self._wrote = True
            self.written += len(batch.entries)
            self.files.settle()
        if self.gate is not None:
            self.gate.committed(list(batch.links))

    def _check_file(self) -> None:
        """Raises OSError where a file that is written to is no longer the one that others see."""
        for path, inode in self._inodes.items():
            try:
                now = os.stat(path).st_ino
            except FileNotFoundError:
                now = 0
            if now != inode:
                raise OSError(0, "it was removed or replaced while this crawl was writing to it", str(path))
