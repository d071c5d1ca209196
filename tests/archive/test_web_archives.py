"""Captures as WARC and WACZ: what is in the files, and that other people's tools take and replay them."""

import gzip
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import pytest

from archive.captures import Captures
from archive.exports import ExportError, load_capture_formats
from archive.exports.captures import export_captures
from tests.newsroom.pictures import stored
from tests.newsroom.server import HTML, Newsroom, Reply
from tests.scrapy_process import run_scrapy
from tests.websites import Websites, news_page

pytest.importorskip("warcio")
PICTURE = stored("photo-640x360.jpg")
PLAIN, GBK, GONE, IMAGE = (
    f"http://news.example/{name}" for name in ("n/1.html", "n/2.html", "n/3.html", "p/1.jpg")
)


def page(encoding: str = "utf-8") -> bytes:
    text = news_page(f"山南储能电站{encoding}并网", time="2026-06-30 15:20").decode()
    shown = text.replace("</p><p>", f"</p><p><img src='{IMAGE}' width='640'></p><p>", 1)
    return shown.replace("utf-8", encoding).encode(encoding)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """An archive of two pages, one packed, one in GBK, of their image and of a missing page."""
    folder = tmp_path_factory.mktemp("web")
    with Newsroom() as room:
        sites = Websites(room)
        sites.put(PLAIN, Reply(gzip.compress(page()), HTML, 200, {"Content-Encoding": "gzip"}))
        sites.put(GBK, page("gbk"), "text/html; charset=gbk")
        sites.put(GONE, Reply(b"<h1>404 Not Found</h1>", HTML, 404))
        sites.put(IMAGE, PICTURE, "image/jpeg")
        (folder / "links.txt").write_text(f"{PLAIN}\n{GBK}\n{GONE}\n")
        given = {
            "DATA_DIR": folder / "data",
            "CONNECT_TO": sites.everywhere,
            "FINEWS_ORIGINS": room.origin,
            "FINEWS_NOW": room.now.isoformat(),
        }
        settings = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
        run = run_scrapy("crawl", "share", "-a", f"urls={folder / 'links.txt'}", *settings)
        assert run.returncode == 3, run.stderr
    return folder / "data"


def export(data_dir, name: str, **options) -> bytes:
    out = io.BytesIO()
    export_captures(data_dir, out, load_capture_formats()[name], **options)
    return out.getvalue()


def bodies(data_dir) -> dict[str, bytes]:
    with Captures.read(data_dir) as captures:
        return {row["url"]: captures.body(row["id"]) or PICTURE for row in captures.find()}


def test_a_wacz_names_every_file_and_record(data_dir):
    from warcio.archiveiterator import ArchiveIterator

    packed = export(data_dir, "wacz")
    assert packed == export(data_dir, "wacz"), "the same captures give the same bytes"
    with zipfile.ZipFile(io.BytesIO(packed)) as wacz:
        files = {name: wacz.read(name) for name in wacz.namelist()}
        assert wacz.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        data = files.pop(resource["path"])
        assert (resource["bytes"], resource["hash"]) == (
            len(data),
            f"sha256:{hashlib.sha256(data).hexdigest()}",
        )
        files[f"{resource['name']}"] = data
    assert (
        json.loads(files["datapackage-digest.json"])["hash"]
        == f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
    )
    lines = gzip.decompress(files["index.cdx.gz"]).decode().splitlines()
    assert lines == sorted(lines)
    replayed = {}
    for line in lines:
        _, _, facts = line.split(" ", 2)
        fact = json.loads(facts)
        part = files["data.warc.gz"][int(fact["offset"]) :][: int(fact["length"])]
        [record] = [
            (one.rec_headers.get_header("WARC-Target-URI"), one.content_stream().read())
            for one in ArchiveIterator(io.BytesIO(part))
        ]
        assert record[0] == fact["url"]
        replayed[record[0]] = record[1]
    assert replayed == bodies(data_dir)
    head, *pages = map(json.loads, files["pages.jsonl"].splitlines())
    assert head["format"] == "json-pages-1.0"
    assert {(one["url"], one["title"]) for one in pages} >= {
        (PLAIN, "山南储能电站utf-8并网"),
        (GBK, "山南储能电站gbk并网"),
    }
    assert IMAGE not in {one["url"] for one in pages}
    meta, block = files["index.idx"].decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["filename"] == "index.cdx.gz"
    assert json.loads(block.split(" ", 2)[2])["length"] == len(files["index.cdx.gz"])


