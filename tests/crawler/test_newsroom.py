"""The newsroom plays the source as its format says, its faults do what they say, its articles cover the catalogue."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import select
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.newsroom import pictures, views
from tests.newsroom.articles import BEIJING, Article, generate, samples, unlinked
from tests.newsroom.server import NOW, Newsroom, original_address

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = samples()


def get(room: Newsroom, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to one request."""
    connection = http.client.HTTPConnection(room.origin.removeprefix("http://"))
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=given)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def get_json(room: Newsroom, path: str):
    answer, body = get(room, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(body)


@contextlib.contextmanager
def asking(room: Newsroom, path: str) -> Iterator[socket.socket]:
    """A connection on which *path* has been asked for."""
    with socket.create_connection(("127.0.0.1", int(room.origin.rpartition(":")[2]))) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield line


def all_of(line: socket.socket) -> bytes:
    """What comes until the connection ends."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    return b"".join(parts)


def silent(line: socket.socket) -> bool:
    return not select.select([line], [], [], 0)[0]


# -- endpoints ----------------------------------------------------------------------------------------------------


def test_each_feed_has_its_own_names(newsroom):
    [rolling, *_] = get_json(newsroom, "/web/webapi?type=102&count=100&newsid=1")["records"]
    assert set(rolling) == {"id", "infoCode", "title", "digest", "url_w", "showtime"}
    assert rolling["infoCode"] == f"NW{rolling['id']}"
    [media, *_] = get_json(newsroom, "/web/webapi?type=45&count=100&newsid=1")["nodeList"]
    assert set(media) == {"infocode", "title", "from", "showtime", "simtitle", "simdigest"}
    for market in (37, 38, 39):
        url = f"/information/newmarket/web/webapi?marketType={market}&count=100"
        [record, *_] = get_json(newsroom, url)["record"]
        assert set(record) == {"infoCode", "title", "medianame", "datetime"}


def test_feeds_are_newest_first_and_as_long_as_asked(newsroom):
    ids = [row["id"] for row in get_json(newsroom, "/web/webapi?type=102&count=500&newsid=1")["records"]]
    shown = [newsroom[ident].published for ident in ids]
    assert shown == sorted(shown, reverse=True)
    assert ids != sorted(ids, reverse=True), "ids are not in order of time"
    seven = get_json(newsroom, "/web/webapi?type=102&count=7&newsid=1")["records"]
    assert [row["id"] for row in seven] == ids[:7]


def test_feeds_list_only_what_is_published_by_now(newsroom):
    late = newsroom["not-yet-published"]

    def rolling() -> list[str]:
        return [row["id"] for row in get_json(newsroom, "/web/webapi?type=102&count=500&newsid=1")["records"]]

    assert late.id not in rolling()
    newsroom.now = late.published
    assert rolling()[0] == late.id
    newsroom.now = late.published - timedelta(days=30)
    assert all(newsroom[ident].published <= newsroom.now for ident in rolling())


def test_a_record_comes_empty_and_then_complete(newsroom):
    article = newsroom["empty-record-then-complete"]

    def record() -> dict:
        rows = get_json(newsroom, "/web/webapi?type=102&count=500&newsid=1")["records"]
        return next(row for row in rows if row["id"] == article.id)

    assert (record()["title"], record()["showtime"], record()["url_w"]) == ("", "", "")
    assert "发行" in get_json(newsroom, newsroom.detail_path(article))["content"]
    newsroom.now += timedelta(minutes=30)
    assert (record()["title"], record()["showtime"]) == (article.title, article.showtime)


def test_an_article_in_two_feeds_is_under_both_names(newsroom):
    twin = newsroom["twin-in-rolling-and-media"]
    rolling = get_json(newsroom, "/web/webapi?type=102&count=500&newsid=1")["records"]
    media = get_json(newsroom, "/web/webapi?type=45&count=500&newsid=1")["nodeList"]
    assert twin.id in [row["id"] for row in rolling]
    assert f"NW{twin.id}" in [row["infocode"] for row in media]


def test_detail_by_either_name_and_unknown_ones(newsroom):
    article = newsroom["plain-market-report"]
    coded = get_json(newsroom, f"/NewsData/GetNewsText.do?id=NW{article.id}")
    assert coded == get_json(newsroom, f"/NewsData/GetNewsText.do?id={article.id}")
    assert set(coded) == {"content", "text"}
    unknown = get_json(newsroom, "/NewsData/GetNewsText.do?id=NW202601010000000000")
    assert unknown == {"content": "", "text": ""}


def test_text_is_content_without_auto_links(newsroom):
    data = get_json(newsroom, newsroom.detail_path("kline-with-anchor-and-all-link-families"))
    assert "keytip" in data["content"]
    assert "em_stock_key_common" in data["content"]
    assert not re.search("keytip|infokey|em_stock_key_common|quote_", data["text"])
    assert "EM_StockImg_Start" in data["text"]
    assert re.sub("<[^>]*>", "", data["text"]) == re.sub("<[^>]*>", "", data["content"])


def test_details_have_an_etag_that_changes_with_the_text(newsroom):
    path = newsroom.detail_path("edited-once")
    first, before = get(newsroom, path)
    same, nothing = get(newsroom, path, If_None_Match=first.headers["ETag"])
    assert (same.status, nothing) == (304, b"")
    newsroom.now += timedelta(hours=1)
    after, text = get(newsroom, path, If_None_Match=first.headers["ETag"])
    assert after.status == 200
    assert after.headers["ETag"] != first.headers["ETag"]
    assert text != before


def test_an_article_is_withdrawn_in_time(newsroom):
    article = newsroom["withdrawn-later"]
    assert get_json(newsroom, newsroom.detail_path(article))["content"]
    newsroom.now += timedelta(hours=1)
    assert get_json(newsroom, newsroom.detail_path(article)) == {"content": "", "text": ""}
    assert get(newsroom, newsroom.page_path(article))[0].status == 404
    listed = get_json(newsroom, "/web/webapi?type=45&count=500&newsid=1")["nodeList"]
    assert article.info_code not in [row["infocode"] for row in listed]


@pytest.mark.parametrize("address", ["/a/{}.html", "/news/1350,{}.html"])
def test_public_page(newsroom, address):
    article = newsroom["everything-of-the-public-page"]
    answer, body = get(newsroom, address.format(article.id))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    html = body.decode()
    assert f'<div class="title">{article.title}</div>' in html
    assert '<div class="item">2026年06月24日 15:54</div><div class="item">来源：东篱商报</div>' in html
    for mark in (
        'id="ContentBody"', 'class="em_media"', 'class="b-review"', 'class="res-edit"', 'class="zwothers"', "相关报道",
        "郑重声明", "acttg.eastmoney.com", "em_handle_adv_close", "em_xuangu", "ad_context3", "打开微信", "toplink",
    ):  # fmt: skip
        assert mark in html


def test_a_page_escapes_its_title(newsroom):
    html = get(newsroom, newsroom.page_path("hostile-body"))[1].decode()
    assert "<title>安全提示：&lt;img" in html


@pytest.mark.parametrize(
    "path", ["/html_News/NewsShare.html?infoCode=NW1", "/info/information/detail.html?infocode=NW1"]
)
def test_share_pages_are_empty_shells(newsroom, path):
    answer, body = get(newsroom, path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.sub(r"<script.*?</script>|<[^>]*>|\s", "", body.decode())


def test_fast_news_pages_by_cursor_through_all(newsroom):
    seen, cursor = [], ""
    while True:
        url = f"/comm/web/getFastNewsList?client=web&biz=web_724&fastColumn=102&sortEnd={cursor}&pageSize=6&req_trace=1"
        data = get_json(newsroom, url)
        assert data["code"] == "1"
        if not data["data"]["fastNewsList"]:
            break
        seen += [row["code"] for row in data["data"]["fastNewsList"]]
        cursor = data["data"]["sortEnd"]
    assert len(seen) == len(set(seen)) == data["data"]["total"]
    assert set(seen) == {one.id for one in newsroom.listed("rolling")}


def test_fast_news_without_a_trace_is_forbidden(newsroom):
    assert get(newsroom, "/comm/web/getFastNewsList?client=web&pageSize=6")[0].status == 403


def test_news_by_columns_pages_by_number_through_all(newsroom):
    seen = []
    for number in range(1, 100):
        url = f"/comm/web/getNewsByColumns?column=345,350&page_index={number}&page_size=10&req_trace=1"
        data = get_json(newsroom, url)["data"]
        if not data["list"]:
            break
        seen += [row["code"] for row in data["list"]]
    assert seen == [one.id for one in newsroom.listed("media")]
    [row] = get_json(newsroom, "/comm/web/getNewsByColumns?page_size=1")["data"]["list"]
    assert {"code", "showTime", "title", "mediaName", "summary", "url", "uniqueUrl", "Np_dst"} <= set(row)


def test_the_rolling_column_is_a_script(newsroom):
    answer, body = get(newsroom, "/kuaixun/v1/getlist_102_ajaxResult_5_2_.html")
    assert answer.headers["Content-Type"].startswith("application/javascript")
    found = re.fullmatch(r"var ajaxResult=(\{.*\});", body.decode(), re.S)
    assert found
    rows = json.loads(found[1])["LivesList"]
    assert [row["id"] for row in rows] == [one.id for one in newsroom.listed("rolling")[5:10]]


def test_jsonp_where_a_callback_is_given(newsroom):
    url = (
        "/comm/wap/getListInfo?client=wap&type=1&mTypeAndCode=0.300991&pageSize=2&pageIndex=1&callback=cb123"
    )
    found = re.fullmatch(r"cb123\((\{.*\})\);", get(newsroom, url)[1].decode(), re.S)
    assert found
    assert len(json.loads(found[1])["data"]["list"]) == 2
    nothing = get_json(newsroom, "/comm/wap/getListInfo?mTypeAndCode=0.123456")
    assert nothing == {"code": 1, "data": {"totle_hits": 0, "list": []}}


def test_the_app_list_prints_relative_times(newsroom):
    records = get_json(newsroom, "/app/report/web/homePage/getInformationList?count=200")["data"]["records"]
    shown = {record["code"]: record["data"]["showtime"] for record in records}
    assert shown[newsroom["time-relative-today"].info_code] == "今天 16:25"
    assert shown[newsroom["time-relative-yesterday"].info_code] == "昨天 15:20"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("plain", "2026-06-30 16:25:08"), ("minute", "2026-06-30 16:25"), ("slash", "2026/06/30 16:25:08"),
        ("chinese", "2026年06月30日 16:25"), ("weekday", "2026年06月30日 星期二 16:25"),
        ("rfc3339", "2026-06-30T16:25:08+08:00"), ("epoch_s", 1782807908), ("epoch_ms", 1782807908000),
        ("relative", "今天 16:25"), ("ago", "1小时前"),
    ],
)  # fmt: skip
def test_times_in_many_forms(form, expected):
    article = Article(name="x", id="202606300000000001", title="x", showtime="2026-06-30 16:25:08")
    assert views.printed(article, NOW, form) == expected


def test_relative_times_move_with_the_clock():
    shown = datetime(2026, 6, 30, 16, 25, tzinfo=BEIJING)
    steps = [(0, "刚刚"), (25, "25分钟前"), (180, "3小时前"), (1600, "昨天 16:25"), (9000, "06-30 16:25")]
    assert [views.ago(shown, shown + timedelta(minutes=past)) for past, _ in steps] == [
        said for _, said in steps
    ]


def test_robots(newsroom):
    assert get(newsroom, "/robots.txt")[1].startswith(b"User-agent: *")
    newsroom.robots = None
    assert get(newsroom, "/robots.txt")[0].status == 404


def test_requests_are_recorded_and_other_addresses_are_not_there(newsroom):
    assert get(newsroom, "/nowhere?x=1")[0].status == 404
    assert get(newsroom, "/robots.txt")[0].status == 200
    assert newsroom.requests == ["/nowhere?x=1", "/robots.txt"]
    assert newsroom.asked("/robots") == ["/robots.txt"]


def test_one_connection_serves_many_requests_at_once(newsroom):
    path = newsroom.page_path("plain-market-report")
    with asking(newsroom, path) as line:
        rest = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\nGET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        line.sendall(rest.encode())
        assert all_of(line).count(b"HTTP/1.1 200 OK\r\n") == 3


def test_another_site_can_live_on_the_same_port(newsroom):
    from tests.newsroom.server import Reply

    newsroom.hosts["other.example"] = lambda path, headers: Reply(f"other {path}".encode(), "text/plain")
    assert get(newsroom, "/x", Host="other.example")[1] == b"other /x"
    assert get(newsroom, "http://other.example/y?z")[1] == b"other /y?z"
    assert get(newsroom, "/robots.txt")[0].status == 200


# -- pictures -------------------------------------------------------------------------------------------------------

MAGIC = {
    "image/jpeg": rb"\xff\xd8\xff", "image/png": rb"\x89PNG\r\n\x1a\n", "image/gif": rb"GIF8[79]a",
    "image/webp": rb"RIFF....WEBP",
}  # fmt: skip


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height, found by walking the segments: a comment in a wrong place would show here."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", data[at : at + 4])
        assert marker >> 8 == 0xFF
        if 0xFFC0 <= marker <= 0xFFC2:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length


def test_every_picture_of_every_article_is_what_it_says(newsroom):
    for article in SAMPLES:
        data = get_json(newsroom, newsroom.detail_path(article))
        for address in set(re.findall(rf"{newsroom.origin}(/img/[^\s\"'<>,\\]+)", json.dumps(data))):
            original = original_address(newsroom.origin + address)
            answer, body = get(newsroom, address)
            if article.pictures.get(original, "") is None or re.search(r"_w690h90|\.mp4", original):
                continue
            assert answer.status == 200, f"{article.name}: {original}"
            kind = answer.headers["Content-Type"]
            assert re.match(MAGIC[kind], body, re.S), f"{article.name}: {original}"
            if kind == "image/jpeg" and (size := re.search(r"_w(\d+)h(\d+)\.jpg$", original)):
                assert jpeg_size(body) == (int(size[1]), int(size[2])), f"{article.name}: {original}"


def test_details_name_no_picture_elsewhere(newsroom):
    for article in SAMPLES:
        served = json.dumps(get_json(newsroom, newsroom.detail_path(article)), ensure_ascii=False)
        for tag in re.findall(r"<img\b[^>]*>", served):
            assert not re.search(rf'(?:src|original|srcset)=\\?"(?!{newsroom.origin}|//127|data:)', tag), tag


def test_odd_kinds_of_pictures_are_odd():
    turned = pictures.stored("progressive-exif-rotated.jpg")
    assert b"Exif\0\0" in turned[:64]
    assert b"\xff\xc2" in turned, "a progressive frame"
    cmyk = pictures.stored("cmyk.jpg")
    frame = cmyk.index(b"\xff\xc0")
    assert cmyk[frame + 9] == 4, "four colours"
    assert pictures.stored("transparent.png")[25] == 6, "colour type with alpha"
    assert pictures.stored("animated.gif").count(b"\x21\xf9\x04") > 1
    assert b"ANIM" in pictures.stored("animated.webp")[:64]
    assert struct.unpack("<HH", pictures.stored("tracker.gif")[6:10]) == (1, 1)


def test_pictures_are_small_in_the_repository():
    sizes = {path.name: path.stat().st_size for path in pictures.FOLDER.iterdir()}
    assert max(sizes.values()) < 40_000
    assert sum(sizes.values()) < 600_000


def test_the_same_address_is_the_same_file_and_another_is_another():
    one, other = (f"https://dfscdn.dfcfw.com/download/D2600000000000000000{n}_w580h387.jpg" for n in (1, 2))
    assert pictures.picture(one, {}) == pictures.picture(one, {})
    assert pictures.picture(one, {}) != pictures.picture(other, {})
    assert pictures.picture("https://dfscdn.dfcfw.com/unknown", {}) is None


# -- faults ---------------------------------------------------------------------------------------------------------

PATH = "/NewsData/GetNewsText.do?id=NW202606303790000412"


def test_words_are_consumed_and_the_last_repeats(newsroom):
    newsroom.fail("/NewsData/", ["503", "404", "ok"])
    assert [get(newsroom, PATH)[0].status for _ in range(4)] == [503, 404, 200, 200]


def test_the_longest_prefix_counts_and_mending_ends_it(newsroom):
    newsroom.fail("/NewsData/", ["500"])
    newsroom.fail(PATH, ["ok"])
    assert get(newsroom, PATH)[0].status == 200
    assert get(newsroom, "/NewsData/GetNewsText.do?id=1")[0].status == 500
    newsroom.mend()
    assert get(newsroom, "/NewsData/GetNewsText.do?id=1")[0].status == 200


def test_an_unknown_word_is_refused(newsroom):
    with pytest.raises(ValueError, match="no such fault: 'nonsense'"):
        newsroom.fail("/", ["ok", "nonsense"])


@pytest.mark.parametrize("word", ["403", "404", "429", "500", "503"])
def test_statuses(newsroom, word):
    newsroom.fail(PATH, word)
    answer, _ = get(newsroom, PATH)
    assert answer.status == int(word)
    assert answer.headers["Retry-After"] == ("1" if word == "429" else None)


def test_retry_after_can_be_given(newsroom):
    newsroom.fail(PATH, ["503:120"])
    assert get(newsroom, PATH)[0].headers["Retry-After"] == "120"


def test_bodies_of_wrong_shapes(newsroom):
    whole = get(newsroom, PATH)[1]
    expected = {
        "empty": b"", "notjson": whole[: len(whole) // 2], "wrongkey": b'{"data":{"msg":"ok"}}',
        "nullkey": b'{"content":null,"text":null}', "blank": '{"content":"<p>　</p>","text":"<p>　</p>"}'.encode(),
    }  # fmt: skip
    for word, body in expected.items():
        newsroom.fail(PATH, word)
        assert get(newsroom, PATH)[1] == body, word
    with pytest.raises(ValueError):
        json.loads(expected["notjson"])


def test_wrong_shapes_of_lists(newsroom):
    path = "/web/webapi?type=102&count=3&newsid=1"
    newsroom.fail(path, ["nullkey", "blank"])
    assert get_json(newsroom, path) == {"records": None}
    assert get_json(newsroom, path) == {"records": []}


def test_html_in_place_of_json(newsroom):
    newsroom.fail(PATH, "html")
    answer, body = get(newsroom, PATH)
    assert answer.status == 200
    assert "系统繁忙" in body.decode()


def test_another_encoding(newsroom):
    newsroom.fail(PATH, "gbk")
    answer, body = get(newsroom, PATH)
    assert answer.headers["Content-Type"].endswith("charset=gbk")
    assert "三大指数" in body.decode("gb18030")


def test_another_article(newsroom):
    other = newsroom["one-line"]
    newsroom.fail(PATH, f"other:{other.info_code}")
    assert get(newsroom, PATH)[1] == get(newsroom, newsroom.detail_path(other))[1]


def test_redirects(newsroom):
    newsroom.fail(PATH, ["redirect:https://else.example/x", "loop"])
    answers = [get(newsroom, PATH)[0] for _ in range(2)]
    assert [answer.status for answer in answers] == [302, 302]
    assert [answer.headers["Location"] for answer in answers] == ["https://else.example/x", PATH]


def test_hang_answers_nothing_until_the_room_closes():
    room = Newsroom()
    with contextlib.ExitStack() as open_things:
        with room:
            room.fail(PATH, ["hang", "ok"])
            line = open_things.enter_context(asking(room, PATH))
            while not room.asked(PATH):  # it has the first word
                get(room, "/robots.txt")
            assert get(room, PATH)[0].status == 200, "others are served meanwhile"
            assert silent(line)
        with contextlib.suppress(ConnectionResetError):
            assert all_of(line) == b""


def test_stall_stops_half_way(newsroom):
    whole = get(newsroom, PATH)[1]
    newsroom.fail(PATH, "stall")
    with asking(newsroom, PATH) as line:
        got = b""
        while len(got.partition(b"\r\n\r\n")[2]) < len(whole) // 2:
            got += line.recv(65536)
        assert got.endswith(whole[: len(whole) // 2])
        assert get(newsroom, "/robots.txt")[0].status == 200
        assert silent(line)


def test_truncate_promises_more_than_it_sends(newsroom):
    newsroom.fail(PATH, "truncate")
    with pytest.raises(http.client.IncompleteRead):
        get(newsroom, PATH)


def test_reset(newsroom):
    newsroom.fail(PATH, "reset")
    with asking(newsroom, PATH) as line, pytest.raises(ConnectionResetError):
        all_of(line)


def test_huge_answers_and_bombs(newsroom):
    newsroom.fail(PATH, ["huge", "gzipbomb", "bomb", "svg"])
    assert len(get(newsroom, PATH)[1]) == 32 * 1024 * 1024
    answer, packed = get(newsroom, PATH)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 1024 * 1024
    assert len(zlib.decompress(packed, 31)) == 128 * 1024 * 1024  # gzip's own sum and length are checked, too
    png = get(newsroom, PATH)[1]
    assert struct.unpack(">II", png[16:24]) == (30_000, 30_000)
    assert len(png) < 4 * 1024 * 1024
    answer, svg = get(newsroom, PATH)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert b"onload" in svg


def test_the_png_bomb_is_a_whole_png():
    png = pictures.png_bomb(300)
    length = struct.unpack(">I", png[33:37])[0]
    assert png[37:41] == b"IDAT"
    assert zlib.decompress(png[41 : 41 + length]) == bytes(300 * 901)


# -- the crawl of the tests -------------------------------------------------------------------------------------------


def test_a_crawl_is_a_real_process_that_leaves_an_archive(newsroom, crawl, rows):
    assert rows("select * from articles") == []
    article = newsroom["plain-market-report"]
    done = crawl("share", f"url={newsroom.share_link(article)}", LOG_LEVEL="WARNING")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert rows("select headline from news where id = ?", f"finews:{article.id}") == [
        {"headline": article.title}
    ]
    assert newsroom.asked(newsroom.detail_path(article))


# -- articles ---------------------------------------------------------------------------------------------------------


def test_there_are_enough_and_each_is_itself():
    assert len(SAMPLES) >= 40
    assert len({one.id for one in SAMPLES}) == len(SAMPLES)
    for article in SAMPLES:
        assert re.fullmatch(r"\d{17,18}", article.id), article.name
        assert article.id[:8] == article.showtime[:10].replace("-", ""), (
            f"{article.name}: the id's day is its own"
        )
        assert set(article.feeds) <= {"rolling", "media", "market-37", "market-38", "market-39"}, article.name
        assert article.showtime_as in views.SHOWTIME, article.name


def test_an_id_twice_is_refused():
    with pytest.raises(ValueError, match="one id"):
        Newsroom([SAMPLES[0], SAMPLES[0]])


CATALOGUE = {
    "source line": r'<p class="em_media">（文章来源：[^<]+）</p>$',
    "source line cut by a link": r'（文章来源：[^）]*<span id="bk_90',
    "whole-paragraph subhead": r"<p><strong>[^<]+</strong></p>",
    "inline emphasis": r"[^>]<strong>[^<]+</strong>[^<]",
    "centred picture": r"<center><img ",
    "caption with 图片来源": r'</center><p style="text-align:center;">图片来源：',
    "unmarked caption": r"</center><p>[^<]*摄影：",
    "hidden paragraph with br": r'<p style="display:none;height:1px;overflow:hidden;"><br /></p>',
    "hidden paragraph with a blank": r'<p style="display:none;height:1px;overflow:hidden;"> </p>',
    "K-line with anchor": r'EM_StockImg_Start --><p style="text-align:center;"><a [^>]*class="EmImageRemark"',
    "K-line without anchor": r'EM_StockImg_Start --><p style="text-align:center;"><img',
    "two K-lines": r"(?s)EM_StockImg_Start.*EM_StockImg_Start",
    "K-line of a board": r"nid=90\.BK",
    "K-line of a US listing": r"nid=106\.",
    "spacer paragraph": r"<p>　</p><p class=\"em_media\">",
    "stray br after a K-line": r"EM_StockImg_End --><p>.*?<br /></p>",
    "link to another article": r'<a href="http://stock\.eastmoney\.com/a/\d{18}\.html">',
    "end note of the author": r"<p>\(声明：文章内容仅供参考，不构成投资建议。",
    "风险提示 inside a sentence": r"评级。风险提示：",
    "AI点评": r"AI点评：", "每经AI快讯": r"每经AI快讯，",
    "bullets as text": r"<p>●.*?<p>一、.*?<p>1\)",
    "table": r"<table", "rowspan": r"rowspan=", "list": r"<ul><li>", "numbered list": r"<ol><li>",
    "video": r"<video", "audio": r"<audio", "iframe": r"<iframe", "QR picture": r"二维码",
    "相关报道": r"<strong>相关报道</strong>", "责任编辑": r"责任编辑：", "郑重声明": r"郑重声明：东方财富",
    "原标题": r"<p>原标题：", "advert": r"acttg\.eastmoney\.com", "advert picture": r"em_handle_adv_close",
    "em_xuangu": r"em_xuangu", "打开微信": r"<p>打开微信，点击底部的“发现”",
    "一站式开户": r"一站式开户交易&gt;&gt;",
    "first mention": r'<span id="stock_0\.\d{6}"><a [^>]*class="keytip"[^>]*>[^<]+</a></span><span id="quote_0\.\d{6}"></span>',
    "board": r'<span id="bk_90\.BK\d+">.*?<span id="bkquote_90\.BK\d+"></span>',
    "Hong Kong security": r'<span id="Info\.116\.\d{5}"><a [^>]*class="keytip"[^>]*>[^<]+</a></span>(?!<span id="quote)',
    "glossary term": r'<span id="Info\.\d+"><a href="http://data\.eastmoney\.com/[^>]*class="infokey"',
    "index link": r'<span id="Info\.\d+"><a href="http://quote\.eastmoney\.com/unify/r/0\.399006"',
    "later mention": r'<span web="1" href="[^"]+" class="em_stock_key_common" data-code="\d+,\w+">',
    "word cut in two": r"C<span[^>]*><a[^>]*>PPI</a></span>B",
    "证券 inside a broker's name": r"北岸<span[^>]*>(?:<a[^>]*>)?证券",
    "codes in text": r"\(000991\.SZ\).*\(603991\.SH\).*\(2991\.HK\).*\(09991\.HK\)",
    "unscaled picture": r'orginial_src="https://[^"]+_o\.jpg"', "lazy picture": r" data-src=", "srcset": r" srcset=",
    "data-original": r" data-original=", "protocol-relative": r'src="//', "figure": r"<figure>.*<figcaption>",
    "eight pictures": r"(?s)(?:<center><img .*?){8}", "tracker": r'width="1" height="1"',
    "entities": r"&lt;.*&gt;", "template marks": r"\{\{ .*\{% ",
    "placeholders": r"<!--IMG#0-->.*<!--Link#1-->",
    "script": r"<script", "javascript link": r"javascript:", "event attribute": r"onclick=",
    "text without paragraphs": r"^[^<]+<br/>", "space before a closing tag": r" </p>",
}  # fmt: skip


@pytest.mark.parametrize("what", CATALOGUE)
def test_the_catalogue_is_covered(what):
    pattern = re.compile(CATALOGUE[what])
    assert [one.name for one in SAMPLES if pattern.search(one.content)], f"no article has: {what}"


def test_the_hazards_are_covered():
    by = {one.name: one for one in SAMPLES}
    titles = "".join(one.title for one in SAMPLES)
    for mark in ('"', "'", "#", ":", "：", "、", "\\", "🚀", "{{", "\n", "<script>"):
        assert mark in titles
    media = {one.source for one in SAMPLES}
    assert {"TechWeb", "Techweb", "央行"} <= media
    assert any("  " in name for name in media)
    assert any("(" in name for name in media)
    assert {one.showtime_as for one in SAMPLES} >= {
        "plain",
        "epoch_ms",
        "epoch_s",
        "rfc3339",
        "relative",
        "ago",
    }
    assert {len(one.id) for one in SAMPLES} == {17, 18}
    assert "\r\n <p>" in (by["carriage-returns-between-paragraphs"].text or "")
    assert len(by["long-read-of-fifteen-kilobytes"].content.encode()) > 15_000
    assert len(re.sub("<[^>]*>", "", by["one-line"].content)) < 30
    disagree = by["sources-that-disagree"]
    body = re.search("文章来源：([^）]+)", disagree.content)
    assert body
    assert len({disagree.source, body[1], "央行" if disagree.digest.endswith("（央行）") else ""}) == 3
    assert sum(1 for one in SAMPLES if one.complete_from) >= 2
    assert by["record-with-null-fields"].records["rolling"]["title"] is None
    assert by["digest-only-repeats-the-title"].digest.endswith(
        f"】{by['digest-only-repeats-the-title'].title}"
    )
    assert sum(1 for one in SAMPLES if {"rolling", "media"} <= set(one.feeds)) >= 2
    assert max(len(one.versions) for one in SAMPLES) == 2


def test_generated_articles_are_many_and_distinct():
    made = generate(400, images=2)
    assert len({one.id for one in made}) == len({one.body() for one in made}) == 400
    assert [one.id for one in generate(400)] == [one.id for one in made], "pictures do not change the ids"
    assert not {one.id for one in made} & {one.id for one in generate(400, seed=2)}
    sizes = [len(one.body().encode()) for one in made]
    assert min(sizes) >= 1_800
    assert max(sizes) <= 9_000
    for article in made[:20]:
        found = re.findall(r'src="(https://dfscdn[^"]+)"', article.body())
        assert len(found) == 2
        assert f"（文章来源：{article.source}）" in article.body()
        assert unlinked(article.body()).count("<p>") == article.body().count("<p>")
        bodies = [pictures.picture(address, {}) for address in found]
        assert all(one and 100_000 <= len(one[0]) <= 140_500 for one in bodies)
        assert len({hashlib.sha256(one[0]).hexdigest() for one in bodies if one}) == 2
        assert all(one and jpeg_size(one[0]) == (800, 500) for one in bodies)


def test_as_a_process_of_its_own():
    command = [sys.executable, "-m", "tests.newsroom", "--port", "0", "--count", "3", "--images", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            origin = server.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", origin)
            connection = http.client.HTTPConnection(origin.removeprefix("http://"))
            connection.request("GET", f"/NewsData/GetNewsText.do?id=NW{generate(3)[0].id}")
            assert f"{origin}/img/https/dfscdn.dfcfw.com/" in json.load(connection.getresponse())["content"]
            connection.close()
        finally:
            server.terminate()
