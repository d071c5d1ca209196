"""Responses as sites serve them, made by us in their markup: ``tests/pages/SITE/NAME.html``, or ``NAME.body`` for what is not
HTML, and ``NAME.json`` with what must be read of them.

``url`` is the response's address and ``link``, where it differs, the link that was followed; any other field is one of
`crawler.offline.dry_run.read_page`. ``contains`` and ``lacks`` are texts of the body. ``outcome`` and ``reason`` are those of a response
that holds no article, ``moved_to`` is where it redirects its reader, ``next_page`` the address of the article's next page.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from crawler.offline.dry_run import read_page
from crawler.pages import PageError, sites, target_of

PAGES = Path(__file__).resolve().parents[1] / "pages"
RECORDED = sorted(PAGES.glob("*/*.json"))
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
FIELDS = [(path, name) for path in RECORDED for name in json.loads(path.read_text(encoding="utf-8"))]


@cache
def expected_of(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def page_of(path: Path):
    """The page object of a recorded response."""
    expected = expected_of(path)
    target = target_of(expected.get("link", expected["url"]))
    file = path.with_suffix(".html") if path.with_suffix(".html").exists() else path.with_suffix(".body")
    kind = "text/html" if file.suffix == ".html" else "application/json"
    response = HtmlResponse(expected["url"], body=file.read_bytes(), headers={"Content-Type": kind})
    return target.page(response, target, NOW)


@cache
def read_of(path: Path) -> dict:
    """What a crawl makes of a recorded response."""
    page = page_of(path)
    try:
        return read_page(page.target, page.response, NOW)
    except PageError as exc:
        return {"outcome": exc.outcome, "reason": str(exc)}


@pytest.mark.parametrize(
    ("path", "name"),
    FIELDS,
    ids=lambda value: f"{value.parent.name}/{value.stem}" if isinstance(value, Path) else value,
)
def test_a_field_is_read_as_recorded(path, name):
    expected, read = expected_of(path)[name], read_of(path)
    if name in ("url", "link"):
        assert page_of(path).site == path.parent.name, "the link leads to another page object"
    elif name == "moved_to":
        assert page_of(path).moved_to(read["outcome"]) == expected
    elif name == "next_page":
        assert page_of(path).next_page() == expected
    elif name == "reason":
        assert expected in read["reason"]
    elif name in ("contains", "lacks"):
        assert read.get("outcome") is None, read["reason"]
        assert [words for words in expected if (words in read["body_text"]) != (name == "contains")] == []
    elif name == "securities":
        assert [entry["id"] for entry in read[name] if entry["origin"] != "text"] == expected
    else:
        assert read.get(name) == expected, read.get("reason")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_article_has_a_next_page_only_where_recorded(path):
    expected, read = expected_of(path), read_of(path)
    if read.get("outcome"):
        assert page_of(path).moved_to(read["outcome"]) == expected.get("moved_to")
    else:
        assert page_of(path).next_page() == expected.get("next_page")


@pytest.mark.parametrize(
    "page", [page for page, hosts in sites().items() if hosts], ids=lambda page: page.site
)
def test_every_site_has_recorded_pages(page):
    assert list((PAGES / page.site).glob("*.json")), f"tests/pages/{page.site} holds no recorded page"
