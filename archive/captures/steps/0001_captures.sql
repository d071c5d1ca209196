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
CREATE INDEX captures_final_url ON captures (final_url) WHERE final_url IS NOT NULL;
