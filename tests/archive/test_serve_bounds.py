"""What pages of ``scrapy serve`` leave out of a large archive, how they say so, and that files and counts are whole."""

import asyncio
import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.bench.archive import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")
import httpx

from archive.search.sql import found_sql
from archive.web import database, first_view, found
from archive.web.app import application
from archive.web.ask import busiest_publishers, count_days
from archive.web.first_view import ALL, ANSWERED_BY, QUESTIONS, VIEWS
from archive.web.pages import articles, securities, stories
from archive.web.queries import QUERIES

LAST = "2022-01-03"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("bounds") / "data"
    make_archive(data, 1200, characters=200, search=True)
    return data


@pytest.fixture
def sql(data):
    with closing(sqlite3.connect(data / "archive.db")) as conn:
        yield lambda query, *params: conn.execute(query, params).fetchall()


@pytest.fixture
def few(monkeypatch):
    """Bounds that this small archive goes beyond."""
    monkeypatch.setattr(first_view, "MONTH", 1)
    monkeypatch.setattr(first_view, "QUESTIONS", dict.fromkeys(QUESTIONS, 1))
    monkeypatch.setattr(database, "ROWS_OF_A_PAGE", 20)
    for module in (found, articles):
        monkeypatch.setattr(module, "NEWEST", 40)


@pytest.fixture(scope="module")
def served(data):
    datasette, app = application(data / "archive.db", frozenset(["localhost"]))
    yield datasette, app
    datasette.get_database("archive").close()


@pytest.fixture
def get(served):
    """Asks the application; the text of a page that is there."""

    def ask(path: str, **args: str) -> str:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=served[1])
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.get(f"{path}?{urlencode(args)}" if args else path, timeout=60)

        response = asyncio.run(answer())
        assert response.status_code == 200, response.text
        return response.text

    return ask


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


def test_a_question_opens_with_its_newest_days_and_says_so(get, sql, few):
    page = get("/archive/volume_by_day")
    assert f'name="from" value="{LAST}"' in page
    assert "The newest day; the files cover the same." in page
    assert f'href="/archive/volume_by_day.csv?from={LAST}"' in page
    assert len(re.findall("<tr><td", page)) == 1
    [everything] = re.findall(r'href="([^"]+)">All days', page)
    page = get(everything)
    assert "the files cover the same" not in page
    assert len(re.findall("<tr><td", page)) == 3


def test_files_without_days_are_whole(get, sql, few):
    [(days,)] = sql("SELECT count(DISTINCT date(published_at, '+8 hours')) FROM articles")
    assert len(rows_of(get("/archive/volume_by_day.csv"))) == days == 3
    [(rows,)] = sql("SELECT count(*) FROM data_quality")
    assert len(rows_of(get("/archive/data_quality.csv"))) == rows


def test_a_view_opens_with_its_newest_days_and_says_so(get, sql, few):
    page = get("/archive/data_quality")
    assert "The newest day; the files cover the same." in page
    assert f"day ≥ {LAST}" in page
    [everything] = re.findall(r'href="([^"]+)">All days', page)
    assert everything == f"/archive/data_quality?{ALL}=1"
    [(rows,)] = sql("SELECT count(*) FROM data_quality")
    assert f"<strong>{rows} rows</strong>" in get(everything)
    assert "the files cover the same" not in get("/archive/data_quality", articles__gt="1")


def test_what_reads_the_whole_archive_is_answered_by_its_question(get):
    page = get("/archive/feed_delays")
    assert "How late each feed is" in page
    assert f'href="/archive/feed_delays?{ALL}=1">All days' in page
    assert "How late each feed is" not in get("/archive/feed_delays", **{ALL: "1"})


@pytest.mark.parametrize("named", [{}, {"security": "600000"}, {"publisher": "样本3报"}])
def test_who_writes_about_what(get, sql, named):
    assert "Who writes about which securities" in get("/archive/mentions_by_publisher")
    where = "".join(
        f" AND {'code' if name == 'security' else name} = '{value}'" for name, value in named.items()
    )
    wanted = sql(
        "SELECT publisher, name, code, count(DISTINCT a.id), sum(mentions), s.id FROM articles AS a JOIN article_securities ON article_id = a.id"
        f" JOIN securities AS s ON s.id = security_id WHERE NOT doubtful AND published_at IS NOT NULL{where} GROUP BY 1, s.id"
    )
    found = json.loads(get("/archive/who_writes_about_what.json", _shape="arrays", **named))["rows"]
    assert len(found) == len(wanted) > 2
    assert {tuple(row) for row in found} == set(wanted)


def test_pages_that_count_many_articles_say_where_they_begin(get, sql, monkeypatch):
    for module in (securities, stories):
        monkeypatch.setattr(module, "MOST", 600)
    [(on_last, on_two)] = sql(f"SELECT sum(day = '{LAST}'), sum(day >= '2022-01-02') FROM articles")
    assert on_last <= 600 < on_two
    [(name, articles_of_last)] = sql(
        f"SELECT code, count(*) FROM mentions WHERE day = '{LAST}' AND NOT doubtful GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    page = get("/-/securities", days="366")
    assert (
        f"More than 600 articles were published since 2021-01-03: this page counts those from {LAST} on."
        in page
    )
    assert f'<td class="number">{articles_of_last}</td>' in page[page.index(name) :]
    assert (
        'href="/archive/most_mentioned_securities?kind=&amp;from=2021-01-03&amp;to=2022-01-03">All as a table'
        in page
    )
    assert f"counts those from {LAST} on." in get("/-/stories", days="30")
    assert "More than 600" not in get("/-/stories", days="1")


def test_tables_are_counted_but_for_the_hidden_ones(get, sql):
    counts = {table["name"]: table["count"] for table in json.loads(get("/archive.json"))["tables"]}
    assert (counts["articles"], counts["links"]) == sql(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM links)"
    )[0]
    assert counts.get("search_index") is None


