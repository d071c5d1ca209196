"""Scheduled crawls lose nothing and say so when they do: overlap, gaps, healing, edits, with a clock of the newsroom's."""

import os
import signal
import time
from datetime import datetime, timedelta

import pytest

from tests.newsroom.server import Article, Newsroom
from tests.scrapy_process import run_scrapy, start_scrapy

NOON = datetime.fromisoformat("2026-06-30T12:00:00+08:00")


def story(number: int, minutes: int, feeds=("rolling",)) -> Article:
    """An article shown *minutes* after noon."""
    shown = NOON + timedelta(minutes=minutes)
    return Article(
        name=f"story-{number}",
        id=f"{shown:%Y%m%d}{(number * 7919) % 10**10:010d}",  # ids are not in order of time
        title=f"第{number}号快讯：港口吞吐量创新高",
        showtime=f"{shown:%Y-%m-%d %H:%M:%S}",
        source="晨光财经",
        content=f"<p>第{number}号码头今日吞吐量创下新高，达到{number + 100}万吨。</p>",
        feeds=list(feeds),
    )


@pytest.fixture
def wire():
    """A newsroom with an article a minute from noon on, 300 of them, at half past twelve."""
    with Newsroom([story(n, n) for n in range(300)]) as room:
        room.now = NOON + timedelta(minutes=30)
        yield room


@pytest.fixture
def poll(wire, data_dir):
    """Runs ``scrapy crawl finews`` against the wire with small windows: 20 records, then 50."""

    def run(*args, **settings):
        given = {
            "DATA_DIR": data_dir, "FINEWS_ORIGINS": wire.origin, "FINEWS_NOW": wire.now.isoformat(), "FINEWS_COUNTS": "20,50",
            "RETRY_BACKOFF": 0.01,
        } | settings  # fmt: skip
        words = [part for word in args for part in ("-a", word)]
        flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        return run_scrapy("crawl", "finews", "-a", "feeds=rolling", *words, *flags)

    return run


def archived(rows) -> int:
    return rows("SELECT count(*) AS n FROM articles")[0]["n"]


def test_a_poll_that_overlaps_asks_once(wire, poll, rows):
    assert poll().returncode == 0
    assert archived(rows) == 20
    wire.now += timedelta(minutes=5)
    wire.requests.clear()
    assert poll().returncode == 0
    assert archived(rows) == 25
    assert len(wire.asked("/web/webapi")) == 1
    assert len(wire.asked("/NewsData/")) == 5
    assert rows("SELECT * FROM gaps") == []


def test_a_poll_that_does_not_overlap_asks_deeper(wire, poll, rows):
    poll()
    wire.now += timedelta(minutes=40)
    wire.requests.clear()
    assert poll().returncode == 0
    assert archived(rows) == 60
    assert len(wire.asked("/web/webapi")) == 2
    assert wire.asked("/comm/") == []


def test_beyond_the_window_the_public_list_closes_the_gap(wire, poll, rows):
    poll()
    wire.now += timedelta(minutes=120)
    run = poll()
    assert run.returncode == 0, run.stderr
    assert archived(rows) == 151
    assert rows("SELECT * FROM gaps") == []


def test_a_hole_that_cannot_be_closed_is_told_and_filled_later(wire, poll, rows):
    poll()
    known = rows("SELECT newest_at FROM feeds")[0]["newest_at"]
    wire.now += timedelta(minutes=120)
    wire.fail("/comm/", "404")
    run = poll()
    assert run.returncode == 3
    assert "gap" in run.stderr
    [gap] = rows("SELECT * FROM gaps")
    assert (gap["feed"], gap["from_at"], gap["filled_at"]) == ("rolling", known, None)
    assert gap["to_at"] > gap["from_at"]
    assert gap["reason"]
    assert archived(rows) == 70
    wire.mend()
    wire.now += timedelta(minutes=10)
    run = poll()
    assert run.returncode == 0, run.stderr
    assert rows("SELECT filled_at FROM gaps")[0]["filled_at"] is not None
    assert archived(rows) == 161


def test_back_filling_by_hand(wire, poll, rows):
    wire.now = NOON + timedelta(minutes=250)
    assert poll("since=2026-06-30 13:00").returncode == 0
    shown = [row["published_at"] for row in rows("SELECT published_at FROM articles ORDER BY published_at")]
    assert len(shown) >= 191
    assert shown[0] <= "2026-06-30T05:00:00Z"
    wire.requests.clear()
    assert poll("since=2026-06-30 13:00").returncode == 0
    assert wire.asked("/NewsData/") == [], "what is there is not asked for again"


def test_ids_out_of_order_stop_nothing(wire, poll, rows):
    poll()
    wire.now += timedelta(minutes=3)
    late = story(999, 32)
    late.id = "202606300000000001"
    wire.articles.append(late)
    wire.by_id[late.id] = late
    wire._newest_first.insert(0, late)
    poll()
    assert rows("SELECT * FROM articles WHERE id = ?", f"finews:{late.id}")


