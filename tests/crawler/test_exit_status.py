"""Exit statuses for cron, and the tables behind scheduled crawls."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from archive.edits.changes import changes
from archive.feed_state import FeedState, check_row, next_check, patience, spans
from archive.list_state import ListState
from archive.schema import open_archive
from crawler.exit_status import Verdict, evaluate
from tests.bench.__main__ import grown
from tests.bench.archive import make_archive
from tests.new_archive import lay_archive

NOW = datetime(2026, 6, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stats", "reason", "status"),
    [
        ({}, "finished", 0),
        ({"links/archived": 2, "links/unchanged": 1}, "finished", 0),
        ({"articles/new": 5, "feeds/read": 5}, "finished", 0),
        ({"links/archived": 2, "links/gone": 1}, "finished", 3),
        ({"links/unknown_site": 1}, "finished", 3),
        ({"links/refused": 1, "links/not_followed": 1}, "finished", 3),
        ({"links/gone": 3}, "finished", 3),
        ({"links/refused": 1}, "finished", 3),
        ({"links/unreachable": 1, "links/walled": 1}, "finished", 69),
        ({"links/unreachable": 1, "links/gone": 1}, "finished", 3),
        ({"links/failed": 1, "links/archived": 1}, "finished", 3),
        ({"links/unreadable": 1, "links/archived": 1}, "finished", 3),
        ({"links/unreadable": 2, "links/archived": 1}, "finished", 65),
        ({"links/unreadable": 1, "articles/new": 9}, "finished", 3),
        ({"feeds/unreadable": 1, "feeds/read": 4}, "finished", 65),
        ({"feeds/failed": 5}, "finished", 69),
        ({"feeds/failed": 1, "feeds/read": 4}, "finished", 3),
        ({"feeds/unreadable": 5}, "finished", 65),
        ({"feeds/read": 5, "gaps/opened": 1}, "finished", 3),
        ({"links/archived": 1}, "shutdown", 3),
        ({"links/archived": 1}, "closespider_timeout", 0),
    ],
)
def test_the_highest_status_that_holds(stats, reason, status):
    verdict = evaluate(stats, reason)
    assert verdict.status == status
    assert bool(verdict.reasons) == bool(status)


def test_a_reason_is_told_once():
    verdict = Verdict()
    verdict.add(3, "a")
    verdict.add(73, "a")
    assert (verdict.status, verdict.reasons) == (73, ["a"])


@pytest.mark.parametrize("text", ["10", "m", "1w", "ten minutes"])
def test_no_span_of_time(text):
    with pytest.raises(ValueError, match="is not a time span"):
        spans(text)


def test_looks_grow_rarer_and_missed_ones_are_not_made_up_for():
    plan = spans("10m,1h,6h")
    assert next_check(plan, NOW, NOW, 0) == (NOW + timedelta(minutes=10), 0)
    assert next_check(plan, NOW, NOW + timedelta(minutes=11), 0) == (NOW + timedelta(hours=1), 1)
    assert next_check(plan, NOW, NOW + timedelta(hours=3), 0) == (NOW + timedelta(hours=6), 2)
    assert next_check(plan, NOW, NOW + timedelta(days=1), 2) == (None, 3)
    assert check_row([], NOW, NOW, 0, {})["next_check_at"] is None


def test_patience_grows_to_a_day():
    waits = [patience(n) for n in range(1, 30)]
    assert waits[0] == timedelta(minutes=5)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)


@pytest.fixture
def state(tmp_path):
    lay_archive(tmp_path, captures=False)
    conn = open_archive(tmp_path / "archive.db")
    conn.row_factory = sqlite3.Row
    yield FeedState(conn)
    conn.close()


def test_what_polls_remember_of_a_list(state):
    lists = ListState(state.conn)
    memory = lists.load("rolling", "finews")
    assert memory.is_new
    memory.known, memory.last_polled_at, memory.newest_at = {"1": "a", "2": ""}, "2026-06-30T09:30:00Z", "2026-06-30T09:00:00Z"  # fmt: skip
    lists.save([memory])
    failed = lists.load("rolling", "finews")
    failed.failures, failed.reason, failed.last_polled_at = 1, "no answer", "2026-06-30T09:35:00Z"
    lists.save([failed])
    kept = lists.load("rolling", "finews")
    assert kept.known == {"1": "a", "2": ""}, "a failed poll forgets nothing"
    assert (kept.failures, kept.reason, kept.newest_at) == (1, "no answer", "2026-06-30T09:00:00Z")
    row = state.conn.execute("SELECT last_read_at, followed_at FROM feeds").fetchone()
    assert tuple(row) == ("2026-06-30T09:30:00Z", None)
    lists.follow(["rolling"], "2026-06-30T09:40:00Z")
    assert state.conn.execute("SELECT followed_at FROM feeds").fetchone()[0] == "2026-06-30T09:40:00Z"
    lists.follow([], "2026-06-30T09:50:00Z")
    assert state.conn.execute("SELECT followed_at FROM feeds").fetchone()[0] is None


def test_a_gap_that_cannot_be_filled_is_not_tried_again(state):
    span = ("2026-06-30T08:00:00Z", "2026-06-30T09:00:00Z")
    state.open_gap("rolling", *span, NOW, "why", is_final=True)
    assert state.gaps_due("rolling", NOW + timedelta(days=2)) == state.open_gaps("rolling") == []
    [gap] = state.open_gaps("rolling", with_final=True)
    assert (gap["final_at"], gap["filled_at"]) == (f"{NOW:%Y-%m-%dT%H:%M:%SZ}", None)
    state.record_try("rolling", span[0], NOW, filled=True, reason=None)
    assert state.open_gaps("rolling", with_final=True) == [], "a back-fill may yet fill it"


def test_gaps_wait_longer_each_time(state):
    state.open_gap("rolling", "2026-06-30T08:00:00Z", "2026-06-30T09:00:00Z", NOW, "why")
    assert state.gaps_due("rolling", NOW) == []
    assert len(state.gaps_due("rolling", NOW + timedelta(minutes=5))) == 1
    state.record_try("rolling", "2026-06-30T08:00:00Z", NOW, filled=False, reason="still not")
    assert state.gaps_due("rolling", NOW + timedelta(minutes=5)) == []
    for _ in range(8):
        state.record_try("rolling", "2026-06-30T08:00:00Z", NOW, filled=False, reason="still not")
    assert state.gaps_due("rolling", NOW + timedelta(days=2)) == [], "an old gap is not due at every poll"
    state.record_try("rolling", "2026-06-30T08:00:00Z", NOW, filled=True, reason=None)
    assert state.open_gaps("rolling") == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("营收3.00亿元，增12.5%", "营收4.00亿元，增15.5%", ["3.00亿元", "4.00亿元", "12.5%", "15.5%"]),
        ("晨光股份(002999)", "晨光股份(002998)", ["002999", "002998"]),
        ("公告称", "公告表示", []),
        ("共3家，共3家", "共3家", ["3家"]),
    ],
)
def test_an_edits_facts(old, new, found):
    said = changes(old, new)
    assert (said is None) == (not found)
    assert all(fact in (said or "") for fact in found)


def test_ids_are_looked_up_whatever_the_archives_statistics_say(tmp_path):
    """Statistics of a first, small crawl stay until the archive is many times as large."""
    make_archive(tmp_path / "data", 30, characters=40)
    conn = sqlite3.connect(tmp_path / "data/archive.db")
    conn.execute("ANALYZE")
    ids = [row[0] for row in conn.execute("SELECT id FROM articles")]
    conn.close()
    grown(tmp_path / "data", 5000)
    conn = sqlite3.connect(tmp_path / "data/archive.db")
    steps: list[int] = []
    conn.set_progress_handler(lambda: steps.append(1), 1000)
    state = FeedState(conn)
    assert len(state.states(ids)) == len(state.not_yet_in("none", ids)) == 30
    assert state.not_had(ids, NOW) == {}
    assert len(steps) < 50, "thousands of steps of SQLite's machine: it read all articles"
    conn.close()
