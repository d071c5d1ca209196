"""Which articles of an archive, and what of them: one read transaction, rows by chunks, so that memory stays flat."""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.exports import Column, ExportError, Row, WrongUsage
from archive.exports.export_columns import (
    COUNTS,
    FEW,
    IN_ROW,
    KINDS,
    LISTS,
    OF_ARTICLE,
    OF_THE_TIME,
    SESSIONS,
    UPDATED,
)
from archive.reader import READ_ERRORS, NoArchive, check_is_there, explain_unreadable, uri_to_read
from archive.times import BEIJING

CHUNK = 200  # rows read at once: 2 MB of text


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is asked for; all of it together. Nothing given: every article."""

    since: str | None = None
    """UTC text; published then or later."""
    until: str | None = None
    """UTC text; published before."""
    publishers: tuple[str, ...] = ()
    """Names or slugs, any of them."""
    securities: tuple[str, ...] = ()
    """Ids, codes or names, any of them."""
    doubtful: bool = False
    """Whether doubtful matches of a security count."""
    search: str | None = None
    """A line of the view `search`."""
    limit: int | None = None
    """So many of the newest; None for all."""
    as_of: str | None = None
    """UTC text; those that were known then. `Snapshot` gives them as they were."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The articles of a selection, in order of ``published_at`` and id, those without a time first."""

    arrivals: array[int]
    """``articles.arrival`` of each: 8 bytes an article, all that is kept of them."""
    first_at: str | None
    last_at: str | None
    updated_at: str | None


