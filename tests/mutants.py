"""``python -m tests.mutants [--most 60] [NAME ...]``: changes one thing in a module, and sees whether its tests notice.

Each mutant runs in a process forked from one that has loaded the libraries but none of our modules, so that it costs what its
tests cost. A mutant that no test notices is a survivor: it is printed, to be judged. docs/mutants.md has the last figures.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CPU_SECONDS = 60  # of one mutant
MODULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "guard": ("crawler/fetch_guard.py", ("tests/crawler/test_fetch_guard.py", "tests/crawler/test_resolver.py", "crawler/fetch_guard.py")),
    "addresses": ("crawler/public_addresses.py", ("tests/crawler/test_fetch_guard.py", "tests/crawler/test_resolver.py", "crawler/public_addresses.py")),
    "writer": ("archive/writer.py", ("tests/archive/test_writer.py", "tests/archive/test_wrong_clock.py", "tests/archive/test_forget.py", "tests/archive/test_captures.py")),
    "batch": ("archive/batch.py", ("tests/archive/test_writer.py", "tests/archive/test_story.py")),
    "dates": ("pipelines/normalise_dates.py", ("tests/pipelines/test_normalise_dates.py", "pipelines/normalise_dates.py")),
    "boilerplate": ("pipelines/strip_boilerplate.py", ("tests/pipelines/test_strip_boilerplate.py", "tests/pipelines/test_boilerplate_rules.py", "pipelines/strip_boilerplate.py")),
}  # fmt: skip
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


def mutants_of(source: str) -> list[tuple[int, str, str]]:
    """``(line, what, source)`` of each mutant."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        for parent, name, index in places_of(tree, node):
            for change in changes_of(node):
                twin = copy.deepcopy(tree)
                other = next(b for a, b in zip(ast.walk(tree), ast.walk(twin), strict=True) if a is parent)
                ast.copy_location(change, node)
                if index is None:
                    setattr(other, name, change)
                else:
                    getattr(other, name)[index] = change
                what = f"{ast.unparse(node)[:80]}  ->  {ast.unparse(change)[:80]}"
                found.append((getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(twin))))
    return found


def places_of(tree: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Where *node* stands: its parent, the field, and the place in it. Annotations and docstrings are left alone."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            if value is node:
                yield parent, name, None
            elif isinstance(value, list):
                yield from ((parent, name, index) for index, one in enumerate(value) if one is node)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from another source."""

    def __init__(self, name: str, path: Path, source: str):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        return (
            importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None
        )

    def exec_module(self, module: Any) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


def notices(path: str, source: str, tests: tuple[str, ...]) -> bool:
    """Whether the tests fail with *source* in the place of the module at *path*."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        import pytest

        sys.meta_path.insert(0, Finder(path.removesuffix(".py").replace("/", "."), ROOT / path, source))
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests])))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(MODULES)}; none: all")
    parser.add_argument("--most", type=int, default=60, help="mutants of one module, chosen by a seed")
    given = parser.parse_args()
    os.chdir(ROOT)
    # Libraries alone: what is ours must be imported behind the mutant's finder.
    for library in (
        "pytest",
        "scrapy",
        "lxml.html",
        "dateparser",
        "nh3",
        "itemadapter",
        "sqlite_utils",
        "sqlite3",
    ):
        importlib.import_module(library)
    for name in given.names or MODULES:
        path, tests = MODULES[name]
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not notices(path, ast.unparse(ast.parse(source)), tests), (
            f"{name}: the tests fail without a mutant"
        )
        mutants = mutants_of(source)
        chosen = random.Random(1).sample(mutants, min(given.most, len(mutants)))
        survivors = sorted(
            (line, what) for line, what, changed in chosen if not notices(path, changed, tests)
        )
        print(
            f"{name}: {len(chosen) - len(survivors)} of {len(chosen)} noticed ({len(mutants)} there are)",
            flush=True,
        )
        for line, what in survivors:
            print(f"    {path}:{line}: {what}", flush=True)


if __name__ == "__main__":
    main()
