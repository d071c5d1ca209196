"""Two records of one article into one. Pure functions: whichever of the two comes first, the outcome is the same.

The fuller text wins (open before preview before locked), then the one that the source served (before one saved by hand, before the older
site's), then the one received later. Of two records of one text each column
is the better one: of a headline or time the one stated better, of images those that are stored, of others the one that is
there. Different texts become revisions in the order in which they were received (`archive.record_rules`).
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from archive.edits.changes import shares_nothing, text_digest
from archive.merge.bundle import Bundle, Row
from archive.publisher_slugs import slug_of
from archive.record_rules import (
    COMPLETED,
    IMPORTED,
    OPENNESS,
    TRUST,
    cause_of,
    earlier_text,
    first_of,
    keep_better,
)

HEADLINE = ("headline", "headline_from")
PUBLISHED = ("published_at", "published_from", "published_precision", "published_raw")
"""Columns that belong together: a value, where it was read, and what else goes with it."""
OF_TEXT = ("article_images", "article_securities", "article_links", "article_times", "removals")
"""Tables whose rows come with the newest text."""


def combine(first: Bundle, second: Bundle) -> Bundle:
    """The record that two archives make of an article together."""
    older, newer = sorted((first, second), key=_rank)
    is_fuller = OPENNESS[newer.article["access"]] > OPENNESS[older.article["access"]]
    is_replaced = _is_other_article(older, newer) and not is_fuller
    shown = newer
    publishers = {row["origin"]: row for row in newer.children["article_publishers"]}
    if older.article["text_sha256"] == newer.article["text_sha256"] and not is_fuller:
        article = _better_columns(older.article, newer.article)
        article["captured_from"] = newer.article["captured_from"]
        shown = max(older, newer, key=_images)
        publishers = _best_named(older, newer)
    elif is_replaced:
        article = dict(newer.article)
    else:
        article = _completed(newer.article, older.article)
        publishers = {row["origin"]: row for row in older.children["article_publishers"]} | publishers
    if not is_replaced:
        names = {origin: row["name"] for origin, row in publishers.items()}
        article["publisher"] = first_of(names) or article["publisher"] or older.article["publisher"]
        article["publisher_slug"] = slug_of(article["publisher"]) if article["publisher"] else None
    article["first_seen_at"] = min(first.article["first_seen_at"], second.article["first_seen_at"])
    children = {
        **{table: shown.children[table] for table in OF_TEXT},
        "article_publishers": [publishers[origin] for origin in sorted(publishers)],
        "article_feeds": _union(first, second, "article_feeds", "feed", "first_listed_at"),
        "article_captures": _union(first, second, "article_captures", "capture_id", "capture_id"),
        "checks": _latest_check(first, second),
        "revisions": _revisions(older, newer, article, is_fuller, is_replaced),
    }
    return Bundle(article, shown.body_html, shown.body_text, children, shown.shared)


def _rank(bundle: Bundle) -> tuple[Any, ...]:
    """What makes a text the newer one; the text itself settles a tie, so that the order of merging does not."""
    article = bundle.article
    return (
        OPENNESS[article["access"]],
        IMPORTED[article["captured_from"]],
        len(bundle.body_text) if article["captured_from"] == "older_posts" else 0,
        article["retrieved_at"],
        article["revision"],
        article["text_sha256"],
        article["headline"],
    )


def _images(bundle: Bundle) -> tuple[Any, ...]:
    """Of two records of one text the one with more of its images, and with the markup that shows them."""
    images = bundle.children["article_images"]
    stored = sum(row["status"] == "stored" for row in images)
    return stored, bundle.body_html, json.dumps(images, sort_keys=True)


def _completed(newer: Row, older: Row) -> Row:
    """The columns of a newer text, with what the older record has better."""
    article = dict(newer)
    keep_better(article, older, *HEADLINE)
    keep_better(article, older, *PUBLISHED)
    for name in COMPLETED:
        article[name] = article[name] or older[name]
    return article


def _better_columns(first: Row, second: Row) -> Row:
    """The columns of two records of one text."""
    article = {name: max(first[name], second[name], key=_presence) for name in first}
    earlier, later = sorted(
        (first, second), key=lambda row: (row["first_seen_at"], str(row["published_raw"]))
    )
    for value, origin, *others in (HEADLINE, PUBLISHED):
        names = (value, origin, *others)
        if earlier[value] == later[value] and TRUST[earlier[origin]] == TRUST[later[origin]]:
            better = earlier  # other words for the same ("3 hours ago") are no news
        else:
            better = max(
                first,
                second,
                key=lambda row: (row[value] is not None, TRUST[row[origin]], [str(row[n]) for n in names]),
            )
        article |= {name: better[name] for name in names}
    return article


def _presence(value: Any) -> tuple[bool, str]:
    return bool(value) and value != "[]", str(value)


def _best_named(first: Bundle, second: Bundle) -> dict[str, Row]:
    """Publishers by origin."""
    best: dict[str, Row] = {}
    for row in (*first.children["article_publishers"], *second.children["article_publishers"]):
        if row["origin"] not in best or row["name"] > best[row["origin"]]["name"]:
            best[row["origin"]] = row
    return best


def _is_other_article(older: Bundle, newer: Bundle) -> bool:
    """Whether the source served another article under the same id."""
    return older.article["headline"] != newer.article["headline"] and shares_nothing(
        older.body_text, newer.body_text
    )


def _union(first: Bundle, second: Bundle, table: str, key: str, least: str) -> list[Row]:
    """The rows of both, of two with one *key* that with the least *least*."""
    rows: dict[str, Row] = {}
    for row in (*first.children[table], *second.children[table]):
        if row[key] not in rows or row[least] < rows[row[key]][least]:
            rows[row[key]] = row
    return [rows[name] for name in sorted(rows)]


def _latest_check(first: Bundle, second: Bundle) -> list[Row]:
    rows = [*first.children["checks"], *second.children["checks"]]
    return (
        [max(rows, key=lambda row: (row["last_checked_at"] or "", row["done"], row["etag"] or ""))]
        if rows
        else []
    )


# -- texts, one after the other -----------------------------------------------------------------------------------------


def _revisions(older: Bundle, newer: Bundle, article: Row, is_fuller: bool, is_replaced: bool) -> list[Row]:
    """The rows of `revisions` of both histories; sets ``revision``, ``retrieved_at`` and ``withdrawn_at`` of *article*."""
    texts: dict[tuple[str, ...], Row] = {}

    def add_text(text: Row) -> None:
        same = texts.setdefault((text["retrieved_at"], text["headline"], text["body_text"]), text)
        same["withdrawn"] = same["withdrawn"] or text["withdrawn"]

    for side in (older, newer):
        found_at = side.article["withdrawn_at"] or ""
        for row in side.children["revisions"]:
            text = _text_of_revision(row)
            is_last = row["revision"] == side.article["revision"] - 1
            # What was withdrawn last, and whose withdrawal is younger than both texts, is said of the newer one below.
            text["withdrawn"] &= not (is_last and found_at >= newer.article["retrieved_at"])
            add_text(text)
    current = _current_text(newer, article["headline"])
    if not is_fuller:  # a preview that was completed is no version
        before = _current_text(older, older.article["headline"])
        if older.article["headline_from"] != article["headline_from"] or article["headline_from"] == "body":
            before["headline"] = article["headline"]  # a better headline is no edit
        before["replaced"] = is_replaced
        add_text(before)
    withdrawn_at = max((bundle.article["withdrawn_at"] or "" for bundle in (older, newer)), default="")
    if withdrawn_at and current["retrieved_at"] > withdrawn_at:  # it is there again
        withdrawn_at = ""
    texts.pop((current["retrieved_at"], current["headline"], current["body_text"]), None)
    ordered = [texts[key] for key in sorted(texts)]
    revisions: list[Row] = []
    for text, following in pairwise([*ordered, current]):
        if text["digest"] == following["digest"] and text["headline"] == following["headline"]:
            if not text["withdrawn"]:  # the same again: it was received then
                following["retrieved_at"] = min(text["retrieved_at"], following["retrieved_at"])
                continue
            if following is current and withdrawn_at:
                continue
        revisions.append(_revision(article["id"], text, following))
    if withdrawn_at:
        revisions.append(_revision(article["id"], {**current, "withdrawn": True}, current))
    for number, row in enumerate(revisions, 1):
        row["revision"] = number
    article["revision"] = len(revisions) + 1
    article["retrieved_at"], article["withdrawn_at"] = current["retrieved_at"], withdrawn_at or None
    return revisions


def _text_of_revision(row: Row) -> Row:
    flags = json.loads(row["changes"] or "{}")
    return {
        **row,
        "digest": text_digest(row["body_text"]),
        "withdrawn": bool(flags.get("withdrawn")),
        "replaced": bool(flags.get("replaced")),
    }


def _current_text(bundle: Bundle, headline: str) -> Row:
    columns = ("retrieved_at", "reader", "source_sha256", "revision")
    return {
        **{name: bundle.article[name] for name in columns},
        "headline": headline,
        "body_html": bundle.body_html,
        "body_text": bundle.body_text,
        "digest": bundle.article["text_sha256"],
        "withdrawn": False,
        "replaced": False,
    }


def _revision(article_id: str, text: Row, following: Row) -> Row:
    """The row of `revisions` of a text that *following* replaced, or that the source withdrew."""
    row = {
        "article_id": article_id,
        **earlier_text(text, following["body_text"], cause_of(following, text), text["replaced"]),
    }
    if text["withdrawn"]:
        row |= {"changes": '{"withdrawn": true}', "text_removed": None, "text_added": None}
        row |= {"cause": None, "reader": None, "source_sha256": None}
    return row
