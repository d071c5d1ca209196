"""An archive of everything that an archive can have is made anew from its captures, images and a backup: equal row by row, file by file."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.crawler.replaying import crawl_everything, files_of, rows_of, run, tables_of
from tests.crawler.test_older_posts import BODY, DIGEST, ID, post, write
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

pytestmark = pytest.mark.slow  # crawls, imports, then makes a whole archive again

LATER = "2026-09-01T00:00:00Z"
RESTORED = (
    "SELECT article_id FROM removals JOIN articles ON id = article_id WHERE revision = 1 AND site = 'finews'"
    " AND rule = 'source_line' AND captured_from IS NULL ORDER BY article_id LIMIT 1"
)
FROM_RESPONSES_ALONE = {"article_times", "search_bulk_load"}
"""Tables without rows here: no source of the samples states two times, no load was cut off."""


def imported(folder, data, spider, files):
    """Import files that `write` lays out."""
    write(folder, files)
    given = {"DATA_DIR": data, "FINEWS_NOW": LATER, "IMAGES_ENABLED": False, "LOG_LEVEL": "WARNING"}
    flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    done = run_scrapy("crawl", spider, "-a", f"path={folder}", *flags)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def combined(tmp_path_factory):
    folder = tmp_path_factory.mktemp("combined")
    data = folder / "data"
    crawl_everything(data)
    digest = {f"2021-12-08-{ID}.md": post(f"\n{DIGEST}")}
    imported(folder / "older", data, "older_posts", digest)
    imported(folder / "older", data, "older_posts", {f"old/2021-12-08-{ID}.md": post(BODY)})
    saved = news_page("码头扩建获批", paragraphs=("码头扩建工程今日获批，总投资十二亿元，分三期建成。" * 6,))
    page = b"<!-- saved from url=(0030)http://paper.example/n/1.html -->" + saved
    imported(folder / "saved", data, "saved", {"page.html": page})
    # As a reader decides: what was taken out of one article is back, which is a text of ours.
    [(article,)] = rows_of(data, RESTORED)
    assert run("removals", "--restore", article, data_dir=data).returncode == 0
    where = f"id = '{article}'"
    assert run("reparse", "--where", where, data_dir=data, FINEWS_NOW=LATER).returncode == 0
    [(taken_down,)] = rows_of(data, "SELECT id FROM articles WHERE site = 'web' ORDER BY arrival LIMIT 1")
    assert run("forget", taken_down, data_dir=data).returncode == 0
    with closing(sqlite3.connect(data / "archive.db")) as conn, conn:
        conn.execute("INSERT INTO added_links VALUES ('http://news.example/7', '2026-07-01T00:00:00Z')")
        conn.execute("INSERT INTO reader_marks SELECT id, '[\"mine\"]', '笔记', NULL, '2026-07-01T00:00:00Z' FROM articles LIMIT 3")  # fmt: skip
        conn.execute(
            "INSERT INTO watches SELECT 'w', '2026-07-01T00:00:00Z', 3, max(arrival), '2026-07-01T00:00:00Z', '{}' FROM articles"
        )
        conn.execute(
            "INSERT INTO gaps VALUES ('rolling', '2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z', '2026-07-02T00:00:00Z', NULL, 1, 'x', NULL)"
        )
        conn.execute(
            "INSERT INTO alerts (watch, target, event, article_id, happened_at, found_at)"
            " SELECT 'w', 'x', 'new', min(id), '2026-07-01T00:00:00Z', '2026-07-01T00:00:00Z' FROM articles"
        )
    return data


def every_table(folder):
    """All tables, those that no response says among them, but for what SQLite keeps of its own."""
    tables = tables_of(folder)
    for name in ("crawls", "feeds", "gaps", "pending_records", "checks"):
        tables[name] = sorted(map(repr, rows_of(folder, f"SELECT * FROM {name}")))
    return tables


def test_all_of_it_is_equal(combined, tmp_path):
    assert run("backup", tmp_path / "copy", data_dir=combined).returncode == 0
    left = tmp_path / "left"
    left.mkdir()
    shutil.copy(combined / "captures.db", left)
    shutil.copy(combined / "sources.toml", left)
    shutil.copytree(combined / "images", left / "images")
    made = tmp_path / "made"
    done = run("rebuild", left, "--backup", tmp_path / "copy", data_dir=made)
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = every_table(combined), every_table(made)
    assert {name for name in before if not before[name]} == FROM_RESPONSES_ALONE
    assert after.keys() == before.keys()
    different = {name for name in before if after[name] != before[name]}
    # What reparse changed is read by today's rules at once: its text has no earlier one here.
    assert different == {"articles", "revisions"}
    columns = [row[1] for row in rows_of(made, "PRAGMA table_xinfo(articles)")]
    changed = set()
    for old, new in zip(
        *(rows_of(folder, "SELECT * FROM articles ORDER BY id") for folder in (combined, made)), strict=True
    ):
        changed |= {(old[0], name, a, b) for name, a, b in zip(columns, old, new, strict=True) if a != b}
    [(restored,)] = rows_of(combined, "SELECT target FROM restorations")
    assert changed == {(restored, "revision", 2, 1)}
    assert set(before["revisions"]) - set(after["revisions"]) == {
        row for row in before["revisions"] if row.startswith(f"('{restored}', 1,")
    }
    assert set(after["revisions"]) <= set(before["revisions"])
    assert files_of(made) == files_of(combined)
    checked = run("verify", data_dir=made)
    assert checked.returncode == 0, checked.stdout
