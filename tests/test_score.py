"""`make score` on folders of the formats that it reads, made up here."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.commands.extract import extract
from crawler.offline.dry_run import project_pipelines
from tests import score
from tests.score_corpora import open_corpus
from tests.score_measures import judge_chunks, judge_names, judge_shingles, total_shingles

TEXT = "The bridge over the northern harbour was opened to traffic on Tuesday, two years after engineers closed it."
PAGE = (
    "<html lang='en'><head><title>Harbour bridge reopens | Blatt</title></head><body><nav>Home Sports</nav>"
    f"<article><h1>Harbour bridge reopens</h1><p>By Ana Ruiz</p><time datetime='2026-06-30T10:00:00+00:00'>30 June</time>"
    f"<p>{TEXT}</p><p>{TEXT.replace('bridge', 'road')}</p></article></body></html>"
)
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
URL = "https://news.example/2026/06/30/bridge.html"


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())


def benchmark(folder: Path) -> None:
    body = f"{TEXT}\n{TEXT.replace('bridge', 'road')}"
    write(folder / "ground-truth.json", json.dumps({"a": {"url": URL, "articleBody": body}}))
    write(folder / "html" / "a.html.gz", PAGE)


def chunks(folder: Path) -> None:
    truth = {"file": "a.html", "with": ["northern harbour"], "without": ["Sports"]}
    write(folder / "tests" / "evaldata.json", json.dumps({URL: truth}))
    write(folder / "tests" / "eval" / "a.html", PAGE)


def readability(folder: Path) -> None:
    pages = folder / "test" / "test-pages" / "a"
    truth = {"title": "Harbour bridge reopens | Blatt", "byline": "By Ana Ruiz", "siteName": None}
    write(pages / "expected-metadata.json", json.dumps(truth))
    write(pages / "source.html", PAGE)


def dates(folder: Path) -> None:
    truth = {URL: {"file": "a.html", "date": "2026-06-30"}}
    write(folder / "tests" / "eval_default.json", json.dumps(truth))
    write(folder / "tests" / "eval" / "a.html", PAGE)


def fundus(folder: Path) -> None:
    tests = folder / "tests/resources/parser/test_data/us"
    write(tests / "meta.info", json.dumps({"Blatt_2026_06_30.html.gz": {"url": URL}}))
    sections = [{"headline": [], "paragraphs": [TEXT, TEXT.replace("bridge", "road")]}]
    truth = {
        "title": "Harbour bridge reopens", "authors": ["Ana Ruiz"], "publishing_date": "2026-06-30 10:00:00+00:00",
        "body": {"summary": [], "sections": sections},
    }  # fmt: skip
    write(tests / "Blatt.json", json.dumps({"V1": truth}))
    write(tests / "Blatt_2026_06_30.html.gz", PAGE)


@pytest.mark.parametrize(
    ("make", "figures"),
    [
        (benchmark, ["F1 1.000", "empty 0/1"]),
        (chunks, ["F1 1.000", "accuracy 1.000"]),
        (readability, ["title 1/1", "author 1/1", "author wrong 0/1"]),
        (dates, ["right 1/1", "wrong 0/1"]),
        (fundus, ["F1 1.000", "authors exact 1/1", "minute 1/1"]),
    ],
)
def test_a_corpus_of_another_project_is_judged_by_its_measure(tmp_path, make, figures):
    make(tmp_path)
    corpus = open_corpus(tmp_path)
    read = [
        extract({**gold, "file": str(gold["file"])}, NOW, False, project_pipelines()) for gold in corpus.pages
    ]
    total = corpus.total([corpus.judge(gold, one) for gold, one in zip(corpus.pages, read, strict=True)])
    shown = "  ".join(f"{column} {figure}" for column, figure in total.items())
    assert all(figure in shown for figure in figures), shown


def test_the_figures_of_a_corpus_and_of_its_sites_are_printed(tmp_path, monkeypatch, capsys):
    chunks(tmp_path)
    monkeypatch.setattr(score.sys, "argv", ["score", "--sites"])
    score.judge_corpus(open_corpus(tmp_path))
    title, ours, site, *_ = capsys.readouterr().out.splitlines()
    assert title == "trafilatura's evaluation data, 1 pages"
    assert ours.startswith("ours")
    assert "F1 1.000" in ours
    assert site.split()[0] == "news.example"


def test_another_folder_is_no_such_corpus(tmp_path):
    assert open_corpus(tmp_path) is None


def test_what_is_wrong_counts_as_wrong():
    assert judge_names("By Ana Ruiz", ["Reuters"]) == {
        "author": False, "author wrong": True, "author invented": None,
    }  # fmt: skip
    assert judge_names(None, ["Ana Ruiz"])["author invented"]
    rows = [judge_shingles({"text": "a b c d e"}, {"body_text": "a b c d x"})]
    assert (total_shingles(rows)["precision"], total_shingles(rows)["recall"]) == ("0.500", "0.500")
    judged = judge_chunks({"with": ["a b"], "without": ["c"]}, {"body_text": "a  b c"})
    assert (judged["tp"], judged["fp"], judged["fn"], judged["tn"]) == (1, 1, 0, 0)
