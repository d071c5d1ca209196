"""Which images a body holds, and under which addresses; a crawl fetches them from a loopback server."""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
import textwrap
import threading
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import etree, html
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.utils.test import get_crawler

from archive.writer import Archive, ArchiveError, Entry
from pipelines import body_images
from pipelines.archive_access import archive_named_in, share_archive
from pipelines.body_images import find_images, point_at_copy
from pipelines.download_images import DownloadImagesPipeline, outcome_of_error, validate_image
from pipelines.fetch_errors import FetchRefused
from pipelines.image_limits import Limits
from pipelines.sanitise_html import safe_tree
from tests.scrapy_process import run_scrapy

BASE = "https://news.example/a/1.html"
HOST = "https://pic.example"


def body(inner: str):
    return html.fragment_fromstring(inner, create_parent="div")


def found(inner: str):
    return find_images(body(inner), BASE)


def written(tree) -> str:
    return etree.tostring(tree, encoding="unicode", method="html")


# -- addresses --------------------


@pytest.mark.parametrize(
    ("attributes", "candidates"),
    [
        ('src="https://pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="/a.jpg"', ["https://news.example/a.jpg"]),
        ('src=" a.jpg "', ["https://news.example/a/a.jpg"]),
        (
            'src="//pic.example/a.jpg" orginial_src="//pic.example/a_o.jpg"',
            [f"{HOST}/a_o.jpg", f"{HOST}/a.jpg"],
        ),
        *(
            (f'src="/blank.gif" {name}="//pic.example/a.jpg"', [f"{HOST}/a.jpg"])
            for name in ("data-lazy-src", "data-actualsrc", "original_src", "real_src", "zoomfile", "_src")
        ),
        ('src="/a.jpg" data-url="https://news.example/2.html" file="x"', ["https://news.example/a.jpg"]),
        ('src="/blank.gif" data-src="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="/img/loading.gif?v=2" data-original="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="data:image/gif;base64,R0lGOD" data-src="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="/1px.png" original="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="https://pic.example/loading.gif"', [f"{HOST}/loading.gif"]),
        ('src="https://pic.example/loading-dock.jpg"', [f"{HOST}/loading-dock.jpg"]),
        (
            'srcset="//pic.example/s.jpg 480w, //pic.example/l.jpg 960w" src="//pic.example/a.jpg"',
            [f"{HOST}/l.jpg", f"{HOST}/a.jpg"],
        ),
        ('srcset="//pic.example/a,1.jpg, //pic.example/b.jpg 2x"', [f"{HOST}/b.jpg"]),
        ('data-srcset="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
        ('src="//pic.example/a.jpg" data-src="//pic.example/a.jpg"', [f"{HOST}/a.jpg"]),
    ],
)
def test_addresses_best_first(attributes, candidates):
    [entry] = found(f"<p><img {attributes}></p>")
    assert entry["candidates"] == candidates
    assert entry["url"] == candidates[0]
    assert "status" not in entry


@pytest.mark.parametrize(
    "src", ["", "data:image/png;base64,AAAA", "javascript:alert(1)", "file:///etc/passwd", "http://["]
)
def test_what_is_no_web_address_is_no_picture(src):
    assert found(f'<p><img src="{src}"></p>') == []


def test_reading_order_and_one_entry_for_one_picture():
    tree = body(
        '<p><img src="/1.jpg"></p><p><img src="/2.jpg"></p>'
        '<p><img src="/x.gif" orginial_src="/1.jpg" alt="甲"></p>'
    )
    first, second = find_images(tree, BASE)
    assert [first["position"], second["position"]] == [1, 2]
    assert [image.get("src") for image in first["elements"]] == ["/1.jpg", "/x.gif"]
    assert first["candidates"] == ["https://news.example/1.jpg", "https://news.example/x.gif"]
    assert first["alt"] == "甲"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=1.600000&amp;imageType=k">',
        '<img src="http://127.0.0.1:8000/img/https/webquotepic.eastmoney.com/GetPic.aspx?nid=1.600000">',
        '<img class="x em_handle_adv_close" src="/ad.jpg">',
        '<a href="https://acttg.eastmoney.com/pub/1"><img src="/open.png"></a>',
    ],
)
def test_charts_and_adverts_are_refused(markup):
    [entry] = found(f"<p>{markup}</p>")
    assert entry["status"] == "refused"
    assert entry["reason"]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="/a.jpg?from=//webquotepic.eastmoney.com/x">',
        '<img class="download lazyload" src="/a.jpg">',
        '<a href="https://news.example/?to=https://acttg.eastmoney.com/"><img src="/a.jpg"></a>',
    ],
)
def test_near_misses_of_charts_and_adverts_are_kept(markup):
    [entry] = found(f"<p>{markup}</p>")
    assert "status" not in entry


