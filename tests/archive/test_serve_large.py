"""``scrapy serve`` on more articles than the sample newsroom has: what was made faster answers as plain SQL does."""

import asyncio
import re
import sqlite3
from urllib.parse import urlencode

import pytest

from tests.bench.archive import make_archive
from tests.serving import serving

pytest.importorskip("datasette", reason="the extra analyst is not installed")
from archive.web.app import datasette_on
from archive.web.found import chosen_sql

LAST = "2022-01-04"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("large") / "data"
    make_archive(data, 2500, characters=120, search=True)
    with serving(data) as running:
        yield running


@pytest.fixture
def sql(server):
    """Asks the archive; a list of tuples."""
    conn = sqlite3.connect(f"{(server.data / 'archive.db').as_uri()}?mode=ro", uri=True)
    yield lambda query, *params: conn.execute(query, params).fetchall()
    conn.close()


def answer(server, name, **blanks):
    """The rows of a question, each a tuple."""
    path = f"/archive/{name}.json?{urlencode({'_shape': 'arrays', **blanks})}"
    return [tuple(row) for row in server.json(path)["rows"]]


def test_securities_by_articles(server, sql):
    wanted = sql(
        "SELECT s.name, s.code, s.kind, count(DISTINCT x.article_id) AS articles, sum(x.mentions) AS mentions, s.id"
        " FROM article_securities AS x JOIN securities AS s ON s.id = x.security_id JOIN articles AS a ON a.id = x.article_id"
        " WHERE NOT x.doubtful AND s.kind = 'stock' AND date(a.published_at, '+8 hours') BETWEEN '2022-01-02' AND '2022-01-03'"
        " GROUP BY s.id ORDER BY articles DESC, mentions DESC, s.id"
    )
    asked = {"kind": "stock", "from": "2022-01-02", "to": "2022-01-03"}
    assert answer(server, "most_mentioned_securities", **asked) == wanted
    page = server.page("/-/securities?days=2&to=2022-01-03&kind=stock")
    shown = re.findall(r'<td class="number">([\d,]+)</td><td class="number">([\d,]+)</td>', page)
    assert [(int(one), int(other)) for one, other in shown] == [row[3:5] for row in wanted[:100]]
    charts = re.findall(r'aria-label="(\d+) articles in 2 days">(.*?)</svg>', page)
    assert [int(count) for count, _ in charts] == [row[3] for row in wanted[:100]]
    assert charts[0][1].count("<rect") == 2


@pytest.mark.parametrize("since", ["2022-01-03", LAST, ""])
def test_newly_named_securities(server, sql, since):
    wanted = sql(
        "SELECT day, name, code, headline, publisher, security_id, id FROM first_mentions WHERE day >= ?"
        " ORDER BY day DESC, security_id",
        since or "2021-12-06",
    )
    assert answer(server, "newly_named_securities", **{"from": since}) == wanted
    assert wanted


@pytest.mark.parametrize("day", ["2022-01-02", ""])
def test_the_front_page_of_a_day(server, sql, day):
    wanted = sql(
        "SELECT place, headline, publisher, published_at, feeds, pictures AS images, id FROM front_page WHERE day = ? ORDER BY place",
        day or sql("SELECT date(max(published_at), '+8 hours') FROM articles")[0][0],
    )
    assert answer(server, "front_page_of_a_day", day=day) == wanted
    assert len(wanted) > 100


def test_who_told_stories_first(server, sql):
    stories: dict[str, dict[str, str]] = {}
    for story, publisher, time in sql(
        "SELECT story_id, publisher, min(published_at) FROM articles WHERE publisher IS NOT NULL"
        " AND published_precision <> 'day' GROUP BY 1, 2"
    ):
        stories.setdefault(story, {})[publisher] = time
    told = [times for times in stories.values() if len(times) > 1]
    found = answer(server, "who_was_first")
    assert {row[0]: row[1] for row in found} == {
        name: sum(name in times for times in told) for times in told for name in times
    }
    assert sum(row[2] for row in found) == len(told)


def test_what_is_named_with_a_security(server, sql):
    wanted = sql(
        "SELECT y.security_id, count(DISTINCT y.article_id) AS n FROM article_securities AS x JOIN article_securities AS y"
        " ON y.article_id = x.article_id AND y.security_id <> x.security_id WHERE x.security_id = '1.600003'"
        " AND NOT x.doubtful AND NOT y.doubtful GROUP BY 1 ORDER BY n DESC, 1"
    )
    for name in ("600003", "样股3", "1.600003"):
        found = answer(server, "named_together", security=name)
        assert [(row[4], row[3]) for row in found] == wanted


@pytest.mark.parametrize("security", ["600000", "样股9", "1.604000"])
def test_lists_of_a_security_do_not_read_all_mentions(server, sql, security):
    [(count,)] = sql(
        "SELECT count(DISTINCT article_id) FROM article_securities JOIN securities AS s ON s.id = security_id"
        " WHERE ? IN (s.id, s.code, s.name) AND NOT doubtful",
        security,
    )
    page = server.page(f"/-/articles?{urlencode({'security': security})}")
    assert f"<strong>{count:,} article" in page
    asked = {"publisher": "", "security": security, "from": "", "to": ""}
    chosen = chosen_sql(asked).replace(":security", "?1")
    plan = [row[3] for row in sql(f"EXPLAIN QUERY PLAN SELECT a.* {chosen}", security)]
    assert any("article_securities_security" in step for step in plan), plan


def test_search_counts_with_and_without_other_fields(server, sql):
    for more, where in (({}, "1"), ({"publisher": "样本0报"}, "publisher = '样本0报'")):
        page = server.page(f"/-/articles?{urlencode({'q': '公司', **more})}")
        [(count,)] = sql(
            f"SELECT count(*) FROM news WHERE {where} AND (instr(headline, '公司') OR instr(body_text, '公司'))"
        )
        assert f"<strong>{count:,} article" in page
        rows = server.json(
            f"/archive/articles.json?{urlencode({'_search': '公司', '_shape': 'objects', '_size': '0', **more})}"
        )
        assert rows["filtered_table_rows_count"] == count


ENDLESS = "WITH RECURSIVE up (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM up) SELECT n FROM up"


def test_a_count_does_not_hold_up_a_page(tmp_path):
    """A view that shows its first rows at once and is never counted to the end."""
    make_archive(tmp_path / "data", 10)
    conn = sqlite3.connect(tmp_path / "data/archive.db")
    conn.execute(f"CREATE VIEW endless AS {ENDLESS}")
    conn.close()

    async def ask():
        datasette = datasette_on(tmp_path / "data/archive.db", allow_sql=True)
        datasette.sql_time_limit_ms = 3_600_000  # a query may take an hour, a count may not
        try:
            return await asyncio.wait_for(datasette.client.get("/archive/endless"), timeout=60)
        finally:
            datasette.get_database("archive").close()

    response = asyncio.run(ask())
    assert response.status_code == 200
    assert "many rows" in response.text
    assert ">101<" not in response.text
    assert ">100<" in response.text


def test_what_is_counted_already_is_not_offered_again(server):
    page = server.page("/archive/articles")
    assert "facet-publisher" not in page
    assert '_facet=publisher"' in page
    page = server.page("/archive/articles?_facet=publisher")
    assert "facet-publisher" in page
    assert '_facet=site"' in page
