"""``/-/edits.atom?kind=withdrawn``, ``/-/edits.json``: the newest edits and withdrawals for feed readers, narrowed as the page is."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from markupsafe import Markup

from archive.exports import Job, format_named
from archive.language import gettext
from archive.web.ask import Row
from archive.web.cells import article_address
from archive.web.metadata import TITLE
from archive.web.pages import page
from archive.web.pages.edits import KINDS, asked_of, find_edits
from archive.web.pages.feeds import FORMATS, feed_response, own_address


def entry_of(edit: Row, origin: str) -> Row:
    """An edit as the formats of feeds take an article; *origin* is the server's."""
    form = gettext("Withdrawn: {headline}") if edit["withdrawn"] else gettext("Edited: {headline}")
    lines = [Markup("<p>{}</p>").format(line) for _, line in edit["lines"]]
    if edit["withdrawn"]:
        gone = gettext("The source withdrew this article.")
        back = gettext("The source withdrew this article for a while; it is available again.")
        lines = [Markup("<p>{}</p>").format(gone if edit["withdrawn_at"] else back)]
    elif edit["headline_change"] is not None:
        lines.insert(0, Markup("<h1>{}</h1>").format(edit["headline_change"]))
    if edit["replaced"]:
        lines.insert(0, Markup("<p>{}</p>").format(gettext("another article is served under the same id")))
    return {
        "id": f"{edit['id']}/revision/{edit['revision']}",
        "headline": form.format(headline=edit["new_headline"]),
        "publisher": edit["publisher"],
        "authors": [],
        "description": None,
        "revision": 1,
        "published_at": edit["changed_at"],
        "updated_at": edit["changed_at"],
        "share_url": None,
        "canonical_url": origin + article_address(edit["id"]),
        "body_html": str(Markup("\n").join(lines)),
        "images": [],
        "image_urls": [],
    }


@page(r"/-/edits\.(?P<suffix>atom|json)$")
async def edit_feed(datasette: Any, request: Any) -> Any:
    asked = asked_of(request)
    _, edits = await find_edits(datasette, asked, 1)
    own = own_address(request)
    origin = own.partition("/-/")[0]
    name, media_type = FORMATS[request.url_vars["suffix"]]
    words = [
        asked["publisher"],
        asked["security"],
        asked["id"],
        gettext(KINDS[asked["kind"]]) if asked["kind"] else "",
    ]
    title = ": ".join([gettext(TITLE), " ".join(filter(None, words)) or gettext("Edits")])
    updated = max((edit["changed_at"] for edit in edits), default=None)
    job = Job(
        columns=[],
        count=len(edits),
        updated_at=updated,
        query={"edits": "1"} | {field: value for field, value in asked.items() if value},
        options={"title": title, "self-url": own},
    )
    out = io.BytesIO()
    await asyncio.to_thread(format_named(name).write, job, (entry_of(edit, origin) for edit in edits), out)
    return feed_response(request, out.getvalue(), updated, media_type)
