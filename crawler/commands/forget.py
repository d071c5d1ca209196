"""``scrapy forget ARTICLE``: takes an article down for good."""

from __future__ import annotations

import argparse

from archive.language import gettext, ngettext
from archive.reader import check_is_there
from crawler.project_command import NO_ARCHIVE, ArchiveCommand


class Command(ArchiveCommand):
    """Removes an article everywhere, and keeps its id so that no crawl brings it back."""

    writes = True
    arguments = "ARTICLE"
    summary = "Take an article down, for good"
    description = (
        "Removes row, text, revisions, search entries, captures, images that no other article uses, and the post of "
        "ARTICLE (an id such as finews:202201212257099936). Captures of lists are kept without it. Its id and the date stay, "
        "so that no crawl brings it back. Backups are not touched: take the next one soon. Exit status: 0 done; 1 no such "
        "article or archive; 73 cannot be written; 75 a crawl holds the archive."
    )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.edits.revisions import UnknownArticle
        from archive.forget import forget  # late: Scrapy imports all commands to run one

        article = self.require_one(args, "name one article by its id").strip()
        check_is_there(self.data_dir)
        try:
            with self.archive_to_write() as archive:
                done = forget(archive, article)
        except UnknownArticle as exc:
            self.fail(NO_ARCHIVE, str(exc))
        else:
            words = [
                ngettext("{count:,} capture removed", "{count:,} captures removed", done.captures),
                ngettext("{count:,} image removed", "{count:,} images removed", done.images),
                ngettext("{count:,} capture redacted", "{count:,} captures redacted", done.redacted),
            ]
            print(gettext("{article} is gone: {what}", article=article, what=", ".join(words)))
