"""An archive with a past, for the tests of what reads captures again: edits, checks, withdrawals, lists, sites, failures."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.newsroom.portals import Portals
from tests.newsroom.server import Newsroom
from tests.scrapy_process import run_scrapy
from tests.websites import Websites, news_page

PRIVATE = ("_sqlite_migrations", "sqlite_stat1", "crawls", "feeds", "gaps", "pending_records", "checks")
"""Tables that no response says the rows of."""
LINES = '[paper]\nurl = "https://paper.test/feed.xml"\npublisher = "早报"\n'
SOURCES = "cls/telegraph,eastmoney/344,nbd/1161,paper"


def crawl_everything(folder: Path) -> None:
    """Make the archive in *folder*."""
    folder.mkdir()
    (folder / "sources.toml").write_text(LINES, encoding="utf-8")
    with Newsroom() as room:
        websites = Websites(room)

        def crawl(*words: str, **more: Any) -> None:
            given = {
                "DATA_DIR": folder, "FINEWS_ORIGINS": room.origin, "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
                "FINEWS_PLACES": "", "FINEWS_NOW": room.now.isoformat(), "LOG_LEVEL": "WARNING", "RETRY_TIMES": 0,
            } | more  # fmt: skip
            flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
            done = run_scrapy("crawl", *words, *flags)
            assert done.returncode in (0, 3, 69), done.stderr

        crawl("finews")
        for hours in (1, 7, 24 * 8):
            room.now += timedelta(hours=hours)
            crawl("finews")
        websites.put("http://news.example/n/9.html", news_page(behind="<a href='9_2.html'>下一页</a>"))
        websites.put(
            "http://news.example/n/9_2.html", news_page(paragraphs=("第二页的话：工程将分三期建成，" * 4,))
        )
        websites.put("http://news.example/n/8.html", news_page("两篇报道之一", behind="<img src='/p/a.jpg'>"))
        websites.redirect("http://t.example/x", "http://news.example/n/8.html")
        websites.put("http://news.example/", b"<html><body><a href='/n/8.html'>x</a></body></html>")
        links = folder.parent / "links.txt"
        links.write_text(
            "\n".join(
                [
                    "http://news.example/n/9.html", "http://t.example/x", "http://news.example/n/8.html", "http://news.example/",
                    "http://news.example/none.html", "ftp://news.example/1", room.share_link(room.articles[0]), room.share_link(room.articles[-1]),
                ]
            )
        )  # fmt: skip
        crawl("share", "-a", f"urls={links}", CONNECT_TO=websites.everywhere)
        websites.put(
            "http://news.example/n/8.html",
            news_page("两篇报道之一", behind="<p>更正：总投资为十二亿元，此前有误，特此说明。</p>"),
        )
        room.now += timedelta(hours=1)
        crawl("share", "-a", f"urls={links}", CONNECT_TO=websites.everywhere)
        with Portals() as portals:
            for minutes in (0, 10):
                crawl(
                    "feeds", "-a", f"sources={SOURCES}", CONNECT_TO=portals.everywhere, DOWNLOAD_VERIFY_CERTIFICATES=False,
                    FINEWS_NOW=(room.now + timedelta(minutes=minutes)).isoformat(),
                )  # fmt: skip
                for name in ("cls", "nbd", "paper"):
                    portals.publish(name, 2)


def rows_of(folder: Path, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Rows of archive.db of *folder*."""
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(sql, params).fetchall()


def tables_of(folder: Path) -> dict[str, list[str]]:
    """Every table of an archive, row by row, but for what no response says; of the search index what it holds."""
    found = {}
    for (name,) in rows_of(folder, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        if name not in PRIVATE and not name.startswith(("search_index", "sqlite_")):
            found[name] = sorted(map(repr, rows_of(folder, f"SELECT * FROM {name}")))
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Posts and images by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("posts", "images")
        for path in (folder / part).rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def copied(folder: Path, target: Path) -> Path:
    """A copy of an archive, to be changed."""
    shutil.copytree(folder, target, symlinks=True)
    return target


def run(command: str, *words: Any, data_dir: Path, **settings: Any) -> Any:
    """``scrapy COMMAND`` on an archive."""
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return run_scrapy(command, *words, "-s", f"DATA_DIR={data_dir}", *flags)
