"""Which partitions of the queue a worker has, for how long, and that nobody else has them meanwhile.

A lease is a key with a time to live. It is renewed from the event loop, so that a worker that hangs loses it; the worker's own
clock, counted from before each renewal, ends it earlier than Redis does, so that two never think that they have it. The clock goes
on while a process is stopped or a machine sleeps.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection, Sequence

from crawler.cluster.queue import PARTITIONS, WORKERS, Queue

RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
FREE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def clock() -> float:
    """Seconds, also those in which this machine slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Leases:
    """The partitions of one worker. Methods that ask Redis raise redis.RedisError."""

    def __init__(self, queue: Queue, seconds: float):
        self.queue, self.seconds = queue, seconds
        self.me = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(3).hex()}"
        """This worker's name: no other process ever had it."""
        self._until: dict[int, float] = {}
        """When each lease ends at the latest, by `clock`."""
        self.surplus: set[int] = set()
        """Partitions that other workers lack: nothing more is to be taken from them."""
        self._renew = queue.client.register_script(RENEW)
        self._free = queue.client.register_script(FREE)

    @property
    def mine(self) -> list[int]:
        """Partitions that this worker has now."""
        return [partition for partition in list(self._until) if self.holds(partition)]

    def holds(self, partition: int) -> bool:
        """Whether nobody else can have the partition now."""
        return clock() < self._until.get(partition, 0.0)

    def renew(self) -> None:
        """Keep what this worker has, and say that it is alive."""
        milliseconds = int(self.seconds * 1000)
        partitions = list(self._until)
        until = clock() + self.seconds
        pipe = self.queue.client.pipeline(transaction=False)
        pipe.zadd(WORKERS, {self.me: time.time()})
        for partition in partitions:
            self._renew(keys=[self.queue.owner(partition)], args=[self.me, milliseconds], client=pipe)
        _, *renewed = pipe.execute()
        for partition, is_kept in zip(partitions, renewed, strict=True):
            if is_kept:
                self._until[partition] = until
            else:
                self._until.pop(partition, None)

    def take(self, partition: int) -> bool:
        """Take a partition; False where another worker has it."""
        until = clock() + self.seconds
        if not self.queue.client.set(
            self.queue.owner(partition), self.me, nx=True, px=int(self.seconds * 1000)
        ):
            return False
        self._until[partition] = until
        return True

    def free(self, partitions: Collection[int]) -> None:
        """Let go of partitions, so that others need not wait."""
        for partition in partitions:
            self._until.pop(partition, None)
            self._free(keys=[self.queue.owner(partition)], args=[self.me])

    def spread(self, lengths: Sequence[int], busy: Collection[int]) -> list[int]:
        """Have a fair share of the partitions that hold links, by their *lengths*; those that were taken now.

        Partitions without links are kept. Those beyond the share become `surplus`, and are let go of once they are not *busy*.
        """
        client, now = self.queue.client, time.time()
        pipe = client.pipeline(transaction=False)
        pipe.zadd(WORKERS, {self.me: now})
        pipe.zremrangebyscore(WORKERS, 0, now - 2 * self.seconds)
        pipe.zcard(WORKERS)
        workers = max(1, pipe.execute()[-1])
        full = [partition for partition in range(PARTITIONS) if lengths[partition]]
        share = -(-len(full) // workers)
        mine = [partition for partition in self.mine if lengths[partition]]
        self.surplus = set(mine[share:])
        self.free(self.surplus.difference(busy))
        partitions: list[int] = []
        start = int(
            self.me[-6:], 16
        )  # each worker looks from another place, so that they rarely want the same
        for partition in sorted(full, key=lambda number: (number * 167 + start) % PARTITIONS):
            if len(mine) + len(partitions) >= share:
                break
            if partition not in self._until and self.take(partition):
                partitions.append(partition)
        return partitions

    def close(self) -> None:
        """Let go of everything."""
        self.free(list(self._until))
        self.queue.client.zrem(WORKERS, self.me)
