"""``python -m tests.bench [--quick] [--only NAME ...]``: prints the ratios as a table.

CPU seconds (user and system) of whole processes, less those of the same command with nothing to do. Ours and its peer
take turns, so that a busy machine slows both; the median of the pairs counts.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import peers
from tests.bench.cost import ROOT, SCRAPY, Cost, cost_of


def run(command: list[str], cwd: Path | str = ROOT) -> Cost:
    """Run a command to its end. Raises RuntimeError where it ends badly, or did less than it should."""
    cost, said = cost_of(command, cwd)
    # A peer without its parts (Pillow for the images, say) does less, and would look cheap.
    if b"spider_exceptions" in said or b"WARNING: Disabled" in said:
        raise RuntimeError(f"{' '.join(command)}: {said[-2000:].decode(errors='replace')}")
    return cost


@contextlib.contextmanager
def newsroom(count: int, images: int = 0) -> Iterator[str]:
    """A newsroom as a process of its own with *count* generated articles; its origin."""
    command = [sys.executable, "-m", "tests.bench.serve", str(count), str(images)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def links(origin: str, count: int, folder: Path) -> tuple[Path, Path]:
    """Files of share links and of the addresses behind them."""
    from tests.newsroom.server import generate

    ids = [article.id for article in generate(count)]
    shares, details = folder / "shares.txt", folder / "details.txt"
    shares.write_text("".join(f"{origin}/html_News/NewsShare.html?infoCode=NW{one}\n" for one in ids))
    details.write_text("".join(f"{origin}/NewsData/GetNewsText.do?id=NW{one}\n" for one in ids))
    return shares, details


def ours(origin: str, urls: Path, folder: Path, *more: str) -> Cost:
    """Our full crawl of the links in *urls* into a fresh archive."""
    with tempfile.TemporaryDirectory(dir=folder) as data:
        settings = [
            f"DATA_DIR={data}",
            f"FINEWS_ORIGINS={origin}",
            f"FINEWS_ARTICLE_PAGE={origin}/a/{{id}}.html",
        ]
        flags = [part for setting in (*settings, *more) for part in ("-s", setting)]
        return run([*SCRAPY, "crawl", "share", "-a", f"urls={urls}", *flags])


def peer(source: str, urls: Path, folder: Path, *more: str) -> Cost:
    """A peer's spider over *urls*."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        spider = Path(out) / "peer.py"
        spider.write_text(source)
        settings = [
            f"OUT={out}",
            *(setting.format(out=out) for setting in more),
        ]  # Scrapy's defaults, but for these
        flags = [part for setting in settings for part in ("-s", setting)]
        return run([*SCRAPY, "runspider", str(spider), "-a", f"urls={urls}", *flags], cwd=out)


def compared(
    mine: Callable[[Path], Cost],
    theirs: Callable[[Path], Cost],
    full: tuple[Path, Path],
    empty: Path,
    pairs: int,
) -> tuple[float, Cost, Cost]:
    """Median ratio of *pairs* of runs, less start-up; and the last pair's costs."""
    start_mine = statistics.median(mine(empty).cpu for _ in range(3))
    start_theirs = statistics.median(theirs(empty).cpu for _ in range(3))
    ratios = []
    for _ in range(pairs):
        one, other = mine(full[0]), theirs(full[1])
        ratios.append((one.cpu - start_mine) / (other.cpu - start_theirs))
    return (
        statistics.median(ratios),
        Cost(one.cpu - start_mine, one.rss),
        Cost(other.cpu - start_theirs, other.rss),
    )


def report(name: str, ratio: float, goal: float | None, one: Cost, other: Cost, units: int) -> None:
    """A line of the table."""
    per_unit = f"{one.cpu / units * 1000:.2f} against {other.cpu / units * 1000:.2f} ms, RSS {one.rss:.0f} MB"
    verdict = f"goal {goal:.2f}  {'ok' if ratio <= goal else 'OVER'}" if goal else ""
    print(
        f"{name:<58} {ratio:>6.2f}  {verdict:<14}  {per_unit}",
        flush=True,
    )


def crawl_text(folder: Path, pairs: int, scale: int) -> None:
    """Our full crawl without images against a bare Scrapy spider: without search index and captures, as it is by default, and
    against that spider with one task for the items of a response, as ours has it."""
    count = 3000 // scale
    (empty := folder / "empty.txt").write_text("")
    lean = ["SEARCH_INDEX=False", "CAPTURES=False"]
    with newsroom(count) as origin:
        full = links(origin, count, folder)
        for name, settings, theirs in (
            ("no search index, no captures, against bare", lean, []),
            ("against bare", [], []),
            ("against bare with CONCURRENT_ITEMS=1", [], ["CONCURRENT_ITEMS=1"]),
        ):
            ratio, one, other = compared(
                lambda urls, settings=settings: ours(origin, urls, folder, *settings),  # type: ignore[misc]
                lambda urls, theirs=theirs: peer(peers.BARE, urls, folder, *theirs),  # type: ignore[misc]
                full,
                empty,
                pairs,
            )
            report(f"{count:,} articles, {name}", ratio, None, one, other, count)


