"""``/-/articles?q=冬奥``: search, and lists of articles by publisher, security and days. Every search box leads here."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from archive.web.ask import ENTRY, Row, ask, fetch_value, has_search, parse_day, parse_number
from archive.web.pages import page, render_page
from archive.web.pages.feeds import feed_links

SIZE = 30  # articles a page
LAST_PAGE = 100_000
MOST_LETTERS = 200  # of a query line


def search_words(line: str) -> list[str]:
    """The words that a query line asks for, the longest first, without those that must not occur.

    >>> search_words('冬奥 张家口|崇礼 -ET7 "中国"')
    ['张家口', '冬奥', '崇礼', '中国']
    """
    words = [
        alternative
        for word in line.replace('"', " ").split()
        if not word.startswith("-")
        for alternative in word.split("|")
    ]
    return sorted(filter(None, words), key=len, reverse=True)


def mark_words(text: str | None, words: list[str]) -> Markup:
    """*text* as HTML with the words marked.

    >>> mark_words("<b>北京冬奥</b>", ["冬奥"])
    Markup('&lt;b&gt;北京<mark>冬奥</mark>&lt;/b&gt;')
    """
    if not words or not text:
        return escape(text or "")
    parts = re.split(f"({'|'.join(map(re.escape, words))})", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def filter_sql(asked: dict[str, str]) -> str:
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


async def find_articles(datasette: Any, asked: dict[str, str], number: int) -> tuple[int, list[Row]]:
    """How many articles there are, and those of page *number*, with an ``excerpt`` where words were asked for."""
    place = {"size": SIZE, "skip": (number - 1) * SIZE}
    if not asked["q"]:
        rows = f"FROM articles AS a WHERE {filter_sql(asked)}"
        count = await fetch_value(datasette, f"SELECT count(*) {rows}", **asked)
        newest = f"SELECT {ENTRY} {rows} ORDER BY a.published_at DESC, a.id LIMIT :size OFFSET :skip"
        return count, await ask(datasette, newest, **asked, **place)
    rows = f"FROM search AS found JOIN articles AS a ON a.id = found.id WHERE found.q = :q AND {filter_sql(asked)}"
    order = "found.rank" if asked["order"] == "best" else "a.published_at DESC"
    # Without other fields the index alone knows.
    counted = "FROM search WHERE q = :q" if filter_sql(asked) == "1" else rows
    count = await fetch_value(datasette, f"SELECT count(*) {counted}", **asked)
    # An excerpt takes longer than finding its article, so only those that are shown get one.
    page_query = f"SELECT a.arrival, {ENTRY} {rows} ORDER BY {order}, a.id LIMIT :size OFFSET :skip"
    entries = await ask(datasette, page_query, **asked, **place)
    if entries:
        arrivals = ", ".join(str(entry["arrival"]) for entry in entries)
        excerpts = {
            row["id"]: row["excerpt"]
            for row in await ask(
                datasette, f"SELECT id, excerpt FROM search WHERE q = :q AND arrival IN ({arrivals})", **asked
            )
        }
        for entry in entries:
            entry["excerpt"] = excerpts.get(entry["id"])
    return count, entries


@page("/-/articles$")
async def articles(datasette: Any, request: Any) -> Any:
    given = {name: (request.args.get(name) or "").strip() for name in ("q", "publisher", "security")}
    given["q"] = given["q"][:MOST_LETTERS]
    days = {name: parse_day(request.args.get(name)) or "" for name in ("from", "to")}
    order = "newest" if request.args.get("order") == "newest" or not given["q"] else "best"
    asked = given | days | {"order": order}
    number = parse_number(request.args.get("page"), 1, LAST_PAGE)
    searchable = await has_search(datasette)
    possible = searchable or not given["q"]
    count, entries = await find_articles(datasette, asked, number) if possible else (0, [])
    words = search_words(given["q"])
    for entry in entries:
        entry["headline"] = mark_words(entry["headline"], words)
        if given["q"]:
            entry["excerpt"] = mark_words(entry.get("excerpt"), words)
    kept = {name: value for name, value in asked.items() if value and (name, value) != ("order", "best")}
    if not given["q"]:
        kept.pop("order")
    filters = {name: asked[name] for name in ("q", "publisher", "security", "from", "to")}
    return await render_page(
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
        by_month=f"/-/trend?{urlencode({name: value for name, value in filters.items() if value} | {'by': 'month'})}",
        as_table=f"/archive/articles_found?{urlencode(filters)}" if searchable else "/archive/articles?",
        searchable=searchable,
        feeds=feed_links(asked),
    )
