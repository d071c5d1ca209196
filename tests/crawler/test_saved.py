"""Saved pages: where each kind of file says that it came from, the images inside it, and what is wrong with broken ones."""

import base64
import gzip
import hashlib
import io
import os
import re
from datetime import UTC, datetime

import pytest

from archive.captures import Captures
from crawler.pages import PageError
from crawler.saved.html import find_origin, read_html, read_js_date
from crawler.saved.mhtml import read_mhtml
from crawler.saved.warc import read_warc_date
from tests.crawler import replaying
from tests.newsroom.pictures import stored
from tests.websites import PARAGRAPHS, news_page

URL = "http://news.example/n/20260630/1.html"
IMAGE = "http://img.example/2026/photo.jpg"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
PICTURE = stored("photo-640x360.jpg")
SINGLE_FILE = f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Jun 30 2026 16:00:00 GMT+0800 (China Standard Time)\n-->"
"""As SingleFile writes it."""


def page(image: str = IMAGE, head: str = "", before: str = "", tag: str = "") -> bytes:
    shown = tag or f"<img src='{image}' width='640' height='360'>"
    text = news_page(head=head).replace(b"</p><p>", f"</p><p>{shown}</p><p>".encode(), 1)
    return before.encode() + text


def data_uri(data: bytes = PICTURE) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def mhtml(
    html: bytes,
    image: bytes = PICTURE,
    location: str = IMAGE,
    boundary: str = "----Boundary--x",
    head: str = "",
) -> bytes:
    import quopri

    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: =?utf-8?Q?=E5=B1=B1?=\r\n"
        f"Date: Tue, 30 Jun 2026 08:00:00 -0000\r\nMIME-Version: 1.0\r\n{head}"
        f'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="{boundary}"\r\n\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: {URL}\r\n\r\n"
    ).encode() + quopri.encodestring(html).replace(b"\n", b"\r\n") + (
        f"\r\n--{boundary}\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <image-1@mhtml.blink>\r\nContent-Location: {location}\r\n\r\n"
    ).encode() + base64.encodebytes(image).replace(b"\n", b"\r\n") + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip


def warc(*records: tuple[str, bytes, dict[str, str]], compress: bool = True) -> bytes:
    """Responses: ``(url, body, headers)``."""
    writer_module = pytest.importorskip("warcio.warcwriter")
    from warcio.statusandheaders import StatusAndHeaders

    out = io.BytesIO()
    writer = writer_module.WARCWriter(out, gzip=compress, warc_version="WARC/1.1")
    for url, body, headers in records:
        status = headers.pop("status", "200 OK")
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        about = {"WARC-Date": "2026-06-30T08:00:00Z", "WARC-IP-Address": "192.0.2.1"}
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=about
            )
        )
    return out.getvalue()


HTML_TYPE = {"Content-Type": "text/html; charset=utf-8"}


def whole_warc(**options) -> bytes:
    packed = gzip.compress(page())
    return warc(
        ("http://news.example/robots.txt", b"User-agent: *", {"Content-Type": "text/plain"}),
        ("http://news.example/old", b"", {"status": "302 Found", "Location": URL} | HTML_TYPE),
        (URL, packed, HTML_TYPE | {"Content-Encoding": "gzip", "Set-Cookie": "id=geheim"}),
        (IMAGE, PICTURE, {"Content-Type": "image/jpeg"}),
        **options,
    )