# -- alternative text and captions --------------------


@pytest.mark.parametrize(
    "alt",
    [
        "",
        " ",
        "图片",
        "图片1",
        "Image",
        "image",
        "img_3",
        "IMG_2034.JPG",
        "a.png",
        "20220221",
        "K图 600000_0",
        "null",
    ],
)
def test_alt_that_says_nothing(alt):
    [entry] = found(f'<p><img src="/a.jpg" alt="{alt}"></p>')
    assert entry["alt"] is None


def test_alt_that_says_something():
    [entry] = found('<p><img src="/a.jpg" alt=" 图片中的 新港口 "></p>')
    assert entry["alt"] == "图片中的 新港口"


@pytest.mark.parametrize(
    ("markup", "caption"),
    [
        (
            '<center><img src="/a.jpg"></center><p style="text-align:center;">图片来源：示例社</p>',
            "图片来源：示例社",
        ),
        ('<p><img src="/a.jpg"></p>\n<p>（图片来源: 示例社）</p>', "（图片来源: 示例社）"),
        ('<p><a href="/big"><img src="/a.jpg"></a></p><p>图：新 港口\n一角</p>', "图：新 港口 一角"),
        ('<p>正文<img src="/a.jpg"></p><p>数据来源：示例社</p>', "数据来源：示例社"),
        ('<img src="/a.jpg"><br><p>图源：示例社</p>', "图源：示例社"),
        ('<figure><p><img src="/a.jpg"></p><figcaption> 港口 夜景 </figcaption></figure>', "港口 夜景"),
        ('<figure><img src="/a.jpg"></figure><p>图：另一段</p>', None),
        ('<p><img src="/a.jpg"></p><p style="text-align:center">港口夜景</p>', None),
        ('<p><img src="/a.jpg"></p><p>图中可见：港口已满。</p>', None),
        ('<p><img src="/a.jpg"></p><p>图：' + "港" * 100 + "</p>", None),
        ('<p><img src="/a.jpg">正文</p><p>图片来源：示例社</p>', None),
        ('<p><img src="/a.jpg"></p>正文<p>图片来源：示例社</p>', None),
        ('<p><img src="/a.jpg"></p><p>正文</p><p>图片来源：示例社</p>', None),
        ('<p><img src="/a.jpg"></p><p>图：<img src="/a.jpg"></p>', None),
        ('<p><img src="/a.jpg"></p>', None),
    ],
)
def test_captions(markup, caption):
    tree = body(markup)
    before = written(tree)
    assert find_images(tree, BASE)[0]["caption"] == caption
    assert written(tree) == before  # a caption stays in the text


def test_images_beyond_a_bound_are_not_fetched(monkeypatch):
    monkeypatch.setattr(body_images, "MOST_IMAGES", 2)
    markup = "".join(f'<img src="https://i.example/{n}.png">' for n in range(4))
    statuses = [image.get("status") for image in find_images(safe_tree(markup), BASE)]
    assert statuses == [None, None, "refused", "refused"]


# -- what the body shows --------------------


def shown(markup: str, **outcome) -> str:
    tree = body(markup)
    [entry] = find_images(tree, BASE)
    point_at_copy(entry | outcome)
    return written(tree)


def test_a_stored_image_is_shown_from_the_archive():
    markup = (
        '<p>前<img src="/x.gif" data-src="/b.jpg" orginial_src="/a.jpg" srcset="/a.jpg 2x" sizes="9px"'
        ' loading="lazy"'
        ' width="580" height="20" alt="港口">后</p>'
    )
    local = "images/ab/abc.jpg"
    kept = f'<div><p>前<img src="{local}" width="580" height="20" alt="港口">后</p></div>'
    assert shown(markup, status="stored", path=local) == kept


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ('<p>前<img src="/a.jpg">后</p>', '<p>前<a class="image-missing" href="{url}"></a>后</p>'),
        (
            '<p><a href="/b">看<img src="/a.jpg">图</a>后</p>',
            '<p><a href="/b">看图</a><a class="image-missing" href="{url}"></a>后</p>',
        ),
        (
            '<p><a href="/b"><b>看</b><img src="/a.jpg">图</a></p>',
            '<p><a href="/b"><b>看</b>图</a><a class="image-missing" href="{url}"></a></p>',
        ),
    ],
)
def test_an_image_that_is_not_to_be_had_leaves_a_link(markup, left):
    url = "https://news.example/a.jpg"
    assert shown(markup, status="failed") == "<div>" + left.format(url=url) + "</div>"


