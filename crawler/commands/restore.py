"""``scrapy restore SRC``: a backup back into DATA_DIR, verified."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.language import gettext, ngettext
from archive.lock import DirectoryLock
from archive.times import clock
from crawler.project_command import NO_ARCHIVE, ArchiveCommand


class Command(ArchiveCommand):
    """Copies a backup into a DATA_DIR that holds no archive."""

    writes = True
    arguments = "SRC"
    summary = "Copy a backup into DATA_DIR, and verify it"
    description = (
        "Copies the backup SRC into DATA_DIR, where there must be no archive.db with content, and verifies it. Exit status: "
        "0 restored and sound; 1 SRC is not a backup, or DATA_DIR holds an archive; 3 damage found; 73 cannot be written; "
        "75 a crawl holds DATA_DIR."
    )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.backup import BackupError  # late: Scrapy imports all commands to run one
        from archive.restore import restore
        from archive.verify import verify

        source = self.require_one(args, "name one backup: scrapy restore SRC")
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with DirectoryLock(self.data_dir):
                restore(Path(source).expanduser().resolve(), self.data_dir)
            report = verify(self.data_dir, self.post_writer, clock(self.settings))
        except BackupError as exc:
            self.fail(NO_ARCHIVE, str(exc))
        else:
            self.exitcode = report.exit_status
            for finding in report.findings:
                print(f"{finding.check}: {finding.subject}: {finding.problem}")
            words = [
                ngettext("{count:,} article", "{count:,} articles", report.articles),
                ngettext("{count:,} image", "{count:,} images", report.images),
            ]
            print(gettext("{what} restored: {path}", what=", ".join(words), path=self.data_dir))
