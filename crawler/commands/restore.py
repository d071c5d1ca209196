"""``scrapy restore SRC``: a backup back into DATA_DIR, verified."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.language import gettext, ngettext
from archive.lock import AlreadyLocked, DirectoryLock
from archive.times import clock
from crawler.reading_command import CANNOT_WRITE, NO_ARCHIVE, ReadingCommand
from pipelines.write_frontmatter import PostWriter

LOCKED = 75


class Command(ReadingCommand):
    """Copies a backup into a DATA_DIR that holds no archive."""

    name = "restore"

    def syntax(self) -> str:
        return "SRC"

    def short_desc(self) -> str:
        return "Copy a backup into DATA_DIR, and verify it"

    def long_desc(self) -> str:
        return (
            "Copies the backup SRC into DATA_DIR, where there must be no archive.db with content, and verifies it. Exit status: "
            "0 restored and sound; 1 SRC is not a backup, or DATA_DIR holds an archive; 3 damage found; 73 cannot be written; "
            "75 a crawl holds DATA_DIR."
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.backup import BackupError  # late: Scrapy imports all commands to run one
        from archive.restore import restore
        from archive.verify import verify

        if len(args) != 1:
            raise UsageError("restore: name one backup: scrapy restore SRC", print_help=False)
        assert self.settings is not None
        render = PostWriter(self.settings["POST_FLAVOUR"], self.settings["POST_IMAGE_BASE"])
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            lock = DirectoryLock(self.data_dir)
            lock.acquire()
            try:
                restore(Path(args[0]).expanduser().resolve(), self.data_dir)
            finally:
                lock.release()
            report = verify(self.data_dir, render, clock(self.settings))
        except BackupError as exc:
            self.fail(NO_ARCHIVE, str(exc))
        except AlreadyLocked as exc:
            self.fail(LOCKED, f"another crawl holds {self.data_dir}: {exc}")
        except (OSError, sqlite3.Error) as exc:
            self.fail(CANNOT_WRITE, f"{self.data_dir}: {exc}")
        else:
            self.exitcode = report.exit_status
            for finding in report.findings:
                print(f"{finding.check}: {finding.subject}: {finding.problem}")
            words = [
                ngettext("{count:,} article", "{count:,} articles", report.articles),
                ngettext("{count:,} image", "{count:,} images", report.images),
            ]
            print(gettext("{what} restored: {path}", what=", ".join(words), path=self.data_dir))