def parse_time(text: str, name: str) -> str:
    """A Beijing day, or an ISO time (without an offset: Beijing time), as UTC text. Raises WrongUsage.

    >>> parse_time("2022-02-21", "since"), parse_time("2022-02-21T15:54:48", "since"), parse_time("2022-02-21T07:54Z", "since")
    ('2022-02-20T16:00:00Z', '2022-02-21T07:54:48Z', '2022-02-21T07:54:00Z')
    """
    try:
        if not re.match(r"\d{4}-\d\d-\d\d(?:$|[T ])", text):
            raise ValueError
        instant = datetime.fromisoformat(text)
        instant = (instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUsage(
            f"--{name} {text}: give a Beijing day or an ISO time, e.g. 2026-02-21 or 2026-02-21T15:30"
        ) from None
    if instant.microsecond:  # times of the archive are whole seconds
        instant = instant.replace(microsecond=0) + timedelta(seconds=1)
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")


def text_list(text: str | None) -> list[str]:
    """The texts of a JSON array, without halves of surrogate pairs, which UTF-8 cannot hold. What somebody else wrote there is one text.

    >>> text_list('["甲", "\\\\ud800"]'), text_list("甲"), text_list("5")
    (['甲', '�'], ['甲'], ['5'])
    """
    try:
        values = json.loads(text or "[]")
    except ValueError:
        values = None
    texts = [str(value) for value in (values if isinstance(values, list) else [text])]
    if text and "\\u" in text:
        texts = [value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for value in texts]
    return texts


class Snapshot:
    """An archive as it is when this is opened, whatever a crawl writes meanwhile. Raises ExportError.

    Read-only. Not opened as immutable, since a long export would then see half of what a crawl writes; only where
    the folder cannot be written to (a medium that is read-only) nothing else is left. *as_of*, UTC text: articles are as they were known
    then, in the columns that have a history or none that changes.
    """

    def __init__(self, data_dir: Path, as_of: str | None = None):
        try:
            self.path, self._as_of = check_is_there(data_dir), as_of
        except NoArchive as exc:
            raise ExportError(str(exc)) from None
        self._at_rest = not self.path.with_name("archive.db-wal").exists()
        try:
            self.conn = sqlite3.connect(uri_to_read(self.path), uri=True, isolation_level=None)
            self.conn.execute("PRAGMA trusted_schema = ON")  # the view search asks a virtual table
            self.conn.execute("BEGIN")
            self.conn.execute("SELECT 1 FROM articles, feeds, crawls LIMIT 1")
            self.columns = self._columns()
        except READ_ERRORS as exc:
            raise ExportError(explain_unreadable(self.path, exc)) from None

    def _columns(self) -> dict[str, Column]:
        """All that ``--columns`` can name."""
        lists = {
            name
            for _, name, _, _, default, _ in self.conn.execute("PRAGMA table_info(articles)")
            if default == "'[]'" or name in LISTS
        }
        columns = {}
        for _, name, declared, *_ in self.conn.execute("PRAGMA table_info(news)"):
            if name in IN_ROW:
                continue  # below: the order of columns in files stays what it was
            kind = KINDS.get(declared) or ("time" if name.endswith("_at") else "text")
            columns[name] = Column(name, "list" if name in lists else kind, name in FEW)
        sessions = self.conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'market_sessions'").fetchone()
        for name, (kind, _) in IN_ROW.items():
            if sessions or name not in SESSIONS:  # an archive that no crawl has brought up to date has none
                columns.setdefault(name, Column(name, kind, name in FEW))
        for name in OF_ARTICLE:
            columns.setdefault(name, Column(name, "list"))
        for name in COUNTS:
            columns.setdefault(name, Column(name, "integer"))
        if self._as_of:
            of_then = {row[1] for row in self.conn.execute("PRAGMA table_info(as_of)")}
            if not of_then:
                raise ExportError(
                    f"{self.path} is of an earlier version; the next crawl brings it up to date"
                )
            return {name: column for name, column in columns.items() if name in {*of_then, *OF_THE_TIME}}
        return columns

    def choose(self, names: Sequence[str]) -> list[Column]:
        """The columns of these names. Raises WrongUsage that lists what there is."""
        for name in names:
            if name not in self.columns:
                raise WrongUsage(f"unknown column {name!r}; available: {', '.join(self.columns)}")
            if names.count(name) > 1:
                raise WrongUsage(f"--columns names {name} twice")
        return [self.columns[name] for name in names]

    def find(self, selection: Selection) -> Chosen:
        """The articles of a selection. Raises WrongUsage where the archive has no search index."""
        where, params = ["EXISTS (SELECT 1 FROM texts WHERE article_id = a.id)"], list[str]()
        if selection.since:
            where.append("a.published_at >= ?")
            params.append(selection.since)
        if selection.until:
            where.append("a.published_at < ?")
            params.append(selection.until)
        if selection.as_of:
            where.append("a.first_seen_at <= ?")
            params.append(selection.as_of)
        if selection.publishers:
            marks = ", ".join("?" * len(selection.publishers))
            where.append(f"(a.publisher IN ({marks}) OR a.publisher_slug IN ({marks}))")
            params += [*selection.publishers, *selection.publishers]
        if selection.securities:
            any_security = " OR ".join(
                ["id = ? OR code = ? COLLATE NOCASE OR name = ?"] * len(selection.securities)
            )
            where.append(
                f"a.id IN (SELECT article_id FROM article_securities WHERE doubtful <= {int(selection.doubtful)}"
                f" AND security_id IN (SELECT id FROM securities WHERE {any_security}))"
            )
            params += [security for security in selection.securities for _ in range(3)]
        if selection.search:
            if not self.conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone():
                raise WrongUsage(
                    f"--search: {self.path} has no search index; a crawl with -s SEARCH_INDEX=True builds it"
                )
            where.append("a.arrival IN (SELECT arrival FROM search WHERE q = ?)")
            params.append(selection.search)
        arrivals = array("q")
        first = last = updated = None
        # Only what is needed to order them: SQLite's sorter would keep whole texts.
        query = f"SELECT a.arrival, a.published_at, {UPDATED}, a.id FROM articles AS a WHERE {' AND '.join(where)}"
        if selection.limit is not None:
            query = f"SELECT * FROM ({query} ORDER BY a.published_at DESC, a.id DESC LIMIT {int(selection.limit)}) AS a"
        for arrival, published_at, updated_at, _ in self.conn.execute(
            f"{query} ORDER BY a.published_at, a.id", params
        ):
            arrivals.append(arrival)
            first, last = first or published_at, published_at or last
            updated = max(updated or "", updated_at)
        return Chosen(arrivals, first, last, updated)

    def unknown(self, selection: Selection) -> list[str]:
        """What a selection names that no article of the archive has, a line each."""
        messages = []
        for name in selection.publishers:
            if not self._any("articles WHERE publisher = ? OR publisher_slug = ?", name, name):
                messages.append(f"no article has the publisher {name}")
        for name in selection.securities:
            if not self._any(
                "securities WHERE id = ? OR code = ? COLLATE NOCASE OR name = ?", name, name, name
            ):
                messages.append(f"no security has the id, code or name {name}")
        return messages

    def _any(self, where: str, *params: str) -> bool:
        return self.conn.execute(f"SELECT 1 FROM {where} LIMIT 1", params).fetchone() is not None

    def rows(
        self, arrivals: Sequence[int], columns: Sequence[Column], doubtful: bool = False
    ) -> Iterator[Row]:
        """These articles in this order, each a dict with the *columns* in their order; lists are lists."""
        names = [column.name for column in columns]
        plain = [name for name in names if name not in OF_ARTICLE and name not in COUNTS]
        lists = [column.name for column in columns if column.kind == "list" and column.name not in OF_ARTICLE]
        sql = ", ".join(f"{IN_ROW[name][1] if name in IN_ROW else name} AS {name}" for name in plain)
        source = f"as_of AS news WHERE t = '{self._as_of}' AND" if self._as_of else "news WHERE"
        sql = f"SELECT arrival, id{', ' * bool(plain)}{sql} FROM {source} arrival IN (SELECT value FROM json_each(?))"
        beside = [name for name in names if name in OF_ARTICLE or name in COUNTS]
        for start in range(0, len(arrivals), CHUNK):
            chunk = list(arrivals[start : start + CHUNK])
            by_arrival = {
                arrival: (ident, values) for arrival, ident, *values in self._ask(sql, json.dumps(chunk))
            }
            ids = json.dumps([ident for ident, _ in by_arrival.values()])
            extras = {name: self._beside(name, ids, doubtful) for name in beside}
            for arrival in chunk:
                ident, values = by_arrival[arrival]
                row: Row = dict.fromkeys(names)
                row.update(zip(plain, values, strict=True))
                for name in lists:
                    row[name] = text_list(row[name])
                for name in beside:
                    row[name] = extras[name].get(ident, 0 if name in COUNTS else [])
                yield row

    def _beside(self, name: str, ids: str, doubtful: bool) -> dict[str, Any]:
        """Lists or counts of other tables, by article."""
        sql = (OF_ARTICLE.get(name) or COUNTS[name]).format(
            ids="article_id IN (SELECT value FROM json_each(?))", doubtful=int(doubtful)
        )
        if name in COUNTS:
            return dict(self._ask(sql, ids))
        values: dict[str, list[str]] = {}
        for ident, value, *_ in self._ask(sql, ids):
            values.setdefault(ident, []).append(value)
        return values

    def _ask(self, sql: str, param: str) -> list[Any]:
        """The whole answer. Bytes that are not UTF-8, which SQLite stores as given, become U+FFFD."""
        try:
            return self.conn.execute(sql, [param]).fetchall()
        except sqlite3.OperationalError as exc:
            if "UTF-8" not in str(exc):
                raise
        self.conn.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            return self.conn.execute(sql, [param]).fetchall()
        finally:
            self.conn.text_factory = str

    def close(self) -> None:
        """End the transaction. ``-wal`` and ``-shm``, which a reader leaves behind, go where nobody else is in."""
        self.conn.close()
        if self._at_rest:
            with (
                suppress(sqlite3.Error),
                closing(sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True)) as tidy,
            ):
                tidy.execute("SELECT 1 FROM articles LIMIT 1")
