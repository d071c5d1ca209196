"""Syndication: one story under several publishers or ids, and what only looks like one."""

import random
import re
import sqlite3

import pytest

from archive.schema import STEPS, open_archive, statements
from archive.stories.fingerprint import fingerprint, same_story
from archive.stories.grouping import LEAST_KEYS, Stories
from archive.writer import Archive, Entry
from tests import story_held_out
from tests.new_archive import lay_archive
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
    lay_archive(tmp_path, captures=False)
    archive = Archive(tmp_path).open()
    yield archive
    archive.close()


def told(archive: Archive) -> dict[str, str]:
    archive.flush()
    return {
        row["id"].partition(":")[2]: row["story_id"].partition(":")[2]
        for row in archive.conn.execute("SELECT id, story_id FROM articles")
    }


@pytest.mark.parametrize(
    "maker", [Maker(seed=11), story_held_out.Maker(seed=77)], ids=["tuned on", "held out"]
)
def test_precision_and_recall_on_edited_texts(maker):
    found = wrong = 0
    pairs = 1500
    for _ in range(pairs):
        one, other = map(fingerprint, maker.same())
        found += bool(same_story(one, other)) and len({*one.keys} & {*other.keys}) >= LEAST_KEYS
        one, other = map(fingerprint, maker.different())
        wrong += bool(same_story(one, other))
    assert found / pairs >= 0.95
    assert found / (found + wrong) >= 0.98


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云汀科技盘中触及涨停。", "赤霞股份盘中触及涨停。"),
        ("云汀科技(600123)公告，股票明起停牌，预计停牌不超过10个交易日。", "赤霞股份(600124)公告，股票明起停牌，预计停牌不超过10个交易日。"),
        ("云州今日起全面放开落户限制，不再设社保年限。", "霞浦今日起全面放开落户限制，不再设社保年限。"),
        ("中信证券：维持买入评级，看好公司长期成长空间和盈利能力。", "中金证券：维持买入评级，看好公司长期成长空间和盈利能力。"),
        ("央行6月14日开展100亿元7天期逆回购操作，中标利率2.10%。", "央行6月15日开展100亿元7天期逆回购操作，中标利率2.10%。"),
        ("公司中标云州地铁项目，金额3.2亿元，占上年营收的12.5%。", "公司中标霞浦地铁项目，金额4.7亿元，占上年营收的18.1%。"),
    ],
)  # fmt: skip
def test_alike_but_of_another(one, other):
    assert same_story(fingerprint(one), fingerprint(other)) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云汀科技盘中触及涨停，成交额超10亿元。", "财闻社6月14日电，云汀科技盘中触及涨停,成交额超10亿元。"),
        ("【快讯】云州今日起全面放开落户限制，不再设社保年限。", "格物汇6月14日丨云州今日起全面放开落户限制，不再设社保年限。（来源：云州日报）"),
        ("工信部表示，目前汽车芯片的产能已经恢复到去年同期水平，供应紧张有望在年内缓解。", "工信部称，目前汽车芯片的产能已经恢复到去年同期水平，供应紧张有望在年内缓解。"),
        ("油价每吨上调２３０元，今晚２４时起执行，车主可错峰加油。", "油价每吨上调230元，今晚24时起执行，车主可错峰加油。"),
    ],
)  # fmt: skip
def test_a_flash_by_two_media_is_one_story(one, other):
    assert same_story(fingerprint(one), fingerprint(other)) > 0.7


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
    assert rows[0]["story_share"] == rows[1]["story_share"] > 0.5
    assert (
        archive.conn.execute("SELECT story_share FROM articles WHERE id = 'finews:x'").fetchone()[0] is None
    )


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
    assert keys == set(fingerprint(other).keys)


def test_a_text_without_words_is_its_own_story(archive):
    for name in "ab":
        archive.add(entry(name, "图"))
    assert told(archive) == {"a": "a", "b": "b"}


def test_a_long_text_in_letters_is_its_own_story(archive):
    text = (
        "The central bank kept its rate unchanged on Thursday, saying prices rise more slowly than before. "
        * 12
    )
    assert fingerprint(text).keys == []
    for name in "ab":
        archive.add(entry(name, text + name))
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
    conn.execute("DROP TRIGGER articles_story_deleted")
    conn.execute("DROP TABLE story_keys")
    conn.execute("DROP INDEX articles_story")
    for column in ("story_id", "story_share"):
        conn.execute(f"ALTER TABLE articles DROP COLUMN {column}")
    conn.execute("DELETE FROM _sqlite_migrations WHERE name IN ('0005_stories', '0009_stories_again')")
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
        assert not [one for one in scans if not re.search("subquery|CONSTANT ROW", one)], sql


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


