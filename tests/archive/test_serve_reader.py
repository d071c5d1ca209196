"""``scrapy serve`` as its reader wants it: in their language, as files to keep, and which days the archive lacks."""

import csv
import io
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import pytest

from archive.schema import open_archive
from tests.conftest import ROOT
from tests.serving import serving
from tests.worked_queries import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")
import feedparser
import openpyxl
import pandas
from lxml import etree
from pyarrow import parquet

from archive.web.plugin import MENU

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = (*(path for path, _ in MENU), "/", "/-/articles?q=储能", "/-/security?id=300991", "/archive/articles", "/archive/search", "/archive?sql=select+1", "/-/nowhere")  # fmt: skip
HOLE, HOLIDAY = "2026-06-17", "2026-06-19"  # a Wednesday, and a Friday on which no exchange of China trades


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """On the crawled sample newsroom, and a publisher that had three articles on each working day but one."""
    data = tmp_path_factory.mktemp("reader") / "data"
    make_archive(data).close()
    with closing(open_archive(data / "archive.db")) as conn, conn:
        number = 0
        for back in range(30):
            day = date(2026, 6, 30) - timedelta(days=back)
            if day.weekday() >= 5 or str(day) in (HOLE, HOLIDAY):
                continue
            for _ in range(3):
                number += 1
                conn.execute(
                    "INSERT INTO articles (id, arrival, site, share_url, canonical_url, headline, headline_from, publisher, publisher_slug,"
                    " authors, editors, published_at, published_precision, first_seen_at, retrieved_at, revision, text_sha256)"
                    " VALUES (?, ?, 'web', '', '', '=1+1', 'page', '南坡快报', 'nanpo', '[]', '[]', ?, 'minute', ?, ?, 1, '')",
                    [f"web:{number}", 10_000 + number, *[f"{day}T02:00:00Z"] * 3],
                )
    with serving(data) as running:
        yield running


def ask(server, path, **headers):
    return server.get(quote(path, safe="/?&=:%+;-_.,"), **headers)


def page(server, path, language="zh-CN,zh;q=0.9"):
    _, headers, body = ask(server, path, accept_language=language)
    return headers, body.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_in_the_language_that_the_browser_asks_for(server, path):
    headers, chinese = page(server, path)
    assert headers["content-language"] == "zh-Hans"
    assert '<html lang="zh-Hans">' in chinese
    english = page(server, path, "de, en;q=0.5")[1]
    assert '<html lang="en">' in english
    ours = re.sub(r'<[^>]*lang="zh[^"]*"[^>]*>.*?</\w+>|<svg.*?</svg>|<script.*?</script>|<pre.*?</pre>|<textarea.*?</textarea>', "", chinese, flags=re.DOTALL)  # fmt: skip
    words = [
        text.strip()
        for text in re.findall(r">([^<>]+)<", ours)
        if re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text)
    ]
    assert words == []
    nav = re.search(r"<nav.*?</nav>", chinese, re.DOTALL)[0]
    assert all(CHINESE.search(label) for label in re.findall(r">([^<>]+)</a>", nav))


def test_the_reader_s_choice_counts_more_than_the_browser_s(server):
    switch = re.search(r'<a lang="en"[^>]* href="([^"]+)">English</a>', page(server, "/-/trend?q=储能")[1])[1]
    status, headers, _ = server.get(switch.replace("&amp;", "&"))
    assert (status, headers["location"]) == (302, "/-/trend?q=%E5%82%A8%E8%83%BD")
    cookie = headers["set-cookie"].partition(";")[0]
    _, headers, _ = ask(server, "/-/trend", accept_language="zh", cookie=cookie)
    assert headers["content-language"] == "en"
    assert "Accept-Language" in headers["vary"]
    assert "Cookie" in headers["vary"]


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nx: y", ""]
)
def test_the_switch_leads_nowhere_else(server, back):
    status, headers, _ = server.get(f"/-/language?{urlencode({'to': 'zh', 'back': back})}")
    assert (status, headers["location"]) == (302, "/")
    assert "x" not in headers
    assert server.get("/-/language?to=fr")[0] == 404


