"""Bodies made to keep the pipelines busy: the work grows with the size of a body, not with its square.

The kernel ends the process that reads them where it uses ten times the CPU that all of them take together; the smallest
quadratic step would take hundreds of times as much.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from itemadapter import ItemAdapter

from archive.post_text import safe_body
from crawler.items import Article
from pipelines import body_images, sanitise_html
from pipelines import strip_tree as strip_tree_module
from pipelines.lift_securities import LiftSecuritiesPipeline
from pipelines.render_body import RenderBodyPipeline, text_of
from pipelines.sanitise_html import SanitiseHtmlPipeline, safe_tree
from pipelines.securities_in_text import SecuritiesInTextPipeline
from pipelines.strip_boilerplate import strip_article
from pipelines.strip_tree import strip_tree

ROOT = Path(__file__).resolve().parent.parent.parent
CPU_SECONDS = 50
SIZE = 200_000  # characters
UNITS = {
    "frames": "<iframe ", "noscript tags": "<noscript ", "ampersands": "&", "references": "&amp;&lt;&#60;", "links home": "<a href=x>返回首页</a>",
    "empty links": '<a class=keytip data-code="0,002752"></a>', "cut names": '<span class=keytip data-code="0,002752">晨光</span>x',
    "empty elements": "<b></b>字", "spans": "<span>字</span>", "adverts": "<b class=ad></b>字", "hidden": "<b hidden>x</b>字", "breaks": "<br>",
    "open blocks": "<div>", "open lists": "<ul><li>", "open terms": "<dl><dd>", "cells": "<td>代码</td>", "codes": "晨光(600999)", "brackets": "（",
    "credits": "图：王小明 ", "paging": "页 1 ", "editors": "<p>责任编辑：王小明</p>", "anchors": "<a>", "related": "<p>相关报道</p><p><a href=x>y</a></p>",
    "styles": "<p style=display:none>x</p>DISPLAY", "empty cells": "<td></td>（", "image tags": "<img ", "blanks": " ", "tabs": "\t", "lines": "\n ", "sets": "<img src=a.jpg srcset='a b'>",
}  # fmt: skip


def article(body):
    return Article(id="demo:1", site="demo", retrieved_at=datetime.now(UTC), headline="题", body_raw=body)


def run_pipelines(body):
    item = SanitiseHtmlPipeline().process_item(article(body))
    item = LiftSecuritiesPipeline().process_item(item)
    strip_article(ItemAdapter(item))
    for image in body_images.find_images(item.body_tree, "https://news.example/1"):
        image["status"] = "failed"
        body_images.point_at_copy(image)
    item = SecuritiesInTextPipeline().process_item(RenderBodyPipeline().process_item(item))
    safe_body(item.body_html)
    return item


def bodies():
    for unit in UNITS.values():
        yield f"<p>句子。{unit * (SIZE // len(unit))}"
    number = SIZE // 40
    yield "".join(f"<noscript><img src=a{n}.jpg></noscript>" for n in range(number))
    yield f"<noscript>{''.join(f'<img src=a{n}.jpg>' for n in range(number))}</noscript>"
    yield "".join(f'<p>字<img src="https://i.example/{n}.jpg"></p>' for n in range(number))
    yield "<p>相关：" + "".join(
        f'<a href="https://h.example/a/20220221{n:010}.html">甲</a>' for n in range(number)
    )
    yield f"<img src=a.jpg srcset='{'x' * SIZE} y'>"
    yield f"<img src=a.jpg data-lazy='{'.gif?' * (SIZE // 5)}&#10;x'>"
    yield "<p>" + "".join(f"晨光{n}号(60{n % 1000:04})" for n in range(number))
    yield f"<div><div>甲</div>{'<p>乙<p><a>丙</a>' * (SIZE // 5)}<div><ul><li>丁</ul></div>"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for body in bodies():
        run_pipelines(body)
    print("done")


def test_the_work_grows_with_the_size():
    run = subprocess.run([sys.executable, "-m", "tests.pipelines.test_hostile_bodies"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert run.stdout == "done\n", run.stderr


def test_a_body_is_read_to_a_bound_and_says_so(monkeypatch):
    monkeypatch.setattr(sanitise_html, "LONGEST_BODY", 20)
    item = SanitiseHtmlPipeline().process_item(article("<p>0123456789</p><p>后面的一段</p>"))
    assert text_of(item.body_tree) == "0123456789"
    assert item.removals == [
        {
            "rule": "too_long",
            "position": 1,
            "text": "the last 9 of 29 characters of HTML were not read",
            "html": "",
        }
    ]


def test_no_more_is_taken_out_than_a_bound(monkeypatch):
    monkeypatch.setattr(strip_tree_module, "MOST_REMOVALS", 2)
    tree = safe_tree("<p>正文。</p>" + '<p class="ad">甲</p>' * 5)
    removals = strip_tree(tree).removals
    assert [removal["rule"] for removal in removals] == ["advert", "advert", "too_many"]
    assert removals[-1]["text"] == "3 further fragments were left in the text"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("A&amp;B &lt;b&gt; &copy;&nbsp;C &unknown; &", "A&B <b> © C &unknown; &"),
        ('<a href="https://h.example/?a=1&amp;b=2">链</a>', "链"),
    ],
)
def test_many_references_mean_what_few_mean(monkeypatch, html, text):
    few = safe_tree(html)
    monkeypatch.setattr(sanitise_html, "MOST_REFERENCES", 0)
    many = safe_tree(html)
    assert text_of(many) == text_of(few) == text
    assert [link.get("href") for link in many.iter("a")] == [link.get("href") for link in few.iter("a")]


@pytest.mark.parametrize("html", ["&lt;script>alert(1)&lt;/script>", "&#60;img src=x onerror=alert(1)&#62;", '<a href="javascript&#58;alert(1)">x</a>'])  # fmt: skip
def test_hidden_references_never_become_markup(monkeypatch, html):
    monkeypatch.setattr(sanitise_html, "MOST_REFERENCES", 0)
    tree = safe_tree(html)
    assert [element.tag for element in tree.iter() if element.tag in ("script", "img")] == []
    assert all("javascript" not in (link.get("href") or "") for link in tree.iter("a"))


def test_many_swept_elements_leave_the_text_of_few(monkeypatch):
    html = "<p>一<span>二</span>三<b></b>四</p><p>五</p>"
    few = text_of(safe_tree(html))
    monkeypatch.setattr(sanitise_html, "MOST_SWEPT", 0)
    item = run_pipelines(html)
    assert item.body_text == few == "一二三四\n五"
