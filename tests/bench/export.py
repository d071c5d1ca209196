"""``python -m tests.bench.export [--rows N ...]``: rows a second and peak memory of each export.

The archive is made of the sample newsroom's text by the chain of characters of `tests.bench.search`: 500 different
articles of 1,660 characters, again and again under other ids and times. Each export is the command as a process; its
start (an export of nothing) is taken off the time and told apart in the memory. What must hold is that memory does not
grow with the rows. Of a site 5,000 articles are whole, the others listed.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from crawler.exports import formats
from crawler.exports.sites import generators
from pipelines.schema import open_archive
from tests.bench.__main__ import SCRAPY, Cost, run
from tests.bench.search import Prose, newsroom_text

START = datetime(2022, 1, 1, tzinfo=UTC)
DISTINCT = 500
SPARE = 40  # MB that the largest export may take more than the smallest


def make_archive(data: Path, rows: int) -> None:
    """An archive of *rows* articles, one every five minutes, each with a publisher, a security and two feeds."""
    data.mkdir(parents=True)
    conn = open_archive(data / "archive.db", search=False)
    prose = Prose(newsroom_text())
    texts = [prose.article() for _ in range(DISTINCT)]
    conn.executemany(
        "INSERT INTO securities (id, market, code, exchange, name, kind) VALUES (?, '1', ?, 'SH', ?, 'stock')",
        [(f"1.{600000 + n}", str(600000 + n), f"样本{n}") for n in range(100)],
    )
    for first in range(0, rows, 5000):
        numbers = range(first, min(first + 5000, rows))
        times = [f"{START + timedelta(minutes=5 * n):%Y-%m-%dT%H:%M:%SZ}" for n in numbers]
        conn.executemany(
            "INSERT INTO articles (id, arrival, site, info_code, share_url, canonical_url, headline, headline_from, publisher,"
            " publisher_slug, published_at, published_precision, published_from, first_seen_at, retrieved_at, text_sha256)"
            " VALUES (?, ?, 'finews', ?, 'http://example.org/' || ?, 'https://example.org/a/' || ?, ?, 'feed', ?, ?, ?,"
            " 'second', 'feed', ?, ?, '')",
            [
                (
                    f"finews:{at[:10].replace('-', '')}{n:010d}", n + 1, f"NW{at[:10].replace('-', '')}{n:010d}", n, n,
                    texts[n % DISTINCT][0], f"样本{n % 60}报", f"yangben{n % 60}", at, at, at,
                )
                for n, at in zip(numbers, times, strict=True)
            ],
        )  # fmt: skip
        ids = [f"finews:{at[:10].replace('-', '')}{n:010d}" for n, at in zip(numbers, times, strict=True)]
        conn.executemany(
            "INSERT INTO texts VALUES (?, ?, ?)",
            [
                (
                    ident,
                    "".join(f"<p>{line}</p>" for line in texts[n % DISTINCT][1].split("\n")),
                    texts[n % DISTINCT][1],
                )
                for n, ident in zip(numbers, ids, strict=True)
            ],
        )
        conn.executemany(
            "INSERT INTO article_securities VALUES (?, ?, 'link', 1, 0)",
            [(ident, f"1.{600000 + n % 100}") for n, ident in zip(numbers, ids, strict=True)],
        )
        conn.executemany(
            "INSERT INTO article_feeds VALUES (?, ?, '2022-01-01T00:00:00Z')",
            [(ident, feed) for ident in ids for feed in ("media", "rolling")],
        )
        conn.commit()
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def exported(kind: str, data: Path, folder: Path, *more: str) -> tuple[Cost, int]:
    """One export, to a file of that suffix or for that generator, and the bytes that it wrote."""
    out = folder / f"articles.{kind}"
    which = [str(out)] if kind in formats else ["--site", kind, str(out)]
    cost = run([*SCRAPY, "export", *which, "-s", f"DATA_DIR={data}", *more])
    if out.is_file():
        size = out.stat().st_size
        out.unlink()
    else:
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        shutil.rmtree(out)
    return cost, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000], metavar="N")
    kinds = [*formats, *generators]
    parser.add_argument("--only", nargs="+", default=kinds, choices=kinds)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        peaks: dict[str, list[float]] = {}
        for rows in sorted(args.rows):
            data = Path(folder) / str(rows)
            # Elsewhere, since a process that is started begins with the peak of the one that starts it.
            maker = get_context("spawn").Process(target=make_archive, args=(data, rows))
            maker.start()
            maker.join()
            for kind in args.only:
                start, _ = exported(kind, data, Path(folder), "--until", "2000-01-01")
                whole, size = exported(kind, data, Path(folder))
                peaks.setdefault(kind, []).append(whole.rss)
                print(
                    f"{kind:<8} {rows:>9,} rows: {rows / (whole.cpu - start.cpu):>8,.0f} rows a CPU second,"
                    f" peak {whole.rss:.0f} MB ({start.rss:.0f} for none), {size / 1e6:,.0f} MB written",
                    flush=True,
                )
        for kind, found in peaks.items():
            grown = found[-1] - found[0]
            print(
                f"{kind:<8} memory grown by {grown:.0f} MB, goal {SPARE}: {'ok' if grown <= SPARE else 'OVER'}"
            )


if __name__ == "__main__":
    main()
