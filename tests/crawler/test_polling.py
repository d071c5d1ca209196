"""What a poll proves: overlap, reach, numbers that were left out."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.list_state import ListMemory
from archive.times import utc_text
from crawler.polling import PINNED, Poll
from crawler.sources import Listing, Record
from crawler.sources.by_address import ConfiguredSource

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SPAN = timedelta(minutes=5)


def record(number: int, minutes: float | None = None, **words) -> Record:
    """A record of so many minutes ago."""
    moment = None if minutes is None else f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    return Record(key=str(number), headline=f"第{number}号", published_raw=moment, **words)


def polled(memory: ListMemory, *records: Record, cursor: str | None = None) -> Poll:
    """A poll whose only page holds these records."""
    poll = Poll(ConfiguredSource("paper", {"": "https://paper.test/"}), "", memory, NOW)
    poll.begin_page()
    poll.add(Listing(records=list(records), next_cursor=cursor))
    poll.end_page()
    return poll


def remembered(*records: Record) -> ListMemory:
    return polled(ListMemory("paper", "paper"), *records).remembered(set(), SPAN)


def test_a_pinned_post_proves_no_overlap():
    top = record(1, 9999)
    memory = remembered(top, *(record(n, 100 - n) for n in range(20, 10, -1)))
    assert memory.known["1"].endswith(PINNED)
    poll = polled(memory, top, *(record(n, 50 - n) for n in range(40, 30, -1)))
    assert not poll.overlaps
    assert poll.oldest == NOW - timedelta(minutes=19)
    assert polled(memory, top, record(31, 1), record(20, 80), record(19, 81)).overlaps


def test_a_list_in_no_order_has_no_pinned_post():
    memory = remembered(*(record(n, abs(n * 7 % 11)) for n in range(10)))
    assert not any(digest.endswith(PINNED) for digest in memory.known.values())


def test_a_time_that_comes_later_is_no_edit_but_is_seen():
    memory = remembered(record(1), record(2, 3))
    poll = polled(memory, record(1, 5), record(2, 3))
    assert [poll.is_known(one) for one in (record(1, 5), record(2, 3))] == [False, True]
    assert not poll.is_edited(record(1, 5))


def test_an_edited_title_is_an_edit():
    poll = polled(remembered(record(1, 5)), changed := Record(key="1", headline="更正", published_raw="1"))
    assert poll.is_edited(changed)


@pytest.mark.parametrize(("cursor", "is_whole"), [(None, True), ("2", False)])
def test_a_list_is_whole_once_its_last_page_is_there(cursor, is_whole):
    assert polled(ListMemory("paper", "paper", {"9": "x"}), record(1, 1), cursor=cursor).is_whole == is_whole


def test_pages_that_bring_nothing_new_end_a_list():
    poll = polled(ListMemory("paper", "paper", {"9": "x"}), record(1, 1), cursor="2")
    for page in "345":
        assert poll.can_go_back()
        poll.begin_page()
        poll.add(Listing(records=[record(1, 1)], next_cursor=page))
        poll.end_page()
    assert not poll.can_go_back()


@pytest.mark.parametrize(
    ("before", "now", "missing"),
    [
        (range(100, 130), [128, 129, 130, 132, 135], [131, 133, 134]),
        (range(100, 130), [128, 129, 130, 131], []),
        (range(100, 130, 2), [128, 131], []),
        (range(100, 115), [114, 117], []),
        ([*range(100, 120), 121], [121, 125], []),
        (range(100, 130), [129, 999_999], []),
    ],
)
def test_numbers_that_a_list_left_out(before, now, missing):
    memory = remembered(*(record(n, 500 - n / 10) for n in before))
    assert polled(memory, *(record(n, 100 - n / 1e6) for n in now)).never_listed() == missing


def test_numbers_at_the_end_of_addresses_count_as_well():
    def listed(numbers):
        return [Record(key=f"https://paper.test/?p={n}", published_raw=f"{NOW - timedelta(minutes=500 - n):%Y-%m-%dT%H:%M:%SZ}") for n in numbers]  # fmt: skip

    assert polled(remembered(*listed(range(100, 130))), *listed([129, 131])).never_listed() == [130]


def test_a_list_with_a_long_interval_that_fails_waits_as_long():
    memory = ListMemory("paper", "paper")
    poll = Poll(ConfiguredSource("paper", {"": "https://paper.test/"}), "", memory, NOW)
    poll.failures.append("no answer")
    for _ in range(20):
        poll.remembered(set(), timedelta(days=99_999))
    assert memory.next_poll_at == utc_text(NOW + timedelta(days=99_999))
