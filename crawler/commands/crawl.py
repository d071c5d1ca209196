"""``scrapy crawl``: Scrapy's own, with an exit status that tells cron, and a summary that tells a person."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sqlite3
import sys
from typing import Any, NoReturn

from scrapy.commands.crawl import Command as ScrapyCrawl

from archive.language import chosen, gettext, using
from archive.outcomes import FAILED
from archive.writer import Archive, ArchiveError, ArchiveLocked
from crawler import exit_status
from crawler.alerting import deliver_alerts
from crawler.checks.classes import find_misfit
from crawler.checks.doubtful_settings import find_idle_feeds, find_typos
from crawler.checks.settings import find_problem
from crawler.extensions.run_log import RunLog
from crawler.project_command import collect_garbage_rarely, find_folder_problem
from crawler.standard_streams import guard_streams
from pipelines.archive_access import archive_named_in, share_archive

LINES = 20  # of stderr at most


def explain_rejection(exc: Exception, spider: Any) -> str:
    """Why the spider does not take its arguments, in one line."""
    if isinstance(exc, TypeError):
        return f"crawl {spider.name}: {str(exc).rpartition('__init__() ')[2]}"
    return str(exc)


def ping(url: str, path: str, text: str = "") -> None:
    """Notify a health-check service, at *url*/*path*. That it cannot be reached changes nothing."""
    if not url:
        return
    from urllib.request import Request, urlopen

    with contextlib.suppress(OSError, ValueError):
        urlopen(Request(f"{url.rstrip('/')}/{path}", data=text.encode() or None), timeout=10).close()


def summarise(stats: Any, archive: Archive) -> list[str]:
    """What arrived and where it is."""
    get = stats.get_value
    lines = []
    for row in archive.arrived if len(archive.arrived) == archive.written else ():
        publisher = row["publisher"] or gettext("publisher unknown")
        published = row["published_at"] or gettext("time unknown")
        lines += [f"{row['headline']}", f"    {publisher}, {published}, {row['id']}"]
        if row["post_path"]:
            lines.append(f"    {archive.root / row['post_path']}")
    new, changed, completed, same = (
        get(f"articles/{name}", 0) for name in ("new", "changed", "completed", "unchanged")
    )
    failed = sum(get(f"links/{name}", 0) for name in FAILED)
    dropped = get("links/dropped", 0)
    partial = get("articles/preview", 0) + get("articles/locked", 0)
    differing = get("normalise_dates/differing", 0)
    images = get("download_images/stored", 0)
    lost = get("download_images/failed", 0) + get("download_images/refused", 0)
    lines.append(
        gettext(
            "{new:,} new, {changed:,} changed, {completed:,} completed, {same:,} unchanged, {failed:,} failed",
            new=new,
            changed=changed,
            completed=completed,
            same=same,
            failed=failed,
        )
        + (gettext(", {count:,} dropped", count=dropped) if dropped else "")
        + (gettext(", {count:,} of them only in part (articles.access)", count=partial) if partial else "")
        + gettext("; {count:,} new images", count=images)
        + (gettext(", {count:,} images unavailable (see article_images.reason)", count=lost) if lost else "")
        + (
            gettext("; list and page state different times of {count:,} (article_times)", count=differing)
            if differing
            else ""
        )
    )
    if files := get("files/found", 0):
        merged, without, other = (get(f"files/{name}", 0) for name in ("merged", "without_article", "other"))
        lines.append(
            gettext("{count:,} files", count=files)
            + (gettext(", {count:,} merged with another of the same article", count=merged) if merged else "")
            + (gettext(", {count:,} without an article", count=without) if without else "")
            + (gettext("; {count:,} of other kinds not read", count=other) if other else "")
        )
    lines.append(
        gettext(
            "archive {archive}, posts {posts}",
            archive=archive.root / "archive.db",
            posts=archive.root / "posts",
        )
    )
    return lines


def explain_status(stats: Any, archive: Archive, verdict: exit_status.Verdict) -> list[str]:
    """Why the exit status is not 0, in `LINES` lines at most."""
    lines = [gettext("scrapy crawl ended with {status}:", status=verdict.status)]
    lines += [f"  {reason}" for reason in exit_status.translated(verdict, stats.get_stats())]
    failures = archive.failures[: max(LINES - 2 - len(lines), 1)]
    lines += [f"  {row['outcome']}: {row['url']}: {row['reason']}" for row in failures]
    failed = sum(stats.get_value(f"links/{name}", 0) for name in FAILED)
    if failed > len(failures):
        lines.append(
            gettext("  all {count:,}:", count=failed)
            + f" sqlite3 {archive.root / 'archive.db'} \"select * from links where outcome not in ('archived', 'unchanged')\""
        )
    return lines[:LINES]


class Command(ScrapyCrawl):
    """Runs a spider under the archive's lock."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        guard_streams(lossy=True)  # the exit status is of what was archived
        try:
            super().process_options(args, opts)
        except (TypeError, ValueError, OSError) as exc:
            self._leave(exit_status.USAGE, find_misfit(self.settings, opts.set, exc))
        if problem := find_folder_problem(self.settings) or find_problem(self.settings):
            self._leave(exit_status.USAGE, problem)
        for warning in (*find_typos(self.settings), *find_idle_feeds(self.settings)):
            print(f"scrapy crawl: warning: {warning}", file=sys.stderr)
        level = str(self.settings["LOG_LEVEL"]).upper()  # Scrapy knows no other spelling
        self.settings.set("LOG_LEVEL", level, priority="cmdline")
        self.level = logging.getLevelNamesMapping()[level]
        if self.level > logging.DEBUG and not self.settings["LOG_FILE"]:
            # The summary reports every failure; Scrapy's own lines would only hide it.
            self.settings.set("LOG_ENABLED", False, priority="cmdline")
        # Records below the level are not even made: two for each article, which no handler would take.
        logging.disable(self.level - 1)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        names = ", ".join(self.crawler_process.spider_loader.list())
        if len(args) != 1:
            self._leave(
                exit_status.USAGE, f"name one spider: scrapy crawl SPIDER, with SPIDER one of {names}"
            )
        try:
            spider = self.crawler_process.spider_loader.load(args[0])
        except KeyError:
            self._leave(exit_status.USAGE, f"no spider is called {args[0]}; there are {names}")
        try:
            if check := getattr(spider, "check_arguments", None):
                check(self.settings, **opts.spargs)
            else:
                spider(**opts.spargs)
        except (ValueError, TypeError) as exc:
            self._leave(exit_status.USAGE, explain_rejection(exc, spider))
        collect_garbage_rarely()
        archive = archive_named_in(self.settings)
        try:
            archive.open()
        except ArchiveLocked as exc:
            self._leave(exit_status.LOCKED, str(exc))
        except ArchiveError as exc:
            self._leave(exit_status.CANNOT_WRITE, str(exc))
        crawler = self.crawler_process.create_crawler(spider)
        share_archive(crawler, archive)
        ping(self.settings["HEALTHCHECK_URL"], "start")
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self._report(crawler, archive, crawling)

    def _report(self, crawler: Any, archive: Archive, crawling: Any) -> None:
        """Set the exit status, print the summary and why the status is not 0."""
        run_log = None
        with contextlib.suppress(RuntimeError):  # the crawl ended before it had extensions
            run_log = crawler.get_extension(RunLog)
        verdict = (run_log and run_log.verdict) or exit_status.Verdict()
        if crawling is not None and crawling.done() and (exc := crawling.exception()):
            reason = f"{type(exc).__name__}: {exc}"
            if (
                run_log is None or run_log.crawl_id is None
            ):  # nothing was asked for yet: there were only settings
                verdict.add(exit_status.USAGE, f"the crawl cannot begin with these settings: {reason}")
            else:
                verdict.add(exit_status.OUR_BUG, reason)
        with contextlib.suppress(
            ArchiveError, sqlite3.Error
        ):  # the run log has closed it, or reported why it could not
            archive.close()
        self.exitcode = verdict.status
        with using(chosen(crawler.settings["LANGUAGE"], os.environ)):
            if self.level <= logging.INFO and run_log and archive.broken is None:
                print("\n".join(summarise(crawler.stats, archive)), flush=True)
            for warning in run_log.errors.warnings if run_log and not crawler.settings["LOG_ENABLED"] else ():
                print(f"scrapy crawl: warning: {warning}", file=sys.stderr)
            if verdict.status:
                print("\n".join(explain_status(crawler.stats, archive, verdict)), file=sys.stderr)
        ping(crawler.settings["HEALTHCHECK_URL"], str(verdict.status), "\n".join(verdict.reasons))
        for problem in deliver_alerts(crawler.settings):
            print(f"scrapy crawl: {problem}", file=sys.stderr)

    def _leave(self, status: int, reason: str) -> NoReturn:
        """End at once, with one line that says why."""
        print(f"scrapy crawl: {' '.join(reason.split())}", file=sys.stderr)
        sys.exit(status)
