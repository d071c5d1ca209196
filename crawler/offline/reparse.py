"""Reads archived articles again from their captures, and brings the archive up to what is read today.

Every reading of an article (`archive.captures.journal`) is made again, in order, each completing those before it as it did in the
crawls; what that comes to is compared with the rows. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from archive.batch import Entry, Row
from archive.captures import CaptureError, Captures
from archive.captures.journal import readings_of
from archive.differences import Difference, compare
from archive.one_article import OneArticle
from archive.record_rules import READER, earlier_text
from archive.row_repair import Reread, stored_of
from archive.writer import Archive
from crawler.offline.offline_pipelines import OfflinePipelines
from crawler.offline.replay import CannotReplay, Replay
from crawler.offline.stored_images import ImageRows
from crawler.reader_version import reader_of
from pipelines.store_sqlite import entry_of
from pipelines.write_frontmatter import PostWriter

STATE = ".reparse"
"""File of DATA_DIR that says how far a run that was cut off had come."""
PAGE = 200
"""Articles between two notes of how far the run has come."""
STORED = ("new", "changed", "completed", "reread")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles are read again."""

    where: str = ""
    """A condition on `articles`, in SQL."""
    site: str = ""
    rule: str = ""
    """Only articles of which this boilerplate rule takes out something else than before."""
    limit: int = 0
    articles: tuple[str, ...] = ()
    """Ids; none: all."""

    def ids(self, conn: sqlite3.Connection, after: int, read: int = 0) -> Iterator[tuple[int, str]]:
        """``(arrival, id)`` behind number *after*, where *read* of them are read already, a page at a time, so that the articles may
        change meanwhile.

        Raises sqlite3.Error where the condition is wrong.
        """
        conditions = ["arrival > ?", f"({self.where or '1'})"] + ["site = ?"] * bool(self.site)
        conditions += ["id IN (SELECT value FROM json_each(?))"] * bool(self.articles)
        params = [self.site] * bool(self.site) + [json.dumps(self.articles)] * bool(self.articles)
        sql = f"SELECT arrival, id FROM articles WHERE {' AND '.join(conditions)} ORDER BY arrival LIMIT ?"
        left = self.limit - read if self.limit else None
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = conn.execute(sql, [after, *params, size]).fetchall()
            yield from page
            if len(page) < size:
                return
            after = page[-1][0]
            left = None if left is None else left - len(page)


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    read: int = 0
    changed: int = 0
    revisions: int = 0
    """Those of the changed whose headline or text is another one."""
    fields: Counter[str] = field(default_factory=Counter)
    """Changed articles by field."""
    without_journal: int = 0
    """Articles from before there was a journal: they cannot be read again."""
    links: int = 0
    """Links that had brought no article and were read again."""
    arrived: int = 0
    """Those of them that are articles now."""
    failed: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)
    """``(article, reason)`` of the first that could not be read again."""


