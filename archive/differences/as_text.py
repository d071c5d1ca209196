"""What another reading would change, for a terminal: counts by field, then samples to judge them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archive.differences import Difference, names_of
from archive.edits.as_text import Page, print_lines
from archive.edits.word_diff import compare, words

NAMES = {
    "body_text": "text", "body_html": "markup", "article_publishers": "named media", "article_times": "stated times",
    "article_images": "images", "article_securities": "securities", "article_links": "links",
}  # fmt: skip
"""What fields are called, where it is not by their column or table."""
SAMPLES = 3  # of each field
LABEL = 15  # columns
SHOWN = 8  # lines of a list


def print_counts(page: Page, fields: Counter[str]) -> None:
    """Changed articles by field, the most frequent first."""
    for name, number in fields.most_common():
        page.say(f"  {NAMES.get(name, name):{LABEL + 6}}{number:>8,}")


def choose_samples(differences: Iterable[Difference], most: int = SAMPLES) -> list[Difference]:
    """Enough of the first that every field is shown by up to *most* of them."""
    samples_of: Counter[str] = Counter()
    chosen = []
    for difference in differences:
        if any(samples_of[name] < most for name in difference.fields):
            samples_of.update(difference.fields)
            chosen.append(difference)
    return chosen


def print_difference(page: Page, difference: Difference) -> None:
    """All that another reading changes of one article."""
    page.say()
    page.runs("", [("same", difference.article["headline"])], colour="bold")
    page.runs("", [("same", difference.article["id"])], colour="dim")
    for name, (old, new) in difference.columns.items():
        if name == "body_text":
            continue
        lead = f"  {NAMES.get(name, name):{LABEL}}"
        if name == "body_html":
            if "body_text" not in difference.columns:
                page.runs(lead, [("same", "differs, with the same text")])
        else:
            page.runs(lead, words(names_of(old), names_of(new)))
    for table, (gone, come) in difference.lists.items():
        lead = f"  {NAMES.get(table, table):{LABEL}}"
        for kind, entries in (("removed", gone), ("added", come)):
            for line in entries[:SHOWN]:
                page.runs(lead, [(kind, line)])  # type: ignore[list-item]
                lead = " " * len(lead)
            if len(entries) > SHOWN:
                page.runs(lead, [("same", f"and {len(entries) - SHOWN:,} more {kind}")])
    if "body_text" in difference.columns:
        old, new = difference.columns["body_text"]
        print_lines(page, compare(old or "", new or ""))
