"""``scrapy status``: real archives, the real command as a process, the number that a monitor acts on."""

import fcntl
import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.schema import open_archive
from archive.terminal import display_width
from tests.new_archive import lay_archive
from tests.scrapy_process import ROOT, run_scrapy

NOW = datetime.fromisoformat("2026-06-30T10:00:00+00:00")  # 18:00 in Beijing


def at(**before) -> str:
    """A time of the archive, so long before `NOW`."""
    return (NOW - timedelta(**before)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def insert(conn, table, **row):
    marks = ", ".join(f":{name}" for name in row)
    with conn:
        conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def add_article(conn, number, **more):
    row = {
        "id": f"finews:20260630{number:010d}", "arrival": number, "site": "finews", "headline": f"第{number}号：港口吞吐量创新高",
        "headline_from": "feed", "publisher": "晨光财经", "published_at": at(minutes=5), "published_precision": "second",
        "published_from": "feed", "first_seen_at": at(minutes=4), "retrieved_at": at(minutes=4), "text_sha256": "0" * 64,
    } | more  # fmt: skip
    insert(conn, "articles", **row)
    insert(conn, "texts", article_id=row["id"], body_html="<p>好。</p>", body_text="好。")


def add_crawl(conn, spider="finews", *, minutes=3, **more):
    row = {
        "id": f"{spider}-{minutes}", "spider": spider, "started_at": at(minutes=minutes), "finished_at": at(minutes=minutes, seconds=-20),
        "outcome": "finished", "exit_status": 0, "articles_new": 7,
    } | more  # fmt: skip
    insert(conn, "crawls", **row)


def run(command, data_dir, *args, **env):
    """The command as a process, in *env* only."""
    flags = ["-s", f"DATA_DIR={data_dir}", "-s", f"FINEWS_NOW={NOW.isoformat()}"]
    return run_scrapy(command, *flags, *args, env={"PATH": "/usr/bin:/bin", **env}, text=False)


def status(data_dir, *args):
    """Exit status and JSON object."""
    done = run("status", data_dir, "--json", "--min-free", "0", *args)
    assert done.stderr == b""
    found = json.loads(done.stdout)
    assert found["exit_status"] == done.returncode
    assert found["healthy"] == (done.returncode == 0)
    return done.returncode, found


@pytest.fixture
def archive(data_dir):
    """A healthy archive, open."""
    data_dir.mkdir()
    lay_archive(data_dir, captures=False)
    conn = open_archive(data_dir / "archive.db")
    add_article(conn, 1)
    add_crawl(conn)
    insert(conn, "feeds", feed="rolling", last_polled_at=at(minutes=3), last_read_at=at(minutes=3), newest_at=at(minutes=5))  # fmt: skip
    yield conn
    conn.close()


def test_no_archive_is_said_and_nothing_is_made(data_dir):
    done = run("status", data_dir)
    assert (done.returncode, done.stdout) == (1, b"")
    assert f"no archive yet: there is no {data_dir}/archive.db" in done.stderr.decode()
    assert not data_dir.exists()


@pytest.mark.parametrize(
    "command",
    [["status"], ["verify"], ["report"], ["export", "x.csv"], ["forget", "finews:1"], ["backup", "dest"]],
)
def test_a_data_dir_that_is_a_file(tmp_path, command):
    file = tmp_path / "data"
    file.touch()
    name, *args = command
    done = run(name, file, *args)
    assert (done.returncode, done.stdout) == (1, b"")
    assert f"{file} is not a folder" in done.stderr.decode()


def test_a_file_that_is_no_archive(data_dir):
    data_dir.mkdir()
    (data_dir / "archive.db").write_bytes(b"not a database, just some bytes\n" * 40)
    done = run("status", data_dir, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"][0]["exit_status"] == 1
    assert len(done.stderr.splitlines()) == 1


def test_healthy(archive, data_dir):
    code, found = status(data_dir, "--max-age", "15m")
    assert (code, found["problems"], found["running"]) == (0, [], None)
    assert found["articles"]["count"] == 1
    assert found["articles"]["newest"]["publisher"] == "晨光财经"
    assert found["runs"][0]["articles_new"] == 7


def test_reading_leaves_nothing_beside_an_archive_at_rest(archive, data_dir):
    archive.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    archive.close()
    before = {path.name: path.read_bytes() for path in data_dir.iterdir()}
    assert list(before) == ["archive.db"]
    assert status(data_dir)[0] == 0
    assert {path.name: path.read_bytes() for path in data_dir.iterdir()} == before


def test_rows_that_a_crawl_has_only_just_written_are_seen(archive, data_dir):
    add_article(archive, 2)
    assert (data_dir / "archive.db-wal").stat().st_size > 0
    assert status(data_dir)[1]["articles"]["count"] == 2


def test_open_gaps_are_3_and_filled_ones_nothing(archive, data_dir):
    hole = {"feed": "rolling", "to_at": at(hours=1), "opened_at": at(minutes=30), "tries": 2}
    insert(archive, "gaps", from_at=at(hours=3), filled_at=at(minutes=5), **hole)
    assert status(data_dir)[0] == 0
    insert(archive, "gaps", from_at=at(hours=2), reason="no list reaches back that far", **hole)
    code, found = status(data_dir)
    assert code == 3
    assert [gap["from_at"] for gap in found["gaps"]] == [at(hours=2)]


@pytest.mark.parametrize(("failures", "code"), [(2, 0), (3, 4)])
def test_a_feed_that_keeps_failing_is_4(archive, data_dir, failures, code):
    insert(archive, "feeds", feed="media", last_polled_at=at(minutes=3), failures=failures, reason="the server answered 503")  # fmt: skip
    assert status(data_dir)[0] == code


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({"exit_status": 3, "reason": "1 of 8 links failed: 1 gone"}, 0),
        ({"exit_status": 65, "reason": "1 list feed answered in a shape we do not know"}, 5),
        ({"exit_status": 70, "outcome": "failed"}, 5),
        ({"exit_status": None, "finished_at": None, "outcome": None}, 5),  # killed
    ],
)
def test_a_last_crawl_that_failed_is_5(archive, data_dir, end, code):
    add_crawl(archive, minutes=2, **end)
    assert status(data_dir)[0] == code
    add_crawl(archive, minutes=1)
    assert status(data_dir)[0] == 0  # the next one heals it


