"""One writer, batches whose files and rows appear together, and what is mended after a kill."""

import fcntl
import json
import sqlite3
from datetime import UTC, datetime

import pytest

from archive.schema import keep_statistics, open_archive
from archive.writer import BATCH, Archive, ArchiveError, ArchiveLocked, Entry
from tests.new_archive import lay_archive

NOW = "2026-02-21T07:54:48Z"
PICTURE = b"not a real picture, but bytes are bytes here"
SHA = "a" * 64


def entry(number: int, **more) -> Entry:
    row = {
        "id": f"finews:{number}", "site": "finews", "headline": f"第{number}篇", "headline_from": "feed", "revision": 1,
        "first_seen_at": NOW, "retrieved_at": NOW, "text_sha256": "0" * 64, "authors": "[]", "editors": "[]",
        "post_path": f"posts/_posts/{number}.md",
    }  # fmt: skip
    return Entry(
        row, body_html="<p>文</p>", body_text="文", post=(row["post_path"], f"post {number}\n"), **more
    )


@pytest.fixture
def archive(tmp_path):
    lay_archive(tmp_path, captures=False)
    archive = Archive(tmp_path).open()
    archive.render = lambda article: (article["post_path"], f"post of {article['headline']}\n")
    yield archive
    archive.close()


def count(archive: Archive, table: str) -> int:
    return archive.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_rows_and_files_appear_together(archive, tmp_path):
    path = archive.stage_image(PICTURE, SHA, ".jpg")
    image = {
        "sha256": SHA,
        "media_type": "image/jpeg",
        "width": 1,
        "height": 1,
        "bytes": len(PICTURE),
        "path": path,
    }
    one = entry(1, images=[path])
    one.rows["images"] = [image]
    archive.add(one)
    assert not (tmp_path / path).exists()
    assert count(archive, "articles") == 0
    archive.flush()
    assert (tmp_path / path).read_bytes() == PICTURE
    assert (tmp_path / "posts/_posts/1.md").read_text() == "post 1\n"
    assert count(archive, "articles") == count(archive, "images") == 1
    assert not (tmp_path / ".pending").exists()


def test_arrival_counts_in_order_of_archiving(archive):
    for number in (3, 1, 2):
        archive.add(entry(number))
    archive.flush()
    rows = archive.conn.execute("SELECT id, arrival FROM articles ORDER BY arrival").fetchall()
    assert [tuple(row) for row in rows] == [("finews:3", 1), ("finews:1", 2), ("finews:2", 3)]


def test_a_post_that_does_not_change_is_not_written(archive, tmp_path):
    archive.add(entry(1))
    archive.flush()
    before = (tmp_path / "posts/_posts/1.md").stat().st_mtime_ns
    again = entry(1)
    again.article["arrival"] = 1
    archive.add(again)
    archive.flush()
    assert (tmp_path / "posts/_posts/1.md").stat().st_mtime_ns == before


def test_a_second_writer_is_told_who_holds_the_lock(archive, tmp_path):
    with pytest.raises(ArchiveLocked, match="pid"):
        Archive(tmp_path).open()


def test_the_lock_file_alone_holds_nothing(tmp_path):
    (tmp_path / ".lock").write_text("pid 1, since long ago\n")
    Archive(tmp_path).open().close()


def test_closing_lets_go_of_the_lock(archive, tmp_path):
    archive.close()
    with open(tmp_path / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_archive_that_was_closed_in_between_is_read_and_written(tmp_path):
    """As between two polls of a crawl that stays."""
    archive = Archive(tmp_path, "2026-07-01T00:00:00Z", captures=True)
    for number in (1, 2):
        archive.open()
        archive.add(entry(number))
        archive.flush()
        assert archive.rows_of("article_publishers", f"finews:{number}") == []
        assert list(archive.captures.find()) == []
        archive.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ArchiveError, match="file"):
        Archive(tmp_path / "file" / "data").open()


