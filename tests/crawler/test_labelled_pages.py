"""Pages that are no article by the labels of their lines and the words on their buttons, and lists that a page holds itself."""

import pytest

from crawler.pages import Gone, NotArticle
from tests.crawler.test_not_articles import read

SENTENCES = (
    "负责储能电站的设计、调试与验收，编制技术方案与投标文件，参与项目现场管理，并与供应商一起改进设备，定期向主管汇报进展。"
    * 2
)
PAGES = {
    "advertisement of a job": "<h1>储能工程师</h1><p>发布时间：2026-06-30</p><h3>岗位职责</h3><p>{}</p><h3>任职要求</h3><p>{}</p><a>立即投递</a>",
    "page to download": "<h1>山南电视直播</h1><ul><li>大小：35MB</li><li>更新：2026-06-30</li><li>系统：Android</li></ul><a>立即下载</a><h3>软件介绍</h3><p>{}</p>",
    "invitation to an event": "<h1>山南储能大会</h1><p>时间：2026-07-15 09:00</p><p>地点：山南国际会展中心</p><a>立即报名</a><p>{}</p>",
    "offer of a product": "<h1>户用储能电池</h1><p>2026-06-30 上架</p><div>￥12,800.00</div><p>型号：SN-10</p><button>立即购买</button><p>{}</p>",
    "register of companies": "<h1>山南储能科技有限公司</h1><table><tr><td>法定代表人</td><td>赵文清</td></tr><tr><td>成立日期</td><td>2016-05-03</td></tr>"
    "<tr><td>注册资本</td><td>5000万元</td></tr><tr><td>经营状态</td><td>存续</td></tr></table><p>{}</p>",
    "thread of a forum": "<h1>储能电池怎么选</h1><div>赵文清 · 1 月前 · 最后由 远山 回复于 2026-06-30</div><p>{}</p><div>林美玉 #1 28 天前</div><p>看用途。</p><div>楼主</div><div>倒序浏览</div>",
}  # fmt: skip
STATED = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-06-30T15:20:00+08:00">'


def page(body: str, head: str = "") -> bytes:
    return (
        f"<html><head><meta charset=utf-8><title>山南</title>{head}</head><body>{body}</body></html>".encode()
    )


@pytest.mark.parametrize("what", PAGES)
def test_labels_and_a_button_tell_what_a_page_is_unless_it_states_that_it_is_an_article(what):
    body = PAGES[what].replace("{}", SENTENCES)
    with pytest.raises(NotArticle, match=what):
        read(page(body))
    assert read(page(body, STATED))["outcome"] is None


@pytest.mark.parametrize("what", [what for what in PAGES if "register" not in what and "thread" not in what])
def test_labels_alone_or_a_button_alone_tell_nothing(what):
    body = PAGES[what].replace("{}", SENTENCES)
    for start, end in (("<a>", "</a>"), ("<button>", "</button>")):
        before, _, rest = body.partition(start)
        body = before + rest.partition(end)[2] if rest else body
    assert read(page(body))["outcome"] is None
    story = (
        f"<h1>山南储能电站并网</h1><p>2026-06-30 15:20</p><p>{SENTENCES}</p><a>立即下载</a><a>立即报名</a>"
    )
    assert read(page(story))["outcome"] is None


def test_teasers_that_a_page_holds_itself_are_a_list():
    teaser = "<div class=item><h3><a href='/n/{0}.html'>山南储能电站第{0}期并网发电</a></h3><p>山南市储能电站一期工程昨日并网，装机容量为二十万千瓦。</p><i>2026-06-{0}</i></div>"
    with pytest.raises(NotArticle, match="list of links"):
        read(
            page("".join(teaser.format(n) for n in range(10, 22))),
            "https://news.example/zt/2026/0630/c1234.html",
        )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://baike.news.example/item/883451", "work of reference"),
        ("https://news.example/tag/883451.html", "list or account page"),
        ("https://news.example/thread/88345.html", "thread of a forum"),
        ("https://comment.news.example/n/1234567.html", "thread of a forum"),
    ],
)
def test_an_address_tells_what_a_page_is(url, why):
    story = f"<h1>山南储能电站并网</h1><p>2026-06-30 15:20</p><p>{SENTENCES}</p>"
    with pytest.raises(NotArticle, match=why):
        read(page(story), url)


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("Page not found", Gone), ("Sorry, we can't find that page", Gone), ("404 - Seite nicht gefunden", Gone), ("ページが見つかりません", Gone),
        ("Before you continue", NotArticle), ("We value your privacy", NotArticle), ("Error 404", Gone), ("404 error: page not found", Gone), ("Page not found in the old library", None), ("404 Media raises money", None),
    ],
)  # fmt: skip
def test_a_headline_tells_that_there_is_no_page_or_that_consent_is_asked_for(title, error):
    body = page(f"<h1>{title}</h1><p>2026-06-30 15:20</p><p>{SENTENCES}</p><p>{SENTENCES}</p>")
    if error is None:
        assert read(body)["outcome"] is None
        return
    with pytest.raises(error):
        read(body)


def test_an_undated_page_at_the_address_of_a_list_needs_more_than_an_open_graph_type():
    body = "<h1>政治</h1><p>本网站使用相关技术提供更好的阅读体验，同时尊重使用者隐私，点这里了解隐私声明。当您关闭此视窗，代表您同意上述规范。</p>"
    with pytest.raises(NotArticle):
        read(page(body, '<meta property="og:type" content="article">'), "https://news.example/list/aipl.aspx")
