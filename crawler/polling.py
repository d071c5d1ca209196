"""One list's poll: what was listed, whether it reaches back to the poll before, and how far back it must go."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from archive.list_state import ListMemory
from archive.times import utc_text
from crawler.feed_rows import PINNED, UNDATED, UNREAD
from crawler.sources import Listing, Record, Source, SourceError, Window
from pipelines.normalise_dates import to_utc

LARGEST = 2000  # records of an answer that are gone through: the newest
PROOF = (
    20  # the newest records of the poll before: one of them among those listed now shows that none was missed
)
PATIENCE = 3  # pages one after the other that bring nothing that was not listed already
SLOWEST = timedelta(hours=6)  # how long a list that fails is left alone at most
NUMBERED_KEY = re.compile(r"(.*?)(\d{1,15})")  # e.g. 3167593, https://paper.test/?p=1234
NUMBERED = 20  # records numbered without a gap before a list is taken to number all of them


class Seen(NamedTuple):
    """What is kept of a record that was listed."""

    digest: str
    moment: datetime | None
    """When it was published, where it says so."""


def pinned(times: Mapping[str, datetime | None]) -> set[str]:
    """Records that stand above newer ones, as pinned posts do, by their times in the order they are listed. None in a list
    that is not newest first.

    >>> day = [datetime(2026, 11, n) for n in range(1, 9)]
    >>> pinned({"top": day[0], "a": day[7], "b": day[6], "c": day[6], "d": day[4]})
    {'top'}
    >>> pinned({str(n): moment for n, moment in enumerate(day)})
    set()
    """
    dated = [(key, moment) for key, moment in times.items() if moment is not None]
    behind: list[datetime] = []
    late = set()
    for key, moment in reversed(dated):
        newer = len(behind) - bisect_right(behind, moment)
        if newer * 2 > len(behind) > 1:
            late.add(key)
        insort(behind, moment)
    return late if len(late) * 3 <= len(dated) else set()


class Poll:
    """What one poll of one channel has come to so far."""

    def __init__(self, source: Source, channel: str, memory: ListMemory, now: datetime):
        self.source, self.channel, self.memory, self.now = source, channel, memory, now
        self.listed: dict[str, Seen] = {}
        """Everything listed, by the source's own names."""
        self.unread: dict[str, str] = {}
        """Rows that no record could be made of, as text, by names that `ListMemory.known` keeps."""
        self.held: list[tuple[list[Record], str]] = []
        """Records of the newest page and the address that answered them, until all lists of the source are there."""
        self.is_held = True
        self.is_newest_there = False
        """Whether all answers of the newest page are there."""
        self.ids: dict[str, str] = {}
        """Ids of the articles that records were found to mean, by the source's names."""
        self.completing: set[str] = set()
        """Records whose words complete an archived article."""
        self.is_unchanged = False
        """Whether the newest page was answered by the same bytes, or by 304."""
        self.is_answered = False
        self.errors: list[SourceError] = []
        self.failures: list[str] = []
        self.oldest: datetime | None = None
        """Time of the oldest record listed, but for pinned ones."""
        self.newest: datetime | None = None
        self.is_new = memory.is_new
        # Written by a clock that was ahead; or ours is behind, so the memory stays as it is.
        is_ahead = (memory.newest_at or "") > utc_text(now + timedelta(days=1))
        self.newest_before = None if is_ahead else memory.newest_at
        """Publication time of the newest record that earlier polls listed, UTC text."""
        self.overlaps = self.is_new
        """Whether nothing can have come and gone since the poll before."""
        self.waiting = 0
        """Requests of the page at hand without an answer."""
        self.places = 0
        """Requests that the newest page takes."""
        self.pages = 0
        self.fresh = 0
        """Records that the page at hand brought."""
        self.barren = 0
        """Pages one after the other that brought none."""
        self.next_cursor: str | None = None
        self.pinned: set[str] = set()
        """Records that stand above newer ones."""
        self.wants_back_to: list[datetime] = []
        """Begins of a back-fill and of gaps that are due for a try."""
        candidates = (
            key
            for key, digest in memory.known.items()
            if not key.startswith(UNREAD) and not digest.endswith(PINNED)
        )
        self.proof = set(islice(candidates, PROOF))
        self.window = Window(now=now)
        self.validators: tuple[str | None, str | None, str] | None = None
        """ETag, Last-Modified and SHA-256 of the newest page."""

    @property
    def feed(self) -> str:
        """Name of the list in the archive."""
        return self.memory.feed

    def published(self, record: Record) -> datetime | None:
        """When a record was published, where it says so."""
        reading = to_utc(record.published_raw, self.now) if record.published_raw else None
        return reading[0] if reading else None

    def add(self, listing: Listing) -> list[Record]:
        """Take in an answer; those of its records that were not listed before, newest first where they are cut."""
        self.is_answered = True
        fresh: dict[str, Record] = {}
        for record in listing.records:
            if record.key not in self.listed:
                fresh.setdefault(record.key, record)
        times = {key: self.published(record) for key, record in fresh.items()}
        chosen = list(fresh)
        if len(chosen) > LARGEST:
            chosen = newest_first(times)[:LARGEST]
            times = {key: times[key] for key in chosen}
        for key in chosen:
            self.listed[key] = Seen(fresh[key].digest() + UNDATED * (times[key] is None), times[key])
        self.fresh += len(chosen)
        above = pinned(times)
        self.overlaps = self.overlaps or not self.proof.isdisjoint(fresh.keys() - above)
        if dated := [moment for key, moment in times.items() if moment and key not in above]:
            self.oldest = min([*dated, self.oldest or dated[0]])
            self.newest = max([*dated, self.newest or dated[0]])
        self.pinned |= above
        self.unread |= {UNREAD + hashlib.sha1(row.encode()).hexdigest()[:12]: row for row in listing.unread}
        if not listing.is_complete:
            self.failures.append("the answer was cut short; what could be read is there")
        self.next_cursor = self.next_cursor or listing.next_cursor
        return [fresh[key] for key in chosen]

    def settled(self, record: Record) -> str:
        """The digest that the poll before left of a record; empty where it left none."""
        return self.memory.known.get(record.key, "").removesuffix(PINNED)

    def is_known(self, record: Record) -> bool:
        """Whether the poll before settled the record as it is now."""
        settled, digest = self.settled(record), self.listed[record.key].digest
        return bool(settled) and settled in (digest, digest.removesuffix(UNDATED))

    def is_edited(self, record: Record) -> bool:
        """Whether the record says something else than the poll before settled, not only a time where there was none."""
        settled = self.settled(record)
        return bool(settled) and settled.removesuffix(UNDATED) != self.listed[record.key].digest.removesuffix(
            UNDATED
        )

    def never_listed(self) -> list[int]:
        """Numbers that a list which numbers its records one by one has left out since the poll before: what had them came
        and left in between. Empty where the records of the poll before were not numbered so."""
        if self.is_new or not self.overlaps or self.is_unchanged:
            return []
        first = NUMBERED_KEY.fullmatch(next(iter(self.memory.known), ""))
        if first is None:
            return []
        before = sorted(numbers(self.memory.known, first[1]), reverse=True)[:NUMBERED]
        if len(before) < NUMBERED or before[0] - before[-1] != NUMBERED - 1:
            return []
        now = set(numbers(self.listed, first[1]))
        newest = max(now, default=0)
        return sorted(set(range(before[0] + 1, newest)) - now) if newest - before[0] < LARGEST else []

    def must_go_back(self) -> bool:
        """Whether older records are needed: to overlap, for a back-fill, or for a gap that is due for a try."""
        if not self.is_answered or self.is_unchanged:
            return False
        return not self.overlaps or self.is_wanted_further_back()

    def is_wanted_further_back(self) -> bool:
        """Whether a back-fill or an open gap asks for older records than were seen."""
        return bool(self.wants_back_to) and (self.oldest or self.now) > min(self.wants_back_to)

    def can_go_back(self) -> bool:
        """Whether the list has, or may have, older records than were seen."""
        return self.next_cursor is not None and self.barren < PATIENCE

    @property
    def is_whole(self) -> bool:
        """Whether all was listed that there is: the last page is there, and nothing failed on the way."""
        return self.is_answered and not self.can_go_back() and not self.errors and not self.failures

    def begin_page(self) -> None:
        """A further page is asked for."""
        self.pages += 1
        self.fresh, self.next_cursor = 0, None

    def end_page(self) -> None:
        """All answers of the page at hand are there."""
        self.barren = 0 if self.fresh else self.barren + 1

    def remembered(self, unsettled: set[str], interval: timedelta) -> ListMemory:
        """What the next poll is to know, with the digests of *unsettled* records left empty."""
        memory = self.memory
        memory.last_polled_at = utc_text(self.now)
        if not self.is_answered:
            memory.failures += 1
            memory.reason = str((self.errors or self.failures or ["no answer"])[0])
            wait = max(interval, min(min(interval, SLOWEST) * 2 ** min(memory.failures, 12), SLOWEST))
            memory.next_poll_at = utc_text(self.now + wait)
            return memory
        memory.failures, memory.reason = 0, None
        if self.validators and not self.errors and not self.failures:
            memory.etag, memory.last_modified, memory.answer_sha256 = self.validators
        memory.next_poll_at = utc_text(self.now + interval)
        if self.is_unchanged:
            return memory
        listed = {
            key: "" if key in unsettled else self.listed[key].digest + PINNED * (key in self.pinned)
            for key in newest_first({key: seen.moment for key, seen in self.listed.items()})
        }
        older = {key: digest for key, digest in memory.known.items() if key not in listed}
        memory.known = listed | dict.fromkeys(self.unread, UNREAD) | older
        if self.newest is not None:
            memory.newest_at = max(utc_text(self.newest), self.newest_before or "")
        return memory


def numbers(keys: Iterable[str], prefix: str) -> list[int]:
    """The numbers of the records whose names are *prefix* and a number.

    >>> numbers(["7", "p9", "p10", "?1f"], "p")
    [9, 10]
    """
    matches = (NUMBERED_KEY.fullmatch(key) for key in keys)
    return [int(match[2]) for match in matches if match and match[1] == prefix]


def newest_first(times: Mapping[str, datetime | None]) -> list[str]:
    """Names of records by time, newest first; those without one keep their order, behind the others.

    >>> newest_first({"a": None, "b": datetime(2026, 1, 1), "c": datetime(2026, 1, 2)})
    ['c', 'b', 'a']
    """
    dated = sorted(
        ((moment, key) for key, moment in times.items() if moment), key=lambda item: item[0], reverse=True
    )
    return [key for _, key in dated] + [key for key, moment in times.items() if moment is None]
