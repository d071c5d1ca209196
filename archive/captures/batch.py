"""Responses that wait to be written to ``captures.db``: redacted, their headers split, each body and each exchange once.

Plain SQL: sqlite-utils' ``insert_all`` takes 60 µs a row, this 10.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archive.captures.headers import split_headers
from archive.captures.journal import Noted, write_journal
from archive.captures.packing import pack
from archive.captures.redaction import Header, redact_headers, redact_json, redact_url
from archive.captures.schema import COLUMNS_OF_EXCHANGES, COLUMNS_OF_RESPONSES, url_hash
from archive.insert_rows import insert_rows

MOST = 100  # captures a transaction
MOST_BYTES = 8 * 1024 * 1024  # of bodies that wait
MOST_REMEMBERED = 1000  # header sets, exchanges

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
    body: bytes | None = None
    """The body after its encoding was undone; None where that is *received* itself."""
    body_sha256: str | None = None
    """The body's SHA-256, hex, where it is known; None to have it computed."""
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


class CaptureBatch:
    """Takes captures by `add`; `write` writes them to a database, all of them or nothing."""

    def __init__(self) -> None:
        self.crawl_id: str | None = None
        """Crawl that the added captures belong to."""
        self.reader: str | None = None
        """Version of the reader that reads them."""
        self._exchanges = Exchanges()
        self._waiting: list[tuple[Any, ...]] = []
        """``(exchange, rest of the row of `responses`)`` each."""
        self._journal: list[Noted] = []
        self._bodies: dict[str, tuple[str, bytes]] = {}
        """``(first capture, body)`` of bodies that wait, by digest."""
        self._header_sets: dict[str, str] = {}
        """Ids of header sets that were written or wait, by their text."""
        self._new_header_sets: list[tuple[str, str]] = []
        """``(id, text)`` of header sets that wait."""
        self._request: tuple[list[Header], str, list[str]] = [], "", []
        """Headers of the request before, the id of their set, and what of them was redacted."""
        self._ids: set[str] = set()
        self._size = 0
        self._newest: str | None = None
        """The greatest id that was written."""

    @property
    def is_full(self) -> bool:
        """Whether it is time to write it."""
        return len(self._waiting) >= MOST or self._size >= MOST_BYTES

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting and not self._journal

    def note(self, entries: Iterable[Noted]) -> None:
        """Have `write` write *entries* of the journal, behind the captures that they rest on."""
        self._journal = list(entries)

    def add(self, db: sqlite3.Connection, capture: Capture) -> str:
        """Take a response; its id, which *db* does not have. Raises sqlite3.Error."""
        moment = (capture.fetched_at or datetime.now(UTC)).astimezone(UTC)
        url = redact_url(capture.url)
        header_set, request_marks = self._header_set(capture.request_headers)
        headers, header_marks = redact_headers(capture.headers)
        marks = request_marks + header_marks
        body = capture.received if capture.body is None else capture.body
        body_sha256 = capture.body_sha256 or hashlib.sha256(body).hexdigest()
        received_sha256 = (
            body_sha256 if capture.body is None else hashlib.sha256(capture.received).hexdigest()
        )
        if capture.personal and not capture.image:
            body, body_marks = redact_json(body, capture.personal)
            marks += body_marks
            if body_marks:
                body_sha256 = hashlib.sha256(body).hexdigest()
        fetched_at = f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
        capture_id = self._new_id(db, fetched_at, url)
        if not capture.image:
            self._keep_body(body_sha256, body, capture_id)
        final_url = redact_url(capture.final_url) if capture.final_url else url
        exchange = (
            self.crawl_id, capture.method, header_set, capture.ip, capture.protocol, capture.content_encoding, self.reader, capture.source,
        )  # fmt: skip
        self._waiting.append(
            (
                exchange, capture_id, url, final_url if final_url != url else None, capture.status, self._response_headers(headers),
                "" if received_sha256 == body_sha256 else received_sha256, len(capture.received),
                None if capture.image else body_sha256, body_sha256 if capture.image else None, _encode(marks), capture.file,
            )
        )  # fmt: skip
        return capture_id

    def _new_id(self, db: sqlite3.Connection, fetched_at: str, url: str) -> str:
        time = fetched_at.replace("-", "").replace(":", "")
        stem = f"{time}-{url_hash(url)}"
        capture_id, number = stem, 1
        while capture_id in self._ids or self._exists(db, capture_id):
            number += 1
            capture_id = f"{stem}-{number}"
        self._ids.add(capture_id)
        return capture_id

    def _exists(self, db: sqlite3.Connection, capture_id: str) -> bool:
        """Whether the id was given before. Ids begin with the time, so that of a new response is beyond all others."""
        if self._newest is None:
            [(self._newest,)] = db.execute("SELECT coalesce(max(id), '') FROM responses")
        if capture_id > self._newest:
            return False
        return db.execute("SELECT 1 FROM responses WHERE id = ?", [capture_id]).fetchone() is not None

    def _keep_body(self, sha256: str, body: bytes, capture_id: str) -> None:
        if sha256 not in self._bodies:
            self._bodies[sha256] = capture_id, body
            self._size += len(body)

    def _pack_bodies(self, db: sqlite3.Connection) -> list[tuple[str, str, int, bytes]]:
        """Rows of `bodies` of those that wait and are not there yet. One query and one compressor for all of them: for each
        response alone, both would find the processor's caches cold."""
        known = db.execute(
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
        text = _encode(headers)
        if text not in self._header_sets:
            if len(self._header_sets) >= MOST_REMEMBERED:  # validators differ from article to article
                self._header_sets.clear()
            self._header_sets[text] = hashlib.sha256(text.encode()).hexdigest()[:16]
            self._new_header_sets.append((self._header_sets[text], text))
        return self._header_sets[text]

    def _response_headers(self, headers: list[Header]) -> str:
        """A value of ``captures.headers``."""
        common, values = split_headers(headers)
        return _encode([self._keep_header_set(common), *values])

    def write(self, db: sqlite3.Connection) -> None:
        """Write all that waits in a transaction. Raises sqlite3.Error, and then has it still."""
        bodies = self._pack_bodies(db)
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany("INSERT OR IGNORE INTO header_sets VALUES (?, ?)", self._new_header_sets)
            db.executemany("INSERT OR IGNORE INTO bodies VALUES (?, ?, ?, ?)", bodies)
            insert_responses(db, self._exchanges, self._waiting)
            write_journal(db, self.crawl_id, self._journal)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            self._exchanges = Exchanges()
            raise
        self._waiting, self._bodies, self._ids, self._size = [], {}, set(), 0
        self._new_header_sets, self._journal = [], []
        self._newest = None


class Exchanges:
    """Numbers of rows of `exchanges`, added where there is none yet. To be thrown away where a transaction is rolled back."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, db: sqlite3.Connection, values: tuple[Any, ...]) -> int:
        """The id of the row that has *values* in `COLUMNS_OF_EXCHANGES`. Raises sqlite3.Error."""
        number = self._numbers.get(values)
        if number is None:
            row = db.execute(FIND_EXCHANGE, values).fetchone()
            number = row[0] if row else db.execute(ADD_EXCHANGE, values).lastrowid
            assert number is not None
            if len(self._numbers) >= MOST_REMEMBERED:
                self._numbers.clear()
            self._numbers[values] = number
        return number


def _marks(number: int) -> str:
    return ", ".join("?" * number)


FIND_EXCHANGE = (
    f"SELECT id FROM exchanges WHERE {' AND '.join(f'{name} IS ?' for name in COLUMNS_OF_EXCHANGES)}"
)
ADD_EXCHANGE = (
    f"INSERT INTO exchanges ({', '.join(COLUMNS_OF_EXCHANGES)}) VALUES ({_marks(len(COLUMNS_OF_EXCHANGES))})"
)


def insert_responses(
    db: sqlite3.Connection, exchanges: Exchanges, rows: Iterable[tuple[Any, ...]], or_ignore: bool = False
) -> None:
    """Write *rows*, ``(values of COLUMNS_OF_EXCHANGES, id, and the rest of COLUMNS_OF_RESPONSES)`` each. Raises sqlite3.Error."""
    insert_rows(
        db,
        f"INSERT {'OR IGNORE ' * or_ignore}INTO responses",
        COLUMNS_OF_RESPONSES,
        [(capture_id, exchanges.number(db, exchange), *rest) for exchange, capture_id, *rest in rows],
    )
