"""scrapy newsite: from one page to a page object whose test passes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scrapy_process import run_scrapy
from tests.websites import PARAGRAPHS, news_page

ROOT = Path(__file__).resolve().parents[2]
URL = "https://www.some-paper.com.cn/a/2026/123456.html"
TRY_IT = """
import importlib.util, json, pathlib, sys
from datetime import UTC, datetime
from scrapy.http import HtmlResponse
from crawler.offline.dry_run import read_page
from crawler.pages import target_of
spec = importlib.util.spec_from_file_location("crawler.pages.made", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
page = pathlib.Path(sys.argv[2])
expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
target = target_of(expected["url"])
read = read_page(target, HtmlResponse(expected["url"], body=page.read_bytes()), datetime.now(UTC))
assert target.article_id == "some_paper:123456", target.article_id
for name in ("headline", "published_at", "publisher", "authors", "images"):
    assert read[name] == expected[name], name
assert all(words in read["body_text"] for words in expected["contains"])
assert not any(words in read["body_text"] for words in expected["lacks"])
"""


def newsite(*args: str, **more) -> subprocess.CompletedProcess[str]:
    return run_scrapy("newsite", *args, **more)


@pytest.fixture
def saved(tmp_path) -> Path:
    path = tmp_path / "saved.html"
    path.write_bytes(news_page())
    return path


def test_the_page_object_that_is_made_passes_its_test(saved, tmp_path):
    its_test = "tests/crawler/test_recorded_pages.py"
    assert (ROOT / its_test).exists()
    (tmp_path / its_test).parent.mkdir(parents=True)
    (tmp_path / its_test).touch()
    made = newsite(URL, "--file", str(saved), "--into", str(tmp_path))
    assert (made.returncode, made.stderr) == (0, "")
    assert "山南储能电站一期并网" in made.stdout
    assert f"pytest {its_test} -k some_paper" in made.stdout
    module, page = tmp_path / "crawler/pages/some_paper.py", tmp_path / "tests/pages/some_paper/1.html"
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert expected["contains"] == [PARAGRAPHS[0][:30], PARAGRAPHS[-1][:30]]
    tried = subprocess.run(
        [sys.executable, "-c", TRY_IT, str(module), str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert tried.returncode == 0, tried.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(module)]
    )
    assert checked.returncode == 0


def test_a_live_page_is_fetched(websites, tmp_path):
    url = websites.put("http://www.some-paper.com.cn/a/2026/123456.html", news_page())
    made = newsite(url, "--into", str(tmp_path), "-s", f"CONNECT_TO={websites.everywhere}")
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "tests/pages/some_paper/1.html").read_bytes() == news_page()


def test_nothing_is_overwritten(saved, tmp_path):
    assert newsite(URL, "--file", str(saved), "--into", str(tmp_path)).returncode == 0
    before = (tmp_path / "crawler/pages/some_paper.py").read_bytes()
    again = newsite(URL, "--file", str(saved), "--into", str(tmp_path))
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert (tmp_path / "crawler/pages/some_paper.py").read_bytes() == before


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        ([], 2, "give the URL"),
        (["ftp://a.example/1"], 2, "not an http or https address"),
        (["http://share.example/a/202606303790000412.html"], 2, "crawler/pages/finews.py"),
        ([URL, "--file", "nowhere.html"], 2, "nowhere.html"),
        ([URL, "--name", "Some Paper"], 2, "--name"),
        ([URL, "--file", __file__, "--name", "x1"], 3, "by --file"),
    ],
)
def test_wrong_usage_is_told_in_one_line(tmp_path, args, status, said):
    run = newsite(*args, "--into", str(tmp_path))
    assert run.returncode == status
    assert said in run.stderr
    assert run.stderr.count("\n") == 1
    assert not (tmp_path / "crawler").exists()
