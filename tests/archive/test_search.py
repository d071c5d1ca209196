"""The search: exact against reading every text, whatever is asked, and an index that stays true through any edit."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from functools import partial

import pytest
from sqlite_utils import Database

from archive.schema import migrations, open_archive
from archive.writer import Archive
from tests.bench.search import BruteForce, Prose, answers, entry, newsroom_text, queries
from tests.new_archive import lay_archive

ARTICLES = {
    1: ("北京冬奥会今晚开幕", "张家口赛区准备就绪。\n蔚来ET7上月交付2.3万辆，增长12.5%。"),
    2: ("制冷剂HFO-1234yf涨价", "巨化股份（600160）报12，5元。\n他说：“不贵。”"),
    3: ("ＥＴ７销量１２３辆", "全角写法：ＨＦＯ；最后一个字是末"),
    4: ("Élan Vital与ΑΒΓ", "a\nb c　d\t*e* \"f\" 'g' h|i -j _k% \\ [l] 😀 AND OR NOT NEAR"),
}


def archive_of(folder, articles) -> Archive:
    """An open archive that holds *articles*, ``arrival: (headline, text)``."""
    lay_archive(folder, captures=False)
    archive = Archive(folder).open()
    for number, (headline, text) in articles.items():
        archive.add(entry(number, headline, text))
    archive.flush()
    return archive


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    archive = archive_of(tmp_path_factory.mktemp("search"), ARTICLES)
    yield archive.conn
    archive.close()


@pytest.fixture
def archive(tmp_path):
    archive = archive_of(tmp_path, ARTICLES)
    yield archive
    archive.close()


def check_index(conn) -> None:
    """Raises sqlite3.DatabaseError where the index does not agree with the texts."""
    with conn:
        conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


def index_bytes(conn) -> list[tuple]:
    """All that the index has on disk: any write to it shows here."""
    return [
        tuple(row)
        for table in ("data", "docsize", "idx")
        for row in conn.execute(f"SELECT * FROM search_index_{table}")
    ]


# -- what it finds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("冬奥", {1}), ("北", {1}), ("末", {3}), ("。", {1, 2}), ("开幕", {1}), ("张家口赛区准备就绪。", {1}),
        ("就绪。蔚来", set()), ("幕张", set()), ("ab", set()), ("bc", set()), ("cd", set()),
        ("冬奥 张家口", {1}), ("冬奥 HFO", set()), ("冬奥|HFO", {1, 2, 3}), ("hfo -et7", {2}), ("HFO -ET7|1234", set()),
        ("et7", {1, 3}), ("ＥＴ７", {1, 3}), ("ｅｔ７销", {3}), ("123", {2, 3}), ("１２３", {2, 3}), ("hfo-1234YF", {2}),
        ("600160", {2}), ("(600160)", set()), ("（600160）", {2}), ("１２", {1, 2, 3}),
        ("2.3", {1}), ("2,3", set()), ("12.5%", {1}), ("12，5", {2}), ("12,5", set()), ("“不贵。”", {2}),
        ("_k%", {4}), ("*e*", {4}), ("'g'", {4}), ("[l]", {4}), ("😀", {4}),
        ("AND", {4}), ("and OR not NEAR", {4}), ("NEAR(", set()), ("a|b", {1, 2, 3, 4} - {1, 2, 3}),
        ("élan", {4}), ("αβγ", {4}), ("Elan", set()), ("--冬奥 et7", {3}), ("|冬奥|", {1}), ("冬奥||不贵", {1, 2}),
        ("% 冬奥", {1}), ("冬奥 *", set()), ("\\ 😀", {4}), ("冬奥\u3000张家口\tET7\n辆\u00a0%", {1}), ('"冬奥', {1}), ('"冬奥" "张家口"', {1}), ("辆-冬", set()),
        ("冬奥 -", {1}), ("冬奥 | \"", {1}), ("600160 " * 300, {2}), ("|".join(["冬奥"] * 300), {1}), ("冬" * 3000, set()),
    ],
)  # fmt: skip
def test_finds(conn, line, found):
    assert answers(conn, line) == found


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "\u3000",
        "\t\n",
        "-",
        "--",
        "|",
        "||",
        '"',
        '""',
        "-|",
        "-冬奥",
        "-冬奥 -张",
        '-"',
        "\u2028",
        "*",
        "%",
    ],
)
def test_a_line_without_a_wanted_word_finds_nothing(conn, line):
    assert answers(conn, line) == set()


def test_a_line_may_be_a_number_or_a_name_of_sql(conn):
    assert [row[0] for row in conn.execute("SELECT arrival FROM search WHERE q = 600160")] == [2]
    assert answers(conn, "'; DROP TABLE articles; --") == set()
    assert conn.execute("SELECT count(*) FROM articles").fetchone()[0] == len(ARTICLES)


def test_every_table_can_be_counted(conn):
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert "search_index" in tables
    assert all(conn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] >= 0 for name in tables)


def test_many_lines_at_once(conn):
    found = conn.execute(
        "WITH asked (line) AS (VALUES ('冬奥'), ('不贵'), ('无')) SELECT line, arrival FROM asked JOIN search_each ON q = line"
    )
    assert [tuple(row) for row in found] == [("冬奥", 1), ("不贵", 2)]


def test_a_long_word_is_found_as_it_stands(tmp_path):
    """Three of its pairs near to each other are not the word: other orders, other characters between, parted lines."""
    word, figures = "中国人民银行行长", "净利润1,234万元"
    archive = archive_of(
        tmp_path,
        {
            1: ("题", f"会上，{word}讲话"),
            2: (f"{word}讲话", "文"),
            3: (
                "题",
                "行长民银中国，行长中国民银，中国行长民银，民银中国行长，中国民银行长，中国人民银行副行长",
            ),
            4: ("题", "中国人民银行\n行长，中国人民银 行行长"),
            5: ("中国人民银行", "行长"),
            6: ("题", f"{word[:-1]}，{word[1:]}"),
            7: ("题", f"{figures}，12345678"),
            8: ("净利润１,２３４万元", "１２３４５６７８"),
            9: ("题", "净利润1,243万元，净利润12,34万元，净利润1，234万元，12354678"),
        },
    )
    found = partial(answers, archive.conn)
    assert found(word) == {1, 2}
    assert found(word[:-1]) == {1, 2, 6}
    assert found(figures) == found("净利润１,２３４万元") == {7, 8}
    assert found("12345678") == {7, 8}
    assert [row[0] for row in archive.conn.execute("SELECT arrival FROM search WHERE q = 12345678")] == [7, 8]
    assert found(f"{word} -会上") == {2}
    assert found(f"{word}|{figures}") == {1, 2, 7, 8}
    archive.close()


def test_exact_against_reading_every_text(tmp_path):
    prose = Prose(newsroom_text(), seed=7)
    articles = {number: prose.article() for number in range(1, 301)}
    archive = archive_of(tmp_path, articles)
    read_all = BruteForce(articles)
    hits = 0
    for kind, lines in queries(articles, 40).items():
        for line in lines:
            wanted = read_all(line)
            hits += len(wanted)
            assert answers(archive.conn, line) == wanted, f"{kind}: {line!r}"
    assert hits > 10_000
    archive.close()


def test_stored_text_stays_as_served(conn):
    assert (
        conn.execute("SELECT body_text FROM texts WHERE article_id = 'finews:3'").fetchone()[0]
        == ARTICLES[3][1]
    )


# -- how it answers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["降准", "央行宣布全面降准"])
def test_best_first_counts_the_headline_most(tmp_path, word):
    filler = "别的话" * 20
    archive = archive_of(
        tmp_path,
        {
            1: ("无关", f"{word}{filler}"),
            2: (f"快讯{word}", filler + "。。"),
            3: ("无关", filler),
            4: ("也无关", filler),
        },
    )
    ranked = archive.conn.execute("SELECT arrival FROM search WHERE q = ? ORDER BY rank LIMIT 20", [word])
    assert [row[0] for row in ranked] == [2, 1]
    newest = archive.conn.execute(
        "SELECT arrival FROM search WHERE q = '别的话' ORDER BY arrival DESC LIMIT 2"
    )
    assert [row[0] for row in newest] == [4, 3]
    archive.close()


def test_columns(conn):
    [row] = conn.execute("SELECT * FROM search WHERE q = '冬奥'")
    assert {key: row[key] for key in row.keys() if key not in ("rank", "excerpt")} == {  # noqa: SIM118 (a Row)
        "q": "冬奥", "id": "finews:1", "arrival": 1, "headline": "北京冬奥会今晚开幕",
        "published_at": "2022-02-21T07:54:48Z", "day": "2022-02-21", "publisher": "测试报", "share_url": None,
    }  # fmt: skip
    assert row["rank"] < 0


@pytest.mark.parametrize("line", ["冬奥", "张家口赛区准备就绪"])
@pytest.mark.parametrize("order", ["rank", "arrival DESC"])
def test_the_index_itself_sorts(conn, order, line):
    plan = conn.execute(
        f"EXPLAIN QUERY PLAN SELECT id, headline, excerpt FROM search WHERE q = ? ORDER BY {order} LIMIT 20",
        [line],
    ).fetchall()
    top = [row["detail"] for row in plan if row["parent"] == 0]
    assert top[0].startswith("SEARCH asked USING INTEGER PRIMARY KEY")  # one row
    assert top[1].startswith("SCAN found VIRTUAL TABLE INDEX")
    assert not [detail for detail in top if "ORDER BY" in detail]


@pytest.mark.parametrize(
    ("text", "line", "excerpt"),
    [
        ("短文\n第二段", "二", "短文 第二段"),
        ("甲" * 100 + "冬奥" + "乙" * 100, "冬奥", "…" + "甲" * 20 + "冬奥" + "乙" * 38 + "…"),
        ("甲" * 100 + "冬奥" + "乙" * 10, "无|冬奥 -丙", "…" + "甲" * 20 + "冬奥" + "乙" * 10),
        ("冬奥" + "乙" * 58, "冬奥", "冬奥" + "乙" * 58),
        ("冬奥" + "乙" * 59, "冬奥", "冬奥" + "乙" * 58 + "…"),
        (
            "甲" * 30 + "ＥＴ７" + "乙" * 5 + "冬奥",
            "冬奥 et7",
            "…" + "甲" * 20 + "ＥＴ７" + "乙" * 5 + "冬奥",
        ),
        ("甲" * 70, "只在标题", "甲" * 60 + "…"),
        ("", "只在标题", ""),
    ],
)
def test_excerpt(tmp_path, text, line, excerpt):
    archive = archive_of(tmp_path, {1: ("只在标题里", text)})
    assert [row[0] for row in archive.conn.execute("SELECT excerpt FROM search WHERE q = ?", [line])] == [
        excerpt
    ]
    archive.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM search",
        "SELECT count(*) FROM search",
        "SELECT a.id FROM articles AS a JOIN search AS f USING (arrival) WHERE f.headline LIKE '%奥%' ORDER BY f.rank LIMIT 3",
        "WITH asked (line) AS (VALUES ('冬奥')) SELECT arrival FROM asked JOIN search ON q = line",
    ],
)
def test_without_words_it_says_what_to_add(conn, sql):
    with pytest.raises(sqlite3.OperationalError, match=r"needs words: add WHERE q = .*ask search_each"):
        conn.execute(sql).fetchall()


def test_words_may_be_a_parameter_wherever_the_view_stands(conn):
    """In a join from either side, in a subquery, in a count: what the message looks for is the constant."""
    for sql in (
        "SELECT a.arrival FROM search AS f JOIN articles AS a ON a.arrival = f.arrival WHERE f.q = ?",
        "SELECT a.arrival FROM articles AS a JOIN search AS f ON a.arrival = f.arrival WHERE f.q = ?",
        "SELECT arrival FROM articles WHERE arrival IN (SELECT arrival FROM search WHERE q = ?)",
        "SELECT count(*) FROM search WHERE q = ?",
        "SELECT n FROM (SELECT publisher, count(*) AS n FROM search WHERE q = ? GROUP BY 1) LEFT JOIN publishers ON name = publisher",
    ):
        assert [tuple(row) for row in conn.execute(sql, ["冬奥"])] == [(1,)], sql


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 program is not installed")
def test_in_the_sqlite3_program(tmp_path):
    archive_of(tmp_path, ARTICLES).close()
    sql = (
        "PRAGMA trusted_schema = ON; SELECT id, headline, excerpt FROM search WHERE q = '冬奥 张家口 -HFO' ORDER BY rank LIMIT 20;"
        " SELECT id FROM search WHERE q = 'et7' ORDER BY arrival DESC; UPDATE texts SET body_text = '新的文字';"
        " SELECT count(*) FROM search WHERE q = '新的文字'"
    )
    run = subprocess.run(
        ["sqlite3", tmp_path / "archive.db", sql], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "finews:1|北京冬奥会今晚开幕|张家口赛区准备就绪。 蔚来ET7上月交付2.3万辆，增长12.5%。",
        "finews:3", "finews:1", "4",
    ]  # fmt: skip


# -- how the index is kept ----------------------------------------------------------------------------------------


def test_0003_fills_the_index_from_rows_that_were_there_before(tmp_path):
    db = Database(tmp_path / "archive.db")
    migrations().apply(db, stop_before="0003_search")
    for number, (headline, text) in ARTICLES.items():
        one = entry(number, headline, text)
        db.table("articles").insert({**one.article, "arrival": number * 10})
        db.table("texts").insert({"article_id": one.article["id"], "body_html": "", "body_text": text})
    db.conn.commit()
    conn = open_archive(tmp_path / "archive.db")
    assert answers(conn, "ET7") == {10, 30}
    check_index(conn)
    conn.close()
    db.close()


def test_what_did_not_change_is_not_indexed_again(archive):
    conn = archive.conn
    before = index_bytes(conn)
    for number, (headline, text) in ARTICLES.items():
        again = entry(number, headline, text)
        again.article |= {"arrival": number, "retrieved_at": "2022-03-01T00:00:00Z", "description": "新摘要"}
        again.body_html = "<p>别的</p>"
        archive.add(again)
    archive.flush()
    archive.withdraw("finews:1", "2022-03-01T00:00:00Z")
    assert conn.execute("SELECT count(*) FROM articles WHERE description = '新摘要'").fetchone()[0] == len(
        ARTICLES
    )
    assert index_bytes(conn) == before
    changed = entry(1, *ARTICLES[1])
    changed.article |= {"arrival": 1, "headline": "改了"}
    archive.add(changed)
    archive.flush()
    assert index_bytes(conn) != before


def test_edits_and_deletions_reach_the_index(archive):
    conn = archive.conn
    with conn:
        conn.execute("UPDATE articles SET headline = '北京残奥会' WHERE id = 'finews:1'")
    assert (answers(conn, "冬奥"), answers(conn, "残奥")) == (set(), {1})
    with conn:
        conn.execute("UPDATE texts SET body_text = '换了' WHERE article_id = 'finews:1'")
    assert (answers(conn, "蔚来"), answers(conn, "换了")) == (set(), {1})
    with conn:
        conn.execute("UPDATE articles SET arrival = 99 WHERE id = 'finews:1'")
    assert answers(conn, "换了 残奥") == {99}
    with conn:
        conn.execute("DELETE FROM articles WHERE id = 'finews:2'")
        conn.execute("DELETE FROM texts WHERE article_id = 'finews:3'")
    assert answers(conn, "HFO") == set()
    check_index(conn)


def test_an_article_whose_foreign_keys_are_off(archive):
    conn = archive.conn
    conn.execute("PRAGMA foreign_keys = OFF")
    with conn:
        conn.execute("CREATE TEMP TABLE kept AS SELECT * FROM articles WHERE id = 'finews:1'")
        conn.execute("ALTER TABLE kept DROP COLUMN day")  # computed, and not to be inserted
        conn.execute("DELETE FROM articles WHERE id = 'finews:1'")
    assert answers(conn, "冬奥") == set()
    check_index(conn)
    with conn:
        conn.execute("INSERT INTO articles SELECT * FROM kept")
    assert answers(conn, "冬奥") == {1}
    check_index(conn)


def test_replace_is_seen_only_with_recursive_triggers_and_mended_by_rebuild(archive):
    conn = archive.conn
    with conn:
        conn.execute("REPLACE INTO texts VALUES ('finews:1', '', '代替')")
    assert (answers(conn, "蔚来"), answers(conn, "代替")) == (set(), {1})
    check_index(conn)
    conn.execute("PRAGMA recursive_triggers = OFF")
    with conn:
        conn.execute("REPLACE INTO texts VALUES ('finews:1', '', '又换')")
    with pytest.raises(sqlite3.DatabaseError):
        check_index(conn)
    with conn:
        conn.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    check_index(conn)


@pytest.mark.slow
def test_three_thousand_random_operations(tmp_path):
    draw = random.Random(11)
    prose = Prose(newsroom_text(), seed=12)
    archive = Archive(tmp_path).open()
    conn = archive.conn
    now: dict[int, tuple[str, str]] = {}
    rows = dict.fromkeys(["new", "same", "text", "headline", "deleted", "withdrawn"], 0)
    for step in range(1, 3001):
        kind = (
            draw.choice(["new", "new", "same", "same", "text", "headline", "deleted", "withdrawn"])
            if now
            else "new"
        )
        number = step if kind == "new" else draw.choice(list(now))
        rows[kind] += 1
        if kind == "deleted":
            archive.flush()
            with conn:
                conn.execute("DELETE FROM articles WHERE id = ?", [f"finews:{number}"])
            del now[number]
            continue
        if kind == "withdrawn":
            archive.withdraw(f"finews:{number}", "2022-03-01T00:00:00Z")
            continue
        headline, text = now.get(number, ("", ""))
        if kind in ("new", "headline"):
            headline = prose.article()[0]
        if kind in ("new", "text"):
            text = prose.article()[1][: draw.randrange(200)]
        one = entry(number, headline, text)
        one.article["arrival"] = number
        now[number] = headline, text
        archive.add(one)
    archive.flush()
    assert min(rows.values()) > 200
    check_index(conn)
    read_all = BruteForce(now)
    for lines in queries(now, 10, seed=13).values():
        for line in lines:
            assert answers(conn, line) == read_all(line), line
    archive.close()


WRITER = """
import sys
from archive.writer import Archive
from tests.bench.search import Prose, entry, newsroom_text
prose = Prose(newsroom_text(), seed=int(sys.argv[2]))
archive = Archive(sys.argv[1]).open()
first = archive.conn.execute("SELECT coalesce(max(arrival), 0) FROM articles").fetchone()[0] + 1
for batch in range(10_000):
    for number in range(first + batch * 10, first + batch * 10 + 10):
        one = entry(number, *prose.article())
        one.article["arrival"] = number
        archive.add(one)
    archive.flush()
    with archive.conn:
        archive.conn.execute("UPDATE texts SET body_text = body_text || '改' WHERE article_id = ?", [f"finews:{number}"])
        archive.conn.execute("DELETE FROM articles WHERE arrival = ?", [number - 1])
    print(number, flush=True)
"""


@pytest.mark.slow
def test_kill_minus_9_leaves_a_true_index(tmp_path):
    for kill in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(kill)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(
            kill + 1
        ):  # what it said it wrote is committed; it is killed in the middle of what comes next
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        assert writer.wait() == -signal.SIGKILL
        archive = Archive(tmp_path).open()
        conn = archive.conn
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        check_index(conn)
        texts = conn.execute("SELECT arrival, headline, body_text FROM news").fetchall()
        now = {row[0]: (row[1], row[2]) for row in texts}
        assert last in now
        assert last - 1 not in now
        assert now[last][1].endswith("改")
        read_all = BruteForce(now)
        for line in ("改", "公司", "的 -万元", "ET7|5G"):
            assert answers(conn, line) == read_all(line)
        archive.close()
