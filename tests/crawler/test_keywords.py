"""Keywords that a page states of its article."""

import json

import pytest

from crawler.extraction.document import Document
from crawler.extraction.keywords import LONGEST, MOST, find_keywords


def page(keywords=None, metas=""):
    linked = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "港口扩建"}
    if keywords is not None:
        linked["keywords"] = keywords
    return Document(
        f'<html><head><meta name="keywords" content="本站,新闻">{metas}<script type="application/ld+json">'
        f"{json.dumps(linked, ensure_ascii=False)}</script></head><body><p>一</p></body></html>"
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("港口, 航运，山南", ["港口", "航运", "山南"]),
        (["港口", " 航运 ", "港口", "", 7], ["港口", "航运"]),
        ([{"@type": "DefinedTerm", "name": "冷链"}, {"url": "/x"}], ["冷链"]),
        ({"@type": "DefinedTerm", "name": "冷链"}, ["冷链"]),
        (["长" * (LONGEST + 1), "短"], ["短"]),
        ([f"词{n}" for n in range(MOST + 9)], [f"词{n}" for n in range(MOST)]),
        (7, []),
    ],
)
def test_keywords_of_the_linked_data(stated, expected):
    assert find_keywords(page(stated)) == expected


def test_tags_of_open_graph_where_the_linked_data_has_none():
    tags = '<meta property="article:tag" content="港口"><meta property="article:tag" content="航运;港口">'
    assert find_keywords(page(metas=tags)) == ["港口", "航运"]
    assert find_keywords(page("冷链", tags)) == ["冷链"]


def test_a_meta_tag_of_the_whole_site_is_none():
    assert find_keywords(page()) == []
