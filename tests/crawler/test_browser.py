"""Pages that only scripts fill, with a real Chromium, which reaches nothing that the fetch guard refuses."""

import os
import re
import socket
import sys

import pytest

from archive.captures import Captures
from crawler.checks.settings import find_problem
from crawler.chromium import find_executable, find_missing_part
from crawler.pages import Walled
from tests.crawler.test_access import SECRET, cookie_line
from tests.crawler.test_not_articles import read
from tests.crawler.test_scrapy_shape import settings_with
from tests.newsroom.server import HTML, Reply
from tests.scrapy_process import run_scrapy
from tests.websites import news_page

needs_chromium = pytest.mark.skipif(
    find_executable(settings_with()) is None, reason="no Chromium: apt-get install chromium"
)

SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>山南新闻网</title></head><body><div id="app"></div>
<script>
const fill = async () => {
  const text = await (await fetch("/article.html")).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  document.title = page.title;
  document.body.innerHTML = page.body.innerHTML;
};
(async () => { try { %s } finally { await fill(); } })();
</script></body></html>"""
LINK = "http://news.example/n/1.html"


@pytest.fixture
def site(newsroom, websites):
    """news.example, whose article a script fetches, and which redirects to any address. The operator has named it alone."""
    websites.put("http://news.example/article.html", news_page())

    def answer(path, headers):
        if path.startswith("/to?"):
            return Reply(b"", HTML, 302, {"Location": path.removeprefix("/to?")})
        return websites.answer("news.example", path)

    def serve(script="", link=LINK):
        websites.put(link, (SHELL % script).encode())
        newsroom.hosts["news.example"] = answer
        return link

    return serve


@pytest.fixture
def settings(newsroom):
    port = newsroom.origin.rpartition(":")[2]
    return {
        "CONNECT_TO": f"news.example=127.0.0.1:{port}",
        "FINEWS_ORIGINS": "http://x.example",
        "FINEWS_ARTICLE_PAGE": "http://x.example/{id}",
        "BROWSER_ENABLED": True,
        "RETRY_TIMES": 0,
        "IMAGES_ENABLED": False,
    }


ATTACKS = """
const secret = name => "http://SECRET/secret/" + name;
const attempt = async (name, act) => { try { await act(secret(name)); } catch (error) { console.log(name, String(error)); } };
const element = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
const frame = source => element("iframe", {src: source});
const work = code => new Worker(URL.createObjectURL(new Blob([code])));
const late = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
await attempt("fetch", url => fetch(url, {mode: "no-cors"}));
await attempt("fetch-redirect", url => fetch("/to?" + url, {mode: "no-cors"}));
await attempt("xhr", url => { const xhr = new XMLHttpRequest(); xhr.open("GET", url); xhr.send(); });
await attempt("beacon", url => navigator.sendBeacon(url, "x"));
await attempt("iframe", frame);
await attempt("iframe-redirect", url => frame("/to?" + url));
await attempt("srcdoc", url => element("iframe", {srcdoc: `<iframe src="${url}"></iframe>`}));
await attempt("object", url => element("object", {data: url, type: "text/html"}));
await attempt("script", url => element("script", {src: url}));
await attempt("stylesheet", url => element("link", {rel: "stylesheet", href: url}));
await attempt("prefetch", url => element("link", {rel: "prefetch", href: url}));
await attempt("preconnect", url => element("link", {rel: "preconnect", href: url}));
await attempt("events", url => new EventSource(url));
await attempt("image", url => { new Image().src = url; });
await attempt("websocket", url => new WebSocket(url.replace("http", "ws")));
await attempt("popup", url => window.open(url));
await attempt("form", url => { element("iframe", {name: "target"}); const form = document.createElement("form");
  Object.assign(form, {action: url, method: "GET", target: "target"}); document.body.append(form); form.submit(); });
