"""Which days are short of articles: less than half of what their own weekday has as a rule (the median).

Markets close at weekends, so a Sunday is no measure for a Monday.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

SHORT = 0.5  # of the weekday's median
ENOUGH = 3  # days of one weekday that make a rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a day."""

    usual: float | None
    """Articles that its weekday has as a rule; None where too few of them are known."""
    short: bool
    empty: bool


def judge(counts: Mapping[str, int], not_judged: Collection[str | None]) -> dict[str, Verdict]:
    """A verdict on each day (``YYYY-MM-DD``) of *counts*; those of *not_judged* are neither short nor empty, nor a measure.

    >>> found = judge({"2026-06-01": 10, "2026-06-08": 30, "2026-06-15": 20, "2026-06-16": 0, "2026-06-22": 7}, ["2026-06-16"])
    >>> [day for day, verdict in found.items() if verdict.short or verdict.empty], found["2026-06-22"].usual
    (['2026-06-22'], 15.0)
    """
    rule = usual({day: count for day, count in counts.items() if day not in not_judged})
    found = {}
    for day, count in counts.items():
        expected, judged = rule.get(date.fromisoformat(day).weekday()), day not in not_judged
        short = judged and expected is not None and 0 < count < expected * SHORT
        found[day] = Verdict(expected, short, judged and count == 0)
    return found


def usual(counts: Mapping[str, int]) -> dict[int, float]:
    """The median of each weekday (0 is Monday) that occurs often enough.

    >>> usual({"2026-06-01": 10, "2026-06-08": 30, "2026-06-15": 20, "2026-06-16": 1})
    {0: 20}
    """
    by_weekday: dict[int, list[int]] = {}
    for day, count in counts.items():
        by_weekday.setdefault(date.fromisoformat(day).weekday(), []).append(count)
    return {weekday: median(found) for weekday, found in by_weekday.items() if len(found) >= ENOUGH}
