"""A link outlives its host: an article is looked for at each of its places, and what they answered decides its outcome."""

import json
from pathlib import Path

import pytest

from crawler import settings as project_settings
from crawler.pages.finews import PLACES as PUBLIC_PLACES
from tests.newsroom.server import HTML, JSON

RECORDED = Path(__file__).resolve().parents[1] / "pages" / "finews"
CODE = "202611103870500012"
LINK = f"http://share.example/html_News/NewsShare.html?infoCode=NW{CODE}"
PLACES = (
    "http://newsinfo.eastmoney.com/kuaixun/v2/api/article/{id},"
    "http://finance.eastmoney.com/a/{id}.html,"
    "http://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={id}&newstype=1,"
    "http://emwap.eastmoney.com/info/detail/{id}"
)
HEADLINE = "海门港六号泊位改造完成"
DETAIL = json.dumps(
    {
        "content": "<p>海门港务集团10日表示，六号泊位改造完成后，单日装卸能力提高到四万吨。</p>",
        "title": HEADLINE,
        "showtime": "2026-11-10 09:30:05",
    }
)
PUBLIC = f"""<html><head><title>{HEADLINE}_东方财富网</title></head><body><h1 class="title">{HEADLINE}</h1>
<div class="infos"><div class="item">2026年11月10日 09:30</div><div class="item">来源：海门晚报</div></div>
<div id="ContentBody"><p>海门港务集团10日表示，六号泊位改造完成后，单日装卸能力提高到四万吨。</p></div></body></html>"""
ALIVE = {
    "newsinfo article": (
        f"http://newsinfo.eastmoney.com/kuaixun/v2/api/article/{CODE}",
        (RECORDED / "newsinfo.body").read_bytes(),
    ),
    "public page": (f"http://finance.eastmoney.com/a/{CODE}.html", PUBLIC.encode()),
    "newsinfo getnews": (
        f"http://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={CODE}&newstype=1",
        (RECORDED / "getnews.body").read_bytes(),
    ),
    "configured origin": (f"http://choice.example/NewsData/GetNewsText.do?id=NW{CODE}", DETAIL.encode()),
}
DEATHS = ("no name", "refused", "404", "parked")


@pytest.fixture
def follow(newsroom, websites, crawl):
    """Crawls LINK with its host dead in one of `DEATHS` and the public places on this machine."""

    def run(death, **settings):
        port = newsroom.origin.rpartition(":")[2]
        hosts = ["newsinfo.eastmoney.com", "finance.eastmoney.com", "emwap.eastmoney.com", "choice.example"]
        for host in hosts:
            websites.put(f"http://{host}/nothing", b"")
        connect = [f"{host}=127.0.0.1:{port}" for host in hosts]
        if death == "refused":
            connect.append("share.example=127.0.0.1:9")  # discard: nothing listens
        elif death in ("404", "parked"):
            connect.append(f"share.example=127.0.0.1:{port}")
            websites.put("http://share.example/nothing", b"")
        if death == "parked":
            page = (
                b"<html><head><title>share.example</title></head><body>This domain is for sale.</body></html>"
            )
            websites.put(f"http://share.example/NewsData/GetNewsText.do?id=NW{CODE}", page)
        return crawl(
            "share",
            f"url={LINK}",
            **{
                "FINEWS_ORIGINS": "http://choice.example",
                "FINEWS_ARTICLE_PAGE": "http://finance.eastmoney.com/a/{id}.html",
                "FINEWS_PLACES": PLACES,
                "FINEWS_NOW": "2026-11-12T09:00:00+08:00",
                "CONNECT_TO": ",".join(connect),
                "RETRY_BACKOFF": 0.01,
                **settings,
            },
        )

    return run


@pytest.mark.parametrize("place", ALIVE)
@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_host_and_one_place_alive(websites, follow, rows, death, place):
    url, body = ALIVE[place]
    websites.put(url, body, HTML if body.startswith(b"<") else JSON)
    run = follow(death)
    assert run.returncode == 0, run.stderr
    [link] = rows("SELECT * FROM links")
    assert (link["url"], link["outcome"], link["article_id"]) == (LINK, "archived", f"finews:{CODE}")
    [article] = rows("SELECT * FROM news")
    assert article["headline"] == HEADLINE
    assert article["published_at"][:16] == "2026-11-10T01:30"
    assert "单日装卸能力提高到四万吨" in article["body_text"]
    assert article["served_from"] == "/".join(url.split("/")[:3])