def crawl_images(folder: Path, pairs: int, scale: int) -> None:
    """Our full crawl with two images each against ImagesPipeline, dateparser and sqlite-utils row by row."""
    count = 600 // scale
    (empty := folder / "empty.txt").write_text("")
    pipelines = '{{"peer.Dates": 1, "scrapy.pipelines.images.ImagesPipeline": 2, "peer.Store": 3}}'
    with newsroom(count, images=2) as origin:
        full = links(origin, count, folder)
        ratio, one, other = compared(
            lambda urls: ours(origin, urls, folder),
            lambda urls: peer(peers.NAIVE, urls, folder, f"ITEM_PIPELINES={pipelines}", "IMAGES_STORE={out}/images"),
            full, empty, pairs,
        )  # fmt: skip
    report(f"{count:,} articles with 2 images, against naive", ratio, 0.40, one, other, count)


def memory(folder: Path, pairs: int, scale: int) -> None:
    """Peak memory over many articles: flat."""
    small, large = 2000 // scale, 20000 // scale
    with newsroom(large) as origin:
        full, _ = links(origin, large, folder)
        few = folder / "few.txt"
        few.write_text("".join(full.read_text().splitlines(keepends=True)[:small]))
        one, other = ours(origin, few, folder), ours(origin, full, folder)
    ok = "ok " if other.rss <= 130 and other.rss < one.rss + 15 else "OVER"
    print(
        f"{'peak memory':<58} {other.rss:>6.0f}  goal  130  {ok}  MB over {large:,} articles; {one.rss:.0f} over {small:,}"
    )


def grown(data: Path, rows: int) -> None:
    """Make the archive in *data* one of *rows* articles more: copies of one of its rows under other ids."""
    db = sqlite3.connect(data / "archive.db", isolation_level=None)
    names = [row[1] for row in db.execute("PRAGMA table_info (articles)")]
    other = {
        "id": "'finews:1990' || (1000000000000 + n)",
        "info_code": "'NW1990' || (1000000000000 + n)",
        "arrival": "1000000 + n",
        "post_path": "NULL",
    }
    db.execute(
        f"INSERT INTO articles ({', '.join(names)})"
        f" WITH RECURSIVE up (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM up WHERE n < {rows})"
        f" SELECT {', '.join(other.get(name, name) for name in names)}"
        " FROM up, (SELECT * FROM articles ORDER BY arrival LIMIT 1)"
    )
    db.close()


def starts(folder: Path, pairs: int, scale: int) -> None:
    """A scheduled crawl with no news, the light check before it, and an empty crawl of a new Scrapy project."""
    rows = 1_000_000 // scale
    subprocess.run([*SCRAPY, "startproject", "fresh", str(folder / "fresh")], check=True, capture_output=True)
    (folder / "fresh/fresh/spiders/none.py").write_text(
        "import scrapy\n\n\nclass None_(scrapy.Spider):\n    name = 'none'\n    start_urls = []\n"
    )
    with newsroom(30) as origin:
        small, large = folder / "small", folder / "large"

        def flags(data: Path) -> list[str]:
            return [
                part for name in (f"DATA_DIR={data}", f"FINEWS_ORIGINS={origin}") for part in ("-s", name)
            ]

        def polled(data: Path) -> Cost:
            return run([*SCRAPY, "crawl", "finews", *flags(data)])

        def checked(data: Path) -> Cost:
            # "false" would be started, and fail, where the check found anything to do.
            check = [sys.executable, "-I", "-S", "crawler/preflight.py", *flags(data)]
            return run([*check, "--", "false", "crawl", "finews"])

        polled(small)
        shutil.copytree(small, large)
        grown(large, rows)
        costs: dict[str, list[float]] = {}
        polled(small), polled(large)
        for _ in range(3 * pairs):
            for name, cost in (
                ("fresh", run([*SCRAPY, "crawl", "none"], cwd=folder / "fresh")),
                ("small", polled(small)),
                ("large", polled(large)),
                ("light", checked(large)),
            ):
                costs.setdefault(name, []).append(cost.cpu)
    for one, other, goal, said in (
        ("small", "fresh", 1.25, "no news, against an empty crawl of a new project"),
        ("large", "small", 1.2, f"no news, {rows:,} rows against 30"),
        ("light", "fresh", 0.2, f"light check, {rows:,} rows, against the same"),
    ):
        ratio = statistics.median(mine / peer for mine, peer in zip(costs[one], costs[other], strict=True))
        mine, theirs = statistics.median(costs[one]), statistics.median(costs[other])
        print(
            f"{said:<58} {ratio:>6.2f}  goal {goal:.2f}  {'ok ' if ratio <= goal else 'OVER'}"
            f"  {mine * 1000:.0f} against {theirs * 1000:.0f} ms",
            flush=True,
        )


PARTS = {"start": starts, "text": crawl_text, "images": crawl_images, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the articles, one pair")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    args = parser.parse_args()
    where = subprocess.run(
        ["df", "--output=fstype", tempfile.gettempdir()], capture_output=True, text=True, check=False
    ).stdout.split()[-1:]
    print(
        f"CPU relative to the peer's on the same server, less start-up; lower is better. Output on {''.join(where)}"
        f" ({tempfile.gettempdir()}; TMPDIR=/dev/shm for memory), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}:"
        " above 1.5 a ratio is good to a tenth only."
    )
    for name in args.only:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            PARTS[name](Path(folder), 1 if args.quick else 3, 10 if args.quick else 1)


if __name__ == "__main__":
    main()
