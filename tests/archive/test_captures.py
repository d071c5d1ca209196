"""Captures: what is kept of a response, packed, once for each body, and read back."""

import hashlib
import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from archive.captures import Capture, CaptureError, Captures
from archive.captures.packing import zstd
from archive.captures.schema import SET, STEPS
from archive.exports import load_capture_formats
from archive.exports.captures import export_captures
from archive.schema import apply_steps, connect
from archive.writer import Archive
from tests.archive.test_writer import entry

DICTIONARY = (862607846, "967ca94c43047094")
WARC_GZ = load_capture_formats()["warc.gz"]
MOMENT = datetime(2026, 2, 21, 7, 54, 48, 123456, tzinfo=UTC)
BODY = '{"title": "张家口赛区准备就绪", "comment_list": [{"nick": "某人"}]}'.encode()


def capture(url: str = "http://paper.example/a/1", **fields) -> Capture:
    given = {
        "status": 200,
        "headers": [("Content-Type", "application/json")],
        "received": BODY,
        "fetched_at": MOMENT,
    }
    return Capture(url=url, **(given | fields))


@pytest.fixture
def captures(tmp_path):
    captures = Captures(tmp_path / "captures.db").open()
    yield captures
    captures.close()


def test_a_response_comes_back_as_it_was_received(captures):
    capture_id = captures.add(
        capture(
            final_url="http://paper.example/b/1",
            request_headers=[("Accept", "*/*")],
            ip="127.0.0.1",
            protocol="HTTP/1.1",
        )
    )
    captures.flush()
    [row] = captures.find(url="http://paper.example/b/1")
    assert (row["id"], row["status"], row["fetched_at"]) == (capture_id, 200, "2026-02-21T07:54:48.123Z")
    assert row["headers"] == [["Content-Type", "application/json"]]
    assert row["received_sha256"] == row["body_sha256"] == hashlib.sha256(BODY).hexdigest()
    assert captures.body(capture_id) == BODY


def test_headers_that_responses_share_are_kept_once(captures):
    for n in range(3):
        own = [("Server", "nginx"), ("Date", f"Sat, 21 Feb 2026 07:54:4{n} GMT"), ("Content-Length", str(n))]
        captures.add(capture(headers=own, fetched_at=MOMENT + timedelta(seconds=n)))
    captures.add(capture(headers=[], fetched_at=MOMENT + timedelta(seconds=4)))
    captures.flush()
    assert [dict(row["headers"]).get("Content-Length") for row in captures.find()] == ["0", "1", "2", None]
    assert [row["headers"] for row in captures.find()][1][:2] == [
        ["Server", "nginx"],
        ["Date", "Sat, 21 Feb 2026 07:54:41 GMT"],
    ]
    assert captures.db.execute("SELECT count(*) FROM header_sets").fetchone() == (2,), (
        "and that of the requests"
    )
    assert captures.read_headers('[["Server","nginx"],["Age","1"]]') == [["Server", "nginx"], ["Age", "1"]], (
        "rows from before"
    )
    assert captures.read_headers("[]") == []
    with pytest.raises(CaptureError, match="is missing"):
        captures.read_headers('["0000000000000000"]')


def test_the_same_body_is_kept_once(captures):
    ids = [captures.add(capture(fetched_at=MOMENT + timedelta(minutes=n))) for n in range(2)]
    captures.flush()
    ids.append(captures.add(capture(fetched_at=MOMENT + timedelta(hours=1))))
    captures.flush()
    assert captures.db.execute("SELECT count(*) FROM bodies").fetchone() == (1,)
    assert [row["same_as"] for row in captures.find()] == [None, ids[0], ids[0]]
    assert {captures.body(capture_id) for capture_id in ids} == {BODY}


def test_two_responses_of_one_moment_have_two_ids(captures):
    ids = {captures.add(capture()) for _ in range(3)}
    captures.flush()
    assert len({*ids, captures.add(capture())}) == 4


def test_credentials_and_personal_data_are_not_kept(captures, tmp_path):
    captures.add(
        capture(
            "http://me:geheim@paper.example/a",
            request_headers=[("Cookie", "session=geheim"), ("Authorization", "Basic geheim")],
            headers=[("Set-Cookie", "a=geheim"), ("Content-Type", "application/json")],
            personal=("comment_list",),
        )
    )
    captures.flush()
    [row] = captures.find()
    assert "geheim" not in json.dumps(row)
    assert row["url"] == "http://paper.example/a"
    assert row["redacted"] == [
        "header Cookie",
        "header Authorization",
        "header Set-Cookie",
        "key comment_list",
    ]
    assert row["received_sha256"] != row["body_sha256"]
    assert json.loads(captures.body(row["id"])) == {
        "title": "张家口赛区准备就绪",
        "comment_list": "[redacted]",
    }


