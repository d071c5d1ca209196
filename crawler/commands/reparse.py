"""``scrapy reparse``: reads archived articles again from their captures, with today's page objects and rules."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from archive import reader
from archive.captures import CaptureError, Captures
from archive.language import gettext, ngettext
from archive.terminal import show_progress
from archive.writer import Archive
from crawler.project_command import FAILED, NO_ARCHIVE, ArchiveCommand, BadCommandLine, collect_garbage_rarely

if TYPE_CHECKING:
    from archive.differences import Difference
    from crawler.offline.reparse import Choice, Outcome

MOST_SAMPLED = 500  # differences of which samples are chosen


class Command(ArchiveCommand):
    """Shows what another reading changes with ``--dry-run``, else applies it."""

    arguments = "[--dry-run] [--html FILE] [--where SQL] [--site NAME] [--rule NAME] [--limit N]"
    summary = "Read archived articles again from their captures, without network"
    description = (
        "Reads the captures of archived articles again, with today's page objects and rules, and brings the archive up to what "
        "is read: a changed text becomes a revision of our making (revisions.cause is reader), and only changed posts are "
        "written. Links that brought no article and whose responses are kept are read again, too. Nothing is fetched. With "
        "--dry-run nothing is written: what would change is counted and shown by samples. A "
        "run that was cut off goes on where it stopped. Exit status: 0 done; 1 no archive or no captures; 3 some articles "
        "cannot be read again, and stay as they are; 73 cannot be written; 75 a crawl holds the archive."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, and change nothing"
        )
        parser.add_argument("--html", metavar="FILE", help="write every difference into a page, side by side")
        parser.add_argument(
            "--where",
            metavar="SQL",
            default="",
            help="condition on articles, e.g. \"published_at >= '2026-02'\"",
        )
        parser.add_argument("--site", metavar="NAME", default="", help="articles of this site alone")
        parser.add_argument(
            "--rule",
            metavar="NAME",
            default="",
            help="only where this boilerplate rule takes out something else than before",
        )
        parser.add_argument("--limit", metavar="N", type=int, default=0, help="the first N of them")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        self.reject_arguments(args)
        if opts.limit < 0:
            raise BadCommandLine("reparse: --limit is a number of articles")
        self.check_settings()
        self.writes = not opts.dry_run
        reader.open_for_reading(self.data_dir).close()
        # Late: Scrapy loads every command's module at every start.
        from crawler.offline.reparse import Choice

        choice = Choice(opts.where, opts.site, opts.rule, opts.limit)
        try:
            with Captures.read(self.data_dir) as captures, self._page(opts.html) as page:
                if opts.dry_run:
                    with contextlib.closing(reader.open_for_reading(self.data_dir)) as conn:
                        self._run(conn, captures, None, choice, page)
                else:
                    self._apply(captures, choice, page)
        except CaptureError as exc:
            self.fail(
                NO_ARCHIVE, f"{exc}; captures are kept from the first crawl on, unless CAPTURES is False"
            )

    def _apply(self, captures: Captures, choice: Choice, page: IO[str] | None) -> None:
        archive = self.archive_to_write()
        archive.captures = Captures(
            captures.path
        )  # whatever CAPTURES says: the journal there is to name what is found
        with archive:
            assert archive.conn is not None
            self._run(archive.conn, captures, archive, choice, page)

    def _run(
        self,
        conn: sqlite3.Connection,
        captures: Captures,
        archive: Archive | None,
        choice: Choice,
        page: IO[str] | None,
    ) -> None:
        from archive.differences.as_html import write_difference, write_head, write_tail
        from crawler.offline.failed_links import read_failed_links
        from crawler.offline.reparse import Outcome, Reparse, apply

        try:
            [(total,)] = conn.execute(
                f"SELECT count(*) FROM articles WHERE ({choice.where or '1'})"
            ).fetchall()
        except sqlite3.Error as exc:
            raise BadCommandLine(f"reparse: --where {choice.where!r}: {exc}") from None
        outcome, reparse = Outcome(), Reparse(conn, captures, self.settings)
        collect_garbage_rarely()
        samples: list[Difference] = []
        if page:
            write_head(page, "What reading again changes" if archive else "What reading again would change")
        failed_links = read_failed_links(reparse, choice, outcome, archive)
        if archive:
            differences = apply(reparse, choice, archive, outcome, failed_links)
        else:
            articles = (difference for _, difference in reparse.run(choice, outcome))
            differences = chain(articles, failed_links)
        for number, difference in enumerate(differences, 1):
            if number % 50 == 0:
                show_progress(f"{number:,} of {total:,} articles read again · {outcome.changed:,} changed")
            if difference is None:
                continue
            if len(samples) < MOST_SAMPLED:
                samples.append(difference)
            if page:
                write_difference(page, difference)
        show_progress("")
        sentence = describe(outcome, archive is not None)
        if page:
            write_tail(page, sentence, outcome.fields)
        self._report(outcome, sentence, [] if archive else samples)
        if outcome.failed:
            self.exitcode = FAILED

    def _report(self, outcome: Outcome, sentence: str, samples: list[Difference]) -> None:
        from archive import terminal
        from archive.differences.as_text import choose_samples, print_counts, print_difference
        from archive.edits.as_text import WIDEST, Page

        on_terminal = sys.stdout.isatty()
        width = min(shutil.get_terminal_size().columns, WIDEST) if on_terminal else None
        page = Page(terminal.colours_wanted(), width)
        for difference in choose_samples(samples):
            print_difference(page, difference)
        if page.lines:
            page.say()
        page.say(sentence)
        print_counts(page, outcome.fields)
        for article_id, reason in outcome.reasons:
            page.runs("  ", [("same", f"{article_id}: {reason}")])
        print("\n".join(page.lines).lstrip("\n"))

    @contextlib.contextmanager
    def _page(self, path: str | None) -> Iterator[IO[str] | None]:
        """The HTML page to write to; it appears whole or not at all."""
        if path is None:
            yield None
            return
        part = Path(f"{path}.part")
        with open(part, "w", encoding="utf-8", errors="backslashreplace") as out:
            yield out
        part.replace(path)


def describe(outcome: Outcome, applied: bool) -> str:
    """What a run came to, in one sentence."""
    text = (
        ngettext("{count:,} article read again: {changed:,} changed", "{count:,} articles read again: {changed:,} changed", outcome.read, changed=outcome.changed)
        if applied
        else ngettext("{count:,} article read again: {changed:,} would change", "{count:,} articles read again: {changed:,} would change", outcome.read, changed=outcome.changed)
    )  # fmt: skip
    if outcome.changed:
        text += gettext(", {count:,} of them in headline or text", count=outcome.revisions)
    parts = [
        (outcome.without_journal, ngettext("{count:,} is from before the journal of captures, and stays as it is", "{count:,} are from before the journal of captures, and stay as they are", outcome.without_journal)),
        (outcome.failed, ngettext("{count:,} cannot be read again, and stays as it is", "{count:,} cannot be read again, and stay as they are", outcome.failed)),
        (outcome.arrived, ngettext("{count:,} link that had failed is an article now", "{count:,} links that had failed are articles now", outcome.arrived)
        if applied
        else ngettext("{count:,} link that failed would be an article", "{count:,} links that failed would be articles", outcome.arrived)),
        (outcome.links - outcome.arrived, ngettext("{count:,} other link that failed stays without an article", "{count:,} other links that failed stay without an article", outcome.links - outcome.arrived)),
    ]  # fmt: skip
    return "; ".join([text, *(words for count, words in parts if count)])
