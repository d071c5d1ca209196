"""``python -m tests.bench.page_peers [--pages 300]``: archives pages whole, with ours and with what peers offer for the same job.

A loopback server plays the sites of recorded pages (made by us; or those of a corpus that CORPUS names, `tests.score_corpora`),
whatever their hosts; to the peers it is an HTTP proxy, so that each page has its own address. Every reader runs as a process of
its own, without images; CPU is that of the process less that of the same with nothing to read. The peers are installed into
environments of their own, in ``.venv-peers``; one that cannot be installed is said so.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Container, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.times import BEIJING
from tests.bench.__main__ import ROOT, SCRAPY
from tests.bench.peers import ARCHIVER, PACKAGES, READERS
from tests.score_corpora import Corpus, open_corpus
from tests.score_measures import Gold, fold, named, share
from tests.websites import PARAGRAPHS, news_page

PEERS = ROOT / ".venv-peers"
RECORDED = ROOT / "tests" / "pages"
CRAWLED = range(64)  # exit statuses of a crawl that came to its end; what became of the links is in them
FETCHED_ELSEWHERE = ("finews", "document")  # sites whose articles are fetched from an address of their own


def recorded_corpus(count: int, folder: Path) -> Corpus:
    """The recorded pages of articles in the project, and pages of a small site (written into *folder*) that make them *count*."""
    pages: list[Gold] = []
    for path in sorted(RECORDED.glob("*/*.json")):
        truth, file = json.loads(path.read_text(encoding="utf-8")), path.with_suffix(".html")
        if truth.get("headline") and file.exists() and path.parent.name not in FETCHED_ELSEWHERE:
            pages.append({**truth, "id": f"{path.parent.name}/{path.stem}", "file": file})
    for n in range(len(pages), count):
        file, headline = folder / f"{n}.html", f"山南储能电站第{n}期工程并网"
        file.write_bytes(news_page(headline))
        pages.append({
            "id": str(n), "file": file, "url": f"https://news{n}.example/2026/0630/{n}.html", "headline": headline,
            "published_at": "2026-06-30T07:20:00Z", "publisher": "山南日报", "authors": ["王小明"],
            "contains": PARAGRAPHS, "lacks": ["旧闻一则"],
        })  # fmt: skip
    return Corpus("recorded pages", pages, judge_recorded, total_recorded)


def judge_recorded(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    """What is right of a recorded page's fields. A peer's day is that of the page's own clock, Beijing's mostly."""
    lines = "".join((read.get("body_text") or "").split())
    at, found = gold.get("published_at"), str(read.get("published_at") or "")
    return {
        "lost": not read,
        "headline": fold(read.get("headline")) == fold(gold["headline"]),
        "minute": found[:16] == at[:16] if at and len(at) > 10 else None,
        "day": found[:10] in (at[:10], local_day(at)) if at else None,
        "publisher": fold(read.get("publisher")) == fold(gold["publisher"])
        if gold.get("publisher")
        else None,
        "authors": {fold(one) for one in named(read)} == {fold(one) for one in gold["authors"]}
        if gold.get("authors")
        else None,
        "text": all("".join(part.split()) in lines for part in gold.get("contains", ()))
        and not any("".join(part.split()) in lines for part in gold.get("lacks", ())),
    }


def local_day(at: str) -> str:
    """The day of an instant by Beijing's clock."""
    return datetime.fromisoformat(at).astimezone(BEIJING).date().isoformat() if len(at) > 10 else at


def total_recorded(rows: list[dict[str, Any]]) -> dict[str, str]:
    columns = ("headline", "minute", "day", "publisher", "authors", "text")
    return {column: share(rows, column) for column in columns}


def by_http(url: str | None, number: int) -> str:
    """An address as the loopback server has it: plain HTTP; one of its own where the page's is not known, or a home page's."""
    parts = urlsplit(url or f"http://page-{number}.example/{number}.html")
    return parts._replace(scheme="http", fragment="").geturl()


