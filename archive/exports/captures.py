"""Exports captures: all, or those of an article or a site, to a file of one of the formats of captures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.captures import CaptureError, Captures
from archive.data_files import leads_out
from archive.edits.revisions import UnknownArticle, find_article
from archive.exports import CaptureFormat, CaptureJob, ExportError, Row
from archive.exports.whole_file import WholeFile
from archive.reader import connect_to_read
from archive.terminal import report_progress


@dataclass(slots=True)
class Written:
    """What an export of captures holds."""

    captures: int = 0
    missing: int = 0
    """Captures left out, for their body is damaged or its image file is gone."""


def export_captures(
    data_dir: Path,
    out: Path | BinaryIO,
    form: CaptureFormat,
    *,
    since: str | None = None,
    article: str | None = None,
    site: str | None = None,
    images: bool = True,
) -> Written:
    """Write the captures fetched from *since* (UTC text) on, that an *article* (id, code or link) or the articles of a *site*
    rest on.

    The same captures give the same bytes. Raises ExportError, sqlite3.Error, OSError.
    """
    try:
        captures = Captures.read(data_dir)
    except CaptureError as exc:
        raise ExportError(str(exc)) from None
    with (
        captures,
        closing(connect_to_read(data_dir / "archive.db")) as archive,
    ):
        archive.row_factory = sqlite3.Row
        article_id = article and find_id(archive, article)
        ids = captures_of(archive, article_id, site)
        [(newest, count)] = captures.db.execute("SELECT max(fetched_at), count(*) FROM captures")
        words = (article_id, site, since and f"since {since}", None if images else "without images")
        job = CaptureJob(
            newest_at=newest or "1970-01-01T00:00:00.000Z",
            part=" ".join(filter(None, words)) or "all captures",
            pages=find_pages(archive, captures, article_id, site, since),
        )
        written = Written()
        chosen = _with_bodies(
            data_dir, archive, captures, captures.find(ids=ids, since=since), images, written
        )
        rows = report_progress(chosen, len(ids) if ids is not None else count, "captures")
        if isinstance(out, Path):
            with WholeFile(out) as file:
                form.write(job, rows, file)
        else:
            form.write(job, rows, out)
    return written


def find_id(archive: sqlite3.Connection, name: str) -> str:
    """The id of the article that *name* means. Raises ExportError."""
    try:
        return str(find_article(archive, name, name)["id"])
    except UnknownArticle as exc:
        raise ExportError(str(exc) or f"the archive holds no article {name}") from None


def captures_of(archive: sqlite3.Connection, article_id: str | None, site: str | None) -> list[str] | None:
    """Ids of the captures that articles rest on; None where all are asked for. Raises ExportError."""
    if article_id is None and site is None:
        return None
    rows = archive.execute(
        "SELECT DISTINCT c.capture_id FROM article_captures AS c JOIN articles AS a ON a.id = c.article_id"
        " WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.site = ?2)",
        [article_id, site],
    ).fetchall()
    if not rows:
        raise ExportError(
            f"no captures of {article_id or site}: SELECT * FROM article_captures lists what there is"
        )
    return [capture_id for (capture_id,) in rows]


def find_pages(
    archive: sqlite3.Connection,
    captures: Captures,
    article_id: str | None,
    site: str | None,
    since: str | None,
) -> Iterator[tuple[str, str, str | None]]:
    """What the chosen articles were read from, as `CaptureJob.pages` has it: their captures but for images and redirects."""
    rows = archive.execute(
        "SELECT c.capture_id, a.headline FROM article_captures AS c JOIN articles AS a ON a.id = c.article_id"
        " WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.site = ?2) ORDER BY c.capture_id, a.id",
        [article_id, site],
    )
    for capture_id, headline in rows:
        capture = captures.db.execute(
            "SELECT coalesce(final_url, url), fetched_at FROM captures"
            " WHERE id = ? AND status = 200 AND image_sha256 IS NULL AND fetched_at >= ? AND url GLOB 'http*'",
            [capture_id, since or ""],
        ).fetchone()
        if capture:
            yield capture[0], capture[1], headline


def _with_bodies(
    data_dir: Path,
    archive: sqlite3.Connection,
    captures: Captures,
    rows: Iterator[Row],
    images: bool,
    written: Written,
) -> Iterator[tuple[Row, bytes]]:
    """Captures with their bodies; *written* counts them."""
    for capture in rows:
        if capture["image_sha256"] and not images:
            continue
        body = _body(data_dir, archive, captures, capture)
        if body is None:
            written.missing += 1
            continue
        written.captures += 1
        yield capture, body


def _body(data_dir: Path, archive: sqlite3.Connection, captures: Captures, capture: Row) -> bytes | None:
    """The body of a capture; None where it is damaged, or its image is no longer there."""
    try:
        body = captures.body(capture["id"])
        if body is not None:
            return body
        row = archive.execute(
            "SELECT path FROM images WHERE sha256 = ?", [capture["image_sha256"]]
        ).fetchone()
        return (data_dir / row[0]).read_bytes() if row and not leads_out(row[0]) else None
    except (CaptureError, OSError):
        return None
