"""A share link becomes a row, pictures and a post: the real command against a real newsroom."""

import hashlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from archive.reader_marks import add_links
from archive.writer import Archive
from crawler.added_links import CrawlsOfAdded
from tests.newsroom.server import Reply, original_address

PLAIN = "plain-market-report"


def test_a_link_becomes_a_row_pictures_and_a_post(newsroom, crawl, rows, data_dir):
    run = crawl("share", f"url={newsroom.share_link('eight-pictures')}")
    assert run.returncode == 0, run.stderr
    [row] = rows("SELECT * FROM news")
    article = newsroom["eight-pictures"]
    assert (row["headline"], row["headline_from"]) == (article.title, "page")
    assert (row["published_precision"], row["published_from"]) == ("minute", "page")
    assert row["publisher"] == article.source
    pictures = rows("SELECT * FROM article_images JOIN images USING (sha256) ORDER BY position")
    assert len(pictures) == 8
    for picture in pictures:
        data = (data_dir / picture["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == picture["sha256"]
        assert picture["path"] in row["body_html"]
    post = (data_dir / row["post_path"]).read_text(encoding="utf-8")
    front = yaml.safe_load(post.split("---\n")[1])
    assert front["title"] == row["headline"]
    assert front["images"] == [picture["path"] for picture in pictures]
    assert row["headline"] in run.stdout
    assert str(data_dir / row["post_path"]) in run.stdout


def test_every_shape_of_a_link_is_one_article(newsroom, crawl, rows):
    article = newsroom[PLAIN]
    links = [
        newsroom.share_link(PLAIN),
        f"{newsroom.origin}/html_News/NewsShare.html?x=1&INFOCODE=nw{article.id}#top",
        f"{newsroom.origin}/info/information/detail.html?infocode=NW{article.id}",
        f"{newsroom.origin}/news/1354,{article.id}.html",
        f"{newsroom.origin}/a/{article.id}.html",
    ]
    run = crawl("share", "urls=-", stdin="# five links\n\n" + "\n".join(links) + "\n" + links[0] + "\n")
    assert run.returncode == 0, run.stderr
    assert len(rows("SELECT * FROM articles")) == 1
    assert {row["outcome"] for row in rows("SELECT outcome FROM links")} == {"archived"}
    assert len(rows("SELECT * FROM links")) == 5
    assert len(newsroom.asked(newsroom.detail_path(PLAIN))) == 1


def test_what_the_json_says_needs_no_page(newsroom, crawl, rows):
    named = next(
        a for a in newsroom.articles if a.detail_extra.get("title") and a.detail_extra.get("showtime")
    )
    assert crawl("share", f"url={newsroom.share_link(named)}").returncode == 0
    [row] = rows("SELECT * FROM articles")
    assert (row["headline_from"], row["published_from"]) == ("detail", "detail")
    assert newsroom.asked("/a/") == []


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (b'{"code": 1}', "application/json"),
        (b"[1]", "text/html"),
        (b"", "text/html"),
        (b"\x89PNG\r\n\x1a\n\0\0", "text/html"),
        (b"<div>" * 100_000, "text/html"),
    ],
)
def test_a_page_that_is_none_costs_no_article(newsroom, crawl, rows, page, kind):
    host = newsroom.origin.removeprefix("http://")

    def answer(path, headers):
        if path.startswith("/a/"):
            return Reply(page, kind)
        del newsroom.hosts[host]
        try:
            return newsroom.reply(path, headers)
        finally:
            newsroom.hosts[host] = answer

    newsroom.hosts[host] = answer
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}")
    assert run.returncode == 0, run.stderr
    assert rows("SELECT headline_from, published_from FROM articles") == [
        {"headline_from": "body", "published_from": "id"}
    ]


def test_no_page_leaves_stand_ins_and_a_later_crawl_completes_them(newsroom, crawl, rows, data_dir):
    link, article = newsroom.share_link(PLAIN), newsroom[PLAIN]
    newsroom.fail(newsroom.page_path(PLAIN), "404")
    assert crawl("share", f"url={link}").returncode == 0
    [row] = rows("SELECT * FROM news")
    assert (row["headline_from"], row["published_from"], row["published_precision"]) == ("body", "id", "day")
    assert row["body_text"].startswith(row["headline"])
    first_post = row["post_path"]
    newsroom.mend()
    assert crawl("share", f"url={link}").returncode == 0
    [row] = rows("SELECT * FROM articles")
    assert (row["headline"], row["headline_from"], row["revision"]) == (article.title, "page", 1)
    assert list((data_dir / "posts").rglob("*.md")) == [data_dir / first_post]