def test_killed_before_the_articles_came_they_are_not_forgotten(wire, poll, rows, data_dir):
    """The list was read, the crawl killed: the next poll must not take that list for known."""
    poll()
    wire.now += timedelta(minutes=30)
    wire.fail("/NewsData/", "hang")
    wire.requests.clear()
    child = start_scrapy(
        "crawl", "finews", "-a", "feeds=rolling", "-s", f"DATA_DIR={data_dir}", "-s", "FINEWS_COUNTS=20,50",
        "-s", f"FINEWS_ORIGINS={wire.origin}", "-s", f"FINEWS_NOW={wire.now.isoformat()}",
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not wire.asked("/NewsData/") and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    wire.mend()
    wire.now += timedelta(minutes=30)
    assert poll().returncode == 0
    assert archived(rows) == 91, "all that was shown by then"
    assert rows("SELECT outcome FROM crawls WHERE outcome = 'interrupted'")


def test_an_incomplete_record_is_archived_at_once_and_completed_later(newsroom, crawl, rows, data_dir):
    article = newsroom["empty-record-then-complete"]
    crawl("finews")
    [row] = rows("SELECT * FROM articles WHERE id = ?", f"finews:{article.id}")
    assert row["published_from"] == "id"
    first = row["post_path"]
    newsroom.now += timedelta(minutes=15)
    newsroom.requests.clear()
    crawl("finews")
    [row] = rows("SELECT * FROM articles WHERE id = ?", f"finews:{article.id}")
    assert (row["headline"], row["headline_from"], row["published_from"]) == (article.title, "feed", "feed")
    assert row["revision"] == 1
    assert [path.name for path in data_dir.rglob(f"*{article.id}.md")] == [first.rpartition("/")[2]]


def test_twins_are_one_article_in_all_their_feeds(newsroom, crawl, rows):
    crawl("finews")
    article = newsroom["twin-in-rolling-and-media"]
    feeds = {
        row["feed"]
        for row in rows("SELECT feed FROM article_feeds WHERE article_id = ?", f"finews:{article.id}")
    }
    assert feeds == set(article.feeds)
    assert len(newsroom.asked(newsroom.detail_path(article))) == 1


def test_sources_that_disagree_are_all_kept(newsroom, crawl, rows):
    crawl("finews")
    key = f"finews:{newsroom['sources-that-disagree'].id}"
    named = {
        row["origin"]: row["name"]
        for row in rows("SELECT * FROM article_publishers WHERE article_id = ?", key)
    }
    assert len(set(named.values())) > 1
    [row] = rows("SELECT publisher FROM articles WHERE id = ?", key)
    assert row["publisher"] == (named.get("feed") or named["body"])


def test_nothing_new_costs_no_article_and_writes_nothing(newsroom, crawl, rows, data_dir):
    crawl("finews")
    before = rows("SELECT id, revision, retrieved_at, body_html FROM news")
    posts = {path: path.stat().st_mtime_ns for path in data_dir.rglob("*.md")}
    newsroom.requests.clear()
    assert crawl("finews").returncode == 0
    assert newsroom.asked("/NewsData/") == newsroom.asked("/img/") == []
    assert rows("SELECT id, revision, retrieved_at, body_html FROM news") == before
    assert {path: path.stat().st_mtime_ns for path in data_dir.rglob("*.md")} == posts


def test_an_edit_is_found_by_the_plan_and_kept_as_a_revision(newsroom, crawl, rows):
    crawl("finews")
    article = newsroom["edited-once"]
    key = f"finews:{article.id}"
    [before] = rows("SELECT * FROM news WHERE id = ?", key)
    newsroom.now += timedelta(minutes=30)
    crawl("finews")
    [after] = rows("SELECT * FROM news WHERE id = ?", key)
    assert (before["revision"], after["revision"]) == (1, 2)
    assert "240名" in after["body_text"]
    [old] = rows("SELECT * FROM revisions WHERE article_id = ?", key)
    assert old["body_text"] == before["body_text"]
    assert "240" in old["changes"]


def test_an_edit_of_white_space_is_none(newsroom, crawl, rows):
    crawl("finews")
    key = f"finews:{newsroom['edited-by-one-space'].id}"
    newsroom.now += timedelta(days=8)
    crawl("finews")
    assert rows("SELECT revision FROM articles WHERE id = ?", key)[0]["revision"] == 1


def test_a_withdrawn_article_stays_as_a_version(newsroom, crawl, rows):
    crawl("finews")
    key = f"finews:{newsroom['withdrawn-later'].id}"
    [before] = rows("SELECT * FROM news WHERE id = ?", key)
    newsroom.now += timedelta(days=8)
    crawl("finews")
    [after] = rows("SELECT * FROM news WHERE id = ?", key)
    assert after["withdrawn_at"] is not None
    assert after["body_text"] == before["body_text"]
    assert (
        rows("SELECT body_text FROM revisions WHERE article_id = ?", key)[0]["body_text"]
        == before["body_text"]
    )


def test_checks_grow_rarer_and_ask_on_condition(newsroom, crawl, rows):
    crawl("finews")
    assert len({row["next_check_at"] for row in rows("SELECT next_check_at FROM checks")}) == 1
    newsroom.now += timedelta(minutes=11)
    newsroom.requests.clear()
    crawl("finews")
    assert len(newsroom.asked("/NewsData/")) >= 60
    assert rows("SELECT max(articles_unchanged) AS n FROM crawls")[0]["n"] < 10, "304 brings no article"
    newsroom.requests.clear()
    crawl("finews")
    assert newsroom.asked("/NewsData/") == []
    newsroom.now += timedelta(days=30)
    crawl("finews")
    waiting = rows(
        "SELECT id FROM articles WHERE id IN (SELECT article_id FROM checks WHERE next_check_at IS NOT NULL)"
    )
    assert waiting == rows("SELECT id FROM articles WHERE published_from = 'id'"), (
        "what is incomplete is checked on"
    )


def test_a_feed_that_changed_its_shape(newsroom, crawl, rows):
    newsroom.fail("/web/webapi", "wrongkey")
    run = crawl("finews")
    assert run.returncode == 65
    assert "no list" in run.stderr
    assert rows("SELECT failures FROM feeds WHERE feed = 'rolling'")[0]["failures"] == 1
    assert rows("SELECT * FROM articles"), "the market feeds are read all the same"


def test_no_feed_answers(newsroom, crawl, rows):
    newsroom.fail("/", "503")
    run = crawl("finews", RETRY_BACKOFF=0.01)
    assert run.returncode == 69
    assert len(run.stderr.splitlines()) <= 20


@pytest.mark.parametrize(
    ("fault", "outcome"), [("html", "unreadable"), ("500", "unreachable"), ("404", "gone")]
)
def test_an_article_that_could_not_be_had_heals(wire, poll, rows, fault, outcome):
    lost = wire.articles[30]
    wire.fail(wire.detail_path(lost), fault)
    assert poll().returncode == 3
    assert rows("SELECT outcome FROM links")[0]["outcome"] == outcome
    wire.requests.clear()
    assert poll().returncode == 0, "not yet due for another try"
    assert wire.asked(wire.detail_path(lost)) == []
    wire.mend()
    wire.now += timedelta(minutes=25)
    assert poll().returncode == 0
    assert rows("SELECT * FROM articles WHERE id = ?", f"finews:{lost.id}")
    assert rows("SELECT outcome, tries FROM links") == [{"outcome": "archived", "tries": 2}]


def test_a_source_that_fails_is_left_alone(wire, poll, rows):
    wire.fail("/NewsData/", "500")
    run = poll(RETRY_TIMES=0, CONCURRENT_REQUESTS=1)
    assert run.returncode == 69 or run.returncode == 3
    assert len(wire.asked("/NewsData/")) == 10
    assert {row["outcome"] for row in rows("SELECT outcome FROM links")} == {"unreachable"}
    assert len(rows("SELECT * FROM links")) == 20


def test_robots_txt_is_obeyed(newsroom, crawl, rows):
    newsroom.robots = "User-agent: *\nDisallow: /NewsData/"
    run = crawl("share", f"url={newsroom.share_link('plain-market-report')}")
    assert rows("SELECT outcome, reason FROM links")[0]["outcome"] == "refused"
    assert "robots.txt" in run.stderr
    assert (
        crawl("share", f"url={newsroom.share_link('plain-market-report')}", ROBOTSTXT_OBEY="False").returncode
        == 0
    )


def test_a_time_limit_ends_cleanly(wire, poll, rows):
    wire.now = NOON + timedelta(minutes=250)
    wire.fail(wire.detail_path(wire.articles[249]), "hang")
    run = poll(CLOSESPIDER_TIMEOUT=3, DOWNLOAD_TIMEOUT=6, RETRY_TIMES=0)
    assert "Traceback" not in run.stderr
    assert archived(rows) >= 1
    assert rows("SELECT finished_at FROM crawls")[0]["finished_at"]


@pytest.mark.parametrize(
    "args", [("origin=nothing",), ("feeds=rolling,sports",), ("since=someday",), ("orgin=http://a.example",)]
)
def test_wrong_usage(crawl, args):
    run = crawl("finews", *args)
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1


def test_the_health_check_hears_the_end(newsroom, crawl):
    crawl("finews", HEALTHCHECK_URL=f"{newsroom.origin}/ping")
    assert newsroom.asked("/ping") == ["/ping/start", "/ping/0"]
