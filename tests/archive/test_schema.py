"""The archive's tables: steps, descriptions, constraints."""

import sqlite3
import subprocess
import sys

import pytest
from sqlite_utils import Database

from archive import describe_schema
from archive.schema import STEPS, is_current, migrations, open_archive, statements
from tests.bench.archive import make_archive
from tests.conftest import ROOT


@pytest.fixture
def conn(tmp_path):
    conn = open_archive(tmp_path / "archive.db")
    yield conn
    conn.close()


def test_opening_twice_changes_nothing(tmp_path, conn):
    before = conn.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    again = open_archive(tmp_path / "archive.db")
    assert is_current(again)
    assert again.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == before


def test_steps_can_be_applied_one_after_the_other():
    db = Database(memory=True)
    for name, _ in STEPS[1:]:
        migrations().apply(db, stop_before=name)
        assert not is_current(db.conn)
    migrations().apply(db)
    assert is_current(db.conn)


def test_an_archive_without_the_day_is_brought_up_to_date(tmp_path):
    """Its views answer as before, and it is as one made anew: columns, indexes, views."""
    make_archive(tmp_path / "new", 400, characters=40)
    path = tmp_path / "old.db"
    db = Database(path)
    migrations().apply(db, stop_before="0031_day_and_pages")
    db.execute("ATTACH ? AS new", [str(tmp_path / "new/archive.db")])
    for table in ("articles", "texts", "links", "revisions", "securities", "article_securities"):
        names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
        db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new.{table}")
    db.conn.commit()
    asked = [
        "SELECT id, date(published_at, '+8 hours') FROM articles ORDER BY id",
        *(
            f"SELECT * FROM {view} ORDER BY 1, 2, 3"
            for view in ("late_arrivals", "articles_by_day_publisher")
        ),
    ]
    before = [db.execute(sql).fetchall() for sql in asked]
    assert all(len(rows) > 3 for rows in before)
    db.close()

    conn = open_archive(path)
    assert is_current(conn)
    assert [conn.execute(sql).fetchall() for sql in asked] == before
    assert conn.execute("SELECT id, day FROM articles ORDER BY id").fetchall() == before[0]
    assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*' ORDER BY 1, 2"
    new = open_archive(tmp_path / "new/archive.db")
    assert conn.execute(schema).fetchall() == new.execute(schema).fetchall()
    new.close()
    conn.close()


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT id FROM articles WHERE day = '2022-01-02'", "INDEX articles_by_day (day=?)"),
        ("SELECT publisher, count(*) FROM articles WHERE day = '2022-01-02' GROUP BY 1", "INDEX articles_by_day (day=?)"),
        ("SELECT count(*) FROM articles WHERE published_at >= '2022-01-02'", "COVERING INDEX articles_published_at (published_at>?)"),
        ("SELECT arrival FROM articles WHERE published_at < '2022-01-02'", "COVERING INDEX articles_published_at (published_at<?)"),
        (
            "SELECT arrival FROM articles WHERE publisher = '样本3报' AND published_at > '2022-01-02' ORDER BY published_at",
            "COVERING INDEX articles_publisher (publisher=? AND published_at>?)",
        ),
        (
            "SELECT article_id FROM article_securities WHERE security_id = '1.600000' AND doubtful = 0",
            "COVERING INDEX article_securities_security (security_id=? AND doubtful=?)",
        ),
        ("SELECT * FROM late_arrivals", "INDEX articles_late"),
        ("SELECT * FROM images_missing", "SCAN i USING INDEX article_images_missing"),
        ("SELECT url FROM links ORDER BY last_tried_at DESC LIMIT 20", "SCAN links USING COVERING INDEX links_last_tried_at"),
        ("SELECT count(*) FROM revisions WHERE json_extract(changes, '$.withdrawn')", "COVERING INDEX revisions_changes"),
    ],
)  # fmt: skip
def test_what_pages_ask_is_answered_by_indexes(conn, sql, index):
    plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(index in step for step in plan), plan
    assert not any("USE TEMP B-TREE" in step for step in plan), plan


def test_the_day_is_seen_by_the_tools_of_notebooks(tmp_path, conn):
    """A generated column is not among those of ``PRAGMA table_info``: rows and filters have it all the same."""
    conn.close()
    make_archive(tmp_path / "data", 3, characters=40)
    table = Database(tmp_path / "data/archive.db")["articles"]
    assert {row["day"] for row in table.rows} >= {"2022-01-01"}
    [row] = table.rows_where("day = ? AND arrival = 2", ["2022-01-01"])
    assert row["published_at"].startswith("2022-01-01")


def test_everything_is_described_in_the_database(conn):
    assert describe_schema.undescribed(conn) == []


def test_data_readme_is_up_to_date():
    said = describe_schema.README.read_text(encoding="utf-8")
    assert said == describe_schema.markdown(), "run: python -m archive.describe_schema"


def test_news_has_every_column_of_articles_and_the_text(conn):
    articles = [row[1] for row in conn.execute("PRAGMA table_xinfo(articles)")]
    assert [row[1] for row in conn.execute("PRAGMA table_info(news)")] == [
        *articles,
        "body_html",
        "body_text",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"published_at": "2022-02-21 07:54:48"},
        {"headline": None},
        {"headline_from": "guess"},
        {"published_precision": "hour"},
        {"revision": "two"},
    ],
)
def test_rows_that_would_mislead_are_refused(conn, wrong):
    row = {
        "id": "finews:1", "arrival": 1, "site": "finews", "headline": "题", "headline_from": "feed", "revision": 1,
        "first_seen_at": "2022-02-21T07:54:48Z", "retrieved_at": "2022-02-21T07:54:48Z", "text_sha256": "0" * 64,
        "published_at": None, "published_precision": None,
    }  # fmt: skip
    sql = f"INSERT INTO articles ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})"
    with conn:
        conn.execute(sql, {**row, "id": "finews:0", "arrival": 2})
    with pytest.raises(sqlite3.IntegrityError), conn:
        conn.execute(sql, row | wrong)


def test_statements_keep_comments_and_triggers_whole():
    sql = "CREATE TABLE a (\n  b TEXT -- one; two\n);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a;\nEND;"
    assert len(statements(sql)) == 2


def test_the_search_index_can_be_left_out_and_made_up_for(tmp_path):
    conn = open_archive(tmp_path / "small.db", search=False)
    assert not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone()
    assert is_current(conn, search=False)
    assert not is_current(conn)
    conn.close()
    conn = open_archive(tmp_path / "small.db")
    assert conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone()
    assert is_current(conn)
    conn.close()


def test_a_new_archive_loads_nothing_that_only_analysts_need(tmp_path):
    code = (
        "import sys; from archive.schema import open_archive;"
        f" open_archive(__import__('pathlib').Path({str(tmp_path / 'archive.db')!r})).close();"
        " assert 'sqlite_utils' in sys.modules; print({'pandas', 'numpy'} & sys.modules.keys()); import pandas"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
