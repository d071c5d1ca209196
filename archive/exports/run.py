"""Runs an export: from an archive to a file, a stream or the source of a site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from archive import units
from archive.exports import Format, Job
from archive.exports.selection import Chosen, Selection, Snapshot
from archive.exports.sites import Generator
from archive.exports.sites.folder import Folder
from archive.exports.sites.site import Made, Site
from archive.exports.whole_file import WholeFile
from archive.language import gettext, ngettext
from archive.terminal import report_progress

Warn = Callable[[str], None]


class CountingStream:
    """A stream that counts its bytes, with the methods that pyarrow expects of one that cannot be rewound."""

    def __init__(self, out: BinaryIO):
        self._out, self.size, self.closed = out, 0, False

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self.size += memoryview(data).nbytes
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        """What wraps this stream closes it at its own end; the stream below stays open."""
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def export_file(
    data_dir: Path,
    out: Path | BinaryIO,
    form: Format,
    selection: Selection,
    *,
    columns: Sequence[str] | None = None,
    query: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    warn: Warn = lambda message: None,
) -> str:
    """Write the selected articles to *out*; a summary in one line. *columns*: None for all that there are.

    *query* describes the selection (`archive.exports.arguments.describe_selection`), *options* are those of the format.
    Raises ExportError, sqlite3.Error, OSError.
    """
    with closing(Snapshot(data_dir, selection.as_of)) as archive:
        chosen_columns = archive.choose(form.needs or columns or list(archive.columns))
        chosen = archive.find(selection)
        for message in archive.unknown(selection):
            warn(message)
        job = Job(
            columns=chosen_columns,
            count=len(chosen.arrivals),
            first_at=chosen.first_at,
            last_at=chosen.last_at,
            updated_at=chosen.updated_at,
            query=query or {},
            options=options or {},
        )
        arrivals = chosen.arrivals[::-1] if form.newest_first else chosen.arrivals
        rows = report_progress(archive.rows(arrivals, chosen_columns, selection.doubtful), job.count)
        if isinstance(out, Path):
            with WholeFile(out) as file:
                form.write(job, rows, file)
            return summarize(chosen, str(out), out.stat().st_size)
        counting = CountingStream(out)
        form.write(job, rows, counting)  # type: ignore[arg-type]
        out.flush()
        return summarize(chosen, gettext("standard output"), counting.size)


def export_site(
    data_dir: Path,
    folder_path: Path,
    generator: Generator,
    selection: Selection,
    *,
    query: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    warn: Warn = lambda message: None,
) -> tuple[Chosen, Made]:
    """Write the source of a site. Raises ExportError, sqlite3.Error, OSError."""
    with closing(Snapshot(data_dir)) as archive:
        chosen = archive.find(selection)
        for message in archive.unknown(selection):
            warn(message)
        with closing(Folder(folder_path)) as folder:
            site = Site(archive, generator, folder, options or {}, selection.doubtful)
            return chosen, site.make(chosen, query or {}, report_progress)


def count_articles(count: int) -> str:
    """A number of articles.

    >>> count_articles(1), count_articles(1234), count_articles(0)
    ('1 article', '1,234 articles', 'nothing matched: 0 articles')
    """
    if not count:
        return gettext("nothing matched: 0 articles")
    return ngettext("{count:,} article", "{count:,} articles", count)


def summarize(chosen: Chosen, where: str, size: int) -> str:
    """Number of articles, place and size in one line."""
    return gettext(
        "{articles}, {where}, {size}",
        articles=count_articles(len(chosen.arrivals)),
        where=where,
        size=units.in_bytes(size),
    )
