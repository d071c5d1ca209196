"""What came back decides who reads it: kinds of content, walls, pages that are no article, paid stubs, documents."""

from datetime import UTC, datetime

import pytest
from scrapy.http import HtmlResponse, Response

from crawler.extraction.access import is_notice
from crawler.extraction.content_kind import content_kind
from crawler.extraction.walls import find_wall
from crawler.offline.dry_run import read_page
from crawler.pages import Gone, NotArticle, PageError, Walled, target_of
from tests.websites import PARAGRAPHS, news_page

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
UNDATED = news_page(time="", paragraphs=(*PARAGRAPHS, *PARAGRAPHS))
URL = "https://news.example/2026/0630/1.html"


def read(body: bytes, url: str = URL, kind: str = "text/html") -> dict:
    return read_page(target_of(url), HtmlResponse(url, body=body, headers={"Content-Type": kind}), NOW)


@pytest.mark.parametrize(
    ("body", "stated", "kind"),
    [
        (b"<!DOCTYPE html><p>x", "application/json", "html"),
        ("\ufeff<html>甲".encode(), "", "html"),
        ("<p>甲".encode("gbk"), "text/plain", "html"),
        (b"Roads.<br>Three of them.", "text/html", "html"),
        (b'  {"a": "<p>x</p>"}', "text/html", "json"),
        (b'[{"a": 1}]', None, "json"),
        (b'jQuery1_2({"a": 1});', "text/html", "json"),
        (b'{"a": "<p>x', "application/json", "json"),
        (b"[\xe5\xbe\xae<b>x</b>]", "text/html", "html"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "text/html", "feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "application/xml", "feed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/html", "image"),
        (b"%PDF-1.4\n", "application/octet-stream", "pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "text/html", "image"),
        (b"\xff\xd8\xff\xe0", None, "image"),
        (b"RIFF0000WEBPVP8 ", None, "image"),
        (b"\x00\x00\x00\x1cftypavif", "text/html", "image"),
        (b"\x00\x00\x00\x18ftypmp42", "text/html", "video"),
        (b"ID3\x03\x00", "text/html", "audio"),
        (b"PK\x03\x04" + b"0" * 26 + b"word/document.xml", "text/html", "office"),
        (b"PK\x03\x04" + b"0" * 30, "text/html", "archive"),
        (b"Three roads open.", "text/plain", "text"),
        (b"BMW opens three plants.", "text/plain", "text"),
        (b" \r\n", "text/html", "empty"),
        (b"\x00\x01\x02\x03", "application/octet-stream", "binary"),
    ],
)
def test_content_is_told_apart_by_its_bytes(body, stated, kind):
    assert content_kind(body, stated) == kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"data": {"title": "\xe4\xb8\x89\xe6\x9d\xa1\xe5\x85\xac\xe8\xb7\xaf", "content": "<p>x</p>"}}',
            "is JSON",
        ),
        (b"\x89PNG\r\n\x1a\n0000", "is an image, served as text/html"),
        (b"\x00\x00\x00\x18ftypmp42", "is a video file"),
        (b"<rss><channel><item><title>x</title></item></channel></rss>", "is a feed"),
        (b"", "is empty"),
    ],
)
def test_what_no_reader_reads_is_named(body, words):
    with pytest.raises(NotArticle, match=words):
        read(body)


WALLS = [
    ("<meta name='aliyun_waf_aa' content='0'><title></title>", "Aliyun captcha"),
    ("<script>var arg1='0';document.cookie='acw_sc__v2='+arg1</script>", "acw_sc__v2"),
    ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", "Cloudflare"),
    ("<script>document.cookie='__jsl_clearance_s=1'</script>", "Jiasule"),
    ("<div id=captcha></div><script>initGeetest4({})</script>", "Geetest"),
    ("<script src='https://static.geetest.com/static/tools/gt.js'></script>", "Geetest"),
    ("<title>安全验证</title><p>请完成下方验证</p>", "安全验证"),
    ("<title>用户登录</title><form><input type=password></form>", "a login page"),
    ("<p>Access Denied</p>", "a refusal"),
    ("<title>405</title><p>您访问的网址有可能对网站造成安全威胁，您的访问被阻断。</p>", "访问被阻断"),
    ("<p>当前访问疑似攻击，已被云盾拦截。</p>", "已被云盾拦截"),
    ("<p>접근이 차단되었습니다</p>", "a refusal"),
    ("<p>系统监测到您的网络环境存在异常，请点击下方按钮。</p>", "网络环境存在异常"),
    ("<p>抱歉，您需要登录后才能继续浏览</p>", "a login page"),
    ("<title>Sina Visitor System</title>", "Weibo"),
    ("<title>甲</title><div id='app'></div><script src=/app.js></script>", "only a browser fills"),
    (
        "<noscript>You need to enable JavaScript to run this app.</noscript><script src=a></script>",
        "only a browser",
    ),
]


