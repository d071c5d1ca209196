"""The archive's tables: steps, descriptions, constraints."""

import sqlite3
import subprocess
import sys

import pytest
from sqlite_utils import Database

from archive import describe_schema
from archive.schema import STEPS, is_current, migrations, open_archive, statements
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


def test_everything_is_described_in_the_database(conn):
    assert describe_schema.undescribed(conn) == []


def test_data_readme_is_up_to_date():
    said = describe_schema.README.read_text(encoding="utf-8")
    assert said == describe_schema.markdown(), "run: python -m archive.describe_schema"


def test_news_has_every_column_of_articles_and_the_text(conn):
    articles = [row[1] for row in conn.execute("PRAGMA table_info(articles)")]
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