def charset_of(body: bytes) -> str:
    """The charset that a server states of a page in UTF-8; of others most state none."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


@contextlib.contextmanager
def serve(pages: dict[str, Path]) -> Iterator[int]:
    """A server of *pages* by address, for clients that connect to it instead of the host and for those that take it for
    their proxy; its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = self.path if self.path.startswith("http") else f"http://{self.headers['Host']}{self.path}"
            file = pages.get(url)
            body = file.read_bytes() if file else b""
            body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            self.send_response(200 if file else 404)
            self.send_header("Content-Type", f"text/html{charset_of(body)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def spend(command: list[str], environment: dict[str, str], allowed: Container[int] = (0,)) -> float:
    """CPU seconds of a process. Raises RuntimeError where it broke, with the last line that it said."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
    if child.returncode not in allowed:
        raise RuntimeError(f"ended with {child.returncode}: {last[:120]}")
    return usage.ru_utime + usage.ru_stime


def archive_ours(urls: Path, port: int, folder: Path) -> tuple[float, dict[str, dict[str, Any]]]:
    """CPU of our crawl of the addresses in a file, and what it archived, by address."""
    data = folder / f"ours-{urls.stem}"
    settings = [
        f"DATA_DIR={data}", f"CONNECT_TO=*=127.0.0.1:{port}", "DOWNLOAD_DELAY=0", "ROBOTSTXT_OBEY=False", "IMAGES_ENABLED=False",
        "AUTOTHROTTLE_ENABLED=False", "LOG_LEVEL=ERROR",
    ]  # fmt: skip
    flags = [part for setting in settings for part in ("-s", setting)]
    cpu = spend([*SCRAPY, "crawl", "share", "-a", f"urls={urls}", *flags], {}, CRAWLED)
    db = sqlite3.connect(data / "archive.db")
    db.row_factory = sqlite3.Row
    rows = db.execute(
        "SELECT links.url, news.headline, published_at, published_precision, publisher, authors, body_text"
        " FROM links JOIN news ON news.id = links.article_id"
    )
    found = {row["url"]: {**dict(row), "authors": json.loads(row["authors"])} for row in rows}
    for one in found.values():
        if one["published_precision"] == "day":  # an instant at Beijing's midnight
            one["published_at"] = local_day(one["published_at"])
    db.close()
    return cpu, found


def archive_theirs(
    reader: str, urls: Path, port: int, folder: Path
) -> tuple[float, dict[str, dict[str, Any]]]:
    """The same of a peer."""
    program, out = folder / f"read_with_{reader}.py", folder / f"{reader}-{urls.stem}.db"
    program.write_text(ARCHIVER.replace("{reader}", READERS[reader]), encoding="utf-8")
    proxy = f"http://127.0.0.1:{port}"
    command = [str(PEERS / reader / "bin" / "python"), str(program), str(urls), str(out)]
    cpu = spend(command, {"http_proxy": proxy, "HTTP_PROXY": proxy, "no_proxy": "", "NO_PROXY": ""})
    db = sqlite3.connect(out)
    db.execute("CREATE TABLE IF NOT EXISTS articles (url TEXT PRIMARY KEY, record TEXT)")
    found = {url: json.loads(record) for url, record in db.execute("SELECT url, record FROM articles")}
    db.close()
    return cpu, found


def install(reader: str) -> str | None:
    """Put a peer into its environment; why that failed, None where it is there."""
    own = PEERS / reader  # they do not agree on the versions of what they depend on
    if not (own / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(own)], check=True)
    command = [
        str(own / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *PACKAGES[reader],
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2][:120]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300, help="how many, at most (300)")
    options = parser.parse_args()
    stated = os.environ.get("CORPUS")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        corpus = open_corpus(Path(stated)) if stated else recorded_corpus(options.pages, folder)
        if corpus is None:
            sys.exit(f"{stated} is no corpus that tests/score_corpora.py knows")
        golds = {by_http(gold["url"], n): gold for n, gold in enumerate(corpus.pages[: options.pages])}
        port = stack.enter_context(serve({url: Path(gold["file"]) for url, gold in golds.items()}))
        full, empty = folder / "full.txt", folder / "empty.txt"
        full.write_text("\n".join(golds) + "\n", encoding="utf-8")
        empty.write_text("", encoding="utf-8")
        print(f"{corpus.name}: {len(golds)} pages\n{'':<14}CPU a page  lost")
        for reader in ("ours", *READERS):
            if reader != "ours" and (why := install(reader)):
                print(f"{reader:<14}not installed: {why}")
                continue
            try:
                if reader == "ours":
                    (start, _), (cpu, found) = (archive_ours(urls, port, folder) for urls in (empty, full))
                else:
                    (start, _), (cpu, found) = (
                        archive_theirs(reader, urls, port, folder) for urls in (empty, full)
                    )
            except RuntimeError as exc:
                print(f"{reader:<14}not measured: {exc}")
                continue
            rows = [corpus.judge(gold, found.get(url, {})) for url, gold in golds.items()]
            lost = sum(url not in found for url in golds)
            figures = "  ".join(f"{column} {figure}" for column, figure in corpus.total(rows).items())
            print(f"{reader:<14}{1000 * (cpu - start) / len(golds):7.1f} ms {lost:>5}  {figures}", flush=True)


if __name__ == "__main__":
    main()
