"""The commands that keep an archive: verify, backup, restore, on what a crawl has left."""

import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta

from tests.conftest import ROOT
from tests.scrapy_process import run_scrapy


def run(command: str, *args: str, data_dir):
    return run_scrapy(command, *args, "-s", f"DATA_DIR={data_dir}")


def test_what_a_crawl_leaves_is_sound_and_survives_a_disaster(crawl, rows, data_dir, tmp_path):
    assert crawl("finews").returncode == 0
    done = run("verify", "--json", data_dir=data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["findings"], report["without_captures"]) == ([], 0)
    assert report["articles"] == rows("SELECT count(*) AS n FROM articles")[0]["n"]

    done = run("backup", str(tmp_path / "copy"), data_dir=data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    before = rows("SELECT * FROM news ORDER BY id")
    shutil.rmtree(data_dir)
    done = run("restore", str(tmp_path / "copy"), data_dir=data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows("SELECT * FROM news ORDER BY id") == before
    assert run("verify", data_dir=data_dir).returncode == 0


def test_exit_statuses_of_verify(crawl, rows, data_dir):
    assert run("verify", data_dir=data_dir).returncode == 1
    assert crawl("finews").returncode == 0
    post = data_dir / rows("SELECT post_path FROM articles LIMIT 1")[0]["post_path"]
    post.write_text("altered\n")
    done = run("verify", data_dir=data_dir)
    assert done.returncode == 3
    assert post.name in done.stdout
    assert run("verify", "--repair", data_dir=data_dir).returncode == 1
    assert run("verify", data_dir=data_dir).returncode == 0
    assert run("verify", "x", data_dir=data_dir).returncode == 2


def test_a_forgotten_article_does_not_come_back(newsroom, crawl, rows, data_dir):
    assert crawl("finews").returncode == 0
    [article] = rows("SELECT id, share_url, body_text FROM news ORDER BY arrival LIMIT 1")
    done = run("forget", article["id"], data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    assert (
        run("forget", article["id"], data_dir=data_dir).returncode == 0
    )  # completed, should a full disk have kept something from it
    settings = {
        "DATA_DIR": data_dir,
        "FINEWS_ORIGINS": newsroom.origin,
        "FINEWS_NOW": newsroom.now.isoformat(),
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    light = [
        sys.executable,
        "-I",
        "-S",
        "crawler/preflight.py",
        "--why",
        *flags,
        "--",
        "/bin/false",
        "crawl",
        "finews",
    ]
    done = subprocess.run(light, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    newsroom.requests.clear()
    assert crawl("finews").returncode == 0
    assert crawl("share", f"url={article['share_url']}").returncode == 0
    assert rows("SELECT * FROM articles WHERE id = ?", article["id"]) == []
    [link] = rows("SELECT outcome, reason FROM links WHERE url = ?", article["share_url"])
    assert (link["outcome"], "scrapy forget" in link["reason"]) == ("dropped", True)
    native_id = article["id"].partition(":")[2]
    assert not [request for request in newsroom.requests if native_id in request]
    assert run("verify", data_dir=data_dir).returncode == 0


def test_manifests_of_days_that_are_over(crawl, rows, data_dir, tmp_path):
    assert crawl("finews").returncode == 0
    [day] = {
        row["day"] for row in rows("SELECT DISTINCT date(retrieved_at, '+8 hours') AS day FROM articles")
    }
    done = run(
        "manifest",
        "--day",
        day,
        "-s",
        f"MANIFEST_COMMAND=cp -t {tmp_path}",
        "-s",
        "FINEWS_NOW=2027-01-01T00:00:00Z",
        data_dir=data_dir,
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / f"{day}.json").read_text())
    assert len(manifest["texts"]) == rows("SELECT count(*) AS n FROM articles")[0]["n"]
    assert run("manifest", "--day", "2999-01-01", data_dir=data_dir).returncode == 2
    assert run("verify", data_dir=data_dir).returncode == 0


def repair(newsroom, data_dir):
    settings = {
        "FINEWS_ORIGINS": newsroom.origin,
        "RETRY_TIMES": "0",
        "FINEWS_NOW": newsroom.now.isoformat(),
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return run("verify", "--repair", *flags, data_dir=data_dir)


def altered(data_dir, sql):
    with sqlite3.connect(data_dir / "archive.db") as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute(sql)
    conn.close()


def test_rows_are_repaired_from_captures_and_images_by_a_fetch(newsroom, crawl, rows, data_dir):
    assert crawl("finews").returncode == 0
    whole = rows("SELECT * FROM news ORDER BY id"), rows("SELECT * FROM article_images ORDER BY 1, 2")
    texts = rows("SELECT id FROM articles ORDER BY arrival LIMIT 4")
    altered(data_dir, f"UPDATE texts SET body_text = '改' || body_text WHERE article_id = '{texts[0]['id']}'")
    altered(data_dir, f"DELETE FROM texts WHERE article_id = '{texts[1]['id']}'")
    altered(data_dir, f"UPDATE articles SET headline = '被改的标题' WHERE id = '{texts[2]['id']}'")
    altered(
        data_dir, f"UPDATE articles SET published_at = '2001-01-01T00:00:00Z' WHERE id = '{texts[3]['id']}'"
    )
    flipped, lost = (data_dir / row["path"] for row in rows("SELECT path FROM images ORDER BY path LIMIT 2"))
    bytes_of = flipped.read_bytes(), lost.read_bytes()
    flipped.write_bytes(bytes_of[0][:-1] + bytes([bytes_of[0][-1] ^ 1]))
    lost.unlink()
    found = json.loads(run("verify", "--json", data_dir=data_dir).stdout)
    assert {finding["check"] for finding in found["findings"]} >= {"text", "row", "image"}
    assert found["exit_status"] == 3
    done = repair(newsroom, data_dir)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (flipped.read_bytes(), lost.read_bytes()) == bytes_of
    assert (
        rows("SELECT * FROM news ORDER BY id"),
        rows("SELECT * FROM article_images ORDER BY 1, 2"),
    ) == whole
    assert run("verify", data_dir=data_dir).returncode == 0


def test_an_image_that_is_served_no_more_is_left_to_a_crawl(newsroom, crawl, rows, data_dir):
    assert crawl("finews").returncode == 0
    [image] = rows("SELECT path FROM images ORDER BY path LIMIT 1")
    (data_dir / image["path"]).unlink()
    newsroom.fail("/img/", "404")
    done = repair(newsroom, data_dir)
    assert done.returncode == 3
    assert "the next crawl fetches it again" in done.stdout
    newsroom.mend()
    newsroom.now += timedelta(minutes=1)
    assert crawl("finews").returncode == 0
    assert run("verify", data_dir=data_dir).returncode == 0
