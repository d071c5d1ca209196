"""``serve --add``: who may write by the browser, and what happens then.

The token is in a file of DATA_DIR that its owner alone can read, and in the address that the server prints; from there it becomes a
cookie. Programs send it as ``Authorization: Bearer TOKEN``.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

COOKIE = "finews_add"
TOKEN_FILE = ".add-token"
ADD, MARK = "/add", "/-/mark"
POSTS = frozenset((ADD, MARK))
"""Paths that take POST requests."""


@dataclass(frozen=True, slots=True)
class Adding:
    """What pages need to take links and marks."""

    archive: Path
    token: str
    crawl_now: Callable[[], None]
    """Starts a crawl of the links that wait, or sees to it that the one that runs is followed by one."""

    def is_allowed(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries the token."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = _cookie(headers.get("cookie", ""))
        return self.is_token(token)

    def is_token(self, token: str) -> bool:
        """Whether it is the token; takes as long for any."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def set_cookie(self) -> str:
        """The header that keeps the token in the browser."""
        return f"{COOKIE}={self.token}; Path=/; Max-Age=31622400; SameSite=Lax; HttpOnly"


def _cookie(header: str) -> str:
    try:
        cookie = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def token_of(data_dir: Path) -> str:
    """The token of a DATA_DIR, made where there is none. Raises OSError."""
    path = data_dir / TOKEN_FILE
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    token = path.read_text(encoding="ascii").strip()
    if len(token) < 20:
        raise OSError(0, "holds no token; delete it to get another", str(path))
    return token
