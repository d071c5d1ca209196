"""``python -m tests.mutants [--most 40] [NAME ...]``: changes one thing in a module, and sees whether its tests notice.

Each mutant runs in a process forked from one that has loaded the libraries but none of our modules, so that it costs what its
tests cost; the interpreters that tests start load the mutant, too. A mutant that no test notices is a survivor: it is printed, to be
judged. docs/security.md has the last figures.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CPU_SECONDS = 60  # of one mutant
SECONDS = 30  # of one test
MODULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "guard": ("crawler/guard/fetch_guard.py", ("tests/crawler/test_fetch_guard.py", "crawler/guard/fetch_guard.py")),
    "addresses": ("crawler/guard/public_addresses.py", ("tests/crawler/test_fetch_guard.py", "crawler/guard/public_addresses.py")),
    "writer": ("archive/batch.py", ("tests/archive/test_batch.py", "tests/archive/test_writer.py")),
    "dates": ("pipelines/normalise_dates.py", ("tests/pipelines/test_normalise_dates.py", "pipelines/normalise_dates.py")),
    "clocks": ("pipelines/clock_times.py", ("tests/pipelines/test_normalise_dates.py", "tests/pipelines/test_printed_times.py")),
    "words": ("pipelines/foreign_dates.py", ("tests/pipelines/test_printed_times.py", "pipelines/foreign_dates.py")),
    "printed": ("pipelines/printed_times.py", ("tests/pipelines/test_printed_times.py", "pipelines/printed_times.py", "tests/crawler/test_published.py")),
    "persian": ("pipelines/persian_dates.py", ("pipelines/persian_dates.py", "tests/pipelines/test_printed_times.py")),
    "published": ("crawler/extraction/published.py", ("tests/crawler/test_published.py", "crawler/extraction/published.py", "tests/crawler/test_western_pages.py")),
    "boilerplate": ("pipelines/strip_tree.py", ("tests/pipelines/test_strip_boilerplate.py", "tests/pipelines/test_boilerplate_rules.py")),
    "matches": ("pipelines/boilerplate_matches.py", ("tests/pipelines/test_strip_boilerplate.py", "tests/pipelines/test_boilerplate_rules.py", "pipelines/boilerplate_matches.py")),
    "nesting": ("pipelines/open_elements.py", ("tests/pipelines/test_sanitise_html.py", "pipelines/open_elements.py")),
    "bodies": ("crawler/middlewares/complete_body.py", ("tests/crawler/test_complete_body.py", "crawler/middlewares/complete_body.py")),
    "robots": ("crawler/middlewares/robots_rules.py", ("tests/crawler/test_robots.py",)),
    "streams": ("crawler/standard_streams.py", ("tests/crawler/test_standard_streams.py",)),
}  # fmt: skip
"""By name: a module and the tests of it."""
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult}  # fmt: skip


def changes_of(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of *node*."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield ast.Compare(node.left, [COMPARISONS[type(op)]()], node.comparators)
        case ast.BoolOp(op=ast.And()):
            yield ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
            yield ast.BinOp(node.left, ARITHMETIC[type(op)](), node.right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()


class Mutant(NamedTuple):
    """One change of a tree."""

    line: int
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    change: ast.AST

    def __str__(self) -> str:
        return f"{self.line}: {ast.unparse(self.node)[:80]}  ->  {ast.unparse(self.change)[:80]}"

    def source(self, tree: ast.AST) -> str:
        """The module with this change; the tree is as before."""
        self._put(self.change)
        changed = ast.unparse(tree)
        self._put(self.node)
        return changed

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants_of(tree: ast.AST) -> list[Mutant]:
    """All mutants of a module. Annotations and decorators are left alone."""
    found = []
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST):
                    line = getattr(node, "lineno", 0)
                    found += [Mutant(line, parent, name, index, node, change) for change in changes_of(node)]
    return found


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from another source."""

    def __init__(self, name: str, path: str, source: str):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(name, self, origin=self.path) if name == self.name else None

    def exec_module(self, module: Any) -> None:
        module.__file__ = self.path
        exec(compile(self.source, self.path, "exec"), module.__dict__)


IN_OTHERS = """import sys
from tests.mutants import Finder
sys.meta_path.insert(0, Finder({!r}, {!r}, {!r}))
"""
"""What an interpreter that a test starts imports first."""


def notices(path: str, source: str, tests: tuple[str, ...]) -> bool:
    """Whether the tests fail with *source* in the place of the module at *path*."""
    with tempfile.TemporaryDirectory() as folder:
        mutant = path.removesuffix(".py").replace("/", "."), str(ROOT / path), source
        (Path(folder) / "sitecustomize.py").write_text(IN_OTHERS.format(*mutant), encoding="utf-8")
        return _fails(Finder(*mutant), tests, os.pathsep.join((folder, str(ROOT))))


def _fails(finder: Finder, tests: tuple[str, ...], folders: str) -> bool:
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        import pytest

        os.environ["PYTHONPATH"] = folders
        sys.meta_path.insert(0, finder)
        os._exit(
            int(
                pytest.main(
                    [
                        "-x",
                        "-q",
                        "-p",
                        "no:cacheprovider",
                        "--assert=plain",
                        "-m",
                        "not slow",
                        f"--timeout={SECONDS}",
                        *tests,
                    ]
                )
            )
        )
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(MODULES)}; none: all")
    parser.add_argument("--most", type=int, default=40, help="mutants of one module, chosen by a seed")
    given = parser.parse_args()
    os.chdir(ROOT)
    # Libraries alone: what is ours must be imported behind the mutant's finder.
    for library in ("pytest", "scrapy", "lxml.html", "dateparser", "nh3", "itemadapter", "sqlite_utils"):
        importlib.import_module(library)
    for name in given.names or MODULES:
        path, tests = MODULES[name]
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        if notices(path, ast.unparse(tree), tests):
            sys.exit(f"{name}: the tests fail without a mutant")
        mutants = mutants_of(tree)
        chosen = random.Random(1).sample(mutants, min(given.most, len(mutants)))
        noticed = 0
        for mutant in chosen:
            if notices(path, mutant.source(tree), tests):
                noticed += 1
            else:
                print(f"    {path}:{mutant}", flush=True)
        print(f"{name}: {noticed} of {len(chosen)} noticed, chosen from {len(mutants)}", flush=True)


if __name__ == "__main__":
    main()
