"""The search of a table: its rows whose articles the view ``search`` finds."""

from __future__ import annotations

from collections.abc import Collection

from archive.search.sql import found_sql


def key_of_articles(columns: Collection[str]) -> str | None:
    """The column of a table, or view, that says which article a row belongs to and that the view ``search`` has; None without one.

    >>> key_of_articles(["id", "arrival", "headline"]), key_of_articles(["article_id", "position"]), key_of_articles(["id", "spider"])
    ('arrival', 'article_id', None)
    """
    if "article_id" in columns:
        return "article_id"
    if "headline" not in columns:
        return None
    return next((name for name in ("arrival", "id") if name in columns), None)


def condition(table: str, key: str, line: str) -> str:
    """SQL: whether a row of *table* belongs to what the view ``search`` finds. *line*: SQL of the words.

    >>> condition("links", "article_id", ":line")
    'article_id IN (SELECT id FROM search WHERE q = :line)'
    """
    if table == "search":
        return f"q = {line}"
    if (
        key == "arrival"
    ):  # the sign leaves SQLite the order of the table's page, in which the first matches are soon found
        return f"+arrival IN ({found_sql(line)})"
    return f"{key} IN (SELECT id FROM search WHERE q = {line})"
