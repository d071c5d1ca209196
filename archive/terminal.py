"""Text that fits a terminal: columns, colours, progress."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from collections.abc import Iterator
from typing import Any, TypeVar

from archive.language import gettext

Thing = TypeVar("Thing")
PROGRESS_AFTER = 1.0  # seconds that something takes before it shows its progress

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
    text = printable(text)
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - display_width(text))


def printable(text: str) -> str:
    """*text* as one line, without what would control the terminal.

    >>> printable("\\x1b[31mred\\u202e\\n")
    ' [31mred  '
    """
    return "".join(char if char.isprintable() else " " for char in text)


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


def report_progress(things: Iterator[Thing], count: int, what: str = "articles") -> Iterator[Thing]:
    """The same things, `count` of them as a rule; on a terminal with a line of progress once it takes longer than `PROGRESS_AFTER`."""
    if not sys.stderr.isatty():
        yield from things
        return
    message, last = "", time.monotonic()
    for number, thing in enumerate(things):
        yield thing
        if number % 100 == 0 and time.monotonic() - last > (0.3 if message else PROGRESS_AFTER):
            last = time.monotonic()
            form = (
                gettext("{number:,} of {count:,} articles")
                if what == "articles"
                else gettext("{number:,} of {count:,} captures")
            )
            message = form.format(number=number, count=count)
            show_progress(message)
    if message:
        show_progress("")


def show_progress(text: str) -> None:
    """One line on a terminal, written over itself; the empty text takes it away. Nothing where standard error is none."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
