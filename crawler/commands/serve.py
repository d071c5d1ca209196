"""``scrapy serve``: the archive in the browser. Reads only; a crawl may write meanwhile. Needs the extra ``analyst``."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import socket
import sys
from contextlib import suppress
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import reader

CANNOT_SERVE = 1
PATIENCE = 2  # seconds that answers under way get at the end


class CannotServe(Exception):
    """The message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CannotServe."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family, backlog=128)
    except socket.gaierror:
        raise CannotServe(
            f"there is no address {host} here; leave --host out for this machine alone"
        ) from None
    except OSError as wrong:
        if wrong.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"port {port} is taken, perhaps by another serve; --port 0 takes any free one"
            ) from None
        raise CannotServe(f"cannot listen at {host}, port {port}: {wrong.strerror or wrong}") from None


def only_here(host: str) -> bool:
    """Whether *host* is this machine's own address, which no other machine reaches.

    >>> only_here("127.0.0.1"), only_here("localhost"), only_here("::1"), only_here("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(data_dir: Path, host: str, port: int, open_it: bool) -> None:
    """Serve the archive of *data_dir* until it is told to end. Raises CannotServe."""
    try:
        import uvicorn

        from archive.web.app import application
        from archive.web.host_check import LOOPBACK
    except ModuleNotFoundError as missing:
        name = (missing.name or "datasette").partition(".")[0]
        raise CannotServe(
            f"{name} is not installed, which serve needs: .venv/bin/pip install -e '.[analyst]'"
        ) from None
    listening = listen(host, port)
    name = f"[{host}]" if ":" in host else host
    shown = "127.0.0.1" if host == "0.0.0.0" else name
    address = f"http://{shown}:{listening.getsockname()[1]}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            print(f"{data_dir} is at {address} (Ctrl-C ends it)", flush=True)
            if not only_here(host):
                print("whoever reaches this machine can read it", flush=True)
            if open_it:
                import webbrowser

                webbrowser.open(address)

    config = uvicorn.Config(
        application(data_dir / "archive.db", LOOPBACK | {name} if only_here(host) else None),
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    with listening, suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listening])


class Command(ScrapyCommand):
    """Shows the archive in the browser."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--host 127.0.0.1] [--port 8001] [--open]"

    def short_desc(self) -> str:
        return "Show the archive in the browser: search, articles, charts, tables, SQL"

    def long_desc(self) -> str:
        return (
            "Serves the archive to the browser with Datasette: search, articles with their pictures, days, securities, "
            "questions with blanks to fill in, every table, SQL. Reads only; a crawl may run meanwhile. Ctrl-C ends it. Exit "
            "status: 0; 1 no archive, Datasette not installed, or the port taken; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="address to listen at (default: 127.0.0.1, for this machine alone)",
        )
        parser.add_argument(
            "--port", metavar="N", default="8001", help="port to listen at (default: 8001; 0: any free one)"
        )
        parser.add_argument("--open", action="store_true", help="open it in the browser")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"serve takes no {args[0]}", print_help=False)
        if not (opts.port.isascii() and opts.port.isdigit() and int(opts.port) < 65536):
            raise UsageError(f"--port {opts.port}: give a number up to 65535", print_help=False)
        data_dir = Path(self.settings["DATA_DIR"]).expanduser().resolve()
        try:
            reader.open_for_reading(data_dir).close()
            serve(data_dir, opts.host, int(opts.port), opts.open)
        except (CannotServe, reader.NoArchive) as wrong:
            print(f"scrapy serve: {wrong}", file=sys.stderr)
            self.exitcode = CANNOT_SERVE
