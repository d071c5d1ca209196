"""What Scrapy's documentation promises works here, or is refused with a reason."""

import http.server
import json
import os
import subprocess
import sys
import threading

import pytest
from scrapy.extensions.feedexport import FeedExporter

from crawler import settings as project_settings
from crawler.checks.doubtful_settings import FEED_EXPORTER, find_idle_feeds, find_typos
from crawler.checks.settings import find_problem
from tests.conftest import ROOT
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

PLUGIN = '''
import json, os
import scrapy
from scrapy import signals
from scrapy.exceptions import DropItem

class Drop:
    def process_item(self, item):
        raise DropItem("not wanted here")

class Fail:
    def process_item(self, item):
        raise KeyError("nothing")

class Dicts(scrapy.Spider):
    name = "dicts"

    async def start(self):
        yield {"id": "own:1", "headline": "晨光股份公告", "body_raw": "<p>公司拟投资三亿元。</p>"}

class Report:
    """Writes down the stats at the end, as a monitor reads them."""

    @classmethod
    def from_crawler(cls, crawler):
        self = cls()
        self.stats = crawler.stats
        crawler.signals.connect(self.closed, signal=signals.spider_closed)
        return self

    def closed(self):
        with open(os.environ["SHAPE_LOG"], "w") as log:
            json.dump({name: value for name, value in self.stats.get_stats().items() if isinstance(value, str | int)}, log)
'''


class Proxy(http.server.BaseHTTPRequestHandler):
    """A proxy that serves every address itself, and keeps what it was asked for."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        body = b"" if self.path.endswith("robots.txt") else news_page()
        self.send_response(404 if self.path.endswith("robots.txt") else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy():
    Proxy.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def plugin(tmp_path):
    """Environment for a crawl whose settings are the project's with components of `PLUGIN` added."""

    def make(**dicts):
        (tmp_path / "shape_plugin.py").write_text(PLUGIN)
        lines = ["from crawler.settings import *"]
        lines += [
            f"{name} = {{**globals().get({name!r}, {{}}), **{added!r}}}" for name, added in dicts.items()
        ]
        (tmp_path / "shape_settings.py").write_text("\n".join(lines))
        return {
            **os.environ,
            "PYTHONPATH": f"{tmp_path}:{ROOT}",
            "SCRAPY_SETTINGS_MODULE": "shape_settings",
            "SHAPE_LOG": str(tmp_path / "log"),
        }

    return make


@pytest.fixture
def page(websites):
    """The link of an article page, and the words of a command line that lead to it."""
    link = websites.put("http://news.example/a/1.html", news_page())
    return link, ("-s", f"CONNECT_TO={websites.everywhere}", "-s", "FINEWS_PLACES=")


def test_view_opens_the_page_and_no_archive(page, data_dir, tmp_path):
    link, words = page
    code = f"import webbrowser; webbrowser.open = lambda url: print('opened', url) or True; from scrapy.cmdline import execute; execute(['scrapy', 'view', {link!r}, *{list(words)!r}, '-s', 'DATA_DIR={data_dir}'])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "opened file://" in run.stdout, run.stderr
    assert not data_dir.exists()


def test_the_proxy_of_a_request_is_used(proxy, crawl, rows, plugin, data_dir):
    """`meta["proxy"]`, as HttpProxyMiddleware sets it from the environment, for a name that only the proxy knows."""
    environment = plugin() | {"http_proxy": proxy}
    run = run_scrapy("crawl", "share", "-a", "url=http://known-to-the-proxy.invalid/a/1.html", "-s", f"DATA_DIR={data_dir}", env=environment)  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "http://known-to-the-proxy.invalid/a/1.html" in Proxy.asked


def test_a_proxy_is_not_asked_for_a_private_address_out_of_content(proxy, websites, rows, plugin, data_dir):
    class Redirecting(Proxy):
        def do_GET(self):
            self.asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.7/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = plugin() | {"http_proxy": f"http://127.0.0.1:{server.server_address[1]}"}
        run_scrapy("crawl", "share", "-a", "url=http://t.invalid/in", "-s", f"DATA_DIR={data_dir}", "-s", "ROBOTSTXT_OBEY=False", env=environment)  # fmt: skip
        server.shutdown()
    assert rows("SELECT outcome FROM links") == [{"outcome": "refused"}]
    assert not [path for path in Proxy.asked if "10.0.0.7" in path]


