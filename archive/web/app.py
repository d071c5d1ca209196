"""The application that ``scrapy serve`` runs: Datasette on one archive, behind `archive.web.host_check`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette, pm

from archive.language import ENGLISH
from archive.reader import connect_to_read, uri_to_read
from archive.web import plugin, table_search
from archive.web.adding import POSTS, Adding
from archive.web.database import Archive
from archive.web.first_view import FirstView
from archive.web.host_check import HostCheck
from archive.web.metadata import metadata
from archive.web.password import Password
from archive.web.queries import QUERIES, needs_search
from archive.web.reader_language import ReaderLanguage

HERE = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 10_000,  # ranking a common word among a million articles takes seconds
    "facet_time_limit_ms": 200,
    "suggest_facets": False,  # a query for every column of every page; the useful ones are in the metadata
    "max_returned_rows": 5_000,
    "max_csv_mb": 0,  # no limit: the whole answer as CSV
    "truncate_cells_html": 300,  # characters
    "allow_download": False,  # a copy taken while a crawl writes would be torn
    "default_cache_ttl": 0,  # seconds; a reload shows what a crawl has just archived
}


def datasette_on(archive: Path, allow_sql: bool) -> Datasette:
    """Datasette with our plugin, on an archive that a crawl may write to meanwhile. *allow_sql*: SQL of the reader's own.

    Only where the folder cannot be written to is it opened as immutable: SQLite needs a ``-shm`` beside a WAL database.
    """
    for module, name in ((plugin, "finews"), (table_search, "finews_search")):
        if not pm.is_registered(module):
            pm.register(module, name)
    uri = uri_to_read(archive)
    immutable = uri.endswith("immutable=1")
    datasette = Datasette(
        [] if immutable else [str(archive)],
        immutables=[str(archive)] if immutable else None,
        metadata=metadata([query for query in QUERIES if has_search(archive) or not needs_search(query)]),
        settings=SETTINGS | {"default_allow_sql": allow_sql},
        template_dir=str(HERE / "templates"),
        static_mounts=[("-/assets", str(HERE / "static"))],
    )
    datasette.remove_database("archive")
    datasette.add_database(Archive(datasette, str(archive), not immutable, uri), "archive")
    return datasette


def has_search(archive: Path) -> bool:
    """Whether the archive has its search index."""
    with closing(connect_to_read(archive)) as conn:
        return bool(conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone())


def application(
    archive: Path,
    hosts: frozenset[str] | None,
    password: Password | None = None,
    language: str = ENGLISH,
    adding: Adding | None = None,
) -> tuple[Datasette, Any]:
    """Datasette and the ASGI application; *hosts* are the names of a server on loopback, None for one that others reach.

    *language* is that of readers whose browser asks for none of ours. *adding*: takes links and marks; None: reads only.
    """
    datasette = datasette_on(archive, allow_sql=hosts is not None)
    datasette.get_database("archive").adding = adding
    posts = POSTS if adding else frozenset()
    app = FirstView(datasette.app(), datasette)
    return datasette, HostCheck(ReaderLanguage(app, language), hosts, password, posts)
