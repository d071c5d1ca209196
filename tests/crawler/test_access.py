"""Cookies, headers and credentials reach their own hosts and nobody else; how a failed link was asked is in its reason."""

import http.server
import os
import threading

import pytest
from scrapy import Request

from archive.captures import Captures
from crawler import reasons
from crawler.checks.settings import find_problem
from crawler.middlewares.cookies_file import parse_cookie
from crawler.middlewares.site_headers import SiteHeadersMiddleware, read_site_headers
from tests.crawler.test_scrapy_shape import settings_with
from tests.newsroom.server import HTML, Reply
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

LATER = 4_000_000_000  # Unix time, in 2096
SECRET = "s3cr3t-value"


def cookie_line(domain, name="sid", value=SECRET, *, subdomains=True, path="/", secure=False, expires=LATER):
    flags = ["TRUE" if flag else "FALSE" for flag in (subdomains, secure)]
    return "\t".join((domain, flags[0], path, flags[1], str(expires), name, value))


@pytest.fixture
def cookies_file(tmp_path):
    def write(*lines):
        path = tmp_path / "cookies.txt"
        path.write_text("\n".join(("# Netscape HTTP Cookie File", "", *lines, "")))
        return path

    return write


@pytest.fixture
def sent(newsroom):
    """The header *name* of each request to *host*, by path; robots.txt left out."""

    def ask(host, name="cookie"):
        return {
            path: headers.get(name)
            for path, headers in newsroom.request_headers
            if headers.get("host") == host and path != "/robots.txt"
        }

    return ask


SPIDER_WITH_JARS = """
import scrapy

class Jars(scrapy.Spider):
    name = "jars"

    async def start(self):
        for number, jar in enumerate("aab"):
            yield scrapy.Request(f"http://news.example/{number}", meta={"cookiejar": jar}, cookies={"own": str(number)}, dont_filter=True)
        yield scrapy.Request("http://news.example/3", meta={"dont_merge_cookies": True})

    def parse(self, response):
        pass
"""


# -- cookies ----------------------------------------------------------------------------------------------------------


def test_a_cookie_goes_to_its_own_hosts_alone(websites, crawl, cookies_file, sent):
    path = cookies_file(
        cookie_line(".news.example", "wide"),
        cookie_line("www.news.example", "narrow", subdomains=False),
        cookie_line("#HttpOnly_.news.example", "hidden"),
        cookie_line(".other.example", "foreign"),
        cookie_line(".news.example", "old", expires=1_000_000_000),
        cookie_line(".news.example", "tls", secure=True),
        cookie_line(".news.example", "session", expires=0),
        cookie_line(".news.example", "deep", path="/members"),
    )
    links = [websites.put(f"http://{host}/a/1.html", news_page(f"{host}的一则报道标题")) for host in
             ("www.news.example", "m.www.news.example", "fakenews.example", "news.example.evil.example")]  # fmt: skip
    run = crawl("share", "urls=-", stdin="\n".join(links), CONNECT_TO=websites.everywhere, COOKIES_FILE=path)
    assert run.returncode == 0, run.stderr
    names = {
        host: {pair.partition("=")[0] for pair in (sent(host)["/a/1.html"] or "").split("; ") if pair}
        for host in (
            "www.news.example",
            "m.www.news.example",
            "fakenews.example",
            "news.example.evil.example",
        )
    }
    assert names == {
        "www.news.example": {"wide", "narrow", "hidden", "session"},
        "m.www.news.example": {"wide", "hidden", "session"},
        "fakenews.example": set(),
        "news.example.evil.example": set(),
    }


