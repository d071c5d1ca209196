"""Oddities of feeds as they are met in the wild: what a reader expects, against what stands there."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from scrapy.http import Response

from crawler.sources import Record, SourceError, syndication
from crawler.sources.by_address import ConfiguredSource
from crawler.sources.syndication import read_feed
from pipelines.normalise_dates import to_utc
from tests.conftest import ROOT

PAGE = "https://paper.test/feeds/all.xml"
LONG = "<p>" + "The third ocean route from Linjiang opened on Saturday with a first ship. " * 6 + "</p>"


def listing(
    body: bytes | str, kind: str = "application/xml", zone: str = "Asia/Shanghai", url: str = PAGE, **options
):
    source = ConfiguredSource("paper", {"": url}, **options)
    source.zone = zone
    data = body.encode() if isinstance(body, str) else body
    return source.read(Response(url, body=data, headers={"Content-Type": kind}), "", "")


def rss(
    item: str, head: str = '<?xml version="1.0" encoding="utf-8"?>', tail: str = "", spaces: str = ""
) -> str:
    return f'{head}<rss version="2.0" {spaces}><channel><title>Paper</title><link>https://paper.test/</link>{item}</channel></rss>{tail}'


def only(body: bytes | str, **options) -> Record:
    [record] = listing(body, **options).records
    return record


ITEM = '<item><title>Port opens</title><link>https://paper.test/a/1</link><guid isPermaLink="false">g1</guid><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item>'
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title><id>urn:f</id>{}</feed>'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'

ODDITIES = {
    "plain-rss": (rss(ITEM), {"key": "g1", "url": "https://paper.test/a/1", "headline": "Port opens", "published_raw": "Sat, 21 Nov 2026 10:00:00 GMT"}),
    "rss-0.91-without-guid-and-date": (
        '<?xml version="1.0"?><rss version="0.91"><channel><title>P</title><item><title>T</title><link>https://paper.test/a/2</link></item></channel></rss>',
        {"key": "https://paper.test/a/2", "published_raw": None},
    ),
    "rss-0.92-without-title": (rss("<item><link>https://paper.test/a/3</link><description>Only words</description></item>"), {"headline": None, "description": "Only words"}),
    "rss-1.0-rdf": (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" ' + DC + '><channel rdf:about="x"><title>P</title></channel>'
        '<item rdf:about="https://paper.test/a/4"><title>R</title><link>https://paper.test/a/4</link><dc:date>2026-11-21T10:00:00+08:00</dc:date><dc:creator>He Yuan</dc:creator></item></rdf:RDF>',
        {"url": "https://paper.test/a/4", "published_raw": "2026-11-21T10:00:00+08:00", "authors": ["He Yuan"]},
    ),
    "atom": (
        ATOM.format('<entry><id>urn:1</id><title>A</title><link href="https://paper.test/a/5"/><published>2026-11-21T10:00:00Z</published><updated>2026-11-21T12:00:00Z</updated><author><name>Zhou Xing</name></author></entry>'),
        {"key": "urn:1", "url": "https://paper.test/a/5", "published_raw": "2026-11-21T10:00:00Z", "updated_raw": "2026-11-21T12:00:00Z", "authors": ["Zhou Xing"]},
    ),
    "atom-with-updated-alone": (ATOM.format('<entry><id>urn:2</id><title>A</title><link href="https://paper.test/a/6"/><updated>2026-11-21T12:00:00Z</updated></entry>'), {"published_raw": "2026-11-21T12:00:00Z", "updated_raw": None}),
    "atom-with-many-links": (
        ATOM.format('<entry><id>urn:3</id><title>A</title><link rel="self" href="https://paper.test/f/3"/><link rel="enclosure" href="https://paper.test/m.mp3"/><link rel="alternate" type="text/html" href="https://paper.test/a/7"/></entry>'),
        {"url": "https://paper.test/a/7"},
    ),
    "atom-xml-base": (ATOM.format('<entry xml:base="https://paper.test/2026/"><id>urn:4</id><title>A</title><link href="a/8"/></entry>'), {"url": "https://paper.test/2026/a/8"}),
    "atom-xhtml-title": (ATOM.format('<entry><id>urn:5</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Port <b>opens</b></div></title><link href="https://paper.test/a/9"/></entry>'), {"headline": "Port opens"}),
    "relative-link": (rss("<item><title>T</title><link>/a/10</link></item>"), {"url": "https://paper.test/a/10"}),
    "link-relative-to-the-feed": (rss("<item><title>T</title><link>a/11.html</link></item>"), {"url": "https://paper.test/feeds/a/11.html"}),
    "link-without-scheme": (rss("<item><title>T</title><link>//paper.test/a/12</link></item>"), {"url": "https://paper.test/a/12"}),
    "link-in-lines": (rss("<item><title>T</title><link>\n   https://paper.test/a/13\n  </link></item>"), {"url": "https://paper.test/a/13"}),
    "link-in-cdata": (rss("<item><title>T</title><link><![CDATA[https://paper.test/a/14?x=1&y=2]]></link></item>"), {"url": "https://paper.test/a/14?x=1&y=2"}),
    "bare-ampersand-in-link": (rss("<item><title>T</title><link>https://paper.test/a/15?x=1&y=2</link></item>"), {"url": "https://paper.test/a/15?x=1&y=2"}),
    "guid-is-the-only-address": (rss('<item><title>T</title><guid isPermaLink="true">https://paper.test/a/16</guid></item>'), {"url": "https://paper.test/a/16"}),
    "guid-is-no-address": (rss('<item><title>T</title><guid isPermaLink="false">tag:16</guid></item>'), {"key": "tag:16", "url": None}),
    "feedburner": (
        rss("<item><title>T</title><link>https://burner.test/~r/x/1</link><feedburner:origLink>https://paper.test/a/17</feedburner:origLink></item>", spaces='xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'),
        {"url": "https://paper.test/a/17"},
    ),
    "html-in-title": (rss("<item><title>Port &lt;b&gt;opens&lt;/b&gt; &amp;amp; grows</title><link>https://paper.test/a/18</link></item>"), {"headline": "Port opens & grows"}),
    "cdata-title-with-entities": (rss("<item><title><![CDATA[ R&amp;D &#8220;up&#8221; ]]></title><link>https://paper.test/a/19</link></item>"), {"headline": "R&D “up”"}),
    "less-than-in-title": (rss("<item><title>Growth &amp;lt; 5 %</title><link>https://paper.test/a/20</link></item>"), {"headline": "Growth < 5 %"}),
    "html-entities-in-xml": (rss("<item><title>Caf&eacute;&nbsp;&mdash;&nbsp;open</title><link>https://paper.test/a/21</link></item>"), {"headline": "Café — open"}),
    "gbk-declared": (rss("<item><title>临江港开通远洋航线</title><link>https://paper.test/a/22</link></item>", head='<?xml version="1.0" encoding="gbk"?>').encode("gbk"), {"headline": "临江港开通远洋航线"}),
    "gb2312-with-characters-of-gbk": (rss("<item><title>朱镕基路開通</title><link>https://paper.test/a/23</link></item>", head='<?xml version="1.0" encoding="gb2312"?>').encode("gbk"), {"headline": "朱镕基路開通"}),
    "utf-8-declared-as-iso-8859-1-in-http": (rss("<item><title>港口</title><link>https://paper.test/a/24</link></item>"), {"headline": "港口", "kind": "text/xml; charset=utf-8"}),
    "utf-16": (rss("<item><title>港口</title><link>https://paper.test/a/25</link></item>", head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"), {"headline": "港口"}),
    "byte-order-mark": (b"\xef\xbb\xbf" + rss(ITEM).encode(), {"key": "g1"}),
    "blank-lines-in-front": ("\n\n  " + rss(ITEM), {"key": "g1"}),
    "text-html-as-type": (rss(ITEM), {"key": "g1", "kind": "text/html"}),
    "control-characters": (rss("<item><title>Port\x0b opens</title><link>https://paper.test/a/26</link></item>"), {"headline": "Port opens"}),
    "undeclared-namespace": (rss("<item><title>T</title><link>https://paper.test/a/27</link><media:content url='x.jpg'/></item>"), {"url": "https://paper.test/a/27"}),
    "words-behind-the-end": (rss(ITEM, tail="<!-- cached --><script>x()</script>"), {"key": "g1"}),
    "named-zone": (rss(ITEM.replace("10:00:00 GMT", "10:00:00 EST")), {"at": "2026-11-21T15:00:00+00:00"}),
    "two-digit-year": (rss(ITEM.replace("21 Nov 2026 10:00:00 GMT", "21 Nov 26 10:00:00 +0800")), {"at": "2026-11-21T02:00:00+00:00"}),
    "no-weekday": (rss(ITEM.replace("Sat, 21 Nov 2026 10:00:00 GMT", "21 Nov 2026 10:00:00 +0000")), {"published_raw": "21 Nov 2026 10:00:00 +0000"}),
    "naive-beijing-time": (rss(ITEM.replace("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21 10:00:00")), {"published_raw": "2026-11-21 10:00:00"}),
    "naive-new-york-time": (rss(ITEM.replace("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21 10:00:00")), {"published_raw": "2026-11-21T10:00:00-05:00", "zone": "America/New_York"}),
    "unreadable-date": (rss(ITEM.replace("Sat, 21 Nov 2026 10:00:00 GMT", "yesterday-ish")), {"published_raw": "yesterday-ish"}),
    "full-text-in-content-encoded": (rss(f"<item><title>T</title><link>https://paper.test/a/28</link><description>Short.</description><content:encoded><![CDATA[{LONG}]]></content:encoded></item>", spaces=CONTENT), {"body_html": LONG, "description": "Short."}),
    "teaser-in-content-encoded": (rss(f"<item><title>T</title><link>https://paper.test/a/29</link><description>Short.</description><content:encoded><![CDATA[{LONG}<a href='x'>Read more</a>]]></content:encoded></item>", spaces=CONTENT), {"body_html": None}),
    "content-that-repeats-the-summary": (rss(f"<item><title>T</title><link>https://paper.test/a/30</link><description><![CDATA[{LONG}]]></description><content:encoded><![CDATA[{LONG}]]></content:encoded></item>", spaces=CONTENT), {"body_html": None}),
    "full-text-in-description": (rss(f"<item><title>T</title><link>https://paper.test/a/31</link><description><![CDATA[{LONG * 2}]]></description></item>"), {"body_html": LONG * 2}),
    "pages-are-wanted-all-the-same": (rss(f"<item><title>T</title><link>https://paper.test/a/32</link><content:encoded><![CDATA[{LONG}]]></content:encoded></item>", spaces=CONTENT), {"body_html": None, "content": "page"}),
    "outlet-of-an-aggregator": (rss("<item><title>T</title><link>https://paper.test/a/33</link><source url='https://other.test/'>Other Paper</source></item>"), {"publisher": "Other Paper"}),
    "categories": (rss("<item><title>T</title><link>https://paper.test/a/34</link><category>Ports</category><category><![CDATA[ Ships ]]></category></item>"), {"tags": ["Ports", "Ships"]}),
    "mail-address-as-author": (rss("<item><title>T</title><link>https://paper.test/a/35</link><author>desk@paper.test</author></item>"), {"authors": []}),
    "external-entity": (rss("<item><title>T&x;</title><link>https://paper.test/a/36</link></item>", head='<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), {"url": "https://paper.test/a/36"}),
    "json-feed": (json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [{"id": 7, "url": "/a/37", "title": "J", "content_html": LONG, "date_published": "2026-11-21T10:00:00+08:00", "authors": [{"name": "He Yuan"}], "tags": ["x"]}]}), {"key": "7", "url": "https://paper.test/a/37", "headline": "J", "body_html": LONG, "authors": ["He Yuan"], "tags": ["x"], "published_raw": "2026-11-21T10:00:00+08:00"}),
    "json-feed-1.0-text": (json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"id": "https://paper.test/a/38", "content_text": "a < b\n" + "words " * 60, "author": {"name": "He Yuan"}}]}), {"url": "https://paper.test/a/38", "authors": ["He Yuan"], "headline": None}),
    "gzip-file": (gzip.compress(rss(ITEM).encode()), {"key": "g1", "kind": "application/gzip"}),
    "cdf-upper-case-tags": ("<RSS version='2.0'><CHANNEL><TITLE>P</TITLE><ITEM><TITLE>Port opens</TITLE><LINK>https://paper.test/a/39</LINK></ITEM></CHANNEL></RSS>", {"url": "https://paper.test/a/39"}),
}  # fmt: skip
OPTIONS = {"kind", "zone", "content"}


def instant(record: Record) -> str:
    """When the record says that its article was published."""
    return to_utc(record.published_raw, datetime(2026, 12, 1, tzinfo=UTC))[0].isoformat()


@pytest.mark.parametrize("name", ODDITIES)
def test_oddity(name):
    body, expected = ODDITIES[name]
    record = only(body, **{key: value for key, value in expected.items() if key in OPTIONS})
    found = {
        key: instant(record) if key == "at" else getattr(record, key)
        for key in expected
        if key not in OPTIONS
    }
    assert found == {key: value for key, value in expected.items() if key not in OPTIONS}


def test_no_file_of_this_machine_is_read():
    record = only(ODDITIES["external-entity"][0])
    assert "root:" not in str(record)


def test_a_feed_that_is_cut_off_gives_what_there_is_and_says_so():
    whole = rss("".join(ITEM.replace("g1", f"g{n}") for n in range(9)))
    cut = listing(whole[: len(whole) * 2 // 3])
    assert (len(cut.records) >= 5, cut.is_complete, listing(whole).is_complete) == (True, False, True)


def test_an_empty_feed_is_a_feed():
    assert listing(rss("")).records == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "lists no article"),
        ('<?xml version="1.0"?><error>no</error>', "is not a feed"),
        ('{"error": 1}', "not a JSON Feed"),
        ("[1, 2]", "not a JSON Feed"),
        ("<html><p>We are busy</p></html>", "no link looks like an article"),
        (b"\x1f\x8bxxxx", "damaged gzip"),
        ('<?xml version="1.0"?><urlset><ur', "is not a sitemap"),
        ('{"items": [{"title": "no id"}]}', "none of the 1 rows"),
    ],
)
def test_what_is_no_feed_is_reported(body, words):
    with pytest.raises(SourceError, match=f"^paper: .*{words}") as caught:
        listing(body)
    assert PAGE in str(caught.value)


def test_further_pages():
    assert (
        listing(
            ATOM.format('<link rel="next" href="?page=2"/><entry><id>urn:1</id><link href="/a"/></entry>')
        ).next_cursor
        == f"{PAGE}?page=2"
    )
    assert listing('{"items": [{"id": "1"}], "next_url": "/f?p=2"}').next_cursor == "https://paper.test/f?p=2"


def test_an_entity_that_grows_without_end_is_not_expanded():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
        + "]>"
    )
    assert (
        len(
            str(
                listing(
                    rss("<item><title>&a8;</title><link>https://paper.test/a</link></item>", head=bomb)
                ).records
            )
        )
        < 20_000
    )


MEMORY = """
import re
from scrapy.http import Response
from crawler.sources.by_address import ConfiguredSource
from crawler.sources.syndication import read_feed
item = "<item><title>Headline {0} of the day</title><link>https://e.test/a/{0}</link><guid>{0}</guid><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate><description><![CDATA[<p>" + "word " * 60 + "</p>]]></description></item>"
body = ('<rss version="2.0"><channel><title>T</title>' + "".join(map(item.format, range(20_000))) + "</channel></rss>").encode()
found = ConfiguredSource("e", {"": "https://e.test/f"}).read(Response("https://e.test/f", body=body), "", "")
print(len(found.records), int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.slow
def test_a_feed_of_20_000_entries_takes_less_than_200_megabytes():
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, cwd=ROOT, check=True
    )
    records, megabytes = map(int, done.stdout.split())
    assert records == 20_000
    assert megabytes < 200


