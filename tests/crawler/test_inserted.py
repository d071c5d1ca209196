"""What pages insert between the paragraphs of a text and put behind it, in Chinese, Japanese and Korean, is no part of it."""

import pytest

from tests.crawler.test_not_articles import read
from tests.websites import PARAGRAPHS, news_page


def lines_of(page: bytes) -> list[str]:
    return read(page)["body_text"].split("\n")


def amid(markup: str) -> bytes:
    """An article with *markup* in the middle of its text."""
    end = f"<p>{PARAGRAPHS[1]}</p>".encode()
    return news_page().replace(end, end + markup.encode())


@pytest.mark.parametrize(
    "markup",
    [
        "<div><div>訂閱《早安》電子報 每天三分鐘</div><div><input type=text><div>請輸入正確的電子信箱格式</div></div><a href='javascript:'>訂閱</a></div>",
        "<div><ul><li><a href='javascript:share()'>facebook</a></li></ul></div>",
        "<blockquote><p>この投稿をInstagramで見る</p><p>山田太郎(@taro)がシェアした投稿</p></blockquote>",
        "<p>This content is imported from Instagram. You may be able to find it in another format.</p><p>View this post on Instagram</p>",
        "<p>跳过 Instagram 帖子</p><p>允许Instagram内容</p><p>结尾 Instagram 帖子</p>",
        "<p>[廣告]請繼續往下閱讀...</p>",
        "<div><div>林金富</div><a href='/news/1'>山南三座水庫月底蓄滿</a><a href='/news/2'>山南港吞吐量連三月增加</a></div>",
    ],
)
def test_what_is_inserted_goes(markup):
    assert lines_of(amid(markup)) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>收看更多文章，請訂閱山南新聞的專頁：</p>",
        "<p>▸ <a href='/a/1'>山南三座水庫月底蓄滿</a></p><p>▸ <a href='/a/2'>山南港吞吐量連三月增加</a></p>",
        "<p>更多相關消息</p><p><a href='/a/1'>山南三座水庫月底蓄滿</a> <a href='/a/2'>山南港吞吐量連三月增加</a></p>",
    ],
)
def test_what_leads_on_behind_a_text_goes(markup):
    assert lines_of(news_page(behind=markup).replace("（责任编辑：李四）".encode(), b"")) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "▼関連記事はこちら", "この記事の写真を見る（全3枚）", "※画像はイメージです", "※この記事は2026年6月30日に配信されたものです。", "提供元：山南通信",
        "☞ 공식 유튜브 채널 바로가기", "이 기사는 산남뉴스와 제휴한 기사입니다.", "[관련기사] 배터리 가격 하락",
        "點我訂閱電子報", "看更多：儲能電站的故事", "原文網址：儲能電站併網", "未滿18歲禁止飲酒", "圖片來源：山南電力", "撰稿人簡介", "返回首页查看更多",
        "初审：王小明 复审：李思远 终审：张大海", "延伸閱讀：山南大橋通車", "首圖來源：山南電力", "この記事の画像（5枚）", "みんなのコメント", "이전기사", "김도윤 기자의 다른 기사",
    ],
)  # fmt: skip
def test_what_sites_say_behind_a_text_goes(line):
    page = news_page(paragraphs=(*PARAGRAPHS, line)).replace("（责任编辑：李四）".encode(), b"")
    assert lines_of(page) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "市政府表示，將於下月公布結果。",
        "多家机构关注储能",
        "联系电话：010-00000000",
        "다음 달에는 3기 계획도 나올 전망이다.",
    ],
)
def test_last_lines_of_a_text_stay(line):
    page = news_page(paragraphs=(*PARAGRAPHS, line)).replace("（责任编辑：李四）".encode(), b"")
    assert lines_of(page) == [*PARAGRAPHS, line]


def test_the_lines_of_links_of_a_digest_stay():
    items = [f"山南港第{n}期通航，吞吐量增加" for n in range(12)]
    page = news_page(paragraphs=tuple(f"{one}。<a href='/a/{n}'>港口</a>" for n, one in enumerate(items)))
    assert lines_of(page) == [f"{one}。港口" for one in items]