def test_json_and_columns_stay_english(server):
    for path in ("/archive/articles.json?_size=1", "/archive/search.json?q=储能"):
        english, chinese = (ask(server, path, accept_language=code)[2] for code in ("en", "zh"))
        assert re.sub(rb'"query_ms": [\d.]+', b"", english) == re.sub(rb'"query_ms": [\d.]+', b"", chinese)
    assert ask(server, "/archive/search.csv?q=储能", accept_language="zh")[2].startswith(b"headline,excerpt,")


def test_the_columns_and_choices_of_a_question_are_in_the_reader_s_language(server):
    path = "/archive/articles_of_a_session?session=after_close&market=CN"
    for language, head, choice in (("zh", "发布时间", "盘后"), ("en", "published_at", "after_close")):
        _, text = page(server, path, language)
        assert f">{head}</th>" in text
        assert f'<option value="after_close" selected>{choice}</option>' in text
        assert f">{choice}</td>" in text
    assert ">day</th>" in page(server, "/archive?sql=select+1+as+day", "zh")[1], "a reader's own SQL"


QUESTION = "/archive/articles_found.{}?q=储能&from=2026-06-01"


def test_a_question_is_there_as_a_workbook(server):
    status, headers, body = ask(server, QUESTION.format("xlsx"))
    assert status == 200
    assert 'filename="articles_found.xlsx"' in headers["content-disposition"]
    expected = list(csv.DictReader(io.StringIO(ask(server, QUESTION.format("csv"))[2].decode())))
    [sheet] = openpyxl.load_workbook(io.BytesIO(body)).worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    assert list(head) == list(expected[0])
    assert [row[1] for row in rows] == [row["headline"] for row in expected]
    frame = pandas.read_excel(io.BytesIO(body))
    assert frame["published_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").tolist() == [
        row["published_at"] for row in expected
    ]


def test_tables_and_sql_are_there_as_workbook_and_parquet(server):
    sql = "select count(*) as articles, min(headline) as first from articles where publisher = '南坡快报'"
    [row] = csv.DictReader(io.StringIO(ask(server, f"/archive.csv?sql={sql}")[2].decode()))
    for path, name in (
        ("/archive/articles.{}?publisher=南坡快报&_size=5", "articles"),
        (f"/archive.{{}}?sql={sql}", "answer"),
    ):
        for suffix in ("xlsx", "parquet"):
            status, headers, body = ask(server, path.format(suffix))
            assert (status, f'"{name}.{suffix}"' in headers["content-disposition"]) == (200, True), body
            read = pandas.read_excel if suffix == "xlsx" else pandas.read_parquet
            frame = read(io.BytesIO(body))
            if name == "articles":
                assert len(frame) == int(row["articles"]), "all rows, not those of a page"
                assert set(frame["headline"]) == {"=1+1"}
    assert parquet.read_table(io.BytesIO(body)).schema.field("articles").type == "int64"


def test_csv_of_a_question_has_all_rows(server):
    sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n"
    status, _, body = ask(server, f"/archive.csv?{urlencode({'sql': sql.format(20_000)})}")
    assert (status, len(body.splitlines())) == (200, 20_001)
    assert server.get(f"/archive.csv?{urlencode({'sql': sql.format(200_000)})}")[0] == 413
    assert server.get(f"/archive.xlsx?{urlencode({'sql': sql.format(200_000)})}")[0] == 413


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_file_of_wrong_sql_says_what_is_wrong(server, suffix):
    status, _, body = ask(server, f"/archive.{suffix}?sql=select nobody")
    assert (status, "no such column: nobody" in body.decode()) == (400, True)
    assert ask(server, f"/archive.{suffix}?sql=delete from articles")[0] == 400


