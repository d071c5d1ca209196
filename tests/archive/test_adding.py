"""``serve --add``: links and marks from where one reads, with a token, on this machine alone."""

import http.client
import json
import re
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from archive.reader_marks import Mark, WrongMark, add_links, links_of, read_mark, set_mark, waiting_links
from archive.times import utc_text
from archive.writer import Archive
from crawler.due_work import ADDED
from tests.archive.test_alerts import arrive
from tests.scrapy_process import run_scrapy
from tests.serving import serving

pytest.importorskip("datasette", reason="the extra analyst is not installed")
NOW = datetime(2026, 2, 21, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """It serves one article, finews:1."""
    folder = tmp_path_factory.mktemp("adding")
    arrive(folder, 1)
    with serving(folder, "--add") as running:
        running.token = re.search(r"token=(\S+)", running.printed.readline())[1]
        yield running


def post(server, path, body, **headers):
    """Status, headers and text."""
    kind = (
        "application/json"
        if isinstance(body, dict) and headers.pop("as_json", False)
        else "application/x-www-form-urlencoded"
    )
    data = json.dumps(body) if kind == "application/json" else urlencode(body)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as conn:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        conn.request("POST", path, data, {"content-type": kind, **names})
        answer = conn.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()


def ask(server, sql):
    with closing(sqlite3.connect(server.data / "archive.db")) as conn:
        return conn.execute(sql).fetchall()


def test_a_program_adds_links_with_the_token(server):
    bearer = {"authorization": f"Bearer {server.token}"}
    status, _, text = post(
        server, "/add", {"urls": ["https://a.example/1", "https://b.example/2"]}, as_json=True, **bearer
    )
    assert (status, json.loads(text)) == (202, {"added": 2, "waiting": 2})
    status, _, text = post(server, "/add", {"url": "https://a.example/1"}, as_json=True, **bearer)
    assert (status, json.loads(text)["waiting"]) == (202, 2), "twice is once"
    status, headers, text = post(server, "/add", {"url": "no link"}, as_json=True, **bearer)
    assert (status, headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert "no link" in json.loads(text)["error"]
    status, _, text = post(server, "/add", {"url": "https://a.example/\ud800"}, as_json=True, **bearer)
    assert (status, list(json.loads(text))) == (400, ["error"]), "half a character"
    status, _, text = post(server, "/add", {"url": "https://a.example/1"}, as_json=True)
    assert (status, list(json.loads(text))) == (401, ["error"])
    assert stat.S_IMODE((server.data / ".add-token").stat().st_mode) == 0o600


def test_a_browser_adds_links_with_the_cookie_that_the_address_brings(server):
    status, headers, _ = server.get(f"/add?token={server.token}&url=https://c.example/3")
    assert (status, headers["location"]) == (303, "/add?url=https%3A%2F%2Fc.example%2F3")
    assert "SameSite=Lax" in headers["set-cookie"]
    cookie = headers["set-cookie"].partition(";")[0]
    opened = {
        "cookie": cookie,
        "sec_fetch_site": "cross-site",
        "sec_fetch_mode": "navigate",
        "sec_fetch_dest": "document",
    }
    status, _, body = server.get("/add?url=https://c.example/3", **opened)
    assert status == 200, "a bookmarklet opens the form"
    assert "https://c.example/3</textarea>" in body.decode()
    assert server.token not in body.decode()
    status, headers, _ = post(server, "/add", {"links": "看 https://c.example/3"}, cookie=cookie)
    assert (status, headers["location"]) == (303, "/add?added=1")
    own = {"cookie": cookie, "sec_fetch_site": "same-origin", "origin": "null"}  # as Chromium sends our form
    assert post(server, "/add", {"links": "https://c.example/4"}, **own)[0] == 303
    assert ("https://c.example/3",) in ask(server, "SELECT link FROM added_links")
    assert "https://c.example/3" in server.get("/add", cookie=cookie)[2].decode()


def test_a_program_is_told_when_tables_are_of_an_earlier_version(tmp_path):
    arrive(tmp_path, 1)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn, conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name >= '0028'")
        conn.execute("DROP TABLE added_links")
    with serving(tmp_path, "--add") as server:
        bearer = {"authorization": f"Bearer {(tmp_path / '.add-token').read_text()}"}
        status, _, text = post(server, "/add", {"url": "https://a.example/1"}, as_json=True, **bearer)
    assert status == 503
    assert "a crawl brings them up to date" in json.loads(text)["error"]


def test_a_reader_who_writes_while_a_crawl_does_for_long_may_try_again(tmp_path):
    from archive.web.not_now import not_now  # late: needs Datasette

    error = not_now(tmp_path / "archive.db", sqlite3.OperationalError("database is locked"))
    assert (error.status, "Try again" in error.message) == (503, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"cookie": "finews_add=wrong"}, 401),
        ({"cookie": "{cookie}", "sec_fetch_site": "cross-site"}, 403),
        ({"cookie": "{cookie}", "origin": "https://evil.example"}, 403),
        ({"cookie": "{cookie}", "origin": "null"}, 403),
        ({"cookie": "{cookie}", "host": "evil.example"}, 421),
    ],
)
def test_nobody_else_adds_or_marks(server, headers, status):
    given = {name: value.format(cookie=f"finews_add={server.token}") for name, value in headers.items()}
    for path, body in (
        ("/add", {"links": "https://evil.example/"}),
        ("/-/mark", {"id": "finews:1", "note": "evil"}),
    ):
        assert post(server, path, body, **given)[0] == status
    assert not ask(
        server,
        "SELECT 1 FROM added_links WHERE link LIKE '%evil%' UNION SELECT 1 FROM reader_marks WHERE note = 'evil'",
    )


