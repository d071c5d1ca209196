"""Sources and the operator: the schedule's line, the light check before it, lists that run dry, sources of plug-ins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from scrapy.utils.test import get_crawler

from archive.list_habits import find_short_lists, find_silent_lists
from archive.list_state import ListMemory, ListState
from archive.reader import open_for_reading
from archive.schema import open_archive
from archive.source_coverage import format_sources, read_sources
from archive.terminal import painter
from archive.times import utc_text
from crawler.middlewares.host_breaker import ROUND_STARTED, HostBreakerMiddleware
from pipelines.fetch_errors import HostTripped
from tests.new_archive import lay_archive
from tests.scrapy_process import ROOT, run_scrapy

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Beijing, a Tuesday


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """A DATA_DIR whose only list was polled five minutes ago, and is due again in ten."""
    file = tmp_path / "sources.toml"
    file.write_text('[paper]\nurl = "https://paper.test/feed.xml"\n')
    os.utime(file, (NOW.timestamp() - 3600, NOW.timestamp() - 3600))
    lay_archive(tmp_path, captures=False)
    conn = open_archive(tmp_path / "archive.db")
    memory = ListMemory(
        "paper",
        "paper",
        {"a": "1"},
        None,
        utc_text(NOW - timedelta(minutes=5)),
        utc_text(NOW + timedelta(minutes=10)),
    )
    state = ListState(conn)
    state.save([memory])
    state.follow(["paper"], utc_text(NOW - timedelta(minutes=5)))
    conn.close()
    return tmp_path


def light_check(folder: Path, minutes: int = 0, *words: str) -> subprocess.CompletedProcess[str]:
    """The check with ``echo`` in the place of Scrapy: what it prints is what would have been started."""
    now = (NOW + timedelta(minutes=minutes)).isoformat()
    check = [
        sys.executable,
        "-I",
        "-S",
        str(ROOT / "crawler" / "preflight.py"),
        "--why",
        "-s",
        f"DATA_DIR={folder}",
        "-s",
        f"FINEWS_NOW={now}",
    ]
    return subprocess.run(
        [*check, "--", "echo", "crawl", "feeds", *words], capture_output=True, text=True, check=False
    )


def test_nothing_is_started_while_no_list_is_due(followed):
    done = light_check(followed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("minutes", "words", "sql", "reason"),
    [
        (11, [], "SELECT 1", "a list is due"),
        (0, ["-a", "sources=cls"], "SELECT 1", "a command that this check does not know"),
        (
            0,
            [],
            "UPDATE feeds SET followed_at = '2026-11-24T02:00:00Z'",
            "sources.toml was written after the last crawl of all its sources",
        ),
        (0, [], "UPDATE feeds SET last_polled_at = '2026-11-25T04:00:00Z'", "a list is due"),
        (
            0,
            [],
            "INSERT INTO crawls (id, spider, started_at) VALUES ('1', 'feeds', '2026-11-24T03:00:00Z')",
            "the last crawl was killed",
        ),
    ],
)
def test_a_crawl_is_started_where_there_is_something_to_do(followed, minutes, words, sql, reason):
    conn = open_archive(followed / "archive.db")
    with conn:
        conn.execute(sql)
    conn.close()
    done = light_check(followed, minutes, *words)
    assert done.stdout.startswith("crawl feeds")
    assert reason in done.stderr


def test_the_schedule_follows_the_sources_of_the_file(followed):
    done = run_scrapy("schedule", "cron", "-s", f"DATA_DIR={followed}")
    assert "crawl feeds -s LOG_LEVEL=WARNING" in done.stdout
    (followed / "sources.toml").unlink()
    assert (
        "crawl finews -s LOG_LEVEL=WARNING"
        in run_scrapy("schedule", "cron", "-s", f"DATA_DIR={followed}").stdout
    )


def listed(folder: Path, by_day: dict[int, int]) -> None:
    """Articles that a list named so many days ago."""
    conn = open_archive(folder / "archive.db")
    with conn:
        for days, count in by_day.items():
            moment = utc_text(NOW - timedelta(days=days))
            for n in range(count):
                ident = f"web:{days}-{n}"
                conn.execute(
                    "INSERT INTO articles (id, arrival, site, headline, headline_from, first_seen_at, retrieved_at, text_sha256, story_id)"
                    " VALUES (?, (SELECT coalesce(max(arrival), 0) + 1 FROM articles), 'web', 'h', 'feed', ?, ?, 'x', ?)",
                    [ident, moment, moment, ident],
                )
                conn.execute("INSERT INTO article_feeds VALUES (?, 'paper', ?)", [ident, moment])
    conn.close()


@pytest.mark.parametrize(
    ("yesterday", "expected"),
    [(20, []), (11, []), (9, [9]), (0, [0])],
)
def test_a_list_that_brings_half_of_its_weekday_is_named(followed, yesterday, expected):
    # The list was first read 29 days ago; Mondays had 20 articles each.
    listed(followed, {29: 3, 22: 20, 15: 20, 8: 20, 7: 4, 1: yesterday})
    conn = open_archive(followed / "archive.db")
    assert [row["count"] for row in find_short_lists(conn, NOW)] == expected
    conn.close()


@pytest.mark.parametrize(("hours", "is_silent"), [(10, False), (70, False), (80, True)])
def test_a_list_whose_newest_article_grows_old_is_named(followed, hours, is_silent):
    """Its articles came every six hours, and once after a day."""
    conn = open_archive(followed / "archive.db")
    newest = NOW - timedelta(hours=hours)
    with conn:
        for n in range(20):
            at = utc_text(newest - timedelta(hours=6 * n + (18 if n > 9 else 0)))
            conn.execute(
                "INSERT INTO articles (id, arrival, site, headline, headline_from, published_at, first_seen_at, retrieved_at, text_sha256)"
                " VALUES (?, ?, 'paper', '标题', 'feed', ?, ?, ?, '')",
                [f"paper:{n}", n + 1, at, at, at],
            )
            conn.execute("INSERT INTO article_feeds VALUES (?, 'paper', ?)", [f"paper:{n}", at])
        conn.execute("UPDATE feeds SET newest_at = ?, failures = 0 WHERE feed = 'paper'", [utc_text(newest)])
    silent = find_silent_lists(conn, NOW)
    assert [row["feed"] for row in silent] == (["paper"] if is_silent else [])
    if is_silent:
        assert silent[0]["longest"].total_seconds() == pytest.approx(24 * 3600, abs=2)
    conn.close()


def test_status_reports_it_by_name(followed):
    listed(followed, {29: 3, 22: 20, 15: 20, 8: 20, 1: 2})
    done = run_scrapy(
        "status", "--min-free", "0", "-s", f"DATA_DIR={followed}", "-s", f"FINEWS_NOW={NOW.isoformat()}"
    )
    assert done.returncode == 4
    assert "feed paper listed 2 articles on 2026-11-23; 20 are usual" in " ".join(done.stdout.split())


PLUGIN = """
from crawler.sources import Channel, Listing, ListRequest, Record, Source


