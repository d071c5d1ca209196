"""Pages and articles that take too long or too much: each ends with its reason, the crawl goes on, SIGTERM is obeyed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.websites import news_page

pytestmark = pytest.mark.slow  # waits until bounds of CPU time are reached

SITE = '''
import re, time
from lxml import etree
from crawler.pages import handles
from crawler.pages.web import WebPage

def for_ever():
    while True:
        pass

def stubborn():
    while True:
        try:
            for_ever()
        except Exception:
            pass

def catastrophic():
    re.match(r"(a+)+$", "a" * 60 + "b")

def in_c():
    """One call of a library that takes hours: each element looks at all those before it."""
    tree = etree.fromstring("<a>" + "<b/>" * 60_000 + "</a>")
    tree.xpath("count(//b[count(preceding::b[count(preceding::b) > 3]) > 3])")

def greedy():
    kept = [bytearray(50_000_000) for _ in range(1000)]

WAYS = {f.__name__: f for f in (for_ever, stubborn, catastrophic, in_c, greedy)}
WAYS["asleep"] = lambda: time.sleep(600)

@handles("stuck.example")
class StuckPage(WebPage):
    site = "stuck"

    def article(self):
        WAYS[self.response.url.rpartition("/")[2].partition(".")[0]]()
        return super().article()

class StuckPipeline:
    def process_item(self, item):
        if way := WAYS.get(getattr(item, "headline", None) or ""):
            way()
        return item
'''
SETTINGS = """
from crawler.settings import *
ITEM_PIPELINES = {**ITEM_PIPELINES, "stuckdesk.site.StuckPipeline": 690}
"""
LARGE = f"<!--{'x' * 600_000}-->"
FINE = "http://news.example/2026/0630/1.html"


@pytest.fixture
def stuck(tmp_path, monkeypatch, websites):
    """A plugin with a page object and a pipeline that get stuck in the way that an address or a headline names."""
    package = tmp_path / "site/stuckdesk"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "site.py").write_text(SITE)
    (package / "settings.py").write_text(SETTINGS)
    info = tmp_path / "site/stuckdesk-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stuckdesk\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[finews_archive.pages]\nstuck = stuckdesk.site\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "stuckdesk.settings")
    websites.put(FINE, news_page())
    return websites


def page_of(stuck, way, *, large=False):
    return stuck.put(f"http://stuck.example/{way}.html", news_page(behind=LARGE if large else ""))


def item_of(stuck, way):
    return stuck.put(f"http://news.example/{way}.html", news_page(way))


def outcome_of(rows, link):
    [row] = rows("SELECT outcome, reason FROM links WHERE url = ?", link)
    return row["outcome"], row["reason"]


def started(stuck, newsroom, data_dir, link, **settings):
    """A crawl of *link*, or of several lines of them, as a process of its own: it imports the plugin."""
    given = {"DATA_DIR": data_dir, "CONNECT_TO": stuck.everywhere, "FINEWS_NOW": newsroom.now.isoformat()}
    flags = [part for name, value in (given | settings).items() for part in ("-s", f"{name}={value}")]
    links = data_dir.parent / "links.txt"
    links.write_text(link)
    command = [sys.executable, "-m", "scrapy", "crawl", "share", "-a", f"urls={links}", *flags]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def crawled(*args, **settings):
    """The exit status and standard error of such a crawl that has ended."""
    process = started(*args, **settings)
    _, stderr = process.communicate(timeout=250)
    return process.returncode, stderr


def test_what_takes_too_long_is_unreadable_and_the_rest_arrives(stuck, newsroom, data_dir, rows):
    pages = [page_of(stuck, way) for way in ("stubborn", "catastrophic")]
    items = [item_of(stuck, "catastrophic")]
    links = "\n".join((*pages, *items, FINE))
    status, stderr = crawled(stuck, newsroom, data_dir, links, READ_CPU_SECONDS=0.5)
    assert status == 65, stderr  # three of four
    assert outcome_of(rows, FINE) == ("archived", None)
    how = "not read within 0.5 s of CPU time; to allow more, set -s READ_CPU_SECONDS"
    for link in pages:
        assert outcome_of(rows, link) == ("unreadable", f"{how}: {link}")
    for link in items:
        assert outcome_of(rows, link) == ("unreadable", f"StuckPipeline: {how}: {link}")
    assert "bug" not in stderr


def test_a_large_page_is_read_apart_and_ended_whatever_it_does(stuck, newsroom, data_dir, rows):
    pages = [page_of(stuck, way, large=True) for way in ("in_c", "greedy")]
    fine = stuck.put("http://news.example/large.html", news_page(behind=LARGE))
    links = "\n".join((*pages, fine))
    status, stderr = crawled(stuck, newsroom, data_dir, links, READ_CPU_SECONDS=1)
    assert status == 65, stderr
    assert outcome_of(rows, fine) == ("archived", None)
    outcomes = [outcome_of(rows, link) for link in pages]
    assert [outcome for outcome, _ in outcomes] == ["unreadable"] * 2
    assert "READ_CPU_SECONDS" in outcomes[0][1]
    assert (
        "not read within 1,073,741,824 bytes of memory; to allow more, set -s READ_MEMORY_MAX"
        in outcomes[1][1]
    )


def wait_for_cpu(process, seconds):
    """Wait until a process has used *seconds* of CPU time more than its start takes."""
    ticks = os.sysconf("SC_CLK_TCK")
    while process.poll() is None:
        stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        if int(stat[11]) + int(stat[12]) > seconds * ticks:
            return
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("way", "where"),
    [
        pytest.param("for_ever", "page", marks=pytest.mark.slow),
        ("catastrophic", "page"),
        ("for_ever", "pipeline"),
        pytest.param("catastrophic", "pipeline", marks=pytest.mark.slow),
    ],
)
def test_a_signal_is_obeyed_whatever_is_running(stuck, newsroom, data_dir, rows, way, where):
    link = page_of(stuck, way) if where == "page" else item_of(stuck, way)
    process = started(stuck, newsroom, data_dir, link)
    wait_for_cpu(process, 2.5)  # a start takes one
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3, stderr
    outcome, reason = outcome_of(rows, link)
    assert outcome == "failed"
    assert "the crawl was stopped while it was being read; crawl it again" in reason


@pytest.mark.slow
def test_a_call_of_a_library_that_does_not_return_ends_the_process_with_a_traceback(
    stuck, newsroom, data_dir, rows
):
    link = page_of(stuck, "in_c")
    process = started(stuck, newsroom, data_dir, link, READ_CPU_SECONDS=1)
    _, stderr = process.communicate(timeout=250)
    assert process.returncode == -signal.SIGVTALRM
    assert "site.py" in stderr
    assert "in in_c" in stderr


@pytest.mark.slow
def test_what_catches_every_exception_and_goes_on_ends_the_process(stuck, newsroom, data_dir):
    process = started(stuck, newsroom, data_dir, item_of(stuck, "stubborn"), READ_CPU_SECONDS=0.5)
    _, stderr = process.communicate(timeout=250)
    assert process.returncode == 70
    assert "scrapy crawl: ended in the middle: " in stderr
    assert "site.py" in stderr
