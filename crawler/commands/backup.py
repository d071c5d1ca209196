"""``scrapy backup DEST``: a consistent copy of the archive, also while a crawl runs, verified after writing."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

from archive.language import gettext, ngettext
from archive.lock import AlreadyLocked
from archive.reader import NoArchive, find_odd_value
from archive.times import clock
from crawler.project_command import CANNOT_WRITE, LOCKED, NO_ARCHIVE, ArchiveCommand


class Command(ArchiveCommand):
    """Copies an archive, or brings an earlier copy up to date."""

    arguments = "DEST"
    summary = "Copy the archive, verified; the second time only what is new"
    description = (
        "Copies archive.db and captures.db by SQLite's backup API, images and posts as hard links where DEST is on the same "
        "disk, and verifies the copy. Exit status: 0 copied and sound; 1 no archive; 3 the copy is damaged, as scrapy verify "
        "says of it; 73 DEST cannot be written."
    )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.backup import BackupError, back_up  # late: Scrapy imports all commands to run one
        from archive.verify import verify

        folder = self.require_one(args, "name one folder: scrapy backup DEST")
        dest = Path(folder).expanduser().resolve()
        try:
            copied = back_up(self.data_dir, dest)
            # A post that was rewritten after the database was copied is rendered again from the copy.
            report = verify(dest, self.post_writer, clock(self.settings), repair=True)
        except NoArchive:
            print(
                gettext(
                    "copied; it is of an earlier version, so only its databases were checked: {path}",
                    path=dest,
                )
            )
        except BackupError as exc:
            self.fail(NO_ARCHIVE, str(exc))
        except AlreadyLocked as exc:
            self.fail(LOCKED, f"{dest} is in use: {exc}")
        except (OSError, sqlite3.Error) as exc:
            odd = find_odd_value(self.data_dir / "archive.db") if isinstance(exc, sqlite3.Error) else None
            self.fail(CANNOT_WRITE, f"{dest}: {exc}{f'. {odd}' * bool(odd)}")
        else:
            self.exitcode = 3 if report.exit_status == 3 else 0
            for name in copied.outlived:
                print(
                    gettext(
                        "{path} is missing: the copy of an earlier backup is kept. scrapy restore, or copying it back, brings it again",
                        path=self.data_dir / name,
                    )
                )
            for finding in report.findings:
                if not finding.repaired:
                    print(f"{finding.check}: {finding.subject}: {finding.problem}")
            words = [
                ngettext("{count:,} article", "{count:,} articles", report.articles),
                ngettext("{count:,} file copied", "{count:,} files copied", copied.files),
                gettext("{count:,} there before", count=copied.kept),
                gettext("{count:,} removed", count=copied.removed),
            ]
            print(
                f"{gettext(', ').join(words)}{gettext('; ')}"
                f"{gettext('damage found') if self.exitcode else gettext('sound')}{gettext(': ')}{dest}"
            )
