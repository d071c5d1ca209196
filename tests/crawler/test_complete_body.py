"""Bodies that end early are never taken for whole ones."""

import gzip
import socket
import threading
import tracemalloc
import zlib

import brotli
import pytest

from archive.captures.packing import zstd
from crawler.middlewares.complete_body import find_fault
from tests.websites import news_page

PAGE = news_page()
CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def raw_deflate(data):
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


@pytest.mark.parametrize("coding", CODERS)
def test_each_coding_is_checked_to_its_end(coding):
    packed = CODERS[coding](PAGE)
    assert find_fault(packed, coding.encode()) is None
    for cut in (1, 4, len(packed) // 2, len(packed) - 12):
        assert find_fault(packed[:-cut], coding.encode()) == "ends early", cut


@pytest.mark.parametrize("inner", CODERS)
@pytest.mark.parametrize("outer", CODERS)
def test_codings_within_each_other_are_checked(inner, outer):
    names = (inner.encode(), outer.encode())
    packed = CODERS[inner](PAGE)
    assert find_fault(CODERS[outer](packed), *names) is None
    assert find_fault(CODERS[outer](packed[:-60]), *names) == "ends early"
    assert find_fault(CODERS[outer](packed)[:-60], *names) == "ends early"


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_each_member_is_checked_to_its_end(coding):
    members = [CODERS[coding](half) for half in (PAGE[:500], PAGE[500:])]
    assert find_fault(b"".join(members), coding.encode()) is None
    assert find_fault(b"".join(members)[:-20], coding.encode()) == "ends early"
    assert find_fault(members[0] + b"\0" * 512 + members[1], coding.encode()) is None


@pytest.mark.parametrize("coding", CODERS)
def test_damage_in_the_middle_is_found(coding):
    packed = bytearray(CODERS[coding](PAGE))
    packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)
    assert find_fault(bytes(packed), coding.encode())


@pytest.mark.parametrize("coding", CODERS)
def test_a_packed_bomb_is_checked_without_being_held(coding):
    zeros = b"\0" * 20_000_000
    bomb = brotli.compress(zeros, quality=1) if coding == "br" else CODERS[coding](zeros)
    tracemalloc.start()
    try:
        assert find_fault(bomb, coding.encode()) is None
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert find_fault(bomb[:-2], coding.encode()) == "ends early"


def test_no_more_is_decoded_than_the_limit_allows():
    megabyte = gzip.compress(bytes(1024 * 1024))
    assert find_fault((megabyte * 63)[:-2], b"gzip") == "ends early"
    assert find_fault((megabyte * 65)[:-2], b"gzip") is None


