"""A resident crawl of a newsroom that edits, withdraws, reorders, lies about time, dies and comes back."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.newsroom.articles import BEIJING, Article, generate
from tests.newsroom.server import Newsroom
from tests.scrapy_process import ROOT

FAULTS = (
    "ok",
    "ok",
    "ok",
    "reset",
    "503",
    "truncate",
    "empty",
    "html",
    "notjson",
    "wrongkey",
    "nullkey",
    "429:1",
)
MEMORY_GROWTH = 40 * 1024 * 1024  # bytes that a crawl may grow by once it has warmed up
MOST_WAL = 40 * 1024 * 1024  # bytes
WARM = 0.3  # share of the rounds until memory is to be flat


def make_articles(rounds: int, dice: random.Random, begin: datetime) -> list[Article]:
    """Articles that appear one after the other from *begin* on, some of which are edited, withdrawn or dated wrongly."""
    articles = generate(2 * rounds, seed=dice.randrange(1, 90))
    for number, article in enumerate(articles):
        shown = begin + timedelta(seconds=number / 2)
        article.showtime = f"{shown:%Y-%m-%d %H:%M:%S}"
        article.__dict__.pop("published", None)
        article.content, article.write = article.body(), None
        fate = dice.random()
        if fate < 0.15:
            later = f"{shown + timedelta(seconds=dice.randint(3, 30)):%Y-%m-%d %H:%M:%S}"
            article.versions = [{"from": later, "content": f"{article.content}<p>（更正：第{number}号）</p>"}]
        elif fate < 0.25:
            lie = shown + timedelta(days=dice.choice((-700, -1, 1, 4000)))
            article.records = {feed: {"showtime": f"{lie:%Y-%m-%d %H:%M:%S}"} for feed in article.feeds}
    return articles


def sample(process: subprocess.Popen[Any], folder: Path) -> tuple[int, int, int]:
    """Open files, resident bytes, and bytes of the write-ahead log."""
    files = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    wal = folder / "archive.db-wal"
    return files, pages * os.sysconf("SC_PAGE_SIZE"), wal.stat().st_size if wal.exists() else 0


def poll_for_long(rounds: int, seed: int = 1) -> str:
    """Poll *rounds* times. Raises AssertionError where an article is lost or doubled, or something grows."""
    dice = random.Random(seed)
    begin = datetime.now(BEIJING) - timedelta(seconds=5)
    articles = make_articles(rounds, dice, begin)
    samples = []
    with tempfile.TemporaryDirectory() as parent, Newsroom(articles, now=begin) as room:
        folder = Path(parent)
        command = [sys.executable, "-m", "scrapy", "crawl", "feeds", "-a", "sources=finews", "-a", "every=1s"]
        settings = {
            "DATA_DIR": folder,
            "FINEWS_ORIGINS": room.origin,
            "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
            "FINEWS_PLACES": "",
            "FINEWS_CHECKS": "3s,20s,60s",
            "LOG_LEVEL": "WARNING",
            "RETRY_BACKOFF": "0.05",
            "AUTOTHROTTLE_ENABLED": "False",
        }
        flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        process = subprocess.Popen([*command, *flags], cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            for _ in range(rounds):
                room.now = datetime.now(BEIJING)
                room.mend()
                for prefix in ("/web/", "/information/", "/comm/", "/NewsData/"):
                    if (word := dice.choice(FAULTS)) != "ok":
                        room.fail(prefix, [word] * dice.randint(1, 3) + ["ok"])
                shown = [one for one in room.articles if one.published <= room.now]
                dice.shuffle(shown)  # the order of those of one second is nobody's
                room._newest_first.sort(key=lambda one: (one.published, dice.random()), reverse=True)
                time.sleep(1)
                assert process.poll() is None, f"the crawl ended with {process.returncode}"
                samples.append(sample(process, folder))
            room.mend()
            settled = time.monotonic() + 600
            while (left := missing(folder, articles)) and time.monotonic() < settled:
                room.now = datetime.now(BEIJING)
                time.sleep(1)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=120)
        assert not left, f"lost: {left[:5]} of {len(left)}"
        with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db:
            [(count, different)] = db.execute("SELECT count(*), count(DISTINCT headline) FROM articles")
            [(edits,)] = db.execute("SELECT count(*) FROM revisions")
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        asked = sum(path.startswith("/web/webapi") for path in room.requests)
    assert count == different == len(articles), f"doubled: {count} rows of {len(articles)} articles"
    warm = samples[round(WARM * len(samples)) :] or samples
    files, memory, wal = ([one[index] for one in warm] for index in range(3))
    assert max(files) - min(files) <= 40, f"open files: {files[0]} -> {files[-1]}"
    assert memory[-1] - memory[0] < MEMORY_GROWTH, f"memory: {memory[0]:,} -> {memory[-1]:,} bytes"
    assert max(wal) < MOST_WAL, f"write-ahead log: {max(wal):,} bytes"
    return (
        f"{rounds} rounds, {asked:,} list requests, {count:,} articles, 0 lost, 0 doubled, {edits} edits kept;"
        f" files {min(files)} to {max(files)}, memory {memory[0] >> 20} to {memory[-1] >> 20} MB, log {max(wal) >> 10} KB at most"
    )


def missing(folder: Path, articles: list[Article]) -> list[str]:
    """Ids of the articles that are not archived."""
    if not (folder / "archive.db").exists():
        return [article.id for article in articles]
    with contextlib.closing(sqlite3.connect(f"file:{folder}/archive.db?mode=ro", uri=True)) as db:
        try:
            there = {row[0].partition(":")[2] for row in db.execute("SELECT id FROM articles")}
        except sqlite3.OperationalError:  # the crawl is about to make it
            there = set()
    return [article.id for article in articles if article.id not in there]