def test_a_large_feed_is_read_in_pieces(monkeypatch):
    items = "".join(
        f"<item><title>第{n}号</title><link>/a/{n}</link><description><![CDATA[<p>第{n}号码头 </item> 开工</p>]]></description></item>\n"
        for n in range(25)
    )
    body = rss(items)
    whole = listing(body).records
    monkeypatch.setattr(syndication, "LARGE", 100)
    monkeypatch.setattr(syndication, "PIECE", 4)
    assert len(list(syndication.pieces(body.encode()))) == 7
    assert listing(body).records == whole
    assert len(whole) == 25


def test_a_large_feed_that_ends_early_is_read_as_far_as_it_goes(monkeypatch):
    items = "".join(f"<item><title>T{n}</title><link>/a/{n}</link></item>" for n in range(25))
    monkeypatch.setattr(syndication, "LARGE", 100)
    monkeypatch.setattr(syndication, "PIECE", 4)
    found = listing(rss(items)[:-60])
    assert not found.is_complete
    assert len(found.records) >= 23


def test_an_entry_without_address_among_others_is_named():
    found = listing(rss(ITEM + "<item><title>A note of the editors</title></item>"))
    assert (len(found.records), found.unread) == (1, ["A note of the editors"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", ' encoding="utf-16"', ' encoding="utf-8"'])
@pytest.mark.parametrize("kind", ["text/xml", "application/xml; charset=utf-16"])
def test_wide_characters(encoding, declared, kind):
    body = rss(ITEM.replace("Port opens", "港口开港"), head=f'<?xml version="1.0"{declared}?>')
    assert only(body.encode(encoding), kind=kind).headline == "港口开港"


def test_a_full_text_without_a_summary_is_the_article():
    item = ITEM.replace("</item>", f"<content:encoded><![CDATA[{LONG}]]></content:encoded></item>")
    assert only(rss(item, spaces=CONTENT)).body_html == LONG


def test_a_feed_behind_much_else_is_none():
    """Declarations are looked for in all of it, at each of its lines."""
    with pytest.raises(SourceError, match="its first element is behind 200,005 bytes"):
        read_feed(b"<!-->" + b"\n" * 200_000 + b"<rss/>", "http://a.example/", "demo", "UTC", "auto", {})
    feed = (
        b"\n" * 200_000
        + b"<rss version='2.0'><channel><item><link>http://a.example/1</link></item></channel></rss>"
    )
    assert len(read_feed(feed, "http://a.example/", "demo", "UTC", "auto", {}).records) == 1
