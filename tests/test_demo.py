"""``make demo`` works, and twice is once."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

from tests.newsroom import demo
from tests.scrapy_process import ROOT

TREND = "SELECT count(*) FROM search WHERE q = ? AND published_at >= '2026-05-01' AND published_at < '2026-07-01' GROUP BY substr(published_at, 1, 7)"


def run(data):
    environment = {**os.environ, "FINEWS_DATA_DIR": str(data.parent / "archive of the user")}
    return subprocess.run(
        [sys.executable, "-m", "tests.newsroom.demo", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
    )


def content(data):
    db = sqlite3.connect(data / "archive.db")
    return db.execute("SELECT id, headline, revision, body_html, post_path FROM news ORDER BY id").fetchall()


def test_twice_is_once(tmp_path):
    data = tmp_path / "data"
    first = run(data)
    assert first.returncode == 0, first.stderr
    left = {path.name for path in data.iterdir() if not path.name.startswith(".")}
    assert left == {"archive.db", "captures.db", "images", "posts"}
    before = content(data)
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM stories WHERE publishers > 2").fetchone()[0] >= 3
        assert db.execute("SELECT count(*) FROM revision_changes WHERE NOT withdrawn").fetchone()[0] >= 3
        assert db.execute("SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL").fetchone()[0] == 1
        [(may,), (june,)] = db.execute(TREND, ["储能"])
        assert 0 < may < june
        assert db.execute("SELECT count(*) FROM as_of WHERE t = '2026-06-30T10:00:00+08:00'").fetchone()[
            0
        ] < len(before)
    assert len(before) >= 75
    assert "Try:" in first.stdout
    told = first.stdout.partition("the watch changes told its receiver:")[2].partition("Now the share links")[
        0
    ]
    assert [line.split(":")[0].strip() for line in told.splitlines() if line.startswith(("  edited", "  withdrawn"))] == [
        "edited", "edited", "edited", "withdrawn",
    ]  # fmt: skip
    files = {
        path: path.stat().st_mtime_ns
        for path in data.rglob("*")
        if path.suffix in (".md", ".jpg", ".png", ".gif", ".webp")
    }
    assert run(data).returncode == 0
    assert content(data) == before
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert not (tmp_path / "archive of the user").exists()


def test_made_up_articles_stay_out_of_data():
    makefile = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True)
    assert re.search(r"-m tests\.newsroom\.demo$", makefile.stdout, re.MULTILINE)  # no folder of its own
    assert demo.DATA == ROOT / "data" / "demo"
