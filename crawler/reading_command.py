"""The frame of commands that read an archive: settings, errors and exit statuses in one place."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import language, reader, terminal

NO_ARCHIVE, CANNOT_WRITE = 1, 73


class ReadingCommand(ScrapyCommand):
    """`answer` does the work and may set ``exitcode`` before it prints: a reader that closes the pipe early, as ``head``
    does, ends the command quietly with that status."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    name: str
    """As on the command line, for messages."""

    @property
    def data_dir(self) -> Path:
        """DATA_DIR, absolute."""
        assert self.settings is not None
        return Path(self.settings["DATA_DIR"]).expanduser().resolve()

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raises UsageError, NoArchive, one of `archive.reader.READ_ERRORS`, BrokenPipeError."""
        raise NotImplementedError

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        terminal.never_fail_to_print()
        if not getattr(opts, "json", False):  # what programs read stays English
            assert self.settings is not None
            language.use(language.chosen(self.settings["LANGUAGE"], os.environ))
        with terminal.reader_may_leave():
            try:
                self.answer(args, opts)
            except reader.NoArchive as exc:
                self.fail(NO_ARCHIVE, str(exc))
            except reader.READ_ERRORS as exc:
                self.fail(NO_ARCHIVE, reader.explain_unreadable(self.data_dir / "archive.db", exc))

    def fail(self, status: int, message: str) -> None:
        """Report an error in one line; *status* becomes the exit status. Raises BrokenPipeError again where a command handles that as
        an error of a file."""
        if isinstance(sys.exc_info()[1], BrokenPipeError):
            raise  # that of the handler which calls this
        print(f"scrapy {self.name}: {message}", file=sys.stderr)
        self.exitcode = status

    def check_settings(self) -> None:
        """Raises UsageError where a setting cannot be used, for commands that read responses as a crawl does."""
        from crawler.check_settings import (
            find_problem,  # late: Scrapy loads every command's module at every start
        )

        assert self.settings is not None
        if problem := find_problem(self.settings):
            raise UsageError(f"{self.name}: {problem}", print_help=False)

    def reject_arguments(self, args: list[str]) -> None:
        """Raises UsageError where there are any."""
        if args:
            raise UsageError(f"{self.name}: unexpected argument {args[0]!r}", print_help=False)
