"""``scrapy merge SHARD...``: brings what other machines archived into this archive.

Exit status: 0 merged, also where nothing was new; 2 wrong usage; 3 a shard could not be merged, the others were; 69 none could;
73 DATA_DIR cannot be written; 75 another process holds the archive.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from archive.language import gettext, ngettext
from archive.writer import ArchiveError, ArchiveLocked
from crawler.exit_status import CANNOT_WRITE, LOCKED, SOME_FAILED, UNREACHABLE
from crawler.reading_command import ReadingCommand
from pipelines.archive_access import archive_named_in
from pipelines.write_frontmatter import PostWriter

if TYPE_CHECKING:
    from archive.merge.run import Merged


def show_progress(done: int) -> None:
    """One line on the terminal, written over itself."""
    if done % 100 == 0:
        print(f"\r{done:,} articles", end="", file=sys.stderr, flush=True)


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


class Command(ReadingCommand):
    """Merges archives of other machines into this one."""

    name = "merge"

    def syntax(self) -> str:
        return "SHARD..."

    def short_desc(self) -> str:
        return "Bring what other machines archived into this archive, also while they crawl"

    def long_desc(self) -> str:
        return (
            "Merges each SHARD, the DATA_DIR of another crawl, into the archive that -s DATA_DIR= names. Shards are only read; a "
            "second merge adds nothing. Exit status: 0 merged; 2 wrong usage; 3 a shard could not be merged, the others were; 69 "
            "none could; 73 DATA_DIR cannot be written; 75 another process holds the archive."
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.merge.run import merge  # late: Scrapy imports all commands to run one

        if not args or any(arg.startswith("-") for arg in args):
            raise UsageError(
                "merge: name shards: scrapy merge SHARD... -s DATA_DIR=ARCHIVE", print_help=False
            )

        assert self.settings is not None
        archive = archive_named_in(self.settings)
        render = PostWriter(self.settings["POST_FLAVOUR"], self.settings["POST_IMAGE_BASE"])
        is_terminal = sys.stderr.isatty()
        try:
            archive.open()
            archive.render = render
            archive.recover()
            merged = merge(
                archive, [Path(arg) for arg in args], show_progress if is_terminal else lambda done: None
            )
            archive.close()
        except ArchiveLocked as exc:
            self.fail(LOCKED, str(exc))
            return
        except ArchiveError as exc:
            self.fail(CANNOT_WRITE, str(exc))
            return
        except (OSError, sqlite3.Error) as exc:
            self.fail(CANNOT_WRITE, f"{archive.root}: {exc}")
            return
        if is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        for problem in merged.problems:
            self.fail(SOME_FAILED if merged.shards else UNREACHABLE, problem)
        if merged.shards:
            print(f"{summarise(merged)}{gettext(': ')}{archive.root}")
