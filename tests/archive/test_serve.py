"""``scrapy serve`` as a process, on the archive of the crawled sample newsroom, asked by HTTP and by a browser."""

import asyncio
import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import feedparser
import pytest
from lxml import etree

from archive.describe_schema import described
from archive.excerpts import NEWEST, newest_excerpt
from archive.schema import SET, STEPS, apply_steps, connect, open_archive
from tests import browser as chromium
from tests.scrapy_process import run_scrapy
from tests.serving import serving
from tests.worked_queries import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")
from archive.web.host_check import LOCAL_TIMES
from archive.web.metadata import INNER, SHADOWS
from archive.web.password import FREE, LONGEST_PAUSE, MOST_WAITING, Password, TooManyGuesses, hash_password
from archive.web.queries import QUERIES, needs_search

ROOT = Path(__file__).resolve().parents[2]
NOTHING_IN_THE_SAMPLE = ("open_gaps", "archived_late", "stories_of_a_span", "who_was_first")
PAGES = (
    "/", "/-/day", "/-/stories", "/-/articles", "/-/articles?q=%E5%82%A8%E8%83%BD", "/-/volume", "/-/volume?days=366", "/-/securities",
    "/-/security?id=300991", "/archive", "/archive/articles", "/archive/article_images", "/archive/revision_changes",
    "/archive/what_changed", "/-/edits", "/-/trend?q=%E5%82%A8%E8%83%BD", "/archive/links", "/archive/news", "/archive/removals", "/archive/crawls", "/archive/search?q=%E5%82%A8%E8%83%BD", "/archive?sql=select+1", "/archive/securities/0~2E300991",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """On the crawled sample newsroom, with what it edited later."""
    data = tmp_path_factory.mktemp("serve") / "data"
    make_archive(data).close()
    with serving(data) as running:
        yield running


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    if chromium.MISSING:
        pytest.skip(chromium.MISSING)
    with chromium.browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def reader(driver):
    """The browser, as wide as a desk's, in light colours, nothing logged yet."""
    chromium.seen_on(driver, 1280, 900)
    chromium.colours(driver, "light")
    driver.get("about:blank")
    chromium.asked_for(driver)
    chromium.complaints(driver)
    return driver


@pytest.fixture
def sql(server):
    """Asks the archive; a list of tuples."""
    conn = sqlite3.connect(f"{(server.data / 'archive.db').as_uri()}?mode=ro", uri=True)
    yield lambda query, *params: conn.execute(query, params).fetchall()
    conn.close()


def article_address(article_id):
    return f"/-/article?{urlencode({'id': article_id}, safe=':')}"


def ids_on(driver):
    """The articles that the page lists, in its order."""
    links = driver.find_elements("css selector", ".entry :is(h2, h3) a")
    return [link.get_attribute("href").partition("id=")[2] for link in links]


def naming(sql, security_id):
    """The articles that name a security, doubtful matches aside."""
    rows = sql("SELECT id FROM news_by_security WHERE security_id = ? AND NOT doubtful", security_id)
    assert len(rows) > 2
    return {article_id for (article_id,) in rows}


def holding(sql, word):
    return {
        row[0]
        for row in sql("SELECT id FROM news WHERE instr(headline, ?) OR instr(body_text, ?)", word, word)
    }


# -- in the browser ---------------------------------------------------------------------------------------------------


def test_the_front_page_shows_the_newest_day(server, reader, sql):
    reader.get(f"{server.origin}/")
    [(day,)] = sql("SELECT date(max(published_at), '+8 hours') FROM articles")
    led = sql("SELECT id FROM front_page WHERE day = ? ORDER BY place LIMIT 12", day)
    assert ids_on(reader) == [one for (one,) in led]
    assert reader.find_element("id", "newest").text == day
    [(days,)] = sql(
        "SELECT count(DISTINCT date(published_at, '+8 hours')) FROM articles"
        " WHERE date(published_at, '+8 hours') > date(?, '-60 days')", day,
    )  # fmt: skip
    assert len(reader.find_elements("css selector", ".bars .bar")) == days > 3


@pytest.mark.parametrize("start", ["/", "/archive/links", "/-/securities", "/-/nowhere", "/archive/search"])
def test_a_word_of_two_characters_is_found_from_the_box_of_any_page(server, reader, sql, start):
    expected = holding(sql, "储能")
    assert 3 < len(expected) < 30
    reader.get(server.origin + start)
    box = reader.find_element("css selector", "header.site input[name=q]")
    box.clear()
    chromium.follow(reader, lambda: box.send_keys("储能\n"))
    assert reader.title.startswith("储能")
    assert set(ids_on(reader)) == expected
    marks = {mark.text for mark in reader.find_elements("css selector", "mark")}
    assert marks == {"储能"}


def test_the_box_of_a_table_finds_it_too(server, reader, sql):
    reader.get(f"{server.origin}/archive/articles")
    box = reader.find_element("id", "_search")
    chromium.follow(reader, lambda: box.send_keys("储能\n"))
    shown = reader.find_elements("css selector", "td.col-headline a")
    assert {link.get_attribute("href").partition("id=")[2] for link in shown} == holding(sql, "储能")


def test_columns_can_be_counted_and_hidden_without_a_script(server, reader, sql):
    def choose(column, what):
        reader.find_element("css selector", "details summary").click()
        parts = reader.find_element("xpath", f"//dt[.='{column}']/following-sibling::dd[1]")
        chromium.follow(reader, parts.find_element("link text", what).click)

    reader.get(f"{server.origin}/archive/articles_with_images?_all=1")
    assert reader.find_elements("css selector", "script[src]") == []
    choose("publisher", "count values")
    counted = {
        item.find_element("css selector", "a").text: int(item.text.split()[-1])
        for item in reader.find_elements("css selector", "#facet-publisher li")
    }
    assert counted == dict(sql("SELECT publisher, count(*) FROM articles_with_images GROUP BY 1"))
    choose("stored", "hide")
    assert reader.find_elements("css selector", "th.col-stored") == []
    assert reader.find_elements("css selector", "#facet-publisher li")
    reader.find_element("css selector", "details summary").click()
    chromium.follow(reader, reader.find_element("link text", "Show all columns").click)
    assert reader.find_elements("css selector", "th.col-stored")


def test_an_article_shows_its_images(server, reader, sql):
    [(article_id, count)] = sql(
        "SELECT article_id, count(*) FROM article_images WHERE status = 'stored' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )
    reader.get(server.origin + article_address(article_id))
    widths = chromium.widths_of_images(reader)
    assert len(widths) == count > 2
    assert 0 not in widths
    assert chromium.complaints(reader) == []
    [(text,)] = sql("SELECT body_text FROM texts WHERE article_id = ?", article_id)
    assert text.split("\n")[0] in reader.find_element("css selector", ".text").text


def test_tables_show_thumbnails(server, reader, sql):
    [(count,)] = sql("SELECT count(*) FROM images")
    for table, cells in (("images", "path"), ("article_images", "sha256"), ("articles_with_images", "path")):
        reader.get(f"{server.origin}/archive/{table}?_all=1")
        shown = reader.find_elements("css selector", f"td.col-{cells} img.thumb")
        assert {image.get_attribute("loading") for image in shown} == {"lazy"}, table
        assert len(shown) >= count // 3, table
        assert 0 not in chromium.widths_of_images(reader), table


def test_the_chart_has_a_bar_for_each_day_with_articles(server, reader, sql):
    reader.get(f"{server.origin}/-/volume?days=60&to=2026-06-30")
    counts = dict(
        sql(
            "SELECT date(published_at, '+8 hours'), count(*) FROM articles"
            " WHERE date(published_at, '+8 hours') BETWEEN '2026-05-02' AND '2026-06-30' GROUP BY 1"
        )
    )
    chart = reader.find_element("css selector", "main > .chart")
    drawn = reader.execute_script(
        "return [...arguments[0].querySelectorAll('.bar')].map(bar =>"
        " [bar.parentNode.querySelector('title').textContent, bar.getBoundingClientRect().height])",
        chart,
    )
    assert {said.partition(":")[0]: int(said.partition(": ")[2]) for said, _ in drawn} == counts
    heights = {said.partition(":")[0]: height for said, height in drawn}
    tallest = max(counts, key=counts.get)
    for day, height in heights.items():
        assert height == pytest.approx(heights[tallest] * counts[day] / counts[tallest], rel=0.05), day
    assert len(reader.find_elements("css selector", ".multiples section")) == 8


def test_securities_lead_to_their_articles_and_to_each_other(server, reader, sql):
    reader.get(f"{server.origin}/-/securities?days=366")
    names = [link.text for link in reader.find_elements("css selector", "td:first-child a")]
    [(security_id, name, articles)] = sql(
        "SELECT s.id, s.name, count(DISTINCT article_id) FROM article_securities JOIN securities AS s ON s.id = security_id"
        " WHERE NOT doubtful GROUP BY 1 ORDER BY 3 DESC, sum(mentions) DESC, 1 LIMIT 1"
    )
    assert names[0].startswith(name)
    chromium.follow(reader, reader.find_element("css selector", "td:first-child a").click)
    assert set(ids_on(reader)) == naming(sql, security_id)
    assert len(ids_on(reader)) == articles
    together = sql(
        "SELECT iif(security_id = ?1, other_name, name) FROM co_mentions WHERE ?1 IN (security_id, other_id)",
        security_id,
    )
    section = reader.find_element("css selector", "section[aria-labelledby=together]")
    shown = {link.text for link in section.find_elements("css selector", "a span")}
    assert shown == {one for (one,) in together}
    chromium.follow(reader, section.find_element("css selector", "a").click)
    assert reader.find_element("css selector", "h1 span").text in shown


def test_no_script_of_a_text_runs_and_nothing_is_fetched_for_it(server, reader, newsroom):
    """Even of an archive that somebody else made. It is written while the server runs, and shows at once."""
    article_id = "finews:209901010000000001"
    beacon = f"{newsroom.origin}/beacon.png"
    body = (
        f'<p>hostile <script>document.title = "ran"</script><img src="x" onerror="document.title = \'ran\'">'
        f'<img src="{beacon}"><img src="images/../archive.db"><iframe src="{beacon}"></iframe>'
        f"<svg onload=\"document.title = 'ran'\"></svg><a href=\"javascript:document.title = 'ran'\">go</a>"
        f'<span style="background: url({beacon})">x</span></p><form action="{beacon}"><input name="q"></form>'
    )
    headline = 'hostile <script>document.title = "ran"</script><b>粗'
    with closing(open_archive(server.data / "archive.db")) as conn, conn:
        conn.execute(
            "INSERT INTO articles (id, arrival, site, headline, headline_from, publisher, first_seen_at, retrieved_at,"
            " text_sha256) SELECT ?, max(arrival) + 1, 'finews', ?, 'feed', ?, '2026-06-30T00:00:00Z',"
            " '2026-06-30T00:00:00Z', '' FROM articles",
            (article_id, headline, headline),
        )
        conn.execute("INSERT INTO texts VALUES (?, ?, ?)", (article_id, body, "hostile 敌意文字"))
    try:
        for path in (
            article_address(article_id), f"/-/articles?q={quote('敌意')}", f"/archive/articles?id={article_id}",
            f"/archive/texts/{article_id.replace(':', '~3A')}", f"/archive/search?q={quote('敌意')}",
        ):  # fmt: skip
            reader.get(server.origin + path)
            assert "hostile" in reader.page_source, path
            assert headline in reader.find_element("css selector", "body").text or "/texts/" in path
            assert reader.title != "ran", path
        reader.get(server.origin + article_address(article_id))
        reader.find_element("link text", "go").click()
        assert reader.title != "ran"
        assert {urlsplit(url).netloc for url in chromium.asked_for(reader) if url.startswith("http")} == {
            urlsplit(server.origin).netloc
        }
        assert [line for line in newsroom.requests if "beacon" in str(line)] == []
    finally:
        with closing(open_archive(server.data / "archive.db")) as conn, conn:
            conn.execute("DELETE FROM articles WHERE id = ?", (article_id,))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_this_server_alone_fits_a_phone_and_names_its_parts(server, reader, path):
    chromium.seen_on(reader, 400, 800)
    reader.get(server.origin + path)
    asked = [
        url for url in chromium.asked_for(reader) if not url.startswith("data:image/svg")
    ]  # the browser's own signs
    assert [url for url in asked if not url.startswith(f"{server.origin}/")] == []
    assert chromium.complaints(reader) == []
    assert reader.execute_script("return document.documentElement.scrollWidth") <= 400
    assert len(reader.find_elements("tag name", "h1")) == 1
    nameless = reader.execute_script(
        "return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')].filter(one =>"
        " !one.labels?.length && !one.ariaLabel && !one.textContent.trim() && !one.querySelector('img[alt]')"
        " && one.ariaHidden !== 'true' && !one.closest('.CodeMirror')).map(one => one.outerHTML)"
    )
    assert nameless == []
    assert (
        reader.find_elements(
            "css selector", "img:not([alt]), svg[role=img]:not([aria-label]):not(:has(> title))"
        )
        == []
    )


def test_it_is_dark_where_the_reader_likes_it_dark(server, reader):
    def brightness():
        reader.get(f"{server.origin}/")
        colour = reader.find_element("tag name", "body").value_of_css_property("background-color")
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    assert brightness() > 200
    chromium.colours(reader, "dark")
    assert brightness() < 60


OVERLAPS = """
const cells = [...document.querySelectorAll('.rows-and-columns td, .rows-and-columns th')].filter(one => one.offsetParent);
return cells.filter(one => [...one.querySelectorAll('a, summary, time')].some(inner =>
  inner.getBoundingClientRect().right > one.getBoundingClientRect().right + 1)).map(one => one.outerHTML.slice(0, 200));
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "table", ["links", "articles", "news", "removals", "crawls", "article_images", "revision_changes"]
)
def test_no_cell_of_a_table_runs_into_the_next(server, reader, table, width):
    chromium.seen_on(reader, width, 900)
    reader.get(f"{server.origin}/archive/{table}")
    assert reader.find_elements("css selector", ".rows-and-columns td")
    assert reader.execute_script(OVERLAPS) == []
    assert reader.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_table_begins_with_what_matters(server, reader, sql):
    reader.get(f"{server.origin}/archive/articles")
    heads = [head.text.rstrip(" ▲▼") for head in reader.find_elements("css selector", ".rows-and-columns th")]
    assert heads[:3] == ["published_at", "headline", "publisher"]
    [(headlines,)] = sql("SELECT count(*) FROM articles WHERE alternative_headline IS NOT NULL")
    assert ("alternative_headline" in heads) == bool(headlines)
    empty = reader.find_element("xpath", "//p[starts-with(., 'Empty here: ')]").text
    assert "served_from" in heads or "served_from" in empty
    shown = set(heads) | set(empty.removeprefix("Empty here: ").split(", "))
    assert shown == {row[1] for row in sql("PRAGMA table_xinfo(articles)")}
    assert (
        reader.find_element("css selector", "td.col-arrival").value_of_css_property("text-align") == "right"
    )
    time = reader.find_element("css selector", "td.col-published_at time")
    assert re.fullmatch(r"2026-06-30 \d\d:\d\d:\d\d", time.text)
    assert re.fullmatch(r"2026-06-30T\d\d:\d\d:\d\dZ", time.get_attribute("title"))


def test_a_long_text_is_cut_and_opens_without_a_script(server, reader, sql):
    reader.get(f"{server.origin}/archive/texts?_size=max")
    cell = reader.find_element("css selector", "td.col-body_text details")
    summary = cell.find_element("tag name", "summary")
    beginning, height = summary.text.rstrip(" ▾…"), cell.size["height"]
    assert len(beginning) < 100
    summary.click()
    assert cell.size["height"] > height
    [(text,)] = sql("SELECT body_text FROM texts WHERE body_text LIKE ? || '%'", beginning[:20])
    assert text.split("\n")[-1] in cell.text
    reader.get(f"{server.origin}/archive/articles")
    link = reader.find_element("css selector", "td.col-share_url a")
    assert link.get_attribute("title") == link.get_attribute("href")
    assert len(link.text) < 50


def test_the_sql_editor_is_dark_in_dark_mode_and_runs_by_keys(server, reader):
    chromium.colours(reader, "dark")
    reader.get(f"{server.origin}/archive?sql=select+1+as+n")
    editor = reader.find_element("css selector", ".CodeMirror")
    colour = editor.value_of_css_property("background-color")
    assert sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 < 60
    for part in editor.find_elements("css selector", "[class^=cm-]"):
        assert sum(map(int, re.findall(r"\d+", part.value_of_css_property("color"))[:3])) / 3 > 120, part.text
    reader.execute_script(
        "arguments[0].CodeMirror.setValue('select 2 as m'); arguments[0].CodeMirror.focus()", editor
    )
    field = reader.find_element("css selector", ".CodeMirror textarea")
    chromium.follow(reader, lambda: field.send_keys("\ue009\ue007"))
    assert [head.text for head in reader.find_elements("css selector", "th")] == ["m"]
    reader.get(f"{server.origin}/archive?sql=select+no_such")
    assert (
        reader.find_element("css selector", "textarea#sql-editor").get_attribute("value") == "select no_such"
    )
    assert "no such column" in reader.find_element("css selector", ".message-error").text


def test_edits_show_what_went_and_came_in_colour(server, reader, sql):
    reader.get(f"{server.origin}/-/edits")
    [(count,)] = sql("SELECT count(*) FROM revisions")
    assert len(reader.find_elements("css selector", "section.story")) == count > 2
    [current] = reader.find_elements("css selector", "nav [aria-current=page]")
    assert current.text == "Edits"
    removed, added = (
        {mark.text for mark in reader.find_elements("css selector", f".change {tag}")}
        for tag in ("del", "ins")
    )
    assert "180" in removed
    assert "240" in added
    [withdrawn] = reader.find_elements("css selector", ".withdrawn")
    [(headline,)] = sql("SELECT headline FROM articles WHERE withdrawn_at IS NOT NULL")
    section = withdrawn.find_element("xpath", "ancestor::section")
    assert section.find_element("tag name", "h2").text == headline
    assert section.find_elements("css selector", ".change") == []
    colours = {
        reader.find_element("css selector", f".change {tag}").value_of_css_property("color")
        for tag in ("del", "ins", "p")
    }
    assert len(colours) == 3


# -- by HTTP ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_every_question_is_answered(server, query):
    empty = server.json(f"/archive/{query.name}.json?_shape=objects")
    assert empty["ok"], empty
    filled = server.json(f"/archive/{query.name}.json?_shape=objects&{urlencode(query.example)}")
    assert filled["ok"], filled
    if query.name not in NOTHING_IN_THE_SAMPLE:
        assert filled["rows"]
    page = server.page(f"/archive/{query.name}?{urlencode(query.example)}")
    assert "message-error" not in page
    for name in query.example:
        assert f'name="{name}"' in page


def test_questions_answer_what_they_ask(server, sql):
    """The blanks work."""
    of_a_day = {"publisher": "证券早知道", "from": "2026-06-30", "to": "2026-06-30"}
    rows = server.json(f"/archive/articles_of_a_publisher.json?_shape=array&{urlencode(of_a_day)}")
    assert {row["id"] for row in rows} == {
        row[0] for row in sql(
            "SELECT id FROM articles WHERE publisher = '证券早知道' AND date(published_at, '+8 hours') = '2026-06-30'"
        )
    }  # fmt: skip
    for security in ("300991", "0.300991", "岚川科技"):
        rows = server.json(
            f"/archive/articles_on_a_security.json?_shape=array&{urlencode({'security': security})}"
        )
        assert {row["id"] for row in rows} == naming(sql, "0.300991"), security
    changed = server.json("/archive/figures_changed.json?_shape=array")
    assert [row["figures_added"] for row in changed] == ['["240"]']


def test_all_that_can_be_opened_is_described_in_the_schemas_words(server, sql):
    known = described()
    said = server.json("/-/metadata.json")["databases"]["archive"]["tables"]
    names = {name for (name,) in sql("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    shown = {name for name in names - set(INNER) - set(SHADOWS) if not name.startswith("sqlite_")}
    assert len(shown) > 30
    for name in shown:
        columns = {row[1] for row in sql(f"PRAGMA table_xinfo({name})")}
        assert said[name]["description"] == known[name][1] != "", name
        assert set(said[name]["columns"]) == columns, name
        assert set(known[name][2]) == columns or name == "news"
        assert set(said[name].get("facets", ())) <= columns, name
        assert {said[name].get("sort_desc"), said[name].get("label_column")} - {None} <= columns, name
    listing = server.page("/archive")
    for name in shown:
        assert f'href="/archive/{name}"' in listing, name
    assert "<dd></dd>" not in listing
    for name in shown - {"search", "as_of"}:
        assert server.get(f"/archive/{name}")[0] == 200, name
    for query in QUERIES:
        assert query.title in listing
        assert query.name in ("search", "as_of") or query.name not in names, (
            f"{query.name} hides the view of that name"
        )


def test_every_table_of_articles_can_be_searched(server, sql):
    expected = holding(sql, "储能")
    for table, column in (("article_feeds", "article_id"), ("news_by_security", "id"), ("front_page", "id")):
        line = urlencode({"_search": "储能", "_shape": "array", "_size": "max"})
        rows = server.json(f"/archive/{table}.json?{line}")
        assert {row[column] for row in rows} == expected & {
            one for (one,) in sql(f"SELECT {column} FROM {table}")
        }, table
    status, _, body = server.get(f"/archive/crawls?{urlencode({'_search': '储能'})}")
    assert status == 400
    assert "no text to search" in body.decode()


def test_lists_can_be_narrowed_and_turned(server, sql):
    def count(**asked):
        return int(re.search(r"<strong>([\d,]+) article", server.page(f"/-/articles?{urlencode(asked)}"))[1])

    [(all_of_them,)] = sql("SELECT count(*) FROM articles")
    assert count() == all_of_them > 60
    assert (
        1
        < count(publisher="东篱商报")
        == sql("SELECT count(*) FROM articles WHERE publisher = '东篱商报'")[0][0]
    )
    named = naming(sql, "0.300991")
    assert count(security="300991") == len(named)
    assert 0 < count(security="300991", q="机构") == len(named & holding(sql, "机构")) < len(named)
    [(of_a_day,)] = sql("SELECT count(*) FROM front_page WHERE day = '2026-06-30'")
    assert 1 < count(**{"from": "2026-06-30", "to": "2026-06-30"}) == of_a_day < all_of_them
    assert count(q="储能 -岚川科技") < count(q="储能")
    assert count(q="nothing holds this") == 0
    first, last = server.page("/-/articles"), server.page("/-/articles?page=3")
    assert 'rel="next"' in first
    assert 'rel="prev"' in last
    assert "entry" in last
    assert 'rel="next"' not in last
    for odd in (
        "page=0",
        "page=x",
        "page=99999999999999",
        "from=2026-13-01",
        "q=%22%22",
        "q=%25",
        "q=-",
        "q=a%7C%7Cb",
        "order=x",
    ):
        assert server.get(f"/-/articles?{odd}")[0] == 200, odd


def test_lists_say_what_the_newest_text_says(server, sql):
    """The digest of an article that was edited since may hold what the edit took back."""
    rows = sql(
        f"SELECT a.headline, a.description, x.body_html, a.revision, {NEWEST} FROM articles AS a JOIN texts AS x ON x.article_id = a.id"
    )
    followed = 0
    for headline, description, html, revision, shown in rows:
        assert "".join((newest_excerpt(description, html, revision) or "").split()) == "".join(
            (shown or "").split()
        ), headline
        followed += shown != description
    assert followed
    assert "暂无人员伤亡报告" not in server.page("/-/articles")


def test_earlier_texts_of_an_edited_article_can_be_read(server, sql):
    [(article_id, revision, text), *_] = sql(
        "SELECT article_id, revision, body_text FROM revisions WHERE json_extract(changes, '$.withdrawn') IS NOT 1 ORDER BY 1, 2"
    )
    page = server.page(article_address(article_id))
    assert "revision=1" in page
    earlier = server.page(f"{article_address(article_id)}&revision={revision}")
    assert "An earlier text" in earlier
    assert text.split("\n")[0] in earlier
    assert server.get(f"{article_address(article_id)}&revision=99")[0] == 404
    [(withdrawn,)] = sql("SELECT id FROM articles WHERE withdrawn_at IS NOT NULL LIMIT 1")
    page = server.page(article_address(withdrawn))
    assert "The source withdrew this article" in page
    assert "revision=1" not in page, "a withdrawal is no other text"


def test_a_image_comes_as_it_was_stored(server, sql):
    for path, media_type, size, sha256 in sql(
        "SELECT path, media_type, bytes, sha256 FROM images GROUP BY media_type"
    ):
        status, headers, body = server.get(f"/-/{path.replace('images/', 'image/')}")
        assert (status, headers["content-type"], len(body)) == (200, media_type, size)
        assert hashlib.sha256(body).hexdigest() == sha256
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        status, _, body = server.get(f"/-/{path.replace('images/', 'image/')}", if_none_match=headers["etag"])
        assert (status, body) == (304, b"")


def test_no_path_leads_out_of_the_images(server, sql):
    [(path,)] = sql("SELECT path FROM images LIMIT 1")
    folder, name = path.split("/")[1:]
    secret = server.data / "images" / "00" / f"{'0' * 64}.png"
    secret.parent.mkdir(exist_ok=True)
    secret.symlink_to(server.data / "archive.db")
    hostile = (
        f"00/{'0' * 64}.png", f"{folder}/../../archive.db", "../archive.db", "..%2farchive.db", "%2e%2e/archive.db",
        f"{folder}/..%2f..%2farchive.db", f"{folder}\\..\\..\\archive.db", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd",
        f"{folder}/{name}%00.png", f"{folder}/{name}/", f"{folder}/{name}%0a", f"{folder}//{name}", f"{folder}/{name.upper()}",
        f"00/{name}", f"{folder}/{folder}{'0' * 62}.png", f"{folder}/{name}.html", f"{folder}", "", f"{folder}/",
        f"{folder}/{name.partition('.')[0]}.svg", f"{folder}/{name.partition('.')[0]}.html", f"./{folder}/{name}",
        f"%2e/{folder}/{name}", "..;/archive.db", "....//archive.db", "%c0%ae%c0%ae/archive.db",
    )  # fmt: skip
    try:
        for one in hostile:
            for prefix in ("/-/image/", "/-/assets/"):
                status, _, body = server.get(prefix + one)
                assert status not in (200, 304), prefix + one
                assert b"SQLite format" not in body
                assert b"root:" not in body
        for one in (
            "/-/assets/../plugin.py",
            "/-/assets/..%2fplugin.py",
            "/-/static/../app.py",
            "/archive.db",
        ):
            status, _, body = server.get(one)
            assert status not in (200, 304), one
            assert b"SQLite format" not in body
    finally:
        secret.unlink()


def test_only_readers_of_this_machine_get_an_answer(server):
    for name in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "localhost.evil.example:1"):
        status, _, body = server.get("/archive/articles.json", host=name)
        assert status == 421, name
        assert b"finews" not in body
    for name in ("localhost", f"LOCALHOST:{server.port}", f"127.0.0.1:{server.port}", "[::1]:80"):
        assert server.get("/", host=name)[0] == 200, name
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert server.get("/archive", method=method)[0] == 405, method
    assert server.get("/", method="HEAD")[0] == 200


def test_an_address_of_thousands_of_parameters_holds_nobody_up(server):
    assert server.get("/archive/articles?" + "&".join(f"a{n}=1" for n in range(5_000)))[0] == 414


def test_every_answer_is_bound_by_a_policy(server):
    for path in (*PAGES, "/-/nowhere", "/archive/articles.json", "/archive/nothing", "/-/assets/site.css"):
        _, headers, body = server.get(path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe-inline" not in re.sub(r"style-src-attr 'unsafe-inline'", "", policy), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        if "html" not in headers["content-type"]:
            continue
        inline = re.findall(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", body, re.DOTALL)
        assert inline == [LOCAL_TIMES.encode()], path
        elsewhere = re.findall(rb"(?:src|<link[^>]*href)=.?((?:https?:)?//[^/]*)", body)
        assert set(elsewhere) <= {server.origin.encode()}, path
    for path in (
        "/",
        "/-/articles",
        article_address(server.json("/archive/articles.json?_shape=array&_size=1")[0]["id"]),
    ):
        assert "script-src 'sha256-" in server.get(path)[1]["content-security-policy"], path


def test_times_are_those_of_the_reader_s_clock(server, reader):
    """Of summer time, too; the stored UTC stays in the tooltip, and what is only a day stays that."""
    [article] = server.json(f"/archive.json?_shape=array&{urlencode({'sql': CLOCKED})}")
    for zone, shown in (("Europe/London", article["london"]), ("Asia/Shanghai", article["beijing"])):
        chromium.clock(reader, zone)
        reader.get(server.origin + article_address(article["id"]))
        time = reader.find_element("css selector", "article time")
        assert (time.text, time.get_attribute("title")) == (shown, article["published_at"])
        assert (zone in reader.find_element("id", "clock").text) == (zone != "Asia/Shanghai")
    assert chromium.complaints(reader) == []


CLOCKED = (
    "select id, published_at, strftime('%Y-%m-%d %H:%M', published_at, '+1 hour') as london,"
    " strftime('%Y-%m-%d %H:%M', published_at, '+8 hours') as beijing from articles"
    " where published_precision = 'second' and published_at >= '2026-06-01' order by published_at desc limit 1"
)
"""An article of a summer, by the clocks of London and Beijing."""


def test_sql_cannot_write(server):
    for statement in (
        "delete from articles", "select writefile('x', 'y')", "attach database '/tmp/x.db' as x", "pragma journal_mode=delete",
        "with x as (select 1) delete from articles", "select load_extension('x')", "vacuum into '/tmp/x.db'",
    ):  # fmt: skip
        status, _, _ = server.get(f"/archive?{urlencode({'sql': statement})}")
        assert status in (400, 500), statement
    assert server.json("/archive.json?sql=select+count(*)+as+n+from+articles&_shape=array")[0]["n"] > 60


def test_edits_can_be_narrowed(server, sql):
    def headlines(**asked):
        return re.findall(r'<h2 lang="zh"><a [^>]*>(.*?)</a>', server.page(f"/-/edits?{urlencode(asked)}"))

    everything = headlines()
    assert (
        len(headlines(kind="withdrawn"))
        == sql("SELECT count(*) FROM revision_changes WHERE withdrawn")[0][0]
        == 1
    )
    assert len(headlines(kind="text")) == len(everything) - 1
    figures = sql(
        "SELECT count(*) FROM revision_changes WHERE figures_removed <> '[]' OR figures_added <> '[]'"
    )
    assert len(headlines(kind="figures")) == figures[0][0] == 1
    publisher = sql("SELECT publisher FROM articles WHERE withdrawn_at IS NOT NULL")[0][0]
    mine = sql(
        "SELECT count(*) FROM revisions JOIN articles ON id = article_id WHERE publisher = ?", publisher
    )
    assert len(headlines(publisher=publisher)) == mine[0][0] < len(everything)
    article_id, code = sql(
        "SELECT r.article_id, s.code FROM revisions AS r JOIN article_securities AS x USING (article_id)"
        " JOIN securities AS s ON s.id = x.security_id WHERE NOT x.doubtful LIMIT 1"
    )[0]
    assert headlines(security=code)
    assert 0 < len(headlines(id=article_id)) < len(everything)
    assert headlines(**{"from": "2026-07-01"}) == []
    assert headlines(to="2026-07-01", kind="x", page="0") == everything
    assert "/-/edits?id=" in server.page(article_address(article_id))


def test_blanks_with_few_values_are_chosen_from(server):
    page = server.page("/archive/articles_of_a_session?session=after_close")
    assert '<select name="session">' in page
    assert '<option value="after_close" selected>' in page
    assert '<option value="" selected>' in page, "the market"
    assert '<a href="/archive" aria-current="true">' in page
    assert '<option value="month" selected>month</option>' in server.page(
        "/archive/trend_of_words?q=a&by=month"
    )


def test_a_trend_draws_a_line_a_query(server, reader, sql):
    reader.get(
        f"{server.origin}/-/trend?{urlencode({'q': '储能; 涨停', 'from': '2026-06-01', 'to': '2026-06-30'})}"
    )
    assert [one.text for one in reader.find_elements("css selector", ".legend li")] == ["储能", "涨停"]
    assert len(reader.find_elements("css selector", "path.line")) == 2
    reader.find_element("css selector", "details summary").click()
    newest = [cell.text for cell in reader.find_elements("css selector", "tbody tr:first-child td")]
    counts = [
        str(
            sql(
                "SELECT count(*) FROM search WHERE q = ? AND date(published_at, '+8 hours') = '2026-06-30'",
                word,
            )[0][0]
        )
        for word in ("储能", "涨停")
    ]
    assert newest == ["2026-06-30", *counts]
    assert "0" not in counts
    colours = {
        one.value_of_css_property("stroke") for one in reader.find_elements("css selector", "path.line")
    }
    assert len(colours) == 2


def test_a_trend_can_be_a_share_of_all_articles(server, sql):
    page = server.page(
        f"/-/trend?{urlencode({'q': '储能', 'by': 'month', 'as': 'share', 'to': '2026-06-30'})}"
    )
    [(part,)] = sql(
        "SELECT count(*) FROM search WHERE q = '储能' AND date(published_at, '+8 hours') LIKE '2026-06-%'"
    )
    [(whole,)] = sql("SELECT count(*) FROM articles WHERE date(published_at, '+8 hours') LIKE '2026-06-%'")
    assert f'<tr><td>2026-06-01</td><td class="number">{100 * part / whole:.1f}</td></tr>' in page
    assert "Fill in words" in server.page("/-/trend")
    backwards = server.page("/-/trend?q=a&from=2026-06-30&to=2026-06-01&by=month")
    assert "The first day, 2026-06-30, is after the last, 2026-06-01." in backwards
    for odd in ("q=%22%22", "q=a&from=2026-07-01", "q=a&from=0001-01-01&by=day", "q=a&by=year&as=x&to=x"):
        assert server.get(f"/-/trend?{odd}")[0] == 200, odd


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "储能"},
        {"publisher": "东篱商报"},
        {"security": "300991"},
        {"q": "机构", "security": "300991"},
    ],
    ids=str,
)
def test_feeds_of_what_the_reader_asks(server, sql, asked):
    query = f"?{urlencode(asked)}" if asked else ""
    status, headers, body = server.get(f"/-/feed.atom{query}")
    assert status == 200
    assert headers["content-type"].startswith("application/atom+xml")
    etree.RelaxNG(etree.parse(ROOT / "tests" / "schemas" / "atom.rng")).assertValid(etree.fromstring(body))
    feed = feedparser.parse(body)
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [
        f"{server.origin}/-/feed.atom{query}"
    ]
    listed = re.findall(
        r'<h2 lang="zh"><a href="/-/article\?id=(.*?)">', server.page(f"/-/articles?order=newest&{query[1:]}")
    )
    ids = [entry.id.partition("2022:")[2] for entry in feed.entries]
    assert ids[:30] == listed[: len(ids)]
    assert 0 < len(ids) <= 50
    times = [entry.published for entry in feed.entries]
    assert times == sorted(times, reverse=True)
    items = server.json(f"/-/feed.json{query}")["items"]
    assert [item["id"] for item in items] == [entry.id for entry in feed.entries]


def test_a_feed_that_has_not_changed_is_not_sent_again(server):
    _, headers, body = server.get("/-/feed.atom?q=%E5%82%A8%E8%83%BD")
    assert feedparser.parse(body).entries
    assert headers["last-modified"].endswith("GMT")
    status, _, again = server.get("/-/feed.atom?q=%E5%82%A8%E8%83%BD", if_none_match=headers["etag"])
    assert (status, again) == (304, b"")
    assert server.get("/-/feed.json?q=%E5%82%A8%E8%83%BD", if_none_match=headers["etag"])[0] == 200
    page = server.page("/-/articles?q=%E5%82%A8%E8%83%BD&from=2026-01-01")
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Atom" href="/-/feed.atom?q=%E5%82%A8%E8%83%BD">'
        in page
    )
    assert feedparser.parse(server.get("/-/feed.atom?q=nothing+holds+this")[2]).entries == []


def test_every_image_of_an_article_has_an_alternative_text(server, sql):
    for (article_id,) in sql("SELECT DISTINCT article_id FROM article_images WHERE status = 'stored'"):
        page = server.page(article_address(article_id))
        images = re.findall(r"<img [^>]*>", page)
        assert images
        assert [image for image in images if " alt=" not in image] == [], article_id


def test_marked_words_have_contrast_in_the_dark(server, reader):
    chromium.colours(reader, "dark")
    reader.get(f"{server.origin}/-/articles?q=%E5%82%A8%E8%83%BD")
    mark = reader.find_element("css selector", ".entry p mark")
    page_colour = reader.find_element("tag name", "body").value_of_css_property("color")
    assert mark.value_of_css_property("color") == page_colour


def test_the_original_is_one_click_from_its_article(server, sql):
    for article_id, url in sql(
        "SELECT id, canonical_url FROM articles WHERE canonical_url IS NOT NULL LIMIT 3"
    ):
        page = server.page(article_address(article_id))
        assert (
            f'<a id="original" href="{escape(url)}" rel="noopener noreferrer nofollow">original</a>' in page
        )
    [(article_id,)] = sql("SELECT id FROM articles WHERE headline_from = 'body' LIMIT 1")
    assert "The headline is a placeholder" in server.page(article_address(article_id))


def test_a_question_with_blanks_says_what_to_fill_in(server):
    assert "fill in words." in server.page("/archive/search")
    assert "fill in security." in server.page("/archive/articles_on_a_security")  # days may be left open
    assert "fill in moment." in server.page("/archive/as_of")
    assert "Nothing found." in server.page("/archive/as_of?t=2020-01-01")
    assert "Nothing found." in server.page(f"/archive/search?{urlencode({'q': 'nothing holds this'})}")


STALLING = {
    "steps without end": "with recursive up (n) as (values (0) union all select n + 1 from up) select max(n) from up",
    "one step without end": "select instr(hex(zeroblob(16000000)), hex(zeroblob(8000000)) || '1')",
}
GREEDY = {
    "one value": "select hex(zeroblob(500000000))",
    "many values": "with recursive n (i) as (values (1) union all select i + 1 from n where i < 400)"
    " select group_concat(hex(zeroblob(20000000))) from n",
    "many rows": "with recursive n (i) as (values (1) union all select i + 1 from n where i < 4000)"
    " select i, hex(zeroblob(1000000)) from n",
    "a sorter": "with recursive n (i) as (values (1) union all select i + 1 from n where i < 4000)"
    " select i, hex(zeroblob(1000000)) as x from n order by x",
}


@pytest.mark.parametrize("sql", STALLING.values(), ids=STALLING)
def test_a_query_that_runs_away_is_ended_and_the_server_goes_on(server, sql):
    for _ in range(4):  # more than there are processes
        status, _, body = server.get(f"/archive.json?{urlencode({'sql': sql, '_timelimit': '50'})}")
        assert status == 400
        assert b"SQL query took too long" in body
    status, _, body = server.get(f"/archive?{urlencode({'sql': sql, '_timelimit': '50'})}")
    assert status == 400
    assert "This took more than ten seconds" in body.decode()
    assert f"{sql}</textarea>" in unescape(body.decode()), "the statement stays"
    assert server.json("/archive.json?sql=select+count(*)+as+n+from+articles&_shape=array")[0]["n"] > 60


@pytest.mark.parametrize("sql", GREEDY.values(), ids=GREEDY)
def test_a_query_gets_only_so_much_memory(server, sql):
    status, _, body = server.get(f"/archive.json?{urlencode({'sql': sql})}")
    assert status == 400, body[:200]
    assert re.search(rb"too big|memory|took too long", body), body[:200]
    peak = next(
        int(line.split()[1])
        for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    assert peak < 600_000  # kB
    assert server.get("/")[0] == 200


def test_pages_of_other_origins_get_no_answer(server):
    own = f"http://127.0.0.1:{server.port}"
    for headers in (
        {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example"},
        {"origin": "null"}, {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, {"origin": "http://127.0.0.1:1"},
    ):  # fmt: skip
        status, _, body = server.get("/archive/articles.json", **headers)
        assert status == 403, headers
        assert b"finews" not in body
    for headers in ({"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {"origin": own}, {}):
        assert server.get("/archive/articles.json", **headers)[0] == 200, headers


def test_another_site_cannot_ask_through_the_reader_s_browser(server, reader, newsroom):
    """A page of the newsroom, as any on the web, tries every way that needs no leave."""
    before = len(server.json("/archive/articles.json")["rows"])
    assert before
    reader.get(f"{newsroom.origin}/")
    outcome = reader.execute_async_script(
        """const [url, done] = arguments;
        fetch(url, {mode: "no-cors"}).then(() => fetch(url)).then(r => done("read " + r.status), error => done(error.name));""",
        f"{server.origin}/archive/articles.json",
    )
    assert outcome == "TypeError"


@pytest.fixture(scope="module")
def guarded(server):
    """The same archive on all addresses, with a password; and the headers that carry it."""
    done = run("--hash-password", stdin="开门 sesame\n")
    assert done.returncode == 0, done.stderr
    assert "sesame" not in done.stdout
    basic = base64.b64encode("me:开门 sesame".encode()).decode()
    with serving(server.data, "--host", "0.0.0.0", "-s", f"SERVE_PASSWORD={done.stdout.strip()}") as other:
        yield other, {"authorization": f"Basic {basic}"}


def test_beyond_loopback_there_is_no_sql_of_the_reader_s_own(server, guarded):
    other, password = guarded
    status, _, body = other.get("/archive?sql=select+1", **password)
    assert (status, b"SQL of your own is switched off" in body) == (403, True)
    assert other.get("/archive.json?sql=select+1", **password)[0] == 403
    assert other.get("/archive/articles.json?_where=1", **password)[0] == 403
    assert b"SQL of your own" not in other.get("/archive", **password)[2]
    for path in (
        "/archive/search.json?q=%E5%82%A8%E8%83%BD&_shape=array",
        "/archive/articles.json?publisher__not=x&_shape=array",
    ):
        status, _, body = other.get(path, **password)
        assert status == 200
        assert json.loads(body)
    assert "SQL of your own" in server.page("/archive")


def test_beyond_loopback_a_password_is_asked_for(server, guarded):
    other, password = guarded
    wrong = [
        {}, {"authorization": "Basic"}, {"authorization": "Basic !!"}, {"authorization": "Bearer x"},
        {"authorization": f"Basic {base64.b64encode(b'me:Sesame').decode()}"},
        {"authorization": f"Basic {base64.b64encode(b'me:').decode()}"},
        {"authorization": f"Basic {base64.b64encode(bytes([255, 254])).decode()}"},
    ]  # fmt: skip
    for path in ("/", "/archive/articles.json", "/-/feed.atom", "/-/assets/site.css", "/-/nowhere"):
        for headers in wrong:
            status, answered, body = other.get(path, **headers)
            assert status == 401, (path, headers)
            assert answered["www-authenticate"].startswith("Basic realm=")
            assert b"finews" not in body
    for _ in range(2):
        assert other.get("/", **password)[0] == 200
    assert other.get("/archive", method="POST", **password)[0] == 405
    assert other.get("/", sec_fetch_site="cross-site", **password)[0] == 403


def test_wrong_passwords_one_after_the_other_have_to_wait(guarded):
    other, password = guarded
    assert other.get("/", **password)[0] == 200
    guesses = [
        other.get("/", authorization=f"Basic {base64.b64encode(f'me:{n}'.encode()).decode()}")
        for n in range(FREE + 3)
    ]
    assert guesses[0][0] == 401
    status, headers, body = guesses[-1]
    assert status == 429
    assert 1 <= int(headers["retry-after"]) <= LONGEST_PAUSE
    assert b"too many wrong passwords" in body
    assert other.get("/", **password)[0] == 200  # what was accepted is not asked again


def test_guesses_of_one_client_hold_up_no_other():
    password = Password(hash_password("sesame"))

    def header(text: str) -> dict[bytes, str]:
        return {b"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}

    async def ask() -> None:
        for n in range(FREE + 1):
            assert not await password.accepts(header(f"me:{n}"), "2001:db8::1")
        with pytest.raises(TooManyGuesses):
            await password.accepts(header("me:sesame"), "2001:db8::2")
        assert await password.accepts(header("me:sesame"), "203.0.113.9")
        assert await password.accepts(header("me:sesame"), "2001:db8::2")  # known by now
        crowd = [password.accepts(header(f"me:{n}"), f"10.0.0.{n}") for n in range(MOST_WAITING + 1)]
        ended = await asyncio.gather(*crowd, return_exceptions=True)
        assert [type(end) for end in ended] == [bool] * MOST_WAITING + [TooManyGuesses]

    asyncio.run(ask())


def test_beyond_loopback_it_does_not_start_without_a_password(server):
    done = run("--host", "0.0.0.0", "--port", "0", DATA_DIR=server.data)
    assert done.returncode == 1
    assert "set SERVE_PASSWORD to a hash" in done.stderr
    for hashed in ("sesame", "scrypt:00:00", f"scrypt:{'0' * 32}:{'x' * 128}"):
        done = run("--host", "0.0.0.0", "--port", "0", DATA_DIR=server.data, SERVE_PASSWORD=hashed)
        assert done.returncode == 1, hashed
        assert "SERVE_PASSWORD is not a hash" in done.stderr
    assert run("--hash-password", stdin="\n").returncode == 2


def test_rows_that_were_tampered_with_carry_no_scripts_in_links(server, sql):
    [(article_id,)] = sql("SELECT article_id FROM article_links WHERE kind = 'related' LIMIT 1") or sql(
        "SELECT id FROM articles LIMIT 1"
    )
    hostile = "javascript:alert(1)//http://a.example"
    with closing(open_archive(server.data / "archive.db")) as conn, conn:
        before = conn.execute(
            "SELECT canonical_url, share_url FROM articles WHERE id = ?", [article_id]
        ).fetchone()
        conn.execute(
            "UPDATE articles SET canonical_url = ?1, share_url = ?1 WHERE id = ?2", [hostile, article_id]
        )
        conn.execute(
            "INSERT INTO article_links VALUES (?, 99, ?, 'related words', 'related')", [article_id, hostile]
        )
    try:
        for path in (
            article_address(article_id),
            f"/archive/articles?id={quote(article_id)}",
            "/archive/article_links",
        ):
            page = server.page(path)
            assert not re.search(r'href="\s*javascript:', page), path
        assert "related words" in server.page(article_address(article_id))
    finally:
        with closing(open_archive(server.data / "archive.db")) as conn, conn:
            conn.execute(
                "UPDATE articles SET canonical_url = ?, share_url = ? WHERE id = ?", [*before, article_id]
            )
            conn.execute("DELETE FROM article_links WHERE position = 99")


# -- the command --------------------------------------------------------------------------------------------------------


def run(*args, env=None, stdin=None, **settings):
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return run_scrapy("serve", *args, *flags, env={**os.environ, **(env or {})}, stdin=stdin)


def test_mistakes_are_said_in_a_line(server, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = [
            ((), {"DATA_DIR": tmp_path / "nowhere"}, 1, "no archive yet"),
            (("--port", port), {"DATA_DIR": server.data}, 1, f"port {port} is taken"),
            (
                ("--host", "no.such.host.invalid"),
                {"DATA_DIR": server.data},
                1,
                "no such address: no.such.host.invalid",
            ),
            (("--host", "192.0.2.1"), {"DATA_DIR": server.data}, 1, "cannot listen at 192.0.2.1"),
            (("--port", "x"), {"DATA_DIR": server.data}, 2, "--port x: give a number"),
            (("--port", "70000"), {"DATA_DIR": server.data}, 2, "--port 70000: give a number"),
            (("archive.db",), {"DATA_DIR": server.data}, 2, "serve: unexpected argument 'archive.db'"),
        ]
        for args, settings, status, said in cases:
            done = run(*args, **settings)
            assert done.returncode == status, (args, done.stderr)
            assert said in done.stderr
            assert "Traceback" not in done.stderr
            assert done.stdout == "" or status == 2
            assert done.stderr.count("\n") == 1 or status == 2
    assert not (tmp_path / "nowhere").exists()


def test_without_datasette_it_says_what_to_install(server, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['datasette'] = None\n")
    done = run("--port", "0", DATA_DIR=server.data, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert (
        done.stderr
        == "scrapy serve: datasette is not installed, which serve needs: pip install 'finews-archive[analyst]'\n"
    )


def test_the_command_is_there_without_the_cost_of_datasette():
    code = "import sys, crawler.commands.serve as serve; print('datasette' in sys.modules or 'uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def fingerprints(folder):
    """What each file holds, but for SQLite's own notes beside the archive."""
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_ends_when_told_and_has_changed_nothing(server, tmp_path, sent, status):
    data = tmp_path / "data"
    with closing(sqlite3.connect(server.data / "archive.db")) as conn:
        data.mkdir()
        with closing(sqlite3.connect(data / "archive.db")) as copy:
            conn.backup(copy)
    shutil.copytree(server.data / "images", data / "images")
    before = fingerprints(data)
    with serving(data) as other:
        assert other.said.startswith(f"{data} is at http://127.0.0.1:")
        for path in PAGES:
            assert other.get(path)[0] == 200, path
        returned, errors = other.end(sent)
    assert (returned, errors.strip()) == (status, "")
    assert fingerprints(data) == before


def test_stories_name_who_told_them_when(crawl, newsroom, data_dir, rows):
    assert crawl("finews").returncode == 0
    # The sample newsroom copies nothing: three of its articles are told to be one story, as archive/stories/grouping.py would.
    told = rows(
        "SELECT * FROM articles WHERE published_precision = 'second' ORDER BY published_at DESC LIMIT 3"
    )[::-1]
    with closing(open_archive(data_dir / "archive.db")) as conn, conn:
        for article in told:
            conn.execute(
                "UPDATE articles SET story_id = ?, story_share = 0.9 WHERE id = ?",
                (told[0]["id"], article["id"]),
            )
    with serving(data_dir) as other:
        page = other.page("/-/stories?days=30")
        assert page.count('class="story"') == 1
        places = [page.index(urlencode({"id": article["id"]}, safe=":")) for article in told]
        assert places == sorted(places)
        [lag] = rows("SELECT lag FROM story_articles WHERE id = ?", told[-1]["id"])
        hours, minutes = divmod(lag["lag"] // 60, 60)
        assert re.search(f"{f'{hours} h ' * bool(hours)}{f'{minutes} min ' * bool(minutes)}later", page)
        assert other.page("/-/stories?days=1&to=2001-01-01").count('class="story"') == 0
        for article in told:
            page = other.page(article_address(article["id"]))
            assert page.count("later</span>") >= 1
            for one in told:
                assert (one is article) != (
                    f'href="{article_address(one["id"])}"'
                    in page.partition("The same story")[2].partition("</ol>")[0]
                )
        [story] = other.json("/archive/stories_of_a_span.json?_shape=array")
        assert (story["id"], story["articles"]) == (told[0]["id"], 3)
        first = other.json("/archive/who_was_first.json?_shape=array")
        assert [row["publisher"] for row in first if row["first"]] == [told[0]["publisher"]]
        with closing(open_archive(data_dir / "archive.db")) as conn, conn:
            conn.execute(
                "UPDATE articles SET published_at = '2026-05-01T00:00:00Z' WHERE id = ?", [told[0]["id"]]
            )
        assert "3 articles, " in other.page("/-/stories?days=7"), "as many as are shown"


def test_an_archive_from_before_there_were_stories_is_shown(tmp_path):
    """As a crawl of an earlier version left it; the next crawl brings it up to date."""
    earlier = [(name, sql) for name, sql in STEPS if name < "0005"]
    with closing(connect(tmp_path / "archive.db")) as conn:
        apply_steps(conn, SET, earlier)
        conn.execute(
            "INSERT INTO articles (id, arrival, site, headline, headline_from, published_at, published_precision,"
            " published_from, first_seen_at, retrieved_at, text_sha256) VALUES ('finews:1', 1, 'finews', '旧档案', 'feed',"
            " '2022-02-21T07:54:48Z', 'second', 'feed', '2022-02-21T08:00:00Z', '2022-02-21T08:00:00Z', '')"
        )
        conn.execute("INSERT INTO texts VALUES ('finews:1', '<p>正文</p>', '正文')")
        conn.commit()
    with serving(tmp_path) as other:
        for path in (
            "/",
            "/-/day",
            "/-/articles?q=%E6%AD%A3%E6%96%87",
            "/archive",
            "/archive/articles",
            "/-/article?id=finews:1",
        ):
            assert path == "/archive" or "旧档案" in other.page(path), path
        for path in (
            "/-/stories",
            "/archive/stories_of_a_span.csv",
            "/archive/articles_of_a_session",
            "/archive.json?sql=select+*+from+as_of",
        ):
            status, _, body = other.get(path)
            assert status == 503, path
            assert b"a crawl brings them up to date" in body, path
        status, _, body = other.get("/archive.json?sql=select+x+from+articles")
        open_archive(tmp_path / "archive.db").close()
        status, _, body = other.get("/archive.json?sql=select+x+from+articles")
        assert (status, json.loads(body)["error"]) == (400, "no such column: x"), "which no crawl will bring"


def test_a_crawl_may_write_meanwhile(crawl, newsroom, data_dir):
    links = [newsroom.share_link(one) for one in list(newsroom.articles)[:2]]
    assert crawl("share", f"url={links[0]}").returncode == 0
    with serving(data_dir) as other:
        count = "/archive.json?sql=select+count(*)+as+n+from+articles&_shape=array"
        assert other.json(count) == [{"n": 1}]
        assert crawl("share", f"url={links[1]}").returncode == 0
        assert other.json(count) == [{"n": 2}]


def test_an_archive_without_a_search_index_says_so(crawl, newsroom, data_dir):
    link = newsroom.share_link(next(iter(newsroom.articles)))
    assert crawl("share", f"url={link}", SEARCH_INDEX=False).returncode == 0
    with serving(data_dir) as other:
        for path in (
            "/",
            "/-/day",
            "/-/articles",
            "/-/articles?q=x",
            "/-/securities",
            "/-/volume",
            "/archive",
            "/archive/articles",
        ):
            page = other.page(path)
            assert "No search index in this archive" in page, path
            assert re.search(r'<input type="search" name="q"[^>]* disabled>', page), path
            assert 'name="_search"' not in page, path
        assert "SEARCH_INDEX=True" in other.page("/-/articles?q=x")
        status, _, body = other.get("/archive/articles?_search=x")
        assert status == 400
        assert b"SEARCH_INDEX=True" in body
        for query in QUERIES:
            assert other.get(f"/archive/{query.name}")[0] == (404 if needs_search(query) else 200), query.name


def test_an_empty_archive_can_be_looked_at(tmp_path):
    open_archive(tmp_path / "archive.db").close()
    with serving(tmp_path) as other:
        assert "The archive is empty" in other.page("/")
        for path in (
            "/-/articles",
            "/-/articles?q=x",
            "/-/volume",
            "/-/securities",
            "/archive",
            "/archive/articles",
        ):
            other.page(path)
        for path in (
            "/-/day",
            "/-/day?day=2026-01-01",
            "/-/article",
            "/-/article?id=x",
            "/-/security",
            "/-/security?id=x",
        ):
            assert other.get(path)[0] in (200, 404), path
        assert other.end() == (0, "")
