"""``scrapy rebuild``: makes an archive again from captures and images."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.captures import Captures
from archive.language import gettext, ngettext
from archive.terminal import show_progress
from archive.writer import Archive
from crawler.project_command import (
    CANNOT_WRITE,
    FAILED,
    NO_ARCHIVE,
    ArchiveCommand,
    BadCommandLine,
    collect_garbage_rarely,
)


class Command(ArchiveCommand):
    """Runs the journal of captures.db over an empty archive."""

    writes = True
    arguments = "[FOLDER] [--backup FOLDER]"
    summary = "Make an archive again from captures and images"
    description = (
        "Makes archive.db and posts/ of DATA_DIR again from captures.db and images/ of FOLDER (default: DATA_DIR itself), with "
        "today's page objects and rules, and without network. DATA_DIR must not hold an archive.db. Crawls, the state of lists "
        "and your decisions are in no response: they come from --backup, where one is left. Exit status: 0 done; 1 no captures; "
        "3 some articles cannot be read again; 73 cannot be written, or DATA_DIR holds an archive; 75 a crawl holds it."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--backup", metavar="FOLDER", help="backup to take crawls, lists' state and decisions from"
        )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) > 1:
            raise BadCommandLine("rebuild: name one folder that holds captures.db and images/")
        self.check_settings()
        # Late: Scrapy loads every command's module at every start.
        from crawler.offline.rebuild import RebuildError, prepare

        source = Path(args[0]).expanduser() if args else self.data_dir
        if not (source / "captures.db").is_file():
            self.fail(
                NO_ARCHIVE, f"there is no {source / 'captures.db'}: an archive is made again from captures"
            )
            return
        try:
            prepare(source, self.data_dir)
            self._rebuild(Path(opts.backup).expanduser() if opts.backup else None)
        except RebuildError as exc:
            self.fail(CANNOT_WRITE, str(exc))

    def _rebuild(self, backup: Path | None) -> None:
        from crawler.offline.rebuild import OF_ITS_ARTICLES, Arrivals, Rebuild, Rebuilt, take_from_backup

        outcome = Rebuilt()
        archive = Archive(self.data_dir, search=self.settings.getbool("SEARCH_INDEX", True), begins_anew=True)
        with Captures.read(self.data_dir) as captures, archive:
            if backup is not None:
                tables = take_from_backup(archive, backup)
                archive.number_by(Arrivals(backup, archive))
                print(f"from {backup}: {', '.join(tables) or 'nothing'}")
            [(total,)] = captures.db.execute("SELECT count(*) FROM journal").fetchall()
            rebuild = Rebuild(archive, captures, self.settings)
            collect_garbage_rarely()
            for number in rebuild.run(outcome):
                if number % 50 == 0:
                    show_progress(f"{number:,} of {total:,} entries")
            show_progress("")
            if backup is not None:
                take_from_backup(archive, backup, OF_ITS_ARTICLES)
            rebuild.end()
            assert archive.conn is not None
            [(articles,)] = archive.conn.execute("SELECT count(*) FROM articles").fetchall()
        words = [
            ngettext("{count:,} article", "{count:,} articles", articles),
            ngettext("{count:,} reading", "{count:,} readings", outcome.articles),
            ngettext("{count:,} end of a link", "{count:,} ends of links", outcome.links),
        ]
        print(
            gettext(
                "{articles} of {readings}, {links}: scrapy verify checks them",
                articles=words[0],
                readings=words[1],
                links=words[2],
            )
        )
        for article_id, reason in outcome.reasons:
            print(f"  {article_id} cannot be read again: {reason}")
        if outcome.failed:
            print(ngettext("{count:,} reading failed", "{count:,} readings failed", outcome.failed))
            self.exitcode = FAILED
