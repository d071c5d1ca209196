"""Foreign HTML becomes a safe, balanced tree; text is never lost."""

import html5lib
import pytest
from lxml import etree

from pipelines.render_body import html_of, text_of
from pipelines.sanitise_html import UNWRAPPED, SanitiseHtmlPipeline, drop, safe_tree, sweep


def rendered(html):
    return html_of(safe_tree(html))


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\nscript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>",
        '<form action="https://x.example"><input name=q></form>',
        "<style>p{display:none}</style>",
        '<iframe src="javascript:alert(1)"></iframe>',
        '<p style="background:url(javascript:alert(1))">x</p>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
        '<meta http-equiv="refresh" content="0;url=https://x.example"><base href="https://x.example">',
        "<!--><script>alert(1)</script>-->",
        '<video src="javascript:alert(1)"></video>',
    ],
)
def test_nothing_that_acts_is_left(html):
    out = rendered(f"<p>前</p>{html}<p>后</p>")
    lowered = out.lower()
    for bad in (
        "<script",
        "onerror=",
        "javascript:",
        "<form",
        "<style",
        "<iframe",
        "<svg",
        "<base",
        "<meta",
        "data:text",
    ):
        assert bad not in lowered
    assert "前" in out
    assert "后" in out


def test_what_is_written_is_safe_when_it_is_read_again():
    once = rendered('<p>甲<b>乙</p><table><p>丙<tr><td>丁</table><a href="https://a.example/?a=1&b=2">戊</a>')
    assert rendered(once) == once


@pytest.mark.parametrize("end", [" ", "\n  "])
def test_blanks_at_the_end_of_an_address_are_no_part_of_it(end):
    once = rendered(
        f'<p>甲<img src="https://news.example/1.jpg{end}"><a href="https://a.example/b{end}">乙</a></p>'
    )
    assert once == '<p>甲<img src="https://news.example/1.jpg"><a href="https://a.example/b">乙</a></p>'


@pytest.mark.parametrize(
    "html",
    ["<p>PE < 10, 3<5 且 a<b</p>", "<p>《<某某>协议》</p>", "<p>外<p>内</p>外2</p>", "文字开头<p>段</p>尾巴", "<div><p>一</p><p>二",
     "<ul><li>一<li>二</ul>", "<p>a &lt;b&gt; &amp;amp; &copy;</p>", "<center>中<p>段</center>"],
)  # fmt: skip
def test_text_is_what_a_browser_shows(html):
    tree = html5lib.parseFragment(html, treebuilder="lxml", namespaceHTMLElements=False)
    shown = "".join(
        "".join(
            part if isinstance(part, str) else "".join(part.itertext()) + (part.tail or "") for part in tree
        ).split()
    )
    assert "".join(text_of(safe_tree(html)).split()) == shown


