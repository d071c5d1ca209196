"""Keeps ``articles.story_id``: which articles tell the same story, as texts come, change and go.

``story_keys`` is the index: texts that share two keys are compared (`archive.stories.fingerprint`). A new article costs one look-up
for each of its keys and a few comparisons, however many articles there are.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from heapq import nsmallest

from archive.stories.fingerprint import A_DAY, Fingerprint, fingerprint, same_story

COMMON = 16  # articles with one key that are looked at, those of the greatest ids: of finews, the newest
LEAST_KEYS = 2  # that two texts must share to be compared
COMPARED = 6  # texts at most with which a new one is compared
REMEMBERED = 250  # fingerprints of a crawl, about 8 KB each
REGROUPED = 40  # articles at most of a story that is grouped again where one leaves it
HOLDERS = f"SELECT article_id FROM (SELECT article_id FROM story_keys WHERE key = ? ORDER BY article_id DESC LIMIT {COMMON})"


class Stories:
    """Keeps ``articles.story_id`` right as texts come and change. Works inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection):
        self.conn = conn
        self._fingerprints: dict[str, Fingerprint | None] = {}
        """Fingerprints of the last `REMEMBERED` texts, by article: copies come within hours of each other. They stay right, for
        an archive has one writer, and a text that changes is placed again."""

    def place(self, article_id: str, text: str, new: bool = False) -> None:
        """Put an article, whose *text* has just been written, with its story. Of one that is not *new*: `leave` first."""
        mine = self._remember(article_id, fingerprint(text))
        keys = mine.keys if mine else []
        alike = self._alike(article_id, mine, keys) if mine else {}
        if keys:
            rows = ", ".join(["(?, ?)"] * len(keys))
            self.conn.execute(
                f"INSERT OR IGNORE INTO story_keys (key, article_id) VALUES {rows}",
                [value for key in keys for value in (key, article_id)],
            )
        if alike:
            self._join(article_id, alike)
        elif not new:  # a new row says so already
            self._alone(article_id)

    def _alone(self, article_id: str) -> None:
        self.conn.execute("UPDATE articles SET story_id = id, story_share = NULL WHERE id = ?", [article_id])

    def _join(self, article_id: str, alike: dict[str, tuple[str, float]]) -> None:
        """Make one story of an article and of those that are like it."""
        stories = {story for story, _ in alike.values()}
        best = round(max(share for _, share in alike.values()), 3)
        self.conn.execute(
            "UPDATE articles SET story_id = ?, story_share = ? WHERE id = ?", [min(stories), best, article_id]
        )
        self.conn.executemany(
            "UPDATE articles SET story_share = ?1 WHERE id = ?2 AND (story_share IS NULL OR story_share < ?1)",
            [(round(share, 3), other) for other, (_, share) in alike.items()],
        )
        self._merge(stories)

    def _alike(self, article_id: str, mine: Fingerprint, keys: list[int]) -> dict[str, tuple[str, float]]:
        """Archived articles of the same story: ``{id: (story_id, share)}``."""
        if not keys:  # a long text in letters has none
            return {}
        alike = {}
        for other_id in self._candidates(article_id, keys):
            candidate = self._fingerprint_of(other_id)
            if candidate and (share := same_story(mine, candidate)):
                if mine.of_a_day and candidate.of_a_day and self._apart(article_id, other_id):
                    continue
                row = self.conn.execute("SELECT story_id FROM articles WHERE id = ?", [other_id]).fetchone()
                if row:  # else it was deleted
                    alike[other_id] = (row[0] or other_id, share)
        return alike

    def _candidates(self, article_id: str, keys: list[int]) -> list[str]:
        """Other articles that share keys, those that share most first; on a tie the smallest id, whatever the order of rows."""
        # Counted here: SQLite would sort the ids as texts, at twice the cost. In one row, for a hundred cost as much as the query.
        holders = " UNION ALL ".join([HOLDERS] * len(keys))
        [(ids,)] = self.conn.execute(f"SELECT group_concat(article_id, char(10)) FROM ({holders})", keys)
        shared = Counter(ids.split("\n") if ids else ())
        del shared[article_id]
        least = min(LEAST_KEYS, len(keys))
        likely = [(-count, other) for other, count in shared.items() if count >= least]
        return [other for _, other in nsmallest(COMPARED, likely)]

    def _fingerprint_of(self, article_id: str) -> Fingerprint | None:
        """The fingerprint of an article's stored text; None where that is short, or gone."""
        if article_id in self._fingerprints:
            return self._remember(article_id, self._fingerprints.pop(article_id))
        row = self.conn.execute("SELECT body_text FROM texts WHERE article_id = ?", [article_id]).fetchone()
        return self._remember(article_id, fingerprint(row[0]) if row else None)

    def _remember(self, article_id: str, fingerprint: Fingerprint | None) -> Fingerprint | None:
        self._fingerprints[article_id] = fingerprint
        if len(self._fingerprints) > REMEMBERED:
            del self._fingerprints[next(iter(self._fingerprints))]
        return fingerprint

    def _apart(self, first_id: str, second_id: str) -> bool:
        """Whether two articles are of two days: the same words, 央行今日开展…, are news again on the next."""
        row = self.conn.execute(
            "SELECT abs(strftime('%s', a.published_at) - strftime('%s', b.published_at)) FROM articles AS a, articles AS b"
            " WHERE a.id = ? AND b.id = ?",
            [first_id, second_id],
        ).fetchone()
        return row is not None and row[0] is not None and row[0] > A_DAY

    def leave(self, article_id: str) -> None:
        """Take an article, whose old text still stands, out of its story, which may have another name from then on, or be
        two where only this one held it together."""
        row = self.conn.execute("SELECT story_id FROM articles WHERE id = ?", [article_id]).fetchone()
        if row and (old := self._fingerprint_of(article_id)):
            self.conn.executemany(
                "DELETE FROM story_keys WHERE key = ? AND article_id = ?",
                [(key, article_id) for key in old.keys],
            )
        if not row or not row[0]:
            return
        # Not its own id yet: the others of the story may still be called by it.
        self.conn.execute(
            "UPDATE articles SET story_id = NULL, story_share = NULL WHERE id = ?", [article_id]
        )
        others = self.conn.execute(
            f"SELECT id FROM articles WHERE story_id = ? ORDER BY arrival LIMIT {REGROUPED + 1}",
            [row[0]],
        ).fetchall()
        if len(others) > REGROUPED:
            self._merge({row[0]})
            return
        for (other,) in others:
            self._alone(other)
        if len(others) > 1:
            for (other,) in others:
                mine = self._fingerprint_of(other)
                if mine and (alike := self._alike(other, mine, mine.keys)):
                    self._join(other, alike)

    def retime(self, article_id: str) -> None:
        """Settle which article is the first of a story, one of which has another time of publication than before."""
        row = self.conn.execute(
            "SELECT story_id FROM articles WHERE id = ? AND story_share IS NOT NULL", [article_id]
        ).fetchone()
        if row:
            self._merge({row[0]})

    def _merge(self, stories: set[str]) -> None:
        """Make *stories* one, named after its earliest article, whatever the order in which they were archived."""
        marks = ", ".join("?" * len(stories))
        names = sorted(stories)
        first = self.conn.execute(
            f"SELECT id FROM articles WHERE story_id IN ({marks}) ORDER BY published_at IS NULL, published_at, id LIMIT 1",
            names,
        ).fetchone()
        if first:
            self.conn.execute(
                f"UPDATE articles SET story_id = ? WHERE story_id IN ({marks}) AND story_id <> ?",
                [first[0], *names, first[0]],
            )

    def fill(self) -> int:
        """Place the articles that have no story yet, the oldest first: those of before there were stories. How many."""
        ids = self.conn.execute(
            "SELECT id FROM articles WHERE story_id IS NULL AND EXISTS (SELECT 1 FROM texts WHERE article_id = id) ORDER BY arrival"
        ).fetchall()
        for (article_id,) in ids:  # one after the other: all texts would not fit into memory
            [(text,)] = self.conn.execute("SELECT body_text FROM texts WHERE article_id = ?", [article_id])
            self.place(article_id, text)
        return len(ids)
