"""axe-core finds no fault in any page of ``scrapy serve``, in both languages, light and dark, on a desk and on a phone."""

import pytest

from tests import browser as chromium
from tests.conftest import ROOT
from tests.serving import serving
from tests.worked_queries import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")
from archive.web.plugin import MENU

AXE = ROOT / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/", *(path for path, _ in MENU), "/-/articles?q=储能", "/-/trend?q=储能&q=涨停&by=month", "/-/security?id=300991",
    "/-/article?id=finews:202606303790340851", "/archive/articles", "/archive/article_images", "/archive/articles_found?q=储能",
    "/archive/as_of", "/archive?sql=select+1", "/archive/securities/0~2E300991", "/-/nowhere",
)  # fmt: skip
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
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("accessible") / "data"
    make_archive(data).close()
    with serving(data) as running:
        yield running


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with chromium.browser(tmp_path_factory.mktemp("profile")) as running:
        running.set_script_timeout(chromium.PATIENCE)
        yield running


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault(server, driver, path):
    faults = []
    for language, scheme, width in (("zh", "light", 1280), ("en", "dark", 390), ("zh", "dark", 390)):
        driver.get(f"{server.origin}/-/language?to={language}&back=/-/charts.css")
        chromium.colours(driver, scheme)
        chromium.seen_on(driver, width, 900)
        driver.get(server.origin + path)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        driver.execute_script(AXE.read_text(encoding="utf-8"))
        faults += [(language, scheme, width, *fault) for fault in driver.execute_async_script(FAULTS)]
    assert faults == []
