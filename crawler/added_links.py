"""Crawls the links that ``serve --add`` has taken, while it serves."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from crawler.exit_status import LOCKED

PATIENCE = 20.0  # seconds until the next try where another crawl holds the archive


class CrawlsOfAdded:
    """One crawl at a time, each a process of its own, and one more where links came meanwhile."""

    def __init__(self, data_dir: Path):
        self.command = [
            sys.executable, "-m", "crawler.cli", "crawl", "share", "-a", "added=1", "-s", f"DATA_DIR={data_dir}", "-s", "LOG_LEVEL=WARNING",
        ]  # fmt: skip
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Crawl what waits, at once or when the crawl that runs has ended. Returns at once."""
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="crawls of added links", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            while self.crawl_once() == LOCKED:
                threading.Event().wait(PATIENCE)

    def crawl_once(self) -> int:
        """Crawl what waits, in a process of its own; its exit status."""
        # Its own session: Ctrl-C ends the server, and the crawl keeps what it has begun.
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL, start_new_session=True, env=os.environ)
        return done.returncode
