"""Runs the application of `archive.web.app` on a socket. Datasette is imported when a server starts, not before."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from archive.language import ENGLISH, gettext
from archive.plugins import PluginError
from archive.web.password import Password

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


def read_password(hashed: str, host: str) -> Password | None:
    """The password of the setting SERVE_PASSWORD; None where there need be none. Raises CannotServe."""
    if not hashed:
        if is_loopback(host):
            return None
        raise CannotServe(
            f"--host {host} lets other machines read the archive: set SERVE_PASSWORD to a hash"
            " (scrapy serve --hash-password makes one)"
        )
    try:
        return Password(hashed)
    except ValueError:
        raise CannotServe("SERVE_PASSWORD is not a hash; scrapy serve --hash-password makes one") from None


def serve(
    data_dir: Path,
    host: str,
    port: int,
    open_browser: bool,
    password_hash: str = "",
    language: str = ENGLISH,
    crawl_now: Callable[[], None] | None = None,
) -> None:
    """Serve the archive of *data_dir* until a signal ends it; *language* as for `application`. Raises CannotServe.

    With *crawl_now*, which starts a crawl of the links that wait, readers can add links and marks.
    """
    if crawl_now and not is_loopback(host):
        raise CannotServe(f"--add works on this machine alone, not with --host {host}")
    try:
        from archive.web.pages import load_pages  # late: other commands do not pay for Datasette
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
    with listening:
        run(data_dir, listening, host, read_password(password_hash, host), open_browser, language, crawl_now)


def run(
    data_dir: Path,
    listening: socket.socket,
    host: str,
    password: Password | None,
    open_browser: bool,
    language: str,
    crawl_now: Callable[[], None] | None,
) -> None:
    """Serve on a socket until a signal ends it."""
    import uvicorn

    from archive.web.adding import Adding, token_of
    from archive.web.app import application
    from archive.web.connections import ImpatientProtocol
    from archive.web.host_check import LOOPBACK

    name = f"[{host}]" if ":" in host else host
    display_host = "127.0.0.1" if host == "0.0.0.0" else name
    address = f"http://{display_host}:{listening.getsockname()[1]}/"

    adding = None
    if crawl_now:
        try:
            adding = Adding(data_dir / "archive.db", token_of(data_dir), crawl_now)
        except OSError as exc:
            raise CannotServe(f"--add: {exc.filename}: {exc.strerror}") from None

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            print(
                gettext("{folder} is at {address} (Ctrl-C ends it)", folder=data_dir, address=address),
                flush=True,
            )
            if adding:
                print(
                    gettext("add links at {address}", address=address + "add?token=" + adding.token),
                    flush=True,
                )
            if not is_loopback(host):
                print(
                    gettext("warning: without a TLS proxy in front the password is not encrypted"), flush=True
                )
            if open_browser:
                import webbrowser

                webbrowser.open(address)

    hosts = LOOPBACK | {name} if is_loopback(host) else None
    datasette, app = application(data_dir / "archive.db", hosts, password, language, adding)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        http=ImpatientProtocol,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    try:
        with suppress(KeyboardInterrupt):
            Server(config).run(sockets=[listening])
    finally:
        datasette.get_database("archive").close()