def test_every_view_has_a_link_that_gives_it_again(server):
    for path in ("/-/articles?q=储能&from=2026-06-01", "/-/trend?q=储能&by=week", "/-/edits?kind=figures", "/-/coverage", "/-/volume",
                 "/-/securities", "/-/stories", "/-/day", "/archive/articles?publisher=南坡快报", QUESTION.format("")[:-1].replace(".?", "?")):  # fmt: skip
        html = page(server, path)[1]
        shared = re.search(r'rel="bookmark" href="([^"]+)"', html)
        assert shared, path
        content = re.compile(r"<main.*</main>", re.DOTALL)
        again = page(server, shared[1].replace("&amp;", "&"))[1]
        assert content.search(again)[0] == content.search(html)[0], path


def test_coverage_shows_the_hole_and_not_the_holiday(server):
    html = page(server, "/-/coverage?to=2026-06-30", "en")[1]
    row = re.search(r"<tr><th[^>]*><a[^>]*>南坡快报</a>.*?</tr>", html, re.DOTALL)[0]
    missing = re.findall(r'class="[^"]*missing[^"]*" title="(\w+ [\d-]+): 0, usually 3"', row)
    assert missing == [f"Wed {HOLE}"]
    assert re.search(
        rf'class="q0 off" title="Fri {HOLIDAY}: 0 \(holiday: Shanghai and Shenzhen closed\)"', row
    )
    explained = html.partition("Gaps that the calendar does not explain")[2]
    assert HOLE in explained
    assert HOLIDAY not in explained


def test_coverage_as_data_knows_the_trading_days(server):
    rows = list(
        csv.DictReader(
            io.StringIO(ask(server, "/archive/coverage_by_day.csv?from=2026-06-18&to=2026-06-19")[2].decode())
        )
    )
    trades = {row["day"]: (row["cn_trades"], row["hk_trades"]) for row in rows}
    assert trades == {"2026-06-18": ("1", "1"), "2026-06-19": ("0", "0")}
    with closing(sqlite3.connect(server.data / "archive.db")) as conn:
        in_views = conn.execute(
            "SELECT day, publisher, articles FROM articles_by_day_publisher WHERE day BETWEEN '2026-06-18' AND '2026-06-19'"
        ).fetchall()
    assert sorted((row["day"], row["publisher"], int(row["articles"])) for row in rows) == sorted(in_views)


@pytest.mark.parametrize("asked", ["", "?kind=withdrawn", "?kind=figures", "?publisher=南亭新闻"])
def test_edits_are_there_as_feeds(server, asked):
    path = quote(f"/-/edits.atom{asked}", safe="/?=&")
    status, headers, body = server.get(path, accept_language="en")
    assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    etree.RelaxNG(etree.parse(ROOT / "tests" / "schemas" / "atom.rng")).assertValid(etree.fromstring(body))
    feed = feedparser.parse(body)
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [server.origin + path]
    html = page(server, f"/-/edits{asked}", "en")[1]
    shown = re.findall(r'<section class="story" id="(.*?)-(\d+)">', html)
    assert [entry.id.partition("2022:")[2] for entry in feed.entries] == [
        f"{ident}/revision/{number}" for ident, number in shown
    ]
    assert shown, "the sample has such edits"
    times = [entry.updated for entry in feed.entries]
    assert times == sorted(times, reverse=True)
    for entry in feed.entries:
        assert entry.link.startswith(f"{server.origin}/-/article?id=")
        assert server.get(entry.link.removeprefix(server.origin))[0] == 200
        assert entry.title.startswith(("Edited: ", "Withdrawn: "))
        assert (
            "<ins>" in entry.content[0].value or "<del>" in entry.content[0].value
        ) is entry.title.startswith("Edited")
    known = server.get(path, accept_language="en", if_none_match=f'W/"other", {headers["etag"]}')
    assert (known[0], known[2]) == (304, b"")
    as_json = server.json(path.replace(".atom", ".json"))
    assert as_json["feed_url"] == server.origin + path.replace(".atom", ".json")
    assert [item["id"] for item in as_json["items"]] == [entry.id for entry in feed.entries]
    assert path.replace("&", "&amp;") in html
