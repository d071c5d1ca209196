"""What commands that read an archive have in common: closed pipes, and archives that are damaged."""

import os
import shutil

import pytest

from tests.scrapy_process import run_scrapy
from tests.worked_queries import make_archive

COMMANDS = {
    "status": (),
    "coverage": (),
    "diff": ("ARTICLE",),
    "report": ("--output", "-"),
    "export": ("-", "--format", "csv"),
}
PRINTING = COMMANDS | {"removals": (), "source": ("list",), "watch": ("list",)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """DATA_DIR of the crawled sample newsroom, and the id of an article."""
    data = tmp_path_factory.mktemp("reading") / "data"
    conn = make_archive(data)
    [(article_id,)] = conn.execute("SELECT article_id FROM revisions LIMIT 1").fetchall()
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    return data, article_id


def command(name, data, article_id):
    words = [article_id if word == "ARTICLE" else word for word in PRINTING[name]]
    return [name, *words, "-s", f"DATA_DIR={data}"]


@pytest.mark.parametrize("name", PRINTING)
def test_a_reader_that_has_seen_enough_changes_nothing(archive, name):
    """As ``| head -1``: the pipe is closed before anything is written, the exit status is the command's own."""
    data, article_id = archive
    whole = run_scrapy(*command(name, data, article_id))
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = run_scrapy(*command(name, data, article_id), stdout=write_end)
    finally:
        os.close(write_end)
    assert done.stderr == ""
    assert done.returncode == whole.returncode
    assert whole.stdout


@pytest.mark.parametrize("name", [*COMMANDS, "serve"])
@pytest.mark.parametrize("damage", ["a byte that is not UTF-8", "another keyword", "not a database"])
def test_a_damaged_schema_is_an_error_in_one_line(archive, tmp_path, name, damage):
    data, article_id = archive
    shutil.copy(data / "archive.db", tmp_path / "archive.db")
    content = bytearray((tmp_path / "archive.db").read_bytes())
    if damage == "not a database":
        content[3] ^= 0x20
    else:
        place = content.index(b"CREATE TABLE articles (") + len(b"CREATE TABLE ")
        content[place - 3] ^= 0x80 if damage == "a byte that is not UTF-8" else 0x02
    (tmp_path / "archive.db").write_bytes(content)
    serve = ["serve", "--port", "0", "-s", f"DATA_DIR={tmp_path}"]
    done = run_scrapy(*(serve if name == "serve" else command(name, tmp_path, article_id)))
    assert done.returncode == 1, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith(f"scrapy {name}: {tmp_path / 'archive.db'} cannot be read: ")
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["reparse", "rebuild"])
def test_a_command_that_reads_as_a_crawl_does_refuses_what_a_crawl_refuses(archive, name):
    run = run_scrapy(name, "-s", f"DATA_DIR={archive[0]}", "-s", "FINEWS_ORIGINS=")
    assert run.returncode == 2
    assert "FINEWS_ORIGINS=: give scheme://host[:port]" in run.stderr