def test_cookies_follow_redirects_to_their_own_hosts_alone(websites, crawl, cookies_file, sent):
    path = cookies_file(cookie_line(".start.example", "one"), cookie_line(".news.example", "two"))
    websites.put("http://news.example/a/1.html", news_page())
    websites.redirect("http://between.example/x", "http://news.example/a/1.html")
    link = websites.redirect("http://start.example/s", "http://between.example/x")
    assert crawl("share", f"url={link}", CONNECT_TO=websites.everywhere, COOKIES_FILE=path).returncode == 0
    assert sent("start.example")["/s"] == f"one={SECRET}"
    assert sent("between.example")["/x"] is None
    assert sent("news.example")["/a/1.html"] == f"two={SECRET}"


def test_what_a_site_makes_of_a_cookie_counts(websites, crawl, cookies_file, sent):
    path = cookies_file(cookie_line(".news.example", "sid"))
    page = news_page(behind="<a href='1_2.html'>下一页</a>")
    link = websites.put("http://www.news.example/a/1.html", Reply(page, HTML, 200, {"Set-Cookie": "sid=new; Domain=news.example; Path=/"}))  # fmt: skip
    websites.put("http://www.news.example/a/1_2.html", news_page())
    assert crawl("share", f"url={link}", CONNECT_TO=websites.everywhere, COOKIES_FILE=path).returncode == 0
    assert sent("www.news.example")["/a/1.html"] == f"sid={SECRET}"
    assert sent("www.news.example")["/a/1_2.html"] == "sid=new"


def test_cookies_and_headers_are_written_down_nowhere(
    websites, crawl, cookies_file, data_dir, sent, monkeypatch
):
    monkeypatch.setenv("SITE_KEY", SECRET)
    link = websites.put("http://news.example/a/1.html", news_page())
    run = crawl("share", f"url={link}", CONNECT_TO=websites.everywhere, LOG_LEVEL="DEBUG",
                COOKIES_FILE=cookies_file(cookie_line(".news.example")),
                SITE_HEADERS='{"news.example": {"X-Key": "${SITE_KEY}"}}')  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert sent("news.example")["/a/1.html"] == f"sid={SECRET}"
    assert sent("news.example", "x-key")["/a/1.html"] == SECRET
    assert SECRET not in run.stderr + run.stdout
    with Captures.read(data_dir) as captures:
        kept = [dict(capture["request_headers"]) for capture in captures.find()]
    assert all("User-Agent" in headers for headers in kept)
    assert not [headers for headers in kept if SECRET in headers.values()]
    files = [file for file in data_dir.rglob("*") if file.is_file()]
    assert [file for file in files if SECRET.encode() in file.read_bytes()] == []


def test_each_jar_of_scrapys_gets_the_cookies(websites, data_dir, cookies_file, sent, tmp_path):
    """As a spider of the user's has them, by `meta["cookiejar"]`."""
    for number in range(4):
        websites.put(f"http://news.example/{number}", news_page())
    (tmp_path / "jars.py").write_text(SPIDER_WITH_JARS)
    path = cookies_file(cookie_line(".news.example"))
    run = run_scrapy("runspider", tmp_path / "jars.py", "-s", f"CONNECT_TO={websites.everywhere}", "-s", f"COOKIES_FILE={path}", "-s", f"DATA_DIR={data_dir}")  # fmt: skip
    assert run.returncode == 0, run.stderr
    asked = sent("news.example")
    assert {path: set(asked[path].split("; ")) for path in ("/0", "/1", "/2")} == {
        "/0": {f"sid={SECRET}", "own=0"},
        "/1": {f"sid={SECRET}", "own=1"},
        "/2": {f"sid={SECRET}", "own=2"},
    }
    assert asked["/3"] is None


@pytest.mark.parametrize(
    ("line", "host", "matches"),
    [
        (cookie_line(".news.example"), "a.news.example", True),
        (cookie_line("news.example"), "a.news.example", True),  # flag and dot disagree: the flag counts
        (cookie_line(".news.example", subdomains=False), "a.news.example", True),
        (cookie_line("news.example", subdomains=False), "a.news.example", False),
        (cookie_line("NEWS.example", subdomains=False), "news.example", True),
        (cookie_line("127.0.0.1", subdomains=False), "127.0.0.1", True),
        (cookie_line("news.example", value="") + "\r\n", "news.example", True),
        (cookie_line("news.example", value="").rstrip(), "news.example", True),
    ],
)
def test_lines_as_exporters_write_them(line, host, matches):
    assert parse_cookie(line).matches(host) is matches


