"""A file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import BinaryIO


def is_running(number: str) -> bool:
    """Whether *number* is that of another process, and one that runs.

    >>> is_running(str(os.getppid())), is_running(str(os.getpid())), is_running("x")
    (True, False, True)
    """
    if not number.isdecimal():  # not ours to judge
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return int(number) != os.getpid()


class WholeFile:
    """``with WholeFile(path) as out``: *path* is made, or takes the new content's place, when the block ends well.

    Until then the file has no name, so that even ``kill -9`` leaves nothing; where the file system knows no such files,
    it has a hidden one, and goes with the block. Raises OSError.
    """

    def __init__(self, path: Path):
        self.path = path
        self._hidden: Path | None = None

    def __enter__(self) -> BinaryIO:
        folder = self.path.parent
        try:
            handle = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o666)
        except OSError as exc:
            if exc.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS):
                raise
            handle = self._hidden_file()
        except AttributeError:  # no Linux
            handle = self._hidden_file()
        self._out = open(handle, "w+b")
        return self._out

    def _hidden_file(self) -> int:
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=".part", dir=self.path.parent)
        self._hidden = Path(name)
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return handle

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._out.flush()
                os.fsync(self._out.fileno())
                if self._hidden is None:
                    self._name()
                assert self._hidden is not None
                os.replace(self._hidden, self.path)
                self._hidden = None
        finally:
            self._out.close()
            if self._hidden:
                with suppress(FileNotFoundError):
                    self._hidden.unlink()

    def _name(self) -> None:
        """Give the nameless file a name beside the one that it will have: a link cannot take another's place."""
        for leftover in self.path.parent.glob(f".{escape(self.path.name)}.*.part"):
            if not is_running(leftover.name.split(".")[-2]):  # killed between the two names
                leftover.unlink(missing_ok=True)
        name = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            # Python follows the link of /proc only where it is given a folder, which an absolute path does not need.
            os.link(f"/proc/self/fd/{self._out.fileno()}", name, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)
        self._hidden = name
