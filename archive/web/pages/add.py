"""``/add``: links to be crawled, by ``serve --add``; ``/-/mark``: tags, a note and a read mark on an article."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from archive.language import gettext
from archive.reader_marks import WAITING, WrongMark, add_links, ahead_of, links_of, read_mark, set_mark
from archive.web.adding import Adding
from archive.web.ask import ask
from archive.web.cells import article_address
from archive.web.host_check import LARGEST
from archive.web.pages import Page, page, render_page, with_reasons

JSON = "application/json"
RECENT = (
    "SELECT a.link, a.added_at, l.article_id, l.outcome, l.reason, n.headline, a.link IN ({waiting}) AS waits FROM added_links AS a"
    " LEFT JOIN links AS l ON l.url = a.link LEFT JOIN articles AS n ON n.id = l.article_id ORDER BY a.added_at DESC, a.link LIMIT 30"
)


def adding_of(datasette: Any) -> Adding | None:
    """What the server was started with; None where it only reads."""
    adding: Adding | None = datasette.get_database("archive").adding
    return adding


def with_errors_for_programs(make: Page) -> Page:
    """A page whose errors are JSON for those who sent JSON, or a token, and no form."""

    async def answer(datasette: Any, request: Any) -> Any:
        try:
            return await with_reasons(make)(datasette, request)
        except DatasetteError as exc:
            if "authorization" not in request.headers and media_type(request) != JSON:
                raise
            return Response.json({"error": exc.message}, status=exc.status)

    return answer


def media_type(request: Any) -> str:
    """What the body of a request says that it is."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


@page("/add$")
@with_errors_for_programs
async def add(datasette: Any, request: Any) -> Any:
    adding = _allowed(datasette)
    if request.method == "GET" and (token := request.args.get("token")):
        if not adding.is_token(token):
            raise _no_token()
        asked = urlencode({"url": request.args["url"]}) if request.args.get("url") else ""
        return Response(
            "", status=303, headers={"location": f"/add?{asked}", "set-cookie": adding.set_cookie()}
        )
    if not adding.is_allowed(request.headers):
        raise _no_token()
    if request.method != "POST":
        return await render_page(
            datasette, request, "add.html", url=request.args.get("url") or "", added=request.args.get("added"),
            recent=await ask(datasette, RECENT.format(waiting=WAITING), ahead=ahead_of(datetime.now(UTC))), host=request.headers.get("host", ""),
        )  # fmt: skip
    form, is_form = await _read(request)
    try:
        links = links_of(form.get("links") or "")
    except WrongMark as exc:
        raise DatasetteError(str(exc), title=gettext("No link"), status=400) from None
    waiting = await asyncio.to_thread(add_links, adding.archive, links, datetime.now(UTC))
    if form.get("now"):
        adding.crawl_now()
    if is_form:
        return Response("", status=303, headers={"location": f"/add?added={len(links)}"})
    return Response.json({"added": len(links), "waiting": waiting}, status=202)


@page("/-/mark$")
@with_errors_for_programs
async def mark(datasette: Any, request: Any) -> Any:
    adding = _allowed(datasette)
    if not adding.is_allowed(request.headers):
        raise _no_token()
    if request.method != "POST":
        raise DatasetteError(gettext("Marks are sent by POST."), title=gettext("Nothing to see"), status=405)
    form, is_form = await _read(request)
    article_id = form.get("id") or ""
    try:
        wanted = read_mark(form.get("tags") or "", form.get("note") or "", bool(form.get("read")))
        await asyncio.to_thread(set_mark, adding.archive, article_id, wanted, datetime.now(UTC))
    except WrongMark as exc:
        raise DatasetteError(str(exc), title=gettext("Not kept"), status=400) from None
    if is_form:
        return Response("", status=303, headers={"location": f"{article_address(article_id)}#marks"})
    return Response.json(
        {"id": article_id, "tags": list(wanted.tags), "note": wanted.note, "read": wanted.is_read}
    )


def _allowed(datasette: Any) -> Adding:
    adding = adding_of(datasette)
    if adding is None:
        raise DatasetteError(
            gettext("This server only reads. Start it with scrapy serve --add to add links."),
            title=gettext("Adding is off"),
            status=403,
        )
    return adding


def _no_token() -> DatasetteError:
    return DatasetteError(
        gettext(
            "Open the address with the token that scrapy serve --add printed; programs send Authorization: Bearer TOKEN."
        ),
        title=gettext("A token is required"),
        status=401,
    )


async def _read(request: Any) -> tuple[dict[str, str], bool]:
    """Fields of a form, or of a JSON object (``url`` or ``urls`` are links), as texts; whether it was a form. Raises DatasetteError."""
    body = await request.post_body()
    if len(body) > LARGEST:
        raise DatasetteError(
            gettext("More than a megabyte at once."), title=gettext("Too much at once"), status=413
        )
    kind = media_type(request)
    text = body.decode("utf-8", "replace")
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text)), True
    if kind != JSON:
        return {"links": text, "now": ""}, False
    try:
        data = json.loads(text)
        json.dumps(
            data, ensure_ascii=False
        ).encode()  # JSON can escape half a character, which no text can hold
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise DatasetteError(
            gettext("Send a JSON object with url or urls."), title=gettext("Not JSON"), status=400
        )
    urls = data.get("urls", data.get("url", ""))
    links = "\n".join(map(str, urls)) if isinstance(urls, list) else str(urls)
    tags = data.get("tags", "")
    return {
        "links": links, "now": "1" if data.get("now") else "", "id": str(data.get("id", "")), "note": str(data.get("note") or ""),
        "tags": ",".join(map(str, tags)) if isinstance(tags, list) else str(tags), "read": "1" if data.get("read") else "",
    }, False  # fmt: skip
