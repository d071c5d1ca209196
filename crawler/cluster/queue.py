"""Links of many machines in Redis streams: what is queued, who works on which hosts, what was put aside.

Links are spread over `PARTITIONS` streams by the host that is asked for them, so that one worker at a time asks a host
(`crawler.cluster.leases`). A link is queued once at a time: its digest stays in a set beside the stream until it is acknowledged.
The braces in the names of keys keep a partition on one node of a Redis Cluster.
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from crawler.cluster import QueueProblem
from crawler.pages import LinkError, target_of

Client = Any
"""`redis.Redis`, whose annotations name what clients of every kind and protocol return."""
PARTITIONS = 256
GROUP = "workers"
WORKERS, DEAD = "finews:workers", "finews:dead"
OLDEST = (6, 2)  # XAUTOCLAIM
BATCH = 1000  # links sent to Redis at once
CONNECTION_ERRORS = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.OutOfMemoryError)
"""What a server raises that restarts, cannot be reached, or is full for now: whoever waits can go on."""

ADD = "if redis.call('sadd', KEYS[2], ARGV[1]) == 1 then redis.call('xadd', KEYS[1], '*', unpack(ARGV, 2)) return 1 end return 0"
"""Queue a link, unless it is queued."""


def connect(url: str) -> Client:
    """A client of the queue at *url* (``redis://[:PASSWORD@]HOST[:PORT]/DB``). Raises QueueProblem; nothing is sent yet."""
    try:
        return redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=10, retry=Retry(ExponentialBackoff(cap=1, base=0.05), 3)
        )  # fmt: skip
    except ValueError as exc:
        raise QueueProblem(f"QUEUE={shown(url)}: {exc}; give redis://HOST:6379/0") from None


