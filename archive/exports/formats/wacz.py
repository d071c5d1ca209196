"""WACZ 1.1.1: a WARC file with an index and a list of pages in one ZIP file, which replayweb.page opens. Needs warcio."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.exports import CaptureJob, Row, writes_captures
from archive.exports.warc_records import make_records, open_writer, write_info

VERSION = "1.1.1"
WARC_PATH = "data.warc.gz"
BLOCK = 3000  # lines of a packed block of the index
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time of a ZIP entry: the same captures give the same bytes
encode = json.JSONEncoder(ensure_ascii=False).encode


class Entry:
    """A file in the ZIP, which counts and digests what is written."""

    def __init__(self, archive: zipfile.ZipFile, path: str, packed: bool):
        info = zipfile.ZipInfo(path, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self.path, self.size, self.digest = path, 0, hashlib.sha256()
        self._out = archive.open(info, "w", force_zip64=True)

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing to do: the ZIP is written as it comes."""

    def close(self) -> None:
        self._out.close()

    def as_resource(self) -> dict[str, Any]:
        """Its entry in ``datapackage.json``."""
        return {
            "name": self.path.rpartition("/")[2],
            "path": self.path,
            "hash": f"sha256:{self.digest.hexdigest()}",
            "bytes": self.size,
        }


@writes_captures("wacz", "the captures as WACZ, which opens in replayweb.page (needs warcio)")
def write_wacz(job: CaptureJob, captures: Iterator[tuple[Row, bytes]], out: BinaryIO) -> None:
    """A ZIP of WARC, index (ZipNum), pages and the package's own description."""
    with zipfile.ZipFile(out, "w") as archive, closing(sqlite3.connect("")) as index:
        index.execute("CREATE TABLE lines (line TEXT)")  # in a temporary file, once it is large

        def add(path: str, write: Callable[[Any], None], packed: bool = False) -> dict[str, Any]:
            with closing(Entry(archive, path, packed)) as entry:
                write(entry)
            return entry.as_resource()

        resources = [add(f"archive/{WARC_PATH}", lambda entry: write_warc(job, captures, entry, index))]
        blocks: list[str] = []
        resources.append(add("indexes/index.cdx.gz", lambda entry: write_index(index, entry, blocks)))
        resources.append(add("indexes/index.idx", lambda entry: write_lines(entry, blocks), packed=True))
        resources.append(add("pages/pages.jsonl", lambda entry: write_pages(job, entry), packed=True))
        package = describe_package(job, resources)
        described = add("datapackage.json", lambda entry: entry.write(package), packed=True)
        digest = {"path": "datapackage.json", "hash": described["hash"]}
        add("datapackage-digest.json", lambda entry: entry.write(encode(digest).encode()), packed=True)


def write_warc(
    job: CaptureJob, captures: Iterator[tuple[Row, bytes]], entry: Entry, index: sqlite3.Connection
) -> None:
    """Write the records, and a line of the index for each that can be replayed."""
    writer = open_writer(entry, compress=True)  # type: ignore[arg-type]
    write_info(writer, job.newest_at, job.part)
    for capture, body in captures:
        for record in make_records(writer, capture, body):
            offset = entry.size
            writer.write_record(record)
            if record.rec_type != "request":
                line = describe_record(record, capture, offset, entry.size - offset)
                index.execute("INSERT INTO lines VALUES (?)", [line])


def describe_record(record: Any, capture: Row, offset: int, length: int) -> str:
    """A line of the index, CDXJ."""
    url = capture["final_url"]
    headers = record.http_headers or record.rec_headers
    facts = {
        "url": url,
        "mime": (headers.get_header("Content-Type") or "").partition(";")[0].strip()
        or "application/octet-stream",
        "status": str(capture["status"]),
        "digest": record.rec_headers.get_header("WARC-Payload-Digest"),
        "length": str(length),
        "offset": str(offset),
        "filename": WARC_PATH,
    }
    moment = "".join(filter(str.isdigit, capture["fetched_at"]))
    return f"{surt_of(url)} {moment[:14]} {encode(facts)}"


def surt_of(url: str) -> str:
    """An address as indexes sort it: the host from right to left, without ``www.``; in lower case, parameters sorted.

    >>> surt_of("https://www.News.example:8080/A/1.html?b=2&a=1")
    'example,news:8080)/a/1.html?a=1&b=2'
    >>> surt_of("file:///_posts/1.md")
    'file:///_posts/1.md'
    """
    parts = urlsplit(url.lower())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    labels = parts.hostname.split(".")
    if labels[0].rstrip("0123456789") == "www" and len(labels) > 1:
        labels = labels[1:]
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{','.join(reversed(labels))}{port}){parts.path or '/'}" + (f"?{query}" if query else "")


def write_index(index: sqlite3.Connection, entry: Entry, blocks: list[str]) -> None:
    """The lines in order, in packed blocks; *blocks* gets the lines that say where each begins."""
    blocks.append(f"!meta 0 {encode({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}")
    ordered = index.execute("SELECT line FROM lines ORDER BY line")
    while rows := ordered.fetchmany(BLOCK):
        lines = [line for (line,) in rows]
        packed = gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
        where = {
            "offset": entry.size,
            "length": len(packed),
            "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
        }
        blocks.append(f"{' '.join(lines[0].split(' ', 2)[:2])} {encode(where)}")
        entry.write(packed)


def write_lines(entry: Entry, lines: list[str]) -> None:
    """Lines as they are."""
    for line in lines:
        entry.write(f"{line}\n".encode())


def write_pages(job: CaptureJob, entry: Entry) -> None:
    """The list of pages that a reader is offered."""
    entry.write(encode({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}).encode() + b"\n")
    for number, (url, fetched_at, headline) in enumerate(job.pages, 1):
        line = {"id": str(number), "url": url, "ts": fetched_at, "title": headline or url}
        entry.write(encode(line).encode() + b"\n")


def describe_package(job: CaptureJob, resources: list[dict[str, Any]]) -> bytes:
    """``datapackage.json``."""
    package = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": f"finews-archive: {job.part}",
        "software": "finews-archive",
        "created": job.newest_at,
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2).encode()
