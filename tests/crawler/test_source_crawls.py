"""All sources polled again and again: everything once, nothing twice, gaps proven and filled, edits and withdrawals seen."""

from __future__ import annotations

import csv
import json
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from archive.feed_state import GONE_TRIES
from archive.reader_marks import add_links
from tests.newsroom.portals import BEGIN, PARTS, PORTALS, Portals, Reply, text_of
from tests.scrapy_process import ROOT, run_scrapy

CHANNELS = {
    "eastmoney": "344", "cls": "telegraph", "sina": "7x24", "wallstreetcn": "lives", "jin10": "28", "10jqka": "flash", "gelonghui": "lives",
    "nbd": "1161", "cninfo": "announcements",
}  # fmt: skip
FEEDS = {name: f"{name}/{CHANNELS[name]}" if name in CHANNELS else name for name in PORTALS}
LINES = """
[paper]
url = "https://paper.test/feed.xml"
publisher = "早报"

[desk]
url = "https://desk.test/sitemap.xml"

[wire]
url = "https://wire.test/feed.json"
publisher = "通讯社"

[list]
url = "https://list.test/"
"""
MORE = {"10jqka": 55, "gelonghui": 18, "nbd": 85, "list": 33, "paper": 7}
"""Stories published between two polls, more than the newest page holds."""
GOES_BACK = [name for name in PORTALS if name not in ("nbd", "paper", "list", "desk")]
"""Sources whose lists have further pages; that of desk is whole."""
WHOLE = ["cls", "sina", "wallstreetcn", "10jqka", "gelonghui", "wire"]
"""Sources whose lists carry the text."""
NOON = BEGIN + timedelta(hours=4)


@dataclass
class World:
    """The portals, an archive, and what each crawl did."""

    portals: Portals
    folder: Path
    runs: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    details: dict[str, list[str]] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)

    def crawl(
        self, name: str, minutes: int, sources: str = ",".join(FEEDS.values()), **settings: Any
    ) -> None:
        self.portals.asked.clear()
        given = {
            "DATA_DIR": self.folder, "CONNECT_TO": self.portals.everywhere, "DOWNLOAD_VERIFY_CERTIFICATES": False, "RETRY_TIMES": 0,
            "FINEWS_NOW": (NOON + timedelta(minutes=minutes)).isoformat(), "AUTOTHROTTLE_ENABLED": False, "LOG_LEVEL": "WARNING",
        } | settings  # fmt: skip
        flags = [part for key, value in given.items() for part in ("-s", f"{key}={value}")]
        self.runs[name] = run_scrapy("crawl", "feeds", "-a", f"sources={sources}", *flags)
        self.details[name] = self.portals.details_asked()
        self.asked[name] = list(self.portals.asked)
        self.seen[name] = {
            "counts": self.counts(),
            "gaps": {row["feed"]: row for row in self.rows("SELECT * FROM gaps")},
            "feeds": {row["feed"]: row for row in self.rows("SELECT * FROM feeds")},
        }

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        db = sqlite3.connect(self.folder / "archive.db")
        db.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in db.execute(sql, params)]
        finally:
            db.close()

    def counts(self) -> dict[str, int]:
        """Archived articles by list."""
        sql = "SELECT feed, count(*) AS n FROM article_feeds GROUP BY feed"
        try:
            return {row["feed"]: row["n"] for row in self.rows(sql)}
        except sqlite3.OperationalError:  # the archive is being made
            return {}

    def one(self, portal: str, number: int) -> dict[str, Any]:
        """The article of a portal's story."""
        sql = "SELECT n.* FROM news n JOIN article_feeds f ON f.article_id = n.id WHERE f.feed = ? AND n.headline LIKE ?"
        [row] = self.rows(sql, FEEDS[portal], f"%第{number}号%")
        return row


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "sources.toml").write_text(LINES)
    with Portals() as portals:
        world = World(portals, folder)
        world.crawl("first", 0)
        world.crawl("again", 1)
        for name in PORTALS:
            portals.publish(name, MORE.get(name, 9))
        portals.publish("cls", 1, "advert")
        portals.publish("jin10", 1, "locked")
        portals.publish("sina", 1, "deleted")
        world.crawl("gap", 2, SOURCE_PAGES=1)
        world.crawl("filled", 20)
        world.crawl("quiet", 21)
        later = NOON + timedelta(minutes=30)
        for name in PORTALS:
            story = portals.stories[name][-3]
            if name != "cninfo":
                portals.edit(
                    story, text_of(name, story.number) + "\n更正：上文数字有误，实际为八百一十二个。", later
                )
        portals.stories["sina"][-4].kind = "deleted"
        world.crawl("edited", 90)
        yield world


