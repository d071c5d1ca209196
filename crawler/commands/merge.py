"""``scrapy merge SHARD...``: brings what other machines archived into this archive.

Exit status: 0 merged, also where nothing was new; 2 wrong usage; 3 a shard could not be merged, the others were; 69 none could;
73 DATA_DIR cannot be written; 75 another process holds the archive.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from archive.language import gettext, ngettext
from archive.terminal import show_progress
from crawler.exit_status import SOME_FAILED, UNREACHABLE
from crawler.project_command import ArchiveCommand, BadCommandLine

if TYPE_CHECKING:
    from archive.merge.run import Merged


def count_merged(done: int) -> None:
    """Show how far the merge is."""
    if done % 100 == 0:
        show_progress(f"{done:,} articles")


def summarise(merged: Merged) -> str:
    """What a merge came to, in one line."""
    same = merged.compared - merged.new - merged.changed
    parts = [
        ngettext("{count:,} shard", "{count:,} shards", merged.shards),
        ngettext("{count:,} new article", "{count:,} new articles", merged.new),
        gettext("{count:,} changed", count=merged.changed),
        gettext("{count:,} unchanged", count=max(same, 0)),
        ngettext("{count:,} link", "{count:,} links", merged.links),
        ngettext("{count:,} capture", "{count:,} captures", merged.captures),
    ]
    if merged.forgotten:
        parts.append(gettext("{count:,} taken down", count=merged.forgotten))
    return gettext(", ").join(parts)


class Command(ArchiveCommand):
    """Merges archives of other machines into this one."""

    writes = True
    arguments = "SHARD..."
    summary = "Bring what other machines archived into this archive, also while they crawl"
    description = (
        "Merges each SHARD, the DATA_DIR of another crawl, into the archive that -s DATA_DIR= names. Shards are only read; a "
        "second merge adds nothing. Exit status: 0 merged; 2 wrong usage; 3 a shard could not be merged, the others were; 69 "
        "none could; 73 DATA_DIR cannot be written; 75 another process holds the archive."
    )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.merge.run import merge  # late: Scrapy imports all commands to run one

        if not args or any(arg.startswith("-") for arg in args):
            raise BadCommandLine("merge: name shards: scrapy merge SHARD... -s DATA_DIR=ARCHIVE")

        self.sources = args
        archive = self.archive_to_write()
        archive.open()
        archive.recover()
        merged = merge(archive, [Path(arg) for arg in args], count_merged)
        archive.close()
        show_progress("")
        for problem in merged.problems:
            self.fail(SOME_FAILED if merged.shards else UNREACHABLE, problem)
        if merged.shards:
            print(f"{summarise(merged)}{gettext(': ')}{archive.root}")
