"""The light check: silent where a crawl would find nothing, and never in the way of one that would find something."""

import fcntl
import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from crawler import feed_rows
from crawler.sources.finews import record_of
from tests.conftest import ROOT
from tests.newsroom.server import Article, Newsroom
from tests.scrapy_process import run_scrapy

NOON = datetime.fromisoformat("2026-06-30T12:00:00+08:00")
SCRAPY = (sys.executable, "-m", "scrapy", "crawl", "finews")
STAND_IN = (sys.executable, "-c", "import sys; print('crawling', *sys.argv[3:])", "crawl", "finews")
"""Becomes a process that tells the arguments behind ``crawl finews``: what is asked here is whether it starts."""


def story(number, **more):
    shown = NOON + timedelta(minutes=number)
    return Article(
        name=f"story-{number}",
        id=f"{shown:%Y%m%d}{(number * 7919) % 10**10:010d}",
        title=f"第{number}号快讯：港口吞吐量创新高",
        showtime=f"{shown:%Y-%m-%d %H:%M:%S}",
        source="晨光财经",
        content=f"<p>第{number}号码头今日吞吐量创下新高，达到{number + 100}万吨。</p>",
        **({"feeds": ["rolling"]} | more),
    )


@pytest.fixture
def wire():
    """A newsroom with an article a minute from noon on, at half past twelve."""
    with Newsroom([story(n) for n in range(300)]) as room:
        room.now = NOON + timedelta(minutes=30)
        yield room


def start(wire, data_dir, *more, command=STAND_IN, **settings):
    """Run preflight.py before a command; no feed is asked twice for older records, and no look is ever due."""
    given = {
        "DATA_DIR": data_dir, "FINEWS_ORIGINS": wire.origin, "FINEWS_NOW": wire.now.isoformat(), "FINEWS_COUNTS": "20",
        "FINEWS_CHECKS": "", "LOG_LEVEL": "WARNING",
    } | settings  # fmt: skip
    flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    words = [sys.executable, "-I", "-S", str(ROOT / "crawler" / "preflight.py"), "--why", *flags, "--", *command, *more]  # fmt: skip
    wire.requests.clear()
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)  # fmt: skip


@pytest.fixture
def check(wire, data_dir):
    """`start` with the test's newsroom and folder."""

    def run(*more, **settings):
        return start(wire, settings.pop("DATA_DIR", data_dir), *more, **settings)

    return run


@pytest.fixture(scope="module")
def first_crawl(tmp_path_factory):
    """A DATA_DIR after the first crawl through the check, with 20 articles archived."""
    data_dir = tmp_path_factory.mktemp("first") / "data"
    with Newsroom([story(n) for n in range(300)]) as room:
        room.now = NOON + timedelta(minutes=30)
        done = start(room, data_dir, command=SCRAPY)
    assert (done.returncode, done.stdout) == (0, "")
    assert "there is no" in done.stderr
    return data_dir


@pytest.fixture
def crawled(first_crawl, data_dir):
    """A copy of `first_crawl` as DATA_DIR."""
    shutil.copytree(first_crawl, data_dir)


def write(data_dir, sql, *params):
    with sqlite3.connect(data_dir / "archive.db") as db:
        db.execute(sql, params)
    db.close()


AS_BEFORE_DIGESTS = (
    "UPDATE feeds SET answer_sha256 = NULL, listed = (SELECT json_group_array(key) FROM json_each(listed))"
)
"""What older versions left of the poll before: which articles were listed, not what was said of them."""


def quiet(done):
    return (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("row", "ident"),
    [
        ({"infoCode": "NW202606301234567890", "id": "7"}, "202606301234567890"),
        ({"ID": 202606301234567890}, "202606301234567890"),
        ({"infoCode": "", "url_w": "http://finance.host.test/news/1345,202606301234567890.html"}, "202606301234567890"),
        ({"uniqueUrl": "http://finance.host.test/a/202606301234567890.html"}, "202606301234567890"),
        ({"id": "7", "title": "no id"}, None),
        ({"infoCode": None}, None),
        ("no record", None),
    ],
)  # fmt: skip
def test_ids_of_rows(row, ident):
    assert feed_rows.native_id(feed_rows.lower_keys(row)) == ident


