"""A consistent copy of a DATA_DIR, taken while a crawl may run, and the way back.

The databases are copied by SQLite's backup API, archive.db first: a capture is written before the article that rests on it,
so the later copy of captures.db holds all that the earlier one of archive.db names. Images never change and posts are
replaced, not written into, so both can be hard links; a second backup adds what is new and drops what is gone.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.captures import NAME as CAPTURES
from archive.data_files import DataFiles

DATABASES = ("archive.db", CAPTURES)
OTHERS = ("manifests", "sources.toml", "rules.toml", "watches.toml")


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


def back_up(data_dir: Path, dest: Path) -> Copied:
    """Copy the archive of *data_dir* to *dest*, a new folder or an earlier backup. Raises BackupError, OSError, sqlite3.Error."""
    if not (data_dir / "archive.db").is_file():
        raise BackupError(f"there is no {data_dir / 'archive.db'}")
    if dest.exists() and any(dest.iterdir()) and not (dest / "archive.db").is_file():
        raise BackupError(f"{dest} is neither empty nor an earlier backup")
    if dest.resolve() == data_dir.resolve() or data_dir.resolve() in dest.resolve().parents:
        raise BackupError(f"{dest} is inside {data_dir}: choose another place")
    dest.mkdir(parents=True, exist_ok=True)
    for name in DATABASES:
        if (data_dir / name).is_file():
            copy_database(data_dir / name, dest / name)
    with closing(sqlite3.connect(f"{(dest / 'archive.db').absolute().as_uri()}?mode=ro", uri=True)) as conn:
        wanted = [path for (path,) in conn.execute("SELECT path FROM images")]
        wanted += [
            path for (path,) in conn.execute("SELECT post_path FROM articles WHERE post_path IS NOT NULL")
        ]
    for name in OTHERS:
        source = data_dir / name
        if source.is_dir():
            wanted += [f"{name}/{path.relative_to(source)}" for path in source.rglob("*") if path.is_file()]
        elif source.is_file():
            wanted.append(name)
    return _copy_files(data_dir, dest, wanted)


def restore(source: Path, data_dir: Path) -> Copied:
    """Copy a backup to *data_dir*, which must hold no archive. Raises BackupError, OSError, sqlite3.Error."""
    if not (source / "archive.db").is_file():
        raise BackupError(f"{source} is not a backup: there is no archive.db in it")
    if (data_dir / "archive.db").exists() and (data_dir / "archive.db").stat().st_size:
        raise BackupError(f"{data_dir} holds an archive: move it away first")
    for stale in ("archive.db-wal", "archive.db-shm", f"{CAPTURES}-wal", f"{CAPTURES}-shm", ".pending"):
        (data_dir / stale).unlink(missing_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    paths = [
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    copied = Copied()
    for path in paths:
        if path not in DATABASES:
            copy_file(source / path, data_dir / path, copied, link=False)
    for name in reversed(
        DATABASES
    ):  # archive.db last: without it the folder is refused, not taken for an archive
        if (source / name).is_file():
            copy_database(source / name, data_dir / name)
    return copied


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be written to meanwhile; *target* appears whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as reader,
        closing(sqlite3.connect(part)) as writer,
    ):
        reader.backup(writer)
        try:
            [(problem,)] = writer.execute("PRAGMA integrity_check(1)").fetchall()
        except sqlite3.DatabaseError as exc:
            problem = str(exc)
        if problem != "ok":
            raise BackupError(f"{source} is damaged: {problem}. The earlier backup stays as it is")
        writer.execute("PRAGMA journal_mode = DELETE")
    for suffix in ("-wal", "-shm"):
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
    os.replace(part, target)


def _copy_files(data_dir: Path, dest: Path, wanted: list[str]) -> Copied:
    copied = Copied()
    for path in wanted:
        if (data_dir / path).is_file():
            copy_file(data_dir / path, dest / path, copied, link=True)
    keep = set(wanted)
    copy = DataFiles(dest)
    for path in [*copy.images(), *copy.posts()]:
        if path not in keep:
            (dest / path).unlink()
            copied.removed += 1
    return copied


def copy_file(source: Path, target: Path, copied: Copied, link: bool) -> None:
    """Link or copy one file, unless the same is there."""
    if target.exists():
        if os.path.samefile(source, target) or filecmp.cmp(source, target, shallow=False):
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
    part = target.with_name(f".{target.name}.part")
    shutil.copy2(source, part)
    os.replace(part, target)
