"""Links lead to page objects; page objects read responses, or say in plain words why they can't."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from scrapy.http import HtmlResponse, TextResponse

from crawler.items import Article
from crawler.pages import (
    ArticlePage,
    Gone,
    LinkError,
    PageError,
    Place,
    UnknownSite,
    handles,
    registry,
    sites,
    target_of,
)
from crawler.pages.finews import PLACES, check_same_article, complete_from_page

NOW = datetime(2026, 6, 30, 10, tzinfo=UTC)
ID = "202606303790000412"
SHARE = f"http://share.example/html_News/NewsShare.html?infoCode=NW{ID}"


@pytest.mark.parametrize(
    "link",
    [
        SHARE,
        f"https://any.example:8443/html_news/newsshare.HTML?INFOCODE=nw{ID}&from=wechat",
        f"http://share.example/html_News/NewsShare.html?infoCode={ID}",
        f"http://share.example/html_News/NewsShare.html#/?infoCode=NW{ID}",
        f"https://choicew2z.example/info/information/detail.html?infocode=NW{ID}",
        f"http://finance.eastmoney.com/news/1354,{ID}.html",
        f"https://stock.eastmoney.com/a/{ID}.html?x=1#top",
        f"http://127.0.0.1:1/a/{ID}.html",
        f"http://share.example/html_News/NewsShare.html?from=x&amp;infoCode=NW{ID}&amp;y=1",
        f"http://share.example/html_News/NewsShare.html/?infoCode=%4eW{ID}%20",
        f"http://share.example/html_News%2FNewsShare.html?infoCode=ＮＷ{ID}",
        "http://share.example/html_News/NewsShare.html?infoCode=NW２０２６063０３790000412",
        f"http://share.example/html_News/NewsShare.html?infoCode=NW{ID};jsessionid=1",
        f"http://share.example/info/information/detail.html#infocode=NW{ID}",
        f"http://finance.eastmoney.com/news/1354%2C{ID}.html",
        f"http://finance.eastmoney.com/news/1354,{ID}_2.html",
        f"http://finance.eastmoney.com/a/{ID}_0.html",
        f"http://finance.eastmoney.com/a/{ID}.html/",
        "http://finance.eastmoney.com/a/２０２６06303790000412.html",
        f"http://finance.eastmoney.com/a/{ID}",
        f"http://finance.eastmoney.com/a2/{ID}.html",
        f"https://kuaixun.eastmoney.com/a/{ID}?from=app",
        f"http://app.jg.eastmoney.com/html_News/DetailOnly.html?infoCode=NW{ID}",
        f"http://app.jg.eastmoney.com/html_News/Detail.html?isprice=1&infocode=NW{ID}",
        f"http://share.example/NewsData/GetNewsText.do?id=NW{ID}",
        f"http://app.jg.eastmoney.com/NewsData/GetNewsText.do?id={ID}&cid=1",
        f"https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{ID}?guid=1",
        f"https://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={ID}&newstype=1",
        f"https://emwap.eastmoney.com/info/detail/{ID}",
        f"https://old.example/chenguangcaijing/2026/06/30/{ID}.html",
        f"https://old.example/Wind%20zixun/2026/06/30/NW{ID}.html",
        f"finance.eastmoney.com/a/{ID}.html",
        f"//finance.eastmoney.com/a/{ID}.html",
        f"<http://finance.eastmoney.com/a/{ID}.html>",
        f"NW{ID}",
        f"nw{ID}",
        f" {ID}\n",
    ],
)
def test_every_shape_means_one_article(link):
    assert target_of(link).article_id == f"finews:{ID}"


def test_ids_of_seventeen_digits():
    assert (
        target_of("http://finance.eastmoney.com/news/1351,20180314837456032.html").native_id
        == "20180314837456032"
    )


@pytest.mark.parametrize(
    "link",
    [
        "http://share.example/html_News/NewsShare.html",
        "http://share.example/html_News/NewsShare.html?infoCode=abc",
    ],
)
def test_a_share_link_without_a_code_is_told(link):
    with pytest.raises(UnknownSite, match="without an article's code"):
        target_of(link)


@pytest.mark.parametrize("link", ["http://news.example/", "http://news.example/a/12345.html"])
def test_a_page_of_any_other_site_is_read_without_a_page_object(link):
    assert target_of(link).page.site == "web"


@pytest.mark.parametrize(
    "link",
    [
        "ftp://a.example/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[::1/x",
        "http://[::1]:80@a.example/x",
        "http://a.example:99999/x",
    ],
)
def test_what_is_no_address_is_told(link):
    with pytest.raises(LinkError):
        target_of(link)


def test_the_share_link_asks_its_own_origin_and_the_public_page_the_named_one():
    share = target_of(SHARE)
    assert (
        share.page.request_url(share, ["http://named.example"])
        == f"http://share.example/NewsData/GetNewsText.do?id=NW{ID}"
    )
    public = target_of(f"http://finance.eastmoney.com/a/{ID}.html")
    assert (
        public.page.request_url(public, ["http://named.example"])
        == f"http://named.example/NewsData/GetNewsText.do?id=NW{ID}"
    )


DETAIL = f"/NewsData/GetNewsText.do?id=NW{ID}"


@pytest.mark.parametrize(
    ("link", "origins", "urls"),
    [
        (SHARE, [], [("http://share.example" + DETAIL, False)]),
        (SHARE, ["http://share.example"], [("http://share.example" + DETAIL, True)]),
        (
            SHARE,
            ["http://named.example"],
            [("http://share.example" + DETAIL, False), ("http://named.example" + DETAIL, True)],
        ),
        (
            f"http://choicewzp1.eastmoney.com/html_News/NewsShare.html?infoCode=NW{ID}",
            ["http://choicewzp1.eastmoney.com"],
            [("http://choicewzp1.eastmoney.com" + DETAIL, True)],
        ),
        (f"http://127.0.0.1:1/a/{ID}.html", [], [("http://127.0.0.1:1" + DETAIL, False)]),
        (
            f"http://finance.eastmoney.com/a/{ID}.html",
            ["http://named.example"],
            [("http://named.example" + DETAIL, True)],
        ),
        (f"NW{ID}", ["http://named.example"], [("http://named.example" + DETAIL, True)]),
    ],
)
def test_an_article_is_asked_for_at_its_places_in_order(link, origins, urls):
    target = target_of(link)
    templates = ["https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{id}", "http://other.example/{id}"]
    places = target.page.places(target, origins, templates)
    assert [(place.url, place.own) for place in places] == [
        *urls,
        (f"https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{ID}", True),
        (f"http://other.example/{ID}", False),
    ]
    assert {place.page for place in places} == {target.page}


def test_a_link_to_an_endpoint_of_newsinfo_is_asked_first_and_once():
    link = f"https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{ID}"
    target = target_of(link)
    places = target.page.places(target, ["http://named.example"], [*PLACES])
    assert [place.url for place in places[:3]] == [
        link,
        "http://named.example" + DETAIL,
        PLACES[1].format(id=ID),
    ]


def test_a_page_of_the_older_site_is_asked_last():
    link = f"https://old.example/chenguang/2026/06/30/{ID}.html"
    target = target_of(link)
    places = target.page.places(target, ["http://named.example"], [*PLACES])
    assert [places[0].url, places[-1].url] == ["http://named.example" + DETAIL, link]
    assert (places[0].own, places[-1].own) == (True, False)


def test_the_default_places_are_the_publishers_own():
    target = target_of(f"NW{ID}")
    assert [(place.url, place.own) for place in target.page.places(target, [], [*PLACES])] == [
        (f"https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{ID}", True),
        (f"https://finance.eastmoney.com/a/{ID}.html", True),
        (f"https://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={ID}&newstype=1", True),
        (f"https://emwap.eastmoney.com/info/detail/{ID}", True),
    ]


def test_a_page_of_another_site_has_one_place():
    target = target_of("https://www.cls.cn/detail/2500101")
    assert target.page.places(target, ["http://named.example"], ["http://other.example/{id}"]) == [
        Place("https://www.cls.cn/detail/2500101", target.page, own=True)
    ]


def test_two_pages_that_claim_one_host_fail_at_import(monkeypatch):
    sites()  # all are registered: what this test adds goes again
    monkeypatch.setattr(registry, "_hosts", dict(registry._hosts))

    @handles("one.example")
    class One(ArticlePage):
        pass

    with pytest.raises(TypeError, match="One"):

        @handles("one.example")
        class Two(ArticlePage):
            pass


PLUGIN = """
from crawler.pages import ArticlePage, handles

