"""What became of images when they were fetched, for articles that are read again (`crawler.offline.offline_pipelines`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.captures.schema import BY_URL, by_url
from pipelines.download_images import Outcome, validate_image
from pipelines.image_limits import Limits

FILE = ("sha256", "media_type", "width", "height", "bytes", "path")


class ImageRows:
    """Looks images up in an archive: as its rows have them, else as the journal and the captures do."""

    def __init__(self, conn: sqlite3.Connection, captures: sqlite3.Connection):
        self.conn, self.captures = conn, captures

    def __call__(self, article_id: str, reading: Mapping[str, Any]) -> Mapping[str, Outcome]:
        return Outcomes(self._rows(article_id, reading), self)

    def _rows(self, article_id: str, reading: Mapping[str, Any]) -> dict[str, Outcome]:
        outcomes = dict(noted(reading, self.file))
        for row in self.conn.execute(
            "SELECT url, status, reason, drawn_at, sha256 FROM article_images WHERE article_id = ?",
            [article_id],
        ).fetchall():
            url, status, reason, drawn_at, sha256 = row
            outcome: Outcome = {"status": status, "reason": reason}
            if sha256:
                outcome |= self.file(sha256) or {}
                if drawn_at:
                    outcome["drawn_at"] = drawn_at
            outcomes[url] = outcome
        return outcomes

    def file(self, sha256: str) -> dict[str, Any] | None:
        """An image file by its digest."""
        row = self.conn.execute(f"SELECT {', '.join(FILE)} FROM images WHERE sha256 = ?", [sha256]).fetchone()
        return dict(zip(FILE, row, strict=True)) if row else None

    def captured(self, url: str) -> Outcome | None:
        """An image that was fetched for another article, or in another crawl."""
        row = self.captures.execute(
            f"SELECT image_sha256 FROM captures WHERE {BY_URL} AND image_sha256 IS NOT NULL ORDER BY id DESC LIMIT 1",
            by_url(url),
        ).fetchone()
        file = self.file(row[0]) if row else None
        return {"status": "stored", "reason": None, **file} if file else None


class ImageFiles:
    """Looks images up in the journal and in a folder of image files, named by their digests, without an archive."""

    def __init__(self, root: Path):
        self.root = root
        self._files: dict[str, dict[str, Any] | None] = {}
        self._paths: dict[str, Path] | None = None

    def __call__(self, article_id: str, reading: Mapping[str, Any]) -> Mapping[str, Outcome]:
        return dict(noted(reading, self.file))

    def file(self, sha256: str) -> dict[str, Any] | None:
        """An image file by its digest; None where it is missing or another one."""
        if sha256 not in self._files:
            self._files[sha256] = self._read(sha256)
        return self._files[sha256]

    def _read(self, sha256: str) -> dict[str, Any] | None:
        for path in (self.root / "images" / sha256[:2]).glob(f"{sha256}.*"):
            outcome = validate_image(path.read_bytes(), NO_LIMITS)
            if outcome["status"] == "stored" and outcome["sha256"] == sha256:
                columns = {name: outcome[name] for name in FILE if name != "path"}
                return {**columns, "path": f"images/{sha256[:2]}/{path.name}"}
        return None


NO_LIMITS = Limits(2**62, 2**62, 2**31, 2**31)
"""What was kept once is kept, whatever the limits are today."""


class Outcomes(dict[str, Outcome]):
    """Outcomes by address; an address that they lack is looked for among all captures."""

    def __init__(self, known: Mapping[str, Outcome], images: ImageRows):
        super().__init__(known)
        self.images = images

    def __contains__(self, url: object) -> bool:
        if super().__contains__(url):
            return True
        outcome = self.images.captured(str(url))
        if outcome is not None:
            self[str(url)] = outcome
        return outcome is not None


def noted(reading: Mapping[str, Any], file: Any) -> Iterator[tuple[str, Outcome]]:
    """What an entry of the journal says of images, with the files of those that were stored."""
    for url, status, sha256, reason, *drawn_at in reading.get("images", ()):
        if status != "stored":
            yield url, {"status": status, "reason": reason}
        elif file_columns := file(sha256):
            outcome = {"status": "stored", "reason": None, **file_columns}
            yield url, outcome | ({"drawn_at": drawn_at[0]} if drawn_at else {})
        else:
            yield url, {"status": "failed", "reason": f"its file {sha256} is missing"}
