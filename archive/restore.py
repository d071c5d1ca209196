"""A backup (`archive.backup`) back into a DATA_DIR."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archive.backup import (
    DATABASES,
    OF_A_PLACE,
    PART,
    BackupError,
    Copied,
    copy_database,
    copy_file,
)
from archive.captures import NAME as CAPTURES
from archive.lock import NAME as LOCK
from archive.reader import connect_to_read
from archive.schema import SET, STEPS, NewerDatabase, has_search, open_archive, refuse_newer


def restore(source: Path, data_dir: Path) -> Copied:
    """Copy a backup to *data_dir*, which must hold no archive, and bring it up to date where an earlier version made it. Raises BackupError, OSError, sqlite3.Error."""
    if not (source / "archive.db").is_file():
        raise BackupError(f"{source} is not a backup: there is no archive.db in it")
    _refuse_newer(source)
    if (data_dir / "archive.db").exists() and (data_dir / "archive.db").stat().st_size:
        raise BackupError(f"{data_dir} holds an archive: move it away first")
    _keep_newer_captures(source / CAPTURES, data_dir / CAPTURES)
    for stale in OF_A_PLACE:
        if stale != LOCK:
            (data_dir / stale).unlink(missing_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    paths = [
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    paths = [path for path in paths if path not in OF_A_PLACE and not path.endswith(PART)]
    copied = Copied()
    for path in paths:
        if path not in DATABASES:
            copy_file(source / path, data_dir / path, copied, link=False)
    for name in reversed(
        DATABASES
    ):  # archive.db last: without it the folder is refused, not taken for an archive
        if (source / name).is_file():
            copy_database(source / name, data_dir / name)
    with closing(sqlite3.connect(data_dir / "archive.db")) as conn:
        search = has_search(conn)
    open_archive(data_dir / "archive.db", search).close()
    return copied


def _refuse_newer(source: Path) -> None:
    """Raise BackupError where a later version of this program made the backup."""
    with closing(connect_to_read(source / "archive.db")) as conn:
        try:
            refuse_newer(conn, SET, STEPS)
        except NewerDatabase as exc:
            raise BackupError(
                f"{source} was made by a later version of finews-archive (its step {exc}): install that"
            ) from None


def _keep_newer_captures(source: Path, target: Path) -> None:
    """Raise BackupError where *target* holds responses that are newer than all of the backup's: nothing else has them."""
    if not target.is_file() or (newest := _newest_capture(target)) <= _newest_capture(source):
        return
    raise BackupError(
        f"{target} holds captures up to {newest[:15]}, newer than those of the backup: scrapy rebuild --backup makes the archive again"
        " from them; or move them away first"
    )


def _newest_capture(path: Path) -> str:
    """The id of the newest capture, which begins with its time; empty where none can be read."""
    try:
        with closing(connect_to_read(path)) as conn:
            return str(conn.execute("SELECT coalesce(max(id), '') FROM captures").fetchone()[0])
    except sqlite3.DatabaseError:
        return ""
