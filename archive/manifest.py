"""Daily manifests: the SHA-256 of every text, image and capture of a day, chained to the manifest that was written before.

Whoever keeps the newest manifest (or its time stamp) elsewhere can prove later that nothing before it was altered.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from archive.captures import NAME as CAPTURES
from archive.edits.changes import text_digest
from archive.exports.whole_file import WholeFile
from archive.forget import MARK
from archive.reader import connect_to_read

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
    chain = {other.stem: _read(other) or {} for other in folder.glob("*.json")}
    if day in chain:
        previous = chain[day].get("previous")
    else:
        ends = chain.keys() - {(content.get("previous") or {}).get("day") for content in chain.values()}
        last = max(ends, default=None)
        previous = {"day": last, "sha256": _digest(folder / f"{last}.json")} if last else None
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
        with closing(connect_to_read(data_dir / CAPTURES)) as captured:
            captures = dict(captured.execute(CAPTURED, [day]).fetchall())
    return {
        "texts": {f"{row[0]} {row[1]}": text_digest(row[2]) for row in conn.execute(TEXTS, [day])},
        "images": {row[0]: row[0] for row in conn.execute(IMAGES, [day])},
        "captures": captures,
    }


def check_manifests(data_dir: Path, conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """``(day, problem)``: chains that are broken, and what a manifest names that is altered or gone. What `forgotten` explains
    is no problem."""
    folder = data_dir / FOLDER
    chain = {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}
    if not chain:
        return
    yield from _check_chain(folder, chain)
    forgotten = dict(conn.execute("SELECT id, forgotten_at FROM forgotten").fetchall())
    for day, content in chain.items():
        if content:
            yield from ((day, problem) for problem in _check_texts(conn, content["texts"], forgotten))
    if not (data_dir / CAPTURES).exists():
        return
    with suppress(sqlite3.DatabaseError), closing(connect_to_read(data_dir / CAPTURES)) as captures:
        for day, content in chain.items():
            if content:
                taken_down = any(day <= moment[:10] for moment in forgotten.values())
                for problem in _check_captures(captures, content.get("captures", {}), taken_down):
                    yield day, problem


def _check_chain(folder: Path, chain: Mapping[str, dict[str, Any] | None]) -> Iterator[tuple[str, str]]:
    """Links of the chain that are broken. The first manifests of all may be gone."""
    follower: dict[str, str] = {}
    first = ""
    for day, content in chain.items():
        if content is None:
            yield day, "cannot be read"
            continue
        before = (content["previous"] or {}).get("day", "")
        if before not in chain:
            if first:
                yield (
                    day,
                    f"is not chained to {first}, or to what came between: one of them was altered or removed",
                )
            first = first or day
        elif content["previous"].get("sha256") != _digest(folder / f"{before}.json"):
            yield day, f"is not chained to {before}: one of the two was altered"
        elif before in follower:
            yield day, f"is chained to {before}, as {follower[before]} is: one of the two was put in"
        follower[before] = day


def _check_texts(
    conn: sqlite3.Connection, texts: Mapping[str, str], forgotten: Mapping[str, str]
) -> Iterator[str]:
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
            yield f"names revision {revision} of {article_id}, which is gone"
        elif text_digest(row[0]) != digest:
            yield f"names another text of {article_id} (revision {revision})"


def _check_captures(
    captures: sqlite3.Connection, named: Mapping[str, str], taken_down: bool
) -> Iterator[str]:
    """What is said of captures and no longer so; those of an article that was *taken_down* later may be gone."""
    for capture_id, digest in named.items():
        row = captures.execute(
            "SELECT coalesce(body_sha256, image_sha256), redacted FROM captures WHERE id = ?", [capture_id]
        ).fetchone()
        if row is None:
            if not taken_down:
                yield f"names the capture {capture_id}, which is gone"
        elif row[0] != digest and MARK not in json.loads(row[1]):
            yield f"names another body of the capture {capture_id}"


def _read(path: Path) -> dict[str, Any] | None:
    """A manifest; None where it cannot be read."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content["texts"], dict) and "previous" in content else None
    except (ValueError, KeyError, TypeError):
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
