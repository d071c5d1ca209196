"""What the archive cannot answer now, but another time: while a crawl brings its tables up to date, or before one has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from datasette.views.base import DatasetteError

from archive.language import gettext
from archive.reader import connect_to_read
from archive.schema import has_search, is_current


def is_older(archive: Path) -> bool:
    """Whether the tables of an archive are those of an earlier version."""
    with closing(connect_to_read(archive)) as conn:
        return not is_current(conn, has_search(conn))


def not_now(archive: Path, exc: sqlite3.Error) -> DatasetteError | None:
    """The answer to what failed and can be asked again; None where it will fail again."""
    if str(exc).startswith("database is locked"):
        why = gettext(
            "A crawl is writing to the archive, perhaps to bring its tables up to date. Try again in a moment."
        )
    elif str(exc).startswith(("no such table", "no such column")) and is_older(archive):
        why = gettext(
            "The tables of the archive are of an earlier version: a crawl brings them up to date, and may be doing so now ({error}).",
            error=exc,
        )
    else:
        return None
    return DatasetteError(why, title=gettext("Not now"), status=503)
