"""What a command costs: CPU seconds and peak memory of its whole process.

A small process starts the command: Linux counts the memory of the process that forks into the peak of its child, so that a benchmark
which holds a corpus would report its own size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
SCRAPY = [sys.executable, "-m", "scrapy"]

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With bytecode, as an installation has it: compiling every module anew would count as the crawl's own."""

_START = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
os.write(int(sys.argv[1]), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
sys.exit(code if code >= 0 else 1)
"""


class Cost(NamedTuple):
    """CPU seconds (user and system) and peak memory (MB) of a process."""

    cpu: float
    rss: float


def cost_of(command: list[str], cwd: Path | str = ROOT) -> tuple[Cost, bytes]:
    """Run a command to its end: its cost, and what it said. Raises RuntimeError, with the end of that, where it ends badly."""
    told, tell = os.pipe()
    with tempfile.TemporaryFile() as said, open(told, "rb") as cost:
        try:
            starter = [sys.executable, "-S", "-c", _START, str(tell), *command]
            child = subprocess.Popen(
                starter,
                cwd=cwd,
                env=ENVIRONMENT,
                stdout=said,
                stderr=said,
                stdin=subprocess.DEVNULL,
                pass_fds=[tell],
            )
        finally:
            os.close(tell)
        code = child.wait()
        said.seek(0)
        text = said.read()
        if code:
            raise RuntimeError(
                f"{' '.join(command)} ended with {code}: {text[-2000:].decode(errors='replace')}"
            )
        cpu, rss = map(float, cost.read().split())
    return Cost(cpu, rss), text
