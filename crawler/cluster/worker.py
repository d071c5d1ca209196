"""One worker's side of the queue: which links it takes, when they are acknowledged, and what becomes of those that end workers.

A link is taken from the partitions that this worker leases (`crawler.cluster.lent`), and taken off only once the archive has committed
its outcome. Nothing is written, or taken off, for a partition whose lease is lost: whoever has it now takes the link again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

import redis

from crawler.cluster.leases import Leases, clock
from crawler.cluster.lent import Lent, Taken
from crawler.cluster.queue import CONNECTION_ERRORS, Queue, check, shown

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

AHEAD = 2  # links of a partition that wait for their turn here: what ends a worker counts against them, too
SUSPECT = 3  # deliveries without an end after which a link is suspected of ending its workers
TRIALS = 3  # of a suspect: first as the only one beside other links, then twice alone
PAUSE = 0.3  # seconds between two looks at an empty queue
SPREAD = 2.0  # seconds between two looks at how the partitions are spread


class Worker:
    """Takes links for one crawl. It is the `archive.writer.BatchGate` of the crawl's archive."""

    def __init__(self, queue: Queue, url: str, lease: float, once: bool, concurrency: int):
        self.queue, self.once, self.concurrency = queue, once, concurrency
        self._name = shown(url)
        self._url = url
        self.leases = Leases(queue, lease)
        self.lent = Lent(queue, self.leases)
        self.waiting: dict[int, deque[Taken]] = {}
        """Links whose turn has not come, by partition."""
        self.suspects: deque[Taken] = deque()
        self.open: dict[str, Taken] = {}
        """Links under way, by address, until their outcome is committed."""
        self._under_way: Counter[int] = Counter()
        """Links by partition that have no outcome yet."""
        self.done: deque[Taken] = deque()
        """Committed links that are still to be taken off."""
        self.left = 1
        """Links in all partitions, as last seen."""
        self._taking_off = threading.Lock()
        self._changed = asyncio.Event()
        self._spread_at = float("-inf")
        self._on_trial = ""
        """Address of the suspect that was begun last."""
        self._is_away = False
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- told by the archive -------------------------------------------------------------------------------------

    def ended(self, url: str) -> None:
        """The link has an outcome, which waits to be written."""
        if (taken := self.open.get(url)) and not taken.is_ended:
            taken.is_ended = True
            self._under_way[taken.partition] -= 1
            self._changed.set()

    def refused(self, urls: Iterable[str]) -> list[str]:
        """Links whose partition another worker may have by now: nothing is written for them."""
        lost = [url for url in urls if url in self.open and not self.leases.holds(self.open[url].partition)]
        for url in lost:
            self.ended(url)
            del self.open[url]
            logger.info("%s: the lease of its host is lost; another worker crawls it", url)
        self._changed.set()
        return lost

    def committed(self, urls: Iterable[str]) -> None:
        """The outcomes of *urls* are in the archive for good."""
        self.done.extend(self.open.pop(url) for url in urls if url in self.open)
        self._changed.set()
        if self.done and not any(task.get_name() == "acknowledge" for task in self._tasks):
            self._start(self._ask(self.take_off), "acknowledge")

    # -- links -----------------------------------------------------------------------------------------------------

    async def links(
        self, settle: Callable[[], None], give_up: Callable[[Taken], None]
    ) -> AsyncIterator[Taken]:
        """Links as they can be asked for; with `once` until every link of the queue has its outcome.

        *settle* commits what has ended; *give_up* gives a link that ends workers its outcome. Raises QueueProblem.
        """
        await self._ask(check, self.queue.client, self._url)
        beat = self._start(self._renew_leases(), "renew")
        try:
            while True:
                await self._fill()
                if self.once and not self.left and not self.open and not self.suspects and not self.done:
                    return
                while taken := self._next():
                    self._begin(taken)
                    yield taken
                if self.suspects and (trial := self.open.get(self._on_trial)) and trial.is_ended:
                    settle()  # the next one need not wait for a batch to fill
                if self.suspects and self._on_trial not in self.open:
                    async for taken in self._try_suspect(settle, give_up):
                        yield taken
        finally:
            beat.cancel()

    def _next(self) -> Taken | None:
        """The link whose turn it is: of the partition with the fewest under way, so that a slow host holds up no other."""
        for partition in [p for p in self.waiting if not self.leases.holds(p)]:
            del self.waiting[partition]  # another worker takes them over
        ready = [partition for partition, links in self.waiting.items() if links]
        if not ready:
            return None
        partition = min(ready, key=lambda number: self._under_way[number])
        if self._under_way[partition] >= max(2, self.concurrency // len(ready)):
            return None
        return self.waiting[partition].popleft()

    def _begin(self, taken: Taken) -> None:
        self.open[taken.url] = taken
        self._under_way[taken.partition] += 1

    async def _fill(self) -> None:
        """Have links that wait, as far as there are any; otherwise wait for a moment."""
        if self.done:
            await self._ask(self.take_off)
        if clock() - self._spread_at > (SPREAD if self.left else PAUSE):
            await self._ask(self._spread)
            self._spread_at = clock()
        partitions = [
            partition
            for partition in self.leases.mine
            if partition not in self.leases.surplus and len(self.waiting.get(partition, ())) < AHEAD
        ]
        has_waiting = any(self.waiting.values())
        is_idle = not has_waiting and not self.open
        taken = (
            await self._ask(self.lent.read, partitions, AHEAD, 500 if is_idle else None) if partitions else []
        )
        self._put(taken)
        if not taken:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), PAUSE)

    def _put(self, links: Iterable[Taken]) -> None:
        for taken in links:
            if taken.id in self._known(taken.partition):
                continue  # under way here, with a lease that was lost for a while
            if taken.deliveries > SUSPECT:
                self.suspects.append(taken)
            else:
                self.waiting.setdefault(taken.partition, deque()).append(taken)

    def _known(self, partition: int) -> set[str]:
        """Ids of the links of a partition that this worker has in hand."""
        in_hand = (
            *list(self.open.values()),
            *list(self.done),
            *self.suspects,
            *self.waiting.get(partition, ()),
        )
        return {taken.id for taken in in_hand if taken.partition == partition}

    # -- partitions ------------------------------------------------------------------------------------------------

    def _spread(self) -> None:
        lengths = self.queue.lengths()
        busy = {taken.partition for taken in (*list(self.open.values()), *self.suspects, *list(self.done))}
        busy |= {partition for partition, links in self.waiting.items() if links}
        for partition in self.leases.spread(lengths, busy):
            self._put(self.lent.take_over(partition))
        mine = [partition for partition in self.leases.mine if lengths[partition]]
        self._put(self.lent.recall(mine, self._known))
        self.left = sum(lengths)

    async def _renew_leases(self) -> None:
        """From the event loop: a worker that hangs loses its leases."""
        while True:
            await asyncio.sleep(self.leases.seconds / 3)
            await self._ask(self.leases.renew)

    # -- links that end workers --------------------------------------------------------------------------------------

    async def _try_suspect(
        self, settle: Callable[[], None], give_up: Callable[[Taken], None]
    ) -> AsyncIterator[Taken]:
        """A link that may have ended its workers, or was only beside one that did: charged before it starts. From the second time
        on it runs while nothing else is under way; after `TRIALS` it is given up."""
        taken = self.suspects.popleft()
        if not self.leases.holds(taken.partition):
            return
        number = await self._ask(self.lent.charge, taken)
        is_alone = number > 1
        if is_alone:
            await self._until_idle(settle)
        self._begin(taken)
        self._on_trial = taken.url
        if number > TRIALS:
            taken.reason = (
                f"put aside: its worker died {taken.deliveries - 1} times while it was under way, the last time while it ran alone;"
                " scrapy enqueue -a dead=1 queues it again"
            )
            give_up(taken)
            return
        yield taken
        if not is_alone:
            return
        await self._until_idle(settle)

    async def _until_idle(self, settle: Callable[[], None]) -> None:
        """Wait until nothing is under way, and all of it is committed and taken off."""
        while self.open or self.done:
            if all(taken.is_ended for taken in self.open.values()):
                settle()
            if self.done:
                await self._ask(self.take_off)
            await asyncio.sleep(0.05)

    # -- taking off ----------------------------------------------------------------------------------------------------

    def take_off(self) -> None:
        """Have Redis forget the links that are committed. Raises RedisError."""
        with self._taking_off:
            while self.done:
                batch = list(self.done)[:100]
                self.lent.take_off(batch)
                for _ in batch:
                    self.done.popleft()

    def close(self) -> None:
        """Let go of everything: others take over at once what has no outcome, and it counts as never taken."""
        for task in self._tasks:
            task.cancel()
        waiting = [taken for links in self.waiting.values() for taken in links]
        try:
            self.take_off()
            self.lent.give_back([*self.open.values(), *self.suspects, *waiting], self._on_trial)
            self.leases.close()
        except redis.RedisError as exc:  # the leases end by themselves
            logger.warning("%s: %s; its leases end in %.0f seconds", self._name, exc, self.leases.seconds)

    # -- asking Redis ----------------------------------------------------------------------------------------------------

    async def _ask(self, call: Callable[..., Answer], *args: Any) -> Answer:
        """What *call* returns, in a thread, as soon as Redis can be asked: it may restart or be unreachable for a while."""
        while True:
            try:
                result = await asyncio.to_thread(call, *args)
            except CONNECTION_ERRORS as exc:
                if not self._is_away:
                    logger.warning("%s cannot be reached: %s; waiting for it", self._name, exc)
                self._is_away = True
                await asyncio.sleep(1)
            else:
                if self._is_away:
                    logger.warning("%s is there again", self._name)
                self._is_away = False
                return result

    def _start(self, work: Awaitable[Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