def test_the_form_shows_nothing_without_the_token_and_posts_go_nowhere_else(server):
    assert server.get("/add")[0] == 401
    assert server.get("/add?token=wrong")[0] == 401
    assert post(server, "/archive", {"sql": "select 1"}, authorization=f"Bearer {server.token}")[0] == 405
    assert (
        server.get(
            "/-/trend", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document"
        )[0]
        == 403
    )


def test_marks_of_an_article(server):
    cookie = f"finews_add={server.token}"
    form = {"id": "finews:1", "tags": "储能，待查,储能", "note": "见 <b>公告</b>", "read": "1"}
    status, headers, _ = post(server, "/-/mark", form, cookie=cookie)
    assert status == 303
    page = server.get(
        headers["Location"].partition("#")[0]
        if "Location" in headers
        else headers["location"].partition("#")[0]
    )[2].decode()
    assert 'value="储能, 待查"' in page
    assert "见 &lt;b&gt;公告&lt;/b&gt;" in page
    assert ask(server, "SELECT article_id, tags, note FROM reader_marks") == [
        ("finews:1", '["储能", "待查"]', "见 <b>公告</b>")
    ]
    assert post(server, "/-/mark", {"id": "finews:9", "tags": "x"}, cookie=cookie)[0] == 400
    assert post(server, "/-/mark", {"id": "finews:1"}, cookie=cookie)[0] == 303
    assert ask(server, "SELECT * FROM reader_marks") == [], "an empty mark is none"


def test_without_add_the_server_only_reads(tmp_path):
    arrive(tmp_path, 1)
    with serving(tmp_path) as running:
        assert running.get("/add")[0] == 403
        assert post(running, "/add", {"links": "https://a.example/"})[0] == 405
    done = run_scrapy(
        "serve",
        "--add",
        "--host",
        "0.0.0.0",
        "--port",
        "0",
        "-s",
        f"DATA_DIR={tmp_path}",
        "-s",
        "SERVE_PASSWORD=x",
    )
    assert done.returncode == 1
    assert "this machine alone" in done.stderr


def test_marks_outlive_an_edit_and_go_with_the_article(tmp_path):
    arrive(tmp_path, 1)
    path = tmp_path / "archive.db"
    set_mark(path, "finews:1", Mark(("a",)), NOW)
    with Archive(tmp_path) as archive:
        archive.render = lambda article: (article["post_path"], "post\n")
        known = archive.known("finews:1")
        assert known
    arrive(tmp_path, 1, text="改")
    with closing(sqlite3.connect(path)) as conn, conn:
        assert conn.execute("SELECT tags FROM reader_marks").fetchall() == [('["a"]',)]
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("DELETE FROM articles")
        assert conn.execute("SELECT * FROM reader_marks").fetchall() == []


