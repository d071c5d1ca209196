"""What a batch brings, and how its rows are written, step by step, inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.captures.journal import Noted
from archive.insert_rows import insert_rows
from archive.search.bulk_load import bulk_load, index
from archive.stories.grouping import Stories

Row = dict[str, Any]

KEYS: dict[str, tuple[str, ...]] = {
    "article_feeds": ("article_id", "feed"),
    "article_captures": ("article_id", "capture_id"),
    "article_publishers": ("article_id", "origin"),
    "article_times": ("article_id", "origin"),
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
"""Tables of an article's further rows and their keys, in the order in which they are written."""
KEEP_FIRST = {
    "article_feeds",
    "article_captures",
    "publishers",
    "images",
    "revisions",
}  # a row that is there stays as it is


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
    """Rows of tables in which they replace all that this article had."""
    body_html: str | None = None
    """New text, or None where it stays."""
    body_text: str | None = None
    images: list[str] = field(default_factory=list)
    """Paths of staged images that this article brings."""
    post: tuple[str, str] | None = None
    """``(path relative to DATA_DIR, text)`` of its front-matter file, or None where that stays."""
    old_post: str | None = None
    """Path of a post that the new one replaces."""


@dataclass(slots=True)
class Batch:
    """What waits to be written together."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """By article."""
    links: dict[str, Row] = field(default_factory=dict)
    """Rows of `links` by address."""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of articles that stay as they are, by table."""
    withdrawals: dict[str, str] = field(default_factory=dict)
    """When an article was found to be withdrawn (UTC text), by article."""
    journal: list[Noted] = field(default_factory=list)
    """Articles and feeds as the journal keeps them, in order."""
    link_captures: dict[str, Sequence[str]] = field(default_factory=dict)
    """Captures of links that brought no article, by address."""

    def __bool__(self) -> bool:
        return bool(self.entries or self.links or self.rows or self.withdrawals or self.journal)

    def noted(self) -> Iterator[Noted]:
        """What the journal keeps of the batch, in the order in which it is written."""
        yield from self.journal
        for article_id, found_at in self.withdrawals.items():
            yield Noted(found_at, "withdrawal", article_id, {})
        for url, row in self.links.items():
            entry = {name: row[name] for name in ("url", "outcome", "reason", "spider")}
            if captures := self.link_captures.get(url):
                entry["captures"] = list(captures)
            if not row["tries"]:
                entry["read_again"] = True
            yield Noted(row["last_tried_at"], "link", row["article_id"], entry)

    def leave_out(self, urls: Iterable[str]) -> None:
        """Forget links and what they brought."""
        for url in urls:
            article_id = self.links.pop(url)["article_id"]
            self.entries.pop(article_id, None)
            self.withdrawals.pop(article_id, None)
            self.journal = [noted for noted in self.journal if noted.article_id != article_id]
            for table, rows in self.rows.items():
                self.rows[table] = [row for row in rows if row.get("article_id") != article_id]


