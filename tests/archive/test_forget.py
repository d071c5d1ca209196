"""An article that is taken down leaves nothing but its id, and nothing else is lost."""

import json
import sqlite3

import pytest

from archive.backup import back_up
from archive.captures import Capture, Captures
from archive.edits.revisions import UnknownArticle
from archive.feed_state import FeedState
from archive.forget import forget
from archive.manifest import write_manifest
from archive.verify import verify
from archive.writer import Archive, ArchiveError
from tests.archive.test_verify import NOW, POST, SHA, make_archive, render
from tests.archive.test_verify import data as data_fixture
from tests.archive.test_writer import entry
from tests.kill_points import kill_everywhere
from tests.new_archive import lay_archive

data = data_fixture
SECRET = "第1号公告"


def opened(folder) -> Archive:
    lay_archive(folder)
    archive = Archive(folder, NOW.isoformat(), captures=True).open()
    archive.render = render
    archive.recover()
    return archive


def make_with_list(folder) -> None:
    """An archive with a list that names both articles, and on which both rest."""
    make_archive(folder)
    archive = opened(folder)
    listed = {"list": [{"id": f"2026022100000{n}", "title": f"第{n}号公告"} for n in (1, 2)]}
    body = json.dumps(listed, ensure_ascii=False).encode()
    capture = archive.capture(
        Capture(url="http://paper.example/list", status=200, headers=[], received=body, fetched_at=NOW)
    )
    for number in (1, 2):
        archive.add_rows("article_captures", [{"article_id": f"finews:{number}", "capture_id": capture}])
    archive.flush()
    with archive.transaction() as conn:
        conn.execute("UPDATE articles SET info_code = '2026022100000' || substr(id, 8)")
    archive.end_link("http://paper.example/1", "finews:1", "archived")
    archive.close()


@pytest.fixture
def with_list(tmp_path):
    make_with_list(tmp_path)
    return tmp_path


def take_down(folder) -> None:
    archive = opened(folder)
    try:
        forget(archive, "finews:1")
    except UnknownArticle:  # the run before was killed at its end
        pass
    finally:
        archive.close()


def test_nothing_is_left_but_the_id(with_list):
    take_down(with_list)
    report = verify(with_list, render, NOW)
    assert (report.exit_status, report.findings, report.articles) == (0, [], 1)
    for path in with_list.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    with Captures.read(with_list) as captures:
        bodies = {row["url"]: captures.body(row["id"]) for row in captures.find()}
        [listed] = captures.find(url="http://paper.example/list")
    assert "http://paper.example/1" not in bodies
    assert json.loads(bodies["http://paper.example/list"]) == {
        "list": [{"id": "20260221000002", "title": "第2号公告"}]
    }
    assert listed["redacted"] == ["forgotten article"]
    archive = opened(with_list)
    assert archive.forgotten_at("finews:1") == "2026-02-22T08:00:00Z"
    assert FeedState(archive.conn).states(["finews:1", "finews:2"])["finews:1"] is True
    assert archive.conn.execute("SELECT count(*) FROM search WHERE q = '第1号'").fetchone()[0] == 0
    assert archive.conn.execute("SELECT outcome FROM links").fetchone()[0] == "dropped"
    archive.close()
    assert not (with_list / POST.format(1)).exists()
    assert (with_list / f"images/{SHA[:2]}/{SHA}.png").exists(), "the other article shows it, too"


def test_the_search_index_holds_no_pair_of_its_text_any_more(data, monkeypatch):
    """Deleted entries stay in older segments of FTS5 until those are merged; pairs with their places make the text again."""
    archive = opened(data)
    brought = entry(3, new=True)
    brought.body_text = "龘靐齉爩，鱻麤龗灪。"
    archive.add(brought)
    archive.flush()

    def blocks() -> int:
        rows = archive.conn.execute("SELECT block FROM search_index_data").fetchall()
        return sum("靐".encode() in row[0] for row in rows)

    assert blocks()
    with monkeypatch.context() as patch:
        patch.setattr("archive.forget.MERGED_PAGES", None)  # ends it there, as a full disk does
        with pytest.raises(TypeError):
            forget(archive, "finews:3")
    assert blocks()
    forget(archive, "finews:3")  # run again
    assert not blocks()
    archive.close()


