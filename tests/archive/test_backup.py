"""A copy taken while the archive is written to, the next one on top of it, and the way back."""

import os
import shutil

import pytest

from archive.backup import BackupError, back_up, restore
from archive.verify import verify
from archive.writer import Archive
from tests.archive.test_verify import NOW, POST, SHA, render
from tests.archive.test_verify import data as make_archive
from tests.archive.test_writer import entry
from tests.kill_points import contents

data = make_archive  # the fixture


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


def test_a_lost_database_comes_back(data, dest):
    back_up(data, dest)
    (data / "archive.db").unlink()
    (data / f"images/{SHA[:2]}/{SHA}.png").unlink()
    restore(dest, data)
    assert verify(data, render, NOW).findings == []
