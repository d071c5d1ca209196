"""How Korean papers and broadcasters name their writers."""

import pytest

from crawler.extraction.byline_lines import find_in_first_line, find_in_near_line, fold_text
from crawler.extraction.korean_bylines import korean_tail

NEAR = ["김도윤 대기자", "김도윤 경제부장", "기자명 김도윤", "작성자 김도윤", "글/김도윤", "by 김도윤", "김도윤 에디터", "김도윤(산남대 교수)", "김도윤 yun@sannam.example", "산남뉴스ㅣ김도윤 기자"]  # fmt: skip
FIRST = ["[산남스포츠ㅣ김도윤 기자] 어제", "[산남스포츠 김도윤] 어제", "(산남=산남뉴스) 김도윤 기자 = 어제"]
LAST = ["산남뉴스 김도윤입니다.", "지금까지 산남에서 SNB 김도윤입니다. (yun@sannam.example)", "<김도윤 기자>", "김도윤(yun@sannam.example)"]  # fmt: skip


@pytest.mark.parametrize("line", NEAR)
def test_a_line_below_the_headline_names_the_writer(line):
    assert find_in_near_line(fold_text(line), None) == ["김도윤"]


@pytest.mark.parametrize("line", FIRST)
def test_a_text_begins_with_its_writer(line):
    assert find_in_first_line(fold_text(line)) == ["김도윤"]


@pytest.mark.parametrize("line", LAST)
def test_a_text_ends_with_its_writer(line):
    assert korean_tail(line) == ["김도윤"]


def test_a_name_of_two_syllables_is_written_apart():
    assert find_in_first_line("(산남=산남뉴스) 김 윤 기자 = 어제") == ["김윤"]


@pytest.mark.parametrize("line", ["사진=김도윤 기자", "[사진=김도윤]", "산남시 대표입니다.", "온라인뉴스팀"])
def test_other_lines_name_nobody(line):
    assert korean_tail(line) == []
