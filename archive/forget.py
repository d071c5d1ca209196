"""Takes an article down: row, text, revisions, search, captures, images that no other uses, post. A tombstone keeps id and date.

Done in an order that a kill cannot spoil: captures first, then all rows in one transaction, the files named in ``.pending``
before it; whoever runs it again, or opens the archive next, completes it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from archive.captures import CaptureError, Captures, unpack
from archive.captures.journal import Noted, write_journal
from archive.captures.packing import pack
from archive.edits.revisions import UnknownArticle
from archive.schema import has_search
from archive.stories.grouping import Stories
from archive.times import utc_text
from archive.writer import Archive

LEAST_NEEDLE = 8  # characters: a shorter native id would be found in too much
MARK = "forgotten article"
MERGED_PAGES = 2000  # of the search index, 1 KB each, a transaction
REASON = "taken down here by scrapy forget"


@dataclass(slots=True)
class Forgotten:
    """What was removed."""

    captures: int = 0
    redacted: int = 0
    """Captures of lists and the like that others rest on, without the article now."""
    images: int = 0


def forget(archive: Archive, article_id: str) -> Forgotten:
    """Take *article_id* down in an open archive. Raises UnknownArticle, ArchiveError, sqlite3.Error, OSError."""
    archive.flush()
    with archive.transaction() as conn:
        article = conn.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
    done = Forgotten()
    if article is None:
        if archive.forgotten_at(article_id) is None:
            raise UnknownArticle(f"there is no article {article_id}")
        _merge_index(conn)  # which a full disk or a kill may have kept from it
        return done
    moment = utc_text(archive.now())
    conn.execute("PRAGMA secure_delete = ON")
    if archive.captures is not None:
        own = [
            row[0]
            for row in conn.execute(
                "SELECT capture_id FROM article_captures WHERE article_id = ?", [article_id]
            )
        ]
        shared = [
            row[0]
            for row in conn.execute(
                "SELECT DISTINCT capture_id FROM article_captures WHERE article_id <> ? AND capture_id IN"
                " (SELECT value FROM json_each(?))",
                [article_id, json.dumps(own)],
            )
        ]
        _forget_captures(archive.captures, dict(article), set(own) - set(shared), moment, done)
    images = conn.execute(
        "SELECT sha256, path FROM images AS i WHERE EXISTS (SELECT 1 FROM article_images WHERE article_id = ?1 AND sha256 = i.sha256)"
        " AND NOT EXISTS (SELECT 1 FROM article_images WHERE article_id <> ?1 AND sha256 = i.sha256)",
        [article_id],
    ).fetchall()
    done.images = len(images)
    archive.files.note(
        [row["path"] for row in images], [article["post_path"]] if article["post_path"] else []
    )
    with archive.transaction():
        _delete_rows(conn, article_id, [row["sha256"] for row in images], moment)
    archive.recover()
    _merge_index(conn)
    return done


def _delete_rows(conn: sqlite3.Connection, article_id: str, images: Collection[str], moment: str) -> None:
    Stories(conn).leave(article_id)
    conn.execute("DELETE FROM articles WHERE id = ?", [article_id])  # all that names it goes with it
    conn.executemany("DELETE FROM images WHERE sha256 = ?", [(sha256,) for sha256 in images])
    conn.execute("DELETE FROM pending_records WHERE article_id = ?", [article_id])
    bury(conn, article_id, moment)


def _merge_index(conn: sqlite3.Connection) -> None:
    """Have the search index written anew, step by step: what is deleted from it stays in its older segments until they are merged
    (https://sqlite.org/fts5.html#the_secure_delete_configuration_option, which readers before SQLite 3.42 cannot do with)."""
    if not has_search(conn):
        return
    pages = -MERGED_PAGES  # negative: all segments are to become one
    while True:
        before = conn.total_changes
        with conn:
            conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)", [pages])
        if conn.total_changes - before < 2:  # as FTS5 says that nothing was left to merge
            return
        pages = MERGED_PAGES


def bury(conn: sqlite3.Connection, article_id: str, moment: str) -> None:
    """Keep that an article was taken down at *moment* (UTC text): its tombstone, and the outcome of its links."""
    conn.execute(
        "UPDATE links SET outcome = 'dropped', reason = ? WHERE article_id = ?",
        [f"{REASON} on {moment}", article_id],
    )
    conn.execute("INSERT OR IGNORE INTO forgotten (id, forgotten_at) VALUES (?, ?)", [article_id, moment])


def _forget_readings(db: sqlite3.Connection, article_id: str, moment: str) -> None:
    """Have the journal say that the article was taken down, instead of how it was read. In the caller's transaction."""
    db.execute("DELETE FROM journal WHERE article_id = ? AND kind <> 'link'", [article_id])
    db.execute(
        "UPDATE journal SET entry = json_remove(entry, '$.captures') WHERE article_id = ?", [article_id]
    )
    write_journal(db, None, [Noted(moment, "forgotten", article_id, {})])


