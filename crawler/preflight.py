"""The light check before a scheduled crawl: starts Scrapy only where it has something to do.

    python -I -S crawler/preflight.py [--why] [-s NAME=VALUE]... -- scrapy crawl finews [-s NAME=VALUE]...

For ``crawl feeds``, looks up which lists of sources.toml are due. For ``crawl finews``, asks the list feeds as the spider does
and compares them with the archive. Where an article is new or edited, a check or another try is due, or anything is odd, this process becomes the command behind ``--`` (with the ``-s`` before it added), and
that reports what there is to report. Else it records that the feeds were read, prints nothing and ends with 0; with 75 where
another crawl holds the archive. ``--why`` says on stderr why a crawl is started.

Standard library only, and of this project only the modules beside that need no more (`load_beside`): starting Scrapy costs ten
times what this costs. In doubt it starts the crawl: it must never keep one back that would have found something. It asks only
feeds that the spider, which obeys robots.txt, could read at its last poll.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sqlite3
import sys
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from importlib.machinery import SourceFileLoader
from urllib.parse import quote

TYPE_CHECKING = False  # as typing's, which costs 5 ms
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO, Any

OPTION = re.compile(r"(-s|-a|--set=?)(.*)", re.DOTALL)
TIMEOUT = 10  # seconds; a crawl has more patience
MOST = 16 * 1024 * 1024  # bytes of one list
LOCKED, USAGE = 75, 2


def load_beside(name: str) -> Any:
    """A module that needs the standard library alone, by its path from this file's folder: its package is not importable here."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    module = type(sys)(name)
    module.__file__ = path
    SourceFileLoader(name, path).exec_module(module)  # as compiled before, where it was
    return module


due_work, feed_rows = load_beside("due_work"), load_beside("feed_rows")
CrawlNeeded = feed_rows.CrawlNeeded


class Locked(Exception):
    """Another crawl writes to this DATA_DIR."""


