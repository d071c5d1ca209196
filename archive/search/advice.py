"""What a query of the archive's parameterised views lacks, where SQLite only reports ``SQL logic error``."""

from __future__ import annotations

import re

from archive.language import gettext

NEEDS = {
    "search": "q = '储能 -航运'",
    "search_words": "q = '储能 -航运'",
    "as_of": "t = '2026-06-30T15:00:00+08:00'",
}
"""Views that hold nothing of their own, and what has to be asked of them."""


def explain(error: str, sql: str) -> str:
    """*error*, SQLite's words for what *sql* ended with, and what to write instead, where that is known.

    >>> explain("SQL logic error", "select * from search limit 3")
    "SQL logic error: the view search has rows for a query alone; add WHERE q = '储能 -航运'"
    >>> explain("SQL logic error", "select search_rank"), explain("no such column: x", "select x from search")
    ('SQL logic error', 'no such column: x')
    """
    if error == "SQL logic error":
        for view, condition in NEEDS.items():
            if re.search(rf"(?i)\b(?:from|join)\s+[\"'`\[]?{view}\b|,\s*{view}\b", sql):
                missing = gettext("the view {view} has rows for a query alone; add WHERE {condition}")
                return f"{error}: {missing.format(view=view, condition=condition)}"
    return error
