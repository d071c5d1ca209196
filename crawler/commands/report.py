"""``scrapy report``: the last days of the archive as one HTML page with charts. Reads the archive, and writes that page only.

The same archive and the same ``--until`` give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from datetime import datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import reader, terminal, times, units
from archive.exports import WrongUsage
from archive.exports.selection import moment
from archive.exports.whole_file import WholeFile

NO_ARCHIVE, CANNOT_WRITE = 1, 73
MOST = 3660  # days; more bars than that are not to be told apart


class Command(ScrapyCommand):
    """Writes the report."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--days 30] [--until DAY] [--output FILE]"

    def short_desc(self) -> str:
        return "Write an HTML page with charts: volume, latency, publishers, securities, quality, gaps"

    def long_desc(self) -> str:
        return (
            "Writes one HTML page that needs nothing else (no network, no script) to DATA_DIR/report.html, or to --output; "
            "- is standard output. Exit status: 0 (also where there is nothing to show); 1 no archive, or it cannot be read; "
            "2 wrong usage; 73 the page cannot be written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=30, help="Beijing days to show (default: 30)")
        parser.add_argument(
            "--until",
            metavar="DAY",
            help="leave out that Beijing day and all later ones, or what came at or after that time (default: now)",
        )
        parser.add_argument("--output", "-o", metavar="FILE", help="the page (default: DATA_DIR/report.html), - for standard output")  # fmt: skip

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"report takes no {args[0]}", print_help=False)
        if not 1 <= opts.days <= MOST:
            raise UsageError(f"--days {opts.days}: give 1 to {MOST:,}", print_help=False)
        try:
            until = datetime.fromisoformat(moment(opts.until, "until")) if opts.until is not None else times.clock(self.settings)  # fmt: skip
            until = until.replace(microsecond=0)
            until.replace(year=until.year - opts.days // 180 - 1)  # the span before must be there, too
        except (WrongUsage, ValueError) as wrong:
            said = str(wrong) if isinstance(wrong, WrongUsage) else f"--until {opts.until}: give a later day"
            raise UsageError(said, print_help=False) from None
        data_dir = Path(self.settings["DATA_DIR"]).expanduser().resolve()
        terminal.never_fail_to_print()
        from archive.report import counting, page  # late: usage needs none of it

        try:
            conn = reader.open_for_reading(data_dir)
            conn.text_factory = lambda data: data.decode("utf-8", "replace")
            conn.execute("BEGIN")  # of one moment, whatever a crawl writes meanwhile
            found = counting.read(conn, until, opts.days)
            newest = conn.execute(
                "SELECT date(max(published_at), '+8 hours', '+1 day') FROM articles"
            ).fetchone()[0]
            conn.close()
        except (reader.NoArchive, sqlite3.Error) as wrong:
            said = str(wrong) if isinstance(wrong, reader.NoArchive) else f"{data_dir / 'archive.db'} cannot be read: {wrong}. If its tables are older than this program, a crawl brings them up to date"  # fmt: skip
            self._fail(NO_ARCHIVE, said)
            return
        written = page.page(found).encode()
        name = opts.output or str(data_dir / "report.html")
        try:
            if name == "-":
                sys.stdout.buffer.write(written)
                sys.stdout.flush()
                return
            path = Path(name).expanduser()
            if path.is_dir():
                raise UsageError(f"--output {name} is a folder; name a file in it", print_help=False)
            with WholeFile(path) as out:
                out.write(written)
        except BrokenPipeError:  # the reader has seen enough, as head does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        except OSError as wrong:
            self._fail(CANNOT_WRITE, f"{wrong.filename or name} cannot be written: {wrong.strerror or wrong}")
            return
        days = found.window.days
        print(
            f"{path}: {days[0]} to {days[-1]}, {found.totals['articles']:,} articles, {units.in_bytes(len(written))}"
        )
        if newest and newest <= str(days[0]):
            print(
                f"The newest article came before that time: scrapy report --until {newest} shows the days up to it."
            )

    def _fail(self, status: int, why: str) -> None:
        print(f"scrapy report: {why}", file=sys.stderr)
        self.exitcode = status
