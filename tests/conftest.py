"""What tests crawl with: a real newsroom on loopback, the real command as a process, the archive that it leaves."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.new_archive import lay_archive
from tests.newsroom.server import Newsroom
from tests.scrapy_process import ROOT as ROOT
from tests.scrapy_process import TIMEOUT as TIMEOUT
from tests.scrapy_process import run_scrapy
from tests.websites import Websites

Crawl = Callable[..., "subprocess.CompletedProcess[str]"]
Rows = Callable[..., list[dict[str, Any]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser is for ``make test-slow``."""
    for item in items:
        if "driver" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    """A newsroom of its own with the sample articles, its clock at `server.NOW`."""
    with Newsroom() as room:
        yield room


@pytest.fixture
def websites(newsroom: Newsroom) -> Websites:
    """Sites of any host name on the newsroom's server; crawl with ``CONNECT_TO=websites.everywhere``."""
    return Websites(newsroom)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The crawl's DATA_DIR; inputs lie beside it."""
    return tmp_path / "data"


@pytest.fixture
def crawl(newsroom: Newsroom, data_dir: Path) -> Crawl:
    """Runs ``scrapy crawl``: ``crawl("share", f"url={link}", LOG_LEVEL="INFO", stdin="...")``.

    ``name=value`` arguments get their ``-a``; capital keywords are settings. The crawl's clock is the newsroom's, unless
    FINEWS_NOW says otherwise. An empty archive is there already, unless the crawl *is_new*.
    """

    def run(
        *args: str, stdin: str | None = None, is_new: bool = False, **settings: Any
    ) -> subprocess.CompletedProcess[str]:
        words: list[str] = []
        for word in args:
            plain = "=" in word and not word.startswith("-") and words[-1:] not in (["-a"], ["-s"])
            words += ["-a", word] if plain else [word]
        given = {
            "DATA_DIR": data_dir,
            "FINEWS_ORIGINS": newsroom.origin,
            "FINEWS_ARTICLE_PAGE": f"{newsroom.origin}/a/{{id}}.html",
            "FINEWS_PLACES": "",
            "FINEWS_NOW": newsroom.now.isoformat(),
        } | settings
        is_usual = given["DATA_DIR"] is data_dir and not {"SEARCH_INDEX", "CAPTURES"} & settings.keys()
        if is_usual and not is_new and not data_dir.exists():
            lay_archive(data_dir)
        flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        return run_scrapy("crawl", *words, *flags, stdin=stdin)

    return run


@pytest.fixture
def rows(data_dir: Path) -> Rows:
    """Asks the archive: ``rows("select * from news where id = ?", "finews:...")``; [] where there is no archive yet."""

    def ask(sql: str, *params: Any) -> list[dict[str, Any]]:
        path = data_dir / "archive.db"
        if not path.exists():
            return []
        db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, params)]
        finally:
            db.close()

    return ask