def test_the_repr_of_a_cookie_shows_no_value():
    assert SECRET not in repr(parse_cookie(cookie_line("news.example")))


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"\x89PNG\r\n\x1a\n\xff\xfe",
        f"news.example\t{SECRET}\n".encode(),
        f'[{{"value": "{SECRET}"}}]'.encode(),
    ],
)
def test_a_cookies_file_that_cannot_be_read_is_wrong_usage(crawl, tmp_path, content):
    path = tmp_path / "cookies.txt"
    if content is not None:
        path.write_bytes(content)
    run = crawl("share", "url=http://news.example/1", COOKIES_FILE=path)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert f"COOKIES_FILE={path}" in run.stderr
    assert SECRET not in run.stderr


def test_cookies_that_scrapy_would_not_send_are_wrong_usage(cookies_file):
    path = str(cookies_file(cookie_line(".news.example")))
    assert "COOKIES_ENABLED" in find_problem(settings_with(COOKIES_FILE=path, COOKIES_ENABLED="False"))
    assert find_problem(settings_with(COOKIES_FILE=path)) is None


# -- headers ----------------------------------------------------------------------------------------------------------


def test_site_headers_go_to_their_hosts_alone_over_redirects_too(websites, sent, data_dir):
    websites.put("http://elsewhere.example/a/1.html", news_page())
    websites.redirect("http://m.news.example/s", "http://elsewhere.example/a/1.html")
    link = websites.redirect("http://news.example/s", "http://m.news.example/s")
    environment = os.environ | {
        "FINEWS_SITE_HEADERS": '{"news.example": {"X-Key": "key ${SITE_KEY}", "User-Agent": "mine"}}',
        "SITE_KEY": SECRET,
    }
    run = run_scrapy("crawl", "share", "-a", f"url={link}", "-s", f"DATA_DIR={data_dir}", "-s", f"CONNECT_TO={websites.everywhere}", env=environment)  # fmt: skip
    assert run.returncode == 0, run.stderr
    for host, path, key in (
        ("news.example", "/s", f"key {SECRET}"),
        ("m.news.example", "/s", f"key {SECRET}"),
        ("elsewhere.example", "/a/1.html", None),
    ):
        assert sent(host, "x-key")[path] == key
        assert (sent(host, "user-agent")[path] == "mine") is (key is not None)
    assert "finews-archive" in sent("elsewhere.example", "user-agent")["/a/1.html"]


def test_the_longest_host_counts():
    middleware = SiteHeadersMiddleware({"news.example": {"X-Key": "a"}, "m.news.example": {"X-Key": "b"}})
    assert middleware.headers_for("x.m.news.example") == {"X-Key": "b"}
    assert middleware.headers_for("News.Example.") == {"X-Key": "a"}
    assert middleware.headers_for("example") == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{", "HOST"),
        ("[1]", "HOST"),
        ('{"http://news.example": {"X-Key": "a"}}', "no scheme"),
        ('{"news.example": "X-Key: a"}', "HOST"),
        ('{"news.example": {"X-Key": 7}}', "X-Key"),
        ('{"news.example": {"X Key": "a"}}', "X Key"),
        ('{"news.example": {"X-Key": "a\\nb: c"}}', "line breaks"),
        ('{"news.example": {"X-Key": "${NO_SUCH_KEY_HERE}"}}', "NO_SUCH_KEY_HERE"),
        ('{"news.example": {"Cookie": "a=b"}}', "COOKIES_FILE"),
        ('{"news.example": {"Proxy-Authorization": "x"}}', "http_proxy"),
    ],
)
def test_site_headers_that_cannot_be_sent_are_wrong_usage(given, words):
    problem = find_problem(settings_with(SITE_HEADERS=given))
    assert problem.startswith("SITE_HEADERS: ")
    assert words in problem


