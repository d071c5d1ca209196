"""Which days a bar of the charts stands for: of a long span several, or they could not be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from archive.language import gettext
from archive.report.words import days_noun
from archive.times import weekday_name

T = TypeVar("T")
MOST = 120  # bars that are wide enough to be told apart


@dataclass(frozen=True, slots=True)
class Bars:
    """The days of a report, and how many of them are one bar; the last bar ends with the last day."""

    days: tuple[str, ...]
    size: int

    @property
    def firsts(self) -> list[str]:
        """The first day of each bar, oldest first. The first bar can hold fewer days than the others."""
        short = len(self.days) % self.size
        return [*self.days[: 1 if short else 0], *self.days[short :: self.size]]

    @property
    def span(self) -> str:
        return days_noun(len(self.days))

    @property
    def each(self) -> str:
        """What a bar stands for: "a day", "a week", "in 30 days"."""
        if self.size in (1, 7):
            return gettext("a day") if self.size == 1 else gettext("a week")
        return gettext("in {count} days", count=self.size)

    def gathered(self, by_day: Mapping[str, T]) -> dict[str, list[T]]:
        """What the days of each bar have, by the bar's first day; a bar without any is left out."""
        groups: dict[str, list[T]] = {}
        short = len(self.days) % self.size
        for index, day in enumerate(self.days):
            if day in by_day:
                bar = (index - short) // self.size * self.size + short
                groups.setdefault(self.days[max(bar, 0)], []).append(by_day[day])
        return groups

    def sums(self, by_day: Mapping[str, float]) -> dict[str, float]:
        """Likewise, added up.

        >>> bars_of(tuple(f"2026-06-{day:02d}" for day in range(1, 11)), 3).sums({"2026-06-01": 1, "2026-06-02": 2, "2026-06-04": 4})
        {'2026-06-01': 1, '2026-06-02': 6}
        """
        return {bar: sum(values) for bar, values in self.gathered(by_day).items()}

    def named(self, bar: str) -> str:
        """A bar's days for a table."""
        return f"{weekday_name(bar)} {bar}" if self.size == 1 else gettext("from {day}", day=bar)


def bars_of(days: tuple[str, ...], size: int | None = None) -> Bars:
    """Bars of a day each, of a week, or of 30 days.

    >>> bars_of(("2026-06-01",)).each, bars_of(("",) * 365).size, bars_of(("",) * 3000).each
    ('a day', 7, 'in 30 days')
    """
    return Bars(days, size or next((size for size in (1, 7) if len(days) <= size * MOST), 30))
