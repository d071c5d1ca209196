"""``/-/articles?q=冬奥``: search, and lists of articles by publisher, security and days. Every search box leads here."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from archive.web.ask import ENTRY, Row, ask, day_of, has_search, number_of, one
from archive.web.pages import page, show

SIZE = 30  # articles a page
LAST_PAGE = 100_000
MOST_LETTERS = 200  # of a query line


def words_of(line: str) -> list[str]:
    """The words that a query line asks for, the longest first, without those that must not occur.

    >>> words_of('冬奥 张家口|崇礼 -ET7 "中国"')
    ['张家口', '冬奥', '崇礼', '中国']
    """
    words = [
        one for word in line.replace('"', " ").split() if not word.startswith("-") for one in word.split("|")
    ]
    return sorted(filter(None, words), key=len, reverse=True)


def marked(text: str | None, words: list[str]) -> Markup:
    """*text* as HTML with the words marked.

    >>> marked("<b>北京冬奥</b>", ["冬奥"])
    Markup('&lt;b&gt;北京<mark>冬奥</mark>&lt;/b&gt;')
    """
    if not words or not text:
        return escape(text or "")
    parts = re.split(f"({'|'.join(map(re.escape, words))})", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def chosen(asked: dict[str, str]) -> str:
    """SQL of the articles that the fields of the form choose, without the words."""
    where = ["1"]
    if asked["publisher"]:
        where.append("(a.publisher = :publisher OR a.publisher_slug = :publisher)")
    if asked["security"]:
        where.append(
            "a.id IN (SELECT article_id FROM article_securities WHERE NOT doubtful AND security_id IN ("
            "SELECT id FROM securities WHERE id = :security OR code = :security OR name = :security))"
        )
    if asked["from"]:
        where.append("date(a.published_at, '+8 hours') >= :from")
    if asked["to"]:
        where.append("date(a.published_at, '+8 hours') <= :to")
    return " AND ".join(where)


async def find(datasette: Any, asked: dict[str, str], number: int) -> tuple[int, list[Row]]:
    """How many articles there are, and those of page *number*, with an ``excerpt`` where words were asked for."""
    place = {"size": SIZE, "skip": (number - 1) * SIZE}
    if not asked["q"]:
        rows = f"FROM articles AS a WHERE {chosen(asked)}"
        count = await one(datasette, f"SELECT count(*) {rows}", **asked)
        newest = f"SELECT {ENTRY} {rows} ORDER BY a.published_at DESC, a.id LIMIT :size OFFSET :skip"
        return count, await ask(datasette, newest, **asked, **place)
    rows = (
        f"FROM search AS found JOIN articles AS a ON a.id = found.id WHERE found.q = :q AND {chosen(asked)}"
    )
    order = "found.rank" if asked["order"] == "best" else "a.published_at DESC"
    # Without other fields the index alone knows.
    counted = "FROM search WHERE q = :q" if chosen(asked) == "1" else rows
    count = await one(datasette, f"SELECT count(*) {counted}", **asked)
    # An excerpt takes longer than finding its article, so only those that are shown get one.
    shown = f"SELECT a.arrival, {ENTRY} {rows} ORDER BY {order}, a.id LIMIT :size OFFSET :skip"
    entries = await ask(datasette, shown, **asked, **place)
    if entries:
        arrivals = ", ".join(str(entry["arrival"]) for entry in entries)
        said = {
            row["id"]: row["excerpt"]
            for row in await ask(
                datasette, f"SELECT id, excerpt FROM search WHERE q = :q AND arrival IN ({arrivals})", **asked
            )
        }
        for entry in entries:
            entry["excerpt"] = said.get(entry["id"])
    return count, entries


@page("/-/articles$")
async def articles(datasette: Any, request: Any) -> Any:
    given = {name: (request.args.get(name) or "").strip() for name in ("q", "publisher", "security")}
    given["q"] = given["q"][:MOST_LETTERS]
    days = {name: day_of(request.args.get(name)) or "" for name in ("from", "to")}
    order = "newest" if request.args.get("order") == "newest" or not given["q"] else "best"
    asked = given | days | {"order": order}
    number = number_of(request.args.get("page"), 1, LAST_PAGE)
    searchable = await has_search(datasette)
    possible = searchable or not given["q"]
    count, entries = await find(datasette, asked, number) if possible else (0, [])
    words = words_of(given["q"])
    for entry in entries:
        entry["headline"] = marked(entry["headline"], words)
        if given["q"]:
            entry["excerpt"] = marked(entry.get("excerpt"), words)
    kept = {name: value for name, value in asked.items() if value and (name, value) != ("order", "best")}
    if not given["q"]:
        kept.pop("order")
    filters = {"_search": given["q"], "publisher": given["publisher"]}
    return await show(
        datasette,
        request,
        "articles.html",
        asked=asked,
        count=count,
        entries=entries,
        number=number,
        last=max(-(-count // SIZE), 1),
        here=f"/-/articles?{urlencode(kept)}{'&' * bool(kept)}",
        other_order=f"/-/articles?{urlencode(kept | {'order': 'newest' if order == 'best' else 'best'})}",
        as_table=f"/archive/articles?{urlencode({name: value for name, value in filters.items() if value})}",
        searchable=searchable,
    )
