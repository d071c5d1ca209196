"""What each watch has to report since it last looked: rows of `alerts`, one for each destination."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from archive.alerts.watches import EDIT, FIGURES, NEW, TROUBLE, WITHDRAWAL, Watch
from archive.questions import NARROWED
from archive.times import utc_text

OVERLAP = timedelta(days=1)
"""How far back edits are looked at again, in case a clock was wrong; what was reported stays reported once."""
AHEAD = timedelta(minutes=5)
"""A stored time that is further ahead than this was written by a wrong clock."""

Hit = tuple[str, str, str]
"""Event, article id, when it happened (UTC text)."""


class NoSearchIndex(Exception):
    """A watch has words, but the archive has no index of words."""


def drop_removed(conn: sqlite3.Connection, watches: Collection[str]) -> None:
    """Forget watches that are no longer in the file, and what waits for them; what they sent stays in the log."""
    names = [json.dumps(list(watches))]
    gone = "NOT IN (SELECT value FROM json_each(?))"
    conn.execute(f"DELETE FROM alerts WHERE sent_at IS NULL AND watch {gone}", names)
    conn.execute(f"DELETE FROM watches WHERE name {gone}", names)


def collect(conn: sqlite3.Connection, watch: Watch, now: datetime, problems: Mapping[str, str] | None) -> int:
    """Write what a watch finds into `alerts`, inside the caller's transaction; how many rows. Raises NoSearchIndex.

    *problems*: operating trouble at this moment, what in words by a key that stays the same while it lasts; None: unknown.
    """
    _redirect(conn, watch)
    state = _state(conn, watch, now)
    [(before,)] = conn.execute("SELECT coalesce(max(id), 0) FROM alerts").fetchall()
    for event, article_id, happened_at in _hits(conn, watch, state, now):
        _add(conn, watch, event, article_id, happened_at, None, now)
    if TROUBLE in watch.on and problems is not None:
        _report_troubles(conn, watch, json.loads(state["troubles"]), now, problems)
    conn.execute(
        "UPDATE watches SET arrival = (SELECT coalesce(max(arrival), 0) FROM articles), looked_at = ? WHERE name = ?",
        [utc_text(now), watch.name],
    )
    [(number,)] = conn.execute("SELECT count(*) FROM alerts WHERE id > ?", [before]).fetchall()
    return int(number)


def matching(conn: sqlite3.Connection, watch: Watch, after: int, upto: int) -> list[tuple[int, str, str]]:
    """``(arrival, id, first_seen_at)`` of the articles that match now, of those that arrived in a span: *after* exclusive, *upto*
    inclusive. Raises NoSearchIndex."""
    source, condition = "articles AS a", "a.arrival > :after AND a.arrival <= :upto"
    if watch.words:
        if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone():
            raise NoSearchIndex(
                f"watch {watch.name} has words, but the archive has no search index; a crawl with -s SEARCH_INDEX=True builds it"
            )
        source = "search AS f JOIN articles AS a ON a.arrival = f.arrival"
        condition = "f.q = :words AND f.arrival > :after AND f.arrival <= :upto"
    rows = conn.execute(
        f"SELECT a.arrival, a.id, a.first_seen_at FROM {source} WHERE {condition} AND {NARROWED} ORDER BY a.arrival",
        {
            "words": watch.words, "after": after, "upto": upto,
            "publisher": watch.publisher, "security": watch.security,
        },
    )  # fmt: skip
    return [tuple(row) for row in rows]


def _state(conn: sqlite3.Connection, watch: Watch, now: datetime) -> dict[str, Any]:
    """The watch's row, made where it looks for the first time."""
    began = watch.since or now
    conn.execute(
        "INSERT OR IGNORE INTO watches (name, began_at, began_arrival, arrival, looked_at)"
        " SELECT :name, :began, newest, newest, :began FROM ("
        "   SELECT coalesce(max(arrival), 0) AS newest FROM articles WHERE :given = 0 OR first_seen_at < :began)",
        {"name": watch.name, "began": utc_text(began), "given": int(watch.since is not None)},
    )
    cursor = conn.execute("SELECT * FROM watches WHERE name = ?", [watch.name])
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _hits(conn: sqlite3.Connection, watch: Watch, state: Mapping[str, Any], now: datetime) -> Iterable[Hit]:
    [(newest,)] = conn.execute("SELECT coalesce(max(arrival), 0) FROM articles").fetchall()
    if NEW in watch.on:
        for _, article_id, first_seen_at in matching(conn, watch, state["arrival"], newest):
            yield NEW, article_id, first_seen_at
    if set(watch.on) == {TROUBLE}:
        return
    looked_at = min(datetime.fromisoformat(state["looked_at"]), now + AHEAD)
    began_at = datetime.fromisoformat(state["began_at"])
    since = looked_at - OVERLAP
    for change in _changes(conn, since if began_at > now + AHEAD else max(began_at, since)):
        matches = matching(conn, watch, change["arrival"] - 1, change["arrival"])
        if NEW in watch.on and matches and state["began_arrival"] < change["arrival"] <= state["arrival"]:
            # An article that matches since it was edited, or did so from the first: the index of `alerts` knows.
            yield NEW, change["id"], change["first_seen_at"]
        if not matches and not _was_reported(conn, watch, change["id"]):
            continue
        for event in _events(change):
            if event in watch.on:
                yield event, change["id"], change["changed_at"]


