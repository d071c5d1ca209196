"""Which market a code is of, by its exchange as written, its digits and what stands before it."""

from __future__ import annotations

import re
import unicodedata

from archive.late_pattern import compile_late

# What the exchanges give out, by market number. Blocks that are not for the public (corporate bonds, repos,
# subscription codes such as 732xxx) are left out on purpose.
RANGES = {
    "1": compile_late(r"60[0135]\d{3}|68[89]\d{3}|900\d{3}|5[0-68]\d{4}|11[0138]\d{3}"),
    "0": compile_late(r"00[0-3]\d{3}|30[012]\d{3}|200\d{3}|15[09]\d{3}|16\d{4}|18[04]\d{3}|12[378]\d{3}|399\d{3}|43\d{4}|8[37]\d{4}|88[07-9]\d{3}|92\d{4}|899\d{3}"),
}  # fmt: skip
FUND = compile_late(r"5\d{5}|1[568]\d{4}")
BOND = compile_late(r"1[12]\d{4}")
# The same digits name an index in Shanghai and a share in Shenzhen: 000001 is 上证指数 and 平安银行.
INDEX_NAME = compile_late(
    r"(?:指数?|综指|成指|指数[AB]|[AB]股?指数?|沪深300|(?:上证|中证|科创|国证|红利)\w{0,4})$"
)
# Open-end funds share the digits of Shenzhen's shares: 华夏成长混合(000001).
OPEN_END = compile_late(
    r"(?:混合|债券?|货币|联接|定开|持有|配置|理财|增强|股票|指数|基金)(?:型|发起式?|证券投资基金|基金)?[A-F]?$"
)
BOND_NAME = compile_late(r"(?:转债|转[0-9])$")
FUND_NAME = compile_late(r"(?:ETF|LOF|REIT|基金|分级|指数|[AB]|[)）])$", re.IGNORECASE)
B_SHARE_NAME = compile_late(r"[BＢ]股?$")
# What ends in front of a bracketed number that is no code: addresses with a postcode, numbers of things, sums.
NO_NAME = compile_late(
    r"(?:(?<!新城)市|[省区县州镇乡村路楼室座层厦院弄栋号率]|大街|街道|邮编|编码|准字|安备|电话|热线|传真|手机|短信|微信|群|QQ|qq"
    r"|代码|号码|密码|验证码|订单|合同|发票|金额|总额|合计|共计|总计|[量分]|[万亿港美]元|[坐指目]标|面积|体积|人口|出口|进口|像素|[经纬年季进跨]度|步骤|病例|单位|余额"
    r"|[年月日共约超达为是至到第款]|\d{5})$"
)
TICKER_MARKETS = frozenset(("105", "106", "107"))
EXCHANGES = {
    "SH": "1", "SS": "1", "SSE": "1", "上交所": "1", "上海证券交易所": "1", "SZ": "0", "SZSE": "0", "深交所": "0",
    "深圳证券交易所": "0", "BJ": "0", "BSE": "0", "北交所": "0", "北京证券交易所": "0", "HK": "116", "HKEX": "116", "SEHK": "116", "港交所": "116",
    "联交所": "116", "香港交易所": "116", "香港联交所": "116", "H股": "116", "港股": "116", "NASDAQ": "105", "NASDAQGS": "105", "NASDAQGM": "105",
    "NASDAQCM": "105", "纳斯达克": "105", "OQ": "105", "O": "105", "NYSE": "106", "纽交所": "106", "纽约证券交易所": "106", "N": "106",
    "NYSE AMERICAN": "107", "AMEX": "107", "美交所": "107", "A股": "A", "B股": "A", "CSI": "CSI", "US": "US", "美股": "US",
}  # fmt: skip


def market_of(
    code: str, stated: str | None, before: str = "", labelled: bool = False
) -> tuple[str, str] | None:
    """Market number and code as the source writes them, None where the digits are no code or the market is not stated.

    *stated* is the exchange beside the code (``SZ``, ``纽交所``), *before* the text in front of it.

    >>> market_of("002752", None, "昇兴股份"), market_of("2888", "HK"), market_of("000001", None, "上证指数")
    (('0', '002752'), ('116', '02888'), ('1', '000001'))
    >>> market_of("300041", None, "和平区"), market_of("600000", None, "共计"), market_of("NIO", None, "蔚来")
    (None, None, None)
    """
    where = EXCHANGES.get(stated.upper()) if stated else None
    if code.startswith("BK"):
        return "90", code
    if not code.isdigit():
        if code[0] == "H" and code[1:].isdigit():
            return ("2", code) if where == "CSI" else None
        return (where, code) if where in TICKER_MARKETS else None
    if where == "116":
        return ("116", code.zfill(5)) if len(code) < 6 and code.strip("0") else None
    if len(code) == 5:
        sure = labelled or (where is None and len(before) > 1 and not NO_NAME.search(before))
        return ("116", code) if sure and code[0] == "0" and where is None else None
    if len(code) < 6 or where in TICKER_MARKETS or where == "US":
        return None
    if where == "CSI":
        return ("1" if code.startswith("000") else "2"), code
    if code.startswith("000") and (where == "1" or (where is None and INDEX_NAME.search(before))):
        return "1", code
    market = next((number for number, digits in RANGES.items() if digits.fullmatch(code)), None)
    if market is None or where not in (None, "A", market):
        return None
    if where is None and not labelled and not is_name_of(code, before):
        return None
    return market, code


def is_name_of(code: str, before: str) -> bool:
    """Whether the words in front of a bracketed number can be the name of what has that code.

    >>> is_name_of("510300", "沪深300ETF"), is_name_of("510300", "广州"), is_name_of("000001", "华夏成长混合A")
    (True, False, False)
    """
    if not before or NO_NAME.search(before):
        return False
    if BOND.fullmatch(code):
        return BOND_NAME.search(before) is not None
    if FUND.fullmatch(code):
        return FUND_NAME.search(before) is not None
    if code.startswith(("200", "900")):  # also months, 200812, and Shanghai's postcodes
        return B_SHARE_NAME.search(before) is not None
    return code.startswith("399") or not OPEN_END.search(before)


def plain(code: str) -> str:
    """Full-width digits and letters as ASCII."""
    return code if code.isascii() else unicodedata.normalize("NFKC", code)