@pytest.mark.parametrize("depth", [300, 5000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_deep_nesting_loses_nothing(depth):
    tree = safe_tree("<div>" * depth + "深处" + "</div>" * depth + "<p>后</p>")
    assert "深处" in text_of(tree)
    assert "后" in html_of(tree)


def test_controls_and_lone_surrogates():
    assert text_of(safe_tree("<p>a\x0bb\x01c\ud83dd\ufeffe\u2028f</p>")).replace("?", "").split() == [
        "abcde",
        "f",
    ]


def test_players_become_links():
    out = rendered(
        '<video src="https://v.example/1.mp4">不支持</video><iframe src="//v.example/2"></iframe><audio><source src="https://v.example/3.mp3"></audio>'
    )
    assert out == '<p><a href="//v.example/2">视频</a></p>' or all(
        url in out for url in ("1.mp4", "v.example/2", "3.mp3")
    )
    assert "不支持" not in out


def test_a_player_within_a_paragraph_makes_none_of_its_own():
    """Browsers know no paragraph within a paragraph: they would part it in three."""
    player = '<audio src="https://v.example/1.mp3"></audio>'
    link = '<a href="https://v.example/1.mp3">音频</a>'
    assert rendered(f"<p>前{player}后</p><p><b>{player}</b></p>") == f"<p>前{link}后</p><p><b>{link}</b></p>"
    assert rendered(f"<div>{player}后</div>") == f"<div><p>{link}</p>后</div>"


def test_a_player_within_a_player_goes_with_it():
    html = '<audio src="https://v.example/1.mp3">甲<video src="https://v.example/2.mp4">乙</video></audio><video><audio src="https://v.example/3.mp3"></audio></video>后'
    assert rendered(html) == '<p><a href="https://v.example/1.mp3">音频</a></p>后'


def test_unwrapping_cuts_no_word_and_adds_no_blank():
    root = etree.fromstring("<div>C<span>P<b>P</b>I</span>B<i/>尾</div>")
    root[0].tag = UNWRAPPED
    sweep(root)
    assert etree.tostring(root, encoding="unicode") == "<div>CP<b>P</b>IB<i/>尾</div>"


def test_dropping_keeps_what_follows():
    root = etree.fromstring("<div>前<b>中</b>后</div>")
    drop(root[0])
    assert etree.tostring(root, encoding="unicode") == "<div>前后</div>"


def test_items_without_a_body_pass():
    item = {"link": "http://a.example", "outcome": "gone"}
    assert SanitiseHtmlPipeline().process_item(item) is item


@pytest.mark.parametrize(
    "html",
    [
        "<title>某网</title>",
        "<textarea>输入</textarea>",
        "<button>展开</button><select><option>甲</option></select>",
        "<template><p>模板</p></template>",
        "<noscript><p>请开启脚本</p></noscript>",
        "<noembed><p>x</p></noembed><noframes><p>x</p></noframes>",
        '<img data-src="https://p.example/a.jpg"><noscript><img src="https://p.example/a.jpg"></noscript>',
    ],
)
def test_what_is_no_text_of_the_article_shows_none(html):
    assert text_of(safe_tree(f"<p>前</p>{html}<p>后</p>")) == "前\n后"
    assert rendered(f"<p>前</p>{html}<p>后</p>") == "<p>前</p><p>后</p>"


def test_a_picture_only_for_readers_without_scripts_is_one():
    html = '<p>前</p><noscript><img src="https://p.example/a.jpg"></noscript>'
    assert rendered(html) == '<p>前</p><img src="https://p.example/a.jpg">'


def test_a_link_without_an_address_is_text():
    assert rendered('<p>甲<a class="x" href="javascript:1">乙</a>丙</p>') == "<p>甲乙丙</p>"


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("/a/1.html", "https://news.example/a/1.html"), ("3.html", "https://news.example/b/3.html"), ("../", "https://news.example/"),
        ("//other.example/a", "https://other.example/a"), ("?p=2", "https://news.example/b/2.html?p=2"),
        ("#note", "https://news.example/b/2.html#note"), ("http://other.example/ a", "http://other.example/ a"),
        ("//[", None), ("//a\ufffdb.example/", None), ("//a b/", None), ("javascript:alert(1)", None),
    ],
)  # fmt: skip
def test_links_lead_where_they_led_on_their_page(href, whole):
    tree = safe_tree(f'<p><a href="{href}">一</a></p>', "https://news.example/b/2.html")
    assert tree[0][0].get("href") == whole
    assert tree[0][0].text == "一"


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>甲<object><p>乙</p></object>丙</p>", "<div>甲<p>乙</p>丙</div>"),
        ("<h1>甲<span><h2>乙</h2></span>丙</h1>", "<h1>甲<div>乙</div>丙</h1>"),
        ("<ul><li>甲<object><li>乙</li></object></li></ul>", "<ul><li>甲<div>乙</div></li></ul>"),
        ("<ul><li>甲<b>乙<object><li>丙</li></object></b></li><li>丁</li></ul>", "<ul><li>甲<b>乙<div>丙</div></b></li><li>丁</li></ul>"),
        ("<dl><dd>甲<object><dt>乙</object></dl>", "<dl><dd>甲<div>乙</div></dd></dl>"),
        ('<a href="http://a.example/1">甲<object><a href="http://a.example/2">乙</a></object></a>', '甲<a href="http://a.example/2">乙</a>'),
        ('<h1><a href="http://a.example/1">甲<object><a href="http://a.example/2">乙</a></object><h2>丙</h2></a></h1>', '<h1>甲<a href="http://a.example/2">乙</a><div>丙</div></h1>'),
        ('<a href="http://a.example/1">甲<audio src="http://a.example/2"></audio></a>', '甲<p><a href="http://a.example/2">音频</a></p>'),
        ("<h1>甲<span><p>乙</p></span>丙</h1>", "<h1>甲<p>乙</p>丙</h1>"),
        ("<a href='http://a.example/1'><table><tr><td>甲</table></a>", '<a href="http://a.example/1"><table><tbody><tr><td>甲</td></tr></tbody></table></a>'),
        ("<p>甲</p><p><br></p><li><p><br> <br></p></li>", "<p>甲</p>"),
        ("<pre>\n\n甲\n乙</pre>", "<pre>甲\n乙</pre>"),
        ('<a href="http://a.ex\nample/1\t2">甲</a>', '<a href="http://a.example/12">甲</a>'),
        ('<p>甲<br id="a" class=b>乙</p><hr align=left><p>丙<img src=http://a.example/1 alt="a>b"></p>', '<p>甲<br>乙</p><hr><p>丙<img src="http://a.example/1" alt="a&gt;b"></p>'),
    ],
)  # fmt: skip
def test_what_a_reader_of_html_would_part_is_never_written(html, clean):
    assert rendered(html) == clean
    assert rendered(clean) == clean


@pytest.mark.parametrize(
    "unit",
    ["<table><tr>甲<td>乙", "<table><caption>甲<table><colgroup><col>", "<div><table><tbody>甲<tr><td>"],
)
@pytest.mark.parametrize("depth", [36, 37, 49, 50, 51, 400])
def test_tables_too_deep_go_with_all_of_their_parts(unit, depth):
    clean = rendered(unit * depth)
    assert rendered(clean) == clean
