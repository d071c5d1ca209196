"""All that an archive holds of an article, read for many articles at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

CHILDREN = {
    "article_feeds": "feed",
    "article_captures": "capture_id",
    "article_publishers": "origin",
    "article_times": "origin",
    "article_images": "position",
    "article_securities": "security_id, origin",
    "article_links": "position",
    "removals": "position",
    "revisions": "revision",
    "checks": "next_check_at",
}
"""Tables of rows that belong to one article, and what they are ordered by."""
SHARED = {
    "images": "SELECT DISTINCT c.article_id AS of_article, i.* FROM article_images AS c JOIN images AS i USING (sha256)",
    "securities": "SELECT DISTINCT c.article_id AS of_article, s.* FROM article_securities AS c JOIN securities AS s ON s.id = c.security_id",
}
"""Tables whose rows articles share: SQL of those that an article needs."""
OWN_COLUMNS = ("arrival", "story_id", "story_share", "day")
"""Columns of `articles` that each archive numbers, groups and computes for itself."""


@dataclass(slots=True)
class Bundle:
    """One article of one archive."""

    article: Row
    """Its row of `articles`."""
    body_html: str
    body_text: str
    children: dict[str, list[Row]] = field(default_factory=dict)
    """Its rows of `CHILDREN`."""
    shared: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of `SHARED` that it needs."""

    @property
    def id(self) -> str:
        return str(self.article["id"])

    def stored(self) -> Row:
        """What a post is made of, as `archive.writer.Archive.stored` gives it."""
        by_digest = {image["sha256"]: image for image in self.shared["images"]}
        return {
            **self.article,
            "body_html": self.body_html,
            "body_text": self.body_text,
            "authors": json.loads(self.article["authors"]),
            "editors": json.loads(self.article["editors"]),
            "images": [
                {**by_digest.get(image["sha256"], {}), **image} for image in self.children["article_images"]
            ],
        }


def read_bundles(conn: sqlite3.Connection, ids: Collection[str]) -> dict[str, Bundle]:
    """The articles of *ids* that are archived, by id. Raises sqlite3.Error."""
    ids_json = json.dumps(list(ids))
    bundles = {
        row["id"]: Bundle(
            row,
            row.pop("body_html"),
            row.pop("body_text"),
            {table: [] for table in CHILDREN},
            {table: [] for table in SHARED},
        )
        for row in _rows(conn, "SELECT * FROM news WHERE id IN (SELECT value FROM json_each(?))", ids_json)
    }
    for table, order in CHILDREN.items():
        sql = f"SELECT * FROM {table} WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY article_id, {order}"
        for row in _rows(conn, sql, ids_json):
            bundles[row["article_id"]].children[table].append(row)
    for table, sql in SHARED.items():
        for row in _rows(conn, f"{sql} WHERE c.article_id IN (SELECT value FROM json_each(?))", ids_json):
            bundles[row.pop("of_article")].shared[table].append(row)
    return bundles


def _rows(conn: sqlite3.Connection, sql: str, ids_json: str) -> list[Row]:
    cursor = conn.execute(sql, [ids_json])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
