"""What of a report's figures needs a person, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.report.figures import Figures, merge_counts, quantile
from archive.report.words import count_noun
from archive.times import in_beijing

FEED_FAILURES = 3  # failed polls in a row, as in scrapy status
UNKNOWN = 0.02  # share of articles without a headline, time or publisher of their own
IMAGES = 0.05  # share that failed
CRAWLS = 0.05  # share that failed or were killed
SLOW = 60  # minutes within which nine of ten articles should be seen
FEW = 3  # articles, images or crawls: fewer are not a pattern
NAMED = 4  # days


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that needs a person."""

    level: Literal["bad", "poor"]
    """``bad``: articles may be lost. ``poor``: what there is could be better."""
    message: str
    where: str
    """Id of the part of the page that shows it."""


def list_days(days: list[str]) -> str:
    """The latest of some days.

    >>> list_days(["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06"])
    '06-03, 06-04, 06-05, 06-06 and 2 before'
    """
    names = ", ".join(day[5:] for day in days[-NAMED:])
    return names + (f" and {len(days) - NAMED} before" if len(days) > NAMED else "")


def find_notes(figures: Figures) -> list[Note]:
    """All of them."""
    return sorted([*_losses(figures), *_flaws(figures)], key=lambda note: note.level != "bad")


def _losses(figures: Figures) -> list[Note]:
    notes = []
    if gaps := [gap for gap in figures.gaps if gap["open"]]:
        feeds = ", ".join(sorted({gap["feed"] for gap in gaps}))
        notes.append(Note("bad", f"{count_noun(len(gaps), 'gap')} open in {feeds}: articles of those hours may be missing", "gaps"))  # fmt: skip
    for feed in figures.feeds:
        if feed["failures"] >= FEED_FAILURES:
            read = in_beijing(feed["last_read_at"]) if feed["last_read_at"] else "never"
            notes.append(Note("bad", f"feed {feed['feed']} failed {feed['failures']:,} times in a row; last read {read}", "crawls"))  # fmt: skip
    last = figures.last_crawl
    if last and last["ended"] == "bad":
        how = f"ended with {last['exit_status']}" if last["exit_status"] is not None else "was killed"
        notes.append(Note("bad", f"the last crawl ({last['spider']}, {in_beijing(last['started_at'])}) {how}", "crawls"))  # fmt: skip
    if empty := [day for day, day_class in figures.day_classes.items() if day_class.empty]:
        notes.append(
            Note("bad", f"{count_noun(len(empty), 'day')} without an article: {list_days(empty)}", "volume")
        )
    return notes


def _flaws(figures: Figures) -> list[Note]:
    notes = []

    def poor(text: str, where: str) -> None:
        notes.append(Note("poor", text, where))

    if short := [day for day, day_class in figures.day_classes.items() if day_class.short]:
        poor(f"{count_noun(len(short), 'day has', 'days have')} less than half of their weekday's articles: {list_days(short)}", "volume")  # fmt: skip
    ended = sum((count for day in figures.crawls.values() for count in day.values()), 0)
    bad = sum(day["bad"] for day in figures.crawls.values())
    if bad >= FEW and bad > CRAWLS * ended:
        poor(f"{count_noun(bad, 'crawl')} of {ended:,} failed or were killed", "crawls")
    total = figures.totals.get("articles", 0)
    for name, what in (
        ("headline", "a headline of their own"),
        ("time", "a known time"),
        ("publisher", "a known publisher"),
    ):
        count = figures.totals.get(name, 0)
        if count >= FEW and count > UNKNOWN * total:
            poor(f"{count / total:.0%} of the articles ({count:,}) are without {what}", "quality")
    images = sum(day["images"] for day in figures.images.values())
    failed = sum(day["failed"] for day in figures.images.values())
    if failed >= FEW and failed > IMAGES * images:
        poor(f"{failed / images:.0%} of the images ({failed:,}) could not be fetched", "quality")
    slow = quantile(merge_counts(figures.latency.values()), 0.9)
    if slow is not None and slow > SLOW:
        poor(f"one article of ten is seen more than {SLOW} minutes after publication", "latency")
    if lost := sum(row["links"] for row in figures.links if row["outcome"] in ("unreadable", "failed")):
        poor(f"{count_noun(lost, 'link')} could not be fetched or read", "crawls")
    return notes
