"""Kills a scenario at every point where it could be killed: before each SQL statement, opened, renamed or removed file, or,
where ``kill_at_write.c`` is loaded, before each write to a file and each fsync."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILLED, BROKEN = 9, 1
SQLITES_OWN = (".db-wal", ".db-shm", ".db-journal")
"""Of files beside a database: what a killed transaction leaves is undone, or removed, as the database is next opened or written."""
FILE_EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.symlink",
    "os.link",
}


def kill_everywhere(
    parent: Path,
    prepare: Callable[[Path], Any],
    scenario: Callable[[Path], Any],
    *,
    stride: int = 1,
    writes: bool = False,
    read: Callable[[Path], dict[str, Any]] | None = None,
) -> int:
    """Kill *scenario* at each *stride*-th point on a copy of what *prepare* made, run it to its end, and compare what *read*
    finds with an undisturbed run. How often it was killed."""
    read = read or (lambda folder: contents(folder, but=("tries",)))
    before, undisturbed, folder = parent / "before", parent / "undisturbed", parent / "killed"
    before.mkdir()
    prepare(before)
    shutil.copytree(before, undisturbed, symlinks=True)
    assert not killed_at(0, undisturbed, lambda: scenario(undisturbed))
    wanted = read(undisturbed)
    kills = 0
    while True:
        point = 1 + kills * stride
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder, symlinks=True)
        if not killed_at(point, folder, lambda: scenario(folder), writes):
            return kills
        assert not killed_at(0, folder, lambda: scenario(folder))
        found = read(folder)
        unlike = {
            name: (found.get(name), wanted.get(name))
            for name in found.keys() | wanted.keys()
            if found.get(name) != wanted.get(name)
        }
        assert not unlike, f"killed at point {point}: {unlike}"
        kills += 1


def killed_at(point: int, folder: Path, scenario: Callable[[], Any], writes: bool = False) -> bool:
    """Run *scenario* in a process that dies, as by ``kill -9``, at its *point*-th step on *folder*, or at its *point*-th
    write to any file; 0: at none. False where it ends before."""
    child = os.fork()
    if child == 0:
        if writes:
            ctypes.CDLL(None).die_at_write(point)
        elif point:
            _die_at(point, os.fspath(folder))
        try:
            scenario()
        except SystemExit as exc:  # a command
            os._exit(exc.code if isinstance(exc.code, int) else BROKEN)
        except BaseException:  # pytest must not go on in the child
            sys.excepthook(*sys.exc_info())
            os._exit(BROKEN)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), f"the scenario failed at point {point}"
    return code == KILLED


def _die_at(point: int, folder: str) -> None:
    steps = 0

    def count(_: object = None) -> None:
        nonlocal steps
        steps += 1
        if steps == point:
            os._exit(KILLED)

    connect = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        conn = connect(*args, **kwargs)
        conn.set_trace_callback(count)
        return conn

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event in FILE_EVENTS and folder in os.fspath(args[0] if isinstance(args[0], str) else ""):
            count()

    sqlite3.connect = traced  # type: ignore[assignment]
    sys.addaudithook(watch)


def contents(folder: Path, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """All rows of all tables of every database in *folder* (without columns *but*), and the bytes of all other files."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".db":
            with sqlite3.connect(path) as db:
                db.row_factory = sqlite3.Row
                assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                assert not db.execute("PRAGMA foreign_key_check").fetchall()
                tables = db.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL AND name NOT GLOB '_sqlite_*'"
                    " AND name NOT GLOB 'search_index*' AND name NOT GLOB 'sqlite_stat*'"
                ).fetchall()
                for (table,) in tables:
                    rows = db.execute(f"SELECT * FROM {table}").fetchall()
                    found[f"{name}/{table}"] = sorted(
                        repr({key: row[key] for key in row.keys() if key not in but})  # noqa: SIM118
                        for row in rows
                    )
            db.close()
        elif path.is_file() and not path.name.startswith(".lock") and path.suffix not in SQLITES_OWN:
            found[name] = path.read_bytes()
    return found
