"""``/-/edits``: what edits took out and put in, word by word, and what was withdrawn; by day, publisher and security."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from archive.charts import days_until
from archive.edits.revisions import Change, Text
from archive.edits.word_diff import Line, Run
from archive.language import gettext_noop
from archive.questions import CHANGED_AT, NARROWED
from archive.web.ask import Row, ask, fetch_value, newest_day, parse_day, parse_number
from archive.web.pages import page, render_page
from archive.web.pages.feeds import feed_links

SIZE = 20  # edits a page
KINDS = {
    "": gettext_noop("all"),
    "text": gettext_noop("edits"),
    "figures": gettext_noop("edits that changed figures"),
    "withdrawn": gettext_noop("withdrawals"),
}
LAST_PAGE = 100_000
TAGS = {"removed": "del", "added": "ins"}

EDITS = f"""SELECT r.article_id, r.revision, {CHANGED_AT} AS changed_at FROM revisions AS r JOIN articles AS a ON a.id = r.article_id
WHERE {NARROWED} AND (:id = '' OR a.id = :id)
  AND (:from = '' OR date({CHANGED_AT}, '+8 hours') >= :from) AND (:to = '' OR date({CHANGED_AT}, '+8 hours') <= :to)
  AND CASE :kind WHEN 'withdrawn' THEN json_extract(r.changes, '$.withdrawn') IS 1
    WHEN 'text' THEN json_extract(r.changes, '$.withdrawn') IS NOT 1
    WHEN 'figures' THEN json_extract(r.changes, '$.figures') IS NOT NULL OR json_extract(r.changes, '$.percentages') IS NOT NULL
    ELSE 1 END"""
"""SQL of earlier texts ``r`` of articles ``a`` and when the next was found; an index answers it, and texts are not read."""
TEXTS = f"""SELECT a.id, a.publisher, r.revision, r.retrieved_at, {CHANGED_AT} AS changed_at, r.headline AS old_headline,
  coalesce(n.headline, a.headline) AS new_headline, json_extract(r.changes, '$.withdrawn') IS 1 AS withdrawn, a.withdrawn_at,
  json_extract(r.changes, '$.replaced') IS 1 AS replaced,
  r.body_text AS old_text, coalesce(n.body_text, t.body_text, r.body_text) AS new_text
FROM json_each(:keys) AS k CROSS JOIN revisions AS r
    ON r.article_id = json_extract(k.value, '$[0]') AND r.revision = json_extract(k.value, '$[1]')
  JOIN articles AS a ON a.id = r.article_id
  LEFT JOIN revisions AS n ON n.article_id = r.article_id AND n.revision = (
    SELECT min(revision) FROM revisions WHERE article_id = r.article_id AND revision > r.revision)
  LEFT JOIN texts AS t ON t.article_id = r.article_id ORDER BY k.key"""
"""SQL of those texts ``r``, each with the one after it: ``n``, else the newest, ``t``."""


def mark_runs(runs: list[Run]) -> Markup:
    """A text with what was taken out of it and put in.

    >>> str(mark_runs([("same", "入组"), ("removed", "180"), ("added", "<240>")]))
    '入组<del>180</del><ins>&lt;240&gt;</ins>'
    """
    return Markup("").join(
        Markup("<{0}>{1}</{0}>").format(TAGS[kind], text) if kind in TAGS else Markup.escape(text)
        for kind, text in runs
    )


def mark_lines(lines: list[Line]) -> list[tuple[str, Markup]]:
    """The changed paragraphs, each with its neighbours; what lies between is a gap (kind ``gap``)."""
    near = {index + step for index, line in enumerate(lines) if line.kind != "same" for step in (-1, 0, 1)}
    marked: list[tuple[str, Markup]] = []
    for index, line in enumerate(lines):
        if index in near:
            marked.append((line.kind, mark_runs(line.runs)))
        elif not marked or marked[-1][0] != "gap":
            marked.append(("gap", Markup("…")))
    return marked


def describe(row: Row) -> Row:
    """An edit for the template."""
    withdrawn = bool(row["withdrawn"])
    old = Text(row["revision"], row["retrieved_at"], row["old_headline"], row["old_text"], "")
    new = Text(row["revision"] + 1, row["changed_at"], row["new_headline"], row["new_text"], "", withdrawn)
    change = Change(old, new)
    # A withdrawal keeps the last text: there is nothing to compare.
    lines = [] if withdrawn else mark_lines(change.lines)
    headline = mark_runs(change.headline) if old.headline != new.headline else None
    return row | {"withdrawn": withdrawn, "lines": lines, "headline_change": headline}


async def find_edits(datasette: Any, asked: dict[str, str], number: int) -> tuple[int, list[Row]]:
    """How many edits there are, and those of page *number*, the newest first."""
    count = await fetch_value(datasette, f"SELECT count(*) FROM ({EDITS})", **asked)
    keys = await ask(
        datasette,
        f"{EDITS} ORDER BY changed_at DESC, r.article_id, r.revision DESC LIMIT :size OFFSET :skip",
        **asked,
        size=SIZE,
        skip=(number - 1) * SIZE,
    )
    texts = await ask(
        datasette, TEXTS, keys=json.dumps([[key["article_id"], key["revision"]] for key in keys])
    )
    return count, [describe(row) for row in texts]


def asked_of(request: Any) -> dict[str, str]:
    """The fields of the form; empty where they are not given."""
    asked = {name: (request.args.get(name) or "").strip() for name in ("publisher", "security", "id", "kind")}
    asked |= {name: parse_day(request.args.get(name)) or "" for name in ("from", "to")}
    return asked if asked["kind"] in KINDS else asked | {"kind": ""}


@page("/-/edits$")
async def edits(datasette: Any, request: Any) -> Any:
    asked = asked_of(request)
    number = parse_number(request.args.get("page"), 1, LAST_PAGE)
    count, entries = await find_edits(datasette, asked, number)
    kept = urlencode({name: value for name, value in asked.items() if value})
    newest = await newest_day(datasette)
    return await render_page(
        datasette, request, "edits.html", asked=asked, kinds=KINDS, count=count, edits=entries, number=number,
        last=max(-(-count // SIZE), 1), here=f"/-/edits?{kept}{'&' * bool(kept)}",
        feeds=feed_links(asked, "/-/edits", ("kind", "publisher", "security", "id")),
        week=days_until(newest, 7)[0] if newest else "",
        as_table=f"/archive/what_changed?{urlencode({name: asked[name] for name in ('from', 'to')})}",
    )  # fmt: skip
