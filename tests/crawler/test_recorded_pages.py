"""Pages as sites serve them, made by us in their markup (``tests/pages/SITE/NAME.html``), with what must be read of them
(``NAME.json`` beside it): ``url`` and any of ``article_id``, ``headline``, ``published_at`` (UTC), ``publisher``, ``authors``,
``contains`` and ``lacks`` (of the text), ``images``, ``canonical_url``, ``next_page``; or ``outcome`` and ``reason`` where the page is no article, and
``moved_to`` where it says where that is now."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from crawler.dry_run import read_page
from crawler.pages import PageError, sites, target_of

PAGES = Path(__file__).resolve().parents[1] / "pages"
RECORDED = sorted(PAGES.glob("*/*.json"))
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


def recorded(path: Path) -> tuple[dict, HtmlResponse]:
    expected = json.loads(path.read_text(encoding="utf-8"))
    body = path.with_suffix(".html").read_bytes()
    return expected, HtmlResponse(expected["url"], body=body, headers={"Content-Type": "text/html"})


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_is_read_as_recorded(path):
    expected, response = recorded(path)
    target = target_of(expected["url"])
    assert target.page.site == path.parent.name, "the link leads to another page object"
    if "outcome" in expected:
        with pytest.raises(PageError) as refused:
            target.page(response, target, NOW).article()
        assert refused.value.outcome == expected["outcome"]
        assert expected["reason"] in str(refused.value)
        assert target.page(response, target, NOW).moved_to(expected["outcome"]) == expected.get("moved_to")
        return
    read = read_page(target, response, NOW)
    for name in ("article_id", "headline", "published_at", "publisher", "authors", "images", "canonical_url"):
        if name in expected:
            assert read[name] == expected[name], name
    for words in expected["contains"]:
        assert words in read["body_text"]
    for words in expected["lacks"]:
        assert words not in read["body_text"]
    assert target.page(response, target, NOW).next_page() == expected.get("next_page")


@pytest.mark.parametrize(
    "page", [page for page, hosts in sites().items() if hosts], ids=lambda page: page.site
)
def test_every_site_has_recorded_pages(page):
    assert list((PAGES / page.site).glob("*.json")), f"tests/pages/{page.site} holds no recorded page"
