"""Alerts of real crawls to a real receiver."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.receiver import Receiver
from tests.scrapy_process import run_scrapy


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def watch(data_dir, newsroom):
    def run(*words):
        settings = ("-s", f"DATA_DIR={data_dir}", "-s", f"FINEWS_NOW={newsroom.now.isoformat()}")
        return run_scrapy("watch", *words, *settings)

    return run


def test_hits_edits_and_withdrawals_of_crawls_go_out_once(newsroom, crawl, rows, receiver, watch, data_dir):
    done = watch("add", "--name", "all", "--on", "new,edit,withdrawal,trouble", "--to", receiver.url)
    assert done.returncode == 0, done.stderr
    receiver.stop()
    done = crawl("finews", LOG_LEVEL="WARNING")
    assert done.returncode == 0, "an alert that waits is no fault of the crawl"
    assert "not delivered" in done.stderr
    assert "hook-of-a-test" not in done.stderr
    assert b"hook-of-a-test" not in (data_dir / "archive.db").read_bytes()
    receiver.start()
    newsroom.now += timedelta(hours=1)
    crawl("finews")
    headlines = Counter(row["headline"] for row in rows("SELECT headline FROM articles"))
    assert Counter(line for line in receiver.text.splitlines() if line in headlines) == headlines
    before = len(receiver.messages)
    newsroom.now += timedelta(days=2)
    crawl("finews")
    news = receiver.messages[before:]
    edited = Counter(
        row["new_headline"] for row in rows("SELECT * FROM revision_changes WHERE NOT withdrawn")
    )
    gone = rows("SELECT headline FROM articles WHERE withdrawn_at IS NOT NULL")
    assert edited
    assert gone
    assert len(news) == 1
    assert all(receiver.text.count(f"edited: {headline}\n") == number for headline, number in edited.items())
    assert all(receiver.text.count(f"withdrawn: {row['headline']}\n") == 1 for row in gone)
    crawl("finews")
    watch("send")
    assert receiver.messages[before:] == news
    assert rows("SELECT count(*) AS n FROM alerts WHERE sent_at IS NULL") == [{"n": 0}]


def test_a_crawl_that_fails_is_reported_and_so_is_its_recovery(newsroom, crawl, receiver, watch):
    assert crawl("finews").returncode == 0
    assert watch("add", "--on", "trouble", "--to", receiver.url).returncode == 0
    newsroom.fail("/", "503")
    newsroom.now += timedelta(hours=1)
    assert crawl("finews").returncode == 69
    assert "ended with 69" in receiver.text
    newsroom.mend()
    newsroom.now += timedelta(hours=1)
    assert crawl("finews").returncode in (0, 3)
    assert "over: the last scheduled crawl" in receiver.text


def test_the_command(crawl, newsroom, receiver, watch, rows, data_dir):
    assert "none in" in watch("test", "x").stderr
    assert watch("log").returncode == 1
    assert watch("add", "--to", receiver.url).returncode == 2
    assert "Apprise" in watch("add", "储能", "--to", "nowhere").stderr
    for words, wrong in (
        (("--to", receiver.url, "--every", "5"), "every: '5' is not a time span"),
        ((), "give --to URL"),
    ):
        done = watch("add", "储能", *words)
        assert (done.returncode, done.stderr.startswith(f"scrapy watch: watch add: {wrong}")) == (2, True), (
            done.stderr
        )
    assert (
        watch("add", "储能", "--security", "600160", "--to", receiver.url, "--every", "15m").returncode == 0
    )
    shown = watch("list").stdout
    assert "储能, 600160; on new; to json" in shown
    assert "hook-of-a-test" not in shown
    assert crawl("share", f"url={newsroom.share_link(newsroom.articles[0])}").returncode == 0
    assert "archived articles match" in watch("test", "储能").stdout
    done = watch("test", "储能", "--send")
    assert done.returncode == 0, done.stderr
    assert receiver.messages == [("储能: a test", "This destination receives alerts of finews-archive.")]
    assert watch("send").stdout == "0 new alerts, 0 sent, 0 waiting\n"
    assert watch("log").returncode == 0
    assert watch("remove", "储能").returncode == 0
    assert watch("remove", "储能").returncode == 2
    assert "no watches" in watch("list").stdout
