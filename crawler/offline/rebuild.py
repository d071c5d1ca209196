"""Makes an archive again from captures and images: every entry of the journal (`archive.captures.journal`) in order, without network.

What no response says comes from a backup, where one is given: crawls, the state of lists, the user's decisions.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from archive.backup import Copied, copy_database, copy_file
from archive.captures import NAME as CAPTURES
from archive.captures import Captures
from archive.captures.journal import JournalEntry, journal
from archive.forget import bury
from archive.reader import connect_to_read
from archive.times import read_utc, utc_text
from archive.writer import Archive
from crawler.offline.offline_pipelines import OfflinePipelines
from crawler.offline.replay import CannotReplay, Replay
from crawler.offline.stored_images import ImageFiles
from crawler.reader_version import reader_of

MARK = ".rebuild"
"""File of DATA_DIR that says that its archive.db is being made again: one that was cut off is begun anew."""
COPIED = ("sources.toml", "rules.toml", "watches.toml")
OF_A_BACKUP = (
    "crawls",
    "feeds",
    "gaps",
    "pending_records",
    "restorations",
    "watches",
    "added_links",
    "forgotten",
)
"""Tables that come from a backup, as far as both have them: no response says what is in them."""
OF_ITS_ARTICLES = ("checks", "alerts", "reader_marks")
"""Likewise, once the articles are there."""


class RebuildError(Exception):
    """An archive cannot be made again here; the message says why."""


class Arrivals:
    """The numbers that articles have in a backup, by which watches know what is new; those of others come behind, and behind
    what the watches taken from it have looked at."""

    def __init__(self, backup: Path, archive: Archive):
        assert archive.conn is not None
        self.conn = open_backup(backup)
        newest = [
            conn.execute(f"SELECT coalesce(max(arrival), 0) FROM {table}").fetchone()[0]
            for conn, table in ((self.conn, "articles"), (archive.conn, "watches"))
        ]
        self.newest: int = max(newest)

    def __call__(self, article_id: str) -> int:
        row = self.conn.execute("SELECT arrival FROM articles WHERE id = ?", [article_id]).fetchone()
        if row is None:
            self.newest += 1
        return row[0] if row else self.newest


def open_backup(backup: Path) -> sqlite3.Connection:
    """A backup's archive.db, read-only. Raises RebuildError, sqlite3.Error."""
    path = backup / "archive.db"
    if not path.is_file():
        raise RebuildError(f"{backup} is not a backup: there is no archive.db in it")
    return connect_to_read(path)


@dataclass(slots=True)
class Rebuilt:
    """What a run came to."""

    entries: int = 0
    articles: int = 0
    """Readings of articles."""
    links: int = 0
    failed: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)
    """``(article, reason)`` of the first that could not be read again."""


def prepare(source: Path, data_dir: Path) -> None:
    """Bring captures, images and what configures the reader from *source* to *data_dir*, which must hold no archive.

    Raises RebuildError, OSError, sqlite3.Error.
    """
    if not (source / CAPTURES).is_file():
        raise RebuildError(f"there is no {source / CAPTURES}: an archive is made again from captures")
    target = data_dir / "archive.db"
    if target.exists() and not (data_dir / MARK).exists():
        raise RebuildError(
            f"{data_dir} holds an archive: choose an empty DATA_DIR, or move archive.db and posts/ away"
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / MARK).touch()
    for suffix in ("", "-wal", "-shm"):
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
    if (data_dir / "posts").is_dir():
        shutil.rmtree(data_dir / "posts")
    if source.resolve() == data_dir.resolve():
        return
    copied = Copied()
    for path in (source / "images").rglob("*"):
        if path.is_file():
            copy_file(path, data_dir / path.relative_to(source), copied, link=True)
    for name in COPIED:
        if (source / name).is_file():
            copy_file(source / name, data_dir / name, copied, link=False)
    copy_database(source / CAPTURES, data_dir / CAPTURES)


