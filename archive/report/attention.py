"""What of a report's figures needs a person, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.report.figures import Figures, quantile, together
from archive.report.words import some
from archive.times import in_beijing

FEED_FAILURES = 3  # failed polls in a row, as in scrapy status
UNKNOWN = 0.02  # share of articles without a headline, time or publisher of their own
PICTURES = 0.05  # share that failed
CRAWLS = 0.05  # share that failed or were killed
SLOW = 60  # minutes within which nine of ten articles should be seen
FEW = 3  # articles, pictures or crawls: fewer are no habit
NAMED = 4  # days


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that needs a person."""

    level: Literal["bad", "poor"]
    """``bad``: articles may be lost. ``poor``: what there is could be better."""
    said: str
    where: str
    """Id of the part of the page that shows it."""


def named(days: list[str]) -> str:
    """The latest of some days.

    >>> named(["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06"])
    '06-03, 06-04, 06-05, 06-06 and 2 before'
    """
    shown = ", ".join(day[5:] for day in days[-NAMED:])
    return shown + (f" and {len(days) - NAMED} before" if len(days) > NAMED else "")


def notes(found: Figures) -> list[Note]:
    """All of them."""
    return sorted([*_losses(found), *_flaws(found)], key=lambda note: note.level != "bad")


def _losses(found: Figures) -> list[Note]:
    said = []
    if gaps := [gap for gap in found.gaps if gap["open"]]:
        feeds = ", ".join(sorted({gap["feed"] for gap in gaps}))
        said.append(Note("bad", f"{some(len(gaps), 'gap')} open in {feeds}: articles of those hours may be missing", "gaps"))  # fmt: skip
    for feed in found.feeds:
        if feed["failures"] >= FEED_FAILURES:
            read = in_beijing(feed["last_read_at"]) if feed["last_read_at"] else "never"
            said.append(Note("bad", f"feed {feed['feed']} failed {feed['failures']:,} times in a row; last read {read}", "crawls"))  # fmt: skip
    last = found.last_crawl
    if last and last["ended"] == "bad":
        how = f"ended with {last['exit_status']}" if last["exit_status"] is not None else "was killed"
        said.append(Note("bad", f"the last crawl ({last['spider']}, {in_beijing(last['started_at'])}) {how}", "crawls"))  # fmt: skip
    if empty := [day for day, verdict in found.verdicts.items() if verdict.empty]:
        said.append(Note("bad", f"{some(len(empty), 'day')} without an article: {named(empty)}", "volume"))
    return said


def _flaws(found: Figures) -> list[Note]:
    said = []

    def poor(text: str, where: str) -> None:
        said.append(Note("poor", text, where))

    if short := [day for day, verdict in found.verdicts.items() if verdict.short]:
        poor(f"{some(len(short), 'day has', 'days have')} less than half of their weekday's articles: {named(short)}", "volume")  # fmt: skip
    ended = sum((count for day in found.crawls.values() for count in day.values()), 0)
    bad = sum(day["bad"] for day in found.crawls.values())
    if bad >= FEW and bad > CRAWLS * ended:
        poor(f"{some(bad, 'crawl')} of {ended:,} failed or were killed", "crawls")
    total = found.totals.get("articles", 0)
    for name, what in (
        ("headline", "a headline of their own"),
        ("time", "a known time"),
        ("publisher", "a known publisher"),
    ):
        count = found.totals.get(name, 0)
        if count >= FEW and count > UNKNOWN * total:
            poor(f"{count / total:.0%} of the articles ({count:,}) are without {what}", "quality")
    pictures = sum(day["pictures"] for day in found.pictures.values())
    failed = sum(day["failed"] for day in found.pictures.values())
    if failed >= FEW and failed > PICTURES * pictures:
        poor(f"{failed / pictures:.0%} of the pictures ({failed:,}) could not be fetched", "quality")
    slow = quantile(together(found.latency.values()), 0.9)
    if slow is not None and slow > SLOW:
        poor(f"one article of ten is seen more than {SLOW} minutes after publication", "latency")
    if lost := sum(row["links"] for row in found.links if row["outcome"] in ("unreadable", "failed")):
        poor(f"{some(lost, 'link')} could not be fetched or read", "crawls")
    return said
