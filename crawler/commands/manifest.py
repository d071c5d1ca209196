"""``scrapy manifest``: the digests of a day's texts, images and captures, chained to the day before."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
from contextlib import closing
from datetime import timedelta

from archive.lock import DirectoryLock
from archive.reader import open_for_reading
from archive.times import BEIJING, clock
from crawler.project_command import CANNOT_WRITE, ArchiveCommand, BadCommandLine


class Command(ArchiveCommand):
    """Writes ``manifests/DAY.json``, and has it signed where MANIFEST_COMMAND says how."""

    arguments = "[--day DAY]"
    summary = "Write the digests of a day, chained to the day before"
    description = (
        "Writes the SHA-256 of every text, image and capture of a Beijing day (default: yesterday) to manifests/DAY.json in "
        "DATA_DIR, with the digest of the manifest before. MANIFEST_COMMAND, such as 'gpg --detach-sign' or 'ots stamp', is run "
        "with the file behind it. Exit status: 0 written or there already; 1 no archive; 73 cannot be written, or "
        "the command failed; 75 a crawl holds the archive."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--day", metavar="DAY", help="a Beijing day that is over, e.g. 2026-02-21")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.manifest import write_manifest  # late: Scrapy imports all commands to run one

        self.reject_arguments(args)
        today = clock(self.settings).astimezone(BEIJING).date()
        day = opts.day or (today - timedelta(days=1)).isoformat()
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or day >= today.isoformat():
            raise BadCommandLine(f"manifest: --day {day}: give a Beijing day that is over, e.g. 2026-02-21")
        try:
            with closing(open_for_reading(self.data_dir)) as conn, DirectoryLock(self.data_dir):
                path = write_manifest(self.data_dir, conn, day)
            if command := self.settings["MANIFEST_COMMAND"]:
                subprocess.run([*shlex.split(command), str(path)], check=True)
        except subprocess.CalledProcessError as exc:
            why = f"MANIFEST_COMMAND ended with exit status {exc.returncode}: {command}"
            self.fail(CANNOT_WRITE, f"{path} is written, but {why}")
        except OSError as exc:
            self.fail(CANNOT_WRITE, str(exc))
        else:
            print(path)
