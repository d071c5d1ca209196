"""``python -m tests.bench.readers [--seconds 60] [--held 10]``: one writer, several readers, one file: who has to wait?

The writer adds articles as a crawl does, in batches; readers, each a process of its own, ask what analysts ask, and one
more holds what it sees for *held* seconds at a time, as a long export or a forgotten shell does. Every read must see
whole articles and meet no "database is locked"; whoever holds on must see the same all the time. Meanwhile the write-ahead
log grows by what is written while somebody holds on, and must be used from its start again once they let go.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from archive.writer import Archive
from tests.bench.search import Prose, entry, newsroom_text

QUESTIONS = (
    "SELECT count(*) FROM search WHERE q = '公司 -增长'",
    "SELECT id, headline, excerpt FROM search WHERE q = '市场' ORDER BY arrival DESC LIMIT 20",
    "SELECT publisher, articles FROM top_publishers LIMIT 20",
    "SELECT day, articles FROM data_quality ORDER BY day DESC LIMIT 30",
    "SELECT id, body_text FROM news ORDER BY arrival DESC LIMIT 20",
)
WHOLE = (
    "SELECT (SELECT count(*) FROM articles) - (SELECT count(*) FROM texts),"
    " (SELECT count(*) FROM articles) - (SELECT coalesce(max(arrival), 0) FROM articles)"
)
"""Both 0 in every snapshot: no article without text, no number left out."""

HELD = "SELECT (SELECT max(arrival) FROM articles), (SELECT count(*) FROM texts), (SELECT count(*) FROM search WHERE q = '公司')"
"""The same as long as somebody holds on."""


@dataclass
class Told:
    """What one reader met."""

    reads: int = 0
    torn: int = 0
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds of wall time."""


def read_on(path: str, written: Event, told: Queue[Told]) -> None:
    """Ask in turn until the writer is done."""
    mine = Told()
    while not written.is_set():
        try:
            conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)  # busy at once, if ever
            conn.execute("PRAGMA trusted_schema = ON")
            for question in QUESTIONS:
                begun = time.perf_counter()
                conn.execute(question).fetchall()
                mine.slowest = max(mine.slowest, time.perf_counter() - begun)
                mine.torn += conn.execute(WHOLE).fetchone() != (0, 0)
                mine.reads += 1
            conn.close()
        except sqlite3.Error as wrong:
            mine.errors.append(str(wrong))
    told.put(mine)


def hold_on(path: str, written: Event, told: Queue[Told], held: float) -> None:
    """Begin to read, look again *held* seconds later, let go; until the writer is done."""
    mine = Told()
    done = False
    while not done:
        try:
            conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0, isolation_level=None)
            conn.execute("BEGIN")
            before = conn.execute(HELD).fetchone()
            done = written.wait(held)
            mine.torn += conn.execute(HELD).fetchone() != before
            mine.reads += 2
            conn.close()
        except sqlite3.Error as wrong:
            mine.errors.append(str(wrong))
    told.put(mine)


@dataclass
class Met:
    """What came of writer and readers together."""

    articles: int
    """Written in all."""
    told: list[Told]
    """By the readers; last the one that held on."""
    log: list[int]
    """Bytes of the write-ahead log after each batch."""


def together(folder: Path, seconds: float, least: int, readers: int = 3, held: float = 1.0) -> Met:
    """Write for *seconds*, and *least* articles at least, beside *readers* and one that holds on for *held* seconds."""
    chain = Prose(newsroom_text(), seed=7)
    archive = Archive(folder).open()
    for number in range(50):
        archive.add(entry(number, *chain.article()))
    archive.flush()
    context = multiprocessing.get_context("spawn")
    written, told = context.Event(), context.Queue()
    path = str(folder / "archive.db")
    started = [context.Process(target=read_on, args=(path, written, told)) for _ in range(readers)]
    last = context.Queue()
    started.append(context.Process(target=hold_on, args=(path, written, last, held)))
    for one in started:
        one.start()
    log: list[int] = []
    count, end = 50, time.monotonic() + seconds
    try:
        while time.monotonic() < end or count < least:
            for _ in range(50):
                archive.add(entry(count, *chain.article()))
                count += 1
            archive.flush()
            log.append((folder / "archive.db-wal").stat().st_size)
    finally:
        written.set()
    met = [told.get(timeout=120) for _ in range(readers)] + [last.get(timeout=120)]
    for one in started:
        one.join()
    archive.close()
    return Met(count, met, log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--held", type=float, default=10, metavar="S", help="seconds that a reader holds on (10)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        met = together(Path(folder), options.seconds, 100, held=options.held)
    errors = [error for told in met.told for error in told.errors]
    *asking, holding = met.told
    print(
        f"one writer, {len(asking)} readers, one that holds on {options.held:g} s, {options.seconds:g} s:"
        f" {met.articles:,} articles written, {sum(told.reads for told in met.told):,} reads,"
        f" slowest {max(told.slowest for told in met.told):.2f} s; {len(errors)} errors{f' ({errors[0]})' if errors else ''},"
        f" {sum(told.torn for told in met.told)} torn reads; held on {holding.reads // 2} times"
    )
    print(
        f"write-ahead log: {max(met.log) / 1e6:,.0f} MB at most, {statistics.median(met.log) / 1e6:,.0f} MB in the median"
    )


if __name__ == "__main__":
    main()
