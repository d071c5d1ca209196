"""Extensions of other packages, as pip would install them: a format and a page without a fork."""

import os

import pytest

from archive.schema import open_archive
from tests.scrapy_process import run_scrapy
from tests.serving import serving
from tests.worked_queries import make_archive

FORMAT = """
from archive.exports import writes

@writes("heads", "headlines only", needs=("id", "headline"))
def write_heads(job, rows, out):
    for row in rows:
        out.write(f"{row['id']} {row['headline']}\\n".encode())
"""
PAGE = """
from archive.web.ask import fetch_value
from archive.web.pages import page, render_page

@page("/-/desk$", label="Our desk")
async def desk(datasette, request):
    count = await fetch_value(datasette, "SELECT count(*) FROM articles")
    return await render_page(datasette, request, "desk.html", count=count)
"""
TEMPLATE = (
    '{% extends "base.html" %}{% block content %}<h1>Our desk</h1><p>{{ count }} articles</p>{% endblock %}'
)
ENTRY_POINTS = """\
[finews_archive.exports]
heads = newsdesk.heads
[finews_archive.web]
desk = newsdesk.desk
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lays the package out as pip does, where the child processes of the test find it."""

    def lay_out(**modules):
        site = tmp_path / "site"
        (site / "newsdesk" / "templates").mkdir(parents=True)
        (site / "newsdesk" / "__init__.py").touch()
        for name, source in modules.items():
            (site / "newsdesk" / f"{name}.py").write_text(source)
        (site / "newsdesk" / "templates" / "desk.html").write_text(TEMPLATE)
        info = site / "newsdesk-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: newsdesk\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(ENTRY_POINTS)
        monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)

    return lay_out


def test_a_format_of_another_package_is_a_suffix_like_ours(install, tmp_path):
    install(heads=FORMAT, desk=PAGE)
    conn = make_archive(tmp_path / "data")
    [(count, headline)] = conn.execute("SELECT count(*), min(headline) FROM articles").fetchall()
    conn.close()
    done = run_scrapy("export", tmp_path / "all.heads", "-s", f"DATA_DIR={tmp_path / 'data'}")
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "all.heads").read_text().splitlines()
    assert len(lines) == count > 60
    assert headline in [line.partition(" ")[2] for line in lines]
    assert "headlines only" in run_scrapy("export", "--help").stdout


def test_a_page_of_another_package_is_in_the_navigation(install, tmp_path):
    pytest.importorskip("datasette", reason="the extra analyst is not installed")
    install(heads=FORMAT, desk=PAGE)
    open_archive(tmp_path / "archive.db").close()
    with serving(tmp_path) as server:
        assert '<a href="/-/desk">Our desk</a>' in server.page("/")
        page = server.page("/-/desk")
        assert "<h1>Our desk</h1><p>0 articles</p>" in page
        assert "script-src 'sha256-" in server.get("/-/desk")[1]["content-security-policy"]


def test_a_broken_plugin_is_named(install, tmp_path):
    install(heads="raise RuntimeError('no licence')", desk="import no_such_module")
    open_archive(tmp_path / "archive.db").close()
    for command, plugin in (("export", "heads"), ("serve", "desk")):
        target = [tmp_path / "a.csv"] * (command == "export")
        done = run_scrapy(command, *target, "-s", f"DATA_DIR={tmp_path}")
        assert done.returncode == 1, done.stderr
        assert (
            f"scrapy {command}: plugin {plugin} (newsdesk.{plugin}, package newsdesk) cannot be loaded"
            in done.stderr
        )
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "a.csv").exists()
