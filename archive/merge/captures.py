"""Responses of a shard into captures.db: each capture once, each body once, nothing of what was taken down."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.captures import NAME, Captures
from archive.forget import MARK, redacted_body
from archive.merge.tables import write_in_batches

BATCH = 200  # captures a transaction: 2 MB of bodies as a rule


def merge_captures(captures: Captures, shard: Path, needles: Collection[str], own: Collection[str]) -> int:
    """Copy what *captures*, open, lacks of the shard's; how many. *needles* name articles that were taken down here, *own*
    the captures that only those rest on: they stay out. Raises sqlite3.Error, CaptureError."""
    path = shard / NAME
    if not path.is_file():
        return 0
    captures.flush()
    with closing(
        sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)
    ) as conn:
        conn.execute("ATTACH ? AS archive", [f"{captures.path.as_uri()}?mode=ro"])
        conn.execute("BEGIN")
        cursor = conn.execute(
            "SELECT n.* FROM main.captures AS n LEFT JOIN archive.captures AS m ON m.id = n.id WHERE m.id IS NULL ORDER BY n.id"
        )
        copy = _Copy(captures, conn, [column[0] for column in cursor.description], needles, own)
        return write_in_batches(cursor, copy.write, BATCH) - copy.left_out


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
        self.left_out = 0

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write *rows* of `captures`, all of them or none."""
        found = [dict(zip(self.names, row, strict=True)) for row in rows]
        kept = [row for row in found if not self._is_taken_down(row)]
        self.left_out += len(found) - len(kept)
        bodies = [body for row in kept if (body := self._body_of(row))]
        headers = {row["request_headers"]: None for row in kept}
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
            self.db.executemany(
                f"INSERT OR IGNORE INTO captures ({', '.join(self.names)}) VALUES ({', '.join(':' + name for name in self.names)})",
                kept,
            )
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
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
        known = self.shard.execute("SELECT 1 FROM archive.bodies WHERE sha256 = ?", [sha256]).fetchone()
        if known and not self.needles:
            return sha256, row["id"], 0, b""  # only `first_capture` may change
        size, packed = self.shard.execute(
            "SELECT size, packed FROM main.bodies WHERE sha256 = ?", [sha256]
        ).fetchone()
        if self.needles and (redacted := redacted_body(sha256, packed, self.needles)):
            sha256, size, packed = redacted
            row["body_sha256"], row["redacted"] = sha256, json.dumps([*json.loads(row["redacted"]), MARK])
        return sha256, row["id"], size, packed
