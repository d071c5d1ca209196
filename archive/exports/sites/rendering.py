"""Pieces of pages that both generators share."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from archive.excerpts import newest_excerpt
from archive.exports import Row
from archive.exports.sites.listings import (
    inert_text,
    original_url,
    post_address,
    render_headline,
)
from archive.language import pgettext, tag_of
from archive.post_format import beijing
from archive.post_text import quoted

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def folder_name(ident: str) -> str:
    """A security's id as a folder's name.

    >>> folder_name("1.600160"), len(folder_name("../x"))
    ('1.600160', 21)
    """
    return (
        ident
        if SAFE_NAME.fullmatch(ident)
        else "x" + sha256(ident.encode("utf-8", "replace")).hexdigest()[:20]
    )


def nothing_here() -> str:
    """What stands where there are no articles."""
    return "<p>" + pgettext("site", "There are no articles here yet.") + "</p>"


def format_time(row: Row) -> str:
    """When an article was published, as far as is known, on a Beijing clock."""
    if not row["published_at"]:
        return pgettext("site", "time unknown")
    moment = beijing(row["published_at"])
    day = long_day(moment.year, moment.month, moment.day)
    return day if row["published_precision"] == "day" else f"{day} {moment:%H:%M}"


def front_matter(row: Row) -> list[tuple[str, str]]:
    """What a post's layout shows beside its text."""
    lines = [("shown", quoted(format_time(row))), ("original", quoted(original_url(row)))]
    if row["published_at"]:
        lines.append(("day", quoted(f"{beijing(row['published_at']):%Y-%m-%d}")))
    if row["publisher"]:
        lines.append(("publisher", quoted(row["publisher"])))
        if row["publisher_slug"]:
            lines.append(("publisher_page", quoted(row["publisher_slug"])))
    if (tag := tag_of(row["headline"])) != "zh":
        lines.append(("written", quoted(tag)))
    if row["withdrawn_at"]:
        lines.append(("withdrawn", quoted(f"{beijing(row['withdrawn_at']):%Y-%m-%d}")))
    named = [
        f"{{name: {quoted(name)}, page: {quoted(folder_name(ident))}}}"
        for ident, name in zip(row["securities"], row["security_names"], strict=True)
    ]
    lines.append(("named", f"[{', '.join(named)}]"))
    return lines


def render_entry(row: Row, images: list[str], root: str) -> str:
    """An article on the front page: headline, where it comes from, what it says, its first image."""
    thumbnail = ""
    if images:
        thumbnail = f'<a class="thumb" href="{root}{post_address(row)}" tabindex="-1" aria-hidden="true"><img src="{root}{images[0]}" alt="" loading="lazy"></a>'
    summary = inert_text(newest_excerpt(row["description"], row["body_html"], row["revision"]) or "")
    publisher = f"{inert_text(row['publisher'])} · " if row["publisher"] else ""
    return (
        f'<article class="entry" lang="{tag_of(row["headline"])}">{thumbnail}<div><h2>{render_headline(row, root, True)}</h2>\n'
        f'<p class="meta">{publisher}<time>{format_time(row)}</time></p>'
        + f"\n<p>{summary}</p>" * bool(summary)
        + "</div></article>"
    )


def day_title(day: str) -> str:
    """The title of a day's page."""
    if day == "unknown":
        return pgettext("site", "time unknown")
    return long_day(*map(int, day.split("-")))


def long_day(year: int, month: int, day: int) -> str:
    """A day as people write it."""
    form = pgettext("site", "{year}-{month:02}-{day:02}")
    return form.format(year=year, month=month, day=day)


def render_calendar(days: dict[str, int]) -> str:
    """The days that have articles, by month, newest first."""
    months: dict[str, list[str]] = {}
    for day, count in days.items():
        month = "时间不明" if day == "unknown" else f"{int(day[:4])}年{int(day[5:7])}月"
        label = "全部" if day == "unknown" else str(int(day[8:]))
        months.setdefault(month, []).append(
            f'<li><a href="{day}/index.html">{label}</a> <span>{count:,}</span></li>'
        )
    parts = [
        f'<h2>{month}</h2>\n<ol class="grid">\n{chr(10).join(lines)}\n</ol>'
        for month, lines in months.items()
    ]
    return "\n".join(parts) or nothing_here()


def render_index(listings: Any) -> str:
    """The listings by how much they hold."""
    ordered = sorted(listings, key=lambda listing: (-listing.count, listing.folder))
    lines = [
        f'<li><a href="{listing.folder.partition("/")[2]}/index.html">{inert_text(listing.title)}</a> <span>{listing.count:,}</span></li>'
        for listing in ordered
    ]
    return f'<ol class="grid wide">\n{chr(10).join(lines)}\n</ol>' if lines else nothing_here()
