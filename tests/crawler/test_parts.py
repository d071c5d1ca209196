"""One list on several machines without a broker: each crawls its part, then the shards are merged."""

import sqlite3

import pytest

from tests.newsroom.server import NOW
from tests.scrapy_process import run_scrapy


@pytest.fixture
def links(newsroom, tmp_path):
    """A file of links: each article twice, one that nobody reads, one that is gone."""
    wanted = [
        f"{newsroom.origin}/html_News/NewsShare.html?infoCode=NW{article.id}" for article in newsroom.articles
    ]
    again = [f"{newsroom.origin}/news/37,{article.id}.html" for article in newsroom.articles]
    path = tmp_path / "links.txt"
    path.write_text(
        "\n".join(
            [
                *wanted,
                *again,
                "not-a-link",
                f"{newsroom.origin}/html_News/NewsShare.html?infoCode=NW202202219999999999",
            ]
        )
    )
    return path


def merge(data_dir, *shards):
    return run_scrapy("merge", *shards, "-s", f"DATA_DIR={data_dir}", "-s", f"FINEWS_NOW={NOW.isoformat()}")


def test_parts_are_one_crawl_once_they_are_merged(newsroom, crawl, rows, links, tmp_path, data_dir):
    whole = crawl("share", f"urls={links}", DATA_DIR=tmp_path / "whole")
    parts = [tmp_path / f"part{number}" for number in (1, 2, 3)]
    for number, folder in enumerate(parts, 1):
        assert crawl("share", f"urls={links}", f"part={number}/3", DATA_DIR=folder).returncode in (
            0,
            whole.returncode,
        )
    done = merge(data_dir, *parts)
    assert (done.returncode, done.stderr) == (0, "")
    [whole_count] = rows_of(tmp_path / "whole", "SELECT count(*) AS articles FROM articles")
    count = whole_count["articles"]
    assert count > 70
    assert done.stdout.startswith(f"3 shards, {count} new articles, 0 changed, 0 unchanged, ")
    same = "SELECT url, article_id, outcome FROM links ORDER BY url"
    mine = rows(same)
    assert mine == rows_of(tmp_path / "whole", same)
    assert rows("SELECT id, headline, text_sha256, story_id FROM articles ORDER BY id") == rows_of(
        tmp_path / "whole", "SELECT id, headline, text_sha256, story_id FROM articles ORDER BY id"
    )
    assert rows("SELECT count(*) AS n FROM crawls")[0]["n"] == 3
    again = merge(data_dir, *parts)
    assert f"0 new articles, 0 changed, {count} unchanged, 0 links, 0 captures" in again.stdout


def rows_of(folder, sql):
    with sqlite3.connect(folder / "archive.db") as conn:
        conn.row_factory = sqlite3.Row
        return [dict(row) for row in conn.execute(sql)]


def test_links_that_ended_are_skipped_on_request(newsroom, crawl, rows, links, data_dir):
    crawl("share", f"urls={links}")
    asked = len(newsroom.requests)
    assert crawl("share", f"urls={links}", "skip=tried").returncode == 0
    assert len(newsroom.requests) == asked
    with_failed = crawl("share", f"urls={links}", "skip=ended")
    assert with_failed.returncode in (0, 3)
    assert {row["tries"] for row in rows("SELECT tries FROM links WHERE outcome = 'archived'")} == {1}


@pytest.mark.parametrize("argument", ["part=0/8", "part=9/8", "part=half", "skip=some"])
def test_wrong_arguments_are_reported(crawl, argument):
    done = crawl("share", "url=http://paper.example/1.html", argument)
    assert done.returncode == 2
    assert argument in done.stderr


def test_what_merge_ends_with(crawl, newsroom, data_dir, tmp_path):
    crawl(
        "share",
        f"url={newsroom.origin}/html_News/NewsShare.html?infoCode=NW{newsroom.articles[0].id}",
        DATA_DIR=tmp_path / "one",
    )
    bad = merge(data_dir, tmp_path / "one", tmp_path / "none")
    assert bad.returncode == 3
    assert "none is not a shard: there is no archive.db in it" in bad.stderr
    assert merge(data_dir, tmp_path / "none").returncode == 69
    assert merge(data_dir).returncode == 2
