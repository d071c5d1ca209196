"""Merges shards into an archive.

Safe to end at any moment: captures come before the articles that rest on them, articles before the links that name them, each in
transactions of their own; whoever merges again goes on.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from archive.captures import CaptureError
from archive.data_files import leads_out
from archive.forget import forget, needles_of
from archive.merge.bundle import CHILDREN, OWN_COLUMNS, Bundle, Row, read_bundles
from archive.merge.captures import merge_captures
from archive.merge.record import combine
from archive.merge.shard import Shard, ShardError
from archive.merge.tables import (
    forgotten_in,
    merge_crawls,
    merge_links,
    merge_lists,
    merge_marks,
    merge_restorations,
)
from archive.writer import Archive, Entry

Progress = Callable[[int], None]
POST_COLUMNS = (
    "info_code", "headline", "publisher", "publisher_slug", "share_url", "canonical_url", "published_at", "first_seen_at",
)  # fmt: skip
"""Columns of `articles` that a post shows."""


@dataclass(slots=True)
class Merged:
    """What a merge came to."""

    shards: int = 0
    compared: int = 0
    """Articles of the shards."""
    new: int = 0
    changed: int = 0
    """Archived articles that got a newer text, an earlier one, or a better record."""
    links: int = 0
    """Links that are new or say more than before."""
    captures: int = 0
    forgotten: int = 0
    """Articles that were taken down in a shard, and are now here."""
    problems: list[str] = field(default_factory=list)
    """Shards that could not be merged, a line each."""


def merge(archive: Archive, roots: Sequence[Path], progress: Progress = lambda done: None) -> Merged:
    """Bring the shards (DATA_DIRs) at *roots* into *archive*, open. Raises ArchiveError, OSError, sqlite3.Error.

    *progress* is called with the number of articles taken so far.
    """
    merged = Merged()
    with ExitStack() as stack:
        shards = []
        for root in roots:
            try:
                shards.append(_opened(root, archive, stack))
            except ShardError as exc:
                merged.problems.append(str(exc))
        merged.shards = len(shards)
        for shard in shards:
            merged.forgotten += _take_down(archive, forgotten_in(shard.conn))
        for shard in shards:
            merged.compared += shard.compare(archive.path)
            shard.begin()
        for shard in shards:
            merged.captures += _merge_captures(archive, shard, merged)
        _merge_articles(archive, shards, merged, progress)
        for shard in shards:
            shard.conn.execute("ATTACH ? AS archive", [f"{archive.path.as_uri()}?mode=ro"])
            merged.links += merge_links(archive, shard.conn)
            merge_crawls(archive, shard.conn)
            merge_lists(archive, shard.conn)
            merge_marks(archive, shard.conn)
            merge_restorations(archive, shard.conn)
    return merged


def _opened(root: Path, archive: Archive, stack: ExitStack) -> Shard:
    root = root.expanduser().resolve()
    if root == archive.root:
        raise ShardError(f"{root} is the archive itself")
    shard = Shard(root).open()
    stack.callback(shard.close)
    outside = next(
        (path for (path,) in shard.conn.execute("SELECT path FROM images") if leads_out(path)), None
    )
    if outside:
        raise ShardError(f"{root} was altered: it names {outside} as an image of its own")
    return shard


def _take_down(archive: Archive, forgotten: dict[str, str]) -> int:
    """Take down here what was taken down in a shard; how many articles."""
    number = 0
    for article_id, moment in forgotten.items():
        if archive.forgotten_at(article_id) is None:
            with archive.transaction() as conn:
                conn.execute(
                    "INSERT OR IGNORE INTO forgotten (id, forgotten_at) VALUES (?, ?)", [article_id, moment]
                )
        if archive.known(article_id) is not None:
            forget(archive, article_id)
            number += 1
    return number


def _merge_captures(archive: Archive, shard: Shard, merged: Merged) -> int:
    if archive.captures is None:
        return 0
    assert archive.conn is not None
    forgotten = [row[0] for row in archive.conn.execute("SELECT id FROM forgotten")]
    needles, own = _taken_down(shard.conn, forgotten)
    try:
        return merge_captures(archive.captures, shard.root, needles, own, forgotten)
    except (sqlite3.DatabaseError, CaptureError) as exc:
        if isinstance(exc, sqlite3.OperationalError):  # not of the shard's making
            raise
        merged.problems.append(f"{shard.root / 'captures.db'} cannot be read: {exc}")
        return 0


def _taken_down(conn: sqlite3.Connection, forgotten: Collection[str]) -> tuple[set[str], set[str]]:
    """What names, in a shard, the articles that were taken down here, and the captures that only those rest on."""
    needles: set[str] = set()
    own: set[str] = set()
    for article_id in forgotten:
        columns = ("id", "info_code", "share_url", "canonical_url")
        row = conn.execute(
            f"SELECT {', '.join(columns)} FROM main.articles WHERE id = ?", [article_id]
        ).fetchone()
        article = dict(zip(columns, row or (article_id, None, None, None), strict=True))
        needles.update(needles_of(article))
        captures = conn.execute(
            "SELECT capture_id FROM main.article_captures AS c WHERE article_id = ? AND NOT EXISTS (SELECT 1"
            " FROM main.article_captures AS o WHERE o.capture_id = c.capture_id AND o.article_id <> c.article_id)",
            [article_id],
        )
        own.update(capture_id for (capture_id,) in captures)
    return needles, own


# -- articles ---------------------------------------------------------------------------------------------------------


def _merge_articles(archive: Archive, shards: Sequence[Shard], merged: Merged, progress: Progress) -> None:
    for number, (shard, bundle) in enumerate(_in_order(shards), 1):
        if archive.known(bundle.id) is None:
            merged.new += 1
            _add(archive, shard, bundle, None)
        else:
            assert archive.conn is not None
            before = read_bundles(archive.conn, [bundle.id])[bundle.id]
            merged.changed += _add(archive, shard, combine(before, bundle), before)
        progress(number)
    archive.flush()


def _in_order(shards: Sequence[Shard]) -> Iterator[tuple[Shard, Bundle]]:
    """The articles of all shards, in the order in which they were first seen."""

    def of(number: int, shard: Shard) -> Iterator[tuple[tuple[str, int, str], int, Shard, Bundle]]:
        for key, bundle in shard.bundles():
            yield key, number, shard, bundle

    runs = [of(number, shard) for number, shard in enumerate(shards)]
    for _, _, shard, bundle in heapq.merge(*runs, key=lambda entry: entry[:2]):
        yield shard, bundle


def _add(archive: Archive, shard: Shard, bundle: Bundle, before: Bundle | None) -> bool:
    """Write *bundle* where it differs from what is archived, *before*; whether it does."""
    columns = {
        name: value for name, value in bundle.article.items() if name not in (*OWN_COLUMNS, "post_path")
    }
    text = (bundle.body_html, bundle.body_text)
    replace = bundle.children
    is_text_new, shows_more = True, True
    if before is not None:
        is_text_new = text != (before.body_html, before.body_text)
        replace = {table: rows for table, rows in replace.items() if rows != before.children[table]}
        changed = {name for name, value in columns.items() if value != before.article[name]}
        if not is_text_new and not replace and not changed:
            return False
        shows_more = is_text_new or "article_images" in replace or not changed.isdisjoint(POST_COLUMNS)
    entry = Entry(
        {**columns, "post_path": before.article["post_path"] if before else None}, new=before is None
    )
    if before is not None:
        entry.article["arrival"] = before.article["arrival"]
    if is_text_new:
        entry.body_html, entry.body_text = text
    entry.rows, entry.replace = (
        _shared_rows(bundle),
        {table: replace[table] for table in CHILDREN if table in replace},
    )
    for image in bundle.shared["images"]:
        archive.files.stage_copy(image["path"], shard.root / image["path"])
        entry.images.append(image["path"])
    if archive.render is not None and shows_more:
        entry.post = archive.render(bundle.stored())
        entry.article["post_path"] = entry.post[0]
        if before is not None and before.article["post_path"] not in (None, entry.post[0]):
            entry.old_post = before.article["post_path"]
    archive.add(entry)
    return True


def _shared_rows(bundle: Bundle) -> dict[str, list[Row]]:
    """Rows that articles share: images, securities, the publisher."""
    rows = dict(bundle.shared)
    if bundle.article["publisher"] and bundle.article["publisher_slug"]:
        rows["publishers"] = [{"name": bundle.article["publisher"], "slug": bundle.article["publisher_slug"]}]
    return rows
