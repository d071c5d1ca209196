"""An archive that is open for writing: its file, its lock, its clock; what fails there, and why."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from archive.batch import BatchWriter
from archive.captures import NAME, Captures, why_missing
from archive.data_files import DataFiles
from archive.lock import AlreadyLocked, DirectoryLock
from archive.reader import why_unwritten
from archive.schema import NewerDatabase, has_search, open_archive


class ArchiveError(Exception):
    """DATA_DIR cannot be used; the message says which path and why."""


class ArchiveLocked(ArchiveError):
    """Another crawl writes to this DATA_DIR; the message names it."""


class OpenedArchive:
    """The database of a DATA_DIR, with its lock. Nothing is touched before `open`, which raises ArchiveLocked or ArchiveError."""

    def __init__(
        self,
        data_dir: str | os.PathLike[str],
        now: str | None = None,
        search: bool = True,
        captures: bool = False,
        begins_anew: bool = False,
    ):
        self._search, self._begins_anew = search, begins_anew
        self._now = datetime.fromisoformat(now) if now else None
        self.root = Path(data_dir).expanduser().resolve()
        self.path = self.root / "archive.db"
        self.files = DataFiles(self.root)
        self.captures: Captures | None = Captures(self.root / NAME) if captures else None
        """Where responses are kept as received; None where they are not."""
        self.conn: sqlite3.Connection | None = None
        self._lock = DirectoryLock(self.root)
        self._inodes: dict[Path, int] = {}
        self.broken: ArchiveError | None = None
        """Why the archive could not be written, once that has happened."""

    def now(self) -> datetime:
        """The time that this crawl writes down, aware UTC: the clock's, or the one given for a test."""
        return self._now.astimezone(UTC) if self._now else datetime.now(UTC)

    def set_clock(self, moment: datetime) -> None:
        """Have `now` say *moment* from now on, as where an archive is made again."""
        self._now = moment

    @property
    def is_open(self) -> bool:
        """Whether it can be read and written now."""
        return self.conn is not None

    def open(self) -> Self:
        """Take the lock and bring the tables up to date. A second call does nothing."""
        if self.conn is not None:
            return self
        try:
            self.files.prepare()
            self._lock.acquire()
            self._refuse_to_begin_anew()
            self.conn = open_archive(self.path, self._search)
            self.conn.row_factory = sqlite3.Row
            self._rows = BatchWriter(self.conn, has_search(self.conn))
            if self.captures is not None:
                self._refuse_to_lose(self.captures)
                self.captures.open()
            paths = [self.path] if self.captures is None else [self.path, self.captures.path]
            self._inodes = {path: os.stat(path).st_ino for path in paths}
        except AlreadyLocked as exc:
            raise ArchiveLocked(f"another crawl holds {self.root}: {exc}") from None
        except OSError as exc:
            self._abandon()
            raise ArchiveError(
                f"DATA_DIR {self.root} cannot be written: {exc.strerror or exc} ({exc.filename or self.root})"
            ) from None
        except (sqlite3.Error, NewerDatabase) as exc:
            path = self.path if self.conn is None or self.captures is None else self.captures.path
            self._abandon()
            if isinstance(exc, NewerDatabase):
                reason = (
                    f"{path} was made by a later version of finews-archive (its step {exc}): install that"
                )
            else:
                reason = why_unwritten(path, exc, "If it is damaged, move it away and restore a backup")
            raise ArchiveError(reason) from None
        return self

    def _abandon(self) -> None:
        """Let go of everything that `open` had taken before it failed."""
        if self.conn is not None:
            self.conn.close()
            self.conn = None
        self._lock.release()

    def _refuse_to_begin_anew(self) -> None:
        """Raises ArchiveError where archive.db is missing or empty, but files of an archive are there."""
        if not self._begins_anew and (problem := self.files.why_no_archive(self.path)):
            self._lock.release()
            raise ArchiveError(problem)

    def _refuse_to_lose(self, captures: Captures) -> None:
        """Raises ArchiveError where captures that articles rest on are no longer there."""
        assert self.conn is not None
        if problem := why_missing(captures.path, self.conn):
            self._abandon()
            raise ArchiveError(
                f"{captures.path}: {problem}: restore it from a backup (scrapy restore), crawl without (-s CAPTURES=False), or"
                " make an empty file of that name to begin anew: what was received before cannot be read again then"
            )

    @property
    def _db(self) -> sqlite3.Connection:
        if self.conn is None:
            raise ArchiveError(f"{self.path} is not open: call Archive.open first")
        return self.conn

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what a full disk or a damaged file raises into an ArchiveError, which is kept as `broken`."""
        try:
            yield
        except OSError as exc:
            self.broken = ArchiveError(
                f"{exc.filename or self.root} cannot be written: {exc.strerror or exc}"
            )
            raise self.broken from exc
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):  # a bug of ours, not of the disk
            raise
        except sqlite3.DatabaseError as exc:
            self.broken = ArchiveError(why_unwritten(self.path, exc))
            raise self.broken from exc

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is written within, or nothing. Immediate: one that begins as a reader and then writes would fail at
        once where another program writes meanwhile, whatever the busy timeout."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
