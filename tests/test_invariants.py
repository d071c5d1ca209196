"""What holds of the parsers whatever they are given; Hypothesis looks for the smallest input of which it does not.

What each of them may raise and give is asserted in `tests.soak.parsers`, which `make soak` feeds with changed pages; here they
get inputs put together from what they look at. Here are also the laws that need more than one call: that a second pass changes
nothing, that two ways to say one thing agree, that what was written reads back equal.
"""

import contextlib
import ipaddress
import json
import math
import random
import tomllib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scrapy.http import TextResponse

from archive.body_tags import TAGS
from archive.post_format import render_post
from archive.post_text import UNTITLED, clean_title
from archive.schema import open_archive
from archive.search.match import matches
from archive.times import BEIJING
from archive.toml_text import as_toml, with_table
from archive.writer import Archive
from crawler.guard.public_addresses import is_public, parse_address
from crawler.links import complete_address, links_in
from crawler.pages import LinkError, target_of
from crawler.sources import SourceError, built_in
from crawler.sources.discovery import outlines_in
from crawler.sources.sitemap import read_sitemap
from pipelines.normalise_dates import EARLIEST, TOLERANCE, to_utc
from pipelines.render_body import html_of
from pipelines.sanitise_html import safe_tree
from tests.archive.test_writer import entry
from tests.soak.mutations import QUERIES, TIMES, TOKENS
from tests.soak.nested import nested_body
from tests.soak.parsers import LINK, NOW, PARSERS, compare_texts
from tests.sources.reading import SETTINGS


def laws(examples: int) -> settings:
    """The same examples in every run, and nothing kept between runs."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


def made_of(*pieces: str, most: int = 10) -> st.SearchStrategy[str]:
    """Texts of *pieces* and of characters of every kind."""
    return st.lists(st.sampled_from(pieces) | st.text(max_size=6), max_size=most).map("".join)


MARKUP = (
    *(token.decode("utf-8", "replace") for token in TOKENS), "<p>", "</p>", "<div style='display:none'>", "</div>", "<a href='", "http://a.example/", "'>",
    "java\nscript:x", "<noscript>", "</noscript>", "<iframe src=//a.example/>", "<table><tr><td>", "</table>", "<img src=x onerror=y>", "<pre>\n\n", "储能电站并网。", "&lt;", "&#60;script&#62;",
)  # fmt: skip
ADDRESSES = (
    "http://", "HTTPS://", "//", "a.example", "news.example/2026/0630/1.html", "[::1]", ":99999", "user:p@", "?infoCode=NW202202212283238167", "NW202202212283238167", "/a/%E4%B8%AD",
    "(", ")", "[题](", "<", ">", " ", "，", "#", " # ", "&amp;", "。", "\u200b", "ｈｔｔｐ：／／", "\\/", "finance.eastmoney.com/a/202202212283238167.html", "|",
)  # fmt: skip
MATTER = ("---\n", "'", '"', "\\", ": ", " #", "{{", "%}", "\n", "\r", "\t", "\x85", "\u2028", "\ufeff", "&a", "*", "!!str", "储能", "1", "yes", "2026-06-30", "😀")  # fmt: skip
SENTENCES = ("央行降准。", "央行降息。", "入组180名受试者。", "入组240名受试者，", "Rates held. ", "No cut", " ", "\n", "“很好！”", "1月\t2.5\n", "3.1%")  # fmt: skip
PIECES = {"clean_body": MARKUP, "read_page": MARKUP, "write_post": MATTER + MARKUP[:8], "search": QUERIES, "read_date": TIMES, "read_links": ADDRESSES, "compare_texts": SENTENCES, "read_lists": MARKUP}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PIECES))
def test_a_parser_answers_whatever_it_is_given(name):
    @laws(60)
    @given(made_of(*PIECES[name]))
    def check(text):
        PARSERS[name](text.encode("utf-8", "surrogatepass"))

    check()


# -- links -----------------------------------------------------------------------------------------------------------


@laws(200)
@given(made_of(*ADDRESSES))
def test_a_link_that_was_found_is_found_in_itself(text):
    for link in links_in(text.splitlines()):
        assert complete_address(complete_address(link)) == complete_address(link)
        if "://" in link:
            assert list(links_in([link])) == [link]
        try:
            target = target_of(link)
        except LinkError:
            continue
        assert target_of(target.link) == target


# -- dates -----------------------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime.fromisoformat("1989-01-01"), datetime.fromisoformat("2027-01-01"))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@laws(150)
@given(MOMENTS, OFFSETS, st.sampled_from(("T", " ")))
def test_iso_times_with_an_offset_are_that_instant(moment, offset, between):
    moment = moment.replace(tzinfo=offset)
    expected = moment.astimezone(UTC).replace(microsecond=0)
    found = to_utc(moment.isoformat(between), NOW)
    assert found == ((expected, "second") if EARLIEST <= expected <= NOW + TOLERANCE else None)


@laws(100)
@given(MOMENTS, st.sampled_from(("second", "minute")))
def test_iso_times_without_an_offset_are_those_of_the_clock(moment, precision):
    moment = moment.replace(microsecond=0, **({"second": 0} if precision == "minute" else {}))
    text = moment.isoformat(" ", "minutes" if precision == "minute" else "seconds")
    expected = moment.replace(tzinfo=BEIJING).astimezone(UTC)
    found = to_utc(text, NOW)
    assert found == ((expected, precision) if EARLIEST <= expected <= NOW + TOLERANCE else None)


# -- bodies ----------------------------------------------------------------------------------------------------------


@laws(150)
@given(made_of(*MARKUP))
def test_a_clean_body_is_allowed_markup_that_cleaning_leaves_alone(html):
    tree = safe_tree(html, LINK)
    clean = html_of(tree)
    assert {element.tag for element in tree.iter()} <= TAGS
    for link in tree.iter("a"):
        assert (link.get("href") or LINK).lower().startswith(("http://", "https://"))
    assert html_of(safe_tree(clean, LINK)) == clean


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_elements_within_each_other_are_left_alone_once_they_are_clean(start):
    for number in range(start, start + 100):
        PARSERS["clean_body"](nested_body(random.Random(number)).encode())


# -- search ----------------------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(("储", "能", "储能", "电站", "港股", "A", "b", "et7", "ＥＴ７", "1", "１６", ".", "%", "\n", " ")), max_size=8).map("".join)  # fmt: skip
LINES = st.lists(st.sampled_from(("储", "能", "储能电站", "电站港股", "A", "b", "Et7", "７", "1", ".", "-", "|", " ", "\u3000", '"', "'", "*", "(", ":", "AND")), max_size=6).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A connection to an archive of one article."""
    folder = tmp_path_factory.mktemp("searched")
    with Archive(folder) as archive:
        archive.add(entry(1))
    with contextlib.closing(open_archive(folder / "archive.db")) as conn:
        yield conn


