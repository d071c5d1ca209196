"""``scrapy report``: the real command on real archives; the page read as HTML and looked at in a browser."""

import re
import sqlite3
from datetime import timedelta

import lxml.html
import pytest
from sqlite_utils import Database

from archive.report.page import STYLE
from archive.schema import migrations, open_archive
from tests import browser
from tests.crawler.test_status import NOW, add_article, add_crawl, at, insert, run
from tests.new_archive import lay_archive
from tests.worked_queries import make_archive

HOSTILE = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e\x00\x1b[2J"


def report(data, *args):
    """Runs it; exit status, output and errors."""
    done = run("report", data, *args, PYTHONUTF8="1")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Page:
    """A written page."""

    def __init__(self, data, *args):
        status, said, errors = report(data, "--output", "-", *args)
        assert (status, errors) == (0, "")
        self.source, self.tree = said, lxml.html.document_fromstring(said)

    def text(self, where="body"):
        found = self.tree.get_element_by_id(where) if where != "body" else self.tree.body
        return " ".join(found.text_content().split())

    def key(self, name):
        """Figure and words of one of the key figures."""
        [value] = [dd for dd in self.tree.cssselect(".keys dd") if dd.getprevious().text_content() == name]
        return value.find("strong").text_content(), value.find("small").text_content()

    def rows(self, where, table=0):
        """Cells of a table in a part of the page."""
        found = self.tree.get_element_by_id(where).cssselect("table")[table]
        return [[cell.text_content() for cell in row] for row in found.cssselect("tbody tr")]

    def notes(self):
        return [(li.get("class"), li.find("a").text_content()) for li in self.tree.cssselect(".attention li")]


class Filling:
    """An archive that is filled by hand; today is `NOW`'s day, a Tuesday."""

    def __init__(self, data):
        data.mkdir()
        lay_archive(data, captures=False)
        self.data, self.conn, self.number = data, open_archive(data / "archive.db"), 0

    def add(self, published_at, count=1, **more):
        for _ in range(count):
            self.number += 1
            add_article(self.conn, self.number, published_at=published_at, **{"first_seen_at": published_at or at()} | more)  # fmt: skip
        return f"finews:20260630{self.number:010d}"

    def weeks(self, count=30, first=20):
        """So many articles on each of the last days but today, in the archive since before them."""
        for days in range(first, 0, -1):
            self.add(at(days=days, hours=4), count)

    def page(self, *args):
        self.conn.commit()
        return Page(self.data, *args)


@pytest.fixture
def filling(data_dir):
    found = Filling(data_dir)
    yield found
    found.conn.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample newsroom's archive."""
    data = tmp_path_factory.mktemp("sample")
    make_archive(data).close()
    return data


def test_the_figures_are_those_of_the_archive(sample):
    page = Page(sample, "--days", "3660", "--until", "2026-07-01")
    conn = sqlite3.connect(sample / "archive.db")

    def one(sql):
        return conn.execute(sql).fetchone()[0]

    articles = one("SELECT count(*) FROM articles")
    assert page.key("Articles")[0] == f"{articles:,}"
    assert page.key("Publishers")[0] == str(one("SELECT count(DISTINCT publisher) FROM articles"))
    assert page.key("Edited") == (
        str(one("SELECT count(*) FROM articles WHERE revision > 1")),
        f"afterwards; {one('SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL')} withdrawn",
    )
    kept = one("SELECT count(*) FROM article_images WHERE status = 'stored'")
    assert page.key("Images stored")[1] == f"{kept} of {one('SELECT count(*) FROM article_images')}"
    assert [[name, int(n)] for name, _, n, *_ in page.rows("publishers")] == [
        list(row)
        for row in conn.execute(
            "SELECT publisher, count(*) FROM articles WHERE publisher IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12"
        )
    ]
    shares = "SELECT name, count(DISTINCT article_id) FROM article_securities JOIN securities ON id = security_id WHERE NOT doubtful AND kind {} IN ('board', 'index') GROUP BY id ORDER BY 2 DESC, id LIMIT {}"  # fmt: skip
    for table, (sign, most) in enumerate((("NOT", 12), ("", 6))):
        found = [(name, int(n)) for name, _, _, n, *_ in page.rows("securities", table)]
        assert found == [(name or found[n][0], count) for n, (name, count) in enumerate(conn.execute(shares.format(sign, most)))]  # fmt: skip
    rules = conn.execute("SELECT rule, fragments, articles FROM boilerplate_by_rule LIMIT 12")
    assert [(rule, int(n), int(m)) for rule, _, n, m in page.rows("boilerplate")] == rules.fetchall()
    assert {name: int(n) for name, n, _ in page.rows("crawls")} == dict(
        conn.execute(
            "SELECT outcome, count(*) FROM links WHERE outcome NOT IN ('archived', 'unchanged') GROUP BY 1"
        )
    )
    conn.close()


def test_the_page_needs_nothing_else(sample):
    page = Page(sample)
    assert not page.tree.cssselect("script, img, link, iframe, object, embed, form, base")
    assert not [name for one in page.tree.iter() if isinstance(one.tag, str) for name in one.attrib if name.startswith("on")]  # fmt: skip
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert {one.get("href")[0] for one in page.tree.cssselect("a")} <= {"#", "h"}
    targets = {one.get("href")[1:] for one in page.tree.cssselect(".attention a")}
    assert targets <= {one.get("id") for one in page.tree.cssselect("section")}


def test_every_drawing_can_be_told(sample):
    page = Page(sample)
    drawings = page.tree.cssselect("svg")
    assert len(drawings) > 20
    for drawing in drawings:
        if drawing.get("aria-hidden") == "true":
            assert drawing.getparent().getnext().text_content(), "the figure stands beside it"
            continue
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label") or (drawing[0].tag == "title" and drawing[0].text_content())


def test_it_is_written_beside_the_archive_and_nothing_else_is(sample):
    def files():
        return {path: path.stat().st_mtime_ns for path in sample.rglob("*") if path.name != "report.html" and not path.is_dir()}  # fmt: skip

    before = files()
    status, said, _ = report(sample, "--until", "2026-07-01")
    assert status == 0
    assert said.startswith(f"{sample / 'report.html'}: 2026-06-01 to 2026-06-30, ")
    assert files() == before
    first = (sample / "report.html").read_bytes()
    (sample / "report.html").write_text("an older one")
    assert report(sample, "--until", "2026-07-01", "-s", "FINEWS_NOW=2031-01-01T00:00:00+00:00")[0] == 0
    assert (sample / "report.html").read_bytes() == first
    assert first.decode() == Page(sample, "--until", "2026-07-01").source


def test_no_archive(data_dir):
    status, _, errors = report(data_dir)
    assert (status, errors.count("\n")) == (1, 1)
    assert "no archive yet" in errors
    assert not data_dir.exists()


def test_days_without_an_article_say_which_have_some(filling):
    filling.add("2026-01-05T17:00:00Z")  # the 6th in Beijing
    filling.conn.commit()
    status, said, errors = report(filling.data)
    assert (status, errors) == (0, "")
    assert "0 articles" in said
    [until] = re.findall(r"--until (\S+)", said)
    assert until == "2026-01-07"
    status, said, _ = report(filling.data, "--until", until)
    assert "1 articles" in said
    assert "--until" not in said


def test_an_empty_archive(filling):
    page = filling.page()
    assert page.key("Articles") == ("0", "0 a day")
    assert "The archive is empty" in page.text()
    assert "None in the 30 days" in page.text("volume")


def test_an_archive_without_the_search_index(data_dir):
    data_dir.mkdir()
    conn = open_archive(data_dir / "archive.db", search=False)
    add_article(conn, 1)
    conn.close()
    assert Page(data_dir).key("Articles")[0] == "1"


def test_an_archive_of_an_earlier_version_says_what_to_do(data_dir):
    data_dir.mkdir()
    db = Database(data_dir / "archive.db")
    migrations().apply(db, stop_before="0005_stories")
    db.close()
    status, _, errors = report(data_dir)
    assert status == 1
    assert "a crawl brings them up to date" in errors


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("--days", "0"), 2, "--days 0: give 1"),
        (("--days", "x"), 2, "invalid int value"),
        (("--until", "yesterday"), 2, "--until yesterday: give a Beijing day"),
        (("--until", "0001-01-02"), 2, "give a later day"),
        (("now",), 2, "report: unexpected argument 'now'"),
        (("--output", "/"), 2, "is a folder"),
        (("--output", "/proc/nowhere/report.html"), 73, "cannot be written"),
    ],
)
def test_wrong_usage(filling, args, status, said):
    done = report(filling.data, *args)
    assert done[0] == status
    assert said in done[2]
    assert "Traceback" not in done[2]


