"""Scrapy imports every command and every spider to run one of them, at each start: they load what they work with when they run."""

import subprocess
import sys

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
    "crawler.older_post",
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
