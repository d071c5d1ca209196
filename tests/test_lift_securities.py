"""Auto-links become securities; not a character of the text changes."""

import pytest

from pipelines.lift_securities import exchange_of, is_doubtful, kind_of, lift
from pipelines.render_body import text_of
from pipelines.sanitise_html import safe_tree

FIRST = '<span id="stock_{id}"><a href="http://quote.eastmoney.com/unify/r/{id}" class="keytip" data-code="{pair}">{name}</a></span><span id="quote_{id}"></span>'
LATER = '<span web="1" href="http://quote.eastmoney.com/unify/r/{id}" class="em_stock_key_common" data-code="{pair}">{name}</span>'
BOARD = '<span id="bk_{id}"><a href="http://quote.eastmoney.com/unify/r/{id}" class="keytip" data-code="{pair}">{name}</a></span><span id="bkquote_{id}"></span>'
HONG_KONG = '<span id="Info.{id}"><a href="http://quote.eastmoney.com/unify/r/{id}" class="keytip" data-code="{pair}">{name}</a></span>'
GLOSSARY = '<span id="Info.3293"><a href="http://data.eastmoney.com/zlsj/" class="infokey">{name}</a></span>'


def link(shape, identity="", name=""):
    return shape.format(id=identity, pair=identity.replace(".", ","), name=name)


def lifted(html):
    tree = safe_tree(html)
    found = lift(tree)
    return {(one["id"], one["origin"]): one for one in found}, text_of(tree), tree


@pytest.mark.parametrize(
    ("shape", "identity", "name", "kind", "exchange"),
    [
        (FIRST, "0.002999", "晨光股份", "stock", "SZ"),
        (FIRST, "1.600999", "晨光银行", "stock", "SH"),
        (LATER, "106.CGX", "晨光汽车", "stock", "NYSE"),
        (BOARD, "90.BK0999", "新材料", "board", "BOARD"),
        (HONG_KONG, "116.00999", "晨光控股", "stock", "HK"),
        (FIRST, "0.399006", "创业板指", "index", "SZ"),
        (FIRST, "1.510999", "晨光ETF", "fund", "SH"),
        (FIRST, "0.830999", "晨光精工", "stock", "BJ"),
    ],
)
def test_each_family_is_unwrapped_and_lifted(shape, identity, name, kind, exchange):
    found, text, tree = lifted(f"<p>公告显示，{link(shape, identity, name)}今日涨停。</p>")
    one = found[identity, "link"]
    assert (one["name"], one["kind"], one["exchange"], one["mentions"], one["doubtful"]) == (
        name,
        kind,
        exchange,
        1,
        0,
    )
    assert text == f"公告显示，{name}今日涨停。"
    assert not list(tree.iter("span"))


def test_a_glossary_word_is_no_security():
    found, text, _ = lifted(f"<p>多只{link(GLOSSARY, name='基金')}加仓。</p>")
    assert not found
    assert text == "多只基金加仓。"


def test_a_glossary_link_to_an_index_is():
    html = '<p><span id="Info.1"><a href="http://quote.eastmoney.com/unify/r/0.399006" class="infokey">创业板指</a></span>上涨</p>'
    assert lifted(html)[0]["0.399006", "link"]["kind"] == "index"


def test_mentions_are_counted():
    html = f"<p>{link(FIRST, '0.002999', '晨光股份')}公告，{link(LATER, '0.002999', '晨光股份')}复牌。</p>"
    assert lifted(html)[0]["0.002999", "link"]["mentions"] == 2


def test_a_cut_word_is_whole_again_and_doubtful():
    found, text, _ = lifted(f"<p>委员会(C{link(FIRST, '1.600998', 'PPI')}B)披露</p>")
    assert text == "委员会(CPPIB)披露"
    assert found["1.600998", "link"]["doubtful"] == 1


@pytest.mark.parametrize(
    ("before", "name", "after", "doubtful"),
    [
        ("首创", "证券", "分析师认为", True),
        ("（文章来源：中国", "证券", "报）", True),
        ("", "证券", "板块走强", False),
        ("发展", "绿色经济", "是长线目标", True),
        ("据", "晨光股份", "公告", False),
    ],
)
def test_blind_matches(before, name, after, doubtful):
    kind = "board" if name == "证券" else "stock"
    assert is_doubtful(name, kind, before, after) is doubtful


def test_one_sure_mention_is_enough():
    html = (
        f"<p>首创{link(LATER, '90.BK0473', '证券')}分析师说，{link(LATER, '90.BK0473', '证券')}板块走强。</p>"
    )
    one = lifted(html)[0]["90.BK0473", "link"]
    assert (one["mentions"], one["doubtful"]) == (2, 0)


@pytest.mark.parametrize("anchored", [True, False])
def test_a_chart_names_its_security(anchored):
    picture = '<img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.002999&imageType=k&at=1" alt="K图 002999_0" data-code="K 002999|0|2" />'
    if anchored:
        picture = f'<a href="http://quote.eastmoney.com/unify/r/0.002999" data-code="002999|0|2" class="EmImageRemark">{picture}</a>'
    found, _, _ = lifted(
        f"<!-- EM_StockImg_Start --><p>{picture}</p><!-- EM_StockImg_End --><p>{link(FIRST, '0.002999', '晨光股份')}公告</p>"
    )
    chart = found["0.002999", "chart"]
    assert (chart["mentions"], chart["name"], chart["kind"]) == (1, "晨光股份", "stock")


def test_a_chart_behind_another_address():
    html = '<p><img src="http://127.0.0.1:1/img/https/webquoteklinepic.eastmoney.com/GetPic.aspx%3Fnid%3D1.600999%26imageType%3Dk"></p>'
    assert ("1.600999", "chart") in lifted(html)[0]


@pytest.mark.parametrize(
    ("market", "code", "kind"),
    [("90", "BK0473", "board"), ("2", "931234", "index"), ("100", "NDX", "index"), ("1", "000300", "index"), ("0", "159915", "fund"),
     ("0", "000001", "stock"), ("105", "PDD", "stock")],
)  # fmt: skip
def test_kinds(market, code, kind):
    assert kind_of(market, code) == kind


def test_beijing_shares_shenzhens_number():
    assert [exchange_of("0", code) for code in ("430001", "830001", "920001", "300001")] == [
        "BJ",
        "BJ",
        "BJ",
        "SZ",
    ]
