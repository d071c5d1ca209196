"""Where a reader may be cut short: the one call that the watchdog (`crawler.extensions.watchdog`) can end from within.

Reading a page is a pure function, so that nothing is half done where it ends early. What writes must not be called here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ReadingEnded(Exception):
    """A page or an article that was not read to its end; the message says why, and which setting allows more."""

    is_stop = False
    """Whether the crawl was asked to stop meanwhile, so that nothing is wrong with the page."""


class StopReading(ReadingEnded):
    """The crawl was asked to stop while a page was being read."""

    is_stop = True


class Interrupt(BaseException):
    """Raised within `interruptible` by the watchdog. No Exception: libraries catch all of those and go on."""

    def __init__(self, ending: ReadingEnded):
        super().__init__(str(ending))
        self.ending = ending


def interruptible(read: Callable[[], T]) -> T:
    """``read()``, which the watchdog may end. Raises ReadingEnded where it does."""
    try:
        return read()
    except Interrupt as exc:
        raise exc.ending from None
