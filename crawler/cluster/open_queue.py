"""Opens the queue that QUEUE names; says what is missing where the extra is not installed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from crawler.cluster import QueueProblem

if TYPE_CHECKING:
    from crawler.cluster.queue import Queue


def open_queue(url: str, check_it: bool = False) -> Queue:
    """The queue at *url*; with *check_it* its server is asked whether it keeps links, if it can be reached. Raises QueueProblem."""
    try:
        from crawler.cluster import queue
    except ImportError:
        raise QueueProblem(
            "QUEUE needs redis, which is not installed: pip install 'finews-archive[cluster]'"
        ) from None
    client = queue.connect(url)
    if check_it:
        with contextlib.suppress(*queue.CONNECTION_ERRORS):  # whoever needs it waits for it
            queue.check(client, url)
    return queue.Queue(client)
