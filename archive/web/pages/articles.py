"""``/-/articles?q=冬奥``: search, and lists of articles by publisher, security and days. Every search box leads here."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from archive.web.ask import ENTRY, Row, ask, has_search, parse_day, parse_number
from archive.web.found import NEWEST, chosen_sql, found_newest_sql
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


async def find_articles(datasette: Any, asked: dict[str, str], number: int) -> tuple[int, list[Row]]:
    """How many articles there are, and those of page *number*, with an ``excerpt`` where words were asked for.

    Of more than `NEWEST` with the words, those that were archived last are counted, ranked and shown.
    """
    place = {"size": SIZE, "skip": (number - 1) * SIZE}
    if not asked["q"]:
        rows = chosen_sql(asked)
        # The articles of a security are gone through once; of all others an index is, which is quicker counted by itself.
        counted = "count(*) OVER ()" if asked["security"] else f"(SELECT count(*) {rows})"
        newest = f"SELECT a.arrival, {counted} AS found {rows} ORDER BY a.published_at DESC, a.arrival DESC LIMIT :size OFFSET :skip"
    else:
        order = "rank" if asked["order"] == "best" else "published_at DESC"
        newest = (
            f"SELECT arrival, count(*) OVER () AS found FROM ({found_newest_sql(asked, NEWEST + 1)})"
            f" ORDER BY {order}, arrival DESC LIMIT :size OFFSET :skip"
        )
    page_rows = await ask(datasette, newest, **asked, **place)
    count = page_rows[0]["found"] if page_rows else 0
    if number > 1 and not page_rows:  # there are fewer pages
        count, _ = await find_articles(datasette, asked, 1)
    # What a page shows of an article takes longer than finding it, so only those that are shown are read.
    arrivals = [row["arrival"] for row in page_rows]
    marks = ", ".join(map(str, arrivals))
    source, excerpt, shown = "articles AS a WHERE", "", f"a.arrival IN ({marks})"
    if asked["q"]:
        source = "search AS f JOIN articles AS a ON a.arrival = f.arrival WHERE f.q = :q AND"
        excerpt, shown = "f.excerpt, ", f"f.arrival IN ({marks})"
    if asked["q"] and count > NEWEST:  # one look along so many matches is less than one for each article
        shown = f"f.arrival BETWEEN {min(arrivals, default=0)} AND {max(arrivals, default=0)} AND +{shown}"
    entries = await ask(datasette, f"SELECT a.arrival, {excerpt}{ENTRY} FROM {source} {shown}", **asked)
    return count, sorted(entries, key=lambda entry: arrivals.index(entry["arrival"]))


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
        newest=NEWEST if given["q"] and count > NEWEST else None,
        last=max(-(-(min(count, NEWEST) if given["q"] else count) // SIZE), 1),
        here=f"/-/articles?{urlencode(kept)}{'&' * bool(kept)}",
        other_order=f"/-/articles?{urlencode(kept | {'order': 'newest' if order == 'best' else 'best'})}",
        by_month=f"/-/trend?{urlencode({name: value for name, value in filters.items() if value} | {'by': 'month'})}",
        as_table=f"/archive/articles_found?{urlencode(filters)}" if searchable else "/archive/articles?",
        searchable=searchable,
        feeds=feed_links(asked),
    )
