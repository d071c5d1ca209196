"""``scrapy forget ARTICLE``: takes an article down for good."""

from __future__ import annotations

import argparse
import sqlite3

from scrapy.exceptions import UsageError

from archive.language import gettext, ngettext
from archive.writer import Archive, ArchiveError, ArchiveLocked
from crawler.reading_command import CANNOT_WRITE, NO_ARCHIVE, ReadingCommand
from pipelines.archive_access import archive_named_in
from pipelines.write_frontmatter import PostWriter

LOCKED = 75


class Command(ReadingCommand):
    """Removes an article everywhere, and keeps its id so that no crawl brings it back."""

    name = "forget"

    def syntax(self) -> str:
        return "ARTICLE"

    def short_desc(self) -> str:
        return "Take an article down, for good"

    def long_desc(self) -> str:
        return (
            "Removes row, text, revisions, search entries, captures, images that no other article uses, and the post of "
            "ARTICLE (an id such as finews:202201212257099936). Captures of lists are kept without it. Its id and the date stay, "
            "so that no crawl brings it back. Backups are not touched: take the next one soon. Exit status: 0 done; 1 no such "
            "article or archive; 73 cannot be written; 75 a crawl holds the archive."
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.forget import forget  # late: Scrapy imports all commands to run one
        from archive.revisions import UnknownArticle

        if len(args) != 1:
            raise UsageError("forget: name one article by its id", print_help=False)
        assert self.settings is not None
        if not (self.data_dir / "archive.db").is_file():
            self.fail(NO_ARCHIVE, f"no archive yet: there is no {self.data_dir / 'archive.db'}")
            return
        archive: Archive = archive_named_in(self.settings)
        archive.render = PostWriter(self.settings["POST_FLAVOUR"], self.settings["POST_IMAGE_BASE"])
        try:
            with archive:
                done = forget(archive, args[0].strip())
        except UnknownArticle as exc:
            self.fail(NO_ARCHIVE, str(exc))
        except ArchiveLocked as exc:
            self.fail(LOCKED, str(exc))
        except (ArchiveError, OSError, sqlite3.Error) as exc:
            self.fail(CANNOT_WRITE, str(exc))
        else:
            words = [
                ngettext("{count:,} capture removed", "{count:,} captures removed", done.captures),
                ngettext("{count:,} image removed", "{count:,} images removed", done.images),
                ngettext("{count:,} capture redacted", "{count:,} captures redacted", done.redacted),
            ]
            print(gettext("{article} is gone: {what}", article=args[0], what=", ".join(words)))
