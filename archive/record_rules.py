"""What wins where an article was had more than once: the rules of a crawl over its archive, and of archives that are merged.

A fuller record (the feed's headline instead of the body's first sentence, seconds instead of a day) takes the place of a
poorer one, never the reverse, and that is no revision. Another text is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from archive.text_changes import changes, text_columns

PUBLISHER, READER = "publisher", "reader"
"""Causes of a revision: values of `revisions.cause`."""

TRUST = {"feed": 3, "detail": 2, "page": 1, "body": 0, "id": 0, None: -1}
"""How far a headline or time is trusted, by where it was read: list record, detail JSON, page, placeholder."""

PUBLISHER_ORDER = ("feed", "detail", "body", "page", "digest")
"""The list record's word for the publisher comes first, then the body's own source line."""

OPENNESS = {"locked": 0, "preview": 1, "open": 2}
"""How much of an article its text is, by ``access``."""

COMPLETED = ("info_code", "share_url", "canonical_url", "description", "alternative_headline")
"""Columns of `articles` in which what is known fills what is missing."""


def first_of(names: Mapping[str, str]) -> str | None:
    """The publisher among all that were named.

    >>> first_of({"digest": "央行", "body": "央行网站"})
    '央行网站'
    """
    return next((names[origin] for origin in PUBLISHER_ORDER if names.get(origin)), None)


def keep_better(
    record: MutableMapping[str, Any], known: Mapping[str, Any], value: str, origin: str, *others: str
) -> None:
    """Keep the known *value* (and *others* that belong to it) where it comes from a better *origin*."""
    if known[value] is not None and (
        record[value] is None or TRUST[known[origin]] > TRUST[record.get(origin)]
    ):
        for name in (value, origin, *others):
            record[name] = known[name]


def cause_of(record: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Who made the text another one: the publisher, or, where the same body was served, our reader and rules."""
    same = record["source_sha256"] is not None and record["source_sha256"] == known["source_sha256"]
    return READER if same else PUBLISHER


def earlier_text(
    before: Mapping[str, Any], body_text: str, cause: str, replaced: bool = False
) -> dict[str, Any]:
    """The row of `revisions` of the text *before*, which *body_text* replaces, without its ``article_id``."""
    kept = ("revision", "retrieved_at", "headline", "body_html", "body_text", "reader", "source_sha256")
    facts = json.loads(changes(before["body_text"], body_text) or "{}")
    if replaced:
        facts["replaced"] = True
    return {
        **{name: before[name] for name in kept},
        "changes": json.dumps(facts, ensure_ascii=False) if facts else None,
        **text_columns(before["body_text"], body_text),
        "cause": cause,
    }
