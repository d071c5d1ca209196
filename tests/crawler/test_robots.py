"""The parser of robots.txt answers as Scrapy's own does, whichever way it takes."""

import pytest
from scrapy.robotstxt import ProtegoRobotParser

from crawler.robots import RobotParser, disallows_nothing
from tests.newsroom.server import Newsroom

OPEN = [
    b"",
    b"User-agent: *\nAllow: /\n",
    b"\xef\xbb\xbf# all may read\r\nUser-agent: *\r\nCrawl-delay: 2\r\nSitemap: https://paper.example/map.xml\r\n",
]
CLOSED = [
    b"User-agent: *\nDisallow: /\n",
    b"User-agent: *\ndisallow : /a/\n",
    b"User-agent: *\nDissallow: /a/ # misspelt\n",
    b"User-agent: *\nDisallow: /*.html$\nAllow: /a/1.html\n",
    b"<html><body>Not found</body></html>",
]
URLS = ["https://paper.example/", "https://paper.example/a/1.html", "https://paper.example/a/2.html"]


@pytest.mark.parametrize("body", OPEN + CLOSED)
def test_answers_as_scrapys_parser(body):
    ours, theirs = RobotParser(body, None), ProtegoRobotParser(body, None)
    for url in URLS:
        assert ours.allowed(url, "finews-archive") == theirs.allowed(url, "finews-archive")
    assert ours.crawl_delay("finews-archive") == theirs.crawl_delay("finews-archive")


@pytest.mark.parametrize("body", OPEN[:2])
def test_knows_that_nothing_is_disallowed(body):
    assert disallows_nothing(body)


@pytest.mark.parametrize("body", CLOSED)
def test_does_not_overlook_a_rule(body):
    assert not disallows_nothing(body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("before", ["", "\0", "\ufeff\r\n"])
def test_rules_are_read_in_whatever_unicode_they_are(encoding, before):
    rules = RobotParser(f"{before}User-agent: *\r\nDisallow: /a/ # 新闻\r\n".encode(encoding), None)
    assert [rules.allowed(url, "finews-archive") for url in URLS] == [True, False, False]


@pytest.mark.parametrize("at_once", [1, 16])
def test_all_requests_obey_one_robots_txt(crawl, rows, tmp_path, at_once):
    """Those that come when it is known, and those that wait for it, of which Scrapy's middleware lets all but two pass."""
    with Newsroom(robots="User-agent: *\nDisallow: /\n") as room:
        links = tmp_path / "links.txt"
        links.write_text("".join(f"http://news.example/a/{number}.html\n" for number in range(5)))
        port = room.origin.rpartition(":")[2]
        crawl(
            "share",
            f"urls={links}",
            CONNECT_TO=f"news.example=127.0.0.1:{port}",
            CONCURRENT_REQUESTS=at_once,
        )
        assert room.requests == ["/robots.txt"]
    assert rows("SELECT DISTINCT outcome FROM links") == [{"outcome": "refused"}]
