"""``scrapy ...`` as a process, without paying its start: forked from an interpreter that has imported everything.

``run_scrapy("crawl", "share", ...)`` is ``subprocess.run([sys.executable, "-m", "scrapy", "crawl", "share", ...])``: a process
of its own with its own environment, standard streams and exit status, at a tenth of the CPU time. Where a test is about the
start itself (locale, ``python -I``, a terminal, signals), use `subprocess`.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import logging
import os
import pkgutil
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 120  # seconds: far more than any command of the tests takes
DECIDED_AT_START = ("LANG", "LC_", "PYTHON")
"""Prefixes of environment variables that an interpreter reads once."""
OF_NO_EFFECT = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
"""What changes nothing here."""
UTF_8 = re.compile(r"(C|POSIX|.*\.UTF-?8)?", re.IGNORECASE)  # Python takes C and POSIX for UTF-8, too


def run_scrapy(
    *words: object,
    stdin: str | bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] = ROOT,
    timeout: float = TIMEOUT,
    text: bool = True,
    stdout: int | None = None,
) -> subprocess.CompletedProcess[Any]:
    """Run ``scrapy WORDS`` in *cwd* with all of *env* (default: this process's). Raises subprocess.TimeoutExpired.

    What it prints is captured, unless *stdout* is a file descriptor that it is to write to.
    """
    environment = dict(os.environ if env is None else env)
    command = [sys.executable, "-m", "scrapy", *map(str, words)]
    given = stdin.encode() if isinstance(stdin, str) else stdin or b""
    folders = map(Path, environment.get("PYTHONPATH", "").split(os.pathsep))
    customised = any((folder / "sitecustomize.py").exists() for folder in folders)
    if not customised and _start_words(environment) == _start_words(os.environ):
        done = Running(command, given, environment, os.fspath(cwd), stdout).wait(timeout)
    else:
        to = subprocess.PIPE if stdout is None else stdout
        done = subprocess.run(
            command, input=given, env=environment, cwd=cwd, timeout=timeout, stdout=to, stderr=subprocess.PIPE
        )
    if text:
        streams = ((done.stdout or b"").decode(errors="replace"), done.stderr.decode(errors="replace"))
        return subprocess.CompletedProcess(command, done.returncode, *streams)
    return done


def _start_words(environment: Mapping[str, str]) -> dict[str, str]:
    """What of *environment* a forked process cannot have, as its interpreter has started."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(DECIDED_AT_START)
        and name != "PYTHONPATH"  # the forked process adds its folders
        and not (name.startswith("L") and UTF_8.fullmatch(value))
        and OF_NO_EFFECT.get(name) != value
    }


