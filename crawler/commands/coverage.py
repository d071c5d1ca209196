"""``scrapy coverage``: a calendar of Beijing days that shows which are short of articles, and the publishers; or the lists
of each source. Reads only."""

from __future__ import annotations

import argparse
import json

from archive import reader, terminal, times
from archive.times import BEIJING
from crawler.project_command import ArchiveCommand, BadCommandLine


class Command(ArchiveCommand):
    """Prints the number of articles of each day."""

    arguments = "[--by day|source] [--days 60] [--json]"
    summary = "Show a calendar of archived articles: short days, empty days, gaps, publishers"
    description = (
        "Shows how many articles of each Beijing day are archived. Marks: short N% (that much below the median of its "
        "weekday), none (no article), holiday (Shanghai is closed), gap (one is open in a feed), so far (today). --by source shows "
        "the lists of each source instead: articles, yesterday beside what is usual for its weekday, the newest record, when it was "
        "read, and by name what grows old, fails or falls short. Exit status: 0; 1 no archive, or it cannot be read; 2 wrong usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--by", choices=("day", "source"), default="day", help="what a line is about (default: day)"
        )
        parser.add_argument("--days", type=int, default=60, help="days to show, today included (default: 60)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        # Late: Scrapy imports all commands to run one.
        from archive.coverage import format_coverage, read_coverage
        from archive.source_coverage import format_sources, read_sources

        self.reject_arguments(args)
        if not 1 <= opts.days <= 36_600:
            raise BadCommandLine(f"--days {opts.days}: give 1 to 36,600")
        now = times.clock(self.settings)
        conn = reader.open_for_reading(self.data_dir)
        if opts.by == "source":
            report = read_sources(conn, now, opts.days)
        else:
            report = read_coverage(conn, now.astimezone(BEIJING).date(), opts.days)
        conn.close()
        if opts.json:
            print(json.dumps(report, indent=1))
            return
        paint = terminal.painter()
        lines = format_sources(report, now, paint) if opts.by == "source" else format_coverage(report, paint)
        print("\n".join(lines))
