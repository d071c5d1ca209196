"""``python -m tests.bench.instructions [--against TREE] [--only NAME ...]``: CPU instructions of a crawl, for each article.

A busy machine changes CPU seconds by a tenth and more, instructions hardly. Counted by ``valgrind --tool=cachegrind``, under
which a crawl takes fifty times as long: so batches are written when they are full, as at the crawl's own speed, and not after two
seconds. A run over few articles is taken off one over many, so that what is left is what each further article costs.
``--against`` measures another checkout, with a ``.venv`` of its own, on the same server.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.__main__ import ROOT, links, newsroom

FEW, MANY = 20, 220  # articles of the two runs
COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")
CRAWL = """
import importlib, os, sys
sys.path.insert(0, os.getcwd())
for writer in ("archive.writer", "pipelines.archive"):  # the second: its name in 0.1.0
    try:
        importlib.import_module(writer).BATCH_SECONDS = 3600.0
    except ModuleNotFoundError:
        pass
from scrapy.cmdline import execute
execute(["scrapy", *sys.argv[1:]])
"""
"""Scrapy's command line, with batches that wait until they are full."""
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONHASHSEED": "0",
}


def count(command: list[str], cwd: Path) -> int:
    """Instructions of a command and the code that it loads. Raises RuntimeError where it fails."""
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *command]
    ended = subprocess.run(
        counted, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    match = COUNTED.search(ended.stderr)
    if ended.returncode or match is None:
        raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return int(match[1].replace(",", ""))


class Tree:
    """A checkout of the project."""

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        python = root / ".venv/bin/python"
        self.python = str(python) if python.exists() else sys.executable
        self.scrapy = [self.python, "-m", "scrapy"]

    def crawl(self, spider: str, origin: str, data: Path, *arguments: str) -> list[str]:
        """The command of a crawl of the newsroom into *data*."""
        settings = (
            f"DATA_DIR={data}",
            f"FINEWS_ORIGINS={origin}",
            f"FINEWS_ARTICLE_PAGE={origin}/a/{{id}}.html",
        )
        flags = [part for setting in settings for part in ("-s", setting)]
        return [self.python, "-c", CRAWL, "crawl", spider, *flags, *arguments]

    def share(self, origin: str, urls: Path, *settings: str) -> int:
        """Instructions of a crawl of the links in *urls* into a fresh archive."""
        with tempfile.TemporaryDirectory(dir=self.folder) as data:
            flags = [part for setting in settings for part in ("-s", setting)]
            return count(self.crawl("share", origin, Path(data), "-a", f"urls={urls}", *flags), self.root)

    def per_article(self, origin: str, urls: Path, *settings: str) -> float:
        """Millions of instructions for each article."""
        few = self.folder / "few.txt"
        few.write_text("".join(urls.read_text().splitlines(keepends=True)[:FEW]))
        costs = [self.share(origin, file, *settings) for file in (few, urls)]
        return (costs[1] - costs[0]) / (MANY - FEW) / 1e6

    def warm_up(self, origin: str, urls: Path) -> None:
        """Write the bytecode of all that a crawl loads."""
        with tempfile.TemporaryDirectory(dir=self.folder) as data:
            command = self.crawl("share", origin, Path(data), "-a", f"urls={urls}")
            subprocess.run(command, cwd=self.root, env=ENVIRONMENT, check=True, capture_output=True)


VARIANTS = {
    "text": (0, ("CAPTURES=False", "SEARCH_INDEX=False")),
    "text and search index": (0, ("CAPTURES=False",)),
    "text and captures": (0, ("SEARCH_INDEX=False",)),
    "text, search index and captures": (0, ()),
    "all of these and two images": (2, ()),
}
"""Images of each article and settings, by what is crawled."""
KEPT_BEFORE_CAPTURES = {"CAPTURES=False"}
POLL = "a poll without news"


def articles(trees: list[Tree], folder: Path, names: list[str]) -> Iterator[tuple[str, list[float]]]:
    """Each variant's name and its costs in each tree, in millions of instructions an article."""
    for name in names:
        images, settings = VARIANTS[name]
        with newsroom(MANY, images) as origin:
            urls, _ = links(origin, MANY, folder)
            for tree in trees:
                tree.warm_up(origin, urls)
            yield name, [tree.per_article(origin, urls, *settings) for tree in trees]


def poll(trees: list[Tree], folder: Path) -> list[float]:
    """A scheduled crawl without news in each tree, in millions of instructions; last, an empty crawl of a new project."""
    fresh = folder / "fresh"
    subprocess.run([*trees[0].scrapy, "startproject", "fresh", str(fresh)], check=True, capture_output=True)
    (fresh / "fresh/spiders/none.py").write_text(
        "import scrapy\n\n\nclass None_(scrapy.Spider):\n    name = 'none'\n    start_urls = []\n"
    )
    empty = [*trees[0].scrapy, "crawl", "none"]
    subprocess.run(empty, cwd=fresh, env=ENVIRONMENT, check=True, capture_output=True)
    costs = []
    with newsroom(30) as origin:
        for number, tree in enumerate(trees):
            command = tree.crawl("finews", origin, folder / f"polled-{number}")
            for _ in range(2):
                subprocess.run(command, cwd=tree.root, env=ENVIRONMENT, check=True, capture_output=True)
            costs.append(count(command, tree.root) / 1e6)
    return [*costs, count(empty, fresh) / 1e6]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--against", type=Path, metavar="TREE", help="another checkout, e.g. of an earlier version"
    )
    parser.add_argument("--only", nargs="+", choices=[*VARIANTS, POLL], default=[*VARIANTS, POLL])
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is not installed: apt-get install valgrind")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        trees = [Tree(root.resolve(), folder) for root in (ROOT, args.against) if root]
        for name, costs in articles(trees, folder, [name for name in args.only if name in VARIANTS]):
            ratio = f"  {costs[0] / costs[1]:.2f} of {args.against}'s {costs[1]:.1f}" if args.against else ""
            print(f"{name:<40} {costs[0]:>7.1f} million instructions an article{ratio}", flush=True)
        if POLL in args.only:
            *costs, empty = poll(trees, folder)
            print(f"{'an empty crawl of a new project':<40} {empty:>7.0f} million instructions")
            for root, cost in zip((ROOT, args.against), costs, strict=False):
                print(f"{f'{POLL}, {root.name}':<40} {cost:>7.0f}  {cost / empty:.2f} of that")


if __name__ == "__main__":
    main()