class Harbour(Source):
    name = "harbour"
    channels = {"all": Channel("All", is_default=True)}

    def requests(self, channel, cursor, window):
        return [ListRequest(url="https://harbour.test/list")]

    def read(self, response, channel, cursor):
        return Listing(records=[Record(key="1", url="https://harbour.test/1")])
"""


def test_coverage_shows_each_list_and_names_what_is_wrong(followed):
    listed(followed, {29: 3, 22: 20, 15: 20, 8: 20, 1: 2, 0: 1})
    conn = open_archive(followed / "archive.db")
    with conn:
        conn.execute(
            "INSERT INTO feeds (feed, source, last_polled_at, listed, failures, reason)"
            " VALUES ('desk/a', 'desk', '2026-11-24T03:00:00Z', '{}', 3, 'an unknown shape')"
        )
    conn.close()
    conn = open_for_reading(followed)
    report = read_sources(conn, NOW, 10)
    conn.close()
    assert [source["source"] for source in report["sources"]] == ["desk", "paper"]
    desk, paper = (source["lists"][0] for source in report["sources"])
    assert (paper["articles"], paper["yesterday"], paper["usual"]) == (23, 2, 20)
    assert paper["problems"] == ["feed paper listed 2 articles on 2026-11-23; 20 are usual for that weekday"]
    assert desk["problems"] == ["feed desk/a failed 3 times in a row, last read never"]
    lines = format_sources(report, NOW, painter(False))
    assert lines[1].split() == ["desk/a", "0", "0", "-", "-", "-"]
    assert lines[2:4] == [f"  {desk['problems'][0]}", "  an unknown shape"]
    assert lines[4].split()[:4] == ["paper", "23", "2", "20"]


def test_coverage_by_source_is_a_command(followed):
    flags = ("-s", f"DATA_DIR={followed}", "-s", f"FINEWS_NOW={NOW.isoformat()}")
    assert "\npaper " in run_scrapy("coverage", "--by", "source", *flags).stdout
    printed = json.loads(run_scrapy("coverage", "--by", "source", "--json", *flags).stdout)
    assert printed["sources"][0]["lists"][0]["last_read_at"] == "2026-11-24T03:55:00Z"


def test_a_package_can_offer_a_source(followed):
    (followed / "harbour_source.py").write_text(PLUGIN)
    info = followed / "harbour_source-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour-source\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[finews_archive.sources]\nharbour = harbour_source:Harbour\n")
    env = os.environ | {"PYTHONPATH": str(followed)}
    done = run_scrapy("source", "list", "-s", f"DATA_DIR={followed}", env=env)
    assert done.stdout.rstrip().endswith(", harbour")


def test_a_host_that_was_given_up_is_asked_again_in_the_next_round():
    crawler = get_crawler(settings_dict={"BREAKER_FAILURES": 1})
    crawler.stats = StatsCollector(crawler)
    breaker = HostBreakerMiddleware.from_crawler(crawler)
    dead, failing = Request("http://dead.test/"), Request("http://failing.test/")
    breaker.process_exception(dead, CannotResolveHostError("dead.test"))
    breaker.process_response(failing, Response(failing.url, status=503))
    for request in (dead, failing):
        with pytest.raises((CannotResolveHostError, HostTripped)):
            breaker.process_request(request)
    crawler.signals.send_catch_log(ROUND_STARTED)
    assert [breaker.process_request(request) for request in (dead, failing)] == [None, None]