FILES = {
    "a.html": page(data_uri(), before=SINGLE_FILE),
    "from-url.html": page(data_uri(), before=f"<!-- saved from url=({len(URL):04}){URL} -->"),
    "canonical.htm": page(data_uri(), head=f"<link href='{URL}' rel='canonical'>"),
    "packed.html.gz": gzip.compress(page(data_uri(), before=SINGLE_FILE)),
    "twice.html": page(
        before=SINGLE_FILE, head=f'<style>:root{{--sf-img-1: url("{data_uri()}")}}</style>',
        tag="""<img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="640"></svg>' width=640 style="background-image:var(--sf-img-1)!important">""",
    ),
    "page.mhtml": mhtml(page()),
    "cid.mht": mhtml(page("cid:image-1@mhtml.blink"), location="cid:image-1@mhtml.blink"),
    "a.warc.gz": whole_warc(),
    "a.warc": whole_warc(compress=False),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_saved_page_is_archived_with_its_image(name, tmp_path, crawl, rows, data_dir, newsroom):
    (tmp_path / name).write_bytes(FILES[name])
    run = crawl("saved", f"path={tmp_path / name}")
    assert run.returncode == 0, run.stderr
    [row] = rows("SELECT * FROM news")
    assert (row["headline"], row["publisher"], row["captured_from"]) == (
        "山南储能电站一期并网",
        "山南日报",
        "saved",
    )
    assert all(text in row["body_text"] for text in PARAGRAPHS)
    assert row["id"] == f"web:{URL}".replace("http://", "")
    assert rows("SELECT url, outcome FROM links") == [{"url": URL, "outcome": "archived"}]
    [image] = rows("SELECT * FROM article_images JOIN images USING (sha256)")
    assert image["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert image["path"] in row["body_html"]
    stated = name not in ("canonical.htm", "from-url.html")
    if stated:
        assert row["retrieved_at"] == "2026-06-30T08:00:00Z"
    with Captures.read(data_dir) as captures:
        kept = {capture["url"]: capture for capture in captures.find()}
        body = captures.body(kept[URL]["id"])
    assert {capture["source"] for capture in kept.values()} == {"warc" if "warc" in name else "saved"}
    assert {capture["file"] for capture in kept.values()} == {name}
    assert b"base64" not in body
    assert PARAGRAPHS[0].encode() in body
    assert "geheim" not in repr(kept)
    assert newsroom.requests == [], "nothing was asked of the network"


def test_a_link_given_by_hand_is_worth_more_than_what_the_file_states(tmp_path, crawl, rows):
    file = tmp_path / "a.html"
    file.write_bytes(page(data_uri(), before=SINGLE_FILE))
    assert crawl("saved", f"path={file}", "url=http://other.example/x/2.html").returncode == 0
    assert [row["url"] for row in rows("SELECT url FROM links")] == ["http://other.example/x/2.html"]


def test_a_page_saved_complete_has_its_images_beside_it(tmp_path, crawl, rows, newsroom):
    (tmp_path / "网页_files").mkdir()
    (tmp_path / "网页_files" / "photo.jpg").write_bytes(PICTURE)
    (tmp_path / "网页_files" / "frame.html").write_bytes(b"<p>advert</p>")
    (tmp_path / "网页.html").write_bytes(
        page("./网页_files/photo.jpg", before=f"<!-- saved from url=(0000){URL} -->")
    )
    (tmp_path / "notes.txt").write_text("mine")
    run = crawl("saved", f"path={tmp_path}")
    assert run.returncode == 0, run.stderr
    assert len(rows("SELECT * FROM images")) == 1
    assert "1 files; " in run.stdout
    assert newsroom.requests == []


def test_an_image_that_no_file_holds_is_fetched(tmp_path, crawl, rows, websites):
    websites.put(IMAGE, PICTURE, "image/jpeg")
    (tmp_path / "a.html").write_bytes(page(before=SINGLE_FILE))
    assert crawl("saved", f"path={tmp_path}", CONNECT_TO=websites.everywhere).returncode == 0
    assert [row["status"] for row in rows("SELECT status FROM article_images")] == ["stored"]


def test_what_is_broken_says_so(tmp_path, crawl, rows):
    broken = {
        "no-address.html": page(data_uri()),
        "empty.html": b" \n",
        "no-boundary.mhtml": mhtml(page()).replace(b'boundary="----Boundary--x"', b'boundary="----other"'),
        "cut.mhtml": mhtml(page())[:1500],
        "no-page.mhtml": mhtml(page()).replace(b"Content-Type: text/html\r\n", b"Content-Type: text/css\r\n"),
        "cut.warc": whole_warc(compress=False)[: -len(PICTURE) // 2],
        "cut.warc.gz": whole_warc()[:700],
        "flipped.warc.gz": whole_warc()[:400] + b"\0\0\0\0" + whole_warc()[404:],
        "no-record.warc": b"WARC/1.1\r\n",
        "cut.html.gz": gzip.compress(page(before=SINGLE_FILE))[:-200],
        "list.html": b"<!-- saved from url=(0000)http://news.example/list -->" + b"<a href=/1>one</a> " * 200,
    }
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, data in broken.items():
        (folder / name).write_bytes(data)
    os.symlink("nowhere", folder / "dangling.html")
    os.mkfifo(folder / "pipe.html")
    with (folder / "huge.html").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with (folder / "long.html").open("wb") as file:
        file.write(page(before=SINGLE_FILE))
        file.truncate(50 * 1024 * 1024)
    run = crawl("saved", f"path={folder}")
    assert run.returncode in (3, 65), run.stderr
    found = {
        row["url"].removeprefix(f"{folder}/"): (row["outcome"], row["reason"] or "")
        for row in rows("SELECT * FROM links")
    }
    expected = {
        "no-address.html": ("unknown_site", "-a url=LINK"),
        "empty.html": ("unreadable", "empty"),
        "no-boundary.mhtml": ("unreadable", "boundary"),
        "cut.mhtml": ("unreadable", "cut short"),
        "no-page.mhtml": ("unreadable", "no HTML part"),
        "cut.warc": ("unreadable", "cut short"),
        "cut.warc.gz": ("unreadable", "WARC"),
        "flipped.warc.gz": ("unreadable", "damaged"),
        "no-record.warc": ("unreadable", "WARC"),
        "cut.html.gz": ("unreadable", "gzip"),
        "dangling.html": ("unreadable", "leads nowhere"),
        "pipe.html": ("not_article", "not a regular file"),
        "huge.html": ("unreadable", "too large"),
        "http://news.example/list": ("not_article", "list.html"),
        "long.html": ("unreadable", "DOWNLOAD_MAXSIZE"),
        URL: ("archived", ""),  # of what was left of a WARC file
    }
    assert set(found) == set(expected)
    for name, (outcome, word) in expected.items():
        assert found[name][0] == outcome, (name, found[name])
        assert word in found[name][1], (name, found[name])


def test_a_live_preview_is_completed_and_a_live_text_kept(tmp_path, crawl, rows, websites):
    websites.put(URL, news_page(paragraphs=("短讯：山南市储能电站昨日并网，详情见后续报道，敬请留意本报。",)))
    assert crawl("share", f"url={URL}", CONNECT_TO=websites.everywhere).returncode == 0
    [live] = rows("SELECT * FROM news")
    (tmp_path / "a.html").write_bytes(page(data_uri(), before=SINGLE_FILE))
    assert crawl("saved", f"path={tmp_path / 'a.html'}").returncode == 0
    assert rows("SELECT * FROM news") == [live]
    assert rows("SELECT count(*) AS n FROM article_captures")[0]["n"] >= 2


def test_a_file_that_shows_no_article_takes_none_away(tmp_path, crawl, rows):
    """Two files of one address, the second saved behind a captcha: the link has its article, and the file its reason."""
    folder = tmp_path / "saved"
    folder.mkdir()
    notice = "<html><head><title>安全验证</title></head><body><div id='captcha'>请完成验证后继续访问</div></body></html>"
    for name, body in (("1.html", page()), ("2.html", notice.encode())):
        (folder / name).write_bytes(SINGLE_FILE.encode() + body)
    for _ in range(2):
        assert crawl("saved", f"path={folder}", IMAGES_ENABLED=False).returncode == 3
        found = {row["url"]: row["outcome"] for row in rows("SELECT url, outcome FROM links")}
        assert found.pop(URL) in ("archived", "unchanged")
        assert found == {f"{folder}/2.html": "walled"}


def test_a_walled_link_says_how_to_save_it(crawl, rows, websites):
    from tests.newsroom.server import HTML, Reply

    websites.put(URL, Reply(b"<h1>Forbidden</h1>", HTML, 403))
    crawl("share", f"url={URL}", CONNECT_TO=websites.everywhere)
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "walled"
    assert "scrapy crawl saved -a path=FILE" in link["reason"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["path=nowhere"],
        ["path={folder}", "url=http://a.example/1"],
        ["path={file}", "url=x"],
        ["path={file}", "url=http://[::"],
    ],
)
def test_wrong_usage_is_said_in_a_line(words, crawl, tmp_path):
    (tmp_path / "a.html").write_bytes(b"x")
    run = crawl("saved", *(word.format(folder=tmp_path, file=tmp_path / "a.html") for word in words))
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1), run.stderr


def test_a_second_import_adds_nothing(tmp_path, crawl, rows, data_dir):
    (tmp_path / "page.mhtml").write_bytes(mhtml(page()))
    states = []
    for _ in range(2):
        assert crawl("saved", f"path={tmp_path / 'page.mhtml'}").returncode == 0
        with Captures.read(data_dir) as captures:
            states.append((rows("SELECT * FROM news"), [row["id"] for row in captures.find()]))
    assert states[0] == states[1]


def test_placeholders_and_vectors_are_no_images():
    blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    read = read_html(
        f"<img src='{blank}' data-src='{IMAGE}'><img src='data:image/svg+xml;utf8,%3Csvg/%3E'>".encode()
    )
    assert read.find_image(IMAGE) is None
    assert b"data-src" in read.body
    assert blank.encode() not in read.body


def test_an_address_that_names_no_page_is_none():
    assert find_origin(
        "<!-- saved from url=(0014)about:internet --><link rel=canonical href=https://a.example/>"
    ) == (None, None)
    assert read_mhtml(mhtml(page()).replace(b"Snapshot-Content-Location", b"X-Other")).url == URL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Subject: =?utf-8?Q?=E5=B1=B1?=", "Subject: 山"),
        ("Snapshot-Content-Location: http://news", "Snapshot-Content-Location: 山\r\nX: http://news"),
        ("Tue, 30 Jun 2026 08:00:00 -0000", "周二"),
        ("Tue, 30 Jun 2026", f"Tue, {'9' * 20} Jun 2026"),
        ("Tue, 30 Jun 2026 08:00:00 -0000", "Fri, 31 Dec 9999 23:59:59 -1400"),
        ("Content-Type: text/html\r", "Content-Type: text/html; charset=nope\r"),
        ("Content-Type: text/html\r", "Content-Type: text/html; charset=idna\r"),
        ("<frame-1@mhtml.blink>", "<山>"),
        ("<image-1@mhtml.blink>", "<山>"),
        (f"Content-Location: {IMAGE}", "Content-Location: 山.jpg"),
    ],
)
def test_headers_that_mail_does_not_allow(old, new):
    file = mhtml(page())
    assert old.encode() in file
    read = read_mhtml(file.replace(old.encode(), new.encode()))
    assert (read.url, PARAGRAPHS[0] in read.body.decode()) == (URL, True)