def test_a_dict_in_a_settings_module_is_read_as_json_is():
    settings = settings_with(SITE_HEADERS={"News.example": {"X-Key": "${KEY}"}})
    assert read_site_headers(settings, {"KEY": "k"}) == {"news.example": {"X-Key": "k"}}


# -- credentials ------------------------------------------------------------------------------------------------------


def test_credentials_come_from_the_environment_and_stay_with_their_domain(websites, sent, data_dir):
    websites.put("http://elsewhere.example/a/1.html", news_page())
    link = websites.redirect("http://news.example/s", "http://elsewhere.example/a/1.html")
    environment = os.environ | {"FINEWS_HTTPAUTH_USER": "u", "FINEWS_HTTPAUTH_PASS": "p", "FINEWS_HTTPAUTH_DOMAIN": "news.example"}  # fmt: skip
    run = run_scrapy("crawl", "share", "-a", f"url={link}", "-s", f"DATA_DIR={data_dir}", "-s", f"CONNECT_TO={websites.everywhere}", env=environment)  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert sent("news.example", "authorization")["/s"] == "Basic dTpw"
    assert sent("elsewhere.example", "authorization")["/a/1.html"] is None


def test_credentials_for_no_domain_are_wrong_usage():
    assert "HTTPAUTH_DOMAIN" in find_problem(settings_with(HTTPAUTH_USER="u", HTTPAUTH_PASS="p"))


# -- proxies ----------------------------------------------------------------------------------------------------------

PROXY_NAMES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


def environment_with(**variables):
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXY_NAMES}
    return kept | variables


def reason_of(rows, data_dir, link, **variables):
    run = run_scrapy("crawl", "share", "-a", f"url={link}", "-s", f"DATA_DIR={data_dir}", "-s", "RETRY_TIMES=0", "-s", "ROBOTSTXT_OBEY=False", env=environment_with(**variables))  # fmt: skip
    assert run.returncode == 69, run.stderr
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "unreachable"
    assert SECRET not in row["reason"] + run.stderr + run.stdout
    return row["reason"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_missing_name_is_reported_with_the_proxy_variable_that_is_not_set(rows, data_dir, scheme):
    reason = reason_of(rows, data_dir, f"{scheme}://no-such-host.invalid/a/1.html")
    assert "no such host" in reason
    assert f"asked without a proxy: {scheme}_proxy is not set" in reason


def test_a_host_that_no_proxy_excludes_is_reported_so(rows, data_dir):
    reason = reason_of(rows, data_dir, "http://no-such-host.invalid/a/1.html", http_proxy="http://127.0.0.1:1", no_proxy=".invalid")  # fmt: skip
    assert "no_proxy excludes the host from http_proxy" in reason


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named_without_its_credentials(rows, data_dir, scheme):
    proxy = f"http://user:{SECRET}@127.0.0.1:1"
    reason = reason_of(rows, data_dir, f"{scheme}://news.invalid/a/1.html", **{f"{scheme}_proxy": proxy})
    assert "asked through the proxy 127.0.0.1:1" in reason


def test_an_answer_that_a_proxy_may_have_given_names_the_proxy(rows, data_dir):
    class BadGateway(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(502)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), BadGateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        reason = reason_of(
            rows, data_dir, "http://news.invalid/a/1.html", http_proxy=f"http://127.0.0.1:{port}"
        )
        server.shutdown()
    assert "502 for http://news.invalid/a/1.html" in reason
    assert f"asked through the proxy 127.0.0.1:{port}" in reason


def test_our_own_refusal_says_nothing_of_proxies():
    from pipelines.fetch_errors import FetchRefused

    outcome, reason = reasons.of_error(FetchRefused("h is at 10.0.0.1"), "http://h/", Request("http://h/"))
    assert outcome == "refused"
    assert "proxy" not in reason
