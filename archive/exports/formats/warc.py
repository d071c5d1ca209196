"""WARC 1.1, one file. Needs warcio."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archive.exports import CaptureJob, Row, writes_captures
from archive.exports.warc_records import make_records, open_writer, write_info


@writes_captures("warc.gz", "the captures as WARC 1.1, for pywb and other web archives (needs warcio)")
def write_packed(job: CaptureJob, captures: Iterator[tuple[Row, bytes]], out: BinaryIO) -> None:
    """Each record a gzip member of its own."""
    _write(job, captures, out, compress=True)


@writes_captures("warc", "the same, not packed")
def write_plain(job: CaptureJob, captures: Iterator[tuple[Row, bytes]], out: BinaryIO) -> None:
    """Records one after the other."""
    _write(job, captures, out, compress=False)


def _write(job: CaptureJob, captures: Iterator[tuple[Row, bytes]], out: BinaryIO, compress: bool) -> None:
    writer = open_writer(out, compress)
    write_info(writer, job.newest_at, job.part)
    for capture, body in captures:
        for record in make_records(writer, capture, body):
            writer.write_record(record)