@pytest.mark.parametrize(
    "row",
    [
        {"infoCode": "NW202606301234567890", "title": " 港口 扩建\n开工 "},
        {"infoCode": "NW202606301234567890", "title": "", "digest": " 【港口扩建】一期工程"},
        {"infoCode": "NW202606301234567890", "Art_Title": 7, "simdigest": "一期工程"},
        {"infoCode": "NW202606301234567890"},
    ],
)
def test_a_digest_is_that_of_the_spider(row):
    assert feed_rows.digest(feed_rows.lower_keys(row)) == record_of(row).digest()


def test_an_edited_title_starts_the_crawl(wire, crawled, check, rows):
    wire.listed("rolling")[3].title = "第26号快讯更正：港口吞吐量持平"
    done = check()
    assert "feed rolling has an edited record" in done.stderr
    assert check(command=SCRAPY).returncode == 0
    assert quiet(check())


def test_a_row_without_an_id_is_reported_once(wire, crawled, check, rows):
    answer = wire._list

    def with_a_stray_row(where, query):
        data = answer(where, query)
        if "records" in data:
            data["records"].insert(3, {"title": "专题：港口", "url": "/zt/7.html"})
        return data

    wire._list = with_a_stray_row
    done = check(command=SCRAPY)
    assert done.returncode == 3
    assert "one of its rows names no article" in done.stderr
    assert quiet(check())


def test_what_was_archived_on_another_way_is_remembered_as_listed(wire, crawled, check, data_dir, rows):
    wire.now += timedelta(minutes=3)
    assert check(command=SCRAPY).returncode == 0
    write(data_dir, AS_BEFORE_DIGESTS)
    write(data_dir, "UPDATE feeds SET listed = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(listed) LIMIT -1 OFFSET 3))")  # fmt: skip
    assert "3 records were not listed by the poll before" in check().stderr


def test_an_article_that_was_imported_from_the_older_site_is_fetched(
    wire, crawled, check, data_dir, tmp_path, rows
):
    wire.now += timedelta(minutes=1)
    [new] = [article for article in wire.articles if article.showtime == "2026-06-30 12:31:00"]
    post = tmp_path / "older" / f"2026-06-30-{new.id}.md"
    post.parent.mkdir()
    post.write_text(
        f'---\nlayout: post\ntitle: "{new.title}"\ndate: {new.showtime} +0800\ncategories: emnews\ntags: 东财滚动新闻\n---\n\n港口吞吐量增加。\n'
    )
    given = (
        "-a",
        f"path={post.parent}",
        "-s",
        f"DATA_DIR={data_dir}",
        "-s",
        f"FINEWS_NOW={wire.now.isoformat()}",
    )
    assert run_scrapy("crawl", "older_posts", *given).returncode == 0
    came_from = f"SELECT captured_from, access FROM articles WHERE id = 'finews:{new.id}'"
    assert rows(came_from) == [{"captured_from": "older_posts", "access": "preview"}]
    assert rows(f"SELECT feed FROM article_feeds WHERE article_id = 'finews:{new.id}'") == [
        {"feed": "rolling"}
    ]
    assert check().stdout.startswith("crawling")
    assert check(command=SCRAPY).returncode == 0
    assert rows(came_from) == [{"captured_from": None, "access": "open"}]
    assert quiet(check())
    # One that was saved by hand is whole: a list that names it again has it fetched no more.
    write(data_dir, "UPDATE articles SET captured_from = 'saved' WHERE id = ?", f"finews:{new.id}")
    write(data_dir, AS_BEFORE_DIGESTS)
    assert quiet(check())


def test_nothing_new_starts_no_crawl(wire, crawled, check, rows):
    wire.now += timedelta(seconds=20)
    before = rows("SELECT * FROM articles")
    assert quiet(check())
    assert len(wire.requests) == 5
    assert all("webapi" in path for path in wire.requests)
    assert rows("SELECT * FROM articles") == before
    now = wire.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    feeds = rows("SELECT * FROM feeds")
    assert {feed["feed"] for feed in feeds} == {name for name, _, _ in feed_rows.FEEDS.values()}
    assert all(feed["last_polled_at"] == feed["last_read_at"] == now for feed in feeds)


