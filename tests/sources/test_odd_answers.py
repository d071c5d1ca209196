"""Answers of types that no source ever had: they are read as far as they go, or reported by SourceError, and never break a poll."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.http import TextResponse

from archive.list_state import ListMemory
from crawler.listed_articles import article_of
from crawler.polling import Poll
from crawler.sources import Source, SourceError, built_in
from crawler.sources.by_address import ConfiguredSource
from crawler.sources.discovery import feeds_in
from crawler.sources.link_list import read_list
from tests.conftest import ROOT

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ODD: list[Any] = [
    None,
    True,
    5,
    -1,
    float("inf"),
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    [None],
    [[1]],
    "http://[::1",
    10**30,
    "\ud83d\ude00",
]
SAMPLES = sorted((ROOT / "tests" / "sources").glob("*/*.json"))
CHANNELS = {
    "cls": ("telegraph", "1000", "pinjian"), "eastmoney": ("344", "flash", "report-stock"), "sina": ("7x24", "2516"),
    "jin10": ("flash", "28"), "10jqka": ("flash",), "gelonghui": ("lives",), "wallstreetcn": ("lives", "articles"),
    "cninfo": ("announcements",),
}  # fmt: skip


def altered(data: Any, chance: random.Random, times: int) -> Any:
    """A copy of JSON data in which some values have another type."""
    data = json.loads(json.dumps(data))
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            spots.append((node, key))
            walk(node[key])

    walk(data)
    for node, key in chance.sample(spots, min(times, len(spots))):
        node[key] = chance.choice(ODD)
    return data


def read(source: Source, channel: str, body: bytes) -> int:
    """How many records an answer has, each gone through as a crawl does; 0 where it is reported."""
    try:
        listing = source.read(TextResponse("https://list.test/x", body=body), channel, "")
    except SourceError:
        return 0
    poll = Poll(source, channel, ListMemory("f", source.name), NOW)
    for record in poll.add(listing):
        if record.is_whole:
            article_of(record, source, "x:1", NOW, None)
        source.wants(record)
    poll.remembered(set(), source.interval)
    return len(listing.records)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_values_of_another_type(sample):
    chance = random.Random(sample.stem)
    source = built_in()[sample.parent.name]({})
    data = json.loads(sample.read_text(encoding="utf-8"))
    for channel in CHANNELS[sample.parent.name]:
        for times in (1, 2, 3, 5, 9) * 6:
            read(source, channel, json.dumps(altered(data, chance, times)).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"5", b'"x"', b"<html></html>", b"\x00\xff", b"[" * 5000, b'{"data":null}'],
)
def test_answers_without_a_list(body):
    for name, channels in CHANNELS.items():
        for channel in channels:
            assert read(built_in()[name]({}), channel, body) == 0


def test_names_of_attributes_that_no_xml_may_have():
    """libxml2 keeps them, and lxml finds no value by them."""
    page = sorted((ROOT / "tests" / "sources" / "nbd").glob("*.html"))[0].read_bytes()
    odd = re.sub(rb"<(?:a|li|link)\b", lambda tag: tag[0] + b' x\x01y="1" \xef\xbf\xbe="2"', page)
    assert odd != page
    source = built_in()["nbd"]({})
    assert read(source, "", odd) == read(source, "", page) > 0
    assert len(read_list(odd.decode(), "https://www.nbd.com.cn/", "nbd", "a").records) > 0
    link = '<link \x01a=1 rel=alternate type=application/rss+xml href="/feed">'
    assert feeds_in(link, "https://a.test/") == ["https://a.test/feed"]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_feeds(seed):
    chance = random.Random(seed)
    source = ConfiguredSource("paper", {"": "https://paper.test/feed.xml"})
    whole = (
        '<?xml version="1.0" encoding="gb2312"?><rss version="2.0" xml:base="https://b.test/"><channel>'
        + '<item xml:base="https://c.test/d/"><title><![CDATA[<b>港口</b>&amp;]]></title><link>e/1.html</link></item>'
        * 3
        + "</channel></rss>"
    ).encode("gbk")
    assert read(source, "", whole) == 3
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 5, 40])):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.choice([0, 1, 9])] = chance.choice(
                [b"", b"<", b"&", b"\0", b"]]>", b"<item>"]
            )
        read(source, "", bytes(damaged[: chance.randrange(len(damaged))]))
