"""Parquet in partitions by month and site, hive style, that DuckDB, Polars, pandas and Spark read as one table.

    DEST/month=2026-02/site=finews/articles.parquet

Months are Beijing's; an article without a time is in the partition that all of these readers take for NULL. A second export rewrites
the partitions whose rows changed, and removes those that have none any more. Each file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.exports import Column, ExportError, Job, WrongUsage
from archive.exports.formats.parquet import write_parquet
from archive.exports.selection import Snapshot
from archive.exports.whole_file import WholeFile

STATE = "_finews.json"
"""What the last export wrote; readers pass over names that begin with an underscore."""
VERSION = 1  # of what is written: another one rewrites everything
NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
NAME = "articles.parquet"
TEXTS = ("body_html", "body_text")
"""Columns that a digest may leave out: ``text_sha256``, ``reader`` and the images change with them."""


@dataclass(slots=True)
class Written:
    """What an export did."""

    articles: int = 0
    partitions: int = 0
    written: int = 0
    removed: int = 0
    size: int = 0
    """Bytes of the files that were written."""


def export_partitioned(
    data_dir: Path,
    dest: Path,
    columns: Sequence[str] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Written:
    """Bring the partitions below *dest*, a new or empty folder or an earlier export, up to date.

    *columns*: None for all. *progress* is called with the number of articles looked at. Raises ExportError, OSError, sqlite3.Error.
    """
    with closing(Snapshot(data_dir)) as archive:
        if "site" in (columns or ()):
            raise WrongUsage("--columns site: the name of the folder is that column")
        chosen = archive.choose(columns or [name for name in archive.columns if name != "site"])
        partitions = _state(dest, [column.name for column in chosen])
        dest.mkdir(parents=True, exist_ok=True)
        done, digests = Written(), dict(partitions["partitions"])
        seen = set()
        for folder, arrivals in _partitions(archive):
            seen.add(folder)
            done.partitions += 1
            digest = _digest(archive, arrivals, chosen)
            path = dest / folder / NAME
            if digests.get(folder) != digest or not path.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                with WholeFile(path) as out:
                    write_parquet(
                        Job(columns=chosen, count=len(arrivals)), archive.rows(arrivals, chosen), out
                    )
                done.written += 1
                done.size += path.stat().st_size
                digests[folder] = digest
                _keep(dest, {**partitions, "partitions": digests})
            done.articles += len(arrivals)
            progress(done.articles)
        for folder in [name for name in digests if name not in seen]:
            shutil.rmtree(dest / folder, ignore_errors=True)
            del digests[folder]
            done.removed += 1
        _keep(dest, {**partitions, "partitions": digests})
    return done


def _state(dest: Path, columns: list[str]) -> dict[str, Any]:
    """What the last export of the same columns wrote. Raises ExportError where the folder is no export."""
    header = {"version": VERSION, "columns": columns}
    try:
        state: dict[str, Any] = json.loads((dest / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
            raise ExportError(
                f"{dest} is neither empty nor an earlier export: choose another folder"
            ) from None
        return {**header, "partitions": {}}
    except ValueError:
        state = {"partitions": {}}
    if {name: state.get(name) for name in header} == header:
        return state
    return {**header, "partitions": dict.fromkeys(state["partitions"])}


def _keep(dest: Path, state: dict[str, Any]) -> None:
    with WholeFile(dest / STATE) as out:
        out.write(json.dumps(state, indent=1, sort_keys=True).encode())


def _partitions(archive: Snapshot) -> Iterator[tuple[str, array[int]]]:
    """Folders and the ``arrival`` of their articles, by publication time."""
    cursor = archive.conn.execute(
        "SELECT strftime('%Y-%m', published_at, '+8 hours') AS month, site, arrival FROM articles AS a"
        " WHERE EXISTS (SELECT 1 FROM texts WHERE article_id = a.id) ORDER BY month, site, published_at, id"
    )
    folder, arrivals = "", array("q")
    for month, site, arrival in cursor:
        name = f"month={month or NO_MONTH}/site={quote(site, safe='')}"
        if name != folder:
            if arrivals:
                yield folder, arrivals
            folder, arrivals = name, array("q")
        arrivals.append(arrival)
    if arrivals:
        yield folder, arrivals


def _digest(archive: Snapshot, arrivals: array[int], columns: Sequence[Column]) -> str:
    """What the rows of a partition are known by."""
    looked_at = [column for column in columns if column.name not in TEXTS]
    names = {column.name for column in looked_at}
    looked_at += [archive.columns[name] for name in ("text_sha256", "reader", "images") if name not in names]
    digest = hashlib.sha256()
    for row in archive.rows(arrivals, looked_at):
        digest.update(repr(list(row.values())).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
