"""A real Redis server for tests: started on a free port, killed, started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis


class RedisServer:
    """Keeps its data in *folder*. ``with RedisServer(folder) as server: server.url``."""

    def __init__(self, folder: Path, *options: str):
        self.folder, self.options = folder, options
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, with what it had before; returns once it answers."""
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            os.fspath(self.folder),
        ]
        command += ["--save", "", "--loglevel", "warning", *(self.options or ("--appendonly", "yes"))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        client = self.client()
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                assert self._process.poll() is None, "redis-server did not start"
                time.sleep(0.02)

    def kill(self) -> None:
        """End it as by ``kill -9``."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def client(self) -> redis.Redis:
        """A client that does not retry."""
        return redis.Redis.from_url(self.url, decode_responses=True)


@pytest.fixture(scope="module")
def redis_process(tmp_path_factory):
    """One server for the tests of a module."""
    if not shutil.which("redis-server"):
        assert not os.environ.get("CI"), "redis-server is missing: .ci/run installs it"
        pytest.skip("needs redis-server (apt-get install redis-server)")
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(redis_process):
    """A server without keys."""
    redis_process.client().flushall()
    return redis_process
