"""``python -m tests.bench.search --articles N``: is the search exact, what does it cost, how large is its index?

Articles come from a chain of characters over the sample newsroom's text, or over any text given by ``--text``, with
figures, codes and some full-width letters mixed in. Every answer is compared with a plain search through all texts.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from archive.search.bulk_load import bulk_load, index
from archive.writer import Archive, Entry

WIDE = {
    code: code - 0xFEE0 for start, end in ("０９", "ＡＺ", "ａｚ") for code in range(ord(start), ord(end) + 1)
}
TO_WIDE = {narrow: wide for wide, narrow in WIDE.items()}
LATIN = [
    "HFO-1234yf",
    "ET7",
    "iPhone",
    "GDP",
    "CPI",
    "NIO",
    "5G",
    "IPO",
    "A股",
    "H股",
    "ETF",
    "LPR",
    "MLF",
    "PMI",
]
NOW = "2022-02-21T07:54:48Z"
REPEATED = 8  # times that a run of characters occurs in a text to pass for a word of it


def newsroom_text() -> str:
    """The text of the sample newsroom's articles, a paragraph a line."""
    from tests.newsroom.articles import samples

    bodies = [re.sub(r"<[^>]+>", "\n", article.content) for article in samples()]
    return re.sub(r"\s*\n\s*", "\n", "\n".join(bodies))


class Prose:
    """Articles like *text*: each character follows the two before it as it does there."""

    def __init__(self, text: str, seed: int = 1):
        self.random = random.Random(seed)
        self.next: dict[str, list[str]] = defaultdict(list)
        for place in range(len(text) - 2):
            self.next[text[place : place + 2]].append(text[place + 2])
        self.starts = [pair for pair in self.next if not pair.isspace()]

    def figure(self) -> str:
        """A number, a code or a Latin word as finance news has them."""
        kind = self.random.random()
        if kind < 0.4:
            return f"{self.random.uniform(0, 120):.2f}%"
        if kind < 0.7:
            return f"{self.random.choice(['600', '000', '300', '688'])}{self.random.randrange(1000):03d}"
        if kind < 0.85:
            return f"{self.random.randrange(1, 90000):,}万元"
        return self.random.choice(LATIN)

    def article(self, longest: int = 10_000) -> tuple[str, str]:
        """``(headline, text)`` of 1,660 characters on average; 3 in 100 with full-width letters and digits."""
        size = min(longest, max(20, int(self.random.gauss(1660, 700))))
        last = self.random.choice(self.starts)
        found, length = [last], 2
        while length < size:
            following = self.next.get(last)
            if following is None:
                last = self.random.choice(self.starts)
                found.append(last)
            else:
                character = self.random.choice(following)
                last = last[1] + character
                found.append(character)
                if character in "，的" and self.random.random() < 0.15:
                    found.append(self.figure())
            length += len(found[-1])
        text = re.sub(r"\s*\n\s*", "\n", "".join(found)).strip()
        if self.random.random() < 0.03:
            text = text.translate(TO_WIDE)
        cut = self.random.randrange(12, 30)
        return " ".join(text[:cut].split()) or "题", text


def plain(text: str) -> str:
    """*text* as the search compares it: full-width letters and digits as ASCII, small letters."""
    return text.translate(WIDE).lower()


def line_parts(line: str) -> tuple[list[list[str]], list[list[str]]]:
    """A query line's wanted and excluded words, each as its alternatives, read without SQL."""
    wanted: list[list[str]] = []
    excluded: list[list[str]] = []
    for word in re.split(r'[\s"]+', plain(line)):
        either = [one for one in word.lstrip("-").split("|") if one]
        if either:
            (excluded if word.startswith("-") else wanted).append(either)
    return wanted, excluded


class BruteForce:
    """The articles (``arrival: (headline, text)``) that hold a query's words, found by reading them all."""

    def __init__(self, articles: dict[int, tuple[str, str]]):
        self.texts = {arrival: plain(f"{head}\0{text}") for arrival, (head, text) in articles.items()}

    def __call__(self, line: str) -> set[int]:
        wanted, excluded = line_parts(line)
        if not wanted or not re.search(r"[0-9A-Za-z\x80-\U0010ffff]", line):
            return set()  # a line of ASCII marks alone asks for nothing
        found: Iterable[int] = self.texts
        for either in wanted:
            found = [one for one in found if any(word in self.texts[one] for word in either)]
        for either in excluded:
            found = [one for one in found if not any(word in self.texts[one] for word in either)]
        return set(found)


def answers(conn: sqlite3.Connection, line: str) -> set[int]:
    """The arrivals that the archive's own search finds."""
    return {arrival for (arrival,) in conn.execute("SELECT arrival FROM search WHERE q = ?", [line])}