@pytest.mark.parametrize(
    ("fault", "outcome", "status", "said"),
    [
        ("404", "gone", 3, "404"),
        ("403", "walled", 69, "403"),
        ("500", "unreachable", 69, "500"),
        ("reset", "unreachable", 69, "reset"),
        ("truncate", "unreachable", 69, "cut short"),
        ("html", "unreadable", 65, "HTML in place of JSON"),
        ("notjson", "unreadable", 65, "not JSON"),
        ("wrongkey", "unreadable", 65, "neither content nor text"),
        ("empty", "unreadable", 65, "empty answer"),
        ("nullkey", "gone", 3, "blank"),
        ("blank", "gone", 3, "blank"),
        ("huge", "unreachable", 69, "too large"),
        ("gzipbomb", "unreachable", 69, "too large"),
        ("loop", "unreachable", 69, "too many redirects"),
    ],
)
def test_a_fault_of_the_endpoint_is_named_and_archives_nothing(
    newsroom, crawl, rows, data_dir, fault, outcome, status, said
):
    newsroom.fail(newsroom.detail_path(PLAIN), fault)
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", RETRY_BACKOFF=0.01)
    [link] = rows("SELECT * FROM links")
    assert (link["outcome"], run.returncode) == (outcome, status), (link, run.stderr)
    assert said in link["reason"]
    assert said in run.stderr
    assert len(run.stderr.splitlines()) <= 20
    assert "Traceback" not in run.stderr
    assert rows("SELECT * FROM articles") == []
    assert not list(data_dir.rglob("*.md"))
    newsroom.mend()
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}").returncode == 0
    [link] = rows("SELECT * FROM links")
    assert (link["outcome"], link["reason"], link["tries"]) == ("archived", None, 2)


def detail(newsroom, *bodies):
    """Have the newsroom answer the plain article with ``content`` and ``text``."""
    newsroom[PLAIN].detail = dict(zip(("content", "text"), bodies, strict=False))


@pytest.mark.parametrize(
    "body",
    [
        "<p>&#160;&#xA0;&#12288;&emsp;</p>",
        '<p style="display:none">暗文</p>',
        "<script>alert(1)</script><style>p {}</style>",
        '<p class="em_media">（文章来源：晨光财经）</p>',
        '<!-- EM_StockImg_Start --><p><img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.002752"></p><!-- EM_StockImg_End -->',
        "<p>\u200b\u200d\u00ad</p>",
        "null",
        "<table><tr><td></td></tr></table>",
    ],
)
def test_a_body_of_which_nothing_is_seen_is_no_article_and_no_link_vanishes(
    newsroom, crawl, rows, data_dir, body
):
    detail(newsroom, body, body)
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}")
    assert run.returncode == 3, run.stderr
    [link] = rows("SELECT * FROM links")
    assert link["outcome"] == "gone"
    assert re.search("blank|no visible content", link["reason"])
    assert rows("SELECT * FROM articles") == []
    assert not list(data_dir.rglob("*.md"))


@pytest.mark.parametrize(
    "bodies",
    [("<p>三家公司今日公告。</p>",), (None, "<p>三家公司今日公告。</p>"), (False, "<p>三家公司今日公告。</p>"), (["x"], "<p>三家公司今日公告。</p>"), ("<p>　</p>", "<p>三家公司今日公告。</p>")],
)  # fmt: skip
def test_one_readable_body_is_enough(newsroom, crawl, rows, bodies):
    detail(newsroom, *bodies)
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}").returncode == 0
    assert rows("SELECT body_text FROM texts") == [{"body_text": "三家公司今日公告。"}]


