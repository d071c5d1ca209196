"""``scrapy export``: every format read back by a reader that is not ours, against the archive's own SQL."""

import csv
import io
import json
import os
import pty
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys

import feedparser
import openpyxl
import pandas
import pytest
from lxml import etree
from pyarrow import parquet

from archive.exports import load_formats, writes
from archive.exports.formats.xlsx import write_sheet
from archive.exports.whole_file import WholeFile
from archive.schema import open_archive
from tests.archive.test_views import Rows
from tests.bench.archive import make_archive as make_large
from tests.conftest import ROOT
from tests.scrapy_process import run_scrapy, start_scrapy
from tests.worked_queries import make_archive

FORMATS = ["atom", "csv", "jsonfeed", "jsonl", "md", "parquet", "xlsx"]
ATOM = etree.RelaxNG(etree.parse(ROOT / "tests" / "schemas" / "atom.rng"))
IN_ORDER = "ORDER BY published_at, id"
HOSTILE = [
    'a,b"c"\r\nd', "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "＝1+1", "a\x00b", "🚀𠮷野家", "\x0b\x0c\x7f\x85\ufffe", "\u202e反转", "]]> <b>&amp;",
    "# 标题 *重* _a_ [x](y) `c` <i> | {{ x }}", "1. 一", "- 列", "---", "", " 前后 ", "\ufeff头", "e\u0301", "行\u2028行",
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The crawled sample newsroom, with what it edited later. Read only."""
    found = tmp_path_factory.mktemp("export") / "data"
    make_archive(found).close()
    return found


@pytest.fixture
def sql(data):
    """Asks the archive; a list of tuples."""
    conn = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
    yield lambda query, *params: conn.execute(query, params).fetchall()
    conn.close()


def export(data, *args, **more):
    """The command as a process."""
    return run_scrapy("export", *args, "-s", f"DATA_DIR={data}", text=False, **more)


def good(done):
    """What it printed, where all is well and nothing was said beside."""
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


def objects(data, *args):
    """The objects of a JSONL export to standard output."""
    done = export(data, "-", "--format", "jsonl", *args)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def ids(data, *args):
    return [row["id"] for row in objects(data, "--columns", "id", *args)]


def made(tmp_path, count=0):
    """A new archive, and a way to add rows to it; *count* articles of 20 KB each."""
    folder = tmp_path / "made"
    folder.mkdir()
    conn = open_archive(folder / "archive.db")
    if count:
        conn.execute(
            "INSERT INTO articles (id, arrival, site, headline, headline_from, first_seen_at, retrieved_at, text_sha256)"
            " WITH RECURSIVE up (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM up WHERE n < ?)"
            " SELECT 'finews:' || n, n, 'finews', '题' || n, 'feed', '2022-02-21T08:00:00Z', '2022-02-21T08:00:00Z', '' FROM up",
            [count],
        )
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
        text = "港口吞吐量创新高。" * 700
        conn.execute("INSERT INTO texts SELECT id, ?, ? FROM articles", [f"<p>{text}</p>", text])
        conn.commit()
    return folder, conn


# -- each format, read back ------------------------------------------------------------------------------------


def test_csv_has_every_row_and_column(data, tmp_path, sql):
    out = tmp_path / "articles.csv"
    good(export(data, out))
    text = out.read_bytes()
    assert text.endswith(b"\r\n")
    header, *lines = csv.reader(io.StringIO(text.decode(), newline=""), strict=True)
    names = [name for _, name, *_ in sql("PRAGMA table_info(news)") if name != "day"]
    assert header[: len(names)] == names
    wanted = sql(f"SELECT {', '.join(names)} FROM news {IN_ORDER}")
    shown = [["" if value is None else str(value) for value in row] for row in wanted]
    for lists in ("authors", "editors", "tags"):  # as JSON, whatever its blanks
        place = names.index(lists)
        for row in [*shown, *lines]:
            row[place] = json.loads(row[place] or "[]")
    assert [line[: len(names)] for line in lines] == shown
    images = header.index("images")
    assert [len(json.loads(line[images])) for line in lines] == [
        count
        for (count,) in sql(
            f"SELECT (SELECT count(*) FROM article_images WHERE article_id = id AND status = 'stored') FROM news {IN_ORDER}"
        )
    ]


def test_jsonl_has_real_lists_numbers_and_nulls(data, tmp_path, sql):
    out = tmp_path / "articles.jsonl"
    good(export(data, out))
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]
    conn_names = [name for _, name, *_ in sql("PRAGMA table_info(news)")]
    wanted = [dict(zip(conn_names, row, strict=True)) for row in sql(f"SELECT * FROM news {IN_ORDER}")]
    for row in wanted:
        row |= {name: json.loads(row[name] or "[]") for name in ("authors", "editors", "tags")}
    assert [{name: row[name] for name in conn_names} for row in found] == wanted
    assert any(row["publisher"] is None for row in found)
    assert any(row["authors"] for row in found)
    for row in found:
        ident = row["id"]
        assert row["feeds"] == [
            one for (one,) in sql("SELECT feed FROM article_feeds WHERE article_id = ? ORDER BY feed", ident)
        ]
        assert row["images"] == [
            one
            for (one,) in sql(
                "SELECT path FROM article_images JOIN images USING (sha256) WHERE article_id = ? ORDER BY position",
                ident,
            )
        ]
        assert row["securities"] == [
            one
            for (one,) in sql(
                "SELECT DISTINCT security_id FROM article_securities WHERE article_id = ? AND NOT doubtful ORDER BY 1",
                ident,
            )
        ]
        assert row["revisions"] == sql("SELECT count(*) FROM revisions WHERE article_id = ?", ident)[0][0]
        day = sql("SELECT date(published_at, '+8 hours') FROM articles WHERE id = ?", ident)[0][0]
        assert row["day"] == day
    assert max(row["revisions"] for row in found) == 2
    assert [len(row["security_names"]) for row in found] == [len(row["securities"]) for row in found]


def test_a_workbook_opens_with_what_the_archive_holds(data, tmp_path, sql):
    out = tmp_path / "articles.xlsx"
    good(export(data, out))
    frame = pandas.read_excel(out)
    rows = sql(f"SELECT id, headline, published_at, revision FROM news {IN_ORDER}")
    assert frame["id"].tolist() == [row[0] for row in rows]
    assert frame["headline"].tolist() == [row[1] for row in rows]
    assert [
        None if time is pandas.NaT else f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in frame["published_at"]
    ] == [row[2] for row in rows]
    assert frame["revision"].tolist() == [row[3] for row in rows]


def test_a_workbook_runs_no_text_and_loses_none(tmp_path):
    texts = [*HOSTILE, "长" * 40_000, "https://example.org/", "{=1}"]
    out = io.BytesIO()
    write_sheet(out, ["text"], ([text] for text in texts), set())
    cells = [cell for (cell,) in openpyxl.load_workbook(out).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # n: an empty one
    assert [cell.hyperlink for cell in cells] == [None] * len(texts)
    read = [(cell.value or "") for cell in cells]
    kept = [re.sub(r"_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), text) for text in read]
    expected = [text if len(text) < 32_768 else text[:32_766] + "…" for text in texts]
    newline = str.maketrans({"\r": "\n"})
    assert [text.translate(newline).replace("\n\n", "\n") for text in kept] == [
        text.translate(newline).replace("\n\n", "\n") for text in expected
    ]


def test_parquet_has_types(data, tmp_path, sql):
    out = tmp_path / "articles.parquet"
    good(export(data, out))
    table = parquet.read_table(out)
    types = {field.name: str(field.type) for field in table.schema}
    assert types["published_at"] == types["retrieved_at"] == "timestamp[ms, tz=UTC]"
    assert types["arrival"] == types["revisions"] == "int64"
    assert types["authors"] == types["images"] == "list<element: string>"
    assert types["publisher"].startswith("dictionary<values=string")
    assert types["body_text"] == "string"
    wanted = sql(f"SELECT id, published_at, publisher, body_text, arrival FROM news {IN_ORDER}")
    found = zip(
        *(table[name].to_pylist() for name in ("id", "published_at", "publisher", "body_text", "arrival")),
        strict=True,
    )
    assert [(one, at and f"{at:%Y-%m-%dT%H:%M:%SZ}", *rest) for one, at, *rest in found] == wanted


def test_every_column_of_an_archive_with_stories_can_be_had(tmp_path):
    """The sample newsroom has no story that two tell, so its shares are all unknown."""
    make_large(tmp_path / "data", 600, characters=60)
    with sqlite3.connect(tmp_path / "data/archive.db") as conn:
        wanted = conn.execute("SELECT id, story_share FROM articles ORDER BY published_at, id").fetchall()
    assert {share for _, share in wanted} == {None, 0.9}
    out = tmp_path / "articles.parquet"
    good(export(tmp_path / "data", out))
    table = parquet.read_table(out)
    assert str(table.schema.field("story_share").type) == "double"
    assert list(zip(table["id"].to_pylist(), table["story_share"].to_pylist(), strict=True)) == wanted
    out = tmp_path / "articles.csv"
    good(export(tmp_path / "data", out, "--columns", "id,story_share"))
    assert out.read_text().splitlines()[1:] == [
        f"{ident},{'' if share is None else share}" for ident, share in wanted
    ]


def test_atom_validates_and_feedparser_reads_it(data, tmp_path, sql):
    out = tmp_path / "news.atom"
    good(export(data, out, "--title", "我们的 <新闻>"))
    ATOM.assertValid(etree.parse(out))
    feed = feedparser.parse(out.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.title_detail.value == "我们的 <新闻>"
    wanted = sql(f"SELECT id, headline, published_at, canonical_url FROM news {IN_ORDER}")[::-1]
    assert [entry.title for entry in feed.entries] == [" ".join(row[1].split()) for row in wanted]
    assert [entry.id for entry in feed.entries] == [
        f"tag:finews-archive.invalid,2022:{row[0]}" for row in wanted
    ]
    assert [entry.get("published") for entry in feed.entries] == [row[2] for row in wanted]
    assert [entry.link for entry in feed.entries] == [row[3] for row in wanted]
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)
    images = [
        src
        for entry in feed.entries
        for src in re.findall(r'<img[^>]* src="([^"]*)"', entry.content[0].value)
    ]
    assert images
    assert all(src.startswith("http://") for src in images)
    served = {url for (url,) in sql("SELECT url FROM article_images WHERE status = 'stored'")}
    assert {src.replace("&amp;", "&") for src in images} <= served


def test_a_feed_names_itself_and_holds_the_newest(data, sql):
    newest = [
        f"tag:finews-archive.invalid,2022:{row[0]}"
        for row in sql(f"SELECT id FROM news {IN_ORDER}")[::-1][:3]
    ]
    own = "https://example.org/feed?a=1&b=2"
    done = export(data, "-", "--format", "atom", "--limit", "3", "--self-url", own)
    ATOM.assertValid(etree.fromstring(done.stdout))
    feed = feedparser.parse(done.stdout)
    assert [entry.id for entry in feed.entries] == newest
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [own]
    done = json.loads(export(data, "-", "--format", "jsonfeed", "--limit", "3", "--self-url", own).stdout)
    assert [item["id"] for item in done["items"]] == newest
    assert (done["version"], done["feed_url"]) == ("https://jsonfeed.org/version/1.1", own)


def test_json_feed_holds_what_atom_does(data):
    atom = feedparser.parse(
        export(data, "-", "--format", "atom").stdout, sanitize_html=False, resolve_relative_uris=False
    )
    feed = json.loads(export(data, "-", "--format", "jsonfeed", "--title", "新闻").stdout)
    assert feed["title"] == "新闻"
    assert "feed_url" not in feed
    assert len(feed["items"]) == len(atom.entries) > 60
    for item, entry in zip(feed["items"], atom.entries, strict=True):
        assert (item["id"], item["url"]) == (entry.id, entry.link)
        assert (item.get("date_published"), item["date_modified"]) == (entry.get("published"), entry.updated)
        assert item["content_html"] == entry.content[0].value
        assert None not in item.values()


def test_a_limit_takes_the_newest_in_the_order_of_the_format(data, sql):
    wanted = [row[0] for row in sql(f"SELECT id FROM news {IN_ORDER}")][-3:]
    done = export(data, "-", "--format", "csv", "--columns", "id", "--limit", "3")
    assert done.stdout.decode().split() == ["id", *wanted]
    assert b"3 articles" in done.stderr
    assert b"--limit 0: give 1 or more" in export(data, "x.csv", "--limit", "0").stderr


def test_atom_images_can_be_ours(data):
    done = export(data, "-", "--format", "atom", "--image-base", "https://example.org/x")
    images = re.findall(r'&lt;img src="([^"]*)"', done.stdout.decode())
    assert images
    assert all((data / src.removeprefix("https://example.org/x/")).is_file() for src in images)


def test_an_entry_keeps_its_id_and_an_edit_moves_its_time(data, sql):
    edited = sql("SELECT id, retrieved_at FROM articles WHERE revision > 1 AND withdrawn_at IS NULL LIMIT 1")[
        0
    ]
    feed = feedparser.parse(export(data, "-", "--format", "atom").stdout)
    [entry] = [one for one in feed.entries if one.id.endswith(edited[0])]
    assert entry.updated == edited[1]


def test_markdown_is_one_readable_document(data, tmp_path, sql):
    out = tmp_path / "digest.md"
    good(export(data, out))
    text = out.read_text(encoding="utf-8")
    days = [day for (day,) in sql("SELECT DISTINCT date(published_at, '+8 hours') FROM news ORDER BY 1")]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [day or "时间不明" for day in days]
    assert len(re.findall(r"^### ", text, re.MULTILINE)) == len(sql("SELECT 1 FROM news"))
    assert "| 岚川科技 | 300991 | 38.60 | +3.21% |" in text
    assert "\n临港日报 · " in text
    assert text.count("[原文](<https://") == len(sql("SELECT 1 FROM news WHERE canonical_url IS NOT NULL"))


# -- what is chosen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "where"),
    [
        (["--since", "2026-06-30"], "published_at >= '2026-06-29T16:00:00Z'"),
        (["--until", "2026-06-30"], "published_at < '2026-06-29T16:00:00Z'"),
        (
            ["--since", "2026-06-30T08:00:00+08:00", "--until", "2026-06-30T09:25:00Z"],
            "published_at >= '2026-06-30T00:00:00Z' AND published_at < '2026-06-30T09:25:00Z'",
        ),
        (["--publisher", "东篱商报"], "publisher = '东篱商报'"),
        (["--publisher", "donglishangbao", "--publisher", "南亭新闻"], "publisher IN ('东篱商报', '南亭新闻')"),
        (["--search", "储能 涨停|净利 -港股"], "id IN (SELECT id FROM search WHERE q = '储能 涨停|净利 -港股')"),
        (["--columns", "headline,id"], "1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_filters_mean_what_sql_means(data, sql, args, where):
    wanted = [one for (one,) in sql(f"SELECT id FROM news WHERE {where} {IN_ORDER}")]
    assert wanted
    assert [row["id"] for row in objects(data, *args)] == wanted


@pytest.mark.parametrize("name", ["0.300991", "300991", "岚川科技"])
def test_a_security_has_three_names(data, sql, name):
    query = (
        "SELECT id FROM news WHERE id IN (SELECT id FROM news_by_security WHERE code = '300991' AND NOT doubtful) "
        + IN_ORDER
    )
    wanted = [one for (one,) in sql(query)]
    assert wanted
    assert ids(data, "--security", name) == wanted


def test_doubtful_matches_are_asked_for(tmp_path):
    folder, conn = made(tmp_path)
    add = Rows(conn)
    add.security(add.article("一"), "600160")
    add.security(add.article("二"), "600160", doubtful=1)
    conn.commit()
    conn.close()
    assert ids(folder, "--security", "600160") == ["finews:一"]
    found = objects(folder, "--security", "600160", "--doubtful", "--columns", "id,securities")
    assert [(row["id"], row["securities"]) for row in found] == [
        ("finews:一", ["1.600160"]),
        ("finews:二", ["1.600160"]),
    ]
    assert objects(folder, "--columns", "securities")[1] == {"securities": []}


def test_a_word_that_nothing_has_is_said_and_gives_an_empty_file(data, tmp_path):
    for suffix in FORMATS:
        out = tmp_path / f"none.{suffix}"
        done = export(data, out, "--publisher", "没有这家", "--security", "999999")
        assert done.returncode == 0
        assert done.stdout.decode().startswith("nothing matched: 0 articles, ")
        assert done.stderr.decode().splitlines() == [
            "scrapy export: no article has the publisher 没有这家",
            "scrapy export: no security has the id, code or name 999999",
        ]
    assert (tmp_path / "none.csv").read_text(encoding="utf-8").startswith("id,arrival,")
    assert (tmp_path / "none.jsonl").read_bytes() == b""
    assert parquet.read_table(tmp_path / "none.parquet").num_rows == 0
    ATOM.assertValid(etree.parse(tmp_path / "none.atom"))
    assert (tmp_path / "none.md").read_text(encoding="utf-8") == "# 新闻档案\n\n0 篇\n\n"


# -- the bytes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_archive_gives_the_same_bytes(data, tmp_path, suffix):
    other = tmp_path / "elsewhere"
    shutil.copytree(data, other)
    one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    good(export(data, one, env={**os.environ, "TZ": "Asia/Shanghai"}))
    good(export(other, two, env={**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "7"}))
    assert one.read_bytes() == two.read_bytes()


@pytest.fixture
def hostile(tmp_path):
    """An archive whose texts try to break out of every format; its folder, and the texts in order."""
    folder, conn = made(tmp_path)
    add = Rows(conn)
    for number, text in enumerate(HOSTILE):
        add.article(f"{number:03d}", headline=text, publisher=text or None, body_text=text, body_html=f"<p>{text}</p>",
                    authors=json.dumps([text, "\ud800"]))  # fmt: skip
    conn.execute(
        "UPDATE articles SET description = CAST(X'61EDA08062' AS TEXT) WHERE id = 'finews:000'"
    )  # no UTF-8
    conn.commit()
    conn.close()
    return folder, HOSTILE


def test_hostile_texts_come_back_as_they_are(hostile, tmp_path):
    folder, texts = hostile
    for suffix in FORMATS:
        good(export(folder, tmp_path / f"x.{suffix}"))
    table = list(
        csv.DictReader(io.StringIO((tmp_path / "x.csv").read_bytes().decode(), newline=""), strict=True)
    )
    assert [row["headline"] for row in table] == texts
    found = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]
    assert [row["headline"] for row in found] == texts
    assert [row["authors"] for row in found] == [[text, "\ufffd"] for text in texts]
    assert found[0]["description"] == "a\ufffd\ufffd\ufffdb"
    columns = parquet.read_table(tmp_path / "x.parquet")
    assert columns["headline"].to_pylist() == texts
    assert columns["publisher"].to_pylist() == [text or None for text in texts]
    tree = etree.parse(tmp_path / "x.atom")
    ATOM.assertValid(tree)
    illegal = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
    titles = tree.xpath("//a:entry/a:title", namespaces={"a": "http://www.w3.org/2005/Atom"})
    assert [title.text or "" for title in titles] == [illegal.sub("", text) for text in reversed(texts)]
    feed = json.loads((tmp_path / "x.jsonfeed").read_text(encoding="utf-8"))
    assert [item.get("title", "") for item in feed["items"]] == texts[::-1]
    document = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^#{1,6} ", document, re.MULTILINE)) == 2 + len(
        texts
    )  # title, day: no text makes one more


def test_excel_gets_a_mark_and_cells_that_it_does_not_run(hostile, tmp_path):
    folder, texts = hostile
    good(export(folder, tmp_path / "x.csv", "--excel", "--columns", "headline"))
    data = (tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfheadline\r\n")
    [_, *found] = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert [one.removeprefix("'") for one in found] == texts
    assert not [one for one in found if one[:1] in tuple("=+-@＝\t")]


def test_a_byte_order_mark_alone_changes_no_cell(hostile, tmp_path):
    folder, texts = hostile
    good(export(folder, tmp_path / "x.csv", "--bom", "--columns", "headline"))
    data = (tmp_path / "x.csv").read_bytes().decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(data, newline=""))] == ["headline", *texts]


# -- whole or not at all ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_in_the_middle_leaves_nothing(tmp_path):
    folder, conn = made(tmp_path, 12_000)
    conn.close()
    out = tmp_path / "out" / "articles.md"
    out.parent.mkdir()
    out.write_text("the one before")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scrapy", "export", str(out), "-s", f"DATA_DIR={folder}"]
    child = subprocess.Popen(command, cwd=ROOT, stderr=theirs, stdout=theirs)
    os.close(theirs)
    said = b""
    while b" of 12,000 articles" not in said:  # its line of progress
        said += os.read(ours, 1000)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    os.close(ours)
    assert [path.name for path in out.parent.iterdir()] == ["articles.md"]
    assert out.read_text() == "the one before"


def test_a_full_disk_is_said_and_leaves_nothing(data, tmp_path):
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    out = tmp_path / "out" / "articles.jsonl"
    out.parent.mkdir()
    command = [sys.executable, "-m", "scrapy", "export", str(out), "-s", f"DATA_DIR={data}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, preexec_fn=small_files)
    assert done.returncode == 73
    [line] = done.stderr.decode().splitlines()
    assert line == f"scrapy export: {out} cannot be written: File too large"
    assert list(out.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(data, tmp_path):
    done = export(data, tmp_path / "none" / "articles.csv")
    assert done.returncode == 73
    assert (
        done.stderr.decode()
        == f"scrapy export: {tmp_path}/none cannot be written: No such file or directory\n"
    )


def test_where_nameless_files_are_unknown_a_hidden_one_goes_with_the_block(tmp_path):
    class Hidden(WholeFile):
        def __enter__(self):
            self._out = open(self._hidden_file(), "w+b")
            return self._out

    with Hidden(tmp_path / "a") as out:
        out.write(b"whole")

    def interrupted():
        with Hidden(tmp_path / "a") as out:
            out.write(b"half")
            assert len(list(tmp_path.iterdir())) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"whole")]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~umask()


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def exporting(folder, suffix):
    """An export that has started, and the pipe that it writes to."""
    read_end, write_end = os.pipe()
    child = start_scrapy("export", "-", "--format", suffix, "-s", f"DATA_DIR={folder}", stdout=write_end)
    os.close(write_end)
    return child, os.fdopen(read_end, "rb")


def test_what_a_crawl_writes_meanwhile_is_not_half_in_it(tmp_path):
    folder, conn = made(tmp_path, 300)
    child, printed = exporting(folder, "jsonl")
    with printed:
        first = printed.readline()  # it waits for us from here on, as the pipe is full
        with conn:
            conn.execute("DELETE FROM articles WHERE arrival > 150")
            conn.execute("UPDATE articles SET headline = 'other'")
        rows = [json.loads(line) for line in [first, *printed]]
    assert child.wait().returncode == 0
    assert len(rows) == 300
    assert {row["headline"] for row in rows} == {f"题{n}" for n in range(1, 301)}
    conn.close()


def test_the_archive_is_left_as_it_was(data, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(data, folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    content = (folder / "archive.db").read_bytes()
    good(export(folder, tmp_path / "a.csv"))
    assert {path.name for path in folder.rglob("*")} == {path.name for path in before}
    assert (folder / "archive.db").read_bytes() == content


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path):
    folder, conn = made(tmp_path, 300)
    conn.close()
    child, printed = exporting(folder, "csv")
    with printed:
        printed.readline()
    done = child.wait()
    assert (done.returncode, done.stderr) == (0, b"")


# -- what is said ---------------------------------------------------------------------------------------------------------


def test_the_last_line_says_rows_file_and_size(data, tmp_path, sql):
    out = tmp_path / "articles.csv"
    count = len(sql("SELECT 1 FROM news"))
    said = good(export(data, out))
    assert re.fullmatch(rf"{count} articles, {re.escape(str(out))}, [\d.]+ KB\n", said)
    done = export(data, "-", "--format", "parquet", "--columns", "id")
    assert done.stderr.decode() == f"{count} articles, standard output, {len(done.stdout)} B\n"
    assert parquet.read_table(io.BytesIO(done.stdout)).num_rows == count


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "name one file, e.g. articles.atom, articles.csv"),
        (["a.csv", "b.csv"], "name one file"),
        (["a.xls"], "unknown export format .xls; available: .atom, .csv, .jsonfeed, .jsonl, .md, .parquet"),
        (["a"], "unknown export format (no suffix)"),
        (["-"], "- needs --format, one of atom, csv"),
        (["a.csv", "--colums", "id"], "export: unexpected argument '--colums'"),
        (["a.csv", "--columns", "id,nosuch"], "unknown column 'nosuch'; available: id, arrival, "),
        (["a.csv", "--columns", "id,id"], "--columns names id twice"),
        (["a.md", "--columns", "id"], "--columns cannot be combined with md"),
        (["a.jsonl", "--bom"], "--bom does not apply to jsonl"),
        (["a.csv", "--since", "yesterday"], "--since yesterday: give a Beijing day or an ISO time"),
        (["a.csv", "--since", "2026-02-30"], "--since 2026-02-30: give"),
        (
            ["a.csv", "--since", "2026-02-21", "--until", "2026-02-21"],
            "is an empty range (--until is exclusive)",
        ),
        (["a.csv", "--search", " "], "--search is empty"),
        (["a.csv", "--publisher", ""], "--publisher is empty"),
        (["a.csv", "--as-of", "2026-07-01", "--search", "x"], "--search cannot be combined with --as-of"),
        (["a.md", "--as-of", "2026-07-01"], "--as-of cannot be combined with md"),
        (["a.csv", "--as-of", "2026-07-01", "--columns", "description"], "unknown column 'description'"),
        (["/dev/null", "--format", "csv"], "/dev/null exists and is not a regular file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_said_in_one_line(data, args, words):
    done = export(data, *args)
    assert done.returncode == 2
    assert done.stdout == b""
    line = done.stderr.decode().splitlines()[-1]
    assert words in line
    assert not (ROOT / "a.csv").exists()


def test_no_archive_is_said(tmp_path):
    done = export(tmp_path / "data", tmp_path / "a.csv")
    assert done.returncode == 1
    assert "no archive yet" in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_an_archive_without_index_says_so(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    open_archive(folder / "archive.db", search=False).close()
    done = export(folder, tmp_path / "a.csv", "--search", "储能")
    assert done.returncode == 2
    assert "has no search index; a crawl with -s SEARCH_INDEX=True builds it" in done.stderr.decode()


def test_two_formats_cannot_claim_one_suffix():
    assert sorted(load_formats()) == FORMATS
    with pytest.raises(TypeError, match=r"both claim \.csv"):
        writes("csv", "another")(lambda job, rows, out: None)
