"""SQL of the trading calendar: on which day, and in which session, the markets could react to an article.

The days are data, so that neither a crawl nor plain SQLite needs a calendar package. They are those of exchange_calendars 4.13
(XSHG, whose days Shenzhen shares, and XHKG without 1 and 8 September 2023, a typhoon and a rainstorm), which needs pandas; chinesecalendar, which does not, knows no Hong Kong. A later
year is a step of its own in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping

FIRST, LAST = "2015-01-01", "2026-12-31"

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

HK_HALF_DAYS = {
    2015: "0218 1224 1231",
    2017: "0127",
    2018: "0215 1224 1231",
    2019: "0204 1224 1231",
    2020: "0124 1224 1231",
    2021: "0211 1224 1231",
    2022: "0131",
    2024: "0209 1224 1231",
    2025: "0128 1224 1231",
    2026: "0216 1224 1231",
}
"""Days on which Hong Kong closes at noon."""


def sql_days(days: Mapping[int, str]) -> str:
    """Days as a list of SQL literals.

    >>> sql_days({2026: "0101 0216"})
    "'2026-01-01', '2026-02-16'"
    """
    return ", ".join(f"'{year}-{day[:2]}-{day[2:]}'" for year, text in days.items() for day in text.split())


def insert_days(market: str, closed: Mapping[int, str], closes: str) -> str:
    """SQL that fills `trading_days` for a market; *closes* is SQL of the clock at which a ``day`` closes."""
    return f"""INSERT INTO trading_days
  WITH RECURSIVE days (day) AS (VALUES ('{FIRST}') UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '{LAST}')
  SELECT '{market}', day, {closes} FROM days
  WHERE strftime('%w', day) NOT IN ('0', '6') AND day NOT IN ({sql_days(closed)})"""


DAY = "date(a.published_at, '+8 hours')"
CLOCK = "strftime('%H:%M', a.published_at, '+8 hours')"


def session(market: str, noon: str) -> str:
    """SQL: the session of article ``a``; the market's morning ends at *noon*."""
    return f"""CASE WHEN {DAY} NOT BETWEEN '{FIRST}' AND (SELECT max(day) FROM trading_days WHERE market = '{market}') THEN NULL
      ELSE coalesce((SELECT CASE WHEN {CLOCK} < '09:30' THEN 'pre_open' WHEN {CLOCK} >= t.closes THEN 'after_close'
        WHEN {CLOCK} < '{noon}' THEN 'morning' WHEN {CLOCK} < '13:00' THEN 'noon' ELSE 'afternoon' END
        FROM trading_days AS t WHERE t.market = '{market}' AND t.day = {DAY}), 'closed') END"""


def trading_day(market: str) -> str:
    """SQL: the first day on which the market trades after article ``a``, that of the article itself until the close."""
    return f"""CASE WHEN {DAY} >= '{FIRST}' THEN (SELECT t.day FROM trading_days AS t WHERE t.market = '{market}' AND t.day >= {DAY}
      AND (t.day > {DAY} OR {CLOCK} < t.closes) ORDER BY t.day LIMIT 1) END"""


TRADING = f"""
CREATE TABLE trading_days (
  -- The days on which exchanges trade, from 2015 to 2026.
  market TEXT NOT NULL, -- CN (Shanghai and Shenzhen) or HK (Hong Kong)
  day TEXT NOT NULL, -- Beijing day
  closes TEXT NOT NULL, -- Beijing clock: 15:00, in Hong Kong 16:00, or 12:00 on a half day
  PRIMARY KEY (market, day)
) WITHOUT ROWID;
{insert_days("CN", CN_CLOSED, "'15:00'")};
{insert_days("HK", HK_CLOSED, f"CASE WHEN day IN ({sql_days(HK_HALF_DAYS)}) THEN '12:00' ELSE '16:00' END")};
CREATE VIEW market_sessions AS
  -- When the markets could react to each article whose time of day is known. Sessions: pre_open (before 9:30), morning, noon, afternoon, after_close, and closed on other days; NULL beyond the calendar.
  SELECT
    a.id, -- articles.id
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    a.published_at, -- articles.published_at
    {DAY} AS day, -- Beijing day of publication
    {session("CN", "11:30")} AS cn_session, -- of Shanghai and Shenzhen
    {trading_day("CN")} AS cn_trading_day, -- the first day on which Shanghai and Shenzhen trade after it, the same day until 15:00
    {session("HK", "12:00")} AS hk_session, -- of Hong Kong
    {trading_day("HK")} AS hk_trading_day -- likewise Hong Kong, the same day until 16:00
  FROM articles AS a WHERE a.published_precision IN ('second', 'minute')
"""