# -- what answers mean --------------------


def png(width: int = 12, height: int = 8) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress((b"\0" + b"\x80" * min(width, 100)) * min(height, 100))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"", "failed", "is empty, not an image"),
        (b"<html>", "failed", "is HTML, not an image"),
        (b"<svg xmlns='x'>", "refused", "is SVG"),
        (png()[:-3], "failed", "cut short: "),
        (
            b"RIFF\x2e\x16\0\0WEBPVP8L\0\0\0\0\x2f\x0b\xc0\x01" + bytes(17),
            "failed",
            "cut short: 41 of 5,686 bytes",
        ),
        (png(1, 1), "refused", "tracking pixel"),
        (png(30_000, 30_000), "refused", "30,000 x 30,000 pixels is over the limit of 50,000,000"),
        (png(), "stored", None),
    ],
)
def test_what_bytes_mean(data, status, reason):
    outcome = validate_image(data, Limits())
    assert outcome["status"] == status
    assert outcome["reason"] is None if reason is None else reason in outcome["reason"]


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (FetchRefused("h is at 10.0.0.1, which is not a public address"), "refused", "not a public address"),
        (DownloadTimeoutError("took longer"), "failed", "no answer in time"),
        (DownloadCancelledError(), "refused", "over the limit of 1,000 bytes"),
    ],
)
def test_what_errors_mean(error, status, reason):
    outcome = outcome_of_error(error, Limits(max_bytes=1_000))
    assert outcome["status"] == status
    assert reason in outcome["reason"]


# -- a crawl --------------------

