"""The state of a queue for ``scrapy status``: how much, how old, who works on it, what was put aside."""

from __future__ import annotations

from typing import Any

from archive.terminal import fit_width
from crawler.cluster import QueueProblem
from crawler.cluster.open_queue import open_queue
from crawler.exit_status import counted

QUEUE_TROUBLE = 8
"""Exit status of ``scrapy status``."""
SHOWN = 5  # links that were put aside
LONG = 600.0  # seconds for which links wait that nobody works on


def read_queue(url: str) -> dict[str, Any]:
    """`crawler.cluster.queue.Queue.state` with ``url`` and ``problems``. Raises QueueProblem where redis is not installed."""
    queue = open_queue(url)
    from redis import RedisError

    from crawler.cluster.queue import check, shown

    state: dict[str, Any] = {"url": shown(url)}
    problems: list[str] = []
    try:
        check(queue.client, url)
    except QueueProblem as exc:
        problems.append(str(exc))
    except RedisError as exc:
        return {**state, "problems": [f"the queue {state['url']} cannot be reached: {exc}"]}
    state |= queue.state()
    if dead := len(state["dead"]):
        problems.append(
            f"put aside from the queue: {counted(dead, 'link')}; scrapy enqueue -a dead=1 queues again what was put aside"
        )
    if state["links"] and not state["workers"] and state["lag"] > LONG:
        problems.append(f"queued, and no worker is alive: {counted(state['links'], 'link')}")
    return {**state, "problems": problems}


def span(seconds: float | None) -> str:
    """A span of time in one unit.

    >>> span(12.3), span(7300), span(None)
    ('12s', '2h', '-')
    """
    if seconds is None:
        return "-"
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:.0f}s"


def queue_lines(state: dict[str, Any], paint: Any) -> list[str]:
    """The state for a terminal."""
    lines = ["", paint("queue", "bold") + f"  {state['url']}"]
    if "links" not in state:
        return lines
    lines.append(
        f"  {counted(state['links'], 'link')}, {state['taken']:,} of them taken; the oldest was queued {span(state['lag'])} ago"
        if state["links"]
        else "  empty"
    )
    for name in sorted(set(state["workers"]) | set(state["owners"])):
        counts = state["owners"].get(name, {"partitions": 0, "links": 0})
        lines.append(
            f"  {fit_width(name, 40)}{counts['partitions']:>5} partitions{counts['links']:>12,} links"
        )
    if state["unowned"]:
        lines.append(f"  {fit_width('nobody yet', 40)}{state['unowned']:>28,} links")
    for entry in state["dead"][:SHOWN]:
        lines += [f"  {paint('put aside', 'red')}  {entry['url']}", f"    {entry.get('reason', '')}"]
    if len(state["dead"]) > SHOWN:
        lines.append(f"  and {len(state['dead']) - SHOWN:,} more")
    return lines
