"""Every response as received, in ``captures.db`` beside the archive: what a row can be proved from and read again.

A capture keeps the request (method, address, headers), the response (status, headers, time, peer) and the body after its
``Content-Encoding`` is undone. The same body again is a row that points at the first. What must not be kept (cookies,
credentials, what a source marks as personal) is replaced before anything is written, and ``redacted`` says what that was.
Header names are as Scrapy hands them on: their order within one name is that of the wire, their case and the reason
phrase are not. Thousands of responses have the same headers but for times, lengths and tags: ``captures.headers`` names a row of
`header_sets` and holds the values that this has no place for (`split_headers`); `Captures.find` puts both together.

From a notebook::

    with Captures.read("data") as captures:
        for capture in captures.find(url="http://paper.example/a/1.html"):
            body = captures.body(capture["id"])
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.captures.batch import Capture, CaptureBatch
from archive.captures.headers import fill_headers
from archive.captures.journal import Noted
from archive.captures.packing import unpack_frame, zstd
from archive.captures.redaction import redact_url
from archive.captures.schema import BY_URL, SET, STEPS, by_url
from archive.reader import connect_to_read, explain_unreadable
from archive.schema import apply_steps, connect, refuse_newer

__all__ = ["Capture", "CaptureError", "Captures", "unpack"]

NAME = "captures.db"
BROWSER, SAVED, WARC, POST = "browser", "saved", "warc", "post"
"""Values of ``captures.source``: what is not as this program received it from the network."""
MOST_HEADER_SETS = 1000  # remembered
CACHE = 512  # KiB of pages: what is written is not read again


class CaptureError(Exception):
    """A capture cannot be read; the message says which and why."""


class Captures:
    """``captures.db`` of a DATA_DIR. Opened for writing by `open`, for reading by `read`."""

    def __init__(self, path: Path):
        self.path = path
        self.conn: sqlite3.Connection | None = None
        self.batch = CaptureBatch()
        """Captures that wait. Its ``crawl_id`` and ``reader`` are those of what is added."""
        self._common: dict[str, list[list[Any]]] = {}
        """Header sets of responses that were read."""
        self._wrote = False

    def open(self) -> Captures:
        """Open for writing, made and brought up to date where needed. Raises sqlite3.Error, NewerDatabase."""
        if self.conn is None:
            self.conn = connect(self.path)
            self.conn.execute(f"PRAGMA cache_size = -{CACHE}")
            refuse_newer(self.conn, SET, STEPS)
            apply_steps(self.conn, SET, STEPS)
        return self

    @classmethod
    def read(cls, data_dir: str | os.PathLike[str]) -> Captures:
        """The captures of *data_dir*, read-only. Raises CaptureError."""
        path = Path(data_dir) / NAME
        if not path.is_file():
            raise CaptureError(f"no captures: there is no {path}")
        captures = cls(path)
        try:
            captures.conn = connect_to_read(path)
            captures.conn.execute("SELECT 1 FROM captures, bodies LIMIT 1")
        except sqlite3.Error as exc:
            raise CaptureError(explain_unreadable(path, exc)) from None
        return captures

    def close(self) -> None:
        """Write what waits and close."""
        if self.conn is not None:
            self.flush()
            if self._wrote:
                self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.conn.close()
            self.conn = None

    def __enter__(self) -> Captures:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def db(self) -> sqlite3.Connection:
        """The open connection."""
        if self.conn is None:
            raise CaptureError(f"{self.path} is not open")
        return self.conn

    # -- adding -----------------------------------------------------------------------------------------------

    def add(self, capture: Capture) -> str:
        """Take a response into the batch; its id. Written when that is full, or by `flush`. Raises sqlite3.Error."""
        capture_id = self.batch.add(self.db, capture)
        if self.batch.is_full:
            self.flush()
        return capture_id

    def imported(self, url: str, file: str | None, sha256: str) -> str | None:
        """The id of the capture of an imported *file* with the body *sha256*, where it was imported before."""
        row = self.db.execute(
            f"SELECT id FROM captures WHERE {BY_URL} AND file IS ? AND body_sha256 = ?",
            [*by_url(redact_url(url)), file, sha256],
        ).fetchone()
        return row[0] if row else None

    def note(self, entries: Iterable[Noted]) -> None:
        """Have the next `flush` write *entries* of the journal (`archive.captures.journal`), behind the captures that they rest on."""
        self.batch.note(entries)

    def flush(self) -> None:
        """Write the batch, all of it or nothing. Raises sqlite3.Error, with the batch kept."""
        if not self.batch.is_empty:
            self.batch.write(self.db)
            self._wrote = True

    # -- reading ----------------------------------------------------------------------------------------------

    def read_headers(self, text: str) -> list[list[str]]:
        """The headers that a value of ``captures.headers`` stands for. Raises CaptureError."""
        kept = json.loads(text)
        if not kept or not isinstance(kept[0], str):  # all of them, in rows from before
            return kept
        set_id, *values = kept
        if set_id not in self._common:
            row = self.db.execute("SELECT headers FROM header_sets WHERE id = ?", [set_id]).fetchone()
            if row is None:
                raise CaptureError(f"the header set {set_id} is missing in {self.path}")
            if len(self._common) >= MOST_HEADER_SETS:
                self._common.clear()
            self._common[set_id] = json.loads(row[0])
        return fill_headers(self._common[set_id], values)

    def find(
        self, *, url: str | None = None, ids: Collection[str] | None = None, since: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Captures, the oldest first: of an address (asked for or final), among *ids*, fetched from *since* (UTC text) on.

        Dicts of the columns of `captures`, with lists read, ``final_url`` given where it is ``url``, too, and ``same_as``: the first
        capture that brought the same body, None for that one itself.
        """
        where, params = ["1"], []
        if url is not None:
            where.append(f"({BY_URL} OR final_url = ?)")
            params += [*by_url(url), url]
        if ids is not None:
            where.append("captures.id IN (SELECT value FROM json_each(?))")
            params.append(json.dumps(list(ids)))
        if since is not None:  # ids begin with the time
            where.append("captures.id >= ?")
            params.append(since.replace("-", "").replace(":", "").rstrip("Z"))
        rows = self.db.execute(
            "SELECT captures.*, header_sets.headers AS header_set,"
            " nullif(first_capture, captures.id) AS same_as FROM captures JOIN header_sets ON header_sets.id = request_headers"
            f" LEFT JOIN bodies ON sha256 = body_sha256 WHERE {' AND '.join(where)} ORDER BY captures.id",
            params,
        )
        names = [column[0] for column in rows.description]
        for values in rows:
            row = dict(zip(names, values, strict=True))
            request_headers = row.pop("header_set")
            yield {
                **row,
                "final_url": row["final_url"] or row["url"],
                "request_headers": json.loads(request_headers),
                "headers": self.read_headers(row["headers"]),
                "received_sha256": row["received_sha256"] or row["body_sha256"] or row["image_sha256"],
                "redacted": json.loads(row["redacted"]),
            }

    def body(self, capture_id: str) -> bytes | None:
        """The body of a capture, checked against its digest; None where it is an image. Raises CaptureError."""
        row = self.db.execute(
            "SELECT c.image_sha256, c.body_sha256, b.packed FROM captures AS c LEFT JOIN bodies AS b ON b.sha256 = c.body_sha256"
            " WHERE c.id = ?",
            [capture_id],
        ).fetchone()
        if row is None:
            raise CaptureError(f"there is no capture {capture_id} in {self.path}")
        if row[0] is not None:
            return None
        return unpack(capture_id, row[1], row[2])


def why_missing(path: Path, archive: sqlite3.Connection) -> str | None:
    """What is lost where *path* is missing but the rows of *archive* rest on captures; None where neither is so."""
    if path.exists() or not archive.execute("SELECT 1 FROM article_captures LIMIT 1").fetchone():
        return None
    [(count,)] = archive.execute("SELECT count(DISTINCT capture_id) FROM article_captures").fetchall()
    return f"it is missing, but articles rest on {count:,} captures in it"


def unpack(name: str, sha256: str, packed: bytes | None) -> bytes:
    """The body in a Zstandard frame. Raises CaptureError where it is missing or not the one that *sha256* names."""
    if packed is None:
        raise CaptureError(f"{name}: its body {sha256} is missing")
    try:
        body = unpack_frame(packed)
    except zstd.ZstdError as exc:
        raise CaptureError(f"{name}: its body cannot be unpacked: {exc}") from None
    if hashlib.sha256(body).hexdigest() != sha256:
        raise CaptureError(f"{name}: its body is not the one that was received (SHA-256 differs)")
    return body
