"""Daily manifests: the SHA-256 of every text, image and capture of a day, chained to the day before.

Whoever keeps the newest manifest (or its time stamp) elsewhere can prove later that nothing before it was altered.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.captures import NAME as CAPTURES
from archive.exports.whole_file import WholeFile
from archive.text_changes import text_digest

FOLDER = "manifests"
TEXTS = """
SELECT id, revision, body_text FROM news WHERE date(retrieved_at, '+8 hours') = ?1
UNION ALL SELECT article_id, revision, body_text FROM revisions WHERE date(retrieved_at, '+8 hours') = ?1
ORDER BY 1, 2
"""
IMAGES = """
SELECT DISTINCT sha256 FROM article_images JOIN articles ON id = article_id
WHERE sha256 IS NOT NULL AND date(retrieved_at, '+8 hours') = ? ORDER BY 1
"""
CAPTURED = """
SELECT id, coalesce(body_sha256, image_sha256) FROM captures WHERE date(fetched_at, '+8 hours') = ? ORDER BY 1
"""


def write_manifest(data_dir: Path, conn: sqlite3.Connection, day: str) -> Path:
    """Write the manifest of a Beijing *day* (``2026-02-21``); its path. Raises FileExistsError where another one is there,
    for what is chained to it would break; OSError, sqlite3.Error."""
    folder = data_dir / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{day}.json"
    before = [other for other in sorted(folder.glob("*.json")) if other.name < path.name]
    previous = {"day": before[-1].stem, "sha256": _digest(before[-1])} if before else None
    content = {"day": day, "previous": previous, **_entries(data_dir, conn, day)}
    data = (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    if path.exists():
        if path.read_bytes() == data:
            return path
        raise FileExistsError(17, "another manifest of that day exists", str(path))
    with WholeFile(path) as out:
        out.write(data)
    return path


def _entries(data_dir: Path, conn: sqlite3.Connection, day: str) -> dict[str, dict[str, str]]:
    captures: dict[str, str] = {}
    if (data_dir / CAPTURES).exists():
        uri = f"{(data_dir / CAPTURES).absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as captured:
            captures = dict(captured.execute(CAPTURED, [day]).fetchall())
    return {
        "texts": {f"{row[0]} {row[1]}": text_digest(row[2]) for row in conn.execute(TEXTS, [day])},
        "images": {row[0]: row[0] for row in conn.execute(IMAGES, [day])},
        "captures": captures,
    }


def check_manifests(data_dir: Path, conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """``(day, problem)``: chains that are broken, and what a manifest names that is altered or gone. What `forgotten` explains
    is no problem."""
    paths = sorted((data_dir / FOLDER).glob("*.json"))
    forgotten = {row[0] for row in conn.execute("SELECT id FROM forgotten")} if paths else set()
    for number, path in enumerate(paths):
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            texts, previous = content["texts"], content["previous"]
        except (ValueError, KeyError):
            yield path.stem, "cannot be read"
            continue
        if number and (not previous or previous["sha256"] != _digest(paths[number - 1])):
            yield path.stem, f"is not chained to {paths[number - 1].stem}: one of the two was altered"
        for name, digest in texts.items():
            article_id, _, revision = name.rpartition(" ")
            if article_id in forgotten:
                continue
            row = conn.execute(
                "SELECT body_text FROM news WHERE id = ?1 AND revision = ?2"
                " UNION ALL SELECT body_text FROM revisions WHERE article_id = ?1 AND revision = ?2",
                [article_id, int(revision)],
            ).fetchone()
            if row is None:
                yield path.stem, f"names revision {revision} of {article_id}, which is gone"
            elif text_digest(row[0]) != digest:
                yield path.stem, f"names another text of {article_id} (revision {revision})"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