@pytest.mark.parametrize(("html", "words"), WALLS)
def test_a_wall_is_named(html, words):
    with pytest.raises(Walled, match=words):
        read(html.encode())


def test_the_address_tells_a_login_page():
    html = "<p>Welcome back. Please enter your name.</p>"
    assert str(find_wall(html, "https://passport.news.example/login?to=1")).startswith("a login page")
    assert find_wall(html, URL) is None


def test_a_short_article_about_a_deletion_is_read():
    body = "<title>平台回应热文下架</title><h1>平台回应热文下架</h1><p>2026-06-30 09:10 来源：晨光网</p><div><p>某平台今天上午回应说，相关文章已被删除，作者账号停用三十天，申诉结果将在下周一公布，平台另将公布处理的依据。</p></div>"
    assert read(body.encode())["outcome"] is None


def test_an_article_at_the_root_of_its_site_keeps_what_looks_like_a_search():
    assert read(news_page(), "https://news.example/?p=123&s=wx")["outcome"] is None


def test_an_article_about_walls_is_read():
    lines = (
        "安全验证与登录：验证码为何越来越难，访问受限时该怎么办。",
        *PARAGRAPHS,
        "<script>window._cf_chl_opt={}</script>",
    )
    assert read(news_page("登录验证码为何越来越难", paragraphs=lines))["outcome"] is None


@pytest.mark.parametrize(
    ("url", "title", "words"),
    [
        ("https://bbs.news.example/post-1-12345-1.shtml", "三条公路", "a thread of a forum"),
        ("https://news.example/thread-4711-1-1.html", "三条公路", "a thread of a forum"),
        ("https://news.example/forum.php?mod=viewthread&tid=4711", "三条公路", "a thread of a forum"),
        ("https://www.news.example/group/topic/72923465/", "三条公路", "a thread of a forum"),
        ("https://www.news.example/bbs/Roads/M.1695226745.A.B50.html", "三条公路", "a thread of a forum"),
        ("https://news.example/question/24825703", "三条公路何时通车？", "a question"),
        ("https://news.example/x/4711", "三条公路的直播间", "by its title"),
        ("https://news.example/s?wd=x&n=1", "三条公路的搜索结果", "by its title"),
        ("https://news.example/x/4711", "会员登录", "a form to log in"),
        ("https://news.example/x/4711", "회원가입", "a form to log in"),
        ("https://news.example/hyzx/", "行业资讯", "a section's page"),
        ("https://news.example/articles/", "三条公路", "a list or account page"),
    ],
)
def test_pages_of_other_kinds_are_no_articles(url, title, words):
    with pytest.raises(NotArticle, match=words):
        read(news_page(title), url)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://news.example/portal.php?mod=view&aid=4711", "三条公路"),
        ("https://news.example/a/4711.html", "关于登录和注册的通知"),
        ("https://news.example/a/4711.html", "行业资讯"),
        ("https://news.example/a/4711.html", "直播带货的公路"),
        ("https://news.example/a/4.html", "三国达成贸易协议"),
        ("https://news.example/a/5.html", "晨光股份签署服务协议"),
    ],
)
def test_articles_that_look_like_pages_of_other_kinds_are_read(url, title):
    assert read(news_page(title), url)["headline"] == title


def dated(headline: str, *lines: str) -> bytes:
    """A page that states a time, a line and what is said of it, and no article."""
    said = "この道路は町と港を結び、朝から夕方まで多くの車が通る。夜は通行止めとなるため、迂回路を使う。"
    body = "".join(f"<p>{line}</p>" for line in (*lines, said))
    return f"<title>{headline}</title><h1>{headline}</h1><p>2026-06-30 09:10</p><div>{body}</div>".encode()


def listing(item: str, times: int = 12, head: str = "") -> bytes:
    return f"<title>晨光网</title>{head}<h1>要闻</h1><div class=l>{item * times}</div>".encode()


