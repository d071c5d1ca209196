"""scrapy source: what a site offers, what is followed, whether it is alive, what would be archived."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crawler.test_source_crawls import LINES, NOON
from tests.newsroom.portals import Portals
from tests.scrapy_process import run_scrapy

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def portals() -> Iterator[Portals]:
    with Portals() as portals:
        yield portals


@pytest.fixture
def source(portals: Portals, tmp_path: Path) -> Run:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        flags = {
            "DATA_DIR": tmp_path,
            "CONNECT_TO": portals.everywhere,
            "DOWNLOAD_VERIFY_CERTIFICATES": False,
            "FINEWS_NOW": NOON.isoformat(),
        }
        return run_scrapy(
            "source", *words, *(part for key, value in flags.items() for part in ("-s", f"{key}={value}"))
        )

    return run


def entries(folder: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((folder / "sources.toml").read_text())


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("https://paper.test/", {"paper": {"url": "https://paper.test/feed.xml"}}),
        ("paper.test", {"paper": {"url": "https://paper.test/feed.xml"}}),
        ("https://paper.test/feed.xml", {"paper": {"url": "https://paper.test/feed.xml"}}),
        ("https://desk.test/", {"desk": {"url": "https://desk.test/sitemap.xml"}}),
        ("https://wire.test/feed.json", {"wire": {"url": "https://wire.test/feed.json"}}),
        ("https://list.test/", {"list": {"url": "https://list.test/"}}),
        ("https://www.cls.cn/telegraph", {"cls": {"channels": ["telegraph", "1000"]}}),
        ("nbd", {"nbd": {"channels": ["1161"]}}),
    ],
)
def test_add_finds_what_a_site_offers(source, tmp_path, url, entry):
    done = source("add", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert entries(tmp_path) == entry


def test_add_keeps_what_is_given(source, tmp_path):
    assert (
        source(
            "add", "https://list.test/", "--name", "docks", "--publisher", "港报", "--links", "ul a"
        ).returncode
        == 0
    )
    assert entries(tmp_path) == {"docks": {"url": "https://list.test/", "publisher": "港报", "links": "ul a"}}


def test_add_says_why_nothing_was_found(source, tmp_path):
    done = source("add", "https://nobody.test/")
    assert done.returncode == 3
    assert "https://nobody.test/ offers nothing that can be followed: the server answered 404" in done.stderr
    assert not (tmp_path / "sources.toml").exists()


def test_list_tells_how_each_is_followed(source, tmp_path):
    (tmp_path / "sources.toml").write_text(LINES)
    out = source("list").stdout
    assert "paper                          every   900 s  never read" in out
    assert "built in, to be named by -a sources= or added: " in out
    assert [row["feed"] for row in json.loads(source("list", "--json").stdout)] == [
        "paper",
        "desk",
        "wire",
        "list",
    ]


def test_opml_out_and_in(source, tmp_path):
    (tmp_path / "sources.toml").write_text(LINES)
    opml = source("list", "--opml").stdout
    (tmp_path / "sources.toml").unlink()
    file = tmp_path / "subscriptions.opml"
    file.write_text(opml)
    assert source("add", str(file)).stdout.startswith("4 sources added")
    assert entries(tmp_path)["paper"] == {"url": "https://paper.test/feed.xml", "publisher": "早报"}
    assert source("add", str(file)).stdout.startswith("0 sources added")


def test_check_names_the_newest_record_and_what_is_wrong(source, tmp_path):
    (tmp_path / "sources.toml").write_text(
        LINES + '[gone]\nurl = "https://gone.test/feed"\n[odd]\nurl = "https://paper.test/robots.txt"\n'
    )
    done = source("check")
    assert done.returncode == 3
    lines = {line[:30].strip(): line[31:] for line in done.stdout.splitlines()}
    assert lines["paper"] == "3 records, newest 3h ago"
    assert lines["list"] == "3 records, no times"
    assert lines["gone"].startswith("the server answered 404")
    assert "lists no article" in lines["odd"]


def test_headers_of_a_source_are_sent(source, portals, tmp_path):
    (tmp_path / "sources.toml").write_text(
        '[paper]\nurl = "https://paper.test/feed.xml"\nheaders = { "X-Key" = "s3cret" }\n'
    )
    assert source("check").returncode == 0
    assert portals.headers["X-Key"] == "s3cret"


def test_what_is_followed_is_not_added_again(source, tmp_path):
    text = '[ports]\nchannels = { all = "https://paper.test/feed.xml" }\n'
    (tmp_path / "sources.toml").write_text(text)
    done = source("add", "https://paper.test/")
    assert (done.returncode, done.stderr) == (0, "")
    assert "https://paper.test/feed.xml is followed already, as [ports] in " in done.stdout
    assert (tmp_path / "sources.toml").read_text() == text


def test_check_of_one_channel(source):
    done = source("check", "cls/telegraph", "--json")
    assert json.loads(done.stdout) == [
        {"feed": "cls/telegraph", "records": 3, "newest_at": "2026-11-22T00:02:00Z", "problem": None}
    ]


def test_test_shows_what_would_be_archived_and_stores_nothing(source, tmp_path):
    rows = [json.loads(line) for line in source("test", "cls/telegraph", "--json").stdout.splitlines()]
    assert [(row["verdict"], row["id"]) for row in rows] == [
        ("flash", f"cls:{2600000 + n}") for n in (102, 101, 100)
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "source what?"),
        (["add"], "source add: give one URL"),
        (["test"], "source test: give one NAME"),
        (["list", "x"], "source list: unexpected argument 'x'"),
        (["test", "papr"], "no source is called papr"),
        (["check", "cls/x"], "cls has no channel 'x'"),
    ],
)
def test_wrong_usage_is_one_line(source, words, problem):
    done = source(*words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert problem in done.stderr


def test_what_cannot_be_written_leaves_the_sources_as_they_were(source, tmp_path):
    source("add", "cls")
    before = (tmp_path / "sources.toml").read_text()
    (tmp_path / "sources.toml.part").mkdir()
    done = source("add", "sina")
    assert done.returncode == 73
    assert "sources.toml cannot be written: " in done.stderr
    assert (tmp_path / "sources.toml").read_text() == before
