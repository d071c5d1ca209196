"""The frame of the project's commands: their help, settings, errors and exit statuses in one place."""

from __future__ import annotations

import argparse
import gc
import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from archive import language, reader
from archive.captures import CaptureError
from archive.lock import AlreadyLocked
from archive.writer import Archive, ArchiveError, ArchiveLocked
from crawler.standard_streams import InputClosed, OutputError, guard_streams
from pipelines.archive_access import archive_named_in
from pipelines.user_rules import RuleError
from pipelines.write_frontmatter import PostWriter

NO_ARCHIVE, USAGE, FAILED, CANNOT_WRITE, LOCKED = 1, 2, 3, 73, 75


def collect_garbage_rarely() -> None:
    """For long work: what is loaded by now stays, so the collector need not look at it every 700 objects, and articles make few cycles."""
    gc.freeze()
    gc.set_threshold(20_000)


def find_folder_problem(settings: Settings) -> str | None:
    """Why no path of DATA_DIR can be made, in words: it names no user's home, or is a symbolic link that leads to itself."""
    try:
        Path(settings["DATA_DIR"]).expanduser().resolve()
    except (RuntimeError, OSError) as exc:
        return f"DATA_DIR={settings['DATA_DIR']}: {exc}"
    return None


class BadCommandLine(UsageError):
    """The command line cannot be meant; the message says why, in one line. Scrapy prints it, and the exit status is 2."""

    def __init__(self, message: str):
        super().__init__(message, print_help=False)


class ProjectCommand(ScrapyCommand):
    """A command that says nothing but what it is about. Its module is imported at every start of Scrapy, so what only `run`
    needs is imported there."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}
    settings: Settings  # Scrapy sets it before anything is called
    arguments = ""
    """As the help shows them behind the name."""
    summary = ""
    """One line, for the list of all commands."""
    description = ""
    """What its own help says, with every exit status."""

    @property
    def name(self) -> str:
        """As on the command line."""
        return type(self).__module__.rpartition(".")[2]

    def syntax(self) -> str:
        return self.arguments

    def short_desc(self) -> str:
        return self.summary

    def long_desc(self) -> str:
        return self.description or self.summary

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        """Does the work. Raises UsageError."""
        raise NotImplementedError

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        guard_streams()
        try:
            super().process_options(args, opts)
        except (TypeError, ValueError, OSError) as exc:
            from crawler.checks.classes import find_misfit

            self.leave(find_misfit(self.settings, opts.set, exc))
        if problem := find_folder_problem(self.settings):
            self.leave(problem)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self.execute(args, opts)
            sys.stdout.flush()
        except InputClosed as exc:
            self.leave(str(exc))
        except OutputError as exc:
            if not isinstance(exc.__cause__, BrokenPipeError):  # as of ``head``, which has read enough
                self.print_error(f"{exc}: {getattr(exc.__cause__, 'strerror', None)}")
                self.exitcode = max(self.exitcode, CANNOT_WRITE)

    def print_error(self, message: str) -> None:
        """One line on standard error."""
        print(f"scrapy {self.name}: {' '.join(message.split())}", file=sys.stderr)

    def leave(self, message: str, status: int = USAGE) -> NoReturn:
        """End at once, with one line that says why."""
        self.print_error(message)
        sys.exit(status)

    def check_settings(self) -> None:
        """Raises BadCommandLine where a setting cannot be used, for commands that read responses as a crawl does."""
        from crawler.checks.settings import find_problem

        if problem := find_problem(self.settings):
            raise BadCommandLine(f"{self.name}: {problem}")

    def reject_arguments(self, args: list[str]) -> None:
        """Raises BadCommandLine where there are any."""
        if args:
            raise BadCommandLine(f"{self.name}: unexpected argument {args[0]!r}")

    def require_one(self, args: list[str], what: str) -> str:
        """The only argument. Raises BadCommandLine."""
        if len(args) != 1:
            raise BadCommandLine(f"{self.name}: {what}")
        return args[0]


class ArchiveCommand(ProjectCommand):
    """A command about the archive of DATA_DIR. `use_archive` does the work and may set ``exitcode`` before it prints: a reader
    that closes the pipe early, as ``head`` does, ends the command quietly with that status."""

    writes = False
    """Whether it changes the archive: then a database or file that fails is one that cannot be written."""

    sources: Sequence[str] = ()
    """Further DATA_DIRs that it reads."""

    @property
    def data_dir(self) -> Path:
        """DATA_DIR, absolute."""
        return Path(self.settings["DATA_DIR"]).expanduser().resolve()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not getattr(opts, "json", False):  # what programs read stays English
            language.use(language.chosen(self.settings["LANGUAGE"], os.environ))
        super().run(args, opts)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self.use_archive(args, opts)
        except RuleError as exc:
            raise BadCommandLine(f"{self.name}: {exc}") from None
        except Exception as exc:
            status = self.exit_status_of(exc)
            if status is not None:
                self.fail(status, self.explain(exc, status))
            elif odd := self.find_edited():  # it may be why
                self.fail(NO_ARCHIVE, reader.explain_unreadable(odd, exc))
            else:
                raise

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        """Does the work. Raises UsageError, OutputError, and whatever `exit_status_of` knows."""
        raise NotImplementedError

    def exit_status_of(self, exc: Exception) -> int | None:
        """The exit status that an error of the archive stands for; None where it is none."""
        if isinstance(exc, (reader.NoArchive, CaptureError)):
            return NO_ARCHIVE
        if isinstance(exc, (AlreadyLocked, ArchiveLocked)):
            return LOCKED
        if isinstance(exc, ArchiveError) or (self.writes and isinstance(exc, (OSError, sqlite3.Error))):
            return CANNOT_WRITE
        return NO_ARCHIVE if isinstance(exc, (PermissionError, *reader.READ_ERRORS)) else None

    def find_edited(self) -> Path | None:
        """The first of the archives that are read in which a value is odd."""
        databases = [self.data_dir / "archive.db", *(Path(source) / "archive.db" for source in self.sources)]
        return next(filter(reader.find_odd_value, databases), None)

    def explain(self, exc: Exception, status: int) -> str:
        """The error in words."""
        if isinstance(exc, AlreadyLocked):
            return f"another crawl holds {self.data_dir}: {exc}"
        if isinstance(exc, reader.READ_ERRORS) and status == NO_ARCHIVE:
            return reader.explain_unreadable(self.data_dir / "archive.db", exc)
        if isinstance(exc, sqlite3.Error):
            if not reader.could_not_write(exc) and (odd := self.find_edited()):
                return reader.explain_unreadable(odd, exc)
            return reader.why_unwritten(self.data_dir, exc)
        if isinstance(exc, OSError):
            done = "written" if status == CANNOT_WRITE else "read"
            return f"{exc.filename or self.data_dir} cannot be {done}: {exc.strerror or exc}"
        return str(exc)

    def fail(self, status: int, message: str) -> None:
        """Report an error in one line; *status* becomes the exit status."""
        self.print_error(message)
        self.exitcode = status

    @property
    def post_writer(self) -> PostWriter:
        """Renders posts as a crawl with these settings does."""
        return PostWriter.from_settings(self.settings)

    def archive_to_write(self) -> Archive:
        """The archive of DATA_DIR with its posts, not open yet."""
        archive = archive_named_in(self.settings)
        archive.render = self.post_writer
        return archive
