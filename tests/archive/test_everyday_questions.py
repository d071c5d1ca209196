"""Eight everyday questions: each is answered at most two clicks from the front page of ``serve``, and by one line of SQL."""

import re
import sqlite3
from contextlib import closing
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest

from archive.api import open_archive as read_archive
from archive.schema import open_archive
from tests import browser as chromium
from tests.archive.test_views import Rows
from tests.serving import serving

pytest.importorskip("datasette", reason="the extra analyst is not installed")


def fill(rows):
    """A story of two publishers, an edit of figures, one of before, a withdrawal, a security that surges, two feeds."""
    at = {"first": "2026-06-29T01:00:00Z", "second": "2026-06-29T01:20:00Z"}
    told = [
        rows.article("冷链公司预增", at["first"], publisher="甲报", first_seen_at="2026-06-29T01:05:00Z"),
        rows.article("冷链公司预增的消息", at["second"], publisher="乙报"),
    ]
    rows.conn.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(told[0], one) for one in told])
    for number in range(4):
        rows.security(rows.article(f"快讯{number}", f"2026-06-2{5 + number}T04:00:00Z"), "600160")
    rows.security(rows.article("旧闻", "2026-05-31T15:59:59Z"), "600160")
    for headline, changed, fields in (
        ("预告修正", "2026-06-28T04:00:00Z", '{"figures": {"removed": ["180"], "added": ["240"]}}'),
        ("上周修正", "2026-06-20T04:00:00Z", '{"figures": {"removed": ["1"], "added": ["2"]}}'),
        ("撤下的稿", "2026-06-28T05:00:00Z", '{"withdrawn": true}'),
    ):
        withdrawn = {"withdrawn_at": changed} if headline == "撤下的稿" else {}
        one = rows.article(headline, "2026-06-19T04:00:00Z", revision=2, retrieved_at=changed, **withdrawn)
        rows.add("revisions", article_id=one, revision=1, retrieved_at="2026-06-19T04:00:00Z", headline=headline,
                 body_html="<p>旧</p>", body_text="旧", changes=fields)  # fmt: skip
    for feed, delays in {"rolling": (1, 2, 3, 40), "media": (9, 9, 9, 9 * 1440)}.items():
        for number, minutes in enumerate(delays):
            listed = f"strftime('%Y-%m-%dT%H:%M:%SZ', published_at, '+{minutes} minutes')"
            rows.conn.execute(
                f"INSERT INTO article_feeds SELECT id, ?, {listed} FROM articles WHERE headline = ?",
                [feed, f"快讯{number}"],
            )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server on that archive, and a function that asks the archive itself."""
    data = tmp_path_factory.mktemp("everyday") / "data"
    data.mkdir()
    with closing(open_archive(data / "archive.db")) as conn:
        conn.execute("PRAGMA trusted_schema = ON")
        with conn:
            fill(Rows(conn))
        with serving(data) as server:
            yield server, lambda sql: conn.execute(sql).fetchall()


def click(server, page, address):
    """What the link of *page* leads to whose address is matched by *address*."""
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    found = [link for link in links if re.fullmatch(address, link)]
    assert found, (address, links)
    return server.page(found[0])


QUESTIONS = {
    "who was first on a story": (
        ["/-/stories"],
        r"(?s)冷链公司预增</a>.*甲报</a>.*乙报</a> <span class=\"count\">20 min later",
        "SELECT first_publisher FROM stories WHERE headline LIKE '%冷链%'",
        [("甲报",)],
    ),
    "which publishers are first most often": (
        ["/-/stories", "/archive/who_was_first"],
        r"(?s)甲报.*乙报",
        "SELECT first_publisher, count(*) FROM stories WHERE publishers > 1 GROUP BY 1 ORDER BY 2 DESC",
        [("甲报", 1)],
    ),
    "this week's edits that changed figures": (
        ["/-/edits", r"/-/edits\?kind=figures&from=2026-06-23"],
        r"(?s)^(?!.*上周修正)(?!.*撤下的稿).*预告修正",
        "SELECT new_headline FROM revision_changes WHERE figures_added <> '[]' AND changed_at >= '2026-06-22T16:00:00Z'",
        [("预告修正",)],
    ),
    "withdrawn articles": (
        ["/-/edits", r"/-/edits\?kind=withdrawn"],
        r"(?s)^(?!.*修正).*撤下的稿",
        "SELECT headline FROM articles WHERE withdrawn_at IS NOT NULL",
        [("撤下的稿",)],
    ),
    "securities that surge against last week": (
        ["/-/securities", "/archive/surging_securities"],
        r"(?s)名600160.*\b4\.0\b",
        "SELECT name, sum(day >= '2026-06-23') - sum(day BETWEEN '2026-06-16' AND '2026-06-22') FROM mentions GROUP BY 1 ORDER BY 2 DESC",
        [("名600160", 4)],
    ),
    "a word by month": (
        [r"/-/trend\?q=%E5%86%B7%E9%93%BE&by=month"],
        r"<td>2026-06-01</td><td class=\"number\">2</td>",
        "SELECT substr(day, 1, 7), count(*) FROM search WHERE q = '冷链' GROUP BY 1",
        [("2026-06", 2)],
    ),
    "one security's June as CSV": (
        [r"/-/security\?id=1\.600160", r"/archive/articles_on_a_security\.csv\?.*from=2026-06-01&to=2026-06-30"],
        r"(?s)^(?!.*旧闻)published_at,headline,.*(?:快讯\d.*){4}$",
        "SELECT count(*) FROM mentions WHERE code = '600160' AND day BETWEEN '2026-06-01' AND '2026-06-30'",
        [(4,)],
    ),
    "how late each feed is": (
        ["/archive", "/archive/how_late_feeds_are"],
        r"(?s)rolling.*40\.0.*media.*9\.0",
        "SELECT feed, articles, listed_median, listed_p90, backfilled FROM feed_delays ORDER BY feed DESC",
        [("rolling", 4, 2.0, 40.0, 0), ("media", 3, 9.0, 9.0, 1)],
    ),
}  # fmt: skip
"""Links to follow from the front page (of a word: from what its search finds), what is there, one line of SQL, its answer."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_everyday_question_takes_two_clicks_or_one_line(served, question):
    server, ask = served
    clicks, shown, sql, answer = QUESTIONS[question]
    page = server.page("/" if question != "a word by month" else f"/-/articles?{urlencode({'q': '冷链'})}")
    assert len(clicks) <= 2
    for address in clicks:
        page = click(server, page, address)
    assert re.search(shown, page), page
    assert ask(sql) == answer


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with chromium.browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.mark.slow
@pytest.mark.skipif(bool(chromium.MISSING), reason=chromium.MISSING or "")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_everyday_question_is_answered_by_real_clicks(served, driver, question, width):
    """From the front page (of a word: from its search box), on links that a person sees, each of them once."""
    server, _ = served
    clicks, shown, _, _ = QUESTIONS[question]
    chromium.seen_on(driver, width, 900)
    driver.get(server.origin)
    if question == "a word by month":
        driver.find_element("name", "q").send_keys("冷链")
        chromium.follow(driver, driver.find_element("css selector", "form.find button").click)
    for number, address in enumerate(clicks, 1):
        seen = [link for link in driver.find_elements("css selector", "a[href]") if link.is_displayed()]
        links = {link.get_dom_attribute("href"): link for link in reversed(seen)}
        [chosen, *_] = [href for href in links if re.fullmatch(address, href)]
        if ".csv" in chosen:  # a file, not a page
            assert number == len(clicks)
            assert re.search(shown, server.page(chosen))
            return
        chromium.follow(driver, links[chosen].click)
        assert urlsplit(driver.current_url).path == urlsplit(chosen).path
    assert re.search(shown, driver.page_source), driver.page_source


