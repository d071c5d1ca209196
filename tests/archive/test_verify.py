"""An archive damaged in every way: what ``verify`` finds, and what it puts right."""

import hashlib
import json
import os
import resource
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.captures import Capture, Captures
from archive.captures.packing import pack
from archive.edits.changes import text_digest
from archive.feed_state import FeedState
from archive.manifest import write_manifest
from archive.verify import verify
from archive.writer import Archive, ArchiveError
from tests.archive.test_writer import entry
from tests.new_archive import lay_archive

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)
IMAGE = b"\x89PNG of a kind"
SHA = hashlib.sha256(IMAGE).hexdigest()
POST = "posts/_posts/2026-02-21/2026-02-21-{}.md"


def render(article) -> tuple[str, str]:
    return article["post_path"], f"{article['headline']}: {article['body_text']}\n"


def make_archive(folder) -> None:
    """Two articles with an image, their captures, and manifests of two days."""
    lay_archive(folder)
    archive = Archive(folder, captures=True).open()
    archive.render = render
    for number in (1, 2):
        text = f"张家口赛区准备就绪，第{number}号公告"
        path = archive.stage_image(IMAGE, SHA, ".png")
        capture = archive.capture(
            Capture(
                url=f"http://paper.example/{number}",
                status=200,
                headers=[],
                received=text.encode(),
                fetched_at=NOW,
            )
        )
        brought = entry(number, new=True, images=[path])
        brought.article |= {"post_path": POST.format(number), "text_sha256": text_digest(text)}
        brought.body_text = text
        brought.post = (POST.format(number), f"第{number}篇: {text}\n")
        brought.rows |= {
            "images": [
                {
                    "sha256": SHA,
                    "media_type": "image/png",
                    "width": 1,
                    "height": 1,
                    "bytes": len(IMAGE),
                    "path": path,
                }
            ],
            "checks": [{"article_id": f"finews:{number}", "next_check_at": None, "etag": '"x"'}],
            "article_captures": [{"article_id": f"finews:{number}", "capture_id": capture}],
        }
        brought.replace["article_images"] = [
            {
                "article_id": f"finews:{number}",
                "position": 1,
                "url": "http://a/b.png",
                "sha256": SHA,
                "status": "stored",
            }
        ]
        archive.add(brought)
    archive.flush()
    for day in ("2026-02-20", "2026-02-21"):
        write_manifest(folder, archive.conn, day)
    archive.close()


@pytest.fixture
def data(tmp_path):
    make_archive(tmp_path)
    return tmp_path


def found(data, repair: bool = False):
    report = verify(data, render, NOW, repair)
    return report.exit_status, [(finding.check, finding.subject) for finding in report.findings]


def edit(path, sql: str, *params) -> None:
    with sqlite3.connect(path) as db:
        db.execute(sql, params)
    db.close()


def test_a_sound_archive(data):
    report = verify(data, render, NOW)
    assert (report.exit_status, report.findings) == (0, [])
    assert (report.articles, report.images, report.captures, report.without_captures) == (2, 1, 2, 0)


@pytest.mark.parametrize("damage", ["missing", "edited", "cut"])
def test_posts_are_rendered_again(data, damage):
    post = data / POST.format(1)
    whole = post.read_bytes()
    if damage == "missing":
        post.unlink()
    else:
        post.write_bytes(whole[:-5] if damage == "cut" else whole + b"x")
    assert found(data) == (3, [("post", POST.format(1))])
    assert found(data, repair=True) == (1, [("post", POST.format(1))])
    assert post.read_bytes() == whole
    assert found(data) == (0, [])


@pytest.mark.parametrize("damage", ["missing", "flipped", "cut"])
def test_a_damaged_image_is_fetched_by_the_next_crawl(data, damage):
    path = f"images/{SHA[:2]}/{SHA}.png"
    file = data / path
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(IMAGE[:-1] if damage == "cut" else bytes([IMAGE[0] ^ 1]) + IMAGE[1:])
    assert found(data) == (3, [("image", path)])
    assert found(data, repair=True) == (3, [("image", path)])
    assert not file.exists()
    archive = Archive(data).open()
    assert {
        row["article_id"]: row["etag"] for row in FeedState(archive.conn).due_checks(["rolling"], NOW)
    } == {
        "finews:1": None,
        "finews:2": None,
    }
    assert archive.known_images("finews:1") == {}
    archive.close()


