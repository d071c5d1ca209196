"""Pages made to keep the readers busy: the work grows with the size of a page, not with its square.

The kernel ends the process that reads them where it uses several times the CPU that all of them take together; the smallest
quadratic step would take hundreds of times as much.
"""

import contextlib
import re
import resource
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from lxml.html import fromstring
from scrapy.http import HtmlResponse

from crawler.extraction.access import is_notice
from crawler.extraction.byline_lines import in_line
from crawler.extraction.document import Document
from crawler.extraction.markup import ElementCutter, close_tags
from crawler.extraction.person_names import split_persons
from crawler.extraction.script_states import QUOTED
from crawler.extraction.second_opinion import find_trusted
from crawler.extraction.titles import without_host
from crawler.extraction.walls import find_wall
from crawler.pages import PageError, target_of
from crawler.saved.older_post_text import TAIL
from pipelines.boilerplate_matches import rules_for
from tests.pipelines.test_hostile_bodies import ROOT, UNITS
from tests.websites import news_page

CPU_SECONDS = 60
SIZE = 100_000  # characters
PAGE_UNITS = {
    **UNITS, "comments": "<!-", "open comments": "<!--", "scripts": "<script>", "data": "<script type=application/ld+json>",
    "templates": "<svg><template>", "ends": "</html", "inputs": "<input ", "metas": "<meta ", "titles": "<title>", "styled": "<style",
    "shells": "<div id=app>", "noscripts": "<noscript>", "links": "<link rel=canonical ", "lines": "<p>来源：作者：时间：</p>", "dates": "2026-06-30 ", "joined dates": "2022年2月21日",
    "states": "__INITIAL_STATE__", "open states": '__NEXT_DATA__={"a":', "nuxt": "<script id=__NUXT_DATA__ ", "open nuxt": "<script id=__NUXT_DATA__>", "flight": '__next_f.push([1,"a',
}  # fmt: skip
UNBOUNDED = {"styles"}
"""What only a library takes long for, whose work on a page the settings bound."""


SITE_UNITS = {
    "https://finance.huanqiu.com/article/4abcdefghij": "<textarea class='article-content'>",
    "https://www.toutiao.com/article/7123456789012345678/": "<script id='RENDER_DATA'>articleInfo: {title: '",
}
"""What pages of a site never close."""


def read(unit, url="https://news.example/1.html"):
    text = f"<html><head><title>山南</title></head><body><h1>山南</h1><p>两座电站今天同时开工，总投资四十亿元。</p>{unit * (SIZE // len(unit))}"
    response = HtmlResponse(url, body=text.encode())
    target = target_of(response.url)
    with contextlib.suppress(PageError):
        target.page(response, target, datetime.now(UTC)).article()
    find_wall(text, response.url)


VALUES = ("关_", "秋粮-a ", "\t", "审核" + "\t" * SIZE + "、校对", "\t" * SIZE + "精看更多")


