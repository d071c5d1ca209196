"""What robots.txt asks of a crawl, and what it means that there is none to read."""

from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.test import get_crawler

from crawler.extensions.crawl_delay import CrawlDelay
from tests.newsroom.server import Reply
from tests.websites import news_page


@pytest.fixture
def site(websites):
    """A site of two articles whose robots.txt a test gives."""

    def make(robots):
        if robots is not None:
            websites.put("http://news.example/robots.txt", robots)
        return [
            websites.put(f"http://news.example/a/{n}.html", news_page(f"山南第{n}座储能电站并网"))
            for n in (1, 2)
        ]

    return make


def share(crawl, websites, links, **settings):
    return crawl(
        "share", "urls=-", stdin="\n".join(links), CONNECT_TO=websites.everywhere, RETRY_TIMES=0, **settings
    )


@pytest.mark.parametrize("fault", ["503", "reset", "hang"])
def test_a_robots_txt_that_cannot_be_read_means_to_stay_away(newsroom, websites, crawl, rows, site, fault):
    links = site(None)
    newsroom.fail("/robots.txt", fault)
    assert share(crawl, websites, links, DOWNLOAD_TIMEOUT=1).returncode == 3
    found = rows("SELECT outcome, reason FROM links")
    assert {row["outcome"] for row in found} == {"refused"}
    assert all("stay away for now" in row["reason"] for row in found)
    assert not newsroom.asked("/a/")


def test_a_robots_txt_that_is_not_there_allows_everything(websites, crawl, rows, site):
    assert share(crawl, websites, site(Reply(b"", "text/plain", 404))).returncode == 0
    assert rows("SELECT count(*) AS n FROM articles") == [{"n": 2}]


def test_a_dead_host_is_unreachable_not_refused(crawl, rows):
    crawl("share", "url=http://news.example/a/1.html", CONNECT_TO="news.example=127.0.0.1:9")
    assert rows("SELECT outcome FROM links") == [{"outcome": "unreachable"}]


def extension(robots, **settings):
    """The extension after it has read *robots*, and the slot of the host."""
    crawler = get_crawler(
        settings_dict={
            "ROBOTSTXT_OBEY": True,
            "CRAWL_DELAY_MAX": 30.0,
            "USER_AGENT": "finews-archive/1",
            **settings,
        }
    )
    crawler.engine = SimpleNamespace(
        downloader=SimpleNamespace(slots={"news.example": SimpleNamespace(delay=0.0)})
    )
    made = CrawlDelay.from_crawler(crawler)
    request = Request("http://news.example/a/1.html")
    made.robots_parsed(ProtegoRobotParser.from_crawler(crawler, robots), request)
    return made, crawler.engine.downloader.slots["news.example"], request


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 2\n", 2.0),
        (b"User-agent: finews-archive\nCrawl-delay: 0.5\n", 0.5),
        (b"User-agent: other\nCrawl-delay: 9\n", 0.0),
        (b"User-agent: *\nCrawl-delay: 99999\n", 30.0),
        (b"User-agent: *\nDisallow:\n", 0.0),
    ],
)
def test_a_crawl_delay_becomes_the_delay_of_its_host(robots, delay):
    _, slot, _ = extension(robots)
    assert slot.delay == delay


def test_it_outlasts_what_autothrottle_sets():
    made, slot, request = extension(b"User-agent: *\nCrawl-delay: 2\n")
    slot.delay = 0.1
    made.response_downloaded(request)
    assert slot.delay == 2.0


def test_a_real_crawl_waits(websites, crawl, site):
    """The engine's own slot is the one that is set: the place that Scrapy does not document."""
    links = site(b"User-agent: *\nCrawl-delay: 0.3\n")
    run = share(crawl, websites, links, LOG_LEVEL="DEBUG", STATS_DUMP=True, AUTOTHROTTLE_DEBUG=True)
    assert run.returncode == 0
    slots = [line for line in run.stderr.splitlines() if "slot: news.example" in line]
    assert slots