await attempt("worker", url => work(`fetch("${url}", {mode: "no-cors"})`));
await attempt("worker-websocket", url => work(`new WebSocket("${url.replace("http", "ws")}")`));
await attempt("worker-script", url => work(`importScripts("${url}")`));
await attempt("shared-worker", url => new SharedWorker(URL.createObjectURL(new Blob([`fetch("${url}", {mode: "no-cors"})`]))));
await attempt("file", () => fetch("file:///etc/passwd"));
await attempt("file-frame", () => frame("file:///etc/passwd"));
await attempt("webrtc", async () => {
  const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:UDP"}, {urls: "turn:SECRET?transport=tcp", username: "u", credential: "p"}]});
  peer.createDataChannel("x");
  await peer.setLocalDescription(await peer.createOffer());
});
await late(1500);
"""
NOT_BY_PATH = {"preconnect", "image", "file", "file-frame", "webrtc"}
"""Attacks that ask for no path of the secret's, or for what is not loaded or does not exist even where it may be reached."""
NAMES = set(re.findall(r'attempt\("([\w-]+)"', ATTACKS)) - NOT_BY_PATH


@pytest.fixture
def secret_asked(newsroom):
    """Names of the attacks that reached the secret on this machine."""

    def ask():
        return {
            re.sub(r"\?.*", "", path).removeprefix("/secret/")
            for path in newsroom.requests
            if path.startswith("/secret/")
        }

    return ask


