"""``scrapy crawl``: Scrapy's own, with an exit status that tells cron, and a summary that tells a person."""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import sqlite3
import sys
from typing import Any, NoReturn, TextIO

from scrapy.commands.crawl import Command as ScrapyCrawl

from archive.outcomes import FAILED
from archive.writer import Archive, ArchiveError, ArchiveLocked
from crawler import exit_status as outcome
from crawler.checked_settings import problem
from crawler.extensions.run_log import CrawlLedger

LINES = 20  # of stderr at most


def said_in_one_line(wrong: Exception, spider: Any) -> str:
    """Why the spider does not take its arguments."""
    if isinstance(wrong, TypeError):
        return f"crawl {spider.name}: {str(wrong).rpartition('__init__() ')[2]}"
    return str(wrong)


def ping(url: str, what: str, said: str = "") -> None:
    """Tell a health-check service, at *url*/*what*. That it cannot be reached changes nothing."""
    if not url:
        return
    from urllib.request import Request, urlopen

    with contextlib.suppress(OSError, ValueError):
        urlopen(Request(f"{url.rstrip('/')}/{what}", data=said.encode() or None), timeout=10).close()


def say(stream: TextIO | None, lines: list[str]) -> None:
    """Print *lines*. That nobody can hear them, as the pipe is closed or the disk of the log is full, changes nothing."""
    if stream is None:
        return
    try:
        print("\n".join(lines), file=stream, flush=True)
    except OSError:
        # What is left in the buffer would be tried again at the end, and change the exit status.
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


class Command(ScrapyCrawl):
    """Runs a spider under the archive's lock."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if self.settings["FEEDS"]:
            base = dict(self.settings["EXTENSIONS_BASE"])
            base["scrapy.extensions.feedexport.FeedExporter"] = 0
            self.settings.set("EXTENSIONS_BASE", base, priority="cmdline")
        if wrong := problem(self.settings):
            self._leave(outcome.USAGE, wrong)
        level = str(self.settings["LOG_LEVEL"]).upper()  # Scrapy knows no other writing
        self.settings.set("LOG_LEVEL", level, priority="cmdline")
        self.level = logging.getLevelNamesMapping()[level]
        if self.level > logging.DEBUG and not self.settings["LOG_FILE"]:
            # Every failure is told by the summary; Scrapy's own lines would only hide it.
            self.settings.set("LOG_ENABLED", False, priority="cmdline")
            logging.disable(logging.INFO)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        names = ", ".join(self.crawler_process.spider_loader.list())
        if len(args) != 1:
            self._leave(outcome.USAGE, f"name one spider: scrapy crawl SPIDER, with SPIDER one of {names}")
        try:
            spider = self.crawler_process.spider_loader.load(args[0])
        except KeyError:
            self._leave(outcome.USAGE, f"no spider is called {args[0]}; there are {names}")
        try:
            spider(**opts.spargs)
        except (ValueError, TypeError) as wrong:
            self._leave(outcome.USAGE, said_in_one_line(wrong, spider))
        # What is loaded by now stays: the collector need not look at it every 700 objects. A crawl makes few cycles.
        gc.freeze()
        gc.set_threshold(20_000)
        archive = Archive.named_in(self.settings)
        try:
            archive.open()
        except ArchiveLocked as wrong:
            self._leave(outcome.LOCKED, str(wrong))
        except ArchiveError as wrong:
            self._leave(outcome.CANNOT_WRITE, str(wrong))
        crawler = self._create_crawler(spider)
        Archive.share(crawler, archive)
        ping(self.settings["HEALTHCHECK_URL"], "start")
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self._end(crawler, archive, crawling)

    def _end(self, crawler: Any, archive: Archive, crawling: Any) -> None:
        ledger = crawler.get_extension(CrawlLedger) if crawler.extensions else None
        verdict = ledger.verdict() if ledger else outcome.Verdict()
        if crawling is not None and crawling.done() and (error := crawling.exception()):
            verdict.add(outcome.OUR_BUG, f"{type(error).__name__}: {error}")
        try:
            if ledger:
                ledger.finish(verdict)
            archive.close()
        except (ArchiveError, sqlite3.Error) as wrong:
            verdict.add(outcome.CANNOT_WRITE, f"{archive.root}: {wrong}")
        self.exitcode = verdict.status
        if self.level <= logging.INFO and ledger and archive.broken is None:
            say(sys.stdout, self._summary(crawler, archive))
        if verdict.status:
            say(sys.stderr, self._told(crawler, archive, verdict))
        ping(crawler.settings["HEALTHCHECK_URL"], str(verdict.status), "\n".join(verdict.reasons))

    def _summary(self, crawler: Any, archive: Archive) -> list[str]:
        """What arrived and where it lies."""
        get = crawler.stats.get_value
        lines = []
        for row in archive.arrived if len(archive.arrived) == archive.written else ():
            lines += [
                f"{row['headline']}",
                f"    {row['publisher'] or 'publisher unknown'}, {row['published_at'] or 'time unknown'}, {row['id']}",
            ]
            if row["post_path"]:
                lines.append(f"    {archive.root / row['post_path']}")
        new, changed, completed, same = (
            get(f"articles/{name}", 0) for name in ("new", "changed", "completed", "unchanged")
        )
        failed = sum(get(f"links/{name}", 0) for name in FAILED)
        pictures, lost = (
            get("download_images/stored", 0),
            get("download_images/failed", 0) + get("download_images/refused", 0),
        )
        lines.append(
            f"{new:,} new, {changed:,} changed, {completed:,} completed, {same:,} unchanged, {failed:,} failed; "
            f"{pictures:,} new pictures"
            + (f", {lost:,} not to be had (reasons: article_images)" if lost else "")
        )
        lines.append(f"archive {archive.root / 'archive.db'}, posts {archive.root / 'posts'}")
        return lines

    def _told(self, crawler: Any, archive: Archive, verdict: outcome.Verdict) -> list[str]:
        """Why the status is not 0, in `LINES` lines at most."""
        lines = [f"scrapy crawl ended with {verdict.status}:", *(f"  {reason}" for reason in verdict.reasons)]
        room = LINES - 1 - len(lines)
        lines += [
            f"  {row['outcome']}: {row['url']}: {row['reason']}"
            for row in archive.failures[: max(room - 1, 1)]
        ]
        failed = sum(crawler.stats.get_value(f"links/{name}", 0) for name in FAILED)
        if failed > len(archive.failures[: max(room - 1, 1)]):
            lines.append(
                f"  all {failed:,}: sqlite3 {archive.root / 'archive.db'} \"select * from links where outcome not in ('archived', 'unchanged')\""
            )
        return lines[:LINES]

    def _leave(self, status: int, why: str) -> NoReturn:
        """End at once, with one line that says why."""
        print(f"scrapy crawl: {' '.join(why.split())}", file=sys.stderr)
        sys.exit(status)
