"""Imports go one way, and what the docs promise is there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_NOT_IMPORT = {
    "archive": ("crawler", "pipelines", "scrapy", "tests"),
    "archive/exports": ("archive.report", "archive.web"),
    "archive/report": ("archive.web",),
    "pipelines": ("crawler", "tests"),
    "crawler/extraction": ("archive", "pipelines", "crawler.commands", "crawler.pages", "crawler.spiders"),
    "crawler/pages": ("archive", "pipelines", "crawler.commands", "crawler.spiders"),
    "crawler/spiders": ("crawler.commands",),
    "crawler": ("tests",),
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", MAY_NOT_IMPORT)
def test_imports_go_one_way(package):
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path):
            for forbidden in MAY_NOT_IMPORT[package]:
                assert not f"{name}.".startswith(f"{forbidden}."), f"{path} imports {name}"


def test_every_pipeline_is_named_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    from crawler import settings

    for path in settings.ITEM_PIPELINES:
        module = path.split(".")[1]
        assert f"`{module}`" in readme, f"README.md does not name the pipeline {module}"


def test_every_setting_of_ours_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("DATA_DIR", "FINEWS_ORIGINS", "FINEWS_ARTICLE_PAGE", "POST_FLAVOUR", "CONTACT", "LOG_LEVEL"):
        assert name in readme
