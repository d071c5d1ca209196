"""Syndication: one story under several publishers or ids, and what only looks like one."""

import random
import sqlite3

import pytest

from pipelines.archive import Archive, Entry
from pipelines.schema import open_archive, statements
from pipelines.story import LEAST_KEYS, STORIES, Stories, same_story, sketch
from tests.story_pairs import Maker

NOW = "2026-06-30T10:00:00Z"


def entry(name: str, text: str, published: str | None = NOW, publisher: str = "晨光财经", **more) -> Entry:
    row = {
        "id": f"finews:{name}", "site": "finews", "headline": text[:12], "headline_from": "feed", "revision": 1,
        "first_seen_at": NOW, "retrieved_at": NOW, "published_at": published, "text_sha256": "0" * 64, "publisher": publisher,
    }  # fmt: skip
    return Entry(row, body_html="<p>文</p>", body_text=text, **more)


@pytest.fixture
def archive(tmp_path):
    archive = Archive(tmp_path).open()
    yield archive
    archive.close()


def told(archive: Archive) -> dict[str, str]:
    archive.flush()
    return {
        row["id"].partition(":")[2]: row["story_id"].partition(":")[2]
        for row in archive.conn.execute("SELECT id, story_id FROM articles")
    }


def test_precision_and_recall_on_edited_texts():
    maker = Maker(seed=11)
    found = wrong = 0
    pairs = 1500
    for _ in range(pairs):
        one, other = map(sketch, maker.same())
        found += bool(same_story(one, other)) and len({*one.keys} & {*other.keys}) >= LEAST_KEYS
        one, other = map(sketch, maker.different())
        wrong += bool(same_story(one, other))
    assert found / pairs >= 0.95
    assert found / (found + wrong) >= 0.98


def test_copies_are_one_story_named_after_the_earliest(archive):
    maker = Maker(seed=1)
    text = maker.article()
    archive.add(entry("b", maker.edited(text), "2026-06-30T09:00:00Z", "临港日报"))
    archive.add(entry("x", maker.article()))
    archive.add(entry("a", text, "2026-06-30T07:30:00Z"))
    assert told(archive) == {"a": "a", "b": "a", "x": "x"}
    [story] = archive.conn.execute("SELECT * FROM stories").fetchall()
    assert (story["story_id"], story["articles"], story["publishers"], story["first_publisher"]) == (
        "finews:a",
        2,
        2,
        "晨光财经",
    )
    rows = archive.conn.execute("SELECT id, lag, story_share FROM story_articles ORDER BY lag").fetchall()
    assert [(row["id"], row["lag"]) for row in rows] == [("finews:a", 0), ("finews:b", 5400)]
    assert rows[0]["story_share"] > 0.5


def test_two_notices_of_one_template_are_two_stories(archive):
    maker = Maker(seed=2)
    for number in range(30):
        one, _ = maker.different()
        while "业绩预告" not in one:
            one, _ = maker.different()
        archive.add(entry(str(number), one))
    assert len(set(told(archive).values())) == 30


def test_the_order_of_arrival_does_not_matter(tmp_path):
    maker = Maker(seed=3)
    texts = [text for _ in range(12) if len(text := maker.article()) > 500][:6]
    articles = [
        (f"{number}{copy}", maker.edited(text) if copy else text, f"2026-06-30T0{copy}:00:00Z")
        for number, text in enumerate(texts)
        for copy in range(3)
    ]
    seen = []
    for turn in range(4):
        random.Random(turn).shuffle(articles)
        archive = Archive(tmp_path / str(turn)).open()
        for name, text, published in articles:
            archive.add(entry(name, text, published))
        seen.append(told(archive))
        archive.close()
    assert all(one == seen[0] for one in seen)
    assert set(seen[0].values()) == {f"{number}0" for number in range(6)}


def test_an_edited_article_leaves_a_story_that_it_no_longer_tells(archive):
    maker = Maker(seed=4)
    text, other = maker.article(), maker.article()
    archive.add(entry("a", text, "2026-06-30T07:00:00Z"))
    archive.add(entry("b", text, "2026-06-30T08:00:00Z"))
    archive.add(entry("c", text, "2026-06-30T09:00:00Z"))
    assert set(told(archive).values()) == {"a"}
    archive.add(entry("a", other, "2026-06-30T07:00:00Z"))
    assert told(archive) == {"a": "a", "b": "b", "c": "b"}
    archive.add(entry("a", text, "2026-06-30T07:00:00Z"))
    assert told(archive) == {"a": "a", "b": "a", "c": "a"}


