"""What robots.txt asks of a crawl, and what it means that there is none to read."""

import asyncio
import gzip
import os
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.test import get_crawler

from crawler.extensions.crawl_delay import CrawlDelay
from crawler.middlewares.host_breaker import ROUND_STARTED
from crawler.middlewares.robots_rules import RobotsRulesMiddleware
from tests.conftest import ROOT
from tests.newsroom.server import Reply
from tests.scrapy_process import run_scrapy
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


def test_damaged_data_of_a_robots_txt_mean_to_stay_away(newsroom, websites, crawl, rows, site):
    """Scrapy takes what no decoder reads for a site without rules."""
    data = gzip.compress(b"User-agent: *\nAllow: /\n")[:-9]
    links = site(Reply(data, "text/plain", headers={"Content-Encoding": "gzip"}))
    assert share(crawl, websites, links).returncode == 3
    assert rows("SELECT DISTINCT outcome, reason LIKE '%stay away for now%' AS told FROM links") == [
        {"outcome": "refused", "told": 1}
    ]
    assert not newsroom.asked("/a/")


def test_a_crawl_that_stays_asks_again_for_what_could_not_be_read():
    crawler = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True})
    answers = [503, 200, 200]

    async def download(request):
        response = Response(request.url, answers.pop(0), body=b"User-agent: *\nDisallow: /a/\n")
        return made.process_response(request, response)

    crawler.engine = SimpleNamespace(download_async=download)
    made = RobotsRulesMiddleware.from_crawler(crawler)

    def told(path):
        with pytest.raises(IgnoreRequest) as refused:
            asyncio.run(made.process_request(Request(f"http://news.example{path}")))
        return str(refused.value)

    assert "stay away for now" in told("/b/1.html")
    assert "stay away for now" in told("/b/2.html")
    for _ in range(2):  # what could be read stays
        crawler.signals.send_catch_log(ROUND_STARTED)
        asyncio.run(made.process_request(Request("http://news.example/b/1.html")))
        assert told("/a/1.html") == "Forbidden by robots.txt"
    assert len(answers) == 1


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


PLUGIN = """
import os
from scrapy import signals

class Delays:
    def __init__(self, crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler):
        self = cls(crawler)
        crawler.signals.connect(self.received, signal=signals.response_received)
        return self

    def received(self, response):
        if "/a/" in response.url:
            with open(os.environ["DELAYS"], "a") as log:
                print(self.crawler.engine.downloader.slots["news.example"].delay, file=log)
"""


@pytest.mark.parametrize(
    ("robots", "delay"), [(b"User-agent: *\nCrawl-delay: 0.3\n", 0.3), (b"User-agent: *\n", 0.0)]
)
def test_the_slot_of_a_real_crawl_is_the_one_that_is_set(websites, site, data_dir, tmp_path, robots, delay):
    """The place that Scrapy does not document: `crawler.extensions.crawl_delay` is the only module that uses it."""
    links = site(robots)
    (tmp_path / "delay_plugin.py").write_text(PLUGIN)
    (tmp_path / "delay_settings.py").write_text(
        "from crawler.settings import *\nEXTENSIONS = {**EXTENSIONS, 'delay_plugin.Delays': 900}\n"
    )
    run = run_scrapy(
        "crawl", "share", "-a", "urls=-", "-s", f"CONNECT_TO={websites.everywhere}", "-s", f"DATA_DIR={data_dir}",
        "-s", "AUTOTHROTTLE_ENABLED=False",
        stdin="\n".join(links),
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path}:{ROOT}",
            "SCRAPY_SETTINGS_MODULE": "delay_settings",
            "DELAYS": str(tmp_path / "delays"),
        },
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "delays").read_text().split() == [str(delay)] * 2
