"""Malformed HTTP answers by a seeded fuzzer, through the real download handler and middlewares."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import random
import resource
import socket
import sqlite3
import tempfile
import threading
import time
import zlib
from pathlib import Path

from archive.outcomes import FAILED_HERE
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

A_CRAWL = 2_000  # answers
CPU_EACH = 2.0  # seconds that no answer may take
MEMORY = 600  # MB that a crawl may take at most

PAGE = news_page()
STATUS = (b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1 999 ?", b"HTTP/1.1 200 " + b"x" * 70_000, b"HTTP/9.9 200 OK", b"ICY 200 OK", b"", b"HTTP/1.1 -1 No", b"HTTP/1.1 301 Moved", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", b"\x16\x03\x01\x02\x00", b"HTTP/1.1 \xb2\xb2\xb2 OK", b"HTTP/1.1 204 No Content", b"HTTP/1.1 429 Slow", b"HTTP/1.1 503 Later", b"HTTP/1.0 200 OK", b"HTTP/1.1 302 Found", b"HTTP/1.1 308 Moved", b"HTTP/1.1 206 Partial Content", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK", b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000 + b"HTTP/1.1 200 OK", b"HTTP/1.1 100 Continue\r\n\r\n" * 500)  # fmt: skip
HEADERS = (
    b"Content-Length: %d", b"Content-Length: -1", b"Content-Length: " + b"9" * 5_000, b"Content-Length: 1\r\nContent-Length: 2", b"Content-Length: \xb2",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"Content-Encoding: gzip", b"Content-Encoding: deflate",
    b"Content-Encoding: br", b"Content-Encoding: zstd", b"Content-Encoding: gzip, gzip, gzip", b"Content-Encoding: \xff", b"Content-Type: text/html; charset=utf-8",
    b"Content-Type: text/html; charset=" + b"x" * 9_000, b"Content-Type: \x00", b"Content-Type: application/pdf", b"Content-Type: application/json",
    b"Content-Type: text/html; charset=utf-7", b"Content-Type: text/html; charset=idna", b"Retry-After: \xb2", b"Retry-After: " + b"9" * 400,
    b"Retry-After: Fri, 31 Dec 99999 23:59:59 GMT", b"Location: http://[::1", b"Location: http://h:99999/", b"Location: \xff\xfe", b"Location: //",
    b"Location: javascript:alert(1)", b"Location: http://169.254.169.254/latest/", b"Location: file:///etc/passwd", b"Location: /" + b"a" * 60_000, b"Location: ",
    b"Set-Cookie: a=b; expires=Thu, 01 Jan 99999 00:00:00 GMT; domain=\xff", b"Set-Cookie: " + b"=;" * 3_000, b"Refresh: 0;url=http://[", b"X: " + b"y" * 200_000,
    b"no colon here", b": empty name", b" folded", b"\x00: \x00", b"ETag: \"\xff\"", b"Last-Modified: 0", b"Date: never", b"Connection: close, keep-alive", b"Link: <http://[>; rel=canonical",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Transfer-Encoding: chunked\r\nTrailer: Content-Encoding", b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked",
    b"Location: https://h1.example/round/1", b"Location: HTTP://H1.example.:80/round/1", b"Location: //h1.example/round/1", b"Location: /round/1", b"Location: ?", b"Location: ftp://h1.example/", b"Location: data:text/html,<h1>x",
    b"\r\n".join(b"X-%d: y" % n for n in range(10_000)), b"\r\n".join(b"Set-Cookie: n%d=%s" % (n, b"v" * 400) for n in range(500)), b"Set-Cookie: a=" + b"\xe2\x80\xae" * 3_000,
    b"Content-Type: text/html; charset=utf-16", b"Content-Type: text/html; charset=gb18030", b"Content-Type: text/html; charset=iso-2022-jp", b"Content-Type: text/html; charset=utf-8; charset=big5",
    b"Content-Type: text/html;" + b";" * 20_000, b"Content-Type: multipart/x-mixed-replace; boundary=x", b"Content-Range: bytes 0-5/99", b"X\x00Y: a\x00b", b"Content-Disposition: attachment; filename*=utf-8''%ff%00",
)  # fmt: skip
BODIES = (
    b"", PAGE, PAGE[:700], PAGE[:-30], gzip.compress(PAGE), gzip.compress(PAGE)[:-9], gzip.compress(PAGE)[:60], zlib.compress(PAGE), zlib.compress(PAGE)[2:-4],
    gzip.compress(b"0" * 40_000_000), b"\x28\xb5\x2f\xfd" + b"\x00" * 40, b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj trailer<</Root 1 0 R>>",
    b"%PDF-" + bytes(range(256)) * 30, b"{" * 60_000, b"[" * 100_000, b'{"a":' * 5_000, b"<" * 200_000, b"<a " * 60_000, b"&" * 100_000, b"<!--" * 50_000, b"<div>" * 30_000,
    b"\xff\xfe" + PAGE, b"\x00" * 20_000, "<p>\ud800</p>".encode("utf-8", "surrogatepass") * 100, b"<meta charset=utf-16>" + PAGE, b"<base href='http://['>" + PAGE,
    b"<link rel=canonical href='http://[::1'>" + PAGE, b"<meta http-equiv=refresh content='0;url=http://['>", b"<script>location.href='http://h:99999/'</script>",
    PAGE.replace(b"2026-06-30 15:20", b"99999-99-99 99:99"), PAGE.replace(b"2026-06-30 15:20", "²⁰²⁶-0⁶-30 1⁵:20".encode()), PAGE.replace(b"<h1>", b"<h1>" + b"\xe2\x80\xae" * 500),
    b"<img src=http://[><img src=data:,><img src=//><img src=http://h:99999/a.jpg>" + PAGE, b"5\r\nhello\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFF\r\nx", b"-5\r\nx\r\n", b"\xb2\r\nx\r\n0\r\n\r\n",
    b"5;" + b"x" * 90_000 + b"\r\nhello\r\n0\r\n\r\n", b"0\r\n" + b"T: x\r\n" * 3_000,
    *(mark + PAGE for mark in (b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"+/v8-")), codecs.BOM_UTF16_LE + PAGE.decode().encode("utf-16-le"), codecs.BOM_UTF16_BE + PAGE.decode().encode("utf-16-be")[:-1],
    codecs.BOM_UTF32_LE + PAGE.decode().encode("utf-32-le"), PAGE.decode().encode("utf-7"), PAGE.decode().encode("gb18030"), PAGE.decode().encode("big5", "replace"), PAGE.replace(b"</", b"\x00</"),
    b"".join(bytes((byte, 0)) for byte in PAGE), b"".join(b"%x;%s\r\n%s\r\n" % (1, b"e=" * 40, bytes((byte,))) for byte in PAGE) + b"0\r\nContent-Encoding: gzip\r\n\r\n",
    b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), b"%x\r\n%s\r\n0;x=\"\r\n" % (len(PAGE), PAGE), b"%x\n%s\n0\n\n" % (len(PAGE), PAGE), b"%x\r\n%s" % (len(PAGE) + 9, PAGE), b"0x%x \r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE),
    gzip.compress(gzip.compress(PAGE)), gzip.compress(PAGE) + b"\x00" * 500, gzip.compress(PAGE) + gzip.compress(PAGE), gzip.compress(PAGE)[:-8] + b"\x00" * 8, b"\x1b$B" * 9_000,
)  # fmt: skip


def make_answer(dice: random.Random) -> bytes:
    """What a broken or hostile server may send."""
    body = dice.choice(BODIES)
    headers = [
        header % len(body) if b"%d" in header else header
        for header in dice.sample(HEADERS, dice.randint(0, 4))
    ]
    if dice.random() < 0.6 and not any(header.startswith((b"Content-L", b"Transfer")) for header in headers):
        headers.append(b"Content-Length: %d" % len(body))
    end = dice.choice((*[b"\r\n"] * 10, b"\n", b"\r"))
    raw = end.join([dice.choice(STATUS) if dice.random() < 0.2 else STATUS[0], *headers]) + end + end + body
    for _ in range(dice.choice((0, 0, 0, 0, 0, 1, 5, 50))):
        at = dice.randrange(len(raw) + 1)
        change = dice.random()
        if change < 0.4:
            raw = raw[:at] + bytes((dice.randrange(256),)) + raw[at + 1 :]
        elif change < 0.7:
            raw = raw[:at] + raw[at + dice.randint(1, 40) :]
        else:
            raw = raw[:at] + raw[at : at + dice.randint(1, 200)] + raw[at:]
    return raw[: dice.randrange(len(raw) + 1)] if dice.random() < 0.15 else raw


def lead_on(path: bytes, dice: random.Random) -> bytes:
    """A redirect that leads on for ever: back to where it came from, or to one more place, under another scheme or host."""
    place = dice.choice((path, b"/round/%d" % dice.randrange(10**9)))
    where = dice.choice(
        (b"", b"http://h1.example", b"https://h1.example", b"HTTP://H2.EXAMPLE.:80", b"//h3.example")
    )
    status = dice.choice((b"301", b"302", b"303", b"307", b"308"))
    return b"HTTP/1.1 %s Found\r\nSet-Cookie: n=%d\r\nLocation: %s%s\r\nContent-Length: 0\r\n\r\n" % (status, dice.randrange(99), where, place)  # fmt: skip


def drip(connection: socket.socket, raw: bytes) -> None:
    """Send a few bytes at a time, for longer than a request may take."""
    for at in range(0, 400, 4):
        connection.sendall(raw[at : at + 4] or b" ")
        time.sleep(0.1)


class MalformedServer:
    """Answers each connection with what ``make_answer`` makes of its seed and number, then closes it."""

    def __init__(self, seed: int):
        self.seed, self.served = seed, 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.served += 1
            threading.Thread(target=self.answer, args=(connection, self.served), daemon=True).start()

    def answer(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(10)
            path = connection.recv(65_536).partition(b" ")[2].partition(b" ")[0]
            dice = random.Random(f"{self.seed}:{number}")
            if path.startswith(b"/round/"):
                connection.sendall(lead_on(path, dice))
            elif dice.random() < 0.01:
                drip(connection, make_answer(dice))
            else:
                connection.sendall(make_answer(dice))


def send_malformed(count: int, seed: int = 1) -> str:
    """Crawl *count* links that are answered so. Raises AssertionError for an internal error, a hang, or too much memory."""
    outcomes: dict[str, int] = {}
    cpu = 0.0
    for first in range(0, count, A_CRAWL):
        number = min(A_CRAWL, count - first)
        server = MalformedServer(seed + first)
        links = "".join(f"http://h{n % 97}.example/{first + n}.html\n" for n in range(number))
        settings = {
            "CONNECT_TO": f"*=127.0.0.1:{server.port}",
            "ROBOTSTXT_OBEY": "False",
            "RETRY_TIMES": "0",
            "BREAKER_FAILURES": "1000000",
            "DOWNLOAD_TIMEOUT": "5",
            "DOWNLOAD_DELAY": "0",
            "AUTOTHROTTLE_ENABLED": "False",
            "READ_CPU_SECONDS": CPU_EACH,
            "MEMUSAGE_LIMIT_MB": MEMORY,
            "MEMUSAGE_CHECK_INTERVAL_SECONDS": "1",
            "FINEWS_NOW": "2026-07-01T00:00:00Z",
        }
        with tempfile.TemporaryDirectory() as folder:
            flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run = run_scrapy(
                "crawl",
                "share",
                "-a",
                "urls=-",
                "-s",
                f"DATA_DIR={folder}",
                *flags,
                stdin=links,
                timeout=3600,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu += after.ru_utime - before.ru_utime
            assert run.returncode in (0, 3, 65, 69), f"exit status {run.returncode}: {run.stderr}"
            with contextlib.closing(sqlite3.connect(Path(folder) / "archive.db")) as db:
                rows = dict(db.execute("SELECT outcome, count(*) FROM links GROUP BY outcome"))
                failed = db.execute(
                    "SELECT url, reason FROM links WHERE outcome = ?", [FAILED_HERE]
                ).fetchall()
                slow = db.execute(
                    "SELECT url, reason FROM links WHERE reason LIKE '%READ_CPU_SECONDS%'"
                ).fetchall()
        server.socket.close()
        assert not [row for row in failed if "skipped: " not in row[1]], failed[:5]
        assert not slow, f"more than {CPU_EACH:g} s of CPU time: {slow[:5]}"
        assert sum(rows.values()) == number, f"{number} links, {sum(rows.values())} outcomes"
        for outcome, found in rows.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + found
    listed = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(outcomes.items()))
    return f"{count:,} malformed answers: {listed}; no internal error, none took {CPU_EACH:g} s"
