"""Share links to pages of any site: where they lead, what is one article, what is none."""

import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from crawler.pages import sites, target_of
from tests.newsroom.server import HTML, Reply
from tests.websites import PARAGRAPHS, news_page

PLAIN = "202606303790000412"
SITES = {page.site for page in sites()}
RECORDED = Path(__file__).resolve().parents[1] / "pages"


@pytest.fixture
def share(crawl, websites):
    """Crawls share links, every host being on the newsroom's server."""

    def run(*links: str, **settings):
        return crawl("share", "urls=-", stdin="\n".join(links), CONNECT_TO=websites.everywhere, **settings)

    return run


def test_a_page_of_a_site_without_page_object_is_archived(websites, share, rows, data_dir):
    behind = "<p><img src='photo.jpg' alt='电站外景'></p>"
    link = websites.put("http://news.example/2026/0630/1.html", news_page(behind=behind))
    run = share(link)
    assert (run.returncode, run.stderr) == (0, "")
    [article] = rows("SELECT * FROM news")
    assert article["id"] == "web:news.example/2026/0630/1.html"
    assert article["headline"] == "山南储能电站一期并网"
    assert (article["published_at"], article["published_precision"]) == ("2026-06-30T07:20:00Z", "minute")
    assert (article["publisher"], json.loads(article["authors"])) == ("山南日报", ["王小明"])
    assert article["body_text"].split("\n") == list(PARAGRAPHS)
    assert "责任编辑" in rows("SELECT group_concat(text) AS t FROM removals")[0]["t"]
    [image] = rows("SELECT * FROM article_images")
    assert (image["status"], image["url"]) == ("stored", "http://news.example/2026/0630/photo.jpg")
    assert (data_dir / article["post_path"]).is_file()


def test_a_short_link_leads_to_the_article(websites, share, rows):
    article = websites.put("http://news.example/1.html?id=7", news_page())
    websites.put("http://news.example/1.html?id=7&utm_source=wx&from=timeline", news_page())
    hop = websites.redirect(
        "http://dwz.example/x", "http://news.example/1.html?id=7&utm_source=wx&from=timeline", 301
    )
    short = websites.redirect("http://t.example/AbC", hop)
    assert share(short, article).returncode == 0
    assert [row["id"] for row in rows("SELECT id FROM articles")] == ["web:news.example/1.html?id=7"]
    links = rows("SELECT url, article_id, outcome FROM links ORDER BY url")
    assert [(row["url"], row["article_id"]) for row in links] == [
        (article, "web:news.example/1.html?id=7"),
        (short, "web:news.example/1.html?id=7"),
    ]
    assert {row["outcome"] for row in links} <= {"archived", "unchanged"}


def test_a_short_link_to_a_finews_share_link_is_a_finews_article(newsroom, websites, crawl, rows):
    origin = urlsplit(newsroom.origin).netloc
    short = websites.redirect(
        "http://t.example/fin", f"http://{origin}/html_News/NewsShare.html?infoCode=NW{PLAIN}"
    )
    port = urlsplit(newsroom.origin).port
    assert crawl("share", f"url={short}", CONNECT_TO=f"t.example=127.0.0.1:{port}").returncode == 0
    [article] = rows("SELECT id, share_url FROM articles")
    assert article["id"] == f"finews:{PLAIN}"
    assert rows("SELECT url, outcome, article_id FROM links") == [
        {"url": short, "outcome": "archived", "article_id": f"finews:{PLAIN}"}
    ]


SENDING_ON = {
    "script": "<html><head><script>window.location.href = '{to}';</script></head><body></body></html>",
    "escaped script": "<script>location.replace('{escaped}')</script>",
    "meta refresh": '<meta http-equiv="refresh" content="0; url={to}"><body>正在跳转</body>',
    "a warning": "<html><title>提示</title><body><h2>将要访问</h2><p class='link'>{to}</p><p>请长按网址复制后使用浏览器访问</p></body></html>",
}


@pytest.mark.parametrize("page", SENDING_ON.values(), ids=SENDING_ON.keys())
def test_a_short_link_that_sends_on_by_its_page(websites, share, rows, page):
    to = websites.put("http://news.example/1.html", news_page())
    short = websites.put("http://t.example/AbC", page.format(to=to, escaped=to.replace("/", "\\/")).encode())
    assert share(short).returncode == 0
    assert rows("SELECT url, article_id, outcome FROM links") == [
        {"url": short, "article_id": "web:news.example/1.html", "outcome": "archived"}
    ]


