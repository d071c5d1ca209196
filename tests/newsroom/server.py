"""The newsroom: serves articles over the endpoints of the real source, with a clock and faults that a test sets.

    with Newsroom() as room:
        room.share_link("plain-market-report")   # http://127.0.0.1:PORT/html_News/NewsShare.html?infoCode=NW...
        room.now = room.now + timedelta(hours=1) # feeds list what is published by then
        room.fail("/NewsData/GetNewsText.do", ["503", "ok"])
        room.requests                            # addresses asked for, in order

One event loop in a thread of its own serves all connections, so a request that hangs costs nothing and 3,000 answers
a second are no trouble. Loopback only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.newsroom import views
from tests.newsroom.articles import BEIJING, Article, generate, samples
from tests.newsroom.pictures import gzip_bomb, picture, png_bomb

__all__ = ["NOW", "Article", "Newsroom", "Reply", "generate", "original_address", "samples"]

NOW = datetime(2026, 6, 30, 18, 0, tzinfo=BEIJING)
"""The newsroom's time until a test sets another."""

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
PICTURE_TAG = re.compile(r"<(?:img|source|video)\b[^>]*>", re.IGNORECASE)
PICTURE_ADDRESS = re.compile(r"(?P<scheme>https?:)?//(?P<rest>[A-Za-z0-9][\w.-]*(?::\d+)?/[^\s\"'<>,]*)")
CACHED = 96 * 1024 * 1024  # bytes of detail JSON kept
FEED_PATHS = {
    ("/web/webapi", "102"): ("rolling", "records"),
    ("/web/webapi", "45"): ("media", "nodeList"),
}
BUSY = "<!DOCTYPE html><html><body><h1>系统繁忙，请稍后再试</h1></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>x</text></svg>'


