"""Auto-links become securities; not a character of the text changes."""

import pytest

from pipelines.doubtful_links import is_doubtful
from pipelines.lift_securities import exchange_of, kind_of, lift, text_after, text_before
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


@pytest.mark.parametrize(
    ("html", "identity", "kind"),
    [
        (
            '<span id="stock_NASDAQ_CGA7"><a class="keytip" href="http://quote.eastmoney.com/us/CGA.html?Market=NASDAQ">晨光股份</a></span><span id="quote_CGA7"></span>',
            "105.CGA",
            "stock",
        ),
        ('<span id="stock_NYSE_CGB7">晨光股份</span><span id="quote_CGB7"></span>', "106.CGB", "stock"),
        ('<span id="Info.116.00999">晨光股份</span>', "116.00999", "stock"),
        ('<span id="stock_0.300999">晨光股份</span>', "0.300999", "stock"),
        (
            '<span id="stock_3009992"><a class="keytip" href="http://quote.eastmoney.com/SZ300999.html">晨光股份</a></span>',
            "0.300999",
            "stock",
        ),
        (
            '<span id="stock_3950312"><a class="keytip" href="http://quote.eastmoney.com/ZS395031.html">晨光股份</a></span>',
            "0.395031",
            "index",
        ),
        (
            '<span id="stock_5013001"><a class="keytip" href="http://fund.eastmoney.com/501300.html">晨光股份</a></span>',
            "1.501300",
            "fund",
        ),
    ],
)
def test_links_of_2016_to_2019_are_known_by_address_or_id(html, identity, kind):
    found, text, tree = lifted(f"<p>公告显示，{html}今日涨停。</p>")
    assert list(found) == [(identity, "link")]
    one = found[identity, "link"]
    assert (one["name"], one["kind"], one["mentions"]) == ("晨光股份", kind, 1)
    assert text == "公告显示，晨光股份今日涨停。"
    assert not list(tree.iter("span", "a"))


def test_a_quote_that_links_elsewhere_goes_with_its_holder():
    holder = '<span id="bkquote_474">(<a href="http://quote.eastmoney.com/center/list.html">行情</a> <a href="http://stock.eastmoney.com/hy474.html">专区</a>)</span>'
    html = f'<p>巨灾<span id="bk_474"><a class="keytip" href="http://stock.eastmoney.com/hy474.html">保险</a></span>{holder}制度。</p>'
    found, text, _ = lifted(html)
    assert not found
    assert text == "巨灾保险制度。"


def test_a_holder_with_the_articles_text_keeps_it():
    _, text, _ = lifted('<p>开盘<span id="quote_0.002999">后股价走高</span>。</p>')
    assert text == "开盘后股价走高。"


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
    ("kind", "before", "name", "after", "doubtful"),
    [
        ("board", "首创", "证券", "分析师认为", False),  # a broker is of that board
        ("board", "（文章来源：中国", "证券", "报）", True),
        ("board", "据中国", "证券", "报报道", True),
        ("board", "《", "证券", "日报》记者", True),
        ("board", "上海", "证券", "交易所公告", True),
        ("board", "", "证券", "板块走强", False),
        ("board", "", "证券", "报告称", False),
        ("board", "旗下ET9", "新能源", "汽车", False),
        ("stock", "发展", "绿色经济", "是长线目标", True),
        ("stock", "工业", "机器人", "产量增长", True),
        ("stock", "", "机器人", "(300999)公告", False),
        ("stock", "", "机器人", "涨停", False),
        ("stock", "", "农产品", "涨价", True),
        ("stock", "据", "晨光股份", "公告", False),
        ("stock", "与", "晨光平安", "银行签约", True),
        ("stock", "", "晨光平安", "、晨光银行走强", False),
        ("stock", "", "远汐控股", "投资公司称", True),
        ("stock", "", "远汐控股", "投资2亿元", False),
        ("stock", "", "晨光财富", "证券分析师表示", True),
        ("stock", "", "晨光财富", "证券业务增长", False),
        ("stock", "滨海", "晨光银行", "业协会", True),
        ("stock", "", "晨光银行", "业绩快报", False),
        ("stock", "", "晨光", "健康公告", True),
        ("stock", "", "晨光", "方面回应", False),
        ("stock", "发布", "CGX", "的车型", False),
        ("stock", "(C", "PPI", "B)", True),
        ("stock", "文章来源：", "晨光财富", "）", True),
    ],
)
def test_blind_matches(kind, before, name, after, doubtful):
    assert is_doubtful(name, kind, before, after) is doubtful


def test_one_sure_mention_is_enough():
    html = f"<p>中国{link(LATER, '90.BK0473', '证券')}报讯，{link(LATER, '90.BK0473', '证券')}板块走强。</p>"
    one = lifted(html)[0]["90.BK0473", "link"]
    assert (one["mentions"], one["doubtful"]) == (2, 0)


def around(html):
    [element] = [one for one in safe_tree(html).iter("a") if one.get("class") == "keytip"]
    return text_before(element), text_after(element)


