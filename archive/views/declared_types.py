"""Declared types of the columns that views compute: a column of a view has a type where its expression is a CAST.

Only of what no filter finds by an index: counts, shares, lengths, lists. ``day`` and other times keep their expressions, which indexes know.
"""

from __future__ import annotations

import re
import sqlite3

TYPES = {
    "INTEGER": (
        "articles", "days", "tables", "fragments", "mentions", "pictures", "stored", "publishers", "links", "backfilled", "withdrawn",
        "replaced", "old_length", "new_length", "feeds", "doubtful", "lag", "seconds", "place",
    ),
    "REAL": (
        "share", "headline_unknown", "time_unknown", "publisher_unknown", "pictures_failed", "hours", "listed_median", "listed_p90",
        "archived_median", "archived_p90",
    ),
    "TEXT": (
        "first_published_at", "last_published_at", "new_headline", "figures_removed", "figures_added", "percentages_removed",
        "percentages_added", "codes_removed", "codes_added", "cause",
    ),
}  # fmt: skip
"""Names of columns by their type."""
TYPE_OF = {column: kind for kind, columns in TYPES.items() for column in columns}
COLUMN = re.compile(r"^(?P<expression>.+?) AS (?P<name>\w+)(?P<rest>,? -- .*)$", re.DOTALL)
PLAIN = re.compile(r"^(?P<indent> +)(?P<expression>(?:\w+\.)?(?P<name>\w+))(?P<rest>,? -- .*)$")
NOT_THESE = (
    "search", "search_each", "search_pairs", "search_words", "as_of", "as_of_each", "mentions", "news_by_security",
)  # fmt: skip
"""Views over which a CAST would cost time, or hide an order that an index has."""


def declare_types(conn: sqlite3.Connection) -> None:
    """Make the views again, with a CAST round each computed column that `TYPES` names."""
    views = conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall()
    for name, sql in views:
        typed = with_types(sql, {row[1] for row in conn.execute(f"PRAGMA table_info({name})") if not row[2]})
        if typed != sql and name not in NOT_THESE:
            conn.execute(f"DROP VIEW {name}")
            conn.execute(typed)


def with_types(sql: str, untyped: set[str]) -> str:
    """The SQL of a view, as this project writes it (a column a line, its comment behind it), with a CAST round *untyped* columns.

    >>> print(with_types("CREATE VIEW v AS\\n  -- What.\\n  SELECT\\n    a, -- one\\n    count(*) AS articles -- two\\n  FROM t", {"articles"}))
    CREATE VIEW v AS
      -- What.
      SELECT
        a, -- one
        CAST(count(*) AS INTEGER) AS articles -- two
      FROM t
    """
    done: list[str] = []
    for line in sql.split("\n"):
        match = PLAIN.match(line) or COLUMN.match(line)
        if match and match["name"] in untyped and match["name"] in TYPE_OF:
            expression = match.groupdict().get("indent", "") + match["expression"]
            while expression.count("(") != expression.count(")") and done:  # it began on a line before
                expression = f"{done.pop()}\n{expression}"
            bare = expression.lstrip(" ")
            indent = " " * (len(expression) - len(bare))
            line = f"{indent}CAST({bare} AS {TYPE_OF[match['name']]}) AS {match['name']}{match['rest']}"
        done.append(line)
    return "\n".join(done)
