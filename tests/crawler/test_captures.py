"""What a crawl keeps of the responses that its rows rest on."""

import gzip
import hashlib
import json

from archive.captures import Captures
from tests.newsroom.server import HTML, Reply
from tests.websites import news_page


def captures_of(data_dir) -> list[dict]:
    with Captures.read(data_dir) as captures:
        return [{**row, "body": captures.body(row["id"])} for row in captures.find()]


def test_every_response_is_kept_and_an_article_names_its_own(newsroom, crawl, rows, data_dir):
    assert crawl("finews").returncode == 0
    kept = captures_of(data_dir)
    asked = [request for request in newsroom.requests if not request.startswith("/img/")]
    assert {capture["url"].removeprefix(newsroom.origin) for capture in kept} >= set(asked)
    by_id = {capture["id"]: capture for capture in kept}
    assert len({capture["crawl_id"] for capture in kept}) == 1
    for article in rows("SELECT id, info_code, reader, source_sha256 FROM articles"):
        named = rows("SELECT capture_id FROM article_captures WHERE article_id = ?", article["id"])
        own = [by_id[row["capture_id"]] for row in named]
        assert any(article["info_code"] in capture["url"] for capture in own), article
        assert article["reader"] == own[0]["reader"]
    images = {capture["image_sha256"]: capture for capture in kept if capture["image_sha256"]}
    for image in rows("SELECT * FROM images"):
        assert images[image["sha256"]]["body"] is None
        data = (data_dir / image["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == images[image["sha256"]]["received_sha256"]


def test_what_became_no_article_is_kept_too(newsroom, crawl, rows, data_dir):
    run = crawl("share", f"url={newsroom.origin}/html_News/NewsShare.html?infoCode=NW202605063641163099")
    assert run.returncode == 3
    assert [capture["status"] for capture in captures_of(data_dir)]
    assert rows("SELECT * FROM article_captures") == []


def test_captures_can_be_switched_off(newsroom, crawl, rows, data_dir):
    assert crawl("finews", CAPTURES="False").returncode == 0
    assert not (data_dir / "captures.db").exists()
    assert rows("SELECT count(*) AS n FROM articles")[0]["n"] > 50


def test_cookies_are_not_kept_and_redirects_are(websites, crawl, rows, data_dir):
    websites.put(
        "http://paper.example/a/1.html",
        Reply(b"", HTML, 302, {"Location": "/b/1.html", "Set-Cookie": "id=geheim"}),
    )
    websites.put("http://paper.example/b/1.html", news_page())
    assert crawl("share", "url=http://paper.example/a/1.html", CONNECT_TO=websites.everywhere).returncode == 0
    kept = captures_of(data_dir)
    assert "geheim" not in json.dumps([{**capture, "body": None} for capture in kept])
    pages = [capture for capture in kept if not capture["url"].endswith("robots.txt")]
    assert [capture["status"] for capture in pages] == [302, 200]
    assert pages[0]["redacted"] == ["header Set-Cookie"]
    named = {row["capture_id"] for row in rows("SELECT capture_id FROM article_captures")}
    assert named == {capture["id"] for capture in pages}


def test_article_and_capture_state_one_digest_of_a_coded_body(websites, crawl, rows, data_dir):
    page = news_page()
    coded = Reply(gzip.compress(page), HTML, headers={"Content-Encoding": "gzip"})
    websites.put("http://paper.example/a/1.html", coded)
    assert crawl("share", "url=http://paper.example/a/1.html", CONNECT_TO=websites.everywhere).returncode == 0
    [capture] = [capture for capture in captures_of(data_dir) if capture["url"].endswith("1.html")]
    [article] = rows("SELECT response_sha256 FROM articles")
    digest = hashlib.sha256(page).hexdigest()
    assert article["response_sha256"] == capture["body_sha256"] == digest
    assert capture["received_sha256"] == hashlib.sha256(coded.body).hexdigest()