def test_the_text_around_a_link_ends_with_its_paragraph():
    html = f"<p>另一段</p><p>甲{link(FIRST, '0.002999', '晨光股份')}乙</p><p>又一段</p>"
    assert around(html) == ("甲", "乙")


def test_the_text_around_a_link_goes_through_other_links():
    html = (
        f"<p>一二<strong>三四</strong>{link(LATER, '0.002998', '远汐')}<b>五{link(FIRST, '0.002999', '晨光股份')}"
        f"六</b>七{link(LATER, '0.002998', '远汐')}八</p>"
    )
    assert around(html) == ("一二三四远汐五", "六七远汐八")


def test_the_text_around_a_link_is_short():
    html = f"<p>{'前' * 40}一{link(FIRST, '0.002999', '晨光股份')}二{'后' * 40}</p>"
    assert around(html) == ("前" * 11 + "一", "二" + "后" * 11)


def test_a_loose_link_beside_paragraphs():
    html = f"<div><p>前一段</p>甲{link(FIRST, '0.002999', '晨光股份')}乙<p>后一段</p></div>"
    assert around(html) == ("甲", "乙")


def test_one_name_for_two_listings_is_doubtful():
    html = f"<p>{link(FIRST, '0.002999', '晨光股份')}涨，{link(HONG_KONG, '116.02999', '晨光股份')}跌</p>"
    assert [one["doubtful"] for one in lifted(html)[0].values()] == [1, 1]


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
    [("90", "BK0473", "board"), ("2", "931234", "index"), ("100", "NDX", "index"), ("1", "000300", "index"), ("0", "159915", "fund"), ("0", "899050", "index"), ("1", "113999", "bond"), ("0", "123999", "bond"),
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


@pytest.mark.parametrize(
    ("markup", "found", "text"),
    [
        ('<span id="stock_NASDAQ_AAPL7"><a class="keytip" href="http://quote.eastmoney.com/us/AAPL.html?Market=NASDAQ">苹果</a></span>涨', ["105.AAPL"], "苹果涨"),
        ('<a href="http://quote.eastmoney.com/SZ300104.html">甲视网</a>涨', ["0.300104"], "甲视网涨"),
        ('<a class="keytip" href="http://quote.eastmoney.com/ZS395031.html">中小板</a>涨', ["0.395031"], "中小板涨"),
        ('<a class="keytip" href="http://fund.eastmoney.com/501300.html">甲基金</a>涨', ["1.501300"], "甲基金涨"),
        ('<span id="stock_NASDAQ_INTC7">英特尔</span><span id="quote_INTC7"></span>涨', ["105.INTC"], "英特尔涨"),
        ('<span id="Info.116.00700">腾讯控股</span>涨', ["116.00700"], "腾讯控股涨"),
        ('引进<span id="Info.385">外商直接投资</span>', [], "引进外商直接投资"),
        ('巨灾<span id="bk_474"><a class="keytip" href="http://stock.eastmoney.com/hangye/hy474.html">保险</a></span>制度', ["90.BK0474"], "巨灾保险制度"),
        ('见<a href="http://quote.eastmoney.com/SZ300104.html">行情走势</a>', [], "见行情走势"),
        ('<img data-code="K 002752|0|2" src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=0.002752&imageType=k">', ["0.002752"], ""),
        ('<img data-code="R 002752|0|2" src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=0.002752&imageType=r">', ["0.002752"], ""),
        ('<img data-code="R DJIA|100|_UI" src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=100.DJIA&imageType=r">', [], ""),
    ],
)  # fmt: skip
def test_markup_of_every_year_names_its_security(markup, found, text):
    tree = safe_tree(f"<p>{markup}</p>")
    assert [entry["id"] for entry in lift(tree)] == found
    assert "".join(tree.itertext()) == text


@pytest.mark.parametrize(
    "holder",
    [
        '<span id="bkquote_474">[<a href="#">行情</a>|<a href="#">专区</a>]</span>',
        '<span id="quote_0.002999"><a href="http://quote.eastmoney.com/sz002999.html">12.30</a> <i>+1.2%</i></span>',
        '<span id="quote_0.002999">（<a href="#">行情</a>，<a href="#">问诊</a>）</span>',
    ],
)
def test_a_quote_holder_goes_whatever_its_brackets(holder):
    entries, text, _ = lifted(f"<p>晨光股份{holder}公告</p>")
    assert (entries, text) == ({}, "晨光股份公告")


@pytest.mark.parametrize(
    ("html", "identity"),
    [
        ('<span id="stock_sz002999">晨光股份</span>', "0.002999"),
        ('<a href="http://quote.eastmoney.com/bj/832999.html">晨光科技</a>', "0.832999"),
        ('<a href="http://quote.eastmoney.com/kcb/688999.html">晨光芯片</a>', "1.688999"),
    ],
)
def test_more_forms_of_ids_and_addresses(html, identity):
    assert [*lifted(f"<p>{html}公告</p>")[0]] == [(identity, "link")]
