"""List feeds: three lists name the same things differently, and any of them can change its shape."""

import json

import pytest

from crawler.sources.finews import (
    FEEDS,
    PAGED,
    FastNewsList,
    MarketFeed,
    MediaFeed,
    NewsByColumns,
    Record,
    RollingFeed,
    SourceError,
    merged,
    read_json,
)

ID = "202606303790000412"


def body(value) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_each_feed_in_our_words():
    rolling = RollingFeed.read(
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
    media = MediaFeed.read(
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
    market = MarketFeed.read(
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
    for [record] in (rolling, media, market):
        assert (record.key, record.headline, record.published_raw, record.is_complete) == (
            ID,
            "题",
            "2026-06-30 11:36:20",
            True,
        )
    assert [one[0].publisher for one in (rolling, media, market)] == [None, "晨光", "晨光"]


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
    assert RollingFeed.read(body({"records": []}), "w") == []


def test_a_record_with_empty_fields_is_incomplete():
    [record] = RollingFeed.read(
        body({"records": [{"id": ID, "title": "", "showtime": None, "url_w": ""}]}), "w"
    )
    assert not record.is_complete


def test_a_title_is_lifted_from_the_digest_only_from_its_head():
    rows = [
        {"id": ID, "title": "", "digest": "【题在这里】正文【注】"},
        {"id": ID[:-1] + "3", "title": "", "digest": "正文【注】"},
    ]
    first, second = RollingFeed.read(body({"records": rows}), "w")
    assert (first.headline, second.headline) == ("题在这里", None)


@pytest.mark.parametrize(
    "text", ['{"a": 1}', 'var ajaxResult={"a": 1};', 'jQuery123({"a": 1})', '\ufeff{"a": 1}', '  {"a": 1}\n']
)
def test_wrappers_are_cut_away(text):
    assert read_json(text.encode(), "w") == {"a": 1}


def test_pages_and_their_cursors():
    answer = {
        "code": "1",
        "data": {
            "fastNewsList": [{"code": ID, "title": "题", "showTime": "2026-06-30 11:36:20"}],
            "sortEnd": "1782790580123456",
        },
    }
    records, cursor = FastNewsList.read(body(answer), "w", "")
    assert (records[0].key, cursor) == (ID, "1782790580123456")
    assert FastNewsList.read(body(answer), "w", cursor)[1] is None, (
        "a cursor that does not move ends the list"
    )
    records, cursor = NewsByColumns.read(
        body({"data": {"list": [{"code": ID, "title": "题", "mediaName": "晨光"}]}}), "w", ""
    )
    assert (records[0].publisher, cursor) == ("晨光", "2")
    assert NewsByColumns.read(body({"data": {"list": []}}), "w", "2") == ([], None)


@pytest.mark.parametrize("paged", PAGED.values())
def test_a_page_of_an_unknown_shape_is_told(paged):
    with pytest.raises(SourceError):
        paged.read(body({"data": None}), "w", "")


def test_records_merge_on_the_digits_and_complete_each_other():
    found = merged(
        [
            ("rolling", [Record(key=ID, headline="题", description="摘要")]),
            (
                "media",
                [Record(key=ID, headline="另一题", published_raw="2026-06-30 11:36:20", publisher="晨光")],
            ),
        ]
    )
    record, feeds = found[ID]
    assert feeds == ["rolling", "media"]
    assert (record.headline, record.published_raw, record.publisher, record.description) == (
        "题",
        "2026-06-30 11:36:20",
        "晨光",
        "摘要",
    )
