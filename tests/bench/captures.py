"""What captures cost: CPU time a capture and disk space of the payload, on the sample newsroom's own responses.

python -m tests.bench.captures [--number 20000]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.captures import Capture, Captures
from tests.newsroom.server import Newsroom

START = datetime(2026, 2, 21, tzinfo=UTC)
HEADERS = [
    ("Date", "Sat, 21 Feb 2026 07:54:48 GMT"), ("Content-Type", "application/json; charset=utf-8"), ("Server", "nginx"),
    ("Vary", "Accept-Encoding"), ("Cache-Control", "no-cache"), ("Etag", '"0123456789abcdef"'), ("Connection", "keep-alive"),
]  # fmt: skip
REQUEST = [
    ("Accept", "*/*"),
    ("Accept-Language", "zh-CN"),
    ("User-Agent", "finews-archive"),
    ("Accept-Encoding", "gzip"),
]


def bodies(number: int, details_each: int) -> list[bytes]:
    """Details of the sample newsroom as it serves them, some in each: four are as large as a real one's."""
    with Newsroom() as room:
        served = [room.reply(room.detail_path(article), {}).body for article in room.articles]
    details = [body for body in served if body.startswith(b"{")]
    dice = random.Random(15)
    return [b"[%d, %s]" % (n, b", ".join(dice.sample(details, k=details_each))) for n in range(number)]


def main() -> None:
    """Measure small, middling and usual bodies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=20_000)
    number = parser.parse_args().number
    for details_each in (1, 2, 4):
        measure(bodies(number, details_each))


def measure(payloads: list[bytes]) -> None:
    """Write, read back, print both."""
    number, size = len(payloads), sum(map(len, payloads))
    with tempfile.TemporaryDirectory() as folder:
        captures = Captures(Path(folder) / "captures.db").open()
        captures.batch.crawl_id, captures.batch.reader = "20260221T000000Z-finews-4711@host", "0.2.0+1f3a9c0"
        began = time.process_time()
        ids = [
            captures.add(
                Capture(
                    url=f"http://paper.example/NewsData/GetNewsText.do?id=NW{n}", status=200, headers=[*HEADERS, ("Content-Length", str(len(body)))],
                    received=body, request_headers=REQUEST, fetched_at=START + timedelta(milliseconds=50 * n), ip="127.0.0.1", protocol="HTTP/1.1",
                )
            )
            for n, body in enumerate(payloads)
        ]  # fmt: skip
        captures.close()
        written = time.process_time() - began
        disk = (Path(folder) / "captures.db").stat().st_size
        with Captures.read(folder) as captures:
            began = time.process_time()
            for capture_id in ids:
                captures.body(capture_id)
            read = time.process_time() - began
    print(
        f"{number:,} captures of {size / number:,.0f} bytes: {written / number * 1e6:.0f} µs of CPU to write, ",
        end="",
    )
    print(f"{read / number * 1e6:.0f} µs to read; {disk / size:.2f} of the payload on disk")


if __name__ == "__main__":
    main()