def test_a_text_that_was_altered_is_found(data):
    edit(
        data / "archive.db",
        "UPDATE texts SET body_text = replace(body_text, '就绪', '推迟') WHERE article_id = 'finews:1'",
    )
    status, findings = found(data)
    assert status == 3
    assert findings == [("text", "finews:1"), ("post", POST.format(1)), ("manifest", "2026-02-21")]


def test_what_cannot_be_written_is_no_damage(data):
    edit(data / "archive.db", "DELETE FROM search_index_data WHERE id > 10")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    try:
        with pytest.raises(ArchiveError, match=r"archive\.db cannot be written: disk I/O error.*ulimit"):
            verify(data, render, NOW, repair=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_a_stale_search_index_is_rebuilt(data):
    edit(
        data / "archive.db",
        "INSERT INTO search_index (search_index, rowid, body, headline) VALUES ('delete', 1, 'x y', 'z')",
    )
    assert found(data) == (3, [("search", "search_index")])
    assert found(data, repair=True) == (1, [("search", "search_index")])
    assert found(data) == (0, [])


def test_a_flipped_byte_in_a_capture_is_found(data):
    with sqlite3.connect(data / "captures.db") as db:
        sha256, packed = db.execute("SELECT sha256, packed FROM bodies ORDER BY 1 LIMIT 1").fetchone()
        db.execute(
            "UPDATE bodies SET packed = ? WHERE sha256 = ?", [packed[:-1] + bytes([packed[-1] ^ 1]), sha256]
        )
    db.close()
    assert found(data) == (3, [("capture", sha256)])


def test_captures_that_articles_rest_on_must_be_there(data):
    with Captures.read(data) as captures:
        [first, _] = captures.find()
    edit(data / "captures.db", "DELETE FROM responses WHERE id = ?", first["id"])
    assert found(data) == (3, [("capture", first["id"])])
    (data / "captures.db").unlink()
    assert found(data) == (3, [("capture", "captures.db")])


def test_files_of_nobody_are_moved_away(data):
    stray = ["images/ff/ffff.jpg", POST.format(9)]
    for path in stray:
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(b"stray")
    assert found(data) == (3, [("file", path) for path in stray])
    assert found(data, repair=True)[0] == 1
    assert all((data / "unclaimed" / path).read_bytes() == b"stray" for path in stray)
    assert found(data) == (0, [])


def test_leftovers_of_a_killed_crawl_go(data):
    (data / ".staging").mkdir()
    (data / ".staging" / "half.jpg").write_bytes(b"half")
    (data / ".pending").write_text('{"images": [], "posts": []}')
    assert found(data) == (3, [("leftover", ".pending"), ("leftover", ".staging/half.jpg")])
    assert found(data, repair=True)[0] == 1
    assert found(data) == (0, [])


def test_a_database_that_cannot_be_read_is_reported(data):
    whole = (data / "archive.db").read_bytes()
    (data / "archive.db").write_bytes(whole[: len(whole) // 2])
    status, findings = found(data)
    assert status == 3
    assert ("database", "archive.db") in findings


@pytest.mark.parametrize(
    ("database", "table", "damaged_part", "status"),
    [
        ("archive.db", "images", "sqlite_autoindex_images_2", 1), ("archive.db", "images", "images", 3),
        ("captures.db", "responses", "responses_url", 1), ("captures.db", "bodies", "bodies", 3),
    ],
)  # fmt: skip
def test_damaged_indexes_are_made_anew_and_damaged_tables_reported(
    data, database, table, damaged_part, status
):
    path = data / database
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
        [(page,)] = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [damaged_part])
        [(size,)] = conn.execute("PRAGMA page_size")
    damaged = bytearray(path.read_bytes())
    if status == 1:  # the end of an entry
        damaged[page * size - 4 : page * size] = b"\xff\xff\xff\xff"
    else:
        damaged[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(damaged)
    (data / "images" / "of-nobody.png").write_bytes(IMAGE)
    report = verify(data, render, NOW, repair=True)
    [damage] = [finding for finding in report.findings if finding.subject == database]
    assert (report.exit_status, damage.repaired) == (status, status == 1)
    assert f"damage in {table} (" in damage.problem
    # What is not found in a damaged archive.db may have rows there.
    assert (data / "images" / "of-nobody.png").exists() == (damaged_part == "images")


@pytest.mark.parametrize(
    ("lost", "subjects"),
    [
        (["archive.db"], ["row archive.db", "row archive.db", "file 3", "file 4"]),
        (["captures.db"], ["capture 3", "capture 4"]),
        (["archive.db", "captures.db"], ["file 3", "file 4"]),
        ([], []),
    ],
)
def test_the_write_ahead_log_of_a_killed_crawl_is_lost(data, lost, subjects):
    pid = os.fork()
    if pid == 0:  # two batches, each with an article
        archive = Archive(data, captures=True).open()
        for number in (3, 4):
            capture = archive.capture(
                Capture(url=f"http://paper.example/{number}", status=200, headers=[], received=b"x")
            )
            brought = entry(number, new=True)
            brought.article |= {"post_path": POST.format(number), "text_sha256": text_digest("文")}
            brought.body_text = "文"
            brought.post = (POST.format(number), f"第{number}篇: 文\n")
            brought.rows["article_captures"] = [{"article_id": f"finews:{number}", "capture_id": capture}]
            archive.add(brought, {"page": capture})
            archive.flush()
        os._exit(0)
    os.waitpid(pid, 0)
    for name in lost:
        (data / f"{name}-wal").unlink()
        (data / f"{name}-shm").unlink()
    report = verify(data, render, NOW)
    with closing(sqlite3.connect(data / "archive.db")) as conn:
        rests_on = dict(conn.execute("SELECT capture_id, substr(article_id, 8) FROM article_captures"))
    names = {POST.format(number): number for number in (3, 4)} | rests_on
    found = []
    for one in report.findings:
        about = names.get(one.subject, one.subject)
        if one.check != "leftover":
            found.append(f"{one.check} {about}")
    assert sorted(found) == sorted(subjects)
    assert report.exit_status == (3 if lost else 0)
    assert [one.is_damage for one in report.findings if one.check == "row"] == [True, False] * (
        lost == ["archive.db"]
    )


def test_manifests_prove_that_nothing_was_altered(data):
    manifest = data / "manifests" / "2026-02-20.json"
    manifest.write_text(manifest.read_text().replace("{}", '{"x": "y"}', 1))
    assert found(data) == (3, [("manifest", "2026-02-21"), ("manifest", "2026-02-20")])


def test_a_manifest_of_a_missed_day_is_chained_to_the_newest(data):
    with sqlite3.connect(data / "archive.db") as db:
        path = write_manifest(data, db, "2026-02-18")
    db.close()
    assert json.loads(path.read_text())["previous"]["day"] == "2026-02-21"
    assert found(data) == (0, [])
    (data / "manifests" / "2026-02-20.json").unlink()
    assert found(data) == (0, []), "the oldest may be gone"
    (data / "manifests" / "2026-02-21.json").unlink()
    assert found(data) == (0, [])


def test_a_manifest_that_was_taken_out_of_the_chain_is_missed(data):
    with sqlite3.connect(data / "archive.db") as db:
        write_manifest(data, db, "2026-02-22")
    db.close()
    (data / "manifests" / "2026-02-21.json").unlink()
    assert found(data) == (3, [("manifest", "2026-02-22")])


def test_a_capture_that_was_altered_with_its_digest_is_found_by_the_manifest(data):
    day = NOW.strftime("%Y-%m-%d")
    with sqlite3.connect(data / "archive.db") as db:
        write_manifest(data, db, day)
    db.close()
    body = "伪造的正文".encode()
    digest = hashlib.sha256(body).hexdigest()
    with sqlite3.connect(data / "captures.db") as db:
        [(capture_id,)] = db.execute("SELECT min(id) FROM captures").fetchall()
        db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?)", [digest, capture_id, len(body), pack(body)])
        db.execute("UPDATE responses SET body_sha256 = ? WHERE id = ?", [digest, capture_id])
    db.close()
    assert ("manifest", day) in found(data)[1]


def test_times_of_the_future_are_reported_and_no_damage(data):
    edit(data / "archive.db", "UPDATE checks SET last_checked_at = '2035-01-01T00:00:00Z'")
    assert found(data) == (0, [("clock", "checks.last_checked_at")])


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["missing", "empty"])
def test_an_archive_whose_database_is_gone_is_damaged(data, lose):
    lose(data / "archive.db")
    report = verify(data, render, NOW)
    assert (report.exit_status, report.findings[0].check) == (3, "database")
    assert "scrapy restore" in report.findings[0].problem


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
@pytest.mark.parametrize(
    ("check", "path"), [("post", POST.format(1)), ("image", f"images/{SHA[:2]}/{SHA}.png")]
)
def test_what_is_no_file_in_the_place_of_one_is_put_away(data, check, path, make):
    (data / path).unlink()
    make(data / path)
    assert (check, path) in found(data)[1]
    assert (check, path) in found(data, repair=True)[1]
    assert (data / "unclaimed" / path).exists()
    assert found(data) == ((0, []) if check == "post" else (3, [(check, path)]))