def _changes(conn: sqlite3.Connection, since: datetime) -> list[dict[str, Any]]:
    """Edits and withdrawals by publishers that were found since then."""
    cursor = conn.execute(
        "SELECT c.id, c.changed_at, c.withdrawn, a.arrival, a.first_seen_at,"
        " coalesce(c.figures_removed, c.percentages_removed, c.codes_removed) IS NOT NULL AS figures"
        " FROM revision_changes AS c JOIN articles AS a USING (id) WHERE c.changed_at >= ? AND c.cause = 'publisher'"
        " ORDER BY c.changed_at, c.id, c.revision",
        [utc_text(since)],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _events(change: Mapping[str, Any]) -> list[str]:
    """Which events an edit is."""
    if change["withdrawn"]:
        return [WITHDRAWAL]
    return [FIGURES, EDIT] if change["figures"] else [EDIT]


def _was_reported(conn: sqlite3.Connection, watch: Watch, article_id: str) -> bool:
    row = conn.execute("SELECT 1 FROM alerts WHERE watch = ? AND article_id = ?", [watch.name, article_id])
    return row.fetchone() is not None


def _add(
    conn: sqlite3.Connection,
    watch: Watch,
    event: str,
    article_id: str | None,
    happened_at: str,
    detail: str | None,
    now: datetime,
) -> None:
    """Add a hit for each destination; one that is there stays. An edit that changed figures is one hit, not two."""
    if event == EDIT and FIGURES in watch.on:
        seen = conn.execute(
            "SELECT 1 FROM alerts WHERE watch = ? AND article_id = ? AND event = ? AND happened_at = ?",
            [watch.name, article_id, FIGURES, happened_at],
        )
        if seen.fetchone():
            return
    conn.executemany(
        "INSERT OR IGNORE INTO alerts (watch, target, event, article_id, happened_at, detail, found_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (watch.name, target, event, article_id, happened_at, detail, utc_text(now))
            for target in watch.targets
        ],
    )


def _report_troubles(
    conn: sqlite3.Connection,
    watch: Watch,
    reported: dict[str, str],
    now: datetime,
    problems: Mapping[str, str],
) -> None:
    """Trouble is reported when it begins and when it is over."""
    for key, text in problems.items():
        if key not in reported:
            _add(conn, watch, TROUBLE, None, utc_text(now), text, now)
    for key, text in reported.items():
        if key not in problems:
            _add(conn, watch, TROUBLE, None, utc_text(now), f"over: {text}", now)
    open_now = {key: reported.get(key, text) for key, text in problems.items()}
    conn.execute(
        "UPDATE watches SET troubles = ? WHERE name = ?",
        [json.dumps(open_now, ensure_ascii=False), watch.name],
    )


def _redirect(conn: sqlite3.Connection, watch: Watch) -> None:
    """What waits for a destination that the watch no longer has goes to those that it has: a corrected address loses nothing."""
    targets = json.dumps(list(watch.targets))
    stale = "watch = :watch AND sent_at IS NULL AND target NOT IN (SELECT value FROM json_each(:targets))"
    parameters = {"watch": watch.name, "targets": targets}
    conn.execute(
        "INSERT OR IGNORE INTO alerts (watch, target, event, article_id, happened_at, detail, found_at)"
        " SELECT watch, value, event, article_id, happened_at, detail, found_at FROM alerts, json_each(:targets)"
        f" WHERE {stale}",
        parameters,
    )
    conn.execute(f"DELETE FROM alerts WHERE {stale}", parameters)