def test_days_are_beijings_and_the_end_is_left_out(filling):
    filling.add("2026-06-26T16:00:00Z", first_seen_at="2026-05-01T00:00:00Z")  # the 27th begins
    filling.add("2026-06-28T15:59:59Z", 2)
    filling.add("2026-06-28T16:00:00Z", 4)  # the 29th
    filling.add(None, 8, first_seen_at="2026-06-28T12:00:00Z")
    page = filling.page("--days", "2", "--until", "2026-06-29")
    assert page.key("Articles")[0] == "11"
    assert [row[:2] for row in page.rows("volume")] == [["Sun 2026-06-28", "10"], ["Sat 2026-06-27", "1"]]
    assert "The last day is not over" not in page.text("volume")
    page = filling.page("--days", "1", "--until", "2026-06-29T00:00:01")
    assert page.key("Articles")[0] == "4"
    assert "The last day is not over" in page.text("volume")


def test_bars_of_a_long_span_are_weeks(filling):
    filling.add(at(days=399))  # in the first bar, which has one day
    filling.add(at(days=13), 2)
    filling.add(at(days=7), 3)
    filling.add(at(days=6), 4)
    page = filling.page("--days", "400")
    assert "Articles a week" in page.text("volume")
    assert "The first bar holds 1 day only" in page.text("volume")
    assert [row[:2] for row in page.rows("volume") if row[1] != "0"] == [
        ["from 2026-06-24", "4"], ["from 2026-06-17", "5"], ["from 2025-05-27", "1"],
    ]  # fmt: skip
    assert len(page.rows("volume")) == 58


