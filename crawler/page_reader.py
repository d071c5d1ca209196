"""Reads responses by page objects: small ones here, large ones in a process of their own that can be ended.

A page costs CPU and memory in proportion to its size, and what its site or a library makes of it may cost more. Of a small
page that is soon over, and the watchdog ends it otherwise; a large one would fill this process's memory for good.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.interrupts import ReadingEnded, StopReading, interruptible
from crawler.pages import ArticlePage, Target
from crawler.reading import Reading, read_response
from pipelines.restored import restored

if TYPE_CHECKING:
    import subprocess


class PageReader:
    """``apart`` is the size in bytes from which on a page is read apart, ``seconds`` (CPU) and ``memory`` (bytes) what that
    may take. The process is started when it is first needed, and again where it was ended."""

    def __init__(self, apart: int, seconds: float, memory: int):
        self.apart, self.seconds, self.memory = apart, seconds, memory
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def from_settings(cls, settings: Any) -> PageReader:
        return cls(
            settings.getint("READ_APART_SIZE"),
            settings.getfloat("READ_CPU_SECONDS"),
            settings.getint("READ_MEMORY_MAX"),
        )

    def read(self, page_class: type[ArticlePage], response: Any, target: Target, now: datetime) -> Reading:
        """What a response holds. Raises ReadingEnded, and what is a bug of the page object's."""
        if len(response.body) <= self.apart:
            return interruptible(lambda: read_response(page_class, response, target, now))
        # A request and a certificate mean nothing elsewhere; no page object asks for them.
        bare = response.replace(request=None, certificate=None)
        try:
            reading = interruptible(lambda: self._ask((page_class, bare, target, now)))
        except BaseException:
            self.close()
            raise
        if isinstance(reading, Exception):
            raise reading
        if isinstance(reading, Reading):
            return reading
        raise ReadingEnded(
            f"a page of {len(response.body):,} bytes, not read within {self.memory:,} bytes of memory; to allow more, set"
            " -s READ_MEMORY_MAX"
        )

    def _ask(self, request: tuple[Any, ...]) -> Any:
        import pickle  # late: few crawls meet so large a page
        import subprocess

        if self._process is None:
            words = [sys.executable, "-m", "crawler.reading_process", str(self.seconds), str(self.memory)]
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        size = len(request[1].body)
        try:
            pickle.dump((request, restored), process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            status = process.wait()
        if status == -signal.SIGXCPU:
            reason = f"not read within {self.seconds:g} s of CPU time; to allow more, set -s READ_CPU_SECONDS"
        elif status == -signal.SIGTERM:
            raise StopReading("the crawl was stopped while it was being read; crawl it again")
        else:  # libraries that can get no memory end in many ways
            reason = f"its reader ended with status {status}; to allow more memory, set -s READ_MEMORY_MAX"
        raise ReadingEnded(f"a page of {size:,} bytes: {reason}")

    def close(self) -> None:
        """End the process, where there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, ValueError):
                    if stream is not None:
                        stream.close()
            process.wait()
