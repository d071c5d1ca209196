"""The archive from Python, on the crawled sample newsroom."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from archive import open_archive
from archive.edits.revisions import UnknownArticle
from archive.reader import NoArchive, open_for_reading
from tests.conftest import ROOT
from tests.worked_queries import make_archive

PAGE = ROOT / "docs" / "python.md"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api") / "data"
    make_archive(folder).close()
    return folder


@pytest.fixture
def news(data):
    return open_archive(data)


def test_the_examples_of_the_docs_run(data, monkeypatch):
    monkeypatch.chdir(data.parent)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})


def test_answers_make_tables(news):
    arrow = pytest.importorskip("pyarrow", reason="the extra analyst is not installed")
    for records in (
        news.search("储能"), news.articles(), news.mentions("300991"), news.as_of("2026-07-01"),
        news.trend("储能", first="2026-06-29", last="2026-06-30"), news.surges("2026-06-24", "2026-06-30"),
    ):  # fmt: skip
        assert records
        assert arrow.Table.from_pylist(records).num_rows == len(records)
        assert {tuple(record) for record in records} == {tuple(records[0])}


def test_spans_are_beijing_s_and_half_open(news):
    [newest] = news.sql("SELECT max(published_at) AS at FROM articles")
    everything = news.articles(columns=["id"])
    before = news.articles(until=newest["at"], columns=["id"])
    since = news.articles(since=newest["at"], columns=["id"])
    assert len(since) == 1
    untimed = news.sql("SELECT count(*) AS n FROM articles WHERE published_at IS NULL")[0]["n"]
    assert len(before) + len(since) + untimed == len(everything)
    day = date(2026, 6, 30)
    assert (
        news.articles(since=day)
        == news.articles(since="2026-06-30")
        == news.articles(since="2026-06-29T16:00:00Z")
    )
    assert news.articles(since=datetime(2026, 6, 29, 16, tzinfo=UTC), columns=["id"]) == news.articles(
        since=day, columns=["id"]
    )


def test_searches_can_be_narrowed(news):
    everything = news.search("储能")
    assert 0 < len(news.search("储能", security="300991")) < len(everything)
    publisher = everything[0]["publisher"]
    assert {one["publisher"] for one in news.search("储能", publisher=publisher)} == {publisher}
    assert len(news.search("储能", limit=1)) == 1
    times = [one["published_at"] for one in news.search("储能", newest_first=True)]
    assert times == sorted(times, reverse=True)


def test_mentions_count_an_article_once(news):
    mentions = news.mentions("300991")
    ids = [mention["article_id"] for mention in mentions]
    assert len(ids) == len(set(ids)) > 2
    assert len(news.mentions("300991", doubtful=True)) >= len(ids)
    assert news.mentions("0.300991") == news.mentions("岚川科技") == mentions


def test_mistakes_are_value_errors(news, tmp_path):
    with pytest.raises(ValueError, match="since soon: give a Beijing day"):
        news.search("a", since="soon")
    with pytest.raises(ValueError, match="unknown column 'nosuch'"):
        news.articles(columns=["nosuch"])
    with pytest.raises(UnknownArticle):
        news.article("finews:1")
    with pytest.raises(NoArchive, match="no archive yet"):
        open_archive(tmp_path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        news.sql("DELETE FROM articles")


def test_it_sees_what_is_written_meanwhile_and_leaves_no_files(news, data):
    before = len(news.articles(columns=["id"]))
    conn = sqlite3.connect(data / "archive.db")
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("UPDATE articles SET publisher = '新名' WHERE arrival = 1")
    conn.commit()
    conn.close()
    assert news.articles(publishers=["新名"], columns=["publisher"]) == [{"publisher": "新名"}]
    assert len(news.articles(columns=["id"])) == before
    assert sorted(path.name for path in data.glob("archive.db*")) == ["archive.db"]


def test_a_crawl_does_not_pay_for_it():
    code = "import archive.times, sys; print('archive.api' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_wrong_days_and_names_are_said_in_words(news):
    for ask, words in (
        (lambda: news.trend("储能", by="year", first="2026-06-01", last="2026-06-30"), "day, week or month"),
        (lambda: news.trend("储能", first="June", last="2026-06-30"), "first June: give a Beijing day"),
        (lambda: news.trend("储能", first="2026-07-01", last="2026-06-30"), "first 2026-07-01 is after last"),
        (lambda: news.surges("2026-06-01", "soon"), "last soon: give a Beijing day"),
        (lambda: news.first_reporters("x", "2026-06-30"), "first x: give a Beijing day"),
    ):
        with pytest.raises(ValueError, match=words):
            ask()
    with pytest.raises(UnknownArticle, match="holds no article 'nope'"):
        news.article("nope")


def test_what_is_read_at_once_is_of_one_moment_though_a_crawl_begins_meanwhile(data, tmp_path):
    copied = shutil.copytree(data, tmp_path / "data")
    files = sorted(path.name for path in copied.iterdir())
    question = "SELECT count(*) FROM links"
    with (
        closing(open_for_reading(copied)) as reader,
        closing(sqlite3.connect(copied / "archive.db")) as crawl,
    ):
        [before] = crawl.execute(question).fetchone()
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        crawl.execute("INSERT INTO links (url, outcome, first_tried_at, last_tried_at, tries) SELECT url || '#', outcome, first_tried_at, last_tried_at, tries FROM links")  # fmt: skip
        crawl.commit()
        crawl.execute("PRAGMA wal_checkpoint")
        assert crawl.execute(question).fetchone() == (2 * before,)
        assert tuple(reader.execute(question).fetchone()) == (before,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM links")
    assert sorted(path.name for path in copied.iterdir()) == files