def test_pages_that_send_each_other_on_end(websites, share, rows):
    page = "<script>location.href='http://{}.example/1';</script>"
    one = websites.put("http://a.example/1", page.format("b").encode())
    websites.put("http://b.example/1", page.format("a").encode())
    assert share(one).returncode == 69
    [link] = rows("SELECT url, outcome, reason FROM links")
    assert (link["url"], link["outcome"]) == (one, "unreachable")
    assert "5 pages redirected" in link["reason"]


def test_a_page_that_sends_on_does_not_lead_into_the_house(newsroom, websites, crawl, rows):
    port = urlsplit(newsroom.origin).port
    short = websites.put("http://t.example/in", b"<script>location.href='http://10.0.0.1/secret';</script>")
    assert crawl("share", f"url={short}", CONNECT_TO=f"t.example=127.0.0.1:{port}").returncode == 3
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "refused"
    assert "not a public address" in link["reason"]


def test_an_article_that_mentions_a_redirect_stays_one(websites, share, rows):
    behind = "<script>if (0) location.href='http://other.example/1';</script>"
    link = websites.put("http://news.example/1.html", news_page(behind=behind))
    assert share(link).returncode == 0
    assert [row["id"] for row in rows("SELECT id FROM articles")] == ["web:news.example/1.html"]


def test_an_article_of_an_account_that_moved_is_found_where_it_is_now(websites, share, rows):
    pages = RECORDED / "wechat"
    new = json.loads((pages / "moved.json").read_text(encoding="utf-8"))["moved_to"].partition("#")[0]
    websites.put(new, (pages / "long.html").read_bytes())
    old = websites.put("http://mp.weixin.qq.com/s/MoVeDmOvEdMoVe_123456", (pages / "moved.html").read_bytes())
    assert share(old, IMAGES_ENABLED=False).returncode == 0
    [link] = rows("SELECT url, article_id, outcome FROM links")
    assert (link["url"], link["outcome"]) == (old, "archived")


def test_a_link_through_a_wrapper_is_the_article_s(websites, share, rows):
    to = websites.put("http://news.example/1.html", news_page())
    wrapped = f"http://link.zhihu.com/?target={quote(to, safe='')}"
    assert share(wrapped, to).returncode == 0
    assert rows("SELECT count(*) AS links, count(DISTINCT article_id) AS articles FROM links") == [
        {"links": 2, "articles": 1}
    ]


def test_what_tracks_the_sharer_is_kept_in_the_link_alone(websites, share, rows):
    link = websites.put(
        "http://news.example/1.html?id=7&utm_source=wx&from=timeline&isappinstalled=0&fbclid=Ab", news_page()
    )
    assert share(link).returncode == 0
    [article] = rows("SELECT id, share_url, canonical_url FROM articles")
    assert article["id"] == "web:news.example/1.html?id=7"
    assert article["canonical_url"] == "http://news.example/1.html?id=7"
    assert rows("SELECT url FROM links") == [{"url": link}]


def test_a_redirect_loop_ends(websites, share, rows):
    one = websites.redirect("http://a.example/1", "http://b.example/2")
    websites.redirect("http://b.example/2", one)
    assert share(one).returncode == 69
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "unreachable"
    assert "redirect" in link["reason"]


def test_a_short_link_does_not_lead_into_the_house(newsroom, websites, crawl, rows):
    port = urlsplit(newsroom.origin).port
    short = websites.redirect("http://t.example/in", "http://10.0.0.1/secret")
    run = crawl("share", f"url={short}", CONNECT_TO=f"t.example=127.0.0.1:{port}")
    assert run.returncode == 3
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "refused"
    assert "not a public address" in link["reason"]


def test_mobile_desktop_and_amp_pages_are_one_article(websites, share, rows):
    desktop = "http://www.news.example/story/1.html"
    websites.put(desktop, news_page(head=f"<link rel=canonical href='{desktop}'>"))
    mobile = websites.put(
        "http://m.news.example/s/1", news_page(head=f"<link rel=canonical href='{desktop}'>")
    )
    amp = websites.put(
        "http://news.example/amp/1", news_page(head=f"<meta property='og:url' content='{desktop}'>")
    )
    assert share(mobile, amp, desktop).returncode == 0
    assert [row["id"] for row in rows("SELECT id FROM articles")] == ["web:www.news.example/story/1.html"]
    assert rows("SELECT count(*) AS n, count(DISTINCT article_id) AS articles FROM links") == [
        {"n": 3, "articles": 1}
    ]


