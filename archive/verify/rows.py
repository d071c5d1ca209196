"""Checks of articles: texts against their digests, rows against their captures, posts against their rows."""

from __future__ import annotations

from collections.abc import Iterator

from archive.batch import Entry
from archive.differences import Difference, compare
from archive.edits.changes import text_digest
from archive.row_repair import rows_again, stored_of, write_rows
from archive.terminal import report_progress
from archive.verify.files import put_away, read_file, why_unread
from archive.verify.findings import Finding, Verification

OF_RESPONSES = ("site", "text_sha256", "source_sha256", "http_status", "response_sha256", "captured_from")
"""Columns of `articles`, besides those that `archive.differences` compares, that follow from the captures."""


def check_texts(verification: Verification) -> Iterator[Finding]:
    """Texts against the digests of their rows."""
    rows = verification.conn.execute(
        "SELECT a.*, t.body_text FROM articles AS a LEFT JOIN texts AS t ON t.article_id = a.id"
    )
    for row in rows.fetchall() if verification.repair else rows:
        if row["body_text"] is None:
            problem = "has no text"
        elif text_digest(row["body_text"]) != row["text_sha256"]:
            problem = "the text is not the one that was archived (SHA-256 differs)"
        else:
            continue
        entry = verification.read_again(row["id"]) if verification.repair else None
        if entry is None or entry.article["text_sha256"] != row["text_sha256"]:
            why = "; its captures are read as another text now" if entry else ""
            yield Finding("text", row["id"], problem + why)
            continue
        write_rows(verification.conn, rows_again(entry, row))
        yield Finding("text", row["id"], f"{problem}; written again from its captures", True)


def _altered_row(verification: Verification, article_id: str, post_path: str) -> Entry | None:
    """The rows that an article's captures make, where those and its post agree and the archived rows do not."""
    article = verification.conn.execute("SELECT * FROM articles WHERE id = ?", [article_id]).fetchone()
    entry = verification.read_again(article_id)
    if entry is None:
        return None
    entry = rows_again(entry, article)
    path, text = verification.render(stored_of(entry))
    try:
        agree = path == post_path and read_file(verification.root / path) == text.encode()
    except OSError:
        return None
    return entry if agree else None


def check_rows(verification: Verification) -> Iterator[Finding]:
    """Rows against what their captures say, where today's version of the reader has made them: by another one they may differ."""
    if verification.version is None:
        return
    rows = verification.conn.execute(
        "SELECT id, reader IS ? AS is_ours FROM articles WHERE EXISTS (SELECT 1 FROM article_captures WHERE article_id = id)"
        " ORDER BY arrival",
        [verification.version],
    ).fetchall()
    for article_id, is_ours in report_progress(iter(rows), len(rows)):
        if not is_ours:
            verification.of_other_readers += 1
            continue
        entry = verification.read_again(article_id)
        article = verification.conn.execute("SELECT * FROM news WHERE id = ?", [article_id]).fetchone()
        if entry is None or article is None:  # what it rests on is damaged, or from before the journal
            continue
        difference = compare(verification.conn, article, entry)
        for name in OF_RESPONSES:
            if article[name] != entry.article[name]:
                difference.columns[name] = (article[name], entry.article[name])
        if not difference:
            continue
        if _is_undecided(difference):
            verification.of_other_readers += 1
            continue
        verification.contradicted.add(article_id)
        if verification.repair:
            write_rows(verification.conn, rows_again(entry, article))
        written = "; written again from its captures" * verification.repair
        problem = f"{', '.join(difference.fields)}: not what its captures say{written}"
        yield Finding("row", article_id, problem, verification.repair)


def _is_undecided(difference: Difference) -> bool:
    """Whether all that differs is that a boilerplate rule would take out again what a decision, withdrawn since, had put back."""
    gone, come = difference.lists.get("removals", ((), ()))
    archived, reread = difference.columns.get("body_text", ("", ""))
    return (
        bool(come)
        and not gone
        and len(archived) > len(reread)
        and all(line.partition(": ")[2] in archived for line in come)
    )


def check_posts(verification: Verification) -> Iterator[Finding]:
    """Posts against their rows."""
    for row in verification.conn.execute(
        "SELECT id, post_path FROM articles WHERE post_path IS NOT NULL"
    ).fetchall():
        article = verification.archive.stored(row["id"])
        if article is None:
            continue
        path, text = verification.render(article)
        problem = ""
        try:
            if read_file(verification.root / path) != text.encode():
                problem = "is not what its row makes"
        except OSError as exc:
            problem = why_unread(exc)
        is_post = not problem and path == row["post_path"]
        if row["id"] in verification.contradicted and not verification.repair:
            continue  # the post may be right
        if not is_post and (entry := _altered_row(verification, row["id"], row["post_path"])):
            if verification.repair:
                write_rows(verification.conn, entry)
            written = "; written again from its captures" * verification.repair
            yield Finding(
                "row", row["id"], f"is not what its captures and its post say{written}", verification.repair
            )
            continue
        if path != row["post_path"]:
            yield Finding(
                "post", row["id"], f"is {row['post_path']}, by today's settings {path}", is_damage=False
            )
            continue
        if problem:
            if verification.repair:
                if (place := verification.root / path).exists() and not place.is_file():
                    put_away(verification, path)
                verification.files.staging.mkdir(exist_ok=True)
                verification.files.write_post(path, text)
            yield Finding("post", path, problem, verification.repair)
