"""Every built-in source reads its recorded lists: one test a field, named SOURCE/LIST/RECORD/FIELD."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.http import TextResponse

from crawler.pages import target_of
from crawler.sources import ClientOutdated, SourceError, SourceRefused, built_in
from tests.sources.reading import NOW, SETTINGS, WINDOW, Window, read, recorded, source

PORT = "临江港昨日开通第三条远洋航线，首航货轮载有一千二百只集装箱，预计二十天后抵达。"
LINES = "港口集团表示，明年还将增开两条支线，仓储能力随之提高三成。"
GROWTH = "截至十月底，全港吞吐量比去年同期增长百分之八，其中冷链货物增幅最大。"
OPENED = "临江港开通远洋航线"

RECORDS: dict[tuple[str, str, int], dict[str, Any]] = {
    ("eastmoney", "column.json", 0): {
        "id": "finews:202611224000000003", "headline": "临江港开通远洋航线（3）", "published_raw": "2026-11-22 10:03:07",
        "publisher": "临江日报", "description": LINES, "body_html": None, "skip": None,
    },
    ("eastmoney", "column.json", 1): {"headline": "港口：增开支线"},
    ("eastmoney", "column.json", 2): {"url": "http://caifuhao.eastmoney.com/news/20261122093427525500001"},
    ("eastmoney", "flash.json", 0): {
        "id": "finews:202611224000000011", "headline": "临江港股份：拟增资", "published_raw": "2026-11-22 10:05:00", "importance": 1,
        "kind": "flash", "securities": ["116.00700", "1.600717"], "body_html": None,
    },
    ("eastmoney", "report-stock.json", 0): {
        "url": "https://data.eastmoney.com/report/zw_stock.jshtml?infocode=AP202611211830000001",
        "headline": "首次覆盖：航线加密，货量可期", "published_raw": "2026-11-21", "publisher": "远山证券", "authors": ["周行", "何远"],
        "securities": ["1.600717"], "tags": ["港口", "买入"],
    },
    ("eastmoney", "report-stock.json", 1): {"securities": [], "authors": ["周行"]},
    ("cls", "telegraph.json", 0): {
        "id": "cls:2600003", "headline": OPENED, "published_raw": "1795312803", "updated_raw": "1795312853", "publisher": "临江日报",
        "body_html": f"<p>【{OPENED}】财联社11月22日电，{PORT}（临江日报）</p>"
        '<p><img src="https://image.cls.cn/images/20261122/AAAAAAAAAA_798x1096.png"></p>',
        "securities": ["1.600717"], "tags": ["港口航运"], "importance": 2, "kind": "flash", "access": "open", "skip": None,
    },
    ("cls", "telegraph.json", 1): {
        "headline": None, "publisher": None, "importance": 1, "body_html": f"<p>财联社11月22日电，{LINES}</p><p>{GROWTH}</p>",
    },
    ("cls", "telegraph.json", 2): {"skip": "advert"},
    ("cls", "1000.json", 0): {
        "id": "cls:2600101", "headline": OPENED, "published_raw": "1795312799", "publisher": None, "authors": [],
        "description": f"①{PORT} ②{LINES}", "tags": ["原创"], "body_html": None, "kind": "article",
    },
    ("cls", "1000.json", 1): {"description": None, "tags": [], "publisher": None},
    ("cls", "1000.json", 2): {"skip": "elsewhere"},
    ("cls", "1000.json", 3): {"skip": "advert"},
    ("cls", "pinjian.json", 0): {"skip": "card"},
    ("cls", "pinjian.json", 1): {
        "id": "cls:2600201", "headline": "港城 | 旧仓库的新生", "authors": ["何远"], "description": GROWTH, "skip": None,
    },
    ("sina", "7x24.json", 0): {
        "id": "sina:inkabcde1234567", "headline": OPENED, "published_raw": "2026-11-22 10:03:36",
        "updated_raw": "2026-11-22 10:03:40", "publisher": None, "tags": ["公司"], "importance": 1, "kind": "flash",
        "securities": ["1.600717", "0.430542", "0.159363"],
        "body_html": f'<p>【{OPENED}】天津港公告，{PORT}（临江日报）</p><p><img src="https://n.sinaimg.cn/finance/1.png"></p>',
    },
    ("sina", "7x24.json", 1): {"url": None, "native_id": "live-6200002", "headline": None, "importance": 0, "body_html": f"<p>{PORT}</p>"},
    ("sina", "7x24.json", 2): {"skip": "deleted"},
    ("sina", "2516.json", 0): {
        "id": "sina:inkabcdf0000001", "headline": OPENED, "published_raw": "1795312799", "updated_raw": "1795312804",
        "publisher": "临江日报", "description": PORT, "tags": ["港口", "航运"], "body_html": None,
    },
    ("sina", "2516.json", 1): {"publisher": None, "tags": [], "skip": None},
    ("sina", "2516.json", 2): {"skip": "video"},
    ("sina", "column-56592.html", 0): {
        "id": "sina:inkabcdf0000001", "headline": OPENED, "published_raw": "2026年11月22日 23:54", "skip": None,
    },
    ("sina", "column-56592.html", 1): {"published_raw": "2026年1月1日 00:05"},
    ("sina", "column-56592.html", 2): {"skip": "card"},
    ("wallstreetcn", "lives.json", 0): {
        "id": "wallstreetcn:live-3300003", "headline": OPENED, "published_raw": "1795312803", "importance": 1, "kind": "flash",
        "publisher": None, "body_html": f'<p>{PORT}</p>\n<p><img src="https://wpimg-wscn.awtmt.com/a.png"></p>', "access": "open",
    },
    ("wallstreetcn", "lives.json", 1): {"headline": None, "body_html": f"<p>{PORT}</p>\n<p>{LINES}（临江日报）</p>\n"},
    ("wallstreetcn", "lives.json", 2): {"headline": "港口增开支线", "access": "preview"},
    ("wallstreetcn", "articles.json", 0): {
        "id": "wallstreetcn:3990001", "headline": OPENED, "published_raw": "1795312799", "authors": ["何远"], "description": PORT,
        "body_html": None, "tags": ["global"], "access": "open",
    },
    ("wallstreetcn", "articles.json", 3): {"id": "wallstreetcn:3990003", "access": "preview", "skip": None},
    ("wallstreetcn", "articles.json", 4): {"skip": "elsewhere"},
    ("jin10", "flash.json", 0): {
        "id": "jin10:20261122100006000000", "headline": OPENED, "published_raw": "2026-11-22 10:00:06", "publisher": "临江日报",
        "body_html": f"<p>【{OPENED}】金十数据11月22日讯，{PORT}</p>", "importance": 0, "kind": "flash", "access": "open", "skip": None,
    },
    ("jin10", "flash.json", 1): {
        "headline": "港口据悉延期开航", "body_html": "<p>港口据悉延期开航</p>", "access": "locked", "skip": None,
    },
    ("jin10", "flash.json", 2): {
        "headline": "金十数据整理：港口要闻", "importance": 1, "securities": ["1.600717"],
        "body_html": f'<b>要闻：</b><br/><span class="section-news">1. {LINES}</span><p><img src="https://flash-scdn.jin10.com/a.jpg"></p>',
    },
    ("jin10", "flash.json", 3): {"skip": "advert"},
    ("jin10", "flash.json", 4): {"skip": "card"},
    ("jin10", "flash.json", 5): {"skip": "card"},
    ("jin10", "28.json", 0): {
        "id": "jin10:250004", "headline": OPENED, "published_raw": "2026-11-22 09:04:06", "publisher": None, "authors": ["何远"],
        "description": PORT, "tags": ["精选"], "body_html": None, "access": "open",
    },
    ("jin10", "28.json", 1): {"publisher": "临江日报", "skip": None},
    ("jin10", "28.json", 2): {"access": "preview", "body_html": f"<p>{PORT}</p>"},
    ("jin10", "28.json", 3): {"skip": "video"},
    ("10jqka", "flash.json", 0): {
        "key": "691000002", "url": "https://news.10jqka.com.cn/20261122/c691000002.shtml", "headline": OPENED,
        "published_raw": "1795312802", "updated_raw": "1795312860", "body_html": f"<p>{PORT}</p>", "kind": "flash",
        "securities": ["1.600717", "0.920786", "106.ZIM"], "tags": ["A股", "港口航运"], "importance": 1, "publisher": None,
    },
    ("10jqka", "flash.json", 1): {
        "headline": None, "importance": 0, "body_html": f'<p>{LINES}（新华社）</p><p><img src="https://s.thsi.cn/a.png"></p>',
    },
    ("10jqka", "cjzx.gbk.html", 0): {
        "key": "691000243", "url": "https://news.10jqka.com.cn/20261122/c691000243.shtml", "headline": OPENED,
        "published_raw": "2026年11月22日 13:10", "description": f"{PORT} ...", "body_html": None,
    },
    ("gelonghui", "lives.json", 0): {
        "key": "2800003", "url": "https://www.gelonghui.com/live/2800003", "headline": OPENED, "published_raw": "1795312803",
        "updated_raw": "1795312899", "securities": ["116.00700", "1.600717"], "tags": ["港口"], "importance": 1, "kind": "flash",
        "body_html": f'<p>格隆汇11月22日｜{PORT}</p><p><img src="https://img3.gelonghui.com/a.png"></p>',
    },
    ("gelonghui", "lives.json", 1): {"publisher": "临江日报", "headline": None, "securities": [], "access": "open"},
    ("gelonghui", "lives.json", 2): {"access": "preview"},
    ("nbd", "1161.html", 0): {
        "key": "4700080", "url": "https://www.nbd.com.cn/articles/2026-11-22/4700080.html", "headline": OPENED,
        "published_raw": "2026-11-22 22:44:43", "body_html": None,
    },
    ("nbd", "1161.html", 2): {"published_raw": "2026-11-20 22:24:31", "headline": "港口增开支线"},
    ("cninfo", "announcements.json", 0): {
        "key": "1240000002", "url": "http://static.cninfo.com.cn/finalpage/2026-11-22/1240000002.PDF",
        "headline": "临江港：关于开通远洋航线的公告", "published_raw": "1795312920000", "securities": ["1.600717"], "kind": "document",
    },
    ("cninfo", "announcements.json", 1): {"published_raw": "2026-11-22", "securities": ["0.300674"]},
}  # fmt: skip
FIELDS = [
    pytest.param(name, file, index, field, expected, id=f"{name}/{file.partition('.')[0]}/{index}/{field}")
    for (name, file, index), fields in RECORDS.items()
    for field, expected in fields.items()
]


@pytest.mark.parametrize(("name", "file", "index", "field", "expected"), FIELDS)
def test_field(name, file, index, field, expected):
    record = read(name, file).records[index]
    if field == "id":
        assert target_of(record.url).article_id == expected
    elif field == "securities":
        assert [one["id"] for one in record.securities] == expected
    else:
        assert getattr(record, field) == expected


CURSORS = {
    ("eastmoney", "column.json", ""): "2",
    ("eastmoney", "flash.json", ""): "1795312740000010",
    ("eastmoney", "report-stock.json", ""): "2",
    ("eastmoney", "report-stock.json", "2"): None,
    ("cls", "telegraph.json", ""): "1795312802",
    ("cls", "telegraph.json", "1795312802"): "1795312801",
    ("cls", "1000.json", ""): "1795311900",
    ("cls", "1000.json", "1795311900"): None,
    ("cls", "pinjian.json", ""): None,
    ("sina", "7x24.json", ""): "2",
    ("sina", "7x24.json", "9"): None,
    ("sina", "2516.json", ""): None,
    ("sina", "column-56592.html", ""): None,
    ("wallstreetcn", "lives.json", ""): "1795312802",
    ("wallstreetcn", "lives.json", "1795312802"): "1795312801",
    ("wallstreetcn", "articles.json", ""): "1795312799,1795312796",
    ("jin10", "flash.json", ""): "2026-11-22 10:00:01",
    ("jin10", "flash.json", "2026-11-22 10:00:01"): "2026-11-22 10:00:00",
    ("jin10", "28.json", ""): "2",
    ("jin10", "28.json", "3"): None,
    ("10jqka", "flash.json", ""): None,
    ("10jqka", "cjzx.gbk.html", ""): "2",
    ("gelonghui", "lives.json", ""): "2800001",
    ("gelonghui", "lives.json", "2800001"): None,
    ("nbd", "1161.html", ""): None,
    ("cninfo", "announcements.json", "2"): "3",
    ("cninfo", "nothing.json", ""): None,
}


@pytest.mark.parametrize(("name", "file", "cursor"), CURSORS)
def test_cursor_of_the_next_page(name, file, cursor):
    assert read(name, file, cursor).next_cursor == CURSORS[name, file, cursor]


@pytest.mark.parametrize(
    ("name", "file", "channel", "kind", "words"),
    [
        (
            "cls",
            "outdated.json",
            "telegraph",
            ClientOutdated,
            "errno 10012 .*sv=8.7.9 is outdated; set CLS_SV",
        ),
        ("cls", "outdated.json", "1000", ClientOutdated, "CLS_SV"),
        ("eastmoney", "refused.json", "344", SourceRefused, "code '-1': 参数错误"),
        ("sina", "refused.json", "7x24", SourceRefused, "code 11: param error"),
        ("wallstreetcn", "refused.json", "articles", SourceRefused, "code 60327"),
        ("wallstreetcn", "over_limit.json", "articles", SourceError, "no data.items.* there is str"),
        ("jin10", "gone.json", "flash", SourceRefused, "status 404: not found"),
        ("10jqka", "flash.json", "cjzx", SourceError, "none of the 1 rows"),
        ("nbd", "announcements.json", "1161", SourceError, "none of the 1 rows"),
    ],
)
def test_errors_inside_an_answer(name, file, channel, kind, words):
    folder = {"announcements.json": "cninfo"}.get(file, name)
    with pytest.raises(kind, match=words):
        source(name).read(recorded(folder, file), channel, "")


@pytest.mark.parametrize("name", [name for name in built_in() if name not in ("finews", "nbd")])
@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE html><h1>busy</h1>", b"[]", b"{}", b'{"data": 3}', b"[" * 100_000, b"\xff\xfe\x00"],
)
def test_unknown_shapes_are_reported_with_the_source_and_the_address(name, body):
    response = TextResponse("https://list.test/rows", body=body, encoding="utf-8")
    for channel in built_in()[name](SETTINGS).default_channels():
        with pytest.raises(SourceError, match=f"^{name}: .*https://list.test/rows"):
            source(name).read(response, channel, "")


def asked(name: str, channel: str, cursor: str = "", window: Window = WINDOW) -> tuple[str, dict[str, str]]:
    [request] = source(name).requests(channel, cursor, window)
    parts = urlsplit(request.url)
    query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}", query | dict(request.headers) | dict(
        request.form or {}
    )


@pytest.mark.parametrize(
    ("name", "channel", "cursor", "address", "fields"),
    [
        ("eastmoney", "344", "3", "https://np-listapi.eastmoney.com/comm/web/getNewsByColumns", {"client": "web", "biz": "web_news_col", "column": "344", "page_index": "3", "order": "2"}),
        ("eastmoney", "flash", "17", "https://np-weblist.eastmoney.com/comm/web/getFastNewsList", {"fastColumn": "102", "sortEnd": "17"}),
        ("eastmoney", "report-macro", "", "https://reportapi.eastmoney.com/report/list", {"qType": "2", "pageNo": "1", "beginTime": "2026-11-20", "endTime": "2026-11-22"}),
        ("cls", "telegraph", "", "https://www.cls.cn/v1/roll/get_roll_list", {"app": "CailianpressWeb", "sv": "8.7.9", "rn": "50", "last_time": "0"}),
        ("cls", "1003", "5", "https://www.cls.cn/v3/depth/list/1003", {"id": "1003", "last_time": "5"}),
        ("cls", "pinjian", "", "https://www.cls.cn/v5/web/pinjian/assembled2", {"os": "web"}),
        ("sina", "7x24", "2", "https://zhibo.sina.com.cn/api/zhibo/feed", {"page": "2", "page_size": "100", "zhibo_id": "152"}),
        ("sina", "2515", "", "https://feed.mix.sina.com.cn/api/roll/get", {"lid": "2515", "num": "50", "page": "1"}),
        ("sina", "column-56592", "", "https://finance.sina.com.cn/roll/c/56592.shtml", {}),
        ("wallstreetcn", "a-stock", "9", "https://api-one.wallstcn.com/apiv1/content/lives", {"channel": "a-stock-channel", "cursor": "9"}),
        ("wallstreetcn", "articles", "", "https://api-one-wscn.awtmt.com/apiv1/content/articles", {"limit": "30"}),
        ("jin10", "flash", "2026-11-22 10:00:01", "https://flash-api.jin10.com/get_flash_list", {"max_time": "2026-11-22 10:00:01", "x-app-id": "bVBF4FyRTn5NJF5n", "x-version": "1.0.0"}),
        ("jin10", "31", "", "https://reference-api.jin10.com/reference", {"nav_bar_id": "31", "page": "1", "x-app-id": "irINJPgCgrndSp0F", "x-version": "1.0.1"}),
        ("10jqka", "us", "", "https://news.10jqka.com.cn/tapp/news/push/stock/", {"tag": "21107", "page": "1", "pagesize": "50"}),
        ("10jqka", "cjzx", "2", "https://news.10jqka.com.cn/cjzx_list/index_2.shtml", {}),
        ("gelonghui", "lives", "77", "https://www.gelonghui.com/api/live-channels/all/lives/v4", {"liveId": "77", "timestamp": "1795359600000"}),
        ("nbd", "1161", "", "https://www.nbd.com.cn/columns/1161/", {}),
        ("cninfo", "announcements", "4", "http://www.cninfo.com.cn/new/hisAnnouncement/query", {"pageNum": "4", "seDate": "2026-11-21~2026-11-23"}),
    ],
)  # fmt: skip
def test_what_is_asked(name, channel, cursor, address, fields):
    url, given = asked(name, channel, cursor)
    assert (url, {key: given.get(key) for key in fields}) == (address, fields)


def test_the_detail_of_a_jin10_article_is_asked_as_another_client():
    assert read("jin10", "28.json").records[0].headers == {
        "x-app-id": "arU9WZF7TC9m7nWn",
        "x-version": "1.0.1",
    }


def test_a_back_fill_begins_where_the_source_can_jump_to():
    window = Window(now=NOW, since=NOW - timedelta(days=9), until=NOW - timedelta(days=7))
    cursors = {(name, channel): source(name).first_cursor(channel, window) for name, channel in (("cls", "telegraph"), ("jin10", "flash"), ("wallstreetcn", "lives"), ("sina", "7x24"))}  # fmt: skip
    assert cursors == {
        ("cls", "telegraph"): "1794754800",
        ("jin10", "flash"): "2026-11-15 23:00:00",
        ("wallstreetcn", "lives"): "1794754800",
        ("sina", "7x24"): "",
    }
    assert asked("cninfo", "announcements", "", window)[1]["seDate"] == "2026-11-13~2026-11-15"


def test_a_name_that_a_list_matches_blindly_is_doubtful():
    tags = {one["id"]: one["doubtful"] for one in read("sina", "7x24.json").records[0].securities}
    assert tags == {"1.600717": 0, "0.430542": 1, "0.159363": 0}


def test_no_reader_and_no_member_of_staff_is_in_a_record():
    assert "staff.example" not in str(read("sina", "7x24.json").records)
    assert "路人甲" not in str(read("sina", "7x24.json").records)
    assert {"creator", "mender", "comment_list"} <= set(source("sina").personal)


def test_a_refused_client_of_jin10_is_explained():
    assert "JIN10_FLASH_APP_ID" in source("jin10").explain_status(502)
    assert source("jin10").explain_status(503) is None
