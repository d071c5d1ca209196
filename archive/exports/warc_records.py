"""Captures as records of WARC 1.1: what web archives exchange, and pywb or replayweb.page replay.

A record's body is the one after its ``Content-Encoding``, so that header, ``Transfer-Encoding`` and the old
``Content-Length`` are left out; names of headers are as Scrapy hands them on, the reason phrase is that of the standard.
What was not received from the network (``captures.source``) is a record of type ``resource``, and ``X-Source`` says what it is.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from archive.captures import WARC
from archive.exports import ExportError

OF_THE_CODING = {"content-encoding", "content-length", "transfer-encoding"}
NAMESPACE = uuid.UUID("8f1f3b0e-6f0a-5d6b-9a53-5f0f2f6f3c11")


def open_writer(out: BinaryIO, compress: bool) -> Any:
    """A writer of WARC 1.1. Raises ExportError without warcio."""
    try:
        from warcio.warcwriter import WARCWriter
    except ImportError:
        raise ExportError("WARC needs the package warcio: pip install 'finews-archive[analyst]'") from None
    return WARCWriter(out, gzip=compress, warc_version="WARC/1.1")


def write_info(writer: Any, moment: str, part: str) -> None:
    """Write the record that says what the file is: *part* of the archive, as of *moment*."""
    fields = {"software": "finews-archive", "format": "WARC File Format 1.1", "isPartOf": part}
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


def make_records(writer: Any, capture: Mapping[str, Any], body: bytes) -> Iterator[Any]:
    """The response and the request of a capture, or the resource that it is."""
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
    request_headers = [("Host", url.netloc), *capture["request_headers"]]
    yield writer.create_warc_record(
        capture["final_url"],
        "request",
        http_headers=StatusAndHeaders(
            f"{capture['method']} {target} HTTP/1.1", request_headers, protocol="", is_http_request=True
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
