"""The folder that a site's source is written into: only ours, and only what is ours in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

from archive.exports import WrongUsage

MARKER = ".finews-export"
HEAD = "# Written by scrapy export --site. These files are its own: it rewrites and removes them.\n"


class Folder:
    """A folder that is empty, new, or an earlier export of ours; otherwise WrongUsage. Raises OSError.

    `MARKER` names our files. Each is named there before it is first written, so that even after ``kill -9`` the next
    export knows what is ours.
    """

    def __init__(self, path: Path):
        self.path = path
        self.written = 0
        """Files that were new or had another content."""
        self.removed = 0
        self._now: set[str] = set()
        marker = path / MARKER
        if path.exists() and not path.is_dir():
            raise WrongUsage(f"{path} exists and is not a folder")
        if not marker.is_file():
            if path.is_dir() and any(path.iterdir()):
                raise WrongUsage(
                    f"{path} is not empty and not an earlier export: give an empty or a new folder"
                )
            path.mkdir(parents=True, exist_ok=True)
            marker.write_text(HEAD, encoding="utf-8")
        lines = marker.read_text(encoding="utf-8").splitlines()
        self._known = {line for line in lines[1:] if line}
        for line in self._known:
            parts = PurePosixPath(line).parts
            if line.startswith("/") or ".." in parts:
                raise WrongUsage(f"{marker} names {line}, which is not below it: remove that line")
        self._log = open(marker, "a", encoding="utf-8")  # noqa: SIM115 (closed when the export ends)

    def _take(self, name: str) -> Path:
        """The path of a file that is ours from now on."""
        if name not in self._known and name not in self._now:
            target = self.path / name
            if os.path.lexists(target):
                raise WrongUsage(f"{target} exists and does not belong to an earlier export: move it away")
            self._log.write(f"{name}\n")
            self._log.flush()
        self._now.add(name)
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write(self, name: str, data: bytes) -> None:
        """A file of that content, left alone where it has it."""
        target = self._take(name)
        try:
            if target.stat().st_size == len(data) and target.read_bytes() == data:
                return
        except FileNotFoundError:
            pass
        staged = target.with_name(f"{target.name}.part")
        staged.write_bytes(data)
        os.replace(staged, target)
        self.written += 1

    def link(self, name: str, source: Path) -> bool:
        """An image, by a hard link where the file system can, else a copy; False where it is gone from the archive."""
        try:
            size = source.stat().st_size
        except FileNotFoundError:
            return False
        target = self._take(name)
        if target.is_file() and target.stat().st_size == size:  # named by its content: the same
            return True
        staged = target.with_name(f"{target.name}.part")
        staged.unlink(missing_ok=True)
        try:
            os.link(source, staged)
        except OSError:
            shutil.copyfile(source, staged)
        os.replace(staged, target)
        self.written += 1
        return True

    def finish(self) -> None:
        """Remove what earlier exports wrote and this one did not, and name what is left."""
        for name in self._known - self._now:
            target = self.path / name
            if target.is_file():
                target.unlink()
                self.removed += 1
            for folder in target.parents:
                if folder == self.path or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
        self._log.close()
        staged = self.path / f"{MARKER}.part"
        staged.write_text(HEAD + "".join(f"{name}\n" for name in sorted(self._now)), encoding="utf-8")
        os.replace(staged, self.path / MARKER)

    def close(self) -> None:
        """Let go of the marker, finished or not."""
        self._log.close()