def test_manifests_stay_valid_where_captures_went(data):
    day = NOW.strftime("%Y-%m-%d")
    archive = opened(data)
    write_manifest(data, archive.conn, day)
    archive.close()
    take_down(data)
    assert verify(data, render, NOW).findings == []


def test_an_image_of_its_own_goes_too(data):
    with sqlite3.connect(data / "archive.db") as db:
        db.execute("DELETE FROM article_images WHERE article_id = 'finews:2'")
    db.close()
    take_down(data)
    assert not (data / f"images/{SHA[:2]}/{SHA}.png").exists()
    assert verify(data, render, NOW).findings == []


def test_a_body_that_several_captures_share_is_handed_on(data):
    archive = opened(data)
    body = "同一个页面".encode()
    first, second = (
        archive.capture(
            Capture(url=f"http://paper.example/{name}", status=200, headers=[], received=body, fetched_at=NOW)
        )
        for name in ("own", "other")
    )
    archive.add_rows("article_captures", [{"article_id": "finews:1", "capture_id": first}])
    archive.flush()
    archive.close()
    take_down(data)
    with Captures.read(data) as captures:
        [row] = captures.find(ids=[first, second])
        assert (row["id"], row["same_as"], captures.body(second)) == (second, None, body)


def test_the_next_article_is_new_to_a_watch_where_the_newest_was_taken_down(tmp_path):
    archive = opened(tmp_path)
    archive.add(entry(1, new=True))
    archive.flush()
    with archive.transaction() as conn:
        conn.execute("INSERT INTO watches SELECT 'w', 'x', 0, arrival, 'x', '{}' FROM articles")
    forget(archive, "finews:1")
    archive.close()
    archive = opened(tmp_path)
    archive.add(entry(2, new=True))
    archive.flush()
    [(arrival, looked_upto)] = map(
        tuple, archive.conn.execute("SELECT a.arrival, w.arrival FROM articles AS a, watches AS w")
    )
    archive.close()
    assert arrival > looked_upto


def test_an_article_that_is_not_there(data):
    archive = opened(data)
    with pytest.raises(UnknownArticle, match="finews:9"):
        forget(archive, "finews:9")
    archive.close()


FORGET = (make_with_list, take_down)


def test_killed_at_every_point(tmp_path):
    """``make soak`` kills at each, and at every write."""
    assert kill_everywhere(tmp_path, *FORGET, stride=5) > 5


def test_rows_that_lead_out_of_the_archive_reach_nothing_there(data, tmp_path_factory):
    secret = tmp_path_factory.mktemp("other") / "secret"
    secret.write_text("x")
    path = f"../{secret.parent.name}/secret"
    assert (data / path).exists()
    with sqlite3.connect(data / "archive.db") as db:
        db.execute("UPDATE images SET path = ?", [path])
        db.execute("UPDATE articles SET post_path = ? WHERE id = 'finews:1'", [path])
    db.close()
    copy = secret.parent / "a" / "copy"
    back_up(data, copy)
    assert not (copy / path).exists()

    def rendered(article):  # as posts are named: by the article, not by its row's path
        return POST.format(article["id"][-1]), "x"

    found = verify(data, rendered, NOW, repair=True).findings
    assert ("image", path) in {(one.check, one.subject) for one in found}
    take_down(data)
    archive = opened(data)
    archive.add(entry(3, new=True, images=[path]))
    with pytest.raises(ArchiveError, match="outside of DATA_DIR"):
        archive.flush()
    assert secret.read_text() == "x"
