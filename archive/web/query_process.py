"""A process that answers queries on an archive, so that one that runs away can be ended: ``python -m archive.web.query_process``.

SQLite checks for an interrupt between the steps of its program; one call of a function (``instr`` over megabytes) is one
step and can take hours. The alarm of this process ends it whatever it does, also when its parent is gone. Memory is
limited by SQLite's heap limit, and by the process's address space.

Requests come on standard input, answers go to standard output, each `marshal` data behind its length.
"""

from __future__ import annotations

import marshal
import resource
import signal
import sqlite3
import struct
import sys
from typing import IO, Any

HEAP = 512 * 1024 * 1024  # bytes that SQLite may allocate
ADDRESS_SPACE = 3 * HEAP  # of the process: rows are Python objects
LONGEST_VALUE = 64 * 1024 * 1024  # bytes of one value; no article is longer
LONGEST_ANSWER = 256 * 1024 * 1024  # bytes
GRACE = 1.0  # seconds after the time limit until the alarm
STEPS = 1000  # of SQLite's program between two looks at the clock
LENGTH = struct.Struct(">Q")


def read_message(source: IO[bytes]) -> Any:
    """The next message; None at the end of the stream."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    [size] = LENGTH.unpack(head)
    body = source.read(size)
    return marshal.loads(body) if len(body) == size else None


def write_message(out: IO[bytes], data: bytes) -> None:
    """Send marshalled *data*. Raises BrokenPipeError."""
    out.write(LENGTH.pack(len(data)) + data)
    out.flush()


def open_read_only(uri: str) -> sqlite3.Connection:
    """A connection that cannot write. The view ``search`` asks a virtual table, which SQLite from 3.41 on may not trust a view with."""
    conn = sqlite3.connect(uri, uri=True, isolation_level=None)
    conn.text_factory = lambda data: str(data, "utf-8", "replace")
    conn.execute("PRAGMA query_only = ON")
    conn.execute("PRAGMA trusted_schema = ON")
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    return conn


def answer(conn: sqlite3.Connection, sql: str, params: Any, seconds: float, most: int | None) -> bytes:
    """Rows, whether there are more than *most*, and the columns; or the error's class and words. Marshalled."""
    deadline = signal.getitimer  # looked up once; the handler below runs often
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
    conn.set_progress_handler(lambda: deadline(signal.ITIMER_REAL)[0] < GRACE, STEPS)
    try:
        cursor = conn.execute(sql, params)
        rows = cursor.fetchmany(most + 1) if most else cursor.fetchall()
        truncated = bool(most) and len(rows) > (most or 0)
        columns = [column[0] for column in cursor.description or ()]
        data = marshal.dumps((rows[:most] if most else rows, truncated, columns))
        if len(data) > LONGEST_ANSWER:
            raise MemoryError
    except sqlite3.Error as exc:
        data = marshal.dumps((type(exc).__name__, str(exc)))
    except MemoryError:
        data = marshal.dumps(("OperationalError", "the answer needs too much memory"))
    except (OverflowError, UnicodeError, ValueError) as exc:  # parameters that SQLite cannot take
        data = marshal.dumps(("DataError", str(exc)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        conn.set_progress_handler(None, 0)
    return data


def main(uri: str) -> None:
    """Answer until standard input ends."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the server, whose end is the end of our input
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    conn = open_read_only(uri)
    while (request := read_message(sys.stdin.buffer)) is not None:
        write_message(sys.stdout.buffer, answer(conn, *request))


if __name__ == "__main__":
    main(sys.argv[1])
