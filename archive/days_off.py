"""Days on which little is published for a reason: weekends, and holidays of the exchanges.

The days are data, so that no crawl needs a calendar package. They are those of exchange_calendars 4.13 (XSHG, whose days Shenzhen
shares, and XHKG without 1 and 8 September 2023, a typhoon and a rainstorm), which needs pandas; chinesecalendar, which does not,
knows no Hong Kong. The table trading_days has the same ones: a later year is a step of its own in the schema.
"""

from __future__ import annotations

from datetime import date

WEEKEND, HOLIDAY, HK_HOLIDAY = "weekend", "holiday", "hk_holiday"
SUNDAY = 6

CN_CLOSED = {
    2015: "0101 0102 0218 0219 0220 0223 0224 0406 0501 0622 0903 0904 1001 1002 1005 1006 1007",
    2016: "0101 0208 0209 0210 0211 0212 0404 0502 0609 0610 0915 0916 1003 1004 1005 1006 1007",
    2017: "0102 0127 0130 0131 0201 0202 0403 0404 0501 0529 0530 1002 1003 1004 1005 1006",
    2018: "0101 0215 0216 0219 0220 0221 0405 0406 0430 0501 0618 0924 1001 1002 1003 1004 1005 1231",
    2019: "0101 0204 0205 0206 0207 0208 0405 0501 0502 0503 0607 0913 1001 1002 1003 1004 1007",
    2020: "0101 0124 0127 0128 0129 0130 0131 0406 0501 0504 0505 0625 0626 1001 1002 1005 1006 1007 1008",
    2021: "0101 0211 0212 0215 0216 0217 0405 0503 0504 0505 0614 0920 0921 1001 1004 1005 1006 1007",
    2022: "0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
    2023: "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
    2024: "0101 0209 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003"
    " 1004 1007",
    2025: "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
    2026: "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
}
"""Weekdays on which Shanghai and Shenzhen do not trade, ``MMDD`` by year."""

HK_CLOSED = {
    2015: "0101 0219 0220 0403 0406 0407 0501 0525 0701 0903 0928 1001 1021 1225",
    2016: "0101 0208 0209 0210 0325 0328 0404 0502 0609 0701 0802 0916 1010 1021 1226 1227",
    2017: "0102 0130 0131 0404 0414 0417 0501 0503 0530 0823 1002 1005 1225 1226",
    2018: "0101 0216 0219 0330 0402 0405 0501 0522 0618 0702 0925 1001 1017 1225 1226",
    2019: "0101 0205 0206 0207 0405 0419 0422 0501 0513 0607 0701 1001 1007 1225 1226",
    2020: "0101 0127 0128 0410 0413 0430 0501 0625 0701 1001 1002 1013 1026 1225",
    2021: "0101 0212 0215 0402 0405 0406 0519 0614 0701 0922 1001 1013 1014 1227",
    2022: "0201 0202 0203 0405 0415 0418 0502 0509 0603 0701 0912 1004 1226 1227",
    2023: "0102 0123 0124 0125 0405 0407 0410 0501 0526 0622 0717 0901 0908 1002 1023 1225 1226",
    2024: "0101 0212 0213 0329 0401 0404 0501 0515 0610 0701 0906 0918 1001 1011 1225 1226",
    2025: "0101 0129 0130 0131 0404 0418 0421 0501 0505 0701 1001 1007 1029 1225 1226",
    2026: "0101 0217 0218 0219 0403 0406 0407 0501 0525 0619 0701 1001 1019 1225",
}
"""Likewise Hong Kong, typhoons included."""


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
