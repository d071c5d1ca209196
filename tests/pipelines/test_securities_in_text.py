"""Codes and names that the words state, and what they say of the auto-links."""

import pytest

from pipelines.lift_securities import security
from pipelines.securities_in_text import SecuritiesInTextPipeline, find_stated, name_before


def tag(identity, name, origin="link", mentions=1, doubtful=0):
    one = security(*identity.split("."), name, origin, bool(doubtful))
    return {**one, "mentions": mentions}


def words(text, tags=(), headline=""):
    return {one["id"]: (one["name"], one["mentions"]) for one in find_stated(headline, text, list(tags))}


def test_a_code_behind_a_name():
    assert words("晨光股份(002999)1月21日晚间公告，晨光股份拟分红。") == {"0.002999": ("晨光股份", 2)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("苹果(AAPL)股价上涨。", {"105.AAPL": ("苹果", 1)}),
        ("拼多多(PDD.US)涨5%。", {"105.PDD": ("拼多多", 1)}),
        ("阿里巴巴（BABA.US、09988.HK）", {"106.BABA": ("阿里巴巴", 1), "116.09988": ("阿里巴巴", 1)}),
        ("网易（NTES，09999.HK）公布财报。", {"105.NTES": ("网易", 1), "116.09999": ("网易", 1)}),
        ("晨光汽车（CGXX，02999.HK）公布财报。", {"116.02999": ("晨光汽车", 1)}),
        ("晨光汽车(CGXX)公布财报。", {}),
        ("首席执行官（CEO、CFO）与国内生产总值（GDP）", {}),
        ("近日，晨光中证新能源指数(LOF)A(161999)涨。", {"0.161999": ("晨光中证新能源指数(LOF)A", 1)}),
        ("建设周期（883436）长。", {}),
        ("昨日，晨光生物（Chenguang Bio，688999.SH）公告。", {"1.688999": ("晨光生物", 1)}),
        ("证券代码：600999 证券简称：晨光石化", {"1.600999": ("晨光石化", 1)}),
    ],
)
def test_what_brackets_hold(text, expected):
    assert words(text) == expected


def test_every_entry_is_whole():
    assert find_stated("", "晨光转债(113999)上市", []) == [
        {"id": "1.113999", "market": "1", "code": "113999", "exchange": "SH", "name": "晨光转债", "kind": "bond", "origin": "text",
         "mentions": 1, "doubtful": 0}
    ]  # fmt: skip


def test_a_link_and_the_code_behind_it_are_two_rows_and_one_mention_each():
    tags = [tag("0.002999", "晨光股份")]
    assert words("晨光股份(002999)1月21日晚间公告", tags) == {"0.002999": ("晨光股份", 1)}


def test_a_linked_name_seen_again_without_a_link():
    tags = [tag("0.002999", "晨光股份", mentions=2)]
    assert words("晨光股份公告，晨光股份复牌。", tags) == {}
    assert words("晨光股份公告，晨光股份复牌，晨光股份涨停。", tags) == {"0.002999": ("晨光股份", 1)}


def test_a_name_inside_another_does_not_count():
    tags = [tag("1.601999", "晨光平安")]
    assert words("晨光平安公告。此前晨光平安银行回应。", tags) == {}


@pytest.mark.parametrize("known", [tag("90.BK0999", "新材料"), tag("116.01999", "绿色经济", doubtful=1)])
def test_boards_and_doubtful_names_are_not_looked_for(known):
    assert words("新材料是方向，新材料很多；绿色经济之外还是绿色经济。", [known]) == {}


def test_a_chart_gets_the_name_that_the_text_gives():
    tags = [tag("0.002999", None, origin="chart")]
    find_stated("", "晨光股份(002999)公告", tags)
    assert tags[0]["name"] == "晨光股份"


def test_a_stated_code_settles_a_doubt():
    tags = [tag("0.300999", "机器人", doubtful=1)]
    words("工业机器人走俏，机器人(300999)涨停。", tags)
    assert tags[0]["doubtful"] == 0


def test_another_code_behind_the_name_puts_the_link_in_doubt():
    tags = [tag("0.002999", "晨光股份"), tag("1.600998", "远汐股份")]
    assert words("晨光股份(600999)公告，远汐股份(600998)公告。", tags) == {
        "1.600999": ("晨光股份", 1),
        "1.600998": ("远汐股份", 1),
    }
    assert [one["doubtful"] for one in tags] == [1, 0]