class Reparse:
    """Reads articles again. *conn* is a connection to the archive, with rows by name."""

    def __init__(self, conn: sqlite3.Connection, captures: Captures, settings: Any):
        self.conn = conn
        self.captures = captures
        self.replay = Replay(captures, settings)
        self.one = OneArticle()
        self.one.conn = conn
        self.images = ImageRows(conn, captures.db)
        self.pipelines = OfflinePipelines(settings, self.one, self.images)
        self.writer = PostWriter.from_settings(settings)
        self.version = reader_of(settings)
        self.settings = settings

    def read(self, article_id: str) -> Entry | None:
        """The rows that today's reading of an article makes; None where the journal knows none. Raises CannotReplay."""
        self.one.begin()
        readings = readings_of(self.captures.db, article_id)
        before: tuple[Any, ...] = ()
        for reading in readings:
            body = self._bodies(reading.entry) if len(readings) > 1 else ()
            if body and body == before and not reading.entry.get("listed"):
                continue  # a check that found the same
            before = body
            article = self.replay.article(article_id, reading.entry)
            article.reader = self.version
            try:
                record = self.pipelines.process(article)
            except DropItem as exc:
                raise CannotReplay(f"a pipeline drops it now: {exc}") from None
            if record.archived in STORED:
                entry = entry_of(ItemAdapter(record))
                if record.text_kept and (before_it := self.one.entry):  # with all that was read of that text
                    entry.replace = before_it.replace
                    entry.rows |= {name: before_it.rows[name] for name in ("images", "securities")}
                self.one.add(entry)
        if not readings:
            return None
        if self.one.entry is None:
            raise CannotReplay("nothing visible is left of it")
        entry = self.one.entry
        entry.rows["article_publishers"] = [
            {"article_id": article_id, **row} for row in self.one.rows_of("article_publishers", article_id)
        ]
        return entry

    def _bodies(self, entry: Mapping[str, Any]) -> tuple[Any, ...]:
        """Digests of the pages of a reading: the same ones say the same."""
        ids = [entry.get("page"), *entry.get("pages", ()), entry.get("supplement"), *entry.get("posts", ())]
        rows = self.captures.db.execute(
            "SELECT body_sha256 FROM captures WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            [json.dumps(ids)],
        )
        return tuple(row[0] for row in rows)

    def difference(self, article_id: str) -> tuple[Difference, Entry] | None:
        """What today's reading changes of an article, and its rows; None where it cannot be told. Raises CannotReplay."""
        entry = self.read(article_id)
        article = self.conn.execute("SELECT * FROM news WHERE id = ?", [article_id]).fetchone()
        if entry is None or article is None:
            return None
        return compare(self.conn, article, entry), entry

    def to_write(self, difference: Difference, entry: Entry) -> Entry:
        """*entry* as it is written over the archived article: what the crawls noted stays, the archived text is kept as a
        revision of our making."""
        article = difference.article
        kept = (
            "arrival",
            "first_seen_at",
            "retrieved_at",
            "withdrawn_at",
            "served_from",
            "revision",
            "post_path",
        )
        row: Row = {**entry.article, **{name: article[name] for name in kept}}
        if difference.is_revision:
            row["revision"] += 1
            earlier = earlier_text(article, entry.body_text or "", READER)
            entry.rows["revisions"] = [{"article_id": article["id"], **earlier}]
        entry.article, entry.new = row, False
        for table in ("article_feeds", "article_captures", "checks"):
            entry.rows.pop(table, None)
        for table in ("article_publishers", "article_times"):
            entry.replace[table] = entry.rows.pop(table, [])
        path, text = self.writer(stored_of(entry))
        row["post_path"], entry.post = path, (path, text)
        if article["post_path"] and article["post_path"] != path:
            entry.old_post = article["post_path"]
        return entry

    def run(
        self, choice: Choice, outcome: Outcome, archive: Archive | None = None, after: int = 0
    ) -> Iterator[tuple[int, Difference | None]]:
        """Read the chosen articles behind number *after* again; each one's number, and what differs, None where nothing does.

        With *archive* it is written. Counts go to *outcome*.
        """
        for arrival, article_id in choice.ids(self.conn, after, outcome.read):
            outcome.read += 1
            try:
                answer = self.difference(article_id)
            except CannotReplay as exc:
                outcome.failed += 1
                if len(outcome.reasons) < 20:
                    outcome.reasons.append((article_id, str(exc)))
                yield arrival, None
                continue
            if answer is None:
                outcome.without_journal += 1
                yield arrival, None
                continue
            difference, entry = answer
            if not difference or (choice.rule and not difference.changes_rule(choice.rule)):
                yield arrival, None
                continue
            outcome.changed += 1
            outcome.revisions += difference.is_revision
            outcome.fields.update(difference.fields)
            if archive is not None:
                archive.add(self.to_write(difference, entry))
            yield arrival, difference


def reader_of_rows(data_dir: Path, settings: Any) -> Callable[[sqlite3.Connection], Reread]:
    """What reads an article of the archive behind a connection again, for `archive.verify`."""

    def make(conn: sqlite3.Connection) -> Reread:
        try:
            reparse = Reparse(conn, Captures.read(data_dir), settings)
        except CaptureError:
            return lambda article_id: None

        def read_again(article_id: str) -> Entry | None:
            try:
                return reparse.read(article_id)
            except (CannotReplay, sqlite3.DatabaseError):
                return None

        return read_again

    return make


class Progress:
    """How far a run has come, in a file of DATA_DIR, so that one that was killed goes on where it stopped."""

    def __init__(self, data_dir: Path, choice: Choice, version: str):
        self.path = data_dir / STATE
        self.key = hashlib.sha256(repr((choice, version)).encode()).hexdigest()[:16]

    def load(self, outcome: Outcome) -> int:
        """The number of the last article that the same run had written, 0 where it begins; what it had come to goes to *outcome*."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            state = json.loads(self.path.read_text(encoding="utf-8"))
            if state["key"] == self.key:
                for name, value in state["outcome"].items():
                    setattr(outcome, name, Counter(value) if name == "fields" else value)
                return int(state["arrival"])
        return 0

    def save(self, arrival: int, outcome: Outcome) -> None:
        """Keep that all up to article number *arrival* is written. Raises OSError."""
        part = self.path.with_name(f"{STATE}.part")
        state = {
            "key": self.key,
            "arrival": arrival,
            "outcome": {one.name: getattr(outcome, one.name) for one in fields(outcome)},
        }
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(self.path)

    def end(self) -> None:
        """The run has come to its end."""
        self.path.unlink(missing_ok=True)


def apply(
    reparse: Reparse,
    choice: Choice,
    archive: Archive,
    outcome: Outcome,
    further: Iterable[Difference | None] = (),
) -> Iterator[Difference | None]:
    """Run over an open *archive*, resuming a run that was cut off, then over what is *further* read again; what differs of each
    article. Raises ArchiveError, OSError."""
    progress = Progress(archive.root, choice, reparse.version)
    after = progress.load(outcome)
    for number, (arrival, difference) in enumerate(reparse.run(choice, outcome, archive, after), 1):
        yield difference
        if number % PAGE == 0:
            archive.flush()
            progress.save(arrival, outcome)
    archive.flush()
    yield from further
    progress.end()
