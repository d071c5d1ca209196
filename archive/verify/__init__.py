"""Checks of a DATA_DIR: what is damaged, missing or left over, and how to put right what rows can put right.

Each check yields `Finding`s. A repair is in the archive's reach where a row holds all that is needed: posts, the search index,
left-overs. Rows are written again where the caller can read captures. What only the network can bring back (image bytes) is
marked so that the next crawl fetches it, unless the caller does.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from archive.data_files import DataFiles
from archive.lock import DirectoryLock
from archive.reader import (
    NoArchive,
    check_is_there,
    connect_to_read,
    could_not_write,
    explain_unreadable,
    why_unwritten,
)
from archive.row_repair import Reread
from archive.schema import connect, has_search, is_current
from archive.verify.databases import (
    REMEDY,
    check_captures,
    check_clock,
    check_database,
    check_journal,
    check_manifests,
    check_search,
    check_values,
)
from archive.verify.files import check_files, check_images, check_leftovers
from archive.verify.findings import Finding, Render, Report, Verification
from archive.verify.rows import check_posts, check_rows, check_texts
from archive.writer import ArchiveError

__all__ = ["Finding", "Render", "Report", "verify"]

CHECKS = (
    check_database,
    check_leftovers,
    check_texts,
    check_search,
    check_rows,
    check_posts,
    check_values,
    check_images,
    check_files,
    check_captures,
    check_journal,
    check_manifests,
    check_clock,
)


def verify(
    data_dir: Path,
    render: Render,
    now: datetime,
    repair: bool = False,
    reread: Callable[[sqlite3.Connection], Reread] | None = None,
    version: str | None = None,
) -> Report:
    """Check everything in *data_dir*; *render* makes ``(path, text)`` of the post of an article's stored fields, *reread* what reads
    an article's captures again, by *version* of the reader: without them, rows cannot be compared with captures, or repaired.

    Holds the lock meanwhile. A DATA_DIR that cannot be written, as on a disk that is mounted read-only, needs none; its search index,
    which SQLite compares by a write, is passed over. Raises AlreadyLocked, OSError, NoArchive where there is none, or one of an earlier
    version.
    """
    path = data_dir / "archive.db"
    if problem := DataFiles(data_dir).why_no_archive(path):
        return Report([Finding("database", "archive.db", problem)])
    check_is_there(data_dir)
    report = Report([])
    try:
        with _opened(data_dir, path, repair) as conn:
            if not is_current(conn, search=False):
                raise NoArchive(
                    f"{path} was made by an earlier version: a crawl brings its tables up to date"
                )
            conn.row_factory = sqlite3.Row
            verification = Verification(data_dir, conn, render, now, repair, reread, version)
            _verify(verification, report)
            report.has_unread_index = verification.is_read_only and has_search(conn)
    except sqlite3.DatabaseError as exc:
        if could_not_write(exc):
            raise ArchiveError(why_unwritten(path, exc)) from None
        if not report.has_damaged_database:
            report.findings.append(Finding("database", "archive.db", f"{exc}: {REMEDY}"))
    return report


@contextmanager
def _opened(data_dir: Path, path: Path, repair: bool) -> Iterator[sqlite3.Connection]:
    """The archive, with its lock held where it can be written; to be repaired, it has to be. Raises OSError, sqlite3.Error."""
    if os.access(data_dir, os.W_OK):
        with DirectoryLock(data_dir), closing(connect(path)) as conn:
            yield conn
    elif repair:
        raise OSError(errno.EROFS, f"DATA_DIR {data_dir} cannot be written: nothing can be repaired there")
    else:
        try:
            conn = connect_to_read(path)
            conn.execute("SELECT 1 FROM sqlite_master")
        except sqlite3.OperationalError as exc:
            raise NoArchive(explain_unreadable(path, exc)) from None
        with closing(conn):
            yield conn


def _verify(verification: Verification, report: Report) -> None:
    for check in CHECKS:
        try:
            report.findings += check(verification)
        except (sqlite3.DatabaseError, ArchiveError) as exc:
            if not report.has_damaged_database or could_not_write(exc):
                raise
    count = lambda sql: verification.conn.execute(sql).fetchone()[0]  # noqa: E731
    report.articles, report.images = (
        count("SELECT count(*) FROM articles"),
        count("SELECT count(*) FROM images"),
    )
    report.captures, report.of_other_readers = verification.captures, verification.of_other_readers
    report.without_captures = count(
        "SELECT count(*) FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM article_captures WHERE article_id = a.id)"
    )
