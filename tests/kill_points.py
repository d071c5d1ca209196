"""Kills a scenario at every point where it could be killed: before each SQL statement, opened, renamed or removed file."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILLED, BROKEN = 9, 1
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


def killed_at(point: int, folder: Path, scenario: Callable[[], Any]) -> bool:
    """Run *scenario* in a process that dies, as by ``kill -9``, at its *point*-th step on *folder*. False where it ends before."""
    child = os.fork()
    if child == 0:
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
        elif (
            path.is_file() and not path.name.startswith(".lock") and path.suffix not in (".db-wal", ".db-shm")
        ):
            found[name] = path.read_bytes()
    return found
