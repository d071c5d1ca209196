"""What lines near a text say of the medium that it is from."""

import pytest

from crawler.extraction.source_labels import find_labelled, find_told

TOLD = [
    ("本文来源于北山统计局", "北山统计局"), ("本文转载自北山晚报", "北山晚报"), ("本文轉載自《北山雜誌》", "北山雜誌"), ("原文刊登於《北山》", "北山"),
    ("本文由《北山周刊》授權轉載", "北山周刊"), ("《北山晚报》（2026年06月30日 09版）", "北山晚报"), ("『北山週刊』2026年7月10日号より", "北山週刊"),
    ("提供：北山新聞", "北山新聞"), ("北山ニュース 配信", "北山ニュース"), ("출처: 북산일보", "북산일보"), ("북산뉴스 제공", "북산뉴스"),
    # Where somebody is, who pays, whose image it is.
    ("来自甘肃", None), ("发表于 生活家", None), ("提供：北山電力", None), ("사진제공: 북산시", None), ("来自北山的客人昨日抵达了山南。", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "medium"), TOLD)
def test_a_line_says_where_a_text_is_from(line, medium):
    assert find_told([line]) == medium


@pytest.mark.parametrize(
    "line",
    [
        "来源丨北山晚报",
        "转自｜北山晚报",
        "原文出处：北山晚报",
        "发布机构：北山晚报",
        "来源：北山晚报微信公众号",
        "来源：“北山晚报”微信公众号",
    ],
)
def test_a_label_names_the_medium(line):
    assert find_labelled([line]) == "北山晚报"


def test_what_others_are_to_print_is_no_source():
    assert find_labelled(["转载时须注明“来源：北山网”或“据北山网报道”。"]) is None
