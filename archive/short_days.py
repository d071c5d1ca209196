"""Days short of articles: fewer than half of the median of their own weekday.

Markets close at weekends, so a Sunday is not a measure for a Monday; a holiday of the exchanges is compared with Sundays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from archive.days_off import usual_weekday

SHORT = 0.5  # of the weekday's median
ENOUGH = 3  # days of one weekday that make a median


@dataclass(frozen=True, slots=True)
class DayClass:
    """How one day compares with its weekday."""

    usual: float | None
    """Median number of articles of its weekday; None where too few of them are known."""
    short: bool
    empty: bool


def classify_days(counts: Mapping[str, int], excluded: Collection[str | None]) -> dict[str, DayClass]:
    """The class of each day (``YYYY-MM-DD``) of *counts*. *excluded* days are neither short nor empty, nor part of a median.

    >>> days = {"2026-06-01": 10, "2026-06-08": 30, "2026-06-15": 20, "2026-06-16": 0, "2026-06-22": 7}
    >>> classes = classify_days(days, ["2026-06-16"])
    >>> [day for day, day_class in classes.items() if day_class.short or day_class.empty], classes["2026-06-22"].usual
    (['2026-06-22'], 15.0)
    """
    medians = weekday_medians({day: count for day, count in counts.items() if day not in excluded})
    classes = {}
    for day, count in counts.items():
        usual, included = medians.get(usual_weekday(day)), day not in excluded
        short = included and usual is not None and 0 < count < usual * SHORT
        classes[day] = DayClass(usual, short, included and count == 0)
    return classes


def weekday_medians(counts: Mapping[str, int]) -> dict[int, float]:
    """The median of each weekday (0 is Monday, holidays count as Sundays) that occurs often enough.

    >>> weekday_medians({"2026-06-01": 10, "2026-06-08": 30, "2026-06-15": 20, "2026-06-16": 1})
    {0: 20}
    """
    by_weekday: dict[int, list[int]] = {}
    for day, count in counts.items():
        by_weekday.setdefault(usual_weekday(day), []).append(count)
    return {weekday: median(numbers) for weekday, numbers in by_weekday.items() if len(numbers) >= ENOUGH}
