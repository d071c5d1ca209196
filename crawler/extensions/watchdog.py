"""Ends what reads a page, or refines an article, for longer than READ_CPU_SECONDS, and what a SIGTERM finds running.

One callback that does not return holds up all of a crawl: Scrapy sees neither other responses nor a signal until it does.
A timer of the process's CPU time looks once a second whether the event loop was reached since; where it was not for too
long, an exception is raised in the frame that is running, if that frame reads (`crawler.interrupts`) or belongs to a
pipeline, and writes nothing. Patterns of `re` look for signals while they match, so they end, too. What never returns to
the interpreter (one call of a C library) is ended with the process, by a second timer whose signal nobody handles: it
leaves a traceback on standard error, and the archive as after any crash. An article pays nothing for all this.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from crawler.exit_status import OUR_BUG
from crawler.interrupts import Interrupt, ReadingEnded, StopReading, interruptible
from pipelines.archive_access import require_archive

TICK = 1.0  # CPU seconds between two looks, at most
GRACE = 3.0  # seconds that a reader may go on once the crawl was asked to stop
LAST_GRACE = 15.0  # seconds until a crawl that was asked to stop ends all the same, where what is running cannot be ended
WRITERS = ("archive.writer", "archive.batch", "archive.captures", "archive.data_files", "sqlite3")
"""Modules whose work is not cut short: the end of a write is near, and a batch is all or nothing."""
STUBBORN = 4  # times READ_CPU_SECONDS after which what catches each exception and goes on ends the process
STUCK_IN_C = (
    5.0  # CPU seconds beyond READ_CPU_SECONDS that one call of a C library may take until the process ends
)
HOW_TO_ALLOW = "to allow more, set -s READ_CPU_SECONDS"
TERMINATED = 128 + signal.SIGTERM


class Watchdog:
    """Off where no archive is open, as under `scrapy parse`, and where the system has no such timers."""

    def __init__(self, crawler: Any):
        self.crawler = crawler
        self.limit: float = crawler.settings.getfloat("READ_CPU_SECONDS")
        self.tick = min(TICK, self.limit / 2)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.is_reached = True
        """Whether the event loop was reached since the last look."""
        self.stuck = 0.0
        """CPU seconds since it was."""
        self.stopping_since = 0.0
        """Seconds that a crawl which was asked to stop has not reached it, after `GRACE`."""
        self.is_stopping = False
        self.codes: dict[CodeType, str] = {}
        """Code of the pipelines' `process_item`, with their names."""
        self.before: dict[int, Any] = {}
        """Signal handlers before this one's."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> Watchdog:
        require_archive(crawler)
        is_main = threading.current_thread() is threading.main_thread()
        if (
            not hasattr(signal, "setitimer")
            or not is_main
            or not crawler.settings.getfloat("READ_CPU_SECONDS")
        ):
            raise NotConfigured
        watchdog = cls(crawler)
        crawler.signals.connect(watchdog.engine_started, signal=signals.engine_started)
        crawler.signals.connect(watchdog.engine_stopped, signal=signals.engine_stopped)
        return watchdog

    # -- begin and end ----------------------------------------------------------------------------------------

    def engine_started(self) -> None:
        """Start the timers."""
        self.loop = asyncio.get_running_loop()
        for path in build_component_list(self.crawler.settings.getwithbase("ITEM_PIPELINES")):
            component = load_object(path)
            code = getattr(getattr(component, "process_item", None), "__code__", None)
            if code is not None:
                self.codes[code] = component.__name__
        handlers: tuple[tuple[int, Any], ...] = (
            (signal.SIGPROF, self.look),
            (signal.SIGALRM, self.look),
            (signal.SIGTERM, self.stop),
            (signal.SIGINT, self.stop),
        )
        for number, handler in handlers:
            self.before[number] = signal.signal(number, handler)
        signal.siginterrupt(signal.SIGPROF, False)  # what writes is not to see it
        if sys.__stderr__ is not None:
            faulthandler.register(signal.SIGVTALRM, file=sys.__stderr__, all_threads=False, chain=True)
        signal.setitimer(signal.ITIMER_PROF, self.tick, self.tick)
        self.push_last_timer()

    def engine_stopped(self) -> None:
        """Stop the timers, and put the handlers back that were there."""
        for timer in (signal.ITIMER_PROF, signal.ITIMER_VIRTUAL, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
        for timer_signal in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(timer_signal, self.before.pop(timer_signal))
        for number, before in self.before.items():
            if signal.getsignal(number) == self.stop:
                signal.signal(number, before)

    def push_last_timer(self) -> None:
        """Give a C library its time anew: the interpreter is running."""
        signal.setitimer(signal.ITIMER_VIRTUAL, self.limit + STUCK_IN_C)

    # -- signals ----------------------------------------------------------------------------------------------

    def stop(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT: Scrapy stops the crawl once the loop is reached; see to it that it is."""
        if not self.is_stopping:
            self.is_stopping, self.is_reached = True, False
            assert self.loop is not None
            self.loop.call_soon_threadsafe(self.reached)
            signal.setitimer(signal.ITIMER_REAL, GRACE, TICK)
        before = self.before[number]
        if callable(before):
            before(number, frame)

    def look(self, number: int, frame: FrameType | None) -> None:
        """A second of CPU time has passed, or, once the crawl is stopping, a second."""
        self.push_last_timer()
        if self.is_reached:
            self.is_reached, self.stuck, self.stopping_since = False, 0.0, 0.0
            assert self.loop is not None
            if not self.loop.is_closed():
                self.loop.call_soon_threadsafe(self.reached)
            return
        if number == signal.SIGPROF:
            self.stuck += self.tick
        else:
            self.stopping_since += TICK
        if self.stopping_since > LAST_GRACE - GRACE and not is_writing(frame):
            self.give_up(frame, TERMINATED)
        if self.stuck >= STUBBORN * self.limit and not is_writing(frame):
            self.give_up(frame, OUR_BUG)
        if self.is_stopping and (number == signal.SIGALRM or self.stuck > GRACE):
            self.end(frame, StopReading("the crawl was stopped while it was being read; crawl it again"))
        elif self.stuck >= self.limit:
            reason = f"not read within {self.limit:g} s of CPU time; {HOW_TO_ALLOW}"
            self.end(frame, ReadingEnded(reason))

    def reached(self) -> None:
        """The loop goes round."""
        self.is_reached = True

    def end(self, frame: FrameType | None, ending: ReadingEnded) -> None:
        """Raise *ending* in what is running, where that can be ended."""
        running = frame
        while running is not None and not running.f_globals.get("__name__", "").startswith(WRITERS):
            if running.f_code is interruptible.__code__:
                raise Interrupt(ending)
            if name := self.codes.get(running.f_code):
                ending.args = (f"{name}: {ending}",)
                raise ending
            running = running.f_back

    def give_up(self, frame: FrameType | None, status: int) -> None:
        """End the process: what is running neither returns nor lets itself be ended."""
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
        print(f"scrapy crawl: ended in the middle: {where} does not return", file=sys.stderr, flush=True)
        os._exit(status)


def is_writing(frame: FrameType | None) -> bool:
    """Whether a file of the archive is being written."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(WRITERS):
            return True
        frame = frame.f_back
    return False
