"""An archive that was edited by hand, past the constraints of its tables: which value is wrong, in one line."""

import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest

from archive.odd_values import find_odd_values
from archive.reader import connect_to_read, find_odd_value
from archive.web.app import application
from tests.archive.test_verify import make_archive
from tests.scrapy_process import run_scrapy

DAMAGE = {
    "UPDATE articles SET authors = '[1' WHERE arrival = 2": "articles.authors of finews:2 is not JSON",
    "UPDATE articles SET authors = '[1]' WHERE arrival = 2": "articles.authors of finews:2 is not a JSON array of texts",
    "UPDATE articles SET authors = '{}' WHERE arrival = 2": "articles.authors of finews:2 is not a JSON array",
    "UPDATE articles SET headline = x'ff' WHERE arrival = 1": "articles.headline of finews:1 is not text",
    "UPDATE articles SET http_status = 'ok' WHERE arrival = 1": "articles.http_status of finews:1 is not an integer",
    "UPDATE articles SET story_share = 'all' WHERE arrival = 1": "articles.story_share of finews:1 is not a number",
    "UPDATE articles SET published_at = '2026-02-30T00:00:00Z' WHERE arrival = 1": "articles.published_at of finews:1 is not a time in UTC",
    "UPDATE articles SET published_at = '0000-02-01T00:00:00Z' WHERE arrival = 1": "articles.published_at of finews:1 is not a time in UTC",
    "UPDATE articles SET kind = 'x' WHERE arrival = 1": "articles of finews:1 fails a constraint (kind IN ('article', 'flash', 'document', 'video', 'audio'))",
    "UPDATE links SET reason = CAST(x'ff41' AS TEXT)": "links.reason of http://a/1 is not UTF-8",
    "UPDATE article_images SET status = 'failed' WHERE article_id = 'finews:2'": "article_images of finews:2, 1 fails a constraint",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    make_archive(folder)
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        feed = "INSERT INTO feeds (feed, last_polled_at, listed) VALUES (?, '2026-02-21T00:00:00Z', ?)"
        conn.executemany(
            feed, [("rolling", '{"1": "e938"}'), ("media", '["1"]')]
        )  # of today, and of earlier versions
    return folder


@pytest.fixture
def edited(sound, tmp_path):
    """What makes an archive with the given statements run on it."""

    def edit(*statements):
        with (
            closing(sqlite3.connect(sound / "archive.db")) as source,
            closing(sqlite3.connect(tmp_path / "archive.db")) as conn,
        ):
            source.backup(conn)
            conn.execute("PRAGMA ignore_check_constraints = ON")
            conn.execute(
                "INSERT INTO links (url, outcome, first_tried_at, last_tried_at) VALUES ('http://a/1', 'gone', '2026-02-21T00:00:00Z', '2026-02-21T00:00:00Z')"
            )
            for statement in statements:
                conn.execute(statement)
            conn.commit()
        return tmp_path

    return edit


def odd_values(folder):
    with closing(connect_to_read(folder / "archive.db")) as conn:
        return [str(value) for value in find_odd_values(conn)]


def test_a_sound_archive_has_none(sound):
    assert odd_values(sound) == []
    assert find_odd_value(sound / "archive.db") is None


@pytest.mark.parametrize("statement", DAMAGE)
def test_each_is_named_with_its_row(edited, statement):
    [value] = odd_values(edited(statement))
    assert value.startswith(DAMAGE[statement])


def test_what_a_table_requires_is_known_where_its_schema_forgot_it(edited):
    forget = "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'texts'"
    data = edited("PRAGMA writable_schema = ON", forget)
    with closing(sqlite3.connect(data / "archive.db")) as conn, conn:
        conn.execute("UPDATE texts SET body_text = NULL WHERE article_id = 'finews:1'")
    assert odd_values(data) == ["texts.body_text of finews:1 is NULL"]
    run = run_scrapy("verify", "-s", f"DATA_DIR={data}")
    assert run.returncode == 3
    assert "value: texts: texts.body_text of finews:1 is NULL\n" in run.stdout


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE articles SET first_seen_at = 'noon'", ("report", "-o", "-")),
        ("UPDATE crawls SET started_at = '2026'", ("status",)),
        ("UPDATE revisions SET changes = '[1'", ("diff", "finews:1")),
    ],
)
def test_commands_say_it_in_one_line(edited, statement, words):
    crawl = "INSERT INTO crawls (id, spider, started_at) VALUES ('1', 'feeds', '2026-02-21T00:00:00Z')"
    revision = "INSERT INTO revisions VALUES ('finews:1', 1, '2026-02-21T00:00:00Z', '题', '', '', NULL, NULL, NULL, 'publisher', NULL, NULL)"
    data = edited(crawl, revision, statement)
    run = run_scrapy(*words, "-s", f"DATA_DIR={data}")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1), run.stderr
    table = statement.split()[1]
    assert f"{table}." in run.stderr
    assert "scrapy verify" in run.stderr


def test_pages_say_it_too(edited):
    data = edited("UPDATE articles SET published_at = 77 WHERE arrival = 2")
    datasette, app = application(data / "archive.db", frozenset({"localhost"}))

    async def get(path):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost"
        ) as client:
            return await client.get(path)

    try:
        for path in ("/", "/-/edits", "/-/stories", "/-/coverage"):
            response = asyncio.run(get(path))
            assert response.status_code == 500
            assert "articles.published_at of finews:2 is not a time in UTC" in response.text
            assert "Traceback" not in response.text
    finally:
        datasette.get_database("archive").close()


def test_a_shard_is_named_with_its_value(edited, tmp_path_factory):
    shard = edited("UPDATE articles SET kind = 'x' WHERE arrival = 1")
    run = run_scrapy("merge", shard, "-s", f"DATA_DIR={tmp_path_factory.mktemp('whole')}")
    assert run.stderr.count("\n") == 1
    assert f"{shard}/archive.db cannot be read: CHECK constraint failed" in run.stderr
    assert "articles of finews:1 fails a constraint" in run.stderr