@pytest.mark.parametrize(("enabled", "sent"), [("True", True), ("False", False)])
def test_referer_enabled(newsroom, websites, crawl, enabled, sent):
    """A further page of an article is asked for with the address of the first."""
    websites.put("http://news.example/n/9_2.html", news_page())
    first = websites.put("http://news.example/n/9.html", news_page(behind="<a href='9_2.html'>下一页</a>"))
    assert (
        crawl("share", f"url={first}", CONNECT_TO=websites.everywhere, REFERER_ENABLED=enabled).returncode
        == 0
    )
    [headers] = [headers for path, headers in newsroom.request_headers if path == "/n/9_2.html"]
    assert (headers.get("referer") == first) is sent


def test_memusage_ends_a_crawl_with_a_reason(newsroom, crawl):
    run = crawl("share", "urls=-", stdin=newsroom.share_link("eight-pictures"), MEMUSAGE_LIMIT_MB=1, MEMUSAGE_CHECK_INTERVAL_SECONDS=0.01)  # fmt: skip
    assert run.returncode == 3
    assert "memusage_exceeded" in run.stderr


def test_stats_that_monitors_read(page, plugin, data_dir, tmp_path):
    link, words = page
    environment = plugin(EXTENSIONS={"shape_plugin.Report": 500})
    assert run_scrapy("crawl", "share", "-a", f"url={link}", *words, "-s", f"DATA_DIR={data_dir}", env=environment).returncode == 0  # fmt: skip
    stats = json.loads((tmp_path / "log").read_text())
    assert stats["item_scraped_count"] == 1
    assert stats["log_count/INFO"] >= 1
    assert stats["downloader/response_status_count/200"] >= 1


def test_components_of_a_command_line_stand_beside_the_projects_own(page, plugin, data_dir, rows, tmp_path):
    link, words = page
    given = {"EXTENSIONS": {"shape_plugin.Report": 500}, "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.stats.DownloaderStats": 850}, "ITEM_PIPELINES": {"shape_plugin.Drop": 850}}  # fmt: skip
    for name, components in given.items():
        words += ("-s", f"{name}={json.dumps(components)}")
    run = run_scrapy("crawl", "share", "-a", f"url={link}", *words, "-s", f"DATA_DIR={data_dir}", env=plugin())  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "0 new" in run.stdout
    assert rows("SELECT outcome FROM links") == [{"outcome": "dropped"}]
    assert json.loads((tmp_path / "log").read_text())["downloader/response_status_count/200"] >= 1


OWN_SPIDER = """
from datetime import UTC, datetime
import scrapy
from crawler.items import Article

class Own(scrapy.Spider):
    name = "own"

    def __init__(self, url):
        super().__init__()
        self.start_urls = [url]

    def parse(self, response):
        yield {"title": "ours", "url": response.url}
        yield Article(id="own:1", site="own", headline="晨光股份公告", body_raw="<p>公司拟投资三亿元。</p>", retrieved_at=datetime.now(UTC))
"""


def test_a_spider_of_the_users_archives_articles_and_exports_what_it_yields(page, plugin, rows, tmp_path):
    """With the archive opened by an extension, as a script with CrawlerProcess has it; without it, nothing is kept."""
    link, words = page
    environment = plugin(EXTENSIONS={"pipelines.archive_access.OpenArchive": -1})
    (tmp_path / "own.py").write_text(OWN_SPIDER)
    command = ("runspider", tmp_path / "own.py", "-a", f"url={link}", *words, "-s", f"DATA_DIR={tmp_path / 'data'}", "-O", tmp_path / "out.jsonl")  # fmt: skip
    run = run_scrapy(*command)
    assert run.returncode == 0, run.stderr
    assert rows("SELECT * FROM articles") == []
    run = run_scrapy(*command, env=environment)
    assert run.returncode == 0, run.stderr
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert exported[0] == {"title": "ours", "url": link}
    assert exported[1]["headline"] == "晨光股份公告"
    assert rows("SELECT id, headline_from FROM articles") == [{"id": "own:1", "headline_from": "page"}]
    assert rows("SELECT outcome FROM crawls") == [{"outcome": "finished"}]