def test_labels_under_a_standfirst_go():
    first = f"<p>{PARAGRAPHS[0]}</p>".encode()
    labels = "<p>發表時間： 01/09/2023 - 09:49</p><p>11 分鐘</p><p>作者： 香港特約記者 麥燕庭</p>"
    assert lines_of(news_page().replace(first, first + labels.encode())) == list(PARAGRAPHS)


def test_labels_for_readers_who_hear_an_image_go():
    figure = "<figure><img src='/i/1.jpg' width=640 height=480><p><span>图像来源，</span>王小明</p><figcaption><span>图像加注文字，</span>山南港的清晨</figcaption></figure>"
    found = read(amid(figure))
    assert "图像" not in found["body_html"]
    assert "山南港的清晨" in found["body_html"]


def test_a_heading_goes_without_the_sites_name():
    head = "<meta property='og:site_name' content='山南新闻'>"
    page = news_page("山南储能电站一期并网 - 山南新闻", head=head)
    assert read(page)["headline"] == "山南储能电站一期并网"


def blog(behind: str, record: str = "") -> dict:
    page = news_page(source="").replace("<span>来源：</span> <span>记者 王小明</span>".encode(), b"")
    page = page.replace(b"</head>", f"{record}</head>".encode())
    return read(
        page.replace(b"<div class='list'>", f"{behind}<div class='list'>".encode()),
        "https://a.myblog.example/entry/4711",
    )


@pytest.mark.parametrize(
    ("behind", "record"),
    [
        ("<div>by juju_mac | 2026-06-30 15:20 | Comments(0)</div>", ""),
        (
            "<footer><span class='author vcard'><span class=fn><b>juju_mac</b> (id:juju)</span></span></footer>",
            "",
        ),
        (
            "",
            '<script type="application/ld+json">{"@type":"BlogPosting","author":{"@type":"Person","name":"juju_mac"}}</script>',
        ),
    ],
)
def test_a_blogger_is_named_behind_the_text(behind, record):
    assert blog(behind, record)["authors"] == ["juju_mac"]


def test_several_writers_in_boxes_of_their_own_are_all_named():
    record = '<script type="application/ld+json">{"@type":"NewsArticle","author":[{"@type":"Person","name":"Sato Futo,Okada Moto"}]}</script>'
    box = "<div class=author><a href='/authors/1'>Sato Futo</a></div>"
    page = news_page(head=record).replace("<span>记者 王小明</span>".encode(), box.encode())
    assert read(page)["authors"] == ["Sato Futo", "Okada Moto"]


def test_a_medium_behind_a_label_is_no_writer():
    page = news_page(paragraphs=("文／CTWANT", *PARAGRAPHS)).replace("<span>记者 王小明</span>".encode(), b"")
    assert read(page)["authors"] == []


def test_articles_behind_the_own_one_go_with_their_headlines():
    page = news_page().replace(b"<h1>", b"<div><div><h1 class=title>").replace(b"</h1>", b"</h1>", 1)
    other = "<div><h1 class=title>山南三座水库月底蓄满</h1><p>2026-06-29 08:10</p><p>{}</p></div>".format(
        "山南水务部门昨日表示，三座水库的蓄水量均已达到设计库容。" * 30
    )
    page = page.replace(b"<div class='footer'>", f"</div></div>{other}<div class='footer'>".encode())
    assert lines_of(page) == list(PARAGRAPHS)


def test_a_text_whose_summary_stands_apart_is_found_among_cards():
    cards = "".join(
        f"<p>{line}</p><div><a href='/shop/{n}'>山南饭店</a><a href='/shop/{n}'>山南市山北区三里桥十六号附近</a></div>"
        * 3
        for n, line in enumerate(PARAGRAPHS)
    )
    page = (
        "<html><head><meta charset=utf-8><title>一月吃遍山南_山南新闻网</title></head><body><h1>一月吃遍山南</h1><div><span>2026-06-30 15:20</span></div>"
        f"<div class=summary><p>编辑部的同事用一个月走遍了山南的饭店，并记下了账单。</p></div><div><a href='/1'>上一篇</a></div><div class=entry-content>{cards}</div></body></html>"
    )
    assert set(PARAGRAPHS) <= set(lines_of(page.encode()))