def test_captures_of_one_article_with_and_without_images(data_dir):
    from warcio.archiveiterator import ArchiveIterator

    def urls(**options):
        found = ArchiveIterator(io.BytesIO(export(data_dir, "warc", **options)))
        return {one.rec_headers.get_header("WARC-Target-URI") for one in found if one.rec_type == "response"}

    assert urls(article="web:news.example/n/1.html") == {PLAIN, IMAGE}
    assert urls(article=PLAIN, images=False) == {PLAIN}
    assert urls(since="2099-01-01T00:00:00Z") == set()
    assert GONE in urls()
    with pytest.raises(ExportError, match="holds no article"):
        export(data_dir, "warc", article="web:nowhere")


def test_the_command_writes_captures_by_suffix(data_dir, tmp_path):
    def run(*words):
        return run_scrapy("export", *words, "-s", f"DATA_DIR={data_dir}")

    for name in ("captures.warc.gz", "captures.warc", "archive.wacz"):
        done = run(tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{len(bodies(data_dir))} captures, {tmp_path / name}")
        assert (tmp_path / name).stat().st_size
    assert (
        run_scrapy("export", "-", "--format", "warc.gz", "-s", f"DATA_DIR={data_dir}", text=False).stdout[:2]
        == b"\x1f\x8b"
    )
    for words, said in (
        (("articles.csv", "--article", "x"), "--article applies to captures"),
        (("archive.wacz", "--publisher", "x"), "--publisher does not apply to wacz"),
        (("archive.wacz", "--bom"), "--bom does not apply to wacz"),
        (("archive.wacz", "b.wacz"), "name one file"),
    ):
        done = run(*words)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


# -- other people's tools, each in an environment of its own ---------------------------------------------------------


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """Installs a package from the index into an environment of its own; the path of one of its commands."""
    folder = tmp_path_factory.mktemp("tools")
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }

    def install(package: str, command: str, *more: str):
        place = folder / package.partition("=")[0]
        if not place.exists():
            subprocess.run([sys.executable, "-m", "venv", place], check=True, env=env)
            subprocess.run(
                [place / "bin" / "pip", "install", "--quiet", package, *more],
                check=True,
                env=env,
                timeout=600,
            )
        return place / "bin" / command

    return install


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestTools:
    def test_warcio_and_wacz_find_nothing_wrong(self, data_dir, tmp_path, tool):
        (tmp_path / "captures.warc.gz").write_bytes(export(data_dir, "warc.gz"))
        (tmp_path / "archive.wacz").write_bytes(export(data_dir, "wacz"))
        checked = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", tmp_path / "captures.warc.gz"],
            capture_output=True,
            text=True,
        )
        assert (checked.returncode, checked.stdout) == (0, "")
        validated = subprocess.run(
            [tool("wacz==0.6.0", "wacz"), "validate", "-f", tmp_path / "archive.wacz"],
            capture_output=True,
            text=True,
        )
        assert "Validation succeeded" in validated.stdout, validated.stdout + validated.stderr

    @pytest.mark.parametrize("kind", ["warc.gz", "wacz"])
    def test_pywb_replays_byte_for_byte(self, data_dir, tmp_path, tool, kind):
        manager = tool("pywb==2.10.0", "wb-manager", "setuptools")
        file = tmp_path / f"captures.{kind}"
        file.write_bytes(export(data_dir, kind))
        subprocess.run([manager, "init", "news"], cwd=tmp_path, check=True, capture_output=True)
        unpack = ["--unpack-wacz"] * (kind == "wacz")
        subprocess.run([manager, "add", *unpack, "news", file], cwd=tmp_path, check=True, capture_output=True)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        with (tmp_path / "log").open("wb") as log:
            server = subprocess.Popen(
                [manager.with_name("wayback"), "-b", "127.0.0.1", "-p", str(port)],
                cwd=tmp_path,
                stdout=log,
                stderr=log,
            )
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
                    break
                except OSError:
                    assert server.poll() is None, (tmp_path / "log").read_text()
                    assert time.monotonic() < until, (tmp_path / "log").read_text()
            for url, body in bodies(data_dir).items():
                try:
                    with urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/news/2026id_/{url}", timeout=30
                    ) as answer:
                        status, replayed = answer.status, answer.read()
                except urllib.error.HTTPError as exc:
                    status, replayed = exc.code, exc.read()
                assert replayed == body, url
                assert status == (404 if url == GONE or url.endswith("robots.txt") else 200)
        finally:
            server.terminate()
            server.wait(30)
