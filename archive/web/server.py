"""Runs the application of `archive.web.app` on a socket. Datasette is imported when a server starts, not before."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import suppress
from pathlib import Path

from archive.plugins import PluginError

GRACE = 2  # seconds that open responses get at the end


class CannotServe(Exception):
    """The message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CannotServe."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family, backlog=128)
    except socket.gaierror:
        raise CannotServe(f"no such address: {host}; without --host only this machine is served") from None
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"port {port} is taken, perhaps by another serve; --port 0 picks a free one"
            ) from None
        raise CannotServe(f"cannot listen at {host}, port {port}: {exc.strerror or exc}") from None


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine's own address, which no other machine reaches.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(data_dir: Path, host: str, port: int, open_browser: bool) -> None:
    """Serve the archive of *data_dir* until a signal ends it. Raises CannotServe."""
    try:
        import uvicorn

        from archive.web.app import application
        from archive.web.host_check import LOOPBACK
        from archive.web.pages import load_pages
    except ModuleNotFoundError as missing:
        name = (missing.name or "datasette").partition(".")[0]
        raise CannotServe(
            f"{name} is not installed, which serve needs: pip install 'finews-archive[analyst]'"
        ) from None
    try:
        load_pages()
    except PluginError as exc:
        raise CannotServe(str(exc)) from None
    listening = listen(host, port)
    name = f"[{host}]" if ":" in host else host
    display_host = "127.0.0.1" if host == "0.0.0.0" else name
    address = f"http://{display_host}:{listening.getsockname()[1]}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            print(f"{data_dir} is at {address} (Ctrl-C ends it)", flush=True)
            if not is_loopback(host):
                print(
                    "warning: anyone who can reach this machine can read the archive (no password)",
                    flush=True,
                )
            if open_browser:
                import webbrowser

                webbrowser.open(address)

    datasette, app = application(data_dir / "archive.db", LOOPBACK | {name} if is_loopback(host) else None)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    try:
        with listening, suppress(KeyboardInterrupt):
            Server(config).run(sockets=[listening])
    finally:
        datasette.get_database("archive").close()
