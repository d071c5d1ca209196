"""Commands killed at any point: run again, they end as if nothing had disturbed them. ``make soak`` kills at each point and write."""

import contextlib
import shutil
import sqlite3

import pytest

from archive.backup import BackupError
from archive.restore import restore
from crawler.offline.rebuild import MARK
from tests.crawler.test_reparse import LINE, RULE
from tests.crawler.test_saved import SINGLE_FILE, data_uri, page
from tests.killing import kill_in_process
from tests.scrapy_process import run_scrapy


def words(folder, *command) -> list[str]:
    """A command line on the archive of *folder*."""
    settings = {"DATA_DIR": folder / "data", "FINEWS_NOW": "2026-07-02T00:00:00Z", "LOG_LEVEL": "ERROR"}
    flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return [*map(str, command), *flags]


def execute(folder, *command) -> None:
    """In this process, which Scrapy ends."""
    from scrapy.cmdline import execute

    execute(["scrapy", *words(folder, *command)])


def save_page(folder, number: int) -> None:
    """A page that was saved, with an image and a line that a rule may take out."""
    text = page(data_uri(), before=SINGLE_FILE.replace("/1.html", f"/{number}.html"))
    text = text.replace("山南储能电站一期".encode(), f"山南储能电站{number}期".encode())
    (folder / "saved").mkdir(exist_ok=True)
    (folder / "saved" / f"{number}.html").write_bytes(
        text.replace(b"</p><p>", f"</p><p>{LINE}</p><p>".encode(), 1)
    )


def two_pages(folder) -> None:
    for number in (1, 2):
        save_page(folder, number)


def run_import(folder) -> None:
    execute(folder, "crawl", "saved", "-a", f"path={folder / 'saved'}")


def prepare(folder, *command) -> None:
    done = run_scrapy(*words(folder, *command))
    assert done.returncode == 0, done.stderr


def archive_of_two(folder) -> None:
    two_pages(folder)
    prepare(folder, "crawl", "saved", "-a", f"path={folder / 'saved'}")


def archive_with_a_rule(folder) -> None:
    archive_of_two(folder)
    (folder / "data" / "rules.toml").write_text(RULE)


def archive_beside_an_older_copy(folder) -> None:
    archive_with_a_rule(folder)
    prepare(folder, "backup", folder / "copy")
    save_page(folder, 3)
    prepare(folder, "crawl", "saved", "-a", f"path={folder / 'saved'}")
    prepare(folder, "reparse")


def copy_alone(folder) -> None:
    archive_of_two(folder)
    prepare(folder, "backup", folder / "copy")
    shutil.rmtree(folder / "data")


def bring_back(folder) -> None:
    (folder / "data").mkdir(exist_ok=True)
    with contextlib.suppress(BackupError):  # the run before was killed at its end: the archive is there
        restore(folder / "copy", folder / "data")


def captures_beside_a_copy(folder) -> None:
    archive_of_two(folder)
    with contextlib.closing(sqlite3.connect(folder / "data" / "archive.db")) as conn, conn:
        conn.execute(
            "INSERT INTO reader_marks SELECT id, '[\"mine\"]', '笔记', NULL, '2026-07-01T00:00:00Z' FROM articles"
        )
    prepare(folder, "backup", folder / "copy")
    (folder / "data" / "archive.db").unlink()
    shutil.rmtree(folder / "data" / "posts")


def make_again(folder) -> None:
    if (folder / "data" / MARK).exists() or not (folder / "data" / "archive.db").exists():
        execute(folder, "rebuild", "--backup", folder / "copy")


COMMANDS = {
    "saved": (two_pages, run_import),
    "reparse": (archive_with_a_rule, lambda folder: execute(folder, "reparse")),
    "backup": (archive_beside_an_older_copy, lambda folder: execute(folder, "backup", folder / "copy")),
    "restore": (copy_alone, bring_back),
    "rebuild": (captures_beside_a_copy, make_again),
    "manifest": (archive_of_two, lambda folder: execute(folder, "manifest", "--day", "2026-07-01")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("writes", [False, True], ids=["points", "writes"])
def test_killed_at_some(name, writes):
    stride = 4 if name == "manifest" else 11  # which has fewer points
    assert kill_in_process(name, writes=writes, stride=stride) >= 2
