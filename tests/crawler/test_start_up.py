"""Scrapy imports every command and every spider to run one of them, at each start: they load what they work with when they run."""

import subprocess
import sys

import pytest

from crawler.cli import find_missing_module
from tests.scrapy_process import ROOT

IMPORT_ALL = """
import importlib, pkgutil, sys, crawler.commands, crawler.spiders
for package in (crawler.commands, crawler.spiders):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
print(*sys.modules)
"""
LATE = (
    "archive.backup",
    "archive.exports",
    "archive.forget",
    "archive.health",
    "archive.merge",
    "archive.report",
    "archive.edits.revisions",
    "archive.verify",
    "archive.web.server",
    "crawler.saved.older_post",
    "crawler.pages.web",
    "crawler.saved.html",
    "dateparser",
    "feedparser",
    "pypdf",
    "pypinyin",
    "redis",
    "scrapy_playwright",
    "sqlite_utils",
    "statistics",
    "trafilatura",
)


def test_commands_and_spiders_import_late():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not sorted(set(done.stdout.split()).intersection(LATE))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            "COMMANDS_MODULE = 'nothing.here'",
            "COMMANDS_MODULE is 'nothing.here', and there is no such module",
        ),
        ("COMMANDS_MODULE = '.here'", "COMMANDS_MODULE is '.here', and there is no such module"),
        ("COMMANDS_MODULE = 'crawler.commands'", None),
        (None, "SCRAPY_SETTINGS_MODULE is 'my_settings', and there is no such module"),
    ],
)
def test_a_module_that_is_not_there_is_named(monkeypatch, tmp_path, settings, problem):
    if settings:
        (tmp_path / "my_settings.py").write_text(settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "my_settings")
    monkeypatch.delitem(sys.modules, "my_settings", raising=False)
    found = find_missing_module()
    assert found == problem or found.startswith(problem)