@handles({host!r})
class PluginPage(ArticlePage):
    site = "private"

    @classmethod
    def native_id(cls, link):
        return link.rpartition("/")[2]

    @classmethod
    def request_url(cls, target, origins):
        return target.link

    def article(self):
        raise NotImplementedError
"""


def install_plugin(folder, host):
    """An installed package, as pip leaves it, with one page object."""
    (folder / "private_pages.py").write_text(PLUGIN.format(host=host))
    info = folder / "private_pages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: private-pages\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[finews_archive.pages]\nprivate = private_pages\n")


def run_with_plugin(folder, code):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_page_objects_of_an_installed_package_are_found(tmp_path):
    install_plugin(tmp_path, "private.example")
    run = run_with_plugin(
        tmp_path,
        "from crawler.pages import target_of; print(target_of('http://www.private.example/a/7').article_id)",
    )
    assert (run.stdout, run.stderr) == ("private:7\n", "")


def test_a_package_that_claims_a_host_of_another_page_object_fails(tmp_path):
    install_plugin(tmp_path, "cls.cn")
    run = run_with_plugin(tmp_path, "from crawler.pages import load_sites; load_sites()")
    assert "PluginPage and ClsPage both claim cls.cn" in run.stderr
    assert run.returncode == 1


def page(body):
    target = target_of(SHARE)
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return target.page(TextResponse("http://share.example/detail", body=data), target, NOW)


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        (b"", PageError, "empty answer"),
        (
            b"<html><body>busy</body></html>",
            PageError,
            "HTML in place of JSON at .*busy",
        ),
        (b'{"content": "<p>a', PageError, "not JSON, or cut short"),
        (b"[1, 2]", PageError, "JSON list"),
        (b'"text"', PageError, "JSON str"),
        ({"data": {"msg": "ok"}}, PageError, "neither content nor text"),
        ({"content": 5}, PageError, "content is a int"),
        ({"content": ["<p>a</p>"]}, PageError, "content is a list"),
        ({"content": "", "text": ""}, Gone, "blank"),
        ({"content": None, "text": None}, Gone, "blank"),
        ({"text": "<p>　</p>&nbsp;<br>"}, Gone, "blank"),
        (
            {"content": "<p>文</p>", "infoCode": "NW202606300000000001"},
            PageError,
            "asked for .* answered with 202606300000000001",
        ),
    ],
)
def test_an_answer_that_holds_no_article_is_named(body, error, said):
    with pytest.raises(error, match=said) as caught:
        page(body).article()
    assert "share.example" in str(caught.value), "the message says where"


@pytest.mark.parametrize(
    "body",
    [
        {"content": "<p>文</p>", "text": "<p>文</p>"},
        {"content": "", "text": "<p>文</p>"},
        {"data": {"content": "<p>文</p>"}},
        {"news": {"body": "<p>文</p>"}},
        b'cb({"content": "<p>\xe6\x96\x87</p>"});',
        b'var x={"content": "<p>\xe6\x96\x87</p>"};',
        b'\xef\xbb\xbf{"content": "<p>\xe6\x96\x87</p>"}',
        b'{"content": "<p>\xe6\x96\x87</p>\n"}',
    ],
)
def test_shapes_that_hold_one(body):
    article = page(body).article()
    assert "文" in article.body_raw
    assert article.published_stand_in_raw == "2026-06-30"
    assert (article.headline, article.published_raw) == (None, None)


def test_a_picture_alone_is_an_article():
    assert page({"content": '<center><img src="http://a.example/x.jpg"></center>'}).article().body_raw


def test_what_the_json_names_is_taken():
    article = page(
        {"content": "<p>文</p>", "title": " 题\n一 ", "showtime": 1782784800000, "source": "晨光"}
    ).article()
    assert (article.headline, article.headline_from) == ("题 一", "detail")
    assert (article.published_raw, article.published_from) == ("1782784800000", "detail")
    assert article.publishers == {"detail": "晨光"}


def test_placeholders_are_filled():
    body = {
        "news": {
            "body": "<p>图</p><!--IMG#0--><p><!--Link#1-->和<!--IMG#7--></p>",
            "images": [{"src": "http://p.example/a.jpg?x=1&y=2"}],
            "links": [{}, {"href": "http://l.example/", "text": "链接"}],
        }
    }
    assert page(body).article().body_raw == (
        '<p>图</p><center><img src="http://p.example/a.jpg?x=1&amp;y=2"></center><p><a href="http://l.example/">链接</a>和</p>'
    )


PAGE = """<html><head><title>题 _ 东方财富网</title></head><body><div class="title">题</div><div class="infos"><div class="item">2026年06月30日 11:36</div>
<div class="item">来源：晨光</div></div><div class="b-review">摘要：一句摘要。</div><div id="ContentBody">{body}</div><p class="res-edit">（责任编辑：72）</p></body></html>"""


def shown(body="<p>文</p>", html=PAGE):
    return HtmlResponse("http://p.example/a/1.html", body=html.format(body=body).encode(), encoding="utf-8")


def test_the_public_page_completes_an_article():
    article = page({"content": "<p>文</p>"}).article()
    assert complete_from_page(article, shown())
    assert (article.headline, article.headline_from) == ("题", "page")
    assert (article.published_raw, article.published_from) == ("2026年06月30日 11:36", "page")
    assert (article.publishers, article.editors, article.description) == (
        {"page": "晨光"},
        ["72"],
        "一句摘要。",
    )


def test_what_is_known_stays():
    article = page({"content": "<p>文</p>", "title": "详情的题"}).article()
    complete_from_page(article, shown())
    assert article.headline == "详情的题"


@pytest.mark.parametrize(
    "html", ["<html><title>404</title><body>not here{body}</body></html>", "<html>{body}</html>", "{body}"]
)
def test_a_page_that_is_none_changes_nothing(html):
    article = page({"content": "<p>文</p>"}).article()
    assert not complete_from_page(article, shown(html=html))
    assert article.headline is None


def test_another_articles_page_is_seen():
    article = page({"content": f"<p>{'港口吞吐量创下新高，码头灯火通明。' * 5}</p>"}).article()
    check_same_article(article, shown(f"<p>{'港口吞吐量创下新高，码头灯火通明。' * 4}另有更正。</p>"))
    with pytest.raises(PageError, match="another article"):
        check_same_article(article, shown(f"<p>{'央行宣布下调存款准备金率零点五个百分点。' * 5}</p>"))


def info_page(item, encoding="utf-8"):
    html = f'<div class="title">涨</div><div class="infos">{item}</div><div id="ContentBody"><p>正文在此。</p></div>'
    return HtmlResponse(
        "http://a.example/1", body=html.encode(encoding), headers={"Content-Type": "text/html; charset=utf-8"}
    )


@pytest.mark.parametrize(
    ("item", "raw", "source"),
    [
        ('<div class="item">今天 09:10</div>', "今天 09:10", None),
        (
            '<div class="item">3小时前</div><div class="item">来源：<a href="/x">晨光财经</a></div>',
            "3小时前",
            "晨光财经",
        ),
        ('<div class="item">2026年06月30日 09:10 来源：</div>', "2026年06月30日 09:10", None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_a_page_says_is_read_whatever_its_header_says(item, raw, source, encoding):
    article = Article(id=f"finews:{ID}", site="finews", retrieved_at=NOW)
    assert complete_from_page(article, info_page(item, encoding))
    assert (article.headline, article.published_raw, article.publishers.get("page")) == ("涨", raw, source)