TEASER = "<li class=i><a href=/a/1.html>三条公路今天同时开工建设</a><p>三条公路今天同时开工，总投资四十亿元，计划明年通车。</p><em>2026-06-30 09:10</em></li>"


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        ("https://news.example/", news_page(), "the home page of news.example"),
        ("https://news.example/index.html", news_page(), "the home page"),
        ("https://news.example/?s=roads", news_page(), "a list of what was searched for"),
        ("https://news.example/about-us", news_page(), "list or account page"),
        ("https://news.example/road/list.html", listing(TEASER), "a list of links"),
        (
            "https://news.example/tag/roads",
            listing("<p>三条公路今天同时开工，总投资四十亿元。</p>"),
            "list or account page",
        ),
        (
            "https://news.example/x7",
            b'<script type=\'application/ld+json\'>{"@type":"QAPage"}</script>' + news_page(),
            "states that it is a QAPage",
        ),
        (
            "https://news.example/x8",
            b"<div itemscope itemtype='https://schema.org/Product'>" + news_page(),
            "states that it is a Product",
        ),
        (
            "https://news.example/x9",
            b"<div itemscope itemtype='http://schema.org/SoftwareSourceCode'>" + news_page(),
            "states that it is a SoftwareSourceCode",
        ),
        (
            "https://news.example/x10",
            news_page(head="<meta property='og:type' content='books.book'>"),
            "states that it is a books.book",
        ),
        (
            "https://web.archive.org/web/20170913045814/https://news.example/",
            news_page(),
            "the home page of news.example",
        ),
        ("https://v.example/watch?v=x7Qa", news_page(), "is a video's page"),
        ("https://news.example/a/17.html", b"<meta name=medium content=image>" + news_page(), "is an image"),
        ("https://news.example/a/18.html", news_page("晨光服务协议"), "or its terms"),
        ("https://news.example/a/18.html", news_page("회사소개"), "what the site says of itself"),
        ("https://news.example/a/19.html", news_page("Untitled Document"), "has no headline"),
        ("https://docs.news.example/a/20.html", UNDATED, "a work of reference"),
        ("https://news.example/manual/21.html", UNDATED, "an address of documentation"),
        ("https://news.example/roads", UNDATED, "nor an address of an article"),
        ("https://news.example/service/roads.html", UNDATED, "nor an address of an article"),
        (
            "https://news.example/a/23",
            dated("山南道路（7203）", "始値 2,330", "高値 2,350", "安値 2,325", "出来高 1,234株"),
            "a quote of a security",
        ),
        (
            "https://news.example/a/24",
            dated("산남시 날씨", "7/1 구름많음 최고 31℃ 최저 21℃ 강수확률 10%"),
            "a weather forecast",
        ),
        (
            "https://news.example/a/25",
            dated("山南の道路を空から", "12,345 回再生", "次の動画"),
            "a video's page",
        ),
        (
            "https://news.example/a/26",
            dated("道路の時代", "ISBN：9784000000000", "定価：1,800円", "判型：四六判", "目次"),
            "a book's page",
        ),
        (
            "https://news.example/a/27",
            dated("山南駅 徒歩5分", "賃料 8.2万円", "間取り 1LDK", "面積 38.5㎡"),
            "a home to let",
        ),
        (
            "https://news.example/a/28",
            dated("道路はいつできますか？", "ベストアンサー", "その他の回答（2件）"),
            "a question with its answers",
        ),
        (
            "https://news.example/a/29",
            dated("道路シンポジウム", "日時：7月15日", "会場：山南会館", "<a>申し込む</a>"),
            "an invitation to an event",
        ),
        (
            "https://news.example/a/22.html",
            (
                "<title>公路建设一页看完</title><h1>公路建设一页看完</h1><p>2026-06-30 09:10</p>"
                + "<p>山南市三条公路今天同时开工建设</p>" * 9
            ).encode(),
            "a list of links",
        ),
        (
            "https://news.example/item",
            (
                "<title>商品详情</title><h2>常见问题全部解答</h2>"
                + "<p>为什么品牌专供的商品没有防伪扣？它可作为品质保障的依据，请知悉。</p>" * 9
            ).encode(),
            "its title is not the headline",
        ),
    ],
)
def test_a_page_that_is_not_an_article_is_not_archived_as_one(url, body, words):
    with pytest.raises(NotArticle, match=words):
        read(body, url)


def test_the_gate_is_one_for_page_objects_as_well():
    with pytest.raises(NotArticle, match=r"netease: .* is the home page"):
        read(news_page(), "https://news.163.com/")


def test_a_reason_says_what_is_missing():
    with pytest.raises(NotArticle, match="neither a publication time nor enough text"):
        read(
            "<title>三条公路</title><h1>三条公路</h1><p>三条公路今天同时开工，总投资四十亿元，计划明年建成通车，届时两地只需一个半小时。</p>".encode(),
            "https://news.example/a",
        )


