"""Kills, at every step, at every write and at random: after an undisturbed run the archive is that of a run that nothing
disturbed."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.killing import ROOT, kill_in_process, left_by_crawls, scenarios
from tests.newsroom.articles import generate
from tests.newsroom.server import Newsroom

ARTICLES = 40
STRIDE = {"import": 5, "saved": 5}
"""Of the points at which a scenario is killed where not at all: an import is a whole crawl, twice a kill."""


def kill_at_points(share: float, writes: bool = False) -> str:
    """Kill each scenario of the tests at every step, or at every write; at a *share* of them where that is below 1."""
    counts = {
        name: kill_in_process(name, writes=writes, stride=max(1, round(STRIDE.get(name, 1) / share)))
        for name in scenarios()
    }
    return f"{sum(counts.values())} kills: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def start_crawl(folder: Path, links: Path, room: Newsroom) -> subprocess.Popen[bytes]:
    """A crawl of the articles at *links*, at work."""
    settings = {
        "DATA_DIR": folder,
        "FINEWS_ORIGINS": room.origin,
        "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
        "FINEWS_PLACES": "",
        "FINEWS_NOW": room.now.isoformat(),
        "LOG_LEVEL": "WARNING",
    }
    flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", "crawl", "share", "-a", f"urls={links}", *flags]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def kill_at_random(kills: int, seed: int = 1) -> str:
    """Kill a crawl of a newsroom's articles *kills* times after a random time, crawl it to the end now and then, and compare."""
    dice = random.Random(seed)
    done = rounds = 0
    with Newsroom(generate(ARTICLES, images=1, seed=3)) as room, tempfile.TemporaryDirectory() as parent:
        links, undisturbed = Path(parent) / "links.txt", Path(parent) / "undisturbed"
        links.write_text("".join(f"{room.share_link(article)}\n" for article in room.articles))
        begun = time.monotonic()
        assert start_crawl(undisturbed, links, room).wait() == 0
        took = time.monotonic() - begun
        wanted = left_by_crawls(undisturbed)
        while done < kills:
            folder = Path(parent) / f"killed-{rounds}"
            for _ in range(min(dice.randint(1, 6), kills - done)):
                process = start_crawl(folder, links, room)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=dice.uniform(0.3, 1.0) * took)
                if process.poll() is None:
                    process.kill()
                    done += 1
                process.wait()
            assert start_crawl(folder, links, room).wait() == 0
            found = left_by_crawls(folder)
            unlike = [name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)]
            assert not unlike, f"round {rounds} of seed {seed}: {unlike}"
            shutil.rmtree(folder)
            rounds += 1
    return f"{done} kills in {rounds} archives of {ARTICLES} articles, each as undisturbed"
