"""What boilerplate rules took out of articles, how often, and what the user decided to put back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

LARGE_SHARE = 0.2
"""Share of an article, from which on what a rule took out of it is worth a look."""

RULES = """
SELECT rule, count(*) AS fragments, count(DISTINCT article_id) AS articles, max(share) AS largest_share,
  sum(share >= :large) AS large FROM (
    SELECT r.rule, r.article_id, 1.0 * sum(length(r.text)) OVER (PARTITION BY r.article_id, r.rule)
      / (length(t.body_text) + sum(length(r.text)) OVER (PARTITION BY r.article_id) + 1) AS share
    FROM removals AS r JOIN texts AS t USING (article_id) WHERE :site = '' OR r.article_id GLOB :site || ':*')
GROUP BY rule ORDER BY articles DESC, rule
"""
FRAGMENTS = """
SELECT r.rule, r.text, min(r.html) AS html, count(*) AS times, min(r.article_id) AS article_id
FROM removals AS r WHERE r.rule = :rule AND (:site = '' OR r.article_id GLOB :site || ':*')
GROUP BY r.text ORDER BY times DESC, r.text LIMIT :most
"""
LARGE = """
SELECT r.article_id AS id, a.headline, r.rule, 1.0 * sum(length(r.text)) / (length(t.body_text) + (
    SELECT sum(length(text)) FROM removals WHERE article_id = r.article_id) + 1) AS share
FROM removals AS r JOIN articles AS a ON a.id = r.article_id JOIN texts AS t ON t.article_id = a.id
WHERE (:rule = '' OR r.rule = :rule) AND (:site = '' OR r.article_id GLOB :site || ':*')
GROUP BY r.article_id, r.rule HAVING share >= :large ORDER BY share DESC, id LIMIT :most
"""


class UnknownTarget(Exception):
    """Nothing that was taken out goes by this name; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What stays in texts."""

    scope: str
    """``rule``, ``article`` or ``fragment``."""
    target: str
    articles: list[str]
    """Articles that it concerns now."""


def rules_taken(conn: sqlite3.Connection, site: str = "", large: float = LARGE_SHARE) -> list[dict[str, Any]]:
    """Every rule that took something: ``fragments``, ``articles``, ``largest_share`` of an article, and in how many fragments of
    articles it took a *large* share."""
    return _rows(conn, RULES, {"site": site, "large": large})


def fragments_of(
    conn: sqlite3.Connection, rule: str, name: Callable[[str, str], str], site: str = "", most: int = 20
) -> list[dict[str, Any]]:
    """What a rule took, the most frequent first: ``fragment`` (as *name* calls its text and markup), ``text``, ``html``, ``times``
    and an ``article_id``."""
    fragments = _rows(conn, FRAGMENTS, {"rule": rule, "site": site, "most": most})
    return [{**row, "fragment": name(row["text"], row["html"])} for row in fragments]


def large_shares(
    conn: sqlite3.Connection, rule: str = "", site: str = "", large: float = LARGE_SHARE, most: int = 20
) -> list[dict[str, Any]]:
    """Articles of which a rule took a *large* share: ``id``, ``headline``, ``rule``, ``share``."""
    return _rows(conn, LARGE, {"rule": rule, "site": site, "large": large, "most": most})


def decide(
    conn: sqlite3.Connection, target: str, name: Callable[[str, str], str], known_rules: set[str]
) -> Decision:
    """What *target* means: the name of a rule, an article's id, or a fragment's id. Raises UnknownTarget."""
    target = target.strip()
    articles = [
        row[0] for row in conn.execute("SELECT DISTINCT article_id FROM removals WHERE rule = ?", [target])
    ]
    if articles or target in known_rules:
        return Decision("rule", target, articles)
    if conn.execute("SELECT 1 FROM articles WHERE id = ?", [target]).fetchone():
        return Decision("article", target, [target])
    article_ids: dict[str, None] = {}
    with closing(conn.execute("SELECT article_id, text, html FROM removals")) as cursor:
        for article_id, text, html in cursor:
            if name(text, html) == target:
                article_ids[article_id] = None
    if article_ids or conn.execute("SELECT 1 FROM restorations WHERE target = ?", [target]).fetchone():
        return Decision("fragment", target, list(article_ids))
    raise UnknownTarget(
        f"{target} is neither a rule that took something, nor an article, nor a fragment: scrapy removals lists rules,"
        " scrapy removals --rule NAME its fragments"
    )


def keep_decision(conn: sqlite3.Connection, decision: Decision, moment: str) -> bool:
    """Write a decision down, in the caller's transaction; whether it is new."""
    sql = "INSERT OR IGNORE INTO restorations (scope, target, decided_at) VALUES (?, ?, ?)"
    return conn.execute(sql, [decision.scope, decision.target, moment]).rowcount == 1


def withdraw_decision(conn: sqlite3.Connection, target: str) -> bool:
    """Take a decision back, in the caller's transaction; whether there was one."""
    return conn.execute("DELETE FROM restorations WHERE target = ?", [target.strip()]).rowcount > 0


def decisions(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """All of them, the newest first."""
    return _rows(conn, "SELECT * FROM restorations ORDER BY decided_at DESC, target", {})


def _rows(conn: sqlite3.Connection, sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(sql, params)]