def test_as_long_a_span_before_is_compared(filling):
    filling.add(at(days=7), 10)  # Tuesday, 18:00 as now
    filling.add(at(days=5), 4, publisher="江海日报")
    filling.add(at(days=2, hours=1), 15)
    assert filling.page("--days", "3").key("Articles") == ("15", "+275% on the 3 days before")  # fmt: skip
    assert filling.page("--days", "7").key("Articles")[1] == "3 a day", (
        "the archive is younger than twice that"
    )


def test_days_before_the_archive_are_not_shown(filling):
    filling.add(at(days=8), 3)
    page = filling.page("--days", "30")
    assert [row[0] for row in page.rows("volume")][-1] == "Mon 2026-06-22"
    assert page.notes()[0] == ("bad", "7 days without an article: 06-26, 06-27, 06-28, 06-29 and 3 before")


def test_latency(filling):
    for seconds, feeds in (
        (30, ["rolling"]),
        (240, ["media"]),
        (660, ["rolling", "media"]),
        (90_000, ["media"]),
    ):
        ident = filling.add(at(days=2))
        for late, feed in enumerate(feeds):
            listed = NOW - timedelta(days=2) + timedelta(seconds=seconds + 3600 * late)
            insert(filling.conn, "article_feeds", article_id=ident, feed=feed, first_listed_at=f"{listed:%Y-%m-%dT%H:%M:%SZ}")  # fmt: skip
    ident = filling.add(at(days=2), published_precision="day")
    insert(filling.conn, "article_feeds", article_id=ident, feed="rolling", first_listed_at=at(days=1))
    page = filling.page()
    assert page.key("Seen within") == ("4 min", "of publication; nine of ten within 11 min")
    assert page.rows("latency") == [["media", "2", "4 min", "71 min", "50%"], ["rolling", "2", "under 1 min", "11 min", "100%"]]  # fmt: skip
    assert "1 article named more than 24 hours later" in page.text("latency")


