"""Rows that were edited by hand, or lost, beside what their captures and the journal say."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.crawler.replaying import copied, rows_of, run, tables_of
from tests.crawler.test_reparse import IDS, LINE, RULE
from tests.crawler.test_reparse import crawled as crawl_pages

crawled = crawl_pages  # the fixture
EDITED = {
    "description": "另一条摘要", "tags": '["别的栏目"]', "importance": 2, "access": "preview", "kind": "flash", "authors": '["张三"]',
    "editors": '["李四五"]', "alternative_headline": "原标题", "published_precision": "day", "http_status": 203,
    "source_sha256": "0" * 64, "response_sha256": "1" * 64, "canonical_url": "http://news.example/other",
}  # fmt: skip
"""Another value of each column that a response says and that no post shows, or few do."""


@pytest.fixture
def data(crawled, tmp_path):
    return copied(crawled, tmp_path / "data")


def edit(data, sql: str, *params) -> None:
    with closing(sqlite3.connect(data / "archive.db")) as conn, conn:
        conn.execute(sql, params)


def findings(data, *words) -> tuple[int, list[tuple[str, str, str]]]:
    done = run("verify", "--json", *words, data_dir=data)
    found = json.loads(done.stdout)["findings"]
    return done.returncode, [(one["check"], one["subject"], one["problem"]) for one in found]


def test_every_column_that_captures_say_is_compared_and_written_again(data):
    before = tables_of(data)
    sets = ", ".join(f"{name} = ?" for name in EDITED)
    edit(data, f"UPDATE articles SET {sets} WHERE id = ?", *EDITED.values(), IDS[0])
    edit(data, "DELETE FROM removals WHERE article_id = ?", IDS[1])
    status, [first, second] = findings(data)
    assert (status, first[:2], second[:2]) == (3, ("row", IDS[0]), ("row", IDS[1]))
    assert set(first[2].partition(":")[0].split(", ")) == EDITED.keys()
    assert second[2].startswith("removals: not what its captures say")
    assert findings(data, "--repair")[0] == 1
    assert findings(data) == (0, [])
    assert tables_of(data) == before


def test_a_row_and_its_post_that_were_edited_together_are_found(data):
    edit(data, "UPDATE articles SET headline = '别的标题' WHERE id = ?", IDS[0])
    [(path,)] = rows_of(data, "SELECT post_path FROM articles WHERE id = ?", IDS[0])
    post = data / path
    post.write_text(post.read_text().replace("山南储能电站第1期并网", "别的标题"))
    assert findings(data) == (3, [("row", IDS[0], "headline: not what its captures say")])
    assert findings(data, "--repair")[0] == 1
    assert findings(data) == (0, [])
    assert "别的标题" not in post.read_text()


def test_what_another_reader_made_is_counted(data):
    edit(data, "UPDATE articles SET description = '另一条摘要' WHERE id = ?", IDS[0])
    (data / "rules.toml").write_text(RULE)
    done = run("verify", data_dir=data)
    assert (done.returncode, "8 articles were read by other versions" in done.stdout) == (0, True), (
        done.stdout
    )


def test_a_decision_that_was_withdrawn_is_no_damage(data):
    (data / "rules.toml").write_text(RULE)
    run("reparse", data_dir=data)
    run("removals", "--restore", "app_line", data_dir=data)
    assert run("verify", data_dir=data).returncode == 0
    run("removals", "--undo", "app_line", data_dir=data)
    assert run("verify", data_dir=data).returncode == 0
    edit(data, "UPDATE texts SET body_text = replace(body_text, ?, '') WHERE article_id = ?", LINE, IDS[0])
    assert run("verify", data_dir=data).returncode == 3


def test_rows_that_a_lost_write_ahead_log_held_are_made_again(data, tmp_path):
    whole = tables_of(data)
    with closing(sqlite3.connect(data / "archive.db")) as conn:
        [(newest,)] = conn.execute("SELECT id FROM articles ORDER BY arrival DESC LIMIT 1")
    edit(data, "DELETE FROM articles WHERE id = ?", newest)
    edit(data, "DELETE FROM links WHERE article_id = ?", newest)
    status, found = findings(data)
    assert status == 3
    assert [one[:2] for one in found if one[0] == "row"] == [("row", "archive.db"), ("row", "archive.db")]
    (tmp_path / "left").mkdir()
    for name in ("archive.db", "posts"):
        shutil.move(data / name, tmp_path / "left" / name)
    assert run("rebuild", "--backup", tmp_path / "left", data_dir=data).returncode == 0
    assert tables_of(data) == whole
    assert findings(data) == (0, [])
