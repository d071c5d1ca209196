"""axe-core finds no fault in any page of ``scrapy serve``, or in a report, in both languages, light and dark, on a desk and on a phone."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from itertools import product
from urllib.parse import urlencode

import pytest

from tests import browser as chromium
from tests.conftest import ROOT
from tests.scrapy_process import run_scrapy
from tests.serving import serving
from tests.worked_queries import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")
from archive.web import pages
from archive.web.metadata import INNER, SHADOWS
from archive.web.plugin import MENU
from archive.web.queries import QUERIES

AXE = ROOT / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
ARTICLE = "/-/article?id=finews:202606303790340851"
PAGES = (
    "/", *(path for path, _ in MENU), "/-/articles?q=储能", "/-/articles?q=从来没有", "/-/articles?publisher=东篱商报&page=2",
    "/-/trend?q=储能&q=涨停&by=month", "/-/trend?q=储能&from=2026-06-30&to=2026-06-01", "/-/security?id=300991", "/-/security?id=999999",
    "/-/volume?publisher=东篱商报", "/-/coverage?publisher=东篱商报", "/-/edits?kind=withdrawn", ARTICLE, "/add", "/archive?sql=select+1",
    "/archive?sql=select+nothing", "/archive/articles?_search=储能&_facet=publisher", "/archive/securities/0~2E300991", "/-/nowhere",
)  # fmt: skip
"""Every page of ours, and those of Datasette that are not of a table or question."""
NO_PAGE = re.compile(r"image|mark|atom\|json|csv|language|charts")
"""Addresses of files, feeds, styles and redirections."""
WAYS = tuple(product(("zh", "en"), ("light", "dark"), (1280, 390)))
FAULTS = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(found => done(found.violations.map(
  one => [one.id, one.impact, one.nodes.map(node => node.html.slice(0, 120))])));
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AXE.exists(), reason="no axe-core: make test-npm"),
    pytest.mark.skipif(bool(chromium.MISSING), reason=chromium.MISSING or ""),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("accessible") / "data"
    make_archive(data).close()
    return data


@pytest.fixture(scope="module")
def server(data):
    with serving(data, "--add") as running:
        yield running


@pytest.fixture(scope="module")
def driver(tmp_path_factory, server):
    with chromium.browser(tmp_path_factory.mktemp("profile")) as running:
        running.set_script_timeout(chromium.PATIENCE)
        token = (server.data / ".add-token").read_text(encoding="utf-8").strip()
        running.get(f"{server.origin}/add?token={token}")
        yield running


def faults_of(driver, address, scheme, width):
    """What axe finds in a page, and whether it is wider than its screen."""
    chromium.colours(driver, scheme)
    chromium.seen_on(driver, width, 900)
    driver.get(address)
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    faults = driver.execute_async_script(FAULTS)
    if driver.execute_script("return document.documentElement.scrollWidth") > width:
        faults.append("wider than the screen")
    return [(address, scheme, width, fault) for fault in faults]


def speak(server, driver, language):
    driver.get(f"{server.origin}/-/language?to={language}&back=/-/charts.css")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault(server, driver, path):
    faults = []
    for language, scheme, width in WAYS:
        speak(server, driver, language)
        faults += [(language, *fault) for fault in faults_of(driver, server.origin + path, scheme, width)]
    assert faults == []


def test_every_page_of_ours_is_among_them():
    paths = {path.split("?")[0] for path in PAGES}
    pages.load_pages()
    unseen = [pattern for pattern, _ in pages.routes if not any(re.match(pattern, path) for path in paths)]
    assert [pattern for pattern in unseen if not NO_PAGE.search(pattern)] == []


def test_tables_and_questions_have_no_fault(server, driver, data):
    """Each in one of the ways, questions with their blanks filled in."""
    with closing(sqlite3.connect(data / "archive.db")) as conn:
        named = conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    shown = [name for (name,) in named if name not in (*INNER, *SHADOWS) and not name.startswith("sqlite_")]
    shown += [f"{query.name}?{urlencode(query.example)}" for query in QUERIES]
    faults = []
    for way in WAYS:
        language, scheme, width = way
        speak(server, driver, language)
        for name in shown[WAYS.index(way) :: len(WAYS)]:
            faults += faults_of(driver, f"{server.origin}/archive/{name}", scheme, width)
    assert faults == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_has_no_fault(driver, data, tmp_path, language):
    report = tmp_path / "report.html"
    run = run_scrapy(
        "report",
        "--until",
        "2026-07-01",
        "--output",
        str(report),
        "-s",
        f"DATA_DIR={data}",
        "-s",
        f"LANGUAGE={language}",
    )
    assert run.returncode == 0
    ways = product(("light", "dark"), (1280, 390))
    assert [fault for way in ways for fault in faults_of(driver, report.as_uri(), *way)] == []


@pytest.mark.skipif(shutil.which("hugo") is None, reason="Hugo is not installed")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_exported_site_has_no_fault(driver, data, tmp_path, language):
    """One page of each kind; the themes of both generators have the same elements."""
    run = run_scrapy(
        "export", "--site", "hugo", str(tmp_path), "-s", f"DATA_DIR={data}", "-s", f"LANGUAGE={language}"
    )
    assert run.returncode == 0
    subprocess.run(["hugo", "--quiet"], cwd=tmp_path, check=True)
    kinds = ("index.html", "page/2.html", "*s/index.html", "*s/*/index.html", "news/2026/06/30/*.html")
    pages = [sorted((tmp_path / "public").glob(kind))[-1].as_uri() for kind in kinds]
    ways = product(pages, ("light", "dark"), (1280, 390))
    assert [fault for way in ways for fault in faults_of(driver, *way)] == []
