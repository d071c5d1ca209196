"""Lines out of a pipe, a terminal or a socket, while the crawl goes on."""

from __future__ import annotations

import asyncio
import os
import select
import stat
from collections import deque
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TextIO

LONGEST = 65_536  # characters of a line, bytes of one out of a pipe: what is longer is read as several


def lines_of(file: TextIO) -> Iterator[str]:
    """The lines of *file*, none of them longer than `LONGEST`, so that a file without line ends does not fill the memory."""
    return iter(partial(file.readline, LONGEST), "")


def is_stream(fd: int) -> bool:
    """Whether reading *fd* may have to wait for whoever writes to it.

    >>> with open(os.devnull) as nothing:
    ...     is_stream(nothing.fileno())
    False
    """
    mode = os.fstat(fd).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(fd)


class LinePipe:
    """The lines of *fd*, each as soon as it is there: ``async for line in pipe``. UTF-8; what cannot be read becomes U+FFFD."""

    def __init__(self, fd: int):
        self.fd = fd
        self._lines: deque[str] = deque()
        self._rest = b""
        self._ended = False

    async def __aiter__(self) -> AsyncIterator[str]:
        while self._lines or not self._ended:
            if not self._lines:
                await self._readable()
                self._read()
            while self._lines:
                yield self._lines.popleft()

    def left(self) -> Iterator[str]:
        """The lines that have come and that nobody took. Waits for none."""
        while not self._ended and select.select([self.fd], [], [], 0)[0]:
            self._read()
        yield from self._lines
        if self._rest:
            yield self._text(self._rest)

    async def _readable(self) -> None:
        """Wait for more, or for the end."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self.fd, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self.fd)

    def _read(self) -> None:
        """Take in what has come. (A terminal must not be made non-blocking: it is the shell's, too.)"""
        data = os.read(self.fd, 65536)
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) >= LONGEST:
            whole.append(self._rest)
            self._rest = b""
        if not data:
            self._ended = True
            if self._rest:
                whole.append(self._rest)
                self._rest = b""
        self._lines.extend(map(self._text, whole))

    @staticmethod
    def _text(line: bytes) -> str:
        return line.decode("utf-8-sig", "replace")