def bridge(maker):
    """Two halves of a text that share nothing, and the whole."""
    paragraphs = [one for n in range(12) if len(one := f"第{n}处：" + maker.article().split("\n")[0]) > 60]
    first, second = paragraphs[: len(paragraphs) // 2], paragraphs[len(paragraphs) // 2 :]
    return "\n".join(first), "\n".join(second), "\n".join(paragraphs)


def test_an_article_that_bridges_two_stories_makes_them_one_and_leaves_them_two(archive):
    maker = Maker(seed=21)
    one, other, whole = bridge(maker)
    assert not same_story(fingerprint(one), fingerprint(other))
    archive.add(entry("c", other, "2026-06-30T07:00:00Z"))
    archive.add(entry("d", other, "2026-06-30T07:30:00Z"))
    archive.add(entry("b", one, "2026-06-30T06:00:00Z"))
    assert told(archive) == {"b": "b", "c": "c", "d": "c"}
    archive.add(entry("e", whole, "2026-06-30T08:00:00Z"))
    assert told(archive) == {"b": "b", "c": "b", "d": "b", "e": "b"}
    archive.add(entry("e", maker.article(), "2026-06-30T08:00:00Z"))
    assert told(archive) == {"b": "b", "c": "c", "d": "c", "e": "e"}
    shares = archive.conn.execute("SELECT story_share FROM articles ORDER BY id").fetchall()
    assert [row[0] for row in shares] == [None, 1.0, 1.0, None]


def test_a_story_outlives_its_first_article(archive):
    text = Maker(seed=22).article()
    for hour, name in enumerate("abc"):
        archive.add(entry(name, text, f"2026-06-30T0{hour}:00:00Z"))
    assert set(told(archive).values()) == {"a"}
    archive.conn.execute("DELETE FROM articles WHERE id = 'finews:a'")
    archive.conn.commit()
    assert told(archive) == {"b": "b", "c": "b"}
    assert archive.conn.execute("SELECT count(*) FROM story_articles").fetchone()[0] == 2
    archive.conn.execute("DELETE FROM articles WHERE id = 'finews:c'")
    archive.conn.commit()
    assert archive.conn.execute("SELECT id, story_id, story_share FROM articles").fetchall()[0][1:] == (
        "finews:b",
        None,
    )
    assert archive.conn.execute("SELECT count(*) FROM stories").fetchone()[0] == 0


def test_a_story_is_named_after_the_earliest_even_where_a_time_comes_late(archive):
    text = Maker(seed=23).article()
    archive.add(entry("a", text, "2026-06-30T07:00:00Z"))
    archive.add(entry("b", text, None))
    assert set(told(archive).values()) == {"a"}
    late = entry("b", text, "2026-06-30T06:00:00Z")
    late.body_html = late.body_text = None
    archive.add(late)
    assert set(told(archive).values()) == {"b"}


def test_the_same_words_a_day_later_are_news_again(archive):
    text = "央行今日开展100亿元7天期逆回购操作，中标利率2.10%，与此前持平。"
    archive.add(entry("a", text, "2026-06-29T01:20:00Z"))
    archive.add(entry("b", text, "2026-06-29T01:25:00Z"))
    archive.add(entry("c", text, "2026-06-30T01:20:00Z"))
    archive.add(entry("d", text, "2026-06-30T01:21:00Z"))
    assert told(archive) == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_a_story_that_everybody_brings(archive):
    maker = Maker(seed=24)
    text = maker.article()
    for number in range(90):
        archive.add(entry(f"{number:02d}", text, f"2026-06-30T01:{number % 60:02d}:{number // 60:02d}Z"))
    assert set(told(archive).values()) == {"00"}


def test_a_copy_is_found_among_many_of_its_template(archive):
    maker = story_held_out.Maker(seed=25)
    notices = [maker.fill(story_held_out.TEMPLATES["pledge"]) for _ in range(150)]
    for number, text in enumerate(notices):
        archive.add(entry(f"{number:03d}", text))
    archive.add(entry("900", maker.lead() + notices[140]))
    stories = told(archive)
    assert stories["900"] == "140"
    assert len(set(stories.values())) == 150


def test_the_step_is_one_of_statements():
    assert len(statements(dict(STEPS)["0005_stories"])) == 6


def test_a_crawl_of_syndicated_articles_tells_one_story(newsroom, crawl, rows):
    assert crawl("finews").returncode == 0
    assert rows("SELECT count(*) AS n FROM articles WHERE story_id IS NULL") == [{"n": 0}]
    for story in rows("SELECT * FROM stories"):
        texts = [
            row["body_text"]
            for row in rows("SELECT body_text FROM news WHERE story_id = ?", story["story_id"])
        ]
        assert all(same_story(fingerprint(texts[0]), fingerprint(text)) for text in texts[1:])