def queries(articles: dict[int, tuple[str, str]], count: int, seed: int = 2) -> dict[str, list[str]]:
    """*count* query lines of each kind, cut out of the articles; one in ten is in none of them."""
    draw = random.Random(seed)
    texts = list(articles.values())

    def cut(size: int, fits: str = r"[^\s\"|]+") -> str:
        for _ in range(10_000):
            headline, text = draw.choice(texts)
            text = headline if draw.random() < 0.1 else text
            edge = draw.random()
            place = (
                0 if edge < 0.02 else len(text) - size if edge < 0.04 else draw.randrange(max(1, len(text)))
            )
            word = text[max(0, place) : max(0, place) + size]
            if len(word) == size and re.fullmatch(fits, word) and not word.startswith("-"):
                if draw.random() < 0.1:
                    word = "".join(draw.sample(word, size))
                return word.swapcase() if draw.random() < 0.3 else word
        raise ValueError(f"no text of {size} characters fits {fits}")

    chinese = r"[\u4e00-\u9fff]+"
    latin = r"(?=.*[A-Za-z0-9Ａ-Ｚａ-ｚ０-９])[\u4e00-\u9fffA-Za-z0-9Ａ-Ｚａ-ｚ０-９]+"
    marks = r"(?=.*[^\w\s])[^\s\"|-][^\s\"|]*"
    sizes = [1, 2, 2, 2, 3, 4]
    return {
        **{f"{size} characters": [cut(size, chinese) for _ in range(count)] for size in (1, 2, 3, 4)},
        "5 to 8": [cut(draw.randint(5, 8)) for _ in range(count)],
        "Latin, digits, mixed": [cut(draw.randint(1, 8), latin) for _ in range(count)],
        "punctuation": [cut(draw.randint(1, 6), marks) for _ in range(count)],
        "and": [" ".join(cut(draw.choice(sizes)) for _ in range(draw.randint(2, 4))) for _ in range(count)],
        "either": [
            "|".join(cut(draw.choice(sizes)) for _ in range(draw.randint(2, 4))) for _ in range(count)
        ],
        "not": [f"{cut(draw.choice(sizes))} -{cut(draw.choice(sizes))}" for _ in range(count)],
        "all at once": [
            f"{cut(1)}　{cut(2)}|{cut(3)}\t-{cut(2)}|{cut(2)}  {cut(1)}|{cut(4)}" for _ in range(count)
        ],
    }


def words(text: str, count: int, seed: int = 3) -> dict[str, list[str]]:
    """*count* words of each length as a reader asks for them: runs of characters that *text* repeats, drawn as often as
    they occur. (The lines of `queries` are cut anywhere, across words and marks, which nobody types.)"""
    draw = random.Random(seed)
    found = {}
    for name, sizes in (("words of 2", (2, 2)), ("of 3", (3, 3)), ("of 4", (4, 4)), ("of 5 to 8", (5, 8))):
        drawn: list[str] = []
        for _ in range(200 * count):
            size, place = draw.randint(*sizes), draw.randrange(len(text))
            word = text[place : place + size]
            if (
                len(drawn) < count
                and re.fullmatch(r"[\u4e00-\u9fff]+", word)
                and text.count(word) >= REPEATED
            ):
                drawn.append(word)
        found[name] = drawn
    return found


def entry(number: int, headline: str, text: str) -> Entry:
    """An article as the pipelines hand it to the archive."""
    row = {
        "id": f"finews:{number}", "site": "finews", "headline": headline, "headline_from": "feed", "revision": 1,
        "first_seen_at": NOW, "retrieved_at": NOW, "published_at": NOW, "text_sha256": "0" * 64, "publisher": "测试报",
    }  # fmt: skip
    return Entry(row, body_html="<p>文</p>", body_text=text)


def cpu(work) -> float:
    """CPU milliseconds of *work*, a function."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def write_all(archive: Archive, articles: dict[int, tuple[str, str]]) -> float:
    """CPU milliseconds an article to write them all, in the archive's own batches."""

    def work() -> None:
        for number, (headline, text) in articles.items():
            one = entry(number, headline, text)
            one.article["arrival"] = number
            archive.add(one)
        archive.flush()

    return cpu(work) / len(articles)


def multiply(conn: sqlite3.Connection, articles: dict[int, tuple[str, str]], times: int) -> None:
    """Let as many more articles have the same texts: rows and index as a crawl writes them, without all else it does."""
    names = [row[1] for row in conn.execute("PRAGMA table_info (articles)")]
    columns = {
        **dict(zip(names, names, strict=True)),
        "id": "id || '-' || :copy",
        "story_id": "id || '-' || :copy",
        "arrival": "arrival + :copy * :size",
    }
    span = "arrival BETWEEN :first AND :last"
    for copy in range(1, times):
        for first in range(1, len(articles) + 1, 2000):
            last = min(first + 1999, len(articles))
            given = {"copy": copy, "size": len(articles), "first": first, "last": last}
            with conn, bulk_load(conn):
                conn.execute(
                    f"INSERT INTO articles ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM articles WHERE {span}",
                    given,
                )
                conn.execute(
                    "INSERT INTO texts SELECT t.article_id || '-' || :copy, t.body_html, t.body_text"
                    f" FROM texts AS t JOIN articles AS a ON a.id = t.article_id WHERE {span}",
                    given,
                )
                index(conn, ((n + copy * len(articles), *articles[n]) for n in range(first, last + 1)))


