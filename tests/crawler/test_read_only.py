"""An archive on a disk that cannot be written: all that reads it works, all that writes says so in a line."""

import asyncio
import os
import shutil
import sqlite3
import subprocess

import httpx
import pytest

from archive.web.app import application, datasette_on
from tests.crawler.replaying import run
from tests.newsroom.server import Newsroom
from tests.scrapy_process import run_scrapy

CANNOT_WRITE = 73


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A DATA_DIR of one article, and the article's id."""
    data = tmp_path_factory.mktemp("kept") / "data"
    with Newsroom() as room:
        served = room["plain-market-report"]
        given = {
            "DATA_DIR": data,
            "FINEWS_ORIGINS": room.origin,
            "FINEWS_PLACES": "",
            "FINEWS_NOW": room.now.isoformat(),
        }
        flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        assert run_scrapy("crawl", "share", "-a", f"url={room.share_link(served)}", *flags).returncode == 0
    return data, f"finews:{served.id}"


def freeze(folder, place):
    """Have *place* show *folder*, which cannot be written there; how to undo it."""
    if os.geteuid():
        shutil.copytree(folder, place)
        place.chmod(0o555)
        return lambda: place.chmod(0o755)
    place.mkdir()
    if subprocess.run(["mount", "--bind", folder, place], capture_output=True).returncode:
        pytest.skip("no mount here")
    subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
    return lambda: subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def frozen(kept, tmp_path):
    undo = freeze(kept[0], tmp_path / "frozen")
    yield tmp_path / "frozen"
    undo()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["verify"], "sound: 1 article, 0 images, 2 captures; the search index was passed over"),
        (["status"], "1 post"),
        (["diff", "ARTICLE"], "unchanged since"),
        (["reparse", "--dry-run"], "1 article read again: 0 would change"),
        (["export", "OUT/articles.csv"], "1 article"),
        (["export", "OUT/captures.warc"], "2 captures"),
        (["backup", "OUT/copy"], "1 article"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_reads_it_works(kept, frozen, tmp_path, words, answer):
    given = [word.replace("OUT", str(tmp_path)).replace("ARTICLE", kept[1]) for word in words]
    done = run(*given, data_dir=frozen)
    assert answer in done.stdout, done.stdout + done.stderr
    assert done.stderr == ""


def test_it_is_served(frozen):
    async def ask():
        datasette = datasette_on(frozen / "archive.db", allow_sql=True)
        return await datasette.client.get("/archive/articles.json?_shape=array")

    assert len(asyncio.run(ask()).json()) == 1


def test_an_archive_that_is_replaced_is_no_longer_served(kept, tmp_path):
    """A server that went on would show the old one, and keep marks in the new."""
    shutil.copy(kept[0] / "archive.db", tmp_path)
    shutil.copy(kept[0] / "archive.db", tmp_path / "new.db")

    async def ask():
        _, app = application(tmp_path / "archive.db", None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://archive") as client:
            before = await client.get("/archive/articles.json")
            (tmp_path / "new.db").rename(tmp_path / "archive.db")
            return before, await client.get("/archive/articles.json")

    before, after = asyncio.run(ask())
    assert (before.status_code, after.status_code) == (200, 503)
    assert "removed or replaced" in after.text


@pytest.mark.parametrize(
    "words", [["verify", "--repair"], ["reparse"], ["manifest"], ["forget", "finews:1"]], ids=" ".join
)
def test_what_writes_it_says_that_it_cannot(frozen, words):
    done = run(*words, data_dir=frozen)
    assert (done.returncode, done.stdout) == (CANNOT_WRITE, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(frozen) in done.stderr


def test_what_a_write_ahead_log_holds_cannot_be_read_there(kept, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(kept[0], data)
    conn = sqlite3.connect(data / "archive.db")
    conn.execute("PRAGMA wal_autocheckpoint = 0")
    conn.execute("CREATE TABLE further (id)")
    shutil.copy(data / "archive.db-wal", tmp_path / "log")
    conn.close()
    shutil.copy(tmp_path / "log", data / "archive.db-wal")
    undo = freeze(data, tmp_path / "frozen")
    try:
        for command in ("verify", "status"):
            done = run(command, data_dir=tmp_path / "frozen")
            assert (done.returncode, done.stdout) == (1, "")
            assert "archive.db-wal, and cannot be read where" in done.stderr
    finally:
        undo()