def test_an_article_with_its_list_of_others_is_read():
    behind = f"<ul>{TEASER * 5}</ul>"
    assert read(news_page(behind=behind))["body_text"].split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "订阅后阅读全文", "开通会员，阅读全文", "本文共计1561字 订阅后继续阅读", "剩余78%内容，付费后可继续阅读", "登录后查看全文", "付费阅读", "试读结束",
        "Subscribe to continue reading", "This article is for subscribers only", "Already a subscriber? Log in", "Keep reading with a free trial",
        "この記事は有料会員限定です", "残り1,204文字", "Cet article est réservé aux abonnés", "Il vous reste 72 % de cet article à lire.",
        "Jetzt weiterlesen mit Plus", "Contenido exclusivo para suscriptores", "구독 후 이용하실 수 있습니다",
    ],
)  # fmt: skip
def test_a_notice_of_payment_is_one(line):
    assert is_notice(line)


@pytest.mark.parametrize(
    "line",
    [
        "公司宣布订阅收入增长百分之八，付费用户达到三千万。", "会员可享受折扣", "读者登录平台后发现，文章已被删除。", "扫码阅读", "スクラップは会員限定です",
        "The service has two million subscribers, up from one million.", "He asked members to vote.", "Newsletter",
    ],
)  # fmt: skip
def test_a_sentence_about_payment_is_not_a_notice(line):
    assert not is_notice(line)


def linked(facts: str) -> str:
    return f'<script type=\'application/ld+json\'>{{"@type":"NewsArticle",{facts}}}</script>'


@pytest.mark.parametrize(
    ("page", "access"),
    [
        (news_page(), "open"),
        (news_page(head=linked('"isAccessibleForFree":"False"')), "preview"),
        (news_page(head=linked('"isAccessibleForFree":true')), "open"),
        (news_page(head=linked('"isAccessibleForFree":false,"wordCount":100')), "open"),
        (news_page(head=linked('"isAccessibleForFree":false,"wordCount":9000')), "preview"),
        (news_page(head="<meta property='article:content_tier' content='locked'>"), "preview"),
        (news_page(behind="<div>订阅后阅读全文</div>"), "preview"),
        (news_page(paragraphs=(*PARAGRAPHS, "剩余70%内容，付费后可继续阅读")), "preview"),
        (news_page(paragraphs=("三条公路今天同时开工建设，总投资四十亿元。",), behind="<div>订阅后阅读全文</div>"), "locked"),
    ],
)  # fmt: skip
def test_a_paid_stub_is_marked(page, access):
    assert read(page)["access"] == access


def test_an_article_with_a_table_of_quotes_is_read():
    table = "".join(f"<tr><td>{name}</td><td>2,330</td></tr>" for name in ("开盘", "最高", "最低", "成交量"))
    found = read(
        news_page(paragraphs=tuple(line * 2 for line in PARAGRAPHS), behind=f"<table>{table}</table>")
    )
    assert found["outcome"] is None


def test_the_start_of_a_paid_article_ends_where_the_page_says_that_more_follows():
    page = news_page(
        paragraphs=(
            "この記事は会員限定です",
            *PARAGRAPHS,
            "残り3,032文字",
            "有料会員が初回１カ月無料",
            "読み放題の特典と記事の一覧を見る。",
        )
    )
    found = read(page)
    assert (found["access"], found["body_text"].split("\n")) == ("preview", list(PARAGRAPHS))


def test_a_page_that_shows_only_who_may_read_it_is_a_wall():
    about = "<div class='nav'>" + "<a href='/a'>時政 財經 生活</a>" * 12 + "</div>"
    lines = (
        "読者会員限定です",
        "新聞の購読者は、読者会員の登録をしていただくと、閲覧できます。登録の手続きには、販売店から届いた招待状か領収書が必要です。",
    )
    with pytest.raises(Walled, match="only to those who pay"):
        read(news_page(paragraphs=lines).replace(b"</body>", f"{about}</body>".encode()))


@pytest.mark.parametrize(
    "headline",
    [
        "この記事の公開は終了しました",
        "お探しの記事は見つかりませんでした",
        "삭제되었거나 존재하지 않는 기사입니다",
    ],
)
def test_a_notice_that_an_article_is_gone_is_told(headline):
    with pytest.raises(Gone):
        read(news_page(headline))


def test_a_page_that_is_a_video_is_marked():
    head = "<meta property=og:type content=video.other>"
    found = read(news_page(paragraphs=(PARAGRAPHS[0],), head=head, behind="<video src=/a.mp4></video>"))
    assert (found["kind"], found["body_text"]) == ("video", PARAGRAPHS[0])
    assert read(news_page())["kind"] == "article"


