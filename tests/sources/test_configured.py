"""sources.toml: what it may hold, what is said of mistakes; sitemaps and list pages."""

import gzip

import pytest
from scrapy.http import Response

from crawler.sources import Record, SourceError
from crawler.sources.by_address import ConfiguredSource
from crawler.sources.configured import FILE, ConfigError, build, choose, load, write_entry
from crawler.sources.link_list import looks_like_article
from tests.sources.reading import SETTINGS, WINDOW

URL = "https://paper.test/news/"


def read(body: bytes | str, url: str = URL, **options):
    data = body.encode() if isinstance(body, str) else body
    return ConfiguredSource("paper", {"": url}, **options).read(Response(url, body=data), "", "")


def urlset(*entries: str) -> str:
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(entries) + "</urlset>"
    )


NEWS = (
    "<url><loc>https://paper.test/a/1</loc><lastmod>2026-11-21T12:00:00+08:00</lastmod><news:news><news:publication><news:name>Paper</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>2026-11-21T10:00:00+08:00</news:publication_date>"
    "<news:title>Port opens &amp; grows</news:title><news:keywords>ports, ships</news:keywords></news:news></url>"
)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("key", "https://paper.test/a/1"),
        ("url", "https://paper.test/a/1"),
        ("headline", "Port opens & grows"),
        ("published_raw", "2026-11-21T10:00:00+08:00"),
        ("updated_raw", "2026-11-21T12:00:00+08:00"),
        ("publisher", "Paper"),
        ("tags", ["ports", "ships"]),
    ],
)
def test_a_news_sitemap(field, expected):
    [record] = read(urlset(NEWS)).records
    assert getattr(record, field) == expected


def test_a_sitemap_as_gzip_file_and_one_that_is_cut_off():
    assert len(read(gzip.compress(urlset(NEWS, NEWS).encode())).records) == 2
    cut = read(urlset(*[NEWS] * 9)[:-300])
    assert (len(cut.records), cut.is_complete) == (8, False)


def test_a_sitemap_of_50_000_pages_is_read_whole():
    assert (
        len(read(urlset(*(f"<url><loc>https://paper.test/a/{n}</loc></url>" for n in range(50_000)))).records)
        == 50_000
    )


def test_an_index_leads_to_its_newest_parts():
    parts = "".join(
        f"<sitemap><loc>https://paper.test/{n}.xml</loc><lastmod>2026-11-{n:02}</lastmod></sitemap>"
        for n in range(1, 9)
    )
    parts += "<sitemap><loc>http://[::1</loc></sitemap>"  # costs no other
    found = read(
        f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'
    )
    assert ([request.url for request in found.further], found.records) == (
        [f"https://paper.test/{n}.xml" for n in (8, 7, 6, 5, 4)],
        [],
    )


LIST = """<html><body><nav><a href="/about">About our newsroom and its people</a><a href="/tags/ports-ships-and-docks">Everything about ports and ships</a></nav>
<ul class="news"><li><a href="/2026/11/21/port.html"><img src="x.jpg"></a><a href="/2026/11/21/port.html">临江港开通第三条远洋航线</a></li>
<li><a href="story-712345.html">港口集团明年增开两条支线</a></li></ul>
<a href="https://advert.test/2026/11/21/buy-now-and-save-much.html">Buy now and save very much</a><a href="javascript:void(0)">临江港开通第三条远洋航线二</a></body></html>"""


def test_links_that_look_like_articles():
    found = [(record.url, record.headline) for record in read(LIST).records]
    assert found == [
        ("https://paper.test/2026/11/21/port.html", "临江港开通第三条远洋航线"),
        ("https://paper.test/news/story-712345.html", "港口集团明年增开两条支线"),
    ]


@pytest.mark.parametrize("selector", ["ul.news", "ul.news li", "ul.news a"])
def test_links_that_a_selector_names(selector):
    assert len(read(LIST, links=selector).records) == 2


def test_a_selector_that_matches_none_is_reported():
    with pytest.raises(SourceError, match=r"links='ol a' matches none"):
        read(LIST, links="ol a")


@pytest.mark.parametrize(
    ("address", "text", "is_article"),
    [
        ("https://www.paper.test/2026/11/21/a.html", "Port opens its third ocean route", True),
        ("https://paper.test/world/port-opens-its-third-route", "Port opens its third ocean route", True),
        ("https://paper.test/world/port-opens-its-third-route", "More", False),
        ("https://paper.test/a/4700080.html", "临江港开通第三条远洋航线", True),
        ("https://paper.test/a/4700080.html", "港口", False),
        ("https://paper.test/world", "Port opens its third ocean route", False),
        ("https://other.test/2026/11/21/a.html", "Port opens its third ocean route", False),
        ("https://paper.test/2026/11/21/a.jpg", "Port opens its third ocean route", False),
        ("https://paper.test/author/he-yuan-of-the-port-desk", "He Yuan of the port desk", False),
        ("https://paper.test/show?id=4711", "临江港开通第三条远洋航线", True),
    ],
)
def test_what_looks_like_an_article(address, text, is_article):
    assert looks_like_article(address, text, "https://paper.test/") is is_article


