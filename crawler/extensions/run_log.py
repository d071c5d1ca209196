"""The run log: a crawl's row in `crawls`, its exit status, its progress on a terminal, errors that nobody else reports."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
import traceback
from typing import Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archive.outcomes import ALL, DROPPED, FAILED, FAILED_HERE
from archive.reader import why_unwritten
from archive.terminal import show_progress
from archive.times import utc_text
from archive.writer import ArchiveError
from crawler import exit_status, reasons
from crawler.base_spiders.archive import ArchiveSpider
from crawler.interrupts import ReadingEnded
from crawler.items import Article, LinkOutcome
from pipelines.archive_access import archive_of

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


NOT_BUGS = ("scrapy.downloadermiddlewares", "scrapy.extensions", "trafilatura", "htmldate", "pypdf")
"""Loggers whose errors are reported otherwise: what could not be fetched (a robots.txt, say) by the link's outcome, a limit
that ended the crawl (MEMUSAGE_LIMIT_MB, say) by its finish reason; what a library cannot read of a page by what the readers make of it."""


MOST_WARNINGS = 20  # a crawl that meets more of them has logged the rest
OURS = ("archive", "crawler", "pipelines")
"""Loggers whose warnings a person is to see."""


class ErrorCollector(logging.Handler):
    """Keeps what is logged as an error, so that a quiet crawl can still report why it failed, and our own warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.ERROR:
            if record.name.startswith(OURS) and len(self.warnings) < MOST_WARNINGS:
                self.warnings.append(" ".join(record.getMessage().split())[:500])
            return
        if len(self.messages) >= 5 or record.name.startswith(NOT_BUGS):
            return
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ArchiveError | ReadingEnded):  # reported as such
            return
        lines = record.getMessage().splitlines() or ["?"]
        if error is not None:
            frames = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
            place = f" ({os.path.basename(frames[0].filename)}:{frames[0].lineno})" if frames else ""
            lines = [f"{type(error).__name__}: {error}{place}"]
        self.messages.append(lines[0][:300])