def test_an_article_that_was_deleted_is_passed_over(archive):
    text = Maker(seed=5).article()
    archive.add(entry("a", text, "2026-06-30T07:00:00Z"))
    archive.flush()
    archive.conn.execute("DELETE FROM articles")
    archive.conn.commit()
    archive.add(entry("b", text, new=True))
    archive.add(entry("c", text, new=True))
    assert told(archive) == {"b": "b", "c": "b"}


def test_keys_of_an_earlier_text_go(archive):
    maker = Maker(seed=8)
    one, other = maker.article(), maker.article()
    archive.add(entry("a", one))
    archive.flush()
    archive.add(entry("a", other))
    archive.flush()
    keys = {row[0] for row in archive.conn.execute("SELECT key FROM story_keys")}
    assert keys == set(sketch(other).keys)


def test_a_text_without_words_is_its_own_story(archive):
    for name in "ab":
        archive.add(entry(name, "图"))
    assert told(archive) == {"a": "a", "b": "b"}


def test_an_older_archive_gets_its_stories_when_it_is_opened(tmp_path):
    maker = Maker(seed=6)
    text = maker.article()
    archive = Archive(tmp_path).open()
    for name in ("a", "b"):
        archive.add(entry(name, maker.edited(text)))
    archive.flush()
    archive.close()
    conn = sqlite3.connect(tmp_path / "archive.db")
    for view in ("stories", "story_articles"):
        conn.execute(f"DROP VIEW {view}")
    conn.execute("DROP TABLE story_keys")
    conn.execute("DROP INDEX articles_story")
    for column in ("story_id", "story_share"):
        conn.execute(f"ALTER TABLE articles DROP COLUMN {column}")
    conn.execute("DELETE FROM _sqlite_migrations WHERE name = '0005_stories'")
    conn.commit()
    conn.close()
    again = open_archive(tmp_path / "archive.db")
    assert {row[0] for row in again.execute("SELECT story_id FROM articles")} == {"finews:a"}
    again.close()


def test_a_new_article_costs_no_scan(archive):
    archive.add(entry("a", Maker(seed=7).article()))
    archive.flush()
    asked: list[str] = []
    archive.conn.set_trace_callback(asked.append)
    Stories(archive.conn).place("finews:a", Maker(seed=7).article())
    archive.conn.set_trace_callback(None)
    archive.conn.commit()
    for sql in asked:
        if sql == "BEGIN ":
            continue
        plan = archive.conn.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        scans = [row["detail"] for row in plan if row["detail"].startswith("SCAN")]
        # The article's own eight keys are gone through, handed in as JSON, and nothing of the archive.
        assert all(
            scan.startswith(("SCAN mine VIRTUAL", "SCAN telling", "SCAN (subquery")) for scan in scans
        ), scans


def test_a_template_of_thousands_is_counted_no_further_than_needed(archive):
    archive.add(entry("a", Maker(seed=7).article()))
    archive.flush()
    keys = [key for (key,) in archive.conn.execute("SELECT key FROM story_keys")]
    for number in range(3000):
        archive.conn.executemany(
            "INSERT INTO story_keys VALUES (?, ?)", [(key, f"finews:other-{number}") for key in keys]
        )
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    archive.conn.set_progress_handler(count, 100)
    Stories(archive.conn).place("finews:a", Maker(seed=7).article())
    archive.conn.set_progress_handler(None, 0)
    archive.conn.commit()
    assert steps < 8 * 3000 * 5 / 100, "as many steps as rows"


def test_the_step_is_one_of_statements():
    assert len(statements(STORIES)) == 6


def test_a_crawl_of_syndicated_articles_tells_one_story(newsroom, crawl, rows):
    assert crawl("finews").returncode == 0
    assert rows("SELECT count(*) AS n FROM articles WHERE story_id IS NULL") == [{"n": 0}]
    for story in rows("SELECT * FROM stories"):
        texts = [
            row["body_text"]
            for row in rows("SELECT body_text FROM news WHERE story_id = ?", story["story_id"])
        ]
        assert all(same_story(sketch(texts[0]), sketch(text)) for text in texts[1:])