TOML = """
[paper]
url = "https://paper.test/feed.xml"
publisher = "Paper"
zone = "Europe/London"
interval = "1h"
allow = '/20\\d\\d/'
deny = ["/sport/", "/video/"]
headers = { "X-Reader" = "1" }

[desk]
channels = { world = "https://desk.test/world.rss", ports = "https://desk.test/ports.rss" }

[cls]
channels = ["telegraph", "1003"]
interval = "15s"

[nbd]
enabled = false
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / FILE
    path.write_text(TOML)
    return path


def test_four_lines_a_source(file):
    source, channels = build("paper", load(file)["paper"], SETTINGS)
    [request] = source.requests("", "", WINDOW)
    assert (channels, source.feed_name(""), source.publisher, source.zone, source.interval_of("").total_seconds()) == ([""], "paper", "Paper", "Europe/London", 3600)  # fmt: skip
    assert (request.url, dict(request.headers)) == ("https://paper.test/feed.xml", {"X-Reader": "1"})


def test_addresses_that_are_wanted(file):
    source, _ = build("paper", load(file)["paper"], SETTINGS)
    wanted = {
        path: source.wants(Record(key="1", url=f"https://paper.test{path}"))
        for path in ("/2026/1", "/2026/sport/1", "/about")
    }
    assert wanted == {"/2026/1": True, "/2026/sport/1": False, "/about": False}


def test_all_sources_of_the_file_but_those_switched_off(file):
    found = [(source.name, channels) for source, channels in choose([], load(file), SETTINGS)]
    assert found == [("paper", [""]), ("desk", ["world", "ports"]), ("cls", ["telegraph", "1003"])]


def test_sources_and_channels_by_name(file):
    found = [
        (source.name, channels)
        for source, channels in choose(["cls/1000", "jin10", "desk/ports", "nbd"], load(file), SETTINGS)
    ]
    assert found == [("cls", ["1000"]), ("jin10", ["flash", "28"]), ("desk", ["ports"]), ("nbd", ["1161"])]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["papr"], "no source is called papr; there are paper, desk, cls, nbd, .*jin10"),
        (["cls/news"], "cls has no channel 'news'; there are telegraph, "),
        (["desk/sport"], "desk has no channel 'sport'; there are world, ports"),
    ],
)
def test_unknown_names(file, words, problem):
    with pytest.raises(ConfigError, match=problem):
        choose(words, load(file), SETTINGS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[paper", "Expected ']'"),
        ("paper = 3", "paper is not a table"),
        ("[Paper]\nurl = 'https://a.test/'", r"\[Paper\]: a name is made of"),
        ("[paper]\nuri = 'https://a.test/'", r"\[paper\] uri: unknown key; there are url, channels"),
        ("[paper]\npublisher = 'P'", "has no url, and is none of the built-in sources"),
        ("[paper]\nurl = 'paper.test'", "'paper.test' is not an http or https address"),
        ("[paper]\nurl = 'file:///etc/passwd'", "is not an http or https address"),
        ("[paper]\nurl = 3", "url = 3 has the wrong type"),
        ("[paper]\nurl = 'https://a.test/'\nzone = 'Mars/Olympus'", "zone = 'Mars/Olympus' is not a time zone"),
        ("[paper]\nurl = 'https://a.test/'\ninterval = 'hourly'", "interval: 'hourly' is not a time span"),
        ("[paper]\nurl = 'https://a.test/'\nallow = '('", "allow = '\\(' is not a regular expression"),
        ("[paper]\nurl = 'https://a.test/'\ncontent = 'all'", "content = 'all': there are auto, feed, page"),
        ("[cls]\nurl = 'https://a.test/'", r"\[cls\] url: cls is a built-in source"),
        ("[paper]\nurl = 'http://[::1'", r"'http://\[::1' is not an http or https address"),
        ("[paper]\nurl = 'http://a.test:99999/'", "is not an http or https address"),
        ("[paper]\nchannels = {}", "has no url"),
        ('[paper]\nurl = "https://a.test/"\nheaders = { X = "a\\nB: c" }', "is not a header with a text of one line"),
        ("[paper]\nurl = 'https://a.test/'\nheaders = { X = 5 }", "headers: 'X' = 5 is not a header"),
        ("[paper]\nurl = 'https://a.test/'\nlinks = 'a[['", r"links = 'a\[\[' is not a CSS selector"),
        ("paper = " + "[" * 2000, "nested too deeply"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_the_file_and_the_table(tmp_path, text, problem):
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(ConfigError, match=problem) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_no_file_is_no_source(tmp_path):
    assert load(tmp_path / FILE) == {}


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "new" / FILE
    entry = {
        "url": 'https://paper.test/港?a="b"',
        "publisher": "早报\\晚报\n",
        "headers": {"X-a": "1"},
        "enabled": True,
    }
    write_entry(path, "paper", entry)
    write_entry(path, "desk", {"url": "https://desk.test/"})
    assert load(path) == {"paper": entry, "desk": {"url": "https://desk.test/"}}
    with pytest.raises(ConfigError, match=r"there is a \[desk\] already"):
        write_entry(path, "desk", {"url": "https://desk.test/2"})