def test_an_address_that_is_not_ascii_is_one():
    file = mhtml(page()).replace(URL.encode(), "http://news.example/山/1.html".encode())
    assert read_mhtml(file).url == "http://news.example/山/1.html"


def test_parts_within_parts_within_parts():
    nested = b"".join(
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1) for n in range(2000)
    )
    with pytest.raises(PageError, match="nested"):
        read_mhtml(b'Content-Type: multipart/related; boundary="b0"\r\n\r\n' + nested)


@pytest.mark.parametrize("date", ["Mon Jan 01 0001 00:00:00 GMT+1400", "Fri Dec 31 9999 23:59:59 GMT-1400"])
def test_a_time_beyond_all_years_is_none(date):
    assert read_js_date(f"{date} (China Standard Time)") is None
    assert read_warc_date(datetime.strptime(date, "%a %b %d %Y %H:%M:%S GMT%z").isoformat()) is None


def test_html_outside_utf_8_is_read():
    text = re.sub("utf-8", "gb2312", page(data_uri(), before=SINGLE_FILE).decode()).encode("gb18030")
    assert PARAGRAPHS[0] in read_html(text).body.decode()


def test_saved_pages_are_made_again_from_their_captures(tmp_path, crawl, data_dir):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("a.html", "page.mhtml", "a.warc.gz"):
        (pages / name).write_bytes(
            FILES[name].replace(b"/1.html", name.encode() + b"-1.html") if "warc" not in name else FILES[name]
        )
    (pages / "list.html").write_bytes(
        b"<!-- saved from url=(0000)http://news.example/list -->" + b"<a href=/1>one</a> " * 200
    )
    assert crawl("saved", f"path={pages}").returncode == 3
    assert replaying.run("rebuild", data_dir, data_dir=tmp_path / "again").returncode == 0
    made, imported = replaying.tables_of(tmp_path / "again"), replaying.tables_of(data_dir)
    for name in imported:
        assert made[name] == imported[name], name
    assert replaying.files_of(tmp_path / "again") == replaying.files_of(data_dir)


