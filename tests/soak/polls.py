"""A resident crawl of a newsroom that edits, withdraws, reorders, lies about time, dies and comes back.

Each poll begins when the one before has ended, a minute later by a clock that is moved; now and then that clock is years wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.killing import ROOT, preloaded
from tests.newsroom.articles import BEIJING, Article, generate
from tests.newsroom.server import Newsroom

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
PREFIXES = ("/web/", "/information/", "/comm/", "/NewsData/")
BEGIN = datetime(2026, 7, 1, 9, tzinfo=BEIJING)
BETWEEN = timedelta(minutes=1)
"""Between two polls."""
PER_POLL = 2  # articles
SETTLE, LAST = timedelta(hours=3), 60
"""Between two polls, and how many at most, while the newsroom is well and only what failed is left."""
CHECKS = "3m,20m,60m"
MEMORY_GROWTH = 40 * 1024 * 1024  # bytes that a crawl may grow by once it has warmed up
MOST_WAL = 40 * 1024 * 1024  # bytes
WARM = 0.3  # share of the polls until memory is to be flat
SETTINGS = {
    "FINEWS_PLACES": "",
    "FINEWS_CHECKS": CHECKS,
    "LOG_LEVEL": "WARNING",
    "RETRY_BACKOFF": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "DOWNLOAD_DELAY": "0",
    "SPIDER_MODULES": "tests.soak.back_to_back",
}


def make_articles(polls: int, dice: random.Random) -> list[Article]:
    """Articles that appear one after the other, some of which are edited, or dated wrongly by their lists."""
    articles = generate(PER_POLL * polls, seed=dice.randrange(1, 90))
    for number, article in enumerate(articles):
        shown = BEGIN + number * BETWEEN / PER_POLL
        article.showtime = f"{shown:%Y-%m-%d %H:%M:%S}"
        article.content, article.write = article.body(), None
        fate = dice.random()
        if fate < 0.15:
            later = shown + timedelta(minutes=dice.randint(3, 30))
            article.versions = [
                {
                    "from": f"{later:%Y-%m-%d %H:%M:%S}",
                    "content": f"{article.content}<p>{correction(article)}</p>",
                }
            ]
        elif fate < 0.25:
            lie = shown + timedelta(days=dice.choice((-700, -1, 1, 4000)))
            article.records = {feed: {"showtime": f"{lie:%Y-%m-%d %H:%M:%S}"} for feed in article.feeds}
    return articles


def correction(article: Article) -> str:
    """What an edit adds."""
    return f"（更正：{article.id}）"


class Crawl:
    """The crawl as a process, which waits for the time of its next poll (``back_to_back.py``)."""

    def __init__(self, folder: Path, origin: str):
        self.folder, self.wal = folder, 0
        (folder / "sources.toml").write_text('[finews]\ninterval = "1s"\n')
        settings = SETTINGS | {
            "DATA_DIR": str(folder),
            "FINEWS_ORIGINS": origin,
            "FINEWS_ARTICLE_PAGE": f"{origin}/a/{{id}}.html",
        }
        flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "feeds", *flags],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(preloaded("soak/move_clock.c"))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "errors.txt").open("wb"),
        )

    def wait(self) -> None:
        """Until the poll has ended. Raises AssertionError where the crawl has."""
        assert self.process.stdout is not None
        while not select.select([self.process.stdout], [], [], 0.02)[0]:
            with contextlib.suppress(FileNotFoundError):
                self.wal = max(self.wal, (self.folder / "archive.db-wal").stat().st_size)
        line = self.process.stdout.readline()
        assert line == b"ready\n", (line, (self.folder / "errors.txt").read_text()[-3000:])

    def poll(self, moment: datetime) -> None:
        """A poll at *moment*, to its end."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"%d\n" % moment.timestamp())
        self.process.stdin.flush()
        self.wait()

    def sample(self) -> tuple[int, int]:
        """Open files and resident bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir())), pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def crawling(folder: Path, origin: str) -> Iterator[Crawl]:
    crawl = Crawl(folder, origin)
    try:
        crawl.wait()
        yield crawl
    finally:
        crawl.process.kill()
        crawl.process.communicate()


def misbehave(room: Newsroom, dice: random.Random) -> None:
    """Let endpoints fail for a few requests each, and lists come in another order."""
    room.mend()
    for prefix in PREFIXES:
        if (word := dice.choice(FAULTS)) != "ok":
            room.fail(prefix, [word] * dice.randint(1, 3) + ["ok"])
    # The order of those of one minute is nobody's.
    room._newest_first.sort(key=lambda one: (one.published, dice.random()), reverse=True)


def withdraw_one(room: Newsroom, archived: set[str], dice: random.Random) -> Article | None:
    """Withdraw an article of the last minutes that is archived with its time and was not edited."""
    recent = room.now - timedelta(minutes=15)
    possible = [
        one
        for one in room.articles
        if recent < one.published <= room.now and one.id in archived and not one.versions
    ]
    if not possible:
        return None
    article = dice.choice(possible)
    gone = {"content": "", "text": "", "feeds": [], "page": {"gone": True}}
    article.versions = [{"from": f"{room.now:%Y-%m-%d %H:%M:%S}", **gone}]
    return article


def poll_for_long(polls: int, seed: int = 1) -> str:
    """Poll *polls* times. Raises AssertionError where an article, an edit or a withdrawal is lost or doubled, or something grows."""
    dice = random.Random(seed)
    articles = make_articles(polls, dice)
    samples, asked, deaths, jumps = [], 0, 0, 0
    withdrawn: set[str] = set()
    with tempfile.TemporaryDirectory() as parent, contextlib.ExitStack() as stack:
        folder = Path(parent)
        room = Newsroom(articles, now=BEGIN).__enter__()
        origin, port = room.origin, int(room.origin.rpartition(":")[2])
        crawl = stack.enter_context(crawling(folder, origin))
        for number in range(polls):
            now = BEGIN + number * BETWEEN
            if is_dead := dice.random() < 0.04:
                deaths += 1
                room.__exit__()
            else:
                room.now = now
                misbehave(room, dice)
            if number % 10 == 9 and (
                gone := withdraw_one(room, archived(folder, " WHERE published_at <> ''"), dice)
            ):
                withdrawn.add(gone.id)
            jump = timedelta(days=dice.choice((-4000, -1, 1, 4000))) if dice.random() < 0.04 else timedelta()
            jumps += bool(jump)
            crawl.poll(now + jump)
            samples.append(crawl.sample())
            if is_dead:
                asked += len(room.requests)
                room = Newsroom(articles, now=now, port=port).__enter__()
        room.mend()
        for number in range(LAST):
            room.now = BEGIN + polls * BETWEEN + number * SETTLE
            crawl.poll(room.now)
            if number > 10 and len(archived(folder)) == len(articles):
                break
        asked += len(room.requests)
        room.__exit__()
        check_nothing_lost(folder, articles, withdrawn)
        errors = (folder / "errors.txt").read_text()
        assert "Traceback" not in errors, errors[-5000:]
    warm = samples[round(WARM * len(samples)) :]
    files, memory = ([one[index] for one in warm] for index in range(2))
    assert max(files) - min(files) <= 40, f"open files: {files[0]} -> {files[-1]}"
    assert memory[-1] - memory[0] < MEMORY_GROWTH, f"memory: {memory[0]:,} -> {memory[-1]:,} bytes"
    assert crawl.wal < MOST_WAL, f"write-ahead log: {crawl.wal:,} bytes"
    edits = sum(one.id not in withdrawn and bool(one.versions) for one in articles)
    return (
        f"{polls} polls, {asked:,} requests, {deaths} deaths, {jumps} jumps of the clock; {len(articles):,} articles,"
        f" 0 lost, 0 doubled, {edits} edits and {len(withdrawn)} withdrawals noticed;"
        f" files {min(files)} to {max(files)}, memory {memory[0] >> 20} to {memory[-1] >> 20} MB, log {crawl.wal >> 10} KB at most"
    )


def rows_of(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a query of the archive gives."""
    with contextlib.closing(sqlite3.connect(f"file:{folder}/archive.db?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def archived(folder: Path, where: str = "") -> set[str]:
    """The numbers of the archived articles."""
    return {row[0].partition(":")[2] for row in rows_of(folder, f"SELECT id FROM articles{where}")}


def check_nothing_lost(folder: Path, articles: list[Article], withdrawn: set[str]) -> None:
    """Raise AssertionError unless each article is archived once, as it was last served, and marked where it was withdrawn."""
    [(rows, headlines)] = rows_of(folder, "SELECT count(*), count(DISTINCT headline) FROM articles")
    lost = {one.id for one in articles} - archived(folder)
    assert not lost, f"lost: {len(lost)} of {len(articles)}: {sorted(lost)[:5]}"
    assert rows == headlines == len(articles), f"doubled: {rows} rows of {len(articles)} articles"
    texts = dict(rows_of(folder, "SELECT article_id, body_text FROM texts"))
    missed = [
        one.id
        for one in articles
        if one.id not in withdrawn and one.versions and correction(one) not in texts[f"finews:{one.id}"]
    ]
    assert not missed, f"edits missed: {len(missed)}: {missed[:5]}"
    marked = {
        row[0].partition(":")[2] for row in rows_of(folder, "SELECT id FROM articles WHERE withdrawn_at > ''")
    }
    assert marked == withdrawn, f"withdrawn: {json.dumps(sorted(marked ^ withdrawn)[:5])}"
    assert rows_of(folder, "PRAGMA integrity_check") == [("ok",)]
