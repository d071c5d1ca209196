"""List feeds: three lists name the same things differently, and any of them can change its shape."""

import json

import pytest
from scrapy.http import TextResponse

from crawler.sources.finews import FEEDS, PAGED, Finews, SourceError, read_json

ID = "202606303790000412"


def body(value) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_each_feed_in_our_words():
    rolling = FEEDS["rolling"].read(
        body(
            {
                "records": [
                    {
                        "id": ID,
                        "infoCode": f"NW{ID}",
                        "title": " 题 ",
                        "digest": "摘要",
                        "showtime": "2026-06-30 11:36:20",
                        "url_w": f"http://x/news/1,{ID}.html",
                    }
                ]
            }
        ),
        "w",
    )
    media = FEEDS["media"].read(
        body(
            {
                "nodeList": [
                    {
                        "infocode": f"NW{ID}",
                        "title": "题",
                        "from": "晨光",
                        "showtime": "2026-06-30 11:36:20",
                        "simdigest": "摘要",
                    }
                ]
            }
        ),
        "w",
    )
    market = FEEDS["37"].read(
        body(
            {
                "record": [
                    {
                        "infoCode": f"NW{ID}",
                        "title": "题",
                        "medianame": "晨光",
                        "datetime": "2026-06-30 11:36:20",
                    }
                ]
            }
        ),
        "w",
    )
    for [record] in (rolling.records, media.records, market.records):
        assert (record.key, record.headline, record.published_raw, record.is_complete) == (
            ID,
            "题",
            "2026-06-30 11:36:20",
            True,
        )
    assert [one.records[0].publisher for one in (rolling, media, market)] == [None, "晨光", "晨光"]


@pytest.mark.parametrize("feed", FEEDS.values())
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>busy</html>",
        b'{"records": [',
        b"[]",
        b"null",
        body({"data": {}}),
        body({"records": None, "nodeList": {}, "record": 5}),
        body({"records": [{"x": 1}], "nodeList": [{"x": 1}], "record": ["a"]}),
    ],
)
def test_an_unknown_shape_is_told(feed, answer):
    with pytest.raises(SourceError, match=feed.name):
        feed.read(answer, "http://where.example/")


def test_an_empty_list_is_no_error():
    assert FEEDS["rolling"].read(body({"records": []}), "w").records == []


def test_a_record_with_empty_fields_is_incomplete():
    [record] = (
        FEEDS["rolling"]
        .read(body({"records": [{"id": ID, "title": "", "showtime": None, "url_w": ""}]}), "w")
        .records
    )
    assert not record.is_complete


def test_a_title_is_lifted_from_the_digest_only_from_its_head():
    rows = [
        {"id": ID, "title": "", "digest": "【题在这里】正文【注】"},
        {"id": ID[:-1] + "3", "title": "", "digest": "正文【注】"},
    ]
    first, second = FEEDS["rolling"].read(body({"records": rows}), "w").records
    assert (first.headline, second.headline) == ("题在这里", None)


@pytest.mark.parametrize(
    "text", ['{"a": 1}', 'var ajaxResult={"a": 1};', 'jQuery123({"a": 1})', '\ufeff{"a": 1}', '  {"a": 1}\n']
)
def test_wrappers_are_cut_away(text):
    assert read_json(text.encode()) == {"a": 1}


def test_pages_and_their_cursors():
    answer = {
        "code": "1",
        "data": {
            "fastNewsList": [{"code": ID, "title": "题", "showTime": "2026-06-30 11:36:20"}],
            "sortEnd": "1782790580123456",
        },
    }
    listing = PAGED["rolling"].read(body(answer), "w", "")
    assert (listing.records[0].key, listing.next_cursor) == (ID, "1782790580123456")
    again = PAGED["rolling"].read(body(answer), "w", "1782790580123456")
    assert again.next_cursor is None, "a cursor that does not move ends the list"
    columns = {"data": {"list": [{"code": ID, "title": "题", "mediaName": "晨光"}]}}
    listing = PAGED["media"].read(body(columns), "w", "")
    assert (listing.records[0].publisher, listing.next_cursor) == ("晨光", "2")
    listing = PAGED["media"].read(body({"data": {"list": []}}), "w", "2")
    assert (listing.records, listing.next_cursor) == ([], None)


def test_a_row_without_an_id_among_good_ones_is_named():
    listing = FEEDS["rolling"].read(body({"records": [{"id": ID, "title": "题"}, {"title": "专题"}, 7]}), "w")
    assert [record.key for record in listing.records] == [ID]
    assert listing.unread == ['{"title": "专题"}', "7"]


def answered(count: int, url: str = "http://feeds.test/") -> TextResponse:
    rows = [
        {"id": f"{20260630379000000 + n}", "title": "题", "showtime": "2026-06-30 11:36:20"}
        for n in range(count)
    ]
    return TextResponse(url, body=body({"records": rows, "nodeList": rows, "record": rows}))


@pytest.mark.parametrize(
    ("channel", "count", "cursor", "expected"),
    [
        ("rolling", 20, "", "50"),
        ("rolling", 50, "50", "page:"),
        ("rolling", 19, "", "page:"),
        ("market-37", 20, "", "50"),
        ("market-37", 19, "", None),
    ],
)
def test_a_full_window_is_asked_for_more_and_then_the_public_list(channel, count, cursor, expected):
    source = Finews({"FINEWS_ORIGINS": "http://feeds.test", "FINEWS_COUNTS": "20,50"})
    assert source.read(answered(count), channel, cursor).next_cursor == expected


@pytest.mark.parametrize("paged", PAGED.values())
def test_a_page_of_an_unknown_shape_is_told(paged):
    with pytest.raises(SourceError):
        paged.read(body({"data": None}), "w", "")