def test_stories(filling):
    first = filling.add(at(days=2, hours=3), headline="港口", canonical_url="https://news.example/a?b=1&c=2")
    for hours, publisher in ((2, "江海日报"), (0, "远山商报")):
        filling.add(at(days=2, hours=hours), publisher=publisher, story_id=first)
    filling.conn.execute("UPDATE articles SET story_id = id WHERE id = ?", [first])
    page = filling.page()
    assert page.rows("stories") == [["港口晨光财经", "3", "3", "3 h"]]
    [link] = page.tree.get_element_by_id("stories").cssselect("a")
    assert link.get("href") == "https://news.example/a?b=1&c=2"
    assert page.key("Repeats")[0] == "67%"


def test_nothing_needs_attention(filling):
    filling.weeks()
    filling.add(at(minutes=5))
    add_crawl(filling.conn)
    page = filling.page("--days", "14")
    assert page.notes() == []
    assert "Nothing at present." in page.text()


def test_what_needs_attention(filling):
    filling.weeks(first=40)
    filling.conn.execute("DELETE FROM articles WHERE date(published_at, '+8 hours') = '2026-06-20'")
    filling.conn.execute("DELETE FROM articles WHERE date(published_at, '+8 hours') = '2026-06-22' AND arrival % 3 <> 0")  # fmt: skip
    filling.conn.execute("UPDATE articles SET headline_from = 'body' WHERE arrival % 10 = 0")
    ids = [row[0] for row in filling.conn.execute("SELECT id FROM articles ORDER BY arrival DESC LIMIT 40")]
    for number, ident in enumerate(ids):
        insert(filling.conn, "article_images", article_id=ident, position=1, url="x", status="failed" if number < 6 else "refused")  # fmt: skip
    insert(filling.conn, "gaps", feed="rolling", from_at=at(days=3), to_at=at(days=2), opened_at=at(days=2), tries=2)  # fmt: skip
    insert(filling.conn, "gaps", feed="media", from_at=at(days=3), to_at=at(days=2), opened_at=at(days=2), filled_at=at(days=1))  # fmt: skip
    insert(filling.conn, "feeds", feed="market-37", last_polled_at=at(), last_read_at=at(hours=2), failures=4, reason="503")  # fmt: skip
    insert(filling.conn, "links", url="http://x/1", outcome="failed", reason="no answer", first_tried_at=at(days=1), last_tried_at=at(days=1))  # fmt: skip
    add_crawl(filling.conn, minutes=9)
    add_crawl(filling.conn, minutes=3, finished_at=None, outcome="interrupted", exit_status=None)
    assert filling.page("--days", "28").notes() == [
        ("bad", "1 gap open in rolling: articles of those hours may be missing"),
        ("bad", "feed market-37 failed 4 times in a row; last read 06-30 16:00"),
        ("bad", "the last crawl (finews, 06-30 17:57) was killed"),
        ("bad", "1 day without an article: 06-20"),
        ("poor", "1 day has less than half of their weekday's articles: 06-22"),
        ("poor", "10% of the articles (76) are without a headline of their own"),
        ("poor", "15% of the images (6) could not be fetched"),
        ("poor", "1 link could not be fetched or read"),
    ]
    page = filling.page("--days", "28")
    assert page.rows("gaps") == [["media", *page.rows("gaps")[0][1:2], "0", "1"], ["rolling", *page.rows("gaps")[1][1:2], "1", "0"]]  # fmt: skip
    # A gap that was filled later was open then.
    assert (
        "2 gaps open in media, rolling" in filling.page("--days", "28", "--until", at(days=1, hours=1)).text()
    )


