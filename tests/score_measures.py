"""What is right of what a reader found on a page, by the measures of the projects whose corpora `score_corpora` reads."""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Gold = dict[str, Any]
"""One page: ``id``, ``file``, ``url``, and what the corpus says that it holds."""
Figures = dict[str, str]


def share(rows: list[dict[str, Any]], key: str) -> str:
    """How many rows have *key* true, of those that have it at all."""
    known = [row[key] for row in rows if row.get(key) is not None]
    return f"{sum(map(bool, known))}/{len(known)}"


def mean(values: Iterable[float]) -> float:
    """The mean; 0 of none."""
    known = list(values)
    return statistics.mean(known) if known else 0.0


def shingles(text: str | None) -> Counter[tuple[str, ...]]:
    """Runs of four words, the benchmark's own measure."""
    words = re.findall(r"\w+", text or "")
    return Counter(run for n in range(max(1, len(words) - 3)) if (run := tuple(words[n : n + 4])))


def judge_shingles(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    true, found = shingles(gold["text"]), shingles(read.get("body_text"))
    right = sum((true & found).values())
    wrong, lost = sum(found.values()) - right, sum(true.values()) - right
    return {
        "precision": right / (right + wrong) if right + wrong else None if not lost else 0.0,
        "recall": right / (right + lost) if right + lost else None,
        "empty": not found,
    }


def total_shingles(rows: list[dict[str, Any]]) -> Figures:
    # As the benchmark does: the precision of a page without a text is in no mean.
    precision = mean(row["precision"] for row in rows if row["precision"] is not None and not row["empty"])
    recall = mean(row["recall"] for row in rows if row["recall"] is not None)
    f1 = 2 * precision * recall / ((precision + recall) or 1)
    return {
        "F1": f"{f1:.3f}",
        "precision": f"{precision:.3f}",
        "recall": f"{recall:.3f}",
        "empty": share(rows, "empty"),
    }


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def judge_chunks(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    text = one_line(read.get("body_text"))
    right = sum(one_line(chunk) in text for chunk in gold["with"]) if text else 0
    wrong = sum(one_line(chunk) in text for chunk in gold["without"]) if text else 0
    return {
        "tp": right, "fp": wrong, "fn": len(gold["with"]) - right, "tn": len(gold["without"]) - wrong, "empty": not text,
    }  # fmt: skip


def total_chunks(rows: list[dict[str, Any]]) -> Figures:
    tp, fp, fn, tn = (sum(row[key] for row in rows) for key in ("tp", "fp", "fn", "tn"))
    return {
        "F1": f"{2 * tp / ((2 * tp + fp + fn) or 1):.3f}",
        "precision": f"{tp / ((tp + fp) or 1):.3f}",
        "recall": f"{tp / ((tp + fn) or 1):.3f}",
        "accuracy": f"{(tp + tn) / (tp + fp + fn + tn):.3f}",
        "empty": share(rows, "empty"),
    }


def fold(text: str | None) -> str:
    """Letters and digits of *text* alone, in lower case and without accents' variants."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "")).lower()


def is_title(gold: str | None, found: str | None) -> bool:
    """Whether a headline is the title, or the title without the site's name behind (or before) a bar: the corpus keeps it."""
    if fold(gold) == fold(found):
        return True
    wanted, part = one_line(gold), one_line(found)
    before, _, behind = wanted.partition(part) if part else ("", "", "")
    return (
        bool(part)
        and not behind.strip()[:1].isalnum()
        and not before.strip()[-1:].isalnum()
        and part in wanted
    )


def persons_in(byline: str | None) -> set[str]:
    """Folded names in a byline, without what introduces them and what follows a bar or a comma as an office."""
    text = re.sub(
        r"^\s*(?:(?:written|posted|reported)?\s*by|von|par|por)\b:?", "", byline or "", flags=re.IGNORECASE
    )
    return {name for one in re.split(r",|;|&|\band\b|\n|\|", text) if (name := fold(one))}


def judge_names(gold: str | None, names: list[str]) -> dict[str, Any]:
    """Whether the persons found are those of a byline: none that it lacks, and one at least."""
    found = {fold(name) for name in names}
    wanted, whole = persons_in(gold), fold(gold)
    right = bool(found) and all(name in whole or any(one in name for one in wanted) for name in found)
    return {
        "author": right if gold else None,
        "author wrong": bool(found) and not right if gold else None,
        "author invented": bool(found) if not gold else None,
    }


def named(read: dict[str, Any]) -> list[str]:
    """The writers of a prediction, as a list."""
    authors = read.get("authors") or []
    return authors.split(";") if isinstance(authors, str) else authors


def judge_metadata(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    site, wanted = fold(read.get("publisher")), fold(gold["site"])
    return {
        "title": is_title(gold["title"], read.get("headline")),
        **judge_names(gold["byline"], named(read)),
        "publisher": (site == wanted) if wanted else None,
        "publisher wrong": bool(site) and site != wanted if wanted else None,
    }


def total_metadata(rows: list[dict[str, Any]]) -> Figures:
    columns = ("title", "author", "author wrong", "author invented", "publisher", "publisher wrong")
    return {column: share(rows, column) for column in columns}


def judge_day(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    # The day in UTC, or that of the page's own zone: the corpus does not say which it means.
    stated = re.match(r"\d{4}-\d\d-\d\d", read.get("published_raw") or "")
    days = (
        {(read.get("published_at") or "")[:10], stated[0] if stated else ""} - {""}
        if read.get("published_at")
        else set()
    )
    right = gold["day"] in days
    return {"right": right, "wrong": bool(days) and not right, "none": not days}


def total_days(rows: list[dict[str, Any]]) -> Figures:
    return {column: share(rows, column) for column in ("right", "wrong", "none")}


def judge_fields(gold: Gold, read: dict[str, Any]) -> dict[str, Any]:
    at, found = (
        datetime.fromisoformat(one) if one else None for one in (gold["at"], read.get("published_at"))
    )
    has_zone = at is not None and at.tzinfo is not None
    at, found = (one.replace(tzinfo=UTC) if one and one.tzinfo is None else one for one in (at, found))
    names = ", ".join(gold["authors"] or ())
    apart = abs((found - at).total_seconds()) if at and found else math.inf
    exact = {fold(name) for name in gold["authors"] or ()} == {
        fold(name) for name in read.get("authors") or ()
    }
    return {
        **judge_shingles(gold, read),
        "title": fold(read.get("headline")) == fold(gold["title"]),
        **judge_names(names, named(read)),
        "authors exact": exact,
        "day": apart < 86_400 if at else None,
        "minute": apart < 60 if has_zone else None,
    }


def total_fields(rows: list[dict[str, Any]]) -> Figures:
    columns = ("title", "author", "author wrong", "author invented", "authors exact", "day", "minute")
    return {**total_shingles(rows), **{column: share(rows, column) for column in columns}}
