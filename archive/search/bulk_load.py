"""The search index of new articles, kept by the crawl itself: what the trigger does in SQL alone, at a quarter of its cost.

Whoever else writes to the file has the trigger. It rests while `search_bulk_load` holds a row, which is never longer than a
transaction of ours: no other connection ever sees one, and a crash rolls it back.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from archive.search.sql import FULL_WIDTH, HALF_WIDTH, INSERT, LONGEST, OF_TEXT

NARROW = str.maketrans(FULL_WIDTH, HALF_WIDTH)
WIDE = re.compile(f"[{FULL_WIDTH}]")
UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
"""One unit of four bytes a character, in the machine's own order."""

SEARCH_BY_HAND = f"""
CREATE TABLE search_by_hand (
  -- Empty, but inside a transaction whose writer puts new texts into search_index itself.
  n INTEGER PRIMARY KEY -- 1
);
DROP TRIGGER search_text_new;
CREATE TRIGGER search_text_new AFTER INSERT ON texts WHEN NOT EXISTS (SELECT 1 FROM search_by_hand) BEGIN
  {INSERT}{OF_TEXT.format("new")};
END
"""

"""The step that added the table, under the name that it had at first."""

SEARCH_BULK_LOAD = f"""
DROP TRIGGER search_text_new;
DROP TABLE search_by_hand;
CREATE TABLE search_bulk_load (
  -- Empty, except inside a transaction whose writer puts new texts into search_index itself.
  n INTEGER PRIMARY KEY -- 1
);
CREATE TRIGGER search_text_new AFTER INSERT ON texts WHEN NOT EXISTS (SELECT 1 FROM search_bulk_load) BEGIN
  {INSERT}{OF_TEXT.format("new")};
END;
"""


def pairs(text: str) -> str:
    """As the view `search_pairs` cuts a text.

    >>> pairs("张家口")
    '张家 家口 口'
    """
    text = text[:LONGEST]
    if WIDE.search(text):
        text = text.translate(NARROW)
    if not text:
        return ""
    # As code units: with an object for each character, as a list has it, this takes four times as many instructions.
    units = memoryview(text.encode(UTF_32, "surrogatepass")).cast("I")
    laid = memoryview(array("I", [ord(" ")]) * (3 * len(text) - 2))
    laid[0::3] = units
    laid[1::3] = units[1:]
    return str(laid, UTF_32, "surrogatepass")


@contextmanager
def bulk_load(conn: sqlite3.Connection) -> Iterator[None]:
    """Let the trigger rest for what is written to `texts` within; call `index` for it before the transaction ends."""
    conn.execute("INSERT INTO search_bulk_load VALUES (1)")
    try:
        yield
    finally:
        conn.execute("DELETE FROM search_bulk_load")


def index(conn: sqlite3.Connection, articles: Iterable[tuple[int, str, str]]) -> None:
    """Put new articles, ``(arrival, headline, text)``, into the index."""
    conn.executemany(
        "INSERT INTO search_index (rowid, body, headline) VALUES (?, ?, ?)",
        # One after the other: six bytes a character for all texts of a batch would be in memory at once.
        ((arrival, pairs(text), pairs(headline)) for arrival, headline, text in articles),
    )
