"""What a query of the archive's parameterised views lacks, where SQLite reports no more than that something is wrong."""

from __future__ import annotations

import re

from archive.language import gettext
from archive.search.needs_words import NO_WORDS
from archive.views.needs_moment import NO_MOMENT, NO_TIME

NEEDS = {
    "search": "q = '储能 -航运'",
    "search_words": "q = '储能 -航运'",
    "as_of": "t = '2026-06-30T15:00:00+08:00'",
}
"""Views that hold nothing of their own, and what has to be asked of them."""


def explain(error: str, sql: str) -> str:
    """*error*, SQLite's words for what *sql* ended with, and what to write instead, where that is known.

    >>> explain("JSON path error near 'the view as_of needs a moment: add ...'", "select * from as_of limit 3")
    "SQL logic error: the view as_of has rows for a query alone; add WHERE t = '2026-06-30T15:00:00+08:00'"
    >>> explain("JSON path error near 'the view search needs words: add ...'", "select * from search")
    "SQL logic error: the view search has rows for a query alone; add WHERE q = '储能 -航运'"
    >>> explain("SQL logic error", "select as_of_rank"), explain("no such column: x", "select x from search")
    ('SQL logic error', 'no such column: x')
    """
    if NO_TIME in error:
        return gettext(
            "the moment of as_of is not a time with a zone: give 2026-06-30T15:00:00+08:00, 2026-06-30T07:00:00Z or a Beijing day"
        )
    if NO_WORDS in error or NO_MOMENT in error:
        error = "SQL logic error"
    if error == "SQL logic error":
        for view, condition in NEEDS.items():
            if re.search(rf"(?i)\b(?:from|join)\s+[\"'`\[]?{view}\b|,\s*{view}\b", sql):
                missing = gettext("the view {view} has rows for a query alone; add WHERE {condition}")
                return f"{error}: {missing.format(view=view, condition=condition)}"
    return error
