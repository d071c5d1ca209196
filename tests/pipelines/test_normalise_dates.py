"""Every printed form of a publication time, near misses that must stay None, the edges of day and year."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import dateparser
import pytest
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from archive.times import BEIJING
from crawler.items import Article, LinkOutcome
from pipelines.normalise_dates import NormaliseDatesPipeline, to_utc

DATEPARSER = {"TIMEZONE": "+0800", "RETURN_AS_TIMEZONE_AWARE": True}
SEEN = datetime(2022, 3, 1, 16, 30, 10, tzinfo=BEIJING)  # a Tuesday

# What the print means in Beijing time.
READ = [
    # -- dates and times with year, month and day
    ("2022-02-21 15:54:48", "2022-02-21 15:54:48", "second"),
    ("2022-02-21 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21", "2022-02-21 00:00:00", "day"),
    (" 2022-02-21  15:54 ", "2022-02-21 15:54:00", "minute"),
    ("2022/2/21 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022-2-1 5:04", "2022-02-01 05:04:00", "minute"),
    ("2022.02.21", "2022-02-21 00:00:00", "day"),
    ("2022.02.21 15:54", "2022-02-21 15:54:00", "minute"),
    ("20220221", "2022-02-21 00:00:00", "day"),
    (20220221, "2022-02-21 00:00:00", "day"),
    ("20220221155448", "2022-02-21 15:54:48", "second"),
    ("202202211554", "2022-02-21 15:54:00", "minute"),
    ("20220221 15:54", "2022-02-21 15:54:00", "minute"),
    ("20220221T155448", "2022-02-21 15:54:48", "second"),
    ("2022年02月21日 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022年02月21日 15:54:48", "2022-02-21 15:54:48", "second"),
    ("2022年02月21日15:54", "2022-02-21 15:54:00", "minute"),
    ("2022年2月21日", "2022-02-21 00:00:00", "day"),
    ("2022 年 2 月 21 日 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022年2月21号", "2022-02-21 00:00:00", "day"),
    ("2022年2月21日15时54分", "2022-02-21 15:54:00", "minute"),
    ("2022年2月21日 15时54分48秒", "2022-02-21 15:54:48", "second"),
    ("2022年2月21日下午3点", "2022-02-21 00:00:00", "day"),
    ("2022-02-21 23:59:59", "2022-02-21 23:59:59", "second"),
    ("1990-01-01 00:00:00", "1990-01-01 00:00:00", "second"),
    ("1991-07-01 12:00:00", "1991-07-01 12:00:00", "second"),  # China had summer time, the archive has not
    ("2020-02-29", "2020-02-29 00:00:00", "day"),
    ("2022-02-21 24:00:00", "2022-02-22 00:00:00", "second"),
    ("2021年12月31日 24:00", "2022-01-01 00:00:00", "minute"),
    ("2022-02-21 9:05:03", "2022-02-21 09:05:03", "second"),
    # -- Chinese numerals, traditional characters
    ("2022年二月二十一日", "2022-02-21 00:00:00", "day"),
    ("二〇二二年二月二十一日", "2022-02-21 00:00:00", "day"),
    ("二零二一年十二月十日", "2021-12-10 00:00:00", "day"),
    ("二〇二一年十月三十一日 十五时五十四分", "2021-10-31 15:54:00", "minute"),
    ("發佈於 2022年2月21日 15:54", "2022-02-21 15:54:00", "minute"),
    ("發布時間：2022年2月21日 15時54分", "2022-02-21 15:54:00", "minute"),
    ("剛剛", "2022-03-01 16:30:00", "minute"),
    ("5分鐘前", "2022-03-01 16:25:00", "minute"),
    ("3小時前", "2022-03-01 13:30:00", "day"),
    # -- half days
    ("2022-02-21 上午 10:05", "2022-02-21 10:05:00", "minute"),
    ("2022-02-21 下午 3:54", "2022-02-21 15:54:00", "minute"),
    ("2022年2月21日下午3时54分", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21 下午 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21 下午 12:05", "2022-02-21 12:05:00", "minute"),
    ("2022-02-21 中午 12:05", "2022-02-21 12:05:00", "minute"),
    ("2022-02-21 中午 1:05", "2022-02-21 13:05:00", "minute"),
    ("2022-02-21 晚上 10:05", "2022-02-21 22:05:00", "minute"),
    ("2022-02-21 晚22:05", "2022-02-21 22:05:00", "minute"),
    ("2022-02-21 凌晨 1:05", "2022-02-21 01:05:00", "minute"),
    ("2022-02-21 凌晨 12:05", "2022-02-21 00:05:00", "minute"),
    ("昨天晚上 10:05", "2022-02-28 22:05:00", "minute"),
    ("晚上 10:05", "2022-02-28 22:05:00", "minute"),
    ("上午 10:05", "2022-03-01 10:05:00", "minute"),
    # -- weekdays
    ("2022-02-21 星期一 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022年02月21日 星期一 15:54:48", "2022-02-21 15:54:48", "second"),
    ("2022年02月21日（周一）", "2022-02-21 00:00:00", "day"),
    ("2022年02月20日 星期日 09:00", "2022-02-20 09:00:00", "minute"),
    # -- no year
    ("02月21日 15:54", "2022-02-21 15:54:00", "minute"),
    ("2月21日", "2022-02-21 00:00:00", "day"),
    ("02-21 15:54", "2022-02-21 15:54:00", "minute"),
    ("02-21 星期一 15:54", "2022-02-21 15:54:00", "minute"),
    ("03-01 16:30", "2022-03-01 16:30:00", "minute"),
    ("03-01 16:35", "2022-03-01 16:35:00", "minute"),  # our clock may be a little slow
    ("03-01 16:36", "2021-03-01 16:36:00", "minute"),
    ("12月31日 23:59", "2021-12-31 23:59:00", "minute"),
    # -- from the moment of reading
    ("今天 16:25", "2022-03-01 16:25:00", "minute"),
    ("今天16:25:09", "2022-03-01 16:25:09", "second"),
    ("今天 17:30", "2022-03-01 17:30:00", "minute"),  # within the hour that a clock may be ahead
    ("今日", "2022-03-01 00:00:00", "day"),
    ("昨天 09:10", "2022-02-28 09:10:00", "minute"),
    ("昨天", "2022-02-28 00:00:00", "day"),
    ("前天", "2022-02-27 00:00:00", "day"),
    ("前天 23:50", "2022-02-27 23:50:00", "minute"),
    ("今早 08:00", "2022-03-01 08:00:00", "minute"),
    ("今晨6:05", "2022-03-01 06:05:00", "minute"),
    ("昨晚 10:05", "2022-02-28 22:05:00", "minute"),
    ("昨夜 23:05", "2022-02-28 23:05:00", "minute"),
    ("约3小时前", "2022-03-01 13:30:00", "day"),
    ("1個小時前", "2022-03-01 15:30:00", "day"),
    ("3小时15分钟前", "2022-03-01 13:15:00", "minute"),
    ("刚刚", "2022-03-01 16:30:00", "minute"),
    ("3秒前", "2022-03-01 16:30:00", "minute"),
    ("11秒前", "2022-03-01 16:29:00", "minute"),
    ("5分钟前", "2022-03-01 16:25:00", "minute"),
    ("五分钟前", "2022-03-01 16:25:00", "minute"),
    ("5分钟前发布", "2022-03-01 16:25:00", "minute"),
    ("3小时前", "2022-03-01 13:30:00", "day"),
    ("两个小时前", "2022-03-01 14:30:00", "day"),
    ("半小时前", "2022-03-01 16:00:00", "day"),
    ("2天前", "2022-02-27 00:00:00", "day"),
    ("三天前", "2022-02-26 00:00:00", "day"),
    ("一周前", "2022-02-22 00:00:00", "day"),
    ("三个星期前", "2022-02-08 00:00:00", "day"),
    ("16:25", "2022-03-01 16:25:00", "minute"),
    ("16:34", "2022-03-01 16:34:00", "minute"),
    ("16:36", "2022-02-28 16:36:00", "minute"),
    ("23:59:58", "2022-02-28 23:59:58", "second"),
    # -- epochs
    ("1645430088", "2022-02-21 15:54:48", "second"),
    (1645430088, "2022-02-21 15:54:48", "second"),
    (1645430088.9, "2022-02-21 15:54:48", "second"),
    ("1645430088999", "2022-02-21 15:54:48", "second"),
    (1645430088000, "2022-02-21 15:54:48", "second"),
    ("1645430088000000", "2022-02-21 15:54:48", "second"),
    ("1645430088999.5", "2022-02-21 15:54:48", "second"),
    ("1645430088000000000", "2022-02-21 15:54:48", "second"),
    ("/Date(1645430088000+0800)/", "2022-02-21 15:54:48", "second"),
    # -- RFC 3339 and 2822, and as scripts write it
    ("Mon Feb 21 2022 15:54:48 GMT+0800 (中国标准时间)", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T15:54:48+08:00[Asia/Shanghai]", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T07:54:48Z", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T07:54:48.123Z", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T15:54:48+08:00", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T15:54:48+0800", "2022-02-21 15:54:48", "second"),
    ("2022-02-21 15:54:48 +0800", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T02:54:48-05:00", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T15:54:48", "2022-02-21 15:54:48", "second"),
    ("2022-02-21T15:54", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21T02:54-0500", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21 15:54（北京时间）", "2022-02-21 15:54:00", "minute"),
    ("Mon, 21 Feb 2022 07:54:48 GMT", "2022-02-21 15:54:48", "second"),
    ("21 Feb 2022 15:54:48 +0800", "2022-02-21 15:54:48", "second"),
    # -- wide signs, words round it
    ("２０２２－０２－２１　１５：５４", "2022-02-21 15:54:00", "minute"),
    ("2022年02月21日\u00a015：54", "2022-02-21 15:54:00", "minute"),
    ("发布时间：2022-02-21 15:54", "2022-02-21 15:54:00", "minute"),
    ("时间: 2022-02-21 15:54:48", "2022-02-21 15:54:48", "second"),
    ("北京时间2022年2月21日15:54", "2022-02-21 15:54:00", "minute"),
    ("星期一 2022-02-21 15:54", "2022-02-21 15:54:00", "minute"),
    ("2022-02-21&nbsp;15:54", "2022-02-21 15:54:00", "minute"),
    ("发布于 昨天 09:10", "2022-02-28 09:10:00", "minute"),
    ("2022年02月21日 15:54　来源：某某晚报", "2022-02-21 15:54:00", "minute"),
    ("来源：某某晚报 2022年02月21日 15:54", "2022-02-21 15:54:00", "minute"),
    ("（2022-02-21 15:54）", "2022-02-21 15:54:00", "minute"),
    ("2022年2月21日 3:54 PM", "2022-02-21 15:54:00", "minute"),
    ("2022.02.21 03:54 am", "2022-02-21 03:54:00", "minute"),
    ("2022/02/21 15:54 p.m.", "2022-02-21 15:54:00", "minute"),
    ("2022/02/21 12:05 AM", "2022-02-21 00:05:00", "minute"),
    ("Mon Feb 21 15:54:48 CST 2022", "2022-02-21 00:00:00", "day"),  # Chicago's or Shanghai's clock
    # -- by dateparser
    ("Montag, Februar 21st, 2022, 3:54 pm", "2022-02-21 15:54:00", "minute"),
    ("Feb 21, 2022 3:54 PM", "2022-02-21 15:54:00", "minute"),
    ("February 21, 2022", "2022-02-21 00:00:00", "day"),
    ("21 February 2022 15:54:48", "2022-02-21 15:54:48", "second"),
    ("02/21/2022", "2022-02-21 00:00:00", "day"),
    ("21/02/2022 15:54", "2022-02-21 15:54:00", "minute"),
    ("2 hours ago", "2022-03-01 14:30:00", "day"),
    ("5 minutes ago", "2022-03-01 16:25:00", "minute"),
    ("yesterday at 10:05", "2022-02-28 10:05:00", "minute"),
]


@pytest.mark.parametrize(("raw", "beijing", "precision"), READ, ids=[str(row[0]) for row in READ])
def test_reads(raw, beijing, precision):
    found = to_utc(raw, SEEN)
    assert found is not None
    instant, said = found
    assert (instant.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"), said) == (beijing, precision)
    assert instant.tzinfo is UTC
    assert instant.microsecond == 0


UNSURE = [
    "", " ", "12", "15", "5", "2022", "3月", "21日", "2022年", "2022年2月", "2022-02", "202202", "02-21",
    "22-02-21", "13/14/2022", "2/3/2022", "2022-13-01", "2022-21-02", "2022-02-30", "2022年2月30日",
    "2022-00-10", "2022-02-00", "0000-00-00 00:00:00", "0000-00-00", "1970-01-01", "1970-01-01 08:00:00",
    "1989-12-31 23:59:59", "0", "0000000000", "2022-02-21 25:00", "2022-02-21 15:60", "2022-02-21 15",
    "2022-02-2115:54", "2022-02-21-15", "2022-02-21 09:30-11:30", "2022-02-21T15:54:48+25:00",
    "2022-02-21Z", "2022.02.21.5", "20221301", "20220230", "16452", "164543008", "16454300889",
    "99999999999999999999", "15:5", "25:00", "15:54:60", "3点", "2022-02-21 上午 12:05",
    "2022-02-21 上午 15:54", "2022-02-21 晚上 12:05", "2022-02-21 晚上 3:05", "下午 0:10",
    "2022-02-21 凌晨 9:05", "2022-02-21 15:05 AM", "2022-02-21 下午 3:05 PM", "更新时间：2022-02-21 15:54", "明天 09:10", "后天", "星期一", "周一 10:00",
    "上周", "一个月前", "半天前", "半周前", "去年", "2022年十十月一日", "二月", "3小时后", "Feb 2022",
    "February 21", "Monday", "May", "now", "in 2 days", "last week", "a while ago",
    "Updated Feb 21, 2022", "21 Foo 2022 15:54:48 GMT",
    "31 Feb 2022 15:54:48 GMT", "None", "null", "暂无", "新闻发布会定于2022年2月21日举行",
    "2022-02-21 至 2022-02-25", "2022-02-21 2022-02-25", "1/2", "1.600160", "¥2022.02",
    "NW202202212283238167", "2022-02-21 15:54 浏览 12", "x" * 100_000, "1" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("raw", UNSURE, ids=[each[:40] for each in UNSURE])
def test_never_guesses(raw):
    assert to_utc(raw, SEEN) is None


@pytest.mark.parametrize(
    "raw", [12, 0, -1, True, 2022, float("nan"), float("inf"), 1e300, 10**400, None, b"2022-02-21", []]
)
def test_never_guesses_from_what_is_no_text(raw):
    assert to_utc(raw, SEEN) is None


def test_nothing_later_than_an_hour_after_it_was_seen():
    assert to_utc("2022-03-01 17:30:10", SEEN) is not None
    assert to_utc("2022-03-01 17:30:11", SEEN) is None
    assert to_utc("2022-03-02", SEEN) is None
    assert to_utc("2022-03-01T17:30:10Z", SEEN) is None
    assert to_utc("今天 18:00", SEEN) is None
    assert to_utc(str(int(SEEN.timestamp()) + 3601), SEEN) is None


@pytest.mark.parametrize(
    ("raw", "seen", "beijing"),
    [
        # five to midnight in UTC is the next morning in Beijing
        ("今天 07:50", "2021-12-31T23:55:00+00:00", "2022-01-01 07:50"),
        ("昨天 07:50", "2021-12-31T23:55:00+00:00", "2021-12-31 07:50"),
        ("昨天 23:59", "2022-01-01T00:10:00+08:00", "2021-12-31 23:59"),
        ("刚刚", "2022-01-01T00:00:20+08:00", "2022-01-01 00:00"),
        ("5分钟前", "2022-01-01T00:03:00+08:00", "2021-12-31 23:58"),
        ("3小时前", "2022-01-01T00:03:00+08:00", "2021-12-31 21:03"),
        ("1天前", "2022-01-01T00:03:00+08:00", "2021-12-31 00:00"),
        ("23:58", "2022-01-01T00:03:00+08:00", "2021-12-31 23:58"),
        ("00:04", "2022-01-01T00:03:00+08:00", "2022-01-01 00:04"),
        ("12-31 23:58", "2022-01-01T00:03:00+08:00", "2021-12-31 23:58"),
        ("01-01 00:02", "2022-01-01T00:03:00+08:00", "2022-01-01 00:02"),
        ("01-02 00:02", "2022-01-01T00:03:00+08:00", "2021-01-02 00:02"),
        ("1月1日", "2022-01-01T00:03:00+08:00", "2022-01-01 00:00"),
        ("1月2日", "2022-01-01T00:03:00+08:00", "2021-01-02 00:00"),
        ("02-29 10:00", "2020-03-01T12:00:00+08:00", "2020-02-29 10:00"),
        ("02-29 10:00", "2021-02-01T12:00:00+08:00", "2020-02-29 10:00"),
        ("前天", "2020-03-02T00:30:00+08:00", "2020-02-29 00:00"),
    ],
)
def test_edges_of_day_and_year(raw, seen, beijing):
    found = to_utc(raw, datetime.fromisoformat(seen))
    assert found is not None
    assert found[0].astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == beijing


def test_a_29_february_without_a_year_is_not_looked_for_far_back():
    assert to_utc("02-29 10:00", datetime(2022, 3, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "raw",
    [
        "2022-02-21 15:54:48", "2022-02-21 15:54", "2022-02-21", "2022/2/21 15:54", "2022.02.21",
        "2022年02月21日 15:54", "2022年2月21日", "2022-02-21 星期一 15:54", "昨天 09:10", "今天 16:25",
        "2022-02-21T15:54:48Z", "2022-02-21T15:54:48+08:00", "2022-02-21T15:54:48+0800",
        "Mon, 21 Feb 2022 07:54:48 GMT",
    ],
)  # fmt: skip
def test_agrees_with_dateparser(raw):
    theirs = dateparser.parse(
        raw,
        languages=["zh", "en"],
        settings={
            "RELATIVE_BASE": SEEN.replace(tzinfo=None),
            "TIMEZONE": "+0800",
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
    ours = to_utc(raw, SEEN)
    assert ours is not None
    assert ours[0] == theirs


@pytest.mark.parametrize("raw", ["5分钟前", "半小时前", "3小时前"])
def test_ages_agree_with_dateparser_to_the_minute(raw):
    theirs = dateparser.parse(raw, languages=["zh"], settings={"RELATIVE_BASE": SEEN.replace(tzinfo=None)})
    ours = to_utc(raw, SEEN)
    assert ours is not None
    assert theirs is not None
    assert ours[0] == theirs.replace(second=0, tzinfo=BEIJING)


def test_the_zone_of_the_reader_does_not_matter():
    seen = SEEN.astimezone(UTC)
    assert [to_utc(raw, seen) for raw, _, _ in READ] == [to_utc(raw, SEEN) for raw, _, _ in READ]


def article(raw):
    return Article(
        id="demo:1",
        site="demo",
        headline="央行开展逆回购",
        retrieved_at=SEEN.astimezone(UTC),
        published_raw=raw,
    )


def test_the_pipeline_sets_both_fields_and_counts():
    crawler = get_crawler()
    pipeline = NormaliseDatesPipeline.from_crawler(crawler)
    raws = ["2022-02-21 15:54:48", "昨天", "21 février 2022", "12", "2022-03-05", None, ""]
    done = [pipeline.process_item(article(raw)) for raw in raws]
    assert [each.published_precision for each in done] == ["second", "day", "day", None, None, None, None]
    assert done[0].published_at == datetime(2022, 2, 21, 7, 54, 48, tzinfo=UTC)
    assert [each.published_raw for each in done] == raws
    counts = {name: n for name, n in crawler.stats.get_stats().items() if name.startswith("normalise_dates/")}
    assert counts == {
        "normalise_dates/fast": 2,
        "normalise_dates/dateparser": 1,
        "normalise_dates/unparsed": 1,
        "normalise_dates/future": 1,
    }


def test_a_time_of_before_is_not_left_standing():
    stale = article("someday")
    stale.published_at, stale.published_precision = SEEN - timedelta(days=1), "second"
    NormaliseDatesPipeline(get_crawler().stats).process_item(stale)
    assert (stale.published_at, stale.published_precision) == (None, None)


def test_other_items_pass_untouched():
    outcome = LinkOutcome(link="https://news.example/1", outcome="gone")
    assert NormaliseDatesPipeline(get_crawler().stats).process_item(outcome) is outcome


def test_common_forms_do_not_load_dateparser():
    code = (
        "import sys; from datetime import datetime, UTC; from pipelines.normalise_dates import to_utc\n"
        "seen = datetime(2022, 3, 1, tzinfo=UTC)\n"
        "assert to_utc('2022年02月21日 15:54', seen) and to_utc('昨天 09:10', seen)\n"
        "assert not to_utc('3月', seen)\n"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("listed", "detail", "differing"),
    [
        ("2022-02-21 15:54:48", "2022-02-21 15:54:48", []),
        ("2022-02-21 15:54:48", "2022年02月21日 15:54", []),  # no more than less precise
        ("2022-02-21 15:54:48", "2022-02-21", []),
        ("2022-02-21 15:54:48", "2022-02-21 16:30:00", ["feed", "detail"]),
        ("2022-02-21 15:54:48", "昨天之前", ["feed", "detail"]),
    ],
)
def test_times_of_list_and_detail_that_differ_are_both_kept(listed, detail, differing):
    item = Article(
        id="finews:1", site="finews", retrieved_at=datetime(2022, 3, 1, tzinfo=UTC), published_raw=listed, published_from="feed",
        times={"detail": detail}, timezone="+08:00",
    )  # fmt: skip
    stats = MemoryStatsCollector(get_crawler())
    item = NormaliseDatesPipeline(stats).process_item(item)
    assert [time["origin"] for time in item.stated_times] == differing
    assert stats.get_value("normalise_dates/differing", 0) == bool(differing)
    assert item.published_at == datetime(2022, 2, 21, 7, 54, 48, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ("2022-02-21 12:30 PM", 12), ("2022-02-21 12:30 AM", 0), ("2022-02-21 1:30 PM", 13), ("2022-02-21 11:30 PM", 23), ("2022-02-21 13:30 PM", 13), ("2022-02-21 13:30 AM", None),
        ("2022-02-21 凌晨6:30", 6), ("2022-02-21 凌晨12:30", 0), ("2022-02-21 凌晨7:30", None), ("2022-02-21 晚上12:30", None),
    ],
)  # fmt: skip
def test_the_edges_of_halves_of_the_day(raw, hour):
    expected = None if hour is None else (datetime(2022, 2, 21, hour, 30, tzinfo=BEIJING), "minute")
    assert to_utc(raw, SEEN) == expected


@pytest.mark.parametrize(("ahead", "read"), [(59, True), (-59, True), (61, False)])
def test_a_publishers_clock_may_be_an_hour_ahead_in_the_pipeline_too(ahead, read):
    moment = SEEN + timedelta(minutes=ahead)
    item = Article(id="finews:1", site="finews", retrieved_at=SEEN, published_raw=moment.isoformat())
    stats = MemoryStatsCollector(get_crawler())
    item = NormaliseDatesPipeline(stats).process_item(item)
    assert item.published_at == (moment if read else None)
    assert stats.get_value("normalise_dates/future", 0) == (not read)
