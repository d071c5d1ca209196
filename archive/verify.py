"""Checks of a DATA_DIR: what is damaged, missing or left over, and how to put right what rows can put right.

Each check yields `Finding`s. A repair is in the archive's reach where a row holds all that is needed: posts, the search index,
left-overs. Rows are written again where the caller can read captures. What only the network can bring back (image bytes) is
marked so that the next crawl fetches it, unless the caller does.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.batch import Entry
from archive.captures import NAME as CAPTURES
from archive.captures import CaptureError, unpack
from archive.data_files import DataFiles
from archive.feed_state import CLOCK_TOLERANCE
from archive.lock import DirectoryLock
from archive.manifest import check_manifests
from archive.reader import NoArchive
from archive.row_repair import Reread, rows_again, stored_of, write_rows
from archive.schema import connect, has_search, is_current
from archive.text_changes import text_digest
from archive.times import utc_text
from archive.writer import Archive

Render = Callable[[Mapping[str, Any]], tuple[str, str]]
FUTURE = {
    "articles": ("first_seen_at", "retrieved_at"),
    "checks": ("last_checked_at",),
    "links": ("last_tried_at",),
    "crawls": ("started_at",),
}
"""Columns that hold our own clock's times."""
UNCLAIMED = "unclaimed"
"""Folder of DATA_DIR to which a repair moves files that no row names."""


