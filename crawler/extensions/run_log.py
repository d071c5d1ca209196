"""Watches a crawl: its row in `crawls`, its progress on a terminal, errors that nobody else reports."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from typing import Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archive.outcomes import ARRIVED, FAILED
from archive.times import utc_text
from archive.writer import Archive, ArchiveError
from crawler import exit_status as outcome

COUNTS = {
    "articles_new": "articles/new",
    "articles_changed": "articles/changed",
    "articles_completed": "articles/completed",
    "articles_unchanged": "articles/unchanged",
    "images_stored": "download_images/stored",
    "requests": "downloader/request_count",
    "bytes": "downloader/response_bytes",
}
"""Columns of `crawls` by the stat that fills them."""


class ErrorCollector(logging.Handler):
    """Keeps what is logged as an error, so that a quiet crawl can still tell why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # What a middleware could not fetch (a robots.txt, say) is no bug, and the link's outcome tells it.
        if len(self.seen) >= 5 or record.name.startswith("scrapy.downloadermiddlewares"):
            return
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ArchiveError):  # told as such
            return
        said = record.getMessage().splitlines() or ["?"]
        if error is not None:
            where = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
            place = f" ({os.path.basename(where[0].filename)}:{where[0].lineno})" if where else ""
            said = [f"{type(error).__name__}: {error}{place}"]
        self.seen.append(said[0][:300])


class CrawlLedger:
    """Opens and closes the crawl's row; `verdict` judges it."""

    def __init__(self, crawler: Any):
        self.crawler, self.stats = crawler, crawler.stats
        self.archive = Archive.of(crawler)
        self.errors = ErrorCollector()
        self.finish_reason = "finished"
        self.crawl_id: str | None = None
        self.timer: Any = None
        self.ending: asyncio.Future[None] | None = None
        """The end that a full disk brings about."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> CrawlLedger:
        if not crawler.spider.name:
            raise NotConfigured
        ledger = cls(crawler)
        crawler.signals.connect(ledger.opened, signal=signals.spider_opened)
        crawler.signals.connect(ledger.closed, signal=signals.spider_closed)
        crawler.signals.connect(ledger.item_error, signal=signals.item_error)
        logging.getLogger().addHandler(ledger.errors)
        return ledger

    def opened(self, spider: Any) -> None:
        now = self.archive.now()
        self.crawl_id = f"{now:%Y%m%dT%H%M%SZ}-{spider.name}-{os.getpid()}"
        db = self.archive.open().conn
        assert db is not None
        with db:
            # We hold the lock: a crawl without an end was killed.
            db.execute(
                "UPDATE crawls SET outcome = 'interrupted' WHERE finished_at IS NULL AND outcome IS NULL"
            )
            db.execute(
                "INSERT INTO crawls (id, spider, started_at) VALUES (?, ?, ?)",
                [self.crawl_id, spider.name, utc_text(now)],
            )
        if sys.stderr.isatty():
            self.timer = create_looping_call(self.progress)
            self.timer.start(0.5)

    def closed(self, reason: str) -> None:
        self.finish_reason = reason
        if self.timer is not None:
            self.timer.stop()
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def item_error(self, item: Any, failure: Any) -> None:
        """A pipeline failed. The link must not vanish for it; a full disk ends the crawl."""
        if isinstance(failure.value, ArchiveError):
            if self.ending is None:  # in a task of its own: the crawl's end waits for this very item
                ending = self.crawler.engine.close_spider_async(reason="archive_cannot_be_written")
                self.ending = asyncio.ensure_future(ending)
            return
        link = getattr(item, "link", None)
        if link:
            reason = f"our own bug: {type(failure.value).__name__}: {failure.value}; please report it with the link"
            row = {"url": link, "article_id": item.id, "outcome": "failed", "reason": reason}
            self.archive.add_link({**row, "last_tried_at": utc_text(self.archive.now())})
            self.stats.inc_value("links/failed")

    def progress(self) -> None:
        """One line on the terminal, written over itself."""
        get = self.stats.get_value
        done = sum(get(f"links/{name}", 0) for name in ARRIVED + FAILED)
        new = get("articles/new", 0)
        failed = sum(get(f"links/{name}", 0) for name in FAILED)
        line = (
            f"{done:,} links done · {new:,} new articles · {get('download_images/stored', 0):,} pictures · "
            f"{failed:,} failed · {get('downloader/request_count', 0):,} requests"
        )
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def verdict(self) -> outcome.Verdict:
        """The exit status and why, once the crawl is over."""
        verdict = outcome.judge(self.stats.get_stats(), self.finish_reason)
        if self.archive.broken is not None:
            verdict.add(outcome.CANNOT_WRITE, str(self.archive.broken))
        for error in self.errors.seen:
            verdict.add(outcome.OUR_BUG, error)
        return verdict

    def finish(self, verdict: outcome.Verdict) -> None:
        """Write the end of the crawl into its row."""
        db, get = self.archive.conn, self.stats.get_value
        if db is None or self.crawl_id is None:
            return
        row: dict[str, Any] = {column: get(stat, 0) for column, stat in COUNTS.items()}
        row["images_failed"] = get("download_images/failed", 0) + get("download_images/refused", 0)
        row["links_failed"] = sum(get(f"links/{name}", 0) for name in FAILED)
        row["finished_at"] = utc_text(self.archive.now())
        row["exit_status"] = verdict.status
        row["reason"] = "; ".join(verdict.reasons) or None
        ended = {"finished": "finished", "closespider_timeout": "finished", "shutdown": "interrupted"}
        row["outcome"] = ended.get(self.finish_reason, "failed")
        with db:
            db.execute(
                f"UPDATE crawls SET {', '.join(f'{name} = :{name}' for name in row)} WHERE id = :id",
                {**row, "id": self.crawl_id},
            )
