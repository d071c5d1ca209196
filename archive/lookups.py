"""What a crawl asks of the archive that it writes: its rows, those of the batch that waits included."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from archive.batch import KEYS, Batch, Row
from archive.feed_state import CLOCK_TOLERANCE
from archive.opened import OpenedArchive
from archive.publisher_slugs import slug_of
from archive.reader_marks import waiting_links
from archive.times import utc_text


class Lookups(OpenedArchive):
    """An archive that is open for writing, asked for what it has."""

    _batch: Batch
    """What waits to be written together."""
    _none_forgotten: bool | None = None
    """Whether no article was ever taken down; None where that has to be asked again, as after each transaction."""

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        self._none_forgotten = None
        with super().transaction() as db:
            yield db

    def known(self, article_id: str) -> Row | None:
        """The article's row, the batch that waits included, or None where it is not archived."""
        self._flush_if_waiting(article_id)
        with self._errors():
            row = self._db.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
        return dict(row) if row else None

    def added_links(self) -> list[str]:
        """Links that readers gave and no crawl has ended (`archive.reader_marks`)."""
        with self._errors():
            return waiting_links(self._db, self.now())

    def forgotten_at(self, article_id: str) -> str | None:
        """When the article was taken down by `archive.forget`, UTC text; None where it was not."""
        if self._none_forgotten:  # nearly every archive, and it is asked twice for each article
            return None
        with self._errors():
            if self._none_forgotten is None:
                [(any_forgotten,)] = self._db.execute("SELECT EXISTS (SELECT 1 FROM forgotten)")
                self._none_forgotten = not any_forgotten
            if self._none_forgotten:
                return None
            row = self._db.execute("SELECT forgotten_at FROM forgotten WHERE id = ?", [article_id]).fetchone()
        return row[0] if row else None

    def rows_of(self, table: str, article_id: str) -> list[Row]:
        """The rows of *table* (one of `KEYS`) that belong to an article, in order of their key."""
        sql = f"SELECT * FROM {table} WHERE article_id = ? ORDER BY {', '.join(KEYS[table])}"
        with self._errors():
            rows = self._db.execute(sql, [article_id])
            return [dict(row) for row in rows]

    def stored(self, article_id: str) -> Row | None:
        """What a post is made of: the row of `news` with its lists read and ``images`` (dicts in order)."""
        with self._errors():
            row = self._db.execute("SELECT * FROM news WHERE id = ?", [article_id]).fetchone()
            if row is None:
                return None
            images = self._db.execute(
                "SELECT * FROM article_images LEFT JOIN images USING (sha256) WHERE article_id = ? ORDER BY position",
                [article_id],
            )
            return {
                **dict(row),
                "authors": json.loads(row["authors"]),
                "editors": json.loads(row["editors"]),
                "tags": json.loads(row["tags"] or "[]"),
                "images": [dict(image) for image in images],
            }

    def known_images(self, article_id: str) -> dict[str, Row]:
        """Stored images of an article by address: ``sha256``, ``media_type``, ``width``, ``height``, ``bytes``,
        ``path``. One whose file is gone or has another size is left out, so that it is fetched again."""
        self._flush_if_waiting(article_id)
        with self._errors():
            rows = self._db.execute(
                "SELECT ai.url, ai.drawn_at, i.* FROM article_images ai JOIN images i USING (sha256) WHERE ai.article_id = ?",
                [article_id],
            ).fetchall()
        return {
            row["url"]: {key: row[key] for key in row.keys() if key != "url"}  # noqa: SIM118 (a Row, not a dict)
            for row in rows
            if self.files.has(row["path"], row["bytes"])
        }

    def has_file(self, path: str | None) -> bool:
        """Whether a post or image (path relative to DATA_DIR) is there."""
        return self.files.has(path)

    def slug(self, name: str) -> str:
        """The publisher's name for paths."""
        return slug_of(name)

    def link_outcome(self, article_id: str, since: str) -> Row | None:
        """``outcome`` and ``reason`` of the article's links tried since (UTC text), the batch that waits included."""
        for row in self._batch.links.values():
            if row["article_id"] == article_id:
                return row
        with self._errors():
            row = self._db.execute(
                "SELECT outcome, reason FROM links WHERE article_id = ? AND last_tried_at BETWEEN ? AND ?",
                [article_id, since, utc_text(self.now() + CLOCK_TOLERANCE)],
            ).fetchone()
        return dict(row) if row else None

    def outcome_of(self, link: str) -> str | None:
        """How *link* ended, the batch that waits included; None where it was never asked for."""
        if waiting := self._batch.links.get(link):
            return str(waiting["outcome"])
        with self._errors():
            row = self._db.execute("SELECT outcome FROM links WHERE url = ?", [link]).fetchone()
        return row["outcome"] if row else None

    def flush(self) -> None:
        """Write the batch. Raises ArchiveError."""
        raise NotImplementedError

    def _is_waiting(self, article_id: str | None) -> bool:
        return article_id in self._batch.entries or article_id in self._batch.withdrawals

    def _flush_if_waiting(self, article_id: str) -> None:
        if self._is_waiting(article_id):
            self.flush()
