"""Boilerplate goes into `removals`, the article stays."""

import re

import pytest

from pipelines.boilerplate_matches import LONGEST_PARAGRAPH
from pipelines.read_user_rules import load_rules
from pipelines.render_body import html_of, text_of
from pipelines.sanitise_html import safe_tree
from pipelines.strip_boilerplate import StripBoilerplatePipeline, shows_charts, tidy_digest
from pipelines.strip_tree import MOST_REMOVALS, strip_tree
from pipelines.user_rules import RuleError
from tests.conftest import ROOT

BODY = "<p>　　晨光股份公告，拟投资三亿元。</p><p>分析人士认为，此举有助于扩产。</p>"


def stripped(html):
    tree = safe_tree(html)
    found = strip_tree(tree, "https://finance.example.cn/a/1.html")
    return found, text_of(tree), tree


@pytest.mark.parametrize(
    "line",
    [
        '<p class="em_media">（文章来源：晨光财经）</p>',
        "<p>(文章来源：晨光财经)</p>",
        "<p>文章来源:晨光财经</p>",
        '<p class="em_media">（文章来源：晨光<span id="bk_90.BK0473"><a class="keytip" href="http://q.example/unify/r/90.BK0473">财经</a></span>）</p>',
        "<p>　</p><div>（文章来源：晨光财经）</div>",
    ],
)
def test_the_source_line_is_lifted_whole(line):
    found, text, _ = stripped(BODY + line)
    assert found.publisher == "晨光财经"
    assert "来源" not in text
    assert "扩产" in text
    assert any("晨光财经" in removal["text"] for removal in found.removals)


def test_a_source_named_in_a_sentence_stays():
    found, text, _ = stripped(
        "<p>据文章来源：晨光财经援引知情人士称，谈判仍在继续，双方各执一词。</p>" + BODY
    )
    assert found.publisher is None
    assert "知情人士" in text


def test_risk_note_of_a_report_stays():
    html = f"{BODY}<p>风险提示：原材料价格大幅波动；下游需求不及预期。</p><p>（文章来源：晨光财经）</p>"
    assert "风险提示" in stripped(html)[1]


def test_investment_advice_in_the_middle_cuts_nothing():
    html = "<p>该报告写道：以上内容不构成投资建议，但市场反应强烈，成交额当日翻了一番。</p>" + BODY * 6
    found, text, _ = stripped(html)
    assert found.removals == []
    assert text.count("扩产") == 6


def test_notes_at_the_end_go_one_by_one():
    html = (
        f"{BODY}<p>(声明：文章内容仅供参考，不构成投资建议。投资者据此操作，风险自担。)</p>"
        "<p>郑重声明：晨光财经发布此内容旨在传播更多信息，与本站立场无关。</p>"
        "<p>（责任编辑：王小明）</p>"
    )
    found, text, _ = stripped(html)
    assert [removal["rule"] for removal in found.removals] == ["author_note", "disclaimer", "editor_line"]
    assert found.editors == ["王小明"]
    assert text.endswith("扩产。")


def test_a_note_behind_a_sentence_leaves_the_sentence():
    found, text, _ = stripped(BODY + "<p>公司称将按期完工。（声明：内容仅供参考，不构成投资建议。）</p>")
    assert text.endswith("公司称将按期完工。")
    assert found.removals[0]["rule"] == "author_note"


def test_related_links_are_lifted():
    html = (
        f"{BODY}<p>相关报道</p><p>　　<a href='/a/202602203000000009.html'>三家公司公告</a></p>"
        "<p>　　<a href='https://finance.example.cn/news/1354,202602203000000010.html'>央行开展逆回购</a></p>"
    )
    found, text, _ = stripped(html)
    assert [link["url"] for link in found.related] == [
        "https://finance.example.cn/a/202602203000000009.html",
        "https://finance.example.cn/news/1354,202602203000000010.html",
    ]
    assert {link["kind"] for link in found.related} == {"related"}
    assert "三家公司公告" not in text


def test_a_link_to_another_article_stays_and_is_kept():
    found, text, tree = stripped(
        "<p>详见（<a href='https://f.example/a/202602203000000009.html'>报告全文</a>）</p>" + BODY
    )
    assert found.related == [
        {"url": "https://f.example/a/202602203000000009.html", "text": "报告全文", "kind": "body"}
    ]
    assert "报告全文" in text
    assert "<a href" in html_of(tree)


def test_an_article_of_nothing_but_boilerplate_words_keeps_its_text():
    _, text, _ = stripped("<p>市场有风险，投资需谨慎。</p>")
    assert text == "市场有风险，投资需谨慎。"


