"""The tables of ``captures.db``, as a list of steps like those of the archive (`archive.schema`).

``captures`` is a view: what all responses of a crawl from one host have in common (crawl, method, request headers, peer, reader, ...) is
a row of `exchanges`, and `responses` has the rest. Addresses are found by the part of ``id`` that is made of them (`BY_URL`): an
index of the addresses themselves would take as much disk as ten headers.
"""

from __future__ import annotations

import hashlib
import sqlite3

from archive.captures.packing import dictionaries
from archive.schema import FILLS, read_sql

SET = "finews_captures"
COLUMNS_OF_EXCHANGES = (
    "crawl_id", "method", "request_headers", "ip", "protocol", "content_encoding", "reader", "source",
)  # fmt: skip
COLUMNS_OF_RESPONSES = (
    "id", "exchange", "url", "final_url", "status", "headers", "received_sha256", "received_size", "body_sha256", "image_sha256",
    "redacted", "file",
)  # fmt: skip
BY_URL = "substr(captures.id, 22, 8) = ? AND captures.url = ?"
"""A condition on ``captures.url`` that an index answers; its values are those of `by_url`."""


def by_url(url: str) -> list[str]:
    """Values for `BY_URL`.

    >>> by_url("http://paper.example/a/1")
    ['0a371b73', 'http://paper.example/a/1']
    """
    return [url_hash(url), url]


def url_hash(url: str) -> str:
    """What an id of a capture has of its address, behind the time: 8 hex digits."""
    return hashlib.sha256(url.encode()).hexdigest()[:8]


NAMES = ("0001_captures", "0002_source", "0003_journal", "0004_dictionaries", "0005_exchanges")
STEPS = [(name, read_sql("captures/steps", name)) for name in NAMES]
"""``(name, SQL)`` of the file's schema. Add one; never edit one that ran."""


def keep_dictionaries(conn: sqlite3.Connection) -> None:
    """Have the file hold what is needed to unpack it."""
    rows = [(number, dictionary.dict_content) for number, dictionary in dictionaries().items()]
    conn.executemany("INSERT INTO dictionaries VALUES (?, ?)", rows)


FILLS["0004_dictionaries"] = keep_dictionaries
