"""``scrapy schedule``: what it prints runs where it is pasted."""

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.crawler.test_preflight import NOON, story
from tests.crawler.test_status import run
from tests.newsroom.server import Newsroom

CRON_ENV = {
    "HOME": "/",
    "LOGNAME": getpass.getuser(),
    "PATH": "/usr/bin:/bin",
    "SHELL": "/bin/sh",
}  # and no more


def schedule(what, data_dir, *args, **env):
    done = run("schedule", data_dir, what, *args, **env)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def parsed(crontab):
    """Environment, the five time fields and the command as cron's shell gets it, of a crontab with one job."""
    lines = [line for line in crontab.splitlines() if line and not line.startswith("#")]
    env = dict(line.split("=", 1) for line in lines[:-1])
    *when, command = lines[-1].split(" ", 5)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in when)
    command, *stdin = re.split(r"(?<!\\)%", command)
    assert stdin == []
    return env, " ".join(when), command.replace(r"\%", "%")


@pytest.fixture
def wire():
    with Newsroom([story(n) for n in range(300)]) as room:
        room.now = NOON + timedelta(minutes=30)
        yield room


@pytest.mark.parametrize(
    ("every", "when"),
    [("1m", "* * * * *"), ("5m", "2-59/5 * * * *"), ("15m", "2-59/15 * * * *"), ("60m", "17 * * * *"), ("1h", "17 * * * *"), ("6h", "17 1-23/6 * * *"), ("1d", "17 6 * * *")],
)  # fmt: skip
def test_how_often(data_dir, every, when):
    assert parsed(schedule("cron", data_dir, "--every", every))[1] == when


@pytest.mark.parametrize("every", ["7m", "45m", "90m", "5h", "2d", "0m", "5", "soon"])
def test_what_cron_cannot_say_is_refused(data_dir, every):
    for what in ("cron", "systemd", "github"):
        done = run("schedule", data_dir, what, "--every", every)
        assert (done.returncode, done.stdout) == (2, b"")
        assert f"--every {every}: " in done.stderr.decode()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "give one of cron, systemd, github"),
        (["anacron"], "give one of cron, systemd, github"),
        (["cron", "--evry"], "give one of cron, systemd, github"),
        (["systemd", "--log", "x"], "--log is for cron"),
        (["github", "--every", "2m"], "at most every 5m"),
        (["cron", "-s", "CONTACT=" + "x" * 900], "998 characters"),
        (["cron", "-s", "CONTACT=a\n* * * * * rm"], "must not contain line breaks"),
    ],
)
def test_wrong_usage_is_2(data_dir, args, said):
    done = run("schedule", data_dir, *args)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()


def test_the_crontab_line_archives_and_is_silent(wire, tmp_path):
    data_dir = tmp_path / "新闻 100% 'q'"
    env, _, command = parsed(schedule("cron", data_dir, FINEWS_ORIGINS=wire.origin))
    assert env == {"LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    for minutes, requests in ((0, 5), (0.5, 5), (5, 10)):
        wire.now = NOON + timedelta(minutes=30 + minutes)
        wire.requests.clear()
        done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=CRON_ENV | env | {"FINEWS_NOW": wire.now.isoformat()}, capture_output=True, timeout=120)  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert len(wire.asked("/web/webapi")) + len(wire.asked("/information/")) >= requests
    assert (data_dir / "archive.db").exists()
    status = json.loads(run("status", data_dir, "--json", "--min-free", "0").stdout)
    assert (status["articles"]["count"], status["exit_status"]) == (36, 0)


def test_settings_of_the_command_line_and_the_environment_are_carried_over(data_dir):
    _, _, command = parsed(schedule("cron", data_dir, "-s", "POST_FLAVOUR=hugo", FINEWS_CONTACT="me@example.org", FINEWS_ORIGINS="http://h.test", FINEWS_X="1"))  # fmt: skip
    words = command.split()
    assert [word for word in words if "=" in word] == [
        f"DATA_DIR={data_dir}", "CONTACT=me@example.org", "FINEWS_ORIGINS=http://h.test", "POST_FLAVOUR=hugo", "LOG_LEVEL=WARNING",
    ]  # fmt: skip
    assert all(Path(word).is_absolute() for word in words if "/" in word and "=" not in word)