def test_foreign_text_is_text(filling):
    ident = filling.add(at(days=1), headline=HOSTILE, publisher=HOSTILE, canonical_url="javascript:alert(1)")
    filling.add(at(days=1), headline=HOSTILE, publisher="x" * 5000, share_url="http://x/\"onmouseover='alert(1)", story_id=ident)  # fmt: skip
    filling.conn.execute("UPDATE articles SET story_id = id WHERE id = ?", [ident])
    insert(filling.conn, "securities", id="1.1", market="1", code=HOSTILE, name=HOSTILE, kind="stock")
    insert(filling.conn, "article_securities", article_id=ident, security_id="1.1", origin="text")
    insert(filling.conn, "removals", article_id=ident, position=1, rule=HOSTILE)
    insert(filling.conn, "article_feeds", article_id=ident, feed=HOSTILE, first_listed_at=at(days=1))
    insert(filling.conn, "feeds", feed=HOSTILE, last_polled_at=at(), failures=9, reason=HOSTILE)
    insert(filling.conn, "gaps", feed=HOSTILE, from_at=at(days=3), to_at=at(days=2), opened_at=at(days=2), reason=HOSTILE)  # fmt: skip
    insert(filling.conn, "links", url=HOSTILE, outcome="failed", first_tried_at=at(days=1), last_tried_at=at(days=1))  # fmt: skip
    add_crawl(filling.conn, spider=HOSTILE, outcome="failed", exit_status=70, reason=HOSTILE)
    filling.conn.execute("UPDATE articles SET headline = CAST(x'e6b8' AS TEXT) WHERE arrival = 2")  # no UTF-8
    page = filling.page()
    assert not page.tree.cssselect("script, img")
    assert len(page.tree.cssselect("style")) == 1
    assert not re.search("[\u202e\x00\x1b]", page.source)
    assert not [a for a in page.tree.cssselect("a") if not re.match(r"#|https?://", a.get("href"))]
    assert not [name for one in page.tree.iter() if isinstance(one.tag, str) for name in one.attrib if name.startswith("on")]  # fmt: skip
    assert "<script>alert(1)</script>" in page.text("crawls")


def luminance(colour):
    """Of a colour #rrggbb, as WCAG 2 reckons it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_from_the_paper(scheme):
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    of_page, of_charts = blocks[scheme], blocks[scheme + 3]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", of_page + of_charts))
    for name in ("ink", "soft", "good", "poor", "bad", "s1", "s2", "s3", "s4", "s5", "s6", "rest"):
        for paper in ("paper", "card"):
            pale, deep = sorted((luminance(colours[name]), luminance(colours[paper])), reverse=True)
            least = 4.5 if name in ("ink", "soft", "good", "poor", "bad") else 3
            assert (pale + 0.05) / (deep + 0.05) >= least, (name, paper)


@pytest.mark.slow
@pytest.mark.skipif(browser.MISSING is not None, reason=str(browser.MISSING))
def test_in_a_browser(sample, tmp_path):
    for days, name in ((30, "month"), (366, "year")):
        report(
            sample, "--days", str(days), "--until", "2026-07-01", "--output", str(tmp_path / f"{name}.html")
        )
    with browser.browser(tmp_path / "profile") as driver:
        for name in ("month", "year"):
            for width, scheme in ((320, "light"), (400, "dark"), (768, "light"), (1280, "dark")):
                browser.seen_on(driver, width, 900)
                browser.colours(driver, scheme)
                driver.get((tmp_path / f"{name}.html").as_uri())
                assert driver.execute_script("return document.documentElement.scrollWidth") <= width, (
                    name,
                    width,
                )
                assert browser.complaints(driver) == []
        asked = [
            address for address in browser.asked_for(driver) if not address.startswith(("chrome:", "data:"))
        ]
        assert {address.rpartition("/")[2] for address in asked} == {"month.html", "year.html"}
        drawn = "return [...document.querySelectorAll('#volume .part')].every(bar => bar.getBoundingClientRect().height > 1)"
        assert driver.execute_script(drawn)