def test_every_view_and_question_that_opens_with_days_has_them(sql):
    for view, column in VIEWS.items():
        assert column in [row[1] for row in sql(f"PRAGMA table_info({view})")], view
    questions = {query.name: query.sql for query in QUERIES}
    assert all(":from" in questions[name] for name in QUESTIONS)
    assert set(ANSWERED_BY.values()) <= set(questions)


def test_a_page_shows_the_first_rows_and_files_have_all(get, sql, few):
    page = get("/archive/articles_of_a_publisher", publisher="样本0报")
    assert "The first 20 rows; CSV, XLSX and Parquet have all of them" in page
    assert len(re.findall("<tr><td", page)) == 20
    wanted = sql(
        "SELECT id FROM articles WHERE publisher = '样本0报' AND day <> '' ORDER BY published_at DESC, id"
    )
    assert [
        (row[4],) for row in rows_of(get("/archive/articles_of_a_publisher.csv", publisher="样本0报"))
    ] == wanted
    assert rows_of(get("/archive/articles_of_a_publisher.csv", publisher="yangben0")) == rows_of(
        get("/archive/articles_of_a_publisher.csv", publisher="样本0报")
    )


def test_of_many_matches_those_that_were_archived_last_are_shown(get, sql, few):
    matches = sql("SELECT id, rank FROM search WHERE q = '公司' ORDER BY arrival DESC")
    assert len(matches) > 40
    page = get("/-/articles", q="公司")
    assert "<strong>More than 40 articles</strong>" in page
    assert "Of these, the ones that were archived last are shown." in page
    shown = re.findall(r'<a href="/-/article\?id=([^"]+)">', page)
    best = [ident for ident, _ in sorted(matches[:41], key=lambda match: match[1])]
    assert {ident.replace("%3A", ":") for ident in shown} <= set(best)
    assert len(shown) == 30
    assert "Page 2 of 2" in get("/-/articles", q="公司", page="2")


def test_few_matches_are_counted_and_ordered_as_ever(get, sql, few):
    for args, where in (
        ({"q": "公司", "publisher": "样本3报"}, "publisher = '样本3报'"),
        ({"q": "公司", "from": "2022-01-02", "publisher": "yangben0"}, "publisher = '样本0报' AND published_at >= '2022-01-01T16'"),
        ({"q": "公司", "security": "600000"}, "id IN (SELECT article_id FROM mentions WHERE code = '600000' AND NOT doubtful)"),
    ):  # fmt: skip
        wanted = sql(
            f"SELECT id FROM search WHERE q = '公司' AND {where} ORDER BY published_at DESC, arrival DESC"
        )
        assert 0 < len(wanted) < 30
        page = get("/-/articles", **args, order="newest")
        assert re.search(rf"<strong>{len(wanted)} articles?</strong>", page), args
        shown = re.findall(r'<h2 lang="zh"><a href="/-/article\?id=([^"]+)">', page)
        assert [(ident.replace("%3A", ":"),) for ident in shown] == wanted


@pytest.mark.parametrize(
    "line", ["公司", "企", "市场 增长", "海水 -增长", "储能|港股", "GDP", "公司公司公司公司", "", "，"]
)
def test_what_is_found_is_what_the_view_finds(sql, line):
    with_view = sql("SELECT arrival FROM search WHERE q = ? ORDER BY 1", line)
    assert sql(f"SELECT arrival FROM ({found_sql('?1')}) ORDER BY 1", line) == with_view
    later = [row for row in with_view if row[0] >= 600]
    assert sql(f"SELECT arrival FROM ({found_sql('?1', '600')}) ORDER BY 1", line) == later


def test_long_words_are_found_as_the_view_finds_them(sql):
    [(text,)] = sql("SELECT body_text FROM texts ORDER BY article_id LIMIT 1")
    word = re.search("[一-鿿]{8}", text)[0]
    found_by_view = sql("SELECT arrival FROM search WHERE q = ? ORDER BY 1", word)
    assert found_by_view
    assert sql(f"SELECT arrival FROM ({found_sql('?1')}) ORDER BY 1", word) == found_by_view


def test_days_and_publishers_are_counted_as_plain_sql_counts(served, sql):
    async def count():
        datasette, _ = served
        days = ["2021-12-31", "2022-01-01", "2022-01-02", LAST]
        return (
            await count_days(datasette, days),
            await count_days(datasette, days, ["样本0报", "样本1报"]),
            await busiest_publishers(datasette, LAST, LAST, 5),
        )

    by_day, by_publisher, busiest = asyncio.run(count())
    assert [(day, count) for (_, day), count in by_day.items()] == sql(
        "SELECT day, count(*) FROM articles WHERE day <> '' GROUP BY 1 ORDER BY 1"
    )
    assert sorted((*key, count) for key, count in by_publisher.items()) == sql(
        "SELECT publisher, day, count(*) FROM articles WHERE publisher IN ('样本0报', '样本1报') AND day <> '' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert [tuple(row.values()) for row in busiest] == sql(
        f"SELECT publisher, count(*) FROM articles WHERE day = '{LAST}' AND publisher <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5"
    )
