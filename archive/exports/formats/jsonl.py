"""JSON Lines: one object a line, UTF-8, real lists, unknown is null."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from archive.exports import Job, Row, writes


@writes("jsonl", "one JSON object a line, with real lists")
def write_jsonl(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """One line a row, its keys in the order of the columns."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        out.write(encode(row).encode() + b"\n")