def test_a_page_cannot_take_the_place_of_another_site_s_article(websites, share, rows):
    good = websites.put("http://www.news.example/1.html", news_page())
    head = f"<link rel=canonical href='{good}'>"
    bad = websites.put("http://evil.example/1.html", news_page("假消息：电站停工", head=head))
    assert share(good, bad).returncode == 0
    found = {row["id"]: row["headline"] for row in rows("SELECT id, headline FROM articles")}
    assert found == {
        "web:www.news.example/1.html": "山南储能电站一期并网",
        "web:evil.example/1.html": "假消息：电站停工",
    }
    assert rows("SELECT * FROM revisions") == []


def test_pages_of_an_article_are_joined(websites, share, rows):
    more = [f"第{n}页的第一段文字，说明电站的接入方案与消防设计，内容较长。" for n in (2, 3)]
    pages = [
        "http://news.example/n/9.html",
        "http://news.example/n/9_2.html",
        "http://news.example/n/9_3.html",
    ]
    for n, url in enumerate(pages):
        link = (
            f"<div class='page'><a href='{pages[n + 1].rpartition('/')[2]}'>下一页</a></div>" if n < 2 else ""
        )
        text = PARAGRAPHS if n == 0 else (more[n - 1], *PARAGRAPHS[:1])
        websites.put(url, news_page(paragraphs=text, behind=link))
    assert share(pages[0]).returncode == 0
    [article] = rows("SELECT * FROM news")
    assert article["body_text"].split("\n") == [*PARAGRAPHS, more[0], PARAGRAPHS[0], more[1], PARAGRAPHS[0]]
    assert article["id"] == "web:news.example/n/9.html"


def test_an_article_that_lacks_a_page_is_none(websites, share, rows):
    first = websites.put("http://news.example/n/9.html", news_page(behind="<a href='9_2.html'>下一页</a>"))
    assert share(first).returncode == 69
    assert rows("SELECT * FROM articles") == []
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "unreachable"
    assert "page 2" in link["reason"]


def test_a_page_without_an_article_says_how_to_add_the_site(websites, share, rows):
    link = websites.put("http://app.example/share?id=1", b"<html><body><p>Nothing to read.</p></body></html>")
    assert share(link).returncode == 3
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "not_article"
    assert "scrapy newsite" in row["reason"]


def test_a_page_that_only_a_browser_fills_is_walled(websites, share, rows):
    page = b"<html><body><div id=app></div><script>start()</script></body></html>"
    assert share(websites.put("http://app.example/share?id=1", page)).returncode == 69
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "walled"
    assert "only a browser fills" in row["reason"]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("gb18030", "utf-8"), ("gbk", "gb2312"), ("big5", "big5")]
)
def test_encodings_are_told_by_the_bytes(websites, share, rows, encoding, declared):
    page = news_page(
        "電站併網發電",
        paragraphs=("山南市的電站昨日併網發電，裝機容量為二十萬千瓦，由當地企業投資，共有三十一座。",),
    ).decode()
    body = (
        page.replace("来源", "來源")
        .replace("记者", "記者")
        .replace("责任编辑", "責任編輯")
        .replace("首页", "首頁")
    )
    body = (
        body.replace("时政", "時政")
        .replace("财经", "財經")
        .replace("相关阅读", "相關閱讀")
        .replace("旧闻", "舊聞")
        .replace("则", "則")
    )
    body = (
        body.replace("储能电站一期并网", "電站")
        .replace("新闻网", "新聞網")
        .replace("权", "權")
        .replace("备", "備")
        .replace("号", "號")
        .replace("备", "備")
    )
    link = websites.put(
        "http://tw.example/1.html", body.encode(encoding, "ignore"), f"text/html; charset={declared}"
    )
    assert share(link).returncode == 0
    [article] = rows("SELECT headline, body_text, publisher FROM news")
    assert article["headline"] == "電站併網發電"
    assert "裝機容量為二十萬千瓦" in article["body_text"]


def test_what_is_no_page_is_told(websites, share, rows):
    link = websites.put("http://news.example/a.pdf", Reply(b"%PDF-1.7 ...", "application/pdf"))
    assert share(link).returncode == 3
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "not_article"
    assert "application/pdf" in row["reason"]


