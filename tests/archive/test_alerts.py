"""Watches: what they find, once for each destination, and when it goes out."""

import shutil
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from archive.alerts import watches
from archive.alerts.deliver import report_and_deliver
from archive.alerts.sending import send_by_apprise, why_not
from archive.alerts.watches import WatchError
from archive.writer import Archive
from tests.archive.test_writer import entry
from tests.kill_points import killed_at
from tests.receiver import Receiver

NOW = datetime(2026, 2, 21, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent():
    """What went out: ``(url, title, body)``; destinations that hold ``down`` fail."""
    return []


@pytest.fixture
def deliver(tmp_path, sent):
    def run(now=NOW, problems=None):
        def send(url, title, body):
            if "down" in url:
                return "refused"
            sent.append((url, title, body))
            return None

        return report_and_deliver(tmp_path, now, problems, send)

    return run


def watch(folder, name="w", **entry_) -> None:
    watches.add(folder / watches.FILE, name, {"to": "json://one", **entry_})


def arrive(folder, *numbers, at=NOW, text="储能电站", **columns) -> None:
    with Archive(folder, at.isoformat()) as archive:
        archive.render = lambda article: (article["post_path"], "post\n")
        for number in numbers:
            brought = entry(number)
            stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            brought.article |= {"first_seen_at": stamp, "retrieved_at": stamp, **columns}
            brought.body_text = text
            archive.add(brought)


def table(folder) -> list[tuple]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(
            "SELECT watch, event, article_id, sent_at, tries, reason FROM alerts ORDER BY id"
        ).fetchall()


def test_each_hit_goes_out_once(tmp_path, deliver, sent):
    arrive(tmp_path, 1)
    watch(tmp_path, words="储能 -航运", since=f"{NOW + MINUTE:%Y-%m-%dT%H:%M:%SZ}")
    assert deliver().found == 0, "what was there before the watch"
    arrive(tmp_path, 2, 3, at=NOW + 2 * MINUTE)
    arrive(tmp_path, 4, at=NOW + 2 * MINUTE, text="储能与航运")
    for minute in (3, 4, 5):
        deliver(NOW + minute * MINUTE)
    assert [title for _, title, _ in sent] == ["w: 2 new articles"]
    assert "第2篇" in sent[0][2]
    assert "第3篇" in sent[0][2]
    assert [row[2] for row in table(tmp_path)] == ["finews:2", "finews:3"]


@pytest.mark.slow
def test_killed_at_any_point_each_hit_goes_out_once_to_a_real_receiver(tmp_path):
    """A message is doubled only where the kill came between the receiver's answer and the note that it was taken. The receiver
    is restarted, too, before the next delivery."""
    receiver = Receiver()
    before, folder = tmp_path / "before", tmp_path / "killed"
    before.mkdir()
    watch(before, to=receiver.url, on=["new"], since="2026-02-20T00:00:00Z")
    arrive(before, *range(25))  # two messages
    headlines = {entry(number).article["headline"] for number in range(25)}
    assert why_not(receiver.url) is None  # loads Apprise, for all children
    kills, doubled = 0, []
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        receiver.messages.clear()
        if not killed_at(kills + 1, folder, lambda: report_and_deliver(folder, NOW)):
            break
        kills += 1
        taken = Counter(line for line in receiver.text.splitlines() if line in headlines)
        receiver.stop()
        assert not killed_at(0, folder, lambda: report_and_deliver(folder, NOW + MINUTE))
        assert {row[3] for row in table(folder)} <= {None, f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
        receiver.start()
        assert not killed_at(0, folder, lambda: report_and_deliver(folder, NOW + timedelta(hours=1)))
        counts = Counter(line for line in receiver.text.splitlines() if line in headlines)
        assert counts.keys() == headlines, f"killed at point {kills}"
        if set(counts.values()) != {1}:
            doubled.append(kills)
            assert set(counts.values()) <= {1, 2}
            assert all(taken[line] for line, count in counts.items() if count == 2)
        assert {row[3] is None for row in table(folder)} == {False}
    receiver.stop()
    assert kills > 20
    assert len(doubled) <= 2, doubled  # one for each message


def test_a_watch_added_before_the_first_crawl_misses_nothing(tmp_path, deliver, sent):
    watch(tmp_path, words="储能", since="2026-02-21T07:00:00Z")
    assert deliver().problems == []
    arrive(tmp_path, 1)
    deliver(NOW + MINUTE)
    assert len(sent) == 1


def test_a_destination_that_fails_is_tried_again_and_the_other_is_not_bothered(tmp_path, deliver, sent):
    watch(tmp_path, to=["json://one", "json://down"], since="2026-02-21T07:00:00Z")
    arrive(tmp_path, 1)
    assert deliver().problems == ["watch w: 1 alerts not delivered: refused"]
    assert deliver(NOW + MINUTE).problems == [], "not before five minutes"
    assert deliver(NOW + 6 * MINUTE).problems
    assert [url for url, _, _ in sent] == ["json://one"]
    assert sorted((row[4], row[5]) for row in table(tmp_path)) == [(1, None), (2, "refused")]
    path = tmp_path / watches.FILE
    path.write_text(path.read_text().replace("json://down", "json://two"))
    deliver(NOW + 7 * MINUTE)
    assert [url for url, _, _ in sent] == ["json://one", "json://two"], "a corrected address gets what waits"


def test_many_hits_go_out_in_messages_of_twenty(tmp_path, deliver, sent):
    watch(tmp_path, since="2026-02-21T07:00:00Z", every="15m")
    arrive(tmp_path, *range(1, 46))
    assert deliver().sent == 45
    assert [title for _, title, _ in sent] == [
        "w: 20 new articles",
        "w: 20 new articles",
        "w: 5 new articles",
    ]
    arrive(tmp_path, 99, at=NOW + MINUTE)
    assert deliver(NOW + 2 * MINUTE).waiting == 1
    assert deliver(NOW + 15 * MINUTE).waiting == 0


def test_nothing_goes_out_in_quiet_hours(tmp_path, deliver, sent):
    watch(tmp_path, since="2026-02-21T07:00:00Z", quiet="15:00-18:30")
    arrive(tmp_path, 1)
    assert deliver().waiting == 1, "16:00 in Beijing"
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT next_try_at FROM alerts").fetchone() == ("2026-02-21T10:30:00Z",)
    assert deliver(NOW + timedelta(hours=2, minutes=30)).waiting == 0
    assert len(sent) == 1


def test_trouble_is_reported_when_it_begins_and_when_it_is_over(tmp_path, deliver, sent):
    arrive(tmp_path, 1)
    watch(tmp_path, on=["trouble"])
    for minute, problems in enumerate(
        ({"4 rolling": "failed 3 times"}, {"4 rolling": "failed 4 times"}, None, {}, {})
    ):
        deliver(NOW + minute * MINUTE, problems)
    assert [body for _, _, body in sent] == ["failed 3 times", "over: failed 3 times"]


def test_a_removed_watch_and_a_forgotten_article_leave_nothing_to_send(tmp_path, deliver, sent):
    watch(tmp_path, to="json://down", since="2026-02-21T07:00:00Z")
    watch(tmp_path, "other", to="json://down", since="2026-02-21T07:00:00Z")
    arrive(tmp_path, 1, 2)
    assert deliver().waiting == 4
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn, conn:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("DELETE FROM articles WHERE id = 'finews:1'")
    watches.remove(tmp_path / watches.FILE, "other")
    assert list(watches.load(tmp_path / watches.FILE)) == ["w"]
    assert deliver(NOW + MINUTE).waiting == 1


def test_a_wrong_clock_keeps_nothing_back(tmp_path, deliver, sent):
    watch(tmp_path, since="2026-02-21T07:00:00Z")
    arrive(tmp_path, 1)
    deliver(datetime(2035, 1, 1, tzinfo=UTC))
    arrive(tmp_path, 2, at=NOW + MINUTE)
    deliver(NOW + 2 * MINUTE)
    assert len(sent) == 2


def test_a_message_of_a_wrong_clock_does_not_end_the_throttling(tmp_path, deliver, sent):
    watch(tmp_path, since="2026-02-21T07:00:00Z", every="1h")
    for number, now in enumerate((datetime(2035, 1, 1, tzinfo=UTC), NOW, NOW + 2 * MINUTE), start=1):
        arrive(tmp_path, number, at=NOW + number * MINUTE / 4)
        deliver(now)
    assert len(sent) == 2


def test_a_watch_added_by_a_clock_ahead_reports_edits(tmp_path, deliver, sent):
    watch(tmp_path, since="2035-01-01T00:00:00Z", on=["edit"])
    arrive(tmp_path, 1)
    deliver(datetime(2035, 1, 1, tzinfo=UTC))
    with Archive(tmp_path, (NOW + MINUTE).isoformat()) as archive:
        archive.withdraw("finews:1", "2026-02-21T08:01:00Z")
    watches.remove(tmp_path / watches.FILE, "w")
    watch(tmp_path, since="2035-01-01T00:00:00Z", on=["withdrawal"])
    deliver(NOW + 2 * MINUTE)
    assert len(sent) == 1


def test_without_an_index_of_words_the_watch_says_so(tmp_path, deliver):
    with Archive(tmp_path, search=False):
        pass
    watch(tmp_path, words="储能")
    [problem] = deliver().problems
    assert "SEARCH_INDEX=True" in problem


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("[a]\nwords = 3\nto = 'json://x'", "words = 3 has the wrong type"),
        ("[a]\nword = 'x'\nto = 'json://x'", "word: unknown key"),
        ("[a]\nwords = 'x'", "has no destination"),
        ("[a]\nwords = 'x'\nto = 'nonsense'", "to = 'nonsense': give an Apprise URL"),
        ("[a]\nto = 'json://x'\non = 'edits'", "on = 'edits': there are new, edit"),
        ("[a]\nto = 'json://x'\nevery = 'soon'", "every: 'soon'"),
        ("[a]\nto = 'json://x'\nquiet = '7-22'", "quiet = '7-22'"),
        ("[a]\nto = 'json://x'\nzone = 'Peking'", "zone = 'Peking'"),
        ("[a]\nto = 'json://x'\nsince = 'today'", "since = 'today'"),
        ("[a]\nto = 'json://x'\non = 'trouble'\nwords = 'x'", "say nothing about operating trouble"),
        ("a = 1", "a is not a table"),
        ("[a", "watches.toml: "),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, lines, what):
    path = tmp_path / watches.FILE
    path.write_text(lines)
    with pytest.raises(WatchError, match=r"watches\.toml") as caught:
        watches.load(path)
    assert what in str(caught.value)


def test_the_file_is_its_owner_s_alone_and_keeps_its_comments(tmp_path):
    path = tmp_path / watches.FILE
    watch(tmp_path, "一")
    path.write_text("# mine\n" + path.read_text())
    watch(tmp_path, "two", words='say "x" # and\\y')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert watches.load(path)["two"].words == 'say "x" # and\\y'
    with pytest.raises(WatchError, match="already"):
        watch(tmp_path, "two")
    watches.remove(path, "two")
    assert path.read_text().startswith("# mine\n")
    assert list(watches.load(path)) == ["一"]


def test_apprise_takes_it_and_says_why_not_without_secrets():
    receiver = Receiver()
    assert send_by_apprise(receiver.url, "标题", "一行\n<b> & *text*") is None
    assert receiver.messages == [("标题", "一行\n<b> & *text*")]
    receiver.status = 503
    reason = send_by_apprise(receiver.url, "t", "b")
    assert reason
    assert "503" in reason
    receiver.stop()
    reason = send_by_apprise(receiver.url, "t", "b")
    assert reason
    assert "hook-of-a-test" not in reason
    assert "Apprise" in str(why_not("nowhere"))