def test_deflate_may_lack_its_header():
    packed = raw_deflate(PAGE)
    assert find_fault(packed, b"deflate") is None
    assert find_fault(packed[: len(packed) // 2], b"deflate") == "ends early"


def test_bytes_behind_gzip_data_do_not_matter():
    for tail in (b"\0" * 8, b"tail"):
        assert find_fault(gzip.compress(PAGE) + tail, b"gzip") is None


@pytest.fixture
def wire():
    """Plays a host that closes the connection behind each of its answers; the last is repeated."""
    servers = []

    def play(*answers):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        waiting = list(answers)
        asked = []

        def answer():
            while True:
                try:
                    conn, _ = server.accept()
                except OSError:
                    return
                with conn:
                    request = conn.recv(65536)
                    path = request.split(b" ")[1]
                    if path == b"/robots.txt":
                        conn.sendall(
                            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        )
                        continue
                    asked.append(path)
                    conn.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

        threading.Thread(target=answer, daemon=True).start()
        return asked, f"news.example=127.0.0.1:{server.getsockname()[1]}"

    yield play
    for server in servers:
        server.close()


def response(body, coding=None, length=False):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    head += b"Content-Encoding: %s\r\n" % coding.encode() if coding else b""
    head += b"Content-Length: %d\r\n" % len(body) if length else b""
    return head + b"\r\n" + body


@pytest.mark.parametrize("coding", CODERS)
def test_a_cut_coding_heals_by_a_retry(wire, crawl, rows, coding):
    packed = CODERS[coding](PAGE)
    asked, place = wire(response(packed[: len(packed) // 2], coding), response(packed, coding))
    assert crawl("share", "url=http://news.example/a.html", CONNECT_TO=place).returncode == 0
    assert len(asked) == 2
    assert rows("SELECT outcome FROM links") == [{"outcome": "archived"}]


@pytest.mark.parametrize("coding", CODERS)
def test_a_coding_that_stays_cut_archives_nothing(wire, crawl, rows, coding):
    packed = CODERS[coding](PAGE)
    _, place = wire(response(packed[: len(packed) * 2 // 3], coding))
    crawl("share", "url=http://news.example/a.html", CONNECT_TO=place, RETRY_TIMES=1)
    [link] = rows("SELECT outcome, reason FROM links")
    assert link["outcome"] == "unreadable"
    assert f"{coding} data ends early" in link["reason"]
    assert rows("SELECT * FROM articles") == []


def test_data_whose_checksum_does_not_fit_archives_nothing(wire, crawl, rows):
    packed = gzip.compress(PAGE)
    asked, place = wire(response(packed[:-8] + b"wrongsum", "gzip"))
    crawl("share", "url=http://news.example/a.html", CONNECT_TO=place, RETRY_TIMES=1)
    [link] = rows("SELECT outcome, reason FROM links")
    assert (link["outcome"], len(asked)) == ("unreadable", 2)
    assert "gzip data is damaged" in link["reason"]


def test_a_page_cut_inside_a_tag_is_asked_for_once_more(wire, crawl, rows):
    cut = PAGE[: PAGE.index(b"</p>") + 2]
    asked, place = wire(response(cut), response(PAGE))
    assert crawl("share", "url=http://news.example/a.html", CONNECT_TO=place).returncode == 0
    assert len(asked) == 2
    [article] = rows("SELECT body_text FROM texts")
    assert "三十一座" in article["body_text"]


def test_a_page_that_stays_cut_inside_a_tag_is_unreadable(wire, crawl, rows):
    asked, place = wire(response(PAGE[: PAGE.rindex(b"</p>") + 2]))
    crawl("share", "url=http://news.example/a.html", CONNECT_TO=place)
    [link] = rows("SELECT outcome, reason FROM links")
    assert (link["outcome"], len(asked)) == ("unreadable", 2)
    assert "inside a tag" in link["reason"]


def test_a_page_that_never_closes_is_taken_as_it_is_the_second_time(wire, crawl, rows):
    asked, place = wire(response(PAGE.replace(b"</body></html>", b"")))
    assert crawl("share", "url=http://news.example/a.html", CONNECT_TO=place).returncode == 0
    assert len(asked) == 2


def test_a_page_that_stays_cut_in_the_middle_of_its_article_is_unreadable(wire, crawl, rows):
    asked, place = wire(response(PAGE[: PAGE.rindex(b"</p>") - 30]))
    crawl("share", "url=http://news.example/a.html", CONNECT_TO=place)
    [link] = rows("SELECT outcome, reason FROM links")
    assert (link["outcome"], len(asked)) == ("unreadable", 2)
    assert "inside its elements" in link["reason"]


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(PAGE), None), (PAGE, "gzip")],
    ids=["gzip not said", "said, but plain"],
)
def test_a_page_whose_server_states_the_wrong_coding(wire, crawl, rows, body, coding):
    _, place = wire(response(body, coding, length=True))
    assert crawl("share", "url=http://news.example/a.html", CONNECT_TO=place, CAPTURES=True).returncode == 0
    [article] = rows("SELECT body_text FROM texts")
    assert "三十一座" in article["body_text"]


def test_a_plain_redirect_that_claims_to_be_compressed(wire, crawl):
    redirect = (
        b"HTTP/1.1 302 Found\r\nLocation: /b.html\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nmoved"
    )
    _, place = wire(redirect, response(PAGE, length=True))
    assert crawl("share", "url=http://news.example/a.html", CONNECT_TO=place).returncode == 0


def test_a_status_that_no_database_holds(wire, crawl, rows):
    _, place = wire(b"HTTP/1.1 20000000000000000000 OK\r\nConnection: close\r\n\r\nx")
    run = crawl("share", "url=http://news.example/a.html", CONNECT_TO=place, CAPTURES=True)
    assert (run.returncode, "Traceback" in run.stderr) == (69, False)
    assert [link["outcome"] for link in rows("SELECT outcome FROM links")] == ["unreachable"]
