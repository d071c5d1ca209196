"""Chinese writers as records state them, and as pages print them on lines of their own."""

import pytest

from crawler.extraction.chinese_bylines import persons_in_record
from tests.crawler.test_not_articles import read

TEXT = (
    "山南市储能电站一期工程昨日并网，装机容量为二十万千瓦，由当地两家企业共同投资。",
    "项目负责人在现场表示，二期工程计划于明年春天开工，届时总投资将超过十亿元。",
    "截至上月底，全省已投运的储能电站共有三十一座，比去年同期增加了十二座。",
)
BOTH, ONE, NOBODY = ["赵文清", "林美玉"], ["赵文清"], []
RECORDS = [
    ("赵文清 林美玉", BOTH), ("赵文清;林美玉", BOTH), ("記者赵文清、實習記者林美玉", BOTH), ("編譯赵文清、記者林美玉／綜合報導", BOTH),
    ("记者赵文清 通讯员林美玉", BOTH), ("赵文清、林美玉／台北報導", BOTH), ("山南日报记者 赵文清", ONE), ("本報記者 赵文清", ONE),
    ("首席记者赵文清", ONE), ("赵文清（记者）", ONE), ("財經中心／赵文清報導", ONE), ("赵文清 山南报道", ONE), ("赵文清/文", ONE),
    ("赵文清 文／林美玉 圖", ONE), ("文/赵文清 图/林美玉", ONE), ("赵文清 编辑 林美玉", ONE), ("见习记者赵文清 编辑林美玉", ONE),
    ("责编：林美玉", NOBODY), ("責任編輯林美玉", NOBODY), ("地方中心／綜合報導", None), ("山南发布", None), ("Zhao Wenqing", None),
]  # fmt: skip
LINES = [
    "编译赵文清、记者林美玉／综合报道",
    "□ 赵文清 林美玉",
    "赵文清、林美玉/文",
    "文｜赵文清、林美玉",
    "撰文：赵文清 林美玉 编辑：王五",
    "社會中心記者赵文清／林美玉報導",
    "（中央社記者赵文清、林美玉台北14日電）",
    "【山南健康 赵文清、林美玉／台北報導】",
    "赵文清、林美玉｜文",
]


def page(first: str = "", last: str = "") -> bytes:
    text = "".join(f"<p>{line}</p>" for line in (first, *TEXT, last) if line)
    return (
        "<html><head><meta charset=utf-8><title>山南储能电站一期并网_山南新闻网</title></head><body><h1>山南储能电站一期并网</h1>"
        f"<div><span>2026-06-30 15:20</span></div><div class=content>{text}</div></body></html>"
    ).encode()


@pytest.mark.parametrize(("text", "persons"), RECORDS)
def test_a_record_names_writers_and_what_they_do(text, persons):
    assert persons_in_record(text) == persons


@pytest.mark.parametrize("line", LINES)
def test_a_first_line_names_writers(line):
    assert read(page(first=line))["authors"] == BOTH


ALONE = ["文・赵文清 圖・林美玉", "撰文‧赵文清／攝影‧林美玉", "作者：山南大学经济学院赵文清", "編輯 赵文清 台北報導", "赵文清｜财经记者", "整理／赵文清", "（山南新聞／赵文清 綜合報導）"]  # fmt: skip


@pytest.mark.parametrize("line", ALONE)
def test_a_line_names_one_writer(line):
    assert read(page(first=line))["authors"] == ONE


def test_who_reported_elsewhere_is_no_writer_and_a_pen_name_in_brackets_is():
    assert read(page(first=f"据北山电视台记者赵文清报道，{TEXT[0]}"))["authors"] == NOBODY
    assert read(page(first=f"山南网讯（编译/Rita）{TEXT[0]}"))["authors"] == ["Rita"]


def test_a_pen_name_that_the_record_states_as_a_persons_is_the_writers():
    record = b'<div itemprop=author itemscope itemtype="http://schema.org/Person"><meta itemprop=name content="{}"></div>'
    named = page().replace(b"<h1>", record.replace(b"{}", "远山".encode()) + b"<h1>")
    assert read(named)["authors"] == ["远山"]
    assert read(named.replace("远山".encode(), "财经频道".encode()))["authors"] == NOBODY


def test_names_in_brackets_sign_a_text_on_a_line_of_their_own():
    assert read(page(last="（赵文清 林美玉）"))["authors"] == BOTH
    assert read(page(last="（完）"))["authors"] == []


@pytest.mark.parametrize("line", ["查看全文", "查看原文", "作文", "文 · 图"])
def test_words_that_end_in_text_name_nobody(line):
    assert read(page(last=line))["authors"] == []


ABOUT = ["（作者系山南大学教授赵文清）", "（本文作者為山南研究院院長赵文清）", "（本文作者为山南证券首席经济学家赵文清）", "作者赵文清為山南大學教授"
]  # fmt: skip


@pytest.mark.parametrize("last", ABOUT)
def test_who_wrote_a_text_is_said_behind_it(last):
    assert read(page(last=last))["authors"] == ONE


@pytest.mark.parametrize("line", ["編輯 赵文清 報導", "□ 赵文清", "赵文清/文"])
def test_a_byline_may_stand_on_the_line_of_the_time(line):
    assert (
        read(page().replace(b"15:20</span>", f"15:20</span> <span>{line}</span>".encode()))["authors"] == ONE
    )
