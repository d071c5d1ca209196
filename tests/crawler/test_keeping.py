"""The commands that keep an archive: verify, backup, restore, on what a crawl has left."""

import json
import shutil

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
