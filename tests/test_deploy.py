"""The files that people deploy with: sound, and their commands do together what the docs say."""

import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import time
from datetime import timedelta

import pytest
import yaml

from crawler.cluster.open_queue import open_queue
from tests.conftest import ROOT
from tests.crawler.test_source_crawls import NOON
from tests.newsroom.portals import Portals
from tests.redis_server import redis_process, redis_server  # noqa: F401 (fixtures)

DEPLOY = ROOT / "docs/deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))


def service(name):
    """The command of a service in compose.yaml, as the container runs it."""
    return [word.replace("$$", "$") for word in COMPOSE["services"][name]["command"]]


def unit(name):
    """The command of a unit."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return shlex.split(re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1].replace("%i", "$HOSTNAME"))


COMMANDS = {
    "compose": [service(name) for name in ("poller", "worker", "merge")],
    "systemd": [unit(f"finews-{name}.service") for name in ("poller", "worker@", "merge")],
}
"""The commands of poller, worker and merge."""


def test_compose_file_is_valid():
    program = shutil.which("docker-compose")
    if program is None:
        assert not os.environ.get("CI"), "docker-compose is missing: .ci/run installs it"
        pytest.skip("needs docker-compose")
    done = subprocess.run(
        [program, "-f", DEPLOY / "compose.yaml", "config", "-q"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    redis = COMPOSE["services"]["redis"]["command"]
    assert redis[1:] == ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]


def test_units_are_valid(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/srv/finews-archive/.venv/bin/scrapy", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = [tmp_path / path.name for path in UNITS]
    instances = [os.fspath(path).replace("@.", "@1.") for path in names]
    done = subprocess.run(
        ["systemd-analyze", "verify", *instances], capture_output=True, text=True, timeout=60
    )
    said = [line for line in done.stderr.splitlines() if os.fspath(tmp_path) in line or "finews" in line]
    assert said == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", COMMANDS)
def test_poller_worker_and_merge_together(redis_server, kind, tmp_path):  # noqa: F811
    archive, shards = tmp_path / "archive", tmp_path / "shards"
    shards.mkdir()
    archive.mkdir()
    (archive / "sources.toml").write_text(
        '[paper]\nurl = "https://paper.test/feed.xml"\npublisher = "早报"\n'
    )
    finews = ROOT / ".venv/bin/finews"
    with Portals() as portals:
        env = os.environ | {
            "FINEWS_QUEUE": redis_server.url, "FINEWS_CONNECT_TO": portals.everywhere, "FINEWS_LOG_LEVEL": "WARNING",
            "FINEWS_DOWNLOAD_VERIFY_CERTIFICATES": "False", "FINEWS_NOW": (NOON + timedelta(minutes=1)).isoformat(),
            "FINEWS_DATA_DIR": os.fspath(archive), "HOSTNAME": "1", "PATH": f"{finews.parent}:{os.environ['PATH']}",
        }  # fmt: skip

        def start(command):
            """The command here: our folders, our installation, no endless loop."""
            text = shlex.join(command).replace("/srv/finews-archive/.venv/bin/scrapy", os.fspath(finews))
            text = re.sub(r"/srv/finews-shards|(?<!\w)/shards", os.fspath(shards), text)
            text = text.replace("while :; do ", "").replace("; sleep 300; done", "")
            text = re.sub(r"'(DATA_DIR=\S+)\$HOSTNAME'", r"\g<1>1", text)
            return subprocess.Popen(["sh", "-c", f"exec {text}"], env=env, stderr=subprocess.PIPE, text=True)

        poller, worker = map(start, COMMANDS[kind][:2])
        deadline = time.monotonic() + 90
        try:
            while count(shards / "1", "links") < 3 or open_queue(redis_server.url).state()["links"]:
                assert time.monotonic() < deadline
                assert poller.poll() is None, poller.stderr.read()
                assert worker.poll() is None, worker.stderr.read()
                time.sleep(0.1)
        finally:
            for process in (poller, worker):
                process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in (poller, worker)] == [0, 0]
        merge = start(COMMANDS[kind][2])
        assert (merge.wait(60), merge.stderr.read()) == (0, "")
    assert count(archive, "articles") == 3


def count(folder, table):
    if not (folder / "archive.db").exists():
        return 0
    try:
        return sqlite3.connect(folder / "archive.db").execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:  # it is being made
        return 0
