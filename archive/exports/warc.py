"""Captures as WARC 1.1: what web archives exchange, and pywb or replayweb.page replay.

A record's body is the one after its ``Content-Encoding``, so that header, ``Transfer-Encoding`` and the old
``Content-Length`` are left out; names of headers are as Scrapy hands them on, the reason phrase is that of the standard.
What was not received from the network (``captures.source``) is a record of type ``resource``, and ``X-Source`` says what it is.
"""

from __future__ import annotations

import io
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from archive.captures import WARC, CaptureError, Captures
from archive.exports import ExportError
from archive.exports.whole_file import WholeFile

OF_THE_CODING = {"content-encoding", "content-length", "transfer-encoding"}
NAMESPACE = uuid.UUID("8f1f3b0e-6f0a-5d6b-9a53-5f0f2f6f3c11")


@dataclass(slots=True)
class Written:
    """What an export of captures holds."""

    captures: int = 0
    missing: int = 0
    """Captures left out, for their body is damaged or its image file is gone."""


def export_captures(
    data_dir: Path,
    out: Path | BinaryIO,
    *,
    since: str | None = None,
    article: str | None = None,
    site: str | None = None,
    compress: bool = True,
) -> Written:
    """Write the captures fetched from *since* (UTC text) on, that an *article* or the articles of a *site* rest on.

    The same captures give the same bytes. Raises ExportError, sqlite3.Error, OSError.
    """
    try:
        from warcio.warcwriter import WARCWriter
    except ImportError:
        raise ExportError("WARC needs the package warcio: pip install 'finews-archive[analyst]'") from None
    try:
        captures = Captures.read(data_dir)
    except CaptureError as exc:
        raise ExportError(str(exc)) from None
    written = Written()
    with (
        captures,
        closing(sqlite3.connect(f"{(data_dir / 'archive.db').as_uri()}?mode=ro", uri=True)) as archive,
    ):
        ids = _captures_of(archive, article, site)

        def write(file: BinaryIO) -> None:
            writer = WARCWriter(file, gzip=compress, warc_version="WARC/1.1")
            [(newest,)] = captures.db.execute("SELECT max(fetched_at) FROM captures")
            _write_info(writer, newest or "1970-01-01T00:00:00Z", since, article, site)
            for capture in captures.find(ids=ids, since=since):
                body = _body(data_dir, archive, captures, capture)
                if body is None:
                    written.missing += 1
                    continue
                for record in _records(writer, capture, body):
                    writer.write_record(record)
                written.captures += 1

        if isinstance(out, Path):
            with WholeFile(out) as file:
                write(file)
        else:
            write(out)
    return written


def _captures_of(archive: sqlite3.Connection, article: str | None, site: str | None) -> list[str] | None:
    """Ids of the captures that articles rest on; None where all are asked for. Raises ExportError."""
    if article is None and site is None:
        return None
    rows = archive.execute(
        "SELECT DISTINCT c.capture_id FROM article_captures AS c JOIN articles AS a ON a.id = c.article_id"
        " WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.site = ?2)",
        [article, site],
    ).fetchall()
    if not rows:
        raise ExportError(
            f"no captures of {article or site}: SELECT * FROM article_captures lists what there is"
        )
    return [capture_id for (capture_id,) in rows]


def _body(
    data_dir: Path, archive: sqlite3.Connection, captures: Captures, capture: dict[str, Any]
) -> bytes | None:
    """The body of a capture; None where it is damaged, or its image is no longer there."""
    try:
        body = captures.body(capture["id"])
        if body is not None:
            return body
        row = archive.execute(
            "SELECT path FROM images WHERE sha256 = ?", [capture["image_sha256"]]
        ).fetchone()
        return (data_dir / row[0]).read_bytes() if row else None
    except (CaptureError, OSError):
        return None


def _write_info(writer: Any, moment: str, since: str | None, article: str | None, site: str | None) -> None:
    fields = {
        "software": "finews-archive",
        "format": "WARC File Format 1.1",
        "isPartOf": " ".join(part for part in (article, site, since and f"since {since}") if part)
        or "all captures",
    }
    payload = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {
        "WARC-Record-ID": _record_id(f"info {fields['isPartOf']}"),
        "WARC-Date": moment,
        "Content-Type": "application/warc-fields",
    }
    writer.write_record(
        writer.create_warc_record(
            None, "warcinfo", payload=io.BytesIO(payload), length=len(payload), warc_headers_dict=headers
        )
    )


def _records(writer: Any, capture: dict[str, Any], body: bytes) -> Iterator[Any]:
    """The response and the request of a capture."""
    from warcio.statusandheaders import StatusAndHeaders

    is_coded = capture["content_encoding"] and capture["body_sha256"] == capture["received_sha256"]
    headers = [
        (name, value)
        for name, value in capture["headers"]
        if name.lower() not in OF_THE_CODING or (is_coded and name.lower() == "content-encoding")
    ]
    headers.append(("Content-Length", str(len(body))))
    about = {
        "WARC-Date": capture["fetched_at"],
        "WARC-Record-ID": _record_id(f"response {capture['id']}"),
        "WARC-Payload-Digest": f"sha256:{capture['body_sha256'] or capture['image_sha256']}",
    }
    if capture["ip"]:
        about["WARC-IP-Address"] = capture["ip"]
    if capture["redacted"]:
        about["X-Redacted"] = ", ".join(capture["redacted"])
    if capture["source"]:
        about["X-Source"] = " ".join(
            filter(None, (capture["source"], capture["file"] and quote(capture["file"])))
        )
    if capture["source"] not in (None, WARC):  # no server sent it like this
        about["Content-Type"] = next(
            (value for name, value in headers if name.lower() == "content-type"), "text/html"
        )
        yield writer.create_warc_record(
            capture["final_url"],
            "resource",
            payload=io.BytesIO(body),
            length=len(body),
            warc_headers_dict=about,
        )
        return
    yield writer.create_warc_record(
        capture["final_url"],
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(_status_line(capture["status"]), headers, protocol="HTTP/1.1"),
        warc_headers_dict=about,
    )
    url = urlsplit(capture["final_url"])
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    asked = [("Host", url.netloc), *capture["request_headers"]]
    yield writer.create_warc_record(
        capture["final_url"],
        "request",
        http_headers=StatusAndHeaders(
            f"{capture['method']} {target} HTTP/1.1", asked, protocol="", is_http_request=True
        ),
        warc_headers_dict={
            "WARC-Date": capture["fetched_at"],
            "WARC-Record-ID": _record_id(f"request {capture['id']}"),
            "WARC-Concurrent-To": about["WARC-Record-ID"],
        },
    )


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(NAMESPACE, name)}>"
