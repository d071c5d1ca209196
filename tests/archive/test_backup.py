"""A copy taken while the archive is written to, the next one on top of it, and the way back."""

import os
import shutil
import sqlite3

import pytest

from archive.backup import BackupError, back_up
from archive.captures import Capture, Captures
from archive.lock import AlreadyLocked, DirectoryLock
from archive.restore import restore
from archive.schema import SET, apply_steps, connect, has_search, is_current, steps
from archive.verify import verify
from archive.writer import Archive
from tests.archive.test_verify import IMAGE, NOW, POST, SHA, render
from tests.archive.test_verify import data as data_fixture
from tests.archive.test_writer import entry
from tests.kill_points import contents, kill_everywhere
from tests.new_archive import lay_archive

data = data_fixture


@pytest.fixture
def dest(tmp_path_factory):
    return tmp_path_factory.mktemp("backup") / "copy"


def test_a_backup_restores_to_an_equal_archive(data, dest, tmp_path_factory):
    back_up(data, dest)
    assert verify(dest, render, NOW).findings == []
    home = tmp_path_factory.mktemp("home") / "data"
    restore(dest, home)
    assert verify(home, render, NOW).findings == []
    assert contents(home) == contents(data)


def test_a_backup_beside_a_writer_is_consistent(data, dest):
    lay_archive(data)
    archive = Archive(data, captures=True).open()
    brought = entry(3, new=True)
    brought.article["post_path"] = POST.format(3)
    brought.post = (POST.format(3), "第3篇: 文\n")
    archive.add(brought)
    back_up(data, dest)
    archive.flush()  # in the archive, after the copy
    archive.close()
    report = verify(dest, render, NOW)
    assert (report.exit_status, report.articles) == (0, 2)


def test_the_second_backup_copies_what_is_new(data, dest):
    first = back_up(data, dest)
    again = back_up(data, dest)
    assert (again.files, again.kept, again.removed) == (0, first.files, 0)
    assert os.path.samefile(data / POST.format(1), dest / POST.format(1))
    archive = Archive(data).open()
    archive.conn.execute("DELETE FROM articles WHERE id = 'finews:2'")
    archive.conn.commit()
    archive.close()
    (data / POST.format(2)).unlink()
    assert back_up(data, dest).removed == 1
    assert not (dest / POST.format(2)).exists()


def test_a_post_rewritten_in_the_archive_does_not_change_in_the_copy(data, dest):
    back_up(data, dest)
    before = (dest / POST.format(1)).read_bytes()
    archive = Archive(data).open()
    archive.files.write_post(POST.format(1), "another text\n")
    archive.close()
    assert (dest / POST.format(1)).read_bytes() == before