def test_the_first_poll_archives_what_is_listed(world):
    assert world.runs["first"].stderr == ""
    assert world.seen["first"]["counts"] == dict.fromkeys(FEEDS.values(), 3)


@pytest.mark.parametrize("portal", PORTALS)
def test_a_story_is_archived_with_the_words_of_its_list(world, portal):
    article = world.one(portal, 101)
    assert article["published_at"] == "2026-11-22T00:01:00Z"
    assert article["kind"] == (
        "document" if portal == "cninfo" else "flash" if portal in WHOLE and portal != "wire" else "article"
    )
    expected = "Announcement number 101" if portal == "cninfo" else "标段建成后将增加1318个岗位"
    assert expected in article["body_text"]


@pytest.mark.parametrize(
    ("portal", "number", "tags", "importance"),
    [
        ("cls", 101, ["港口航运", PARTS[5]], 1),
        ("cls", 102, ["港口航运", PARTS[6]], 0),
        ("sina", 101, [PARTS[5]], None),
        ("list", 101, [PARTS[5]], None),  # of its page: the list states none
        ("gelonghui", 101, [], 0),
    ],
)
def test_tags_and_importance_are_those_that_the_source_states(world, portal, number, tags, importance):
    article = world.one(portal, number)
    assert json.loads(article["tags"] or "[]") == tags
    assert article["importance"] == importance


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_tags_and_importance_are_exported(world, tmp_path, suffix):
    file, story = tmp_path / f"articles.{suffix}", world.portals.stories["cls"][1]
    done = run_scrapy("export", str(file), "-s", f"DATA_DIR={world.folder}")
    assert (done.returncode, done.stderr) == (0, "")
    if suffix == "csv":
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    elif suffix == "jsonl":
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    else:
        rows = parquet.read_table(file).to_pylist()
    [row] = [row for row in rows if row["headline"] == story.title and row["site"] == "cls"]
    tags = json.loads(row["tags"]) if suffix == "csv" else row["tags"]
    assert (tags, int(row["importance"])) == (["港口航运", story.part], 1)


def test_one_story_of_many_sources_is_one_group(world):
    numbers = [world.one(name, 100)["story_id"] for name in PORTALS if name != "cninfo"]
    assert len(set(numbers)) == 1


def test_a_second_poll_asks_for_no_article(world):
    assert world.details["again"] == []
    assert world.runs["again"].returncode == 0


def test_a_second_poll_changes_nothing(world):
    assert world.seen["again"]["counts"] == world.seen["first"]["counts"]


@pytest.mark.parametrize("portal", [name for name in PORTALS if name != "desk"])
def test_a_gap_is_proven(world, portal):
    gap = world.seen["gap"]["gaps"][FEEDS[portal]]
    assert gap["filled_at"] is None
    assert "do not reach back to the poll before" in gap["reason"]


def test_a_whole_list_leaves_no_gap(world):
    assert world.seen["gap"]["counts"]["desk"] == 12
    assert "desk" not in world.seen["gap"]["gaps"]


@pytest.mark.parametrize("portal", GOES_BACK)
def test_a_gap_is_filled_by_a_later_poll(world, portal):
    gap = world.seen["filled"]["gaps"][FEEDS[portal]]
    assert gap["filled_at"] == "2026-11-22T04:20:00Z"
    open_stories = len(world.portals.stories[portal]) - {"cls": 1, "sina": 1}.get(portal, 0)
    assert world.seen["filled"]["counts"][FEEDS[portal]] == open_stories