def test_bytes_of_another_encoding_are_read_as_what_they_are(newsroom, crawl, rows):
    link = newsroom.share_link(PLAIN)
    newsroom.fail(newsroom.detail_path(PLAIN), "gbk")
    assert crawl("share", f"url={link}").returncode == 0
    [read] = rows("SELECT body_text FROM texts")
    newsroom.mend()
    assert crawl("share", f"url={link}").returncode == 0
    assert rows("SELECT body_text FROM texts") == [read]
    assert rows("SELECT revision FROM articles") == [{"revision": 1}]


def test_json_nested_without_end_is_unreadable_and_no_bug(newsroom, crawl, rows):
    host = newsroom.origin.removeprefix("http://")

    def answer(path, headers):
        return Reply(b'{"content":' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    newsroom.hosts[host] = answer
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", ROBOTSTXT_OBEY=False)
    assert run.returncode == 65, run.stderr
    [link] = rows("SELECT * FROM links")
    assert (link["outcome"], "too deep" in link["reason"]) == ("unreadable", True)


def test_an_article_that_comes_back_is_not_withdrawn_any_more(newsroom, crawl, rows):
    link = newsroom.share_link(PLAIN)
    crawl("share", f"url={link}")
    newsroom.fail(newsroom.detail_path(PLAIN), "404")
    crawl("share", f"url={link}")
    [gone] = rows("SELECT * FROM news")
    assert gone["withdrawn_at"]
    newsroom.mend()
    newsroom.now += timedelta(hours=1)
    assert crawl("share", f"url={link}").returncode == 0
    [back] = rows("SELECT * FROM news")
    assert back["withdrawn_at"] is None
    assert (back["revision"], back["body_text"]) == (gone["revision"], gone["body_text"])
    assert rows("SELECT changed_at FROM revision_changes") == [{"changed_at": back["retrieved_at"]}]
    newsroom.fail(newsroom.detail_path(PLAIN), "404")
    crawl("share", f"url={link}")
    assert rows("SELECT withdrawn_at FROM articles") != [{"withdrawn_at": None}]


def test_an_answer_for_another_article_is_not_archived_under_this_ones_name(newsroom, crawl, rows):
    other = newsroom["eight-pictures"]
    newsroom.fail(newsroom.detail_path(PLAIN), f"other:{other.id}")
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}")
    assert run.returncode == 65
    assert "another article" in rows("SELECT reason FROM links")[0]["reason"]
    assert rows("SELECT * FROM articles") == []


def test_a_hiccup_is_tried_again(newsroom, crawl, rows):
    newsroom.fail(newsroom.detail_path(PLAIN), ["503", "429:0", "ok"])
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}", RETRY_BACKOFF=0.01).returncode == 0
    assert len(newsroom.asked(newsroom.detail_path(PLAIN))) == 3


def test_a_missing_name_is_unreachable(crawl, rows):
    run = crawl("share", "url=http://news.example/story/1")
    assert run.returncode == 69
    [link] = rows("SELECT * FROM links")
    assert link["outcome"] == "unreachable"
    assert "no such host" in link["reason"]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/NewsShare.html?infoCode=NW202601010000000001", "data://x/y"],
)
def test_only_http_is_followed(crawl, rows, url):
    assert crawl("share", f"url={url}").returncode == 3
    assert rows("SELECT outcome FROM links")[0]["outcome"] == "refused"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_file_of_links_may_be_saved_by_windows(newsroom, crawl, rows, tmp_path, encoding):
    links = tmp_path / "links.txt"
    text = f"# 三条链接\r\n{newsroom.share_link(PLAIN)}\r\n\r\n{newsroom.share_link('eight-pictures')}。\r\n"
    links.write_bytes(text.encode(encoding))
    run = crawl("share", f"urls={links}")
    assert run.returncode == 0, run.stderr
    assert {row["url"] for row in rows("SELECT url FROM links")} == {
        newsroom.share_link(PLAIN),
        newsroom.share_link("eight-pictures"),
    }


def test_links_may_come_through_a_pipe(newsroom, crawl, rows, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(newsroom.share_link(PLAIN)), daemon=True)
    writer.start()
    assert crawl("share", f"urls={pipe}").returncode == 0
    assert len(rows("SELECT * FROM articles")) == 1


