"""Text that fits a terminal: columns, colours, characters that its encoding lacks."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from typing import Any

COLOURS = {
    "red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2",
    "removed": "31;9", "added": "32;4",  # struck out, underlined: colours alone tell some readers nothing
}  # fmt: skip  # fmt: skip


def display_width(text: str) -> int:
    """Columns of a terminal that *text* takes: Chinese characters take two.

    >>> display_width("新京报 ok")
    9
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def fit_width(text: str, width: int) -> str:
    """*text* as one line of exactly *width* columns: filled up with spaces, or cut with an ellipsis.

    >>> fit_width("新京报", 8) + "|", fit_width("新京报记者", 6) + "|"
    ('新京报  |', '新京… |')
    """
    text = "".join(char if char.isprintable() else " " for char in text)
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - display_width(text))


def fit_right(text: str, width: int) -> str:
    """*text* at the right edge of *width* columns, never cut.

    >>> fit_right("3天前", 8)
    '   3天前'
    """
    return " " * max(width - display_width(text), 0) + text


def colours_wanted() -> bool:
    """Whether standard output is a terminal that wants colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painter(wanted: bool | None = None) -> Any:
    """``paint(text, colour)``: colours where they are *wanted*, else the text as it is."""
    wanted = colours_wanted() if wanted is None else wanted

    def paint(text: str, colour: str) -> str:
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wanted and colour else text

    return paint


def never_fail_to_print() -> None:
    """A terminal whose encoding lacks a character gets an escape, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