def test_the_code_beside_a_line_that_says_scan_goes_with_it():
    html = f"{BODY}<center><img src='https://p.example/qr.png'></center><p>长按识别二维码，关注晨光财经</p>"
    found, _, tree = stripped(html)
    assert tree.find(".//img") is None
    assert len(found.removals) == 2


def test_the_ledger_is_in_reading_order():
    html = (
        '<p style="display:none"> </p><p class="zwothers">（原标题：旧题）</p>'
        + BODY
        + "<p>（文章来源：晨光财经）</p>"
    )
    found, _, _ = stripped(html)
    assert [(r["position"], r["rule"]) for r in found.removals] == [
        (1, "hidden"), (2, "original_title"), (3, "source_line"),
    ]  # fmt: skip
    assert found.alternative_headline == "旧题"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>晨光财经记者 王小明</p>", ["王小明"]),
        ("<p>作者：王小明、李晓红</p>", ["王小明", "李晓红"]),
        ("<p>文/王小明</p>", ["王小明"]),
        ("<p>记者 了解到</p>", []),
        ("<p>记者从多家银行获悉，利率将下调。</p>", []),
    ],
)
def test_bylines(line, names):
    found, _, _ = stripped(line + BODY)
    assert found.authors == names


@pytest.mark.parametrize(
    ("digest", "text", "source"),
    [
        ("【题】正文一句。（晨光财经）", "正文一句。", "晨光财经"),
        ("正文【注】一句。", "正文【注】一句。", None),
        ("公司(002752)公告。", "公司(002752)公告。", None),
        ("同比增长三成（未经审计）", "同比增长三成（未经审计）", None),
        ("【只有题】", None, None),
    ],
)
def test_digests(digest, text, source):
    assert tidy_digest(digest) == (text, source)


def test_the_pipeline_leaves_other_items_alone():
    class Stats:
        def inc_value(self, name):
            raise AssertionError(name)

    item = {"link": "http://a.example/", "outcome": "gone"}
    assert StripBoilerplatePipeline(Stats()).process_item(item) is item


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="DISPLAY: NONE">暗文</p>',
        "<p style='Visibility : Hidden'>暗文</p>",
        "<div hidden><p>暗文</p></div>",
        '<p style="display:none !important">暗文</p>',
    ],
)
def test_what_a_reader_does_not_see_goes_however_it_is_hidden(hidden):
    found, text, _ = stripped(BODY + hidden)
    assert "暗文" not in text
    assert [removal["rule"] for removal in found.removals] == ["hidden"]


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("（文章来源：晨光财经）", "晨光财经"),
        ("<br>（文章来源：晨光财经）", "晨光财经"),
        ("<p>(文章来源：晨光财经（北京）)</p>", "晨光财经（北京）"),
        ("<p>（文章來源：晨光財經）</p>", "晨光財經"),
        ("<p>另有说明。（文章来源：晨光财经）</p>", "晨光财经"),
        ("<p>（来源：晨光财经）</p>", "晨光财经"),
    ],
)
def test_a_source_line_is_lifted_from_wherever_it_ends_the_text(line, publisher):
    found, text, _ = stripped(BODY + line)
    assert found.publisher == publisher
    assert "晨光财" not in text
    assert text.startswith("晨光股份公告，拟投资三亿元。\n分析人士认为，此举有助于扩产。")


def test_a_body_of_loose_lines_keeps_them_all():
    html = "晨光股份公告，拟投资三亿元。<br>记者从公司获悉，<b>此举</b>有助于扩产。<br>（文章来源：晨光财经）"
    found, text, _ = stripped(html)
    assert text == "晨光股份公告，拟投资三亿元。\n记者从公司获悉，此举有助于扩产。"
    assert found.publisher == "晨光财经"


@pytest.mark.parametrize(
    ("line", "editors", "authors"),
    [
        ("编辑：王小明 校对：李晓红", ["王小明"], []),
        ("晨光财经记者 王小明 编辑 李晓红 校对 赵晓", ["李晓红"], ["王小明"]),
        ("责任编辑 王小明", ["王小明"], []),
        ("（责任编辑：DF070）", ["DF070"], []),
    ],
)
def test_who_is_named_for_what(line, editors, authors):
    found, text, _ = stripped(f"{BODY}<p>{line}</p>")
    assert (found.editors, found.authors) == (editors, authors)
    assert text.endswith("扩产。")


def test_an_author_is_not_what_he_is():
    found, _, _ = stripped(f"<p>（作者：王小明，系晨光大学教授）</p>{BODY}")
    assert found.authors == ["王小明"]


