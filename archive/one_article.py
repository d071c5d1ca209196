"""An archive of one article, in memory: what pipelines ask an archive for, without a file behind it.

Where an article is read again from all its captures in turn, each reading completes those before it by the rules of a crawl
(`pipelines.complete_from_archive`), which ask what is archived already. This answers.
"""

from __future__ import annotations

import json
import sqlite3

from archive.batch import Entry, Row
from archive.publisher_slugs import slug_of


class OneArticle:
    """One article at a time: `begin` empties it, `add` takes in what a reading came to."""

    captures = None
    conn: sqlite3.Connection | None = None
    """Of the archive whose settings of the user's hold: `restorations`."""
    is_open = True
    broken = None

    def __init__(self) -> None:
        self.article: Row | None = None
        self.entry: Entry | None = None
        """What was added last."""
        self._publishers: dict[str, str] = {}

    def begin(self) -> None:
        """Forget the article before."""
        self.article = self.entry = None
        self._publishers = {}

    def add(self, entry: Entry) -> None:
        """Take in the rows of a reading."""
        self.entry, self.article = entry, entry.article
        self._publishers |= {row["origin"]: row["name"] for row in entry.rows["article_publishers"]}

    def known(self, article_id: str) -> Row | None:
        """The row of `articles`, None before the first reading."""
        return dict(self.article) if self.article else None

    def stored(self, article_id: str) -> Row | None:
        """What a post is made of, as `Archive.stored` gives it."""
        if self.article is None or self.entry is None:
            return None
        lists = {name: json.loads(self.article[name]) for name in ("authors", "editors")}
        body = {"body_html": self.entry.body_html, "body_text": self.entry.body_text}
        files = {image["sha256"]: image for image in self.entry.rows["images"]}
        images = [{**files.get(row["sha256"], {}), **row} for row in self.entry.replace["article_images"]]
        return {**self.article, **lists, **body, "images": images}

    def rows_of(self, table: str, article_id: str) -> list[Row]:
        """The rows of *table* that belong to the article."""
        if self.entry is None:
            return []
        if table == "article_publishers":
            return [{"origin": origin, "name": name} for origin, name in sorted(self._publishers.items())]
        return list(self.entry.replace.get(table) or self.entry.rows.get(table) or ())

    def known_images(self, article_id: str) -> dict[str, Row]:
        """None: images are looked up where they are kept."""
        return {}

    def forgotten_at(self, article_id: str) -> str | None:
        """None: what was taken down has no captures."""
        return None

    def has_file(self, path: str | None) -> bool:
        """Whether a file is there: nothing is to be written again."""
        return True

    def slug(self, name: str) -> str:
        """The publisher's name for paths."""
        return slug_of(name)
