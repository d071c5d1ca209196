"""One list's poll: what was listed, whether it reaches back to the poll before, and how far back it must go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from archive.list_state import ListMemory
from archive.times import utc_text
from crawler.sources import Listing, Record, Source, SourceError, Window
from pipelines.normalise_dates import to_utc

FIRST_POLL = 200  # articles of a list that was never read: the newest
LARGEST = 2000  # records of an answer that are gone through: the newest
PROOF = (
    20  # the newest records of the poll before: one of them among those listed now shows that none was missed
)
SLOWEST = timedelta(hours=6)  # how long a list that fails is left alone at most


class Poll:
    """What one poll of one channel has come to so far."""

    def __init__(self, source: Source, channel: str, memory: ListMemory, now: datetime):
        self.source, self.channel, self.memory, self.now = source, channel, memory, now
        self.records: dict[str, Record] = {}
        """Everything listed, by the source's own names."""
        self.ids: dict[str, str] = {}
        """Ids of the articles that records were found to mean, by the source's names."""
        self.is_unchanged = False
        """Whether the newest page was answered by the same bytes, or by 304."""
        self.is_answered = False
        self.errors: list[SourceError] = []
        self.failures: list[str] = []
        self.oldest: datetime | None = None
        self.newest: datetime | None = None
        self.is_new = memory.is_new
        self.overlaps = self.is_new
        """Whether nothing can have come and gone since the poll before."""
        self.waiting = 0
        """Requests of the page at hand without an answer."""
        self.pages = 0
        self.fresh = 0
        """Records that the page at hand brought."""
        self.next_cursor: str | None = None
        self.wants_back_to: list[datetime] = []
        """Begins of a back-fill and of gaps that are due for a try."""
        self.proof = set(islice(memory.known, PROOF))
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
            if record.key not in self.records:
                fresh.setdefault(record.key, record)
        chosen = list(fresh.values())
        if len(chosen) > LARGEST:
            chosen = self.newest_first(chosen)[:LARGEST]
        self.records.update((record.key, record) for record in chosen)
        self.fresh += len(chosen)
        self.overlaps = self.overlaps or not self.proof.isdisjoint(fresh)
        times = [moment for record in chosen if (moment := self.published(record))]
        if times:
            self.oldest = min([*times, self.oldest or times[0]])
            self.newest = max([*times, self.newest or times[0]])
        if not listing.is_complete:
            self.failures.append("the answer was cut short; what could be read is there")
        self.next_cursor = self.next_cursor or listing.next_cursor
        return chosen

    def newest_first(self, records: Iterable[Record]) -> list[Record]:
        """Records by time, newest first; those without one keep their order, behind the others."""
        undated = datetime.min.replace(tzinfo=self.now.tzinfo)
        return sorted(records, key=lambda record: self.published(record) or undated, reverse=True)

    def must_go_back(self) -> bool:
        """Whether older records are needed: to overlap, for a back-fill, or for a gap that is due for a try."""
        if not self.is_answered or self.is_unchanged:
            return False
        return not self.overlaps or self.is_wanted_further_back()

    def is_wanted_further_back(self) -> bool:
        """Whether a back-fill or an open gap asks for older records than were seen."""
        return bool(self.wants_back_to) and (self.oldest or self.now) > min(self.wants_back_to)

    def begin_page(self) -> None:
        """A further page is asked for."""
        self.pages += 1
        self.fresh, self.next_cursor = 0, None

    def remembered(self, unsettled: set[str], interval: timedelta) -> ListMemory:
        """What the next poll is to know, with the digests of *unsettled* records left empty."""
        memory = self.memory
        memory.last_polled_at = utc_text(self.now)
        if not self.is_answered:
            memory.failures += 1
            memory.reason = str((self.errors or self.failures or ["no answer"])[0])
            wait = min(interval * 2 ** min(memory.failures, 12), max(SLOWEST, interval))
            memory.next_poll_at = utc_text(self.now + wait)
            return memory
        memory.failures, memory.reason = 0, None
        if self.validators and not self.errors and not self.failures:
            memory.etag, memory.last_modified, memory.answer_sha256 = self.validators
        memory.next_poll_at = utc_text(self.now + interval)
        if self.is_unchanged:
            return memory
        listed = {
            record.key: "" if record.key in unsettled else record.digest()
            for record in self.newest_first(self.records.values())
        }
        memory.known = listed | {key: digest for key, digest in memory.known.items() if key not in listed}
        if self.newest is not None:
            memory.newest_at = max(utc_text(self.newest), memory.newest_at or "")
        return memory
