"""The trading calendar, and the session of each article."""

import pytest

from archive.schema import open_archive
from tests.archive.test_views import Rows


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    conn = open_archive(tmp_path_factory.mktemp("trading") / "archive.db")
    yield conn
    conn.close()


@pytest.mark.parametrize(
    ("market", "year", "count"), [("CN", 2026, 242), ("HK", 2026, 247), ("CN", 2024, 242), ("HK", 2018, 246)]
)
def test_the_exchanges_trade_on_so_many_days(conn, market, year, count):
    [(days,)] = conn.execute(
        "SELECT count(*) FROM trading_days WHERE market = ? AND day LIKE ?", [market, f"{year}-%"]
    )
    assert days == count


@pytest.mark.parametrize(
    ("day", "cn", "hk"),
    [
        ("2026-02-16", None, "12:00"),  # the eve of the Spring Festival: a half day in Hong Kong
        ("2026-02-17", None, None),
        ("2026-07-01", "15:00", None),  # the day of Hong Kong's establishment
        ("2026-10-01", None, None),
        ("2026-12-25", "15:00", None),
        ("2026-12-24", "15:00", "12:00"),
        ("2024-02-18", None, None),  # a Sunday on which offices worked
        ("2023-09-01", "15:00", None),  # typhoon Saola
        ("2022-02-21", "15:00", "16:00"),
    ],
)  # fmt: skip
def test_a_day_of_both_markets(conn, day, cn, hk):
    closes = dict(conn.execute("SELECT market, closes FROM trading_days WHERE day = ?", [day]))
    assert (closes.get("CN"), closes.get("HK")) == (cn, hk)


@pytest.mark.parametrize(
    ("clock", "cn", "hk"),
    [
        ("2026-06-29T16:00:00Z", ("pre_open", "2026-06-30"), ("pre_open", "2026-06-30")),
        ("2026-06-30T01:29:59Z", ("pre_open", "2026-06-30"), ("pre_open", "2026-06-30")),
        ("2026-06-30T01:30:00Z", ("morning", "2026-06-30"), ("morning", "2026-06-30")),
        ("2026-06-30T03:30:00Z", ("noon", "2026-06-30"), ("morning", "2026-06-30")),
        ("2026-06-30T04:00:00Z", ("noon", "2026-06-30"), ("noon", "2026-06-30")),
        ("2026-06-30T05:00:00Z", ("afternoon", "2026-06-30"), ("afternoon", "2026-06-30")),
        ("2026-06-30T07:00:00Z", ("after_close", "2026-07-01"), ("afternoon", "2026-06-30")),
        ("2026-06-30T08:00:00Z", ("after_close", "2026-07-01"), ("after_close", "2026-07-02")),
        ("2026-07-01T02:00:00Z", ("morning", "2026-07-01"), ("closed", "2026-07-02")),
        ("2026-02-16T04:00:00Z", ("closed", "2026-02-24"), ("after_close", "2026-02-20")),
        ("2026-06-27T02:00:00Z", ("closed", "2026-06-29"), ("closed", "2026-06-29")),
        ("2026-12-31T08:30:00Z", ("after_close", None), ("after_close", None)),
        ("2027-01-04T02:00:00Z", (None, None), (None, None)),
        ("2014-06-30T02:00:00Z", (None, None), (None, None)),
    ],
)  # fmt: skip
def test_the_session_of_an_article_and_the_day_on_which_markets_react(conn, clock, cn, hk):
    rows = Rows(conn)
    article_id = rows.article(clock, clock)
    try:
        sql = (
            "SELECT cn_session, cn_trading_day, hk_session, hk_trading_day FROM market_sessions WHERE id = ?"
        )
        assert conn.execute(sql, [article_id]).fetchall() == [(*cn, *hk)]
    finally:
        conn.rollback()


def test_a_time_that_is_only_a_day_has_no_session(conn):
    rows = Rows(conn)
    rows.article("日", "2026-06-29T16:00:00Z", published_precision="day")
    rows.article("无", None)
    assert conn.execute("SELECT count(*) FROM market_sessions").fetchone() == (0,)
    conn.rollback()