@dataclass(slots=True)
class Reply:
    """An HTTP response."""

    body: bytes = b""
    kind: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any) -> bytes:
    """UTF-8 JSON; ASCII escapes where a text has lone surrogates."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def original_address(url: str) -> str:
    """The address that a rewritten ``/img/SCHEME/HOST/PATH`` stands for.

    >>> original_address("http://127.0.0.1:1/img/https/dfscdn.dfcfw.com/a%3Fb.jpg")
    'https://dfscdn.dfcfw.com/a?b.jpg'
    """
    found = re.search(r"/img/(https?)/([^/]+)/(.*)$", url)
    return f"{found[1]}://{found[2]}/{unquote(found[3])}" if found else url


def whole(text: str | None, default: int) -> int:
    """A positive number out of a query, *default* where there is none."""
    return int(text) if text and text.isdigit() and int(text) else default


class Newsroom:
    """A context manager; ``origin`` is e.g. ``http://127.0.0.1:40123``."""

    def __init__(
        self,
        articles: Iterable[Article] | None = None,
        *,
        now: datetime = NOW,
        port: int = 0,
        robots: str | None = "User-agent: *\nAllow: /\n",
    ) -> None:
        self.now = now
        """What time it is here: an aware datetime."""
        self.robots = robots
        """Text of robots.txt; None: there is none."""
        self.requests: list[str] = []
        """Path and query of each request, as they came in."""
        self.request_headers: list[tuple[str, dict[str, str]]] = []
        """Path and headers, names in lower case, of each request."""
        self.hosts: dict[str, Callable[[str, dict[str, str]], Reply]] = {}
        """Other sites by Host header: each takes a path with its query and the headers, lower-cased."""
        self.articles = list(samples() if articles is None else articles)
        self.by_id = {article.id: article for article in self.articles}
        self.by_name = {article.name: article for article in self.articles}
        if len(self.by_id) != len(self.articles):
            raise ValueError("two articles of the newsroom have one id")
        self._newest_first = sorted(self.articles, key=lambda one: (one.published, one.id), reverse=True)
        self._pictures = {address: name for one in self.articles for address, name in one.pictures.items()}
        self._faults: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._details: dict[tuple[str, int], tuple[bytes, str]] = {}
        self._kept = 0
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._connections: set[Connection] = set()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=256)
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    # -- what tests do ------------------------------------------------------------------------------------------

    def __enter__(self) -> Newsroom:
        ready = threading.Event()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(
                self._loop.create_server(lambda: Connection(self), sock=self._socket)
            )
            self._loop.call_soon(ready.set)
            self._loop.run_forever()

        self._thread = threading.Thread(target=serve, name="newsroom", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        def stop() -> None:
            for connection in list(self._connections):
                connection.transport.abort()
            self._socket.close()
            self._loop.call_soon(self._loop.stop)

        self._loop.call_soon_threadsafe(stop)
        assert self._thread is not None
        self._thread.join()
        self._loop.close()

    def __getitem__(self, name: str) -> Article:
        """An article by its name or id."""
        return self.by_name.get(name) or self.by_id[name]

    def _id(self, article: Article | str) -> str:
        return article.id if isinstance(article, Article) else self[article].id

    def share_link(self, article: Article | str) -> str:
        """The share link of an article, given itself, its name or its id."""
        return f"{self.origin}/html_News/NewsShare.html?infoCode=NW{self._id(article)}"

    def detail_link(self, article: Article | str) -> str:
        """Address of its detail JSON, as a spider asks for it."""
        return f"{self.origin}{self.detail_path(article)}"

    def detail_path(self, article: Article | str) -> str:
        """Path and query of its detail JSON: a prefix for `fail`."""
        return f"/NewsData/GetNewsText.do?id=NW{self._id(article)}"

    def page_path(self, article: Article | str) -> str:
        """Path of its public page: a prefix for `fail`."""
        return f"/a/{self._id(article)}.html"

    def picture_path(self, address: str) -> str:
        """Path under which this server shows the picture at *address*."""
        parts = urlsplit(address)
        rest = parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
        return f"/img/{parts.scheme or 'https'}/{parts.netloc}/{quote(rest, safe='/')}"

    def fail(self, prefix: str, words: list[str] | str) -> None:
        """From now on, each request whose path begins with *prefix* consumes one of *words*; the last one repeats.

        The longest prefix that fits counts. ``ok``; a status such as ``404`` or ``429:30`` (with Retry-After);
        ``hang`` (no answer), ``stall`` (half an answer, then nothing), ``reset``, ``truncate``; ``empty``, ``html``,
        ``notjson``, ``wrongkey``, ``nullkey``, ``blank``, ``gbk``; ``other:ID`` (another article's answer), ``huge``,
        ``svg``, ``bomb``, ``gzipbomb``; ``redirect:URL``, ``loop``. Raises ValueError for an unknown word.
        """
        words = [words] if isinstance(words, str) else list(words)
        for word in words:
            if not WORD.fullmatch(word):
                raise ValueError(f"no such fault: {word!r}")
        with self._lock:
            self._faults[prefix] = words

    def mend(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def asked(self, prefix: str) -> list[str]:
        """The requests so far whose path begins with *prefix*."""
        return [path for path in list(self.requests) if path.startswith(prefix)]

    def warm(self) -> None:
        """Make the detail JSON of the articles now, as many as are kept: for a benchmark of who asks."""
        for article in self.articles:
            if self._kept >= CACHED:
                break
            self._detail(f"id={article.id}", {})

    # -- answers ------------------------------------------------------------------------------------------------

    def fault(self, path: str) -> str:
        """The word for this request, consumed."""
        if not self._faults:
            return "ok"
        with self._lock:
            prefix = max((key for key in self._faults if path.startswith(key)), key=len, default=None)
            if prefix is None:
                return "ok"
            words = self._faults[prefix]
            return words.pop(0) if len(words) > 1 else words[0]

    def listed(self, feed: str | None = None) -> list[Article]:
        """What a feed lists by now, newest first; None: every article that is in any feed."""
        now = self.now
        standing = (one.at(now) for one in self._newest_first if one.published <= now)
        return [one for one in standing if (feed in one.feeds if feed else one.feeds)]

    def localised(self, html: str) -> str:
        """*html* with the addresses of its pictures turned to this server."""

        def address(found: re.Match[str]) -> str:
            origin = self.origin if found["scheme"] else self.origin.removeprefix("http:")
            rest = found["rest"].replace("&amp;", "&")
            return origin + self.picture_path(f"{found['scheme'] or 'https:'}//{rest}")

        return PICTURE_TAG.sub(lambda tag: PICTURE_ADDRESS.sub(address, tag[0]), html)

    def _localised_all(self, value: Any) -> Any:
        """`localised` in every text of a JSON value; a picture's bare address, too."""
        if isinstance(value, str):
            found = PICTURE_ADDRESS.fullmatch(value)
            if found and re.search(r"\.(?:jpe?g|png|gif|webp)(?:$|\?)|GetPic", value):
                return self.origin + self.picture_path(value if found["scheme"] else f"https:{value}")
            return self.localised(value)
        if isinstance(value, list):
            return [self._localised_all(one) for one in value]
        if isinstance(value, dict):
            return {key: self._localised_all(one) for key, one in value.items()}
        return value

    def reply(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer when all is well."""
        site = self.hosts.get(headers.get("host", ""))
        if site is not None:
            return site(path, headers)
        parts = urlsplit(path)
        where = parts.path
        if where == "/NewsData/GetNewsText.do":
            return self._detail(parts.query, headers)
        if where.startswith("/img/"):
            return self._picture(path)
        if where == "/robots.txt":
            return Reply(self.robots.encode(), "text/plain") if self.robots is not None else missing()
        if where in ("/html_News/NewsShare.html", "/info/information/detail.html"):
            return Reply(views.SHELL.encode(), HTML)
        if found := re.fullmatch(r"/(?:a/|news/\d+,)(?:NW)?(\d+)\.html", where):
            return self._page(found[1])
        query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        data = self._list(where, query)
        if data is None:
            return missing()
        if isinstance(data, Reply):
            return data
        if callback := query.get("callback") or query.get("cb"):
            return Reply(
                f"{callback}(".encode() + as_json(data) + b");", "application/javascript; charset=utf-8"
            )
        return Reply(as_json(data))

    def _detail(self, query: str, headers: dict[str, str]) -> Reply:
        found = re.search(r"(?:^|&)id=(?:NW)?(\d+)(?:&|$)", query, re.IGNORECASE)
        article = self.by_id.get(found[1]) if found else None
        if article is None:
            return Reply(as_json({"content": "", "text": ""}))
        key = (article.id, article.version(self.now) if article.versions else 0)
        if key in self._details:
            body, etag = self._details[key]
        else:
            body = as_json(self._localised_all(views.detail(article.at(self.now))))
            etag = f'"{hashlib.sha1(body).hexdigest()[:16]}"'
            if self._kept < CACHED:
                self._details[key] = body, etag
                self._kept += len(body)
        if headers.get("if-none-match") in (etag, "*"):
            return Reply(b"", JSON, 304, {"ETag": etag})
        return Reply(body, JSON, 200, {"ETag": etag})

    def _page(self, ident: str) -> Reply:
        article = self.by_id.get(ident)
        if article is None or (article := article.at(self.now)).page.get("gone"):
            return Reply(
                "<!DOCTYPE html><html><head><title>页面不存在</title></head><body>您访问的页面不存在</body></html>".encode(),
                HTML,
                404,
            )
        return Reply(self.localised(views.article_page(article, self.now)).encode("utf-8", "replace"), HTML)

    def _picture(self, path: str) -> Reply:
        found = picture(original_address(path), self._pictures)
        return Reply(found[0], found[1]) if found else missing()

    def _list(self, where: str, query: dict[str, str]) -> Any:
        """The data of a list endpoint; None where there is no such endpoint."""
        now = self.now
        count = whole(query.get("count"), 100)
        if where == "/web/webapi":
            feed, key = FEED_PATHS.get((where, query.get("type", "")), ("", "records"))
            make = views.rolling_row if feed == "rolling" else views.media_row
            return {key: [make(one, now) for one in self.listed(feed)[:count]] if feed else []}
        if where == "/information/newmarket/web/webapi":
            feed = f"market-{query.get('marketType', '')}"
            return {"record": [views.market_row(one, now, feed) for one in self.listed(feed)[:count]]}
        if where == "/comm/web/getFastNewsList":
            return self._fast_news(query)
        if where == "/comm/web/getNewsByColumns":
            return self._by_columns(query)
        if where == "/comm/wap/getListInfo":
            return self._of_security(query)
        if where == "/app/report/web/homePage/getInformationList":
            return {
                "code": 200,
                "data": {"records": [views.app_row(one, now) for one in self.listed()[:count]]},
            }
        if found := re.fullmatch(r"/kuaixun/v1/getlist_([\d,]+)_(\w+)_(\d+)_(\d+)_\.html", where):
            column, name, size, number = found[1], found[2], int(found[3]), int(found[4])
            chosen = [
                one
                for one in self.listed()
                if ("rolling" in one.feeds if column == "102" else str(one.column) in column.split(","))
            ]
            rows = [views.live_row(one, now) for one in chosen[(number - 1) * size : number * size]]
            data = {"rc": 1, "me": "操作成功", "TotalCount": len(chosen), "LivesList": rows}
            return Reply(
                f"var {name}=".encode() + as_json(data) + b";", "application/javascript; charset=utf-8"
            )
        return None

    def _fast_news(self, query: dict[str, str]) -> Any:
        if "req_trace" not in query:
            return Reply(b"<h1>403 Forbidden</h1>", HTML, 403)
        cursor, size = query.get("sortEnd", ""), whole(query.get("pageSize"), 50)
        every = self.listed("rolling")
        older = [one for one in every if not cursor or views.sort_key(one) < cursor]
        # The cursor orders by time and then by the id's last digits, as the list itself must.
        older.sort(key=views.sort_key, reverse=True)
        shown = older[:size]
        following = views.sort_key(shown[-1]) if shown else ""
        rows = [views.fast_row(one, self.now) for one in shown]
        return {
            "code": "1",
            "data": {
                "fastNewsList": rows,
                "index": 0,
                "size": size,
                "sortEnd": following,
                "total": len(every),
            },
            "message": "success",
            "req_trace": query["req_trace"],
        }

    def _by_columns(self, query: dict[str, str]) -> Any:
        number, size = whole(query.get("page_index"), 1), min(whole(query.get("page_size"), 20), 200)
        every = self.listed("media")
        rows = [views.column_row(one, self.now) for one in every[(number - 1) * size : number * size]]
        return {
            "code": 1,
            "data": {"page_index": number, "page_size": size, "totle_hits": len(every), "list": rows},
            "message": "success",
            "req_trace": query.get("req_trace", ""),
        }

    def _of_security(self, query: dict[str, str]) -> Any:
        wanted = query.get("mTypeAndCode", "")
        number, size = whole(query.get("pageIndex"), 1), min(whole(query.get("pageSize"), 20), 100)
        every = [one for one in self.listed() if f"/r/{wanted}" in one.body()] if wanted else []
        rows = [views.security_row(one, self.now) for one in every[(number - 1) * size : number * size]]
        data = {"totle_hits": len(every), "page_index": number, "page_size": size, "list": rows}
        return (
            {"code": 1, "data": data, "message": "success"}
            if rows
            else {"code": 1, "data": {"totle_hits": 0, "list": []}}
        )


def missing() -> Reply:
    """404."""
    return Reply(b"<h1>404 Not Found</h1>", HTML, 404)


# -- faults -----------------------------------------------------------------------------------------------------------

STATUS = re.compile(r"([1-5]\d\d)(?::(.+))?")
WORD = re.compile(
    r"ok|[1-5]\d\d(?::.+)?|hang|stall|reset|truncate|empty|html|notjson|wrongkey|nullkey|blank|other:(?:NW)?\d+|huge|svg|bomb|"
    r"gzipbomb|redirect:.+|loop|gbk"
)
HUGE = 32 * 1024 * 1024  # bytes


def changed(data: Any, text: Any, rows: Any) -> Any:
    """A JSON object with its texts and lists replaced."""
    if not isinstance(data, dict):
        return data
    return {
        key: changed(value, text, rows)
        if isinstance(value, dict)
        else rows
        if isinstance(value, list)
        else text
        for key, value in data.items()
    }


def spoilt(reply: Reply, word: str, path: str) -> Reply:
    """*reply* as the fault *word* has it."""
    if found := STATUS.fullmatch(word):
        status = int(found[1])
        headers = (
            {"Retry-After": found[2] or "1"} if status in (429, 503) and (found[2] or status == 429) else {}
        )
        return Reply(f"<h1>{status}</h1>".encode(), HTML, status, headers)
    if word.startswith("redirect:"):
        return Reply(b"", HTML, 302, {"Location": word.removeprefix("redirect:")})
    if word == "loop":
        return Reply(b"", HTML, 302, {"Location": path})
    if word == "empty":
        return replace(reply, body=b"", headers={})
    if word == "html":
        return Reply(BUSY.encode(), HTML)
    if word == "notjson":
        return replace(reply, body=reply.body[: max(1, len(reply.body) // 2)], headers={})
    if word == "wrongkey":
        return Reply(as_json({"data": {"msg": "ok"}}))
    if word in ("nullkey", "blank"):
        text: Any = None
        rows: Any = None
        if word == "blank":
            text, rows = "<p>　</p>", []
        try:
            data = json.loads(reply.body)
        except ValueError:
            return replace(reply, body=b"null" if word == "nullkey" else b" \n", headers={})
        return Reply(as_json(changed(data, text, rows)))
    if word == "huge":
        return replace(reply, body=b"0" * HUGE, headers={})
    if word == "svg":
        return Reply(SVG, "image/jpeg")
    if word == "bomb":
        return Reply(png_bomb(), "image/png")
    if word == "gzipbomb":
        return replace(reply, body=gzip_bomb(), headers={"Content-Encoding": "gzip"})
    if word == "gbk":
        kind = re.sub(r"charset=[\w-]+", "charset=gbk", reply.kind)
        return Reply(reply.body.decode().encode("gb18030"), kind, reply.status)
    return reply


# -- the wire ---------------------------------------------------------------------------------------------------------

REASONS = {status.value: status.phrase for status in HTTPStatus}


class Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection; requests are answered in the order in which they came."""

    transport: asyncio.Transport

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.buffer = b""
        self.silent = False
        """Whether a fault has it answer nothing any more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # asyncio does so only for sockets that name their protocol, and a waiting segment costs 40 ms an answer.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.room._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.room._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.silent and (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end].decode("latin-1"), self.buffer[end + 4 :]
            self.answer(head)

    def answer(self, head: str) -> None:
        first, _, rest = head.partition("\r\n")
        method, _, target = first.partition(" ")
        path = target.rpartition(" ")[0]
        headers = {}
        for line in rest.split("\r\n"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if not path.startswith("/"):  # asked as a proxy: http://host/path
            parts = urlsplit(path)
            headers["host"] = parts.netloc
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        room = self.room
        room.requests.append(path)
        room.request_headers.append((path, headers))
        if method not in ("GET", "HEAD"):
            self.send(Reply(b"", HTML, 405), close=True)
            return
        word = room.fault(path)
        if word in ("hang", "reset"):
            self.silent = True
            if word == "reset":
                self.reset()
            return
        if word.startswith("other:"):
            other = re.search(r"\d+", word)
            assert other is not None
            path, word = re.sub(r"\d{14,}", other[0], path), "ok"
        try:
            reply = room.reply(path, headers)
        except Exception as wrong:
            # A mistake of the newsroom itself: told in the answer, since nobody sees this thread's output.
            self.send(Reply(f"newsroom: {wrong!r}".encode(), "text/plain; charset=utf-8", 500), close=True)
            raise
        if word != "ok":
            reply = spoilt(reply, word, path)
        close = headers.get("connection", "").lower() == "close"
        self.send(
            reply, close=close, half=word if word in ("truncate", "stall") else "", bare=method == "HEAD"
        )

    def send(self, reply: Reply, *, close: bool = False, half: str = "", bare: bool = False) -> None:
        lines = [
            f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Unknown')}\r\nServer: newsroom\r\n",
            f"Content-Type: {reply.kind}\r\n",
            *(f"{name}: {value}\r\n" for name, value in reply.headers.items()),
        ]
        if reply.status != 304:
            lines.append(f"Content-Length: {len(reply.body)}\r\n")
        lines.append("Connection: close\r\n\r\n" if close else "\r\n")
        head = "".join(lines).encode("latin-1")
        if half:
            self.silent = True
            self.transport.write(head + reply.body[: len(reply.body) // 2])
            if half == "truncate":
                self.transport.close()
            return
        self.transport.write(head if bare or reply.status == 304 else head + reply.body)
        if close:
            self.silent = True
            self.transport.close()

    def reset(self) -> None:
        """Close so that the client sees a reset, not an end."""
        held = self.transport.get_extra_info("socket")
        with suppress(OSError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
