"""The wheel, installed into an empty environment, archives, serves and exports from an empty folder."""

import functools
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from tests.crawler.test_schedule import parsed
from tests.newsroom.server import Newsroom
from tests.scrapy_process import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # seconds: it installs from the package index
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def run(*words, **more):
    """Run *words*; what they print. Nothing of this environment's Python is inherited."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "FINEWS", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, env=env, timeout=600, **more
    )
    assert done.returncode == 0, f"{shlex.join(done.args)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def find_python(version):
    """An interpreter of *version*, None where the machine has none."""
    name = f"python{version}"
    candidates = [sys.executable] if f"{sys.version_info[0]}.{sys.version_info[1]}" == version else []
    candidates += [
        shutil.which(name) or "",
        *glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python")),
    ]
    candidates += glob.glob(os.path.expanduser(f"~/.local/share/uv/python/cpython-{version}.*/bin/{name}"))
    for candidate in filter(None, candidates):
        done = subprocess.run([candidate, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True, text=True)  # fmt: skip
        if done.stdout.strip() == version:
            return candidate
    return None


@functools.cache
def build(folder):
    """A wheel, built from what git tracks."""
    source = folder / "source"
    source.mkdir()
    tracked = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        source,
    )
    return next(folder.glob("finews_archive-*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("wheel"))


def install_into(python, wheel, folder):
    """An environment with the locked packages and the wheel; its ``bin``."""
    run(python, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-compile", "--only-binary", ":all:", "--require-hashes", "--requirement", ROOT / "requirements.lock")  # fmt: skip
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    run(*pip, "check")
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = set(run("git", "ls-files", "archive", "crawler", "pipelines", cwd=ROOT).split("\n")) - {""}
    assert {name for name in tracked if (ROOT / name).is_file()} - names == set()
    assert {f"{package}/py.typed" for package in ("archive", "crawler", "pipelines")} <= names
    roots = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert roots == {"archive", "crawler", "pipelines"}


@pytest.fixture(
    scope="module",
    params=[pytest.param(version, marks=pytest.mark.xdist_group(version)) for version in PYTHONS],
)
def installed(request, wheel, tmp_path_factory):
    python = find_python(request.param)
    if python is None:
        pytest.skip(f"this machine has no Python {request.param}")
    return install_into(python, wheel, tmp_path_factory.mktemp("installed") / "env")


def test_it_works_from_an_empty_folder(installed, tmp_path):
    finews = installed / "finews"
    with Newsroom() as room:
        flags = [
            "-s", f"FINEWS_ORIGINS={room.origin}", "-s", f"FINEWS_ARTICLE_PAGE={room.origin}/a/{{id}}.html",
            "-s", f"FINEWS_NOW={room.now.isoformat()}", "-s", "FINEWS_PLACES=",
        ]  # fmt: skip
        assert " new, " in run(finews, "crawl", "finews", *flags, cwd=tmp_path)
        line = run(finews, "schedule", "cron", *flags[:2], cwd=tmp_path)
        env, _, command = parsed(line)
        assert shlex.quote(str(finews)) in command
        room.requests.clear()
        env |= {"PATH": "/usr/bin:/bin", "HOME": "/", "FINEWS_NOW": room.now.isoformat()}
        done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=env, capture_output=True, timeout=120)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert (
            len(room.requests) == 5
        )  # the light check asks the five lists, and finds nothing to start Scrapy for
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if not path.name.startswith(".")) == ["archive.db", "captures.db", "images", "posts"]  # fmt: skip

    exported = run(finews, "export", "-", "--format", "jsonl", "--columns", "id,headline", cwd=tmp_path)
    articles = [json.loads(line) for line in exported.splitlines()]
    assert len(articles) >= 70
    run(finews, "export", "--site", "hugo", tmp_path / "site", cwd=tmp_path)
    run(finews, "report", "--until", "2026-07-01", cwd=tmp_path)

    server = subprocess.Popen(
        [finews, "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        with urllib.request.urlopen(f"{address}-/article?id={articles[0]['id']}", timeout=60) as response:
            assert articles[0]["headline"] in response.read().decode()
    finally:
        server.terminate()
        server.wait(timeout=60)
        server.stdout.close()


def test_the_environment_names_another_archive(installed, tmp_path):
    words = [installed / "finews", "settings", "--get", "DATA_DIR"]
    done = subprocess.run(
        words, cwd=tmp_path, env={"FINEWS_DATA_DIR": "/srv/news"}, capture_output=True, text=True
    )
    assert done.stdout == "/srv/news\n"


def test_the_types_are_seen_by_users(installed, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from archive.reader import open_for_reading\nreveal_type(open_for_reading)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--python-executable", installed / "python", "mine.py"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert "sqlite3.Connection" in done.stdout, done.stdout + done.stderr
