"""What of a report's figures needs a person, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.language import gettext, ngettext
from archive.list_habits import FEED_FAILURES
from archive.report.figures import Figures, merge_counts, quantile
from archive.times import in_beijing

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
    return names + (gettext(" and {count} before", count=len(days) - NAMED) if len(days) > NAMED else "")


def find_notes(figures: Figures) -> list[Note]:
    """All of them."""
    return sorted([*_losses(figures), *_flaws(figures)], key=lambda note: note.level != "bad")


def _losses(figures: Figures) -> list[Note]:
    notes = []
    if gaps := [gap for gap in figures.gaps if gap["open"]]:
        feeds = ", ".join(sorted({gap["feed"] for gap in gaps}))
        text = ngettext(
            "{count:,} gap open in {feeds}: articles of those hours may be missing",
            "{count:,} gaps open in {feeds}: articles of those hours may be missing",
            len(gaps),
            feeds=feeds,
        )
        notes.append(Note("bad", text, "gaps"))
    for feed in figures.feeds:
        if feed["failures"] >= FEED_FAILURES:
            last_read = in_beijing(feed["last_read_at"]) if feed["last_read_at"] else gettext("never")
            text = gettext(
                "feed {feed} failed {count:,} times in a row; last read {time}",
                feed=feed["feed"],
                count=feed["failures"],
                time=last_read,
            )
            notes.append(Note("bad", text, "crawls"))
    last = figures.last_crawl
    if last and last["ended"] == "bad":
        if last["exit_status"] is not None:
            text = gettext("the last crawl ({spider}, {time}) ended with {status}")
        else:
            text = gettext("the last crawl ({spider}, {time}) was killed")
        text = text.format(
            spider=last["spider"], time=in_beijing(last["started_at"]), status=last["exit_status"]
        )
        notes.append(Note("bad", text, "crawls"))
    if empty := [day for day, day_class in figures.day_classes.items() if day_class.empty]:
        text = ngettext(
            "{count:,} day without an article: {days}",
            "{count:,} days without an article: {days}",
            len(empty),
            days=list_days(empty),
        )
        notes.append(Note("bad", text, "volume"))
    return notes


def _flaws(figures: Figures) -> list[Note]:
    notes = []

    def poor(text: str, where: str) -> None:
        notes.append(Note("poor", text, where))

    if short := [day for day, day_class in figures.day_classes.items() if day_class.short]:
        text = ngettext(
            "{count:,} day has less than half of their weekday's articles: {days}",
            "{count:,} days have less than half of their weekday's articles: {days}",
            len(short),
            days=list_days(short),
        )
        poor(text, "volume")
    ended = sum((count for day in figures.crawls.values() for count in day.values()), 0)
    failed_crawls = sum(day["bad"] for day in figures.crawls.values())
    if failed_crawls >= FEW and failed_crawls > CRAWLS * ended:
        text = ngettext(
            "{count:,} crawl of {all:,} failed or were killed",
            "{count:,} crawls of {all:,} failed or were killed",
            failed_crawls,
            all=ended,
        )
        poor(text, "crawls")
    total = figures.totals.get("articles", 0)
    for name, text in (
        ("headline", gettext("{share} of the articles ({count:,}) are without a headline of their own")),
        ("time", gettext("{share} of the articles ({count:,}) are without a known time")),
        ("publisher", gettext("{share} of the articles ({count:,}) are without a known publisher")),
    ):
        count = figures.totals.get(name, 0)
        if count >= FEW and count > UNKNOWN * total:
            poor(text.format(share=f"{count / total:.0%}", count=count), "quality")
    images = sum(day["images"] for day in figures.images.values())
    failed = sum(day["failed"] for day in figures.images.values())
    if failed >= FEW and failed > IMAGES * images:
        share = f"{failed / images:.0%}"
        poor(
            gettext("{share} of the images ({count:,}) could not be fetched", share=share, count=failed),
            "quality",
        )
    slow = quantile(merge_counts(figures.latency.values()), 0.9)
    if slow is not None and slow > SLOW:
        poor(
            gettext("one article of ten is seen more than {count} minutes after publication", count=SLOW),
            "latency",
        )
    if lost := sum(row["links"] for row in figures.links if row["outcome"] in ("unreadable", "failed")):
        text = ngettext(
            "{count:,} link could not be fetched or read",
            "{count:,} links could not be fetched or read",
            lost,
        )
        poor(text, "crawls")
    return notes