def needles_of(article: dict[str, Any]) -> list[str]:
    """What an article is found by in captures: its native id, code and addresses.

    >>> needles_of({"id": "paper:1", "info_code": None, "share_url": "http://paper.example/1", "canonical_url": None})
    ['http://paper.example/1']
    """
    native_id = article["id"].partition(":")[2]
    names = [native_id, article["info_code"], article["share_url"], article["canonical_url"]]
    return list(dict.fromkeys(text for text in names if text and len(text) >= LEAST_NEEDLE))


def _forget_captures(
    captures: Captures, article: dict[str, Any], own: Collection[str], moment: str, done: Forgotten
) -> None:
    """Delete the captures that only this article rests on, and those of its own addresses; take it out of all others."""
    needles = needles_of(article)
    captures.flush()
    db = captures.db
    db.execute("PRAGMA secure_delete = ON")
    rows = db.execute("SELECT id, url, final_url FROM responses").fetchall()
    gone = [
        row[0]
        for row in rows
        if row[0] in own or any(text in row[1] or text in (row[2] or "") for text in needles)
    ]
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany("DELETE FROM responses WHERE id = ?", [(capture_id,) for capture_id in gone])
        db.execute(
            "DELETE FROM bodies WHERE sha256 NOT IN (SELECT body_sha256 FROM responses WHERE body_sha256 IS NOT NULL)"
        )
        db.execute(
            "UPDATE bodies SET first_capture = (SELECT min(id) FROM responses WHERE body_sha256 = sha256)"
            " WHERE first_capture NOT IN (SELECT id FROM responses)"
        )
        done.captures = len(gone)
        for sha256, packed in db.execute("SELECT sha256, packed FROM bodies").fetchall():
            done.redacted += _redact_body(db, sha256, packed, needles)
        _forget_readings(db, article["id"], moment)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _redact_body(db: sqlite3.Connection, sha256: str, packed: bytes, needles: list[str]) -> int:
    """Take the article out of a body that others rest on; how many captures have it."""
    redacted = redacted_body(sha256, packed, needles)
    if redacted is None:
        return 0
    digest, size, kept_packed = redacted
    db.execute(
        "INSERT OR IGNORE INTO bodies SELECT ?, first_capture, ?, ? FROM bodies WHERE sha256 = ?",
        [digest, size, kept_packed, sha256],
    )
    changed = db.execute(
        "UPDATE responses SET body_sha256 = ?, redacted = json_insert(redacted, '$[#]', ?) WHERE body_sha256 = ?",
        [digest, MARK, sha256],
    ).rowcount
    db.execute("DELETE FROM bodies WHERE sha256 = ?", [sha256])
    return changed


def redacted_body(sha256: str, packed: bytes, needles: Collection[str]) -> tuple[str, int, bytes] | None:
    """``(sha256, size, packed)`` of a body without what *needles* name; None where it names none of it."""
    try:
        body = unpack(sha256, sha256, packed)
    except CaptureError:  # damaged: scrapy verify says so
        return None
    if not any(text.encode() in body for text in needles):
        return None
    redacted = without(body, needles)
    return hashlib.sha256(redacted).hexdigest(), len(redacted), pack(redacted)


def without(body: bytes, needles: Collection[str]) -> bytes:
    """*body* without the records that name one of *needles*: JSON loses its innermost such objects, anything else all of it.

    >>> without(b'{"list": [{"id": "20220221", "title": "a"}, {"id": "20220222"}]}', ["20220221"])
    b'{"list": [{"id": "20220222"}]}'
    >>> without(b"<li>20220221</li>", ["20220221"])
    b''
    """
    try:
        tree = json.loads(body)
    except ValueError:
        return b""
    pruned = _prune(tree, needles)
    text = json.dumps(pruned, ensure_ascii=False)
    return b"" if any(needle in text for needle in needles) else text.encode()


def _prune(tree: Any, needles: Collection[str]) -> Any:
    """The tree without the innermost objects that name a needle in a value of their own."""
    if isinstance(tree, list):
        return [_prune(entry, needles) for entry in tree if not _names(entry, needles)]
    if isinstance(tree, dict):
        return {key: _prune(value, needles) for key, value in tree.items() if not _names(value, needles)}
    return tree


def _names(entry: Any, needles: Collection[str]) -> bool:
    """Whether a text, or an object by one of its own texts, names a needle."""
    values = entry.values() if isinstance(entry, dict) else [entry]
    return any(isinstance(value, str) and needle in value for value in values for needle in needles)
