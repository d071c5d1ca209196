"""``/-/feed.atom?q=…``, ``/-/feed.json?q=…``: the newest articles of a search, publisher or security for feed readers."""

from __future__ import annotations

import asyncio
import io
from contextlib import closing, suppress
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from archive.exports import Job, format_named
from archive.exports.formats.atom import NEEDS
from archive.exports.selection import Snapshot
from archive.language import gettext
from archive.web.ask import ask, has_search
from archive.web.found import NEWEST, chosen_sql, found_newest_sql
from archive.web.metadata import TITLE
from archive.web.pages import not_found, page

SIZE = 50  # articles
FORMATS = {"atom": ("atom", "application/atom+xml"), "json": ("jsonfeed", "application/feed+json")}
"""By the suffix of the address: name of the format, media type."""
FIELDS = ("q", "publisher", "security")


def feed_links(
    asked: dict[str, str], path: str = "/-/feed", fields: tuple[str, ...] = FIELDS
) -> list[tuple[str, str, str]]:
    """Label, media type and address of the feeds of a search, or of what else *path* has feeds of, by *fields*.

    >>> feed_links({"q": "a", "publisher": ""})[0]
    ('Atom', 'application/atom+xml', '/-/feed.atom?q=a')
    """
    kept = urlencode({name: asked[name] for name in fields if asked.get(name)})
    return [
        (label, FORMATS[suffix][1], f"{path}.{suffix}{'?' * bool(kept)}{kept}")
        for label, suffix in (("Atom", "atom"), ("JSON Feed", "json"))
    ]


@page(r"/-/feed\.(?P<suffix>atom|json)$")
async def feed(datasette: Any, request: Any) -> Any:
    asked = {name: (request.args.get(name) or "").strip() for name in FIELDS}
    if asked["q"] and not await has_search(datasette):
        raise not_found(
            gettext("No search index"),
            gettext("This archive has no search index; a feed of a publisher or security is possible."),
        )
    # Of very many matches those count that were archived last.
    days = {"from": "", "to": ""}
    chosen = chosen_sql(asked | days)
    if asked["q"]:
        chosen = f"FROM articles AS a WHERE a.arrival IN (SELECT arrival FROM ({found_newest_sql(asked | days, NEWEST)}))"
    # The time limit of queries holds for what the reader asks; the rows are then looked up.
    newest = await ask(
        datasette,
        f"SELECT a.arrival {chosen} AND a.published_at IS NOT NULL AND EXISTS ("
        f"SELECT 1 FROM texts WHERE article_id = a.id) ORDER BY a.published_at DESC, a.arrival DESC LIMIT {SIZE}",
        **asked,
    )
    name, media_type = FORMATS[request.url_vars["suffix"]]
    own = own_address(request)
    data_dir = Path(datasette.get_database("archive").path).parent
    arrivals = [row["arrival"] for row in newest]
    body, updated = await asyncio.to_thread(write_feed, data_dir, name, arrivals, asked, own)
    return feed_response(request, body, updated, media_type)


def own_address(request: Any) -> str:
    """The address that was asked for."""
    return f"{request.scheme}://{request.host}{request.full_path}"


def feed_response(request: Any, body: bytes, updated: str | None, media_type: str) -> Response:
    """A feed, or 304 where the reader has it as it is; *updated* is when it last changed, UTC."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    with suppress(ValueError):  # there is none, or somebody else wrote it
        headers["last-modified"] = format_datetime(datetime.fromisoformat(updated or ""), usegmt=True)
    known = (request.headers.get("if-none-match") or "").split(",")
    if etag in (tag.strip().removeprefix("W/") for tag in known):
        return Response(b"", status=304, headers=headers)
    return Response(body, headers=headers, content_type=f"{media_type}; charset=utf-8")


def write_feed(
    data_dir: Path, name: str, arrivals: list[int], asked: dict[str, str], own: str
) -> tuple[bytes, str | None]:
    """The feed, and when the newest change of its articles was, UTC."""
    with closing(Snapshot(data_dir)) as archive:
        columns = archive.choose(NEEDS)
        rows = list(archive.rows(arrivals, columns))
    updated = max((row["updated_at"] for row in rows), default=None)
    words = " ".join(filter(None, asked.values()))
    job = Job(
        columns=columns,
        count=len(rows),
        updated_at=updated,
        query={field: value for field, value in asked.items() if value},
        options={"title": f"{gettext(TITLE)}: {words}" if words else gettext(TITLE), "self-url": own},
    )
    out = io.BytesIO()
    format_named(name).write(job, iter(rows), out)
    return out.getvalue(), updated
