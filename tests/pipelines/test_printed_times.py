"""Times in many languages and zones: read as printed, found in lines of text, and held against CLDR and dateparser."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import dateparser
import pytest
from babel import Locale
from babel.dates import format_date

from archive.times import BEIJING
from pipelines import date_forms
from pipelines.foreign_dates import BY_SCRIPT, SETTINGS, read_day
from pipelines.normalise_dates import clock_of, to_utc
from pipelines.printed_times import find_age, find_times
from pipelines.time_zones import BY_COUNTRY, BY_LANGUAGE, zone_named, zone_of_site
from tests.pipelines.printed_times import ROWS

SEEN = datetime(2022, 3, 1, 8, 30, 10, tzinfo=UTC)


def shown(reading):
    """A reading as the rows write it."""
    if reading is None:
        return None
    moment, precision = reading
    if precision == "day" and moment.astimezone(BEIJING).time().isoformat() == "00:00:00":
        return moment.astimezone(BEIJING).date().isoformat()
    return moment.strftime("%Y-%m-%dT%H:%M:%S" if precision == "second" else "%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("raw", "language", "zone", "expected"),
    [row[:4] for row in ROWS],
    ids=[f"{row[1]}-{row[0]}-{row[2]}" for row in ROWS],
)
def test_a_time_is_read_as_its_site_means_it(raw, language, zone, expected):
    assert shown(to_utc(raw, SEEN, language, zone and zone_named(zone))) == expected


def test_no_row_stands_twice():
    keys = [row[:3] for row in ROWS]
    assert len(keys) == len(set(keys))


EXAMPLES = [(form.name, *example) for form in date_forms.ALL for example in form.examples]


@pytest.mark.parametrize(("name", "raw", "beijing", "precision"), EXAMPLES)
def test_the_forms_read_their_own_examples(name, raw, beijing, precision):
    reading = to_utc(raw, SEEN)
    assert reading is not None
    assert (reading[0].astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"), reading[1]) == (beijing, precision)


def test_every_form_has_examples():
    assert [form.name for form in date_forms.ALL if not form.examples] == []


@pytest.mark.parametrize("raw", [row[1] for row in EXAMPLES])
def test_no_form_contradicts_dateparser(raw):
    """Where dateparser, as we ask it, has an answer as well, it is the same moment."""
    settings = {
        **SETTINGS,
        "RELATIVE_BASE": SEEN.astimezone(BEIJING).replace(tzinfo=None),
        "TIMEZONE": "+0800",
    }
    theirs = dateparser.parse(raw, languages=["zh", "ja", "ko", "en", "de"], settings=settings)
    reading = to_utc(raw, SEEN)
    assert reading is not None
    if theirs is not None:
        ours, precision = reading
        if precision == "day" and ours.astimezone(BEIJING).hour == 0:
            assert theirs.astimezone(BEIJING).date() == ours.astimezone(BEIJING).date()
        else:
            assert theirs.astimezone(UTC).replace(second=ours.second, microsecond=0) == ours


LANGUAGES = sorted({one for languages in BY_SCRIPT.values() for one in languages} - {"fa", "zh-Hant"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["long", "full"])
def test_what_cldr_prints_is_read_back(language, form):
    """Every month as CLDR writes it, one day of each; a month that is not read may be none, but never another."""
    locale = Locale.parse(language)
    days = [datetime(2021, month, 10 + month, tzinfo=UTC).date() for month in range(1, 13)]
    read = {}
    for day in days:
        raw = format_date(day, form, locale)
        reading = to_utc(raw, SEEN, language, BEIJING)
        read[raw] = reading and reading[0].astimezone(BEIJING).date()
        assert read[raw] in (day, None), raw
    missed = [raw for raw, answer in read.items() if answer is None]
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one not in ("zh", "ja", "ko", "ta", "bn")])
def test_without_the_language_another_is_never_guessed(language):
    for month in range(1, 13):
        day = datetime(2021, month, 10 + month, tzinfo=UTC).date()
        assert read_day(format_date(day, "long", Locale.parse(language))) in (day, None)


@pytest.mark.parametrize(
    "text", ["5 avril", "mars 2022", "21 articles 2022", "Chapter 12 2022", "21 x 2022", "1 2 2022 May"]
)
def test_what_is_not_a_day_in_words(text):
    assert read_day(text) is None


# -- found in lines ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "language", "found"),
    [
        ("发布时间：2016年9月14日晚8：00 来源：某某日报", "zh", [("2016年9月14日晚8:00", True, 2)]),
        ("更新于2022-02-21 16:00 发布于2022-02-21 15:54", "zh", [("2022-02-21 16:00", True, 0), ("2022-02-21 15:54", True, 2)]),
        ("2022-02-21 09:30-11:30", "zh", [("2022-02-21 09:30", True, 1)]),
        ("15:05 2020/10/04", "zh", [("15:05 2020/10/04", True, 1)]),
        ("14.09.2023", "de", [("14.09.2023", False, 1)]),
        ("2/3/2022", "en", []),
        ("2/3/2022", "fr", [("2/3/2022", False, 1)]),
        ("Par A. Martin, publié le 21 février 2022 à 15h54", "fr", [("21 février 2022 à 15h54", True, 2)]),
        ("Von B. Kraus, 21. Februar 2022, 15:54 Uhr", "de", [("21. Februar 2022, 15:54 Uhr", True, 1)]),
        ("15:54, 21 февраля 2022", "ru", [("15:54, 21 февраля 2022", True, 1)]),
        ("2022. 2. 21. 오후 3:54 | 김기자", "ko", [("2022. 2. 21. 오후 3:54", True, 1)]),
        ("入力 2016年03月24日 木曜日 10時05分", "ja", [("2016年03月24日 木曜日 10時05分", True, 1)]),
        ("2022/2/21 5:00 (2022/2/21 6:30更新)", "ja", [("2022/2/21 5:00", True, 1), ("2022/2/21 6:30", True, 0)]),
        ("By Ann Lee | Feb. 21, 2022, 3:54 p.m. ET", "en", [("Feb. 21, 2022, 3:54 p.m. ET", True, 1)]),
        ("Stand: 21.02.2022 15:54 Uhr", "de", [("21.02.2022 15:54 Uhr", True, 0)]),
        ("21 articles, 2022 views", "en", []),
        ("点击 1234 评论 56", "zh", []),
        ("2022 02/21 15:54:48", "zh", [("2022 02/21 15:54:48", True, 1)]),
        ("二〇二二年二月二十一日", "zh", [("二〇二二年二月二十一日", False, 1)]),
        ("20220221 15:54 来源", "zh", [("20220221 15:54", True, 1)]),
        ("发布日期：20220221", "zh", [("20220221", False, 2)]),
        ("发布时间：202202211554", "zh", [("202202211554", True, 2)]),
        ("编号 202202211554", "zh", []),
        ("编号 20220221", "zh", []),
        ("电话 2022-1234-5678", "zh", []),
        ("x" * 5000 + " 2022-02-21", "zh", []),
    ],
)  # fmt: skip
def test_times_are_found_in_a_line(line, language, found):
    assert [(time.raw, time.has_clock, time.certainty) for time in find_times(line, language)] == found


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row[3] and re.search(r"20\d\d|2565", row[0])], ids=lambda row: row[0]
)
def test_what_is_read_is_found_whole(row):
    """What the reader reads, the finder cuts out of a line so that it is read alike."""
    raw, language, zone, expected, _ = row
    [time, *_] = find_times(f"Ann Lee | {raw} | 12", language)
    assert shown(to_utc(time.raw, SEEN, language, zone and zone_named(zone))) == expected


@pytest.mark.parametrize(
    ("line", "language", "age"),
    [("某报 3周前", "zh", "3周前"), ("23時間前", "ja", "23時間前"), ("发布于昨天 09:10", "zh", "昨天 09:10"), ("il y a 3 heures", "fr", "il y a 3 heures"),
     ("5 min read", "en", None), ("今天", "zh", None), ("之前", "zh", None), ("vor 20 Jahren", "de", None)],
)  # fmt: skip
def test_ages_are_found_in_a_line(line, language, age):
    assert find_age(line, language) == age


# -- zones --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*BY_LANGUAGE.values(), *filter(None, BY_COUNTRY.values())}))
def test_every_zone_exists(name):
    assert zone_named(name) is not None


@pytest.mark.parametrize(
    ("host", "language", "zone"),
    [
        ("www.news.cn", None, "+08:00"), ("www3.news.or.jp", "ja", "Asia/Tokyo"), ("news.example", "ja", "Asia/Tokyo"), ("news.example", "en", None),
        ("news.ru", "ru", None), ("news.com.au", "en", None), ("news.co.uk", "en", "Europe/London"), ("news.tv", None, None), ("news.com.au", "zh", "+08:00"),
        ("", None, None),
    ],
)  # fmt: skip
def test_a_site_s_zone(host, language, zone):
    assert zone_of_site(host, language) == (zone and zone_named(zone))


@pytest.mark.parametrize("zone", ["+15:00", "Mars/Olympus", "../etc/passwd", "", "/etc/localtime"])
def test_what_is_not_a_zone(zone):
    assert zone_named(zone) is None


@pytest.mark.parametrize(
    ("record", "language", "zone"),
    [
        ({"headline": "AI芯片涨价"}, "zh", "+08:00"),
        ({"headline": "日銀が利上げ"}, "ja", "Asia/Tokyo"),
        ({"headline": "优の良品上市"}, None, None),
        ({"headline": "Rates held", "language": "en-GB"}, "en-gb", None),
        (
            {"headline": "Rates held", "language": "en-GB", "timezone": "Europe/London"},
            "en-gb",
            "Europe/London",
        ),
        ({"headline": "Rates held", "canonical_url": "https://news.co.uk/1"}, None, "Europe/London"),
        ({"headline": "", "body_raw": "<p lang='x'>央行开展逆回购</p>"}, "zh", "+08:00"),
        ({"headline": "Taux", "language": "fr", "canonical_url": "https://news.example/1"}, "fr", None),
    ],
)
def test_an_item_s_language_and_zone(record, language, zone):
    assert clock_of(record) == (language, zone and zone_named(zone))