@dataclass(slots=True)
class Finding:
    """Something that is not as it should be."""

    check: str
    """``database``, ``search``, ``text``, ``row``, ``post``, ``image``, ``capture``, ``file``, ``leftover``, ``manifest`` or ``clock``."""
    subject: str
    """Article, path, capture or table."""
    problem: str
    repaired: bool = False
    """Whether it has been put right."""
    is_damage: bool = True
    """False for what should be known, but leaves nothing to repair."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


@dataclass(slots=True)
class Report:
    """What a verification found."""

    findings: list[Finding]
    articles: int = 0
    images: int = 0
    captures: int = 0
    without_captures: int = 0
    """Articles from before there were captures: counted, not damage."""

    @property
    def exit_status(self) -> int:
        """0 sound, 1 all damage repaired, 3 damage that stays."""
        damage = [finding for finding in self.findings if finding.is_damage]
        if not damage:
            return 0
        return 1 if all(finding.repaired for finding in damage) else 3


def verify(
    data_dir: Path,
    render: Render,
    now: datetime,
    repair: bool = False,
    reread: Callable[[sqlite3.Connection], Reread] | None = None,
) -> Report:
    """Check everything in *data_dir*; *render* makes ``(path, text)`` of the post of an article's stored fields, *reread* what reads
    an article's captures again: without it, rows cannot be repaired.

    Holds the lock meanwhile. Raises AlreadyLocked, OSError, FileNotFoundError where there is no archive, NoArchive where it is
    one of an earlier version.
    """
    path = data_dir / "archive.db"
    if not path.is_file():
        raise FileNotFoundError(2, "there is no archive here", str(path))
    lock = DirectoryLock(data_dir)
    lock.acquire()
    try:
        report = Report([])
        try:
            with closing(connect(path)) as conn:
                if not is_current(conn, search=False):
                    raise NoArchive(
                        f"{path} was made by an earlier version: a crawl brings its tables up to date"
                    )
                conn.row_factory = sqlite3.Row
                _verify(Verification(data_dir, conn, render, now, repair, reread), report)
        except sqlite3.DatabaseError as exc:
            report.findings.append(
                Finding("database", "archive.db", f"{exc}: restore a backup (scrapy restore)")
            )
        return report
    finally:
        lock.release()


def _verify(verification: Verification, report: Report) -> None:
    for check in (
        verification.check_leftovers,
        verification.check_database,
        verification.check_texts,
        verification.check_search,
        verification.check_posts,
        verification.check_images,
        verification.check_files,
        verification.check_captures,
        verification.check_manifests,
        verification.check_clock,
    ):
        report.findings += check()
    count = lambda sql: verification.conn.execute(sql).fetchone()[0]  # noqa: E731
    report.articles, report.images = (
        count("SELECT count(*) FROM articles"),
        count("SELECT count(*) FROM images"),
    )
    report.captures = verification.captures
    report.without_captures = count(
        "SELECT count(*) FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM article_captures WHERE article_id = a.id)"
    )


class Verification:
    """The checks, each a generator of findings; with *repair* it puts right what it can before it yields."""

    def __init__(
        self,
        data_dir: Path,
        conn: sqlite3.Connection,
        render: Render,
        now: datetime,
        repair: bool,
        reread: Callable[[sqlite3.Connection], Reread] | None = None,
    ):
        self._reread = reread
        self.root, self.conn, self.render, self.now, self.repair = data_dir, conn, render, now, repair
        self.files = DataFiles(data_dir)
        self.archive = Archive(data_dir)
        self.archive.conn = conn
        self.captures = 0

    def check_leftovers(self) -> Iterator[Finding]:
        """Files of killed runs."""
        staged = list(self.files.staging.iterdir()) if self.files.staging.is_dir() else []
        for path in (*([self.files.pending] if self.files.pending.exists() else []), *staged):
            yield Finding("leftover", str(path.relative_to(self.root)), "left by a killed crawl", self.repair)
        if self.repair:
            self.archive.render = self.render
            self.archive.recover()

    def check_database(self) -> Iterator[Finding]:
        """SQLite's own checks."""
        for (problem,) in self.conn.execute("PRAGMA integrity_check(20)").fetchall():
            if problem != "ok":
                yield Finding("database", "archive.db", problem)
        for table, rowid, parent, _ in self.conn.execute("PRAGMA foreign_key_check").fetchall():
            yield Finding("database", table, f"row {rowid} names a row of {parent} that is not there")

    def check_search(self) -> Iterator[Finding]:
        """The search index against the texts."""
        if not has_search(self.conn):
            return
        try:
            with self.conn:
                self.conn.execute(
                    "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
                )
        except sqlite3.DatabaseError as exc:
            if self.repair:
                with self.conn:
                    self.conn.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
            yield Finding("search", "search_index", f"does not agree with the texts ({exc})", self.repair)

    def check_texts(self) -> Iterator[Finding]:
        """Texts against the digests of their rows."""
        rows = self.conn.execute(
            "SELECT a.*, t.body_text FROM articles AS a LEFT JOIN texts AS t ON t.article_id = a.id"
        )
        for row in rows.fetchall() if self.repair else rows:
            if row["body_text"] is None:
                problem = "has no text"
            elif text_digest(row["body_text"]) != row["text_sha256"]:
                problem = "the text is not the one that was archived (SHA-256 differs)"
            else:
                continue
            entry = self.read_again(row["id"]) if self.repair else None
            if entry is None or entry.article["text_sha256"] != row["text_sha256"]:
                why = "; its captures are read as another text now" if entry else ""
                yield Finding("text", row["id"], problem + why)
                continue
            write_rows(self.conn, rows_again(entry, row))
            yield Finding("text", row["id"], f"{problem}; written again from its captures", True)

    @cached_property
    def read_again(self) -> Reread:
        """Reads an article's captures again."""
        return self._reread(self.conn) if self._reread else lambda article_id: None

    def _altered_row(self, article_id: str, post_path: str) -> Entry | None:
        """The rows that an article's captures make, where those and its post agree and the archived rows do not."""
        article = self.conn.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
        entry = self.read_again(article_id)
        if entry is None:
            return None
        entry = rows_again(entry, article)
        path, text = self.render(stored_of(entry))
        try:
            agree = path == post_path and (self.root / path).read_bytes() == text.encode()
        except OSError:
            return None
        return entry if agree else None

    def check_posts(self) -> Iterator[Finding]:
        """Posts against their rows."""
        for row in self.conn.execute(
            "SELECT id, post_path FROM articles WHERE post_path IS NOT NULL"
        ).fetchall():
            article = self.archive.stored(row["id"])
            if article is None:
                continue
            path, text = self.render(article)
            try:
                same = (self.root / path).read_bytes() == text.encode()
            except FileNotFoundError:
                same = None
            is_post = same and path == row["post_path"]
            if not is_post and (entry := self._altered_row(row["id"], row["post_path"])):
                if self.repair:
                    write_rows(self.conn, entry)
                written = "; written again from its captures" * self.repair
                yield Finding(
                    "row", row["id"], f"is not what its captures and its post say{written}", self.repair
                )
                continue
            if path != row["post_path"]:
                yield Finding(
                    "post", row["id"], f"is {row['post_path']}, by today's settings {path}", is_damage=False
                )
                continue
            if not same:
                if self.repair:
                    self.files.staging.mkdir(exist_ok=True)
                    self.files.write_post(path, text)
                yield Finding(
                    "post", path, "is missing" if same is None else "is not what its row makes", self.repair
                )

    def check_images(self) -> Iterator[Finding]:
        """Image files against their digests and sizes."""
        for row in self.conn.execute("SELECT sha256, bytes, path FROM images").fetchall():
            problem = self._image_problem(row)
            if problem is None:
                continue
            if self.repair:
                self._have_fetched_again(row["sha256"], row["path"])
                problem += "; the next crawl fetches it again"
            yield Finding("image", row["path"], problem)

    def _image_problem(self, row: sqlite3.Row) -> str | None:
        try:
            data = (self.root / row["path"]).read_bytes()
        except OSError:
            return "is missing"
        if len(data) != row["bytes"]:
            return f"has {len(data):,} bytes, not {row['bytes']:,}"
        return None if hashlib.sha256(data).hexdigest() == row["sha256"] else "is damaged (SHA-256 differs)"

    def _have_fetched_again(self, sha256: str, path: str) -> None:
        """Remove a damaged file and make the checks of its articles due: a stored image without its file is fetched again."""
        (self.root / path).unlink(missing_ok=True)
        with self.conn:
            self.conn.execute(
                "UPDATE checks SET next_check_at = ?, etag = NULL, last_modified = NULL"
                " WHERE article_id IN (SELECT article_id FROM article_images WHERE sha256 = ?)",
                [utc_text(self.now), sha256],
            )

    def check_files(self) -> Iterator[Finding]:
        """Files that no row names."""
        for paths, sql in (
            (self.files.images(), "SELECT 1 FROM images WHERE path = ?"),
            (self.files.posts(), "SELECT 1 FROM articles WHERE post_path = ?"),
        ):
            for path in sorted(paths):
                if self.conn.execute(sql, [path]).fetchone():
                    continue
                if self.repair:
                    target = self.root / UNCLAIMED / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (self.root / path).replace(target)
                yield Finding(
                    "file", path, f"no row names it{f'; moved to {UNCLAIMED}/' * self.repair}", self.repair
                )

    def check_captures(self) -> Iterator[Finding]:
        """Captures: their file, each body against its digest, and that those of articles are there."""
        path = self.root / CAPTURES
        if not path.exists():
            [(named,)] = self.conn.execute("SELECT count(*) FROM article_captures").fetchall()
            if named:
                yield Finding("capture", CAPTURES, f"is missing, but {named:,} are named by articles")
            return
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as captures:
                yield from self._check_captures(captures)
        except sqlite3.DatabaseError as exc:
            yield Finding("capture", CAPTURES, f"cannot be read: {exc}")

    def _check_captures(self, captures: sqlite3.Connection) -> Iterator[Finding]:
        for (problem,) in captures.execute("PRAGMA integrity_check(20)").fetchall():
            if problem != "ok":
                yield Finding("capture", CAPTURES, problem)
        [(self.captures,)] = captures.execute("SELECT count(*) FROM captures").fetchall()
        for sha256, size, packed in captures.execute("SELECT sha256, size, packed FROM bodies"):
            try:
                if len(unpack(sha256, sha256, packed)) != size:
                    yield Finding("capture", sha256, "its body has another size than its row says")
            except CaptureError as exc:
                yield Finding("capture", sha256, str(exc))
        for (capture_id,) in captures.execute(
            "SELECT id FROM captures WHERE body_sha256 IS NOT NULL AND body_sha256 NOT IN (SELECT sha256 FROM bodies)"
        ):
            yield Finding("capture", capture_id, "its body is missing")
        for article_id, capture_id in self.conn.execute(
            "SELECT article_id, capture_id FROM article_captures"
        ):
            if not captures.execute("SELECT 1 FROM captures WHERE id = ?", [capture_id]).fetchone():
                yield Finding("capture", capture_id, f"is missing, but {article_id} rests on it")

    def check_manifests(self) -> Iterator[Finding]:
        """The daily manifests: their chain, and that what they name is still there."""
        for day, problem in check_manifests(self.root, self.conn):
            yield Finding("manifest", day, problem)

    def check_clock(self) -> Iterator[Finding]:
        """Times of our own that are still to come."""
        limit = utc_text(self.now + CLOCK_TOLERANCE)
        for table, columns in FUTURE.items():
            for column in columns:
                number, latest = self.conn.execute(
                    f"SELECT count(*), max({column}) FROM {table} WHERE {column} > ?", [limit]
                ).fetchone()
                if number:
                    problem = f"{number:,} rows are of the future (the latest {latest}): a clock was wrong"
                    yield Finding("clock", f"{table}.{column}", problem, is_damage=False)
