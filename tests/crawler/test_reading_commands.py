"""What commands that read an archive have in common: closed pipes, and archives that are damaged."""

import os
import shutil

import pytest

from archive.backup import BackupError, back_up
from archive.reader import NoArchive, open_for_reading
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


@pytest.mark.parametrize("name", ["status", "removals", "backup"])
def test_an_empty_archive_is_an_error_in_one_line(tmp_path, name):
    (tmp_path / "archive.db").touch()
    done = run_scrapy(name, *[str(tmp_path / "copy")] * (name == "backup"), "-s", f"DATA_DIR={tmp_path}")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "it is empty. Restore a backup" in done.stderr


@pytest.mark.parametrize("closed", ["the folder", "the file"])
@pytest.mark.parametrize("reads", [open_for_reading, lambda data: back_up(data, data / "copy")])
def test_an_archive_of_another_user_is_said_so(archive, tmp_path, closed, reads):
    """In a process that is nobody's, where this one may read everything."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(archive[0] / "archive.db", data)
    for path in (tmp_path, *tmp_path.parents[:3]):  # pytest's own are its user's alone
        if path.owner() == data.owner() and path.name.startswith(("test_", "popen-", "pytest-")):
            path.chmod(0o755)
    (data if closed == "the folder" else data / "archive.db").chmod(0)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)
        try:
            reads(data)
        except (NoArchive, BackupError) as exc:
            os._exit("cannot be read: permission denied. Run this as" not in str(exc))
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    data.chmod(0o700)
    assert status == 0
