"""The light check before a scheduled crawl: starts Scrapy only where it has something to do.

    python -I -S crawler/preflight.py [--why] [-s NAME=VALUE]... -- scrapy crawl finews [-s NAME=VALUE]...

For ``crawl feeds``, looks up which lists of sources.toml are due. For ``crawl finews``, asks the list feeds as the spider does
and compares them with the archive. Where an article is new or edited, a check or another try is due, or anything is odd, this process becomes the command behind ``--`` (with the ``-s`` before it added), and
that reports what there is to report. Else it records that the feeds were read, prints nothing and ends with 0; with 75 where
another crawl holds the archive. ``--why`` says on stderr why a crawl is started.

Standard library only, and of this project only the text of ``settings.py``, ``user_agent.py`` and ``quiet_poll.py``: starting Scrapy costs ten times what
this costs. In doubt it starts the crawl: it must never keep one back that would have found something. It asks only
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
from hashlib import sha1, sha256
from http.client import HTTPConnection, HTTPException

TYPE_CHECKING = False  # as typing's, which costs 5 ms
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO, Any

FEEDS = {
    "rolling": ("rolling", "/web/webapi?type=102&count={count}&newsid=1", "records"),
    "media": ("media", "/web/webapi?type=45&count={count}&newsid=1", "nodeList"),
    "37": ("market-37", "/information/newmarket/web/webapi?marketType=37&count={count}", "record"),
    "38": ("market-38", "/information/newmarket/web/webapi?marketType=38&count={count}", "record"),
    "39": ("market-39", "/information/newmarket/web/webapi?marketType=39&count={count}", "record"),
}
"""As in ``crawler/sources/finews.py``: word of ``-a feeds=`` -> name in the archive, path, key of the list."""
ID_KEYS = ("infocode", "code", "art_code", "id", "newsid", "url_unique", "uniqueurl", "url_w", "url")
DIGITS = re.compile(r"(?:NW)?(20\d{6}\d{6,15})", re.IGNORECASE)
IN_URL = re.compile(r"[/,](20\d{12,21})\.html")
HEADLINES = ("title", "art_title", "simtitle")
DIGESTS = ("digest", "summary", "simdigest", "content", "art_content")
HEAD = re.compile(r"\s*【([^】]{1,120})】")
UNREAD, PINNED, UNDATED = "?", "^", "-"
"""As in `crawler.polling`: what begins the name of a row without an id, and what stands behind a digest."""
OPTION = re.compile(r"(-s|-a|--set=?)(.*)", re.DOTALL)
TIMEOUT = 10  # seconds; a crawl has more patience
MOST = 16 * 1024 * 1024  # bytes of one list
LOCKED, USAGE = 75, 2

# Another try is due after 5 minutes, doubled with each try up to a day, as `archive.feed_state.patience` has it.
# A time that is still to come was written by a clock that was ahead, so it holds nothing back.
AHEAD = "strftime('%Y-%m-%dT%H:%M:%SZ', :now, '+5 minutes')"
DUE = (
    "(strftime('%s', {since}) + min(300 << min(max(tries - 1, 0), 12), 86400) <= strftime('%s', :now) + 0"
    f" OR {{since}} > {AHEAD})"
)
# A gap knows when it was opened, not when it was last tried: all its waits together, as `archive.feed_state.waited`.
GAP_DUE = (
    "(strftime('%s', opened_at) + 300 * ((1 << min(tries, 9)) - 1) + max(tries - 9, 0) * 86400"
    f" <= strftime('%s', :now) + 0 OR opened_at > {AHEAD})"
)
ASKED = "SELECT value FROM json_each(:feeds)"
FOLLOWED = "SELECT feed FROM feeds WHERE followed_at IS NOT NULL"
RETRIED = "('walled', 'unreachable', 'unreadable', 'refused', 'failed')"
# Both halves of the first: a row of a clock that was ahead is found by an index of its own.
CHECKS = (
    "SELECT 1 FROM (SELECT article_id FROM checks WHERE next_check_at <= :now"
    f" UNION SELECT article_id FROM checks WHERE last_checked_at > {AHEAD}) AS due JOIN articles AS a ON a.id = due.article_id"
    " WHERE a.share_url IS NOT NULL AND (EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = a.id AND f.feed IN ({feeds}))"
    " OR NOT EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = a.id)) LIMIT 1"
)
FAILED = (
    f"SELECT 1 FROM links WHERE outcome IN {RETRIED} AND {{sites}} AND {DUE.format(since='last_tried_at')}"
    " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = links.article_id) LIMIT 1"
)
# As `archive.reader_marks.WAITING`.
ADDED = (
    "SELECT 1 FROM added_links AS a LEFT JOIN links AS l ON l.url = a.link"
    " WHERE l.url IS NULL OR l.last_tried_at < a.added_at OR (l.outcome = 'failed' AND l.tries < 5) LIMIT 1"
)
NOT_HAD = (
    "SELECT 1 FROM pending_records p JOIN links l ON l.article_id = p.article_id"
    f" WHERE p.feed IN ({{feeds}}) AND {DUE.format(since='l.last_tried_at')} LIMIT 1"
)
KILLED = "SELECT 1 FROM crawls WHERE finished_at IS NULL AND outcome IS NULL LIMIT 1"
ALERTS = "SELECT 1 FROM alerts WHERE sent_at IS NULL AND (next_try_at IS NULL OR next_try_at <= :now) LIMIT 1"
WAITING = {
    "checks are due": CHECKS.format(feeds=ASKED),
    "a gap is due for another try": "SELECT 1 FROM gaps WHERE filled_at IS NULL AND final_at IS NULL"
    f" AND feed IN ({ASKED}) AND {GAP_DUE} LIMIT 1",
    "articles that could not be had are due": NOT_HAD.format(feeds=ASKED),
    "failed links are due for another try": FAILED.format(sites="article_id GLOB 'finews:*'"),
    "links that readers added wait": ADDED,
    "the last crawl was killed": KILLED,
    "alerts are due": ALERTS,
    "a feed was not read by the last poll": f"SELECT 1 FROM ({ASKED}) j LEFT JOIN feeds f ON f.feed = j.value"
    " WHERE f.last_read_at IS NULL OR f.failures > 0 LIMIT 1",
}
DUE_SOURCES = {
    "a list is due": "SELECT 1 FROM feeds WHERE followed_at IS NOT NULL AND (next_poll_at IS NULL OR next_poll_at <= :now"
    f" OR last_polled_at > {AHEAD}) LIMIT 1",
    "articles that could not be had are due": NOT_HAD.format(feeds=FOLLOWED),
    "failed links are due for another try": FAILED.format(
        sites="substr(article_id, 1, instr(article_id, ':') - 1) IN"
        " (SELECT source FROM feeds WHERE followed_at IS NOT NULL)"
    ),
    "checks are due": CHECKS.format(feeds=FOLLOWED),
    "links that readers added wait": ADDED,
    "the last crawl was killed": KILLED,
    "alerts are due": ALERTS,
}
NEWS = f"""
SELECT count(*) FROM (
  SELECT 'finews:' || json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS feed,
    json_extract(value, '$[2]') AS whole FROM json_each(:listed)
) r LEFT JOIN articles a ON a.id = r.id
WHERE CASE WHEN a.id IS NULL THEN NOT EXISTS (SELECT 1 FROM forgotten WHERE id = r.id) AND NOT EXISTS (
    SELECT 1 FROM links WHERE article_id = r.id AND (outcome = 'gone' OR outcome IN {RETRIED})
      AND NOT ({DUE.format(since="last_tried_at")}))
  ELSE (r.whole AND (a.headline_from = 'body' OR a.published_from = 'id' OR a.published_at IS NULL))
    OR NOT EXISTS (SELECT 1 FROM article_feeds f WHERE f.article_id = r.id AND f.feed = r.feed)
  END