def given(words: Iterable[str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Settings and spider arguments among the words of a command line, and the other words.

    >>> given(["crawl", "finews", "-s", "LOG_LEVEL=WARNING", "-aorigin=http://host.test"])
    ({'LOG_LEVEL': 'WARNING'}, {'origin': 'http://host.test'}, ['crawl', 'finews'])
    """
    settings: dict[str, str] = {}
    arguments: dict[str, str] = {}
    rest, words_left = [], list(words)
    while words_left:
        word = words_left.pop(0)
        match = OPTION.fullmatch(word)
        if not match:
            rest.append(word)
            continue
        name, _, value = (match[2] or (words_left.pop(0) if words_left else "")).partition("=")
        (arguments if match[1] == "-a" else settings)[name] = value
    return settings, arguments, rest


def take_lock(data_dir: str) -> IO[str]:
    """The lock of DATA_DIR, held until it is closed. Raises Locked, OSError."""
    lock = open(os.path.join(data_dir, ".lock"), "a+", encoding="utf-8")  # noqa: SIM115 (held until closed)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Locked from None
    return lock


def connection(origin: str) -> HTTPConnection:
    """A connection to ``scheme://host[:port]``. Raises CrawlNeeded."""
    scheme, _, host = origin.partition("://")
    if scheme == "http":
        return HTTPConnection(host, timeout=TIMEOUT)
    if scheme == "https":
        from http.client import HTTPSConnection  # late: TLS costs 20 ms

        return HTTPSConnection(host, timeout=TIMEOUT)
    raise CrawlNeeded(f"{origin} is not an origin")


def ask(server: HTTPConnection, path: str, agent: str) -> tuple[bytes, int]:
    """The body at *path*, and its bytes as received. Raises CrawlNeeded, OSError, HTTPException, ValueError."""
    headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip", "Accept-Language": "zh-CN,zh;q=0.9"}  # fmt: skip
    server.request("GET", path, headers=headers)
    response = server.getresponse()
    body = response.read(MOST + 1)
    if response.status != 200 or len(body) > MOST:
        raise CrawlNeeded(f"{path} answered {response.status}, {len(body)} bytes")
    size = len(body)
    if response.headers.get("Content-Encoding") == "gzip":
        body = zlib.decompressobj(31).decompress(body, MOST)
    return body, size


def poll(
    origins: list[str],
    feeds: list[tuple[str, str, str]],
    count: str,
    agent: str,
    known: dict[str, tuple[dict[str, str], str | None]],
) -> tuple[dict[str, list[Any]], int]:
    """Rows of the lists by feed, and bytes received; *known*: what the poll before left of each feed, and the SHA-256 of its
    answer. Where that is the same, and all of it is settled, the feed has no rows here. Raises CrawlNeeded, OSError,
    HTTPException, ValueError."""
    listed: dict[str, list[Any]] = {}
    received = 0
    for origin in origins:
        server = connection(origin)
        try:
            for name, path, key in feeds:
                body, size = ask(server, path.format(count=count), agent)
                received += size
                settled, before = known.get(name, ({}, None))
                if len(origins) == 1 and before == sha256(body).hexdigest() and "" not in settled.values():
                    continue
                data = json.loads(body.decode("utf-8-sig"), strict=False)
                rows = data.get(key) if isinstance(data, dict) else None
                if not isinstance(rows, list):
                    raise CrawlNeeded(f"feed {name} answered in an unexpected format")
                lowered = list(map(feed_rows.lower_keys, rows))
                if rows and not any(map(feed_rows.native_id, lowered)):
                    raise CrawlNeeded(f"feed {name} answered in an unexpected format")
                listed[name] = listed.get(name, []) + lowered
        finally:
            server.close()
    return listed, received


def require_archive(data_dir: str) -> str:
    """The path of the archive. Raises CrawlNeeded where it is not there or was left by a killed crawl, Locked where one writes to it."""
    path = os.path.join(data_dir, "archive.db")
    if not os.path.isfile(path):
        raise CrawlNeeded(f"there is no {path} yet")
    take_lock(data_dir).close()
    if os.path.exists(os.path.join(data_dir, ".pending")):
        raise CrawlNeeded("the last crawl was killed")
    return path


def nothing_due(data_dir: str, settings: dict[str, Any]) -> None:
    """Return where no source of sources.toml is due. Raises CrawlNeeded with what is, Locked, and whatever keeps the check from
    being made. Asks nobody: a list is polled at its own interval, which the spider wrote down."""
    path = require_archive(data_dir)
    moment = f"{current_time(settings):%Y-%m-%dT%H:%M:%SZ}"
    written = datetime.fromtimestamp(os.stat(os.path.join(data_dir, "sources.toml")).st_mtime, UTC)
    db = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=10)
    try:
        [(followed,)] = db.execute("SELECT max(followed_at) FROM feeds").fetchall()
        # A time to come was written by a clock that was ahead: nobody knows what was followed since.
        if followed is None or not f"{written:%Y-%m-%dT%H:%M:%SZ}" < followed <= moment:
            raise CrawlNeeded("sources.toml was written after the last crawl of all its sources")
        for what, sql in due_work.DUE_SOURCES.items():
            if db.execute(sql, {"now": moment}).fetchone():
                raise CrawlNeeded(what)
    finally:
        db.close()


def current_time(settings: dict[str, Any]) -> datetime:
    """Now, aware UTC."""
    now = settings["FINEWS_NOW"]
    return datetime.fromisoformat(now).astimezone(UTC) if now else datetime.now(UTC)


def nothing_to_do(data_dir: str, settings: dict[str, Any], arguments: dict[str, str]) -> None:
    """Return after writing down a poll that brought nothing. Raises CrawlNeeded with what there is to do, Locked, and whatever
    keeps the check from being made."""
    path = require_archive(data_dir)
    words = [word.strip() for word in arguments.get("feeds", ",".join(feed_rows.FEEDS)).split(",")]
    feeds = [feed for word, feed in feed_rows.FEEDS.items() if word in words or feed[0] in words]
    if arguments.keys() - {"origin", "feeds"} or len(feeds) != len(words):
        raise CrawlNeeded("arguments that this check does not know")
    names = json.dumps([name for name, _, _ in feeds])
    now = current_time(settings)
    moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    db = sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True, timeout=10)
    try:
        for what, sql in due_work.WAITING.items():
            if db.execute(sql, {"now": moment, "feeds": names}).fetchone():
                raise CrawlNeeded(what)
        given_origins = arguments.get("origin") or settings["FINEWS_ORIGINS"]
        origins = [origin.strip().rstrip("/") for origin in given_origins.split(",") if origin.strip()]
        agent = load_beside("user_agent").build_user_agent(
            settings["USER_AGENT"], settings["BOT_NAME"], settings["CONTACT"]
        )
        known = {}
        for name, left, answer in db.execute(
            "SELECT feed, listed, answer_sha256 FROM feeds WHERE feed IN (SELECT value FROM json_each(?))",
            [names],
        ):
            settled = json.loads(left)
            known[name] = (settled if isinstance(settled, dict) else dict.fromkeys(settled, ""), answer)
        listed, received = poll(origins, feeds, settings["FINEWS_COUNTS"].split(",")[0], agent, known)
        records = [
            [feed_rows.native_id(row), name, feed_rows.may_complete(row)]
            for name, rows in listed.items()
            for row in feed_rows.unsettled(name, rows, known.get(name, ({}, None))[0])
        ]
        news = db.execute(due_work.NEWS, {"listed": json.dumps(records), "now": moment}).fetchone()[0]
        if news:
            raise CrawlNeeded(f"{news} records are new")
        if strange := [ident for ident, name, _ in records if ident not in known[name][0]]:
            raise CrawlNeeded(f"{len(strange)} records were not listed by the poll before")
        lock = take_lock(data_dir)
        lock.seek(0)
        lock.truncate()
        lock.write(f"pid {os.getpid()}, since {moment}, preflight.py\n")
        lock.flush()
        crawl = {
            "id": f"{now:%Y%m%dT%H%M%SZ}-preflight-{os.getpid()}@{os.uname().nodename}", "now": moment,
            "requests": len(feeds) * len(origins), "bytes": received,
        }  # fmt: skip
        load_beside("../archive/quiet_poll").record_quiet_poll(db, crawl, [name for name, _, _ in feeds])
        lock.close()
    finally:
        db.close()