@pytest.mark.parametrize("what", ["folder", "picture"])
def test_what_is_no_list_of_links_is_wrong_usage(crawl, tmp_path, what):
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    run = crawl("share", f"urls={path}")
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1
    assert {"folder": "a folder", "picture": "no text file"}[what] in run.stderr


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("url=nothing",),
        ("urls=/no/such/file",),
        ("urls=/dev/zero",),
        ("uri=http://a.example",),
        ("url=http://a.example", "urls=-"),
    ],
)
def test_wrong_usage_is_told_in_one_line(crawl, args, data_dir):
    run = crawl("share", *args, is_new=True)
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("urls=- <&-", 2),
        ("url=LINK >/dev/full", 0),
        ("url=LINK >&-", 0),
        ("url=$(printf 'http://a.example/a/\\377.html')", 69),
    ],
)
def test_odd_bytes_and_closed_doors_change_no_status(newsroom, data_dir, words, status):
    words = words.replace("LINK", newsroom.share_link(PLAIN))
    line = f"{sys.executable} -m scrapy crawl share -a {words} -s DATA_DIR={data_dir} -s FINEWS_ORIGINS={newsroom.origin}"
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(["bash", "-c", line], cwd=root, capture_output=True, text=True, errors="replace")
    assert run.returncode == status, run.stderr
    assert "Traceback" not in run.stderr


def test_debug_shows_every_request(newsroom, crawl):
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", LOG_LEVEL="DEBUG")
    asked = [path for path in newsroom.requests if path != "/robots.txt"]
    assert len(asked) == 2
    assert all(re.search(rf"Crawled \(200\) <GET \S*{re.escape(path)}>", run.stderr) for path in asked)
    assert "Crawled" not in crawl("share", f"url={newsroom.share_link(PLAIN)}").stderr


def test_quiet_where_nothing_is_wrong(newsroom, crawl):
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", LOG_LEVEL="WARNING")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_picture_that_failed_heals_and_is_no_revision(newsroom, crawl, rows, data_dir):
    link = newsroom.share_link("eight-pictures")
    newsroom.fail("/img/", ["404"])
    run = crawl("share", f"url={link}")
    assert run.returncode == 0, run.stderr
    assert {row["status"] for row in rows("SELECT status FROM article_images")} == {"failed"}
    assert all("404" in row["reason"] for row in rows("SELECT reason FROM article_images"))
    [row] = rows("SELECT * FROM news")
    assert row["body_html"].count("image-missing") == 8
    newsroom.mend()
    assert crawl("share", f"url={link}").returncode == 0
    assert {row["status"] for row in rows("SELECT status FROM article_images")} == {"stored"}
    [row] = rows("SELECT * FROM news")
    assert row["revision"] == 1
    assert "image-missing" not in row["body_html"]
    asked = len(newsroom.asked("/img/"))
    assert crawl("share", f"url={link}").returncode == 0
    assert len(newsroom.asked("/img/")) == asked, "a stored picture is not fetched again"
    (data_dir / rows("SELECT path FROM images")[0]["path"]).unlink()
    assert crawl("share", f"url={link}").returncode == 0
    assert all((data_dir / row["path"]).exists() for row in rows("SELECT path FROM images"))


@pytest.mark.parametrize(
    "fault",
    [
        "svg",
        "html",
        "bomb",
        "huge",
        "truncate",
        "redirect:http://127.0.0.1:9/x.jpg",
        "redirect:file:///etc/passwd",
    ],
)
def test_what_is_no_picture_is_not_kept(newsroom, crawl, rows, data_dir, fault):
    newsroom.fail("/img/", [fault])
    assert crawl("share", f"url={newsroom.share_link('eight-pictures')}", RETRY_BACKOFF=0.01).returncode == 0
    images = rows("SELECT status, reason FROM article_images")
    assert len(images) == 8
    assert all(image["status"] != "stored" and image["reason"] for image in images)
    assert not [path for path in data_dir.rglob("images/**/*") if path.is_file()]
    assert rows("SELECT * FROM images") == []


