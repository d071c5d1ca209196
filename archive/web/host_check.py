"""Rules for every response of the server, whichever page makes it.

Read-only; no resources of other servers; no script except our files and Datasette's; no requests from pages of other
origins; and on loopback no other host name, or a foreign page could reach the archive by pointing its own name at 127.0.0.1.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.web.password import CHALLENGE, Password, TooManyGuesses

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; script-src {}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LOCAL_TIMES = (Path(__file__).parent / "static" / "local-times.js").read_text(encoding="utf-8")
"""The one script of every page, which stands in it."""
ITS_HASH = f"'sha256-{b64encode(sha256(LOCAL_TIMES.encode()).digest()).decode()}'"
OURS = POLICY.format(ITS_HASH)
"""For pages of ours, which hold texts from elsewhere: no other script runs."""

DATASETTES = POLICY.format(f"'self' {ITS_HASH}")
"""For pages of Datasette's own, whose SQL editor is a script."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
MOST_BLANKS = 50
"""Parameters of an address: Datasette looks at each of them for each of them, in the thread that serves all readers."""
LARGEST = 1024 * 1024  # bytes of a request's body
LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))


def host_of(header: str) -> str:
    """The name in a ``Host`` header, without its port.

    >>> host_of("Localhost:8001"), host_of("[::1]:8001"), host_of("evil.example")
    ('localhost', '[::1]', 'evil.example')
    """
    name, colon, port = header.strip().lower().rpartition(":")
    return name if colon and port.isdigit() else header.strip().lower()


def is_cross_site(headers: Mapping[bytes, str]) -> bool:
    """Whether a page of another origin made the request, as browsers report it; also where it only follows a link.

    >>> is_cross_site({b"sec-fetch-site": "cross-site"}), is_cross_site({b"sec-fetch-site": "none"})
    (True, False)
    >>> is_cross_site({b"host": "127.0.0.1:8001", b"origin": "http://127.0.0.1:8001"}), is_cross_site({b"host": "a", b"origin": "null"})
    (False, True)
    """
    if (site := headers.get(b"sec-fetch-site")) is not None:
        # Pages cannot set it; the Origin of our own forms is null, as they send no referrer.
        return site not in ("same-origin", "none")
    origin = headers.get(b"origin")
    return origin is not None and origin.partition("://")[2] != headers.get(b"host", "")


def is_navigation(headers: Mapping[bytes, str]) -> bool:
    """Whether a browser opens a page of its own, in a tab: what is in it stays hidden from the page that opened it."""
    return headers.get(b"sec-fetch-mode") == "navigate" and headers.get(b"sec-fetch-dest") == "document"


def bounded(receive: Callable[[], Awaitable[Message]]) -> Callable[[], Awaitable[Message]]:
    """*receive*, whose body ends behind `LARGEST` bytes and one: enough to see that it is too large, and no more to keep."""
    left = LARGEST + 1

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        if body := message.get("body"):
            message = {**message, "body": body[:left]}
            left -= len(message["body"])
        return message if left else {**message, "more_body": False}

    return receive_some


class HostCheck:
    """An ASGI application around another one. *hosts*: the names it answers to, None for any. *password*: None for none.
    *posts*: paths that take POST as well."""

    def __init__(
        self,
        app: App,
        hosts: frozenset[str] | None,
        password: Password | None = None,
        posts: frozenset[str] = frozenset(),
    ):
        self.app, self.hosts, self.password, self.posts = app, hosts, password, posts

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self.hosts is not None and host_of(host) not in self.hosts:
            await refuse(send, 421, f"{host or '(no name)'} is not this server's name; use 127.0.0.1")
            return
        if scope["query_string"].count(b"&") >= MOST_BLANKS:
            await refuse(send, 414, f"more than {MOST_BLANKS} parameters in an address")
            return
        may_post = scope["path"] in self.posts
        if scope["method"] not in (("GET", "HEAD", "POST") if may_post else ("GET", "HEAD")):
            await refuse(send, 405, "this server is read-only: GET and HEAD only", (b"allow", b"GET, HEAD"))
            return
        # A bookmarklet opens the form from the page that is read; it shows nothing of the archive without its cookie.
        is_opened = may_post and scope["method"] == "GET" and is_navigation(headers)
        if is_cross_site(headers) and not is_opened:
            await refuse(
                send, 403, "requests from other sites are refused; open the address in a window of its own"
            )
            return

        if self.password and not await self._may_pass(self.password, headers, scope, send):
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == b"content-security-policy" for name, _ in headers):
                    headers.append((b"content-security-policy", DATASETTES.encode()))
                message = {**message, "headers": [*headers, *HEADERS]}
            await send(message)

        await self.app(scope, bounded(receive) if may_post else receive, guarded)

    async def _may_pass(
        self, password: Password, headers: Mapping[bytes, str], scope: Message, send: Any
    ) -> bool:
        """Whether a request carries the password; it is answered where it does not."""
        client = (scope.get("client") or ("",))[0]
        try:
            if await password.accepts(headers, client):
                return True
        except TooManyGuesses as exc:
            seconds = b"%d" % math.ceil(exc.wait)
            why = f"too many wrong passwords; the next one is taken in {seconds.decode()} s"
            await refuse(send, 429, why, (b"retry-after", seconds))
            return False
        await refuse(send, 401, "a password is required; the user name does not matter", CHALLENGE)
        return False


async def refuse(send: Any, status: int, why: str, *extra: tuple[bytes, bytes]) -> None:
    """Answer with a line of text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS, *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
