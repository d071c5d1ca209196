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
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.capture_headers import fill_headers, split_headers
from archive.journal import JOURNAL, Noted, write_journal
from archive.packing import dictionaries, pack, unpack_frame, zstd
from archive.redaction import Header, redact_headers, redact_json, redact_url
from archive.schema import FILLS, apply_steps, connect, refuse_newer

NAME = "captures.db"
SET = "finews_captures"
BROWSER, SAVED, WARC, POST = "browser", "saved", "warc", "post"
"""Values of ``captures.source``: what is not as this program received it from the network."""
BATCH = 100  # captures a transaction
BATCH_BYTES = 8 * 1024 * 1024  # of bodies that wait
MOST_HEADER_SETS = 1000  # remembered
CACHE = 512  # KiB of pages: what is written is not read again

STEPS = [
    (
        "0001_captures",
        """
CREATE TABLE bodies (
  -- Bodies of responses, each once.
  sha256 TEXT PRIMARY KEY, -- SHA-256 of the body, hex, after its Content-Encoding was undone and personal data were replaced
  first_capture TEXT NOT NULL, -- captures.id of the first response that brought it
  size INTEGER NOT NULL, -- bytes of the body
  packed BLOB NOT NULL, -- the body as one Zstandard frame
  CHECK (length(sha256) = 64)
);
CREATE TABLE header_sets (
  -- Headers of requests: thousands of requests send the same.
  id TEXT PRIMARY KEY, -- first 16 hex digits of the SHA-256 of headers
  headers TEXT NOT NULL -- JSON array of [name, value]
) WITHOUT ROWID;
CREATE TABLE captures (
  -- One row a response, as received.
  id TEXT PRIMARY KEY, -- time and address, e.g. 20260221T075448.123Z-1f3a9c04
  crawl_id TEXT, -- crawls.id in archive.db
  url TEXT NOT NULL, -- address asked for
  final_url TEXT, -- address that answered, NULL where that is url
  method TEXT NOT NULL, -- GET, ...
  request_headers TEXT NOT NULL REFERENCES header_sets (id), -- header_sets.id
  status INTEGER NOT NULL, -- HTTP status
  headers TEXT NOT NULL, -- response headers, JSON array of [name, value]; names as Scrapy hands them on
  fetched_at TEXT NOT NULL, -- when the response was complete, UTC with milliseconds
  ip TEXT, -- address of the peer
  protocol TEXT, -- HTTP/1.1, h2, ...
  content_encoding TEXT, -- gzip, br, ...: as received; NULL where the body came as it is
  received_sha256 TEXT NOT NULL, -- SHA-256 of the bytes received, before the encoding was undone, hex
  received_size INTEGER NOT NULL, -- how many they were
  body_sha256 TEXT REFERENCES bodies (sha256), -- the body; NULL where it is kept as a file (see image_sha256)
  image_sha256 TEXT, -- images.sha256 in archive.db, where the body is an image that is kept as a file
  redacted TEXT NOT NULL DEFAULT '[]', -- what was replaced before it was written, a JSON array
  reader TEXT, -- version of the reader and rules that read it first (articles.reader in archive.db)
  CHECK (fetched_at GLOB '????-??-??T??:??:??.???Z')
) WITHOUT ROWID;
CREATE INDEX captures_url ON captures (url);
CREATE INDEX captures_final_url ON captures (final_url) WHERE final_url IS NOT NULL
""",
    ),
    (
        "0002_source",
        # Rows from before were all received from the network, or in a browser, which was not marked.
        """
ALTER TABLE captures ADD COLUMN source TEXT /* NULL: as received from the network. browser: the page as its scripts left it. saved: a page saved by hand. warc: a response that another crawler received. post: a post file of the older site */ CHECK (source IN ('browser', 'saved', 'warc', 'post'));
ALTER TABLE captures ADD COLUMN file TEXT /* the imported file, relative to the folder that was imported; NULL unless source is saved, warc or post */
""",
    ),
    ("0003_journal", JOURNAL),
    (
        "0004_dictionaries",
        # Bodies from before were packed without one.
        """
CREATE TABLE dictionaries (
  -- Dictionaries of Zstandard that bodies are packed with; the number is in each frame.
  id INTEGER PRIMARY KEY, -- the dictionary's number
  dictionary BLOB NOT NULL
)
""",
    ),
]
"""``(name, SQL)`` of the file's schema. Add one; never edit one that ran."""


def keep_dictionaries(conn: sqlite3.Connection) -> None:
    """Have the file hold what is needed to unpack it."""
    rows = [(number, dictionary.dict_content) for number, dictionary in dictionaries().items()]
    conn.executemany("INSERT INTO dictionaries VALUES (?, ?)", rows)


FILLS["0004_dictionaries"] = keep_dictionaries

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class CaptureError(Exception):
    """A capture cannot be read; the message says which and why."""


