"""scrapy extract: saved pages in, one JSON object a line out."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest

from tests.scrapy_process import run_scrapy
from tests.websites import PARAGRAPHS, news_page

ROOT = Path(__file__).resolve().parents[2]
URL = "https://news.example/2026/1.html"


def extract(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return run_scrapy("extract", *args, stdin=stdin, text=False)


def objects(run: subprocess.CompletedProcess[bytes]) -> list[dict]:
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def test_a_saved_page_is_one_object(tmp_path):
    page = tmp_path / "1.html"
    page.write_bytes(news_page(behind="<img src=a.jpg>"))
    run = extract("--url", URL, str(page))
    assert (run.returncode, run.stderr) == (0, b"")
    [read] = objects(run)
    assert read["url"] == URL
    assert (read["site"], read["headline"], read["publisher"]) == ("web", "山南储能电站一期并网", "山南日报")
    assert (read["published_at"], read["authors"]) == ("2026-06-30T07:20:00Z", ["王小明"])
    assert read["body_text"].split("\n") == list(PARAGRAPHS)
    assert read["images"] == ["https://news.example/2026/a.jpg"]
    assert sorted(tmp_path.iterdir()) == [page]


def test_standard_input_and_gzip_are_read():
    assert (
        objects(extract("--url", URL, "-", stdin=gzip.compress(news_page())))[0]["headline"]
        == "山南储能电站一期并网"
    )


def test_a_batch_carries_its_ids_through(tmp_path):
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(news_page("甲地电站并网发电了")))
    (tmp_path / "b.html").write_bytes(b"<html><body>nothing</body></html>")
    (tmp_path / "c.html").write_bytes(news_page("丙地电站并网发电了", behind="<img src=/c.jpg>"))
    entries = [
        {"id": "one", "file": "a.html.gz", "url": URL}, {"id": "two", "file": "b.html", "url": URL},
        {"id": 3, "file": str(tmp_path / "c.html"), "url": None}, {"id": "gone", "file": "none.html", "url": URL},
    ]  # fmt: skip
    listed = tmp_path / "list.jsonl.gz"
    listed.write_bytes(gzip.compress("\n".join(map(json.dumps, entries)).encode()))
    run = extract("--batch", str(listed))
    assert run.returncode == 3
    one, two, three, four = objects(run)
    assert (one["id"], one["headline"]) == ("one", "甲地电站并网发电了")
    assert (two["id"], two["outcome"]) == ("two", "not_article")
    assert (three["id"], three["url"], three["images"]) == (3, None, ["c.jpg"])
    assert (four["id"], four["outcome"]) == ("gone", "failed")
    assert "none.html" in four["reason"]


def test_a_line_of_a_batch_that_is_none_stops_no_other(tmp_path):
    page = tmp_path / "a.html"
    page.write_bytes(news_page("甲地电站并网发电了"))
    torn = tmp_path / "torn.gz"
    torn.write_bytes(gzip.compress(news_page("丙地电站并网发电了"))[:60])
    lines = [
        json.dumps({"id": "one", "file": str(page), "url": URL}),
        "no json",
        '{"id": "two"}',
        "[1]",
        json.dumps({"id": "nul", "file": "a\0b", "url": URL}),
        json.dumps({"id": "torn", "file": str(torn), "url": URL}),
        json.dumps({"id": "last", "file": str(page), "url": URL}),
    ]
    listed = tmp_path / "list.jsonl"
    listed.write_text("\n".join(lines), encoding="utf-8-sig")
    run = extract("--batch", str(listed))
    assert (run.returncode, run.stderr) == (3, b"")
    found = objects(run)
    assert [one.get("id", one.get("line")) for one in found] == ["one", 2, 3, 4, "nul", "torn", "last"]
    assert all(one["outcome"] == "failed" and one["reason"] for one in found[1:6])
    assert found[6]["headline"] == found[0]["headline"] == "甲地电站并网发电了"


def test_a_finews_answer_can_be_read_too(newsroom, tmp_path):
    from urllib.request import urlopen

    page = tmp_path / "detail.json"
    with urlopen(f"{newsroom.origin}{newsroom.detail_path('202606303790000412')}") as answer:
        page.write_bytes(answer.read())
    [read] = objects(extract("--url", newsroom.share_link("202606303790000412"), str(page)))
    assert (read["site"], read["article_id"]) == ("finews", "finews:202606303790000412")
    assert len(read["body_text"]) > 20


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "give one FILE"),
        (["a.html", "b.html"], "give one FILE"),
        (["--batch", "x.jsonl", "a.html"], "give one FILE"),
        (["--url", URL, "nowhere.html"], "nowhere.html"),
        (["--url", "mailto:x", __file__], "mailto:x"),
        (["--batch", __file__], "line 1"),
    ],
)
def test_wrong_usage_is_told_in_one_line(args, said):
    run = extract(*args)
    assert run.returncode == 2
    assert said in run.stderr.decode()
    assert run.stderr.count(b"\n") == 1


def test_explain_draws_the_candidates(tmp_path):
    page = tmp_path / "a.html"
    page.write_bytes(news_page())
    run = extract("--explain", "--url", URL, str(page))
    assert run.returncode == 0
    drawn = run.stdout.decode()
    assert "div.content  [the body]" in drawn
    assert "div.list  [list of other articles]" in drawn
    assert "headline      山南储能电站一期并网" in drawn


def test_a_draft_annotation_is_of_what_was_read(tmp_path):
    page = tmp_path / "a.html"
    page.write_bytes(news_page())
    [draft] = objects(extract("--annotate", "--url", URL, str(page)))
    assert (draft["id"], draft["title"], draft["source"]) == ("a", "山南储能电站一期并网", "山南日报")
    assert all(one in news_page().decode() for one in draft["must_contain"])
    assert draft["must_contain"]
