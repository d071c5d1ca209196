"""The archive for agents: with a fence every answer is that of the archive as it was at that moment."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from archive.agents.fence import FencedArchive
from archive.edits.revisions import UnknownArticle
from archive.search.match import matches
from tests.newsroom.server import NOW, Newsroom
from tests.scrapy_process import ROOT, run_scrapy

QUERIES = [
    "储能",
    "公司 -港股",
    "央行|外汇局",
    "240名",
    "180名",
    "火",
    "1",
    "ＥＴ７",
    "无人员伤亡",
    "股 年",
    "-股",
]


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """``(before, after, T)``: an archive at T, and the same after two more days with edits, withdrawals and news."""
    folder = tmp_path_factory.mktemp("agents")
    with Newsroom() as room:

        def crawl(now):
            room.now = now
            settings = {
                "DATA_DIR": folder / "after", "FINEWS_ORIGINS": room.origin, "FINEWS_PLACES": "", "FINEWS_NOW": now.isoformat(),
                "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
            }  # fmt: skip
            done = run_scrapy(
                "crawl", "finews", *[part for name in settings for part in ("-s", f"{name}={settings[name]}")]
            )
            assert done.returncode in (0, 3), done.stderr

        crawl(NOW - timedelta(hours=1))
        crawl(NOW)
        shutil.copytree(folder / "after", folder / "before")
        crawl(NOW + timedelta(hours=1))
        crawl(NOW + timedelta(days=2))
    return folder / "before", folder / "after", f"{NOW.isoformat()}"


@pytest.fixture(scope="module")
def placeholders(archives):
    """Ids of articles whose headline or time was a placeholder at T: what completed it has no history."""
    rows = FencedArchive(archives[0]).archive.sql(
        "SELECT id FROM articles WHERE headline_from = 'body' OR published_from = 'id' OR published_at IS NULL"
    )
    return {row["id"] for row in rows}


def black(record):
    """A record without the white space of its text: an edit of that alone makes no version."""
    return record | {"body_text": "".join(record["body_text"].split())}


def without(rows, ids):
    """Rows of other articles."""
    return [row for row in rows if row["id"] not in ids]


@pytest.fixture(scope="module")
def pair(archives):
    before, after, moment = archives
    return FencedArchive(before), FencedArchive(after, moment), FencedArchive(after)


def test_the_later_archive_has_more_to_hide(pair):
    before, fenced, after = pair
    assert after.edits(limit=100) != fenced.edits(limit=100) == before.edits(limit=100)
    assert after.search("240名")
    assert not before.search("240名")


@pytest.mark.parametrize("query", QUERIES)
def test_search_and_trend_see_nothing_of_after(pair, query):
    before, fenced, _ = pair
    ids = [row["id"] for row in before.search(query, limit=100)]
    assert [row["id"] for row in fenced.search(query, limit=100)] == ids
    span = {"first": "2026-06-01", "last": "2026-07-05", "by": "week"}
    assert fenced.trend(query, **span) == before.trend(query, **span)


@pytest.mark.parametrize("query", QUERIES)
def test_python_matches_as_the_index_does(archives, query):
    archive = FencedArchive(archives[1]).archive
    texts = archive.sql("SELECT id, headline, body_text FROM news ORDER BY id")
    there = {row["id"] for row in archive.sql("SELECT id FROM search WHERE q = ?", [query])}
    assert {row["id"] for row in texts if matches(query, row["headline"], row["body_text"])} == there


def test_articles_mentions_and_lists_see_nothing_of_after(pair, placeholders):
    before, fenced, after = pair
    known = before.known(limit=1000)
    assert [row["id"] for row in fenced.known(limit=1000)] == [row["id"] for row in known]
    assert without(fenced.known(limit=1000), placeholders) == without(known, placeholders)
    for row in without(known, placeholders):
        assert black(fenced.article(row["id"])) == black(before.article(row["id"]))
    later = {row["id"] for row in after.known(limit=1000)} - {row["id"] for row in known}
    for article_id in (
        *later,
        "finews:209901010000000000",
    ):  # that one of these will be there is not said, either
        with pytest.raises(UnknownArticle, match=f"holds no article '{article_id}' as of"):
            fenced.article(article_id)
    for [security] in {
        (row["security_id"],) for row in after.archive.sql("SELECT security_id FROM mentions")
    }:
        assert [row["id"] for row in fenced.mentions(security)] == [
            row["id"] for row in before.mentions(security)
        ]


def test_no_argument_looks_past_the_fence(pair):
    fenced = pair[1]
    assert fenced.known(as_of="2035-01-01", limit=1000) == fenced.known(limit=1000)
    assert fenced.search("240名", as_of="2035-01-01") == []
    assert fenced.known(as_of="2020-01-01") == []
    with pytest.raises(ValueError, match="as_of"):
        fenced.known(as_of="soon")
    with pytest.raises(ValueError, match="name a security"):
        fenced.mentions("")


# -- the server, with the SDK's own client -------------------------------------------------------------------------------

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")


def command(data_dir, *words):
    return ["-m", "scrapy", "mcp", *words, "-s", f"DATA_DIR={data_dir}"]


async def converse(server, moment):
    """Ask every tool something; their answers by name, and what went wrong."""
    async with mcp.Client(server) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"search", "article", "as_of", "trend", "mentions", "edits"}
        assert all(tool.annotations.read_only_hint for tool in tools)

        async def ask(name, **arguments):
            return await client.call_tool(name, arguments)

        listed = (await ask("as_of", moment="2035-01-01", limit=100)).structured_content["result"]
        found = (await ask("search", query="240名")).structured_content["result"]
        one = (await ask("article", id=listed[0]["id"], max_characters=100)).structured_content
        trend = (
            await ask("trend", queries=["储能"], first="2026-06-29", last="2026-06-30")
        ).structured_content["result"]
        edits = (await ask("edits", limit=100)).structured_content["result"]
        wrong = await ask("search", query="储能", since="soon")
    assert len(one["body_text"]) <= 100
    assert [row["start"] for row in trend] == ["2026-06-29", "2026-06-30"]
    assert wrong.is_error
    assert "since" in wrong.content[0].text
    return listed, found, edits


def test_over_stdio_behind_the_fence(archives, pair, placeholders):
    _, after, moment = archives
    before = pair[0]
    server = mcp.StdioServerParameters(
        command=sys.executable, args=command(after, "--as-of", moment), cwd=str(ROOT)
    )
    listed, found, edits = asyncio.run(converse(server, moment))
    assert without(listed, placeholders) == without(before.known(limit=100), placeholders)
    assert (found, edits) == ([], before.edits(limit=100))


def test_over_http(archives, pair):
    _, after, moment = archives
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, *command(after, "--http", str(port))], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
        _, found, edits = asyncio.run(converse(f"http://127.0.0.1:{port}/mcp", moment))
    finally:
        server.terminate()
        server.wait()
    assert found
    assert edits == pair[2].edits(limit=100)


def test_wrong_usage_is_said(archives, tmp_path):
    assert run_scrapy("mcp", "--as-of", "soon", "-s", f"DATA_DIR={archives[0]}").returncode == 2
    done = run_scrapy("mcp", "-s", f"DATA_DIR={tmp_path}")
    assert (done.returncode, "no archive yet" in done.stderr) == (1, True)
