"""``scrapy report``: the last days of the archive as one HTML page with charts. Reads the archive, and writes that page only.

The same archive and the same ``--until`` give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from archive import times, units
from archive.language import gettext
from crawler.project_command import CANNOT_WRITE, ArchiveCommand, BadCommandLine

MAX_DAYS = 3660  # more bars than that cannot be told apart


class Command(ArchiveCommand):
    """Writes the report."""

    arguments = "[--days 30] [--until DAY] [--output FILE]"
    summary = "Write an HTML page with charts: volume, latency, publishers, securities, quality, gaps"
    description = (
        "Writes one self-contained HTML page (no network, no script) to DATA_DIR/report.html, or to --output; "
        "- is standard output. Exit status: 0 (also where there is nothing to show); 1 no archive, or it cannot be read; "
        "2 wrong usage; 73 the page cannot be written."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=30, help="Beijing days to show (default: 30)")
        parser.add_argument(
            "--until",
            metavar="DAY",
            help="exclude that Beijing day and all later ones, or what came at or after that time (default: now)",
        )
        parser.add_argument("--output", "-o", metavar="FILE", help="the page (default: DATA_DIR/report.html), - for standard output")  # fmt: skip

    def parse_until(self, opts: argparse.Namespace) -> datetime:
        """The end of the report, and a span before it that a calendar has. Raises UsageError."""
        from archive.exports import WrongUsage  # late: Scrapy imports all commands to run one
        from archive.exports.selection import parse_time

        try:
            is_given = opts.until is not None
            until = (
                datetime.fromisoformat(parse_time(opts.until, "until"))
                if is_given
                else times.clock(self.settings)
            )
            until = until.replace(microsecond=0)
            until.replace(year=until.year - opts.days // 180 - 1)
        except WrongUsage as exc:
            raise BadCommandLine(str(exc)) from None
        except ValueError:
            raise BadCommandLine(f"--until {opts.until}: give a later day") from None
        return until

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        self.reject_arguments(args)
        if not 1 <= opts.days <= MAX_DAYS:
            raise BadCommandLine(f"--days {opts.days}: give 1 to {MAX_DAYS:,}")
        until = self.parse_until(opts)
        from archive.exports.whole_file import WholeFile
        from archive.report import page, write  # late: usage needs none of it

        figures, newest = write.read_figures(self.data_dir, until, opts.days)
        html = page.page(figures).encode()
        name = opts.output or str(self.data_dir / "report.html")
        if name == "-":
            sys.stdout.buffer.write(html)
            return
        path = Path(name).expanduser()
        if path.is_dir():
            raise BadCommandLine(f"--output {name} is a folder; name a file in it")
        try:
            with WholeFile(path) as out:
                out.write(html)
        except OSError as exc:
            self.fail(CANNOT_WRITE, f"{exc.filename or name} cannot be written: {exc.strerror or exc}")
            return
        days = figures.window.days
        print(
            gettext(
                "{path}: {first} to {last}, {count:,} articles, {size}",
                path=path,
                first=days[0],
                last=days[-1],
                count=figures.totals["articles"],
                size=units.in_bytes(len(html)),
            )
        )
        if newest and newest <= str(days[0]):
            print(
                gettext(
                    "The newest article is older: scrapy report --until {day} shows the days up to it.",
                    day=newest,
                )
            )