def shown(url: str) -> str:
    """*url* without its password.

    >>> shown("redis://:secret@queue.example:6379/0")
    'redis://queue.example:6379/0'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def check(client: Client, url: str) -> None:
    """Raises QueueProblem where the server would lose links, or is too old; redis.RedisError."""
    version = str(client.info("server")["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise QueueProblem(f"{shown(url)}: Redis {version} is too old: 6.2 or newer is needed")
    parts = urlsplit(url)
    cli = f"redis-cli -h {parts.hostname} -p {parts.port or 6379}"
    for name, needed, loss in (
        ("appendonly", "yes", "links would be lost with the server"),
        ("maxmemory-policy", "noeviction", "links would be lost where its memory is short"),
    ):
        value = client.config_get(name).get(name)
        if value != needed:
            raise QueueProblem(
                f"{shown(url)}: {name} is {value}, so {loss}. Put '{name} {needed}' into redis.conf; at once: {cli} config set {name} {needed}"
            )


class Queue:
    """The links of one Redis database. Methods raise redis.RedisError."""

    def __init__(self, client: Client):
        self.client = client
        self._add = client.register_script(ADD)

    @staticmethod
    def stream(partition: int) -> str:
        return f"finews:{{{partition}}}:links"

    @staticmethod
    def queued(partition: int) -> str:
        """Key of the set of what is in the stream."""
        return f"finews:{{{partition}}}:queued"

    @staticmethod
    def owner(partition: int) -> str:
        return f"finews:{{{partition}}}:owner"

    @staticmethod
    def trials(partition: int) -> str:
        """Key of the hash of links that are being run alone, with how often."""
        return f"finews:{{{partition}}}:trials"

    # -- links in ---------------------------------------------------------------------------------------------

    def add(self, entries: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[int, int]:
        """Queue entries, ``(host, fields)``; how many were given, and how many of them were not queued already."""
        entries_given = added = 0
        pipe = self.client.pipeline(transaction=False)
        for host, fields in entries:
            partition = partition_of(host)
            flat = [part for pair in fields.items() for part in pair]
            keys = [self.stream(partition), self.queued(partition)]
            self._add(keys=keys, args=[digest_of(fields["url"]), *flat], client=pipe)
            entries_given += 1
            if entries_given % BATCH == 0:
                added += sum(pipe.execute())
        return entries_given, added + sum(pipe.execute())

    def dead(self) -> list[dict[str, str]]:
        """Links that were put aside, the oldest first: ``url``, ``reason``, ``at`` (epoch milliseconds) and what they were queued with."""
        entries = self.client.xrange(DEAD)
        return [{"id": entry, "at": entry.partition("-")[0], **fields} for entry, fields in entries]

    def revive(self, origins: Sequence[str], templates: Sequence[str]) -> int:
        """Queue the links again that were put aside; how many."""
        entries = self.dead()
        for entry in entries:
            entry_id = entry.pop("id")
            fields = {name: value for name, value in entry.items() if name not in ("at", "reason")}
            self.add([(host_of(fields["url"], origins, templates), fields)])
            self.client.xdel(DEAD, entry_id)
        return len(entries)

    # -- looking ----------------------------------------------------------------------------------------------

    def lengths(self) -> list[int]:
        """Links by partition that are not acknowledged."""
        pipe = self.client.pipeline(transaction=False)
        for partition in range(PARTITIONS):
            pipe.xlen(self.stream(partition))
        return [int(length) for length in pipe.execute()]

    def state(self, now: float | None = None) -> dict[str, Any]:
        """``links``, ``taken`` (not acknowledged), ``lag`` (seconds since the oldest was queued, None without any), ``owners``
        (partitions and links by worker), ``unowned`` (links of partitions that nobody works on), ``workers`` and ``dead``."""
        lengths = self.lengths()
        full = [partition for partition, length in enumerate(lengths) if length]
        pipe = self.client.pipeline(transaction=False)
        for partition in full:
            pipe.get(self.owner(partition))
            pipe.xrange(self.stream(partition), count=1)
            pipe.xpending(self.stream(partition), GROUP)
        answers = pipe.execute(raise_on_error=False)  # a stream that nobody has taken from has no group
        owners: dict[str, dict[str, int]] = {}
        oldest, taken, unowned = [], 0, 0
        for number, partition in enumerate(full):
            owner, first, pending = answers[3 * number : 3 * number + 3]
            if first:
                oldest.append(int(first[0][0].partition("-")[0]) / 1000)
            taken += pending["pending"] if isinstance(pending, dict) else 0
            if owner is None:
                unowned += lengths[partition]
                continue
            counts = owners.setdefault(str(owner), {"partitions": 0, "links": 0})
            counts["partitions"] += 1
            counts["links"] += lengths[partition]
        now = time.time() if now is None else now
        return {
            "links": sum(lengths),
            "taken": taken,
            "lag": max(now - min(oldest), 0.0) if oldest else None,
            "workers": [str(name) for name in self.client.zrange(WORKERS, 0, -1)],
            "owners": owners,
            "unowned": unowned,
            "dead": self.dead(),
        }


def partition_of(host: str) -> int:
    """The partition of a host: the same in every process.

    >>> partition_of("paper.example") == partition_of("PAPER.example")
    True
    """
    return zlib.crc32(host.lower().encode()) % PARTITIONS


def digest_of(url: str) -> str:
    """What a link is known by while it is queued."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def host_of(link: str, origins: Sequence[str], templates: Sequence[str]) -> str:
    """The host that is asked for a link, first; empty where the link cannot be read."""
    try:
        target = target_of(link)
    except LinkError:
        return ""
    places = target.page.places(target, list(origins), list(templates))
    return (urlsplit(places[0].url).hostname or "") if places else ""


def entries_of(
    links: Iterable[str], origins: Sequence[str], templates: Sequence[str], **extra: Any
) -> Iterator[tuple[str, dict[str, str]]]:
    """What `Queue.add` takes, of links; *extra* goes with each as JSON."""
    fields = {name: json.dumps(value, ensure_ascii=False) for name, value in extra.items() if value}
    for link in links:
        text = link.encode("utf-8", "replace").decode()
        yield host_of(text, origins, templates), {"url": text, **fields}