"""


class CrawlNeeded(Exception):
    """Something that a crawl has to look at; the message says what."""


class Locked(Exception):
    """Another crawl writes to this DATA_DIR."""


def given(words: Iterable[str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Settings and spider arguments among the words of a command line, and the other words.

    >>> given(["crawl", "finews", "-s", "LOG_LEVEL=WARNING", "-aorigin=http://host.test"])
    ({'LOG_LEVEL': 'WARNING'}, {'origin': 'http://host.test'}, ['crawl', 'finews'])
    """
    settings: dict[str, str] = {}
    arguments: dict[str, str] = {}
    rest, left = [], list(words)
    while left:
        word = left.pop(0)
        match = OPTION.fullmatch(word)
        if not match:
            rest.append(word)
            continue
        name, _, value = (match[2] or (left.pop(0) if left else "")).partition("=")
        (arguments if match[1] == "-a" else settings)[name] = value
    return settings, arguments, rest


def load_beside(name: str) -> dict[str, Any]:
    """The names of a module, by its path from this file's folder, that needs the standard library alone. Its package is not
    importable here."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    names: dict[str, Any] = {"__file__": path, "__name__": name}
    with open(path, encoding="utf-8") as text:
        exec(compile(text.read(), path, "exec"), names)
    return names


def all_settings(own: dict[str, str]) -> dict[str, Any]:
    """The project's settings with the environment's ``FINEWS_NAME``, and *own* over them."""
    return load_beside("settings") | own


def take_lock(data_dir: str) -> IO[str]:
    """The lock of DATA_DIR, held until it is closed. Raises Locked, OSError."""
    lock = open(os.path.join(data_dir, ".lock"), "a+", encoding="utf-8")  # noqa: SIM115 (held until closed)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Locked from None
    return lock


def native_id(row: Any) -> str | None:
    """The digits of a record's article, None where it names none."""
    lowered = {str(key).lower(): value for key, value in row.items()} if isinstance(row, dict) else {}
    for key in ID_KEYS:
        value = str(lowered.get(key) or "").strip()
        if match := DIGITS.fullmatch(value) or IN_URL.search(value):
            return match[1]
    return None


