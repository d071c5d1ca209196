"""An archive without articles, copied: to make one takes 80 ms of CPU, more than a crawl of a few articles."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from archive.writer import Archive

FILES = ("archive.db", "captures.db")


@functools.cache
def _template(search: bool) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="finews-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Archive(folder, search=search, captures=True).open().close()
    return folder


def lay_archive(folder: Path, search: bool = True, captures: bool = True) -> None:
    """Have *folder* hold an archive as `Archive(folder).open().close()` leaves it; one that is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "archive.db").exists():
        for name in FILES if captures else FILES[:1]:
            shutil.copyfile(_template(search) / name, folder / name)
