"""Alerts in words: one message for what a watch has for a destination at a moment."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from archive.alerts.watches import EDIT, FIGURES, NEW, TROUBLE, WITHDRAWAL
from archive.times import in_beijing

SHOWN = 20
"""Alerts in one message: services cut longer ones."""
LONGEST = 80
"""Characters of a sentence in a message."""
WORDS = {
    NEW: ("new article", "new articles"),
    EDIT: ("edit", "edits"),
    FIGURES: ("edit of figures", "edits of figures"),
    WITHDRAWAL: ("withdrawal", "withdrawals"),
    TROUBLE: ("operating report", "operating reports"),
}
PREFIX = {NEW: "", EDIT: "edited: ", FIGURES: "figures changed: ", WITHDRAWAL: "withdrawn: "}


def compose(conn: sqlite3.Connection, watch: str, alerts: Sequence[sqlite3.Row]) -> tuple[str, str]:
    """``(title, body)`` in plain text, the body a paragraph an alert."""
    paragraphs = [_paragraph(conn, alert) for alert in alerts]
    counts = []
    for event, (one, many) in WORDS.items():
        if number := sum(alert["event"] == event for alert in alerts):
            counts.append(f"{number} {one if number == 1 else many}")
    return f"{watch}: {', '.join(counts)}", "\n\n".join(paragraphs)


def _paragraph(conn: sqlite3.Connection, alert: sqlite3.Row) -> str:
    if alert["event"] == TROUBLE:
        return str(alert["detail"])
    article = conn.execute(
        "SELECT headline, publisher, published_at, published_precision, coalesce(share_url, canonical_url) AS url FROM articles WHERE id = ?",
        [alert["article_id"]],
    ).fetchone()
    form = "%Y-%m-%d" if article["published_precision"] == "day" else "%Y-%m-%d %H:%M"
    facts = [
        article["publisher"],
        in_beijing(article["published_at"], form) if article["published_at"] else None,
    ]
    lines = [PREFIX[alert["event"]] + article["headline"], ", ".join(filter(None, facts))]
    if alert["event"] in (EDIT, FIGURES):
        lines.append(_what_changed(conn, alert))
    lines.append(article["url"])
    return "\n".join(filter(None, lines))


def _what_changed(conn: sqlite3.Connection, alert: sqlite3.Row) -> str:
    """Facts of an edit as ``3亿元 → 4亿元``; where the words alone changed, the first sentence on each side."""
    row: Any = conn.execute(
        "SELECT * FROM revision_changes WHERE id = ? AND changed_at = ? AND NOT withdrawn ORDER BY revision DESC LIMIT 1",
        [alert["article_id"], alert["happened_at"]],
    ).fetchone()
    if row is None:
        return ""
    if row["replaced"]:
        return f"another article is served under the same id, before it {row['old_headline']}"
    facts = []
    for name in ("figures", "percentages", "codes"):
        removed, added = (json.loads(row[f"{name}_{side}"] or "[]") for side in ("removed", "added"))
        if removed or added:
            facts.append(f"{', '.join(removed) or '-'} → {', '.join(added) or '-'}")
    if facts:
        return "; ".join(facts)
    sentences = [
        (mark, json.loads(row[column] or "[]"))
        for mark, column in (("-", "text_removed"), ("+", "text_added"))
    ]
    return "\n".join(f"{mark} {texts[0][:LONGEST]}" for mark, texts in sentences if texts)