@pytest.fixture
def packets():
    """A UDP socket of this machine: its port, and a function that says whether a packet has come."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)

        def have_come():
            try:
                return bool(udp.recv(2048))
            except BlockingIOError:
                return False

        yield udp.getsockname()[1], have_come


@pytest.fixture
def attack(site, newsroom, packets):
    """The link of a page whose scripts try to reach *host* in every way they have, and then fill in the article."""
    port = newsroom.origin.rpartition(":")[2]
    return lambda host: site(ATTACKS.replace("SECRET", f"{host}:{port}").replace("UDP", str(packets[0])))


@pytest.mark.slow
@needs_chromium
class TestChromium:
    def test_a_page_that_scripts_fill_is_archived(self, site, crawl, rows, settings, newsroom, data_dir):
        run = crawl("share", f"url={site()}", **settings)
        assert run.returncode == 0, run.stderr
        [row] = rows("SELECT headline, publisher, body_text FROM news")
        assert row["headline"] == "山南储能电站一期并网"
        assert row["publisher"] == "山南日报"
        assert "二十万千瓦" in row["body_text"]
        assert rows("SELECT outcome, reason FROM links") == [{"outcome": "archived", "reason": None}]
        agents = {headers["user-agent"] for _, headers in newsroom.request_headers}
        assert len(agents) == 1, "the browser goes by the name of the crawl"
        with Captures.read(data_dir) as captures:
            found = {row["source"]: captures.body(row["id"]).decode() for row in captures.find(url=LINK)}
        assert "await fill()" in found[None], "as served"
        assert "二十万千瓦" in found["browser"], "as its scripts left it"

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_scripts_reach_nothing_that_the_guard_refuses(
        self, attack, crawl, rows, settings, secret_asked, packets, host
    ):
        run = crawl("share", f"url={attack(host)}", **settings)
        assert run.returncode == 0, run.stderr
        assert rows("SELECT outcome FROM links") == [{"outcome": "archived"}], "the attacks have run"
        assert secret_asked() == set()
        assert not packets[1]()

    def test_no_service_worker_is_registered(self, websites, newsroom, crawl, rows, settings, secret_asked):
        """Browsers allow them on https and on localhost, which is the site's name here. They outlive their page."""
        websites.put("http://localhost/article.html", news_page())
        websites.put("http://localhost/worker.js", f"fetch('{newsroom.origin}/secret/x', {{mode: 'no-cors'}})".encode(), "text/javascript")  # fmt: skip
        register = "await navigator.serviceWorker.register('/worker.js')"
        link = websites.put("http://localhost/n/1.html", (SHELL % register).encode())
        connect_to = settings["CONNECT_TO"].replace("news.example", "localhost")
        assert crawl("share", f"url={link}", **settings | {"CONNECT_TO": connect_to}).returncode == 0
        assert rows("SELECT outcome FROM links") == [{"outcome": "archived"}]
        assert newsroom.asked("/worker.js") == []
        assert secret_asked() == set()

    def test_the_same_scripts_reach_an_origin_that_the_operator_named(
        self, attack, crawl, settings, secret_asked, newsroom, packets
    ):
        """So the attacks are real. WebRTC stays shut: its flags do not know the operator's origins."""
        crawl("share", f"url={attack('127.0.0.1')}", **settings | {"FINEWS_ORIGINS": newsroom.origin})
        assert secret_asked() >= NAMES
        assert not packets[1]()

    @pytest.mark.parametrize(
        "script",
        ["location.href = 'http://SECRET/secret/page'", "location.href = '/to?http://SECRET/secret/page'",
         "document.write('<meta http-equiv=refresh content=\"0;url=http://SECRET/secret/page\">')"],
        ids=["script", "redirect", "refresh"],
    )  # fmt: skip
    def test_a_page_that_leaves_for_a_private_address_is_refused(
        self, site, crawl, rows, settings, secret_asked, newsroom, script
    ):
        where = newsroom.origin.removeprefix("http://")
        link = site(f"{script.replace('SECRET', where)}; await new Promise(() => {{}});")
        run = crawl("share", f"url={link}", **settings)
        assert run.returncode == 3, run.stderr
        [row] = rows("SELECT outcome, reason FROM links")
        assert row["outcome"] == "refused"
        assert "127.0.0.1, which is not a public address" in row["reason"]
        assert secret_asked() == set()

    def test_cookies_of_the_file_go_to_their_own_hosts_in_the_browser_too(
        self, attack, crawl, settings, newsroom, tmp_path
    ):
        path = tmp_path / "cookies.txt"
        path.write_text("\n".join((cookie_line(".news.example"), cookie_line("other.example", "foreign"))))
        crawl(
            "share",
            f"url={attack('127.0.0.1')}",
            COOKIES_FILE=path,
            **settings | {"FINEWS_ORIGINS": newsroom.origin},
        )
        sent = {
            (headers["host"], headers.get("cookie"))
            for path, headers in newsroom.request_headers
            if path != "/robots.txt"
        }
        assert sent == {("news.example", f"sid={SECRET}"), (newsroom.origin.removeprefix("http://"), None)}

    def test_headers_of_single_sites_stay_out_of_the_browser(self, attack, crawl, settings, newsroom):
        headers = '{"news.example": {"X-Key": "%s"}}'.replace("%s", SECRET)
        crawl(
            "share",
            f"url={attack('127.0.0.1')}",
            SITE_HEADERS=headers,
            **settings | {"FINEWS_ORIGINS": newsroom.origin},
        )
        assert not [
            path
            for path, headers in newsroom.request_headers
            if path.startswith("/secret/") and "x-key" in headers
        ]

    def test_a_page_that_stays_empty_is_walled_after_one_visit(
        self, websites, crawl, rows, settings, newsroom
    ):
        link = websites.put(
            LINK, b"<!DOCTYPE html><html><body><div id=app></div><script>1</script></body></html>"
        )
        assert crawl("share", f"url={link}", **settings).returncode == 69
        [row] = rows("SELECT outcome, reason FROM links")
        assert row["outcome"] == "walled"
        assert "in a browser, too" in row["reason"]
        assert len(newsroom.asked("/n/1.html")) == 2

    def test_scripts_that_never_end_do_not_hold_up_the_crawl(self, site, crawl, rows, settings):
        links = [site("setTimeout(() => { while (true); }, 0); await new Promise(() => {});"), site(link="http://news.example/n/2.html")]  # fmt: skip
        run = crawl("share", "urls=-", stdin="\n".join(links), **settings | {"DOWNLOAD_TIMEOUT": 6})
        assert run.returncode == 3, run.stderr
        outcomes = {row["url"]: row for row in rows("SELECT url, outcome, reason FROM links")}
        assert outcomes[links[0]]["outcome"] == "walled"
        assert "no answer in time" in outcomes[links[0]]["reason"]
        assert outcomes[links[1]]["outcome"] == "archived"

    def test_a_captcha_is_not_opened_in_the_browser(self, websites, crawl, rows, settings, newsroom):
        link = websites.put(
            LINK,
            b"<html><body><div id=app></div><script src=//x.example/AliyunCaptcha.js></script></body></html>",
        )
        assert crawl("share", f"url={link}", **settings).returncode == 69
        [row] = rows("SELECT outcome, reason FROM links")
        assert row["outcome"] == "walled"
        assert "captcha" in row["reason"]
        assert len(newsroom.asked("/n/1.html")) == 1

    @pytest.mark.parametrize(
        ("output", "words"),
        [("", "the browser did not start"), ("No usable sandbox!", "apt-get install chromium-sandbox")],
    )
    def test_a_browser_that_does_not_start_is_tried_once(
        self, site, crawl, rows, settings, tmp_path, output, words
    ):
        starts = tmp_path / "starts"
        broken = tmp_path / "chromium"
        broken.write_text(f"#!/bin/sh\necho x >> {starts}\necho '{output}' >&2\nexit 1\n")
        broken.chmod(0o755)
        links = [site(link=f"http://news.example/n/{number}.html") for number in range(3)]
        run = crawl("share", "urls=-", stdin="\n".join(links), BROWSER_EXECUTABLE=broken, **settings)
        assert run.returncode == 69
        for row in rows("SELECT outcome, reason FROM links"):
            assert row["outcome"] == "walled"
            assert words in row["reason"]
            assert ("sandbox" in row["reason"]) is bool(output)
        assert len(starts.read_text().split()) == 1


