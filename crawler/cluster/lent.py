"""Links that Redis lends to one worker: taken with XREADGROUP, taken over from the dead with XAUTOCLAIM, taken off with XACK and XDEL.

Everything here holds for partitions that the worker leases. Methods raise redis.RedisError; those that were cut off may be called again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import redis

from crawler.cluster.leases import Leases
from crawler.cluster.queue import DEAD, GROUP, Queue, digest_of

# The owner may take a link off: acknowledged, deleted, free to be queued again, no longer on trial.
TAKE_OFF = (
    "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('xack', KEYS[2], ARGV[2], ARGV[3])"
    " redis.call('xdel', KEYS[2], ARGV[3]) redis.call('srem', KEYS[3], ARGV[4]) redis.call('hdel', KEYS[4], ARGV[3]) return 1"
)


@dataclass(slots=True)
class Taken:
    """A link that this worker took."""

    partition: int
    id: str
    fields: dict[str, str]
    deliveries: int = 1
    """How often it was taken, by any worker."""
    is_ended: bool = False
    """Whether its outcome waits to be committed."""
    reason: str = ""
    """Why it was put aside; empty for a link that was not."""

    @property
    def url(self) -> str:
        return self.fields["url"]


class Lent:
    """The links of one worker, as Redis has them."""

    def __init__(self, queue: Queue, leases: Leases):
        self.queue, self.leases, self.client = queue, leases, queue.client
        self._take_off = queue.client.register_script(TAKE_OFF)

    def read(self, partitions: Sequence[int], count: int, milliseconds: int | None) -> list[Taken]:
        """New links, *count* of each partition at most; with *milliseconds* it waits for one so long."""
        streams = {self.queue.stream(partition): partition for partition in partitions}
        try:
            replies = self.client.xreadgroup(
                GROUP, self.leases.me, dict.fromkeys(streams, ">"), count=count, block=milliseconds
            )
        except redis.ResponseError as exc:
            if "NOGROUP" not in str(exc):
                raise
            for partition in partitions:  # someone emptied the database
                self._make_group(partition)
            return []
        taken = []
        for stream, entries in replies.items() if isinstance(replies, dict) else replies or ():
            batch = entries[0] if entries and isinstance(entries[0], list) else entries
            taken += [Taken(streams[stream], entry_id, fields) for entry_id, fields in batch]
        return taken

    def take_over(self, partition: int) -> list[Taken]:
        """What earlier owners took and did not end: whoever has the lease may, however recent it is."""
        self._make_group(partition)
        stream, cursor, taken = self.queue.stream(partition), "0-0", list[Taken]()
        while True:
            cursor, entries, *_ = self.client.xautoclaim(stream, GROUP, self.leases.me, 0, cursor, count=100)
            entries = [entry for entry in entries if entry[0] is not None and entry[1]]
            if entries:
                pending = self.client.xpending_range(
                    stream, GROUP, entries[0][0], entries[-1][0], len(entries) + 100
                )
                deliveries = {delivery["message_id"]: delivery["times_delivered"] for delivery in pending}
                taken += [
                    Taken(partition, entry_id, fields, deliveries.get(entry_id, 1))
                    for entry_id, fields in entries
                ]
            if cursor == "0-0":
                return taken

    def recall(self, partitions: Sequence[int], known: Callable[[int], Collection[str]]) -> list[Taken]:
        """Links that count as taken, but that nobody has in hand (*known*: ids by partition): an answer was lost with a connection,
        or their outcome was refused for a lease that was then renewed after all."""
        pipe = self.client.pipeline(transaction=False)
        for partition in partitions:
            pipe.xpending(self.queue.stream(partition), GROUP)
        taken = []
        for partition, summary in zip(partitions, pipe.execute(raise_on_error=False), strict=True):
            in_hand = known(partition)
            if not isinstance(summary, dict) or summary["pending"] <= len(in_hand):
                continue
            stream = self.queue.stream(partition)
            pending = self.client.xpending_range(stream, GROUP, "-", "+", summary["pending"])
            deliveries = {delivery["message_id"]: delivery["times_delivered"] for delivery in pending}
            lost = [entry_id for entry_id in deliveries if entry_id not in in_hand]
            for entry_id, fields in (
                self.client.xclaim(stream, GROUP, self.leases.me, 0, lost) if lost else ()
            ):
                if fields:
                    taken.append(Taken(partition, entry_id, fields, deliveries[entry_id] + 1))
        return taken

    def _make_group(self, partition: int) -> None:
        try:
            self.client.xgroup_create(self.queue.stream(partition), GROUP, id="0", mkstream=True)
        except redis.ResponseError as exc:
            if "BUSYGROUP" not in str(exc):
                raise

    def charge(self, taken: Taken) -> int:
        """Count a trial of a suspected link; how many there were."""
        return int(self.client.hincrby(self.queue.trials(taken.partition), taken.id, 1))

    def take_off(self, links: Iterable[Taken]) -> None:
        """Acknowledge and delete links that are committed; one that was put aside is listed as dead first."""
        pipe = self.client.pipeline(transaction=False)
        for taken in links:
            if taken.reason:
                pipe.xadd(DEAD, {**taken.fields, "reason": taken.reason})
            of = (self.queue.owner, self.queue.stream, self.queue.queued, self.queue.trials)
            self._take_off(
                keys=[key(taken.partition) for key in of],
                args=[self.leases.me, GROUP, taken.id, digest_of(taken.url)],
                client=pipe,
            )
        pipe.execute()

    def give_back(self, links: Iterable[Taken], on_trial: str) -> None:
        """Let others have links at once, as if they had never been taken; *on_trial* is the address of the one that was charged."""
        pipe = self.client.pipeline(transaction=False)
        for taken in links:
            if self.leases.holds(taken.partition):
                if taken.url == on_trial:
                    pipe.hincrby(self.queue.trials(taken.partition), taken.id, -1)
                pipe.xclaim(
                    self.queue.stream(taken.partition), GROUP, self.leases.me, 0, [taken.id],
                    retrycount=taken.deliveries - 1, justid=True,
                )  # fmt: skip
        pipe.execute()