IMAGE, OTHER = png(12, 8), png(20, 10)
ANSWERS = {
    "/a.png": (200, IMAGE),
    "/b.png": (200, OTHER),
    "/gone_o.png": (404, b"not here"),
    "/odd_o.png": (200, b"<html>not here</html>"),
    "/cut.png": (200, IMAGE[:-5]),
    "/pair1.png": (200, IMAGE),
    "/pair2.png": (200, OTHER),
    "/big.png": (200, IMAGE + bytes(70_000)),
    "/drawn.svg": (200, b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/dot.png": (200, png(1, 1)),
    "/down.png": (503, b""),
    "/html_News/NewsShare.html?infoCode=NW1": (200, b"a page that shows the images"),
}
SPIDER = """
    import json
    import shutil
    from datetime import UTC, datetime
    import scrapy
    from itemadapter import ItemAdapter
    from lxml import html
    from crawler.items import Article, LinkOutcome

    class Dump:
        def __init__(self, crawler):
            self.crawler = crawler

        @classmethod
        def from_crawler(cls, crawler):
            return cls(crawler)

        def open_spider(self):
            self.lines = []

        def process_item(self, item):
            record = ItemAdapter(item)
            if record.get("body_tree") is not None:
                markup = html.tostring(record["body_tree"], encoding="unicode")
                self.lines.append({"id": record["id"], "html": markup, "images": record["images"]})
            return item

        def close_spider(self):
            stats = self.crawler.stats.get_stats().items()
            stats = {name: value for name, value in stats if name.startswith("download_images/")}
            settings = self.crawler.settings  # staged images of no article go when the archive is closed
            shutil.copytree(f"{settings['DATA_DIR']}/.staging", f"{settings['DATA_DIR']}/../staged", dirs_exist_ok=True)
            with open(settings["OUT"], "w") as out:
                json.dump({"items": self.lines, "stats": stats}, out)

    class Bodies(scrapy.Spider):
        name = "bodies"
        custom_settings = {
            "ITEM_PIPELINES": {"pipelines.download_images.DownloadImagesPipeline": 500, Dump: 900},
            "EXTENSIONS_BASE": {}, "EXTENSIONS": {"pipelines.archive_access.OpenArchive": 0}, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01, "IMAGE_MAX_BYTES": 50_000,
        }

        async def start(self):
            yield scrapy.Request(self.settings["PAGE"])

        def parse(self, response):
            yield LinkOutcome(link="x", outcome="gone")
            for number, body in enumerate(json.loads(self.settings["BODIES"]), 1):
                yield Article(
                    id=f"demo:{number}",
                    site="demo",
                    share_url=self.settings["PAGE"],
                    retrieved_at=datetime.now(UTC),
                    body_tree=html.fragment_fromstring(body, create_parent="div"),
                )
"""


class Server:
    """A loopback server that answers `ANSWERS` and keeps what it was asked."""

    def __init__(self):
        self.asked: Counter[str] = Counter()
        self.referers: set[str | None] = set()
        self.pair = threading.Barrier(2, timeout=20)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked[self.path] += 1
                if self.path.endswith(".png"):
                    outer.referers.add(self.headers["Referer"])
                if self.path.startswith("/pair"):
                    outer.pair.wait()
                if self.path == "/moved.png":
                    self.send_response(302)
                    self.send_header("Location", "/a.png")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                status, data = ANSWERS.get(self.path, (404, b""))
                announced = len(data) + 50 if self.path == "/lost.png" else len(data)
                self.send_response(status)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def fetch(tmp_path, server):
    """Runs bodies through the pipeline in a crawl of its own process: ``(items, stats)``."""

    def run(*bodies: str, **settings: str):
        spider, out = tmp_path / "bodies.py", tmp_path / "out.json"
        spider.write_text(textwrap.dedent(SPIDER), encoding="utf-8")
        given = {
            "DATA_DIR": tmp_path / "data",
            "FINEWS_ORIGINS": server.origin,
            "PAGE": f"{server.origin}/html_News/NewsShare.html?infoCode=NW1",
            "BODIES": json.dumps([each.replace("HOST", server.origin) for each in bodies]),
            "OUT": out,
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        options = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        done = run_scrapy("runspider", spider, *options)
        assert done.returncode == 0, done.stderr
        assert "Error processing" not in done.stderr, done.stderr
        result = json.loads(out.read_text())
        return result["items"], result["stats"]

    return run


def test_images_are_fetched_once_and_kept_as_they_came(fetch, server, tmp_path):
    both = '<p><img src="/a.png" width="580"></p><p><img src="HOST/b.png"></p>'
    items, stats = fetch(both, '<p><img src="/a.png"></p>', "<p>没有图片</p>")
    by_id = {item["id"]: item for item in items}
    digest = hashlib.sha256(IMAGE).hexdigest()
    path = f"images/{digest[:2]}/{digest}.png"
    first, second = by_id["demo:1"]["images"]
    assert first == {
        "position": 1,
        "url": f"{server.origin}/a.png",
        "candidates": [f"{server.origin}/a.png"],
        "caption": None,
        "alt": None,
        "status": "stored",
        "reason": None,
        "sha256": digest,
        "media_type": "image/png",
        "width": 12,
        "height": 8,
        "bytes": len(IMAGE),
        "path": path,
    }
    assert (second["width"], second["height"]) == (20, 10)
    assert f'<img src="{path}" width="580">' in by_id["demo:1"]["html"]
    assert by_id["demo:2"]["images"] == [first]
    assert by_id["demo:3"]["images"] == []
    assert server.asked["/a.png"] == server.asked["/b.png"] == 1
    assert server.referers == {f"{server.origin}/html_News/NewsShare.html?infoCode=NW1"}
    assert stats["download_images/stored"] == 3
    assert stats["download_images/bytes"] == len(IMAGE) + len(OTHER)
    assert (tmp_path / "staged" / f"{digest}.png").read_bytes() == IMAGE


def test_the_next_address_is_tried(fetch, server):
    items, _ = fetch(
        '<p><img src="/a.png" orginial_src="/gone_o.png"></p>'
        '<p><img src="/b.png" orginial_src="/odd_o.png"></p>'
        '<p><img src="/moved.png"></p>'
    )
    [item] = items
    assert [(image["status"], image["url"]) for image in item["images"]] == [
        ("stored", f"{server.origin}/a.png"),
        ("stored", f"{server.origin}/b.png"),
        ("stored", f"{server.origin}/moved.png"),
    ]
    assert item["images"][0]["candidates"][0] == f"{server.origin}/gone_o.png"


def test_images_of_an_article_are_fetched_at_the_same_time(fetch):
    # the server answers neither before it was asked for both
    [item], _ = fetch('<p><img src="/pair1.png"><img src="/pair2.png"></p>', RETRY_TIMES="0")
    assert [image["status"] for image in item["images"]] == ["stored", "stored"]


def test_what_the_archive_holds_is_not_fetched_again(fetch, server, tmp_path):
    images, shown_there = [], []
    with contextlib.closing(Archive(tmp_path / "data")) as archive:
        archive.open()
        for position, (name, data) in enumerate((("a.png", IMAGE), ("b.png", OTHER)), 1):
            digest = hashlib.sha256(data).hexdigest()
            path = archive.stage_image(data, digest, ".png")
            size = {"width": 12, "height": 8, "bytes": len(data)}
            images.append({"sha256": digest, "media_type": "image/png", "path": path, **size})
            row = {"position": position, "url": f"{server.origin}/{name}", "status": "stored"}
            shown_there.append({"article_id": "demo:1", "sha256": digest, **row})
        when = "2022-02-21T07:54:48Z"
        named = {
            "id": "demo:1",
            "site": "demo",
            "headline": "一",
            "headline_from": "body",
            "text_sha256": "0",
        }
        archive.add(
            Entry(
                {**named, "first_seen_at": when, "retrieved_at": when},
                rows={"images": images},
                replace={"article_images": shown_there},
                images=[image["path"] for image in images],
            )
        )
    (tmp_path / "data" / images[1]["path"]).unlink()
    [item], stats = fetch('<p><img src="/a.png" orginial_src="/a_o.png"></p><p><img src="/b.png"></p>')
    first, second = item["images"]
    assert {name: first[name] for name in images[0]} == images[0]
    assert (first["status"], first["url"]) == ("stored", f"{server.origin}/a.png")
    assert server.asked["/a.png"] == server.asked["/a_o.png"] == 0
    # its file is gone, so this one is
    assert second["status"] == "stored"
    assert server.asked["/b.png"] == 1
    assert (stats["download_images/known"], stats["download_images/stored"]) == (1, 1)


def test_every_failure_has_its_reason(fetch, server):
    ANSWERS["/lost.png"] = (200, IMAGE)
    paths = ["gone_o.png", "odd_o.png", "cut.png", "big.png", "drawn.svg", "dot.png", "down.png", "lost.png"]
    images = "".join(f'<p><img src="/{path}">后</p>' for path in paths)
    [item], stats = fetch(
        images + '<p><img src="http://127.0.0.1:9/x.png"></p><p><img src="data:image/png;base64,AAAA"></p>'
    )
    outcomes = {
        image["url"].rpartition("/")[2]: (image["status"], image["reason"]) for image in item["images"]
    }
    assert outcomes["gone_o.png"] == ("failed", "answered 404")
    assert outcomes["odd_o.png"] == ("failed", "is HTML, not an image")
    assert outcomes["cut.png"] == ("failed", f"cut short: {len(IMAGE) - 5} bytes, and no end mark")
    assert outcomes["big.png"] == ("refused", "too large: over the limit of 50,000 bytes")
    assert outcomes["drawn.svg"][0] == "refused"
    assert outcomes["dot.png"] == ("refused", "tracking pixel")
    assert outcomes["down.png"] == ("failed", "answered 503")
    assert outcomes["lost.png"] == ("failed", "cut short: the connection ended early")
    assert outcomes["x.png"][0] == "refused"  # loopback, and no origin that was named
    assert "127.0.0.1" in outcomes["x.png"][1]
    assert server.asked["/down.png"] == server.asked["/lost.png"] == 2  # retried by the downloader
    assert server.asked["/cut.png"] == 1
    assert item["html"].count('class="image-missing"') == 9
    assert item["html"].count("</a>后") == 8
    assert "<img" not in item["html"]
    assert stats == {
        "download_images/failed": 5,
        "download_images/refused": 4,
        "download_images/without_address": 1,
    }


def test_switched_off_nothing_is_fetched(fetch, server):
    [item], stats = fetch('<p><img src="/a.png"></p>', IMAGES_ENABLED="0")
    assert item["images"][0]["status"] == "refused"
    assert "IMAGES_ENABLED" in item["images"][0]["reason"]
    assert "/a.png" not in server.asked
    assert stats == {"download_images/refused": 1}


def test_an_image_that_cannot_be_written_stops_the_crawl(tmp_path):
    crawler = get_crawler(settings_dict={"DATA_DIR": str(tmp_path)})
    with contextlib.closing(share_archive(crawler, archive_named_in(crawler.settings))) as archive:
        archive.open()
        pipeline = DownloadImagesPipeline.from_crawler(crawler)
        (tmp_path / ".staging").rmdir()
        with pytest.raises(ArchiveError, match=r"\.staging.* cannot be written"):
            pipeline._keep(IMAGE)
        assert archive.broken is not None
