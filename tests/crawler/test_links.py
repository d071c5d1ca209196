"""Links as people paste them are found in what surrounds them, each line of a file ends as a link."""

import pytest

from crawler.links import addresses_in, links_in
from crawler.pages import LinkError, target_of

LINK = "http://share.example/html_News/NewsShare.html?infoCode=NW202606303790000412"


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        f"\ufeff  {LINK}\r\n",
        f"{LINK}。",
        f"{LINK}，转给大家",
        f"{LINK}.",
        f"（{LINK}）",
        f"({LINK})",
        f'"{LINK}"',
        f"“{LINK}”",
        f"《{LINK}》",
        f"<{LINK}>",
        f"看{LINK}这条",
        f"`{LINK}`",
        f"*{LINK}*",
        f"- {LINK}",
        f"1. {LINK};",
        f"[三家公司公告]({LINK})",
        f"【三家公司公告】{LINK} 来自晨光财经",
        f"三家公司公告{LINK}",
        f"{LINK} # read this",
        f"{LINK}\u200b",
        f"{LINK}\t2026-06-30",
        LINK.replace("http://", "ｈｔｔｐ：／／"),
        LINK.removeprefix("http://"),
        LINK.removeprefix("http:"),
        f"[{LINK}]({LINK})",
        f"看这条 {LINK.removeprefix('http://')} 很好",
    ],
)
def test_a_link_is_found_in_what_surrounds_it(text):
    assert list(links_in([text])) == [LINK]


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/wiki/Foo_(bar)",
        "http://[::1]:8000/a/1.html",
        "https://a.example/x?u=http://b.example/y&z=[1]",
        "https://新闻.example/路径/文章.html",
        "http://a.example:8080/x;y=1?z#top",
        "https://a.example/x/",
    ],
)
def test_an_address_keeps_what_belongs_to_it(link):
    assert addresses_in(link) == [link]


def test_an_id_alone_is_a_link():
    assert addresses_in(" 202606303790000412 ") == ["202606303790000412"]
    assert addresses_in("电话 202606303790000412") == []


def test_several_links_on_a_line_are_several_links():
    assert list(links_in([f"{LINK}、https://b.example/2 和 https://b.example/3"])) == [
        LINK,
        "https://b.example/2",
        "https://b.example/3",
    ]


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("[甲](http://a.example/1)[乙](http://b.example/2)", ["http://a.example/1", "http://b.example/2"]),
        (
            "[甲](http://a.example/1)（[乙](http://b.example/2)）",
            ["http://a.example/1", "http://b.example/2"],
        ),
        (
            "[甲](http://a.example/w_(x))[乙](http://b.example/2)",
            ["http://a.example/w_(x)", "http://b.example/2"],
        ),
        ("(http://a.example/1)和(http://b.example/2)", ["http://a.example/1", "http://b.example/2"]),
        ("<http://a.example/1><http://b.example/2>", ["http://a.example/1", "http://b.example/2"]),
        ("http://a.example/s?x=1&amp;y=2&#38;z=3", ["http://a.example/s?x=1&y=2&z=3"]),
        ('<a href="http://a.example/s?x=1&amp;y=2">甲</a>', ["http://a.example/s?x=1&y=2"]),
        ('<a href="//a.example/1.html">甲</a>', ["http://a.example/1.html"]),
        ("http://a.example/s?x=1&amp;amp;y=2", ["http://a.example/s?x=1&y=2"]),
        (r'{"url":"http:\/\/a.example\/1.html","n":1}', ["http://a.example/1.html"]),
        ("**http://a.example/1**", ["http://a.example/1"]),
        ('[1]: http://a.example/1 "甲"', ["http://a.example/1"]),
        ("转：NW202606303790000412，快看", ["NW202606303790000412"]),
        ("NW202606303790000412 NW202606303790000413", ["NW202606303790000412", "NW202606303790000413"]),
        (f"NW202606303790000412 {LINK}", [LINK]),
        ("NW202606303790000412345678901", ["NW202606303790000412345678901"]),
        ("202606303790000412", ["202606303790000412"]),
        ("电话 202606303790000412", ["电话 202606303790000412"]),
        ("见 a.example/1 和 http://b.example/2", ["http://a.example/1", "http://b.example/2"]),
        ("//a.example/1", ["http://a.example/1"]),
        (
            "ftp://a.example/x?infoCode=NW202606303790000412",
            ["ftp://a.example/x?infoCode=NW202606303790000412"],
        ),
        ("write to someone@a.example/x", ["write to someone@a.example/x"]),
    ],
)
def test_what_is_pasted_holds_links(line, links):
    assert list(links_in([line])) == links


def test_comments_and_blanks_are_no_links_and_any_other_line_is_kept_to_be_told():
    lines = [
        "# http://a.example",
        "",
        "   ",
        "\u3000",
        "\ufeff# x",
        "#",
        "no link at all",
        "ftp://a.example/x",
    ]
    assert list(links_in(lines)) == ["no link at all", "ftp://a.example/x"]


def test_a_link_that_no_server_takes_is_refused_before_it_is_looked_through():
    with pytest.raises(LinkError, match=r"a link of 9,0.. characters is not followed; 8,000 are the limit"):
        target_of("http://eastmoney.com/" + "eastmoney.com/" * 642)
