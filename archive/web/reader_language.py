"""The language of each request: the reader's own choice (a cookie), what the browser accepts, else the server's setting."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

from archive import language
from archive.web.host_check import App, Message

COOKIE = "finews_language"
A_YEAR = 366 * 86_400  # seconds
VARY = (b"vary", b"Accept-Language, Cookie")


def chosen_by_cookie(header: str) -> str | None:
    """The language that the reader chose on the page; None where there is no such choice.

    >>> chosen_by_cookie("a=b; finews_language=zh"), chosen_by_cookie("finews_language=xx"), chosen_by_cookie("=;")
    ('zh', None, None)
    """
    try:
        cookie = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie and cookie.value in language.LANGUAGES else None


def set_cookie(code: str) -> str:
    """The header that keeps the reader's choice."""
    return f"{COOKIE}={code}; Path=/; Max-Age={A_YEAR}; SameSite=Lax; HttpOnly"


class ReaderLanguage:
    """An ASGI application around another one, whose pages then are in the reader's language."""

    def __init__(self, app: App, default: str):
        self.app, self.default = app, default

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        code = (
            chosen_by_cookie(headers.get(b"cookie", ""))
            or language.accepted(headers.get(b"accept-language", ""))
            or self.default
        )

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = list(message.get("headers", ()))
                is_page = any(
                    name == b"content-type" and value.startswith(b"text/html") for name, value in sent
                )
                if is_page:
                    sent.append((b"content-language", language.TAGS[code].encode()))
                message = {**message, "headers": [*sent, VARY]}
            await send(message)

        with language.using(code):
            await self.app(scope, receive, marked)