SECOND = "http://news.example/n/20260630/1_2.html"
THIRD = "http://news.example/n/20260630/1_3.html"
PARTS = (
    ("第二页的话：工程将分三期建成，施工单位已经进场，" * 3,),
    ("第三页的话：并网之后，当地电价不会因此上涨，" * 3,),
)


def paged(number: int, before: bool = True) -> bytes:
    """A page of an article that has three, as SingleFile saves it; else as a program saves what it was sent."""
    url = (URL, SECOND, THIRD)[number - 1]
    behind = f"<a href='1_{number + 1}.html'>下一页</a>" if number < 3 else ""
    text = PARAGRAPHS if number == 1 else PARTS[number - 2]
    if number == 2:
        behind += f"<p><img src='{data_uri()}' width='640' height='360'></p>"
    head = f"<link rel='canonical' href='{URL}'>"
    return (SINGLE_FILE.replace(URL, url).encode() * before) + news_page(
        paragraphs=text, behind=behind, head=head
    )


PAGED = {
    "SingleFile": {"z.html": paged(1), "a.html": paged(2), "b.html": paged(3)},
    "by name": {f"1{part}.html": paged(number, before=False) for number, part in ((1, ""), (2, "_2"), (3, "_3"))},
    "one WARC": {
        "a.warc.gz": lambda: warc(
            *((url, paged(number, before=False), dict(HTML_TYPE)) for number, url in ((3, THIRD), (1, URL), (2, SECOND)))
        )
    },
    "two kinds": {"1.html": paged(1), "2.warc": lambda: warc(*((url, paged(n), dict(HTML_TYPE)) for n, url in ((2, SECOND), (3, THIRD))), compress=False)},
}  # fmt: skip