def test_an_address_out_of_content_stays_away_from_private_hosts(newsroom, crawl, rows):
    """The picture's host resolves to this machine, and nobody named it: refused on the connection."""
    port = newsroom.origin.rpartition(":")[2]
    newsroom.fail("/img/", [f"redirect:http://localhost:{port}/robots.txt"])
    run = crawl("share", f"url={newsroom.share_link('eight-pictures')}")
    assert run.returncode == 0, run.stderr
    images = rows("SELECT status, reason FROM article_images")
    assert {image["status"] for image in images} == {"refused"}
    assert all("not a public address" in image["reason"] for image in images)
    assert len(newsroom.asked("/robots.txt")) == 1, "only the origin that the operator named was asked"


def test_another_crawl_holds_the_lock(newsroom, crawl, rows, data_dir, tmp_path):
    held = subprocess.Popen(
        [sys.executable, "-c", "import sys; from archive.writer import Archive; held = Archive(sys.argv[1]).open(); print('held', flush=True); sys.stdin.read()", str(data_dir)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    try:
        assert held.stdout.readline() == "held\n"
        run = crawl("share", f"url={newsroom.share_link(PLAIN)}")
        assert run.returncode == 75
        assert f"pid {held.pid}" in run.stderr
        held.kill()
        held.wait()
        assert crawl("share", f"url={newsroom.share_link(PLAIN)}").returncode == 0
    finally:
        held.kill()
        held.communicate()


def test_a_folder_that_cannot_be_written(newsroom, crawl, tmp_path):
    (tmp_path / "file").write_text("no folder")
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", DATA_DIR=tmp_path / "file" / "data")
    assert run.returncode == 73
    assert "cannot be written" in run.stderr


def test_the_crawl_keeps_a_row_of_itself(newsroom, crawl, rows):
    crawl("share", f"url={newsroom.share_link(PLAIN)}")
    newsroom.fail(newsroom.detail_path(PLAIN), "html")
    crawl("share", f"url={newsroom.share_link(PLAIN)}")
    first, second = rows("SELECT * FROM crawls ORDER BY exit_status")
    assert (first["exit_status"], first["articles_new"], first["outcome"]) == (0, 1, "finished")
    assert (second["exit_status"], second["links_failed"]) == (65, 1)
    assert second["reason"]


@pytest.mark.parametrize("flavour", ["jekyll", "jekyll-old", "hugo", "eleventy", "pelican", "plain"])
def test_every_flavour_names_its_post_alike(newsroom, crawl, rows, data_dir, flavour):
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}", POST_FLAVOUR=flavour).returncode == 0
    [row] = rows("SELECT * FROM articles")
    assert Path(row["post_path"]).name == f"2026-06-30-{row['info_code']}.md"
    assert row["headline"] in (data_dir / row["post_path"]).read_text(encoding="utf-8")


def test_an_unknown_flavour_is_wrong_usage(newsroom, crawl):
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}", POST_FLAVOUR="word").returncode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_TIMEOUT", "abc"),
        ("DOWNLOAD_TIMEOUT", "-1"),
        ("DOWNLOAD_MAXSIZE", "16M"),
        ("CONCURRENT_REQUESTS", "0"),
        ("CLOSESPIDER_TIMEOUT", "soon"),
        ("SEARCH_INDEX", "perhaps"),
        ("DATA_DIR", ""),
        ("LOG_LEVEL", "loud"),
        ("FINEWS_NOW", "noon"),
        ("FINEWS_ORIGINS", "choicewzp1.eastmoney.com"),
        ("FINEWS_ARTICLE_PAGE", "http://a.example/{number}"),
        ("FINEWS_COUNTS", "many"),
        ("FINEWS_CHECKS", "10 minutes"),
        ("CONNECT_TO", "a.example"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_wrong_usage(newsroom, crawl, data_dir, name, value):
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", is_new=True, **{name: value})
    assert run.returncode == 2, run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert f"{name}={value}" in run.stderr
    assert not data_dir.exists()


def test_a_wrong_setting_of_the_environment_is_told_too(newsroom, crawl, monkeypatch):
    monkeypatch.setenv("FINEWS_DOWNLOAD_TIMEOUT", "abc")
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}")
    assert (run.returncode, "DOWNLOAD_TIMEOUT=abc" in run.stderr) == (2, True)