@pytest.mark.parametrize("portal", ["nbd", "paper", "list"])
def test_a_gap_behind_the_only_page_is_reported_once(world, portal):
    gap = world.seen["gap"]["gaps"][FEEDS[portal]]
    assert (gap["filled_at"], gap["final_at"]) == (None, "2026-11-22T04:02:00Z")
    assert gap["reason"].endswith("the list goes no further back")
    assert world.seen["quiet"]["gaps"][FEEDS[portal]] == gap, "it is not tried again"
    assert world.runs["quiet"].returncode == 0


def test_no_story_is_archived_twice(world):
    doubled = world.rows(
        "SELECT f.feed, a.headline, count(*) AS n FROM articles a JOIN article_feeds f ON f.article_id = a.id GROUP BY 1, 2 HAVING n > 1"
    )
    assert doubled == []


def test_a_poll_without_news_asks_for_lists_alone(world):
    assert world.details["quiet"] == []


@pytest.mark.parametrize("portal", [name for name in PORTALS if name != "cninfo"])
def test_an_edit_is_a_revision(world, portal):
    story = world.portals.stories[portal][-3]
    article = world.one(portal, story.number)
    assert article["revision"] == 2
    assert "实际为八百一十二个" in article["body_text"]


def test_a_story_that_the_list_marks_as_deleted_is_withdrawn(world):
    story = world.portals.stories["sina"][-4]
    article = world.one("sina", story.number)
    assert article["withdrawn_at"] == "2026-11-22T05:30:00Z"
    assert f"第{story.number}标段" in article["body_text"]


def test_what_was_deleted_before_it_was_seen_is_not_archived(world):
    [story] = [
        story
        for story in world.portals.stories["sina"]
        if story.kind == "deleted" and story is not world.portals.stories["sina"][-4]
    ]
    assert world.rows("SELECT 1 FROM articles WHERE headline LIKE ?", f"%第{story.number}号%:sina%") == []


def test_an_advert_is_not_archived(world):
    number = world.portals.stories["cls"][-1].number
    assert (
        world.rows("SELECT 1 FROM articles WHERE site = 'cls' AND headline LIKE ?", f"%第{number}号%") == []
    )


def test_an_article_for_subscribers_is_archived_as_what_is_public(world):
    article = world.one("jin10", world.portals.stories["jin10"][-1].number)
    assert article["access"] == "preview"
    assert article["body_text"] == world.portals.stories["jin10"][-1].text[:30]


def test_neither_readers_nor_staff_are_in_the_archive(world):
    stored = (world.folder / "archive.db").read_bytes()
    assert b"staff.example" not in stored
    assert "路人甲".encode() not in stored


def test_a_feed_that_is_as_before_is_answered_by_304(world):
    again = world.seen["again"]["feeds"]["paper"]
    assert re.fullmatch('"[0-9a-f]{40}"', again["etag"])
    assert world.seen["first"]["feeds"]["paper"]["answer_sha256"] == again["answer_sha256"]
    assert again["last_read_at"] == "2026-11-22T04:01:00Z"


# -- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "sources.toml").write_text(LINES)
    with Portals() as portals:
        yield World(portals, tmp_path)


def test_an_outdated_client_is_reported_with_the_setting_to_change(small):
    small.portals.outdated.add("cls")
    small.crawl("outdated", 0, "cls/telegraph,paper")
    assert small.runs["outdated"].returncode == 65
    assert "set CLS_SV" in small.runs["outdated"].stderr
    assert small.seen["outdated"]["counts"] == {"paper": 3}


def test_an_empty_list_is_an_error_and_is_asked_again(small):
    small.crawl("first", 0, "cls/telegraph")
    small.portals.empty.add("cls")
    small.crawl("empty", 1, "cls/telegraph")
    small.crawl("empty again", 2, "cls/telegraph")
    assert [small.runs[name].returncode for name in ("empty", "empty again")] == [65, 65]
    assert "answered an empty list, without an error" in small.runs["empty again"].stderr
    assert small.seen["empty again"]["feeds"]["cls/telegraph"]["failures"] == 2
    assert (
        small.seen["empty again"]["feeds"]["cls/telegraph"]["listed"]
        == small.seen["first"]["feeds"]["cls/telegraph"]["listed"]
    )