class RunLog:
    """Begins the crawl's row, and at the end writes how the crawl ended into it and closes the archive.

    Off where no archive is open, as under `scrapy parse`; of a spider of ours that is worth a warning.
    """

    def __init__(self, crawler: Any):
        self.crawler, self.stats = crawler, crawler.stats
        archive = archive_of(crawler)
        if archive is None:
            reason = "no archive is open, so nothing is kept; in a script, pipelines.archive_access.OpenArchive opens it"
            raise NotConfigured(reason) if issubclass(crawler.spidercls, ArchiveSpider) else NotConfigured
        self.archive = archive
        self.errors = ErrorCollector()
        self.finish_reason = "finished"
        self.verdict: exit_status.Verdict | None = None
        """How the crawl ended, once it has."""
        self.crawl_id: str | None = None
        self.timer: Any = None
        self.closing: asyncio.Future[None] | None = None
        """The end of the crawl that a full disk brings about."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> RunLog:
        run_log = cls(crawler)
        for handler, signal in (
            (run_log.spider_opened, signals.spider_opened),
            (run_log.spider_closed, signals.spider_closed),
            (run_log.engine_stopped, signals.engine_stopped),
            (run_log.item_dropped, signals.item_dropped),
            (run_log.item_error, signals.item_error),
        ):
            crawler.signals.connect(handler, signal=signal)
        logging.getLogger().addHandler(run_log.errors)
        return run_log

    def spider_opened(self, spider: Any) -> None:
        self.crawl_id = self.archive.begin_crawl(spider.name)
        if sys.stderr.isatty():
            self.timer = create_looping_call(self.show_progress)
            self.timer.start(0.5)

    def spider_closed(self, reason: str) -> None:
        is_resident = getattr(self.crawler.spider, "is_resident", False)  # a signal is how such a crawl ends
        self.finish_reason = "finished" if is_resident and reason == "shutdown" else reason
        if self.timer is not None:
            self.timer.stop()
            show_progress("")

    def engine_stopped(self) -> None:
        """All is written by now: pipelines are closed, the spider has named the links that it did not get to."""
        logging.getLogger().removeHandler(self.errors)
        verdict = exit_status.evaluate(self.stats.get_stats(), self.finish_reason)
        if self.archive.broken is not None:
            verdict.add(exit_status.CANNOT_WRITE, str(self.archive.broken))
        for message in self.errors.messages:
            verdict.add(exit_status.OUR_BUG, message)
        try:
            self._finish_row(verdict)
            self.archive.close()
        except ArchiveError as exc:
            verdict.add(exit_status.CANNOT_WRITE, str(exc))
        except sqlite3.Error as exc:
            verdict.add(exit_status.CANNOT_WRITE, why_unwritten(self.archive.root, exc))
        self.verdict = verdict

    def item_dropped(self, item: Any, exception: Exception) -> None:
        """A pipeline of the user's dropped an article: its words are the reason of the link."""
        if isinstance(item, Article) and (link := item.link or item.share_url):
            self._end_link(link, item.id, DROPPED, str(exception) or "dropped by a pipeline")

    def item_error(self, item: Any, failure: Any) -> None:
        """A pipeline failed. The link must not vanish for it; a full disk ends the crawl."""
        if isinstance(failure.value, ArchiveError):
            if self.closing is None:  # in a task of its own: the crawl's end waits for this very item
                self.closing = asyncio.ensure_future(
                    self.crawler.engine.close_spider_async(reason="archive_cannot_be_written")
                )
            return
        if isinstance(failure.value, ReadingEnded):
            if link := item.link or getattr(item, "share_url", None):
                outcome, reason = reasons.of_ending(failure.value, link)
                self._end_link(link, getattr(item, "id", None), outcome, reason)
        elif link := getattr(item, "link", None):
            self._end_link(link, getattr(item, "id", None), FAILED_HERE, reasons.of_bug(failure.value))
        elif isinstance(failure.value, KeyError) and not isinstance(item, Article | LinkOutcome):
            kind = type(item).__name__
            self.errors.messages[-1:] = [
                f"a {kind} item lacks the field {failure.value}: yield crawler.items.Article, which has all that pipelines refine"
            ]

    def _end_link(self, link: str, article_id: str | None, outcome: str, reason: str) -> None:
        row = {"url": link, "article_id": article_id, "outcome": outcome, "reason": reason}
        self.archive.add_link({**row, "last_tried_at": utc_text(self.archive.now())})
        self.stats.inc_value(f"links/{outcome}")

    def pause(self) -> None:
        """A resident crawl waits for its next round: what it came to so far is in its row."""
        self._finish_row(exit_status.evaluate(self.stats.get_stats(), "finished"))

    def show_progress(self) -> None:
        """One line on the terminal, written over itself."""
        get = self.stats.get_value
        done = sum(get(f"links/{name}", 0) for name in ALL)
        new, expected = get("articles/new", 0), get("links/expected")
        failed = sum(get(f"links/{name}", 0) for name in FAILED)
        line = (
            f"{done:,}{f' of {expected:,}' if expected else ''} links done · {new:,} new articles · {get('download_images/stored', 0):,} images · "
            f"{failed:,} failed · {get('downloader/request_count', 0):,} requests"
        )
        show_progress(line)

    def _finish_row(self, verdict: exit_status.Verdict) -> None:
        """Write the end of the crawl into its row."""
        if self.crawl_id is None or not self.archive.is_open:
            return
        get = self.stats.get_value
        row: dict[str, Any] = {column: get(stat, 0) for column, stat in COUNTS.items()}
        row["images_failed"] = get("download_images/failed", 0) + get("download_images/refused", 0)
        row["links_failed"] = sum(get(f"links/{name}", 0) for name in FAILED)
        row["exit_status"] = verdict.status
        row["reason"] = "; ".join(verdict.reasons) or None
        ended = {"finished": "finished", "closespider_timeout": "finished", "shutdown": "interrupted"}
        row["outcome"] = ended.get(self.finish_reason, "failed")
        self.archive.finish_crawl(self.crawl_id, **row)