class Running:
    """A process that was started by `start_scrapy`; its streams are files until it has ended, but for a given *stdout*."""

    def __init__(
        self, command: list[str], stdin: bytes, env: Mapping[str, str], cwd: str, stdout: int | None = None
    ):
        self.command = command
        request = json.dumps({"words": command[3:], "env": dict(env), "cwd": cwd}).encode()
        self._opened = contextlib.ExitStack()
        self._streams = [self._opened.enter_context(tempfile.TemporaryFile()) for _ in range(3)]  # noqa: SIM115
        self._streams[0].write(stdin)
        self._streams[0].seek(0)
        self._server = self._opened.enter_context(socket.socket(socket.AF_UNIX))
        self._server.connect(_server())
        numbers = [stream.fileno() for stream in self._streams]
        if stdout is not None:
            numbers[1] = stdout
        socket.send_fds(self._server, [len(request).to_bytes(4)], numbers)
        self._server.sendall(request)
        self.pid = int.from_bytes(_receive(self._server, 4))

    def is_running(self) -> bool:
        """Whether it has not ended."""
        if self._server.fileno() < 0:  # waited for
            return False
        self._server.setblocking(False)
        try:
            return not self._server.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True

    def wait(self, timeout: float = TIMEOUT) -> subprocess.CompletedProcess[bytes]:
        """How it ended. Raises subprocess.TimeoutExpired, and kills it."""
        self._server.settimeout(timeout)
        with self._opened:
            try:
                status = int.from_bytes(_receive(self._server, 4), signed=True)
            except TimeoutError:
                os.kill(self.pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(self.command, timeout) from None
            for stream in self._streams[1:]:
                stream.seek(0)
            return subprocess.CompletedProcess(
                self.command, status, self._streams[1].read(), self._streams[2].read()
            )


def start_scrapy(*words: object, stdout: int | None = None, env: Mapping[str, str] | None = None) -> Running:
    """Start ``scrapy WORDS`` without waiting for it, with all of *env* (default: this process's)."""
    command = [sys.executable, "-m", "scrapy", *map(str, words)]
    return Running(command, b"", os.environ if env is None else env, os.fspath(ROOT), stdout)


def _receive(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise ConnectionError("the process that forks scrapy has ended")
        received += part
    return received


@functools.cache
def _server() -> str:
    """The address of this process's server, which ends with it."""
    folder = tempfile.mkdtemp(prefix="finews-")
    address = os.path.join(folder, "scrapy")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.scrapy_process", address],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.PIPE,  # closed by our end, however we end
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError("the process that forks scrapy did not start; its reason is on stderr")
    return address


def import_everything() -> None:
    """What any command could import, but neither a reactor nor anything that has read the environment."""
    import scrapy.commands
    from scrapy.settings import default_settings

    import archive
    import crawler
    import pipelines
    from archive.late_pattern import LatePattern
    from archive.publisher_slugs import slug_of

    names = {"scrapy.cmdline", "scrapy.crawler", "scrapy.core.downloader.handlers.http11", "dateparser"}
    names |= {"scrapy.core.engine", "scrapy.core.scheduler", "scrapy.pipelines.images", "pyarrow.parquet"}
    names |= {"sqlite_utils", "sqlite_utils.migrations", "datasette.app", "redis"}
    for package in (archive, crawler, pipelines, scrapy.commands):
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        names |= {module.name for module in walked if not module.name.endswith("__main__")}
    for base in ("DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "EXTENSIONS_BASE"):
        names |= {path.rpartition(".")[0] for path in getattr(default_settings, base)}
    for name in sorted(names):
        with contextlib.suppress(ImportError):  # of an extra that is not installed
            importlib.import_module(name)
    slug_of("新京报")  # reads the dictionary of names
    for thing in gc.get_objects():
        if isinstance(thing, LatePattern):
            _ = thing.match  # compiles it
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a module of the project installs a reactor as it is imported")


def _serve(address: str) -> dict[str, Any] | None:
    """Fork a process for each connection; in it, the request; None where the tests have ended."""
    import selectors

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that wait
    import_everything()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening, selectors.DefaultSelector() as waiting:
        listening.bind(address)
        listening.listen()
        waiting.register(listening, selectors.EVENT_READ)
        waiting.register(sys.stdin.buffer.raw, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if listening not in ready:
                os.unlink(address)
                os.rmdir(os.path.dirname(address))
                return None
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    listening.close()
                    return _fork_and_wait(connection)


def _fork_and_wait(connection: socket.socket) -> dict[str, Any]:
    """The request, in a child that has its streams; this process reports the child's status and ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(connection, 4, 3)
    request = json.loads(_receive(connection, int.from_bytes(size)))
    if pid := os.fork():
        for stream in streams:
            os.close(stream)
        with contextlib.suppress(OSError):  # nobody waits any more
            connection.sendall(pid.to_bytes(4))
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            connection.sendall(status.to_bytes(4, signed=True))
        os._exit(0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return request


def main() -> None:
    request = _serve(sys.argv[1])
    if request is None:
        return
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.path[1:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = [os.path.join(os.path.dirname(sys.executable), "scrapy"), *request["words"]]
    if "crawler.settings" in sys.modules:
        importlib.reload(sys.modules["crawler.settings"])  # reads the environment
    from scrapy.cmdline import execute

    statuses: list[int] = []
    atexit.register(_leave, statuses)  # before what the command registers, which is called first
    try:
        execute()
    except SystemExit as exc:
        if exc.code is None or isinstance(exc.code, int):  # otherwise the interpreter prints it as it ends
            statuses.append(exc.code or 0)
        raise


def _leave(statuses: list[int]) -> None:
    """End with the status that an exit gave: freeing all that was imported takes longer than most commands."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for status in statuses:
        os._exit(status)


if __name__ == "__main__":
    main()