def test_a_level_may_be_written_small(newsroom, crawl):
    run = crawl("share", f"url={newsroom.share_link(PLAIN)}", LOG_LEVEL="warning")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_addresses_are_kept_as_served(newsroom, crawl, rows):
    crawl("share", f"url={newsroom.share_link('unscaled-originals-beside-the-pictures')}")
    stored = [
        original_address(row["url"])
        for row in rows("SELECT url FROM article_images WHERE status = 'stored' ORDER BY position")
    ]
    assert stored
    assert any(re.search(r"_o\.jpg$", url) for url in stored)


def test_a_redirect_is_followed(newsroom, crawl, rows):
    elsewhere = newsroom.detail_path(PLAIN) + "&moved=1"
    newsroom.fail(newsroom.detail_path(PLAIN), [f"redirect:{elsewhere}", "ok"])
    assert crawl("share", f"url={newsroom.share_link(PLAIN)}").returncode == 0
    assert len(rows("SELECT * FROM articles")) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_and_nothing_archived_is_lost(newsroom, crawl, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("no mount here")
    try:
        run = crawl("finews", DATA_DIR=disk / "data")
        assert run.returncode == 73
        assert "full" in run.stderr
        assert "new" not in run.stdout, "nothing is claimed that is not there"
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assert crawl("finews", DATA_DIR=disk / "data").returncode == 0
        db = sqlite3.connect(disk / "data" / "archive.db")
        count = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        paths = [
            path for (path,) in db.execute("SELECT post_path FROM articles UNION ALL SELECT path FROM images")
        ]
        db.close()
        assert count == len({article.id for article in newsroom.listed()})
        assert all((disk / "data" / path).exists() for path in paths)
    finally:
        subprocess.run(["umount", disk], check=False)


def test_a_stopped_crawl_says_which_links_it_did_not_get_to(newsroom, crawl, rows, data_dir):
    links = [newsroom.share_link(article) for article in newsroom.articles]
    newsroom.fail("/NewsData/", "hang")
    run = crawl(
        "share",
        "urls=-",
        stdin="\n".join(links),
        CLOSESPIDER_TIMEOUT=1,
        DOWNLOAD_TIMEOUT=3,
        RETRY_TIMES=0,
        BREAKER_FAILURES=1000,
    )
    assert run.returncode in (3, 69)
    found = rows("SELECT url, outcome, reason FROM links")
    assert {row["url"] for row in found} == set(links)
    assert all(row["outcome"] in ("failed", "unreachable") and row["reason"] for row in found)
    assert any("stopped before its turn" in row["reason"] for row in found)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_ends_the_crawl_at_once(newsroom, crawl, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("no mount here")
    Archive(disk / "data", captures=True).open().close()
    (disk / "other").write_bytes(bytes(shutil.disk_usage(disk).free - 250_000))
    links = "\n".join(newsroom.share_link(article) for article in newsroom.articles)
    newsroom.requests.clear()
    try:
        run = crawl("share", "urls=-", stdin=links, DATA_DIR=disk / "data", CONCURRENT_REQUESTS=1)
    finally:
        subprocess.run(["umount", disk], check=False)
    assert run.returncode == 73
    assert "failed: http" not in run.stderr, "one reason, not one for each link"
    asked = [path for path in newsroom.requests if "GetNewsText" in str(path)]
    assert 0 < len(asked) < len(newsroom.articles)


def test_a_crawl_that_stops_while_pictures_are_fetched_ends_and_tells_of_every_link(
    newsroom, crawl, rows, data_dir
):
    links = [newsroom.share_link(article) for article in newsroom.articles]
    newsroom.fail("/img/", "hang")
    run = crawl(
        "share",
        "urls=-",
        stdin="\n".join(links),
        CLOSESPIDER_ITEMCOUNT=1,
        CONCURRENT_REQUESTS=4,
        DOWNLOAD_TIMEOUT=2,
        RETRY_TIMES=0,
        BREAKER_FAILURES=1000,
    )
    assert run.returncode == 3
    found = {row["url"]: row["outcome"] for row in rows("SELECT url, outcome FROM links")}
    assert set(found) == set(links)
    assert {"archived", "failed"} <= set(found.values())
    archived = [
        row["id"] for row in rows("SELECT a.id FROM articles AS a JOIN texts AS t ON t.article_id = a.id")
    ]
    assert len(archived) == sum(outcome in ("archived", "unchanged") for outcome in found.values())


def shares_from_a_pipe(newsroom, data_dir, urls="-"):
    given = {
        "DATA_DIR": data_dir,
        "FINEWS_ORIGINS": newsroom.origin,
        "FINEWS_NOW": newsroom.now.isoformat(),
    }
    flags = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "share", "-a", f"urls={urls}", *flags],
        cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_until_asked(newsroom, article):
    """Whether the article's body is asked for within a minute."""
    deadline = time.monotonic() + 60
    while not newsroom.asked(newsroom.detail_path(article)):
        if time.monotonic() > deadline:
            return False
    return True


def is_open(pid, path):
    """Whether a process has *path* open."""
    try:
        return any(os.path.samefile(one, path) for one in Path(f"/proc/{pid}/fd").iterdir() if one.exists())
    except FileNotFoundError:  # one was closed meanwhile
        return False


def test_links_are_followed_as_a_pipe_brings_them(newsroom, rows, data_dir):
    first, second = (newsroom[name] for name in (PLAIN, newsroom.articles[5].name))
    child = shares_from_a_pipe(newsroom, data_dir)
    for article in (first, second):
        child.stdin.write(newsroom.share_link(article) + "\n")
        child.stdin.flush()
        assert wait_until_asked(newsroom, article), "without waiting for the next line"
    child.stdin.write("http://")  # the last line has no end
    child.communicate(timeout=60)
    assert child.returncode == 3
    assert len(rows("SELECT * FROM articles")) == 2
    assert [row["outcome"] for row in rows("SELECT * FROM links WHERE url = 'http://'")] == ["refused"]


def test_links_are_followed_as_a_named_pipe_brings_them(newsroom, rows, data_dir, tmp_path):
    os.mkfifo(tmp_path / "links")
    child = shares_from_a_pipe(newsroom, data_dir, tmp_path / "links")
    with open(tmp_path / "links", "w", encoding="utf-8") as links:
        links.write(newsroom.share_link(PLAIN) + "\n")
        links.flush()
        assert wait_until_asked(newsroom, newsroom[PLAIN]), "while the pipe is open"
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert len(rows("SELECT * FROM articles")) == 1


def test_a_crawl_that_waits_for_a_writer_can_be_stopped(newsroom, rows, data_dir, tmp_path):
    os.mkfifo(tmp_path / "links")
    child = shares_from_a_pipe(newsroom, data_dir, tmp_path / "links")
    deadline = time.monotonic() + 60
    while not is_open(child.pid, tmp_path / "links"):
        assert child.poll() is None
        assert time.monotonic() < deadline, "the pipe is opened"
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    assert child.returncode == 3
    assert rows("SELECT * FROM links") == []


def test_a_crawl_that_waits_for_a_pipe_can_be_stopped(newsroom, rows, data_dir):
    child = shares_from_a_pipe(newsroom, data_dir)
    child.stdin.write(newsroom.share_link(PLAIN) + "\n")
    child.stdin.flush()
    assert wait_until_asked(newsroom, PLAIN)
    child.send_signal(signal.SIGTERM)
    child.wait(timeout=60)
    for pipe in (child.stdin, child.stdout, child.stderr):
        pipe.close()
    assert child.returncode in (3, 69), "69 where it came before the article"
    assert len(rows("SELECT * FROM links")) == 1, "archived, or stopped: but told"


def test_serve_add_crawls_at_once(newsroom, crawl, rows, data_dir, monkeypatch):
    pytest.importorskip("datasette", reason="the extra analyst is not installed")
    crawl("share", "added=1")
    for name, value in {
        "FINEWS_ORIGINS": newsroom.origin,
        "FINEWS_PLACES": "",
        "FINEWS_ARTICLE_PAGE": f"{newsroom.origin}/a/{{id}}.html",
    }.items():
        monkeypatch.setenv(name, value)
    link = newsroom.share_link(newsroom.articles[0])
    add_links(data_dir / "archive.db", [link], newsroom.now)
    assert CrawlsOfAdded(data_dir).crawl_once() == 0
    assert rows("SELECT url, outcome FROM links") == [{"url": link, "outcome": "archived"}]