def test_a_damaged_body_is_noticed(captures):
    capture_id = captures.add(capture())
    captures.flush()
    with captures.db as db:
        packed = bytearray(db.execute("SELECT packed FROM bodies").fetchone()[0])
        packed[len(packed) // 2] ^= 1
        db.execute("UPDATE bodies SET packed = ?", [bytes(packed)])
    with pytest.raises(CaptureError, match=capture_id):
        captures.body(capture_id)
    with pytest.raises(CaptureError, match="no capture nothing"):
        captures.body("nothing")


def test_captures_of_an_earlier_version_are_the_same_behind_the_view(tmp_path):
    path = tmp_path / "captures.db"
    old = connect(path)
    apply_steps(old, SET, STEPS[:4])
    old.execute("INSERT INTO header_sets VALUES ('0000000000000000', '[]')")
    old.execute("INSERT INTO bodies VALUES (?, 'x', 0, x'00')", ["a" * 64])
    for n in range(40):  # every column that may be NULL is so in some rows
        fetched_at = f"2026-02-21T07:54:{n:02}.123Z"
        capture_id = f"20260221T0754{n:02}.123Z-1f3a9c04{'-2' * (n % 2)}"
        old.execute(
            f"INSERT INTO captures VALUES ({', '.join('?' * 20)})",
            [
                capture_id, None if n % 3 else f"crawl{n % 4}", f"http://paper.example/{n}", None if n % 5 else "http://paper.example/x",
                "GET" if n % 2 else "POST", "0000000000000000", 200 + n, "[]", fetched_at, None if n % 4 else "127.0.0.1",
                None if n % 6 else "h2", "gzip" if n % 7 else None, "", n, "a" * 64 if n % 2 else None,
                None if n % 2 else "b" * 64, "[]", None if n % 3 == 1 else "0.2.0", None if n % 8 else "saved", None if n % 8 else "a.html",
            ],
        )  # fmt: skip
    old.commit()
    cursor = old.execute("SELECT * FROM captures ORDER BY id")
    names, rows = [column[0] for column in cursor.description], cursor.fetchall()
    old.close()
    with Captures(path).open() as captures:
        cursor = captures.db.execute("SELECT * FROM captures ORDER BY id")
        assert [column[0] for column in cursor.description] == names
        assert cursor.fetchall() == rows
        assert captures.db.execute("PRAGMA foreign_key_check").fetchall() == []
        [(exchanges,)] = captures.db.execute("SELECT count(*) FROM exchanges")
        assert exchanges < len(rows)


def test_addresses_are_found_by_an_index(captures):
    captures.add(capture(final_url="http://paper.example/b/1"))
    captures.flush()
    statements = []
    captures.db.set_trace_callback(statements.append)
    assert len(list(captures.find(url="http://paper.example/a/1"))) == 1
    captures.db.set_trace_callback(None)
    [find] = [text for text in statements if "AS header_set" in text]
    plan = "\n".join(row[3] for row in captures.db.execute(f"EXPLAIN QUERY PLAN {find}"))
    assert "USING INDEX responses_url" in plan
    assert "SCAN" not in plan


def test_what_responses_of_a_crawl_share_is_kept_once(captures, tmp_path):
    for n in range(3):
        captures.add(capture(fetched_at=MOMENT + timedelta(seconds=n), ip="127.0.0.1"))
    captures.flush()
    again = Captures(tmp_path / "captures.db").open()
    again.add(capture(fetched_at=MOMENT + timedelta(seconds=9), ip="127.0.0.1"))
    again.add(capture(fetched_at=MOMENT + timedelta(seconds=9), ip="127.0.0.2"))
    again.close()
    assert [row["ip"] for row in captures.find()] == ["127.0.0.1"] * 4 + ["127.0.0.2"]
    assert captures.db.execute("SELECT count(*) FROM exchanges").fetchone() == (2,)


def test_a_failed_write_keeps_the_batch(captures):
    captures.add(capture())
    with captures.db as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON responses BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(sqlite3.IntegrityError):
        captures.flush()
    assert list(captures.find()) == []
    assert captures.db.execute("SELECT count(*) FROM exchanges").fetchone() == (0,)
    with captures.db as db:
        db.execute("DROP TRIGGER full")
    captures.flush()
    assert len(list(captures.find())) == 1


def test_a_capture_is_written_before_the_article_that_rests_on_it(tmp_path):
    archive = Archive(tmp_path, captures=True).open()
    capture_id = archive.capture(capture())
    brought = entry(1)
    brought.rows["article_captures"] = [{"article_id": "finews:1", "capture_id": capture_id}]
    archive.add(brought)
    with sqlite3.connect(tmp_path / "archive.db") as other:
        other.execute("BEGIN IMMEDIATE")  # the article cannot be written now
        archive.conn.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(Exception, match="locked"):
            archive.flush()
    other.close()
    assert [row["id"] for row in Captures.read(tmp_path).find()] == [capture_id]
    archive.close()


def test_captures_as_warc(tmp_path):
    warcio = pytest.importorskip("warcio.archiveiterator")
    archive = Archive(tmp_path, captures=True).open()
    first = archive.capture(
        capture(
            received=b"(packed)", body=BODY, content_encoding="gzip", ip="127.0.0.1",
            headers=[("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Content-Length", "8")],
        )
    )  # fmt: skip
    archive.capture(capture("http://paper.example/a/2", fetched_at=MOMENT + timedelta(days=1), status=404))
    brought = entry(1)
    brought.rows["article_captures"] = [{"article_id": "finews:1", "capture_id": first}]
    archive.add(brought)
    archive.close()
    files = [tmp_path / name for name in ("one.warc.gz", "two.warc.gz")]
    for path in files:
        assert export_captures(tmp_path, path, WARC_GZ).captures == 2
    assert files[0].read_bytes() == files[1].read_bytes()
    records = [
        (
            record.rec_type,
            record.rec_headers.get_header("WARC-Target-URI"),
            record.content_stream().read(),
            record.http_headers,
        )
        for record in warcio.ArchiveIterator(io.BytesIO(files[0].read_bytes()), check_digests=True)
    ]
    assert [kind for kind, *_ in records] == ["warcinfo", "response", "request", "response", "request"]
    assert records[1][1:3] == ("http://paper.example/a/1", BODY)
    assert records[1][3].get_header("Content-Length") == str(len(BODY))
    assert records[1][3].get_header("Content-Encoding") is None
    assert records[3][3].get_statuscode() == "404"
    assert export_captures(tmp_path, io.BytesIO(), WARC_GZ, article="finews:1").captures == 1
    assert export_captures(tmp_path, io.BytesIO(), WARC_GZ, since="2026-02-22T00:00:00Z").captures == 1


def test_what_was_not_received_is_marked_and_no_response_in_warc(tmp_path):
    warcio = pytest.importorskip("warcio.archiveiterator")
    Archive(tmp_path).open().close()
    captures = Captures(tmp_path / "captures.db").open()
    page = {"received": b"<p>x</p>", "headers": [("Content-Type", "text/html; charset=utf-8")]}
    for source, file in (
        ("browser", None),
        ("saved", "pages/存档.html"),
        ("warc", "a.warc.gz"),
        (None, None),
    ):
        moment = MOMENT + timedelta(seconds=len(source or ""))
        captures.add(capture(source=source, file=file, fetched_at=moment, **page))
    captures.flush()
    assert captures.imported(
        "http://paper.example/a/1", "pages/存档.html", hashlib.sha256(b"<p>x</p>").hexdigest()
    )
    assert (
        captures.imported("http://paper.example/a/1", "another.html", hashlib.sha256(b"<p>x</p>").hexdigest())
        is None
    )
    with pytest.raises(sqlite3.IntegrityError), captures.db as db:
        db.execute("UPDATE exchanges SET source = 'guess'")
    captures.close()
    out = io.BytesIO()
    export_captures(tmp_path, out, WARC_GZ)
    records = warcio.ArchiveIterator(io.BytesIO(out.getvalue()), check_digests=True)
    kinds = [
        (record.rec_type, record.rec_headers.get_header("X-Source"), record.content_type)
        for record in records
    ]
    assert kinds[1:] == [
        ("response", None, "application/http; msgtype=response"),
        ("request", None, "application/http; msgtype=request"),
        ("response", "warc a.warc.gz", "application/http; msgtype=response"),
        ("request", None, "application/http; msgtype=request"),
        ("resource", "saved pages/%E5%AD%98%E6%A1%A3.html", "text/html; charset=utf-8"),
        ("resource", "browser", "text/html; charset=utf-8"),
    ]


def test_the_file_holds_the_dictionary_of_its_bodies(captures):
    """As `zstd -d -D dictionary body.zst` unpacks a body by hand; one that was used is never changed."""
    captures.add(capture())
    captures.flush()
    [(number, dictionary)] = captures.db.execute("SELECT * FROM dictionaries").fetchall()
    [(packed,)] = captures.db.execute("SELECT packed FROM bodies").fetchall()
    assert zstd.get_frame_info(packed).dictionary_id == number
    assert zstd.decompress(packed, zstd.ZstdDict(dictionary)) == BODY
    assert (number, hashlib.sha256(dictionary).hexdigest()[:16]) == DICTIONARY
    with captures.db as db:
        db.execute("UPDATE bodies SET packed = ?", [zstd.compress(BODY)])  # as before there was one
    [row] = captures.find()
    assert captures.body(row["id"]) == BODY