def test_a_disclaimer_goes_to_its_end_and_no_further_back():
    html = f"{BODY}<p>风险提示及免责条款</p><p>市场有风险，投资需谨慎。本文不构成个人投资建议，也未考虑到个别用户的需要。</p>"
    found, text, _ = stripped(html)
    assert text.endswith("扩产。")
    assert len(found.removals) == 2


def test_links_on_the_line_of_their_heading_are_lifted():
    found, text, _ = stripped(f"{BODY}<p>相关报道：<a href='/a/202602203000000009.html'>三家公司公告</a></p>")
    assert [(link["text"], link["kind"]) for link in found.related] == [("三家公司公告", "related")]
    assert text.endswith("扩产。")


@pytest.mark.parametrize(
    "line",
    [
        "特别提醒：本次发行不构成重大资产重组。",
        "郑重声明：本公司从未授权任何机构开展投资建议业务。",
        "声明：公司将起诉。如有侵权，公司将追究责任。",
        "编辑：这一职业正在改变。",
        "主编：王某涉嫌违纪",
        "审核：通过率为八成",
        "他说，在东方财富看资讯行情的人不少。",
        "打开微信，发现余额不足。",
        "仅供参考，不构成投资建议的提示应置于显著位置。",
        "（来源：国家统计局，数据截至三月）",
    ],
)
@pytest.mark.parametrize("at", ["start", "end"])
def test_what_only_begins_like_boilerplate_stays(line, at):
    html = f"<p>{line}</p>{BODY}" if at == "start" else f"{BODY}<p>{line}</p>"
    found, text, _ = stripped(html)
    assert line in text
    assert found.removals == []


@pytest.mark.parametrize("tail", ["（记者 王小明）", "（截至3月1日）", "（见图）"])
def test_a_digest_s_tail_that_is_no_medium_is_none(tail):
    assert tidy_digest(f"公司公告，拟分红。{tail}") == (f"公司公告，拟分红。{tail}", None)


def test_an_article_of_nothing_but_boilerplate_keeps_its_last_words():
    tree = safe_tree("<p>责任编辑：王小明</p><p>未经授权，不得转载</p>")
    assert strip_tree(tree).removals == []
    assert "".join(tree.itertext()) == "责任编辑：王小明未经授权，不得转载"


def test_boilerplate_beside_an_image_goes_all():
    tree = safe_tree(
        '<p><img src="https://i.example/1.jpg"></p><p>责任编辑：王小明</p><p>未经授权，不得转载</p>'
    )
    assert [removal["rule"] for removal in strip_tree(tree).removals] == ["editor_line", "copyright"]
    assert "".join(tree.itertext()) == ""


def test_boilerplate_beside_one_paragraph_goes_all():
    tree = safe_tree("<p>央行开展逆回购。</p><p>责任编辑：王小明</p>")
    assert [removal["rule"] for removal in strip_tree(tree).removals] == ["editor_line"]


def test_an_element_goes_by_its_own_hint_whatever_the_others_find():
    html = (
        BODY
        + '<p><a href="https://acttg.eastmoney.com/pub/x">开户领红包</a></p><p><a href="/">返回某网首页>></a></p>'
    )
    tree = safe_tree(html)
    found = strip_tree(tree, None, html)
    assert [removal["rule"] for removal in found.removals] == ["advert_link", "home_link"]
    assert "红包" not in text_of(tree)


@pytest.mark.parametrize(
    ("reading", "shown"),
    [
        (None, True),
        ({}, True),
        ({"captures": ["c"]}, False),
        ({"captures": ["c"], "images": [(1, 2, 3, 4)]}, False),
        ({"captures": ["c"], "images": [(1, 2, 3, 4), (1, 2, 3, 4, 5)]}, True),
    ],
)
def test_charts_are_shown_where_they_were_fetched(reading, shown):
    assert shows_charts({"reading": reading}) == shown


def test_a_rule_of_the_users_takes_paragraphs_but_never_all_of_them(tmp_path):
    (tmp_path / "rules.toml").write_text(
        '[promotion]\npattern = "更多内容.{0,20}"\ndrops = "<p>更多内容请下载客户端</p>"\nkeeps = "<p>内容更多</p>"\n'
    )
    own = load_rules(tmp_path / "rules.toml").of("web", None)
    promotion = "<p>更多内容请下载客户端</p>"
    for html, count in ((BODY + promotion, 1), (promotion, 0), (promotion * 3, 0)):
        tree = safe_tree(html)
        assert len(strip_tree(tree, None, html, own).removals) == count
        assert text_of(tree)


