"""Whether an auto-link is wrong: the source links names wherever their characters stand. It cuts words, links the first
part of a longer name, and takes everyday words for the companies that are called so.

What stands behind the name (and in front of it) decides. The lists hold what Chinese news writes there; they lean
towards keeping a link, since a doubtful one is left out of the views.
"""

from __future__ import annotations

from archive.late_pattern import compile_late

LATIN = compile_late(r"[A-Za-z0-9]")
# PD|-1, ET|7 and S&|P are words; 沪深300|ETF, CGX|-SW and CGX|.US are not cut.
LATIN_GOES_ON = compile_late(r"[A-Za-z]{2}|[A-Za-z][0-9]|[0-9]{2}|[A-Za-z][-&](?!S?W\b)[A-Za-z0-9]")
LATIN_BEGINS = compile_late(r"[A-Za-z0-9][-&]?$")
# A name goes on behind the link: 中国平安|银行 is another company, 农业银行|业 no company at all.
GOES_ON = compile_late(
    r"银行|人寿|财险|产险|财产保险|养老险|养老保险|信托(?!计划)|资管|期货(?!合约|市场|价)|影业|健康险|租赁"
    r"|(?:基金|保险|资本|资产管理)(?=(?:股份|集团)?(?:有限)?公司|[（(](?:上海|深圳|北京|香港|中国))"
    r"|(?:投资|科技|物流|健康|音乐|置业|地产|电子|半导体|化工|化学工业|天然气|通信|乳业)(?=(?:集团)?(?:有限)?(?:责任)?公司|[（(](?:上海|深圳|北京|香港|中国))"
)
BROKERS = compile_late(
    r"证券(?=(?:股份|集团)?(?:有限)?公司|[（(](?:上海|深圳|北京|香港|中国)|分析师|研究|研报|首席|认为|表示|指出|发布|策略|团队|资管|营业部|[，。、）)”]|$)"
)
ARE_BROKERS = frozenset(("国泰君安", "太平洋", "中国银河", "申万宏源"))  # whose short names lack 证券
# 中国黄金|协会, 中国银行|保险监督管理委员会: a body of the trade, not the company's own.
BODY = compile_late(
    r"[^，、。；：（(“与和及在向同对的等由是任了将为获从到入加捐联聘被所]{0,4}(?:协会|学会|商会|联合会|大学|监督管理|监管)(?!课题)"
)
# The parent of a central enterprise's listed company, and of an airport's, is called so: 中国船舶|集团.
OF_A_PARENT = compile_late(r"^中国(?!平安|太保|中免|人保)|机场$")
PARENT = compile_late(r"[^\W的与和及旗]{0,4}集团(?!股份)")
TRADE = compile_late(r"业(?![绩务内界主余])|间(?=市场|交易|债券|拆借|同业|外汇|本币)")  # 银行|业, 银行|间市场
TRADES = ("银行", "证券", "保险", "信托", "期货", "基金", "租赁")
# A code behind a longer name: 国泰君安|国际(01788.HK). Where it is the link's own, the text settles the doubt.
LONGER_WITH_CODE = compile_late(
    r"(?!股份|集团|公司|股票|概念股|供应商|子公司|母公司|旗下|方面)[^\W\d_和与及、的等]{1,4}[（(][A-Z:.]{0,4}\d{4,6}"
)
# An institution or a paper whose name holds a board's: 证券 in 中国证券报, 上海证券交易所.
INSTITUTION = compile_late(
    r"报(?![告价名道收出考销备批废表税警复喜关装])|[^，。》《]{0,3}报》|[日时晚周]报|之星|交易所|监督|监管|从业|登记结算|法(?![人律案]|规(?!定))|市场周刊"
    r"|[^\W与和及]{0,6}(?:协会|学会|商会)|部(?![分署门落长件位队])"
)
# Behind a name of two or three characters, of which another company's begins: 京东|方, 京东|健康, 蔚来|资本, 新东方|在线.
SHORT_GOES_ON = compile_late(
    r"方(?![面案向式法便才])|健康|物流|科技(?!股份)|工业(?!品)|数科|音乐|云音乐|金融|资本(?!开支|支出|市场|金|化|运作)|乳业|在线|烹饪|半导体"
    r"|电子(?!产品|商务|元|信息|化|版|支付|烟|专用)"
)
# Short names of listed companies that news has far more often as everyday words, places or institutions. Such a name
# counts where something behind it is said of companies alone.
EVERYDAY_WORDS = """
绿色经济 美丽中国 机器人 老百姓 太平洋 新产业 农产品 张家界 长白山 指南针
信息发展 新城市 新文化 新动力 新天地 新大陆 新世界 新高教 中国电影 中国软件
中国卫星 中国医药 中国化学 中国稀土 中国出版 中国高科 中国动力 中国旅游 中国金融
中国食品 中国电力 航天科技 海南发展 湖南发展 西藏发展 广州发展 北京文化 云南旅游
西安旅游 桂林旅游 西藏旅游 三峡水利 三峡旅游 金融街 中关村 陆家嘴 外高桥 王府井
连云港 天津港 盐田港 广州港 青岛港 日照港 唐山港 珠海港 锦州港 北部湾港
上海机场 白云机场 深圳机场 太阳能 绿色动力 节能环境 数字人 数据港 国际医学
轻纺城 小商品城 电子城 现代投资 好想你 值得买 数字王国
"""
EVERYDAY = frozenset(EVERYDAY_WORDS.split())
# Also tickers of American funds; such a one counts with a code alone.
ABBREVIATED = """
PPI CPI GDP PMI AI AR VR MR IT TV EV PE PB PCB LED CPU GPU PC APP SUV CEO ETF IPO ESG FDI MLF LPR REIT SPAC
"""
ABBREVIATIONS = frozenset(ABBREVIATED.split())
OF_A_COMPANY = compile_late(
    r"\s*(?:[（(]\s*(?:[\dＳSHhＨ]|股票|证券)|[：:](?:公司|拟|预计|\d{4}年)|(?:发布|披露|晚间)?公告|披露|股价|股票|涨(?!价)|跌(?!价)|封板|触及|收[涨跌报]|报\d|早盘|午后|盘中|股份|控股股东|实控人"
    r"|董事|董秘|总经理|高管|一季报|半年报|三季报|年报|A股|H股|停牌|复牌|中标|拟|大药房|等(?:个股|公司|股)|\d{4}年.{0,4}(?:营收|净利))"
)
# Names that are another thing in front of, or behind, these words alone.
OTHER_SENSE = {
    "苹果": compile_late(
        "(?:期货|主力|合约|种植|产量|产区|树|果|醋|汁|收购价|价格|批发|零售|出口|滞销|丰收|大王)"
    ),
    "微博": compile_late("(?:上|发文|发声|账号|认证|热搜|发帖|回应|评论|截图|网友|平台上|中[称说表])"),
    "亚马逊": compile_late("(?:雨林|河|森林|地区|丛林|盆地)"),
    "小米": compile_late("(?:粥|价格|种植|产量|辣|粒)"),
}