@pytest.mark.parametrize(
    ("death", "outcome"),
    [
        ("no name", "unreachable"),
        ("refused", "unreachable"),
        ("404", "unreachable"),
        ("parked", "unreadable"),
    ],
)
def test_a_mirror_alone_cannot_say_that_an_article_is_gone(follow, rows, death, outcome):
    follow(death, FINEWS_PLACES="", FINEWS_ORIGINS="http://gone.example")
    [link] = rows("SELECT * FROM links")
    assert link["outcome"] == outcome
    assert "http://share.example/" in link["reason"]


def test_the_publisher_can_and_the_reason_lists_what_each_place_answered(follow, rows):
    assert follow("no name").returncode == 3
    [link] = rows("SELECT * FROM links")
    assert link["outcome"] == "gone"
    for part in (
        "share.example",
        "choice.example",
        "/api/article/",
        f"/a/{CODE}.html",
        "getnews",
        "emwap",
        "no such host",
        "404",
    ):
        assert part in link["reason"]


def test_a_dead_host_is_asked_once(crawl):
    """Its robots.txt takes the only connection: no retry, and none for any article."""
    links = [LINK, LINK.replace("012", "013"), LINK.replace("012", "014")]
    run = crawl(
        "share",
        "urls=-",
        stdin="\n".join(links),
        CONNECT_TO="share.example=127.0.0.1:9",
        FINEWS_ORIGINS="http://share.example",
        LOG_LEVEL="DEBUG",
        STATS_DUMP=True,
        CONCURRENT_REQUESTS=1,
    )
    assert run.returncode == 69
    assert "'breaker/not_asked': 3" in run.stderr


def test_an_answer_for_another_article_is_not_taken(websites, follow, rows):
    other = (RECORDED / "newsinfo-other-article.body").read_bytes()
    websites.put(ALIVE["newsinfo article"][0], other, JSON)
    websites.put(*ALIVE["public page"])
    assert follow("404").returncode == 0
    [article] = rows("SELECT * FROM news")
    assert (article["id"], article["served_from"]) == (f"finews:{CODE}", "http://finance.eastmoney.com")


def test_a_link_crawled_by_hand_does_not_fail_a_scheduled_crawl(newsroom, crawl, rows):
    missing = f"{newsroom.origin}/html_News/NewsShare.html?infoCode=NW202606300000000001"
    newsroom.fail("/NewsData/GetNewsText.do?id=NW202606300000000001", "500")
    assert crawl("share", f"url={missing}", RETRY_TIMES=0).returncode == 69
    later = "2026-06-30T20:00:00+08:00"
    run = crawl("finews", RETRY_TIMES=0, FINEWS_NOW=later)
    assert run.returncode == 0, run.stderr
    [link] = rows("SELECT * FROM links WHERE url = ?", missing)
    assert (link["outcome"], link["tries"], link["spider"]) == ("unreachable", 2, "share")


def test_the_places_of_the_page_object_are_the_default_of_the_setting():
    """Page objects know no settings: the light check reads those without the rest of the project."""
    assert project_settings.defaults["FINEWS_PLACES"].split(",") == list(PUBLIC_PLACES)


def test_a_redirect_to_an_article_that_left_its_page_is_looked_for_at_its_other_places(newsroom, crawl, rows):
    article = newsroom["plain-market-report"]
    newsroom.fail("/go/1", f"redirect:/a/{article.id}.html")
    newsroom.fail(f"/a/{article.id}.html", "404")
    crawl("share", f"url={newsroom.origin}/go/1")
    assert rows("SELECT article_id, outcome FROM links") == [
        {"article_id": f"finews:{article.id}", "outcome": "archived"}
    ]


def test_a_redirect_to_an_article_that_no_place_has(newsroom, crawl, rows):
    article = newsroom["plain-market-report"]
    newsroom.fail("/go/1", f"redirect:/a/{article.id}.html")
    for path in (f"/a/{article.id}.html", "/NewsData/"):
        newsroom.fail(path, "404")
    crawl("share", f"url={newsroom.origin}/go/1")
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "gone"
    assert "2 places tried" in link["reason"]
