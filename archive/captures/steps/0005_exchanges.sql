-- Rows from before are moved: what they had in common is written once.
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
  FROM responses AS r JOIN exchanges AS e ON e.id = r.exchange;
