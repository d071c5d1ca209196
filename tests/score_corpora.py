"""Corpora of other projects, in their own formats: which pages they have, and how many of their answers a reader gives.

Known are scrapinghub/article-extraction-benchmark, trafilatura's evaluation data, the test pages of readability.js,
htmldate's evaluation data and the parser tests of fundus. None is part of this project; CORPUS names a copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.score_measures import (
    Figures,
    Gold,
    judge_chunks,
    judge_day,
    judge_fields,
    judge_metadata,
    judge_shingles,
    total_chunks,
    total_days,
    total_fields,
    total_metadata,
    total_shingles,
)


@dataclass(frozen=True)
class Corpus:
    """A corpus of pages whose right answers are known."""

    name: str
    pages: list[Gold]
    judge: Callable[[Gold, dict[str, Any]], dict[str, Any]]
    """Page and prediction (as `scrapy extract` prints it) -> what is right of it."""
    total: Callable[[list[dict[str, Any]]], Figures]
    """What all pages' judgements come to."""


def open_corpus(folder: Path) -> Corpus | None:
    """The corpus in *folder*, by the files that it holds; None where it is none of those."""
    found = (
        reader(folder) for reader in (read_benchmark, read_chunks, read_readability, read_dates, read_fundus)
    )
    return next((corpus for corpus in found if corpus is not None), None)


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_benchmark(folder: Path) -> Corpus | None:
    if not (folder / "ground-truth.json").is_file():
        return None
    pages = [
        {
            "id": name,
            "file": folder / "html" / f"{name}.html.gz",
            "url": truth["url"],
            "text": truth["articleBody"],
        }
        for name, truth in load(folder / "ground-truth.json").items()
    ]
    return Corpus("article-extraction-benchmark", pages, judge_shingles, total_shingles)


def read_chunks(folder: Path) -> Corpus | None:
    tests = next((one for one in (folder, folder / "tests") if (one / "evaldata.json").is_file()), None)
    if tests is None:
        return None
    pages = []
    for url, truth in load(tests / "evaldata.json").items():
        file = next((p for d in ("cache", "eval") if (p := tests / d / truth["file"]).is_file()), None)
        if file is not None:
            chunks = {key: truth[key] for key in ("with", "without")}
            # Some are known by a name instead of an address.
            pages.append(
                {"id": truth["file"], "file": file, "url": url if url.startswith("http") else None, **chunks}
            )
    return Corpus("trafilatura's evaluation data", pages, judge_chunks, total_chunks)


def read_readability(folder: Path) -> Corpus | None:
    places = (folder, folder / "test-pages", folder / "test" / "test-pages")
    tests = next((one for one in places if any(one.glob("*/expected-metadata.json"))), None)
    if tests is None:
        return None
    pages = []
    for path in sorted(tests.glob("*/expected-metadata.json")):
        file, truth = path.parent / "source.html", load(path)
        html = file.read_text(encoding="utf-8", errors="replace")
        stated = re.search(
            r"<link[^>]*rel=[\"']?canonical[^>]*href=[\"']([^\"']+)|og:url[\"'][^>]*content=[\"']([^\"']+)",
            html,
        )
        url = (
            next((one for one in stated.groups() if one and one.startswith("http")), None) if stated else None
        )
        pages.append({
            "id": path.parent.name, "file": file, "url": url or "http://fakehost/test/page.html",
            "title": truth.get("title"), "byline": truth.get("byline"), "site": truth.get("siteName"),
        })  # fmt: skip
    return Corpus("readability.js", pages, judge_metadata, total_metadata)


def read_dates(folder: Path) -> Corpus | None:
    tests = next((one for one in (folder, folder / "tests") if any(one.glob("eval_*.json"))), None)
    if tests is None:
        return None
    pages = []
    for path in sorted(tests.glob("eval_*.json")):
        for url, truth in load(path).items():
            places = (tests / name / truth["file"] for name in ("test_set", "cache", "eval"))
            if file := next((one for one in places if one.is_file()), None):
                # One address is mistyped: xhttps.
                where = url if url.startswith("http") else None
                pages.append(
                    {"id": f"{path.stem}/{truth['file']}", "file": file, "url": where, "day": truth["date"]}
                )
    return Corpus("htmldate's evaluation data", pages, judge_day, total_days)


def read_fundus(folder: Path) -> Corpus | None:
    places = (folder, folder / "tests/resources/parser/test_data")
    tests = next((one for one in places if any(one.glob("*/meta.info"))), None)
    if tests is None:
        return None
    return Corpus("fundus", list(fundus_pages(tests)), judge_fields, total_fields)


def version_order(name: str) -> list[int]:
    """The key by which versions of a parser are ordered: V1, V1_1, V2."""
    return [int(part) for part in re.findall(r"\d+", name)]


def fundus_pages(tests: Path) -> Iterator[Gold]:
    for path in sorted(tests.glob("*/meta.info")):
        recorded = load(path)
        for answers in sorted(path.parent.glob("*.json")):
            files = sorted(path.parent.glob(f"{answers.stem}_20*.html.gz"))
            versions = load(answers)
            for file, version in zip(files, sorted(versions, key=version_order), strict=False):
                truth = versions[version]
                body = truth.get("body") or {}
                lines = [
                    *body.get("summary", ()),
                    *(p for s in body.get("sections", ()) for p in (*s["headline"], *s["paragraphs"])),
                ]
                yield {
                    "id": file.name.removesuffix(".html.gz"), "file": file, "url": recorded[file.name]["url"],
                    "title": truth.get("title"), "authors": truth.get("authors"), "at": truth.get("publishing_date"),
                    "text": "\n".join(lines), "images": truth.get("images"),
                }  # fmt: skip