def is_doubtful(name: str, kind: str, before: str, after: str) -> bool:
    """Whether a blind match is probably wrong: it cuts a word, is part of a longer name, or is an everyday word.

    *before* and *after* are the dozen characters around it.

    >>> is_doubtful("PPI", "stock", "加拿大年金计划委员会(C", "B)披露"), is_doubtful("PD", "stock", "使用", "-1单抗")
    (True, True)
    >>> is_doubtful("证券", "board", "（文章来源：中国", "报）"), is_doubtful("证券", "board", "首创", "分析师认为")
    (True, False)
    >>> is_doubtful("中国平安", "stock", "", "银行发布"), is_doubtful("昇兴股份", "stock", "", "(002752)1月21日晚间公告")
    (True, False)
    """
    if not name:
        return False
    # Where one `in` tells that an expression cannot match, it is not tried: this runs wherever a name stands.
    if name[-1].isascii() and LATIN_GOES_ON.match(name[-1] + after):
        return True
    if name[0].isascii() and LATIN.match(name[0]) and LATIN_BEGINS.search(before):
        return True
    if "来源：" in before:
        return True
    if kind == "board":
        return INSTITUTION.match(after) is not None
    if name in ABBREVIATIONS:
        return not after.startswith(("(", "（"))
    if name in EVERYDAY and not (name in ARE_BROKERS and after.startswith("证券")):
        return OF_A_COMPANY.match(after) is None
    if kind != "stock":
        return False
    return goes_on(name, after) or (name in OTHER_SENSE and OTHER_SENSE[name].match(after) is not None)


def goes_on(name: str, after: str) -> bool:
    """Whether the name of a share goes on behind the link, so that it is another's.

    >>> goes_on("比亚迪", "电子(00285.HK)涨"), goes_on("中国银行", "间市场"), goes_on("中国银行", "、建设银行")
    (True, True, False)
    """
    if GOES_ON.match(after):
        return True
    if ("会" in after or "学" in after or "监" in after) and BODY.match(after):
        return True
    if ("(" in after or "（" in after) and LONGER_WITH_CODE.match(after):
        return True
    if after.startswith("证券") and name not in ARE_BROKERS and BROKERS.match(after):
        return True
    if len(name) <= 3 and SHORT_GOES_ON.match(after):
        return True
    if "集团" in after and OF_A_PARENT.search(name) and PARENT.match(after):
        return True
    return name.endswith(TRADES) and TRADE.match(after) is not None
