"""``python -m tests.killing NAME STRIDE [writes]``: kills a scenario at every point, in a process that has loaded nothing else.

Kills at a write need the library that counts them loaded before all others, and Scrapy's reactor runs once in a process.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.kill_points import contents, kill_everywhere
from tests.scrapy_process import import_everything

ROOT = Path(__file__).resolve().parent.parent
Scenario = tuple[Callable[[Path], Any], Callable[[Path], Any]]
"""What makes ready a folder, and what is killed."""
CRAWLS = ("import", "saved")
"""Scenarios that are crawls: the more often they are killed, the more rows of `crawls` they leave."""
OF_A_TRY = ("tries", "crawl_id", "started_at", "finished_at", "last_tried_at", "first_tried_at", "retrieved_at", "first_seen_at", "arrival")  # fmt: skip
"""Columns that say when, in which order and in which crawl something came: another try, another value."""


def scenarios() -> dict[str, Scenario]:
    """All that tests kill, by name."""
    from tests.archive.test_forget import FORGET
    from tests.archive.test_killed import SCENARIOS
    from tests.archive.test_merge import MERGE
    from tests.crawler.test_killed import COMMANDS
    from tests.crawler.test_older_posts import IMPORT

    return {**SCENARIOS, **COMMANDS, "forget": FORGET, "merge": MERGE, "import": IMPORT}


def left_by_crawls(folder: Path) -> dict[str, Any]:
    """`contents` of an archive, whatever the number of crawls that it took. Every article's captures must be there.

    A crawl that goes on where another was killed fetches an article of which it cannot know that it is unchanged once more: its
    link is then unchanged, and it has more captures.
    """
    for path in folder.rglob("captures.db"):
        with sqlite3.connect(path.with_name("archive.db")) as db:
            db.execute("ATTACH ? AS c", [str(path)])
            lost = "SELECT * FROM article_captures WHERE capture_id NOT IN (SELECT id FROM c.captures)"
            assert db.execute(lost).fetchall() == []
            bare = "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM article_captures)"
            assert db.execute(bare).fetchall() == []
        db.close()
    found = contents(folder, but=OF_A_TRY)
    return {
        name: [row.replace("'outcome': 'unchanged'", "'outcome': 'archived'") for row in rows]
        if name.endswith("/links")
        else rows
        for name, rows in found.items()
        if "captures.db/" not in name and not name.endswith(("/crawls", "/article_captures"))
    }


@cache
def preloaded(source: str) -> Path:
    """Compiles a file of ``tests/`` that is loaded before all libraries; skips the test where there is no compiler."""
    if shutil.which("cc") is None:
        pytest.skip(f"no C compiler: {source} cannot be loaded")
    library = Path(tempfile.mkdtemp(prefix="finews-")) / f"{Path(source).stem}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, ROOT / "tests" / source, "-ldl"], check=True)
    return library


def kill_in_process(name: str, *, writes: bool, stride: int) -> int:
    """How often the scenario *name* was killed. Raises AssertionError where it came out otherwise than undisturbed."""
    command = [sys.executable, "-m", "tests.killing", name, str(stride), *["writes"] * writes]
    env = {**os.environ, "LD_PRELOAD": str(preloaded("kill_at_write.c"))} if writes else None
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return int(done.stdout.splitlines()[-1])


def main() -> None:
    name, stride, *kind = sys.argv[1:]
    with tempfile.TemporaryDirectory() as parent:
        import_everything()  # once, not in each process that is killed
        kills = kill_everywhere(
            Path(parent),
            *scenarios()[name],
            stride=int(stride),
            writes=kind == ["writes"],
            read=left_by_crawls if name in CRAWLS else None,
        )
    print(kills)


if __name__ == "__main__":
    main()