def test_the_listing_in_hong_kong_is_no_contradiction():
    tags = [tag("1.600999", "晨光股份")]
    words("晨光股份(02999.HK)公告", tags)
    assert tags[0]["doubtful"] == 0


def test_a_ticker_takes_its_market_from_a_link():
    assert words("晨光汽车(CGX)涨3%", [tag("106.CGX", "晨光汽车")]) == {"106.CGX": ("晨光汽车", 1)}
    assert words("晨光汽车(CGX)涨3%") == {}


def test_a_ticker_of_a_doubtful_link_stays_out():
    assert words("(PPI)上涨", [tag("105.PPI", "PPI", doubtful=1)]) == {}


def test_a_headlines_code_counts():
    assert words("大行予以增持。", headline="晨光控股(2999.HK)目标价上调") == {"116.02999": ("晨光控股", 1)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今日，晨光股份(600999)", "晨光股份"),
        ("今日晨光股份(600999)", "晨光股份"),
        ("5月6日晚间晨光股份(600999)", "晨光股份"),
        ("晨光股份、*ST远汐(600999)", "*ST远汐"),
        ("对此晨光股份(600999)", None),
        ("某大型民企晨光股份(600999)", None),
        ("：(600999)", None),
        ("证券简称：晨光股份，证券代码：(600999)", "晨光股份"),
    ],
)
def test_the_name_in_front_of_a_code(text, name):
    start = text.index("(") if "代码" not in text else text.index("证券代码")
    assert name_before(text, start, "1", "600999") == name


def test_a_fund_and_a_hong_kong_share_may_have_longer_names():
    assert named("晨光中证新材料主题ETF(510999)", "1") == "晨光中证新材料主题ETF"
    assert named("晨光阳光控股集团(02999)", "116") == "晨光阳光控股集团"
    assert named("维持晨光阳光控股集团(02999)", "116") == "晨光阳光控股集团"
    assert named("大行上调晨光阳光控股(02999)", "116") is None


def named(text, market):
    words, _, code = text.rstrip(")").partition("(")
    return name_before(text, len(words), market, code)


class Item(dict):
    """A record of the fields that the pipeline reads."""

    def __init__(self, **fields):
        super().__init__(
            {
                "headline": None,
                "headline_from": "feed",
                "body_text": None,
                "description": None,
                "securities": [],
            }
            | fields
        )


def ids(**fields):
    item = SecuritiesInTextPipeline().process_item(Item(**fields))
    return [(one["id"], one["origin"], one["mentions"]) for one in item["securities"]]


def test_the_rows_of_links_come_first():
    linked = tag("0.002999", "晨光股份")
    assert ids(body_text="晨光股份(002999)、远汐股份(600998)公告", securities=[linked]) == [
        ("0.002999", "link", 1),
        ("0.002999", "text", 1),
        ("1.600998", "text", 1),
    ]


def test_a_digest_stands_in_for_a_body_and_is_not_read_beside_one():
    assert ids(description="晨光股份(002999)公告") == [("0.002999", "text", 1)]
    assert ids(description="晨光股份(002999)公告", body_text="公司公告。") == []


def test_a_first_sentence_that_stands_in_for_a_headline_is_not_counted_twice():
    text = "晨光股份(002999)公告"
    assert ids(headline=text, headline_from="body", body_text=text) == [("0.002999", "text", 1)]
    assert ids(headline=text, body_text=text) == [("0.002999", "text", 2)]


def test_nothing_to_read():
    assert ids() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("中国石化（600028）上涨", {"1.600028": "中国石化"}),
        ("中国石化【600028】上涨", {"1.600028": "中国石化"}),
        ("中国石化〔600028〕上涨", {"1.600028": "中国石化"}),
        ("中国石化［600028］上涨", {"1.600028": "中国石化"}),
        ("网易（NTES，09999.HK）公布财报", {"105.NTES": "网易", "116.09999": "网易"}),
        ("某某（XQZW，09999.HK）公布财报", {"116.09999": "某某"}),
        ("苹果(AAPL)发布新品", {"105.AAPL": "苹果"}),
        ("拼多多(PDD.US)大涨", {"105.PDD": "拼多多"}),
        ("甲乙白酒指数(LOF)A(161725)净值", {"0.161725": "甲乙白酒指数(LOF)A"}),
        ("周期（883436）板块", {}),
        ("银行（881155）板块", {}),
    ],
)
def test_codes_in_brackets_keep_their_names(text, found):
    assert {entry["id"]: entry["name"] for entry in find_stated("", text, [])} == found