def test_a_damaged_archive_is_named(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(ArchiveError, match=r"archive\.db"):
        Archive(tmp_path).open()


def test_damaged_captures_are_named_and_nothing_stays_locked(tmp_path):
    Archive(tmp_path, captures=True).open().close()
    (tmp_path / "captures.db").write_bytes(b"not a database" * 100)
    archive = Archive(tmp_path, captures=True)
    with pytest.raises(ArchiveError, match=r"captures\.db cannot be written"):
        archive.open()
    assert not archive.is_open
    Archive(tmp_path).open().close()


@pytest.mark.parametrize("name", ["archive.db", "captures.db"])
def test_a_database_of_a_later_version_is_left_alone(tmp_path, name):
    Archive(tmp_path, captures=True).open().close()
    with sqlite3.connect(tmp_path / name) as db:
        db.execute("UPDATE _sqlite_migrations SET name = '0999_later' WHERE id = 1")
    db.close()
    with pytest.raises(ArchiveError, match=f"{name} was made by a later version .*0999_later"):
        Archive(tmp_path, captures=True).open()
    with open(tmp_path / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_killed_between_files_and_rows(tmp_path):
    """Files of a batch whose rows never came go; a post that was replaced too early is made again from its row."""
    first = Archive(tmp_path).open()
    first.add(entry(1))
    first.flush()
    path = f"images/aa/{SHA}.jpg"
    (tmp_path / "images/aa").mkdir(parents=True)
    (tmp_path / path).write_bytes(PICTURE)
    (tmp_path / "posts/_posts/1.md").write_text("text of an edit whose row never came\n")
    (tmp_path / "posts/_posts/2.md").write_text("post of an article whose row never came\n")
    (tmp_path / ".pending").write_text(
        json.dumps({"images": [path], "posts": ["posts/_posts/1.md", "posts/_posts/2.md"]})
    )
    (tmp_path / ".staging" / "left.jpg").write_bytes(b"half")
    first.conn.close()
    first._lock.release()

    second = Archive(tmp_path).open()
    second.render = lambda article: (article["post_path"], f"post of {article['headline']}\n")
    second.recover()
    assert not (tmp_path / path).exists()
    assert (tmp_path / "posts/_posts/1.md").read_text() == "post of 第1篇\n"
    assert not (tmp_path / "posts/_posts/2.md").exists()
    assert not list((tmp_path / ".staging").iterdir())
    assert not (tmp_path / ".pending").exists()
    second.close()


def test_a_journal_torn_by_the_kill_names_nothing(archive, tmp_path):
    (tmp_path / ".pending").write_text('{"images": ["images/aa')
    archive.recover()
    assert not (tmp_path / ".pending").exists()


def test_a_batch_that_cannot_be_written_is_kept(archive, tmp_path):
    archive.add(entry(1))
    (tmp_path / "posts").write_text("a file where a folder must be")
    with pytest.raises(ArchiveError, match="posts"):
        archive.flush()
    assert archive.broken is not None
    assert count(archive, "articles") == 0
    (tmp_path / "posts").unlink()
    archive.flush()
    assert count(archive, "articles") == 1


def test_links_count_their_tries(archive):
    for outcome in ("failed", "archived"):
        archive.add_link(
            {"url": "http://a/", "article_id": None, "outcome": outcome, "reason": None, "last_tried_at": NOW}
        )
        archive.flush()
    row = archive.conn.execute("SELECT outcome, tries FROM links").fetchone()
    assert tuple(row) == ("archived", 2)


def test_a_withdrawn_article_becomes_a_version(archive):
    archive.add(entry(1))
    assert archive.withdraw("finews:1", NOW)
    assert not archive.withdraw("finews:1", NOW), "withdrawn once"
    row = archive.known("finews:1")
    assert (row["revision"], row["withdrawn_at"]) == (2, NOW)
    assert archive.conn.execute("SELECT body_text FROM revisions WHERE revision = 1").fetchone()[0] == "文"
    assert archive.stored("finews:1")["body_text"] == "文"


def test_a_chart_without_a_name_does_not_wipe_out_a_known_name(archive):
    security = {"id": "1.600160", "market": "1", "code": "600160", "exchange": "SH", "kind": "stock"}
    for number, name in enumerate(("巨化股份", None), 1):
        one = entry(number)
        one.rows["securities"] = [{**security, "name": name}]
        archive.add(one)
        archive.flush()
    assert archive.conn.execute("SELECT name FROM securities").fetchone()[0] == "巨化股份"


def test_a_batch_waits_no_longer_than_it_may(archive, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("archive.writer.time.monotonic", lambda: clock[0])
    archive.add(entry(1))
    archive.tick()
    assert count(archive, "articles") == 0
    clock[0] += 2.0
    archive.tick()
    assert count(archive, "articles") == 1


def test_what_belongs_to_one_item_is_written_in_one_transaction(archive):
    """An article with the link that brought it; a withdrawal with the link that showed it."""
    for number in range(BATCH + 1):
        archive.add(entry(number))
        archive.end_link(f"http://paper.example/{number}", f"finews:{number}", "archived")
    assert count(archive, "articles") == count(archive, "links") == BATCH
    assert archive.withdraw("finews:1", NOW)
    archive.end_link("http://paper.example/1", "finews:1", "gone", "404")
    other = sqlite3.connect(archive.path)
    seen = "SELECT (SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL), (SELECT count(*) FROM links WHERE outcome = 'gone')"
    assert other.execute(seen).fetchone() == (0, 0)
    archive.flush()
    assert other.execute(seen).fetchone() == (1, 1)
    other.close()


@pytest.mark.parametrize(
    "left", ["images/ab/abcd.jpg", "posts/_posts/2026-02-21/2026-02-21-NW1.md", "captures.db"]
)
@pytest.mark.parametrize("database", ["missing", "empty"])
def test_an_archive_does_not_silently_begin_anew(tmp_path, left, database):
    (tmp_path / left).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / left).write_bytes(b"of an archive")
    if database == "empty":
        (tmp_path / "archive.db").touch()
    with pytest.raises(ArchiveError, match=rf"archive\.db is {database}, but .*{left[:5]}.*restore"):
        Archive(tmp_path).open()
    assert (tmp_path / "archive.db").exists() == (database == "empty")
    (tmp_path / left).unlink()
    Archive(tmp_path).open().close()


def test_a_site_of_the_users_own_is_not_taken_for_an_archive(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "index.md").write_text("mine\n")
    Archive(tmp_path).open().close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_database_that_goes_during_a_crawl_is_noticed(tmp_path, replaced):
    archive = Archive(tmp_path).open()
    (tmp_path / "archive.db").unlink()
    if replaced:
        Archive(tmp_path / "other").open().close()
        (tmp_path / "other" / "archive.db").rename(tmp_path / "archive.db")
    archive.add(entry(1))
    with pytest.raises(ArchiveError, match="removed or replaced"):
        archive.flush()


def test_captures_that_go_during_a_crawl_are_noticed(tmp_path):
    archive = Archive(tmp_path, captures=True).open()
    (tmp_path / "captures.db").unlink()
    archive.add(entry(1))
    with pytest.raises(ArchiveError, match=r"captures\.db cannot be written: it was removed or replaced"):
        archive.flush()


def test_a_missing_staging_folder_is_made_again_or_named(archive, tmp_path):
    (tmp_path / ".staging").rmdir()
    archive.recover()
    (tmp_path / ".staging").rmdir()
    archive.add(entry(1))
    with pytest.raises(ArchiveError, match=r"\.staging.* cannot be written"):
        archive.flush()
    archive.recover()
    archive.flush()


def test_times_are_utc():
    from archive.times import utc_text

    assert utc_text(datetime(2026, 2, 21, 7, 54, 48, tzinfo=UTC)) == NOW


def test_statistics_follow_the_archive_as_it_grows(tmp_path):
    """With those of a first, small crawl SQLite would read whole tables for questions about little."""

    def known() -> int:
        with sqlite3.connect(tmp_path / "archive.db") as conn:
            [(stat,)] = conn.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'articles_published_at'")
        return int(stat.split()[0])

    for first, last, wanted in ((0, 30, 30), (30, 50, 30), (50, 200, 200)):
        archive = Archive(tmp_path).open()
        for number in range(first, last):
            archive.add(entry(number))
        archive.close()
        assert known() == wanted
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        assert not conn.execute("SELECT 1 FROM sqlite_stat1 WHERE tbl GLOB 'search_index*'").fetchall()


def test_statistics_count_rows_and_do_not_guess_them(tmp_path):
    conn = open_archive(tmp_path / "archive.db")
    conn.executemany(
        f"INSERT INTO links (url, outcome, first_tried_at, last_tried_at) VALUES (?, 'gone', '{NOW}', '{NOW}')",
        [(f"https://paper.example/{number % 7}/{number}",) for number in range(9_000)],
    )
    keep_statistics(conn)
    stats = conn.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'links'").fetchall()
    assert {stat.split()[0] for (stat,) in stats} == {"9000"}
    conn.close()


def test_an_image_that_was_there_before_outlives_a_killed_batch(archive, tmp_path):
    """As where a rebuild is killed: the image has no row yet, and no other copy."""
    path = f"images/{SHA[:2]}/{SHA}.jpg"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(PICTURE)
    new = archive.stage_image(b"other", "0" * 64, ".jpg")
    archive.files.publish([path, new], [], [])
    assert (tmp_path / new).exists()
    archive.recover()
    assert (tmp_path / path).read_bytes() == PICTURE
    assert not (tmp_path / new).exists()
