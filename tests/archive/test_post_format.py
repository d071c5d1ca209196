"""Posts load back equal in every reader of YAML, and no template engine touches them."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from archive.post_format import FLAVOURS, name_of, old_post, render_post, tag_of
from archive.post_text import clean_title, inert, quoted, safe_body
from tests.sites.hostile import NAMES, TITLES

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "finews" / "nw-20220221-sample.json"

ARTICLE = {
    "id": "finews:202602212283238167",
    "info_code": "NW202602212283238167",
    "headline": "园区开园 首批“企业”入驻",
    "publisher": "晨光日报",
    "publisher_slug": "chenguangribao",
    "published_at": "2026-02-21T16:10:00Z",
    "first_seen_at": "2026-02-22T01:00:00Z",
    "share_url": "http://share.example/html_News/NewsShare.html?infoCode=NW202602212283238167",
    "canonical_url": None,
    "body_html": '<p>一</p><center><img src="images/ab/abc.jpg"></center>',
    "images": [{"path": "images/ab/abc.jpg", "status": "stored"}, {"path": None, "status": "failed"}],
}


def front(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_the_beijing_day_names_the_file_and_the_page():
    post = render_post(ARTICLE, "jekyll")
    assert post.path == "_posts/2026-02-22/2026-02-22-NW202602212283238167.md"
    keys = front(post.text)
    assert keys["permalink"] == "/news/2026/02/22/NW202602212283238167.html"
    assert keys["date"] == datetime.fromisoformat("2026-02-22T00:10:00+08:00")
    assert keys["categories"] == ["chenguangribao"]
    assert keys["tags"] == ["晨光日报新闻"]
    assert keys["images"] == ["images/ab/abc.jpg"]
    assert keys["source_url"] == ARTICLE["share_url"]
    assert 'src="../../../../images/ab/abc.jpg"' in post.text


def test_a_given_image_base_is_used():
    assert 'src="/archive/images/ab/abc.jpg"' in render_post(ARTICLE, "hugo", "/archive/").text


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("flavour", ["jekyll", "hugo", "eleventy", "plain"])
def test_any_title_loads_back_equal(title, flavour):
    text = render_post({**ARTICLE, "headline": title}, flavour).text
    assert front(text)["title"] == clean_title(title)


@pytest.mark.parametrize("name", NAMES)
def test_any_publisher_is_one_tag(name):
    tags = front(render_post({**ARTICLE, "publisher": name}, "jekyll").text)["tags"]
    assert tags == [tag_of(name)]
    assert "/" not in tags[0]
    assert not tags[0].startswith(".")


def test_an_unknown_publisher_invents_nothing():
    keys = front(render_post({**ARTICLE, "publisher": None, "publisher_slug": None}, "jekyll").text)
    assert (keys["categories"], keys["tags"]) == ([], [])


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_same_fields_make_the_same_bytes(flavour):
    assert render_post(ARTICLE, flavour) == render_post(dict(ARTICLE), flavour)


def test_without_a_time_the_ids_day_stands_in():
    assert "2026-02-21-NW" in render_post({**ARTICLE, "published_at": None}, "jekyll").path


@pytest.mark.parametrize("code", ["../../etc/passwd", "NW 1", "", "字", "a" * 200, ".hidden", "-x"])
def test_an_odd_code_makes_no_odd_path(code):
    name = name_of({"id": "finews:1", "info_code": code or "?"})
    assert name.isascii()
    assert len(name) <= 80
    assert not set(name) & set("/\\. ")


@pytest.mark.parametrize(
    ("html", "out"),
    [
        ("{{ x }}", "&#123;&#123; x &#125;&#125;"),
        ("{% x %}", "&#123;% x %&#125;"),
        ("{# x #}", "&#123;# x #&#125;"),
        ("{: .a}", "&#123;: .a}"),
        ("{a}", "{a}"),
        ("{{{{", "&#123;&#123;&#123;&#123;"),
    ],
)
def test_template_marks_are_entities(html, out):
    assert inert(html) == out


def test_a_body_has_no_blank_line_and_no_indent():
    body = safe_body(
        "<p>一</p>\n\n    <table><tr><td>1</td></tr></table><pre>a\n\n  b\t</pre><p>二<br>三</p>"
    )
    assert body.startswith("<div>\n")
    assert body.endswith("\n</div>")
    assert "\n\n" not in body
    assert not any(line.startswith((" ", "\t")) for line in body.split("\n"))
    assert "a&#10;&#10;  b&#9;" in body


def test_strings_are_one_line():
    assert quoted('a"b\\c\u2028d') == '"a\\"b\\\\c\\u2028d"'
    assert "\n" not in quoted("a\nb")


def test_the_older_form():
    text = old_post(
        title="园区开园 首批“企业”入驻", date=datetime.fromisoformat("2026-02-21T15:54:48+08:00"), category="chenguangribao",
        tag="晨光日报新闻", body_html="<p>一</p><p>　</p>", share_url="http://share.example/x?infoCode=NW1",
    )  # fmt: skip
    assert text == (
        '---\nlayout: post\ntitle: "园区开园 首批“企业”入驻"\ndate: 2026-02-21 15:54:48 +0800\ncategories: chenguangribao\n'
        "tags: 晨光日报新闻\n---\n<p>一</p><p>　</p>\n\n<http://share.example/x?infoCode=NW1>\n\n"
        "[返回晨光日报新闻](//finews.withounder.com/category/chenguangribao.html)｜[返回首页](//finews.withounder.com/)"
    )


@pytest.mark.skipif(not SAMPLE.exists(), reason="the older site's sample post is not here")
def test_the_older_sites_sample_byte_for_byte():
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    given = data["front_matter"]
    links = "｜".join(f"[{link['text']}]({link['href']})" for link in data["tail_links"])
    wanted = (
        f'---\nlayout: post\ntitle: "{given["title"]}"\ndate: {given["date"]}\ncategories: {given["categories"]}\n'
        f"tags: {given['tags']}\n---\n{data['body_html']}\n\n<{data['share_url']}>\n\n{links}"
    )
    text = old_post(
        title=given["title"], date=datetime.strptime(given["date"], "%Y-%m-%d %H:%M:%S %z"), category=given["categories"],
        tag=given["tags"], body_html=data["body_html"], share_url=data["share_url"],
    )  # fmt: skip
    assert text.encode() == wanted.encode()
    assert len(text.encode()) == 9743


def test_the_older_form_runs_no_template_in_its_tail():
    """The tail names the publisher and the share link in Markdown, outside of the body."""
    hostile = {"publisher": "{{ site.x }}](javascript:1) {% raw %}", "share_url": "http://a.example/?x={{y}}"}
    text = render_post({**ARTICLE, **hostile}, "jekyll-old").text
    tail = text.split("---\n", 2)[2]
    assert "{{" not in tail
    assert "{%" not in tail
    assert tail.count("](") == 2
