"""Days of the solar calendar of Iran: ``29 بهمن 1398``."""

from __future__ import annotations

from datetime import date, timedelta

from archive.late_pattern import compile_late

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")  # fmt: skip
IN_PERSIAN = compile_late(rf"(?<!\d)(\d{{1,2}})\s({'|'.join(MONTHS)})\s(1[34]\d\d)(?!\d)")
YEARS = range(1300, 1500)
"""In which no page was published by any other calendar."""
FIRST = date(1980, 3, 21), 1359
"""The first day of a year."""
LETTERS = str.maketrans("يك", "یک")
"""Arabic forms of two letters -> Persian ones."""


def is_leap(year: int) -> bool:
    """Whether a year has 366 days, by the cycle of 33 years that holds from 1343 to 1472.

    >>> [year for year in range(1375, 1409) if is_leap(year)]
    [1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408]
    """
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def day_of(year: int, month: int, day: int) -> date:
    """The day of our calendar. Raises ValueError where there is none.

    >>> day_of(1398, 11, 29), day_of(1399, 12, 30), day_of(1400, 1, 1)
    (datetime.date(2020, 2, 18), datetime.date(2021, 3, 20), datetime.date(2021, 3, 21))
    """
    longest = 31 if month <= 6 else 30 if month < 12 or is_leap(year) else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        raise ValueError(f"not a day of the Iranian calendar: {year}-{month}-{day}")
    first, start = FIRST
    years = range(start, year) if year >= start else range(year, start)
    days = sum(365 + is_leap(other) for other in years) * (1 if year >= start else -1)
    return first + timedelta(days=days + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def read_persian(text: str) -> date | None:
    """The day that *text* names by its Persian month; None where it names none."""
    match = IN_PERSIAN.search(text.translate(LETTERS))
    if match is None:
        return None
    try:
        return day_of(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
    except ValueError:
        return None
