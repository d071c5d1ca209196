"""Standard streams that are closed, full, or whose reader has left."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO


class OutputError(Exception):
    """Standard output cannot be written; its cause is the OSError. Not an OSError itself: those are of the archive's files."""


class InputClosed(Exception):
    """Standard input is to be read, and is closed."""

    def __init__(self) -> None:
        super().__init__("standard input is closed")


def standard_input() -> TextIO:
    """That of this process. Raises InputClosed."""
    if sys.stdin is None:
        raise InputClosed
    return sys.stdin


class GuardedStream(io.FileIO):
    """Standard output or error. What cannot be written is an OutputError, once; or is dropped, where it is lossy."""

    def __init__(self, number: int, lossy: bool):
        super().__init__(number, "w", closefd=False)
        self.lossy = lossy

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as exc:
            if not self.lossy:
                self.lossy = True  # the interpreter flushes again as it ends, and would complain
                raise OutputError("standard output cannot be written") from exc
            return memoryview(data).nbytes


def guard_streams(lossy: bool = False) -> None:
    """Prepare this process's standard streams; a *lossy* output is dropped where it cannot be written, as standard error is.

    The number of a stream that is closed is taken, lest a file of the archive gets it and a message is written there; it is
    opened the wrong way round, so that its use is an error. A character that an encoding lacks becomes an escape.
    """
    for number, flag in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, flag), True)  # the lowest that is free: this one
    sys.stdout = _guarded(sys.stdout, 1, lossy)
    sys.stderr = _guarded(sys.stderr, 2, True)


def _guarded(stream: TextIO | None, number: int, lossy: bool) -> TextIO:
    if stream is None:
        return _text_stream(number, lossy, line_buffering=number == 2)
    if not isinstance(stream, io.TextIOWrapper) or stream.fileno() != number:
        return stream  # somebody's own
    stream.flush()
    return _text_stream(
        number,
        lossy,
        encoding=stream.encoding,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _text_stream(number: int, lossy: bool, **options: Any) -> TextIO:
    raw = io.BufferedWriter(GuardedStream(number, lossy))
    return io.TextIOWrapper(raw, errors="backslashreplace", **options)
