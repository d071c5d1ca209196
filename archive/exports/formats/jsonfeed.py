"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): the same feed as Atom, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from archive.excerpts import newest_excerpt
from archive.exports import IMAGE_BASE_OPTION, SELF_OPTION, TITLE, TITLE_OPTION, Job, Row, writes
from archive.exports.formats.atom import NEEDS, body_with_images, image_base, tag_uri
from archive.urls import http_url

VERSION = "https://jsonfeed.org/version/1.1"


def make_item(row: Row, base: str | None) -> dict[str, Any]:
    """One article; what is unknown is left out, as the format asks, but for the text, which it requires."""
    authors = row["authors"] or ([row["publisher"]] if row["publisher"] else [])
    item = {
        "id": tag_uri(row["id"]),
        "url": http_url(row["canonical_url"]) or http_url(row["share_url"]),
        "title": row["headline"],
        "content_html": body_with_images(row, base),
        "summary": newest_excerpt(row["description"], row["body_html"], row["revision"]),
        "date_published": row["published_at"],
        "date_modified": row["updated_at"],
        "authors": [{"name": name} for name in authors],
        "tags": [row["publisher"]] if row["publisher"] else [],
    }
    return {name: value for name, value in item.items() if value or name == "content_html"}


@writes(
    "jsonfeed",
    "a feed with whole articles (JSON Feed 1.1)",
    needs=NEEDS,
    options=(TITLE_OPTION, IMAGE_BASE_OPTION, SELF_OPTION),
    newest_first=True,
)
def write_jsonfeed(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """One object; its items one a line, so that memory stays flat."""
    head = {"version": VERSION, "title": job.options.get("title") or TITLE, "language": "zh-CN"}
    if own := http_url(job.options.get("self-url")):
        head["feed_url"] = own
    base = image_base(job.options)
    out.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "items": [')
    for number, row in enumerate(rows):
        out.write(
            (",\n" if number else "\n").encode()
            + json.dumps(make_item(row, base), ensure_ascii=False).encode()
        )
    out.write(b"]}\n")