def test_the_rules_that_the_documentation_shows_are_accepted(tmp_path):
    shown = (ROOT / "docs/archive.md").read_text(encoding="utf-8").split("```toml\n")[1].partition("```")[0]
    (tmp_path / "rules.toml").write_text(shown, encoding="utf-8")
    assert [rule.rule.name for rule in load_rules(tmp_path / "rules.toml").rules] == ["house_app", "sponsor"]


EXAMPLES = "drops = '<p>aaa</p>'\nkeeps = '<p>b</p>'"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("pattern = '(a+)+$'", "takes more than 0.2 s for 'aaaaaaaaaaaaaaaaaaaa'"),
        ("pattern = '(?:a|a)*x'", "takes more than 0.2 s"),
        ("pattern = 'a*a*a*a*x'", "takes more than 0.2 s"),
        ("pattern = 'a{99999999999}'", "not a regular expression: the repetition number is too large"),
        (f"pattern = '{'(' * 5_000}{')' * 5_000}'", "not a regular expression: maximum recursion depth"),
        (f"selector = '{'div ' * 3_000}'", "not a CSS selector"),
        ("selector = '::before'", "not a CSS selector"),
        ("selector = '//foo:p'", "not XPath: Undefined namespace prefix"),
        ("selector = './/p[nope()]'", "not XPath: Unregistered function"),
    ],
)
def test_rules_of_the_users_that_cannot_be_used_are_refused(tmp_path, keys, problem):
    (tmp_path / "rules.toml").write_text(f"[own]\n{keys}\n{EXAMPLES}")
    with pytest.raises(RuleError, match=re.escape(problem)):
        load_rules(tmp_path / "rules.toml")


@pytest.mark.parametrize("pattern", ["a+", ".{0,40}a.*a.*", "(?:[^。]{0,30}a){1,3}"])
def test_rules_of_the_users_whose_time_does_not_explode_are_taken(tmp_path, pattern):
    (tmp_path / "rules.toml").write_text(f"[own]\npattern = '{pattern}'\n{EXAMPLES}")
    assert load_rules(tmp_path / "rules.toml")


ADVERT = '<p class="em_xuangu">一键选股</p>'
EDITOR = "<p>（责任编辑：李四）</p>"


@pytest.mark.parametrize(
    ("html", "rules"),
    [
        (f"{EDITOR}{BODY}{ADVERT}", ["editor_line", "advert"]),
        (f"{ADVERT}{BODY}{EDITOR}", ["advert", "editor_line"]),
        (f"{EDITOR}{BODY}<p style='display:none'>甲</p>{ADVERT}", ["editor_line", "hidden", "advert"]),
    ],
)
def test_removals_are_numbered_as_they_stood_whatever_rule_took_them(html, rules):
    found, text, _ = stripped(html)
    assert [(removal["position"], removal["rule"]) for removal in found.removals] == list(enumerate(rules, 1))
    assert text == text_of(safe_tree(BODY))


def test_a_rule_that_is_spared_takes_nothing():
    tree = safe_tree(f"{BODY}{ADVERT}{EDITOR}")
    found = strip_tree(tree, "https://finance.example.cn/a/1.html", spared=frozenset({"advert"}))
    assert [removal["rule"] for removal in found.removals] == ["editor_line"]
    assert "一键选股" in text_of(tree)


def test_no_more_than_so_many_fragments_are_taken_out_of_one_article():
    found, text, _ = stripped(BODY + ADVERT * (MOST_REMOVALS + 2))
    assert [removal["rule"] for removal in found.removals] == ["advert"] * MOST_REMOVALS + ["too_many"]
    assert found.removals[-1]["text"] == "2 further fragments were left in the text"
    assert text.count("一键选股") == 2


@pytest.mark.parametrize(("length", "goes"), [(LONGEST_PARAGRAPH, True), (LONGEST_PARAGRAPH + 1, False)])
def test_a_rule_of_the_users_takes_a_paragraph_up_to_a_length(tmp_path, length, goes):
    (tmp_path / "rules.toml").write_text(f"[own]\npattern = 'a+'\n{EXAMPLES}")
    tree = safe_tree(f"{BODY}<p>{'a' * length}</p>")
    found = strip_tree(tree, None, own=load_rules(tmp_path / "rules.toml").rules)
    assert [removal["rule"] for removal in found.removals] == ["own"] * goes


def test_links_to_other_articles_are_kept_and_no_others():
    found, _, _ = stripped(
        BODY
        + "<p>见<a href='/a/202201012345678901.html'>前文</a>与<a>此处</a>，<a href='/about'>关于</a>。</p>"
    )
    assert [(link["url"], link["text"], link["kind"]) for link in found.related] == [
        ("https://finance.example.cn/a/202201012345678901.html", "前文", "body")
    ]