def take_from_backup(archive: Archive, backup: Path, tables: Iterable[str] = OF_A_BACKUP) -> list[str]:
    """Copy *tables* of a backup's archive.db; names of those that had rows. Raises RebuildError, sqlite3.Error."""
    taken = []
    with closing(open_backup(backup)) as old, archive.transaction() as new:
        for table in tables:
            old_names, new_names = (
                [row[1] for row in conn.execute(f"PRAGMA table_info({table})")] for conn in (old, new)
            )
            names = ", ".join(name for name in new_names if name in old_names)
            if not names:
                continue
            rows = old.execute(f"SELECT {names} FROM {table}").fetchall()
            columns = ", ".join(f"? AS {name}" for name in names.split(", "))
            known = " WHERE article_id IS NULL OR article_id IN (SELECT id FROM articles)"
            condition = known if table in OF_ITS_ARTICLES else ""
            new.executemany(
                f"INSERT OR REPLACE INTO {table} ({names}) SELECT * FROM (SELECT {columns}){condition}",
                [tuple(row) for row in rows],
            )
            if rows:
                taken.append(table)
    return taken


class Rebuild:
    """Runs the journal over an open, empty *archive*."""

    def __init__(self, archive: Archive, captures: Captures, settings: Any):
        self.archive, self.captures = archive, captures
        self.replay = Replay(captures, settings, archive.root)
        self.pipelines = OfflinePipelines(settings, archive, ImageFiles(archive.root), stores=True)
        self.version = reader_of(settings)

    def run(self, outcome: Rebuilt) -> Iterator[int]:
        """Every entry in order; the number of those done. Raises ArchiveError."""
        batch = 0
        for entry in journal(self.captures.db):
            if entry.batch != batch:  # what was written together is: stories depend on it
                self.archive.flush()
                batch = entry.batch
            self.archive.set_clock(read_utc(entry.noted_at))
            outcome.entries += 1
            try:
                self._take(entry, outcome)
            except CannotReplay as exc:
                outcome.failed += 1
                if len(outcome.reasons) < 20:
                    outcome.reasons.append((str(entry.article_id), str(exc)))
            yield outcome.entries
        self.archive.flush()

    def end(self) -> None:
        """Nothing is left to do: a rebuild that is killed before this is begun anew."""
        (self.archive.root / MARK).unlink(missing_ok=True)

    def _take(self, entry: JournalEntry, outcome: Rebuilt) -> None:
        """Do what an entry describes. Raises CannotReplay, ArchiveError."""
        article_id = entry.article_id or ""
        if entry.kind == "article":
            if self.archive.forgotten_at(
                article_id
            ):  # as the backup says: without captures the journal does not
                return
            outcome.articles += 1
            self._archive_article(article_id, entry.entry)
        elif entry.kind == "link":
            outcome.links += 1
            row = {name: entry.entry[name] for name in ("url", "outcome", "reason", "spider")}
            row |= {"article_id": entry.article_id, "last_tried_at": entry.noted_at}
            self.archive.add_link({**row, "tries": 0 if entry.entry.get("read_again") else 1})
        elif entry.kind == "withdrawal":
            self.archive.withdraw(article_id, utc_text(self.archive.now()))
        elif entry.kind == "feeds":
            rows = [row for row in entry.entry["rows"] if self.archive.known(row["article_id"])]
            self.archive.add_rows("article_feeds", rows)
        elif entry.kind == "forgotten":
            self.archive.flush()
            with self.archive.transaction() as conn:
                bury(conn, article_id, entry.noted_at)

    def _archive_article(self, article_id: str, reading: dict[str, Any]) -> None:
        article = self.replay.article(article_id, reading)
        article.reader = self.version
        article.link = None  # how the link ended is an entry of its own
        try:
            record = ItemAdapter(self.pipelines.process(article))
        except DropItem as exc:
            raise CannotReplay(f"a pipeline drops it now: {exc}") from None
        if record["archived"] is None:
            raise CannotReplay("nothing visible is left of it")