def test_a_damaged_database_is_not_copied_over_a_good_one(data, dest):
    back_up(data, dest)
    good = (dest / "archive.db").read_bytes()
    whole = bytearray((data / "archive.db").read_bytes())
    for page in range(20, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    (data / "archive.db").write_bytes(bytes(whole))
    with pytest.raises(BackupError, match="damaged"):
        back_up(data, dest)
    assert (dest / "archive.db").read_bytes() == good


def test_places_that_are_no_backup_are_refused(data, dest, tmp_path):
    (dest / "x").mkdir(parents=True)
    with pytest.raises(BackupError, match="neither empty nor an earlier backup"):
        back_up(data, dest)
    with pytest.raises(BackupError, match="is inside"):
        back_up(data, data / "backup")
    with pytest.raises(BackupError, match="not a backup"):
        restore(dest, data)
    shutil.rmtree(dest)
    back_up(data, dest)
    with pytest.raises(BackupError, match="holds an archive"):
        restore(dest, data)


def test_another_archive_is_not_written_over(data, dest):
    other = Archive(dest, captures=True).open()
    other.add(entry(7, new=True))
    other.close()
    before = (dest / "archive.db").read_bytes()
    with pytest.raises(BackupError, match="holds another archive"):
        back_up(data, dest)
    assert (dest / "archive.db").read_bytes() == before
    (dest.parent / "file").write_text("x")
    with pytest.raises(BackupError, match="is a file"):
        back_up(data, dest.parent / "file")


def test_captures_that_were_lost_stay_in_the_backup(data, dest):
    assert back_up(data, dest).outlived == []
    (data / "captures.db").unlink()
    assert back_up(data, dest).outlived == ["captures.db"]
    assert verify(dest, render, NOW).findings == []


def test_a_copy_in_use_is_left_alone(data, dest):
    back_up(data, dest)
    reader = DirectoryLock(dest)
    reader.acquire()
    with pytest.raises(AlreadyLocked):
        back_up(data, dest)
    reader.release()
    back_up(data, dest)


def test_a_damaged_image_is_not_copied_over_a_good_one(data, dest):
    back_up(data, dest)
    path = f"images/{SHA[:2]}/{SHA}.png"
    (data / path).unlink()
    (data / path).write_bytes(b"x" * len(IMAGE))
    back_up(data, dest)
    assert (dest / path).read_bytes() == IMAGE
    assert verify(dest, render, NOW).findings == []


def test_a_backup_that_was_killed_is_completed(data, tmp_path_factory):
    def copy(folder) -> None:
        back_up(data, folder)

    def read(folder):
        assert not list(folder.rglob("*.part*"))
        return contents(folder)

    kills = kill_everywhere(tmp_path_factory.mktemp("killed"), lambda folder: None, copy, stride=3, read=read)
    assert kills > 5


def test_a_restore_that_was_killed_is_completed(data, dest, tmp_path_factory):
    back_up(data, dest)

    def bring_back(folder) -> None:
        if not (folder / "archive.db").exists():  # the last to arrive
            restore(dest, folder)

    kills = kill_everywhere(tmp_path_factory.mktemp("killed"), lambda folder: None, bring_back, stride=3)
    assert kills > 5


def test_captures_that_the_backup_lacks_are_not_written_over(data, dest):
    back_up(data, dest)
    with Captures(data / "captures.db").open() as captures:
        captures.add(Capture("http://paper.example/9", 200, [], b"x"))
    (data / "archive.db").unlink()
    with pytest.raises(BackupError, match="newer than those of the backup"):
        restore(dest, data)
    with Captures.read(data) as captures:
        assert len(list(captures.find())) == 3


def test_a_backup_of_a_later_version_is_refused(data, dest, tmp_path_factory):
    back_up(data, dest)
    with sqlite3.connect(dest / "archive.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, '9999_x', '')", [SET]
        )
    db.close()
    with pytest.raises(BackupError, match="later version"):
        restore(dest, tmp_path_factory.mktemp("newer"))


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    old = connect(tmp_path / "archive.db")
    apply_steps(old, SET, steps(search=False)[:-2])
    old.close()
    back_up(tmp_path, tmp_path.parent / "copy")
    restore(tmp_path.parent / "copy", tmp_path.parent / "home")
    home = connect(tmp_path.parent / "home" / "archive.db")
    assert is_current(home, search=False)
    assert not has_search(home), "nor was it there before"
    home.close()


def test_the_lock_of_a_restore_is_not_written_over(data, dest, tmp_path_factory):
    back_up(data, dest)
    home = tmp_path_factory.mktemp("home")
    lock = DirectoryLock(home)
    lock.acquire()
    restore(dest, home)
    with pytest.raises(AlreadyLocked):
        DirectoryLock(home).acquire()
    lock.release()


def test_a_lost_database_comes_back(data, dest):
    back_up(data, dest)
    (data / "archive.db").unlink()
    (data / f"images/{SHA[:2]}/{SHA}.png").unlink()
    restore(dest, data)
    assert verify(data, render, NOW).findings == []


def test_what_a_killed_transaction_left_in_a_copy_is_taken_back(data, dest, tmp_path_factory):
    back_up(data, dest)
    wanted, killed = contents(dest), tmp_path_factory.mktemp("killed") / "copy"
    conn = sqlite3.connect(dest / "archive.db", isolation_level=None)
    conn.execute("PRAGMA cache_size = 1")  # so that the transaction is in the file before it ends
    conn.execute("BEGIN")
    conn.execute("UPDATE texts SET body_text = body_text || hex(zeroblob(20000))")
    shutil.copytree(dest, killed)
    conn.rollback()
    conn.close()
    assert (killed / "archive.db-journal").exists()
    home = tmp_path_factory.mktemp("home") / "data"
    restore(shutil.copytree(killed, killed.with_name("other")), home)
    assert contents(home) == wanted
    back_up(data, killed)
    assert contents(killed) == wanted