def write_again(conn: sqlite3.Connection, articles: dict[int, tuple[str, str]]) -> float:
    """CPU milliseconds an article to write the texts and headlines that are there already."""

    def work() -> None:
        with conn:
            conn.executemany(
                "INSERT INTO texts (article_id, body_html, body_text) SELECT id, '', ? FROM articles WHERE arrival = ?"
                " ON CONFLICT (article_id) DO UPDATE SET body_text = excluded.body_text",
                [(text, number) for number, (_, text) in articles.items()],
            )
            conn.executemany(
                "UPDATE articles SET headline = ? WHERE arrival = ?",
                [(headline, number) for number, (headline, _) in articles.items()],
            )

    return cpu(work) / len(articles)


def first_page(conn: sqlite3.Connection, line: str, order: str) -> list[sqlite3.Row]:
    """What an analyst asks for."""
    sql = f"SELECT id, headline, excerpt FROM search WHERE q = ? ORDER BY {order} LIMIT 20"
    return conn.execute(sql, [line]).fetchall()


def spread(times: list[float]) -> str:
    """Median, 95th percentile and maximum."""
    ordered = sorted(times)
    return (
        f"{statistics.median(ordered):.2f} / {ordered[int(len(ordered) * 0.95)]:.2f} / {ordered[-1]:.2f}"
        if ordered
        else "-"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000, metavar="N")
    parser.add_argument("--queries", type=int, default=300, metavar="N", help="of each kind")
    parser.add_argument(
        "--text", type=Path, metavar="FILE", help="plain text that the articles are to be like"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="leave the archive there; ask the one that is there already"
    )
    parser.add_argument(
        "--distinct",
        type=int,
        metavar="N",
        help="different texts; each is that of as many articles as need be (default: as many as articles)",
    )
    args = parser.parse_args()
    distinct = min(args.distinct or args.articles, args.articles)
    times = args.articles // distinct
    text = args.text.read_text(encoding="utf-8") if args.text else newsroom_text()
    prose = Prose(text)
    articles = {number: prose.article() for number in range(1, distinct + 1)}
    size = sum(len(head.encode()) + len(text.encode()) for head, text in articles.values())
    mean = sum(len(text) for _, text in articles.values()) / len(articles)
    size *= times
    print(
        f"{distinct * times:,} articles of {distinct:,} texts, {mean:,.0f} characters each, {size / 1e6:,.1f} MB of text",
        flush=True,
    )

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        full = args.keep or Path(folder) / "full"
        if not (full / "archive.db").exists():
            few = dict(list(articles.items())[:2000])
            bare = Archive(Path(folder) / "bare", search=False).open()
            new = write_all(bare, articles)
            assert bare.conn is not None
            same = write_again(bare.conn, few)
            bare.close()

            archive = Archive(full).open()
            assert archive.conn is not None
            cost = write_all(archive, articles)
            multiply(archive.conn, articles, times)
            unchanged = write_again(archive.conn, few)
            archive.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            archive.close()
            print(f"write: {cost - new:.2f} ms CPU an article for the search ({cost:.2f} against {new:.2f})")
            print(
                f"unchanged: {unchanged - same:.3f} ms an article for the search ({unchanged:.3f} against {same:.3f})"
            )
        archive = Archive(full).open()
        conn = archive.conn
        assert conn is not None
        there = conn.execute("SELECT count(*) FROM articles").fetchone()[0]
        assert there == distinct * times, f"{full} holds {there:,} articles"
        taken = conn.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_index%'").fetchone()[0]
        print(f"index: {taken / size:.2f} times the text", flush=True)

        oracle = BruteForce(articles)
        print(
            f"\n{'':<22}{'lines':>6}{'hits':>11}{'recall':>8}{'precision':>11}   ranked 20, newest 20: CPU ms p50 / p95 / max"
        )
        for kind, lines in (words(text, args.queries) | queries(articles, args.queries)).items():
            right = found = hits = 0
            ranked, newest = [], []
            for line in lines:
                texts, got = oracle(line), answers(conn, line)
                wanted = {text + distinct * n for text in texts for n in range(times)}
                right, found, hits = right + len(wanted & got), found + len(got), hits + len(wanted)
                for order, spent in (("rank", ranked), ("arrival DESC", newest)):
                    spent.append(cpu(partial(first_page, conn, line, order)))
            print(
                f"{kind:<22}{len(lines):>6}{hits:>11,}{right / max(1, hits):>8.5f}{right / max(1, found):>11.5f}"
                f"   {spread(ranked)}   {spread(newest)}",
                flush=True,
            )
        if args.articles <= 200_000:  # each reads every text again
            rebuilt = cpu(lambda: conn.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')"))
            conn.commit()
            conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
            conn.commit()
            print(f"rebuild: {rebuilt / args.articles:.2f} ms an article")
        archive.close()


if __name__ == "__main__":
    main()
