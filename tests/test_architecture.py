"""Imports go one way: crawler, then pipelines, then archive."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
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

ALLOWED = {
    "crawler/extraction": ("pipelines.printed_times",),
    "crawler/pages": ("pipelines.printed_times", "archive.times"),
}
"""How printed times look, and Beijing's zone, are known in one place."""


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("package", MAY_NOT_IMPORT)
def test_imports_go_one_way(package):
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path) - set(ALLOWED.get(package, ())):
            for forbidden in MAY_NOT_IMPORT[package]:
                assert not f"{name}.".startswith(f"{forbidden}."), f"{path} imports {name}"


def test_no_modules_import_each_other_in_a_circle():
    """Not even late, within functions."""
    paths = [path.relative_to(ROOT) for package in ("archive", "crawler", "pipelines") for path in (ROOT / package).rglob("*.py")]  # fmt: skip
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    graph = {}
    for module, path in modules.items():
        named = set()
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                named |= (whole & modules.keys()) or {node.module}
        graph[module] = named & modules.keys() - {module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        pytest.fail(" -> ".join(exc.args[1]))


def test_a_crawl_without_a_queue_loads_no_redis():
    code = "import sys, crawler.spiders.share, crawler.spiders.feeds, crawler.commands.status; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