def test_a_share_link_that_failed_does_not_alarm(archive, data_dir):
    add_crawl(archive, "share", minutes=1, exit_status=69)
    assert status(data_dir, "--max-age", "15m")[0] == 0


def test_the_dead_mans_switch_is_6(archive, data_dir):
    assert status(data_dir, "--max-age", "3m")[0] == 0
    assert status(data_dir, "--max-age", "2m")[0] == 6
    add_crawl(archive, "share", minutes=1)
    assert status(data_dir, "--max-age", "2m")[0] == 6  # by hand: says nothing of the schedule
    add_crawl(archive, "preflight", minutes=1)
    assert status(data_dir, "--max-age", "2m")[0] == 0


def test_without_scheduled_crawls_any_crawl_counts(archive, data_dir):
    with archive:
        archive.execute("DELETE FROM crawls")
    assert status(data_dir, "--max-age", "1d")[0] == 6
    add_crawl(archive, "share", minutes=90)
    assert status(data_dir, "--max-age", "2h")[0] == 0


def test_a_full_disk_is_7_and_the_highest_counts(archive, data_dir):
    done = run("status", data_dir, "--min-free", "999999T", "--max-age", "1m")
    assert done.returncode == 7
    said = done.stdout.decode()
    assert "  7  " in said
    assert "  6  " in said


def test_damaged_captures_are_1(archive, data_dir):
    (data_dir / "captures.db").write_bytes(b"no database" * 1000)
    code, found = status(data_dir)
    assert (code, found["problems"][0]["problem"]) == (
        1,
        "captures.db cannot be read: file is not a database; scrapy verify says more",
    )


def test_a_crawl_that_runs_is_shown(archive, data_dir):
    add_crawl(archive, minutes=1, exit_status=None, finished_at=None, outcome=None)
    with open(data_dir / ".lock", "w") as lock:
        lock.write("pid 4711, since 2026-06-30T09:59:00Z, scrapy crawl finews\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, found = status(data_dir)
        assert (code, found["runs"][0]["outcome"]) == (0, "running")
        assert found["running"] == "pid 4711, since 2026-06-30T09:59:00Z, scrapy crawl finews"
    code, found = status(data_dir)  # the lock is free: it was killed
    assert (code, found["running"], found["runs"][0]["outcome"]) == (5, None, "interrupted")


def test_failing_links_by_cause(archive, data_dir):
    for number, (ended, minutes) in enumerate([("gone", 50), ("gone", 9), ("failed", 7), ("archived", 1)]):
        insert(archive, "links", url=f"http://host.test/{number}", outcome=ended, reason=f"原因{number}", first_tried_at=at(minutes=99), last_tried_at=at(minutes=minutes))  # fmt: skip
    add_article(archive, 2, headline_from="body")
    insert(archive, "article_images", article_id="finews:202606300000000001", position=1, url="http://host.test/a.jpg", status="failed")  # fmt: skip
    code, found = status(data_dir)
    assert code == 0  # told, and tried again by later crawls: no alarm
    assert [(link["outcome"], link["count"]) for link in found["links"]] == [("gone", 2), ("failed", 1)]
    assert found["links"][0]["latest"] == {"url": "http://host.test/1", "reason": "原因1"}
    assert found["images"] == {"stored": 0, "failed": 1, "refused": 0}
    assert found["articles"]["incomplete"] == 1


def test_the_report_fits_a_terminal_and_chinese_is_aligned(archive, data_dir):
    add_crawl(archive, minutes=2, exit_status=65, reason="很长的原因" * 30)
    add_article(archive, 2, headline="标题" * 60, published_at=at(minutes=1))
    done = run("status", data_dir, "--min-free", "0", LANG="C", PYTHONIOENCODING="utf-8")
    said = done.stdout.decode()
    assert "标题标题标…" in said
    assert "\x1b[" not in said
    assert max(display_width(line) for line in said.splitlines() if str(data_dir) not in line) <= 80


def test_a_terminal_without_chinese_gets_escapes(archive, data_dir):
    done = run("status", data_dir, "--min-free", "0", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u6e2f\\u53e3" in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--max-age", "soon"], "'soon' is not a time span"),
        (["--min-free", "x"], "not a size"),
        (["--jason"], "status: unexpected argument '--jason'"),
        (["now"], "status: unexpected argument 'now'"),
    ],
)
def test_wrong_usage_is_2(archive, data_dir, args, said):
    done = run("status", data_dir, *args)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_the_help_and_the_docs_tell_every_exit_status(data_dir):
    said = " ".join(run("status", data_dir, "--help").stdout.decode().split())
    of_status = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("## What `scrapy status` ends with\n")[2]  # fmt: skip
    for code in range(8):
        assert f" {code} " in said
        assert f"\n| {code} |" in of_status
