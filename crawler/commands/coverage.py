"""``scrapy coverage``: a calendar of Beijing days that shows which are short of articles, and the publishers. Reads only."""

from __future__ import annotations

import argparse
import json

from scrapy.exceptions import UsageError

from archive import reader, terminal, times
from archive.times import BEIJING
from crawler.reading_command import ReadingCommand


class Command(ReadingCommand):
    """Prints the number of articles of each day."""

    name = "coverage"

    def syntax(self) -> str:
        return "[--days 60] [--json]"

    def short_desc(self) -> str:
        return "Show a calendar of archived articles: short days, empty days, gaps, publishers"

    def long_desc(self) -> str:
        return (
            "Shows how many articles of each Beijing day are archived. Marks: short N% (that much below the median of its "
            "weekday), none (no article), holiday (Shanghai is closed), gap (one is open in a feed), so far (today). Exit status: 0; 1 no archive, or "
            "it cannot be read; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=60, help="days to show, today included (default: 60)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.coverage import (
            format_coverage,
            read_coverage,
        )  # late: Scrapy imports all commands to run one

        self.reject_arguments(args)
        if not 1 <= opts.days <= 36_600:
            raise UsageError(f"--days {opts.days}: give 1 to 36,600", print_help=False)
        today = times.clock(self.settings).astimezone(BEIJING).date()
        conn = reader.open_for_reading(self.data_dir)
        report = read_coverage(conn, today, opts.days)
        conn.close()
        print(
            json.dumps(report, indent=1)
            if opts.json
            else "\n".join(format_coverage(report, terminal.painter()))
        )
