"""Sends what watches found, by Apprise: e-mail, webhooks, DingTalk, WeCom, Feishu, Telegram and many more.

An alert counts as sent once the destination took it; until then it is tried again, after 5 minutes, doubled up to a day. A
process that is killed between the two sends that one message again.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archive.alerts.hits import NoSearchIndex, collect, drop_removed
from archive.alerts.messages import SHOWN, compose
from archive.alerts.sending import send_by_apprise
from archive.alerts.watches import FILE, Watch, WatchError, load
from archive.feed_state import CLOCK_TOLERANCE, patience
from archive.times import utc_text

LOCK = ".alerts.lock"
PATIENCE = 60.0  # seconds that one delivery takes at most before it leaves the rest to the next

Send = Callable[[str, str, str], str | None]
"""``(url, title, body)`` -> why it failed; None where it was taken."""


@dataclass(slots=True)
class Delivered:
    """What a delivery came to."""

    found: int = 0
    """Alerts that are new, for all destinations together."""
    sent: int = 0
    waiting: int = 0
    """Alerts that are not sent yet: quiet hours, throttling, failures."""
    problems: list[str] = field(default_factory=list)
    """What failed, by watch; without addresses, which hold secrets."""


def report_and_deliver(
    data_dir: Path, now: datetime, problems: Mapping[str, str] | None = None, send: Send | None = None
) -> Delivered:
    """Look for hits of all watches, and send what is due. *problems*: operating trouble now (None: it was not looked for).

    Never raises for what is wrong with a watch, the archive or a destination: that is in ``problems``.
    """
    result = Delivered()
    try:
        watches = load(data_dir / FILE)
        if watches and (data_dir / "archive.db").is_file():
            with open(data_dir / LOCK, "a", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # another process delivers: it takes no longer than PATIENCE
                with closing(_connect(data_dir / "archive.db")) as conn:
                    _find(conn, watches, now, problems, result)
                    _send_all(conn, watches, now, send or send_by_apprise, result)
                    [(result.waiting,)] = conn.execute("SELECT count(*) FROM alerts WHERE sent_at IS NULL")
    except (WatchError, OSError) as exc:
        result.problems.append(str(exc))
    except sqlite3.Error as exc:
        result.problems.append(f"{data_dir / 'archive.db'}: {exc}")
    return result


def _connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA foreign_keys = ON")
    return conn


def _find(
    conn: sqlite3.Connection,
    watches: Mapping[str, Watch],
    now: datetime,
    problems: Mapping[str, str] | None,
    result: Delivered,
) -> None:
    """Each watch by itself: what is wrong with one keeps no other from looking."""
    drop_removed(conn, watches)
    for watch in watches.values():
        conn.execute("BEGIN IMMEDIATE")
        try:
            result.found += collect(conn, watch, now, problems)
            conn.execute("COMMIT")
        except NoSearchIndex as exc:
            conn.execute("ROLLBACK")
            result.problems.append(str(exc))


def _send_all(
    conn: sqlite3.Connection, watches: Mapping[str, Watch], now: datetime, send: Send, result: Delivered
) -> None:
    deadline = time.monotonic() + PATIENCE
    for watch in watches.values():
        for target, url in watch.targets.items():
            due_at = _due_at(conn, watch, target, now)
            if due_at > now:
                conn.execute(
                    "UPDATE alerts SET next_try_at = ? WHERE watch = ? AND target = ? AND sent_at IS NULL",
                    [utc_text(due_at), watch.name, target],
                )
                continue
            while time.monotonic() < deadline and (rows := _next_rows(conn, watch, target)):
                title, body = compose(conn, watch.name, rows)
                reason = send(url, title, body)
                _write_down(conn, rows, now, reason)
                if reason is not None:
                    result.problems.append(f"watch {watch.name}: {len(rows)} alerts not delivered: {reason}")
                    break
                result.sent += len(rows)


def _next_rows(conn: sqlite3.Connection, watch: Watch, target: str) -> list[sqlite3.Row]:
    """What the next message is made of."""
    return conn.execute(
        "SELECT * FROM alerts WHERE watch = ? AND target = ? AND sent_at IS NULL ORDER BY id LIMIT ?",
        [watch.name, target, SHOWN],
    ).fetchall()


def _write_down(
    conn: sqlite3.Connection, rows: Sequence[sqlite3.Row], now: datetime, reason: str | None
) -> None:
    """Keep that a message was taken, or why not and when it is tried again."""
    if reason is None:
        sets, values = "sent_at = ?, next_try_at = NULL, reason = NULL", [utc_text(now)]
    else:
        wait = patience(max(row["tries"] for row in rows) + 1)
        sets, values = "next_try_at = ?, reason = ?", [utc_text(now + wait), reason]
    ids = json.dumps([row["id"] for row in rows])
    conn.execute(
        f"UPDATE alerts SET tries = tries + 1, {sets} WHERE id IN (SELECT value FROM json_each(?))",
        [*values, ids],
    )


def _due_at(conn: sqlite3.Connection, watch: Watch, target: str, now: datetime) -> datetime:
    """When the next message may go out: after failures, throttling and quiet hours."""
    # A time that is further ahead than the longest wait was written by a clock that was wrong, and hides none that is true.
    failed_until, last_sent_at = conn.execute(
        "SELECT max(CASE WHEN sent_at IS NULL AND tries > 0 AND next_try_at <= :tomorrow THEN next_try_at END),"
        " max(CASE WHEN sent_at <= :soon THEN sent_at END) FROM alerts WHERE watch = :watch AND target = :target",
        {
            "tomorrow": utc_text(now + timedelta(days=1)), "soon": utc_text(now + CLOCK_TOLERANCE),
            "watch": watch.name, "target": target,
        },
    ).fetchone()  # fmt: skip
    due_at = now
    for text, wait in ((failed_until, timedelta(0)), (last_sent_at, watch.every)):
        if text:
            due_at = max(due_at, datetime.fromisoformat(text) + wait)
    return watch.quiet_until(due_at) or due_at