def test_an_article_that_fails_is_tried_again_after_the_list_has_moved_on(small):
    portals = small.portals
    lost = portals.stories["paper"][1]
    failing = f"/story/{lost.number}"
    answer = portals.reply
    portals.reply = lambda host, target, form: (
        type(answer("x", "/", {}))(b"", status=503) if target == failing else answer(host, target, form)
    )  # type: ignore[method-assign]
    small.crawl("failed", 0, "paper")
    assert small.runs["failed"].returncode == 3
    portals.reply = answer  # type: ignore[method-assign]
    portals.publish("paper", 4)
    small.crawl("too early", 2, "paper")
    assert small.seen["too early"]["counts"] == {"paper": 6}
    small.crawl("due", 9, "paper")
    assert small.one("paper", lost.number)["headline"] == lost.title
    assert small.rows("SELECT * FROM pending_records") == []


@pytest.mark.parametrize(("status", "tries"), [(503, 0), (404, GONE_TRIES - 1)])
def test_a_list_is_passed_over_as_unchanged_though_an_article_of_it_cannot_be_had(small, status, tries):
    portals, answer = small.portals, small.portals.reply
    lost = portals.stories["paper"][1]
    portals.reply = lambda host, target, form: (
        Reply(b"", status=status) if target == f"/story/{lost.number}" else answer(host, target, form)
    )  # type: ignore[method-assign]
    small.crawl("first", 0, "paper")
    if tries:
        conn = sqlite3.connect(small.folder / "archive.db")
        with conn:  # it was asked for often, and is due again
            conn.execute("UPDATE links SET tries = ?, last_tried_at = '2026-11-21T00:00:00Z'", [tries])
        conn.close()
        small.crawl("last", 1, "paper")
        assert small.rows("SELECT tries FROM links") == [{"tries": GONE_TRIES}]
    small.crawl("later", 2, "paper")
    assert small.asked["later"] == ["paper.test/robots.txt", "paper.test/feed.xml"]
    assert "If-None-Match" in portals.headers
    assert all(json.loads(small.seen["later"]["feeds"]["paper"]["listed"]).values())
    assert [row["outcome"] for row in small.rows("SELECT outcome FROM links")] == [
        "unreachable" if status == 503 else "gone"
    ]


def test_a_feed_that_is_too_large_is_reported_with_the_setting_to_change(small):
    small.crawl("large", 0, "paper", DOWNLOAD_MAXSIZE=300)
    assert small.runs["large"].returncode == 69
    assert "over the limit of DOWNLOAD_MAXSIZE" in small.runs["large"].stderr


def test_a_back_fill_goes_from_since_to_until(small):
    small.portals.publish("cls", 20)
    until, since = BEGIN + timedelta(minutes=15), BEGIN + timedelta(minutes=6)
    run = (
        "crawl",
        "feeds",
        "-a",
        "sources=cls/telegraph",
        "-a",
        f"since={since:%Y-%m-%d %H:%M}",
        "-a",
        f"until={until:%Y-%m-%d %H:%M}",
    )
    flags = {
        "DATA_DIR": small.folder,
        "CONNECT_TO": small.portals.everywhere,
        "DOWNLOAD_VERIFY_CERTIFICATES": False,
        "FINEWS_NOW": NOON.isoformat(),
    }
    done = run_scrapy(*run, *(part for key, value in flags.items() for part in ("-s", f"{key}={value}")))
    assert done.returncode == 0
    times = [row["published_at"] for row in small.rows("SELECT published_at FROM articles ORDER BY 1")]
    assert (times[0], times[-1], len(times)) == ("2026-11-22T00:06:00Z", "2026-11-22T00:14:00Z", 9)
    small.crawl("as ever", 1, "cls/telegraph")
    assert (small.seen["as ever"]["gaps"], small.seen["as ever"]["counts"]) == ({}, {"cls/telegraph": 14})


