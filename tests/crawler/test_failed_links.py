"""Links that brought no article, read again from what is left of their responses."""

import json

import pytest

from archive.captures import Captures
from archive.captures.journal import journal
from crawler.pages import PageError
from crawler.pages.web import AnyPage
from tests.crawler.replaying import copied, files_of, rows_of, run, tables_of
from tests.newsroom.server import Newsroom
from tests.scrapy_process import run_scrapy
from tests.websites import Websites, news_page

MOVED, NEWS, PAGES, HOME = (
    f"http://{rest}"
    for rest in ("t.example/x", "news.example/n/1.html", "news.example/n/2.html", "news.example/")
)
PART = "第二页的话：工程将分三期建成，首期为十万千瓦，其余两期视市场情况而定。" * 3
FEED = """<rss version="2.0"><channel><title>早报</title><item><title>列表里的标题：储能电站并网</title>
<link>http://paper.example/a/3.html</link><pubDate>Tue, 30 Jun 2026 15:21:07 +0800</pubDate></item></channel></rss>"""


class EarlierReader:
    """An extension of a crawl: an earlier version, which could read no page."""

    def __init__(self) -> None:
        def article(page: AnyPage) -> None:
            raise PageError("a page of a shape that we do not know")

        AnyPage.article = article


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """An archive of crawls by a reader to which every page was unknown."""
    folder = tmp_path_factory.mktemp("failed") / "data"
    folder.mkdir()
    (folder / "sources.toml").write_text('[paper]\nurl = "http://paper.example/feed.xml"\n', encoding="utf-8")
    with Newsroom() as room:
        websites = Websites(room)
        websites.put(NEWS, news_page())
        websites.redirect(MOVED, NEWS)
        websites.put(PAGES, news_page("两页的报道", behind="<a href='2_2.html'>下一页</a>"))
        websites.put("http://news.example/n/2_2.html", news_page("两页的报道", paragraphs=(PART,)))
        websites.put(HOME, b"<html><body><a href='/n/1.html'>x</a></body></html>")
        websites.put("http://paper.example/feed.xml", FEED.encode(), "application/rss+xml")
        websites.put("http://paper.example/a/3.html", news_page("网页上的标题"))
        links = folder.parent / "links.txt"
        links.write_text("\n".join([MOVED, PAGES, HOME]))
        settings = {
            "DATA_DIR": folder, "FINEWS_NOW": room.now.isoformat(), "CONNECT_TO": websites.everywhere, "RETRY_TIMES": 0,
            "EXTENSIONS": json.dumps({f"{__name__}.EarlierReader": 1}), "LOG_LEVEL": "CRITICAL",
        }  # fmt: skip
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        for words in (["share", "-a", f"urls={links}"], ["feeds", "-a", "sources=paper"]):
            done = run_scrapy("crawl", *words, *flags)
            assert done.returncode != 70, done.stderr
    return folder


@pytest.fixture
def data(failed, tmp_path):
    """Its copy, with another version of the reader: a rule more."""
    folder = copied(failed, tmp_path / "data")
    (folder / "rules.toml").write_text(
        '[app]\npattern = "更多内容请下载.{0,20}客户端"\ndrops = "<p>更多内容请下载某某客户端</p>"\n'
        'keeps = "<p>更多内容请下载说明书第三章的用户占三成，公司说。</p>"\n',
        encoding="utf-8",
    )
    return folder


def test_the_crawls_brought_nothing(failed):
    assert rows_of(failed, "SELECT count(*) FROM articles") == [(0,)]
    assert {row[0] for row in rows_of(failed, "SELECT outcome FROM links")} == {"unreadable"}
    assert "0 articles read again" in run("reparse", "--dry-run", data_dir=failed).stdout


def test_a_dry_run_shows_what_would_be_articles(data, tmp_path):
    before = tables_of(data)
    done = run("reparse", "--dry-run", "--html", tmp_path / "x.html", data_dir=data)
    assert "2 links that failed would be articles; 2 other links" in done.stdout, done.stdout + done.stderr
    assert "山南储能电站一期并网" in done.stdout
    assert "unreadable" in done.stdout
    assert tables_of(data) == before
    assert "列表里的标题" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "links" not in run("reparse", "--dry-run", "--where", "1", data_dir=data).stdout


def test_they_become_articles_with_all_that_a_crawl_would_know(data, tmp_path):
    links = dict(rows_of(data, "SELECT url, tries || last_tried_at FROM links"))
    done = run("reparse", data_dir=data)
    assert "2 links that had failed are articles now" in done.stdout, done.stdout + done.stderr
    found = dict(rows_of(data, "SELECT id, headline || headline_from FROM articles"))
    assert found == {
        "web:news.example/n/1.html": "山南储能电站一期并网page",
        "web:paper.example/a/3.html": "列表里的标题：储能电站并网feed",
    }
    assert dict(rows_of(data, "SELECT url, outcome FROM links")) == {
        MOVED: "archived", "http://paper.example/a/3.html": "archived", PAGES: "unreadable", HOME: "unreadable",
    }  # fmt: skip
    assert dict(rows_of(data, "SELECT url, tries || last_tried_at FROM links")) == links
    assert rows_of(data, "SELECT feed FROM article_feeds") == [("paper",)]
    [check] = rows_of(
        data,
        "SELECT article_id, done, last_checked_at = retrieved_at, next_check_at >= retrieved_at FROM checks JOIN articles ON id = article_id",
    )
    assert check == ("web:paper.example/a/3.html", 0, 1, 1), (
        "as what a list names is, and a link by hand is not"
    )
    assert rows_of(
        data, "SELECT DISTINCT reader LIKE '%.rules-%', http_status, captured_from FROM articles"
    ) == [(1, 200, None)]
    assert run("verify", data_dir=data).returncode == 0
    assert "2 articles read again: 0 changed" in run("reparse", data_dir=data).stdout
    made = tmp_path / "made"
    assert run("rebuild", data, data_dir=made).returncode == 0
    assert (tables_of(made), files_of(made)) == (tables_of(data), files_of(data))


def test_what_stays_unread_is_not_read_twice_by_one_reader(data):
    run("reparse", data_dir=data)
    with Captures.read(data) as captures:
        marks = [entry.entry["reader"] for entry in journal(captures.db) if "reader" in entry.entry]
    assert len(marks) == 2
    assert "stay" not in run("reparse", data_dir=data).stdout
    (data / "rules.toml").unlink()
    assert "2 other links that failed stay" in run("reparse", data_dir=data).stdout


def test_what_was_taken_down_since_stays_down(data):
    run("reparse", data_dir=data)
    assert run("forget", "web:news.example/n/1.html", data_dir=data).returncode == 0
    (data / "rules.toml").unlink()
    run("reparse", data_dir=data)
    assert rows_of(data, "SELECT id FROM articles") == [("web:paper.example/a/3.html",)]
