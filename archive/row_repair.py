"""Rows of an article written again from another reading of its captures, where the archived ones were damaged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from archive.batch import Batch, BatchWriter, Entry, Row
from archive.schema import has_search

Reread = Callable[[str], "Entry | None"]
"""The rows that reading an article's captures again makes, by its id; None where that cannot be done."""
KEPT = (
    "arrival", "first_seen_at", "retrieved_at", "withdrawn_at", "revision", "post_path", "reader", "served_from",
)  # fmt: skip
"""Columns that say when and by what the article was archived: the archived ones stay."""


def rows_again(entry: Entry, article: Mapping[str, Any]) -> Entry:
    """*entry* with what *article*, the archived row, says of when it was archived."""
    return Entry(
        {**entry.article, **{name: article[name] for name in KEPT}},
        rows={
            table: rows
            for table, rows in entry.rows.items()
            if table not in ("article_feeds", "article_captures", "checks")
        },
        replace=entry.replace,
        body_html=entry.body_html,
        body_text=entry.body_text,
    )


def stored_of(entry: Entry) -> Row:
    """What a post of the rows of *entry* is made of."""
    files = {image["sha256"]: image for image in entry.rows["images"]}
    images = [{**files.get(image["sha256"], {}), **image} for image in entry.replace["article_images"]]
    lists = {name: json.loads(entry.article[name]) for name in ("authors", "editors")}
    return {
        **entry.article,
        **lists,
        "body_html": entry.body_html,
        "body_text": entry.body_text,
        "images": images,
    }


def write_rows(conn: sqlite3.Connection, entry: Entry) -> None:
    """Write the rows of *entry* over the archived ones, all or none. Raises sqlite3.Error."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        BatchWriter(conn, has_search(conn)).write(Batch({entry.article["id"]: entry}))
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