def test_the_row_of_the_watch_is_renewed_and_seen_by_status(wire, crawled, check, rows, data_dir):
    for _ in range(2):
        wire.now += timedelta(seconds=20)
        assert quiet(check())
    [row] = rows("SELECT * FROM crawls WHERE spider = 'preflight'")
    assert (row["outcome"], row["exit_status"], row["requests"]) == ("finished", 0, 5)
    assert row["bytes"] > 0
    for later, code in ((14, 0), (16, 6)):
        now = (wire.now + timedelta(minutes=later)).isoformat()
        words = [sys.executable, "-m", "scrapy", "status", "--max-age", "15m", "--min-free", "0", "-s", f"DATA_DIR={data_dir}", "-s", f"FINEWS_NOW={now}"]  # fmt: skip
        assert subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60).returncode == code


def test_news_start_the_crawl_with_its_arguments(wire, crawled, check, rows):
    wire.now += timedelta(minutes=3)
    done = check("-a", "feeds=rolling,media", "-s", "POST_FLAVOUR=hugo")
    assert "3 records are new" in done.stderr
    words = done.stdout.split()
    assert words[:5] == ["crawling", "-a", "feeds=rolling,media", "-s", "POST_FLAVOUR=hugo"]
    assert f"FINEWS_ORIGINS={wire.origin}" in words
    assert check(command=SCRAPY).returncode == 0
    assert rows("SELECT count(*) AS n FROM articles") == [{"n": 23}]
    assert quiet(check())


def test_the_exit_status_is_the_crawls(wire, crawled, check):
    wire.now += timedelta(minutes=3)
    assert check(command=(sys.executable, "-c", "raise SystemExit(65)", "crawl", "finews")).returncode == 65


def test_an_archive_that_another_crawl_holds_is_75_without_a_request(wire, crawled, check, data_dir):
    wire.now += timedelta(minutes=3)
    with open(data_dir / ".lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = check()
    assert (done.returncode, done.stdout, done.stderr) == (75, "", "")
    assert wire.requests == []


def test_the_started_crawl_can_take_the_lock(wire, crawled, check):
    wire.now += timedelta(minutes=3)
    assert check(command=SCRAPY).returncode == 0


def test_a_feed_that_does_not_overlap_starts_the_crawl(wire, crawled, check, data_dir):
    write(data_dir, "UPDATE feeds SET listed = ? WHERE feed = 'rolling'", json.dumps(["202601010000000001"]))
    done = check()
    assert "does not overlap" in done.stderr
    assert done.stdout.startswith("crawling")


@pytest.mark.parametrize(
    "fault",
    ["503", "404", "html", "reset", "truncate", "wrongkey", "nullkey", "gzipbomb", "redirect:/elsewhere"],
)
def test_a_feed_that_cannot_be_read_starts_the_crawl(wire, crawled, check, fault):
    wire.fail("/web/webapi", fault)
    assert check().stdout.startswith("crawling")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE checks SET next_check_at = '2026-06-30T04:29:59Z'", "checks are due"),
        ("INSERT INTO gaps (feed, from_at, to_at, opened_at, tries) VALUES ('rolling', '2026-06-30T01:00:00Z', '2026-06-30T02:00:00Z', '2026-06-30T04:15:00Z', 2)", "a gap is due"),
        ("INSERT INTO links (url, article_id, outcome, tries, first_tried_at, last_tried_at) VALUES ('http://h.test/', 'finews:1', 'failed', 2, '2026-06-30T04:00:00Z', '2026-06-30T04:20:00Z')", "failed links are due"),
        ("UPDATE feeds SET failures = 1 WHERE feed = 'media'", "a feed was not read"),
        ("DELETE FROM feeds WHERE feed = 'media'", "a feed was not read"),
        ("UPDATE crawls SET finished_at = NULL, outcome = NULL", "was killed"),
        ("DROP TABLE checks", "no such table"),
        ("DELETE FROM article_feeds WHERE article_id = (SELECT max(article_id) FROM article_feeds)", "1 records are new"),
        ("UPDATE articles SET headline_from = 'body' WHERE arrival = 7", "1 records are new"),
        ("UPDATE articles SET published_from = 'id' WHERE arrival = 7", "1 records are new"),
    ],
)  # fmt: skip
def test_what_else_starts_the_crawl(wire, crawled, check, data_dir, sql, why):
    write(data_dir, sql)
    if "new" in why:
        write(data_dir, AS_BEFORE_DIGESTS)
    done = check()
    assert why in done.stderr
    assert done.stdout.startswith("crawling")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE checks SET next_check_at = '2026-06-30T04:30:01Z'",
        "INSERT INTO gaps (feed, from_at, to_at, opened_at, tries) VALUES ('rolling', '2026-06-30T01:00:00Z', '2026-06-30T02:00:00Z', '2026-06-30T04:20:01Z', 2)",
        "INSERT INTO links (url, article_id, outcome, tries, first_tried_at, last_tried_at) VALUES ('http://h.test/', 'finews:1', 'failed', 2, '2026-06-30T04:00:00Z', '2026-06-30T04:20:01Z')",
        "INSERT INTO links (url, article_id, outcome, tries, first_tried_at, last_tried_at) VALUES ('http://h.test/', 'finews:1', 'unknown_site', 1, '2026-06-30T04:00:00Z', '2026-06-30T04:00:00Z')",
    ],
)  # fmt: skip
def test_what_is_not_due_yet_does_not(wire, crawled, check, data_dir, sql):
    write(data_dir, sql)
    assert quiet(check())


