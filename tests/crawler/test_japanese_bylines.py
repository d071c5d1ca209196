"""Writers of Japanese pages: in credits, beside what they are, at the ends of a text, behind it and in the metadata."""

import pytest

from tests.crawler.test_not_articles import read

TEXT = (
    "山南市の蓄電所の第１期工事が昨日、送電網に接続された。設備容量は20万キロワットで、地元の２社が共同で出資した。",
    "事業の責任者は現場で、第２期の着工は来年の春になり、投資の総額は100億円を超えると述べた。",
    "業界では、電池の価格が下がったことで、蓄電所の回収期間は８年を下回ったとみている。",
    "先月末までに県内で運転を始めた蓄電所は31か所で、前年の同じ時期より12か所多い。",
)
YAMADA, SUZUKI = "山田太郎", "鈴木花子"


def writers(
    *, head: str = "", near: str = "", first: str = "", last: str = "", behind: str = ""
) -> list[str]:
    """The writers of a page with *near* beside the time, *first* and *last* at the ends of its text."""
    text = "".join(f"<p>{line}</p>" for line in (first, *TEXT, last) if line)
    page = (
        f"<!DOCTYPE html><html lang=ja><head><meta charset='utf-8'><title>蓄電所が送電を開始 | 山南新聞オンライン</title>{head}</head>"
        f"<body><article><h1>蓄電所が送電を開始</h1><div><time>2026年6月30日 15:20</time> {near}</div><div class='content'>{text}</div>"
        f"{behind}</article><footer>© 山南新聞社</footer></body></html>"
    )
    return [name.replace(" ", "") for name in read(page.encode())["authors"]]


@pytest.mark.parametrize(
    ("near", "names"),
    [
        ("<p>取材・文=山田太郎、写真=鈴木花子</p>", [YAMADA]),
        ("<p>Text by 山田太郎 / Photo by 鈴木花子</p>", [YAMADA]),
        ("<p>構成／山田太郎 撮影／鈴木花子</p>", [YAMADA]),
        ("<p>山田 太郎 ｜ 山南新聞 編集委員</p>", [YAMADA]),
        ("<p>寄稿：山田太郎（山南大学教授）</p>", [YAMADA]),
        ("<p>山田太郎=山南支局</p>", [YAMADA]),
        ("<p>山田太郎</p><p>経済ジャーナリスト</p>", [YAMADA]),
        ("<p>【山田太郎】</p>", [YAMADA]),
        ("<p>投稿者: yamada_t</p>", ["yamada_t"]),
        ("<p>翻訳：鈴木花子</p>", []),
        ("<p>監修：鈴木花子</p>", []),
        ("<p>山南新聞編集部</p>", []),
    ],
)
def test_writers_below_the_headline(near, names):
    assert writers(near=near) == names


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("山田太郎、鈴木花子", [YAMADA, SUZUKI]),
        ("経済部・山田太郎", [YAMADA]),
        ("ライター 山田太郎", [YAMADA]),
        ("山田太郎（山南新聞）", [YAMADA]),
        ("山南新聞社", []),
    ],
)
def test_writers_in_the_metadata(stated, names):
    assert writers(head=f'<meta name="author" content="{stated}">') == names


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("【ニューヨーク＝山田太郎、鈴木花子】山南市は蓄電所の計画を発表した。", [YAMADA, SUZUKI]),
        ("【北京・山田太郎】山南市は蓄電所の計画を発表した。", [YAMADA]),
        ("【山田太郎】山南市は蓄電所の計画を発表した。", [YAMADA]),
        ("【山南共同】山南市は蓄電所の計画を発表した。", []),
    ],
)
def test_writers_at_the_head_of_a_text(first, names):
    assert writers(first=first) == names


@pytest.mark.parametrize(
    ("last", "names"),
    [
        ("（文・山田太郎、写真・鈴木花子）", [YAMADA]),
        ("第３期の計画も示される見通しだ。＝山田太郎", [YAMADA]),
        ("（写真・鈴木花子）", []),
        ("（敬称略）", []),
    ],
)
def test_writers_at_the_end_of_a_text(last, names):
    assert writers(last=last) == names


@pytest.mark.parametrize(
    "behind",
    [
        "<p>文／山田太郎</p>",
        "<div><h3>この記事を書いた人</h3><p>山田太郎</p></div>",
        "<h3>筆者プロフィール</h3><p>山田太郎（やまだ・たろう）</p><p>1980年生まれ。山南大学卒。</p>",
        "<div><p>山田太郎</p><p>経済部記者。2014年入社。</p></div>",
    ],
)
def test_writers_behind_a_text(behind):
    assert writers(behind=behind) == [YAMADA]
