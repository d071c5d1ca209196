"""Images and posts of a DATA_DIR: staged until their batch is written, moved into place, put right after a crash."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

POST_NAME = re.compile(r"\d{4}-\d\d-\d\d-.+\.(?:md|html)")


def leads_out(path: str) -> bool:
    """Whether the path of a row leads out of its DATA_DIR: the archive was edited, or comes from somebody else.

    >>> leads_out("images/ab/x.jpg"), leads_out("../x"), leads_out("posts/../../x"), leads_out("/etc/passwd"), leads_out("a\\0b")
    (False, True, True, True, True)
    """
    return os.path.isabs(path) or ".." in path.split("/") or "\0" in path


class DataFiles:
    """The files of one DATA_DIR, all named by paths relative to it. Methods raise OSError."""

    def __init__(self, root: Path):
        self.root = root
        self.staging, self.pending = root / ".staging", root / ".pending"
        self._folders: set[str] = set()

    def prepare(self) -> None:
        """Make DATA_DIR and its staging folder."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.staging.mkdir(exist_ok=True)

    def has(self, path: str | None, size: int | None = None) -> bool:
        """Whether a post or image is there, and of *size* bytes where that is given."""
        if path is None:
            return False
        try:
            status = os.stat(f"{self.root}/{path}")
        except OSError:
            return False
        return size is None or status.st_size == size

    def stage_image(self, data: bytes, sha256: str, suffix: str) -> str:
        """Keep an image until its article is written; its path."""
        path = f"images/{sha256[:2]}/{sha256}{suffix}"
        staged = f"{self.staging}/{sha256}{suffix}"
        if not os.path.exists(staged) and not self.has(path, len(data)):
            with open(staged, "wb") as file:
                file.write(data)
        return path

    def stage_copy(self, path: str, source: Path) -> None:
        """Stage the file at *source* as the image at *path*, by a hard link where that can be; one that is there, or gone, stays so.

        A symbolic link is none: it could lead to any file of this machine."""
        staged = self.staging / os.path.basename(path)
        if self.has(path) or staged.exists() or source.is_symlink():
            return
        part = staged.with_suffix(".part")
        with suppress(FileNotFoundError):
            try:
                os.link(source, staged)
            except FileNotFoundError:
                raise
            except OSError:  # another file system, or one without hard links
                shutil.copy2(source, part)
                os.replace(part, staged)

    def publish(
        self, images: Iterable[str], posts: Iterable[tuple[str, str]], old_posts: Iterable[str]
    ) -> None:
        """Move staged *images* into place, write *posts* and remove *old_posts*, after naming them all in ``.pending``. Images that were
        there before are not named: they must outlive whatever becomes of this batch."""
        images, posts, old_posts = list(dict.fromkeys(images)), list(posts), list(old_posts)
        if not images and not posts and not old_posts:
            return
        noted = self._read_pending()["images"]  # of this batch, where it is written for the second time
        new = [
            path
            for path in images
            if path in noted or os.path.exists(f"{self.staging}/{os.path.basename(path)}")
        ]
        pending = {"images": new, "posts": [path for path, _ in posts] + old_posts}
        if outside := next(filter(leads_out, [*images, *pending["posts"]]), None):
            raise PermissionError(1, "is outside of DATA_DIR", outside)
        self.pending.write_text(json.dumps(pending), encoding="utf-8")
        for path in new:  # paths as plain text, as in `write_post`
            staged, target = f"{self.staging}/{os.path.basename(path)}", f"{self.root}/{path}"
            if os.path.exists(staged):
                self._make_folder(target)
                os.replace(staged, target)
        if images:
            self._link_images()
        for path, text in posts:
            self.write_post(path, text)
        for path in old_posts:
            (self.root / path).unlink(missing_ok=True)

    def note_posts(self, paths: Iterable[str]) -> None:
        """Have `recover` render the posts at *paths* again, besides what ``.pending`` names already."""
        self.note([], paths)

    def note(self, images: Iterable[str], posts: Iterable[str]) -> None:
        """Have `recover` make *images* and *posts* agree with the rows, besides what ``.pending`` names already."""
        pending = self._read_pending()
        pending["images"] = list(dict.fromkeys([*pending["images"], *images]))
        pending["posts"] = list(dict.fromkeys([*pending["posts"], *posts]))
        self.pending.write_text(json.dumps(pending), encoding="utf-8")

    def _read_pending(self) -> dict[str, list[str]]:
        try:
            pending: dict[str, list[str]] = json.loads(self.pending.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # or killed while writing it: nothing was published yet
            return {"images": [], "posts": []}
        return pending

    def settle(self) -> None:
        """Forget the published batch: its rows are committed."""
        self.pending.unlink(missing_ok=True)

    def recover(
        self, is_image: Callable[[str], bool], render: Callable[[str], tuple[str, str] | None]
    ) -> None:
        """Make the files that ``.pending`` names agree with the rows, and empty the staging folder.

        *is_image* says whether a row names that image; *render* gives ``(path, text)`` of the post that a row names, else None.
        """
        if self.pending.exists():
            pending = self._read_pending()
            self._remove(path for path in pending["images"] if not is_image(path))
            for path in pending["posts"]:
                if (post := render(path)) and not leads_out(post[0]):
                    self.write_post(*post)
                else:
                    self._remove([path])
            self.pending.unlink()
        self.staging.mkdir(exist_ok=True)
        for leftover in self.staging.iterdir():
            leftover.unlink()

    def write_post(self, path: str, text: str) -> bool:
        """Write a post whole or not at all, and only where its bytes change. Whether they did."""
        # Paths as plain text: as Path objects they cost as much as the writing.
        target, data = f"{self.root}/{path}", text.encode()
        try:
            with open(target, "rb") as file:
                if file.read() == data:
                    return False
        except FileNotFoundError:
            self._make_folder(target)
        staged = f"{self.staging}/{os.path.basename(target)}"
        with open(staged, "wb") as file:
            file.write(data)
        os.replace(staged, target)
        return True

    def _remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            if not leads_out(path):
                (self.root / path).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the staging folder."""
        shutil.rmtree(self.staging, ignore_errors=True)

    def _make_folder(self, target: str) -> None:
        folder = os.path.dirname(target)
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)

    def _link_images(self) -> None:
        """A site built from ``posts/`` finds the images in it, by a link to where they lie."""
        link = self.root / "posts" / "images"
        if not os.path.lexists(link):
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(Path("..") / "images", target_is_directory=True)

    # -- what is there ------------------------------------------------------------------------------------------

    def images(self) -> Iterator[str]:
        """Paths of all files below ``images/``, in no order."""
        return self._files("images")

    def posts(self) -> Iterator[str]:
        """Paths of all files below ``posts/`` that are named as posts are, in no order."""
        return (path for path in self._files("posts") if POST_NAME.fullmatch(os.path.basename(path)))

    def describe(self) -> str | None:
        """What of an archive is there besides its database, in a few words; None where nothing is."""
        kinds = [
            name
            for name, paths in (("images", self.images()), ("posts", self.posts()))
            if next(iter(paths), None) is not None
        ]
        if (self.root / "captures.db").exists():
            kinds.append("captures")
        return " and ".join(kinds) or None

    def why_no_archive(self, database: Path) -> str | None:
        """What to do where *database* is missing or empty, but files of an archive are there; None where neither is so."""
        if database.exists() and database.stat().st_size:
            return None
        left = self.describe()
        return left and (
            f"{database} is {'empty' if database.exists() else 'missing'}, but {left} of an archive are in {self.root}: restore"
            " archive.db from a backup (scrapy restore), make it again from the captures (scrapy rebuild), or move them away to"
            " begin a new archive"
        )

    def _files(self, folder: str) -> Iterator[str]:
        for parent, _, names in os.walk(self.root / folder):
            for name in names:
                yield os.path.relpath(f"{parent}/{name}", self.root)