def test_feeds_without_a_timely_article_are_named(served):
    """What is known of an archive that holds nothing timely is that all of it was filled in later."""
    server, _ = served
    assert '<td class="col-listed_p90 number"' in server.page("/archive/how_late_feeds_are")
    rows = server.json("/archive/how_late_feeds_are.json?_shape=array&from=2026-06-28")
    assert [(row["feed"], row["articles"], row["listed_median"], row["backfilled"]) for row in rows] == [
        ("rolling", 1, 40.0, 0),
        ("media", 0, None, 1),
    ]


def test_a_search_without_words_says_what_it_lacks(served):
    """In the browser, in the reader's language, and in Python; what answers is not touched."""
    server, _ = served
    asked = f"/archive?{urlencode({'sql': 'select * from search'})}"
    for language, words in (("en", "add WHERE q = "), ("zh", "请加上 WHERE q = ")):
        _, _, body = server.get(asked, accept_language=language)
        assert f"SQL logic error: {'the view search' if language == 'en' else ''}" in body.decode()
        assert words in unescape(body.decode())
    archive = read_archive(server.data)
    with pytest.raises(sqlite3.OperationalError, match=r"the view as_of .* add WHERE t = '2026"):
        archive.sql("select id from as_of")
    assert archive.sql("select count(*) as n from search where q = '冷链'") == [{"n": 2}]


def test_half_and_nine_of_ten_of_a_feed(tmp_path):
    with closing(open_archive(tmp_path / "archive.db")) as conn:
        rows = Rows(conn)
        for number in range(10):
            one = rows.article(
                f"{number}", "2026-06-01T00:00:00Z", first_seen_at=f"2026-06-01T00:{number:02}:30Z"
            )
            rows.add("article_feeds", article_id=one, feed="rolling", first_listed_at=f"2026-06-01T00:{59 - number}:00Z")  # fmt: skip
        assert rows("SELECT * FROM feed_delays") == [("rolling", 10, 54.0, 58.0, 4.5, 8.5, 0)]
