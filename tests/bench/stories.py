"""``python -m tests.bench.stories --articles N``: are copies told, and what does telling them cost?

Three articles in five are news of their own, one in four is a notice, report or flash of a template, the others are copies of
recent ones as another medium would bring them. Pairs are of `tests.story_held_out`, written apart from the rules.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from archive.schema import open_archive
from archive.stories.fingerprint import fingerprint, same_story
from archive.stories.grouping import LEAST_KEYS, Stories
from tests import story_held_out
from tests.bench.search import Prose, newsroom_text

LAST = 2000  # articles of a kind that a figure is the mean of
RECENT = 300  # articles among which copies are of one
ARTICLE = (
    "INSERT INTO articles (id, arrival, site, headline, headline_from, first_seen_at, retrieved_at, published_at, text_sha256,"
    " story_id) VALUES (?1, ?2, 'finews', 'x', 'feed', ?3, ?3, ?3, '', ?1)"
)


def judged(pairs: int) -> None:
    """Print precision and recall on pairs."""
    maker = story_held_out.Maker(seed=2026)
    found = wrong = 0
    for _ in range(pairs):
        one, other = map(fingerprint, maker.same())
        found += bool(same_story(one, other)) and len({*one.keys} & {*other.keys}) >= LEAST_KEYS
        one, other = map(fingerprint, maker.different())
        wrong += bool(same_story(one, other)) and len({*one.keys} & {*other.keys}) >= LEAST_KEYS
    print(
        f"{pairs:,} pairs of one story, as many of two: precision {found / (found + wrong):.3f}, recall {found / pairs:.3f}"
    )


def told(conn: sqlite3.Connection, articles: int) -> None:
    """Print what a new article costs as the archive grows, and how large the index is."""
    draw, maker, prose = random.Random(1), story_held_out.Maker(seed=1), Prose(newsroom_text())
    stories, recent = Stories(conn), [prose.article()[1]]
    costs: dict[str, list[float]] = {"own": [], "template": [], "copy": []}
    steps = {articles // 10, articles // 2, articles}
    for number in range(articles):
        kind = draw.choices(("own", "template", "copy"), (60, 25, 15))[0]
        if kind == "own":
            text = prose.article()[1]
            recent = [*recent[-RECENT:], text]
        elif kind == "template":
            text = maker.fill(draw.choice(list(story_held_out.TEMPLATES.values())))
        else:
            text = maker.edited(draw.choice(recent))
        article_id = f"finews:{202600000000000000 + number}"
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1767225600 + number * 90))
        conn.execute(ARTICLE, [article_id, number + 1, at])
        conn.execute("INSERT INTO texts VALUES (?, '', ?)", [article_id, text])
        before = time.process_time()
        stories.place(article_id, text, new=True)
        costs[kind].append((time.process_time() - before) * 1e6)
        if number % 500 == 499:
            conn.commit()
        if number + 1 in steps:
            means = ", ".join(f"{kind} {statistics.mean(some[-LAST:]):.0f}" for kind, some in costs.items())
            print(f"{number + 1:>9,} articles: µs of CPU for one more: {means}", flush=True)
    conn.commit()
    index, text = (
        conn.execute("SELECT sum(pgsize) FROM dbstat WHERE name IN (?, ?)", names).fetchone()[0]
        for names in (("story_keys", "articles_story"), ("texts", "texts"))
    )
    many = conn.execute("SELECT count(*), sum(articles) FROM stories").fetchone()
    print(
        f"{many[0]:,} stories of {many[1]:,} articles; index {index / 1e6:.1f} MB, {index / text:.2f} times the texts"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000, metavar="N")
    parser.add_argument("--pairs", type=int, default=3000, metavar="N")
    args = parser.parse_args()
    judged(args.pairs)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        conn = open_archive(Path(folder) / "archive.db", search=False)
        told(conn, args.articles)
        conn.close()


if __name__ == "__main__":
    main()