def test_nothing_of_a_browser_starts_before_a_page_needs_one(websites, settings, data_dir, tmp_path):
    """Neither the package nor its driver, though the setting allows it."""
    link = websites.put("http://news.example/a/1.html", news_page())
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "watch.py").write_text(
        "import sys\nfrom crawler.settings import *\n"
        "class Watch:\n"
        "    def process_item(self, item):\n"
        "        print('loaded:', [name for name in sys.modules if name.partition('.')[0] in ('playwright', 'scrapy_playwright')])\n"
        "        return item\n"
        "ITEM_PIPELINES = {**ITEM_PIPELINES, 'watch.Watch': 950}\n"
    )
    words = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}", "SCRAPY_SETTINGS_MODULE": "watch"}
    run = run_scrapy("crawl", "share", "-a", f"url={link}", *words, "-s", f"DATA_DIR={data_dir}", "-s", f"BROWSER_EXECUTABLE={program}", env=environment)  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "loaded: []" in run.stdout


def test_without_a_browser_the_outcome_says_how_to_get_one(site, crawl, rows, settings):
    assert crawl("share", f"url={site()}", **settings | {"BROWSER_ENABLED": False}).returncode == 69
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "walled"
    for words in (
        "pip install 'finews-archive[browser]'",
        "apt-get install chromium",
        "BROWSER_ENABLED=True",
    ):
        assert words in row["reason"]


def test_a_missing_chromium_is_wrong_usage(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    problem = find_problem(settings_with(BROWSER_ENABLED="True"))
    assert (
        problem
        == "BROWSER_ENABLED=True: no Chromium on PATH: apt-get install chromium, or give its path in BROWSER_EXECUTABLE"
    )
    assert "not a program" in find_problem(
        settings_with(BROWSER_ENABLED="True", BROWSER_EXECUTABLE="/no/chromium")
    )


def test_a_missing_package_is_wrong_usage(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    sys.path_importer_cache.clear()
    assert "pip install 'finews-archive[browser]'" in find_missing_part(settings_with())


@pytest.mark.parametrize(
    ("name", "value"),
    [("PLAYWRIGHT_CDP_URL", "http://127.0.0.1:9222"), ("PLAYWRIGHT_BROWSER_TYPE", "firefox"),
     ("PLAYWRIGHT_LAUNCH_OPTIONS", {"proxy": None}), ("DOWNLOAD_HANDLERS", {"https": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"})],
)  # fmt: skip
def test_settings_that_lead_past_the_guard_are_refused(name, value):
    problem = find_problem(
        settings_with(BROWSER_ENABLED="True", BROWSER_EXECUTABLE=sys.executable, **{name: value})
    )
    assert problem.startswith(f"{name}: leave")
    assert find_problem(settings_with(**{name: value})) is None


def test_only_a_shell_asks_for_a_browser():
    for html, needed in ((SHELL % "", True), ("<title>安全验证</title><p>请完成安全验证</p>", False)):
        with pytest.raises(Walled) as caught:
            read(html.encode())
        assert caught.value.needs_browser is needed
