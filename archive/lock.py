"""The lock on a DATA_DIR: one writer at a time, let go of by the kernel even after ``kill -9``."""

from __future__ import annotations

import fcntl
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archive.times import utc_text

NAME = ".lock"
UNNAMED = "a process that left no name"


class AlreadyLocked(Exception):
    """Another process holds the lock; the message names it."""


class DirectoryLock:
    """``.lock`` in a folder. The file stays: deleting one that is held would let a second holder in."""

    def __init__(self, folder: Path):
        self.path = folder / NAME
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock and write into it who holds it. Raises AlreadyLocked, OSError."""
        file = open(self.path, "a+", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 (held until release)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or UNNAMED
            file.close()
            raise AlreadyLocked(holder) from None
        file.seek(0)
        file.truncate()
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:300]
        file.write(f"pid {os.getpid()}, since {utc_text(datetime.now(UTC))}, {command}\n")
        file.flush()
        self._file = file

    def __enter__(self) -> DirectoryLock:
        self.acquire()
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        if self._file is not None:
            self._file.close()
            self._file = None


def lock_holder(folder: Path) -> str | None:
    """Who writes to *folder* now, in its own words; None where nobody does.

    The lock is tried shared, so that two readers do not see each other, and let go of at once.
    """
    try:
        with open(folder / NAME, encoding="utf-8", errors="replace") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read(300).strip() or UNNAMED
    except OSError:  # never crawled, or not readable by us
        pass
    return None