def ping(url: str) -> None:
    """Tell a health-check service that all is well. That it cannot be reached changes nothing."""
    if not url:
        return
    scheme, _, rest = url.rstrip("/").partition("://")
    host, _, path = rest.partition("/")
    try:
        server = connection(f"{scheme}://{host}")
        server.request("GET", f"/{path}/0" if path else "/0")
        server.getresponse().close()
        server.close()
    except (CrawlNeeded, OSError, HTTPException, ValueError):
        pass


def main(words: list[str]) -> int:
    """The exit status; does not return where the crawl is started."""
    middle = words.index("--") if "--" in words else len(words)
    own, command = words[:middle], words[middle + 1 :]
    before, stray, rest = given(own)
    if not command or stray or [word for word in rest if word != "--why"]:
        print(
            "usage: preflight.py [--why] [-s NAME=VALUE]... -- scrapy crawl finews|feeds ...", file=sys.stderr
        )
        return USAGE
    further, arguments, plain = given(command)
    try:
        settings = vars(load_beside("settings")) | further | before
        data_dir = os.path.abspath(os.path.expanduser(settings["DATA_DIR"]))
        if plain[-2:] == ["crawl", "feeds"] and not arguments:
            nothing_due(data_dir, settings)
        elif plain[-2:] == ["crawl", "finews"]:
            nothing_to_do(data_dir, settings, arguments)
        else:
            raise CrawlNeeded("a command that this check does not know")
        ping(settings["HEALTHCHECK_URL"])
        return 0
    except Locked:
        return LOCKED
    except Exception as exc:
        if "--why" in rest:
            print(
                f"preflight: {exc if isinstance(exc, CrawlNeeded) else repr(exc)}: crawling", file=sys.stderr
            )
    handed_on = [part for name, value in before.items() for part in ("-s", f"{name}={value}")]
    try:
        os.execvp(command[0], command + handed_on)
    except OSError as exc:
        print(f"preflight.py: {command[0]} cannot be started: {exc.strerror}", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
