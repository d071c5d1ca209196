"""``scrapy status``: whether the archive is healthy. Reads only.

Exit status, the highest of those that hold: 0 healthy; 1 there is no archive, or it or its captures cannot be
read; 2 wrong usage; 3 a gap in a feed is open; 4 a feed failed `FEED_FAILURES` times in a row; 5 the last scheduled crawl
failed or was killed; 6 no crawl succeeded within ``--max-age``; 7 the disk is nearly full; 8 links of the queue were put aside,
nobody works on it, or it cannot be reached.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from archive import reader, terminal, times, units
from crawler.cluster import QueueProblem
from crawler.project_command import NO_ARCHIVE, ArchiveCommand, BadCommandLine


class Command(ArchiveCommand):
    """Prints the state of the archive; the exit status is for monitoring."""

    arguments = "[SHARD...] [--json] [--max-age 15m] [--min-free 1G]"
    summary = "Tell whether the archive is healthy: last runs, feeds, gaps, failing links, disk"

    def long_desc(self) -> str:
        from archive.list_habits import (
            FEED_FAILURES,
        )  # late, as below: Scrapy imports all commands to run one

        return (
            "Tells whether the archive is healthy, without a crawl. Exit status, the highest of those that hold: 0 healthy; 1 no "
            "archive, or it or its captures cannot be read; 2 wrong usage; 3 a gap in a feed is open; 4 a feed failed "
            f"{FEED_FAILURES} times in a row; 5 the last scheduled crawl failed or was killed; 6 no crawl succeeded within "
            "--max-age; 7 the disk is nearly full; 8 links of the queue (-s QUEUE=) were put aside, nobody works on it, or it "
            "cannot be reached. Several SHARDs, DATA_DIRs of machines that crawl together, are shown side by side."
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

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.health import check_health, read_status
        from archive.health.as_text import format_status
        from archive.health.shards import format_shards
        from crawler.cluster.queue_status import QUEUE_TROUBLE, queue_lines

        try:
            max_age = units.span(opts.max_age) if opts.max_age else None
            min_free = units.size(opts.min_free)
        except ValueError as exc:
            raise BadCommandLine(str(exc)) from None
        if unknown := [arg for arg in args if not Path(arg).expanduser().is_dir()]:
            self.reject_arguments(unknown)
        now = times.clock(self.settings)
        reports = []
        for root in [Path(arg).expanduser().resolve() for arg in args] or [self.data_dir]:
            conn = reader.open_for_reading(root)
            try:
                report = read_status(conn, root, now)
            except reader.READ_ERRORS as exc:
                message = reader.explain_unreadable(root / "archive.db", exc)
                raise reader.NoArchive(message) from None
            finally:
                conn.close()
            check_health(report, now, max_age, min_free)
            reports.append(report)
        queue = self.read_queue() if self.settings["QUEUE"] else None
        problems = [
            {"exit_status": QUEUE_TROUBLE, "problem": problem}
            for problem in (queue or {"problems": []})["problems"]
        ]
        if problems and len(reports) == 1:
            reports[0]["problems"] += problems
            reports[0] |= {"exit_status": QUEUE_TROUBLE, "healthy": False}
        self.exitcode = max(entry["exit_status"] for entry in (*reports, *problems))
        if opts.json:
            print(json.dumps(self.as_object(reports, queue), indent=1))
            return
        paint = terminal.painter()
        if len(reports) == 1:
            lines = format_status(reports[0], now, paint)
        else:
            lines = format_shards(reports, problems, now, paint)
        if queue:
            lines += queue_lines(queue, paint)
        print("\n".join(lines))

    def as_object(self, reports: list[dict[str, Any]], queue: dict[str, Any] | None) -> dict[str, Any]:
        """What ``--json`` prints: the report of one archive, or of several with what they come to."""
        from archive.health.shards import sum_up

        result = reports[0] if len(reports) == 1 else {**sum_up(reports), "shards": reports}
        if queue:
            result["queue"] = queue
        return result | {"exit_status": self.exitcode, "healthy": self.exitcode == 0}

    def read_queue(self) -> dict[str, Any]:
        """The state of the queue. Raises UsageError where it cannot be asked at all."""
        from crawler.cluster.queue_status import read_queue

        try:
            return read_queue(self.settings["QUEUE"])
        except QueueProblem as exc:
            raise BadCommandLine(f"status: {exc}") from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.as_json = opts.json
        super().run(args, opts)

    def fail(self, status: int, message: str) -> None:
        super().fail(status, message)
        if self.as_json and status == NO_ARCHIVE:
            problem = {"exit_status": status, "problem": message}
            state = {"data_dir": str(self.data_dir), "healthy": False, "exit_status": status}
            print(json.dumps(state | {"problems": [problem]}))
