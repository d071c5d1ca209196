"""The archive on disk: one writer, one transaction a batch, files and rows that appear together.

How a crash leaves nothing torn: pictures wait in ``.staging/`` and posts in memory until their batch is written. A batch
first names the files it is about to publish in ``.pending``, moves them into place, commits the rows, and removes
``.pending``. Whoever opens the archive next finds a left-over ``.pending`` and makes every file in it agree with the
rows: pictures that no row knows go, posts are made again from their rows.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

from archive.outcomes import FAILED
from archive.schema import has_search, open_archive
from archive.search.bulk_load import by_hand, index
from archive.stories.grouping import Stories
from archive.times import utc_text

BATCH = 200  # articles a transaction, 10 MB at most as a rule: the search index pays for each a segment and its merging
BATCH_SECONDS = 2.0  # a batch waits no longer than this for more articles

Row = dict[str, Any]


class ArchiveError(Exception):
    """DATA_DIR cannot be used; the message says which path and why."""


class ArchiveLocked(ArchiveError):
    """Another crawl writes to this DATA_DIR; the message says which."""


@dataclass(slots=True)
class Entry:
    """All that one article brings to a batch."""

    article: Row
    """Row of `articles`; ``arrival`` is given when the batch is written."""
    new: bool = False
    """Whether the archive holds nothing of the article yet."""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of other tables, to be added or brought up to date."""
    replace: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of tables in which they take the place of all that this article had."""
    body_html: str | None = None
    """New text, or None where it stays."""
    body_text: str | None = None
    images: list[str] = field(default_factory=list)
    """Paths of staged pictures that this article brings."""
    post: tuple[str, str] | None = None
    """``(path relative to DATA_DIR, text)`` of its front-matter file, or None where that stays."""
    old_post: str | None = None
    """Path of a post that the new one takes the place of."""


KEYS: dict[str, tuple[str, ...]] = {
    "article_feeds": ("article_id", "feed"),
    "article_publishers": ("article_id", "origin"),
    "publishers": ("name",),
    "images": ("sha256",),
    "article_images": ("article_id", "position"),
    "securities": ("id",),
    "article_securities": ("article_id", "security_id", "origin"),
    "article_links": ("article_id", "position"),
    "removals": ("article_id", "position"),
    "revisions": ("article_id", "revision"),
    "checks": ("article_id",),
}
KEEP_FIRST = {"article_feeds", "publishers", "images", "revisions"}  # a row that is there stays as it is


class Archive:
    """The one writer of a DATA_DIR. Take it by `Archive.of`; `open` raises ArchiveLocked or ArchiveError."""

    _shared: WeakKeyDictionary[Any, Archive] = WeakKeyDictionary()

    def __init__(self, data_dir: str | os.PathLike[str], now: str | None = None, search: bool = True):
        self._search = search
        self._now = datetime.fromisoformat(now) if now else None
        self.root = Path(data_dir).expanduser().resolve()
        self.conn: sqlite3.Connection | None = None
        self._lock: IO[str] | None = None
        self._batch: dict[str, Entry] = {}
        self._links: dict[str, Row] = {}
        self._rows: dict[str, list[Row]] = {}
        self._slugs: dict[str, str] = {}
        self._batch_since = 0.0
        self._wrote = False
        self._arrival: int | None = None
        self._folders: set[str] = set()
        self.broken: ArchiveError | None = None
        """Why the archive could not be written, once that has happened."""
        self.failures: list[Row] = []
        """The first rows of `links` of this crawl that tell of no article, for the summary."""
        self.arrived: list[Row] = []
        """The first articles that this crawl brought, for the summary."""
        self.written = 0
        """Articles of this crawl that are in the archive now, new or brought up to date."""
        self.render: Callable[[Mapping[str, Any]], tuple[str, str]] | None = None
        """Makes ``(path, text)`` of a post from an article's stored fields; set by whoever writes posts."""

    @classmethod
    def of(cls, crawler: Any) -> Archive:
        """The archive of this crawl, shared by its pipelines and spider."""
        if crawler not in cls._shared:
            cls._shared[crawler] = cls.named_in(crawler.settings)
        return cls._shared[crawler]

    @classmethod
    def named_in(cls, settings: Any) -> Archive:
        """The archive that the settings name, not open yet."""
        return cls(settings["DATA_DIR"], settings["FINEWS_NOW"], settings.getbool("SEARCH_INDEX", True))

    @classmethod
    def share(cls, crawler: Any, archive: Archive) -> None:
        """Make *archive*, already open, the one of *crawler*."""
        cls._shared[crawler] = archive

    @classmethod
    def shared_with(cls, crawler: Any) -> Archive | None:
        """The archive shared with *crawler*, if there is one."""
        return cls._shared.get(crawler)

    def now(self) -> datetime:
        """The time that this crawl writes down, aware UTC: the clock's, but for a test that sets ``FINEWS_NOW``."""
        return self._now.astimezone(UTC) if self._now else datetime.now(UTC)

    @property
    def is_open(self) -> bool:
        """Whether it can be read and written now."""
        return self.conn is not None

    # -- opening and closing ----------------------------------------------------------------------------------

    def open(self) -> Archive:
        """Take the lock, bring the tables up to date, mend what a killed crawl left. Twice is once."""
        if self.conn is not None:
            return self
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            (self.root / ".staging").mkdir(exist_ok=True)
            self.conn = open_archive(self.root / "archive.db", self._search)
            self._stories = Stories(self.conn)
            self._has_search = has_search(self.conn)
            self.conn.row_factory = sqlite3.Row
        except OSError as wrong:
            self._drop_lock()
            raise ArchiveError(
                f"DATA_DIR {self.root} cannot be written: {wrong.strerror or wrong} ({wrong.filename or self.root})"
            ) from None
        except sqlite3.Error as wrong:
            self._drop_lock()
            raise ArchiveError(
                f"{self.root / 'archive.db'} cannot be opened: {wrong}. If it is damaged, move it away and restore a backup."
            ) from None
        return self

    def _take_lock(self) -> None:
        """Hold ``.lock`` as long as this process lives: the kernel lets go of it even after kill -9."""
        lock = open(self.root / ".lock", "a+", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 (held until close)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "a process that did not say who it is"
            lock.close()
            raise ArchiveLocked(f"another crawl holds {self.root}: {holder}") from None
        lock.seek(0)
        lock.truncate()
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:300]
        lock.write(f"pid {os.getpid()}, since {utc_text(datetime.now(UTC))}, {command}\n")
        lock.flush()
        self._lock = lock

    def _drop_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def recover(self) -> None:
        """Make the files of an unfinished batch agree with the rows, and empty the staging folder."""
        pending = self.root / ".pending"
        if pending.exists():
            try:
                named = json.loads(pending.read_text(encoding="utf-8"))
            except ValueError:  # killed while writing it: nothing was published yet
                named = {"images": [], "posts": []}
            for path in named["images"]:
                if not self._db.execute("SELECT 1 FROM images WHERE path = ?", [path]).fetchone():
                    (self.root / path).unlink(missing_ok=True)
            for path in named["posts"]:
                row = self._db.execute("SELECT id FROM articles WHERE post_path = ?", [path]).fetchone()
                if row is None:
                    (self.root / path).unlink(missing_ok=True)
                elif self.render is not None and (article := self.stored(row["id"])):
                    self._write_post(*self.render(article))
            pending.unlink()
        for left in (self.root / ".staging").iterdir():
            left.unlink()

    def close(self) -> None:
        """Write what waits, shrink the write-ahead log, let go of the lock."""
        if self.conn is None:
            return
        self.flush()
        if self._wrote:
            self._keep_statistics(self.conn)
        self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.conn.close()
        self.conn = None
        shutil.rmtree(self.root / ".staging", ignore_errors=True)
        self._drop_lock()

    @staticmethod
    def _keep_statistics(conn: sqlite3.Connection) -> None:
        """Planning statistics, once the archive is twice as large as when they were made.

        ``PRAGMA optimize`` would keep those of a first, small crawl until it is 25 times as large, and meanwhile views
        would read all of it. Of the search index none are wanted, and they would take longest.
        """
        stat = None
        if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
            stat = conn.execute(
                "SELECT stat FROM sqlite_stat1 WHERE idx = 'articles_published_at'"
            ).fetchone()
        [(newest,)] = conn.execute("SELECT max(arrival) FROM articles").fetchall()
        if stat and (newest or 0) <= 2 * int(stat[0].split()[0]):
            return
        conn.execute("PRAGMA analysis_limit = 400")
        tables = conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'search_index*' AND name NOT GLOB 'sqlite_*'"
        ).fetchall()
        for (name,) in tables:
            conn.execute(f"ANALYZE {name}")

    @property
    def _db(self) -> sqlite3.Connection:
        if self.conn is None:
            self.open()
        assert self.conn is not None
        return self.conn

    # -- the crawl's own row -----------------------------------------------------------------------------------

    def begin_crawl(self, spider: str) -> str:
        """Add the row of `crawls` of a crawl that starts now, and mark those that were killed; its id."""
        now = self.now()
        crawl_id = f"{now:%Y%m%dT%H%M%SZ}-{spider}-{os.getpid()}"
        with self._transaction() as db:
            # We hold the lock: a crawl without an end was killed.
            db.execute(
                "UPDATE crawls SET outcome = 'interrupted' WHERE finished_at IS NULL AND outcome IS NULL"
            )
            db.execute(
                "INSERT INTO crawls (id, spider, started_at) VALUES (?, ?, ?)",
                [crawl_id, spider, utc_text(now)],
            )
        return crawl_id

    def finish_crawl(self, crawl_id: str, **columns: Any) -> None:
        """Fill the row of a crawl that ends now: ``outcome``, ``exit_status``, ``reason`` and counts."""
        row = {**columns, "finished_at": utc_text(self.now())}
        with self._transaction() as db:
            db.execute(
                f"UPDATE crawls SET {', '.join(f'{name} = :{name}' for name in row)} WHERE id = :id",
                {**row, "id": crawl_id},
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is written within, or nothing. Immediate: one that begins as a reader and then writes would fail at
        once where another program writes meanwhile, whatever the busy timeout."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    # -- looking up -------------------------------------------------------------------------------------------

    def known(self, article_id: str) -> Row | None:
        """The article's row with the batch that waits taken in, or None where it is not archived."""
        if article_id in self._batch:
            self.flush()
        row = self._db.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
        return dict(row) if row else None

    def rows_of(self, table: str, article_id: str) -> list[Row]:
        """The rows of *table* (one of `KEYS`) that belong to an article, in order of their key."""
        order = ", ".join(KEYS[table][1:])
        found = self._db.execute(f"SELECT * FROM {table} WHERE article_id = ? ORDER BY {order}", [article_id])
        return [dict(row) for row in found]

    def stored(self, article_id: str) -> Row | None:
        """What a post is made of: the row of `news` with its lists read and ``images`` (dicts in order)."""
        row = self._db.execute("SELECT * FROM news WHERE id = ?", [article_id]).fetchone()
        if row is None:
            return None
        images = self._db.execute(
            "SELECT * FROM article_images LEFT JOIN images USING (sha256) WHERE article_id = ? ORDER BY position",
            [article_id],
        )
        return {
            **dict(row),
            "authors": json.loads(row["authors"]),
            "editors": json.loads(row["editors"]),
            "images": [dict(image) for image in images],
        }

    def known_images(self, article_id: str) -> dict[str, Row]:
        """Stored pictures of an article by address: ``sha256``, ``media_type``, ``width``, ``height``, ``bytes``,
        ``path``. One whose file is gone or has another size is left out, so that it is fetched again."""
        if article_id in self._batch:
            self.flush()
        found = self._db.execute(
            "SELECT ai.url, i.* FROM article_images ai JOIN images i USING (sha256) WHERE ai.article_id = ?",
            [article_id],
        )
        return {
            row["url"]: {key: row[key] for key in row.keys() if key != "url"}  # noqa: SIM118 (a Row, not a dict)
            for row in found
            if self._has_file(row["path"], row["bytes"])
        }

    def _has_file(self, path: str, size: int | None = None) -> bool:
        try:
            found = os.stat(self.root / path)
        except OSError:
            return False
        return size is None or found.st_size == size

    def has_file(self, path: str | None) -> bool:
        """Whether a post or picture (path relative to DATA_DIR) is there."""
        return path is not None and self._has_file(path)

    def slug(self, name: str) -> str:
        """The publisher's name for paths, given once and kept."""
        if name not in self._slugs:
            row = self._db.execute("SELECT slug FROM publishers WHERE name = ?", [name]).fetchone()
            if row:
                self._slugs[name] = row["slug"]
            else:
                from archive.publisher_slugs import assign_slug

                self._slugs[name] = assign_slug(name, self._slug_owner)
        return self._slugs[name]

    def _slug_owner(self, slug: str) -> str | None:
        for name, taken in self._slugs.items():
            if taken == slug:
                return name
        row = self._db.execute("SELECT name FROM publishers WHERE slug = ?", [slug]).fetchone()
        return row["name"] if row else None

    # -- adding -----------------------------------------------------------------------------------------------

    def stage_image(self, data: bytes, sha256: str, suffix: str) -> str:
        """Keep a picture until its article is written; its path relative to DATA_DIR. Raises OSError."""
        path = f"images/{sha256[:2]}/{sha256}{suffix}"
        staged = self.root / ".staging" / f"{sha256}{suffix}"
        if not staged.exists() and not self._has_file(path, len(data)):
            staged.write_bytes(data)
        return path

    def add(self, entry: Entry) -> None:
        """Take an article into the batch; written at `BATCH` articles, by `tick`, or by `flush`."""
        article_id = entry.article["id"]
        if article_id in self._batch:
            self.flush()
        self._wait_begins()
        self._batch[article_id] = entry
        if len(self.arrived) < 3:
            self.arrived.append(entry.article)
        if len(self._batch) >= BATCH:
            self.flush()

    def add_link(self, row: Row) -> None:
        """Take a row of `links` (``url``, ``article_id``, ``outcome``, ``reason``, ``last_tried_at``) into the batch."""
        self._wait_begins()
        self._links[row["url"]] = row
        if row["outcome"] in FAILED and len(self.failures) < 20:
            self.failures.append(row)
        if len(self._links) >= BATCH * 10:
            self.flush()

    def end_link(self, url: str, article_id: str | None, outcome: str, reason: str | None = None) -> None:
        """Take into the batch how a link ended now: *outcome* is one of `archive.outcomes`, *reason* its words."""
        row = {"url": url, "article_id": article_id, "outcome": outcome, "reason": reason}
        self.add_link({**row, "last_tried_at": utc_text(self.now())})

    def add_rows(self, table: str, rows: list[Row]) -> None:
        """Take rows of a table of `KEYS` into the batch whose articles are archived and stay as they are."""
        self._wait_begins()
        self._rows.setdefault(table, []).extend(rows)

    def withdraw(self, article_id: str, found_at: str) -> bool:
        """The source has withdrawn an article: its text stays, and becomes a version. False where it is not archived,
        or was known to be withdrawn."""
        self.flush()
        article = self.known(article_id)
        if article is None or article["withdrawn_at"]:
            return False
        with self._db:
            self._db.execute(
                "INSERT OR IGNORE INTO revisions (article_id, revision, retrieved_at, headline, body_html, body_text, changes)"
                " SELECT id, revision, retrieved_at, headline, body_html, body_text, ? FROM news WHERE id = ?",
                ['{"withdrawn": true}', article_id],
            )
            self._db.execute(
                "UPDATE articles SET revision = revision + 1, withdrawn_at = ? WHERE id = ?",
                [found_at, article_id],
            )
            self._db.execute("UPDATE checks SET next_check_at = NULL WHERE article_id = ?", [article_id])
        return True

    def link_outcome(self, article_id: str, since: str) -> Row | None:
        """``outcome`` and ``reason`` of the article's links tried since (UTC text), with the batch taken in."""
        for row in self._links.values():
            if row["article_id"] == article_id:
                return row
        found = self._db.execute(
            "SELECT outcome, reason FROM links WHERE article_id = ? AND last_tried_at >= ?",
            [article_id, since],
        ).fetchone()
        return dict(found) if found else None

    def _wait_begins(self) -> None:
        if not self._waits:
            self._batch_since = time.monotonic()

    @property
    def _waits(self) -> bool:
        return bool(self._batch or self._links or self._rows)

    def tick(self) -> None:
        """Write a batch that has waited long enough."""
        if self._waits and time.monotonic() - self._batch_since >= BATCH_SECONDS:
            self.flush()

    # -- writing ----------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write the batch: files and rows, or neither. Raises ArchiveError, with the batch kept."""
        if not self._waits:
            return
        batch, links, more = self._batch, self._links, self._rows
        try:
            self._publish(batch.values())
            with self._transaction():
                self._write_rows(batch, links, more)
        except OSError as wrong:
            self.broken = ArchiveError(
                f"{wrong.filename or self.root} cannot be written: {wrong.strerror or wrong}"
            )
            raise self.broken from wrong
        except sqlite3.OperationalError as wrong:
            self.broken = ArchiveError(f"{self.root / 'archive.db'} cannot be written: {wrong}")
            raise self.broken from wrong
        self._batch, self._links, self._rows = {}, {}, {}
        self._wrote = True
        self.written += len(batch)
        (self.root / ".pending").unlink(missing_ok=True)

    def _publish(self, entries: Iterable[Entry]) -> None:
        """Move the batch's pictures into place and write its posts, after naming them all in ``.pending``."""
        images = list(dict.fromkeys(path for entry in entries for path in entry.images))
        posts = [entry.post for entry in entries if entry.post]
        old = [entry.old_post for entry in entries if entry.old_post]
        if not images and not posts and not old:
            return
        named = {"images": images, "posts": [path for path, _ in posts] + old}
        (self.root / ".pending").write_text(json.dumps(named), encoding="utf-8")
        for path in images:
            target = self.root / path
            staged = self.root / ".staging" / target.name
            if staged.exists():
                self._make_folder(target)
                os.replace(staged, target)
        if images:
            self._link_images()
        for path, text in posts:
            self._write_post(path, text)
        for path in old:
            (self.root / path).unlink(missing_ok=True)

    def _make_folder(self, target: Path | str) -> None:
        folder = os.path.dirname(target)
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)

    def _link_images(self) -> None:
        """A site built from ``posts/`` finds the pictures in it, by a link to where they lie."""
        link = self.root / "posts" / "images"
        if not os.path.lexists(link):
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(Path("..") / "images", target_is_directory=True)

    def _write_post(self, path: str, text: str) -> None:
        """Write a post whole or not at all, and only where its bytes change."""
        # Paths as plain text: as Path objects they cost as much as the writing.
        target, data = f"{self.root}/{path}", text.encode()
        try:
            with open(target, "rb") as file:
                if file.read() == data:
                    return
        except FileNotFoundError:
            self._make_folder(target)
        staged = f"{self.root}/.staging/{os.path.basename(target)}"
        with open(staged, "wb") as file:
            file.write(data)
        os.replace(staged, target)

    def _write_rows(
        self, batch: Mapping[str, Entry], links: Mapping[str, Row], more: Mapping[str, list[Row]]
    ) -> None:
        self._number(batch.values())
        articles = [
            {**entry.article, "story_id": entry.article["id"]} if entry.new else entry.article
            for entry in batch.values()
        ]
        if articles:
            self._upsert("articles", ("id",), articles)
        texts = [
            {"article_id": article_id, "body_html": entry.body_html, "body_text": entry.body_text}
            for article_id, entry in batch.items()
            if entry.body_html is not None
        ]
        for article_id, entry in batch.items():
            if entry.body_text is not None and not entry.new:
                self._stories.leave(article_id)
        new = {article_id for article_id, entry in batch.items() if entry.new} if self._has_search else set()
        if new:
            with by_hand(self._db):
                self._upsert("texts", ("article_id",), [row for row in texts if row["article_id"] in new])
            index(
                self._db,
                [
                    (entry.article["arrival"], entry.article["headline"], entry.body_text)
                    for entry in batch.values()
                    if entry.new and entry.body_text is not None
                ],
            )
        if texts := [row for row in texts if row["article_id"] not in new]:
            self._upsert("texts", ("article_id",), texts)
        for article_id, entry in batch.items():
            if entry.body_text is not None:
                self._stories.place(article_id, entry.body_text, entry.new)
            elif not entry.new and "published_at" in entry.article:
                self._stories.renamed(article_id)
        for table, key in KEYS.items():
            replaced = [
                (article_id,)
                for article_id, entry in batch.items()
                if table in entry.replace and not entry.new
            ]
            if replaced:
                self._db.executemany(f"DELETE FROM {table} WHERE article_id = ?", replaced)
            rows = [
                row
                for entry in batch.values()
                for row in (*entry.rows.get(table, ()), *entry.replace.get(table, ()))
            ]
            rows += more.get(table, [])
            if not rows:
                continue
            if table == "securities":  # a chart names no name: it must not wipe out a known one
                unnamed = [row for row in rows if not row["name"]]
                rows = [row for row in rows if row["name"]]
                self._insert_new(table, unnamed)
            if table in KEEP_FIRST:
                self._insert_new(table, rows)
            elif rows:
                self._upsert(table, key, rows)
        if links:
            self._db.executemany(
                "INSERT INTO links (url, article_id, outcome, reason, tries, first_tried_at, last_tried_at)"
                " VALUES (:url, :article_id, :outcome, :reason, 1, :last_tried_at, :last_tried_at)"
                " ON CONFLICT (url) DO UPDATE SET article_id = excluded.article_id, outcome = excluded.outcome,"
                " reason = excluded.reason, tries = tries + 1, last_tried_at = excluded.last_tried_at",
                links.values(),
            )

    def _upsert(self, table: str, key: tuple[str, ...], rows: list[Row]) -> None:
        """Add rows or bring them up to date. Not by sqlite-utils, which looks at the table each time and at every value:
        with it a batch costs 0.2 ms an article, without it 0.1 ms."""
        alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows:
            alike.setdefault(tuple(row), []).append(tuple(row.values()))
        for names, values in alike.items():
            sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
            self._db.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}",
                values,
            )

    def _insert_new(self, table: str, rows: list[Row]) -> None:
        """Add rows that are not there yet."""
        if rows:
            names = list(rows[0])
            self._db.executemany(
                f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})",
                rows,
            )

    def _number(self, entries: Iterable[Entry]) -> None:
        """Give new articles their ``arrival``."""
        for entry in entries:
            if entry.article.get("arrival") is None:
                if self._arrival is None:
                    self._arrival = self._db.execute(
                        "SELECT coalesce(max(arrival), 0) FROM articles"
                    ).fetchone()[0]
                assert self._arrival is not None
                self._arrival += 1
                entry.article["arrival"] = self._arrival
