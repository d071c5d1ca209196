"""Query lines of the view `search` on a text that the index does not hold: an earlier version of an article."""

from __future__ import annotations

import re

from archive.search.sql import BLANKS, FULL_WIDTH, HALF_WIDTH

NARROW = str.maketrans(FULL_WIDTH, HALF_WIDTH)
PARTS = re.compile("[" + "".join(f"\\u{code:04x}" for code in BLANKS) + "]+")

ASKS = re.compile(r"[A-Za-z0-9]|[^\x00-\x7f]")
"""What a line must hold: the view finds nothing for others, ``%`` say."""


def matches(query: str, headline: str, body_text: str) -> bool:
    """Whether a headline and a text match, as the view has it: every word in one of them, ``-word`` in none, ``a|b`` either.

    >>> matches("储能 -航运", "储能提速", "电站"), matches("et７|港股", "ET7", ""), matches("-港股", "储能", "")
    (True, True, False)
    """
    if not ASKS.search(query):
        return False
    columns = [_fold(headline), _fold(body_text)]
    words = [word for word in PARTS.split(_fold(query)) if word.strip("-|")]
    required = [word for word in words if not word.startswith("-")]
    excluded = [word for word in words if word.startswith("-")]
    return (
        bool(required)
        and all(_occurs(word, columns) for word in required)
        and not any(_occurs(word, columns) for word in excluded)
    )


def excerpt(query: str, body_text: str) -> str:
    """60 characters round the first word that occurs, as the view has them."""
    folded = _fold(body_text)
    words = [
        part
        for word in PARTS.split(_fold(query))
        if not word.startswith("-")
        for part in word.split("|")
        if part
    ]
    places = [place for word in words if (place := folded.find(word)) >= 0]
    start = max(0, min(places, default=0) - 20)
    ends = ("…" if start else "", "…" if start + 60 < len(body_text) else "")
    return ends[0] + body_text[start : start + 60].replace("\n", " ") + ends[1]


def _occurs(word: str, columns: list[str]) -> bool:
    return any(part in column for part in word.lstrip("-").split("|") if part for column in columns)


def _fold(text: str) -> str:
    return text.translate(NARROW).lower()