@dataclass(slots=True)
class Capture:
    """One response, as `Captures.add` takes it."""

    url: str
    """Address asked for."""
    status: int
    headers: list[Header]
    """Response headers as received, before a ``Content-Encoding`` is undone."""
    received: bytes
    """Bytes received."""
    received_sha256: str | None = None
    """Their SHA-256, hex, where it is known; None to have it computed."""
    body: bytes | None = None
    """The body after its encoding was undone; None where that is *received* itself."""
    final_url: str | None = None
    """Address that answered; None where that is *url*."""
    method: str = "GET"
    request_headers: list[Header] = field(default_factory=list)
    fetched_at: datetime | None = None
    """When the response was complete, aware; None for now."""
    ip: str | None = None
    protocol: str | None = None
    content_encoding: str | None = None
    image: bool = False
    """Whether the body is an image that the archive keeps as a file: only its digest is kept here."""
    personal: Collection[str] = ()
    """JSON keys whose values the source marks as personal."""
    source: str | None = None
    """What it was received from: None for the network, else `BROWSER`, `SAVED`, `WARC` or `POST`."""
    file: str | None = None
    """The imported file, where there is one."""


class Captures:
    """``captures.db`` of a DATA_DIR. Opened for writing by `open`, for reading by `read`."""

    def __init__(self, path: Path):
        self.path = path
        self.conn: sqlite3.Connection | None = None
        self.crawl_id: str | None = None
        """Crawl that the added captures belong to."""
        self.reader: str | None = None
        """Version of the reader that reads them."""
        self._waiting: list[tuple[Any, ...]] = []
        self._journal: list[Noted] = []
        self._bodies: dict[str, tuple[str, bytes]] = {}
        """``(first capture, body)`` of bodies that wait, by digest."""
        self._header_sets: dict[str, str] = {}
        """Ids of header sets that were written or wait, by their text."""
        self._new_header_sets: list[tuple[str, str]] = []
        """``(id, text)`` of header sets that wait."""
        self._request: tuple[list[Header], str, list[str]] = [], "", []
        """Headers of the request before, the id of their set, and what of them was redacted."""
        self._common: dict[str, list[list[Any]]] = {}
        """Header sets of responses that were read."""
        self._ids: set[str] = set()
        self._size = 0
        self._newest: str | None = None
        """The greatest id that was written."""
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
        captures.conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            captures.conn.execute("SELECT 1 FROM captures, bodies LIMIT 1")
        except sqlite3.Error as exc:
            raise CaptureError(f"{path} cannot be read: {exc}") from None
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
        """Take a response into the batch; its id. Written at `BATCH` captures or by `flush`. Raises sqlite3.Error."""
        moment = (capture.fetched_at or datetime.now(UTC)).astimezone(UTC)
        url = redact_url(capture.url)
        header_set, request_marks = self._header_set(capture.request_headers)
        headers, header_marks = redact_headers(capture.headers)
        marks = request_marks + header_marks
        received_sha256 = capture.received_sha256 or hashlib.sha256(capture.received).hexdigest()
        body = capture.received if capture.body is None else capture.body
        if capture.personal and not capture.image:
            body, body_marks = redact_json(body, capture.personal)
            marks += body_marks
        body_sha256 = received_sha256 if body is capture.received else hashlib.sha256(body).hexdigest()
        fetched_at = f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
        capture_id = self._new_id(fetched_at, url)
        if not capture.image:
            self._keep_body(body_sha256, body, capture_id)
        final_url = redact_url(capture.final_url) if capture.final_url else url
        self._waiting.append(
            (
                capture_id, self.crawl_id, url, final_url if final_url != url else None, capture.method,
                header_set, capture.status, self._response_headers(headers), fetched_at, capture.ip, capture.protocol,
                capture.content_encoding, "" if received_sha256 == body_sha256 else received_sha256, len(capture.received), None if capture.image else body_sha256,
                body_sha256 if capture.image else None, _encode(marks), self.reader, capture.source, capture.file,
            )
        )  # fmt: skip
        if len(self._waiting) >= BATCH or self._size >= BATCH_BYTES:
            self.flush()
        return capture_id

    def imported(self, url: str, file: str | None, sha256: str) -> str | None:
        """The id of the capture of an imported *file* with the body *sha256*, where it was imported before."""
        row = self.db.execute(
            "SELECT id FROM captures WHERE url = ? AND file IS ? AND body_sha256 = ?",
            [redact_url(url), file, sha256],
        ).fetchone()
        return row[0] if row else None

    def _new_id(self, fetched_at: str, url: str) -> str:
        time = fetched_at.replace("-", "").replace(":", "")
        stem = f"{time}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
        capture_id, number = stem, 1
        while capture_id in self._ids or self._exists(capture_id):
            number += 1
            capture_id = f"{stem}-{number}"
        self._ids.add(capture_id)
        return capture_id

    def _exists(self, capture_id: str) -> bool:
        """Whether the id was given before. Ids begin with the time, so that of a new response is beyond all others."""
        if self._newest is None:
            [(self._newest,)] = self.db.execute("SELECT coalesce(max(id), '') FROM captures")
        if capture_id > self._newest:
            return False
        return self.db.execute("SELECT 1 FROM captures WHERE id = ?", [capture_id]).fetchone() is not None

    def _keep_body(self, sha256: str, body: bytes, capture_id: str) -> None:
        if sha256 not in self._bodies:
            self._bodies[sha256] = capture_id, body
            self._size += len(body)

    def _pack_bodies(self) -> list[tuple[str, str, int, bytes]]:
        """Rows of `bodies` of those that wait and are not there yet. One query and one compressor for all of them: for each
        response alone, both would find the processor's caches cold."""
        known = self.db.execute(
            "SELECT sha256 FROM bodies WHERE sha256 IN (SELECT value FROM json_each(?))",
            [json.dumps(list(self._bodies))],
        )
        new = self._bodies.keys() - {sha256 for (sha256,) in known}
        return [
            (sha256, capture_id, len(body), pack(body))
            for sha256, (capture_id, body) in self._bodies.items()
            if sha256 in new
        ]

    def _header_set(self, headers: list[Header]) -> tuple[str, list[str]]:
        """The id of a set of request headers, and what of them was redacted."""
        if headers != self._request[0] or not self._request[1]:
            self._request = headers, *self._add_header_set(headers)
        return self._request[1:]

    def _add_header_set(self, headers: list[Header]) -> tuple[str, list[str]]:
        kept, marks = redact_headers(headers)
        return self._keep_header_set(kept), marks

    def _keep_header_set(self, headers: Sequence[tuple[str, str | None]]) -> str:
        """The id of a set of headers, which is written with the batch."""
        text = _pairs(headers)
        if text not in self._header_sets:
            if len(self._header_sets) >= MOST_HEADER_SETS:  # validators differ from article to article
                self._header_sets.clear()
            self._header_sets[text] = hashlib.sha256(text.encode()).hexdigest()[:16]
            self._new_header_sets.append((self._header_sets[text], text))
        return self._header_sets[text]

    def _response_headers(self, headers: list[Header]) -> str:
        """A value of ``captures.headers``."""
        common, values = split_headers(headers)
        return _encode([self._keep_header_set(common), *values])

    def read_headers(self, text: str) -> list[list[str]]:
        """The headers that a value of ``captures.headers`` stands for. Raises CaptureError."""
        address = json.loads(text)
        if not address or not isinstance(address[0], str):  # all of them, in rows from before
            return address
        set_id, *values = address
        if set_id not in self._common:
            row = self.db.execute("SELECT headers FROM header_sets WHERE id = ?", [set_id]).fetchone()
            if row is None:
                raise CaptureError(f"the header set {set_id} is missing in {self.path}")
            if len(self._common) >= MOST_HEADER_SETS:
                self._common.clear()
            self._common[set_id] = json.loads(row[0])
        return fill_headers(self._common[set_id], values)

    def note(self, entries: Iterable[Noted]) -> None:
        """Have the next `flush` write *entries* of the journal (`archive.journal`), behind the captures that they rest on."""
        self._journal = list(entries)

    def flush(self) -> None:
        """Write the batch, all of it or nothing. Raises sqlite3.Error, with the batch kept."""
        if not self._waiting and not self._journal:
            return
        bodies = self._pack_bodies()
        # Plain SQL: sqlite-utils' insert_all takes 60 µs a row, this 10.
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany(
                "INSERT OR IGNORE INTO header_sets VALUES (?, ?)",
                self._new_header_sets,
            )
            self.db.executemany("INSERT OR IGNORE INTO bodies VALUES (?, ?, ?, ?)", bodies)
            self.db.executemany(f"INSERT INTO captures VALUES ({', '.join('?' * 20)})", self._waiting)
            write_journal(self.db, self.crawl_id, self._journal)
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self._waiting, self._bodies, self._ids, self._size = [], {}, set(), 0
        self._new_header_sets, self._journal = [], []
        self._newest = None
        self._wrote = True

    # -- reading ----------------------------------------------------------------------------------------------

    def find(
        self, *, url: str | None = None, ids: Collection[str] | None = None, since: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Captures, the oldest first: of an address (asked for or final), among *ids*, fetched from *since* (UTC text) on.

        Dicts of the columns of `captures`, with lists read, ``final_url`` given where it is ``url``, too, and ``same_as``: the first
        capture that brought the same body, None for that one itself.
        """
        where, params = ["1"], []
        if url is not None:
            where.append("(url = ? OR final_url = ?)")
            params += [url, url]
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


def _pairs(headers: Sequence[tuple[str, str | None]]) -> str:
    return _encode(headers)
