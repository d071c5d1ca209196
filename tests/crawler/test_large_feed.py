"""A feed of 20,000 entries, crawled whole: what it takes in memory."""

import json
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.conftest import ROOT

MOST = 200  # MB, resident
MEASURED = (
    "import json, resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
    " print(json.dumps([done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.stderr]))"
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *args) -> None:
        pass


@pytest.mark.slow
def test_a_feed_of_20000_entries(tmp_path):
    text = "山南新区港口二期工程今日正式开工，建成后年吞吐能力将提高四成。" * 5
    items = "".join(
        f"<item><title>第{n}号快讯</title><link>/story/{n}</link><guid>g{n}</guid><description>摘要{n}</description>"
        f"<content:encoded><![CDATA[<p>第{n}号{text}</p>]]></content:encoded></item>\n"
        for n in range(20_000)
    )
    feed = f'<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>P</title>{items}</channel></rss>'
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        data = tmp_path / "data"
        data.mkdir()
        (data / "sources.toml").write_text(
            f'[big]\nurl = "http://127.0.0.1:{server.server_port}/feed.xml"\ncontent = "feed"\n'
        )
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "feeds",
            "-s",
            f"DATA_DIR={data}",
            "-s",
            "LOG_LEVEL=WARNING",
        ]
        done = subprocess.run([sys.executable, "-c", MEASURED, *command], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
        server.shutdown()
    status, megabytes, errors = json.loads(done.stdout)
    assert (status, errors) == (0, "")
    assert megabytes <= MOST
