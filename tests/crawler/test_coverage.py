"""``scrapy coverage``: days on a Beijing clock, each measured against its own weekday."""

import json
from datetime import datetime, timedelta

import pytest

from archive.schema import open_archive
from archive.terminal import display_width
from tests.crawler.test_status import add_article, insert, run
from tests.new_archive import lay_archive

NOON = datetime.fromisoformat(
    "2026-06-30T04:00:00+00:00"
)  # of today, a Tuesday; the commands' clock says 18:00


def utc(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Filling:
    """An archive that fills up day by day."""

    def __init__(self, path):
        lay_archive(path.parent, captures=False)
        self.conn = open_archive(path)
        self.number = 0

    def add(self, days_ago, count, publisher="晨光财经", **more):
        """*count* articles at noon of a Beijing day."""
        shown = utc(NOON - timedelta(days=days_ago))
        for _ in range(count):
            self.number += 1
            add_article(self.conn, self.number, published_at=shown, first_seen_at=shown, publisher=publisher, **more)  # fmt: skip


@pytest.fixture
def filling(data_dir):
    data_dir.mkdir()
    found = Filling(data_dir / "archive.db")
    yield found
    found.conn.close()


def coverage(data_dir, *args):
    """The JSON object, and its days by date."""
    done = run("coverage", data_dir, "--json", *args)
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    return found, {day["day"]: day for day in found["days"]}


def test_no_archive_is_said(data_dir):
    done = run("coverage", data_dir)
    assert done.returncode == 1
    assert "no archive yet" in done.stderr.decode()
    assert not data_dir.exists()


def test_an_empty_archive_has_today_only(filling, data_dir):
    found, days = coverage(data_dir)
    assert (list(days), found["articles"]) == (["2026-06-30"], 0)
    assert run("coverage", data_dir).returncode == 0


def test_days_begin_at_midnight_in_beijing(filling, data_dir):
    for number, shown in enumerate(
        ("2026-06-28T15:59:59Z", "2026-06-28T16:00:00Z", "2026-06-29T15:59:59Z"), 1
    ):
        add_article(filling.conn, number, published_at=shown)
    _, days = coverage(data_dir)
    assert {day: entry["articles"] for day, entry in days.items()} == {"2026-06-28": 1, "2026-06-29": 2, "2026-06-30": 0}  # fmt: skip


def test_a_short_day_is_measured_against_its_own_weekday(filling, data_dir):
    for days_ago in range(1, 36):
        weekend = (NOON - timedelta(days=days_ago)).weekday() >= 5
        filling.add(days_ago, 3 if weekend else 20)
    filling.add(0, 1)  # today is not over
    with filling.conn:  # Wednesday the 17th: 9 of 20 are left
        filling.conn.execute(
            "DELETE FROM articles WHERE id IN (SELECT id FROM articles WHERE published_at = ? LIMIT 11)",
            [utc(NOON - timedelta(days=13))],
        )
    _, days = coverage(data_dir)
    assert [day for day, entry in days.items() if entry["short"]] == ["2026-06-17"]
    assert (days["2026-06-17"]["usual"], days["2026-06-28"]["usual"]) == (20, 3)
    said = run("coverage", data_dir).stdout.decode()
    assert [line[:10] for line in said.splitlines() if "short 55%" in line] == ["2026-06-17"]
    assert "so far" in next(line for line in said.splitlines() if line.startswith("2026-06-30"))


def test_two_weekdays_make_no_rule(filling, data_dir):
    filling.add(15, 1)
    for days_ago, count in ((14, 20), (7, 2)):
        filling.add(days_ago, count)
    _, days = coverage(data_dir)
    assert not any(entry["short"] for entry in days.values())
    assert days["2026-06-23"]["usual"] is None


def test_empty_days_and_open_gaps_are_marked(filling, data_dir):
    filling.add(5, 2)
    filling.add(3, 2)
    insert(
        filling.conn, "gaps", feed="rolling", from_at=utc(NOON - timedelta(days=3)), to_at=utc(NOON - timedelta(days=2)),
        opened_at=utc(NOON), tries=1,
    )  # fmt: skip
    insert(
        filling.conn, "gaps", feed="media", from_at=utc(NOON - timedelta(days=5)), to_at=utc(NOON - timedelta(days=4)),
        opened_at=utc(NOON), filled_at=utc(NOON),
    )  # fmt: skip
    found, days = coverage(data_dir)
    assert [day for day, entry in days.items() if entry["empty"]] == [
        "2026-06-26",
        "2026-06-28",
        "2026-06-29",
    ]
    assert [day for day, entry in days.items() if entry["gaps"]] == ["2026-06-27", "2026-06-28"]
    assert [gap["feed"] for gap in found["gaps"]] == ["rolling"]
    said = run("coverage", data_dir).stdout.decode().splitlines()
    assert [line[:10] for line in said if " none" in line] == ["2026-06-26", "2026-06-29"]
    assert [line[:10] for line in said if " gap" in line and line[:4] == "2026"] == [
        "2026-06-27",
        "2026-06-28",
    ]


def test_an_old_article_shared_by_hand_makes_no_empty_days(filling, data_dir):
    filling.add(4, 2)
    filling.add(2, 2)
    add_article(filling.conn, 99, published_at=utc(NOON - timedelta(days=30)), first_seen_at=utc(NOON))
    _, days = coverage(data_dir)
    assert len(days) == 31
    assert [day for day, entry in days.items() if entry["empty"]] == ["2026-06-27", "2026-06-29"]


def test_the_window_and_the_totals(filling, data_dir):
    filling.add(9, 4)
    filling.add(2, 3, "新京报")
    filling.add(1, 2, None)
    filling.add(1, 1, published_from=None)
    add_article(filling.conn, 99, published_at=None, published_from=None)
    found, days = coverage(data_dir, "--days", "3")
    assert list(days) == ["2026-06-28", "2026-06-29", "2026-06-30"]
    assert found["publishers"] == {"新京报": 3, "publisher unknown": 2, "晨光财经": 1}
    assert (found["articles"], found["without_time"]) == (6, 1)


def test_it_fits_80_columns(filling, data_dir):
    for number in range(20):
        filling.add(number % 4, 3, f"名字非常长的地方财经媒体第{number}号编辑部客户端")
    said = run("coverage", data_dir).stdout.decode()
    assert "5 more" in said
    assert max(display_width(line) for line in said.splitlines()) <= 80


@pytest.mark.parametrize("args", [["--days", "0"], ["--days", "x"], ["--month"], ["june"]])
def test_wrong_usage_is_2(filling, data_dir, args):
    assert run("coverage", data_dir, *args).returncode == 2