def recorded_links(websites) -> dict[str, dict]:
    """A link to every recorded article, with what must be read of it; the page lies where the link leads."""
    links = {}
    for path in sorted(RECORDED.glob("*/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        page = path.with_suffix(".html")
        if "outcome" in expected or expected.get("next_page") or not page.exists():
            continue
        link = expected.get("link", expected["url"]).replace("https://", "http://", 1)
        target = target_of(link)
        if target.page.site != "finews":  # that comes from the newsroom
            for url in (link, target.page.request_url(target, [])):
                websites.put(url, Reply(page.read_bytes(), HTML))
            links[link] = expected
    return links


def test_a_mixed_list_of_share_links_is_archived(newsroom, websites, share, rows):
    recorded = recorded_links(websites)
    known = list(recorded)
    finews = newsroom.share_link(PLAIN)
    plain = websites.put("http://news.example/1.html", news_page())
    phone = websites.put("http://m.news.example/1", news_page(head=f"<link rel=canonical href='{plain}'>"))
    short = {
        websites.redirect("http://t.example/1", known[0]): known[0],
        websites.redirect("http://dwz.example/2", known[-1], 301): known[-1],
        websites.put("http://url.example/3", f"<script>location.replace('{plain}')</script>".encode()): plain,
        phone: plain,
    }
    links = [*known, finews, plain, *short]
    assert len(links) >= 20
    run = share(*links, IMAGES_ENABLED=False)
    assert (run.returncode, run.stderr) == (0, "")
    found = {row["url"]: row for row in rows("SELECT url, outcome, article_id FROM links")}
    assert set(found) == set(links)
    assert {row["outcome"] for row in found.values()} <= {"archived", "unchanged"}
    assert all(found[link]["article_id"] == found[other]["article_id"] for link, other in short.items())
    archived = {row["id"]: row for row in rows("SELECT id, site, headline, publisher, body_text FROM news")}
    assert {row["site"] for row in archived.values()} >= SITES
    for link, expected in recorded.items():
        article = archived[found[link]["article_id"]]
        assert article["id"] == expected.get("article_id", article["id"])
        for words in expected.get("contains", []):
            assert words in article["body_text"], link


@pytest.mark.parametrize(
    ("status", "page", "name"),
    [
        (503, "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", "Cloudflare"),
        (521, "<script>document.cookie='__jsl_clearance_s=1'</script>", "Jiasule"),
        (405, "<meta name='aliyun_waf_aa' content='0'><title></title>", "Aliyun"),
    ],
)
def test_a_challenge_is_a_wall_whatever_its_status(websites, share, rows, status, page, name):
    link = websites.put(
        "http://news.example/a/1.html", Reply(page.encode(), "text/html; charset=utf-8", status)
    )
    assert share(link, RETRY_TIMES=0).returncode == 69
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "walled"
    assert name in row["reason"]


def test_a_plain_server_error_is_none(websites, share, rows):
    link = websites.put("http://news.example/a/1.html", Reply(b"<h1>Bad Gateway</h1>", "text/html", 502))
    share(link, RETRY_TIMES=0)
    assert rows("SELECT outcome FROM links") == [{"outcome": "unreachable"}]


PAYWALL = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'


def test_a_preview_is_completed_by_a_later_open_copy_and_never_the_other_way(websites, share, rows):
    def serve(page):
        return websites.put("http://news.example/a/1.html", page)

    preview = news_page(paragraphs=PARAGRAPHS[:2], head=PAYWALL, behind="<p>订阅后阅读全文</p>")
    run = share(serve(preview))
    assert run.returncode == 0
    assert "only in part" in run.stdout
    assert [row["access"] for row in rows("SELECT access FROM articles")] == ["preview"]
    run = share(serve(news_page()))
    assert "1 completed" in run.stdout
    [article] = rows("SELECT * FROM news")
    assert (article["access"], article["revision"]) == ("open", 1)
    assert PARAGRAPHS[3] in article["body_text"]
    run = share(serve(preview))
    assert "1 unchanged" in run.stdout, run.stdout
    assert rows("SELECT * FROM news") == [article]
    assert rows("SELECT * FROM revisions") == []


def test_an_image_host_gets_the_referer_that_it_accepts(newsroom, websites, share):
    images = (
        "<p><img src='http://wx1.sinaimg.cn/large/a.jpg'></p><p><img src='http://img.news.example/b.jpg'></p>"
    )
    link = websites.put("http://news.example/a/1.html", news_page(behind=images))
    websites.put("http://wx1.sinaimg.cn/nothing", b"")
    websites.put("http://img.news.example/nothing", b"")
    assert share(link).returncode == 0
    sent = {path: headers.get("referer") for path, headers in newsroom.request_headers}
    assert sent["/large/a.jpg"] == "https://weibo.com/"
    assert sent["/b.jpg"] == link