def is_whole(row: dict[str, Any]) -> bool:
    """Whether a record may have headline and time, which an archived article can lack."""
    lowered = {str(key).lower() for key, value in row.items() if value}
    titled = lowered & {"title", "art_title", "simtitle", "digest", "summary", "simdigest"}
    return bool(titled and lowered & {"showtime", "datetime", "showdatetime", "art_showtime", "updatetime"})


def text_of(row: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of *names*, in lower case, that says something; empty where none does."""
    lowered = {str(key).lower(): value for key, value in row.items()}
    for name in names:
        value = lowered.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return ""


def digest(row: dict[str, Any]) -> str:
    """What `crawler.sources.Record.digest` makes of a row: it changes where the row's headline does."""
    headline = text_of(row, HEADLINES)
    if not headline and (head := HEAD.match(text_of(row, DIGESTS))):
        headline = head[1]
    return sha1("\0".join((headline, "", "", "open", "")).encode()).hexdigest()[:12]


def unsettled(name: str, rows: list[Any], known: dict[str, str]) -> list[Any]:
    """The rows of a feed that the poll before did not settle as they are now. Raises CrawlNeeded where one was edited, has
    no article id, or was not listed by that poll."""
    ids = {native_id(row) for row in rows} - {None}
    if known and not ids & known.keys():
        raise CrawlNeeded(f"feed {name} does not overlap the poll before")
    if sum(native_id(row) is None for row in rows) > sum(key.startswith(UNREAD) for key in known):
        raise CrawlNeeded(f"feed {name} has rows without an article id")
    left = []
    for row in rows:
        settled = known.get(native_id(row) or "", "").removesuffix(PINNED)
        if settled.removesuffix(UNDATED) not in ("", digest(row)):
            raise CrawlNeeded(f"feed {name} has an edited record")
        if not settled or settled.endswith(UNDATED):
            left.append(row)
    return left


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
    answer = server.getresponse()
    body = answer.read(MOST + 1)
    if answer.status != 200 or len(body) > MOST:
        raise CrawlNeeded(f"{path} answered {answer.status}, {len(body)} bytes")
    size = len(body)
    if answer.headers.get("Content-Encoding") == "gzip":
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
                if not isinstance(rows, list) or (rows and not any(map(native_id, rows))):
                    raise CrawlNeeded(f"feed {name} answered in an unexpected format")
                listed[name] = listed.get(name, []) + rows
        finally:
            server.close()
    return listed, received


def nothing_due(data_dir: str, settings: dict[str, Any]) -> None:
    """Return where no source of sources.toml is due. Raises CrawlNeeded with what is, Locked, and whatever keeps the check from
    being made. Asks nobody: a list is polled at its own interval, which the spider wrote down."""
    path = os.path.join(data_dir, "archive.db")
    if not os.path.isfile(path):
        raise CrawlNeeded(f"there is no {path} yet")
    take_lock(data_dir).close()
    if os.path.exists(os.path.join(data_dir, ".pending")):
        raise CrawlNeeded("the last crawl was killed")
    moment = current_time(settings)
    written = datetime.fromtimestamp(os.stat(os.path.join(data_dir, "sources.toml")).st_mtime, UTC)
    db = sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True, timeout=10)
    try:
        [(followed,)] = db.execute("SELECT max(followed_at) FROM feeds").fetchall()
        if followed is None or followed <= f"{written:%Y-%m-%dT%H:%M:%SZ}":
            raise CrawlNeeded("sources.toml was written after the last crawl of all its sources")
        for what, sql in DUE_SOURCES.items():
            if db.execute(sql, {"now": moment}).fetchone():
                raise CrawlNeeded(what)
    finally:
        db.close()


