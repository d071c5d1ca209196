"""The tree becomes clean HTML and text."""

import pytest

from pipelines.render_body import RenderBodyPipeline, first_sentence, html_of, text_of
from pipelines.sanitise_html import safe_tree


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>　　甲　</p>\r\n <p>乙</p>", "甲\n乙"),
        ("<p>甲<br />乙</p>", "甲\n乙"),
        ("<p>甲</p><p>　</p><p>&nbsp;</p><p>乙<br /></p>", "甲\n乙"),
        ("甲<p>乙</p>丙", "甲\n乙\n丙"),
        ("<ul><li>一</li><li>二</li></ul>", "一\n二"),
        ("<table><caption>表一</caption><tr><th>年</th><th>额</th></tr><tr><td>2025</td><td><p>3</p><p>亿</p></td></tr></table>",
         "表一\n年\t额\n2025\t3 亿"),
        ("<table><tr><td>外</td><td><table><tr><td>内</td><td>里</td></tr></table></td></tr></table>", "内\t里\n外\t"),
        ("<pre>一\n  二</pre>", "一\n二"),
        ("<figure><img src='https://p.example/a.jpg'><figcaption>图：走势</figcaption></figure><p>后</p>", "图：走势\n后"),
        ("<p>C<span>P</span>IB 和 <b>粗</b>体</p>", "CPIB 和 粗体"),
        ("<h2>一、标题</h2><p>文</p>", "一、标题\n文"),
    ],
)  # fmt: skip
def test_text(html, text):
    assert text_of(safe_tree(html)) == text


@pytest.mark.parametrize(
    ("html", "out"),
    [
        ("<p class='x' id='y' data-z='1'>　甲 </p>", "<p>甲</p>"),
        ("<p>甲</p>\r\n <p>乙</p>", "<p>甲</p><p>乙</p>"),
        ("<p style='text-align:center;color:red'>甲</p>", '<p style="text-align:center">甲</p>'),
        ("<p>甲<strong></strong><br></p><p>　</p>", "<p>甲</p>"),
        ("<span>甲</span>乙", "甲乙"),
        ("<center><img src='https://p.example/a.jpg' onload='x' class='c' width='5'></center>",
         '<center><img src="https://p.example/a.jpg" width="5"></center>'),
        ("<p>一<a class='image-missing' href='https://p.example/a.jpg'></a></p>",
         '<p>一<a class="image-missing" href="https://p.example/a.jpg"></a></p>'),
        ("<table><tr><td rowspan='2' onclick='x'>1</td></tr></table>", '<table><tbody><tr><td rowspan="2">1</td></tr></tbody></table>'),
    ],
)  # fmt: skip
def test_html(html, out):
    assert html_of(safe_tree(html)) == out


def test_a_missing_picture_gives_no_text():
    assert (
        text_of(safe_tree("<p>一<a class='image-missing' href='https://p.example/a.jpg'></a>二</p>"))
        == "一二"
    )


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("央行今日开展逆回购。利率不变。", "央行今日开展逆回购。"),
        ("只有一行", "只有一行"),
        ("", None),
        ("字" * 300, "字" * 120),
    ],
)
def test_stand_in_headlines(text, headline):
    assert first_sentence(text) == headline


def test_the_stand_in_says_that_it_is_one():
    item = {"id": "finews:1", "info_code": None, "headline": None, "headline_from": None, "body_tree": safe_tree("<p>一句。二句。</p>"),
            "body_html": None, "body_text": None}  # fmt: skip
    RenderBodyPipeline().process_item(item)
    assert (item["headline"], item["headline_from"], item["body_tree"]) == ("一句。", "body", None)


def test_a_headline_is_one_line():
    item = {"id": "finews:1", "headline": "第一行\n第二行", "headline_from": "feed", "body_tree": safe_tree("<p>文</p>"),
            "body_html": None, "body_text": None}  # fmt: skip
    RenderBodyPipeline().process_item(item)
    assert item["headline"] == "第一行 第二行"
