"""``python -m tests.bench.readers [--seconds 60]``: one writer, several readers, one file: who has to wait?

The writer adds articles as a crawl does, in batches; readers, each a process of its own, ask what analysts ask. Every
read must see whole articles and meet no "database is locked".
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from pipelines.archive import Archive
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


def together(folder: Path, seconds: float, least: int, readers: int = 3) -> tuple[int, list[Told]]:
    """Write for *seconds*, and *least* articles at least, beside *readers*: articles written, what the readers met."""
    chain = Prose(newsroom_text(), seed=7)
    archive = Archive(folder).open()
    for number in range(50):
        archive.add(entry(number, *chain.article()))
    archive.flush()
    context = multiprocessing.get_context("spawn")
    written, told = context.Event(), context.Queue()
    path = str(folder / "archive.db")
    started = [context.Process(target=read_on, args=(path, written, told)) for _ in range(readers)]
    for one in started:
        one.start()
    count, end = 50, time.monotonic() + seconds
    try:
        while time.monotonic() < end or count < least:
            for _ in range(50):
                archive.add(entry(count, *chain.article()))
                count += 1
            archive.flush()
    finally:
        written.set()
    met = [told.get(timeout=120) for _ in started]
    for one in started:
        one.join()
    archive.close()
    return count, met


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        count, met = together(Path(folder), options.seconds, 100)
    errors = [error for told in met for error in told.errors]
    print(
        f"one writer, {len(met)} readers, {options.seconds:g} s: {count:,} articles written, "
        f"{sum(told.reads for told in met):,} reads, slowest {max(told.slowest for told in met):.2f} s; "
        f"{len(errors)} errors{f' ({errors[0]})' if errors else ''}, {sum(told.torn for told in met)} torn reads"
    )


if __name__ == "__main__":
    main()