def pdf(*pages: tuple[str, ...], info: str = "") -> bytes:
    """A PDF of one font whose pages hold lines of ASCII text."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<<{info}>>",
    ]
    kids = []
    for lines in pages:
        text = "BT /F 12 Tf 14 TL 40 780 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(f"<</Length {len(text)}>>stream\n{text}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {len(objects)} 0 R>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out, places = b"%PDF-1.4\n", []
    for n, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj{one}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R>>\n"
            f"startxref\n{len(out)}\n%%EOF"
        ).encode()
    )


LINES = (
    "Notice of the annual meeting",
    "The board invites all shareholders to the annual meeting, which is held in the",
    "port of Linden in the month of June. The agenda is open to every shareholder.",
)
INFO = "/Title(Annual meeting 2026)/Author(Ann Lee)/CreationDate(D:20260630150500+08'00')"


def test_a_pdf_is_archived_as_a_document():
    body = pdf((*LINES, "- 1 -"), (*LINES[1:], "- 2 -"), info=INFO)
    response = Response(URL, body=body, headers={"Content-Type": "application/pdf"})
    found = read_page(target_of(URL), response, NOW)
    assert (found["kind"], found["headline"], found["authors"]) == (
        "document",
        "Annual meeting 2026",
        ["Ann Lee"],
    )
    assert found["published_at"] == "2026-06-30T07:05:00Z"
    assert found["body_text"].split("\n") == [LINES[0], " ".join(LINES[1:]), " ".join(LINES[1:])]


def test_a_pdf_without_a_title_of_its_own_is_called_by_its_first_line():
    assert read(pdf(LINES, info="/Title(Microsoft Word - a.doc)"))["headline"] == LINES[0]


@pytest.mark.parametrize(
    ("body", "words"), [(pdf(()), "without text, such as a scan"), (b"%PDF-1.7 torn", "a damaged PDF")]
)
def test_a_pdf_that_cannot_be_read_says_why(body, words):
    with pytest.raises(PageError, match=words):
        read(body)


def test_a_page_with_a_cart_is_no_article_unless_it_states_that_it_is_one():
    shop = '<div class="buy"><a href="#">加入购物车</a></div>'
    text = f"<html><head>{{}}<title>三条公路</title></head><body>{shop}<h1>三条公路</h1><p>2026-06-30 15:05</p>{PARAGRAPHS}</body></html>"
    with pytest.raises(NotArticle, match="sells a product"):
        read(text.format("").encode())
    stated = '<meta property="og:type" content="article">'
    assert read(text.format(stated).encode())["outcome"] is None


def test_a_question_is_no_article_whatever_its_open_graph_type_is():
    head = '<meta property="og:type" content="article"><script type="application/ld+json">{}</script>'
    question = '{"@type": "QAPage", "mainEntity": {"@type": "Question", "name": "三条公路何时通车"}}'
    faq = '{"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "何时通车"}]}'
    text = f"<html><head>{{}}<title>三条公路何时通车</title></head><body><h1>三条公路何时通车</h1><p>2026-06-30 15:05</p>{PARAGRAPHS}</body></html>"
    with pytest.raises(NotArticle, match="states that it is a"):
        read(text.format(head.replace("{}", question)).encode())
    assert read(text.format(head.replace("{}", faq)).encode())["outcome"] is None


def test_a_list_is_none_whatever_its_open_graph_type_is_unless_it_was_published():
    head = '<meta property="og:type" content="article"><script type="application/ld+json">{"@type": "CollectionPage"}</script>'
    with pytest.raises(NotArticle, match="states that it is a CollectionPage"):
        read(news_page(head=head))
    published = '<meta property="article:published_time" content="2026-06-30T15:05:00+08:00">'
    assert read(news_page(head=head + published))["outcome"] is None


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("<title>出错了</title><p>您要查看的文章已被删除或不存在</p><a href='/'>返回首页</a>", "gone"),
        ("<title>某某网</title><div>该内容已被发布者删除</div>", "gone"),
        ("<title>某某网</title><div>欢迎使用</div>", "not_article"),
    ],
)
def test_a_page_that_says_no_more_than_that_its_article_is_gone(html, outcome):
    with pytest.raises(PageError) as error:
        read(html.encode())
    assert error.value.outcome == outcome


def test_a_line_that_ends_an_article_may_be_indented():
    blanks = "\n" + " " * 40
    behind = f"<div><div>{blanks}<strong>点击阅读下一则新闻</strong></div><div>山南市另有{blanks}三条公路开工</div></div>"
    assert "另有" not in read(news_page(behind=behind))["body_text"]