def test_parse_needs_no_spider_and_says_that_nothing_is_kept(page, data_dir):
    link, words = page
    run = run_scrapy("parse", link, *words, "-s", f"DATA_DIR={data_dir}")
    assert "山南储能电站一期并网" in run.stdout, run.stderr
    assert "no archive is open" in run.stderr
    assert not data_dir.exists()


def test_of_an_item_that_lacks_fields_the_summary_says_which(plugin, data_dir):
    words = ("-s", "SPIDER_MODULES=shape_plugin", "-s", f"DATA_DIR={data_dir}")
    run = run_scrapy("crawl", "dicts", *words, env=plugin())
    assert run.returncode == 70
    assert "a dict item lacks the field 'securities'" in run.stderr


def test_a_dropped_article_has_an_outcome_and_is_not_new(page, plugin, data_dir, rows):
    link, words = page
    environment = plugin(ITEM_PIPELINES={"shape_plugin.Drop": 850})
    run = run_scrapy(
        "crawl", "share", "-a", f"url={link}", *words, "-s", f"DATA_DIR={data_dir}", env=environment
    )
    assert run.returncode == 0, run.stderr
    assert "0 new" in run.stdout
    assert rows("SELECT outcome, reason FROM links") == [{"outcome": "dropped", "reason": "not wanted here"}]
    assert rows("SELECT * FROM articles") == []


def test_a_pipeline_that_fails_is_a_bug_and_the_link_stays(page, plugin, data_dir, rows):
    link, words = page
    environment = plugin(ITEM_PIPELINES={"shape_plugin.Fail": 50})
    run = run_scrapy(
        "crawl", "share", "-a", f"url={link}", *words, "-s", f"DATA_DIR={data_dir}", env=environment
    )
    assert run.returncode == 70
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "failed"
    assert "KeyError" in row["reason"]


def test_a_job_asks_again_for_what_failed_and_for_nothing_else(newsroom, websites, crawl, rows, tmp_path):
    good = websites.put("http://news.example/a/1.html", news_page())
    bad = websites.put("http://news.example/a/2.html", news_page("另一篇报道的标题"))
    newsroom.fail("/a/2.html", ["503", "ok"])
    words = {"CONNECT_TO": websites.everywhere, "JOBDIR": tmp_path / "job", "RETRY_TIMES": 0}
    assert crawl("share", "urls=-", stdin=f"{good}\n{bad}", **words).returncode == 3
    assert crawl("share", "urls=-", stdin=f"{good}\n{bad}", **words).returncode == 0
    assert len(newsroom.asked("/a/1.html")) == 1
    assert len(newsroom.asked("/a/2.html")) == 2
    assert {row["outcome"] for row in rows("SELECT outcome FROM links")} == {"archived"}