class BatchWriter:
    """Writes batches on one connection. The caller owns the transaction.

    Not by sqlite-utils, which looks at the table for each call and at every value: its ``upsert_all`` takes 116 µs of CPU for
    the rows of an article, this 52 µs, and to import it takes a crawl 40 ms (measured on the sample newsroom's rows).
    """

    def __init__(self, conn: sqlite3.Connection, has_search: bool):
        self.conn, self.has_search = conn, has_search
        self.stories = Stories(conn)
        self.number: Callable[[str], int] = self._next_number
        """Gives a new article, by its id, its ``arrival``."""
        self._arrival: int | None = None

    def write(self, batch: Batch) -> None:
        """Write all rows of *batch*."""
        entries = batch.entries
        self._write_articles(entries.values())
        self._leave_stories(entries)
        self._write_texts(entries)
        self._place_in_stories(entries)
        for table, key in KEYS.items():
            self._write_table(table, key, entries, batch.rows.get(table, ()))
        for article_id, found_at in batch.withdrawals.items():
            self._withdraw(article_id, found_at)
        self._write_links(batch.links.values())

    def _write_articles(self, entries: Collection[Entry]) -> None:
        self._number(entries)
        rows = [
            {**entry.article, "story_id": entry.article["id"]} if entry.new else entry.article
            for entry in entries
        ]
        self._upsert("articles", ("id",), rows)

    def _number(self, entries: Iterable[Entry]) -> None:
        """Give new articles their ``arrival``."""
        for entry in entries:
            if entry.article.get("arrival") is None:
                entry.article["arrival"] = self.number(entry.article["id"])

    def _next_number(self, article_id: str) -> int:
        """The next number: no one that an article had which was taken down, as watches go by it."""
        if self._arrival is None:
            [(self._arrival,)] = self.conn.execute(
                "SELECT max(coalesce(max(arrival), 0), coalesce((SELECT max(arrival) FROM watches), 0)) FROM articles"
            )
        self._arrival += 1
        return self._arrival

    def _leave_stories(self, entries: Mapping[str, Entry]) -> None:
        """Articles whose text changes leave their story while the old text is still there."""
        for article_id, entry in entries.items():
            if entry.body_text is not None and not entry.new:
                self.stories.leave(article_id)

    def _write_texts(self, entries: Mapping[str, Entry]) -> None:
        new: list[Row] = []
        changed: list[Row] = []
        for article_id, entry in entries.items():
            if entry.body_html is not None:
                row = {"article_id": article_id, "body_html": entry.body_html, "body_text": entry.body_text}
                (new if entry.new and self.has_search else changed).append(row)
        if new:
            with bulk_load(self.conn):
                self._upsert("texts", ("article_id",), new)
            index(
                self.conn,
                [
                    (entry.article["arrival"], entry.article["headline"], entry.body_text)
                    for entry in entries.values()
                    if entry.new and entry.body_text is not None
                ],
            )
        self._upsert("texts", ("article_id",), changed)

    def _place_in_stories(self, entries: Mapping[str, Entry]) -> None:
        for article_id, entry in entries.items():
            if entry.body_text is not None:
                self.stories.place(article_id, entry.body_text, entry.new)
            elif not entry.new and "published_at" in entry.article:
                self.stories.retime(article_id)

    def _write_table(
        self, table: str, key: tuple[str, ...], entries: Mapping[str, Entry], others: Iterable[Row]
    ) -> None:
        """Write the rows of one further table, *others* among them."""
        replaced = [
            (article_id,) for article_id, entry in entries.items() if not entry.new and table in entry.replace
        ]
        if replaced:
            self.conn.executemany(f"DELETE FROM {table} WHERE article_id = ?", replaced)
        rows: list[Row] = []
        for entry in entries.values():
            rows += entry.rows.get(table, ())
            rows += entry.replace.get(table, ())
        rows += others
        if table == "securities":  # a chart names no name: it must not erase a known one
            self._insert_new(table, [row for row in rows if not row["name"]])
            rows = [row for row in rows if row["name"]]
        if table in KEEP_FIRST:
            self._insert_new(table, rows)
        else:
            self._upsert(table, key, rows)

    def _withdraw(self, article_id: str, found_at: str) -> None:
        """The source has withdrawn the article: its text stays, and becomes a version."""
        self.conn.execute(
            "INSERT OR IGNORE INTO revisions (article_id, revision, retrieved_at, headline, body_html, body_text, changes)"
            " SELECT id, revision, retrieved_at, headline, body_html, body_text, ? FROM news WHERE id = ?",
            ['{"withdrawn": true}', article_id],
        )
        self.conn.execute(
            "UPDATE articles SET revision = revision + 1, withdrawn_at = ? WHERE id = ?",
            [found_at, article_id],
        )
        self.conn.execute(
            "UPDATE checks SET next_check_at = NULL, last_checked_at = ? WHERE article_id = ?",
            [found_at, article_id],
        )

    def _write_links(self, links: Iterable[Row]) -> None:
        insert_rows(
            self.conn,
            "INSERT INTO links",
            ("url", "article_id", "outcome", "reason", "tries", "first_tried_at", "last_tried_at", "spider"),
            [
                (
                    *(row[name] for name in ("url", "article_id", "outcome", "reason", "tries")),
                    row["last_tried_at"],
                    row["last_tried_at"],
                    row["spider"],
                )
                for row in links
            ],
            "ON CONFLICT (url) DO UPDATE SET article_id = excluded.article_id, outcome = excluded.outcome,"
            " reason = excluded.reason, tries = tries + excluded.tries, last_tried_at = excluded.last_tried_at",
        )

    def _upsert(self, table: str, key: tuple[str, ...], rows: Iterable[Row]) -> None:
        """Add rows or bring them up to date."""
        by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows:
            by_columns.setdefault(tuple(row), []).append(tuple(row.values()))
        for names, values in by_columns.items():
            sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
            on_conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
            insert_rows(self.conn, f"INSERT INTO {table}", names, values, on_conflict)

    def _insert_new(self, table: str, rows: list[Row]) -> None:
        """Add rows that are not there yet."""
        if rows:
            names = tuple(rows[0])
            values = [tuple(row[name] for name in names) for row in rows]
            insert_rows(self.conn, f"INSERT OR IGNORE INTO {table}", names, values)
