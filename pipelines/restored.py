"""What the user decided to leave in texts (`restorations`): asked before a boilerplate rule takes anything out.

Loaded from the archive when a crawl or another reading begins, for the pipelines and for the extraction layer, which knows no
archive. `reading` is the article that is read at the moment.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, field


@dataclass(slots=True)
class Restored:
    """Decisions by what they are about."""

    rules: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    fragments: set[str] = field(default_factory=set)
    reading: str = ""

    def take_over(self, other: Restored) -> None:
        """Hold the decisions of *other*, those of another process."""
        self.rules, self.articles, self.fragments = other.rules, other.articles, other.fragments
        self.reading = other.reading

    def keeps(self, rule: str, text: str, html: str) -> bool:
        """Whether what *rule* would take out of the article that is read stays."""
        if rule in self.rules or self.reading in self.articles:
            return True
        return bool(self.fragments) and fragment_id(text, html) in self.fragments


restored = Restored()
"""The decisions that hold now."""


def load_restored(conn: sqlite3.Connection | None) -> None:
    """Take over the decisions of an archive; None: there are none."""
    rows = conn.execute("SELECT scope, target FROM restorations").fetchall() if conn else []
    for scope, names in (
        ("rule", restored.rules),
        ("article", restored.articles),
        ("fragment", restored.fragments),
    ):
        names.clear()
        names.update(target for kind, target in rows if kind == scope)


def fragment_id(text: str, html: str) -> str:
    """What a fragment is called: the same words are the same fragment, wherever they stand.

    >>> fragment_id("（责任编辑：72）", "<p>x</p>") == fragment_id("（责任编辑： 72）", "")
    True
    """
    content = "".join(text.split()) or "".join(html.split())
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]
