"""Days on which little is published for a reason: weekends, and holidays of the exchanges."""

from __future__ import annotations

from datetime import date

from archive.views.trading import CN_CLOSED, HK_CLOSED

WEEKEND, HOLIDAY, HK_HOLIDAY = "weekend", "holiday", "hk_holiday"
SUNDAY = 6


def is_holiday(market: str, day: date) -> bool:
    """Whether a weekday is a holiday of the exchanges of *market* (``CN``, ``HK``); False where the calendar has no such year."""
    closed = (CN_CLOSED if market == "CN" else HK_CLOSED).get(day.year, "")
    return day.weekday() < 5 and f"{day:%m%d}" in closed.split()


def day_off(text: str) -> str | None:
    """Why a day (``YYYY-MM-DD``) has less news than others: `WEEKEND`, `HOLIDAY` (Shanghai, Shenzhen), `HK_HOLIDAY`; else None.

    >>> day_off("2026-06-20"), day_off("2026-06-19"), day_off("2023-09-08"), day_off("2026-06-30")
    ('weekend', 'holiday', 'hk_holiday', None)
    """
    day = date.fromisoformat(text)
    if day.weekday() >= 5:
        return WEEKEND
    if is_holiday("CN", day):
        return HOLIDAY
    return HK_HOLIDAY if is_holiday("HK", day) else None


def usual_weekday(text: str) -> int:
    """The weekday (0 is Monday) that a day is like: on a holiday of Shanghai's there is as much news as on a Sunday.

    >>> usual_weekday("2026-06-19"), usual_weekday("2026-06-30")
    (6, 1)
    """
    day = date.fromisoformat(text)
    return SUNDAY if is_holiday("CN", day) else day.weekday()
