"""Kills, at every step and at random: after an undisturbed run the archive is that of a run that nothing disturbed."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.archive.test_killed import SCENARIOS
from tests.kill_points import contents, killed_at
from tests.newsroom.articles import generate
from tests.newsroom.server import Newsroom
from tests.scrapy_process import ROOT

ARTICLES = 40
NOT_COMPARED = ("tries", "started_at", "finished_at", "last_tried_at", "first_tried_at", "retrieved_at", "first_seen_at")  # fmt: skip


def kill_at_steps(most: int) -> str:
    """Kill each scenario of the tests at every step, or at *most* of them all together."""
    counts: dict[str, int] = {}
    stride = 1 if most >= 600 else max(1, 600 // max(most, 1))
    with tempfile.TemporaryDirectory() as parent:
        before, undisturbed, folder = (Path(parent) / name for name in ("before", "undisturbed", "killed"))
        for name, (prepare, scenario) in SCENARIOS.items():
            shutil.rmtree(before, ignore_errors=True)
            shutil.rmtree(undisturbed, ignore_errors=True)
            before.mkdir()
            prepare(before)
            shutil.copytree(before, undisturbed, symlinks=True)
            scenario(undisturbed)
            wanted = contents(undisturbed, but=("tries",))
            point = 1
            while True:
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(before, folder, symlinks=True)
                if not killed_at(point, folder, lambda run=scenario: run(folder)):  # type: ignore[misc]
                    break
                scenario(folder)
                assert contents(folder, but=("tries",)) == wanted, f"{name}: killed at step {point}"
                counts[name] = counts.get(name, 0) + 1
                point += stride
    return f"{sum(counts.values())} kills: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def kill_at_random(kills: int, seed: int = 1) -> str:
    """Kill a crawl of a newsroom's feeds *kills* times after a random time, crawl it to the end now and then, and compare."""
    dice = random.Random(seed)
    done = rounds = 0
    with Newsroom(generate(ARTICLES, images=1, seed=3)) as room, tempfile.TemporaryDirectory() as parent:
        links = "".join(f"{room.share_link(article)}\n" for article in room.articles)
        (Path(parent) / "links.txt").write_text(links)

        def crawl(folder: Path) -> subprocess.Popen[bytes]:
            settings = {
                "DATA_DIR": folder,
                "FINEWS_ORIGINS": room.origin,
                "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
                "FINEWS_PLACES": "",
                "FINEWS_NOW": room.now.isoformat(),
                "LOG_LEVEL": "WARNING",
            }
            flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
            command = [sys.executable, "-m", "scrapy", "crawl", "share", "-a", f"urls={parent}/links.txt"]
            return subprocess.Popen([*command, *flags], cwd=ROOT)

        def state(folder: Path) -> dict[str, object]:
            found = contents(folder, but=(*NOT_COMPARED, "arrival"))
            return {
                name: rows
                for name, rows in found.items()
                if not name.startswith("captures.db") and "/crawls" not in name
            }

        undisturbed = Path(parent) / "undisturbed"
        begun = time.monotonic()
        assert crawl(undisturbed).wait() == 0
        took = time.monotonic() - begun
        wanted = state(undisturbed)
        while done < kills:
            folder = Path(parent) / f"killed-{rounds}"
            for _ in range(min(dice.randint(1, 6), kills - done)):
                process = crawl(folder)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=dice.uniform(0.3, 1.0) * took)
                if process.poll() is None:
                    process.kill()
                    done += 1
                process.wait()
            assert crawl(folder).wait() == 0
            assert state(folder) == wanted, f"round {rounds} of seed {seed}"
            shutil.rmtree(folder)
            rounds += 1
    return f"{done} kills at random in {rounds} archives of {ARTICLES} articles, each as undisturbed"
