"""Large archives, made in minutes, for the other benchmarks.

The rows are put in directly, not by a crawl. Text comes from the chain of characters of `tests.bench.search`: 2,000
different articles, again and again under other ids, times and headlines. What else an article has is drawn by a fixed
seed, so that the same arguments make the same rows: publishers and securities of which a few are in most articles, some
articles without a time or a publisher, feeds, pictures, edits, boilerplate that was taken out, stories that several tell.
"""

from __future__ import annotations

import random
import sqlite3
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from archive.schema import keep_statistics, open_archive
from archive.search.bulk_load import bulk_load, pairs
from tests.bench.search import Prose, newsroom_text

START = datetime(2022, 1, 1, tzinfo=UTC)
A_DAY = 700  # articles
DISTINCT = 2000  # texts
PUBLISHERS, SECURITIES, PICTURES = 400, 5000, 60
BATCH = 5000  # articles a transaction
FEEDS = ("rolling", "media", "market-37", "market-38", "market-39")

Rows = dict[str, list[tuple[Any, ...]]]


def utc(moment: datetime) -> str:
    """As the archive writes times."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def png(red: int, green: int, blue: int, width: int = 320, height: int = 180) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" + bytes((red, green, blue)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(line * height))
        + chunk(b"IEND", b"")
    )


def pictures(data: Path) -> list[tuple[str, str, int, int, int, str]]:
    """Rows of `images`, their files in place."""
    rows = []
    for number in range(PICTURES):
        content = png(40 + number * 3, 90, 220 - number * 3)
        name = sha256(content).hexdigest()
        path = f"images/{name[:2]}/{name}.png"
        file = data / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        rows.append((name, "image/png", 320, 180, len(content), path))
    return rows


class Newsdesk:
    """Draws articles one by one."""

    def __init__(self, texts: int, characters: int, images: list[str], seed: int = 4):
        self.dice = random.Random(seed)
        prose = Prose(newsroom_text(), seed)
        self.texts = []
        for _ in range(texts):
            headline, text = prose.article(max(characters, 40))
            text = text[:characters]
            self.texts.append((headline, text, "".join(f"<p>{line}</p>" for line in text.split("\n"))))
        self.images = images
        self.publishers = [f"样本{number}报" for number in range(PUBLISHERS)]
        self.securities = [f"1.{600000 + number}" for number in range(SECURITIES)]
        # Zipf's law, as publishers and securities of a newsroom are named.
        self.publisher_weights = list(accumulate(1 / (rank + 1) for rank in range(PUBLISHERS)))
        self.security_weights = list(accumulate(1 / (rank + 5) for rank in range(SECURITIES)))
        self.stories: list[str] = []

    def article(self, number: int, rows: Rows) -> None:
        """Add the rows of article *number* (1, 2, ...) to *rows*, by table."""
        dice = self.dice
        at = START + timedelta(days=number / A_DAY)
        day = (at + timedelta(hours=8)).strftime("%Y%m%d")
        ident = f"finews:{day}{number:010d}"
        headline, text, html = dice.choice(self.texts)
        headline = f"{headline}{number}"
        [publisher] = dice.choices(range(PUBLISHERS), cum_weights=self.publisher_weights)
        name = None if dice.random() < 0.02 else self.publishers[publisher]
        timed = dice.random() >= 0.01
        coarse = timed and dice.random() < 0.05
        late = 5 * 86400 if dice.random() < 0.01 else dice.randrange(20, 900)
        seen = utc(at + timedelta(seconds=late))
        edited = dice.random() < 0.02
        published = (
            (at + timedelta(hours=8)).replace(hour=0, minute=0, second=0) - timedelta(hours=8)
            if coarse
            else at
        )
        story = ident
        if self.stories and dice.random() < 0.1:
            story = dice.choice(self.stories)
        self.stories = [*self.stories[-200:], story]
        rows["articles"].append(
            (
                ident, number, "finews", ident.replace("finews:", "NW"), f"http://example.org/{ident[7:]}",
                f"https://example.org/a/{ident[7:]}.html", headline, "body" if dice.random() < 0.03 else "feed", name,
                name and f"yangben{publisher}", text[:80], utc(published) if timed else None,
                ("day" if coarse else "second") if timed else None, "feed" if timed else None, seen, seen,
                1 + edited, story, None if story == ident else 0.9, "",
            )
        )  # fmt: skip
        picture_tags = ""
        if dice.random() < 0.3:
            for position in range(1, dice.randint(2, 4)):
                address = f"https://pictures.example/{number}-{position}.png"
                if dice.random() < 0.05:
                    rows["article_images"].append(
                        (ident, position, address, None, "failed", "the server answered 404")
                    )
                else:
                    path = dice.choice(self.images)
                    rows["article_images"].append(
                        (ident, position, address, path.split("/")[2][:64], "stored", None)
                    )
                    picture_tags += f'<p><img src="{path}"></p>'
        table = "<table><tbody><tr><td>营收</td><td>1</td></tr></tbody></table>" * (dice.random() < 0.05)
        rows["texts"].append((ident, html + picture_tags + table, text))
        for feed in dice.sample(FEEDS, dice.choice((1, 1, 2, 3))):
            rows["article_feeds"].append((ident, feed, seen))
        if name:
            rows["article_publishers"].append((ident, "feed", name))
        named = dice.choice((0, 1, 2, 3, 6))
        for security in {*dice.choices(self.securities, cum_weights=self.security_weights, k=named)}:
            rows["article_securities"].append(
                (ident, security, "link", dice.randint(1, 4), int(dice.random() < 0.05))
            )
        if edited:
            changes = '{"figures": {"removed": ["12"], "added": ["13"]}, "percentages": {"removed": [], "added": []}, "codes": {"removed": [], "added": []}}'
            rows["revisions"].append((ident, 1, utc(at), headline, html, text, changes))
        if dice.random() < 0.4:
            rows["removals"].append(
                (
                    ident,
                    1,
                    dice.choice(("editor", "disclaimer", "source_line")),
                    "（责任编辑：样本）",
                    "<p>（责任编辑：样本）</p>",
                )
            )
        outcome = "archived"
        rows["links"].append((f"http://example.org/{ident[7:]}", ident, outcome, None, 1, seen, seen))
        if dice.random() < 0.02:
            gone = f"http://example.org/gone/{number}"
            rows["links"].append((gone, None, "gone", "the server answered 404 (not there)", 1, seen, seen))


COLUMNS = {
    "articles": (
        "id, arrival, site, info_code, share_url, canonical_url, headline, headline_from, publisher, publisher_slug,"
        " description, published_at, published_precision, published_from, first_seen_at, retrieved_at, revision, story_id,"
        " story_share, text_sha256"
    ),
    "texts": "article_id, body_html, body_text",
    "article_feeds": "article_id, feed, first_listed_at",
    "article_publishers": "article_id, origin, name",
    "article_images": "article_id, position, url, sha256, status, reason",
    "article_securities": "article_id, security_id, origin, mentions, doubtful",
    "revisions": "article_id, revision, retrieved_at, headline, body_html, body_text, changes",
    "removals": "article_id, position, rule, text, html",
    "links": "url, article_id, outcome, reason, tries, first_tried_at, last_tried_at",
}


def put(conn: sqlite3.Connection, rows: Rows) -> None:
    """Insert what was drawn."""
    for table, names in COLUMNS.items():
        marks = ", ".join("?" * (names.count(",") + 1))
        conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows[table])


def batches(desk: Newsdesk, first: int, last: int) -> Iterator[Rows]:
    """Articles *first* to *last* in batches."""
    for start in range(first, last + 1, BATCH):
        rows: Rows = {table: [] for table in COLUMNS}
        for number in range(start, min(start + BATCH, last + 1)):
            desk.article(number, rows)
        yield rows


def make_archive(data: Path, rows: int, characters: int = 300, search: bool = False) -> None:
    """An archive of *rows* articles in *data*, their texts cut to *characters*; with *search* it has the index."""
    data.mkdir(parents=True)
    conn = open_archive(data / "archive.db", search)
    images = pictures(data)
    conn.executemany("INSERT INTO images VALUES (?, ?, ?, ?, ?, ?)", images)
    conn.executemany(
        "INSERT INTO securities (id, market, code, exchange, name, kind) VALUES (?, '1', ?, 'SH', ?, ?)",
        [
            (
                f"1.{600000 + number}",
                str(600000 + number),
                f"样股{number}",
                "board" if number % 10 == 9 else "stock",
            )
            for number in range(SECURITIES)
        ],
    )
    conn.executemany(
        "INSERT INTO publishers (name, slug) VALUES (?, ?)",
        [(f"样本{number}报", f"yangben{number}") for number in range(PUBLISHERS)],
    )
    conn.commit()
    desk = Newsdesk(min(rows, DISTINCT), characters, [row[5] for row in images])
    cut = lru_cache(DISTINCT)(pairs)
    with bulk(conn), bulk_load(conn) if search else nullcontext():
        for batch in batches(desk, 1, rows):
            put(conn, batch)
            if search:
                conn.executemany(
                    "INSERT INTO search_index (rowid, body, headline) VALUES (?, ?, ?)",
                    [
                        (article[1], cut(text[2]), pairs(article[6]))
                        for article, text in zip(batch["articles"], batch["texts"], strict=True)
                    ],
                )
    conn.close()


@contextmanager
def bulk(conn: sqlite3.Connection) -> Iterator[None]:
    """One transaction without a journal; indexes are made after it, and the search index is written in large pieces."""
    search = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_index'").fetchone()
    conn.execute("PRAGMA journal_mode = OFF")
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("PRAGMA cache_size = -500000")  # KiB
    indexes = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"
    ).fetchall()
    for name, _ in indexes:
        conn.execute(f"DROP INDEX {name}")
    with conn:
        if search:
            conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 200000000)")
        yield
        if search:
            conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 1048576)")
    for _, sql in indexes:
        conn.execute(sql)
    conn.execute("PRAGMA journal_mode = WAL")


def make_with_statistics(data: Path, rows: int, characters: int, search: bool) -> None:
    """`make_archive`, with the statistics that a crawl makes at its end."""
    make_archive(data, rows, characters, search)
    conn = open_archive(data / "archive.db", search)
    keep_statistics(conn)
    conn.commit()
    conn.close()


def archive_in(folder: Path, rows: int, characters: int = 300, search: bool = False) -> Path:
    """The DATA_DIR of such an archive below *folder*, made where it is not there yet.

    Made in a process of its own: one that is started begins with the peak memory of the one that starts it.
    """
    data = folder / f"{rows}-{characters}{'-search' * search}"
    if data.is_dir():
        return data
    part = data.with_suffix(".part")
    maker = get_context("spawn").Process(target=make_with_statistics, args=(part, rows, characters, search))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise RuntimeError(f"no archive was made: {maker.exitcode}")
    return part.rename(data)


@contextmanager
def place(keep: Path | None) -> Iterator[Path]:
    """Where a benchmark has its archives: *keep*, for the next one too, or a folder that goes with the block."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            yield Path(folder)
