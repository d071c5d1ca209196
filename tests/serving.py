"""``scrapy serve`` as a process of its own, for tests and for the images of the docs."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """A running ``scrapy serve``."""

    def __init__(self, data: Path, *args: str):
        command = [sys.executable, "-m", "scrapy", "serve", "--port", "0", *args, "-s", f"DATA_DIR={data}"]
        self.data = data
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.said = self.process.stdout.readline()
        found = re.search(r"http://\S+?:(\d+)/", self.said)
        if not found:
            raise AssertionError(f"serve said {self.said!r} {self.process.communicate()[1]!r}")
        self.origin, self.port = found[0].rstrip("/"), int(found[1])

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; *path* goes out as it is."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as conn:
            conn.putrequest(method, path, skip_host="host" in headers)
            for name, value in headers.items():
                conn.putheader(name.replace("_", "-"), value)
            conn.endheaders()
            answer = conn.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def page(self, path: str) -> str:
        """The HTML of a page that is there."""
        status, _, body = self.get(path)
        assert status == 200, (path, body.decode())
        return body.decode()

    def json(self, path: str) -> Any:
        """The JSON of a page that is there."""
        return json.loads(self.page(path))

    def end(self, by: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Exit status, and what it said on stderr in all."""
        self.process.send_signal(by)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@contextmanager
def serving(data: Path, *args: str) -> Iterator[Server]:
    """Runs it on any free port of loopback."""
    server = Server(data, *args)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()
