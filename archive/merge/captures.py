"""Responses of a shard into captures.db: each capture once, each body once, nothing of what was taken down."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.captures import NAME, Captures
from archive.captures.batch import Exchanges, insert_responses
from archive.captures.headers import header_set_of
from archive.captures.journal import Noted, put_in_order, write_journal
from archive.captures.schema import COLUMNS_OF_EXCHANGES, COLUMNS_OF_RESPONSES
from archive.forget import MARK, redacted_body
from archive.merge.shard import open_shard
from archive.merge.tables import write_in_batches

BATCH = 200  # captures a transaction: 2 MB of bodies as a rule
LACKING = """
WITH lacking AS (
  SELECT crawl_id, noted_at, kind, article_id, entry FROM main.journal
  EXCEPT SELECT crawl_id, noted_at, kind, article_id, entry FROM archive.journal)
SELECT batch, crawl_id, noted_at, kind, article_id, entry FROM main.journal AS j WHERE EXISTS (
  SELECT 1 FROM lacking AS l WHERE l.noted_at = j.noted_at AND l.kind = j.kind AND l.entry = j.entry
    AND l.article_id IS j.article_id AND l.crawl_id IS j.crawl_id)
ORDER BY id
"""
"""Entries of the shard's journal that the archive's has not."""


def merge_captures(
    captures: Captures,
    shard: Path,
    needles: Collection[str],
    own: Collection[str],
    forgotten: Collection[str] = (),
) -> int:
    """Copy what *captures*, open, lacks of the shard's, and of its journal; how many captures. *forgotten* are the articles that
    were taken down here, *needles* name them, *own* are the captures that only those rest on: they stay out. Raises
    sqlite3.Error, CaptureError."""
    path = shard / NAME
    if not path.is_file():
        return 0
    captures.flush()
    with closing(open_shard(path)) as conn:
        conn.execute("ATTACH ? AS archive", [f"{captures.path.as_uri()}?mode=ro"])
        conn.execute("BEGIN")
        cursor = conn.execute(
            "SELECT * FROM main.captures AS n WHERE NOT EXISTS (SELECT 1 FROM archive.responses WHERE id = n.id) ORDER BY id"
        )
        copy = _Copy(captures, conn, [column[0] for column in cursor.description], needles, own)
        number = write_in_batches(cursor, copy.write, BATCH) - copy.left_out
        _copy_journal(captures, conn, forgotten)
        put_in_order(captures.db)
        return number


def _copy_journal(captures: Captures, shard: sqlite3.Connection, forgotten: Collection[str]) -> None:
    """Put the entries of the shard's journal that the archive's lacks behind it, but for those of articles that were taken down."""
    if not shard.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'journal'").fetchone():
        return  # of an earlier version
    batch = 0
    entries: list[tuple[str | None, Noted]] = []
    for number, *entry in shard.execute(LACKING):
        if number != batch:
            _write_journal(captures, entries)
            batch, entries = number, []
        crawl_id, noted_at, kind, article_id, text = entry
        if kind != "link" and article_id in forgotten:
            continue
        entries.append((crawl_id, Noted(noted_at, kind, article_id, json.loads(text))))
    _write_journal(captures, entries)


def _write_journal(captures: Captures, entries: list[tuple[str | None, Noted]]) -> None:
    if not entries:
        return
    captures.db.execute("BEGIN IMMEDIATE")
    try:
        write_journal(captures.db, entries[0][0], [entry for _, entry in entries])
        captures.db.execute("COMMIT")
    except BaseException:
        captures.db.execute("ROLLBACK")
        raise


def _columns_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the view `captures`, which lacks columns where an earlier version made it, as `insert_responses` takes it."""
    capture_id, _, *rest = COLUMNS_OF_RESPONSES
    return (
        tuple(map(row.get, COLUMNS_OF_EXCHANGES)),
        row[capture_id],
        *map(row.get, rest),
    )


class _Copy:
    """Writes captures and the bodies and headers that they need."""

    def __init__(
        self,
        captures: Captures,
        shard: sqlite3.Connection,
        names: Sequence[str],
        needles: Collection[str],
        own: Collection[str],
    ):
        self.db, self.shard, self.names = captures.db, shard, names
        self.needles, self.own = list(needles), frozenset(own)
        self.exchanges = Exchanges()
        self.left_out = 0

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write *rows* of `captures`, all of them or none."""
        captures = [dict(zip(self.names, row, strict=True)) for row in rows]
        kept = [row for row in captures if not self._is_taken_down(row)]
        self.left_out += len(captures) - len(kept)
        bodies = [body for row in kept if (body := self._body_of(row))]
        headers = {row["request_headers"]: None for row in kept}
        headers |= {name: None for row in kept if (name := header_set_of(row["headers"]))}
        marks = ", ".join("?" * len(headers))
        sets = self.shard.execute(
            f"SELECT id, headers FROM main.header_sets WHERE id IN ({marks})", list(headers)
        ).fetchall()
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany("INSERT OR IGNORE INTO header_sets VALUES (?, ?)", sets)
            self.db.executemany(
                "INSERT INTO bodies VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
                " first_capture = min(first_capture, excluded.first_capture)",
                bodies,
            )
            insert_responses(self.db, self.exchanges, map(_columns_of, kept), or_ignore=True)
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.exchanges = Exchanges()
            raise

    def _is_taken_down(self, row: dict[str, Any]) -> bool:
        return row["id"] in self.own or any(
            text in row["url"] or text in (row["final_url"] or "") for text in self.needles
        )

    def _body_of(self, row: dict[str, Any]) -> tuple[Any, ...] | None:
        """The row of `bodies` that a capture needs; one that names what was taken down is rewritten, and *row* with it."""
        sha256 = row["body_sha256"]
        if sha256 is None:
            return None
        is_archived = self.shard.execute("SELECT 1 FROM archive.bodies WHERE sha256 = ?", [sha256]).fetchone()
        if is_archived and not self.needles:
            return sha256, row["id"], 0, b""  # only `first_capture` may change
        size, packed = self.shard.execute(
            "SELECT size, packed FROM main.bodies WHERE sha256 = ?", [sha256]
        ).fetchone()
        if self.needles and (redacted := redacted_body(sha256, packed, self.needles)):
            sha256, size, packed = redacted
            row["body_sha256"], row["redacted"] = sha256, json.dumps([*json.loads(row["redacted"]), MARK])
        return sha256, row["id"], size, packed