@laws(300)
@given(LINES, WORDS, WORDS)
def test_python_matches_as_the_view_does(searched, query, headline, text):
    searched.execute("UPDATE articles SET headline = ?", [headline])
    searched.execute("UPDATE texts SET body_text = ?", [text])
    found = searched.execute("SELECT count(*) FROM search WHERE q = ?", [query]).fetchone() == (1,)
    assert matches(query, headline, text) == found


# -- posts -----------------------------------------------------------------------------------------------------------


@laws(100)
@given(made_of(*MATTER), made_of(*MATTER), st.sampled_from(("jekyll", "hugo", "eleventy")))
def test_front_matter_reads_back_equal(headline, source, flavour):
    article = {
        "id": "web:1", "info_code": source, "headline": headline, "publisher": "甲", "publisher_slug": "jia", "authors": [], "published_at": "2026-06-30T07:20:00Z",
        "published_precision": "minute", "first_seen_at": "2026-06-30T07:20:00Z", "share_url": LINK, "body_html": "<p>文</p>", "images": [], "site": "web",
    }  # fmt: skip
    post = render_post(article, flavour).text
    matter = yaml.safe_load(post.split("\n---\n")[0])
    assert matter["title"] == (clean_title(headline) or UNTITLED)
    assert matter["info_code"] == source
    assert matter["source_url"] == LINK


# -- texts -----------------------------------------------------------------------------------------------------------


@laws(200)
@given(st.lists(st.sampled_from(SENTENCES), max_size=10), st.data())
def test_a_difference_holds_both_texts(pieces, data):
    """Of an edit of a text: most sentences stay."""
    edited = data.draw(st.permutations(pieces)) if data.draw(st.booleans()) else pieces[::2]
    old, new = "".join(pieces), "".join(edited)
    half = max(len(old), len(new))
    compare_texts((old.ljust(half) + new.ljust(half)).encode())


# -- lists -----------------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(("data", "list", "roll_data", "items", "result", "code", "status", "error", "id", "title", "content", "ctime", "url"))  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(TIMES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_source_reads_any_json_or_reports_it(name):
    source = built_in()[name](SETTINGS)

    @laws(25)
    @given(JSON.map(json.dumps) | made_of(*MARKUP))
    def check(text):
        response = TextResponse("https://list.test/x", body=text.encode("utf-8", "surrogatepass"))
        try:
            listing = source.read(response, next(iter(source.channels), ""), "")
        except SourceError:
            return
        assert all(record.key for record in listing.records)

    check()


XML = ("<?xml version='1.0'?>", "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>", "<sitemapindex>", "<url>", "<sitemap>", "<loc>", "http://a.example/1", "//[", "</loc>", "</url>",
       "</urlset>", "<lastmod>2026-06-30</lastmod>", "<opml>", "<outline xmlUrl='http://a.example/'", "/>", "</opml>", "&", "\x1f\x8b", "<!DOCTYPE x [<!ENTITY a 'b'>]>")  # fmt: skip


@laws(150)
@given(made_of(*XML, most=14))
def test_sitemaps_and_outlines_are_read_or_reported(text):
    for read in (
        lambda: read_sitemap(text.encode("latin-1", "replace"), LINK, "demo", "Asia/Shanghai").records,
        lambda: list(outlines_in(text.encode(), "x.opml")),
    ):
        try:
            found = read()
        except SourceError:
            continue
        assert isinstance(found, list)


# -- settings --------------------------------------------------------------------------------------------------------

TABLES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@laws(150)
@given(TABLES)
def test_toml_reads_back_equal(value):
    written = tomllib.loads(with_table("", "t", {"x": value}))["t"]["x"]
    assert written == value
    assert tomllib.loads(f"x = {as_toml(value)}")["x"] == value
    if isinstance(value, float):
        assert math.copysign(1, written) == math.copysign(1, value)


# -- addresses -------------------------------------------------------------------------------------------------------


@laws(400)
@given(st.ip_addresses())
def test_no_address_is_public_that_python_takes_for_private(address):
    if is_public(str(address)):
        judged = parse_address(str(address))
        assert judged.is_global
        assert not judged.is_multicast


@laws(200)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_form(address):
    number = int(address)
    forms = [f"::ffff:{address}", f"::ffff:0:{address}", f"64:ff9b::{address}", f"::{address}", str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1))]  # fmt: skip
    assert {is_public(form) for form in forms} == {is_public(str(address))}


def test_a_line_that_went_with_the_links_above_it_is_not_taken_again():
    PARSERS["clean_body"]("><h3>相关推荐</><li><a href=l>点赞".encode())