def settings_with(**given):
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    settings.update(given, priority="cmdline")
    return settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"TWISTED_REACTOR_ENABLED": "False"}, "fetch guard"),
        ({"TWISTED_REACTOR": "twisted.internet.epollreactor.EPollReactor"}, "asyncio"),
        ({"TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver"}, "fetch guard"),
        ({"DNS_TIMEOUT": "5"}, "DOWNLOAD_TIMEOUT"),
        (
            {"ITEM_PIPELINES": {"pipelines.store_sqlite.StoreSqlitePipeline": None}},
            "nothing would be archived",
        ),
        ({"ADDONS": {"scrapy.extensions.corestats.CoreStats": 1}}, "keep crawler.addon.ArchiveAddon"),
        ({"FINEWS_PLACES": "https://host/page.html"}, "{id}"),
        ({"DOWNLOAD_DELAY": "soon"}, "number"),
        ({"CONCURRENT_REQUESTS": "0"}, "1 or more"),
        ({"READ_CPU_SECONDS": "9" * 20}, "at most 100,000,000"),
        ({"ROBOTSTXT_PARSER": "garbage"}, "e.g. crawler.robots.RobotParser"),
        ({"ROBOTSTXT_PARSER": "os.path"}, "is not a class"),
        ({"SCHEDULER": "no.such.Scheduler"}, "e.g. scrapy.core.scheduler.Scheduler"),
        ({"EXTENSIONS": {"crawler.settings.ROOT": 1}}, "is not a class"),
        ({"DOWNLOAD_HANDLERS": {"http": "no.such.Handler"}}, "no.such.Handler cannot be loaded"),
        ({"RETRY_EXCEPTIONS": "no.such.Error"}, "no.such.Error cannot be loaded"),
        ({"RETRY_HTTP_CODES": "some"}, "429,503"),
        ({"SPIDER_MODULES": "crawler.spiders,no.such"}, "no.such cannot be imported"),
        ({"ASYNCIO_EVENT_LOOP": "no.such.Loop"}, "no.such.Loop cannot be loaded"),
        ({"DOWNLOADER_CLIENT_TLS_METHOD": "SSLv2"}, "TLSv1.2"),
        ({"LOG_FILE": "/no/such/folder/x.log"}, "a file in a folder"),
        ({"LOG_FILE": "/"}, "a file in a folder"),
        ({"JOBDIR": __file__}, "give a folder"),
        ({"FEEDS": {"a.csv": 5}}, "use -O FILE"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_a_reason(given, words):
    assert words in find_problem(settings_with(**given))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"DOWNLOAD_DELAY": "0.25"},
        {"DOWNLOAD_TIMEOUT": "2.5"},
        {"AUTOTHROTTLE_TARGET_CONCURRENCY": "1.5"},
        {"FINEWS_PLACES": ""},
        {"HTTPCACHE_ENABLED": "1"},
        {"EXTENSIONS": {"scrapy.extensions.corestats.CoreStats": None, FeedExporter: 1}},
        {"RETRY_EXCEPTIONS": [TimeoutError]},
        {"RETRY_HTTP_CODES": "429, 503"},
    ],
)
def test_what_scrapy_documents_is_taken(given):
    assert find_problem(settings_with(**given)) is None


@pytest.mark.parametrize("command", [("crawl", "share"), ("status",)])
@pytest.mark.parametrize("name", ["DOWNLOADER_MIDDLEWARES", "FEEDS"])
def test_a_dict_is_asked_for_where_a_list_is_given(command, name):
    run = run_scrapy(*command, "-s", f"{name}=[1]")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1), run.stderr
    assert f"{name}=[1]: give a JSON object" in run.stderr


def test_settings_with_which_scrapy_cannot_begin_are_wrong_usage(crawl):
    done = crawl("share", "url=http://127.0.0.1:9/a", REFERRER_POLICY="garbage")
    assert done.returncode == 2
    assert "cannot begin with these settings: RuntimeError: Could not load referrer policy" in done.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("POST_FLAVOR", "POST_FLAVOUR"),
        ("FINEWS_ORIGIN", "FINEWS_ORIGINS"),
        ("IMAGE_MAX_BYTE", "IMAGE_MAX_BYTES"),
    ],
)
def test_a_misspelt_setting_of_ours_is_named_with_the_right_one(name, meant):
    [warning] = find_typos(settings_with(**{name: "x"}))
    assert meant in warning


def test_settings_of_other_components_are_theirs():
    assert find_typos(settings_with(SENTRY_DSN="x", SPIDERMON_ENABLED="1")) == []


def test_feeds_that_nobody_writes_are_reported():
    feeds = {"news.jsonl": {"format": "jsonlines"}}
    for exporter in (FEED_EXPORTER, FeedExporter):
        [warning] = find_idle_feeds(settings_with(FEEDS=feeds, EXTENSIONS={exporter: None}))
        assert "news.jsonl is not written" in warning
    assert find_idle_feeds(settings_with(FEEDS=feeds)) == []
    assert find_idle_feeds(settings_with(EXTENSIONS={FEED_EXPORTER: None})) == []
