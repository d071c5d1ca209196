"""``scrapy verify``: whether everything that is archived is there and as it was; ``--repair`` puts right what it can."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from archive.language import gettext, ngettext
from archive.times import clock
from archive.writer import ArchiveError
from crawler.project_command import ArchiveCommand

if TYPE_CHECKING:
    from archive.verify import Report

SHOWN = 50  # findings on a terminal; --json has all


class Command(ArchiveCommand):
    """Checks database, texts, posts, images, captures, manifests and left-overs."""

    arguments = "[--repair] [--json]"
    summary = "Check that all that is archived is there and undamaged"
    description = (
        "Checks the database, the search index, every text, post, image and capture, the daily manifests, files that no "
        "row names and left-overs of killed crawls. --repair renders posts again, writes damaged rows again from their captures, "
        "rebuilds indexes, fetches damaged images (one that is served with other bytes now is left to a crawl of its article), and "
        "moves unclaimed files to unclaimed/. Exit status: 0 sound; 1 all damage "
        "repaired, or no archive; 3 damage found; 73 cannot be written; 75 a crawl holds the archive."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--repair", action="store_true", help="put right what can be put right")
        parser.add_argument("--json", action="store_true", help="one JSON object with every finding")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.verify import verify  # late: Scrapy imports all commands to run one

        self.reject_arguments(args)
        from crawler.offline.reparse import reader_of_rows
        from crawler.reader_version import reader_of

        reread = reader_of_rows(self.data_dir, self.settings)
        try:
            report = verify(
                self.data_dir,
                self.post_writer,
                clock(self.settings),
                opts.repair,
                reread,
                reader_of(self.settings),
            )
            if opts.repair:
                self._fetch_images(report)
        except OSError as exc:
            name = f"{exc.filename}: " if exc.filename else ""
            raise ArchiveError(f"{name}{exc.strerror or exc}") from None
        self.exitcode = report.exit_status
        if opts.json:
            print(json.dumps(as_json(report), ensure_ascii=False, indent=1))
        else:
            print_report(report)

    def _fetch_images(self, report: Report) -> None:
        """Fetch the images that were found damaged."""
        damaged = [finding for finding in report.findings if finding.check == "image"]
        if not damaged:
            return
        from crawler.offline.image_repair import fetch_images

        fetched = fetch_images(self.data_dir, [finding.subject for finding in damaged], self.settings)
        for finding in damaged:
            if finding.subject in fetched:
                finding.problem = finding.problem.partition(";")[0] + "; fetched again"
                finding.repaired = True


def as_json(report: Report) -> dict[str, object]:
    """The report for programs."""
    return {
        "exit_status": report.exit_status,
        "articles": report.articles,
        "images": report.images,
        "captures": report.captures,
        "without_captures": report.without_captures,
        "of_other_readers": report.of_other_readers,
        "has_unread_index": report.has_unread_index,
        "findings": [finding.as_json() for finding in report.findings],
    }


def print_report(report: Report) -> None:
    """The report for people."""
    for finding in report.findings[:SHOWN]:
        print(f"{finding.check}: {finding.subject}: {finding.problem}{' (repaired)' * finding.repaired}")
    if len(report.findings) > SHOWN:
        print(gettext("and {count:,} more: --json lists all", count=len(report.findings) - SHOWN))
    verdict = {0: gettext("sound"), 1: gettext("repaired"), 3: gettext("damage found")}[report.exit_status]
    parts = [
        ngettext("{count:,} article", "{count:,} articles", report.articles),
        ngettext("{count:,} image", "{count:,} images", report.images),
        ngettext("{count:,} capture", "{count:,} captures", report.captures),
    ]
    text = verdict + gettext(": ") + gettext(", ").join(parts)
    for words, count in (
        (ngettext("{count:,} article is from before captures", "{count:,} articles are from before captures", report.without_captures), report.without_captures),
        (ngettext("{count:,} article was read by another version: only its text and post were checked", "{count:,} articles were read by other versions: only their texts and posts were checked", report.of_other_readers), report.of_other_readers),
        (gettext("the search index was passed over, as DATA_DIR cannot be written"), report.has_unread_index),
    ):  # fmt: skip
        text += f"{gettext('; ')}{words}" * bool(count)
    print(text)
