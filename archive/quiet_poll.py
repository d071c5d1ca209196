"""What the light check writes down after a poll that brought nothing, while it holds the archive's lock.

Loaded by `crawler/preflight.py` on its own, so it imports nothing: what `typing` and this package cost is a tenth of such a poll.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import Any

NAME = "preflight"
"""Spider of such rows of `crawls`."""


def record_quiet_poll(db: sqlite3.Connection, crawl: dict[str, Any], feeds: list[str]) -> None:
    """Keep in one transaction that feeds were read and list nothing new.

    *crawl*: ``id``, ``now`` (UTC text), ``requests``, ``bytes``; of such rows of `crawls` only the newest stays.
    What each feed listed stays as it is, too: all of it was settled. Raises sqlite3.Error.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany(
            "UPDATE feeds SET last_polled_at = :now, last_read_at = :now WHERE feed = :feed",
            [{"now": crawl["now"], "feed": feed} for feed in feeds],
        )
        db.execute("DELETE FROM crawls WHERE spider = ?", [NAME])
        db.execute(
            "INSERT INTO crawls (id, spider, started_at, finished_at, outcome, exit_status, requests, bytes)"
            f" VALUES (:id, '{NAME}', :now, :now, 'finished', 0, :requests, :bytes)",
            crawl,
        )
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
