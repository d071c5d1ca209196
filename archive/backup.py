"""A consistent copy of a DATA_DIR, taken while a crawl may run. `archive.restore` is the way back.

The databases are copied by SQLite's backup API, archive.db first: a capture is written before the article that rests on it,
so the later copy of captures.db holds all that the earlier one of archive.db names. Images never change and posts are
replaced, not written into, so both can be hard links; a second backup adds what is new and drops what is gone.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from archive.captures import NAME as CAPTURES
from archive.data_files import DataFiles, leads_out
from archive.lock import NAME as LOCK
from archive.lock import DirectoryLock
from archive.reader import NoArchive, check_is_there, connect_to_read, explain_unreadable, find_odd_value
from archive.schema import SET

DATABASES = ("archive.db", CAPTURES)
OTHERS = ("manifests", "sources.toml", "rules.toml", "watches.toml")
PART = ".part"
"""Suffix of a file that is being written."""
OF_A_DATABASE = ("", "-journal", "-wal", "-shm")
"""Suffixes of a database's files."""
OF_A_PLACE = (LOCK, ".pending", *(f"{name}{suffix}" for name in DATABASES for suffix in OF_A_DATABASE[1:]))
"""Files that mean nothing in another folder."""


class BackupError(Exception):
    """A backup cannot be taken or restored; the message says why."""


@dataclass(slots=True)
class Copied:
    """What a backup did."""

    files: int = 0
    """Images, posts and other files that are new in the copy."""
    kept: int = 0
    """Files that were there already."""
    removed: int = 0
    """Files that the archive no longer has."""
    outlived: list[str] = field(default_factory=list)
    """Databases of an earlier backup that the archive no longer has: they are kept."""


def back_up(data_dir: Path, dest: Path) -> Copied:
    """Copy the archive of *data_dir* to *dest*, a new folder or an earlier backup of it.

    Raises BackupError, AlreadyLocked where *dest* is in use, OSError, sqlite3.Error.
    """
    try:
        path = check_is_there(data_dir)
        with closing(connect_to_read(path)) as conn:
            conn.execute("SELECT 1 FROM articles, images LIMIT 1")
    except NoArchive as exc:
        raise BackupError(str(exc)) from None
    except sqlite3.DatabaseError as exc:
        raise BackupError(explain_unreadable(path, exc)) from None
    if dest.resolve() == data_dir.resolve() or data_dir.resolve() in dest.resolve().parents:
        raise BackupError(f"{dest} is inside {data_dir}: choose another place")
    _refuse_foreign(data_dir, dest)
    dest.mkdir(parents=True, exist_ok=True)
    with DirectoryLock(dest):
        return _copy_archive(data_dir, dest)


def _refuse_foreign(data_dir: Path, dest: Path) -> None:
    """Raise BackupError where *dest* holds anything but an earlier backup of this archive, or what is left of a first one that was
    killed."""
    if not dest.exists():
        return
    if not dest.is_dir():
        raise BackupError(f"{dest} is a file: name a folder")
    if not (dest / "archive.db").exists():
        if any(path.name != LOCK and PART not in path.name for path in dest.iterdir()):
            raise BackupError(f"{dest} is neither empty nor an earlier backup")
    elif (copied_from := _made_at(dest / "archive.db")) is None or copied_from != _made_at(
        data_dir / "archive.db"
    ):
        raise BackupError(
            f"{dest} holds another archive, or a damaged one: choose another folder, or move it away first"
        )


def _made_at(path: Path) -> str | None:
    """When the archive at *path* was made, to the microsecond: copies of it say the same. None where it cannot be read."""
    try:
        with closing(connect_to_read(path)) as conn:
            row = conn.execute(
                "SELECT applied_at FROM _sqlite_migrations WHERE migration_set = ? ORDER BY name LIMIT 1",
                [SET],
            ).fetchone()
    except sqlite3.DatabaseError:
        return None
    return str(row[0]) if row else None


def _copy_archive(data_dir: Path, dest: Path) -> Copied:
    outlived = [name for name in DATABASES if not (data_dir / name).is_file() and (dest / name).is_file()]
    for name in DATABASES:
        if (data_dir / name).is_file():
            copy_database(data_dir / name, dest / name)
    with closing(connect_to_read(dest / "archive.db")) as conn:
        paths = [path for (path,) in conn.execute("SELECT path FROM images")]
        paths += [
            path for (path,) in conn.execute("SELECT post_path FROM articles WHERE post_path IS NOT NULL")
        ]
    for name in OTHERS:
        source = data_dir / name
        if source.is_dir():
            paths += [f"{name}/{path.relative_to(source)}" for path in source.rglob("*") if path.is_file()]
        elif source.is_file():
            paths.append(name)
    copied = _copy_files(data_dir, dest, paths)
    copied.outlived = outlived
    return copied


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be written to meanwhile; *target* appears whole or not at all."""
    part = target.with_name(f"{target.name}{PART}")
    for suffix in OF_A_DATABASE:  # of a copy that was killed: SQLite would take it into this one
        part.with_name(f"{part.name}{suffix}").unlink(missing_ok=True)
    try:
        _copy_database(source, part)
    except BaseException:
        part.unlink(missing_ok=True)  # the disk may be full
        raise
    for suffix in OF_A_DATABASE[1:]:
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
    os.replace(part, target)


def _copy_database(source: Path, part: Path) -> None:
    with (
        closing(connect_to_read(source)) as reader,
        closing(sqlite3.connect(part)) as writer,
    ):
        reader.backup(writer)
        try:
            [(problem,)] = writer.execute("PRAGMA integrity_check(1)").fetchall()
        except sqlite3.DatabaseError as exc:
            problem = str(exc)
        if problem != "ok":
            odd = find_odd_value(source)
            raise BackupError(f"{source} is damaged: {problem}. It was not copied{f'. {odd}' * bool(odd)}")
        writer.execute("PRAGMA journal_mode = DELETE")


def _copy_files(data_dir: Path, dest: Path, paths: list[str]) -> Copied:
    copied = Copied()
    for path in paths:
        if not leads_out(path) and (data_dir / path).is_file():
            copy_file(data_dir / path, dest / path, copied, link=True)
    keep = set(paths)
    copy = DataFiles(dest)
    for path in [*copy.images(), *copy.posts()]:
        if path not in keep:
            (dest / path).unlink()
            copied.removed += 1
    return copied


def copy_file(source: Path, target: Path, copied: Copied, link: bool) -> None:
    """Link or copy one file, unless the same is there, or an image that is what its name says, whatever became of the other."""
    if target.exists():
        if (
            os.path.samefile(source, target)
            or filecmp.cmp(source, target, shallow=False)
            or _is_intact_image(target)
        ):
            copied.kept += 1
            return
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    copied.files += 1
    if link:
        try:
            os.link(source, target)
            return
        except OSError:  # another file system, or one without hard links
            pass
    part = target.with_name(f".{target.name}{PART}")
    try:
        shutil.copy2(source, part)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _is_intact_image(path: Path) -> bool:
    return len(path.stem) == 64 and hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
