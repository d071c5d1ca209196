"""``scrapy status``: whether the archive is healthy. Reads only.

Exit status, the highest of those that hold: 0 healthy; 1 there is no archive, or it cannot be read; 2 wrong usage;
3 a gap in a feed is open; 4 a feed failed `FEED_FAILURES` times in a row; 5 the last scheduled crawl failed or was
killed; 6 no crawl succeeded within ``--max-age``; 7 the disk is nearly full.
"""

from __future__ import annotations

import argparse
import json

from scrapy.exceptions import UsageError

from archive import reader, terminal, times, units
from crawler.reading_command import NO_ARCHIVE, ReadingCommand


class Command(ReadingCommand):
    """Prints the state of the archive; the exit status is for monitoring."""

    name = "status"

    def syntax(self) -> str:
        return "[--json] [--max-age 15m] [--min-free 1G]"

    def short_desc(self) -> str:
        return "Tell whether the archive is healthy: last runs, feeds, gaps, failing links, disk"

    def long_desc(self) -> str:
        from archive.health import FEED_FAILURES  # late, as below: Scrapy imports all commands to run one

        return (
            "Tells whether the archive is healthy, without a crawl. Exit status, the highest of those that hold: 0 healthy; 1 no "
            "archive, or it cannot be read; 2 wrong usage; 3 a gap in a feed is open; 4 a feed failed "
            f"{FEED_FAILURES} times in a row; 5 the last scheduled crawl failed or was killed; 6 no crawl succeeded within "
            "--max-age; 7 the disk is nearly full."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--max-age",
            metavar="SPAN",
            help="unhealthy when no crawl of finews succeeded within this span, e.g. 15m, 2h, 1d",
        )
        parser.add_argument(
            "--min-free", metavar="SIZE", default="1G", help="required free disk space (default: 1G)"
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.health import check_health, read_status
        from archive.health_text import format_status

        try:
            max_age = units.span(opts.max_age) if opts.max_age else None
            min_free = units.size(opts.min_free)
        except ValueError as exc:
            raise UsageError(str(exc), print_help=False) from None
        self.reject_arguments(args)
        now = times.clock(self.settings)
        conn = reader.open_for_reading(self.data_dir)
        report = read_status(conn, self.data_dir, now)
        conn.close()
        check_health(report, now, max_age, min_free)
        self.exitcode = report["exit_status"]
        print(
            json.dumps(report, indent=1)
            if opts.json
            else "\n".join(format_status(report, now, terminal.painter()))
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.as_json = opts.json
        super().run(args, opts)

    def fail(self, status: int, message: str) -> None:
        super().fail(status, message)
        if self.as_json and status == NO_ARCHIVE:
            problem = {"exit_status": status, "problem": message}
            state = {"data_dir": str(self.data_dir), "healthy": False, "exit_status": status}
            print(json.dumps(state | {"problems": [problem]}))