def test_a_log_comes_with_its_rotation(data_dir, tmp_path):
    text = schedule("cron", data_dir, "--log", str(tmp_path / "finews.log"))
    assert parsed(text)[2].endswith(f" >>{tmp_path}/finews.log 2>&1")
    stanza = "\n".join(line[4:] for line in text.splitlines() if line.startswith("#   "))
    assert stanza.startswith(f"{tmp_path}/finews.log {{")
    if not (logrotate := shutil.which("logrotate", path="/usr/sbin:/usr/bin")):
        pytest.skip("no logrotate here")
    (tmp_path / "stanza").write_text(stanza + "\n")
    (tmp_path / "stanza").chmod(0o644)
    (tmp_path / "finews.log").write_text("ended with 3\n")
    done = subprocess.run([logrotate, "--force", "--state", str(tmp_path / "state"), str(tmp_path / "stanza")], capture_output=True, text=True, timeout=60)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "finews.log").exists()
    assert (tmp_path / "finews.log.1.gz").exists()


@pytest.mark.parametrize("every", ["1m", "5m", "30m", "1h", "4h", "1d"])
def test_the_systemd_units_pass_their_verifier(data_dir, tmp_path, every):
    text = schedule("systemd", data_dir, "--every", every, "-s", "CONTACT=100% $HOME \"q\" 's'")
    assert subprocess.run(["/bin/sh", "-n"], input=text, text=True, timeout=60).returncode == 0
    units = dict(re.findall(r"^cat > /etc/systemd/system/(\S+) <<'END'\n(.*?)^END$", text, re.MULTILINE | re.DOTALL))  # fmt: skip
    assert sorted(units) == ["finews-archive-alert.service", "finews-archive.service", "finews-archive.timer"]
    assert "SuccessExitStatus=75\n" in units["finews-archive.service"]
    assert r"CONTACT=100%% $$HOME \"q\" " in units["finews-archive.service"]
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    paths = [tmp_path / name for name in units]
    for path in paths:
        path.write_text(units[path.name].replace(f"{ROOT}/.venv/bin/scrapy", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, paths)], capture_output=True, text=True, timeout=60)  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "finews-archive" in line] == []
    assert done.returncode == 0


def test_the_workflow_is_yaml_that_github_takes(data_dir):
    flow = yaml.safe_load(schedule("github", data_dir, "--every", "15m", "-s", 'CONTACT=a "b" \\c'))
    assert flow[True]["schedule"] == [{"cron": "2-59/15 * * * *"}]  # YAML 1.1 reads the key "on" as true
    assert flow["permissions"] == {"contents": "write"}
    assert flow["concurrency"] == {"group": "finews-archive", "cancel-in-progress": False}
    steps = flow["jobs"]["archive"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    [crawl] = [step["run"] for step in steps if step.get("name") == "Crawl"]
    assert (
        crawl
        == ".venv/bin/python -I -S crawler/preflight.py -s 'CONTACT=a \"b\" \\c' -- .venv/bin/scrapy crawl finews"
    )
    for step in steps:
        assert (
            subprocess.run(["/bin/bash", "-n"], input=step.get("run", ""), text=True, timeout=60).returncode
            == 0
        )


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("FINEWS_TEST_CRON") != "1", reason="takes a minute; FINEWS_TEST_CRON=1 runs it"
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a cron")
def test_a_real_cron_runs_the_line(wire, data_dir):
    cron = shutil.which("cron", path="/usr/sbin:/usr/bin")
    if cron is None or not Path("/etc/cron.d").is_dir():
        pytest.skip("no cron here")
    if subprocess.run(["pidof", "cron", "crond"], capture_output=True, timeout=60).returncode == 0:
        pytest.skip("a cron runs here already, and it is not ours")
    text = schedule("cron", data_dir, "--every", "1m", FINEWS_ORIGINS=wire.origin)
    env, when, _ = parsed(text)
    line = text.splitlines()[-1].replace(f"{when} ", f"{when} root ", 1)
    table = Path("/etc/cron.d/finews-archive-test")
    table.write_text("".join(f"{name}={value}\n" for name, value in env.items()) + f"FINEWS_NOW={wire.now.isoformat()}\n{line}\n")  # fmt: skip
    table.chmod(0o644)
    process = subprocess.Popen([cron, "-f"], stdin=subprocess.DEVNULL)
    try:
        assert wire_has_been_asked(wire, process, seconds=75)
        found = None
        for _ in range(60):  # asks until the crawl has ended; each ask is a process of half a second
            found = json.loads(run("status", data_dir, "--json", "--min-free", "0").stdout)
            if found.get("runs") and found["runs"][0]["outcome"] == "finished":
                break
        assert (found["articles"]["count"], found["exit_status"]) == (31, 0)
    finally:
        table.unlink()
        process.terminate()
        process.wait(timeout=60)


def wire_has_been_asked(wire, process, seconds):
    """Whether a request comes in so many seconds, while cron runs."""
    for _ in range(seconds * 4):
        if wire.asked("/web/webapi"):
            return True
        try:
            process.wait(timeout=0.25)
            return False
        except subprocess.TimeoutExpired:
            pass
    return False
