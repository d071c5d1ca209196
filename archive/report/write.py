"""Writes a report: figures from the archive, the page to a file."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from archive import reader
from archive.report.counting import read
from archive.report.figures import Figures


def read_figures(data_dir: Path, until: datetime, days: int) -> tuple[Figures, str | None]:
    """Figures of *days* Beijing days up to *until*, and the day after the archive's newest article.

    Raises NoArchive, one of `archive.reader.READ_ERRORS`.
    """
    with closing(reader.open_for_reading(data_dir)) as conn:
        conn.text_factory = lambda data: data.decode("utf-8", "replace")
        conn.execute("BEGIN")  # of one moment, whatever a crawl writes meanwhile
        figures = read(conn, until, days)
        newest = conn.execute("SELECT date(max(published_at), '+8 hours', '+1 day') FROM articles").fetchone()
    return figures, newest[0]
