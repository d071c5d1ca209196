"""Which articles are the same story: near-duplicate texts under several publishers or ids.

A text is sampled at its commonest characters (as SpotSigs does): the twelve characters behind each 的, comma and the like are a
*spot*. The eight smallest hashes of the spots are its keys in `story_keys`; texts that share one are compared spot by
spot. So a new article costs a few index look-ups, never a scan.

Earnings notices and price bulletins share most of their words with others of their template; what tells them apart is
whom they are of and which figures they state, so that must agree as well.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from zlib import crc32

KEYS = 8  # of a text; two texts of which one holds half of the other share none of them once in 250 times
COMMON = 40  # articles with one key: it is a template's, and finds nothing
LEAST_KEYS = 2  # that two texts must share to be compared
COMPARED = 6  # texts at most with which a new one is compared
SHORT = 240  # characters: a text up to this length has too few spots, so all its four-character runs count
SURE = 0.9  # share from which on it does not matter whom the texts seem to be of: a head was cut
LEAST_SPOTS = 4  # of the smaller text: fewer prove nothing
MOST = 1500  # characters that are looked at: copies are alike from the start, and the rest would only cost
HEAD = 300  # characters in which a text says whom it is of
LEAST = 8  # characters; a shorter text is no story
REMEMBERED = 1000  # sketches of a crawl, about 6 KB each
ENOUGH = 0.5  # share of the smaller text's spots that both must hold
ENOUGH_SHORT = 0.72  # ... where the texts are short
ENOUGH_FIGURES = 0.5  # share of the fewer figures that both must state

WORDS = re.compile(r"[\u3400-\u9fffA-Za-z0-9%]+|(?<=\d)\.(?=\d)")
"""What is left of a text: no blanks, no punctuation but the points of figures."""
ANCHOR = re.compile(r"[的了在为](?=(.{12}))")
FIGURE = re.compile(r"\d+(?:\.\d+)?%?")
# The digit first, what may not stand before it second: so only digits are looked at.
CODE = re.compile(r"\d(?:(?<=[03689])(?<![\d.].)\d{5}(?![\d.])|(?<!\d\d)\d{4}(?=\.?[Hh][Kk]))")
SUBJECT = re.compile("股份|集团|科技|银行|证券|电子|药业|能源|材料|控股|智能|生物|重工|国际|环保|实业")
"""What names of companies end in; the two characters before it are enough to tell them apart."""
WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05]")
FULL = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a text is compared."""

    spots: frozenset[int]
    """Hashes of its spots."""
    runs: frozenset[int]
    """Hashes of all its four-character runs where it is short, else empty."""
    figures: frozenset[str]
    subjects: frozenset[str]
    """Codes of securities, else names of companies, that the text is of: those at its start."""

    @property
    def keys(self) -> list[int]:
        """The text's keys in the index: its smallest hashes."""
        return sorted(self.spots)[: KEYS if not self.runs else KEYS // 2] + sorted(self.runs)[:KEYS]


def sketch(text: str) -> Sketch | None:
    """The sketch of a text; None where it is too short for a story.

    >>> one, other = sketch("央行今日开展逆回购操作，利率不变。"), sketch("（某社）央行今日开展逆回购操作，利率不变")
    >>> round(same_story(one, other), 1)
    1.0
    """
    if WIDE.search(text):
        text = text.translate(FULL)
    plain = "".join(WORDS.findall(text[:MOST]))
    if len(plain) < LEAST:
        return None
    runs = (plain[n : n + 4] for n in range(len(plain) - 3)) if len(plain) <= SHORT else ()
    head = text[:HEAD]
    subjects = CODE.findall(head)
    if not subjects:
        names: dict[str, int] = {}
        for found in SUBJECT.finditer(head):
            name = head[max(0, found.start() - 2) : found.end()]
            if name.isalpha():
                names[name] = names.get(name, 0) + 1
        subjects = sorted(names, key=names.__getitem__, reverse=True)[:2]
    return Sketch(
        frozenset([crc32(run.encode()) for run in ANCHOR.findall(plain)]),
        frozenset([crc32(run.encode()) for run in runs]),
        frozenset(FIGURE.findall(plain)),
        frozenset(subjects),
    )


def in_common(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the smaller set that the other holds, 0 to 1."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def same_story(one: Sketch, other: Sketch) -> float:
    """How much two texts have in common (0 to 1) where they are one story, else 0.

    >>> notice = "{}(60000{})公告，预计净利润为{}亿元，同比增长{}%，业绩预告未经审计，敬请广大投资者注意投资风险。"
    >>> same_story(sketch(notice.format("松麓股份", 1, 3, 12)), sketch(notice.format("北陌股份", 2, 5, 31)))
    0.0
    """
    if one.runs and other.runs:
        share = in_common(one.runs, other.runs)
        same = share >= ENOUGH_SHORT
    else:
        share = in_common(one.spots, other.spots)
        same = share >= ENOUGH and min(len(one.spots), len(other.spots)) >= LEAST_SPOTS
    strange = one.subjects and other.subjects and one.subjects.isdisjoint(other.subjects)
    if not same or (strange and share < SURE):
        return 0.0
    fewer = min(len(one.figures), len(other.figures))
    if fewer >= 2 and len(one.figures & other.figures) < ENOUGH_FIGURES * fewer:
        return 0.0
    return share


# Those that share most keys first; on a tie the smallest id, whatever the order of rows. A key is counted no further than
# needed to see that it is a template's, which thousands can hold. LIMIT keeps SQLite from folding the levels into one.
SHARING = """
SELECT held.article_id FROM (
    SELECT value AS key FROM json_each(?1) AS mine
    WHERE (SELECT count(*) FROM (
      SELECT 1 FROM story_keys AS o WHERE o.key = mine.value AND o.article_id <> ?2 LIMIT ?3)) <= ?4
    LIMIT -1) AS telling
  CROSS JOIN story_keys AS held ON held.key = telling.key
WHERE held.article_id <> ?2
GROUP BY held.article_id HAVING count(*) >= ?5 ORDER BY count(*) DESC, held.article_id LIMIT ?6
"""


class Stories:
    """Keeps ``articles.story_id`` right as texts come and change. Works inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection):
        self.conn = conn
        self._sketches: dict[str, tuple[int, Sketch | None]] = {}
        """Sketches made lately, by article, each with its text's hash: copies come within hours of each other."""

    def place(self, article_id: str, text: str, new: bool = False) -> None:
        """Put an article, whose *text* has just been written, with its story. Of one that is not *new*: `leave` first."""
        conn = self.conn
        mine = self._sketch_of(article_id, text)
        keys = mine.keys if mine else []
        found = self._alike(article_id, mine, keys) if mine else {}
        conn.executemany(
            "INSERT OR IGNORE INTO story_keys (key, article_id) VALUES (?, ?)",
            [(key, article_id) for key in keys],
        )
        if not found:
            if not new:  # a new row says so already
                conn.execute(
                    "UPDATE articles SET story_id = id, story_share = NULL WHERE id = ?", [article_id]
                )
            return
        stories = {story for story, _ in found.values()}
        conn.execute(
            "UPDATE articles SET story_id = ?, story_share = ? WHERE id = ?",
            [min(stories), round(max(share for _, share in found.values()), 3), article_id],
        )
        self._settle(stories)

    def _alike(self, article_id: str, mine: Sketch, keys: list[int]) -> dict[str, tuple[str, float]]:
        """Archived articles of the same story: ``{id: (story_id, share)}``."""
        candidates = self.conn.execute(
            SHARING, (json.dumps(keys), article_id, COMMON + 1, COMMON, min(LEAST_KEYS, len(keys)), COMPARED)
        ).fetchall()
        found = {}
        for (other,) in candidates:
            row = self.conn.execute(
                "SELECT t.body_text, a.story_id FROM texts AS t JOIN articles AS a ON a.id = t.article_id WHERE a.id = ?",
                [other],
            ).fetchone()
            theirs = self._sketch_of(other, row[0]) if row else None
            if theirs and (share := same_story(mine, theirs)):
                found[other] = (row[1] or other, share)
        return found

    def _sketch_of(self, article_id: str, text: str) -> Sketch | None:
        """`sketch`, remembered for the last `REMEMBERED` texts."""
        known, mark = self._sketches.pop(article_id, None), hash(text)
        made = known[1] if known and known[0] == mark else sketch(text)
        self._sketches[article_id] = mark, made
        if len(self._sketches) > REMEMBERED:
            del self._sketches[next(iter(self._sketches))]
        return made

    def leave(self, article_id: str) -> None:
        """Take an article, whose old text still stands, out of its story, which may have another name from then on."""
        row = self.conn.execute(
            "SELECT a.story_id, t.body_text FROM articles AS a JOIN texts AS t ON t.article_id = a.id WHERE a.id = ?",
            [article_id],
        ).fetchone()
        if row and (old := sketch(row[1])):
            self.conn.executemany(
                "DELETE FROM story_keys WHERE key = ? AND article_id = ?",
                [(key, article_id) for key in old.keys],
            )
        if row and row[0]:
            # Not its own id yet: the others of the story may still be called by it.
            self.conn.execute(
                "UPDATE articles SET story_id = NULL, story_share = NULL WHERE id = ?", [article_id]
            )
            self._settle({row[0]})

    def _settle(self, stories: set[str]) -> None:
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
            self.conn.execute(
                "UPDATE articles SET story_share = NULL WHERE id = ? AND story_share IS NOT NULL"
                " AND NOT EXISTS (SELECT 1 FROM articles AS o WHERE o.story_id = articles.story_id AND o.id <> articles.id)",
                [first[0]],
            )

    def fill(self) -> int:
        """Place the articles that have no story yet, the oldest first: those of before there were stories. How many."""
        rows = self.conn.execute(
            "SELECT a.id, t.body_text FROM articles AS a JOIN texts AS t ON t.article_id = a.id"
            " WHERE a.story_id IS NULL ORDER BY a.arrival"
        ).fetchall()
        for article_id, text in rows:
            self.place(article_id, text)
        return len(rows)


STORIES = """
ALTER TABLE articles ADD COLUMN story_id TEXT /* articles.id of the earliest article of the same story: its own where there is no other */;
ALTER TABLE articles ADD COLUMN story_share REAL /* share of the text, 0 to 1, that it has in common with another of its story; NULL where there is no other */;
CREATE INDEX articles_story ON articles (story_id);
CREATE TABLE story_keys (
  -- Samples of texts: articles that share one may be the same story. Kept by pipelines/story.py.
  key INTEGER NOT NULL, -- one of the smallest hashes of the text's samples
  article_id TEXT NOT NULL, -- articles.id; an article that was deleted since is passed over
  PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
CREATE VIEW stories AS
  -- Stories that more than one article tells, those with most articles first.
  SELECT
    s.story_id, -- articles.story_id
    f.headline, -- of its earliest article
    f.publisher AS first_publisher, -- of its earliest article; NULL where it is unknown
    f.published_at AS first_published_at, -- UTC
    s.articles, -- how many tell it
    s.publishers -- how many publishers brought it
  FROM (
    SELECT story_id, count(*) AS articles, count(DISTINCT publisher) AS publishers
    FROM articles GROUP BY story_id HAVING count(*) > 1) AS s
  JOIN articles AS f ON f.id = s.story_id
  ORDER BY s.articles DESC, s.story_id;
CREATE VIEW story_articles AS
  -- The articles of each story that more than one tells, and how late each came behind the first.
  SELECT
    a.story_id, -- articles.story_id
    a.id, -- articles.id
    a.publisher, -- articles.publisher
    a.headline, -- articles.headline
    a.published_at, -- articles.published_at
    strftime('%s', a.published_at) - strftime('%s', f.published_at) AS lag, -- seconds behind the first; NULL where a time is unknown
    a.story_share -- articles.story_share
  FROM articles AS a JOIN articles AS f ON f.id = a.story_id
  WHERE EXISTS (SELECT 1 FROM articles AS o WHERE o.story_id = a.story_id AND o.id <> a.id)
"""