def read_values(unit):
    """A page whose title, names, data and lines are made of *unit*."""
    value = (unit * (SIZE // len(unit) + 1))[:SIZE]
    data = f'{{"@type":"NewsArticle","headline":"{value}"}}'
    text = (
        f"<html><head><title>{value}</title><script type=application/ld+json>{data}</script></head><body><h1>山南</h1>"
        f"<p class='{value}' id='{value}'>甲</p><p>两座电站今天同时开工，总投资四十亿元。</p><p>{value}</p>"
    )
    read_page(text)


def read_page(text):
    response = HtmlResponse("https://news.example/1.html", body=text.encode())
    target = target_of(response.url)
    with contextlib.suppress(PageError):
        target.page(response, target, datetime.now(UTC)).article()


def read_many():
    """Pages of more parts of a title, paragraphs of a body, and of what follows it, than can be compared with each other."""
    read_page(
        f"<html><head><title>港口扩建 {'作者：张三|' * 80_000}</title></head><body><h1>港口扩建</h1><p>两座电站今天同时开工。</p>"
    )
    short = "<p>By John Smith</p>"
    read_page(news_page().replace(b"</body>", short.encode() * 30_000 + b"</body>").decode())
    read_page(news_page().replace(b"</p>", b"</p>" + b"<time>x</time>" * 20_000, 1).decode())
    body = SimpleNamespace(lines=["By John Smith"] * 100, element=fromstring(f"<div>{short * 80_000}</div>"))
    assert find_trusted(body, "byjohnsmith") == {("div", None)}
    assert rules_for("$AAPL " * 200_000) == rules_for("$AAPL ")
    assert without_host("port | " * 100_000, "https://harbour.example/").startswith("port | port")
    for names in ("김도윤 기자 ", "Juan Gil y Ana "):
        assert split_persons(names * 100_000, True)
    read_page(f"<h1>Port grows</h1><p>{'The port will grow, he said. ' * 9}</p>{'<dl><dt>a<dd>b' * 3_000}")
    others = "".join(f"<h1 class=title>另一篇报道{n}</h1><p>{n}</p>" for n in range(30_000))
    read_page(f"<title>港口扩建获批</title><div><h1 class=title>港口扩建获批</h1></div><div>{others}</div>")
    read_page(
        f"<title>港口扩建获批</title>{'<nav>' * 5_000}<h1>港口扩建获批</h1>{'<p>港口扩建今日获批。' * 20_000}"
    )
    spans = "<tr><td rowspan=65000 colspan=1000>甲</td></tr>" * 1_000
    read_page(f"<h1>Port grows</h1><p>{'The port will grow, he said. ' * 9}</p><table>{spans}</table>")
    for unit in ("<table><td>", "<figure><figcaption>", "<time>", "<p><a>", "<div><input>"):
        read_page(
            f"<h1>Port grows</h1><p>{'The port will grow, he said. ' * 9}</p>{f'{unit}The port grows' * 4_000}"
        )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for unit in VALUES:
        read_values(unit)
    for name, unit in PAGE_UNITS.items():
        if name not in UNBOUNDED:
            read(unit)
    read_many()
    find_wall("<title>" * SIZE, "https://news.example/1.html")  # none of them closed
    print("done")


def test_the_work_grows_with_the_size():
    run = subprocess.run([sys.executable, "-m", "tests.crawler.test_hostile_pages"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert run.stdout == "done\n", run.stderr


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>甲<script>x</script>乙", "甲 乙"),
        ("<p>甲<SCRIPT type=a>x</Script >乙<!-- c -->丙", "甲 乙 丙"),
        ("<p>甲<!--a--><style>b</style><!--c-->乙", "甲 乙"),
        ("<p>甲<noscript>乙<noscript>丙</noscript>丁", "甲 丁"),
        ("<p>甲<!-- 乙 <script>x</script>丙", "甲"),  # as a browser has it
    ],
)
def test_what_is_not_text_is_cut(html, text):
    assert " ".join("".join(Document(html).root.itertext()).split()) == text


def test_a_page_of_ordinary_markup_stays_as_it_is():
    html = "<script>for(i=0;i<n;i++)if(a<b)c</script><p title='1 < 2'>x</p>" * 200
    assert close_tags(html) == html


def test_what_is_cut_is_what_the_pattern_says():
    names = ("script", "style", "svg")
    pattern = re.compile(rf"<!--.*?-->|<({'|'.join(names)})\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
    cutter = ElementCutter(*names)
    parts = (
        "<script>",
        "</script>",
        "<SVG a>",
        "</svg >",
        "<style",
        ">",
        "<!--",
        "-->",
        "</style>",
        "字",
        "<b>",
    )
    for seed in range(3_000):
        html = "".join(parts[(seed * 7919 + n * n * 31 + seed // (n + 1)) % len(parts)] for n in range(12))
        assert cutter.cut(html, " ") == pattern.sub(" ", html), html


def test_patterns_try_a_text_in_one_way_only():
    """Each took time that doubled with every few characters, or grew with a high power of them: for ever, that is."""
    assert QUOTED.match('"' + "\\" * 2_001) is None
    assert not is_notice("订阅" + " " * 150 + "甲")
    assert in_line("作者/" + "驻一" * 2_000) == []
    assert in_line("记者欧阳一" + " " * 2_000 + "甲") == ["欧阳一"]
    assert TAIL.search("<>" + "[返回](.)" * 2_000 + "\0") is None
