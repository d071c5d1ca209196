"""A DATA_DIR that is merged into another: read only, also while its crawl writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.lock import AlreadyLocked, DirectoryLock
from archive.merge.bundle import CHILDREN, OWN_COLUMNS, Bundle, read_bundles
from archive.reader import connect_to_read
from archive.schema import SET, STEPS, has_search, open_archive, steps

CHUNK = 50  # articles of a shard in memory: 500 KB as a rule

NOT_COMPARED = {
    "articles": (*OWN_COLUMNS, "post_path", "first_seen_at"),
    "article_feeds": ("first_listed_at",),
    "revisions": ("body_html", "body_text", "changes", "text_removed", "text_added", "cause"),
}
"""Columns that make no difference: what follows from others, and what is compared by its own rule."""
ALSO_COMPARED = {
    "articles": "n.first_seen_at < m.first_seen_at",
    "article_feeds": "n.first_listed_at < m.first_listed_at",
}


class ShardError(Exception):
    """A shard cannot be merged; the message says which, why, and what to do."""


def open_shard(path: Path) -> sqlite3.Connection:
    """A database of a shard, read-only; also of one at rest in a folder that cannot be written to. Raises sqlite3.Error."""
    conn = connect_to_read(path)
    conn.isolation_level = None
    return conn


class Shard:
    """Opened by `open`; from `begin` on everything is read as it was at that moment."""

    def __init__(self, root: Path):
        self.root, self.path = root, root / "archive.db"
        self.conn: sqlite3.Connection
        self._newest = 0
        """`arrival` of the newest article when `compare` began."""

    def open(self) -> Shard:
        """Open it for reading, brought up to date where an earlier version wrote it. Raises ShardError."""
        if not self.path.is_file():
            raise ShardError(f"{self.root} is not a shard: there is no archive.db in it")
        try:
            self._bring_up_to_date()
            self.conn = open_shard(self.path)
        except sqlite3.Error as exc:
            raise ShardError(f"{self.path} cannot be read: {exc}") from None
        return self

    def _bring_up_to_date(self) -> None:
        with closing(open_shard(self.path)) as conn:
            rows = conn.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [SET]
            ).fetchall()
            search = has_search(conn)
        ran = {name for (name,) in rows}
        if unknown := ran - {name for name, _ in STEPS}:
            raise ShardError(
                f"{self.path} was made by a newer version (its step {min(unknown)} is unknown here): update this installation"
            )
        if {name for name, _ in steps(search=False)} <= ran:
            return
        try:
            with DirectoryLock(self.root):
                open_archive(self.path, search).close()
        except AlreadyLocked as exc:
            raise ShardError(
                f"{self.path} is being written by an earlier version ({exc}): update that installation, or merge when it has ended"
            ) from None
        except OSError as exc:
            raise ShardError(
                f"{self.path} was made by an earlier version and cannot be brought up to date: {exc.strerror or exc}"
            ) from None

    def close(self) -> None:
        """Let go of it."""
        self.conn.close()

    def compare(self, archive: Path) -> int:
        """Find what the archive.db at *archive* lacks or has otherwise, into temporary tables; number of articles compared."""
        conn = self.conn
        [(self._newest,)] = conn.execute("SELECT coalesce(max(arrival), 0) FROM main.articles").fetchall()
        conn.execute("CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY) WITHOUT ROWID")
        conn.execute("ATTACH ? AS archive", [f"{archive.as_uri()}?mode=ro"])
        for table in ("articles", *CHILDREN):
            conn.execute(f"INSERT OR IGNORE INTO wanted {self._differences(table)}")
        conn.execute("CREATE TEMP TABLE taken_down AS SELECT id FROM archive.forgotten")
        conn.execute("DETACH archive")
        [(count,)] = conn.execute("SELECT count(*) FROM main.articles")
        return int(count)

    def _differences(self, table: str) -> str:
        """SQL of the ids of articles whose rows of *table* the archive lacks, or has with other values."""
        info = self.conn.execute(f"PRAGMA main.table_info({table})").fetchall()
        key = " AND ".join(f"m.{column[1]} = n.{column[1]}" for column in info if column[5])
        compared = [
            f"n.{column[1]} IS NOT m.{column[1]}"
            for column in info
            if not column[5] and column[1] not in NOT_COMPARED.get(table, ())
        ]
        if also := ALSO_COMPARED.get(table):
            compared.append(also)
        first = next(column[1] for column in info if column[5])
        differs = f"m.{first} IS NULL" + "".join(f" OR {condition}" for condition in compared)
        return (
            f"SELECT n.{first} FROM main.{table} AS n LEFT JOIN archive.{table} AS m ON {key} WHERE {differs}"
        )

    def begin(self) -> None:
        """From now on read one moment. What arrived since `compare`, which cannot be of that moment as it lets go of the archive
        again, is wanted as well: its links are there now."""
        self.conn.execute("BEGIN")
        self.conn.execute(
            "INSERT OR IGNORE INTO wanted SELECT id FROM main.articles WHERE arrival > ?", [self._newest]
        )
        self.conn.execute("DELETE FROM wanted WHERE id IN (SELECT id FROM taken_down)")

    def bundles(self) -> Iterator[tuple[tuple[str, int, str], Bundle]]:
        """The articles that `compare` found, by ``(first_seen_at, arrival, id)``."""
        changed_articles = self.conn.execute(
            "SELECT first_seen_at, arrival, id FROM wanted JOIN main.articles USING (id) ORDER BY 1, 2, 3"
        )
        while chunk := changed_articles.fetchmany(CHUNK):
            bundles = read_bundles(self.conn, [key[2] for key in chunk])
            for key in chunk:
                if key[2] in bundles:  # else it has no text
                    yield key, bundles[key[2]]