def test_what_is_due_is_polled_where_no_source_is_named(small):
    small.crawl("first", 0, "")
    small.crawl("early", 5, "")
    small.crawl("due", 16, "")
    hosts = {
        name: {address.partition("/")[0] for address in small.asked[name]} - {""}
        for name in ("first", "early", "due")
    }
    sites = {"paper.test", "desk.test", "wire.test", "list.test"}
    assert hosts == {"first": sites, "early": set(), "due": sites}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["-a", "sources=papr"], "no source is called papr; there are paper, desk, wire, list, "),
        (["-a", "sources=cls/nothing"], "cls has no channel 'nothing'"),
        (["-a", "sources=cls", "-a", "since=someday"], "since=someday is not a date"),
        (["-a", "sources=cls", "-a", "since=2026-02-02", "-a", "until=2026-02-01"], "is an empty range"),
        (["-a", "sources=cls", "-a", "every=often"], "every=often: 'often' is not a time span"),
    ],
)
def test_wrong_usage_is_one_line(small, words, problem):
    done = run_scrapy("crawl", "feeds", *words, "-s", f"DATA_DIR={small.folder}")
    assert done.returncode == 2
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1


# -- a crawl that stays ---------------------------------------------------------------------------------------------


def wait_for(holds: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Return once *holds*; fail where the process ends first."""
    deadline = time.monotonic() + 60
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing happened for a minute"
        threading.Event().wait(0.05)


def test_a_crawl_that_stays_polls_on_and_lets_others_write_between(small):
    flags = {
        "DATA_DIR": small.folder,
        "CONNECT_TO": small.portals.everywhere,
        "DOWNLOAD_VERIFY_CERTIFICATES": False,
    }
    words = [part for key, value in flags.items() for part in ("-s", f"{key}={value}")]
    stays = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "feeds",
        "-a",
        "sources=paper,gelonghui",
        "-a",
        "every=1s",
        *words,
        "-s",
        "LOG_LEVEL=WARNING",
    ]
    polled = LINES.replace(
        'url = "https://paper.test/feed.xml"', 'url = "https://paper.test/feed.xml"\ninterval = "1s"'
    )
    (small.folder / "sources.toml").write_text(polled)
    noted = small.folder / "errors.txt"
    with noted.open("w") as errors:
        process = subprocess.Popen(stays, cwd=ROOT, stderr=errors, stdout=subprocess.PIPE, text=True)

    def between_rounds(*command: str) -> None:
        done = run_scrapy(*command, *words)
        while done.returncode == 75:  # a round was under way
            done = run_scrapy(*command, *words)
        assert (done.returncode, done.stderr) == (0, "")

    try:
        wait_for(lambda: small.counts().get("paper") == 3, process)
        small.portals.publish("paper", 1)
        wait_for(lambda: small.counts().get("paper") == 4, process)
        between_rounds(
            "crawl", "share", "-a", f"url=https://list.test/story/{small.portals.stories['list'][0].number}"
        )
        # What needs no request has an outcome, too; sources.toml is read again once it can be.
        [taken_down] = small.rows("SELECT id, share_url FROM articles WHERE id GLOB '*list.test*'")
        between_rounds("forget", taken_down["id"])
        add_links(small.folder / "archive.db", [taken_down["share_url"]], datetime.now(UTC))
        wait_for(lambda: small.rows("SELECT 1 FROM links WHERE outcome = 'dropped'"), process)
        (small.folder / "sources.toml").write_text("[")
        wait_for(lambda: "rounds are left out until it can be read" in noted.read_text(), process)
        (small.folder / "sources.toml").write_text(polled)
        small.portals.publish("paper", 1)
        wait_for(lambda: small.counts().get("paper") == 5, process)
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert len(noted.read_text().splitlines()) == 1
    [row] = small.rows("SELECT * FROM crawls WHERE spider = 'feeds'")
    assert (row["outcome"], row["exit_status"], row["articles_new"]) == ("finished", 0, 8)
