"""What wins where an article was had more than once: the rules of a crawl over its archive, and of archives that are merged.

A fuller record (the feed's headline instead of the body's first sentence, seconds instead of a day) takes the place of a
poorer one, never the reverse, and that is no revision. Another text is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from archive.edits.changes import changes, text_columns
from archive.times import utc_text

PUBLISHER, READER = "publisher", "reader"
"""Causes of a revision: values of `revisions.cause`."""

TRUST = {"feed": 3, "detail": 2, "page": 1, "body": 0, "id": 0, None: -1}
"""How far a headline or time is trusted, by where it was read: list record, detail JSON, page, placeholder."""

PUBLISHER_ORDER = ("feed", "detail", "body", "page", "digest")
"""The list record's word for the publisher comes first, then the body's own source line."""

OPENNESS = {"locked": 0, "preview": 1, "open": 2}
"""How much of an article its text is, by ``access``."""

IMPORTED = {"older_posts": 0, "saved": 1, None: 2}
"""How far a text is trusted by ``captured_from``: an imported one never takes the place of one that the source served."""

COMPLETED = ("info_code", "share_url", "canonical_url", "description", "alternative_headline")
"""Columns of `articles` in which what is known fills what is missing."""


def first_of(names: Mapping[str, str]) -> str | None:
    """The publisher among all that were named.

    >>> first_of({"digest": "央行", "body": "央行网站"})
    '央行网站'
    """
    return next((names[origin] for origin in PUBLISHER_ORDER if names.get(origin)), None)


def keep_better(
    record: MutableMapping[str, Any],
    known: Mapping[str, Any],
    value: str,
    origin: str,
    *others: str,
    fill: bool = False,
) -> None:
    """Keep the known *value* (and *others* that belong to it) where it comes from a better *origin*; with *fill*, unless it
    is a placeholder that *record* knows better."""
    trusted = 0 if fill else TRUST[record.get(origin)]
    if known[value] is not None and (
        record[value] is None
        or TRUST[known[origin]] > trusted
        or (fill and TRUST[record.get(origin)] <= TRUST[known[origin]])
    ):
        for name in (value, origin, *others):
            record[name] = known[name]


def keeps_known(record: Mapping[str, Any], known: Mapping[str, Any], known_text: str | None) -> bool:
    """Whether the known text stays: it is fuller (as behind a paywall put up since), or trusted more, or of two pages saved by
    hand the newer; of post files of the older site, whose order in time is not known, the longest."""
    fuller = OPENNESS[record["access"]] - OPENNESS[known["access"]]
    if fuller:
        return fuller < 0
    trusted = IMPORTED[record.get("captured_from")] - IMPORTED[known["captured_from"]]
    if trusted or record.get("captured_from") is None:
        return trusted < 0
    if record["captured_from"] == "older_posts":
        return len(record["body_text"] or "") <= len(known_text or "")
    return utc_text(record["retrieved_at"]) < known["retrieved_at"]


def cause_of(record: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Who made the text another one: the publisher, or, where the same body was served, our reader and rules."""
    for name in ("source_sha256", "response_sha256"):  # of a web page the body is what the reader chose of it
        if record.get(name) is not None and record.get(name) == known.get(name):
            return READER
    return PUBLISHER


def earlier_text(
    before: Mapping[str, Any], body_text: str, cause: str, replaced: bool = False
) -> dict[str, Any]:
    """The row of `revisions` of the text *before*, which *body_text* replaces, without its ``article_id``."""
    columns = ("revision", "retrieved_at", "headline", "body_html", "body_text", "reader", "source_sha256")
    facts = json.loads(changes(before["body_text"], body_text) or "{}")
    if replaced:
        facts["replaced"] = True
    return {
        **{name: before[name] for name in columns},
        "changes": json.dumps(facts, ensure_ascii=False) if facts else None,
        **text_columns(before["body_text"], body_text),
        "cause": cause,
    }