def current_time(settings: dict[str, Any]) -> str:
    """Now, as the archive writes it."""
    began = settings["FINEWS_NOW"] or datetime.now(UTC).isoformat()
    return datetime.fromisoformat(began).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def nothing_to_do(data_dir: str, settings: dict[str, Any], arguments: dict[str, str]) -> None:
    """Return after writing down a poll that brought nothing. Raises CrawlNeeded with what there is to do, Locked, and whatever
    keeps the check from being made."""
    path = os.path.join(data_dir, "archive.db")
    if not os.path.isfile(path):
        raise CrawlNeeded(f"there is no {path} yet")
    take_lock(data_dir).close()
    if os.path.exists(os.path.join(data_dir, ".pending")):
        raise CrawlNeeded("the last crawl was killed")
    words = [word.strip() for word in arguments.get("feeds", ",".join(FEEDS)).split(",")]
    feeds = [feed for word, feed in FEEDS.items() if word in words or feed[0] in words]
    if arguments.keys() - {"origin", "feeds"} or len(feeds) != len(words):
        raise CrawlNeeded("arguments that this check does not know")
    names = json.dumps([name for name, _, _ in feeds])
    began = settings["FINEWS_NOW"] or datetime.now(UTC).isoformat()
    now = datetime.fromisoformat(began).astimezone(UTC)
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    db = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, timeout=10)
    try:
        for what, sql in WAITING.items():
            if db.execute(sql, {"now": moment, "feeds": names}).fetchone():
                raise CrawlNeeded(what)
        given_origins = arguments.get("origin") or settings["FINEWS_ORIGINS"]
        origins = [origin.strip().rstrip("/") for origin in given_origins.split(",") if origin.strip()]
        agent = load_beside("user_agent")["build_user_agent"](
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
            [ident, name, is_whole(row)]
            for name, rows in listed.items()
            for row in unsettled(name, rows, known.get(name, ({}, None))[0])
            if (ident := native_id(row))
        ]
        news = db.execute(NEWS, {"listed": json.dumps(records), "now": moment}).fetchone()[0]
        if news:
            raise CrawlNeeded(f"{news} records are new")
        if strange := [ident for ident, name, _ in records if ident not in known[name][0]]:
            raise CrawlNeeded(f"{len(strange)} records were not listed by the poll before")
        lock = take_lock(data_dir)
        lock.seek(0)
        lock.truncate()
        lock.write(f"pid {os.getpid()}, since {moment}, preflight.py\n")
        lock.flush()
        write_down(db, now, moment, [name for name, _, _ in feeds], len(feeds) * len(origins), received)
        lock.close()
    finally:
        db.close()


def _quoted(path: str) -> str:
    return "".join(f"%{ord(char):02x}" if char in "%?#" else char for char in path)


def write_down(
    db: sqlite3.Connection,
    now: datetime,
    moment: str,
    feeds: list[str],
    requests: int,
    received: int,
) -> None:
    """Keep that the feeds were read and list nothing new."""
    crawl_id = f"{now:%Y%m%dT%H%M%SZ}-preflight-{os.getpid()}@{os.uname().nodename}"
    row = {"id": crawl_id, "now": moment, "requests": requests, "bytes": received}
    record_quiet_poll = load_beside("../archive/quiet_poll")["record_quiet_poll"]
    record_quiet_poll(db, row, feeds)


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
        settings = all_settings(further | before)
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