def test_what_cannot_be_kept_is_said(tmp_path):
    for text, what in (
        ("", "no link"),
        ("http://x/" + "a" * 5000, "longer"),
        (" ".join(f"http://x/{n}" for n in range(1001)), "1,001"),
    ):
        with pytest.raises(WrongMark, match=what):
            links_of(text)
    with pytest.raises(WrongMark, match="tags"):
        read_mark("x" * 61, "", False)
    with pytest.raises(WrongMark, match="note"):
        read_mark("", "x" * 20_001, False)


def test_added_links_are_crawled_once(newsroom, crawl, rows, data_dir):
    assert crawl("share", "added=1").returncode == 0
    link = newsroom.share_link(newsroom.articles[0])
    gone = f"{newsroom.origin}/html_News/NewsShare.html?infoCode=NW209901010000000000"
    assert add_links(data_dir / "archive.db", [link, gone], newsroom.now) == 2
    assert crawl("share", "added=1").returncode == 3
    assert {row["url"]: row["outcome"] for row in rows("SELECT * FROM links")} == {
        link: "archived",
        gone: "gone",
    }
    with closing(sqlite3.connect(data_dir / "archive.db")) as conn:
        assert waiting_links(conn, newsroom.now) == []
    newsroom.requests.clear()
    assert crawl("share", "added=1").returncode == 0
    assert newsroom.requests == []
    assert crawl("share", "added=1", f"url={link}").returncode == 2


def test_a_scheduled_crawl_takes_added_links(newsroom, crawl, rows, data_dir):
    """Whatever becomes of them, the crawl's exit status is that of its lists; the light check starts a crawl for them."""
    assert crawl("finews").returncode == 0
    share = next(newsroom.share_link(article) for article in newsroom.articles if not article.feeds)
    gone = f"{newsroom.origin}/html_News/NewsShare.html?infoCode=NW209901010000000000"
    odd = "ftp://a.example/1"
    added = [share, gone, odd, newsroom.share_link(next(a for a in newsroom.articles if a.feeds))]
    add_links(data_dir / "archive.db", added, newsroom.now)
    with closing(sqlite3.connect(data_dir / "archive.db")) as conn:
        assert conn.execute(ADDED, {"now": utc_text(newsroom.now)}).fetchall() == [(1,)]
    assert crawl("finews").returncode == 0
    ended = {row["url"]: row["outcome"] for row in rows("SELECT * FROM links")}
    assert [ended[link] for link in added] == ["archived", "gone", "refused", "archived"]
    with closing(sqlite3.connect(data_dir / "archive.db")) as conn:
        assert (
            waiting_links(conn, newsroom.now),
            conn.execute(ADDED, {"now": utc_text(newsroom.now)}).fetchall(),
        ) == ([], [])
    newsroom.requests.clear()
    assert crawl("finews").returncode == 0
    assert not [path for path in newsroom.requests if "209901010000000000" in str(path)]


def test_a_wrong_clock_neither_hides_an_added_link_nor_has_it_crawled_for_ever(tmp_path):
    """Tried, and then given, while the clock was ahead."""
    ahead, links = datetime(2099, 1, 1, tzinfo=UTC), ["http://a.example/1", "http://a.example/2"]
    for now in (ahead, NOW):
        with Archive(tmp_path, now.isoformat()) as archive:
            if now is ahead:
                archive.end_link(links[0], None, "gone", "not there")
            else:
                add_links(archive.path, links[:1], NOW)
                add_links(archive.path, links[1:], ahead)
                assert archive.added_links() == links
                assert len(archive.conn.execute(ADDED, {"now": utc_text(NOW)}).fetchall()) == 1
                for link in links:
                    archive.end_link(link, None, "gone", "not there")
    with Archive(tmp_path, NOW.isoformat()) as archive:
        assert archive.added_links() == []