def test_an_article_that_could_not_be_had_waits_for_its_next_try(wire, crawled, check):
    wire.now += timedelta(minutes=1)
    wire.fail("/NewsData/", "404")
    assert check(command=SCRAPY).returncode == 3
    wire.now += timedelta(seconds=30)
    assert quiet(check())
    wire.now += timedelta(minutes=10)
    assert check().stdout.startswith("crawling")


@pytest.mark.parametrize("more", [("-a", "since=2026-06-01"), ("-a", "feeds=rolling,weather")])
def test_arguments_that_it_does_not_know_start_the_crawl(wire, crawled, check, more):
    assert check(*more).stdout.startswith("crawling")
    assert wire.requests == []


def test_other_commands_are_simply_started(wire, crawled, check):
    done = check(command=(sys.executable, "-c", "print('crawling')", "crawl", "share"))
    assert done.stdout == "crawling\n"


def test_each_origin_is_asked(wire, crawled, check):
    with Newsroom([story(n) for n in range(300)]) as second:
        second.now = wire.now
        assert quiet(check(FINEWS_ORIGINS=f"{wire.origin}, {second.origin}/"))
        assert len(wire.requests) == len(second.requests) == 5
        assert quiet(check("-a", f"origin={second.origin}", "-a", "feeds=rolling,37"))
        assert (wire.requests, len(second.requests)) == ([], 7)
        second.now += timedelta(minutes=1)
        assert check(FINEWS_ORIGINS=f"{wire.origin},{second.origin}").stdout.startswith("crawling")


def test_a_health_check_is_told(wire, crawled, check):
    assert quiet(check(HEALTHCHECK_URL=f"{wire.origin}/ping/abc"))
    assert wire.requests[-1] == "/ping/abc/0"
    assert quiet(check(HEALTHCHECK_URL="http://127.0.0.1:9/ping"))


def test_a_folder_with_odd_characters(wire, check, data_dir, tmp_path):
    data_dir = tmp_path / "数据 100%?#1"
    assert check(command=SCRAPY, DATA_DIR=data_dir).returncode == 0
    assert quiet(check(DATA_DIR=data_dir))


@pytest.mark.parametrize("words", [[], ["--"], ["scrapy", "crawl", "finews"], ["-x", "--", "true"]])
def test_wrong_usage(words):
    run = [sys.executable, "-I", "-S", str(ROOT / "crawler" / "preflight.py"), *words]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr[:6]) == (2, "usage:")


def test_it_imports_nothing_but_the_standard_library():
    code = (
        "import sys; sys.argv = ['p']; exec(compile(open(%r).read(), 'p', 'exec'), {'__name__': 'p', '__file__': %r});"
        " print({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names) - {'__main__'})"
    ) % ((str(ROOT / "crawler" / "preflight.py"),) * 2)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")
