"""``scrapy serve`` as a process of its own, for tests and for the images of the docs."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.scrapy_process import start_scrapy


class Server:
    """A running ``scrapy serve``."""

    def __init__(self, data: Path, *args: str):
        self.data = data
        read_end, write_end = os.pipe()
        self.process = start_scrapy("serve", "--port", "0", *args, "-s", f"DATA_DIR={data}", stdout=write_end)
        os.close(write_end)
        self.printed = os.fdopen(read_end)
        self.said = self.printed.readline()
        address = re.search(r"http://\S+?:(\d+)/", self.said)
        if not address:
            raise AssertionError(f"serve said {self.said!r} {self.process.wait().stderr!r}")
        self.origin, self.port = address[0].rstrip("/"), int(address[1])

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
        os.kill(self.process.pid, by)
        ended = self.process.wait(60)
        return ended.returncode, ended.stderr.decode()


@contextmanager
def serving(data: Path, *args: str) -> Iterator[Server]:
    """Runs it on any free port of loopback."""
    server = Server(data, *args)
    try:
        yield server
    finally:
        server.printed.close()
        if server.process.is_running():
            server.end(signal.SIGKILL)
