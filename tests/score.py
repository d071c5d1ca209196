"""How well pages are read: ours, ours without page objects, and trafilatura, on annotated pages. Run: ``make score``, or
``make score-sites`` for the figures of each site as well.

The corpus (``annotations.jsonl`` with its pages, ``score.py`` beside or above) is not part of the project; CORPUS names
its folder, or the folder above; or a copy of a corpus of another project (`tests.score_corpora`), which is judged by that
project's own measure. Times are CPU of reading alone, without start-up.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.score_corpora import Corpus, open_corpus

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "corpus"
CORPUS = Path(os.environ.get("CORPUS", DEFAULT))
COLUMNS = (
    "F1",
    "perfect",
    "title",
    "minute",
    "day",
    "source",
    "author",
    "au-false",
    "src-false",
    "img-R",
    "img-P",
    "ms-med",
)


def batch(folder: Path, annotations: list[dict[str, Any]], pages: Path) -> Path:
    """The list that `scrapy extract --batch` takes."""
    listed = folder / "list.jsonl"
    entries = [
        {"id": one["id"], "file": str(pages / one.get("file", f"{one['id']}.html.gz")), "url": one.get("url")}
        for one in annotations
    ]
    listed.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    return listed


def run_extract(listed: Path, *flags: str) -> list[dict[str, Any]]:
    """What `scrapy extract` prints of the pages in a list."""
    words = [sys.executable, "-m", "scrapy", "extract", *flags, "--batch", str(listed)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


NAMES = {"headline": "title", "publisher": "source", "authors": "author"}
"""Our words and those of the annotations."""


def ours(listed: Path, *flags: str) -> list[dict[str, Any]]:
    """Predictions of `scrapy extract`, in the words of the annotations."""
    return [{NAMES.get(key, key): value for key, value in one.items()} for one in run_extract(listed, *flags)]


def trafilatura(listed: Path) -> list[dict[str, Any]]:
    """Predictions of trafilatura with its defaults, without comments; empty where it is not installed."""
    try:
        from trafilatura import bare_extraction
    except ImportError:
        return []
    found = []
    for line in listed.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        page = Path(entry["file"]).read_bytes()
        page = gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page
        begun = time.process_time()
        read = bare_extraction(page, url=entry["url"], with_metadata=True, include_comments=False)
        spent = 1000 * (time.process_time() - begun)
        said = read.as_dict() if read is not None else {}
        found.append({
            "id": entry["id"], "title": said.get("title"), "published_at": said.get("date"), "source": said.get("sitename"),
            "author": said.get("author"), "body_text": said.get("text"), "images": [said["image"]] if said.get("image") else [],
            "cpu_ms": spent,
        })  # fmt: skip
    return found


def find_pages() -> Path:
    """The folder of ``annotations.jsonl``: CORPUS itself, else the one in it."""
    return CORPUS if (CORPUS / "annotations.jsonl").is_file() else CORPUS / "share-pages"


def find_scorer(pages: Path) -> Path:
    """The scorer of annotated pages, beside them or a folder above."""
    places = [folder / "score.py" for folder in (pages, *pages.parents[:2], DEFAULT)]
    return next((path for path in places if path.is_file()), places[0])


def score(
    folder: Path, predictions: list[dict[str, Any]], pages: Path
) -> tuple[dict[str, float | None], str]:
    """The overall figures by the corpus' own scorer, and what it prints: the figures by site."""
    file, result = folder / "predictions.jsonl", folder / "result.json"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in predictions), encoding="utf-8")
    words = [
        sys.executable,
        str(find_scorer(pages)),
        str(pages / "annotations.jsonl"),
        str(file),
        "--json",
        str(result),
    ]
    run = subprocess.run(words, check=True, capture_output=True, text=True)
    return json.loads(result.read_text(encoding="utf-8")), run.stdout


def judge_corpus(corpus: Corpus) -> None:
    """Print how well the pages of another project's corpus are read, by that project's measure."""
    with tempfile.TemporaryDirectory() as name:
        listed = Path(name, "list.jsonl")
        entries = [{"id": one["id"], "file": str(one["file"]), "url": one["url"]} for one in corpus.pages]
        listed.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
        words = {theirs: our for our, theirs in NAMES.items()}
        readers = {
            "ours": run_extract(listed),
            "trafilatura": [
                {words.get(key, key): value for key, value in one.items()} for one in trafilatura(listed)
            ],
        }
    print(f"{corpus.name}, {len(corpus.pages)} pages")
    for reader, predictions in readers.items():
        if not predictions:
            print(f"{reader:<16}  not installed: pip install trafilatura lxml_html_clean")
            continue
        found = {one.get("id"): one for one in predictions}
        rows = [corpus.judge(gold, found.get(gold["id"], {})) for gold in corpus.pages]
        times = [one["cpu_ms"] for one in predictions if one.get("cpu_ms") is not None]
        figures = {**corpus.total(rows), "ms-med": f"{statistics.median(times):.1f}"}
        print(reader.ljust(16) + "  ".join(f"{column} {figure}" for column, figure in figures.items()))
        if "--sites" in sys.argv:
            print_sites(corpus, rows)


def print_sites(corpus: Corpus, rows: list[dict[str, Any]]) -> None:
    """The figures of each site."""
    sites: dict[str, list[dict[str, Any]]] = {}
    for gold, row in zip(corpus.pages, rows, strict=True):
        sites.setdefault(urlsplit(gold["url"] or "").hostname or "-", []).append(row)
    for site, some in sorted(sites.items()):
        print(
            f"  {site:<40}" + "  ".join(f"{column} {figure}" for column, figure in corpus.total(some).items())
        )


def main() -> None:
    if (corpus := open_corpus(CORPUS)) is not None:
        judge_corpus(corpus)
        return
    pages = find_pages()
    if not (pages / "annotations.jsonl").is_file():
        sys.exit(f"no annotated pages at {pages}; CORPUS=DIR make score names another place")
    annotations = [
        json.loads(line) for line in (pages / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = batch(folder, annotations, pages)
        readers = {
            "ours": ours(listed),
            "ours --generic": ours(listed, "--generic"),
            "trafilatura": trafilatura(listed),
        }
        print(f"{len(annotations)} pages".ljust(16) + "".join(column.rjust(10) for column in COLUMNS))
        for reader, predictions in readers.items():
            if not predictions:
                print(f"{reader:<16}  not installed: pip install trafilatura lxml_html_clean")
                continue
            figures, by_site = score(folder, predictions, pages)
            cells = (figures.get(column) for column in COLUMNS)
            print(
                reader.ljust(16)
                + "".join(("-" if cell is None else f"{cell:.1f}").rjust(10) for cell in cells)
            )
            if "--sites" in sys.argv:
                print(by_site)


if __name__ == "__main__":
    main()
