"""An article's texts, one after the other, and what was changed from one to another."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.edits.changes import changes, sentence_changes
from archive.edits.word_diff import Line, Run, compare, words
from archive.reader import rows

IMAGE = re.compile(r'<img\b[^<>]*?\bsrc="([^"]+)"')


class UnknownArticle(Exception):
    """The archive holds no such article; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """One of the texts that an article had."""

    revision: int
    received_at: str
    headline: str
    body_text: str
    body_html: str
    withdrawn: bool = False
    """Whether the source took the article back instead of changing it: the text is that of the revision before."""
    withdrawn_at: str | None = None
    """When that was found; None where it is there again."""
    replaced: bool = False
    """Whether it is another article's than the one before, under the same id."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one text."""

    old: Text
    new: Text

    @property
    def headline(self) -> list[Run]:
        """The headline and what it became; all of it ``same`` where it stayed."""
        return words(self.old.headline, self.new.headline)

    @property
    def lines(self) -> list[Line]:
        """The paragraphs of both."""
        return compare(self.old.body_text, self.new.body_text)

    @property
    def facts(self) -> dict[str, dict[str, list[str]]]:
        """``{"figures": {"removed": [...], "added": [...]}}``, likewise percentages, codes, images (addresses)."""
        facts: dict[str, dict[str, list[str]]] = json.loads(
            changes(self.old.body_text, self.new.body_text) or "{}"
        )
        before, after = (Counter(IMAGE.findall(text.body_html)) for text in (self.old, self.new))
        if before != after:
            facts["images"] = {"removed": list((before - after).elements()), "added": list((after - before).elements())}  # fmt: skip
        return {
            name: {"removed": change["removed"], "added": change["added"]}
            for name, change in sorted(facts.items())
        }

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        removed, added = sentence_changes(self.old.body_text, self.new.body_text)
        return {
            "from": self.old.revision,
            "to": self.new.revision,
            "from_received_at": self.old.received_at,
            "to_received_at": self.new.received_at,
            "withdrawn": self.new.withdrawn,
            "withdrawn_at": self.new.withdrawn_at,
            "replaced": self.new.replaced,
            "headline": {"removed": self.old.headline, "added": self.new.headline}
            if self.old.headline != self.new.headline
            else None,
            "text": {"removed": removed, "added": added},
            **{
                name: self.facts.get(name, {"removed": [], "added": []})
                for name in ("figures", "percentages", "codes", "images")
            },
        }


def texts_of(conn: sqlite3.Connection, article_id: str, all_readings: bool = False) -> list[Text]:
    """The article's texts, the oldest first; a withdrawal counts as one.

    Of a text that another version of our reader read again only the newest reading, unless *all_readings* are asked for.
    """
    texts = []
    newest = rows(
        conn,
        "SELECT revision, retrieved_at, headline, coalesce(body_text, '') AS body_text, coalesce(body_html, '') AS body_html,"
        " NULL AS changes, withdrawn_at FROM articles LEFT JOIN texts ON article_id = id WHERE id = ?",
        article_id,
    )
    earlier = rows(
        conn,
        "SELECT * FROM revisions WHERE article_id = ? AND (? OR cause IS NOT 'reader') ORDER BY revision",
        article_id,
        all_readings,
    )
    withdrawn = replaced = False
    for row in earlier + newest:
        gone_at = newest[0]["withdrawn_at"] if withdrawn else None
        texts.append(
            Text(
                row["revision"], gone_at or row["retrieved_at"], row["headline"], row["body_text"], row["body_html"], withdrawn,
                gone_at, replaced,
            )
        )  # fmt: skip
        changed = json.loads(row["changes"] or "{}")
        withdrawn, replaced = bool(changed.get("withdrawn")), bool(changed.get("replaced"))
    return texts


def find_article(
    conn: sqlite3.Connection, name: str, link: str | None = None, article_id: str | None = None
) -> dict[str, Any]:
    """The row of `articles` that *name* means: an id, an info code, a native id, or a link. Raises UnknownArticle.

    Where *name* holds a link, *link* is its address and *article_id* the article that it leads to, if that is known.
    """
    name = name.strip()
    by_id, by_link = (
        "SELECT * FROM articles WHERE id = ?",
        "SELECT a.* FROM links AS l JOIN articles AS a ON a.id = l.article_id WHERE l.url = ?",
    )
    ways = [(by_id, name), (by_link, name)]
    if link:
        ways.append((by_link, link))
        if article_id:
            ways.append((by_id, article_id))
        ways.append(("SELECT * FROM articles WHERE ? IN (share_url, canonical_url)", link))
    else:
        native = re.sub(r"^NW(?=\d)", "", name, flags=re.IGNORECASE)
        ways += [
            (by_id, f"finews:{native}"),
            ("SELECT * FROM articles WHERE info_code = ? COLLATE NOCASE", name),
            # The id's second part: no index has it, but all ids are read in a moment.
            ("SELECT * FROM articles WHERE substr(id, instr(id, ':') + 1) = ? ORDER BY id", native),
        ]
    for sql, value in ways:
        matches = rows(conn, sql, value)
        if len(matches) > 1:
            ids = ", ".join(match["id"] for match in matches[:5])
            raise UnknownArticle(f"{name} names {len(matches)} articles; give one's id: {ids}")
        if matches:
            return matches[0]
    for tried in rows(
        conn, "SELECT url, outcome, reason FROM links WHERE url IN (?, ?) ORDER BY url", name, link
    ):
        raise UnknownArticle(
            f"{tried['url']} was asked for and ended {tried['outcome']}: {tried['reason'] or 'no reason is known'}"
        )
    raise UnknownArticle("")
