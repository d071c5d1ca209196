"""The generic layer: what news pages have in common, and what only looks like it."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from crawler.extraction.byline import find_authors, in_line
from crawler.extraction.decoding import decode
from crawler.extraction.document import Document, unquote_js
from crawler.extraction.headline import find_headline, without_site
from crawler.extraction.paging import find_next_page
from crawler.extraction.published import find_published
from crawler.extraction.publisher import find_publisher
from crawler.offline import read_page
from crawler.pages import PageError, target_of
from tests.websites import PARAGRAPHS, news_page

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
URL = "https://news.example/2026/0630/1.html"


def page(html: str, url: str = URL) -> Document:
    return Document(html, url)


def read(body: bytes, url: str = URL) -> dict:
    return read_page(target_of(url), HtmlResponse(url, body=body, headers={"Content-Type": "text/html"}), NOW)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("记者 王小明 李晓红", ["王小明", "李晓红"]),
        ("（新京报记者 裴明远 编辑 李四）", ["裴明远"]),
        ("采写：南都见习记者 林子安", ["林子安"]),
        ("2026-06-30 15:05聯合報 記者林宸明／即時報導", ["林宸明"]),
        ("(文/图 刘玺明 易赛安)", ["刘玺明", "易赛安"]),
        ("【文/观察者网专栏作者 王文】", ["王文"]),
        ("作者|欧阳明 张三丰", ["欧阳明", "张三丰"]),
        ("本报记者 阿卜杜拉·买买提 报道", ["阿卜杜拉·买买提"]),
    ],
)
def test_writers_are_read(line, names):
    assert find_authors(page("<p></p>"), [line], [], [], None) == names


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：王小明", "编辑 王小明", "校对 李四", "摄影 张三", "图/王小明", "作者：本报评论员", "作者：管理员", "来源：新京报",
        "记者 了解到，多家银行已下调利率", "记者从会上获悉，项目已开工", "作者最新文章", "作者：佚名",
    ],
)  # fmt: skip
def test_who_is_no_writer_is_not_made_one(line):
    assert find_authors(page("<p></p>"), [line], [], [], None) == []


def test_a_sentence_about_a_reporter_is_no_byline():
    assert in_line("该公司董秘王小明对记者表示，订单充足。") == []


def test_metadata_s_author_counts_only_as_a_person():
    assert find_authors(page("<meta name=author content=网易>"), [], [], [], None) == []
    assert find_authors(page("<meta name=author content=王小明>"), [], [], [], None) == ["王小明"]


@pytest.mark.parametrize(
    ("near", "html", "expected"),
    [
        (["2026年06月30日 15:05 来源：某报"], "", "2026年06月30日 15:05"),
        (["更新时间：2026-07-02 09:00", "发布时间：2026-06-30 15:05"], "", "2026-06-30 15:05"),
        (
            ["2026-06-30"],
            "<meta property='article:published_time' content='2026-06-30T15:05:06+08:00'>",
            "2026-06-30T15:05:06+08:00",
        ),
        (["06-30 15:05"], "", "2026-06-30 15:05"),
        ([], "<script>var ptime = '2026-06-30 15:05:06';</script>", "2026-06-30 15:05:06"),
        ([], "<time datetime='2026-06-30T07:05:06Z'>今天</time>", "2026-06-30T07:05:06Z"),
        ([], "", "2026-06-30"),
    ],
)
def test_times_are_read(near, html, expected):
    assert find_published(page(html), near, []) == expected


def test_no_time_is_none():
    assert find_published(page("<p>没有时间</p>", "https://news.example/story"), ["财经", "要闻"], []) is None


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        (["2026-06-30 15:05 来源：晨光财经 作者：王小明"], "晨光财经"),
        (["发表于2026-06-30 21:30| 1164次阅读| 来源晨光网| 0 条评论"], "晨光网"),
        (["2026年06月30日 15:05 新浪财经-自媒体综合"], "新浪财经-自媒体综合"),
        (["王小明/中国青年报", "2026-06-30 09:10"], "中国青年报"),
        (["王小明 2026-06-30 09:10", "字号", "评论"], None),
        (["2026-06-30 09:10 阅读 123 评论"], None),
    ],
)
def test_the_medium_is_read(near, expected):
    assert find_publisher(page("<title>某文</title>"), near, [], []) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某公司发布年报_财经频道_某某网", "某公司发布年报"),
        ("某公司发布年报-股票频道-某某网", "某公司发布年报"),
        ("某公司：利润增长3-5成", "某公司：利润增长3-5成"),
        ("新京报评论 | 涨价的边界", "新京报评论 | 涨价的边界"),
    ],
)
def test_the_site_s_name_is_no_part_of_a_headline(title, expected):
    assert without_site(title) == expected


def test_the_heading_counts_where_the_head_names_the_site_only():
    document = page("<title>新闻动态--某学会官网</title><h5>学术年会在山南成功举行</h5><p>正文</p>")
    heading = next(document.root.iter("h5"))
    assert find_headline(document, [heading])[0] == "学术年会在山南成功举行"


def test_a_quotation_mark_does_not_cut_a_headline():
    document = page(
        '<title>狂奔的公司"暗伤"曝露？_某财经</title><meta property="og:title" content="狂奔的公司" 暗伤"曝露？">'
    )
    assert find_headline(document, [])[0] == '狂奔的公司"暗伤"曝露？'


@pytest.mark.parametrize(
    ("url", "href", "expected"),
    [
        ("https://a.example/n/9.html", "9_2.html", "https://a.example/n/9_2.html"),
        ("https://a.example/n/9_2.html", "/n/9_3.html", "https://a.example/n/9_3.html"),
        ("https://a.example/n/9.html", "10.html", None),
        ("https://a.example/n/9.html", "javascript:next()", None),
        ("https://a.example/n/9.html", "http://[", None),
    ],
)
def test_the_next_page_is_of_the_same_article(url, href, expected):
    assert find_next_page(page(f"<p>文</p><a href='{href}'>下一页</a>", url)) == expected


def test_undecodable_bytes_do_not_stop_the_reading():
    body = "市场回暖，成交放大。".encode() * 200
    assert decode(body[:500] + b"\xff\xfe" + body[500:]).count("市场回暖") >= 198
    assert decode("".join(chr(n) for n in range(256)).encode("latin-1"))


def test_script_strings_are_unquoted():
    assert unquote_js(r"\u592e\x26\'\/") == "央&'/"


def test_key_words_are_no_text():
    heap = "关键词 " * 3000
    found = read(
        news_page().replace(b"<div class='footer'>", f"<div>{heap}</div><div class='footer'>".encode())
    )
    assert "关键词" not in found["body_text"]
    assert found["body_text"].split("\n") == list(PARAGRAPHS)


def test_a_short_article_is_not_lost_among_furniture():
    text = "交通部门昨日表示，三条跨省公路将于年内通车。"
    notes = "".join(
        f"<p>本站郑重声明：所载文章仅供参考，投资有风险，据此操作风险自担，第{n}条。</p>" for n in range(6)
    )
    found = read(
        news_page(paragraphs=(text,)).replace(
            b"<div class='footer'>", f"<div class='c'>{notes}</div><div class='footer'>".encode()
        )
    )
    assert found["body_text"] == text


def test_removals_tell_what_went():
    found = read(news_page(behind="<div class='related'><ul><li><a href=/1>旧闻</a></li></ul></div>"))
    assert {"rule": "page_furniture", "text": "旧闻"} in found["removals"]


@pytest.mark.parametrize("html", [b"", b"<html>", b"\x00\x01\x02", b"<p>" * 5000, "页面载入中".encode()])
def test_what_is_no_article_is_told(html):
    with pytest.raises(PageError):
        read(html)


PAGES = sorted((Path(__file__).parent / "pages").glob("*/*.html"))
PIECES = (
    b"<div>" * 300, b"</div>" * 40, b"<table><tr><td>", b"<a href='http://['>x</a>", b"<img src='http://[' width=abc>", b"<base href='http://[::'>",
    b"<!--", b"<script>", b"</body></html>", b"&#0;&#xffff;", b"<p hidden style>", b"<link rel=canonical href='//['>", b"\xff\xfe\x00",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_damaged_pages_end_in_a_reading_or_a_reason(seed):
    draw = random.Random(seed)
    body = bytearray(draw.choice(PAGES).read_bytes())
    for _ in range(draw.randrange(1, 8)):
        at = draw.randrange(len(body) + 1)
        if draw.random() < 0.5:
            body[at:at] = draw.choice(PIECES)
        else:
            del body[at : at + draw.randrange(2000)]
    try:
        headline = read(bytes(body))["headline"]
    except PageError:
        return
    assert headline
