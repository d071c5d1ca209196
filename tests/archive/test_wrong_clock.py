"""A clock that was wrong once: what it wrote holds nothing back, and is reported."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from archive.feed_state import FeedState, check_row, spans
from archive.health import check_health, read_status
from archive.list_state import ListMemory, ListState
from archive.reader import open_for_reading
from archive.writer import Archive, ArchiveError
from crawler.polling import Poll
from crawler.sources import Listing, Record
from crawler.sources.by_address import ConfiguredSource
from tests.archive.test_writer import entry
from tests.new_archive import lay_archive

NOW = datetime(2026, 2, 21, 8, tzinfo=UTC)
AHEAD = datetime(2035, 1, 1, tzinfo=UTC)
PLAN = spans("10m,1h,6h,1d,7d")


def opened(folder, now: datetime) -> Archive:
    lay_archive(folder, captures=False)
    return Archive(folder, now.isoformat()).open()


def first_seen(folder, now: datetime, **columns) -> None:
    archive = opened(folder, now)
    brought = entry(1)
    brought.article |= {
        "first_seen_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "share_url": "http://paper.example/1",
        **columns,
    }
    brought.rows["article_feeds"] = [
        {"article_id": "finews:1", "feed": "rolling", "first_listed_at": "2026-02-21T08:00:00Z"}
    ]
    brought.rows["checks"] = [{"article_id": "finews:1", **check_row(PLAN, now, now, 0, {})}]
    archive.add(brought)
    archive.close()


def check(folder, now: datetime) -> int:
    """Check what is due as a crawl does; how many articles that were."""
    archive = opened(folder, now)
    due = FeedState(archive.conn).due_checks(["rolling"], now)
    for row in due:
        checked = check_row(PLAN, datetime.fromisoformat(row["first_seen_at"]), now, row["done"], {})
        archive.add_rows("checks", [{"article_id": row["article_id"], **checked}])
    archive.close()
    return len(due)


def checks_after(folder, start: datetime) -> int:
    """How often an article is checked from *start* on, by a crawl every ten minutes for eight days."""
    return sum(check(folder, start + timedelta(minutes=10 * poll)) for poll in range(0, 8 * 144, 3))


def test_checks_go_on_after_a_run_with_the_clock_ahead(tmp_path):
    first_seen(tmp_path, NOW)
    assert check(tmp_path, AHEAD) == 1
    assert check(tmp_path, AHEAD + timedelta(hours=1)) == 0
    assert checks_after(tmp_path, NOW + timedelta(minutes=20)) == 5


def test_an_article_first_seen_by_a_clock_ahead_is_checked_as_often(tmp_path):
    first_seen(tmp_path, AHEAD)
    assert 4 <= checks_after(tmp_path, NOW) <= 6


def test_an_article_first_seen_by_a_clock_behind_is_checked_as_often(tmp_path):
    first_seen(tmp_path, datetime(1999, 1, 1, tzinfo=UTC), published_at="2026-02-21T07:54:48Z")
    assert checks_after(tmp_path, NOW) in (5, 6)


def test_checks_before_the_publication_count_for_nothing(tmp_path):
    """A clock behind drops a time of publication as one to come; once a list has stated it again, the plan begins anew."""
    behind = datetime(1999, 1, 1, tzinfo=UTC)
    first_seen(tmp_path, behind, published_at=None)
    checks_after(tmp_path, behind)
    archive = opened(tmp_path, NOW)
    with archive.transaction() as conn:
        conn.execute("UPDATE articles SET published_at = '2026-02-21T07:54:48Z'")
    assert FeedState(archive.conn).check_of("finews:1", NOW)["done"] == 0
    archive.close()


def test_gaps_links_and_feeds_are_due_though_a_clock_ahead_wrote_them(tmp_path):
    archive = opened(tmp_path, AHEAD)
    state = FeedState(archive.conn)
    state.open_gap("rolling", "2026-02-20T00:00:00Z", "2026-02-21T00:00:00Z", AHEAD, "seen late")
    archive.end_link("http://paper.example/2", "finews:2", "unreachable", "no answer")
    archive.flush()
    assert len(state.gaps_due("rolling", NOW)) == 1
    assert state.not_had(["finews:2"], NOW) == {"finews:2": ("http://paper.example/2", True)}
    assert len(state.failed_links("finews", NOW)) == 1
    archive.close()


def test_the_newest_time_of_a_list_that_a_clock_ahead_wrote_is_forgotten():
    memory = ListMemory("paper", "paper", {"1": "x"}, "2034-12-31T00:00:00Z", answer_sha256="y")
    poll = Poll(ConfiguredSource("paper", {"": "https://paper.test/"}), "", memory, NOW)
    poll.add(Listing(records=[Record(key="2", published_raw="2026-02-21 15:00:00")]))
    assert poll.remembered(set(), timedelta(minutes=5)).newest_at == "2026-02-21T07:00:00Z"


def test_the_newest_time_of_a_list_outlasts_a_clock_behind():
    memory = ListMemory("paper", "paper", {"1": "x"}, "2026-02-21T07:00:00Z", answer_sha256="y")
    behind = Poll(
        ConfiguredSource("paper", {"": "https://paper.test/"}), "", memory, NOW - timedelta(days=3650)
    )
    assert behind.newest_before is None
    behind.is_answered = behind.is_unchanged = True
    left = behind.remembered(set(), timedelta(minutes=5))
    assert Poll(behind.source, "", left, NOW).newest_before == "2026-02-21T07:00:00Z"


@pytest.mark.parametrize(("before", "reported"), [(AHEAD, True), (NOW - timedelta(days=1), False)])
def test_a_crawl_in_the_future_is_reported(tmp_path, caplog, before, reported):
    for now in (before, NOW):
        archive = opened(tmp_path, now)
        archive.begin_crawl("share")
        archive.close()
    assert ("in the future" in caplog.text) == reported


def test_a_scheduled_crawl_reports_it_once(tmp_path, caplog):
    archive = opened(tmp_path, AHEAD)
    archive.begin_crawl("finews")
    state = ListState(archive.conn)
    for now in (AHEAD, NOW, NOW):
        archive.set_clock(now)
        archive.begin_crawl("feeds")
        state.save([ListMemory("rolling", "finews", last_polled_at=f"{now:%Y-%m-%dT%H:%M:%SZ}")])
    archive.close()
    assert caplog.text.count("in the future") == 1


def test_health_goes_by_the_crawls_that_have_been(tmp_path):
    archive = opened(tmp_path, NOW)
    for now in (NOW, AHEAD):
        archive.set_clock(now)
        crawl_id = archive.begin_crawl("finews")
        archive.finish_crawl(crawl_id, outcome="finished", exit_status=0)
    archive.close()
    for minutes, problems in ((5, []), (60, [6])):
        now = NOW + timedelta(minutes=minutes)
        with closing(open_for_reading(tmp_path)) as conn:
            report = read_status(conn, tmp_path, now)
        check_health(report, now, timedelta(minutes=15), 0)
        assert [problem["exit_status"] for problem in report["problems"]] == problems
        assert [run["started_at"] for run in report["runs"]] == ["2026-02-21T08:00:00Z"]


def test_captures_that_are_missing_are_refused(tmp_path):
    brought = entry(1)
    with Archive(tmp_path, captures=True) as archive:
        archive.add(brought)
        archive.add_rows("article_captures", [{"article_id": "finews:1", "capture_id": "1"}])
    (tmp_path / "captures.db").unlink()
    with pytest.raises(ArchiveError, match=r"captures\.db: it is missing, but articles rest on 1 capture"):
        Archive(tmp_path, captures=True).open()
    with closing(open_for_reading(tmp_path)) as conn:
        assert "missing" in read_status(conn, tmp_path, NOW)["captures"]
    Archive(tmp_path).open().close()
    (tmp_path / "captures.db").touch()  # on purpose
    Archive(tmp_path, captures=True).open().close()


def test_two_crawls_of_one_moment_have_two_rows(tmp_path):
    """A clock that begins anew at each start, in a container, where the number of the process does, too."""
    archive = opened(tmp_path, NOW)
    assert archive.begin_crawl("share") != archive.begin_crawl("share")
    archive.close()