@pytest.mark.parametrize("name", PAGED)
def test_the_pages_of_an_article_are_joined(name, tmp_path, crawl, rows, data_dir, newsroom):
    folder = tmp_path / "pages"
    folder.mkdir()
    for file, data in PAGED[name].items():
        (folder / file).write_bytes(data() if callable(data) else data)
    run = crawl("saved", f"path={folder}")
    assert run.returncode == 0, run.stderr
    [row] = rows("SELECT * FROM news")
    assert (row["id"], row["access"]) == (f"web:{URL}".replace("http://", ""), "open")
    texts = [*PARAGRAPHS, PARTS[0][0], PARTS[1][0]]
    places = [row["body_text"].find(text) for text in texts]
    assert places == sorted(places)
    assert min(places) >= 0
    assert rows("SELECT url, outcome FROM links") == [{"url": URL, "outcome": "archived"}]
    if name == "SingleFile":
        assert rows("SELECT status FROM article_images") == [{"status": "stored"}]
        assert "2 merged with another of the same article" in run.stdout
    assert newsroom.requests == [], "nothing was asked of the network"
    assert replaying.run("rebuild", data_dir, data_dir=tmp_path / "again").returncode == 0
    assert replaying.tables_of(tmp_path / "again") == replaying.tables_of(data_dir)


def test_an_article_without_its_last_page_is_a_preview_and_one_without_its_first_is_its_own(
    tmp_path, crawl, rows
):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "1.html").write_bytes(paged(1))
    (folder / "2.html").write_bytes(paged(2))
    (folder / "9.html").write_bytes(
        paged(2).replace(b"/1_2.html", b"/9_2.html").replace(b"/1.html", b"/9_2.html")
    )
    (folder / "broken.html").write_bytes(paged(3)[:400])
    run = crawl("saved", f"path={folder}")
    assert run.returncode == 3
    found = {row["canonical_url"]: row for row in rows("SELECT * FROM news")}
    assert (found[URL]["access"], PARTS[0][0] in found[URL]["body_text"]) == ("preview", True)
    assert len(found) == 2
    assert rows("SELECT url, outcome FROM links WHERE article_id IS NULL OR outcome <> 'archived'") == [
        {"url": THIRD, "outcome": "not_article"}
    ]
