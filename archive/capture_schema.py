"""The tables of ``captures.db``, as a list of steps like those of the archive (`archive.schema`).

``captures`` is a view: what all responses of a crawl from one host have in common (crawl, method, request headers, peer, reader, ...) is
a row of `exchanges`, and `responses` has the rest. Addresses are found by the part of ``id`` that is made of them (`BY_URL`): an
index of the addresses themselves would take as much disk as ten headers.
"""

from __future__ import annotations

import hashlib
import sqlite3

from archive.journal import JOURNAL
from archive.packing import dictionaries
from archive.schema import FILLS

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
    (
        "0005_exchanges",
        # Rows from before are moved; what they had in common is written once.
        """
CREATE TABLE exchanges (
  -- What many responses of a crawl have in common.
  id INTEGER PRIMARY KEY,
  crawl_id TEXT, -- crawls.id in archive.db
  method TEXT NOT NULL, -- GET, ...
  request_headers TEXT NOT NULL REFERENCES header_sets (id), -- header_sets.id
  ip TEXT, -- address of the peer
  protocol TEXT, -- HTTP/1.1, h2, ...
  content_encoding TEXT, -- gzip, br, ...: as received; NULL where the body came as it is
  reader TEXT, -- version of the reader and rules that read them first (articles.reader in archive.db)
  source TEXT, -- NULL: as received from the network. browser: the page as its scripts left it. saved: a page saved by hand. warc: a response that another crawler received. post: a post file of the older site
  CHECK (source IN ('browser', 'saved', 'warc', 'post'))
);
CREATE INDEX exchanges_crawl ON exchanges (crawl_id);
CREATE TABLE responses (
  -- One row a response, as received; captures has it with its exchange.
  id TEXT PRIMARY KEY, -- time it was complete, UTC, and hash of url, e.g. 20260221T075448.123Z-1f3a9c04
  exchange INTEGER NOT NULL REFERENCES exchanges (id), -- exchanges.id
  url TEXT NOT NULL, -- address asked for
  final_url TEXT, -- address that answered, NULL where that is url
  status INTEGER NOT NULL, -- HTTP status
  headers TEXT NOT NULL, -- response headers, a JSON array: header_sets.id and the values for its nulls; in older rows all of them, [name, value] each
  received_sha256 TEXT NOT NULL, -- SHA-256 of the bytes received, before the encoding was undone, hex; empty where that is body_sha256 or image_sha256
  received_size INTEGER NOT NULL, -- how many they were
  body_sha256 TEXT REFERENCES bodies (sha256), -- the body; NULL where it is kept as a file (see image_sha256)
  image_sha256 TEXT, -- images.sha256 in archive.db, where the body is an image that is kept as a file
  redacted TEXT NOT NULL DEFAULT '[]', -- what was replaced before it was written, a JSON array
  file TEXT, -- the imported file, relative to the folder that was imported; NULL unless source is saved, warc or post
  CHECK (id GLOB '????????T??????.???Z-*')
) WITHOUT ROWID;
INSERT INTO exchanges (crawl_id, method, request_headers, ip, protocol, content_encoding, reader, source)
  SELECT DISTINCT crawl_id, method, request_headers, ip, protocol, content_encoding, reader, source FROM captures;
INSERT INTO responses
  SELECT c.id, e.id, url, final_url, status, headers, received_sha256, received_size, body_sha256, image_sha256, redacted, file
  FROM captures AS c CROSS JOIN exchanges AS e ON e.crawl_id IS c.crawl_id AND e.method = c.method
    AND e.request_headers = c.request_headers AND e.ip IS c.ip AND e.protocol IS c.protocol
    AND e.content_encoding IS c.content_encoding AND e.reader IS c.reader AND e.source IS c.source
  ORDER BY c.id;
DROP TABLE captures;
CREATE INDEX responses_url ON responses (substr(id, 22, 8));
CREATE INDEX responses_final_url ON responses (final_url) WHERE final_url IS NOT NULL;
CREATE VIEW captures AS
  -- One row a response, as received.
  SELECT r.id, e.crawl_id, r.url, r.final_url, e.method, e.request_headers, r.status, r.headers,
    -- when the response was complete, UTC with milliseconds
    substr(r.id, 1, 4) || '-' || substr(r.id, 5, 2) || '-' || substr(r.id, 7, 5) || ':' || substr(r.id, 12, 2) || ':' || substr(r.id, 14, 7) AS fetched_at,
    e.ip, e.protocol, e.content_encoding, r.received_sha256, r.received_size, r.body_sha256, r.image_sha256, r.redacted, e.reader, e.source, r.file
  FROM responses AS r JOIN exchanges AS e ON e.id = r.exchange
""",
    ),
]
"""``(name, SQL)`` of the file's schema. Add one; never edit one that ran."""


def keep_dictionaries(conn: sqlite3.Connection) -> None:
    """Have the file hold what is needed to unpack it."""
    rows = [(number, dictionary.dict_content) for number, dictionary in dictionaries().items()]
    conn.executemany("INSERT INTO dictionaries VALUES (?, ?)", rows)


FILLS["0004_dictionaries"] = keep_dictionaries
