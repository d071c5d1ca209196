"""An archived article beside another reading of it: what differs, field by field."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.batch import Entry, Row

COLUMNS = (
    "headline", "headline_from", "alternative_headline", "publisher", "publisher_slug", "authors", "editors", "description",
    "published_at", "published_precision", "published_raw", "published_from", "kind", "access", "info_code", "share_url",
    "canonical_url", "tags", "importance",
)  # fmt: skip
"""Columns of `articles` that another reading can change."""
TEXTS = ("body_text", "body_html")
LISTS: dict[str, tuple[str, ...]] = {
    "article_publishers": ("origin", "name"),
    "article_times": ("origin", "published_raw"),
    "article_images": ("url", "status", "caption", "alt"),
    "article_securities": ("security_id", "origin", "mentions", "doubtful"),
    "article_links": ("url", "text", "kind"),
    "removals": ("rule", "text"),
}
"""Further tables, with the columns that are compared; their rows are an article's lists."""


@dataclass(slots=True)
class Difference:
    """What another reading changes of an article."""

    article: Row
    """The archived row of `news`."""
    columns: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """``(archived, read)`` by column of `articles` or `texts`."""
    lists: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """What goes and what comes, by table, a line for each row."""
    is_revision: bool = False
    """Whether headline or text differ, white space aside: then the archived one is kept as a revision."""

    def __bool__(self) -> bool:
        return bool(self.columns or self.lists)

    @property
    def fields(self) -> list[str]:
        """Names of all that differs."""
        return [*self.columns, *self.lists]

    def changes_rule(self, rule: str) -> bool:
        """Whether what a boilerplate *rule* takes out is among it."""
        prefix = f"{rule}: "
        return any(line.startswith(prefix) for lines in self.lists.get("removals", ()) for line in lines)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.article["id"],
            "headline": self.article["headline"],
            **{name: {"archived": old, "read": new} for name, (old, new) in self.columns.items()},
            **{name: {"removed": gone, "added": come} for name, (gone, come) in self.lists.items()},
        }


def compare(conn: sqlite3.Connection, article: Mapping[str, Any], entry: Entry) -> Difference:
    """What *entry*, another reading, changes of *article*, a row of `news`."""
    difference = Difference(dict(article))
    reading = {**entry.article, "body_text": entry.body_text, "body_html": entry.body_html}
    for name in (*COLUMNS, *TEXTS):
        if name in reading and article[name] != reading[name]:
            difference.columns[name] = (article[name], reading[name])
    difference.is_revision = any(article[name] != reading[name] for name in ("text_sha256", "headline"))
    for table, columns in LISTS.items():
        archived = conn.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE article_id = ?", [article["id"]]
        ).fetchall()
        rows = entry.replace[table] if table in entry.replace else entry.rows.get(table, [])
        before = Counter(tuple(row) for row in archived)
        after = Counter(tuple(row[name] for name in columns) for row in rows)
        if before != after:
            difference.lists[table] = (
                lines(table, (before - after).elements()),
                lines(table, (after - before).elements()),
            )
    return difference


def lines(table: str, rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Rows of a list as a reader takes them in.

    >>> lines("removals", [("source_line", "（文章来源：晨光财经）")]), lines("article_securities", [("1.600160", "link", 2, 0)])
    (['source_line: （文章来源：晨光财经）'], ['1.600160 link x2'])
    """
    if table == "removals":
        return [f"{rule}: {text}" for rule, text in rows]
    if table == "article_securities":
        return [
            f"{security} {origin} x{mentions}{' doubtful' * bool(doubtful)}"
            for security, origin, mentions, doubtful in rows
        ]
    return [" ".join(str(value) for value in row if value not in (None, "")) for row in rows]


def names_of(value: Any) -> str:
    """A column's value for a reader: lists without their brackets, nothing as a dash.

    >>> names_of('["王小明", "李晓红"]'), names_of(None)
    ('王小明、李晓红', '–')
    """
    if value is None or value in ("", "[]"):
        return "–"
    if isinstance(value, str) and value.startswith("["):
        try:
            return "、".join(map(str, json.loads(value)))
        except ValueError:
            return value
    return str(value)
