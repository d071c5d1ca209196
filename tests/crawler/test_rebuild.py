"""What reads captures again: an archive is made anew from them, equal to the one that was crawled, and reparse finds nothing to change."""

import shutil
import sqlite3

import pytest
from scrapy.utils.project import get_project_settings

from archive.captures import Captures
from archive.captures.journal import journal
from archive.writer import Archive
from crawler.offline.offline_pipelines import OfflinePipelines
from crawler.offline.replay import Replay
from crawler.offline.stored_images import ImageRows
from tests.crawler.replaying import copied, crawl_everything, files_of, rows_of, run, tables_of

pytestmark = pytest.mark.slow  # crawls, then makes whole archives again


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed") / "data"
    crawl_everything(folder)
    return folder


@pytest.fixture(scope="module")
def rebuilt(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rebuilt") / "data"
    source = tmp_path_factory.mktemp("left") / "data"
    source.mkdir()
    for name in ("captures.db", "sources.toml"):
        shutil.copy(archive / name, source / name)
    shutil.copytree(archive / "images", source / "images")
    done = run("rebuild", source, data_dir=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_past_is_one_worth_rebuilding(archive):
    assert rows_of(archive, "SELECT count(*) FROM revisions WHERE cause = 'publisher'")[0][0] >= 2
    assert rows_of(archive, "SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL")[0][0] >= 1
    assert {row[0] for row in rows_of(archive, "SELECT DISTINCT outcome FROM links")} >= {
        "archived",
        "not_article",
        "refused",
    }
    assert {row[0] for row in rows_of(archive, "SELECT DISTINCT site FROM articles")} >= {
        "finews",
        "cls",
        "web",
        "nbd",
    }
    assert rows_of(archive, "SELECT max(tries) FROM links") == [(2,)]


def test_every_table_is_equal_row_by_row(archive, rebuilt):
    crawled, made = tables_of(archive), tables_of(rebuilt)
    assert crawled.keys() == made.keys()
    for name in crawled:
        assert crawled[name] == made[name], name


def test_posts_and_images_are_equal_file_by_file(archive, rebuilt):
    assert files_of(rebuilt) == files_of(archive)


def test_a_rebuilt_archive_is_sound_and_can_be_searched(archive, rebuilt):
    done = run("verify", data_dir=rebuilt)
    assert done.returncode == 0, done.stdout
    sql = "SELECT id FROM search WHERE q = '公司' ORDER BY id"
    assert rows_of(rebuilt, sql) == rows_of(archive, sql) != []


def test_nothing_is_rebuilt_over_an_archive(rebuilt, tmp_path):
    done = run("rebuild", rebuilt, data_dir=rebuilt)
    assert (done.returncode, "holds an archive" in done.stderr) == (73, True)
    assert rows_of(rebuilt, "SELECT count(*) FROM articles")[0][0] > 80
    done = run("rebuild", data_dir=tmp_path)
    assert (done.returncode, "no" in done.stderr) == (1, True)


def test_in_place_and_what_no_response_says_comes_from_a_backup(archive, tmp_path):
    data = copied(archive, tmp_path / "data")
    with sqlite3.connect(data / "archive.db") as conn:
        conn.execute("INSERT INTO restorations VALUES ('rule', 'editor_line', '2026-07-01T00:00:00Z')")
        conn.execute("INSERT INTO added_links VALUES ('http://news.example/7', '2026-07-01T00:00:00Z')")
        conn.execute("INSERT INTO forgotten VALUES ('finews:1', '2026-07-01T00:00:00Z')")
        conn.execute(
            "INSERT INTO reader_marks SELECT id, '[\"mine\"]', '笔记', NULL, '2026-07-01T00:00:00Z' FROM articles LIMIT 1"
        )
        for article in ("NULL", "(SELECT min(id) FROM articles)"):
            conn.execute(
                "INSERT INTO alerts (watch, target, event, article_id, happened_at, found_at)"
                f" SELECT 'w', 'x', iif({article} IS NULL, 'trouble', 'new'), {article}, '2026-07-01T00:00:00Z', '2026-07-01T00:00:00Z'"
            )
    conn.close()
    assert run("backup", tmp_path / "copy", data_dir=data).returncode == 0
    names = ("crawls", "checks", "added_links", "forgotten", "reader_marks", "alerts", "restorations")
    before = {name: rows_of(data, f"SELECT * FROM {name} ORDER BY 1") for name in names}
    assert all(before.values())
    (data / "archive.db").unlink()
    shutil.rmtree(data / "posts")
    (data / ".rebuild").touch()  # one that was killed
    done = run("rebuild", "--backup", tmp_path / "copy", data_dir=data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: rows_of(data, f"SELECT * FROM {name} ORDER BY 1") for name in names} == before
    assert not (data / ".rebuild").exists()


def test_reparse_changes_nothing_where_the_reader_is_the_same(archive, tmp_path):
    data = copied(archive, tmp_path / "data")
    before, files = tables_of(data), files_of(data)
    done = run("reparse", "--dry-run", data_dir=data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(before['articles'])} articles read again: 0 would change" in done.stdout
    assert run("reparse", data_dir=data).returncode == 0
    assert (tables_of(data), files_of(data)) == (before, files)


def test_what_was_forgotten_stays_so(archive, tmp_path):
    data = copied(archive, tmp_path / "data")
    [(article_id,)] = rows_of(data, "SELECT id FROM articles WHERE site = 'web' ORDER BY arrival LIMIT 1")
    assert run("forget", article_id, data_dir=data).returncode == 0
    done = run("rebuild", data, data_dir=tmp_path / "made")
    assert done.returncode == 0, done.stdout + done.stderr
    made, left = tables_of(tmp_path / "made"), tables_of(data)
    assert made["forgotten"] == left["forgotten"] != []
    assert made["links"] == left["links"]
    assert rows_of(tmp_path / "made", "SELECT id FROM articles ORDER BY id") == rows_of(
        data, "SELECT id FROM articles ORDER BY id"
    )


def test_times_that_list_and_detail_state_differently_are_rows(archive, tmp_path):
    data = copied(archive, tmp_path / "data")
    settings = get_project_settings()
    settings.setdict({"DATA_DIR": str(data), "FINEWS_NOW": "2026-07-09T00:00:00Z"})
    with Captures.read(data) as captures, Archive(data) as opened:
        replay = Replay(captures, settings)
        entries = [one for one in journal(captures.db) if one.kind == "article" and one.entry.get("listed")]
        article = next(
            article
            for entry in entries
            if (article := replay.article(entry.article_id, entry.entry)).published_from == "feed"
        )
        article.times = {"detail": "2026-01-01 08:00"}
        lookup = ImageRows(opened.conn, captures.db)
        OfflinePipelines(settings, opened, lookup, stores=True).process(article)
    times = rows_of(data, "SELECT origin, published_raw FROM article_times WHERE article_id = ?", article.id)
    assert dict(times) == {"feed": article.published_raw, "detail": "2026-01-01 08:00"}
