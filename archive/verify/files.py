"""Checks of a DATA_DIR's files: images, files that no row names, left-overs of killed runs."""

from __future__ import annotations

import errno
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.data_files import leads_out
from archive.times import utc_text
from archive.verify.findings import Finding, Verification

UNCLAIMED = "unclaimed"
"""Folder of DATA_DIR to which a repair moves files that no row names."""


def read_file(path: Path) -> bytes:
    """The bytes of a file, and of nothing else: a pipe would never end. Raises OSError, of which `why_unread` says what it means."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file")
    return path.read_bytes()


def why_unread(exc: OSError) -> str:
    """What is wrong with a file that `read_file` could not read."""
    return "is missing" if isinstance(exc, FileNotFoundError) else f"cannot be read: {exc.strerror or exc}"


def put_away(verification: Verification, path: str) -> None:
    """Move what is at *path*, which no row names or which is no file, to `UNCLAIMED`."""
    target = verification.root / UNCLAIMED / path
    target.parent.mkdir(parents=True, exist_ok=True)
    (verification.root / path).replace(target)


def check_leftovers(verification: Verification) -> Iterator[Finding]:
    """Files of killed runs."""
    staged = list(verification.files.staging.iterdir()) if verification.files.staging.is_dir() else []
    for path in (*([verification.files.pending] if verification.files.pending.exists() else []), *staged):
        yield Finding(
            "leftover",
            str(path.relative_to(verification.root)),
            "left by a killed crawl",
            verification.repair,
        )
    if verification.repair:
        verification.archive.render = verification.render
        verification.archive.recover()


def check_images(verification: Verification) -> Iterator[Finding]:
    """Image files against their digests and sizes."""
    for row in verification.conn.execute("SELECT sha256, bytes, path FROM images").fetchall():
        problem = _image_problem(verification, row)
        if problem is None:
            continue
        if verification.repair:
            _have_fetched_again(verification, row["sha256"], row["path"])
            problem += "; the next crawl fetches it again"
        yield Finding("image", row["path"], problem)


def _image_problem(verification: Verification, row: sqlite3.Row) -> str | None:
    if leads_out(row["path"]):
        return "is outside of DATA_DIR: the row was altered"
    try:
        data = read_file(verification.root / row["path"])
    except OSError as exc:
        return why_unread(exc)
    if len(data) != row["bytes"]:
        return f"has {len(data):,} bytes, not {row['bytes']:,}"
    return None if hashlib.sha256(data).hexdigest() == row["sha256"] else "is damaged (SHA-256 differs)"


def _have_fetched_again(verification: Verification, sha256: str, path: str) -> None:
    """Remove a damaged file and make the checks of its articles due: a stored image without its file is fetched again."""
    place = verification.root / path
    if not leads_out(path) and place.is_file():
        place.unlink()
    elif not leads_out(path) and place.exists():
        put_away(verification, path)
    with verification.conn:
        verification.conn.execute(
            "UPDATE checks SET next_check_at = ?, etag = NULL, last_modified = NULL"
            " WHERE article_id IN (SELECT article_id FROM article_images WHERE sha256 = ?)",
            [utc_text(verification.now), sha256],
        )


def check_files(verification: Verification) -> Iterator[Finding]:
    """Files that no row names."""
    for paths, sql in (
        (verification.files.images(), "SELECT 1 FROM images WHERE path = ?"),
        (verification.files.posts(), "SELECT 1 FROM articles WHERE post_path = ?"),
    ):
        for path in sorted(paths):
            if verification.conn.execute(sql, [path]).fetchone():
                continue
            if verification.repair:
                put_away(verification, path)
            yield Finding(
                "file",
                path,
                f"no row names it{f'; moved to {UNCLAIMED}/' * verification.repair}",
                verification.repair,
            )
