"""The search of sqlite-utils and of a Datasette started by itself, through the plugins that they load."""

import asyncio
import json
import sqlite3
import tomllib
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner
from sqlite_utils import cli

from archive.schema import open_archive
from archive.search import sqlite_utils_plugin
from tests.archive.test_search import ARTICLES, archive_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    archive_of(folder, ARTICLES).close()
    return next(folder.rglob("archive.db"))


@pytest.fixture
def search(monkeypatch):
    """Run ``sqlite-utils search``; its result."""
    monkeypatch.setitem(cli.cli.commands, "search", cli.cli.commands["search"])
    sqlite_utils_plugin.register_commands(cli.cli)
    return lambda *args: CliRunner().invoke(cli.cli, ["search", *map(str, args)])


def test_sqlite_utils_searches_tables_and_views_of_articles(search, path):
    for table in ("articles", "news", "texts", "search", "search_index"):
        column = "article_id" if table == "texts" else "id"
        run = search(path, table, "冬奥 张家口 -HFO", "-c", column, "--nl")
        assert [json.loads(line) for line in run.output.splitlines()] == [{column: "finews:1"}], table
    rows = json.loads(search(path, "articles", "不贵", "--limit", 1, "-o", "published_at desc").output)
    assert (len(rows), rows[0]["arrival"]) == (1, 2)
    assert search(path, "articles", "冬奥", "--csv", "-c", "arrival").output.split() == ["arrival", "1"]


def test_sqlite_utils_names_what_cannot_be_searched(search, path):
    for args, message in (
        ((path, "crawls", "冬奥"), "Rows of 'crawls' have no text to search"),
        ((path, "articles", "冬奥", "-c", "heading"), "has no column 'heading'"),
        ((path, "nothing", "冬奥"), "does not exist"),
    ):
        run = search(*args)
        assert (run.exit_code, message in run.output) == (1, True), run.output


def test_sqlite_utils_searches_other_databases_as_before(search, tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as conn:
        conn.executescript(
            "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('a harbour');"
            'CREATE VIRTUAL TABLE notes_fts USING fts5(text, content="notes");'
            "INSERT INTO notes_fts (notes_fts) VALUES ('rebuild')"
        )
    assert json.loads(search(tmp_path / "other.db", "notes", "harbour", "-c", "text").output) == [
        {"text": "a harbour"}
    ]


def test_datasette_by_itself_searches(path):
    datasette_app = pytest.importorskip("datasette.app", reason="the extra analyst is not installed")
    from datasette.plugins import pm

    from archive.web import table_search

    if not pm.is_registered(table_search):
        pm.register(table_search, "finews_search")
    client = datasette_app.Datasette([str(path)]).client

    async def answers() -> list[tuple[int, str]]:
        asked = [
            "articles?_search=冬奥+-HFO&_shape=array",
            "texts?_search=冬奥&_shape=array",
            "search?_search=冬奥",
            "crawls?_search=冬奥",
        ]
        return [
            (r.status_code, r.text)
            for r in [await client.get(f"/archive/{'.json?'.join(one.split('?'))}") for one in asked]
        ]

    articles, texts, view, crawls = asyncio.run(answers())
    assert [row["id"] for row in json.loads(articles[1])] == ["finews:1"]
    assert [row["article_id"] for row in json.loads(texts[1])] == ["finews:1"]
    assert json.loads(view[1])["rows"][0][1] == "finews:1"
    assert (crawls[0], "have no text to search" in crawls[1]) == (400, True)


def test_pandas_is_told_what_a_search_needs(path):
    with closing(sqlite3.connect(path)) as conn:
        with pytest.raises(pandas.errors.DatabaseError, match="needs words: add WHERE q = "):
            pandas.read_sql_query("SELECT * FROM search", conn)
        assert list(pandas.read_sql_query("SELECT id FROM search WHERE q = ?", conn, params=["冬奥"]).id) == [
            "finews:1"
        ]


def test_an_archive_without_an_index_is_left_to_them(search, tmp_path):
    open_archive(tmp_path / "archive.db", search=False).close()
    assert "not configured for full-text search" in search(tmp_path / "archive.db", "articles", "冬奥").output


def test_the_package_names_plugins_that_exist():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for group in ("sqlite_utils", "datasette"):
        assert [import_module(module) for module in groups[group].values()]
